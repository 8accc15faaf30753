//! The oracle: feeds, signed observations, final fixings.

use std::collections::BTreeMap;

use cosmwasm_std::{HexBinary, Uint128};
use schemars::JsonSchema;
use schemars::schema::RootSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::time::{Clock, Time};

/// Sets the oracle up with its feeds.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// The benchmark administrator.
    pub administrator: String,
    /// Protocol time (clause 2.6).
    pub clock: Clock,
    /// The feeds.
    pub feeds: Vec<FeedConfig>,
}

/// A feed (clause 7.1).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct FeedConfig {
    /// Its number, above 0, no two alike.
    pub id: u32,
    /// Its symbol, e.g. `TOK`, 1 to 16 bytes.
    pub symbol: String,
    /// The unit of its values, in words, 1 to 128 bytes.
    pub unit: String,
    /// Digits after the point of its values, at most 18.
    pub decimals: u8,
    /// The fixing time of round 0.
    pub anchor: Time,
    /// Seconds from round to round.
    pub interval: u64,
    /// Seconds after the fixing time during which answers are collected: 1 ≤ window ≤ late ≤ final_after < interval.
    pub window: u64,
    /// Seconds after the fixing time during which a missing quorum may still be reached.
    pub late: u64,
    /// Seconds after the fixing time from which the fixing may be finalised.
    pub final_after: u64,
    /// The largest move against the last final fixing, parts per million, 1 to 1,000,000.
    pub max_move: u32,
    /// The largest dispersion (the distance from the median within which half of the values lie), parts per million
    /// of the median, 1 to 1,000,000.
    pub max_dispersion: u32,
    /// How far from the median a value still agrees with it, parts per million of the median, 1 to 1,000,000.
    pub outlier: u32,
    /// The largest value, 1 to 10^27.
    pub max_value: Uint128,
    /// SHA-256 of the methodology, 32 bytes.
    pub methodology_hash: HexBinary,
    /// Where the methodology is to be read, at most 256 bytes.
    pub methodology_uri: String,
    /// The panel, in order of index: compressed secp256k1 public keys. 4 to 31.
    pub publishers: Vec<Publisher>,
}

/// A member of the panel.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Its name, 1 to 64 bytes.
    pub name: String,
    /// Its compressed secp256k1 public key, 33 bytes, no two alike in a panel.
    pub key: HexBinary,
}

/// What anybody may ask the oracle to do. No message takes coins.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Relays signed observations of one round, by anyone (clause 7.3).
    Submit {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
        /// At least one, at most 31; one bad one fails all.
        observations: Vec<Observation>,
    },
    /// Finalises rounds in order, by anyone (clause 7.6).
    Finalise {
        /// The feed's number.
        feed: u32,
        /// At most this many steps, 10 if not given, 1 to 30. A round with answers is a step, and so is a whole run of
        /// rounds without any: a gap of any length is passed in one.
        #[serde(default)]
        limit: Option<u32>,
    },
}

/// What varies in an observation; the rest of the signed bytes the contract knows (clause 7.2).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The publisher's index in the panel.
    pub publisher: u16,
    /// Value or unavailable.
    pub status: ObservationStatus,
    /// The value in the feed's units; 0 if unavailable.
    pub value: Uint128,
    /// The publisher's own measure of spread.
    pub dispersion: Uint128,
    /// Unix milliseconds of the observation.
    pub observed_at: cosmwasm_std::Uint64,
    /// How many constituent quotes went in.
    pub input_count: u32,
    /// Merkle root over them, 32 bytes.
    pub inputs_root: HexBinary,
    /// 64 bytes, low s.
    pub signature: HexBinary,
}

/// What a publisher says.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ObservationStatus {
    /// Here is a value.
    Value,
    /// There is none.
    Unavailable,
}

/// What can be asked of the oracle.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QueryMsg {
    /// Roles and clock.
    Config {},
    /// All feeds with their panels.
    Feeds {},
    /// One feed, and where it stands.
    Feed {
        /// The feed's number.
        feed: u32,
    },
    /// The latest final fixing.
    Latest {
        /// The feed's number.
        feed: u32,
    },
    /// The latest final fixing at or before a time.
    AtOrBefore {
        /// The feed's number.
        feed: u32,
        /// The time.
        time: Time,
    },
    /// Final fixings of a window of time, both ends in: how many, their sum and mean.
    Window {
        /// The feed's number.
        feed: u32,
        /// The first fixing time that counts.
        from: Time,
        /// The last fixing time that counts.
        to: Time,
    },
    /// Where a round stands, with its answers.
    Round {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
    },
    /// The exact bytes that a publisher signs (clause 7.2).
    Preimage {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
        /// The observation; its signature is not looked at.
        observation: Observation,
    },
    /// The latest final fixing; an error if it is older than asked.
    Price {
        /// The feed's number.
        feed: u32,
        /// Seconds since its fixing time.
        max_age: u64,
    },
}

impl QueryMsg {
    /// The schema of the response to each query, by its name on the wire.
    pub fn responses() -> BTreeMap<String, RootSchema> {
        let schemas = [
            ("config", schemars::schema_for!(ConfigResponse)),
            ("feeds", schemars::schema_for!(Vec<FeedConfig>)),
            ("feed", schemars::schema_for!(FeedResponse)),
            ("latest", schemars::schema_for!(FixingResponse)),
            ("at_or_before", schemars::schema_for!(FixingResponse)),
            ("window", schemars::schema_for!(WindowResponse)),
            ("round", schemars::schema_for!(RoundResponse)),
            ("preimage", schemars::schema_for!(PreimageResponse)),
            ("price", schemars::schema_for!(FixingResponse)),
        ];
        schemas.map(|(query, schema)| (query.to_string(), schema)).into()
    }
}

/// Roles and clock.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct ConfigResponse {
    /// The benchmark administrator.
    pub administrator: String,
    /// Protocol time.
    pub clock: Clock,
    /// The signing domain of this contract, 32 bytes.
    pub domain: HexBinary,
}

/// A feed, and where it stands.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct FeedResponse {
    /// Its configuration.
    pub config: FeedConfig,
    /// What stands for the panel in the signed bytes, 32 bytes.
    pub set_digest: HexBinary,
    /// The values that make a quorum: 2f + 1.
    pub min_obs: u32,
    /// The values that must agree for a jump to be believed: n − f.
    pub agreeing: u32,
    /// Its first round: the first dated at or after the instantiation.
    pub first_round: u64,
    /// The next round to be finalised; all before it are final or void.
    pub next_round: u64,
    /// From when that round may be finalised.
    pub next_final_from: Time,
}

/// A final fixing.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct FixingResponse {
    /// The feed's number.
    pub feed: u32,
    /// The round.
    pub round: u64,
    /// When it fixed.
    pub fixing_time: Time,
    /// The value in the feed's units.
    pub value: Uint128,
    /// Σ of all final values up to and with it.
    pub sum: Uint128,
    /// How many they are.
    pub count: u64,
    /// The publisher whose signed number it is.
    pub publisher: u16,
    /// The Merkle root over that publisher's quotes.
    pub inputs_root: HexBinary,
}

/// The final fixings of a window.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct WindowResponse {
    /// Rounds of the window by the clock.
    pub expected: u64,
    /// Rounds of it that are final.
    pub finals: u64,
    /// Rounds of it that are void or lie before the feed's first: they never become final.
    pub missing: u64,
    /// Σ of their values; the mean is `sum / finals`, exactly.
    pub sum: Uint128,
    /// Σ and count of all finals before the window, so that a running mean needs no second look.
    pub sum_before: Uint128,
    /// See `sum_before`.
    pub count_before: u64,
    /// True once no round of the window can become final any more: `finals + missing = expected`.
    pub complete: bool,
    /// The earliest time at which it can be complete; none for a window without rounds.
    pub complete_from: Option<Time>,
}

/// A round.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct RoundResponse {
    /// The feed's number.
    pub feed: u32,
    /// The round.
    pub round: u64,
    /// When it fixes.
    pub fixing_time: Time,
    /// `scheduled`, `open`, `provisional`, `held`, `missed`, `final`, `void`.
    pub state: String,
    /// The lower median, once no answer is taken any more: also of a held round; none of a missed or void one.
    pub value: Option<Uint128>,
    /// The answers, in order of publisher. Kept until the round is final or void.
    pub answers: Vec<AnswerResponse>,
}

/// One publisher's answer.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct AnswerResponse {
    /// The publisher's index.
    pub publisher: u16,
    /// What it said; none if unavailable.
    pub value: Option<Uint128>,
}

/// The bytes to sign.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct PreimageResponse {
    /// 224 bytes.
    pub preimage: HexBinary,
    /// Their SHA-256, which the signature is over.
    pub sha256: HexBinary,
}

crate::events! {
    /// A publisher's answer was taken.
    Observed = "tf_observed" {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
        /// The publisher's index.
        publisher: u16,
        /// The value; `-` if unavailable.
        value: Option<u128>,
        /// Merkle root over its quotes, hex.
        inputs_root: String,
    }
    /// A round became final.
    Fixed = "tf_fixed" {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
        /// When it fixed.
        fixing_time: Time,
        /// The value.
        value: u128,
        /// The publisher whose number it is.
        publisher: u16,
        /// Σ of all final values up to and with it.
        sum: u128,
        /// How many they are.
        count: u64,
    }
    /// A round, or a run of missed ones, ended without a fixing.
    Voided = "tf_voided" {
        /// The feed.
        feed: u32,
        /// The round, or the first of the run.
        round: u64,
        /// The last of the run; the same for a single round.
        last: u64,
        /// `missed` or `held`.
        reason: String,
    }
}
