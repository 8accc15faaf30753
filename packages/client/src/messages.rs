//! Messages of the chain, as transactions carry them.

use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use cosmos_sdk_proto::cosmos::gov::v1::{MsgSubmitProposal, MsgVote, VoteOption};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract, MsgInstantiateContract, MsgMigrateContract, MsgStoreCode,
};
use cosmwasm_std::Coin;
use prost::{Message, Name};
use serde::Serialize;
use tokfut_scenario::Failure;

/// Keeps codes in the memory of every node, by governance.
#[derive(Clone, PartialEq, Message)]
struct MsgPinCodes {
    #[prost(string, tag = "1")]
    authority: String,
    #[prost(uint64, repeated, tag = "2")]
    code_ids: Vec<u64>,
}

impl Name for MsgPinCodes {
    const NAME: &'static str = "MsgPinCodes";
    const PACKAGE: &'static str = "cosmwasm.wasm.v1";
}

/// A message under its name.
fn packed<M: Message + Name>(message: &M) -> Any {
    Any { type_url: format!("/{}", M::full_name()), value: message.encode_to_vec() }
}

fn coins(coins: &[Coin]) -> Vec<ProtoCoin> {
    coins.iter().map(|coin| ProtoCoin { denom: coin.denom.clone(), amount: coin.amount.to_string() }).collect()
}

fn json(message: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(message).map_err(|error| Failure::new("invalid_message", error))
}

/// Sends a message to a contract.
pub fn execute(sender: &str, contract: &str, message: &impl Serialize, funds: &[Coin]) -> Result<Any, Failure> {
    Ok(packed(&MsgExecuteContract {
        sender: sender.to_string(),
        contract: contract.to_string(),
        msg: json(message)?,
        funds: coins(funds),
    }))
}

/// Sends coins.
pub fn bank_send(from: &str, to: &str, amount: &[Coin]) -> Any {
    packed(&MsgSend { from_address: from.to_string(), to_address: to.to_string(), amount: coins(amount) })
}

/// Stores wasm.
pub fn store(sender: &str, wasm: Vec<u8>) -> Any {
    packed(&MsgStoreCode { sender: sender.to_string(), wasm_byte_code: wasm, instantiate_permission: None })
}

/// Makes a contract of a code; `admin` may migrate it.
pub fn instantiate(
    (sender, admin): (&str, &str),
    code_id: u64,
    label: &str,
    message: &impl Serialize,
) -> Result<Any, Failure> {
    Ok(packed(&MsgInstantiateContract {
        sender: sender.to_string(),
        admin: admin.to_string(),
        code_id,
        label: label.to_string(),
        msg: json(message)?,
        funds: Vec::new(),
    }))
}

/// Puts another code over a contract's storage; `sender` is its admin.
pub fn migrate(sender: &str, contract: &str, code_id: u64, message: &impl Serialize) -> Result<Any, Failure> {
    Ok(packed(&MsgMigrateContract {
        sender: sender.to_string(),
        contract: contract.to_string(),
        code_id,
        msg: json(message)?,
    }))
}

/// Proposes that codes be pinned; `authority` is the governance module's address.
pub fn propose_pinning(sender: &str, authority: &str, code_ids: &[u64], deposit: &Coin) -> Any {
    let pin = MsgPinCodes { authority: authority.to_string(), code_ids: code_ids.to_vec() };
    packed(&MsgSubmitProposal {
        messages: vec![packed(&pin)],
        initial_deposit: coins(core::slice::from_ref(deposit)),
        proposer: sender.to_string(),
        metadata: String::new(),
        title: "Pin the codes of market, oracle and vault".to_string(),
        summary: "They are called in every block.".to_string(),
        expedited: false,
    })
}

/// Votes yes.
pub fn vote_yes(voter: &str, proposal_id: u64) -> Any {
    packed(&MsgVote { proposal_id, voter: voter.to_string(), option: VoteOption::Yes.into(), metadata: String::new() })
}
