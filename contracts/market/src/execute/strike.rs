//! `strike`: one settlement price for every series of a product, at its daily time (clauses 4.5, 5.1, 5.2).

use cosmwasm_std::{DepsMut, Env, MessageInfo, Order, QuerierWrapper, Response, Storage};
use tokfut_api::clearing::StruckPrice;
use tokfut_api::event::EventLog;
use tokfut_api::market::{ExecuteMsg, ProductTerminated, Struck};
use tokfut_api::{oracle, vault};
use tokfut_core::calendar::{FinalWindow, Month, last_trading};
use tokfut_core::id::{ProductId, SeriesId};
use tokfut_core::mark::Depth;
use tokfut_core::money::Overflow;
use tokfut_core::price::Price;
use tokfut_core::series::Status;
use tokfut_core::settlement_price::{
    self as rules, Anchor, End, FALLBACK_PRICES, Facts, Method, STOOD_BEFORE_STRIKE, Settled,
};
use tokfut_core::time::{DAY, Time};
use tokfut_storage::Key;

use super::{call, respond};
use crate::commit;
use crate::desk::{self, Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::index::{self, Day, Fixing, Span};
use crate::marks::{self, LOOKED_AT, Middle};
use crate::state::{ACTIVE, Board, CONFIG, Diary, SERIES, SETTLEMENTS, Series, SettlementRecord, TAPES};

/// The most rounds that the oracle settles in one message.
const ROUNDS: u32 = 30;

/// Strikes the product for the last daily time passed, once one is due. The fixings that may be final come first: if the
/// oracle has not settled them it is told to, and the strike begins anew, sent by the market itself, so that whoever
/// strikes cannot leave one out.
// Out of line: it and `execute` together come near the 100 locals the VM takes.
#[inline(never)]
pub fn strike(deps: DepsMut<'_>, env: &Env, info: &MessageInfo, code: &str) -> Result<Response, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let (product, Board { terms, diary }) = desk::product_by_code(&market.config, code)?;
    if !diary.is_strike_due(market.now) {
        let due = diary.due.map_or_else(|| "a listing".to_string(), |due| due.to_string());
        return Err(Refusal::StrikeNotDue { product: code.to_string(), due }.into());
    }
    let at = market.now.last_daily_time();
    let (oracle, feed) = (&market.config.oracle, terms.feed);
    let day = Day::ask(&deps.querier, oracle, feed, (at, market.now))?;
    match day.unsettled {
        None => {}
        Some(from) if info.sender == env.contract.address => return Err(Refusal::FixingsDue { feed, from }.into()),
        Some(_) => {
            let fixings = call(oracle, &oracle::ExecuteMsg::Finalise { feed, limit: Some(ROUNDS) })?;
            let again = call(&env.contract.address, &ExecuteMsg::Strike { product: code.to_string() })?;
            return Ok(Response::new().add_message(fixings).add_message(again));
        }
    }
    let fixing = index::at_daily_time(&deps.querier, oracle, feed, &day)?;
    // Everything below sees the market at the daily time, not at the message.
    let then = Market { now: at, ..market };
    strike_all(deps, &then, product, (&day, fixing.as_ref()))
}

/// Strikes every series of the product that is due at the daily time. On a terminated index all that still trade have
/// their final settlement; one past last trading has it when it would have had it, and no fixing of its window is lost.
fn strike_all(
    deps: DepsMut<'_>,
    then: &Market,
    product: ProductId,
    (day, fixing): (&Day, Option<&Fixing>),
) -> Result<Response, ContractError> {
    let at = then.now;
    let Board { terms, diary } = then.config.board(product)?;
    let cycle = diary.cycle.checked_add(1).ok_or(Overflow("cycle"))?;
    let active = ACTIVE.may_load(deps.storage, &product)?.unwrap_or_default();
    let (mut log, mut prices, mut left, mut months) = (EventLog::default(), vec![], vec![], vec![]);
    let mut ended = false;
    for id in active {
        let desk = Desk::load(deps.storage, &then.config, id)?;
        let settled = match step(terms.final_window, desk.series.month, at) {
            Step::Daily if day.terminated => {
                ended = true;
                last(deps.storage, deps.querier, then, &desk, End::Termination)?
            }
            Step::Daily => daily(deps.storage, deps.querier, then, &desk, fixing)?,
            Step::Final => last(deps.storage, deps.querier, then, &desk, End::Expiry)?,
            Step::Wait => {
                left.push(id);
                months.push(desk.series.month);
                continue;
            }
        };
        let is_last = settled.method.is_final();
        let series = next_series(deps.querier, then, &desk, settled, fixing)?;
        write(deps.storage, then, (id, &series), (cycle, settled))?;
        let Settled { price, unclamped, method } = settled;
        let method = u16::from(method.number());
        log.push(Struck { series: id, cycle, at, price, unclamped, method, last: is_last });
        prices.push(StruckPrice { series: id, price, last: is_last, limit: series.limit });
        if !is_last {
            left.push(id);
            months.push(series.month);
        }
    }
    if ended {
        log.push(ProductTerminated { product: u16::from(product.0), cycle, at });
    }
    ACTIVE.save(deps.storage, &product, &left)?;
    let due = next_due(terms.final_window, months.into_iter(), at);
    let config = then.config.clone().with_diary(product, Diary { cycle, last_strike: Some(at), due });
    CONFIG.save(deps.storage, &config)?;
    respond(&config, &vault::ExecuteMsg::Strike { product, at, prices }, log)
}

/// What a strike at `at` does to a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It has a daily settlement; its final one if the index is terminated.
    Daily,
    /// It has its final settlement.
    Final,
    /// Past last trading, and its final settlement price is not frozen yet.
    Wait,
}

fn step(window: FinalWindow, month: Month, at: Time) -> Step {
    if at < last_trading(month) {
        Step::Daily
    } else if at >= frozen_at(window, month) {
        Step::Final
    } else {
        Step::Wait
    }
}

/// From when the final settlement price cannot change any more: 24 hours after the window's last fixing.
fn frozen_at(window: FinalWindow, month: Month) -> Time {
    let last = Span::of(window, month).last_fixing;
    last.checked_add(DAY).unwrap_or(Time::MAX)
}

/// The first daily time after `after` at which a strike of these months does anything.
pub fn next_due(window: FinalWindow, months: impl Iterator<Item = Month>, after: Time) -> Option<Time> {
    let next = after.next_daily_time();
    let of_month = |month| match step(window, month, next) {
        Step::Daily | Step::Final => next,
        Step::Wait => {
            let frozen = frozen_at(window, month);
            // A daily time is due from itself on.
            if frozen.last_daily_time() == frozen { frozen } else { frozen.next_daily_time() }
        }
    };
    months.map(of_month).min()
}

/// By clause 5.1. The book is asked only where trades do not prove a price.
fn daily(
    storage: &dyn Storage,
    querier: QuerierWrapper<'_>,
    then: &Market,
    desk: &Desk,
    fixing: Option<&Fixing>,
) -> Result<Settled, ContractError> {
    let tape = commit::load_tape(storage, then, desk)?;
    let series = &desk.series;
    let facts = Facts {
        previous: series.settlement,
        previous_unclamped: series.unclamped,
        limits: desk.limits,
        open_interest: index::open_interest(&querier, &then.config, desk.id)?,
        late: tape.late(then.now),
        day: tape.day(then.now),
        mid: None,
        index: index::leg(&querier, then, desk, fixing, series.unclamped)?,
        fixing: fixing.filter(|fixing| fixing.is_fresh(then.now)).map(|fixing| fixing.price),
        anchor: series.anchor,
    };
    let by_trades = rules::daily(&facts)?;
    if matches!(by_trades.method, Method::Late | Method::Day) {
        return Ok(by_trades);
    }
    let seconds = then.now.seconds();
    // Orders good until the daily time are in the book that is looked at.
    let how = Middle {
        depth: Depth::for_settlement(facts.open_interest),
        live: Time::new(seconds.saturating_sub(1)),
        placed_by: Time::new(seconds.saturating_sub(STOOD_BEFORE_STRIKE)),
        toward: series.unclamped,
        dead: LOOKED_AT,
    };
    let (mid, _) = marks::middle(storage, querier, &then.config, desk, how)?;
    Ok(rules::daily(&Facts { mid, ..facts })?)
}

/// By clause 5.2.
fn last(
    storage: &dyn Storage,
    querier: QuerierWrapper<'_>,
    then: &Market,
    desk: &Desk,
    end: End,
) -> Result<Settled, ContractError> {
    let window = index::window(&querier, then, desk)?;
    let daily: Vec<Price> = SETTLEMENTS
        .range(storage, &desk.id.bytes(), None, Order::Descending)
        .take(FALLBACK_PRICES)
        .map(|row| row.map(|(_, settlement)| settlement.price))
        .collect::<Result<_, _>>()?;
    Ok(rules::last(end, &window, &daily, desk.series.settlement)?)
}

/// The series as it goes on into the next cycle.
fn next_series(
    querier: QuerierWrapper<'_>,
    then: &Market,
    desk: &Desk,
    settled: Settled,
    fixing: Option<&Fixing>,
) -> Result<Series, ContractError> {
    let Settled { price, unclamped, method } = settled;
    let (old, is_last) = (&desk.series, method.is_final());
    let status = if is_last { old.expired(then.now)?.transition(Status::Settled)? } else { old.status };
    // T that did not follow the fixings keeps the fixing it was found at: their move comes with the next index leg.
    let fixing_price = match method {
        Method::Previous => old.fixing,
        _ => fixing.map_or(old.fixing, |fixing| fixing.price),
    };
    let anchor = match method {
        Method::Late => Anchor { price, fixing: fixing_price },
        _ => old.anchor,
    };
    let window_base = if is_last { old.window_base } else { index::window_base(&querier, then, desk, fixing)? };
    Ok(Series {
        product: old.product,
        month: old.month,
        status,
        opens_at: old.opens_at,
        listed_at: old.listed_at,
        settlement: price,
        unclamped,
        fixing: fixing_price,
        limit: desk.terms.daily_limit,
        anchor,
        window_base,
    })
}

fn write(
    storage: &mut dyn Storage,
    then: &Market,
    (id, series): (SeriesId, &Series),
    (cycle, settled): (u32, Settled),
) -> Result<(), ContractError> {
    let Settled { price, unclamped, method } = settled;
    SERIES.save(storage, &id, series)?;
    SETTLEMENTS.save(storage, &(id, cycle), &SettlementRecord { at: then.now, price, unclamped, method })?;
    if let Some(tape) = TAPES.may_load(storage, &id)? {
        TAPES.save(storage, &id, &tape.next_day(then.now.next_daily_time()))?;
    }
    Ok(())
}
