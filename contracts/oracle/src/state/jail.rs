//! Jailed publishers, known by their keys whatever panel they sit in.

use cosmwasm_std::{StdResult, Storage};
use serde::{Deserialize, Serialize};
use tokfut_core::fixing::PublisherKey;
use tokfut_core::time::Time;
use tokfut_storage::{Key, Table};

/// Jailed publishers. A released one keeps its record: what it did before is forgiven once, not again and again.
pub const JAIL: Table<Identity, Sentence> = Table::new(super::JAIL);

/// SHA-256 of scheme byte and key.
#[derive(Clone, Copy)]
pub struct Identity(pub [u8; 32]);

impl Key for Identity {
    fn bytes(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Since when and until when. 6 or 11 bytes.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub struct Sentence {
    /// Since when.
    pub since: Time,
    /// It may answer the rounds that fix from then on; none: nothing of the kind is announced.
    pub release: Option<Time>,
}

impl Sentence {
    /// The sentence of a key.
    pub fn of(storage: &dyn Storage, key: &PublisherKey) -> StdResult<Option<Self>> {
        JAIL.may_load(storage, &Identity(key.identity()))
    }

    /// True if its answers to a round that fixes at `time` are refused, and its equivocation there is dealt with. Both by
    /// one time: whoever may answer a round is punished for what he signs for it.
    pub fn covers(&self, time: Time) -> bool {
        self.release.is_none_or(|release| time < release)
    }
}

/// True if the answers of this key to a round that fixes at `time` are refused: one read.
pub fn is_jailed(storage: &dyn Storage, key: &PublisherKey, time: Time) -> StdResult<bool> {
    Ok(Sentence::of(storage, key)?.is_some_and(|sentence| sentence.covers(time)))
}
