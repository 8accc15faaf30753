//! What a node says when it refuses, as the code that the contract or the chain gave it.

use tokfut_scenario::Failure;
use tokfut_scenario::failure::is_code;

/// What the layers of the chain put before a contract's words.
const BEFORE: [&str; 9] = [
    "rpc error: code = Unknown desc = ",
    "rpc error: code = InvalidArgument desc = ",
    "failed to execute message; message index: ",
    "dispatch: ",
    "submessages: ",
    "Querier contract error: ",
    "Generic error: ",
    "kind: Other, error: ",
    "recovered: ",
];
/// What the chain says of a message that the contract could not read.
const UNREADABLE: [&str; 3] = ["Error parsing into type ", "kind: Serialization, error: ", "Error deserializing "];

/// The failure behind a response of the SDK: its codespace and code where these say enough, else the words.
pub fn of_chain(codespace: &str, code: u32, log: &str) -> Failure {
    let of_sdk = match (codespace, code) {
        ("sdk", 4) => Some("unauthorized_signature"),
        ("sdk", 5) => Some("insufficient_funds"),
        // The second: more than a whole block may use.
        ("sdk", 11 | 41) => Some("out_of_gas"),
        ("sdk", 13) => Some("insufficient_fee"),
        ("sdk", 19) => Some("already_sent"),
        ("sdk", 20) => Some("mempool_full"),
        ("sdk", 32) => Some("wrong_sequence"),
        _ => None,
    };
    match of_sdk {
        Some(code) => Failure::new(code, log),
        None => of_words(log),
    }
}

/// What a node says of every simulation between its start and its first block: it has no time of a block yet.
const STARTING: &str = "Block (unix) time must never be empty";

/// The failure that a text of the chain carries: a contract's own code passes through every wrapper.
fn of_words(log: &str) -> Failure {
    if log.contains(STARTING) {
        return Failure::new("node_starting", "no block has come since the node was started");
    }
    let mut rest = log.trim();
    loop {
        if UNREADABLE.iter().any(|words| rest.starts_with(words)) {
            return Failure::new("invalid_message", without_tail(rest));
        }
        let Some(inner) = BEFORE.iter().find_map(|words| rest.strip_prefix(words)) else { break };
        // "message index: 3: " — the number stands between.
        let index = inner.split_once(": ").filter(|(index, _)| index.bytes().all(|byte| byte.is_ascii_digit()));
        rest = index.map_or(inner, |(_, inner)| inner);
    }
    match rest.split_once(": ") {
        Some((code, words)) if is_code(code) && code.contains('_') => Failure::new(code, without_tail(words)),
        Some((code, words)) if is_code(code) && !words.is_empty() && is_contract_error(rest) => {
            Failure::new(code, without_tail(words))
        }
        _ if rest.contains("insufficient funds") => Failure::new("insufficient_funds", rest),
        _ if rest.contains("account sequence mismatch") => Failure::new("wrong_sequence", rest),
        _ => Failure::new("failed", rest),
    }
}

/// What the chain adds behind a contract's words.
const AFTER: [&str; 3] =
    [": execute wasm contract failed", ": query wasm contract failed", ": instantiate wasm contract failed"];

fn is_contract_error(text: &str) -> bool {
    AFTER.iter().any(|words| text.contains(words))
}

fn without_tail(text: &str) -> &str {
    let ends = AFTER.iter().filter_map(|words| text.find(words));
    ends.min().and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(log: &str) -> (String, String) {
        let failure = of_chain("wasm", 5, log);
        (failure.code, failure.message)
    }

    #[test]
    fn a_contracts_code_passes_through_every_wrapper() {
        let words = "insufficient_margin: need 240000000, free 19000000 (4.11)";
        let expected = ("insufficient_margin".to_string(), "need 240000000, free 19000000 (4.11)".to_string());
        for log in [
            format!("failed to execute message; message index: 0: {words}: execute wasm contract failed"),
            format!(
                "failed to execute message; message index: 12: dispatch: submessages: {words}: execute wasm contract failed"
            ),
            format!("rpc error: code = Unknown desc = {words}: query wasm contract failed: unknown request"),
            words.to_string(),
        ] {
            assert_eq!(of(&log), expected, "{log}");
        }
        assert_eq!(of("overflow: price (1.6): execute wasm contract failed").0, "overflow");
    }

    #[test]
    fn the_chains_own_refusals_have_codes() {
        assert_eq!(of_chain("sdk", 11, "out of gas in location: x").code, "out_of_gas");
        let words = "tx gas limit 130000000 exceeds block max gas 100000000: invalid gas limit";
        assert_eq!(of_chain("sdk", 41, words).code, "out_of_gas");
        let words = "Block (unix) time must never be empty or negative \nstack:\ngoroutine 77 [running]:\n…";
        assert_eq!(of_chain("undefined", 1, words).code, "node_starting");
        assert_eq!(of_chain("sdk", 32, "account sequence mismatch, expected 3, got 2").code, "wrong_sequence");
        assert_eq!(
            of("failed to execute message; message index: 0: Error parsing into type X: y").0,
            "invalid_message"
        );
        assert_eq!(of("something else entirely").0, "failed");
        assert_eq!(
            of("dispatch: submessages: spendable balance 1 is smaller than 2: insufficient funds").0,
            "insufficient_funds"
        );
    }
}
