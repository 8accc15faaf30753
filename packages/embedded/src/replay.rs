//! Replays a file of steps on a fresh world: JSON Lines in, one JSON line out per line in, always the same.

use std::io::{BufRead, Write};

use cosmwasm_std::{Coin, Event};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokfut_core::time::Time;

use crate::call::{Call, Contract, Outcome};
use crate::failure::Failure;
use crate::invariants;
use crate::spec::WorldSpec;
use crate::world::World;

/// The attribute by which the chain says whose event it is; event names are unique over the three contracts.
const EMITTER: &str = "_contract_address";

/// One line of a file.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    /// Changes the reference deployment; only before any other step.
    World(Value),
    /// Begins the next block, at this time.
    At(String),
    /// Sends a message to a contract.
    Exec(Exec),
    /// Asks a contract.
    Query(Query),
    /// Has the reference panel sign a fixing, and relays it.
    Fix(Fix),
    /// Sends coins past the contracts' messages.
    Send(Send),
    /// Checks every invariant.
    Check(Check),
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Exec {
    contract: String,
    from: String,
    msg: Value,
    #[serde(default)]
    funds: Option<Funds>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Query {
    contract: String,
    msg: Value,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Fix {
    feed: String,
    date: String,
    values: Vec<Option<String>>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Send {
    from: String,
    to: String,
    funds: Funds,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Check {}

/// Coins: an amount of the collateral, or any coins.
#[derive(Deserialize, Debug)]
#[serde(untagged)]
enum Funds {
    Amount(String),
    Coins(Vec<Coin>),
}

/// A replay under way.
#[derive(Default)]
pub struct Replay {
    lines: u64,
    world: Option<World>,
}

/// The answer to one line.
pub struct Answer {
    /// One JSON object.
    pub line: Value,
    /// False if there is no world to go on with.
    pub goes_on: bool,
}

/// What a step that happened answers.
struct Done {
    data: Value,
    events: Vec<Value>,
}

impl Done {
    const fn data(data: Value) -> Self {
        Self { data, events: Vec::new() }
    }
}

impl Replay {
    /// Before the first line.
    pub fn new() -> Self {
        Self::default()
    }

    /// The world as it stands, once a step has been taken.
    pub fn world(&self) -> Option<&World> {
        self.world.as_ref()
    }

    /// Takes one step. A step that fails changes nothing; a line that is blank or begins with `#` does nothing.
    pub fn line(&mut self, text: &str) -> Answer {
        self.lines = self.lines.saturating_add(1);
        let result = self.step(text.trim());
        let line = match &result {
            Ok(Done { data, events }) => json!({"line": self.lines, "ok": true, "data": data, "events": events}),
            Err(failure) => json!({"line": self.lines, "ok": false, "error": failure.to_json()}),
        };
        let line = match &self.world {
            Some(world) => world.names().to_names(&line),
            None => line,
        };
        Answer { line, goes_on: !result.is_err_and(|failure| failure.code == "invalid_world" && self.world.is_none()) }
    }

    fn step(&mut self, text: &str) -> Result<Done, Failure> {
        if text.is_empty() || text.starts_with('#') {
            return Ok(Done::data(Value::Null));
        }
        let step: Step = serde_json::from_str(text).map_err(|error| Failure::new("invalid_step", error))?;
        if let Step::World(patch) = &step {
            if self.world.is_some() {
                return Err(Failure::new("invalid_step", "the world is changed before any other step"));
            }
            self.world = Some(deploy(WorldSpec::patched(patch)?)?);
            return Ok(Done::data(Value::Null));
        }
        let world = match &mut self.world {
            Some(world) => world,
            None => self.world.insert(deploy(WorldSpec::reference()?)?),
        };
        match step {
            Step::World(_) => Ok(Done::data(Value::Null)),
            Step::At(time) => at(world, &time),
            Step::Exec(exec) => execute(world, exec),
            Step::Query(query) => ask(world, &query),
            Step::Fix(Fix { feed, date, values }) => {
                let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
                let outcomes = world.fix(&feed, &date, &values)?;
                let events = outcomes.iter().flat_map(|outcome| &outcome.events).map(event).collect();
                Ok(Done { data: Value::Null, events })
            }
            Step::Send(Send { from, to, funds }) => {
                let funds = coins(world, Some(funds))?;
                let to = world.resolve(&Value::String(to))?;
                let to = cosmwasm_std::Addr::unchecked(to.as_str().unwrap_or_default());
                world.send(&from, &to, &funds).map(|()| Done::data(Value::Null))
            }
            Step::Check(Check {}) => check(world),
        }
    }
}

fn deploy(spec: WorldSpec) -> Result<World, Failure> {
    World::deploy(spec).map_err(|failure| Failure::new("invalid_world", failure))
}

fn at(world: &mut World, time: &str) -> Result<Done, Failure> {
    let time = Time::parse(time).map_err(|error| Failure::new("invalid_step", error))?;
    world.advance_to(time).map(|()| Done::data(Value::Null))
}

fn execute(world: &mut World, exec: Exec) -> Result<Done, Failure> {
    let Exec { contract, from, msg, funds } = exec;
    let contract = contract_of(&contract)?;
    let funds = coins(world, funds)?;
    let msg = world.resolve(&msg)?;
    let outcomes = world.transact(&from, vec![Call { contract, msg, funds }])?;
    let data = outcomes.first().map_or(Value::Null, Outcome::data_json);
    let events = outcomes.iter().flat_map(|outcome| &outcome.events).map(event).collect();
    Ok(Done { data, events })
}

fn ask(world: &mut World, query: &Query) -> Result<Done, Failure> {
    let contract = contract_of(&query.contract)?;
    let msg = world.resolve(&query.msg)?;
    world.query(contract, &msg).map(Done::data)
}

fn check(world: &World) -> Result<Done, Failure> {
    let checked = invariants::check(world).map_err(|broken| Failure::new("broken_invariant", broken))?;
    let data = serde_json::to_value(checked).map_err(|error| Failure::new("broken_invariant", error))?;
    Ok(Done::data(data))
}

fn contract_of(name: &str) -> Result<Contract, Failure> {
    let unknown = || Failure::new("unknown_contract", format!("{name:?} is not market, oracle or vault"));
    Contract::parse(name.strip_prefix('@').unwrap_or(name)).ok_or_else(unknown)
}

fn coins(world: &World, funds: Option<Funds>) -> Result<Vec<Coin>, Failure> {
    match funds {
        None => Ok(Vec::new()),
        Some(Funds::Coins(coins)) => Ok(coins),
        Some(Funds::Amount(text)) => {
            let amount: Option<u128> = text.parse().ok().filter(|amount: &u128| amount.to_string() == text);
            let amount = amount.ok_or_else(|| Failure::new("invalid_step", format!("{text:?} is not an amount")))?;
            Ok(vec![Coin::new(amount, world.spec().denom.clone())])
        }
    }
}

/// An event as the answer has it.
fn event(event: &Event) -> Value {
    let attributes = event.attributes.iter().filter(|attribute| attribute.key != EMITTER);
    let attributes: Map<String, Value> =
        attributes.map(|attribute| (attribute.key.clone(), Value::String(attribute.value.clone()))).collect();
    json!({"type": tokfut_api::event::name(event), "attributes": attributes})
}

/// Replays all of `input` into `output`.
///
/// # Errors
/// If either cannot be read or written, or if the world that the file asks for cannot be deployed; that line has been
/// answered then, and is the last.
pub fn replay(input: impl BufRead, mut output: impl Write) -> anyhow::Result<()> {
    let mut replay = Replay::new();
    for text in input.lines() {
        let Answer { line, goes_on } = replay.line(&text?);
        writeln!(output, "{line}")?;
        if !goes_on {
            anyhow::bail!("{}", line.pointer("/error/message").unwrap_or(&line));
        }
    }
    Ok(output.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(steps: &[&str]) -> Vec<Value> {
        let mut replay = Replay::new();
        steps.iter().map(|step| replay.line(step).line).collect()
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
        assert!(Replay::new().line("nonsense").goes_on);
    }

    #[test]
    fn a_world_comes_first_or_not_at_all() {
        let world = r#"{"world":{"start":"2026-07-01T00:00:00Z"}}"#;
        let before = r#"{"at":"2026-06-30T23:59:59Z"}"#;
        assert_eq!(code(before), "-");
        let lines = answers(&["# later", world, before, world]);
        let codes: Vec<_> = lines.iter().map(|line| line.pointer("/error/code").and_then(Value::as_str)).collect();
        assert_eq!(codes, [None, None, Some("clock_backwards"), Some("invalid_step")]);
        assert!(!Replay::new().line(r#"{"world":{"stert":1}}"#).goes_on);
    }

    #[test]
    fn strangers_coins_belong_to_no_pot() {
        let steps = [r#"{"send":{"from":"mallory","to":"@vault","funds":"5"}}"#, r#"{"check":{}}"#];
        let answer = answers(&steps).pop().unwrap();
        assert_eq!(answer.pointer("/data/bank"), Some(&json!("5")), "{answer}");
        assert_eq!(answer.pointer("/data/total"), Some(&json!("0")));
    }
}
