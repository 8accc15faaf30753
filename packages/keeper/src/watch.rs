//! Who might be unhealthy: bounded by how far the marks have moved since an account was last looked at.

use std::collections::{BTreeMap, BTreeSet};

use tokfut_api::vault::AccountResponse;
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::price::Price;

use crate::book::Book;

/// A mark, and base units that one price unit is worth on a lot.
pub type Mark = (Price, u64);

/// How an account stood when it was looked at.
#[derive(Clone, Debug)]
struct Looked {
    /// Equity above maintenance, base units; below zero is for liquidation.
    headroom: i128,
    /// Short of cash: the house might advance it.
    short: bool,
    /// The marks it was measured at.
    marks: BTreeMap<SeriesId, Price>,
}

/// What is known of the health of accounts.
#[derive(Clone, Debug, Default)]
pub struct Watch(BTreeMap<AccountId, Looked>);

impl Watch {
    /// Notes how an account stands, measured at these marks.
    pub fn note(&mut self, account: &AccountResponse, marks: BTreeMap<SeriesId, Price>) {
        let maintenance = i128::try_from(account.maintenance_margin.base_units()).unwrap_or(i128::MAX);
        let headroom = account.equity.base_units().saturating_sub(maintenance);
        let short = account.cash.is_negative();
        self.0.insert(account.account, Looked { headroom, short, marks });
    }

    /// Accounts must be looked at again: something other than a mark has changed.
    pub fn forget(&mut self, changed: &BTreeSet<AccountId>) {
        changed.iter().for_each(|account| drop(self.0.remove(account)));
    }

    /// The accounts that may be below maintenance, or short of cash, at these marks. Nobody else is: a mark that moves by
    /// d takes at most d u from the equity of a lot, and adds less than that to its maintenance margin.
    pub fn candidates(&self, book: &Book, marks: &BTreeMap<SeriesId, Mark>) -> BTreeSet<AccountId> {
        book.accounts().filter(|account| self.is_candidate(*account, book, marks)).collect()
    }

    fn is_candidate(&self, account: AccountId, book: &Book, marks: &BTreeMap<SeriesId, Mark>) -> bool {
        let Some(looked) = self.0.get(&account) else { return account != AccountId::HOUSE };
        if looked.headroom < 0 || looked.short {
            return account != AccountId::HOUSE;
        }
        let mut danger = 0_u128;
        for (series, lots) in book.positions(account) {
            let Some((mark, unit)) = marks.get(&series) else { continue };
            let Some(then) = looked.marks.get(&series) else { return true };
            let moved = u128::from(mark.units().abs_diff(then.units()));
            let lots = u128::from(lots.size().count());
            danger = danger.saturating_add(moved.saturating_mul(lots).saturating_mul(u128::from(*unit)));
        }
        let headroom = looked.headroom.unsigned_abs();
        account != AccountId::HOUSE && danger.saturating_mul(2) > headroom
    }
}
