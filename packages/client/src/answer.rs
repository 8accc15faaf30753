//! What became of a transaction.

use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxMsgData;
use cosmwasm_std::{Attribute, Event};
use prost::Message;
use serde::Deserialize;
use tokfut_api::event::TypedEvent;
use tokfut_scenario::{Failure, Outcome};

use crate::failure::of_chain;
use crate::rpc::bytes;

/// The attribute by which the chain says which message of the transaction an event belongs to.
const MESSAGE: &str = "msg_index";

/// A transaction that happened.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Its hash, hex.
    pub hash: String,
    /// The block it is in.
    pub height: u64,
    /// Gas it was allowed.
    pub gas_wanted: u64,
    /// Gas it used, all told.
    pub gas_used: u64,
    /// One a message.
    pub outcomes: Vec<Outcome>,
    /// The chain's response to each message, protobuf.
    pub responses: Vec<Vec<u8>>,
}

impl Receipt {
    /// The contracts' events of one kind, read back, of all messages in order.
    pub fn events_of<E: TypedEvent>(&self) -> Vec<E> {
        self.outcomes.iter().flat_map(Outcome::events_of).collect()
    }
}

/// A transaction's result as the node tells it.
#[derive(Deserialize, Debug)]
pub struct TxResult {
    #[serde(default)]
    code: u32,
    #[serde(default)]
    codespace: String,
    #[serde(default)]
    log: String,
    #[serde(default)]
    data: Option<String>,
    gas_wanted: String,
    gas_used: String,
    #[serde(default)]
    events: Vec<NodeEvent>,
}

#[derive(Deserialize, Debug)]
struct NodeEvent {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    attributes: Vec<NodeAttribute>,
}

#[derive(Deserialize, Debug)]
struct NodeAttribute {
    key: String,
    #[serde(default)]
    value: Option<String>,
}

impl TxResult {
    /// The receipt, or why nothing of it happened.
    ///
    /// # Errors
    /// The contract's own code, or the chain's.
    pub fn receipt(self, hash: String, height: u64) -> Result<Receipt, Failure> {
        if self.code != 0 {
            return Err(of_chain(&self.codespace, self.code, &self.log));
        }
        let data = bytes(self.data.as_deref().unwrap_or_default())?;
        let unreadable = |error| Failure::new("node_refused", format!("an unreadable answer: {error}"));
        let data = TxMsgData::decode(data.as_slice()).map_err(unreadable)?;
        let responses: Vec<Vec<u8>> = data.msg_responses.into_iter().map(|response| response.value).collect();
        let outcome = |(index, response): (usize, &Vec<u8>)| {
            let events = self.events.iter().filter(|event| event.is_of(index)).map(NodeEvent::event).collect();
            Outcome::new(Some(response), events)
        };
        Ok(Receipt {
            hash,
            height,
            gas_wanted: self.gas_wanted.parse().unwrap_or(0),
            gas_used: self.gas_used.parse().unwrap_or(0),
            outcomes: responses.iter().enumerate().map(outcome).collect(),
            responses,
        })
    }
}

impl NodeEvent {
    fn is_of(&self, message: usize) -> bool {
        let index = self.attributes.iter().find(|attribute| attribute.key == MESSAGE);
        index.and_then(|index| index.value.as_deref()).is_some_and(|index| index == message.to_string())
    }

    fn event(&self) -> Event {
        let attributes = self.attributes.iter().filter(|attribute| attribute.key != MESSAGE);
        // Not by `Attribute::new`, which is for contracts: the chain's own keys begin with an underscore.
        let attribute = |NodeAttribute { key, value }: &NodeAttribute| Attribute {
            key: key.clone(),
            value: value.clone().unwrap_or_default(),
        };
        let mut event = Event::new(self.kind.clone());
        event.attributes = attributes.map(attribute).collect();
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tokfut_api::vault::AccountOpened;
    use tokfut_core::id::AccountId;

    #[test]
    fn events_go_to_the_messages_they_belong_to() {
        let opened = |account: &str, index: &str| {
            json!({"type": "wasm-tf_account_opened", "attributes": [
                {"key": "_contract_address", "value": "wasm1v", "index": true},
                {"key": "v", "value": "1"}, {"key": "seq", "value": "0"},
                {"key": "account", "value": account}, {"key": "owner", "value": "wasm1a"},
                {"key": "msg_index", "value": index},
            ]})
        };
        // Two responses of MsgExecuteContract, the first with the data "{}".
        let responses = TxMsgData {
            msg_responses: vec![
                cosmos_sdk_proto::Any { type_url: "/x".to_string(), value: b"\x0a\x02{}".to_vec() },
                cosmos_sdk_proto::Any { type_url: "/x".to_string(), value: Vec::new() },
            ],
            ..TxMsgData::default()
        };
        let result: TxResult = serde_json::from_value(json!({
            "code": 0, "data": crate::rpc::text(&responses.encode_to_vec()), "gas_wanted": "9", "gas_used": "7",
            "events": [{"type": "tx", "attributes": [{"key": "fee", "value": "1"}]}, opened("8", "0"), opened("16", "1")],
        }))
        .unwrap();
        let receipt = result.receipt("AB".to_string(), 3).unwrap();
        assert_eq!((receipt.gas_used, receipt.outcomes.len()), (7, 2));
        assert_eq!(receipt.outcomes[0].data_json(), json!({}));
        let accounts: Vec<_> = receipt.outcomes.iter().flat_map(Outcome::events_of::<AccountOpened>).collect();
        assert_eq!(accounts.iter().map(|opened| opened.account).collect::<Vec<_>>(), [AccountId(8), AccountId(16)]);
        assert_eq!(receipt.outcomes[1].events[0].attributes.len(), 5);
    }

    #[test]
    fn a_refused_transaction_has_the_contracts_code() {
        let log = "failed to execute message; message index: 0: unknown_series: X (2.2): execute wasm contract failed";
        let result = json!({"code": 5, "codespace": "wasm", "log": log, "gas_wanted": "9", "gas_used": "7"});
        let result: TxResult = serde_json::from_value(result).unwrap();
        assert_eq!(result.receipt(String::new(), 1).unwrap_err().code, "unknown_series");
    }
}
