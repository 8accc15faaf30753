//! Settlement prices: the daily one, method by method, and the final one (clauses 5.1, 5.2).

use serde::{Deserialize, Serialize};

use crate::average::nearest;
use crate::limits::DayLimits;
use crate::mark::{at_least, is_within};
use crate::money::Overflow;
use crate::price::{Lots, Price};
use crate::tape::Totals;

/// How far an average may lie from the index leg before it needs ten times the volume, in percent; and the book's mid
/// at most.
const INDEX_PERCENT: u64 = 3;
/// How far a price of the day or of the book may lie from what the anchor expects, in percent.
const ANCHOR_PERCENT: u128 = 5;
/// Trades that an average needs.
const TRADES: u32 = 3;
/// Distinct unordered pairs of owners that an average needs.
const PAIRS: usize = 2;
/// Seconds before the daily time since when the orders of the book's mid must have stood.
pub const STOOD_BEFORE_STRIKE: u64 = 300;
/// Daily settlement prices that the final one falls back on.
pub const FALLBACK_PRICES: usize = 5;

/// How a settlement price came about; the number is published.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Volume-weighted average of the last 30 minutes.
    Late,
    /// Volume-weighted average of the day.
    Day,
    /// Middle of the book.
    Book,
    /// The index leg.
    Index,
    /// The previous one.
    Previous,
    /// Final: the window's mean, at least 80 % of it final.
    FinalMean,
    /// Final: the window's mean, at least half of it final.
    FinalThinMean,
    /// Final: the mean of the last five daily settlement prices.
    FinalFallback,
    /// Final: the same, before last trading, for the index is terminated (clause 7.10).
    Terminated,
}

impl Method {
    /// The number of the rule in clause 5.1, 1 to 6; 21 to 24 for the final settlement's methods in their order.
    pub const fn number(self) -> u8 {
        match self {
            Self::Late => 1,
            Self::Day => 2,
            Self::Book => 3,
            Self::Index => 5,
            Self::Previous => 6,
            Self::FinalMean => 21,
            Self::FinalThinMean => 22,
            Self::FinalFallback => 23,
            Self::Terminated => 24,
        }
    }

    /// True if no price of the series comes after it: from 21 on.
    pub const fn is_final(self) -> bool {
        self.number() > 20
    }
}

/// B = S/f at the last strike by method 1, or at the listing: what keeps a month that nobody trades near its fixings.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// S.
    pub price: Price,
    /// f.
    pub fixing: Price,
}

impl Anchor {
    /// True if `price` is within 5 % of B·f, exactly.
    fn admits(self, price: Price, fixing: Price) -> bool {
        let [p, f, s, then] = [price, fixing, self.price, self.fixing].map(|price| u128::from(price.units()));
        let expected = s.saturating_mul(f);
        p.saturating_mul(then).abs_diff(expected).saturating_mul(100) <= expected.saturating_mul(ANCHOR_PERCENT)
    }
}

/// Everything a daily settlement price is decided on. The book and the trades are those at the daily time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// S_{k−1}.
    pub previous: Price,
    /// T_{k−1}.
    pub previous_unclamped: Price,
    /// The limits of the day that ends.
    pub limits: DayLimits,
    /// Open interest.
    pub open_interest: Lots,
    /// The counting trades of the last half hour.
    pub late: Totals,
    /// The counting trades of the day.
    pub day: Totals,
    /// The middle of the book's firm prices for settlement.
    pub mid: Option<Price>,
    /// The index leg; none while the index is stale.
    pub index: Option<Price>,
    /// f; none while the index is stale.
    pub fixing: Option<Price>,
    /// B.
    pub anchor: Anchor,
}

/// A settlement price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// S_k: T_k within the day's limits.
    pub price: Price,
    /// T_k.
    pub unclamped: Price,
    /// How it came about.
    pub method: Method,
}

/// The daily settlement price: the first method that applies. T_k is what it finds, S_k is T_k clamped; so what a
/// limit cuts off comes back the next day.
pub fn daily(facts: &Facts) -> Result<Settled, Overflow> {
    let (unclamped, method) = found(facts)?;
    Ok(Settled { price: facts.limits.clamp(unclamped), unclamped, method })
}

fn found(facts: &Facts) -> Result<(Price, Method), Overflow> {
    let interest = facts.open_interest;
    if let Some(price) = proven(facts, &facts.late, at_least(20, 5_000, interest))? {
        return Ok((price, Method::Late));
    }
    let day = proven(facts, &facts.day, at_least(10, 2_500, interest))?;
    if let Some(price) = day.filter(|price| admitted(facts, *price)) {
        return Ok((price, Method::Day));
    }
    let near_index = |price: &Price| facts.index.is_some_and(|index| is_within(*price, index, INDEX_PERCENT));
    if let Some(price) = facts.mid.filter(near_index).filter(|price| admitted(facts, *price)) {
        return Ok((price, Method::Book));
    }
    Ok(match facts.index {
        Some(price) => (price, Method::Index),
        None => (facts.previous_unclamped, Method::Previous),
    })
}

/// The average of `totals` if they prove a price: `volume` lots, three trades, two pairs of owners; ten times the
/// volume if it lies beyond 3 % of the index leg, or there is none: nothing else holds few trades to what the month is
/// worth, and a silent index ends at these prices.
fn proven(facts: &Facts, totals: &Totals, volume: Lots) -> Result<Option<Price>, Overflow> {
    let Some(price) = totals.average(facts.previous_unclamped)? else { return Ok(None) };
    let far = facts.index.is_none_or(|index| !is_within(price, index, INDEX_PERCENT));
    let volume = if far { Lots::new(volume.count().saturating_mul(10)) } else { volume };
    let enough = totals.lots >= volume && totals.trades >= TRADES && totals.pairs() >= PAIRS;
    Ok(enough.then_some(price))
}

fn admitted(facts: &Facts, price: Price) -> bool {
    facts.fixing.is_none_or(|fixing| facts.anchor.admits(price, fixing))
}

/// Why a series ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its last trading is over, and its window can get no fixing any more.
    Expiry,
    /// Its index is terminated before that (clause 7.10).
    Termination,
}

impl End {
    /// What it falls back on where the window has no mean.
    const fn fallback(self) -> Method {
        match self {
            Self::Expiry => Method::FinalFallback,
            Self::Termination => Method::Terminated,
        }
    }
}

/// What the oracle knows of a settlement window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Fixings it has.
    pub expected: u64,
    /// How many of them are final.
    pub finals: u64,
    /// Their sum.
    pub sum: u128,
}

/// The final settlement price: the mean of the window's final fixings if at least half of them are there and it is a
/// price, else the mean of the last daily settlement prices (at most five, latest first); to the nearest unit, a half
/// toward the previous one. No limit clamps it. A termination takes no mean away: it asks of the window what an expiry
/// would if no fixing came any more.
pub fn last(end: End, window: &Window, daily_prices: &[Price], previous: Price) -> Result<Settled, Overflow> {
    let reaches = |percent: u64| window.finals.saturating_mul(100) >= window.expected.saturating_mul(percent);
    let mean = nearest(window.sum, u128::from(window.finals), previous).ok();
    if let Some(price) = mean.filter(|_| reaches(50)) {
        let method = if reaches(80) { Method::FinalMean } else { Method::FinalThinMean };
        return Ok(Settled { price, unclamped: price, method });
    }
    let (mut sum, mut count) = (u128::from(0u8), 0u128);
    for price in daily_prices.iter().take(FALLBACK_PRICES) {
        sum = sum.saturating_add(u128::from(price.units()));
        count = count.saturating_add(1);
    }
    let price = if count == 0 { previous } else { nearest(sum, count, previous)? };
    Ok(Settled { price, unclamped: price, method: end.fallback() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects)]
    use super::*;
    use crate::id::OwnerId;
    use crate::mark::IndexBasis;
    use crate::price::Tick;
    use crate::rate::Rate;
    use crate::tape::{Tape, Trade};
    use crate::time::Time;

    const AT: Time = Time::new(1_000_000);

    fn price(units: u32) -> Price {
        Price::new(units).unwrap()
    }

    fn limits(settlement: u32) -> DayLimits {
        DayLimits::around(price(settlement), Rate::ppm(100_000), Tick::new(10).unwrap()).unwrap()
    }

    fn traded(trades: &[(u32, u64)]) -> Totals {
        let mut tape = Tape::new(AT);
        for (index, (units, lots)) in trades.iter().enumerate() {
            let owners = (OwnerId(1), OwnerId(2 + u64::try_from(index).unwrap()));
            tape.count(&Trade { at: Time::new(0), price: price(*units), lots: Lots::new(*lots), owners }).unwrap();
        }
        tape.day(AT)
    }

    fn facts() -> Facts {
        Facts {
            previous: price(16_000),
            previous_unclamped: price(16_000),
            limits: limits(16_000),
            open_interest: Lots::ZERO,
            late: Totals::default(),
            day: Totals::default(),
            mid: None,
            index: Some(price(16_100)),
            fixing: Some(price(16_100)),
            anchor: Anchor { price: price(16_000), fixing: price(16_000) },
        }
    }

    fn settled(facts: &Facts) -> (u32, u32, u8) {
        let Settled { price, unclamped, method } = daily(facts).unwrap();
        (price.units(), unclamped.units(), method.number())
    }

    #[test]
    fn a_fall_beyond_the_limit_arrives_in_full_day_by_day() {
        let fixings = [16_000, 12_480, 12_480, 12_480];
        let (mut s, mut t, mut f, mut path) = (price(16_000), price(16_000), price(16_000), vec![]);
        for fixing in fixings.map(price) {
            let index = IndexBasis::Forward { unclamped: t, fixing: f }.leg(fixing, s).unwrap();
            let facts = Facts {
                previous: s,
                previous_unclamped: t,
                limits: limits(s.units()),
                index: Some(index),
                fixing: Some(fixing),
                ..facts()
            };
            let Settled { price, unclamped, .. } = daily(&facts).unwrap();
            (s, t, f) = (price, unclamped, fixing);
            path.push(s.units());
        }
        assert_eq!(path, [16_000, 14_400, 12_960, 12_480]);
    }

    #[test]
    fn the_first_method_that_applies_is_taken() {
        let trades = traded(&[(16_200, 7), (16_200, 7), (16_210, 7)]);
        let late = Facts { late: trades.clone(), day: trades.clone(), mid: Some(price(16_150)), ..facts() };
        assert_eq!(settled(&late), (16_203, 16_203, 1));
        assert_eq!(settled(&Facts { late: Totals::default(), ..late.clone() }), (16_203, 16_203, 2));
        let book = Facts { late: Totals::default(), day: Totals::default(), ..late };
        assert_eq!(settled(&book), (16_150, 16_150, 3));
        assert_eq!(settled(&facts()), (16_100, 16_100, 5));
        let stale = Facts { index: None, fixing: None, previous_unclamped: price(15_990), ..facts() };
        assert_eq!(settled(&stale), (15_990, 15_990, 6));
    }

    #[test]
    fn an_average_needs_its_volume_its_trades_and_its_pairs() {
        let method = |late: Totals, day: Totals, interest| {
            settled(&Facts { late, day, open_interest: Lots::new(interest), ..facts() }).2
        };
        let of = |lots: &[u64]| traded(&lots.iter().map(|lots| (16_100, *lots)).collect::<Vec<_>>());
        assert_eq!(method(of(&[10, 5, 5]), Totals::default(), 4_000), 1);
        assert_eq!(method(of(&[10, 5, 5]), Totals::default(), 4_001), 5);
        assert_eq!(method(of(&[10, 5, 4]), Totals::default(), 0), 5);
        assert_eq!(method(of(&[10, 10]), Totals::default(), 0), 5);
        assert_eq!(method(Totals::default(), of(&[4, 3, 3]), 4_000), 2);
        assert_eq!(method(Totals::default(), of(&[4, 3, 3]), 4_001), 5);
        let mut one_pair = Tape::new(AT);
        for _ in 0..3 {
            let owners = (OwnerId(1), OwnerId(2));
            one_pair.count(&Trade { at: Time::new(0), price: price(16_100), lots: Lots::new(50), owners }).unwrap();
        }
        assert_eq!(method(one_pair.day(AT), one_pair.day(AT), 0), 5);
    }

    #[test]
    fn an_average_that_no_index_leg_is_near_needs_ten_times_the_volume() {
        let with = |lots| Facts { late: traded(&[(16_590, lots), (16_590, 1), (16_590, 1)]), ..facts() };
        assert_eq!(settled(&with(197)), (16_100, 16_100, 5));
        assert_eq!(settled(&with(198)), (16_590, 16_590, 1));
        let near = Facts { late: traded(&[(16_583, 18), (16_583, 1), (16_583, 1)]), ..facts() };
        assert_eq!(settled(&near), (16_583, 16_583, 1));
        let silent = |lots| settled(&Facts { index: None, fixing: None, ..with(lots) });
        assert_eq!([silent(197), silent(198)], [(16_000, 16_000, 6), (16_590, 16_590, 1)]);
    }

    #[test]
    fn beyond_five_percent_of_the_anchor_the_day_and_the_book_do_not_count() {
        let anchor = Anchor { price: price(8_000), fixing: price(16_000) };
        let day = |units| Facts {
            anchor,
            index: Some(price(8_400)),
            fixing: Some(price(16_000)),
            day: traded(&[(units, 500), (units, 1), (units, 1)]),
            ..facts()
        };
        assert_eq!(settled(&day(8_400)).2, 2);
        assert_eq!(settled(&day(8_401)).2, 5);
        let book = |units| Facts {
            anchor,
            index: Some(price(8_400)),
            fixing: Some(price(16_000)),
            mid: Some(price(units)),
            ..facts()
        };
        assert_eq!(settled(&book(8_400)).2, 3);
        assert_eq!(settled(&book(8_401)).2, 5);
        let late = Facts { late: traded(&[(8_401, 500), (8_401, 1), (8_401, 1)]), ..day(8_401) };
        assert_eq!(settled(&late).2, 1);
    }

    #[test]
    fn the_books_mid_counts_only_near_the_index_leg() {
        let book =
            |mid, index: Option<u32>| settled(&Facts { mid: Some(price(mid)), index: index.map(price), ..facts() }).2;
        assert_eq!([book(16_583, Some(16_100)), book(16_584, Some(16_100)), book(16_000, None)], [3, 5, 6]);
    }

    #[test]
    fn the_final_price_is_the_windows_mean_of_final_fixings() {
        let july = Window { expected: 31, finals: 31, sum: 29 * 18_230 + 2 * 16_489 };
        let of = |window: &Window, previous| {
            let settled = last(End::Expiry, window, &[price(100), price(101), price(104)], price(previous)).unwrap();
            (settled.price.units(), settled.method.number())
        };
        assert_eq!(of(&july, 18_000), (18_118, 21));
        assert_eq!(of(&Window { expected: 10, finals: 8, sum: 84 }, 100), (11, 21));
        assert_eq!(of(&Window { expected: 10, finals: 8, sum: 84 }, 1), (10, 21));
        assert_eq!(of(&Window { expected: 10, finals: 7, sum: 70 }, 1), (10, 22));
        assert_eq!(of(&Window { expected: 10, finals: 5, sum: 50 }, 1), (10, 22));
        assert_eq!(of(&Window { expected: 10, finals: 4, sum: 40 }, 1), (102, 23));
        assert_eq!(of(&Window { expected: 0, finals: 0, sum: 0 }, 1), (102, 23));
        // A mean above 10^9 units is no price.
        assert_eq!(of(&Window { expected: 2, finals: 2, sum: 2_000_000_001 }, 1), (1_000_000_000, 21));
        assert_eq!(of(&Window { expected: 2, finals: 2, sum: 2_000_000_002 }, 1), (102, 23));
    }

    #[test]
    fn a_terminated_month_keeps_a_mean_of_half_its_window_and_else_falls_back_under_a_number_of_its_own() {
        let of = |finals: u64| {
            let window = Window { expected: 31, finals, sum: u128::from(finals) * 10 };
            let ended = |end| last(end, &window, &[price(100), price(101), price(104)], price(1)).unwrap();
            let [expired, terminated] = [End::Expiry, End::Termination].map(ended);
            assert_eq!((expired.price, expired.unclamped), (terminated.price, terminated.unclamped));
            (terminated.price.units(), expired.method.number(), terminated.method.number())
        };
        assert_eq!([of(25), of(24), of(16), of(15)], [(10, 21, 21), (10, 22, 22), (10, 22, 22), (102, 23, 24)]);
        assert!(Method::Terminated.is_final() && Method::FinalMean.is_final() && !Method::Previous.is_final());
    }

    #[test]
    fn the_fall_back_is_the_mean_of_the_last_five_daily_prices() {
        let none = Window { expected: 31, finals: 0, sum: 0 };
        let prices: Vec<Price> = [10, 20, 30, 40, 51, 1_000].map(price).to_vec();
        assert_eq!(last(End::Expiry, &none, &prices, price(7)).unwrap().price.units(), 30);
        assert_eq!(last(End::Expiry, &none, &[], price(7)).unwrap().price.units(), 7);
    }
}
