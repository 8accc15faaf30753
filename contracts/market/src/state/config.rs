//! What is set once, and where each product stands in its days.

use cosmwasm_std::Addr;
use serde::{Deserialize, Serialize};
use tokfut_core::calendar::{FinalWindow, ProductCode};
use tokfut_core::id::ProductId;
use tokfut_core::price::{Lots, Tick};
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;
use tokfut_core::time::{Clock, Time};
use tokfut_storage::{Record, Table};

use crate::error::{ContractError, Refusal};

/// What every message needs, in one record, for a read costs the same whatever its size. Of all of it only the diaries
/// change, at a strike or a listing.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Config {
    /// The clearing house.
    pub vault: Addr,
    /// Where fixings are read.
    pub oracle: Addr,
    /// Protocol time.
    pub clock: Clock,
    /// The products, in order of their numbers, from 1.
    pub boards: Vec<Board>,
}

/// What messages need of one product.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Board {
    /// What its orders are read by.
    pub terms: Terms,
    /// Where it stands in settlement.
    pub diary: Diary,
}

/// Of a product's terms, what orders, marks and strikes are made by.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Three capital letters.
    pub code: ProductCode,
    /// The oracle's feed.
    pub feed: u32,
    /// Digits after the point of its quotation.
    pub decimals: u8,
    /// What order prices are multiples of.
    pub tick: Tick,
    /// The largest order, in lots.
    pub max_order: Lots,
    /// Which fixings of the contract month settle it.
    pub final_window: FinalWindow,
    /// L: how far a day's prices may go from the last settlement price.
    pub daily_limit: Rate,
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
/// Terms by product, whole.
pub const PRODUCTS: Table<ProductId, Product> = Table::new(0x82);

impl Config {
    /// What is known of `product`; an error if there is no such product.
    pub fn board(&self, product: ProductId) -> Result<&Board, ContractError> {
        let place = usize::from(product.0).checked_sub(1);
        let board = place.and_then(|place| self.boards.get(place));
        board.ok_or_else(|| Refusal::UnknownProduct(product.0.to_string()).into())
    }

    /// The number of the product of this code.
    pub fn product(&self, code: ProductCode) -> Option<ProductId> {
        let boards = self.boards.iter().zip(1u8..);
        boards.filter(|(board, _)| board.terms.code == code).map(|(_, number)| ProductId(number)).next()
    }

    /// The same with another diary of `product`.
    pub fn with_diary(mut self, product: ProductId, diary: Diary) -> Self {
        let place = usize::from(product.0).checked_sub(1);
        if let Some(board) = place.and_then(|place| self.boards.get_mut(place)) {
            board.diary = diary;
        }
        self
    }
}

impl Board {
    /// That of a product before its first listing.
    pub fn new(product: &Product) -> Self {
        let Product { code, feed, decimals, tick, max_order, final_window, daily_limit, .. } = *product;
        let terms = Terms { code, feed, decimals, tick, max_order, final_window, daily_limit };
        Self { terms, diary: Diary::default() }
    }
}

impl Diary {
    /// True from the moment a strike is due until it is done: no book of the product may change (clause 4.5).
    pub fn is_strike_due(&self, now: Time) -> bool {
        self.due.is_some_and(|due| now >= due)
    }
}
