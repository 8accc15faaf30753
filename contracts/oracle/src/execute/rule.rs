//! `rule`: the arbiter voids a disputed fixing or lets it stand; it never writes a value (clause 7.8).

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Credited, Ruled, Ruling};

use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::state::config::{ROLES, now};
use crate::state::credit;
use crate::state::feed::Feed;
use crate::state::round::ROUNDS;

/// Notes the ruling and credits the bond.
pub fn rule(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    (feed, round): (u32, u64),
    ruling: Ruling,
) -> Result<Response, ContractError> {
    let roles = ROLES.load(deps.storage)?;
    guard::only("the arbiter", &roles.arbiter, info)?;
    let known = Feed::load(deps.storage, feed)?;
    let mut record = ROUNDS.may_load(deps.storage, &(feed, round))?.unwrap_or_default();
    let until = known.clock.disputed_final_from(round)?;
    let now = now(deps.storage, env)?;
    let none = Refusal::NoDispute { round };
    let dispute = record.dispute.as_mut().filter(|dispute| dispute.ruling.is_none()).ok_or(none)?;
    if now >= until {
        return Err(Refusal::DisputeOver { round, until, now }.into());
    }

    dispute.ruling = Some(ruling);
    let (account, reason, amount) = match ruling {
        Ruling::Void => (dispute.by.clone(), "upheld", dispute.bond),
        Ruling::Dismiss => (roles.sink, "dismissed", dispute.bond),
    };
    ROUNDS.save(deps.storage, &(feed, round), &record)?;
    credit::add(deps.storage, &account, amount)?;
    let mut events = EventLog::default();
    events.push(Ruled { feed, round, ruling: ruling.to_string() });
    events.push(Credited { account: account.into_string(), amount, reason: reason.to_string() });
    Ok(Response::new().add_events(events.into_events()))
}
