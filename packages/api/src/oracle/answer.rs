//! How the oracle answers what it is asked (clause 7.7).

use cosmwasm_std::{HexBinary, Uint128};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::fixing::{Carry, Scheme};
use tokfut_core::time::{Clock, Time};

use super::{Change, DisputeTerms, FeedConfig, Ruling};

/// Roles and clock.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct ConfigResponse {
    /// The benchmark administrator.
    pub administrator: String,
    /// The guardian.
    pub guardian: String,
    /// The arbiter.
    pub arbiter: String,
    /// The governance of market and vault, which has no power here.
    pub governance: String,
    /// Seconds from the announcement of a change to its effect.
    pub timelock: u64,
    /// What a dispute costs.
    pub dispute: DisputeTerms,
    /// Protocol time.
    pub clock: Clock,
    /// The signing domain of this contract, 32 bytes.
    pub domain: HexBinary,
}

/// A feed, and where it stands.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct FeedResponse {
    /// Its configuration: panel, methodology and bounds are those of the round that fixed last.
    pub config: FeedConfig,
    /// What stands for the panel in the signed bytes, 32 bytes.
    pub set_digest: HexBinary,
    /// The values that make a quorum: 2f + 1.
    pub min_obs: u32,
    /// The values that must agree for a jump to be believed, and that make a restatement: n − f.
    pub super_obs: u32,
    /// Its first round: the first dated at or after the instantiation.
    pub first_round: u64,
    /// The first round that is no more; none while no end is announced.
    pub end_round: Option<u64>,
    /// The next round to be finalised; all before it are final or void.
    pub next_round: u64,
    /// From when that round may be finalised, later if it is disputed; none if the feed ends before it.
    pub next_final_from: Option<Time>,
}

/// A change that has not taken effect.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct PendingChange {
    /// When it takes effect.
    pub from: Time,
    /// The first round that it counts for; none if it takes effect at a time.
    pub round: Option<u64>,
    /// As announced; `from` is the first fixing time that it counts for.
    pub change: Change,
}

/// A panel.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct PublishersResponse {
    /// The first round that it counts for.
    pub from_round: u64,
    /// What stands for it in the signed bytes, 32 bytes.
    pub set_digest: HexBinary,
    /// f: how many may lie. A jailed one counts among them.
    pub faulty: u32,
    /// The values that make a quorum: 2f + 1, of all n, jailed or not.
    pub min_obs: u32,
    /// n − f, likewise.
    pub super_obs: u32,
    /// Its members, in order of index.
    pub publishers: Vec<PublisherResponse>,
}

/// A publisher.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct PublisherResponse {
    /// Its name.
    pub name: String,
    /// How it signs.
    pub scheme: Scheme,
    /// Its key.
    pub key: HexBinary,
    /// What it is known by in jail: SHA-256 of scheme byte and key.
    pub identity: HexBinary,
    /// True if its answers to this round are refused.
    pub jailed: bool,
}

/// A methodology.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct MethodologyResponse {
    /// Its version, from 1.
    pub version: u32,
    /// SHA-256 of it, which every answer signs.
    pub hash: HexBinary,
    /// Where it is to be read.
    pub uri: String,
    /// The first round that it counts for.
    pub from_round: u64,
}

/// A jailed publisher.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct JailedResponse {
    /// SHA-256 of scheme byte and key.
    pub identity: HexBinary,
    /// Since when.
    pub since: Time,
    /// It may answer the rounds that fix from then on; none: nothing of the kind is announced.
    pub release: Option<Time>,
}

/// How far a feed may be leant on.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct StatusResponse {
    /// The strictest of what follows from the age of the last final fixing, the guardian's hint and the feed's end.
    pub status: Carry,
    /// Whole days (intervals, where longer) since the last final fixing; none if there is none.
    pub days: Option<u64>,
    /// The last final fixing: what is carried, and never enters a mean.
    pub value: Option<Uint128>,
    /// When it fixed.
    pub fixing_time: Option<Time>,
    /// True while the guardian hints that risk should only fall.
    pub close_only: bool,
    /// When the hint is lifted; none: nothing of the kind is announced.
    pub resumes: Option<Time>,
    /// The first fixing time that is no more; none while no end is announced.
    pub ends: Option<Time>,
}

/// What an address may claim.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct CreditResponse {
    /// In the denom of the bonds.
    pub amount: Uint128,
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
    /// 0, or 1 if it was restated.
    pub revision: u16,
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
    /// The running mean, rounded down; none without a final.
    pub mean: Option<Uint128>,
    /// Σ and count of all finals before the window, so that a running mean needs no second look.
    pub sum_before: Uint128,
    /// See `sum_before`.
    pub count_before: u64,
    /// True once no round of the window can become final any more: `finals + missing = expected`.
    pub complete: bool,
    /// The earliest time at which it can be complete, that is of a settlement on it; a dispute of its last round puts it
    /// off, and an end of the feed within it is its own. None for a window without rounds.
    pub complete_from: Option<Time>,
    /// True if the feed was `terminated` at `to`: the last final fixing dated by then was ten days old, or the feed had
    /// ended. Whoever settles on it settles by his written fallback (clause 7.10).
    pub terminated: bool,
}

/// The mean of a window.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct MeanResponse {
    /// Σ of the final values; the mean is `sum / finals`, exactly.
    pub sum: Uint128,
    /// How many they are, at least 1.
    pub finals: u64,
    /// The mean, rounded down.
    pub mean: Uint128,
}

/// The time-weighted average of a window.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct TwapResponse {
    /// Σ value × seconds; the average is `integral / seconds`, exactly.
    pub integral: Uint128,
    /// The length of the window, at least 1.
    pub seconds: u64,
    /// The average, rounded down.
    pub twap: Uint128,
    /// True once no round dated in the window can become final any more.
    pub complete: bool,
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
    /// The revision it comes from.
    pub revision: Option<u16>,
    /// From when it may be finalised.
    pub final_from: Time,
    /// The answers, in order of publisher. Kept until the round is final or void.
    pub answers: Vec<AnswerResponse>,
    /// The answers of the restatement, likewise.
    pub restated: Vec<AnswerResponse>,
    /// Its dispute, likewise.
    pub dispute: Option<DisputeResponse>,
}

/// A dispute.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct DisputeResponse {
    /// Who.
    pub by: String,
    /// What he put up.
    pub bond: Uint128,
    /// How it was ruled; none yet.
    pub ruling: Option<Ruling>,
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
    /// Their SHA-256.
    pub sha256: HexBinary,
    /// How the publisher signs.
    pub scheme: Scheme,
    /// What its signature is over: the SHA-256 (secp256k1) or the 224 bytes (Ed25519).
    pub message: HexBinary,
}
