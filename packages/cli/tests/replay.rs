//! The command line's promises: answers on standard output, exit codes.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn replay(file: &str, input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokfut"));
    command.args(["replay", file]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn refused_steps_are_answers_and_not_failures_of_the_command() {
    let output = replay("-", "nonsense\n\n{\"at\":\"2026-06-01T00:00:01Z\"}\n");
    assert!(output.status.success());
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(ToString::to_string).collect();
    assert!(lines[0].starts_with(r#"{"line":1,"ok":false,"error":{"code":"invalid_step","#), "{}", lines[0]);
    assert_eq!(
        lines[1..],
        [r#"{"line":2,"ok":true,"data":null,"events":[]}"#, r#"{"line":3,"ok":true,"data":null,"events":[]}"#,]
    );
}

#[test]
fn a_file_that_is_not_there_and_a_world_that_cannot_be_fail_the_command() {
    let output = replay("/nowhere.jsonl", "");
    assert_eq!(output.status.code(), Some(1));
    let output = replay("-", "{\"world\":{\"stert\":1}}\n{\"check\":{}}\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 1);
}
