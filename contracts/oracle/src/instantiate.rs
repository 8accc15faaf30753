//! Instantiation: roles apart, terms within their bounds, feeds stored.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use tokfut_api::oracle::{DisputeTerms, InstantiateMsg};
use tokfut_api::refusal::address;
use tokfut_core::time::DAY;

use crate::error::{ContractError, Refusal};
use crate::listing::{MAX_FEEDS, list, text};
use crate::state::config::{CLOCK, ROLES, Roles, now};

/// The shortest and the longest timelock.
const TIMELOCK: core::ops::RangeInclusive<u64> = 2 * DAY..=60 * DAY;

/// Stores roles and feeds. The first round of each feed is the first dated at or after now.
pub fn instantiate(deps: DepsMut, env: &Env, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let InstantiateMsg { administrator, guardian, arbiter, governance, timelock, dispute, clock, feeds } = msg;
    let DisputeTerms { denom, bond, sink } = dispute;
    let address = |text: &str| address(deps.api, text);
    let roles = Roles {
        administrator: address(&administrator)?,
        guardian: address(&guardian)?,
        arbiter: address(&arbiter)?,
        governance: address(&governance)?,
        timelock,
        denom,
        bond: bond.u128(),
        sink: address(&sink)?,
    };
    check(&roles)?;
    let count = feeds.len();
    if !(1..=MAX_FEEDS).contains(&count) {
        return Err(Refusal::FeedCount { count }.into());
    }
    CLOCK.save(deps.storage, &clock.checked()?)?;
    ROLES.save(deps.storage, &roles)?;
    let now = now(deps.storage, env)?;
    for feed in feeds {
        list(deps.storage, deps.api, feed, now)?;
    }
    Ok(Response::new())
}

/// No address in two roles; an arbiter who gains nothing by dismissing; a timelock and a bond.
fn check(roles: &Roles) -> Result<(), ContractError> {
    let Roles { administrator, guardian, arbiter, governance, timelock, denom, bond, sink } = roles;
    let apart = |one: (&'static str, &Addr), other: (&'static str, &Addr)| {
        if one.1 == other.1 { Err(Refusal::OneAddress { one: one.0, other: other.0 }) } else { Ok(()) }
    };
    let [administrator, guardian, arbiter, governance] =
        [("administrator", administrator), ("guardian", guardian), ("arbiter", arbiter), ("governance", governance)];
    apart(administrator, guardian)?;
    apart(administrator, arbiter)?;
    apart(administrator, governance)?;
    apart(guardian, arbiter)?;
    apart(guardian, governance)?;
    apart(arbiter, governance)?;
    apart(arbiter, ("sink", sink))?;
    if !TIMELOCK.contains(timelock) {
        let (least, most) = (*TIMELOCK.start(), *TIMELOCK.end());
        return Err(Refusal::Timelock { timelock: *timelock, least, most }.into());
    }
    text("denom", denom, 3, 128)?;
    if *bond == 0 { Err(Refusal::NoBond.into()) } else { Ok(()) }
}
