//! Where a feed stands, in one small record that other contracts read raw.

use serde::{Deserialize, Serialize};

use super::LatestFinal;
use crate::time::Time;

/// Where a feed stands. 10 to 30 bytes.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The next round to be finalised. All before it are final or void.
    pub next: u64,
    /// The latest final fixing.
    pub latest: Option<LatestFinal>,
    /// Whether risk should only fall.
    pub hint: Hint,
}

impl Standing {
    /// That of a feed whose first round is `first`.
    pub const fn new(first: u64) -> Self {
        Self { next: first, latest: None, hint: Hint::None }
    }
}

/// The guardian's hint that risk should only fall.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// There is none.
    None,
    /// It stands, and nothing of its lifting is announced.
    CloseOnly,
    /// It stands until this time.
    CloseOnlyUntil(Time),
}

impl Hint {
    /// True while risk should only fall.
    pub fn holds(self, now: Time) -> bool {
        match self {
            Self::None => false,
            Self::CloseOnly => true,
            Self::CloseOnlyUntil(lifted) => now < lifted,
        }
    }

    /// When it is lifted, if it holds and that is announced.
    pub fn lifted(self, now: Time) -> Option<Time> {
        match self {
            Self::CloseOnlyUntil(lifted) if now < lifted => Some(lifted),
            Self::None | Self::CloseOnly | Self::CloseOnlyUntil(_) => None,
        }
    }
}
