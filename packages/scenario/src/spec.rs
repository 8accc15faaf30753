//! What a world is made of: the reference deployment, and how a few lines of JSON change it.

use std::collections::BTreeMap;

use cosmwasm_std::Uint128;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokfut_api::oracle::FeedConfig;
use tokfut_core::methodology;
use tokfut_core::money::Amount;
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;
use tokfut_core::time::{Clock, DAY, HOUR, MINUTE, Time};

use crate::failure::Failure;
use crate::names::check_user;
use crate::panel::sha256;

/// The fixing time of round 0 of every reference feed.
const ANCHOR: &str = "2025-10-10T12:00:00Z";
/// When the reference world begins.
const START: &str = "2026-06-01T00:00:00Z";
/// What every user has of the collateral at first: 10^15 base units.
const PLENTY: Amount = Amount::new(1_000_000_000_000_000);

/// A deployment on an embedded chain. In JSON, products stand by code and feeds by symbol, so that a patch names what
/// it changes: `{"start": "2026-07-01T00:00:00Z", "products": {"TOK": {"daily_limit": 80000}, "CSX": null}}`.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct WorldSpec {
    /// The chain's id, part of what publishers sign.
    pub chain_id: String,
    /// Protocol time of the first block, e.g. `2026-06-01T00:00:00Z`.
    #[serde(with = "time_text")]
    pub start: Time,
    /// How block time becomes protocol time.
    pub clock: Clock,
    /// The collateral's bank denom.
    pub denom: String,
    /// Another denom, of which every user has as much, for messages that are to be refused.
    pub other_denom: String,
    /// What a user has of each denom when first named.
    pub balance: Amount,
    /// Exceptions to it, by user name.
    pub balances: BTreeMap<String, Amount>,
    /// Addresses to be had, by name, instead of those that follow from the names: of users, and all or none of `market`,
    /// `oracle` and `vault`. With those of another chain, what was signed there is valid here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<String, String>,
    /// What governance gives the insurance fund before anything else happens.
    pub insurance: Amount,
    /// Insurance's share of fees.
    pub insurance_share: Rate,
    /// Seconds from the announcement of a change of the oracle to its effect.
    pub oracle_timelock: u64,
    /// The bond of a disputed fixing, of the collateral.
    pub dispute_bond: Amount,
    /// How many reference publishers every feed has that names none of its own.
    pub panel: u16,
    /// The feeds. Publishers left empty are the reference panel.
    #[serde(with = "feeds_by_symbol")]
    pub feeds: Vec<FeedConfig>,
    /// The products, numbered from 1 in this order.
    #[serde(with = "products_by_code")]
    pub products: Vec<Product>,
}

impl WorldSpec {
    /// The reference deployment: products TOK, GPH and CSX with the parameters of clause 2, a feed each, seven
    /// publishers, real time from the first of June 2026, users with ample coins, an empty insurance fund.
    pub fn reference() -> Result<Self, Failure> {
        let invalid = |error: &dyn core::fmt::Display| Failure::new("invalid_world", error);
        let products = [Product::tok(), Product::gph(), Product::csx()];
        let products = products.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| invalid(&error))?;
        let feeds = [
            (1, "TOK", "USD per million benchmark tokens", 4),
            (2, "GPH", "USD per H100 GPU-hour", 4),
            (3, "CSX", "index points", 2),
        ];
        let anchor = Time::parse(ANCHOR).map_err(|error| invalid(&error))?;
        Ok(Self {
            chain_id: "tokfut-local-1".to_string(),
            start: Time::parse(START).map_err(|error| invalid(&error))?,
            clock: Clock::REAL,
            denom: "uusd".to_string(),
            other_denom: "uother".to_string(),
            balance: PLENTY,
            balances: BTreeMap::from([("treasury".to_string(), Amount::ZERO)]),
            addresses: BTreeMap::new(),
            insurance: Amount::ZERO,
            insurance_share: Rate::ppm(500_000),
            oracle_timelock: 7 * DAY,
            dispute_bond: Amount::new(1_000_000_000),
            panel: 7,
            feeds: feeds.map(|(id, symbol, unit, decimals)| reference_feed(id, symbol, unit, decimals, anchor)).into(),
            products,
        })
    }

    /// The reference deployment with this patch: objects are merged, `null` removes, all else replaces.
    pub fn patched(patch: &Value) -> Result<Self, Failure> {
        let mut spec =
            serde_json::to_value(Self::reference()?).map_err(|error| Failure::new("invalid_world", error))?;
        if !patch.is_object() {
            return Err(Failure::new("invalid_world", "a world is changed by a JSON object"));
        }
        merge(&mut spec, patch);
        let spec: Self = serde_json::from_value(spec).map_err(|error| Failure::new("invalid_world", error))?;
        let check = |name: &String| check_user(name).map_err(|failure| Failure::new("invalid_world", failure));
        spec.balances.keys().try_for_each(check)?;
        Ok(spec)
    }

    /// The patch that makes this deployment of the reference.
    pub fn patch(&self) -> Result<Value, Failure> {
        let json = |spec: &Self| serde_json::to_value(spec).map_err(|error| Failure::new("invalid_world", error));
        let mut patch = json(self)?;
        remove(&json(&Self::reference()?)?, &mut patch);
        Ok(patch)
    }

    /// The feed of this symbol.
    pub fn feed(&self, symbol: &str) -> Option<&FeedConfig> {
        self.feeds.iter().find(|feed| feed.symbol == symbol)
    }

    /// The feed of this symbol.
    ///
    /// # Errors
    /// `unknown_feed` if there is none.
    pub fn known_feed(&self, symbol: &str) -> Result<&FeedConfig, Failure> {
        self.feed(symbol).ok_or_else(|| Failure::new("unknown_feed", format!("{symbol:?} is not configured")))
    }

    /// The product of this code.
    pub fn product(&self, code: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.code.to_string() == code)
    }
}

fn reference_feed(id: u32, symbol: &str, unit: &str, decimals: u8, anchor: Time) -> FeedConfig {
    FeedConfig {
        id,
        symbol: symbol.to_string(),
        unit: unit.to_string(),
        decimals,
        anchor,
        interval: DAY,
        window: 2 * HOUR,
        late: 3 * HOUR,
        final_after: 3 * HOUR + 15 * MINUTE,
        // 15:55: a dispute, ruled or lapsed, is over before the strike at 16:00, so that none keeps a day's move out of
        // the settlement price for the price of a bond.
        extension: 40 * MINUTE,
        max_move: 100_000,
        max_dispersion: 50_000,
        outlier: 20_000,
        materiality: 1_000,
        max_value: Uint128::new(1_000_000_000),
        methodology_hash: sha256(methodology::of(symbol).unwrap_or_default()),
        methodology_uri: format!("urn:tokfut:methodology:{}:1", symbol.to_lowercase()),
        publishers: Vec::new(),
    }
}

/// Merges a patch: objects field by field, `null` removes, all else replaces.
fn merge(base: &mut Value, patch: &Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, change) in patch {
                if change.is_null() {
                    base.shift_remove(key);
                } else {
                    merge(base.entry(key.clone()).or_insert(Value::Null), change);
                }
            }
        }
        (base, patch) => *base = patch.clone(),
    }
}

/// Has a patch say what it lacks of the base.
fn remove(base: &Value, patch: &mut Value) {
    let (Value::Object(base), Value::Object(patch)) = (base, patch) else { return };
    for (key, value) in base {
        remove(value, patch.entry(key.clone()).or_insert(Value::Null));
    }
}

/// A list as a JSON object by the items' names, in order.
fn by_name<T: Serialize, S: serde::Serializer>(
    items: &[T],
    name: impl Fn(&T) -> String,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let entry = |item: &T| Ok((name(item), serde_json::to_value(item).map_err(serde::ser::Error::custom)?));
    items.iter().map(entry).collect::<Result<Map<String, Value>, S::Error>>()?.serialize(serializer)
}

/// The list behind such an object.
fn from_names<'de, T: serde::de::DeserializeOwned, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let items = Map::<String, Value>::deserialize(deserializer)?;
    let item = |(name, value): (String, Value)| {
        serde_json::from_value(value).map_err(|error| serde::de::Error::custom(format!("{name}: {error}")))
    };
    items.into_iter().map(item).collect()
}

mod products_by_code {
    use super::{Product, by_name, from_names};

    pub fn serialize<S: serde::Serializer>(products: &[Product], serializer: S) -> Result<S::Ok, S::Error> {
        by_name(products, |product| product.code.to_string(), serializer)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Product>, D::Error> {
        from_names(deserializer)
    }
}

mod feeds_by_symbol {
    use super::{FeedConfig, by_name, from_names};

    pub fn serialize<S: serde::Serializer>(feeds: &[FeedConfig], serializer: S) -> Result<S::Ok, S::Error> {
        by_name(feeds, |feed| feed.symbol.clone(), serializer)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<FeedConfig>, D::Error> {
        from_names(deserializer)
    }
}

mod time_text {
    use super::Time;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        Time::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let reference = WorldSpec::reference().unwrap();
        assert_eq!(WorldSpec::patched(&json!({})).unwrap(), reference);
        let patch = json!({
            "start": "2026-07-01T00:00:00Z",
            "balances": {"alice": "5"},
            "products": {"TOK": {"daily_limit": 80000}, "CSX": null},
            "feeds": {"GPH": {"max_move": 1}},
        });
        let spec = WorldSpec::patched(&patch).unwrap();
        let mut expected = reference;
        expected.start = Time::parse("2026-07-01T00:00:00Z").unwrap();
        expected.balances.insert("alice".to_string(), Amount::new(5));
        expected.products.pop();
        expected.products[0].daily_limit = Rate::ppm(80_000);
        expected.feeds[1].max_move = 1;
        assert_eq!(spec, expected);
    }

    #[test]
    fn a_deployment_is_the_reference_with_its_patch() {
        let patch =
            json!({"products": {"GPH": null}, "feeds": {"CSX": null}, "balances": {"treasury": null, "bob": "1"}});
        for patch in [json!({}), patch] {
            let spec = WorldSpec::patched(&patch).unwrap();
            assert_eq!(WorldSpec::patched(&spec.patch().unwrap()).unwrap(), spec);
        }
    }

    #[test]
    fn a_balance_is_a_users() {
        for name in ["market", "@alice", "a b", ""] {
            let patch = json!({"balances": {name: "5"}});
            assert_eq!(WorldSpec::patched(&patch).unwrap_err().code, "invalid_world", "{name:?}");
        }
    }

    #[test]
    fn a_patch_of_unknown_fields_or_no_object_is_refused() {
        for bad in [json!({"stert": 1}), json!({"start": "tomorrow"}), json!(3), json!({"products": {"TOK": {"x": 1}}})]
        {
            assert_eq!(WorldSpec::patched(&bad).unwrap_err().code, "invalid_world", "{bad}");
        }
    }
}
