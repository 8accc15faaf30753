//! Equity and margin of an account, and what may be done with them (clauses 4.4, 4.10, 4.11, 6.1).

mod leg;
#[cfg(test)]
mod tests;

pub use leg::{Holding, Leg};

use core::cmp::Ordering;

use crate::id::SeriesId;
use crate::money::{Amount, Overflow, SignedAmount};
use crate::price::{NetLots, Price};
use crate::wide::compare_products;

/// All that an account has: cash, and its positions and orders by product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portfolio {
    /// Cash; negative is owed.
    pub cash: SignedAmount,
    /// Positions and orders, one entry a product.
    pub holdings: Vec<Holding>,
}

/// What an account is worth and what it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// E: cash and unsettled gains and losses.
    pub equity: SignedAmount,
    /// IM with open orders and the loss built into them.
    pub initial: Amount,
    /// MM.
    pub maintenance: Amount,
}

impl Health {
    /// E ≥ IM.
    pub fn meets_initial(&self) -> bool {
        covers(self.equity, self.initial)
    }

    /// E ≥ MM: above it nothing is liquidated.
    pub fn meets_maintenance(&self) -> bool {
        covers(self.equity, self.maintenance)
    }

    /// E − IM, or nothing: what could be lost without harm to anyone.
    pub fn free(&self) -> Amount {
        if self.equity.is_negative() { Amount::ZERO } else { self.equity.gain().saturating_sub(self.initial) }
    }
}

fn covers(equity: SignedAmount, need: Amount) -> bool {
    !equity.is_negative() && equity.gain() >= need
}

impl Portfolio {
    /// All legs, in order of product and series.
    pub fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.holdings.iter().flat_map(|holding| &holding.legs)
    }

    /// The leg in a series.
    pub fn leg(&self, series: SeriesId) -> Option<(&Holding, &Leg)> {
        let of = |holding| Holding::leg(holding, series).map(|leg| (holding, leg));
        self.holdings.iter().find_map(of)
    }

    /// Σ gains (positive) and losses that are not cash yet.
    pub fn unsettled(&self) -> Result<SignedAmount, Overflow> {
        self.legs().try_fold(SignedAmount::ZERO, |sum, leg| sum.checked_add(leg.unsettled))
    }

    /// E.
    pub fn equity(&self) -> Result<SignedAmount, Overflow> {
        self.cash.checked_add(self.unsettled()?)
    }

    /// IM: Σ IM_P with all that is added to it. Rounded up.
    pub fn initial(&self) -> Result<Amount, Overflow> {
        self.holdings.iter().try_fold(Amount::ZERO, |sum, holding| sum.checked_add(holding.initial_up()?))
    }

    /// MM: Σ MM_P. Rounded up.
    pub fn maintenance(&self) -> Result<Amount, Overflow> {
        self.holdings.iter().try_fold(Amount::ZERO, |sum, holding| sum.checked_add(holding.maintenance_up()?))
    }

    /// E, IM and MM.
    pub fn health(&self) -> Result<Health, Overflow> {
        Ok(Health { equity: self.equity()?, initial: self.initial()?, maintenance: self.maintenance()? })
    }

    /// max(0, cash + min(0, unsettled) − IM): unsettled gains support margin, and do not leave (clause 4.4).
    pub fn withdrawable(&self) -> Result<Amount, Overflow> {
        let losses = SignedAmount::ZERO.debit(self.unsettled()?.loss())?;
        Ok(self.cash.checked_add(losses)?.debit(self.initial()?)?.gain())
    }

    /// True without lots anywhere.
    pub fn is_flat(&self) -> bool {
        self.legs().all(|leg| leg.lots.is_zero())
    }

    /// Net lots in a series.
    pub fn lots(&self, series: SeriesId) -> NetLots {
        self.leg(series).map_or(NetLots::ZERO, |(_, leg)| leg.lots)
    }

    /// The same with another mark of one series.
    fn remarked(&self, series: SeriesId, mark: Price) -> Result<Self, Overflow> {
        let mut other = self.clone();
        for holding in &mut other.holdings {
            let unit = holding.product.unit_value;
            for leg in holding.legs.iter_mut().filter(|leg| leg.series == series) {
                let gained = mark.minus(leg.mark).times(leg.lots).value(unit)?;
                leg.unsettled = leg.unsettled.checked_add(gained)?;
                leg.mark = mark;
            }
        }
        Ok(other)
    }

    /// The mark of the series at which the account falls below maintenance, all else standing still: the highest for a
    /// long, the lowest for a short. None if no mark does it, or there are no lots.
    pub fn liquidation_price(&self, series: SeriesId) -> Result<Option<Price>, Overflow> {
        let long = match self.lots(series).count() {
            0 => return Ok(None),
            count => count > 0,
        };
        let is_below = |units: u32| -> Result<bool, Overflow> {
            let other = self.remarked(series, Price::new(units)?)?;
            Ok(!covers(other.equity()?, other.maintenance()?))
        };
        // A long is below from the answer down, a short from the answer up.
        let (mut low, mut high) = (Price::MIN.units(), Price::MAX.units());
        let (worst, best) = if long { (low, high) } else { (high, low) };
        if !is_below(worst)? {
            return Ok(None);
        }
        if is_below(best)? {
            return Price::new(best).map(Some);
        }
        while high.saturating_sub(low) > 1 {
            let middle = low.midpoint(high);
            if is_below(middle)? == long { low = middle } else { high = middle }
        }
        Price::new(if long { low } else { high }).map(Some)
    }
}

/// Whether a message passes that turned `before` into `after`, both at the same marks (clauses 4.11, 6.1): either E ≥ IM
/// after it and no cash is owed; or no position has grown or changed sides, IM has not risen, and, with E < IM, cover
/// E / IM has not fallen. An account with E < 0 passes only by becoming healthy.
pub fn passes(before: &Portfolio, after: &Portfolio) -> Result<bool, Overflow> {
    let (was, is) = (before.health()?, after.health()?);
    if is.meets_initial() && !after.cash.is_negative() {
        return Ok(true);
    }
    let reduced = |leg: &Leg| {
        let held = before.lots(leg.series);
        leg.lots.is_zero() || (leg.lots.side() == held.side() && leg.lots.size() <= held.size())
    };
    if is.initial > was.initial || !after.legs().all(reduced) {
        return Ok(false);
    }
    if is.meets_initial() {
        return Ok(true);
    }
    if was.equity.is_negative() || is.equity.is_negative() {
        return Ok(false);
    }
    let cover = (is.equity.gain().base_units(), was.initial.base_units());
    let cover_before = (was.equity.gain().base_units(), is.initial.base_units());
    Ok(compare_products(cover, cover_before)? != Ordering::Less)
}
