//! The oracle: feeds, signed observations, final fixings.

use cosmwasm_std::{HexBinary, Uint128};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::fixing::Scheme;
use tokfut_core::time::{Clock, Time};

mod answer;
mod event;
mod query;

pub use answer::*;
pub use event::*;
pub use query::*;

/// Sets the oracle up with its feeds.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// The benchmark administrator: announces changes of feeds.
    pub administrator: String,
    /// May at once hint that risk should only fall.
    pub guardian: String,
    /// May void a disputed fixing.
    pub arbiter: String,
    /// The governance of market and vault, which has no power here: no two of the four are one address (clause 8.1).
    pub governance: String,
    /// Seconds from the announcement of a change to its effect, 2 to 60 days; a methodology takes at least 14 days.
    pub timelock: u64,
    /// What a dispute costs.
    pub dispute: DisputeTerms,
    /// Protocol time (clause 2.6).
    pub clock: Clock,
    /// The feeds.
    pub feeds: Vec<FeedConfig>,
}

/// What a dispute costs (clause 7.8).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DisputeTerms {
    /// The bank denom of the bond, 3 to 128 bytes.
    pub denom: String,
    /// The bond, above 0.
    pub bond: Uint128,
    /// Who may claim the bond of a dispute that is dismissed.
    pub sink: String,
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
    /// Seconds after the fixing time from which the fixing may be finalised; until then it may be restated and disputed.
    pub final_after: u64,
    /// Seconds by which a dispute puts that off, once; at least 1, and at most until the next fixing.
    pub extension: u64,
    /// The largest move against the last final fixing, parts per million, 1 to 1,000,000.
    pub max_move: u32,
    /// The largest dispersion (the distance from the median within which half of the values lie), parts per million
    /// of the median, 1 to 1,000,000.
    pub max_dispersion: u32,
    /// How far from the median a value still agrees with it, parts per million of the median, 1 to 1,000,000.
    pub outlier: u32,
    /// A restatement must differ by more than this, parts per million of the median, 0 to 100,000.
    pub materiality: u32,
    /// The largest value, 1 to 10^27.
    pub max_value: Uint128,
    /// SHA-256 of the methodology, 32 bytes.
    pub methodology_hash: HexBinary,
    /// Where the methodology is to be read, at most 256 bytes.
    pub methodology_uri: String,
    /// The panel, in order of index. 4 to 31.
    pub publishers: Vec<Publisher>,
}

/// A member of the panel.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Its name, 1 to 64 bytes.
    pub name: String,
    /// How it signs; secp256k1 if not given.
    #[serde(default)]
    pub scheme: Scheme,
    /// Its public key, no two alike in a panel: compressed secp256k1, 33 bytes, or Ed25519, 32 bytes.
    pub key: HexBinary,
}

/// What may be asked of the oracle. Only `dispute` takes coins.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Relays signed observations of one round, by anyone (clause 7.3).
    Submit {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
        /// 0, if not given: first answers. 1: the restatement of a decided round before it is final (clause 7.8).
        #[serde(default)]
        revision: u16,
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
    /// Disputes a provisional fixing, by anyone, with the bond: its finality is put off once (clause 7.8).
    Dispute {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
        /// SHA-256 of the reasons, 32 bytes.
        evidence: HexBinary,
    },
    /// Rules an open dispute, by the arbiter, before its time is up. An unruled dispute lapses: the fixing stands, the
    /// bond goes back.
    Rule {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
        /// How.
        ruling: Ruling,
    },
    /// Pays the sender's credits out.
    Claim {},
    /// Proves that a publisher signed two different answers of one round and revision, by anyone: it is jailed (clause
    /// 7.9). No deadline.
    ReportEquivocation {
        /// The feed's number.
        feed: u32,
        /// The round.
        round: u64,
        /// The revision, 0 if not given.
        #[serde(default)]
        revision: u16,
        /// One answer.
        first: Observation,
        /// Another of the same publisher.
        second: Observation,
    },
    /// Announces a change, by the administrator (clause 8.1): it takes effect by the clock, and can be seen until then.
    Announce {
        /// What.
        change: Change,
    },
    /// Takes the last announced change of its kind back before it takes effect, by the administrator.
    Withdraw {
        /// The feed's number.
        feed: u32,
        /// Which.
        change: Withdrawable,
    },
    /// Hints at once that risk should only fall, by the guardian; answers are taken on.
    CloseOnly {
        /// The feed's number.
        feed: u32,
    },
}

/// What the arbiter may say. It never writes a value.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The round ends without a fixing; the bond goes back.
    Void,
    /// The fixing stands; the bond goes to the sink.
    Dismiss,
}

impl core::fmt::Display for Ruling {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Void => "void",
            Self::Dismiss => "dismiss",
        })
    }
}

/// A change of feeds. What is dated by `from` counts for the rounds that fix at or after it, and `from` is at least the
/// timelock ahead. Of each kind the effects come in the order of the announcements, at most four of them ahead.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A new feed, whose first round is the first one at or after the end of the timelock.
    AddFeed {
        /// Its configuration.
        feed: FeedConfig,
    },
    /// Another panel.
    Panel {
        /// The feed's number.
        feed: u32,
        /// The first fixing time that it counts for.
        from: Time,
        /// The panel, in order of index.
        publishers: Vec<Publisher>,
    },
    /// The next version of the methodology, at least 14 days ahead.
    Methodology {
        /// The feed's number.
        feed: u32,
        /// The first fixing time that it counts for.
        from: Time,
        /// SHA-256 of it, 32 bytes.
        hash: HexBinary,
        /// Where it is to be read, at most 256 bytes.
        uri: String,
    },
    /// Other bounds, each as in the feed's configuration.
    Bounds {
        /// The feed's number.
        feed: u32,
        /// The first fixing time that they count for.
        from: Time,
        /// See [`FeedConfig::max_move`].
        max_move: u32,
        /// See [`FeedConfig::max_dispersion`].
        max_dispersion: u32,
        /// See [`FeedConfig::outlier`].
        outlier: u32,
        /// See [`FeedConfig::materiality`].
        materiality: u32,
        /// See [`FeedConfig::max_value`].
        max_value: Uint128,
    },
    /// Lifts the guardian's hint.
    Resume {
        /// The feed's number.
        feed: u32,
        /// When.
        from: Time,
    },
    /// The feed has no round from then on, for good.
    Terminate {
        /// The feed's number.
        feed: u32,
        /// The first fixing time that is no more.
        from: Time,
    },
    /// Lets a jailed publisher answer again.
    Release {
        /// How it signs.
        #[serde(default)]
        scheme: Scheme,
        /// Its key.
        key: HexBinary,
        /// The first fixing time that it may answer; what it signed for rounds before is forgiven.
        from: Time,
    },
}

/// A change that may be taken back.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawable {
    /// The last panel announced.
    Panel,
    /// The last methodology announced.
    Methodology,
    /// The last bounds announced.
    Bounds,
    /// The end of the feed.
    Terminate,
}

impl core::fmt::Display for Withdrawable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Panel => "panel",
            Self::Methodology => "methodology",
            Self::Bounds => "bounds",
            Self::Terminate => "terminate",
        })
    }
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
    /// 64 bytes: secp256k1 r | s with low s over the SHA-256 of the signed bytes, or Ed25519 R | s over those bytes.
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
