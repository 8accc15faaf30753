//! Feeds: what never changes of them, and when they end.

use cosmwasm_std::Storage;
use serde::{Deserialize, Serialize};
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{Carry, RoundClock, Standing};
use tokfut_core::time::Time;
use tokfut_storage::Table;

use crate::error::{ContractError, Refusal};

/// Feeds by number.
pub const FEEDS: Table<u32, Feed> = Table::new(super::FEEDS);
/// Their texts.
pub const TEXTS: Table<u32, Texts> = Table::new(super::TEXTS);

/// A feed. About 25 bytes.
#[derive(Serialize, Deserialize)]
pub struct Feed {
    /// Digits after the point of its values.
    pub decimals: u8,
    /// The times of its rounds.
    pub clock: RoundClock,
    /// The first round that may be answered.
    pub first_round: u64,
    /// The first round that is no more; none: no end is announced.
    pub end: Option<u64>,
}

impl Feed {
    /// The feed of this number.
    pub fn load(storage: &dyn Storage, feed: u32) -> Result<Self, ContractError> {
        FEEDS.may_load(storage, &feed)?.ok_or_else(|| Refusal::UnknownFeed { feed }.into())
    }

    /// Where the feed of this number stands.
    pub fn standing(storage: &dyn Storage, feed: u32) -> Result<Standing, ContractError> {
        STANDING.may_load(storage, &feed)?.ok_or_else(|| Refusal::UnknownFeed { feed }.into())
    }

    /// Refuses a round before the feed's first, or at or after its end.
    pub fn check_round(&self, feed: u32, round: u64) -> Result<(), ContractError> {
        if round < self.first_round {
            return Err(Refusal::BeforeFirst { round, first: self.first_round }.into());
        }
        match self.end.filter(|end| round >= *end) {
            Some(end) => Err(Refusal::Ended { feed, end }.into()),
            None => Ok(()),
        }
    }

    /// The round that fixed last, or the first where none has: whose rules are in force.
    pub fn round_at(&self, now: Time) -> u64 {
        self.clock.at_or_before(now).unwrap_or(0).max(self.first_round)
    }

    /// True once it has ended.
    pub fn has_ended(&self, now: Time) -> bool {
        self.end.is_some_and(|end| self.clock.at_or_before(now).is_some_and(|round| round >= end))
    }

    /// How far it may be leant on at `now`, whose last final fixing is of `last`: by that one's age and by its end.
    pub fn carry(&self, last: Option<Time>, now: Time) -> Carry {
        if self.has_ended(now) { Carry::Terminated } else { Carry::of(&self.clock, last, now) }
    }
}

/// The texts of a feed.
#[derive(Serialize, Deserialize)]
pub struct Texts {
    /// Its symbol.
    pub symbol: String,
    /// The unit of its values.
    pub unit: String,
}
