//! `cancel_order`: takes one resting order out, dead or alive.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tokfut_api::clearing::{Clearing, Purpose};
use tokfut_api::event::EventLog;
use tokfut_api::market::OrderRef;
use tokfut_api::vault;
use tokfut_core::book::RemovalReason;
use tokfut_core::id::AccountId;
use tokfut_core::matching::Removal;

use super::place_order::{find, stale};
use super::respond;
use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::state::Series;
use crate::{commit, guard};

/// Cancels the order. Never refused for margin; the vault decides whether the sender may.
pub fn cancel_order(
    deps: DepsMut<'_>,
    env: &Env,
    info: MessageInfo,
    account: AccountId,
    reference: &OrderRef,
) -> Result<Response, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let (id, order) = find(deps.storage, account, reference)?;
    let series = Series::load(deps.storage, id.series)?;
    guard::not_due(deps.storage, series.product, market.now)?;
    let status = series.status(market.now);
    if !status.may_cancel() {
        return Err(Refusal::NotTrading { series: Desk::load(deps.storage, id.series)?.code(), status }.into());
    }
    let reason = match stale(deps.storage, &market, &series, (id, &order))? {
        Some(RemovalReason::Void) => RemovalReason::Void,
        _ => RemovalReason::Cancelled,
    };
    let mut log = EventLog::default();
    let book = commit::remove(deps.storage, &Removal { id, order, reason }, &mut log).into_iter().collect();
    let purpose = Purpose::Cancel { sender: info.sender.to_string() };
    let (product, marks, fills) = (series.product, vec![], vec![]);
    let clearing = Clearing { purpose, account, product, marks, fills, book, voids_orders: false };
    respond(&market.config, &vault::ExecuteMsg::Clear(clearing), log)
}
