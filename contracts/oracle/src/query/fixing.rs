//! Single final fixings.

use cosmwasm_std::{Deps, Env, Uint128};
use tokfut_api::oracle::FixingResponse;
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::config::now;
use crate::state::feed::Feed;
use crate::state::fixing::{FINALS, FinalFixing};
use crate::state::version::at;

/// The latest final fixing.
pub fn latest(deps: Deps, id: u32) -> Result<FixingResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let latest = Feed::standing(deps.storage, id)?.latest.ok_or(Refusal::NoFixing { feed: id })?;
    let fixing = FINALS.may_load(deps.storage, &(id, latest.round))?.ok_or(Refusal::NoFixing { feed: id })?;
    response(&feed, id, latest.round, fixing)
}

/// The latest final fixing at or before a time: one seek.
pub fn at_or_before(deps: Deps, id: u32, time: Time) -> Result<FixingResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let round = feed.clock.at_or_before(time).ok_or(Refusal::NoFixing { feed: id })?;
    let (round, fixing) = at(deps.storage, &FINALS, id, round)?.ok_or(Refusal::NoFixing { feed: id })?;
    response(&feed, id, round, fixing)
}

fn response(feed: &Feed, id: u32, round: u64, fixing: FinalFixing) -> Result<FixingResponse, ContractError> {
    let FinalFixing { value, sum, count, integral: _, publisher, inputs_root, revision } = fixing;
    Ok(FixingResponse {
        feed: id,
        round,
        fixing_time: feed.clock.fixing_time(round)?,
        value: Uint128::new(value),
        sum: Uint128::new(sum),
        count,
        publisher,
        inputs_root: inputs_root.into(),
        revision,
    })
}

/// The latest final fixing, if it is young enough.
pub fn price(deps: Deps, env: &Env, id: u32, max_age: u64) -> Result<FixingResponse, ContractError> {
    let fixing = latest(deps, id)?;
    let age = now(deps.storage, env)?.saturating_since(fixing.fixing_time);
    if age > max_age { Err(Refusal::Stale { feed: id, age, max_age }.into()) } else { Ok(fixing) }
}
