//! What the oracle's fixings say about a series (clauses 4.13, 5.1, 5.2).

use cosmwasm_std::{Addr, QuerierWrapper};
use tokfut_api::oracle::{self, FixingResponse, WindowResponse};
use tokfut_api::raw;
use tokfut_api::wire::Wire;
use tokfut_core::calendar::{FinalWindow, Month};
use tokfut_core::fixing::{Hint, LatestFinal, Standing};
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::mark::{INDEX_MAX_AGE, IndexBasis};
use tokfut_core::money::Overflow;
use tokfut_core::price::{Lots, NetLots, Price};
use tokfut_core::settlement_price::Window;
use tokfut_core::time::{DAILY, DAY, FIXING, Time};

use crate::desk::{Desk, Market};
use crate::error::ContractError;
use crate::state::{Config, WindowBase};

/// A final fixing as a price of the product, with the count of all finals up to and with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixing {
    /// Its value.
    pub price: Price,
    /// When it fixed.
    pub at: Time,
    /// Σ of all finals.
    pub sum: u128,
    /// How many.
    pub count: u64,
    /// Up to when all fixings are final or void: its own time, or that of a void one after it.
    pub settled_to: Time,
    /// Whether the oracle hints that risk should only fall.
    pub hint: Hint,
}

impl Fixing {
    /// Younger than 48 hours.
    pub const fn is_fresh(&self, now: Time) -> bool {
        now.saturating_since(self.at) < INDEX_MAX_AGE
    }
}

/// A value as a fixing; one that is no price is none: the index is gone, and nothing that must go on fails. The feeds of
/// products fix daily.
fn fixing(last: LatestFinal, next: u64, hint: Hint) -> Option<Fixing> {
    let LatestFinal { round, fixing_time: at, value, sum, count, integral: _ } = last;
    let price = Price::from_wide(value).ok()?;
    let void = next.saturating_sub(round).saturating_sub(1);
    let settled_to = Time::new(at.seconds().saturating_add(void.saturating_mul(DAY)));
    Some(Fixing { price, at, sum, count, settled_to, hint })
}

/// The latest final fixing of a feed: one raw read.
pub fn latest(querier: &QuerierWrapper<'_>, oracle: &Addr, feed: u32) -> Result<Option<Fixing>, ContractError> {
    let Some(standing) = raw::read(querier, oracle, &raw::STANDING, &feed)? else { return Ok(None) };
    let Standing { next, latest, hint } = standing;
    Ok(latest.and_then(|latest| fixing(latest, next, hint)))
}

/// The latest final fixing dated at or before the daily time.
pub fn at_daily_time(
    querier: &QuerierWrapper<'_>,
    oracle: &Addr,
    feed: u32,
    day: &Day,
) -> Result<Option<Fixing>, ContractError> {
    let Some(standing) = raw::read(querier, oracle, &raw::STANDING, &feed)? else { return Ok(None) };
    let Standing { next, latest, hint } = standing;
    let Some(latest) = latest else { return Ok(None) };
    if latest.fixing_time <= day.ends {
        return Ok(fixing(latest, next, hint));
    }
    // A strike long after its daily time: later fixings are there already.
    if day.finals == 0 {
        return Ok(None);
    }
    let ask = oracle::QueryMsg::AtOrBefore { feed, time: day.ends };
    let Wire::<FixingResponse>(found) = querier.query_wasm_smart(oracle, &ask)?;
    let FixingResponse { round, fixing_time, value, sum, count, .. } = found;
    let found = LatestFinal { round, fixing_time, value: value.u128(), sum: sum.u128(), count, integral: 0 };
    Ok(fixing(found, next, hint))
}

/// What the oracle has of the time to a daily time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The daily time.
    pub ends: Time,
    /// The final fixings dated at or before it.
    pub finals: u64,
    /// Since when rounds dated at or before it may be settled that are not.
    pub unsettled: Option<Time>,
    /// Whether the index is terminated at it.
    pub terminated: bool,
}

impl Day {
    /// The day that ends at `ends`, as it is at `now`. One question, for rounds are settled in their order; a second
    /// where the day's own round waits for the end of a dispute: then it is the day before that must be settled.
    pub fn ask(
        querier: &QuerierWrapper<'_>,
        oracle: &Addr,
        feed: u32,
        (ends, now): (Time, Time),
    ) -> Result<Self, ContractError> {
        let own = Span::day(ends).query(querier, oracle, feed)?;
        let finals = own.count_before.saturating_add(own.finals);
        let may_be = |known: &WindowResponse| known.complete_from.filter(|from| *from <= now);
        let unsettled = match may_be(&own) {
            _ if own.complete => None,
            Some(from) => Some(from),
            None => {
                let earlier = Span::day(Time::new(ends.seconds().saturating_sub(DAY))).query(querier, oracle, feed)?;
                may_be(&earlier).filter(|_| !earlier.complete)
            }
        };
        Ok(Self { ends, finals, unsettled, terminated: own.terminated })
    }
}

/// Whether a feed is terminated now (clause 7.10).
pub fn is_terminated(querier: &QuerierWrapper<'_>, market: &Market, feed: u32) -> Result<bool, ContractError> {
    Ok(Span::day(market.now).query(querier, &market.config.oracle, feed)?.terminated)
}

/// A window of fixings: the first and last moment whose fixings count, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The beginning of its first day.
    pub from: Time,
    /// The end of its last day.
    pub to: Time,
    /// Its days.
    pub days: u64,
    /// The fixing of its last day.
    pub last_fixing: Time,
}

impl Span {
    /// The window of `month` by the product's rule.
    pub fn of(rule: FinalWindow, month: Month) -> Self {
        let (first, last) = rule.dates(month);
        Self {
            from: first.at(0),
            to: last.at(DAY.saturating_sub(1)),
            days: u64::from(rule.days(month)),
            last_fixing: last.at(FIXING),
        }
    }

    /// The day that ends at a daily time, with it.
    fn day(ends: Time) -> Self {
        let from = Time::new(ends.seconds().saturating_sub(DAY).saturating_add(1));
        let noon = ends.seconds().saturating_sub(DAILY.saturating_sub(FIXING));
        Self { from, to: ends, days: 1, last_fixing: Time::new(noon) }
    }

    /// The part of it up to `time`.
    fn until(self, time: Time) -> Self {
        Self { to: self.to.min(time), ..self }
    }

    /// How many of its fixings are dated after `time`.
    fn after(&self, time: Time) -> u64 {
        self.last_fixing.saturating_since(time).div_ceil(DAY).min(self.days)
    }

    /// What the oracle knows of it.
    pub fn query(
        &self,
        querier: &QuerierWrapper<'_>,
        oracle: &Addr,
        feed: u32,
    ) -> Result<WindowResponse, ContractError> {
        let ask = oracle::QueryMsg::Window { feed, from: self.from, to: self.to };
        let Wire(known) = querier.query_wasm_smart(oracle, &ask)?;
        Ok(known)
    }
}

/// The window's fixings by the market's time, for the final settlement. Of a window that has not begun nobody is asked.
pub fn window(querier: &QuerierWrapper<'_>, then: &Market, desk: &Desk) -> Result<Window, ContractError> {
    let span = Span::of(desk.terms.final_window, desk.series.month);
    if then.now < span.from {
        return Ok(Window { expected: span.days, finals: 0, sum: 0 });
    }
    let known = span.until(then.now).query(querier, &then.config.oracle, desk.terms.feed)?;
    Ok(Window { expected: span.days, finals: known.finals, sum: known.sum.u128() })
}

/// The index leg of a series at the market's time, at `fixing`, the latest final one then; none if that is stale. In
/// the averaging month a half goes toward `toward`.
pub fn leg(
    querier: &QuerierWrapper<'_>,
    market: &Market,
    desk: &Desk,
    fixing: Option<&Fixing>,
    toward: Price,
) -> Result<Option<Price>, ContractError> {
    let Some(fixing) = fixing.filter(|fixing| fixing.is_fresh(market.now)) else { return Ok(None) };
    Ok(basis(querier, market, desk, fixing)?.leg(fixing.price, toward))
}

fn basis(
    querier: &QuerierWrapper<'_>,
    market: &Market,
    desk: &Desk,
    fixing: &Fixing,
) -> Result<IndexBasis, ContractError> {
    let series = &desk.series;
    if market.now < series.month.first_day().at(0) {
        return Ok(IndexBasis::Forward { unclamped: series.unclamped, fixing: series.fixing });
    }
    let span = Span::of(desk.terms.final_window, series.month);
    let (oracle, feed) = (&market.config.oracle, desk.terms.feed);
    let ahead = span.after(fixing.settled_to.min(market.now));
    if fixing.at < span.from {
        return Ok(IndexBasis::Averaging { finals: 0, sum: 0, ahead });
    }
    if let Some(base) = series.window_base.filter(|_| fixing.at <= span.to) {
        let out = || Overflow("window");
        let finals = fixing.count.checked_sub(base.count).ok_or_else(out)?;
        let sum = fixing.sum.checked_sub(base.sum).ok_or_else(out)?;
        return Ok(IndexBasis::Averaging { finals, sum, ahead });
    }
    // At a strike long after its daily time there are later fixings, which it does not see.
    let known = span.until(market.now).query(querier, oracle, feed)?;
    Ok(IndexBasis::Averaging { finals: known.finals, sum: known.sum.u128(), ahead })
}

/// The fixings before the series' window, once a fixing of the window is final: from then on they cannot change, for
/// fixings become final in order.
pub fn window_base(
    querier: &QuerierWrapper<'_>,
    market: &Market,
    desk: &Desk,
    fixing: Option<&Fixing>,
) -> Result<Option<WindowBase>, ContractError> {
    if desk.series.window_base.is_some() {
        return Ok(desk.series.window_base);
    }
    let span = Span::of(desk.terms.final_window, desk.series.month);
    if fixing.is_none_or(|fixing| fixing.at < span.from) {
        return Ok(None);
    }
    let known = span.query(querier, &market.config.oracle, desk.terms.feed)?;
    Ok(Some(WindowBase { sum: known.sum_before.u128(), count: known.count_before }))
}

/// The net lots of an account in a series, as the vault has them.
pub fn net_lots(
    querier: &QuerierWrapper<'_>,
    config: &Config,
    key: (AccountId, SeriesId),
) -> Result<NetLots, ContractError> {
    let position = raw::read(querier, &config.vault, &raw::POSITIONS, &key)?;
    Ok(position.map(|position| position.lots).unwrap_or_default())
}

/// Open interest, one side, as the vault has it; none of it before the vault knows the series.
pub fn open_interest(querier: &QuerierWrapper<'_>, config: &Config, series: SeriesId) -> Result<Lots, ContractError> {
    let clearing = raw::read(querier, &config.vault, &raw::SERIES, &series)?;
    Ok(clearing.map_or(Lots::ZERO, |clearing| clearing.open_interest))
}
