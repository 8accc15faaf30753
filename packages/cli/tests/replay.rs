//! The command line's promises: answers on standard output, exit codes.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
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
fn a_file_that_is_not_there_fails_the_command_and_a_world_that_cannot_be_is_an_answer() {
    let output = replay("/nowhere.jsonl", "");
    assert_eq!(output.status.code(), Some(1));
    let output = replay("-", "{\"world\":{\"stert\":1}}\n{\"check\":{}}");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let told: Vec<bool> = text.lines().map(|line| line.contains(r#""ok":true"#)).collect();
    assert_eq!(told, [false, true]);
}

/// Whoever drives it through a pipe reads an answer before he writes the next step.
#[test]
fn an_answer_comes_before_the_next_step_is_asked_for() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokfut"));
    let mut child = command.args(["replay", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut steps, mut answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for line in 1..=2 {
        steps.write_all(b"{\"balance\":\"alice\"}\n").unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        assert!(answer.starts_with(&format!(r#"{{"line":{line},"ok":true"#)), "{answer}");
    }
    drop(steps);
    assert!(child.wait().unwrap().success());
}
