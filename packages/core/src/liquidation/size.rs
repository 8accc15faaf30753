//! How many lots of which series are closed (clause 6.3).

use core::cmp::Reverse;

use super::CloseLeg;
use crate::id::SeriesId;
use crate::margin::{Holding, Leg, Portfolio};
use crate::money::{Amount, Overflow};
use crate::price::Lots;
use crate::product::LiquidationTerms;

/// What would be closed: one leg, or a pair of opposite legs, lot for lot.
#[derive(Clone, Copy)]
struct Cut<'a> {
    legs: [Option<&'a Leg>; 2],
    terms: &'a LiquidationTerms,
}

/// The next step of a close-out: the fewest lots of one series that bring the account to E ≥ MM + b Σ|q| m u, closed at
/// the mark with both fees paid; all that lower MM if that is not enough. Of several series the one whose lot lowers MM
/// most, then the one with most open interest, then the first by code. Where no lot alone lowers MM, pairs of opposite
/// legs of a product. At most the block's share of a position. Series in `worked` had their share in this block.
/// Nothing if nothing is left to close.
pub fn plan(portfolio: &Portfolio, worked: &[SeriesId]) -> Result<Vec<CloseLeg>, Overflow> {
    let free = |leg: &&Leg| !leg.lots.is_zero() && !worked.contains(&leg.series);
    let legs = portfolio.holdings.iter().flat_map(|holding| {
        let terms = &holding.product.liquidation;
        holding.legs.iter().filter(free).map(move |leg| Cut { legs: [Some(leg), None], terms })
    });
    let pairs = portfolio.holdings.iter().flat_map(|holding| pairs(holding, free));
    let cut = match best(portfolio, legs)? {
        Some(cut) => Some(cut),
        None => best(portfolio, pairs)?,
    };
    let Some(cut) = cut else { return Ok(vec![]) };
    let lots = cut.fewest(portfolio)?.min(cut.in_a_block()?);
    let close = |leg: &Leg| leg.lots.side().map(|held| CloseLeg { series: leg.series, side: held.opposite(), lots });
    Ok(cut.all().filter_map(close).collect())
}

/// All pairs of a long and a short leg.
fn pairs<'a>(holding: &'a Holding, free: impl Fn(&&Leg) -> bool + Copy + 'a) -> impl Iterator<Item = Cut<'a>> {
    let terms = &holding.product.liquidation;
    let held = move |long: bool| holding.legs.iter().filter(move |leg| free(leg) && (leg.lots.count() > 0) == long);
    held(true).flat_map(move |long| held(false).map(move |short| Cut { legs: [Some(long), Some(short)], terms }))
}

/// The one whose first lot lowers MM most; none if none lowers it.
fn best<'a>(portfolio: &Portfolio, cuts: impl Iterator<Item = Cut<'a>>) -> Result<Option<Cut<'a>>, Overflow> {
    let mut found = None;
    for cut in cuts {
        let fall = cut.fall(portfolio, 1)?;
        let rank = (fall, cut.open_interest(), Reverse(cut.codes()));
        if !fall.is_zero() && found.as_ref().is_none_or(|(best, _)| rank > *best) {
            found = Some((rank, cut));
        }
    }
    Ok(found.map(|(_, cut)| cut))
}

impl<'a> Cut<'a> {
    fn all(&self) -> impl Iterator<Item = &'a Leg> {
        self.legs.into_iter().flatten()
    }

    /// The most lots there are in every leg of it.
    fn whole(&self) -> u64 {
        self.all().map(|leg| leg.lots.size().count()).min().unwrap_or(0)
    }

    fn open_interest(&self) -> Lots {
        self.all().map(|leg| leg.open_interest).min().unwrap_or(Lots::ZERO)
    }

    fn codes(&self) -> Vec<String> {
        self.all().map(|leg| leg.code.to_string()).collect()
    }

    /// The account after `count` lots of each leg are closed at the mark, fees apart: E is as it was.
    fn closed(&self, portfolio: &Portfolio, count: u64) -> Result<Portfolio, Overflow> {
        let mut after = portfolio.clone();
        let series: Vec<SeriesId> = self.all().map(|leg| leg.series).collect();
        for leg in after.holdings.iter_mut().flat_map(|holding| &mut holding.legs) {
            if let Some(held) = leg.lots.side().filter(|_| series.contains(&leg.series)) {
                leg.lots = leg.lots.checked_add(held.opposite().net(Lots::new(count))?)?;
            }
        }
        Ok(after)
    }

    /// What the `nth` lot lowers MM by.
    fn fall(&self, portfolio: &Portfolio, nth: u64) -> Result<Amount, Overflow> {
        let before = self.closed(portfolio, nth.saturating_sub(1))?.maintenance()?;
        Ok(before.saturating_sub(self.closed(portfolio, nth)?.maintenance()?))
    }

    /// What E must be for `count` lots to be enough: MM and the buffer after them, and both fees.
    fn needed(&self, portfolio: &Portfolio, count: u64) -> Result<Amount, Overflow> {
        let after = self.closed(portfolio, count)?;
        let mut needed = after.maintenance()?;
        for holding in &after.holdings {
            let unit = holding.product.unit_value;
            let notional =
                holding.legs.iter().try_fold(Amount::ZERO, |sum, leg| sum.checked_add(leg.notional(unit)?))?;
            needed = needed.checked_add(holding.product.liquidation.buffer.of_up(notional)?)?;
        }
        for (leg, unit) in self.all().filter_map(|leg| Some((leg, portfolio.leg(leg.series)?.0.product.unit_value))) {
            let notional = unit.notional(leg.mark, Lots::new(count))?;
            needed = needed.checked_add(self.terms.fee.of_up(notional)?)?;
            needed = needed.checked_add(self.terms.insurance_fee.of_up(notional)?)?;
        }
        Ok(needed)
    }

    /// The fewest lots that are enough, of those that lower MM; all of these if they are not. What a lot lowers MM by
    /// never grows from lot to lot, while its fees stay: what is needed falls up to some lot and rises from there. All
    /// three searches may halve.
    fn fewest(&self, portfolio: &Portfolio) -> Result<Lots, Overflow> {
        let equity = portfolio.equity()?;
        let is_enough = |count| Ok(!equity.is_negative() && equity.gain() >= self.needed(portfolio, count)?);
        let most = last_true(self.whole(), |nth| Ok(!self.fall(portfolio, nth)?.is_zero()))?;
        let helps = |nth: u64| Ok(self.needed(portfolio, nth)? < self.needed(portfolio, nth.saturating_sub(1))?);
        let least_needed_at = last_true(most, helps)?;
        if !is_enough(least_needed_at)? {
            return Ok(Lots::new(most));
        }
        let short = last_true(least_needed_at, |count| Ok(!is_enough(count)?))?;
        Ok(Lots::new(short.saturating_add(1)))
    }

    /// The block's share of the smallest leg; dust goes whole.
    fn in_a_block(&self) -> Result<Lots, Overflow> {
        let whole = Amount::new(u128::from(self.whole()));
        let share = self.terms.block_share.of_up(whole)?.base_units();
        let share = u64::try_from(share).map(Lots::new).map_err(|_| Overflow("lots"))?;
        Ok(share.max(self.terms.dust).min(Lots::new(self.whole())))
    }
}

/// The last of 1..=`most` for which `holds`, if it holds up to there and no further; 0 if for none.
fn last_true(most: u64, holds: impl Fn(u64) -> Result<bool, Overflow>) -> Result<u64, Overflow> {
    let (mut low, mut high) = (0u64, most.saturating_add(1));
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        if holds(middle)? { low = middle } else { high = middle }
    }
    Ok(low)
}
