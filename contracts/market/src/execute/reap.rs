//! `reap`: removes dead orders, by anyone.

use std::collections::BTreeSet;

use cosmwasm_std::{Deps, DepsMut, Env, Response};
use tokfut_api::clearing::{Clearing, Purpose};
use tokfut_api::event::EventLog;
use tokfut_api::vault;
use tokfut_core::book::{RemovalReason, RestingOrder};
use tokfut_core::id::{AccountId, OrderId, ProductId};
use tokfut_core::matching::{Removal, Rules, reducible};

use super::place_order::stale;
use super::respond;
use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::state::{Live, ORDERS, OrderKey, dead};
use crate::{commit, guard, index};

/// Orders a message may name.
const MAX_ORDERS: usize = 32;

/// Removes those of the orders that whoever met them would remove; orders that may trade or are gone are left alone. All
/// of one product.
pub fn reap(deps: DepsMut<'_>, env: &Env, orders: &[String]) -> Result<Response, ContractError> {
    guard::count("orders", orders.len(), MAX_ORDERS)?;
    let market = Market::load(deps.storage, env)?;
    let mut ids = BTreeSet::new();
    for text in orders {
        ids.insert(text.parse::<OrderId>()?);
    }
    let (mut product, mut log, mut book, mut reaped) = (None, EventLog::default(), vec![], false);
    for id in ids {
        let desk = Desk::load(deps.storage, &market.config, id.series)?;
        check_product(&mut product, desk.series.product)?;
        guard::not_due(&market, desk.series.product)?;
        let Some(order) = ORDERS.may_load(deps.storage, &OrderKey(id))? else { continue };
        let Some(reason) = useless(deps.as_ref(), &market, &desk, (id, &order))? else { continue };
        book.extend(commit::remove(deps.storage, &Removal { id, order, reason }, &mut log));
        reaped = true;
    }
    let Some(product) = product.filter(|_| reaped) else { return Err(Refusal::NothingToReap(orders.len()).into()) };
    if book.is_empty() {
        return Ok(Response::new().add_events(log.into_events()));
    }
    let (purpose, account) = (Purpose::Sweep {}, AccountId::HOUSE);
    let clearing = Clearing { purpose, account, product, marks: vec![], fills: vec![], book, voids_orders: false };
    respond(&market.config, &vault::ExecuteMsg::Clear(clearing), log)
}

/// Why the order cannot trade, if it cannot: dead, or reduce-only with nothing left to reduce.
fn useless(
    deps: Deps<'_>,
    market: &Market,
    desk: &Desk,
    (id, order): (OrderId, &RestingOrder),
) -> Result<Option<RemovalReason>, ContractError> {
    if let Some(reason) = stale(deps.storage, market, &desk.series, (id, order))? {
        return Ok(Some(reason));
    }
    let rules = Rules { now: market.now, limits: desk.limits };
    if let Some(reason) = dead(&mut Live::new(deps.storage), (id, order), &rules)? {
        return Ok(Some(reason));
    }
    if !order.reduce_only {
        return Ok(None);
    }
    let net = index::net_lots(&deps.querier, &market.config, (order.account, id.series))?;
    Ok(reducible(id.side, net).is_zero().then_some(RemovalReason::ReduceOnly))
}

fn check_product(seen: &mut Option<ProductId>, product: ProductId) -> Result<(), ContractError> {
    if *seen.get_or_insert(product) == product {
        Ok(())
    } else {
        Err(Refusal::MixedList("orders of two products").into())
    }
}
