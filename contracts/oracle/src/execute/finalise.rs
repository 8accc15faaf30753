//! `finalise`: rounds become final or void in their order, by anyone, bounded (clause 7.6).

use cosmwasm_std::{DepsMut, Env, Response, Storage};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Credited, Fixed, Voided};
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{Answered, LatestFinal, Picked, Standing, Step, finalise as plan};
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::config::now;
use crate::state::credit;
use crate::state::feed::Feed;
use crate::state::fixing::{FINALS, FinalFixing};
use crate::state::round::{ROUNDS, Round, answered};
use crate::state::version::{BOUNDS, PANELS, of};

/// Steps, if none are asked for.
const DEFAULT_LIMIT: u32 = 10;
/// The most steps of one message.
const MAX_LIMIT: u32 = 30;

/// Plans at most `limit` steps and writes them.
pub fn finalise(deps: DepsMut, env: &Env, feed: u32, limit: Option<u32>) -> Result<Response, ContractError> {
    let known = Feed::load(deps.storage, feed)?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Refusal::Limit { limit, most: MAX_LIMIT }.into());
    }
    let limit = usize::try_from(limit).unwrap_or(1);
    let now = now(deps.storage, env)?;
    let standing = Feed::standing(deps.storage, feed)?;
    let (next, latest) = (standing.next, standing.latest);
    known.check_round(feed, next)?;
    let rounds = answered(deps.storage, feed, limit)?;
    let Some(due) = last_due(&known, &rounds, now)?.filter(|due| *due >= next) else {
        let from = match rounds.first() {
            Some((round, record)) if *round == next => record.final_from(&known.clock, next)?,
            _ => known.clock.final_from(next)?,
        };
        return Err(Refusal::NothingToFinalise { round: next, from, now }.into());
    };
    let planned = rounds.iter().filter(|(round, _)| *round <= due);
    let planned = planned.map(|(round, record)| rules(deps.storage, feed, *round, record));
    let planned = planned.collect::<Result<Vec<_>, _>>()?;
    let steps = plan(&known.clock, latest, (next, due), &planned, limit)?;

    let end = steps.iter().map(Step::last).max().unwrap_or(next);
    let mut events = EventLog::default();
    let last_fixed = steps.iter().rev().find_map(|step| match step {
        Step::Fixed(fixing, _) => Some(*fixing),
        Step::Void { .. } | Step::Missed { .. } => None,
    });
    let standing = Standing { next: end.saturating_add(1), latest: last_fixed.or(latest), ..standing };
    STANDING.save(deps.storage, &feed, &standing)?;
    for step in steps {
        write(deps.storage, &mut events, feed, step)?;
    }
    for (round, record) in rounds.iter().filter(|(round, _)| *round <= end) {
        ROUNDS.remove(deps.storage, &(feed, *round));
        lapse(deps.storage, &mut events, record)?;
    }
    Ok(Response::new().add_events(events.into_events()))
}

/// The last round that may be finalised: of those due by the clock, all but one that waits for a ruling.
fn last_due(feed: &Feed, rounds: &[(u64, Round)], now: Time) -> Result<Option<u64>, ContractError> {
    let by_clock = feed.clock.last_due(now);
    let Some(due) = by_clock.map(|due| feed.end.map_or(due, |end| due.min(end.saturating_sub(1)))) else {
        return Ok(None);
    };
    let waits = match rounds.iter().find(|(round, _)| *round == due) {
        Some((_, record)) => now < record.final_from(&feed.clock, due)?,
        None => false,
    };
    Ok(if waits { due.checked_sub(1) } else { Some(due) })
}

/// An answered round with the rules that stood at its fixing time.
fn rules(storage: &dyn Storage, feed: u32, round: u64, record: &Round) -> Result<Answered, ContractError> {
    let (_, panel) = of(storage, &PANELS, feed, round)?;
    let (_, bounds) = of(storage, &BOUNDS, feed, round)?;
    let answers = record.answers.clone();
    Ok(Answered { round, answers, panel: panel.size()?, bounds, upheld: record.is_upheld() })
}

fn write(storage: &mut dyn Storage, events: &mut EventLog, feed: u32, step: Step) -> Result<(), ContractError> {
    match step {
        Step::Fixed(fixing, picked) => {
            let LatestFinal { round, fixing_time, value, sum, count, integral } = fixing;
            let Picked { value: _, publisher, inputs_root, revision } = picked;
            let record = FinalFixing { value, sum, count, integral, publisher, inputs_root, revision };
            FINALS.save(storage, &(feed, round), &record)?;
            events.push(Fixed { feed, round, fixing_time, value, publisher, sum, count, revision });
        }
        Step::Void { round, reason } => {
            events.push(Voided { feed, round, last: round, reason: reason.to_string() });
        }
        Step::Missed { first, last } => {
            events.push(Voided { feed, round: first, last, reason: "missed".to_string() });
        }
    }
    Ok(())
}

/// A dispute that nobody ruled: its bond goes back.
fn lapse(storage: &mut dyn Storage, events: &mut EventLog, record: &Round) -> Result<(), ContractError> {
    let Some(dispute) = record.open_dispute() else { return Ok(()) };
    credit::add(storage, &dispute.by, dispute.bond)?;
    let account = dispute.by.to_string();
    events.push(Credited { account, amount: dispute.bond, reason: "lapsed".to_string() });
    Ok(())
}
