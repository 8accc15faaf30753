//! JSON-RPC of a node, over HTTP.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokfut_scenario::Failure;

use crate::failure::of_chain;

/// How often a request that did not reach the node is tried, and how long the first pause is; it doubles.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How long a single request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A node's RPC address. A request that does not reach it is repeated for some seconds, so that a node that starts
/// again is met again.
#[derive(Clone)]
pub struct Rpc {
    http: reqwest::Client,
    url: String,
}

#[derive(Deserialize)]
struct Reply {
    result: Option<Value>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
    #[serde(default)]
    data: Value,
}

/// What the application answers to a query.
#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    code: u32,
    #[serde(default)]
    codespace: String,
    #[serde(default)]
    log: String,
    #[serde(default)]
    value: Option<String>,
}

/// A request that did not come through: the connection's fault, or the node's word.
enum Fault {
    Connection(String),
    Refused(Failure),
}

impl Rpc {
    /// Of this URL, `http://` or `https://`; `tcp://` is read as `http://`.
    pub fn new(url: &str) -> Result<Self, Failure> {
        let url = url.strip_prefix("tcp://").map_or_else(|| url.to_string(), |rest| format!("http://{rest}"));
        let http = reqwest::Client::builder().timeout(PATIENCE).build();
        Ok(Self { http: http.map_err(|error| Failure::new("node_unreachable", error))?, url })
    }

    /// The address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Calls a method.
    ///
    /// # Errors
    /// `node_unreachable` after some seconds of trying, `node_refused` with the node's words.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Failure> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let mut pause = FIRST_PAUSE;
        let mut last = String::new();
        for _ in 0..TRIES {
            match self.once(body.clone()).await {
                Ok(result) => return Ok(result),
                Err(Fault::Refused(failure)) => return Err(failure),
                Err(Fault::Connection(words)) => last = words,
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
        Err(Failure::new("node_unreachable", format!("{}: {last}", self.url)))
    }

    async fn once(&self, body: String) -> Result<Value, Fault> {
        let lost = |error: reqwest::Error| Fault::Connection(error.without_url().to_string());
        let request = self.http.post(&self.url).header("content-type", "application/json").body(body);
        let text = request.send().await.map_err(lost)?.text().await.map_err(lost)?;
        let reply: Reply = serde_json::from_str(&text).map_err(|_| {
            Fault::Connection(format!("no JSON-RPC but {:?}", text.chars().take(80).collect::<String>()))
        })?;
        match (reply.result, reply.error) {
            (Some(result), None) => Ok(result),
            (_, Some(refusal)) => {
                let words = refusal.data.as_str().map_or_else(|| refusal.data.to_string(), ToString::to_string);
                Err(Fault::Refused(Failure::new("node_refused", format!("{}: {words}", refusal.message))))
            }
            (None, None) => Err(Fault::Connection("an answer without a result".to_string())),
        }
    }

    /// Asks the application under a gRPC path: protobuf in, protobuf out. As it stood after a block, or stands now.
    pub async fn ask(&self, path: &str, request: &[u8], height: Option<u64>) -> Result<Vec<u8>, Failure> {
        let height = height.unwrap_or(0).to_string();
        let params = json!({"path": path, "data": hex::encode(request), "height": height, "prove": false});
        let mut result = self.call("abci_query", params).await?;
        let answered: Answered = read(result.get_mut("response").map(Value::take).unwrap_or_default())?;
        if answered.code != 0 {
            return Err(of_chain(&answered.codespace, answered.code, &answered.log));
        }
        bytes(&answered.value.unwrap_or_default())
    }
}

/// A value of the node as this type.
pub fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Failure> {
    serde_json::from_value(value)
        .map_err(|error| Failure::new("node_refused", format!("an unreadable answer: {error}")))
}

/// Base64 of the node.
pub fn bytes(text: &str) -> Result<Vec<u8>, Failure> {
    STANDARD.decode(text).map_err(|error| Failure::new("node_refused", format!("an unreadable answer: {error}")))
}

/// Base64 for the node.
pub fn text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
