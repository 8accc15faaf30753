//! What can be asked.

use cosmwasm_std::{Deps, Env, Order};
use tokfut_api::market::{
    BookResponse, ConfigResponse, Level, OrderResponse, ProductResponse, SeriesResponse, SettlementResponse,
};
use tokfut_core::book::RestingOrder;
use tokfut_core::calendar::{SeriesCode, last_trading};
use tokfut_core::id::{AccountId, OrderId};
use tokfut_core::price::{Lots, Price, Side};
use tokfut_core::series::Status;
use tokfut_storage::Key;

use crate::commit::load_tape;
use crate::desk::{self, Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::execute::{listable, stale};
use crate::state::{ACTIVE, BookSide, CONFIG, Diary, ORDERS, OrderKey, ROLES, SETTLEMENTS, own_orders};
use crate::{index, marks};

/// Rows of a page if not asked for otherwise, and at most.
const PAGE: (u32, u32) = (30, 100);
/// Price levels a side if not asked for otherwise, and at most.
const DEPTH: (u32, u32) = (20, 100);
/// Orders that a query looks at, a side or an account, dead ones too.
const ORDERS_LOOKED_AT: usize = 500;

fn rows(limit: Option<u32>, (usual, most): (u32, u32)) -> usize {
    usize::try_from(limit.unwrap_or(usual).min(most)).unwrap_or(0)
}

/// Addresses, clock and roles.
pub fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let (config, roles) = (CONFIG.load(deps.storage)?, ROLES.load(deps.storage)?);
    Ok(ConfigResponse {
        vault: config.vault.into_string(),
        oracle: config.oracle.into_string(),
        governance: roles.governance.into_string(),
        guardian: roles.guardian.into_string(),
        clock: config.clock,
    })
}

/// A product's terms and its settlement state.
pub fn product(deps: Deps<'_>, env: &Env, code: &str) -> Result<ProductResponse, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let (id, board) = desk::product_by_code(&market.config, code)?;
    let Diary { cycle, last_strike, due } = board.diary;
    let terms = desk::product(deps.storage, id)?;
    let mut months = listable(deps.storage, id, market.now)?;
    if !months.is_empty() && index::is_terminated(&deps.querier, &market, board.terms.feed)? {
        months.clear();
    }
    let listable = months.into_iter().map(|month| SeriesCode { product: terms.code, month }.to_string()).collect();
    Ok(ProductResponse { id: id.0, terms, cycle, last_strike, next_strike: due, listable })
}

/// One series.
pub fn series(deps: Deps<'_>, env: &Env, code: &str) -> Result<SeriesResponse, ContractError> {
    let market = Market::load(deps.storage, env)?;
    described(deps, &market, &Desk::open(deps.storage, &market.config, code)?)
}

/// The series of a product that are not settled, by month.
pub fn series_list(deps: Deps<'_>, env: &Env, code: &str) -> Result<Vec<SeriesResponse>, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let (id, _) = desk::product_by_code(&market.config, code)?;
    let active = ACTIVE.may_load(deps.storage, &id)?.unwrap_or_default();
    let mut desks: Vec<Desk> = vec![];
    for id in active {
        let desk = Desk::load(deps.storage, &market.config, id)?;
        let place = desks.partition_point(|other| other.series.month < desk.series.month);
        desks.insert(place, desk);
    }
    desks.iter().map(|desk| described(deps, &market, desk)).collect()
}

fn described(deps: Deps<'_>, market: &Market, desk: &Desk) -> Result<SeriesResponse, ContractError> {
    let tape = load_tape(deps.storage, market, desk)?;
    let fixing = index::latest(&deps.querier, &market.config.oracle, desk.terms.feed)?;
    let remark = marks::remark(deps.storage, deps.querier, (market, desk, fixing.as_ref()), &tape)?;
    let best = |side| -> Result<Option<String>, ContractError> {
        let best = live(deps, market, desk, side).next().transpose()?;
        Ok(best.map(|(id, _)| desk.quoted(id.price)))
    };
    Ok(SeriesResponse {
        code: desk.code(),
        id: desk.id.0,
        status: desk.status(market.now),
        opens_at: desk.series.opens_at,
        listed_at: desk.series.listed_at,
        last_trading: last_trading(desk.series.month),
        settlement_price: desk.quoted(desk.series.settlement),
        lowest: desk.quoted(desk.limits.lowest()),
        highest: desk.quoted(desk.limits.highest()),
        mark: desk.quoted(remark.mark),
        margin_mark: desk.quoted(remark.margin.price),
        index_price: remark.index.map(|price| desk.quoted(price)),
        last_price: tape.last().map(|price| desk.quoted(price)),
        volume: tape.volume(),
        open_interest: index::open_interest(&deps.querier, &market.config, desk.id)?,
        bid: best(Side::Buy)?,
        ask: best(Side::Sell)?,
    })
}

/// The live orders of a side, best first, as far as a query may look: none once trading has ended.
fn live<'a>(
    deps: Deps<'a>,
    market: &'a Market,
    desk: &Desk,
    side: Side,
) -> impl Iterator<Item = Result<(OrderId, RestingOrder), ContractError>> + 'a {
    let orders = BookSide::new(deps.storage, deps.querier, &market.config, desk.id, side);
    let over = matches!(desk.status(market.now), Status::Expired | Status::Settled);
    let looked_at = if over { 0 } else { ORDERS_LOOKED_AT };
    orders.live_at(market.now, looked_at)
}

/// The book by price level.
pub fn book(deps: Deps<'_>, env: &Env, code: &str, depth: Option<u32>) -> Result<BookResponse, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let desk = Desk::open(deps.storage, &market.config, code)?;
    let depth = rows(depth, DEPTH);
    let side = |side| levels(live(deps, &market, &desk, side), &desk, depth);
    Ok(BookResponse { bids: side(Side::Buy)?, asks: side(Side::Sell)? })
}

fn levels(
    orders: impl Iterator<Item = Result<(OrderId, RestingOrder), ContractError>>,
    desk: &Desk,
    depth: usize,
) -> Result<Vec<Level>, ContractError> {
    let mut levels: Vec<(Price, Lots, u32)> = vec![];
    for order in orders {
        let (id, order) = order?;
        let is_full = levels.len() >= depth;
        match levels.last_mut() {
            Some((price, lots, orders)) if *price == id.price => {
                *lots = lots.checked_add(order.lots)?;
                *orders = orders.saturating_add(1);
            }
            _ if is_full => break,
            _ => levels.push((id.price, order.lots, 1)),
        }
    }
    Ok(levels.into_iter().map(|(price, lots, orders)| Level { price: desk.quoted(price), lots, orders }).collect())
}

/// The live orders of an account.
pub fn orders(
    deps: Deps<'_>,
    env: &Env,
    account: AccountId,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<OrderResponse>, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let after = start_after.map(|text| resting(deps, text)).transpose()?;
    let after = after.as_ref().map(|(id, order)| (*id, order));
    let mut page = vec![];
    for entry in own_orders(deps.storage, account, after).take(ORDERS_LOOKED_AT) {
        if page.len() >= rows(limit, PAGE) {
            break;
        }
        let (id, order) = entry?;
        let answer = answer(deps, &market, id, &order)?;
        if answer.live {
            page.push(answer);
        }
    }
    Ok(page)
}

/// All resting orders, dead ones too, in the order of their keys.
pub fn all_orders(
    deps: Deps<'_>,
    env: &Env,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<OrderResponse>, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let after = start_after.map(str::parse::<OrderId>).transpose()?.map(OrderKey);
    let orders = ORDERS.range(deps.storage, &[], after.as_ref(), Order::Ascending).take(rows(limit, PAGE));
    let answered = orders.map(|entry| {
        let (OrderKey(id), order) = entry?;
        answer(deps, &market, id, &order)
    });
    answered.collect()
}

/// One resting order.
pub fn order(deps: Deps<'_>, env: &Env, text: &str) -> Result<OrderResponse, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let (id, order) = resting(deps, text)?;
    answer(deps, &market, id, &order)
}

fn resting(deps: Deps<'_>, text: &str) -> Result<(OrderId, RestingOrder), ContractError> {
    let id: OrderId = text.parse()?;
    let unknown = || Refusal::UnknownOrder(text.to_string());
    Ok((id, ORDERS.may_load(deps.storage, &OrderKey(id))?.ok_or_else(unknown)?))
}

fn answer(deps: Deps<'_>, market: &Market, id: OrderId, order: &RestingOrder) -> Result<OrderResponse, ContractError> {
    let desk = Desk::load(deps.storage, &market.config, id.series)?;
    Ok(OrderResponse {
        id: id.to_string(),
        account: order.account,
        series: desk.code(),
        side: id.side,
        price: desk.quoted(id.price),
        lots: order.lots,
        reduce_only: order.reduce_only,
        client_id: order.client_id.map(Into::into),
        placed_at: order.placed_at,
        expires_at: order.expires_at,
        live: stale(deps.storage, market, &desk.series, (id, order))?.is_none(),
    })
}

/// The settlement prices of a series, latest first.
pub fn settlements(
    deps: Deps<'_>,
    code: &str,
    start_before: Option<u32>,
    limit: Option<u32>,
) -> Result<Vec<SettlementResponse>, ContractError> {
    let desk = Desk::open(deps.storage, &CONFIG.load(deps.storage)?, code)?;
    let before = start_before.map(|cycle| (desk.id, cycle));
    SETTLEMENTS
        .range(deps.storage, &desk.id.bytes(), before.as_ref(), Order::Descending)
        .take(rows(limit, PAGE))
        .map(|row| {
            let ((_, cycle), settled) = row?;
            let (method, last) = (settled.method.number(), settled.method.is_final());
            let (price, unclamped) = (desk.quoted(settled.price), desk.quoted(settled.unclamped));
            Ok(SettlementResponse { cycle, at: settled.at, price, unclamped, method, last })
        })
        .collect()
}
