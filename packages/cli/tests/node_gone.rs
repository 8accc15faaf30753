//! A node that answers once and is gone: who must end ends, and who must go on goes on.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokfut_scenario::WorldSpec;

const TOKFUT: &str = env!("CARGO_BIN_EXE_tokfut");
const NAMES: [&str; 3] = ["keeper", "relayer", "maker"];

/// A deployment at this address, and keys.
fn files(folder: &Path, address: &str) {
    let code = json!({"id": 1, "sha256": ""});
    let deployment = json!({
        "node": format!("http://{address}"), "chain_id": "lab-1", "prefix": "wasm", "gas_price": "0.0025ustake",
        "market": "wasm1market", "oracle": "wasm1oracle", "vault": "wasm1vault",
        "codes": {"market": code, "oracle": code, "vault": code}, "spec": WorldSpec::reference().unwrap(),
    });
    std::fs::write(folder.join("deployment.json"), deployment.to_string()).unwrap();
    let keys = Command::new(TOKFUT).args(["keys", "--prefix", "wasm"]).args(NAMES).output().unwrap();
    assert!(keys.status.success());
    std::fs::write(folder.join("keys.json"), keys.stdout).unwrap();
}

/// A command on them.
fn tokfut(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(TOKFUT);
    command.args(words).arg("--deployment").arg(folder.join("deployment.json"));
    command.arg("--keys").arg(folder.join("keys.json")).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Says once which chain it is.
fn answers_once(listener: TcpListener) {
    let (mut stream, _) = listener.accept().unwrap();
    drop(listener);
    let _ = stream.read(&mut [0; 4_096]).unwrap();
    let body = json!({"jsonrpc": "2.0", "id": 1, "result": {"node_info": {"network": "lab-1"}}}).to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).unwrap();
}

#[test]
fn who_tends_once_ends_when_the_node_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    files(folder.path(), &listener.local_addr().unwrap().to_string());
    let node = thread::spawn(|| answers_once(listener));
    let mut tend = tokfut(folder.path(), &["tend", "--once"]).spawn().unwrap();
    node.join().unwrap();
    let began = Instant::now();
    while tend.try_wait().unwrap().is_none() && began.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(100));
    }
    let ended = tend.try_wait().unwrap();
    tend.kill().unwrap();
    let said = tend.wait_with_output().unwrap();
    assert_eq!(ended.and_then(|status| status.code()), Some(3));
    assert!(String::from_utf8(said.stderr).unwrap().contains("node_unreachable"));
}

/// An address at which nobody answers yet, with the files of a deployment there.
fn nobody_yet(folder: &Path) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    files(folder, &address.to_string());
    address
}

#[test]
fn a_publisher_waits_for_a_node_that_is_not_there_yet() {
    let folder = tempfile::tempdir().unwrap();
    let address = nobody_yet(folder.path());
    let methodology = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/data/methodology/tok-1.toml");
    let settings = folder.path().join("publisher.toml");
    let text = format!("methodologies = [{methodology:?}]\nsources = \"none\"\nstate = \"state\"\n");
    std::fs::write(&settings, text).unwrap();
    let words = ["index", "run", "--from", "keeper", "--settings", settings.to_str().unwrap()];
    let mut publisher = tokfut(folder.path(), &words);
    let mut publisher = publisher.env("TOKFUT_PUBLISHER_KEY", "11".repeat(32)).spawn().unwrap();
    thread::sleep(Duration::from_secs(8));
    assert_eq!(publisher.try_wait().unwrap(), None);
    answers_once(TcpListener::bind(address).unwrap());
    publisher.kill().unwrap();
    let said = publisher.wait_with_output().unwrap();
    assert!(String::from_utf8(said.stdout).unwrap().starts_with("not yet: node_unreachable: "));
    assert_eq!(String::from_utf8(said.stderr).unwrap(), "");
}

#[test]
fn a_keeper_waits_for_a_node_that_is_not_there_yet_and_one_that_works_once_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let address = nobody_yet(folder.path());
    let words = ["keeper", "run", "--from", "keeper"];
    let mut stays = tokfut(folder.path(), &words).spawn().unwrap();
    let once = tokfut(folder.path(), &[&words[..], &["--once"]].concat()).output().unwrap();
    assert_eq!(once.status.code(), Some(3));
    assert!(String::from_utf8(once.stderr).unwrap().contains("node_unreachable"));
    // It has had as much time: it waits, and asks the node that comes.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(stays.try_wait().unwrap(), None);
    answers_once(TcpListener::bind(address).unwrap());
    stays.kill().unwrap();
    let said = String::from_utf8(stays.wait_with_output().unwrap().stdout).unwrap();
    let first: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!((&first["event"], &first["code"]), (&json!("round_failed"), &json!("node_unreachable")));
}
