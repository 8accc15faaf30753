//! Marks: what a lot is worth between two settlements (clause 4.13).

use crate::average::{moved, nearest};
use crate::id::OwnerId;
use crate::limits::DayLimits;
use crate::money::Overflow;
use crate::price::{Lots, Price};
use crate::tape::Recent;
use crate::time::{HOUR, MINUTE, Time};

/// How old the latest final fixing may be before there is no index leg, in seconds.
pub const INDEX_MAX_AGE: u64 = 48 * HOUR;
/// How long the mark must have stood outside the band around the index leg to be let out of it, in seconds.
pub const OUTSIDE: u64 = 10 * MINUTE;
/// Half the width of that band, in percent of the index leg.
const BAND_PERCENT: u64 = 3;
/// Orders a side that the book's depth is measured over.
pub const DEPTH_ORDERS: usize = 16;

/// `floor` lots, or so many parts per million of the open interest, rounded up, whichever is more.
pub fn at_least(floor: u64, ppm: u64, open_interest: Lots) -> Lots {
    // 10^12 lots × 10^6 is far below 2^64.
    let share = open_interest.count().saturating_mul(ppm).div_ceil(1_000_000);
    Lots::new(floor.max(share))
}

/// A live resting order as the depth rule sees it, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Its price.
    pub price: Price,
    /// Its lots.
    pub lots: Lots,
    /// Whose it is.
    pub owner: OwnerId,
}

/// What makes a side of the book firm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// At least this many lots…
    pub lots: Lots,
    /// …of at least this many owners.
    pub owners: usize,
}

impl Depth {
    /// For the mark: max(5 lots, 0.1 % of open interest).
    pub fn for_mark(open_interest: Lots) -> Self {
        Self { lots: at_least(5, 1_000, open_interest), owners: 1 }
    }

    /// For a settlement price: max(20 lots, 1 % of open interest) of two owners.
    pub fn for_settlement(open_interest: Lots) -> Self {
        Self { lots: at_least(20, 10_000, open_interest), owners: 2 }
    }

    /// The firm price of a side: where the first orders of it reach the depth, at most [`DEPTH_ORDERS`] of them; none
    /// if they do not.
    pub fn firm_price<E: From<Overflow>>(
        &self,
        side: impl Iterator<Item = Result<Quote, E>>,
    ) -> Result<Option<Price>, E> {
        let (mut lots, mut owners) = (Lots::ZERO, Vec::new());
        for quote in side.take(DEPTH_ORDERS) {
            let quote = quote?;
            lots = lots.checked_add(quote.lots)?;
            if !owners.contains(&quote.owner) {
                owners.push(quote.owner);
            }
            if lots >= self.lots && owners.len() >= self.owners {
                return Ok(Some(quote.price));
            }
        }
        Ok(None)
    }
}

/// The middle of two firm prices, a half toward `toward`; none if the spread is above 2 % of it.
pub fn mid(bid: Option<Price>, ask: Option<Price>, toward: Price) -> Result<Option<Price>, Overflow> {
    let (Some(bid), Some(ask)) = (bid, ask) else { return Ok(None) };
    let sum = u64::from(bid.units()).saturating_add(u64::from(ask.units()));
    let Some(spread) = u64::from(ask.units()).checked_sub(u64::from(bid.units())) else { return Ok(None) };
    // spread ≤ 2 % of sum / 2
    if spread.saturating_mul(100) > sum {
        return Ok(None);
    }
    nearest(u128::from(sum), 2, toward).map(Some)
}

/// True if `price` is no further than `percent` of `center` from it.
pub fn is_within(price: Price, center: Price, percent: u64) -> bool {
    let distance = u64::from(price.units().abs_diff(center.units()));
    distance.saturating_mul(100) <= u64::from(center.units()).saturating_mul(percent)
}

/// What the fixings say about a series (clauses 4.13 and 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexBasis {
    /// Before the averaging month: T_k, and the fixing f_k it was found at.
    Forward {
        /// T_k.
        unclamped: Price,
        /// f_k.
        fixing: Price,
    },
    /// In the averaging month: the fixings of the settlement window so far.
    Averaging {
        /// j: how many of them are final.
        finals: u64,
        /// j·A: their sum.
        sum: u128,
        /// r: how many may still come, those that are void left out.
        ahead: u64,
    },
}

impl IndexBasis {
    /// The index leg at the latest final fixing: T_k·f/f_k (a half toward T_k), or F* = (j·A + r·f)/(j + r) (a half
    /// toward `toward`). None where that is no price, or the whole window is void.
    pub fn leg(&self, fixing: Price, toward: Price) -> Option<Price> {
        match *self {
            Self::Forward { unclamped, fixing: then } => moved(unclamped, then, fixing).ok(),
            Self::Averaging { finals, sum, ahead } => {
                let rest = u128::from(fixing.units()).checked_mul(u128::from(ahead))?;
                let count = finals.checked_add(ahead)?;
                nearest(sum.checked_add(rest)?, u128::from(count), toward).ok()
            }
        }
    }
}

/// The legs that the mark is made of; each is there only if its conditions hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Legs {
    /// Volume-weighted price of the last five minutes.
    pub trades: Option<Price>,
    /// Middle of the firm prices.
    pub mid: Option<Price>,
    /// What the fixings say.
    pub index: Option<Price>,
}

/// The trade leg: at least max(20 lots, 0.25 % of open interest) among three owners.
pub fn trade_leg(recent: &Recent, open_interest: Lots) -> Option<Price> {
    let enough = recent.lots >= at_least(20, 2_500, open_interest) && recent.owners >= 3;
    recent.average.filter(|_| enough)
}

/// True if a middle of the book can change the mark that the other legs make: not where trades and index agree, nor where
/// one of them stands at S and the other is missing.
pub fn heeds_middle(trades: Option<Price>, index: Option<Price>, settlement: Price) -> bool {
    match (trades, index) {
        (Some(trades), Some(index)) => trades != index,
        (Some(only), None) | (None, Some(only)) => only != settlement,
        (None, None) => true,
    }
}

/// The mark: of three legs the median; of two the one nearer S, then the lower; one; or S. Within the day's limits.
pub fn mark(legs: &Legs, settlement: Price, limits: DayLimits) -> Price {
    let prices: Vec<Price> = [legs.trades, legs.mid, legs.index].into_iter().flatten().collect();
    let price = match prices.as_slice() {
        [a, b, c] => (*a).min(*b).max((*c).min((*a).max(*b))),
        [a, b] => {
            let (lower, higher) = ((*a).min(*b), (*a).max(*b));
            let distance = |price: Price| price.units().abs_diff(settlement.units());
            if distance(higher) < distance(lower) { higher } else { lower }
        }
        [only] => *only,
        _ => settlement,
    };
    limits.clamp(price)
}

/// The mark that margin is measured at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarginMark {
    /// The price.
    pub price: Price,
    /// Since when the mark itself has stood outside the band; none while inside.
    pub outside_since: Option<Time>,
}

/// The margin mark: the mark, held within ± 3 % of the index leg until it has stood outside for ten minutes; and within
/// the day's limits. Without an index leg it is the mark.
pub fn margin_mark(
    mark: Price,
    index: Option<Price>,
    outside_since: Option<Time>,
    now: Time,
    limits: DayLimits,
) -> MarginMark {
    let Some(index) = index.filter(|index| !is_within(mark, *index, BAND_PERCENT)) else {
        return MarginMark { price: mark, outside_since: None };
    };
    let since = outside_since.unwrap_or(now);
    let price = if now.saturating_since(since) >= OUTSIDE { mark } else { limits.clamp(nearest_within(mark, index)) };
    MarginMark { price, outside_since: Some(since) }
}

/// The price within the band around `index` that is nearest to `mark`, which lies outside it; rounded inwards.
fn nearest_within(mark: Price, index: Price) -> Price {
    let center = u64::from(index.units());
    let width = center.saturating_mul(BAND_PERCENT).checked_div(100).unwrap_or(0);
    let units = if mark > index { center.saturating_add(width) } else { center.saturating_sub(width) };
    u32::try_from(units).ok().and_then(|units| Price::new(units).ok()).unwrap_or(index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::Tick;
    use crate::rate::Rate;

    fn price(units: u32) -> Price {
        Price::new(units).unwrap()
    }

    fn limits() -> DayLimits {
        DayLimits::around(price(16_000), Rate::ppm(100_000), Tick::new(10).unwrap()).unwrap()
    }

    fn legs(trades: u32, mid: u32, index: u32) -> Legs {
        let leg = |units| Price::new(units).ok();
        Legs { trades: leg(trades), mid: leg(mid), index: leg(index) }
    }

    #[test]
    fn three_legs_give_the_median_two_the_nearer_one_itself_none_the_settlement_price() {
        let of = |trades, mid, index| mark(&legs(trades, mid, index), price(16_000), limits()).units();
        assert_eq!(of(16_300, 16_100, 16_200), 16_200);
        assert_eq!(of(0, 16_300, 15_800), 15_800);
        assert_eq!(of(16_100, 0, 15_800), 16_100);
        assert_eq!(of(16_200, 15_800, 0), 15_800);
        assert_eq!(of(0, 0, 15_300), 15_300);
        assert_eq!(of(0, 0, 0), 16_000);
        assert_eq!(of(0, 0, 12_480), 14_400);
        assert_eq!(of(0, 20_000, 0), 17_600);
    }

    #[test]
    fn the_middle_is_not_heeded_exactly_where_no_middle_changes_the_mark() {
        let some = [0, 15_990, 16_000, 16_010];
        for (trades, index) in some.into_iter().flat_map(|trades| some.map(|index| (trades, index))) {
            let of = |mid| mark(&legs(trades, mid, index), price(16_000), limits());
            let changes = (15_980..=16_020).any(|mid| of(mid) != of(0));
            let leg = |units| Price::new(units).ok();
            assert_eq!(heeds_middle(leg(trades), leg(index), price(16_000)), changes, "{trades} {index}");
        }
    }

    #[test]
    fn a_leg_needs_its_volume_and_its_owners() {
        let recent = |lots, owners| Recent { lots: Lots::new(lots), owners, average: Some(price(5)) };
        assert_eq!(trade_leg(&recent(20, 3), Lots::new(8_000)), Some(price(5)));
        assert_eq!(trade_leg(&recent(20, 3), Lots::new(8_001)), None);
        assert_eq!(trade_leg(&recent(19, 3), Lots::ZERO), None);
        assert_eq!(trade_leg(&recent(20, 2), Lots::ZERO), None);
    }

    fn quotes(side: &[(u32, u64, u64)]) -> impl Iterator<Item = Result<Quote, Overflow>> {
        side.iter().map(|(units, lots, owner)| {
            Ok(Quote { price: price(*units), lots: Lots::new(*lots), owner: OwnerId(*owner) })
        })
    }

    #[test]
    fn a_side_is_firm_where_its_depth_is_reached() {
        let depth = Depth::for_mark(Lots::new(5_000));
        assert_eq!(depth.firm_price(quotes(&[(100, 1, 1), (99, 4, 1), (98, 9, 1)])).unwrap(), Some(price(99)));
        assert_eq!(depth.firm_price(quotes(&[(100, 4, 1)])).unwrap(), None);
        let settle = Depth::for_settlement(Lots::new(2_100));
        assert_eq!(settle.lots, Lots::new(21));
        assert_eq!(settle.firm_price(quotes(&[(100, 30, 1), (98, 1, 2)])).unwrap(), Some(price(98)));
        assert_eq!(settle.firm_price(quotes(&[(100, 30, 1), (98, 1, 1)])).unwrap(), None);
        let thin: Vec<_> = (0..17).map(|_| (100, 1, 1)).collect();
        assert_eq!(Depth { lots: Lots::new(17), owners: 1 }.firm_price(quotes(&thin)).unwrap(), None);
    }

    #[test]
    fn the_mid_needs_a_spread_of_two_percent_at_most() {
        let of = |bid, ask| mid(Some(price(bid)), Some(price(ask)), price(1)).unwrap().map(Price::units);
        assert_eq!(of(9_900, 10_100), Some(10_000));
        assert_eq!(of(9_899, 10_100), None);
        assert_eq!(of(9_999, 10_000), Some(9_999));
        assert_eq!(mid(Some(price(9_999)), Some(price(10_000)), price(10_000)).unwrap(), Some(price(10_000)));
        assert_eq!(of(10_001, 10_000), None);
        assert_eq!(mid(None, Some(price(1)), price(1)).unwrap(), None);
    }

    #[test]
    fn the_index_leg_moves_with_the_fixing_and_then_becomes_the_months_average() {
        let forward = IndexBasis::Forward { unclamped: price(16_000), fixing: price(15_000) };
        assert_eq!(forward.leg(price(15_300), price(1)).unwrap().units(), 16_320);
        let month = |ahead| IndexBasis::Averaging { finals: 29, sum: 29 * 18_230, ahead };
        assert_eq!(month(2).leg(price(16_489), price(1)).unwrap().units(), 18_118);
        assert_eq!(month(0).leg(price(16_489), price(1)).unwrap().units(), 18_230);
        let none = IndexBasis::Averaging { finals: 0, sum: 0, ahead: 5 };
        assert_eq!(none.leg(price(16_489), price(1)).unwrap().units(), 16_489);
    }

    #[test]
    fn an_index_leg_that_is_no_price_is_none() {
        let risen = IndexBasis::Forward { unclamped: Price::MAX, fixing: price(1) };
        assert_eq!(risen.leg(price(2), price(1)), None);
        assert_eq!(IndexBasis::Averaging { finals: 0, sum: 0, ahead: 0 }.leg(price(1), price(1)), None);
        assert_eq!(IndexBasis::Averaging { finals: 1, sum: 1_000_000_001, ahead: 0 }.leg(price(1), price(1)), None);
        assert_eq!(IndexBasis::Averaging { finals: 1, sum: u128::MAX, ahead: 1 }.leg(price(1), price(1)), None);
    }

    #[test]
    fn a_half_of_the_months_average_goes_toward_the_given_price() {
        let half = IndexBasis::Averaging { finals: 1, sum: 100, ahead: 1 };
        assert_eq!(half.leg(price(101), price(1)), Some(price(100)));
        assert_eq!(half.leg(price(101), price(200)), Some(price(101)));
    }

    #[test]
    fn the_margin_mark_leaves_the_band_only_after_ten_minutes() {
        let at = |raw, since: Option<u64>, now| {
            let held = margin_mark(price(raw), Some(price(16_000)), since.map(Time::new), Time::new(now), limits());
            (held.price.units(), held.outside_since.map(Time::seconds))
        };
        assert_eq!(at(16_480, Some(5), 100), (16_480, None));
        assert_eq!(at(16_481, None, 100), (16_480, Some(100)));
        assert_eq!(at(15_000, Some(100), 699), (15_520, Some(100)));
        assert_eq!(at(15_000, Some(100), 700), (15_000, Some(100)));
        let free = margin_mark(price(15_000), None, Some(Time::new(1)), Time::new(2), limits());
        assert_eq!(free, MarginMark { price: price(15_000), outside_since: None });
        let far = margin_mark(price(14_400), Some(price(12_480)), None, Time::new(2), limits());
        assert_eq!(far.price.units(), 14_400);
    }
}
