//! A node that was killed and is started again. It has forgotten what it had taken: a transaction is handed in again
//! until it is in a block, or until another has had its sequence. And it cannot simulate before its first block.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::GasInfo;
use cosmos_sdk_proto::cosmos::tx::v1beta1::SimulateResponse;
use prost::Message;
use serde_json::{Value, json};
use tokfut_client::{Gas, Key, Node, Wallet};

/// The transactions that were handed in, as they came.
type Taken = Arc<Mutex<Vec<String>>>;

/// A node that answers the second handing-in of a transaction like this, and has it in a block from then on or not.
fn forgetful(again: Value, has_block: bool) -> (String, Taken) {
    let taken = Taken::default();
    let kept = taken.clone();
    (node(move |request| answer(request, &kept, &again, has_block)), taken)
}

/// A node that answers so; its address.
fn node(answer: impl Fn(&Value) -> Value + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || serve(stream, answer));
        }
    });
    url
}

fn answer(request: &Value, taken: &Taken, again: &Value, has_block: bool) -> Value {
    let mut taken = taken.lock().unwrap();
    match request["method"].as_str().unwrap() {
        "status" => json!({"result": {"node_info": {"network": "lab-1"}}}),
        "abci_query" => {
            let account = BaseAccount { account_number: 7, sequence: 3, ..BaseAccount::default() };
            let account =
                Any { type_url: "/cosmos.auth.v1beta1.BaseAccount".to_string(), value: account.encode_to_vec() };
            let value = STANDARD.encode(QueryAccountResponse { account: Some(account) }.encode_to_vec());
            json!({"result": {"response": {"code": 0, "value": value}}})
        }
        "broadcast_tx_sync" => {
            taken.push(request["params"]["tx"].as_str().unwrap().to_string());
            let first = json!({"code": 0, "hash": "00AA"});
            json!({"result": if taken.len() == 1 { &first } else { again }})
        }
        "tx" if has_block && taken.len() > 1 => {
            json!({"result": {"height": "9", "tx_result": {"code": 0, "gas_wanted": "9", "gas_used": "5"}}})
        }
        _ => json!({"error": {"code": -32603, "message": "Internal error", "data": "tx (00AA) not found"}}),
    }
}

/// Answers the requests of one connection.
fn serve(mut stream: TcpStream, answer: impl Fn(&Value) -> Value) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body = answer(&serde_json::from_slice(&body).unwrap()).to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).unwrap();
    }
}

async fn wallet(url: &str) -> Wallet {
    let node = Node::connect(url).await.unwrap();
    Wallet::new(&node, Key::test("alice").unwrap(), "wasm", "0.0025ustake".parse().unwrap()).unwrap()
}

#[tokio::test]
async fn what_a_node_has_forgotten_is_handed_in_again_byte_for_byte() {
    let (url, taken) = forgetful(json!({"code": 0, "hash": "00AA"}), true);
    let receipt = wallet(&url).await.send(vec![], Gas::Limit(1)).await.unwrap();
    assert_eq!((receipt.height, receipt.gas_used), (9, 5));
    let taken = taken.lock().unwrap();
    assert_eq!((taken.len(), &taken[0]), (2, &taken[1]));
}

#[tokio::test]
async fn what_can_never_come_any_more_is_not_waited_for() {
    let words = "account sequence mismatch, expected 4, got 3: incorrect account sequence";
    let (url, taken) = forgetful(json!({"code": 32, "codespace": "sdk", "log": words, "hash": "00AA"}), false);
    let failure = wallet(&url).await.send(vec![], Gas::Limit(1)).await.unwrap_err();
    assert_eq!(failure.code, "not_included");
    assert!(failure.message.contains("another had the sequence 3"), "{failure}");
    assert_eq!(taken.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_node_that_has_no_block_yet_is_asked_for_a_simulation_again() {
    let asked = Arc::new(AtomicU32::new(0));
    let counts = asked.clone();
    let url = node(move |request| match request["method"].as_str().unwrap() {
        "abci_query" if counts.fetch_add(1, Ordering::SeqCst) == 0 => {
            let words = "Block (unix) time must never be empty or negative \nstack:\ngoroutine 77 [running]:";
            json!({"result": {"response": {"code": 1, "codespace": "undefined", "log": words}}})
        }
        "abci_query" => {
            let gas_info = Some(GasInfo { gas_used: 77, ..GasInfo::default() });
            let value = STANDARD.encode(SimulateResponse { gas_info, ..SimulateResponse::default() }.encode_to_vec());
            json!({"result": {"response": {"code": 0, "value": value}}})
        }
        _ => json!({"result": {"node_info": {"network": "lab-1"}}}),
    });
    assert_eq!(Node::connect(&url).await.unwrap().simulate(vec![]).await.unwrap(), 77);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_signature_that_a_starting_node_does_not_take_is_handed_in_again() {
    let asked = Arc::new(AtomicU32::new(0));
    let (counts, taken) = (asked.clone(), Taken::default());
    let url = node(move |request| match request["method"].as_str().unwrap() {
        "broadcast_tx_sync" if counts.fetch_add(1, Ordering::SeqCst) == 0 => {
            json!({"result": {"code": 4, "codespace": "sdk", "log": "signature verification failed", "hash": "00AA"}})
        }
        "tx" => json!({"result": {"height": "9", "tx_result": {"code": 0, "gas_wanted": "9", "gas_used": "5"}}}),
        _ => answer(request, &taken, &Value::Null, false),
    });
    assert_eq!(wallet(&url).await.send(vec![], Gas::Limit(1)).await.unwrap().height, 9);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
