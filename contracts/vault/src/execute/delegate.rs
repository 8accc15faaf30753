//! `add_delegate`, `remove_delegate`: who else may act for an account (clause 4.1).

use cosmwasm_std::{Addr, DepsMut, Order, Response};
use tokfut_api::event::EventLog;
use tokfut_api::refusal::address;
use tokfut_api::vault::{DelegateChanged, Scope};
use tokfut_core::id::AccountId;
use tokfut_core::time::Time;
use tokfut_storage::Key;

use super::At;
use crate::error::{ContractError, Refusal};
use crate::guard::{self, Act};
use crate::state::{DELEGATES, Delegation, Text, product_by_code};

/// Delegates an account may have.
pub const MAX_DELEGATES: usize = 16;

/// Names a delegate, or changes what he may do.
pub fn add_delegate(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    sender: &Addr,
    (account, delegate): (AccountId, &str),
    (scope, expires): (&Scope, Time),
) -> Result<Response, ContractError> {
    let now = config.clock.at(env.block.time.seconds())?;
    let owner = guard::owner(deps.storage, account)?;
    guard::permit(deps.storage, &owner, (account, Act::Own), (sender.as_str(), now))?;
    let delegate = address(deps.api, delegate)?;
    if delegate == owner.address {
        return Err(Refusal::InvalidDelegation("the owner needs no delegation").into());
    }
    if expires <= now {
        return Err(Refusal::InvalidDelegation("it has expired already").into());
    }
    let trades = match scope {
        Scope::CancelOnly {} => None,
        Scope::Trade { product: None } => Some(None),
        Scope::Trade { product: Some(code) } => Some(Some(product_by_code(deps.storage, code)?.0)),
    };
    let key = (account, Text(delegate.to_string()));
    let others = DELEGATES.range(deps.storage, &account.bytes(), None, Order::Ascending).take(MAX_DELEGATES).count();
    if others >= MAX_DELEGATES && !DELEGATES.has(deps.storage, &key) {
        return Err(Refusal::TooManyDelegates(MAX_DELEGATES).into());
    }
    DELEGATES.save(deps.storage, &key, &Delegation { trades, expires })?;
    let scope = match scope {
        Scope::CancelOnly {} => "cancel_only".to_string(),
        Scope::Trade { product: None } => "trade".to_string(),
        Scope::Trade { product: Some(code) } => format!("trade:{code}"),
    };
    let mut log = EventLog::default();
    log.push(DelegateChanged { account, delegate: delegate.into(), scope, expires: Some(expires) });
    Ok(Response::new().add_events(log.into_events()))
}

/// Ends a delegation.
pub fn remove_delegate(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    sender: &Addr,
    (account, delegate): (AccountId, &str),
) -> Result<Response, ContractError> {
    let now = config.clock.at(env.block.time.seconds())?;
    guard::permit(deps.storage, &guard::owner(deps.storage, account)?, (account, Act::Own), (sender.as_str(), now))?;
    let key = (account, Text(delegate.to_string()));
    if !DELEGATES.has(deps.storage, &key) {
        return Err(Refusal::UnknownDelegate { delegate: delegate.to_string(), account: account.0 }.into());
    }
    DELEGATES.remove(deps.storage, &key);
    let mut log = EventLog::default();
    let (delegate, scope) = (delegate.to_string(), "none".to_string());
    log.push(DelegateChanged { account, delegate, scope, expires: None });
    Ok(Response::new().add_events(log.into_events()))
}
