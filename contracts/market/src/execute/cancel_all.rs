//! `cancel_all`: one write makes every resting order of an account void, however many they are.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tokfut_api::clearing::{Clearing, Purpose};
use tokfut_api::event::EventLog;
use tokfut_api::vault;
use tokfut_core::id::{AccountId, ProductId};

use super::respond;
use crate::desk::Market;
use crate::error::ContractError;
use crate::{commit, guard};

/// Voids them in all products, so no product may have a strike due. The clearing carries product 1, and no series.
pub fn cancel_all(
    deps: DepsMut<'_>,
    env: &Env,
    info: MessageInfo,
    account: AccountId,
) -> Result<Response, ContractError> {
    let market = Market::load(deps.storage, env)?;
    guard::nothing_due(&market)?;
    let mut log = EventLog::default();
    commit::void_all(deps.storage, account, &mut log)?;
    let clearing = Clearing {
        purpose: Purpose::Cancel { sender: info.sender.to_string() },
        account,
        product: ProductId(1),
        marks: vec![],
        fills: vec![],
        book: vec![],
        voids_orders: true,
    };
    respond(&market.config, &vault::ExecuteMsg::Clear(clearing), log)
}
