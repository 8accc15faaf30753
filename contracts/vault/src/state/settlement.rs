//! Where products stand in settlement, the pots, and the close-out at work.

use cosmwasm_std::{Order, StdError, Storage};
use serde::{Deserialize, Serialize};
use tokfut_api::clearing::CloseOrder;
use tokfut_core::clearing::{Settlement, Settlements};
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::pots::Pots;
use tokfut_core::price::Price;
use tokfut_core::rate::Rate;
use tokfut_core::time::{GRACE, Time};
use tokfut_core::waterfall::{HOUSE_SHARE, HOUSE_SHARE_YOUNG, YOUNG};
use tokfut_storage::{Key, Record, Table};

use crate::error::ContractError;

/// Where a product stands in settlement (clause 4.5).
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Diary {
    /// k of the last strike; 0 before the first.
    pub struck: u32,
    /// When that strike happened.
    pub struck_at: Option<Time>,
    /// k of the last finalised settlement.
    pub finalised: u32,
    /// When that was.
    pub finalised_at: Option<Time>,
    /// The series struck and not finalised.
    pub waiting: Vec<SeriesId>,
    /// What is still missing.
    pub shortfall: Amount,
    /// When its first series was listed.
    pub since: Option<Time>,
}

/// A close-out that the market is asked to work (clauses 6.3, 6.5). It lives within one transaction; one that the market
/// never answered is void from the next block on.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct CloseOut {
    /// Whose position.
    pub account: AccountId,
    /// The block it was begun in.
    pub height: u64,
    /// What the market may trade, and nothing else.
    pub orders: Vec<CloseOrder>,
    /// Why.
    pub purpose: Purpose,
}

/// Why a position is closed out.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum Purpose {
    /// The account is below maintenance.
    Liquidation {
        /// Who called.
        caller: String,
        /// The account that earns the caller's share; none if nobody does.
        bounty_to: Option<AccountId>,
        /// E when it began.
        equity_before: SignedAmount,
        /// Bankruptcy prices, from the full size and before any fill.
        prices: Vec<(SeriesId, Price)>,
    },
    /// The house reduces.
    Unwind,
}

impl Purpose {
    /// A liquidated account's orders go first; the house has none.
    pub const fn voids_orders(&self) -> bool {
        matches!(self, Self::Liquidation { .. })
    }
}

/// Diaries by product.
pub const DIARIES: Table<ProductId, Diary> = Table::new(0xa5);
/// Settlements by series and cycle.
pub const SETTLEMENTS: Table<(SeriesId, u32), Settlement> = Table::new(0xab);
/// The pots.
pub const POTS: Record<Pots> = Record::new(0xac);
/// The close-out at work.
pub const CLOSE_OUT: Record<CloseOut> = Record::new(0xa7);

impl Diary {
    /// From when the struck settlement may be finalised; none if nothing waits.
    pub fn finalises_from(&self) -> Option<Time> {
        let struck_at = self.struck_at.filter(|_| self.finalised < self.struck)?;
        Some(struck_at.checked_add(GRACE).unwrap_or(Time::MAX))
    }

    /// The share of its equity that the house may commit to this product.
    pub fn house_share(&self, now: Time) -> Rate {
        let is_young = self.since.is_none_or(|since| now.saturating_since(since) < YOUNG);
        if is_young { HOUSE_SHARE_YOUNG } else { HOUSE_SHARE }
    }
}

/// The stored settlements of one series.
pub struct Stored<'a> {
    /// Where.
    pub storage: &'a dyn Storage,
    /// Of which series.
    pub series: SeriesId,
}

impl Settlements for Stored<'_> {
    type Error = ContractError;

    fn at(&self, cycle: u32) -> Result<Settlement, ContractError> {
        let settlement = SETTLEMENTS.may_load(self.storage, &(self.series, cycle))?;
        settlement.ok_or_else(|| missing(self.series, cycle))
    }

    fn after(&self, cycle: u32) -> Result<(u32, Settlement), ContractError> {
        let next = cycle.checked_add(1).ok_or_else(|| missing(self.series, cycle))?;
        // Cycles follow one another, but for a series past last trading: one read, and rarely a seek.
        if let Some(settlement) = SETTLEMENTS.may_load(self.storage, &(self.series, next))? {
            return Ok((next, settlement));
        }
        let from = (self.series, next);
        let mut later = SETTLEMENTS.range(self.storage, &self.series.bytes(), Some(&from), Order::Ascending);
        let ((_, cycle), settlement) = later.next().ok_or_else(|| missing(self.series, next))??;
        Ok((cycle, settlement))
    }
}

fn missing(series: SeriesId, cycle: u32) -> ContractError {
    StdError::msg(format!("no settlement of series {} in or after cycle {cycle}", series.0)).into()
}
