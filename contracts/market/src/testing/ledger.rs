//! What the vault learns of orders and positions, from the market's calls alone.

use std::collections::BTreeMap;

use cosmwasm_std::{Order, Storage};
use tokfut_api::clearing::{ClearedFill, Clearing, Purpose, RestChange};
use tokfut_api::vault;
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::price::Side;
use tokfut_core::series::Status;
use tokfut_core::time::Time;

use super::neighbours::Facts;
use crate::state::{Live, ORDERS, SERIES};

/// Open lots by account, series and kind.
#[derive(Default)]
pub struct Ledger {
    open: BTreeMap<(AccountId, SeriesId, bool), i64>,
}

impl Ledger {
    pub fn take(&mut self, message: &vault::ExecuteMsg, facts: &mut Facts) {
        match message {
            vault::ExecuteMsg::Clear(clearing) => self.clear(clearing, facts),
            vault::ExecuteMsg::Strike { prices, .. } => {
                for settled in prices.iter().filter(|price| price.last) {
                    self.open.retain(|(_, series, _), _| *series != settled.series);
                    facts.positions.retain(|(_, series), _| *series != settled.series);
                }
            }
            _ => {}
        }
    }

    fn clear(&mut self, clearing: &Clearing, facts: &mut Facts) {
        if clearing.voids_orders {
            self.open.retain(|(account, ..), _| *account != clearing.account);
        }
        for fill in &clearing.fills {
            let ClearedFill { series, side, maker, maker_reduce_only, lots, .. } = fill;
            *self.open.entry((*maker, *series, *maker_reduce_only)).or_default() -= lots.count() as i64;
            let bought = if *side == Side::Buy { lots.count() as i64 } else { -(lots.count() as i64) };
            *facts.positions.entry((clearing.account, *series)).or_default() += bought;
            *facts.positions.entry((*maker, *series)).or_default() -= bought;
        }
        for change in &clearing.book {
            let lots = change.lots.count() as i64;
            let lots = if change.change == RestChange::Rested { lots } else { -lots };
            *self.open.entry((change.account, change.series, change.reduce_only)).or_default() += lots;
        }
        if matches!(clearing.purpose, Purpose::Cancel { .. } | Purpose::Sweep {}) {
            assert!(clearing.fills.is_empty() && clearing.marks.is_empty());
        }
        self.open.retain(|_, lots| *lots != 0);
        facts.open_interest.clear();
        for ((_, series), net) in &facts.positions {
            *facts.open_interest.entry(*series).or_default() += (*net).max(0) as u64;
        }
    }

    /// Open lots here are those of the orders that are not void; no order is empty or in an unknown series; no two
    /// live orders cross.
    pub fn agrees_with(&self, storage: &dyn Storage, now: Time) {
        let mut live = Live::new(storage);
        let mut listed: BTreeMap<(AccountId, SeriesId, bool), i64> = BTreeMap::new();
        let mut best: BTreeMap<(SeriesId, bool), u32> = BTreeMap::new();
        for row in ORDERS.range(storage, &[], None, Order::Ascending) {
            let (key, order) = row.unwrap();
            let id = key.0;
            assert!(!order.lots.is_zero(), "empty order {id}");
            let series = SERIES.may_load(storage, &id.series).unwrap().unwrap();
            if series.status(now) == Status::Settled || live.is_void(id, order.account).unwrap() {
                continue;
            }
            *listed.entry((order.account, id.series, order.reduce_only)).or_default() += order.lots.count() as i64;
            best.entry((id.series, id.side == Side::Buy)).or_insert(id.price.units());
        }
        assert_eq!(listed, self.open, "open lots of market and vault");
        for ((series, is_bid), price) in &best {
            if let (true, Some(ask)) = (*is_bid, best.get(&(*series, false))) {
                assert!(price < ask, "crossed at rest: {price} >= {ask}");
            }
        }
    }
}
