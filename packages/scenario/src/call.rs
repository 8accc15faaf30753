//! Messages to the contracts and what they bring about.

use core::fmt;

use cosmwasm_std::{Binary, Coin, Event};
use serde::Serialize;
use serde_json::Value;
use tokfut_api::event::TypedEvent;

use crate::failure::Failure;

/// One of the three contracts.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// Series, books, settlement prices.
    Market,
    /// Feeds and fixings.
    Oracle,
    /// The clearing house.
    Vault,
}

impl Contract {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Market, Self::Oracle, Self::Vault];

    /// `market`, `oracle` or `vault`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Oracle => "oracle",
            Self::Vault => "vault",
        }
    }

    /// The contract of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|contract| contract.name() == name)
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A message to a contract, with coins.
#[derive(Clone, Debug)]
pub struct Call {
    /// To which.
    pub contract: Contract,
    /// The message, with addresses, not names.
    pub msg: Value,
    /// The coins that go with it.
    pub funds: Vec<Coin>,
}

impl Call {
    /// A message without coins.
    pub fn new(contract: Contract, msg: &impl Serialize) -> Result<Self, Failure> {
        let msg = serde_json::to_value(msg).map_err(|error| Failure::new("invalid_message", error))?;
        Ok(Self { contract, msg, funds: Vec::new() })
    }
}

/// What a message brought about.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The response's data.
    pub data: Option<Binary>,
    /// The contracts' events in order, as the chain carries them: `wasm-tf_…` with `_contract_address`.
    pub events: Vec<Event>,
}

impl Outcome {
    /// The contracts' part of what a chain answers to one message: its data is a `MsgExecuteContractResponse`.
    pub fn new(data: Option<&[u8]>, events: Vec<Event>) -> Self {
        let events = events.into_iter().filter(|event| event.ty.starts_with("wasm-")).collect();
        Self { data: data.and_then(payload), events }
    }

    /// The data where it is JSON, else null.
    pub fn data_json(&self) -> Value {
        self.data.as_ref().and_then(|data| serde_json::from_slice(data).ok()).unwrap_or(Value::Null)
    }

    /// The events of one kind, read back.
    pub fn events_of<E: TypedEvent>(&self) -> Vec<E> {
        self.events.iter().filter_map(E::parse).collect()
    }
}

/// The data inside a `MsgExecuteContractResponse`: protobuf, field 1, bytes.
fn payload(message: &[u8]) -> Option<Binary> {
    let (tag, mut rest) = message.split_first()?;
    let (mut length, mut shift) = (0usize, 0u32);
    loop {
        let (byte, after) = rest.split_first()?;
        length |= usize::from(byte & 0x7f).checked_shl(shift)?;
        (rest, shift) = (after, shift.checked_add(7)?);
        if byte & 0x80 == 0 {
            break;
        }
    }
    (*tag == 0x0a && rest.len() == length).then(|| Binary::new(rest.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_of_a_response_is_taken_out_of_its_envelope() {
        assert_eq!(payload(b"\x0a\x02{}"), Some(Binary::new(b"{}".to_vec())));
        let mut long = vec![0x0a, 0xac, 0x02];
        long.extend([7; 300]);
        assert_eq!(payload(&long), Some(Binary::new(vec![7; 300])));
        for bad in [&b""[..], b"\x0a", b"\x0a\x03{}", b"\x12\x02{}", b"\x0a\xff"] {
            assert_eq!(payload(bad), None);
        }
    }
}
