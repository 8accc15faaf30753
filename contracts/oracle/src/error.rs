//! Every way the oracle refuses: a stable code, the numbers, the clause.

use cosmwasm_std::StdError;
use thiserror::Error;
use tokfut_api::refusal::InvalidAddress;
use tokfut_core::fixing::FixingError;
use tokfut_core::money::Overflow;
use tokfut_core::release::MigrationError;
use tokfut_core::time::{Time, TimeError};

tokfut_api::contract_error!();

/// Why a message or query is refused; state is as it was.
#[derive(Error, Debug)]
pub enum Refusal {
    /// Coins with a message.
    #[error("coins_refused: {coins} kinds of coins came with a message that takes none (7.3)")]
    CoinsRefused {
        /// Denominations that came.
        coins: usize,
    },
    /// No feed, or too many.
    #[error("invalid_feeds: {count} feeds, must be 1 to 16 (7.1)")]
    FeedCount {
        /// How many.
        count: usize,
    },
    /// Feed number 0, or one given twice.
    #[error("invalid_feed_id: feed number {feed} is 0 or given twice (7.1)")]
    FeedId {
        /// The number.
        feed: u32,
    },
    /// A text that is empty or too long.
    #[error("invalid_text: {what} has {length} bytes, must be {least} to {most} (7.1)")]
    Text {
        /// Which.
        what: &'static str,
        /// Its bytes.
        length: usize,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// Not 32 bytes.
    #[error("invalid_hash: {what} has {length} bytes, must be 32 (7.2)")]
    Hash {
        /// Which.
        what: &'static str,
        /// Its bytes.
        length: usize,
    },
    /// A number that names no feed.
    #[error("unknown_feed: there is no feed {feed} (7.3)")]
    UnknownFeed {
        /// The number.
        feed: u32,
    },
    /// A message with nothing in it.
    #[error("no_observations: the list is empty (7.3)")]
    NoObservations,
    /// More observations than a panel can have.
    #[error("too_many_observations: {count}, at most {most} (7.3)")]
    TooManyObservations {
        /// How many.
        count: usize,
        /// The most.
        most: usize,
    },
    /// A round dated before the oracle was there.
    #[error("round_before_first: round {round}, the first is {first} (7.3)")]
    BeforeFirst {
        /// The round.
        round: u64,
        /// The feed's first.
        first: u64,
    },
    /// "Unavailable", and yet a value.
    #[error("unavailable_with_value: publisher {publisher} says unavailable, and {value} (7.4)")]
    UnavailableWithValue {
        /// The index.
        publisher: u16,
        /// What stands as value.
        value: u128,
    },
    /// A signature that this publisher did not give over these bytes.
    #[error("bad_signature: publisher {publisher} did not sign this for round {round} (7.3)")]
    BadSignature {
        /// The index.
        publisher: u16,
        /// The round.
        round: u64,
    },
    /// A page of no steps or too many.
    #[error("invalid_limit: {limit}, must be 1 to {most} (7.6)")]
    Limit {
        /// What was asked.
        limit: u32,
        /// The most.
        most: u32,
    },
    /// No round is due.
    #[error("nothing_to_finalise: round {round} from {from} on, now {now} (7.6)", from = from.seconds(), now = now.seconds())]
    NothingToFinalise {
        /// The next round.
        round: u64,
        /// From when it may be finalised.
        from: Time,
        /// Protocol time.
        now: Time,
    },
    /// Nothing final yet, or nothing so early.
    #[error("no_fixing: feed {feed} has no final fixing that early (7.7)")]
    NoFixing {
        /// The feed.
        feed: u32,
    },
    /// The latest final fixing is older than asked.
    #[error("stale: the latest final fixing of feed {feed} is {age} s old, at most {max_age} s asked (7.7)")]
    Stale {
        /// The feed.
        feed: u32,
        /// Its age in seconds.
        age: u64,
        /// The oldest that would do.
        max_age: u64,
    },
    /// A sender without the role.
    #[error("unauthorized: only {0} may do this (8.1)")]
    Unauthorized(&'static str),
    /// One address in two roles.
    #[error("one_address: {one} and {other} are one address (8.1)")]
    OneAddress {
        /// A role.
        one: &'static str,
        /// Another.
        other: &'static str,
    },
    /// A timelock out of its hard bounds.
    #[error("invalid_timelock: {timelock} s, must be {least} to {most} (8.1)")]
    Timelock {
        /// Seconds.
        timelock: u64,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A bond of nothing.
    #[error("invalid_bond: the bond of a dispute is 0 (7.8)")]
    NoBond,
    /// Not exactly the bond.
    #[error("wrong_bond: a dispute takes {bond} {denom}, exactly and nothing else (7.8)")]
    WrongBond {
        /// The bond.
        bond: u128,
        /// Its denom.
        denom: String,
    },
    /// A round at or after the feed's end.
    #[error("feed_ended: feed {feed} has no round from {end} on (7.10)")]
    Ended {
        /// The feed.
        feed: u32,
        /// The first round that is no more.
        end: u64,
    },
    /// A round before the feed's first has no panel.
    #[error("no_rules: feed {feed} has no panel for round {round} (7.1)")]
    NoRules {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
    },
    /// A publisher in jail.
    #[error("jailed: publisher {publisher} is jailed (7.9)")]
    Jailed {
        /// The index.
        publisher: u16,
    },
    /// Two answers that prove nothing.
    #[error("no_equivocation: these are not two different answers of publisher {publisher} for round {round} (7.9)")]
    NoEquivocation {
        /// The index of the first.
        publisher: u16,
        /// The round.
        round: u64,
    },
    /// Proven before, or forgiven by a release.
    #[error("already_jailed: publisher {publisher} is jailed, or was released after that round (7.9)")]
    AlreadyJailed {
        /// The index.
        publisher: u16,
    },
    /// A release of one who is free.
    #[error("not_jailed: no such publisher is jailed (7.9)")]
    NotJailed,
    /// A second dispute of a round.
    #[error("already_disputed: round {round} has been disputed, once is all (7.8)")]
    AlreadyDisputed {
        /// The round.
        round: u64,
    },
    /// A dispute or ruling that comes too late.
    #[error("dispute_over: round {round} could be disputed or ruled until {until}, now {now} (7.8)", until = until.seconds(), now = now.seconds())]
    DisputeOver {
        /// The round.
        round: u64,
        /// Until when, exclusive.
        until: Time,
        /// Protocol time.
        now: Time,
    },
    /// Nothing to rule.
    #[error("no_dispute: round {round} has no open dispute (7.8)")]
    NoDispute {
        /// The round.
        round: u64,
    },
    /// Nothing to claim.
    #[error("no_credit: there is nothing to claim (7.8)")]
    NoCredit,
    /// A change before the timelock is over.
    #[error("too_soon: from {from}, at the earliest {earliest} (8.1)", from = from.seconds(), earliest = earliest.seconds())]
    TooSoon {
        /// When it would take effect.
        from: Time,
        /// When it may.
        earliest: Time,
    },
    /// A change that would take effect before one announced earlier.
    #[error("out_of_order: from round {round}, but the last of its kind counts from round {last} (8.1)")]
    OutOfOrder {
        /// The first round that it would count for.
        round: u64,
        /// That of the last.
        last: u64,
    },
    /// Too many changes at a time.
    #[error("too_many_ahead: {most} changes of this kind are announced already (8.1)")]
    TooManyAhead {
        /// The most.
        most: usize,
    },
    /// Nothing of the kind is announced.
    #[error("nothing_to_withdraw: no such change of feed {feed} is announced (8.1)")]
    NothingToWithdraw {
        /// The feed.
        feed: u32,
    },
    /// No hint to lift.
    #[error("nothing_to_lift: feed {feed} is not close-only (8.1)")]
    NothingToLift {
        /// The feed.
        feed: u32,
    },
    /// A window of no time.
    #[error("empty_window: from {from} to {to} there is no time (7.7)", from = from.seconds(), to = to.seconds())]
    EmptyWindow {
        /// Its beginning.
        from: Time,
        /// Its end.
        to: Time,
    },
    /// A rule of fixings.
    #[error(transparent)]
    Fixing(#[from] FixingError),
    /// A sum that no number holds.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A time or clock out of bounds.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A text that is no address.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// Another contract's storage, or that of a version that this code does not read.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A record that is not readable.
    #[error("chain_error: {0} (8.2)")]
    Std(#[from] StdError),
}
