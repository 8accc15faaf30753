//! The example of the README does what the README says.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn the_example_of_the_readme_lists_december() {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("```jsonl\n").unwrap();
    let (steps, _) = rest.split_once("```").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokfut"));
    let mut child = command.args(["replay", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(steps.as_bytes()).unwrap();
    let answers = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let answers: Vec<serde_json::Value> = answers.lines().map(|answer| serde_json::from_str(answer).unwrap()).collect();
    assert_eq!(answers.len(), 6);
    assert!(answers.iter().all(|answer| answer["ok"] == true), "{answers:?}");
    assert_eq!(answers[4]["events"].as_array().unwrap().len(), 16);
    let december = &answers[5]["data"];
    assert_eq!(
        [&december["settlement_price"], &december["lowest"], &december["highest"]],
        ["1.6000", "1.2800", "1.9200"]
    );
}
