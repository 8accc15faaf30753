//! What the oracle's fixings say about a series (clauses 4.13, 5.1, 5.2).

use cosmwasm_std::{Addr, QuerierWrapper};
use tokfut_api::oracle::{self, FixingResponse, WindowResponse};
use tokfut_api::raw;
use tokfut_api::wire::Wire;
use tokfut_core::calendar::Month;
use tokfut_core::fixing::{Hint, Standing};
use tokfut_core::id::SeriesId;
use tokfut_core::mark::{INDEX_MAX_AGE, IndexBasis};
use tokfut_core::money::Overflow;
use tokfut_core::price::{Lots, Price};
use tokfut_core::product::Product;
use tokfut_core::settlement_price::Window;
use tokfut_core::time::{DAY, FIXING, Time};

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
    /// Whether the oracle hints that risk should only fall.
    pub hint: Hint,
}

impl Fixing {
    /// Younger than 48 hours.
    pub const fn is_fresh(&self, now: Time) -> bool {
        now.saturating_since(self.at) < INDEX_MAX_AGE
    }
}

/// The latest final fixing of a feed: one raw read.
pub fn latest(querier: &QuerierWrapper<'_>, oracle: &Addr, feed: u32) -> Result<Option<Fixing>, ContractError> {
    let Some(standing) = raw::read(querier, oracle, &raw::STANDING, &feed)? else { return Ok(None) };
    let Standing { next: _, latest, hint } = standing;
    let Some(last) = latest else { return Ok(None) };
    let price = Price::from_wide(last.value)?;
    Ok(Some(Fixing { price, at: last.fixing_time, sum: last.sum, count: last.count, hint }))
}

/// The latest final fixing dated at or before `at`.
pub fn at_or_before(
    querier: &QuerierWrapper<'_>,
    oracle: &Addr,
    feed: u32,
    at: Time,
) -> Result<Option<Fixing>, ContractError> {
    let Some(last) = latest(querier, oracle, feed)? else { return Ok(None) };
    if last.at <= at {
        return Ok(Some(last));
    }
    // A strike long after its daily time: later fixings are there already. None before it is no index.
    let asked: Result<Wire<FixingResponse>, _> =
        querier.query_wasm_smart(oracle, &oracle::QueryMsg::AtOrBefore { feed, time: at });
    let Ok(Wire(found)) = asked else { return Ok(None) };
    let price = Price::from_wide(found.value.u128())?;
    Ok(Some(Fixing { price, at: found.fixing_time, sum: found.sum.u128(), count: found.count, hint: last.hint }))
}

/// The settlement window of a month: the first and last moment whose fixings count, and how many there are.
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
    pub fn of(product: &Product, month: Month) -> Self {
        let (first, last) = product.final_window.dates(month);
        Self {
            from: first.at(0),
            to: last.at(DAY.saturating_sub(1)),
            days: u64::from(product.final_window.days(month)),
            last_fixing: last.at(FIXING),
        }
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

/// The window's fixings, for the final settlement. Refused while the oracle has rounds of it to settle that are due:
/// whoever strikes would else choose the fixings that count, for good.
pub fn window(querier: &QuerierWrapper<'_>, then: &Market, desk: &Desk) -> Result<Window, ContractError> {
    let (span, feed) = (Span::of(&desk.product, desk.series.month), desk.product.feed);
    let known = span.query(querier, &then.config.oracle, feed)?;
    if let Some(from) = known.complete_from.filter(|from| *from <= then.now && !known.complete) {
        return Err(ContractError::FixingsDue { series: desk.code(), feed, from });
    }
    Ok(Window { expected: span.days, finals: known.finals, sum: known.sum.u128() })
}

/// The index leg of a series at `now`, at `fixing`; none if the fixing is stale.
pub fn leg(
    querier: &QuerierWrapper<'_>,
    market: &Market,
    desk: &Desk,
    fixing: Option<&Fixing>,
) -> Result<Option<Price>, ContractError> {
    let Some(fixing) = fixing.filter(|fixing| fixing.is_fresh(market.now)) else { return Ok(None) };
    let basis = basis(querier, market, desk, fixing)?;
    Ok(Some(basis.leg(fixing.price, desk.series.settlement)?))
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
    let span = Span::of(&desk.product, series.month);
    if fixing.at < span.from {
        return Ok(IndexBasis::Averaging { finals: 0, sum: 0, expected: span.days });
    }
    if let Some(base) = series.window_base.filter(|_| fixing.at <= span.to) {
        let out = || Overflow("window");
        let finals = fixing.count.checked_sub(base.count).ok_or_else(out)?;
        let sum = fixing.sum.checked_sub(base.sum).ok_or_else(out)?;
        return Ok(IndexBasis::Averaging { finals, sum, expected: span.days });
    }
    let known = span.query(querier, &market.config.oracle, desk.product.feed)?;
    let (finals, sum) = (known.finals, known.sum.u128());
    // No more to come: what is missing was void, and the mean of the finals is what will settle.
    let expected = if known.complete && finals > 0 { finals } else { span.days };
    Ok(IndexBasis::Averaging { finals, sum, expected })
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
    let span = Span::of(&desk.product, desk.series.month);
    if fixing.is_none_or(|fixing| fixing.at < span.from) {
        return Ok(None);
    }
    let known = span.query(querier, &market.config.oracle, desk.product.feed)?;
    Ok(Some(WindowBase { sum: known.sum_before.u128(), count: known.count_before }))
}

/// Open interest, one side, as the vault has it; none of it before the vault knows the series.
pub fn open_interest(querier: &QuerierWrapper<'_>, config: &Config, series: SeriesId) -> Result<Lots, ContractError> {
    let clearing = raw::read(querier, &config.vault, &raw::SERIES, &series)?;
    Ok(clearing.map_or(Lots::ZERO, |clearing| clearing.open_interest))
}
