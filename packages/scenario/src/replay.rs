//! Replays a file of steps on a chain: JSON Lines in, one JSON line out per line in.

mod step;

use std::io::{BufRead, Write};

use cosmwasm_std::{Addr, Coin, Event, HexBinary, Uint256};
use serde_json::{Map, Value, json};
use tokfut_core::time::Time;

use crate::call::{Call, Contract, Outcome};
use crate::failure::Failure;
use crate::names::Names;
use crate::spec::WorldSpec;

use step::{At, Batch, BlockAt, Check, Exec, Fix, Funds, Part, Query, Send, Step};

/// A chain with the deployment on it, as a file of steps needs it.
pub trait Chain: Sized {
    /// A fresh chain with the deployment that `spec` describes.
    fn deploy(spec: WorldSpec) -> Result<Self, Failure>;

    /// What it was made of.
    fn spec(&self) -> &WorldSpec;

    /// Who is called what.
    fn names(&self) -> &Names;

    /// Goes to this protocol time, where it can be chosen to a block of this height.
    fn at(&mut self, time: Time, height: Option<u64>) -> Result<(), Failure>;

    /// A message as written, with `@names` for addresses, as it is sent; users named in it are made ready to be met.
    fn resolve(&mut self, written: &Value) -> Result<Value, Failure>;

    /// Sends messages of a user as one transaction: all of them happen, or none. One outcome a message.
    fn transact(&mut self, from: &str, calls: Vec<Call>) -> Result<Vec<Outcome>, Failure>;

    /// Asks a contract.
    fn ask(&mut self, contract: Contract, msg: &Value) -> Result<Value, Failure>;

    /// Has the reference panel sign the fixing of a feed on a date, and relays it.
    fn fix(&mut self, feed: &str, date: &str, values: &[Option<&str>]) -> Result<Vec<Outcome>, Failure>;

    /// Sends coins from a user to any address, past the contracts' messages.
    fn send(&mut self, from: &str, to: &Addr, coins: &[Coin]) -> Result<(), Failure>;

    /// What a user has of the collateral, in base units.
    fn balance(&mut self, name: &str) -> Result<Uint256, Failure>;

    /// All that a contract stores.
    fn records(&mut self, contract: Contract) -> Result<Records, Failure>;

    /// Checks what must hold, and says what was counted.
    fn check(&mut self) -> Result<Value, Failure>;
}

/// A contract's records: key and value, in order of keys.
pub type Records = Vec<(Vec<u8>, Vec<u8>)>;

/// The attribute by which the chain says whose event it is; event names are unique over the three contracts.
const EMITTER: &str = "_contract_address";

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A replay under way.
pub struct Replay<C> {
    lines: u64,
    chain: Option<C>,
    /// Whether the chain was there before the file, so that the file does not choose its deployment.
    standing: bool,
}

impl<C> Default for Replay<C> {
    fn default() -> Self {
        Self { lines: 0, chain: None, standing: false }
    }
}

/// What a step that happened answers.
pub struct Done {
    data: Value,
    events: Vec<Value>,
}

impl Done {
    /// Data without events.
    pub const fn data(data: Value) -> Self {
        Self { data, events: Vec::new() }
    }

    /// What one message brought about.
    pub fn exec(outcomes: &[Outcome]) -> Self {
        let data = outcomes.first().map_or(Value::Null, Outcome::data_json);
        Self { data, ..Self::events(outcomes) }
    }

    /// What the messages of one transaction brought about: the data of each.
    pub fn batch(outcomes: &[Outcome]) -> Self {
        let data = outcomes.iter().map(Outcome::data_json).collect();
        Self { data, ..Self::events(outcomes) }
    }

    /// A contract's records, in hexadecimal.
    pub fn records(records: &Records) -> Self {
        let hex = |bytes: &[u8]| HexBinary::from(bytes).to_hex();
        Self::data(records.iter().map(|(key, value)| (hex(key), Value::String(hex(value)))).collect())
    }

    fn events(outcomes: &[Outcome]) -> Self {
        let events = outcomes.iter().flat_map(|outcome| &outcome.events).map(event).collect();
        Self { data: Value::Null, events }
    }
}

/// The answer to a line, by its number from 1, with names for addresses.
pub fn answer(line: u64, result: &Result<Done, Failure>, names: Option<&Names>) -> Value {
    let answer = match result {
        Ok(Done { data, events }) => json!({"line": line, "ok": true, "data": data, "events": events}),
        Err(failure) => json!({"line": line, "ok": false, "error": failure.to_json()}),
    };
    names.map_or_else(|| answer.clone(), |names| names.to_names(&answer))
}

impl<C: Chain> Replay<C> {
    /// Before the first line, on a chain that the file describes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Before the first line, on a chain with a deployment: steps that describe one are passed over.
    pub fn on(chain: C) -> Self {
        Self { lines: 0, chain: Some(chain), standing: true }
    }

    /// The chain as it stands, once a step has been taken.
    pub fn world(&self) -> Option<&C> {
        self.chain.as_ref()
    }

    /// Takes one step, and answers it with one JSON object. A step that fails changes nothing; a line that is blank or
    /// begins with `#` does nothing, nor does the byte order mark that some editors put before the first.
    pub fn line(&mut self, line: &[u8]) -> Value {
        let line = if self.lines == 0 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        self.lines = self.lines.saturating_add(1);
        let text = str::from_utf8(line).map_err(|error| Failure::new("invalid_step", format!("not UTF-8: {error}")));
        let result = text.and_then(|text| self.step(text.trim()));
        answer(self.lines, &result, self.chain.as_ref().map(Chain::names))
    }

    fn step(&mut self, text: &str) -> Result<Done, Failure> {
        if text.is_empty() || text.starts_with('#') {
            return Ok(Done::data(Value::Null));
        }
        let step = Step::parse(text)?;
        if let Step::World(patch) = &step {
            if self.chain.is_none() {
                self.chain = Some(deploy(WorldSpec::patched(patch)?)?);
            } else if !self.standing {
                return Err(Failure::new("invalid_step", "the world is changed before any other step"));
            }
            return Ok(Done::data(Value::Null));
        }
        let chain = match &mut self.chain {
            Some(chain) => chain,
            None => self.chain.insert(deploy(WorldSpec::reference()?)?),
        };
        match step {
            Step::World(_) => Ok(Done::data(Value::Null)),
            Step::At(At::Time(time)) => at(chain, &time, None),
            Step::At(At::Block(BlockAt { time, height })) => at(chain, &time, Some(height)),
            Step::Exec(exec) => execute(chain, exec),
            Step::Batch(batch) => execute_batch(chain, batch),
            Step::Query(query) => ask(chain, &query),
            Step::Fix(Fix { feed, date, values }) => {
                let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
                chain.fix(&feed, &date, &values).map(|outcomes| Done::events(&outcomes))
            }
            Step::Send(Send { from, to, funds }) => {
                let funds = coins(chain, Some(funds))?;
                let to = chain.resolve(&Value::String(to))?;
                let to = Addr::unchecked(to.as_str().unwrap_or_default());
                chain.send(&from, &to, &funds).map(|()| Done::data(Value::Null))
            }
            Step::Balance(name) => chain.balance(&name).map(|amount| Done::data(Value::String(amount.to_string()))),
            Step::Records(contract) => chain.records(contract_of(&contract)?).map(|records| Done::records(&records)),
            Step::Check(Check {}) => chain.check().map(Done::data),
        }
    }
}

fn deploy<C: Chain>(spec: WorldSpec) -> Result<C, Failure> {
    let invalid = |failure: Failure| match failure.code.as_str() {
        "invalid_world" => failure,
        _ => Failure::new("invalid_world", failure),
    };
    C::deploy(spec).map_err(invalid)
}

fn at<C: Chain>(chain: &mut C, time: &str, height: Option<u64>) -> Result<Done, Failure> {
    let time = Time::parse(time).map_err(|error| Failure::new("invalid_step", error))?;
    chain.at(time, height).map(|()| Done::data(Value::Null))
}

fn execute<C: Chain>(chain: &mut C, exec: Exec) -> Result<Done, Failure> {
    let Exec { contract, from, msg, funds } = exec;
    let call = call(chain, Part { contract, msg, funds })?;
    chain.transact(&from, vec![call]).map(|outcomes| Done::exec(&outcomes))
}

fn execute_batch<C: Chain>(chain: &mut C, Batch { from, calls }: Batch) -> Result<Done, Failure> {
    let calls = calls.into_iter().map(|part| call(chain, part)).collect::<Result<_, _>>()?;
    chain.transact(&from, calls).map(|outcomes| Done::batch(&outcomes))
}

fn call<C: Chain>(chain: &mut C, Part { contract, msg, funds }: Part) -> Result<Call, Failure> {
    let contract = contract_of(&contract)?;
    let funds = coins(chain, funds)?;
    Ok(Call { contract, msg: chain.resolve(&msg)?, funds })
}

fn ask<C: Chain>(chain: &mut C, query: &Query) -> Result<Done, Failure> {
    let contract = contract_of(&query.contract)?;
    let msg = chain.resolve(&query.msg)?;
    chain.ask(contract, &msg).map(Done::data)
}

fn contract_of(name: &str) -> Result<Contract, Failure> {
    let unknown = || Failure::new("unknown_contract", format!("{name:?} is not market, oracle or vault"));
    Contract::parse(name.strip_prefix('@').unwrap_or(name)).ok_or_else(unknown)
}

fn coins<C: Chain>(chain: &C, funds: Option<Funds>) -> Result<Vec<Coin>, Failure> {
    match funds {
        None => Ok(Vec::new()),
        Some(Funds::Coins(coins)) => Ok(coins),
        Some(Funds::Amount(text)) => {
            let amount: Option<u128> = text.parse().ok().filter(|amount: &u128| amount.to_string() == text);
            let amount = amount.ok_or_else(|| Failure::new("invalid_step", format!("{text:?} is not an amount")))?;
            Ok(vec![Coin::new(amount, chain.spec().denom.clone())])
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

/// Replays all of `input` into `output`, each answer as soon as it is there: whoever writes the next step may have to
/// read it first.
///
/// # Errors
/// If either cannot be read or written.
pub fn replay<C: Chain>(
    mut replay: Replay<C>,
    mut input: impl BufRead,
    mut output: impl Write,
) -> anyhow::Result<Replay<C>> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        writeln!(output, "{}", replay.line(&line))?;
        output.flush()?;
        line.clear();
    }
    Ok(replay)
}
