//! `list_series`: the calendar says which months exist, anyone may say so (clause 2.2).

use cosmwasm_std::{DepsMut, Env, Response, Storage};
use tokfut_api::clearing::NewSeries;
use tokfut_api::event::EventLog;
use tokfut_api::market::SeriesListed;
use tokfut_api::vault;
use tokfut_core::calendar::Month;
use tokfut_core::id::{ProductId, SeriesId};
use tokfut_core::money::Overflow;
use tokfut_core::price::Price;
use tokfut_core::series::Status;
use tokfut_core::settlement_price::Anchor;
use tokfut_core::time::Time;

use super::respond;
use super::strike::next_due;
use crate::desk::{self, Market};
use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::index::{self, Fixing};
use crate::state::{ACTIVE, CONFIG, Diary, SERIES, Series, Terms};

/// Lists every month that the rule asks for and that is not there.
pub fn list_series(deps: DepsMut<'_>, env: &Env, code: &str) -> Result<Response, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let (product_id, board) = desk::product_by_code(&market.config, code)?;
    guard::not_due(&market, product_id)?;
    let (terms, diary) = (board.terms, board.diary.clone());
    let months = listable(deps.storage, product_id, market.now)?;
    if months.is_empty() {
        return Err(Refusal::NothingToList(code.to_string()).into());
    }
    if index::is_terminated(&deps.querier, &market, terms.feed)? {
        return Err(Refusal::IndexTerminated { product: code.to_string(), feed: terms.feed }.into());
    }
    let fixing = index::latest(&deps.querier, &market.config.oracle, terms.feed)?;
    let mut active = ACTIVE.may_load(deps.storage, &product_id)?.unwrap_or_default();
    let mut known = active.iter().map(|id| Series::load(deps.storage, *id)).collect::<Result<Vec<Series>, _>>()?;
    let (mut log, mut new) = (EventLog::default(), vec![]);
    for month in months {
        let start = reference(&known, month, fixing.as_ref());
        let no_reference = || Refusal::NoReferencePrice { product: code.to_string(), feed: terms.feed };
        let series = first_day((product_id, &terms), month, market.now, start.ok_or_else(no_reference)?)?;
        let id = SeriesId::of(product_id, month).ok_or(Overflow("series"))?;
        SERIES.save(deps.storage, &id, &series)?;
        let series_code = series.code(&terms);
        active.push(id);
        log.push(SeriesListed { series: id, code: series_code.to_string(), price: series.settlement });
        new.push(NewSeries { series: id, month, price: series.settlement, limit: series.limit });
        known.push(series);
    }
    ACTIVE.save(deps.storage, &product_id, &active)?;
    let due = next_due(terms.final_window, known.iter().map(|series| series.month), market.now);
    let config = market.config.with_diary(product_id, Diary { due, ..diary });
    CONFIG.save(deps.storage, &config)?;
    respond(&config, &vault::ExecuteMsg::ListSeries { product: product_id, series: new }, log)
}

/// The months that the rule asks for now and that are not listed.
pub fn listable(storage: &dyn Storage, id: ProductId, now: Time) -> Result<Vec<Month>, ContractError> {
    let is_new = |month: &Month| SeriesId::of(id, *month).is_some_and(|id| !SERIES.has(storage, &id));
    Ok(desk::product(storage, id)?.listing.months(now).into_iter().filter(is_new).collect())
}

/// What a series begins with: S, T and the fixing that T was found at.
struct Reference {
    settlement: Price,
    unclamped: Price,
    fixing: Price,
}

/// That of the nearest listed month (of two the earlier); else the latest final fixing; else none.
fn reference(listed: &[Series], month: Month, fixing: Option<&Fixing>) -> Option<Reference> {
    let nearest = listed.iter().min_by_key(|series| (series.month.distance(month), series.month));
    match nearest {
        Some(Series { settlement, unclamped, fixing, .. }) => {
            Some(Reference { settlement: *settlement, unclamped: *unclamped, fixing: *fixing })
        }
        None => fixing.map(|Fixing { price, .. }| Reference { settlement: *price, unclamped: *price, fixing: *price }),
    }
}

/// A series on its listing day: its limit is 2 L, and it opens at once.
fn first_day(
    (product, terms): (ProductId, &Terms),
    month: Month,
    now: Time,
    start: Reference,
) -> Result<Series, ContractError> {
    let Reference { settlement, unclamped, fixing } = start;
    Ok(Series {
        product,
        month,
        status: Status::Listed.transition(Status::Open)?,
        opens_at: None,
        listed_at: now,
        settlement,
        unclamped,
        fixing,
        limit: terms.daily_limit.checked_mul(2)?,
        anchor: Anchor { price: settlement, fixing },
        window_base: None,
    })
}
