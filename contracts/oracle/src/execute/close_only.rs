//! `close_only`: the guardian hints, at once, that risk should only fall (clauses 7.10, 8.1).

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::ClosedOnly;
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{Hint, Standing};

use crate::error::ContractError;
use crate::guard;
use crate::state::config::ROLES;
use crate::state::feed::Feed;

/// Sets the hint; a lifting that was announced is void. Answers are taken on: nobody can stop a fixing.
pub fn close_only(deps: DepsMut, info: &MessageInfo, feed: u32) -> Result<Response, ContractError> {
    guard::only("the guardian", &ROLES.load(deps.storage)?.guardian, info)?;
    let standing = Standing { hint: Hint::CloseOnly, ..Feed::standing(deps.storage, feed)? };
    STANDING.save(deps.storage, &feed, &standing)?;
    let mut events = EventLog::default();
    events.push(ClosedOnly { feed });
    Ok(Response::new().add_events(events.into_events()))
}
