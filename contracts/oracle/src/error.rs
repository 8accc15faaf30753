//! Every way the oracle refuses: a stable code, the numbers, the clause.

use cosmwasm_std::StdError;
use thiserror::Error;
use tokfut_core::fixing::FixingError;
use tokfut_core::time::{Time, TimeError};

/// Why a message or query is refused; state is as it was.
#[derive(Error, Debug)]
pub enum ContractError {
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
    /// A rule of fixings.
    #[error(transparent)]
    Fixing(#[from] FixingError),
    /// A time or clock out of bounds.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// An address that is none, or a record that is not readable.
    #[error("chain_error: {0} (8.2)")]
    Std(#[from] StdError),
}

impl ContractError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CoinsRefused { .. } => "coins_refused",
            Self::FeedCount { .. } => "invalid_feeds",
            Self::FeedId { .. } => "invalid_feed_id",
            Self::Text { .. } => "invalid_text",
            Self::Hash { .. } => "invalid_hash",
            Self::UnknownFeed { .. } => "unknown_feed",
            Self::NoObservations => "no_observations",
            Self::TooManyObservations { .. } => "too_many_observations",
            Self::BeforeFirst { .. } => "round_before_first",
            Self::UnavailableWithValue { .. } => "unavailable_with_value",
            Self::BadSignature { .. } => "bad_signature",
            Self::Limit { .. } => "invalid_limit",
            Self::NothingToFinalise { .. } => "nothing_to_finalise",
            Self::NoFixing { .. } => "no_fixing",
            Self::Stale { .. } => "stale",
            Self::Fixing(error) => error.code(),
            Self::Time(TimeError::Speed(_)) => "invalid_clock",
            Self::Time(_) => "invalid_time",
            Self::Std(_) => "chain_error",
        }
    }
}
