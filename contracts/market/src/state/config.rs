//! What is set once, and where each product stands in its days.

use cosmwasm_std::{Addr, StdResult, Storage};
use serde::{Deserialize, Serialize};
use tokfut_core::id::ProductId;
use tokfut_core::product::Product;
use tokfut_core::time::{Clock, Time};
use tokfut_storage::{Record, Table};

/// What every message needs.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Config {
    /// The clearing house.
    pub vault: Addr,
    /// Where fixings are read.
    pub oracle: Addr,
    /// Protocol time.
    pub clock: Clock,
}

/// Who may change a series' status (clause 8.1).
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Roles {
    /// Under a timelock, toward more risk.
    pub governance: Addr,
    /// At once, toward less.
    pub guardian: Addr,
}

/// Where one product stands in settlement.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Diary {
    /// k of the last strike; 0 before the first.
    pub cycle: u32,
    /// The daily time it was of.
    pub last_strike: Option<Time>,
    /// The daily time from which a strike is due; none while no series needs one.
    pub due: Option<Time>,
}

/// The configuration.
pub const CONFIG: Record<Config> = Record::new(0x80);
/// The roles.
pub const ROLES: Record<Roles> = Record::new(0x81);
/// Terms by product.
pub const PRODUCTS: Table<ProductId, Product> = Table::new(0x82);
/// The diaries of all products, in order of their numbers: one read tells whether any strike is due.
pub const DIARY: Record<Vec<Diary>> = Record::new(0x83);

impl Diary {
    /// The diary of `product`; an error if there is no such product.
    pub fn load(storage: &dyn Storage, product: ProductId) -> StdResult<Self> {
        let diaries = DIARY.load(storage)?;
        let missing = || cosmwasm_std::StdError::msg(format!("not_found: no product {}", product.0));
        usize::from(product.0).checked_sub(1).and_then(|place| diaries.into_iter().nth(place)).ok_or_else(missing)
    }

    /// Saves it as the diary of `product`.
    pub fn save(self, storage: &mut dyn Storage, product: ProductId) -> StdResult<()> {
        let mut diaries = DIARY.load(storage)?;
        let place = usize::from(product.0).checked_sub(1).and_then(|place| diaries.get_mut(place));
        if let Some(diary) = place {
            *diary = self;
        }
        DIARY.save(storage, &diaries)
    }

    /// True from the moment a strike is due until it is done: no book of the product may change (clause 4.5).
    pub fn is_strike_due(&self, now: Time) -> bool {
        self.due.is_some_and(|due| now >= due)
    }
}
