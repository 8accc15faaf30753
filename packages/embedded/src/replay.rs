//! Replays a file of steps on a fresh world: JSON Lines in, one JSON line out per line in, always the same.

use std::io::{BufRead, Write};

use cosmwasm_std::{Addr, Coin, Order, Uint256};
use serde_json::Value;
use tokfut_core::time::Time;
use tokfut_scenario::Chain;
use tokfut_scenario::replay::Records;

use crate::call::{Call, Contract, Outcome};
use crate::deployed::Deployed;
use crate::failure::Failure;
use crate::invariants;
use crate::names::Names;
use crate::spec::WorldSpec;
use crate::world::World;

/// A replay under way.
pub type Replay = tokfut_scenario::replay::Replay<World>;

impl Chain for World {
    fn deploy(spec: WorldSpec) -> Result<Self, Failure> {
        Self::deploy(spec)
    }

    fn spec(&self) -> &WorldSpec {
        Deployed::spec(self)
    }

    fn names(&self) -> &Names {
        Deployed::names(self)
    }

    fn at(&mut self, time: Time, height: Option<u64>) -> Result<(), Failure> {
        match height {
            None => self.advance_to(time),
            Some(height) => self.begin_block(time, height),
        }
    }

    fn resolve(&mut self, written: &Value) -> Result<Value, Failure> {
        Deployed::resolve(self, written)
    }

    fn transact(&mut self, from: &str, calls: Vec<Call>) -> Result<Vec<Outcome>, Failure> {
        self.transact(from, calls)
    }

    fn ask(&mut self, contract: Contract, msg: &Value) -> Result<Value, Failure> {
        self.query(contract, msg)
    }

    fn fix(&mut self, feed: &str, date: &str, values: &[Option<&str>]) -> Result<Vec<Outcome>, Failure> {
        self.fix(feed, date, values)
    }

    fn send(&mut self, from: &str, to: &Addr, coins: &[Coin]) -> Result<(), Failure> {
        self.send(from, to, coins)
    }

    fn balance(&mut self, name: &str) -> Result<Uint256, Failure> {
        Deployed::balance(self, name)
    }

    fn records(&mut self, contract: Contract) -> Result<Records, Failure> {
        Ok(self.storage(contract).range(None, None, Order::Ascending).collect())
    }

    fn check(&mut self) -> Result<Value, Failure> {
        let checked = invariants::check(self).map_err(|broken| Failure::new("broken_invariant", broken))?;
        serde_json::to_value(checked).map_err(|error| Failure::new("broken_invariant", error))
    }
}

/// Replays all of `input` into `output`, on a fresh world.
///
/// # Errors
/// If either cannot be read or written.
pub fn replay(input: impl BufRead, output: impl Write) -> anyhow::Result<()> {
    tokfut_scenario::replay::replay(Replay::new(), input, output).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answers(steps: &[&str]) -> Vec<Value> {
        let mut replay = Replay::new();
        steps.iter().map(|step| replay.line(step.as_bytes())).collect()
    }

    fn code(step: &str) -> String {
        let answer = answers(&[step]).pop().unwrap();
        answer.pointer("/error/code").and_then(Value::as_str).unwrap_or("-").to_string()
    }

    #[test]
    fn every_line_is_answered_by_its_number() {
        let quiet = |line: u64| json!({"line": line, "ok": true, "data": null, "events": []});
        let steps = ["# a story", "", r#"{"at":"2026-06-01T00:00:00Z"}"#];
        assert_eq!(answers(&steps), [quiet(1), quiet(2), quiet(3)]);
    }

    #[test]
    fn a_line_that_is_no_step_is_refused_and_the_file_goes_on() {
        for (step, expected) in [
            ("nonsense", "invalid_step"),
            ("{}", "invalid_step"),
            ("x\u{feff}", "invalid_step"),
            (r#"{"check":[]}"#, "invalid_step"),
            (r#"{"exec":["vault","a",{"open_account":{}}]}"#, "invalid_step"),
            (r#"{"exec":{"contract":"vault","from":"a","from":"b","msg":{"open_account":{}}}}"#, "invalid_step"),
            (r#"{"exec":{"contract":"vault","from":"a","msg":{"open_account":{},"open_account":{}}}}"#, "invalid_step"),
            (r#"{"send":{"from":"a","to":"nobody","funds":"5"}}"#, "invalid_address"),
            (r#"{"send":{"from":"a","to":"@no name","funds":"5"}}"#, "invalid_address"),
            (r#"{"balance":"\ud800"}"#, "invalid_step"),
            (r#"{"at":"tomorrow"}"#, "invalid_step"),
            (r#"{"at":"2026-05-31T23:59:59Z"}"#, "clock_backwards"),
            (r#"{"check":{"deep":true}}"#, "invalid_step"),
            (r#"{"query":{"contract":"bank","msg":{}}}"#, "unknown_contract"),
            (r#"{"query":{"contract":"vault","msg":{"nothing":{}}}}"#, "invalid_message"),
            (
                r#"{"exec":{"contract":"vault","from":"a","msg":{"deposit":{"account":8}},"funds":"01"}}"#,
                "invalid_step",
            ),
            (r#"{"exec":{"contract":"vault","from":"a","msg":{"nothing":{}}}}"#, "invalid_message"),
            (r#"{"exec":{"contract":"vault","from":"market","msg":{}}}"#, "reserved_name"),
            (r#"{"exec":{"contract":"vault","from":"a b","msg":{}}}"#, "invalid_name"),
            (r#"{"fix":{"feed":"GOLD","date":"2026-06-01","values":["1"]}}"#, "unknown_feed"),
            (r#"{"fix":{"feed":"TOK","date":"2026-06-01","values":[]}}"#, "invalid_step"),
            (r#"{"fix":{"feed":"TOK","date":"2026-06-01","values":["1.64891"]}}"#, "invalid_step"),
            (r#"{"send":{"from":"a","to":"@vault","funds":"9000000000000000"}}"#, "insufficient_funds"),
        ] {
            assert_eq!(code(step), expected, "{step}");
        }
    }

    #[test]
    fn every_line_of_any_bytes_is_answered_by_itself() {
        let lines: [&[u8]; 5] = [
            b"\xef\xbb\xbf{\"balance\":\"a\"}\r",
            b"{\"balance\":\"\xff\"}",
            b"\0",
            b"{\"check\":{}}\r",
            b"{\"check\":{}}",
        ];
        let mut answers = Vec::new();
        super::replay(lines.join(&b'\n').as_slice(), &mut answers).unwrap();
        let answers: Vec<Value> =
            String::from_utf8(answers).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<_> = answers.iter().map(|answer| (answer["line"].as_u64(), answer["ok"].as_bool())).collect();
        let expected = [true, false, false, true, true].into_iter().zip(1..).map(|(ok, line)| (Some(line), Some(ok)));
        assert_eq!(told, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_world_comes_first_or_not_at_all() {
        let world = r#"{"world":{"start":"2026-07-01T00:00:00Z"}}"#;
        let before = r#"{"at":"2026-06-30T23:59:59Z"}"#;
        assert_eq!(code(before), "-");
        let lines = answers(&["# later", world, before, world]);
        let codes: Vec<_> = lines.iter().map(|line| line.pointer("/error/code").and_then(Value::as_str)).collect();
        assert_eq!(codes, [None, None, Some("clock_backwards"), Some("invalid_step")]);
        // One that cannot be leaves the reference world to be changed.
        let lines = answers(&[r#"{"world":{"stert":1}}"#, world, before]);
        let codes: Vec<_> = lines.iter().map(|line| line.pointer("/error/code").and_then(Value::as_str)).collect();
        assert_eq!(codes, [Some("invalid_world"), None, Some("clock_backwards")]);
    }

    #[test]
    fn strangers_coins_belong_to_no_pot() {
        let steps = [r#"{"send":{"from":"mallory","to":"@vault","funds":"5"}}"#, r#"{"check":{}}"#];
        let answer = answers(&steps).pop().unwrap();
        assert_eq!(answer.pointer("/data/bank"), Some(&json!("5")), "{answer}");
        assert_eq!(answer.pointer("/data/total"), Some(&json!("0")));
    }

    #[test]
    fn a_batch_happens_whole_or_not_at_all() {
        let batch = |last: &str| {
            let open = r#"{"contract":"vault","msg":{"open_account":{}}}"#;
            let deposit = format!(r#"{{"contract":"vault","msg":{{"deposit":{{"account":8}}}},"funds":"{last}"}}"#);
            format!(r#"{{"batch":{{"from":"alice","calls":[{open},{deposit}]}}}}"#)
        };
        let (bad, good) = (batch("9000000000000000"), batch("7"));
        let lines = answers(&[&bad, &good, r#"{"balance":"alice"}"#]);
        assert_eq!(lines[0].pointer("/error/code"), Some(&json!("insufficient_funds")));
        assert_eq!(lines[1].pointer("/data"), Some(&json!([{"account": 8}, null])), "{}", lines[1]);
        assert_eq!(lines[2].pointer("/data"), Some(&json!("999999999999993")));
    }

    #[test]
    fn a_block_has_the_height_that_is_asked_for() {
        let at = |height: u64| format!(r#"{{"at":{{"time":"2026-06-01T00:00:00Z","height":{height}}}}}"#);
        let lines = answers(&[&at(40), &at(40), &at(41)]);
        let codes: Vec<_> = lines.iter().map(|line| line.pointer("/error/code").and_then(Value::as_str)).collect();
        assert_eq!(codes, [None, Some("clock_backwards"), None]);
    }

    #[test]
    fn a_contracts_records_are_shown_in_order() {
        let answer = answers(&[r#"{"records":"oracle"}"#]).pop().unwrap();
        let records = answer.pointer("/data").and_then(Value::as_object).unwrap();
        assert!(records.keys().is_sorted() && records.contains_key("9000000001"), "{answer}");
    }

    /// What was signed on a chain is valid on another of its id and addresses, and on no other.
    #[test]
    fn with_the_addresses_of_another_chain_its_signatures_are_valid() {
        let address = |name| crate::addresses::of_user("wasm", name).to_string();
        let addresses =
            json!({"oracle": address("o"), "vault": address("v"), "market": address("m"), "bob": address("b")});
        let world = |addresses: &Value| WorldSpec::patched(&json!({"addresses": addresses})).unwrap();
        let mut elsewhere = World::deploy(world(&addresses)).unwrap();
        assert_eq!(elsewhere.address(Contract::Oracle).as_str(), address("o"));
        assert_eq!(elsewhere.user("bob").unwrap().as_str(), address("b"));
        let feed = elsewhere.spec().feed("TOK").unwrap().clone();
        let noon = Time::parse("2026-06-01T12:00:00Z").unwrap();
        let said = elsewhere.observation(&feed, 234, noon, 0, Some("1.6")).unwrap();
        let submit = json!({"submit": {"feed": 1, "round": 234, "revision": 0, "observations": [said]}});
        let submitted = |mut world: World| {
            world.advance_to(noon).unwrap();
            world.execute(Contract::Oracle, "bob", &submit, &[]).map(drop).map_err(|failure| failure.code)
        };
        assert_eq!(submitted(World::deploy(world(&addresses)).unwrap()), Ok(()));
        assert_eq!(submitted(World::reference().unwrap()), Err("bad_signature".to_string()));
    }
}
