//! A chain's past: what was sent in each block and what became of it, and what a contract stored.

use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::query::v1beta1::PageRequest;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{TxBody, TxRaw};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract, QueryAllContractStateRequest, QueryAllContractStateResponse, QueryContractInfoRequest,
    QueryContractInfoResponse,
};
use cosmwasm_std::Coin;
use prost::{Message, Name};
use serde_json::Value;
use tokfut_scenario::Failure;

use crate::answer::Receipt;
use crate::node::{Node, decode, hash};

/// Records on a page.
const RECORDS: u64 = 1_000;

/// A transaction of a block.
#[derive(Debug)]
pub struct Transaction {
    /// What was sent, in order.
    pub messages: Vec<Sent>,
    /// What became of it: all of it happened, or none.
    pub result: Result<Receipt, Failure>,
}

/// A message of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// To a contract.
    Execute {
        /// By whom.
        sender: String,
        /// To which.
        contract: String,
        /// The message.
        msg: Value,
        /// The coins with it.
        funds: Vec<Coin>,
    },
    /// Coins.
    Coins {
        /// From whom.
        from: String,
        /// To whom.
        to: String,
        /// What.
        coins: Vec<Coin>,
    },
    /// Something else, of this type, or a message to a contract that is no JSON.
    Other(String),
}

impl Node {
    /// The transactions of a block, in order.
    pub async fn transactions(&self, height: u64) -> Result<Vec<Transaction>, Failure> {
        let sent = self.transactions_of(height).await?;
        if sent.is_empty() {
            return Ok(Vec::new());
        }
        let results = self.results(height).await?;
        let transaction = |(tx, result): (Vec<u8>, crate::answer::TxResult)| {
            let raw: TxRaw = decode(&tx)?;
            let body: TxBody = decode(&raw.body_bytes)?;
            let messages = body.messages.iter().map(Sent::read).collect::<Result<_, _>>()?;
            Ok(Transaction { messages, result: result.receipt(hash(&tx), height) })
        };
        sent.into_iter().zip(results).map(transaction).collect()
    }

    /// The block in which a contract was made.
    pub async fn created(&self, contract: &str) -> Result<u64, Failure> {
        let request = QueryContractInfoRequest { address: contract.to_string() };
        let answer: QueryContractInfoResponse = self.ask("/cosmwasm.wasm.v1.Query/ContractInfo", &request).await?;
        let created = answer.contract_info.and_then(|info| info.created).map(|created| created.block_height);
        created.ok_or_else(|| Failure::new("node_refused", format!("it does not say when {contract} was made")))
    }

    /// All that a contract stores, key and value, in order of keys.
    pub async fn records(&self, contract: &str) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Failure> {
        let mut records = Vec::new();
        let mut key = Vec::new();
        loop {
            let page = PageRequest { key, limit: RECORDS, ..PageRequest::default() };
            let request = QueryAllContractStateRequest { address: contract.to_string(), pagination: Some(page) };
            let path = "/cosmwasm.wasm.v1.Query/AllContractState";
            let answer: QueryAllContractStateResponse = self.ask(path, &request).await?;
            records.extend(answer.models.into_iter().map(|model| (model.key, model.value)));
            key = answer.pagination.unwrap_or_default().next_key;
            if key.is_empty() {
                return Ok(records);
            }
        }
    }
}

impl Sent {
    fn read(message: &Any) -> Result<Self, Failure> {
        if message.type_url == url::<MsgSend>() {
            let MsgSend { from_address: from, to_address: to, amount } = decode(&message.value)?;
            return Ok(Self::Coins { from, to, coins: coins(amount)? });
        }
        if message.type_url == url::<MsgExecuteContract>() {
            let MsgExecuteContract { sender, contract, msg, funds } = decode(&message.value)?;
            if let Ok(msg) = serde_json::from_slice(&msg) {
                return Ok(Self::Execute { sender, contract, msg, funds: coins(funds)? });
            }
        }
        Ok(Self::Other(message.type_url.clone()))
    }
}

/// The type of a message, as transactions name it.
fn url<M: Message + Name>() -> String {
    format!("/{}", M::full_name())
}

fn coins(coins: Vec<ProtoCoin>) -> Result<Vec<Coin>, Failure> {
    let coin = |ProtoCoin { denom, amount }: ProtoCoin| {
        let number: Result<u128, _> = amount.parse();
        number
            .map(|number| Coin::new(number, denom))
            .map_err(|error| Failure::new("node_refused", format!("{amount:?} coins: {error}")))
    };
    coins.into_iter().map(coin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{bank_send, execute};
    use serde_json::json;

    #[test]
    fn what_is_sent_is_read_back() {
        let coins = vec![Coin::new(5u128, "uusd")];
        let msg = json!({"deposit": {"account": 8}});
        let message = execute("wasm1a", "wasm1v", &msg, &coins).unwrap();
        let (sender, contract) = ("wasm1a".to_string(), "wasm1v".to_string());
        let expected = Sent::Execute { sender: sender.clone(), contract: contract.clone(), msg, funds: coins.clone() };
        assert_eq!(Sent::read(&message).unwrap(), expected);
        let expected = Sent::Coins { from: sender, to: contract, coins: coins.clone() };
        assert_eq!(Sent::read(&bank_send("wasm1a", "wasm1v", &coins)).unwrap(), expected);
        let unreadable = MsgExecuteContract { msg: b"no JSON".to_vec(), ..MsgExecuteContract::default() };
        let unreadable = Any { type_url: message.type_url.clone(), value: unreadable.encode_to_vec() };
        assert_eq!(Sent::read(&unreadable).unwrap(), Sent::Other(message.type_url));
    }
}
