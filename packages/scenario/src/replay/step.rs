//! A line of a file as a step.

use core::fmt;

use cosmwasm_std::Coin;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::failure::Failure;

/// One line of a file.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Step {
    /// Changes the reference deployment; only before any other step.
    World(Value),
    /// Begins the next block, at this time.
    At(At),
    /// Sends a message to a contract.
    Exec(Exec),
    /// Sends messages to contracts as one transaction.
    Batch(Batch),
    /// Asks a contract.
    Query(Query),
    /// Has the reference panel sign a fixing, and relays it.
    Fix(Fix),
    /// Sends coins past the contracts' messages.
    Send(Send),
    /// Asks what a user has of the collateral.
    Balance(String),
    /// Asks for all that a contract stores.
    Records(String),
    /// Checks every invariant.
    Check(Check),
}

/// A time, or a time and a height.
#[derive(Deserialize, Debug)]
#[serde(untagged, expecting = "expected a time like \"2026-07-30T15:00:00Z\", or {\"time\":\"…\",\"height\":35}")]
pub(super) enum At {
    Time(String),
    Block(BlockAt),
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockAt {
    pub(super) time: String,
    pub(super) height: u64,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    pub(super) from: String,
    pub(super) calls: Vec<Part>,
}

/// A message of a batch.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) contract: String,
    pub(super) msg: Value,
    #[serde(default)]
    pub(super) funds: Option<Funds>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Exec {
    pub(super) contract: String,
    pub(super) from: String,
    pub(super) msg: Value,
    #[serde(default)]
    pub(super) funds: Option<Funds>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    pub(super) contract: String,
    pub(super) msg: Value,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Fix {
    pub(super) feed: String,
    pub(super) date: String,
    pub(super) values: Vec<Option<String>>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Send {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) funds: Funds,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {}

/// Coins: an amount of the collateral, or any coins.
#[derive(Deserialize, Debug)]
#[serde(
    untagged,
    expecting = "expected funds: an amount like \"1000000\", or a list of {\"denom\":\"…\",\"amount\":\"…\"}"
)]
pub(super) enum Funds {
    Amount(String),
    Coins(Vec<Coin>),
}

impl Step {
    /// What a line says.
    ///
    /// # Errors
    /// `invalid_step` if it is no step, or if a field of anything in it stands there twice.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let invalid = |error: serde_json::Error| Failure::new("invalid_step", error);
        let Once(line) = serde_json::from_str(text).map_err(invalid)?;
        // A derived struct would take a list for its fields in order.
        if line.as_object().is_some_and(|step| step.values().any(Value::is_array)) {
            return Err(Failure::new("invalid_step", "a list, expected an object of named fields"));
        }
        serde_json::from_value(line).map_err(invalid)
    }
}

/// JSON in which no object has a field twice. Of two, `serde_json` would keep the last, and a contract that refuses
/// both would never see them.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Once(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some((name, Once(value))) = entries.next_entry::<String, Once>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format!("field {name:?} stands there twice")));
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}
