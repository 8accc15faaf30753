//! `set_status`: the guardian takes risk away, at once.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tokfut_api::event::EventLog;
use tokfut_api::market::StatusChanged;
use tokfut_core::series::Status;

use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::state::{ROLES, SERIES};

/// Moves the series to a status of less risk; an announced opening is off.
pub fn set_status(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    code: &str,
    to: Status,
) -> Result<Response, ContractError> {
    guard::only(&ROLES.load(deps.storage)?.guardian, "the guardian", info)?;
    let market = Market::load(deps.storage, env)?;
    let Desk { id, mut series, .. } = Desk::open(deps.storage, &market.config, code)?;
    let from = series.status(market.now);
    if !from.is_safer(to) {
        return Err(Refusal::Unauthorized("governance, by schedule_open,").into());
    }
    series.status = from.transition(to)?;
    series.opens_at = None;
    SERIES.save(deps.storage, &id, &series)?;
    let mut log = EventLog::default();
    log.push(StatusChanged { series: id, status: to.to_string() });
    Ok(Response::new().add_events(log.into_events()))
}
