//! `finalise`: rounds become final or void in their order, by anyone, bounded (clause 7.6).

use cosmwasm_std::{DepsMut, Env, Response, Storage};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Fixed, Voided};
use tokfut_core::fixing::{LatestFinal, Picked, Step, finalise as plan};

use crate::error::ContractError;
use crate::state::config::CONFIG;
use crate::state::feed::Feed;
use crate::state::fixing::{FINALS, FinalFixing, LATEST_FINAL};
use crate::state::round::{ANSWERS, NEXT, answered};

/// Steps, if none are asked for.
const DEFAULT_LIMIT: u32 = 10;
/// The most steps of one message.
const MAX_LIMIT: u32 = 30;

/// Plans at most `limit` steps and writes them.
pub fn finalise(deps: DepsMut, env: &Env, feed: u32, limit: Option<u32>) -> Result<Response, ContractError> {
    let known = Feed::load(deps.storage, feed)?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ContractError::Limit { limit, most: MAX_LIMIT });
    }
    let limit = usize::try_from(limit).unwrap_or(1);
    let clock = &known.rules.clock;
    let now = CONFIG.load(deps.storage)?.now(env)?;
    let next = NEXT.may_load(deps.storage, &feed)?.unwrap_or(known.first_round);
    let due = clock.last_due(now).filter(|due| *due >= next);
    let Some(due) = due else {
        return Err(ContractError::NothingToFinalise { round: next, from: clock.final_from(next)?, now });
    };
    let latest = LATEST_FINAL.may_load(deps.storage, &feed)?;
    let answered = answered(deps.storage, feed, limit)?;
    let steps = plan(&known.rules, known.panel_size()?, latest, (next, due), &answered, limit)?;

    let end = steps.iter().map(Step::last).max().unwrap_or(next);
    for (round, _) in answered.iter().filter(|(round, _)| *round <= end) {
        ANSWERS.remove(deps.storage, &(feed, *round));
    }
    NEXT.save(deps.storage, &feed, &end.saturating_add(1))?;
    let last_fixed = steps.iter().rev().find_map(|step| match step {
        Step::Fixed(fixing, _) => Some(*fixing),
        Step::Held { .. } | Step::Missed { .. } => None,
    });
    if let Some(fixing) = last_fixed {
        LATEST_FINAL.save(deps.storage, &feed, &fixing)?;
    }
    let mut events = EventLog::default();
    for step in steps {
        write(deps.storage, &mut events, feed, step)?;
    }
    Ok(Response::new().add_events(events.into_events()))
}

fn write(storage: &mut dyn Storage, events: &mut EventLog, feed: u32, step: Step) -> Result<(), ContractError> {
    match step {
        Step::Fixed(fixing, picked) => {
            let LatestFinal { round, fixing_time, value, sum, count } = fixing;
            let Picked { value: _, publisher, inputs_root } = picked;
            FINALS.save(storage, &(feed, round), &FinalFixing { value, sum, count, publisher, inputs_root })?;
            events.push(Fixed { feed, round, fixing_time, value, publisher, sum, count });
        }
        Step::Held { round } => events.push(Voided { feed, round, last: round, reason: "held".to_string() }),
        Step::Missed { first, last } => {
            events.push(Voided { feed, round: first, last, reason: "missed".to_string() });
        }
    }
    Ok(())
}
