//! Feeds: what every answer is checked against, apart from the texts that only readers want.

use cosmwasm_std::Storage;
use serde::{Deserialize, Serialize};
use tokfut_core::fixing::{FeedRules, PanelSize, PublisherKey};
use tokfut_storage::Table;

use crate::error::ContractError;

/// Feeds by number.
pub const FEEDS: Table<u32, Feed> = Table::new(super::FEEDS);
/// Their texts.
pub const TEXTS: Table<u32, Texts> = Table::new(super::TEXTS);

/// What every answer is checked against. About 95 bytes, and 33 a publisher.
#[derive(Serialize, Deserialize)]
pub struct Feed {
    /// Its numbers.
    pub rules: FeedRules,
    /// SHA-256 of the methodology.
    pub methodology_hash: [u8; 32],
    /// What stands for the panel in the signed bytes.
    pub set_digest: [u8; 32],
    /// The panel's keys, in order of index.
    pub panel: Vec<PublisherKey>,
    /// The first round that may be answered.
    pub first_round: u64,
}

impl Feed {
    /// The feed of this number.
    pub fn load(storage: &dyn Storage, feed: u32) -> Result<Self, ContractError> {
        FEEDS.may_load(storage, &feed)?.ok_or(ContractError::UnknownFeed { feed })
    }

    /// How large its panel is.
    pub fn panel_size(&self) -> Result<PanelSize, ContractError> {
        Ok(PanelSize::new(self.panel.len())?)
    }
}

/// The texts of a feed.
#[derive(Serialize, Deserialize)]
pub struct Texts {
    /// Its symbol.
    pub symbol: String,
    /// The unit of its values.
    pub unit: String,
    /// Where the methodology is to be read.
    pub methodology_uri: String,
    /// The publishers' names, in order of index.
    pub names: Vec<String>,
}
