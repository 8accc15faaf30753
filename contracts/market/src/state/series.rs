//! What is kept of a series, apart from its book.

use cosmwasm_std::Storage;
use serde::{Deserialize, Serialize};
use tokfut_core::calendar::{Month, SeriesCode};
use tokfut_core::id::{ProductId, SeriesId};
use tokfut_core::limits::DayLimits;
use tokfut_core::price::Price;
use tokfut_core::rate::Rate;
use tokfut_core::series::{Status, TransitionError};
use tokfut_core::settlement_price::{Anchor, Method};
use tokfut_core::tape::Tape;
use tokfut_core::time::Time;
use tokfut_storage::Table;

use super::Terms;
use crate::error::{ContractError, Refusal};

/// A series: what changes only at a strike or by decision. About 50 bytes at rest.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Series {
    /// Whose month it is.
    pub product: ProductId,
    /// Its delivery month.
    pub month: Month,
    /// As decided; [`Series::status`] looks at the time too.
    pub status: Status,
    /// When it opens again, if announced.
    pub opens_at: Option<Time>,
    /// When it was listed.
    pub listed_at: Time,
    /// S of the running cycle.
    pub settlement: Price,
    /// T_k: S before it was clamped.
    pub unclamped: Price,
    /// f_k: the fixing at the last strike.
    pub fixing: Price,
    /// How far the day's prices may go from S.
    pub limit: Rate,
    /// B of clause 5.1.
    pub anchor: Anchor,
    /// The fixings before its settlement window, once the window has one.
    pub window_base: Option<WindowBase>,
}

/// All final fixings before a settlement window: the window's own are the difference to any later count.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowBase {
    /// Their sum.
    pub sum: u128,
    /// How many.
    pub count: u64,
}

/// A settlement price that was struck.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct SettlementRecord {
    /// The daily time it is of.
    pub at: Time,
    /// S_k.
    pub price: Price,
    /// T_k.
    pub unclamped: Price,
    /// How it came about.
    pub method: Method,
}

/// The unsettled series of a product, in order of listing. At most 64.
pub const ACTIVE: Table<ProductId, Vec<SeriesId>> = Table::new(0x83);
/// All series ever listed.
pub const SERIES: Table<SeriesId, Series> = Table::new(0x84);
/// Their trades since the last strike.
pub const TAPES: Table<SeriesId, Tape> = Table::new(0x85);
/// Their settlement prices, by cycle.
pub const SETTLEMENTS: Table<(SeriesId, u32), SettlementRecord> = Table::new(0x8a);

impl Series {
    /// The series of this number; an error if there is none.
    pub fn load(storage: &dyn Storage, id: SeriesId) -> Result<Self, ContractError> {
        SERIES.may_load(storage, &id)?.ok_or_else(|| Refusal::UnknownSeries(id.0.to_string()).into())
    }

    /// Its code, e.g. `TOKZ26`.
    pub fn code(&self, terms: &Terms) -> SeriesCode {
        SeriesCode { product: terms.code, month: self.month }
    }

    /// Its status now: past last trading it is expired, whatever was decided.
    pub fn status(&self, now: Time) -> Status {
        let is_over = now >= tokfut_core::calendar::last_trading(self.month);
        if is_over && self.status.may_become(Status::Expired) { Status::Expired } else { self.status }
    }

    /// `Expired`, which it is now by its time, or becomes by a termination (clause 7.10).
    pub fn expired(&self, now: Time) -> Result<Status, TransitionError> {
        match self.status(now) {
            Status::Expired => Ok(Status::Expired),
            living => living.transition(Status::Expired),
        }
    }

    /// The day's limits.
    pub fn limits(&self, terms: &Terms) -> Result<DayLimits, ContractError> {
        Ok(DayLimits::around(self.settlement, self.limit, terms.tick)?)
    }
}
