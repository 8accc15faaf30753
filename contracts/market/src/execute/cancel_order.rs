//! `cancel_order`: takes one resting order out, dead or alive.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tokfut_api::clearing::{Clearing, Purpose};
use tokfut_api::event::EventLog;
use tokfut_api::market::OrderRef;
use tokfut_api::vault;
use tokfut_core::book::RemovalReason;
use tokfut_core::id::AccountId;
use tokfut_core::matching::Removal;

use super::place_order::find;
use super::respond;
use crate::desk::Market;
use crate::error::ContractError;
use crate::state::Live;
use crate::{commit, guard};

/// Cancels the order. Never refused for margin; the vault decides whether the sender may, and refuses for a series that is
/// finally settled: with it its orders went.
pub fn cancel_order(
    deps: DepsMut<'_>,
    env: &Env,
    info: MessageInfo,
    account: AccountId,
    reference: &OrderRef,
) -> Result<Response, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let (id, order) = find(deps.storage, account, reference)?;
    let product = id.series.product();
    guard::not_due(&market, product)?;
    let is_void = Live::new(deps.storage).is_void(id, account)?;
    let reason = if is_void { RemovalReason::Void } else { RemovalReason::Cancelled };
    let mut log = EventLog::default();
    let book = commit::remove(deps.storage, &Removal { id, order, reason }, &mut log).into_iter().collect();
    let purpose = Purpose::Cancel { sender: info.sender.to_string() };
    let (marks, fills) = (vec![], vec![]);
    let clearing = Clearing { purpose, account, product, marks, fills, book, voids_orders: false };
    respond(&market.config, &vault::ExecuteMsg::Clear(clearing), log)
}
