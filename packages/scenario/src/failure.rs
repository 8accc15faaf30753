//! Why a step failed: a stable code, and the words.

use core::fmt;

use cosmwasm_std::StdError;
use serde::Serialize;
use serde_json::Value;

/// What stands before the words of an error that another contract or the chain passed on.
const WRAPPERS: [&str; 2] = ["Querier contract error: ", "Querier system error: "];

/// A refused step. Nothing of it happened.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable snake_case code: the contract's own, or one of `invalid_message` (not a message of the contract),
    /// `insufficient_funds` (the bank), `invalid_funds` (coins of amount zero), `invalid_address`, `clock_backwards`,
    /// `unknown_feed`, `unknown_contract`, `reserved_name`, `invalid_name`, `invalid_step`, `invalid_world`,
    /// `broken_invariant`, `contract_panicked`, `failed` (an error without a code).
    pub code: String,
    /// The error in words, with its numbers.
    pub message: String,
}

impl Failure {
    /// A failure with this code.
    pub fn new(code: &str, message: impl fmt::Display) -> Self {
        Self { code: code.to_string(), message: message.to_string() }
    }

    /// What a contract or the chain answered.
    ///
    /// The code is the text before the first `:` of the innermost cause where that is snake_case, so a contract's own
    /// code passes through every wrapper.
    pub fn from_chain(error: &StdError) -> Self {
        let (kinds, text) = innermost(error.to_string());
        if kinds.last().is_some_and(|kind| kind == "Serialization") {
            return Self::new("invalid_message", text);
        }
        // A contract's own errors reach the chain as text, kind Other, whatever they were: this is the bank's.
        if kinds.first().is_some_and(|kind| kind == "Overflow") {
            return Self::new("insufficient_funds", text);
        }
        if text == "Cannot transfer empty coins amount" {
            return Self::new("invalid_funds", text);
        }
        match text.split_once(": ") {
            Some((code, message)) if is_code(code) => Self::new(code, message),
            _ => Self::new("failed", text),
        }
    }

    /// A panic inside a contract, with what it said.
    pub fn from_panic(payload: &(dyn core::any::Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        Self::new("contract_panicked", text.unwrap_or_else(|| "no words".to_string()))
    }

    /// As the answer to a step.
    pub fn to_json(&self) -> Value {
        serde_json::json!({ "code": self.code, "message": self.message })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Failure {}

/// The words without what the layers above have put before them, and the kinds that these named, outermost first.
fn innermost(text: String) -> (Vec<String>, String) {
    let mut rest = text.as_str();
    let mut kinds = Vec::new();
    loop {
        let unwrapped = WRAPPERS.iter().find_map(|wrapper| rest.strip_prefix(wrapper));
        // The chain's words for a message, on three lines: what, by whom, the message itself.
        let unwrapped = unwrapped.or_else(|| rest.strip_prefix("Error executing WasmMsg:\n")?.splitn(3, '\n').nth(2));
        if let Some(inner) = unwrapped {
            // A kind further out is only what the chain makes of any failing message.
            (rest, kinds) = (inner, Vec::new());
            continue;
        }
        let Some((kind, inner)) = rest.strip_prefix("kind: ").and_then(|rest| rest.split_once(", error: ")) else {
            return (kinds, rest.to_string());
        };
        kinds.push(kind.to_string());
        rest = inner;
    }
}

/// Lower-case words joined by underscores.
pub fn is_code(text: &str) -> bool {
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    starts && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::{OverflowError, OverflowOperation};

    fn of(error: StdError) -> (String, String) {
        let failure = Failure::from_chain(&error);
        (failure.code, failure.message)
    }

    #[test]
    fn a_contracts_code_passes_through_every_wrapper() {
        let text = "insufficient_margin: need 240000000, free 19000000 (4.11)";
        let expected = ("insufficient_margin".to_string(), "need 240000000, free 19000000 (4.11)".to_string());
        assert_eq!(of(StdError::msg(text)), expected);
        let wrapped = StdError::msg(format!("Querier contract error: kind: Other, error: {text}"));
        assert_eq!(of(StdError::msg(wrapped)), expected);
        let sent = "Error executing WasmMsg:\n  sender: a\n  Execute { msg: {} }\n";
        assert_eq!(of(StdError::msg(format!("{sent}kind: Other, error: {sent}kind: Other, error: {text}"))), expected);
    }

    #[test]
    fn an_unreadable_message_and_an_empty_purse_have_codes_of_the_chain() {
        let unreadable = cosmwasm_std::from_json::<u8>(b"{}").unwrap_err();
        let queried = StdError::msg(format!("Querier contract error: {unreadable}"));
        assert_eq!(of(unreadable).0, "invalid_message");
        assert_eq!(of(queried).0, "invalid_message");
        assert_eq!(of(OverflowError::new(OverflowOperation::Sub).into()).0, "insufficient_funds");
        assert_eq!(of(StdError::msg("Cannot transfer empty coins amount")).0, "invalid_funds");
        let bank = "Error executing WasmMsg:\n  sender: a\n  Execute { msg: {} }\nkind: Overflow, error: Cannot Sub";
        assert_eq!(of(StdError::msg(bank)).0, "insufficient_funds");
        let contract = "kind: Other, error: kind: Overflow, error: Cannot Sub with given operands";
        assert_eq!(of(StdError::msg(contract)).0, "failed");
        // A contract's overflow is text by the time it gets here, and not the bank's.
        assert_eq!(of(StdError::msg("overflow: price out of bounds (1.6)")).0, "overflow");
    }

    #[test]
    fn an_error_without_a_code_keeps_its_words() {
        let expected = ("failed".to_string(), "Error decoding bech32: too short".to_string());
        assert_eq!(of(StdError::msg("Error decoding bech32: too short")), expected);
    }
}
