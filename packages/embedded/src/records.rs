//! The contracts' records read whole, past their queries: what the invariants are counted from.

use std::collections::BTreeMap;

use cosmwasm_std::{Order, StdResult};
use tokfut_api::raw;
use tokfut_core::book::RestingOrder;
use tokfut_core::clearing::{Position, SeriesClearing};
use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_market::state::{ORDERS, VOID_BEFORE};

use crate::call::Contract;
use crate::deployed::Deployed;

/// The vault's series, in order of their numbers.
pub fn series(deployed: &Deployed) -> StdResult<BTreeMap<SeriesId, SeriesClearing>> {
    let storage = deployed.storage(Contract::Vault);
    raw::SERIES.range(storage.as_ref(), &[], None, Order::Ascending).collect()
}

/// The vault's positions as stored, not as if touched.
pub fn positions(deployed: &Deployed) -> StdResult<BTreeMap<(AccountId, SeriesId), Position>> {
    raw::positions(deployed.storage(Contract::Vault).as_ref())
}

/// The market's orders that are not void, expired ones too: those that the vault reserves margin for.
pub fn orders(deployed: &Deployed) -> StdResult<Vec<(OrderId, RestingOrder)>> {
    let storage = deployed.storage(Contract::Market);
    let void_before: BTreeMap<AccountId, u64> =
        VOID_BEFORE.range(storage.as_ref(), &[], None, Order::Ascending).collect::<StdResult<_>>()?;
    let is_void =
        |id: &OrderId, order: &RestingOrder| void_before.get(&order.account).is_some_and(|v| id.sequence < *v);
    let mut orders = Vec::new();
    for entry in ORDERS.range(storage.as_ref(), &[], None, Order::Ascending) {
        let (key, order) = entry?;
        if !is_void(&key.0, &order) {
            orders.push((key.0, order));
        }
    }
    Ok(orders)
}
