//! Why a feed, an answer or a round is refused.

use thiserror::Error;

use super::Scheme;
use crate::money::Overflow;
use crate::time::Time;

/// Why a feed, an answer or a round is refused.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum FixingError {
    /// A number of a feed's configuration is out of its hard bounds.
    #[error("invalid_feed: {what} is {value}, must be {least} to {most} (7.1)")]
    Feed {
        /// Which.
        what: &'static str,
        /// What it is.
        value: u128,
        /// The least it may be.
        least: u128,
        /// The most it may be.
        most: u128,
    },
    /// The times of a round are not in order.
    #[error(
        "invalid_round_clock: window {window}, late {late}, final_after {final_after}, interval {interval} are not \
         1 <= window <= late <= final_after < interval (7.1)"
    )]
    Clock {
        /// Seconds of collecting.
        window: u64,
        /// Seconds to the late deadline.
        late: u64,
        /// Seconds to the finalisation.
        final_after: u64,
        /// Seconds from round to round.
        interval: u64,
    },
    /// A panel too small to bear one liar, or too large for one message.
    #[error("invalid_panel: {size} publishers, must be 4 to 31 (7.4)")]
    Panel {
        /// Its size.
        size: usize,
    },
    /// Not a public key of its scheme.
    #[error(
        "invalid_publisher_key: key of publisher {publisher} is not a {scheme:?} key (33 bytes compressed secp256k1, \
         32 bytes Ed25519) that can sign (7.2)"
    )]
    PublisherKey {
        /// The index in the panel.
        publisher: u16,
        /// What it should be.
        scheme: Scheme,
    },
    /// Two publishers with one key.
    #[error("duplicate_publisher_key: publishers {earlier} and {publisher} have one key (7.4)")]
    DuplicateKey {
        /// The later index.
        publisher: u16,
        /// The earlier index.
        earlier: u16,
    },
    /// A round dated beyond the end of protocol time.
    #[error("no_such_round: round {round} lies beyond the end of time (7.1)")]
    NoSuchRound {
        /// The round.
        round: u64,
    },
    /// A round whose fixing time has not come.
    #[error("round_in_future: round {round} fixes at {fixing_time}, now {now} (7.3)", fixing_time = fixing_time.seconds(), now = now.seconds())]
    Future {
        /// The round.
        round: u64,
        /// When it fixes.
        fixing_time: Time,
        /// Protocol time.
        now: Time,
    },
    /// A round that takes no more answers.
    #[error("round_closed: round {round} took answers until {until}, now {now}; {values} of {needed} values came (7.4)", until = until.seconds(), now = now.seconds())]
    Closed {
        /// The round.
        round: u64,
        /// When it closed, exclusive.
        until: Time,
        /// Protocol time.
        now: Time,
        /// The values that came.
        values: usize,
        /// The values that make a quorum.
        needed: usize,
    },
    /// A restatement of a round that still takes first answers.
    #[error("round_not_decided: round {round} is not decided yet, now {now} (7.8)", now = now.seconds())]
    NotDecided {
        /// The round.
        round: u64,
        /// Protocol time.
        now: Time,
    },
    /// A restatement or dispute of a round that has no median.
    #[error("nothing_decided: round {round} has no fixing to restate or dispute (7.8)")]
    NothingDecided {
        /// The round.
        round: u64,
    },
    /// Neither a first answer nor the one restatement.
    #[error("unknown_revision: {revision} is neither 0 nor 1; a round is restated once (7.8)")]
    Revision {
        /// The revision.
        revision: u16,
    },
    /// An index beyond the panel.
    #[error("unknown_publisher: publisher {publisher} of a panel of {size} (7.3)")]
    UnknownPublisher {
        /// The index.
        publisher: u16,
        /// The panel's size.
        size: usize,
    },
    /// A second answer of one publisher in one round.
    #[error("already_answered: publisher {publisher} has answered in round {round} (7.3)")]
    AlreadyAnswered {
        /// The index.
        publisher: u16,
        /// The round.
        round: u64,
    },
    /// A value of 0.
    #[error("zero_value: publisher {publisher} says 0; a value is 1 or more, none is unavailable (7.3)")]
    ZeroValue {
        /// The index.
        publisher: u16,
    },
    /// A value above the feed's largest.
    #[error("value_above_max: publisher {publisher} says {value}, at most {max} (7.3)")]
    ValueAboveMax {
        /// The index.
        publisher: u16,
        /// What it says.
        value: u128,
        /// The feed's largest.
        max: u128,
    },
    /// Not 64 bytes.
    #[error("invalid_signature: {length} bytes, must be 64 (7.2)")]
    SignatureLength {
        /// Its length.
        length: usize,
    },
    /// s above half the order of the curve: the same signature in its second form.
    #[error("high_s: s is above half the order of the curve (7.2)")]
    HighS,
    /// Arithmetic left its bounds.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl FixingError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Feed { .. } => "invalid_feed",
            Self::Clock { .. } => "invalid_round_clock",
            Self::Panel { .. } => "invalid_panel",
            Self::PublisherKey { .. } => "invalid_publisher_key",
            Self::DuplicateKey { .. } => "duplicate_publisher_key",
            Self::NoSuchRound { .. } => "no_such_round",
            Self::Future { .. } => "round_in_future",
            Self::Closed { .. } => "round_closed",
            Self::NotDecided { .. } => "round_not_decided",
            Self::NothingDecided { .. } => "nothing_decided",
            Self::Revision { .. } => "unknown_revision",
            Self::UnknownPublisher { .. } => "unknown_publisher",
            Self::AlreadyAnswered { .. } => "already_answered",
            Self::ZeroValue { .. } => "zero_value",
            Self::ValueAboveMax { .. } => "value_above_max",
            Self::SignatureLength { .. } => "invalid_signature",
            Self::HighS => "high_s",
            Self::Overflow(_) => "overflow",
        }
    }
}
