//! `schedule_open` and `reopen`: what adds risk is announced a day ahead (clause 8.1).

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tokfut_api::event::EventLog;
use tokfut_api::market::{OpeningScheduled, StatusChanged};
use tokfut_core::series::Status;
use tokfut_core::time::DAY;

use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::state::{ROLES, SERIES};

/// Seconds between the announcement and the opening.
const TIMELOCK: u64 = DAY;

/// Announces that the series will open again.
pub fn schedule_open(deps: DepsMut<'_>, env: &Env, info: &MessageInfo, code: &str) -> Result<Response, ContractError> {
    guard::only(&ROLES.load(deps.storage)?.governance, "governance", info)?;
    let market = Market::load(deps.storage, env)?;
    let Desk { id, mut series, .. } = Desk::open(deps.storage, &market.config, code)?;
    series.status(market.now).transition(Status::Open)?;
    let opens_at = market.now.checked_add(TIMELOCK)?;
    series.opens_at = Some(opens_at);
    SERIES.save(deps.storage, &id, &series)?;
    let mut log = EventLog::default();
    log.push(OpeningScheduled { series: id, opens_at });
    Ok(Response::new().add_events(log.into_events()))
}

/// Opens the series, by anyone, once its announced time has come.
pub fn reopen(deps: DepsMut<'_>, env: &Env, code: &str) -> Result<Response, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let Desk { id, mut series, .. } = Desk::open(deps.storage, &market.config, code)?;
    let opens_at = series.opens_at.ok_or_else(|| Refusal::NotScheduled(code.to_string()))?;
    if market.now < opens_at {
        return Err(Refusal::Timelocked { series: code.to_string(), opens_at }.into());
    }
    series.status = series.status(market.now).transition(Status::Open)?;
    series.opens_at = None;
    SERIES.save(deps.storage, &id, &series)?;
    let mut log = EventLog::default();
    log.push(StatusChanged { series: id, status: series.status.to_string() });
    Ok(Response::new().add_events(log.into_events()))
}
