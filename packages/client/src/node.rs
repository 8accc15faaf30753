//! A chain, by way of one of its nodes.

use std::time::Duration;

use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    QueryCodeRequest, QueryCodeResponse, QueryContractInfoRequest, QueryContractInfoResponse,
    QuerySmartContractStateRequest, QuerySmartContractStateResponse,
};
use prost::Message;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokfut_core::time::Time;
use tokfut_scenario::Failure;

use crate::answer::{Receipt, TxResult};
use crate::deployment::Code;
use crate::failure::of_chain;
use crate::rpc::{Rpc, bytes, read, text};

/// How often a node that has just been started is asked for a simulation, and the pause between.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// A chain behind a node's RPC address.
#[derive(Clone)]
pub struct Node {
    rpc: Rpc,
    chain_id: String,
    height: Option<u64>,
}

/// A block's place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its height.
    pub height: u64,
    /// Its time, Unix seconds; fractions are dropped, as the contracts do.
    pub seconds: u64,
}

/// An account of the chain, as signatures need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub number: u64,
    /// How many transactions it has signed.
    pub sequence: u64,
}

/// A contract as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The code it runs.
    pub code: Code,
    /// Who may migrate it; empty if nobody.
    pub admin: String,
}

#[derive(Deserialize)]
struct Broadcast {
    #[serde(default)]
    code: u32,
    #[serde(default)]
    codespace: String,
    #[serde(default)]
    log: String,
    hash: String,
}

#[derive(Deserialize)]
struct Found {
    height: String,
    tx_result: TxResult,
}

#[derive(Deserialize)]
struct BlockResults {
    #[serde(default)]
    txs_results: Option<Vec<TxResult>>,
}

impl Node {
    /// Connects, and learns the chain's id.
    ///
    /// # Errors
    /// `node_unreachable` after some seconds of trying.
    pub async fn connect(url: &str) -> Result<Self, Failure> {
        let rpc = Rpc::new(url)?;
        let status = rpc.call("status", json!({})).await?;
        let chain_id = pointed(&status, "/node_info/network")?.to_string();
        Ok(Self { rpc, chain_id, height: None })
    }

    /// The same chain, whose questions are answered as of this block. The node must have kept its state.
    pub fn at(&self, height: u64) -> Self {
        Self { height: Some(height), ..self.clone() }
    }

    /// The chain's id.
    pub fn chain_id(&self) -> &str {
        &self.chain_id
    }

    /// The node's address.
    pub fn url(&self) -> &str {
        self.rpc.url()
    }

    /// The latest block whose transactions have happened: what queries and simulations see. The node may have a later
    /// one that it has not worked through yet.
    pub async fn latest(&self) -> Result<Block, Failure> {
        let info = self.rpc.call("abci_info", json!({})).await?;
        self.block(number(pointed(&info, "/response/last_block_height")?)?).await
    }

    /// A block of the past.
    pub async fn block(&self, height: u64) -> Result<Block, Failure> {
        let header = self.rpc.call("header", json!({"height": height.to_string()})).await?;
        Ok(Block { height, seconds: seconds(pointed(&header, "/header/time")?)? })
    }

    /// The transactions of a block that happened, in order.
    pub async fn receipts(&self, height: u64) -> Result<Vec<Receipt>, Failure> {
        let results = self.results(height).await?.into_iter();
        Ok(results.filter_map(|result| result.receipt(String::new(), height).ok()).collect())
    }

    /// What became of the transactions of a block, in order.
    pub(crate) async fn results(&self, height: u64) -> Result<Vec<TxResult>, Failure> {
        let results = self.rpc.call("block_results", json!({"height": height.to_string()})).await?;
        let results: BlockResults = read(results)?;
        Ok(results.txs_results.unwrap_or_default())
    }

    /// The bytes of the transactions of a block, in order.
    pub(crate) async fn transactions_of(&self, height: u64) -> Result<Vec<Vec<u8>>, Failure> {
        let mut block = self.rpc.call("block", json!({"height": height.to_string()})).await?;
        let txs: Option<Vec<String>> = read(block.pointer_mut("/block/data/txs").map(Value::take).unwrap_or_default())?;
        txs.unwrap_or_default().iter().map(|tx| bytes(tx)).collect()
    }

    /// An account's number and sequence; none if the chain has never met it.
    pub async fn standing(&self, address: &str) -> Result<Option<Standing>, Failure> {
        let request = QueryAccountRequest { address: address.to_string() };
        let answer: Result<QueryAccountResponse, _> = self.ask("/cosmos.auth.v1beta1.Query/Account", &request).await;
        let account = match answer {
            Ok(answer) => answer.account.unwrap_or_default(),
            Err(failure) if failure.message.contains("not found") => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let account: BaseAccount = decode(&account.value)?;
        Ok(Some(Standing { number: account.account_number, sequence: account.sequence }))
    }

    /// What an address has of a denom.
    pub async fn balance(&self, address: &str, denom: &str) -> Result<u128, Failure> {
        let request = QueryBalanceRequest { address: address.to_string(), denom: denom.to_string() };
        let answer: QueryBalanceResponse = self.ask("/cosmos.bank.v1beta1.Query/Balance", &request).await?;
        Ok(answer.balance.and_then(|coin| coin.amount.parse().ok()).unwrap_or(0))
    }

    /// What a contract is an instance of, and who may change that.
    pub async fn instance(&self, contract: &str) -> Result<Instance, Failure> {
        let request = QueryContractInfoRequest { address: contract.to_string() };
        let info: QueryContractInfoResponse = self.ask("/cosmwasm.wasm.v1.Query/ContractInfo", &request).await?;
        let info = info.contract_info.unwrap_or_default();
        let request = QueryCodeRequest { code_id: info.code_id };
        let code: QueryCodeResponse = self.ask("/cosmwasm.wasm.v1.Query/Code", &request).await?;
        let sha256 = hex::encode(code.code_info.unwrap_or_default().data_hash);
        Ok(Instance { code: Code { id: info.code_id, sha256 }, admin: info.admin })
    }

    /// Asks a contract.
    ///
    /// # Errors
    /// The contract's own code.
    pub async fn query<R: DeserializeOwned>(&self, contract: &str, message: &impl Serialize) -> Result<R, Failure> {
        let query_data = serde_json::to_vec(message).map_err(|error| Failure::new("invalid_message", error))?;
        let request = QuerySmartContractStateRequest { address: contract.to_string(), query_data };
        let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
        let answer: QuerySmartContractStateResponse = self.ask(path, &request).await?;
        serde_json::from_slice(&answer.data).map_err(|error| Failure::new("invalid_answer", error))
    }

    /// The gas that a transaction would use now. A node that has just been started is given some seconds for its first
    /// block.
    ///
    /// # Errors
    /// `node_starting` if none came; else why the transaction would fail.
    pub async fn simulate(&self, tx_bytes: Vec<u8>) -> Result<u64, Failure> {
        let request = SimulateRequest { tx_bytes, ..SimulateRequest::default() };
        let mut tries = 1_u32;
        loop {
            let answer: Result<SimulateResponse, _> = self.ask("/cosmos.tx.v1beta1.Service/Simulate", &request).await;
            match answer {
                Ok(answer) => return Ok(answer.gas_info.unwrap_or_default().gas_used),
                Err(failure) if failure.code == "node_starting" && tries < TRIES => {
                    tries = tries.saturating_add(1);
                    tokio::time::sleep(PAUSE).await;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Hands a signed transaction in; its hash, once the node has taken it to be spread.
    ///
    /// # Errors
    /// The chain's reason for not taking it. The same bytes twice are taken once.
    pub async fn broadcast(&self, tx: &[u8]) -> Result<String, Failure> {
        let answer = self.rpc.call("broadcast_tx_sync", json!({"tx": text(tx)})).await;
        let answer: Broadcast = match answer {
            Ok(answer) => read(answer)?,
            // A repetition after a lost connection: it is there already.
            Err(failure) if failure.message.contains("already exists in cache") => return Ok(hash(tx)),
            Err(failure) => return Err(failure),
        };
        if answer.code == 0 { Ok(answer.hash) } else { Err(of_chain(&answer.codespace, answer.code, &answer.log)) }
    }

    /// What became of a transaction; none while it is in no block.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn receipt(&self, hash: &str) -> Result<Option<Receipt>, Failure> {
        let hashed = hex::decode(hash).map_err(|error| Failure::new("invalid_hash", error))?;
        match self.rpc.call("tx", json!({"hash": text(&hashed), "prove": false})).await {
            Ok(found) => {
                let found: Found = read(found)?;
                found.tx_result.receipt(hash.to_string(), number(&found.height)?).map(Some)
            }
            Err(failure) if failure.code == "node_refused" => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Asks the application.
    pub(crate) async fn ask<R: Message + Default>(&self, path: &str, request: &impl Message) -> Result<R, Failure> {
        decode(&self.rpc.ask(path, &request.encode_to_vec(), self.height).await?)
    }
}

/// Protobuf of the chain.
pub(crate) fn decode<M: Message + Default>(bytes: &[u8]) -> Result<M, Failure> {
    M::decode(bytes).map_err(|error| Failure::new("node_refused", format!("an unreadable answer: {error}")))
}

/// A transaction's hash.
pub(crate) fn hash(tx: &[u8]) -> String {
    hex::encode_upper(tokfut_core::fixing::digest(tx))
}

fn pointed<'a>(value: &'a Value, path: &str) -> Result<&'a str, Failure> {
    let missing = || Failure::new("node_refused", format!("an answer without {path}"));
    value.pointer(path).and_then(Value::as_str).ok_or_else(missing)
}

fn number(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|error| Failure::new("node_refused", format!("{text:?}: {error}")))
}

/// The whole seconds of `2026-11-26T12:00:00.123456789Z`.
fn seconds(text: &str) -> Result<u64, Failure> {
    let whole = text.split_once('.').map_or_else(|| text.to_string(), |(whole, _)| format!("{whole}Z"));
    Time::parse(&whole).map(Time::seconds).map_err(|error| Failure::new("node_refused", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocks_time_is_read_to_the_second_before() {
        assert_eq!(seconds("1970-01-01T00:01:00.999999999Z").unwrap(), 60);
        assert_eq!(seconds("1970-01-01T00:01:00Z").unwrap(), 60);
        assert_eq!(seconds("yesterday").unwrap_err().code, "node_refused");
    }
}
