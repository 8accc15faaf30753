//! What changes of a feed: panel, methodology, bounds. Each version stands under the first round that it counts for, so
//! the one of a round is one seek, and one that is announced is simply a later one.

use cosmwasm_std::{Order, StdResult, Storage};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokfut_core::fixing::{Bounds, PanelSize, PublisherKey};
use tokfut_storage::{Table, decode};

use crate::error::{ContractError, Refusal};

/// Panels.
pub const PANELS: Table<(u32, u64), Panel> = Table::new(super::PANELS);
/// The publishers' names, in order of index, under the key of the panel.
pub const NAMES: Table<(u32, u64), Vec<String>> = Table::new(super::NAMES);
/// Methodologies.
pub const METHODOLOGIES: Table<(u32, u64), Methodology> = Table::new(super::METHODOLOGIES);
/// Where they are to be read, under the key of the methodology.
pub const URIS: Table<(u32, u64), String> = Table::new(super::URIS);
/// Bounds.
pub const BOUNDS: Table<(u32, u64), Bounds> = Table::new(super::BOUNDS);

/// The most versions of a kind that are announced at a time.
pub const MOST_AHEAD: usize = 4;

/// A panel. 33 bytes, and 34 a publisher.
#[derive(Serialize, Deserialize)]
pub struct Panel {
    /// What stands for it in the signed bytes.
    pub digest: [u8; 32],
    /// Its keys, in order of index.
    pub keys: Vec<PublisherKey>,
}

impl Panel {
    /// How large it is.
    pub fn size(&self) -> Result<PanelSize, ContractError> {
        Ok(PanelSize::new(self.keys.len())?)
    }
}

/// A methodology. 33 bytes.
#[derive(Serialize, Deserialize)]
pub struct Methodology {
    /// From 1.
    pub version: u32,
    /// SHA-256 of it.
    pub hash: [u8; 32],
}

/// The version of `round`, with the first round that it counts for: one seek. None before the feed's first round.
pub fn at<T>(storage: &dyn Storage, table: &Table<(u32, u64), T>, feed: u32, round: u64) -> StdResult<Option<(u64, T)>>
where
    T: Serialize + DeserializeOwned,
{
    // Rounds end with protocol time, far below the last u64.
    let (start, end) = (table.raw_key(&(feed, 0)), table.raw_key(&(feed, round.saturating_add(1))));
    match rows(storage, (&start, &end), Order::Descending, 1).pop() {
        Some((from, record)) => Ok(Some((from, decode(&record)?))),
        None => Ok(None),
    }
}

/// The version of `round`; an error before the feed's first round.
pub fn of<T>(
    storage: &dyn Storage,
    table: &Table<(u32, u64), T>,
    feed: u32,
    round: u64,
) -> Result<(u64, T), ContractError>
where
    T: Serialize + DeserializeOwned,
{
    at(storage, table, feed, round)?.ok_or_else(|| Refusal::NoRules { feed, round }.into())
}

/// The versions that count from a round after `round`, in order; at most [`MOST_AHEAD`].
pub fn ahead<T>(storage: &dyn Storage, table: &Table<(u32, u64), T>, feed: u32, round: u64) -> StdResult<Vec<(u64, T)>>
where
    T: Serialize + DeserializeOwned,
{
    let (start, end) = (table.raw_key(&(feed, round.saturating_add(1))), table.raw_key(&(feed, u64::MAX)));
    let mut later = Vec::new();
    for (from, record) in rows(storage, (&start, &end), Order::Ascending, MOST_AHEAD) {
        later.push((from, decode(&record)?));
    }
    Ok(later)
}

/// At most `limit` records under keys of feed and round, from one raw key to another (exclusive), by round. Not generic,
/// so that it is compiled once.
fn rows(storage: &dyn Storage, (start, end): (&[u8], &[u8]), order: Order, limit: usize) -> Vec<(u64, Vec<u8>)> {
    let round = |key: &[u8]| key.last_chunk().map(|bytes| u64::from_be_bytes(*bytes)).unwrap_or_default();
    let found = storage.range(Some(start), Some(end), order).take(limit);
    found.map(|(key, record)| (round(&key), record)).collect()
}

/// What every answer of a round is checked against: three seeks.
pub struct Terms {
    /// Who may sign.
    pub panel: Panel,
    /// By what method.
    pub methodology: Methodology,
    /// Within which bounds.
    pub bounds: Bounds,
}

impl Terms {
    /// Those of `round`.
    pub fn of(storage: &dyn Storage, feed: u32, round: u64) -> Result<Self, ContractError> {
        Ok(Self {
            panel: of(storage, &PANELS, feed, round)?.1,
            methodology: of(storage, &METHODOLOGIES, feed, round)?.1,
            bounds: of(storage, &BOUNDS, feed, round)?.1,
        })
    }
}
