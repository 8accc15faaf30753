//! Closing out an account below maintenance: how much, at what price, for what fee (clauses 6.3–6.5).

mod size;
#[cfg(test)]
mod tests;

pub use size::plan;

use crate::id::SeriesId;
use crate::margin::{Holding, Leg, Portfolio};
use crate::money::{Amount, Overflow, SignedAmount};
use crate::price::{Lots, Price, Side, Tick};
use crate::product::LiquidationTerms;
use crate::rate::Rate;
use crate::time::{HOUR, MINUTE};
use crate::waterfall::house_bears;
use crate::wide::mul_div_down;

/// The least slippage from the mark that a close-out on the book may cost.
const SLIPPAGE: Rate = Rate::ppm(10_000);
/// From when the house takes what the book cannot, in seconds of the clock.
pub const HOUSE_TAKES_AFTER: u64 = HOUR;
/// A clock without a `liquidate` for so long starts anew, in seconds.
pub const CLOCK_EXPIRES: u64 = 2 * HOUR;
/// How old a mark may be for an account to be closed out at it, in seconds.
pub const MARK_MAX_AGE: u64 = HOUR;
/// The share of its position that the house reduces in a block.
const HOUSE_BLOCK_SHARE: Rate = Rate::ppm(100_000);

/// Lots of one series to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseLeg {
    /// The series.
    pub series: SeriesId,
    /// The side that reduces.
    pub side: Side,
    /// How many.
    pub lots: Lots,
}

/// The fees of a close-out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fees {
    /// In place of the taker fee.
    pub liquidation: Amount,
    /// The caller's part of it. Rounded down.
    pub bounty: Amount,
    /// For the risk that insurance bore.
    pub insurance: Amount,
}

impl Fees {
    /// The fees on `notional` closed, rounded up, together never more than `available`: a fee alone never bankrupts.
    /// What lacks, insurance lacks.
    pub fn on(terms: &LiquidationTerms, notional: Amount, available: Amount) -> Result<Self, Overflow> {
        let liquidation = terms.fee.of_up(notional)?.min(available);
        let left = available.checked_sub(liquidation)?;
        let insurance = terms.insurance_fee.of_up(notional)?.min(left);
        Ok(Self { liquidation, bounty: terms.caller_share.of_down(liquidation)?, insurance })
    }
}

/// d(t): what the mark is worsened by after so many seconds of the clock.
pub fn discount(terms: &LiquidationTerms, seconds: u64) -> Result<Rate, Overflow> {
    let minutes = seconds.checked_div(MINUTE).unwrap_or(0);
    let steps = u64::from(terms.discount_step.parts()).saturating_mul(minutes);
    let grown = u32::try_from(steps).unwrap_or(u32::MAX);
    Ok(Rate::ppm(grown).min(terms.discount_max))
}

/// The price at which closing all its lots of the series would cost the account its share of the equity, by
/// maintenance margin: m ∓ E · R / (Σ |q| R · u), on the tick toward the mark, never beyond it. With E ≤ 0: the mark.
pub fn bankruptcy_price(portfolio: &Portfolio, series: SeriesId) -> Result<Option<Price>, Overflow> {
    let Some((holding, leg)) = portfolio.leg(series) else { return Ok(None) };
    let Some(held) = leg.lots.side() else { return Ok(None) };
    let equity = portfolio.equity()?.gain();
    let mut total = Amount::ZERO;
    for holding in &portfolio.holdings {
        for leg in &holding.legs {
            let a_lot = leg.a_lot_up(leg.maintenance, holding.product.unit_value)?;
            let margin = a_lot.base_units().checked_mul(u128::from(leg.lots.size().count()));
            total = total.checked_add(margin.map(Amount::new).ok_or(Overflow("maintenance"))?)?;
        }
    }
    let unit = holding.product.unit_value;
    let a_lot = leg.a_lot_up(leg.maintenance, unit)?;
    let share = mul_div_down(equity.base_units(), a_lot.base_units(), total.base_units())?;
    let units = share.checked_div(u128::from(unit.base_units())).unwrap_or(0);
    Ok(Some(away(leg.mark, units, held, holding.product.tick)))
}

/// `units` below the mark for a long, above it for a short, on the tick toward the mark.
fn away(mark: Price, units: u128, held: Side, tick: Tick) -> Price {
    let from = u128::from(mark.units());
    match held {
        Side::Buy => {
            let price = Price::from_wide(from.saturating_sub(units)).unwrap_or(Price::MIN);
            price.tick_up(tick).map_or(mark, |price| price.min(mark))
        }
        Side::Sell => {
            let price = Price::from_wide(from.saturating_add(units)).unwrap_or(Price::MAX);
            price.tick_down(tick).map_or(mark, |price| price.max(mark))
        }
    }
}

/// The worst price of a close-out order: the best for the account of bankruptcy price and mark ∓ max(1 %, `discount`).
/// The day's limits and the tick are the market's to add.
pub fn worst_price(side: Side, mark: Price, bankruptcy: Price, discount: Rate) -> Result<Price, Overflow> {
    let slippage = SLIPPAGE.max(discount);
    Ok(match side {
        Side::Sell => slippage.below_up(mark)?.max(bankruptcy),
        Side::Buy => slippage.above_down(mark)?.min(bankruptcy),
    })
}

/// What the house reduces of a position in one block: at most a tenth, and at least one lot, so that it always moves.
pub fn house_block(held: Lots) -> Result<Lots, Overflow> {
    let share = HOUSE_BLOCK_SHARE.of_down(Amount::new(u128::from(held.count())))?.base_units();
    let share = u64::try_from(share).map(Lots::new).map_err(|_| Overflow("lots"))?;
    Ok(share.max(Lots::new(1)).min(held))
}

/// The most of a leg that the house may take at `price` and still bear: MM at most `share` of its equity after it.
/// Lots that lower its MM it may take in any case.
pub fn house_takes(
    house: &Portfolio,
    (holding, leg): (&Holding, &Leg),
    price: Price,
    share: Rate,
) -> Result<Lots, Overflow> {
    let before = house.maintenance()?;
    let bears = |count: u64| -> Result<bool, Overflow> {
        let after = taken(house, (holding, leg), price, Lots::new(count))?;
        Ok(house_bears(&after, share)? || after.maintenance()? <= before)
    };
    let whole = leg.lots.size().count();
    if bears(whole)? {
        return Ok(Lots::new(whole));
    }
    // Bears at `low`, not at `high`.
    let (mut low, mut high) = (0, whole);
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        if bears(middle)? { low = middle } else { high = middle }
    }
    Ok(Lots::new(low))
}

/// The house with so many lots of the leg, taken at `price`.
fn taken(house: &Portfolio, (holding, leg): (&Holding, &Leg), price: Price, lots: Lots) -> Result<Portfolio, Overflow> {
    let mut after = house.clone();
    let Some(side) = leg.lots.side() else { return Ok(after) };
    let net = side.net(lots)?;
    let gained: SignedAmount = leg.mark.minus(price).times(net).value(holding.product.unit_value)?;
    if !after.holdings.iter().any(|own| own.id == holding.id) {
        after.holdings.push(Holding { legs: vec![], ..holding.clone() });
    }
    for own in after.holdings.iter_mut().filter(|own| own.id == holding.id) {
        if own.leg(leg.series).is_none() {
            own.legs.push(Leg {
                lots: Default::default(),
                orders: Default::default(),
                unsettled: SignedAmount::ZERO,
                ..leg.clone()
            });
        }
        for own in own.legs.iter_mut().filter(|own| own.series == leg.series) {
            own.lots = own.lots.checked_add(net)?;
            own.unsettled = own.unsettled.checked_add(gained)?;
        }
    }
    Ok(after)
}
