//! `reap`: removes dead orders, by anyone.

use std::collections::BTreeSet;

use cosmwasm_std::{DepsMut, Env, Response};
use tokfut_api::clearing::{Clearing, Purpose};
use tokfut_api::event::EventLog;
use tokfut_api::vault;
use tokfut_core::id::{AccountId, OrderId, ProductId};
use tokfut_core::matching::Removal;

use super::place_order::stale;
use super::respond;
use crate::desk::Market;
use crate::error::{ContractError, Refusal};
use crate::state::{ORDERS, OrderKey, Series};
use crate::{commit, guard};

/// Orders a message may name.
const MAX_ORDERS: usize = 32;

/// Removes those of the orders that are dead; orders that live or are gone are left alone. All of one product.
pub fn reap(deps: DepsMut<'_>, env: &Env, orders: &[String]) -> Result<Response, ContractError> {
    guard::count("orders", orders.len(), MAX_ORDERS)?;
    let market = Market::load(deps.storage, env)?;
    let mut ids = BTreeSet::new();
    for text in orders {
        ids.insert(text.parse::<OrderId>()?);
    }
    let (mut product, mut log, mut book, mut reaped) = (None, EventLog::default(), vec![], false);
    for id in ids {
        let series = Series::load(deps.storage, id.series)?;
        check_product(&mut product, series.product)?;
        guard::not_due(deps.storage, series.product, market.now)?;
        let Some(order) = ORDERS.may_load(deps.storage, &OrderKey(id))? else { continue };
        let Some(reason) = stale(deps.storage, &market, &series, (id, &order))? else { continue };
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

fn check_product(seen: &mut Option<ProductId>, product: ProductId) -> Result<(), ContractError> {
    if *seen.get_or_insert(product) == product {
        Ok(())
    } else {
        Err(Refusal::MixedList("orders of two products").into())
    }
}
