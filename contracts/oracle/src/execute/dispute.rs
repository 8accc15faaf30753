//! `dispute`: puts the finality of a provisional fixing off, once, for a bond (clause 7.8).

use cosmwasm_std::{DepsMut, Env, HexBinary, MessageInfo, Response};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::Disputed;
use tokfut_core::fixing::{FixingError, RoundState, state};

use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::listing::hash;
use crate::state::config::{ROLES, now};
use crate::state::feed::Feed;
use crate::state::round::{Dispute, ROUNDS};
use crate::state::version::{BOUNDS, PANELS, of};

/// Takes the bond and notes the dispute.
pub fn dispute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    (feed, round): (u32, u64),
    evidence: &HexBinary,
) -> Result<Response, ContractError> {
    let roles = ROLES.load(deps.storage)?;
    guard::exact_bond(info, &roles)?;
    hash("evidence", evidence)?;
    let known = Feed::load(deps.storage, feed)?;
    known.check_round(feed, round)?;
    let (clock, now) = (&known.clock, now(deps.storage, env)?);
    let nothing = FixingError::NothingDecided { round };
    let mut record = ROUNDS.may_load(deps.storage, &(feed, round))?.ok_or(nothing.clone())?;
    if record.dispute.is_some() {
        return Err(Refusal::AlreadyDisputed { round }.into());
    }
    let until = clock.final_from(round)?;
    if now >= until {
        return Err(Refusal::DisputeOver { round, until, now }.into());
    }
    let (_, panel) = of(deps.storage, &PANELS, feed, round)?;
    let (_, bounds) = of(deps.storage, &BOUNDS, feed, round)?;
    let last = Feed::standing(deps.storage, feed)?.latest.map(|latest| latest.value);
    let (stands, _) = state(clock.stage(round, now)?, &record.answers, panel.size()?, &bounds, last);
    if stands != RoundState::Provisional {
        return Err(nothing.into());
    }

    let bond = roles.bond;
    record.dispute = Some(Dispute { by: info.sender.clone(), bond, ruling: None });
    let until = record.final_from(clock, round)?;
    ROUNDS.save(deps.storage, &(feed, round), &record)?;
    let mut events = EventLog::default();
    events.push(Disputed { feed, round, by: info.sender.to_string(), bond, evidence: evidence.to_hex(), until });
    Ok(Response::new().add_events(events.into_events()))
}
