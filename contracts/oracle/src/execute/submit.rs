//! `submit`: takes signed answers of one round, all of them or none (clauses 7.3, 7.8).

use cosmwasm_std::{DepsMut, Env, Response, Storage};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Observation, Observed};
use tokfut_core::fixing::Observation as Signed;
use tokfut_core::fixing::{Answer, FixingError, MAX_PANEL, collects, restates};
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::signing::{Revision, frame, key, observed, verify};
use crate::state::config::now;
use crate::state::feed::Feed;
use crate::state::jail::is_jailed;
use crate::state::round::{ROUNDS, Round};
use crate::state::version::Terms;

/// Checks in order of cost: feed, list, round, then publisher, value and form of each, then the signatures.
pub fn submit(
    deps: DepsMut,
    env: &Env,
    (feed, round): (u32, u64),
    revision: u16,
    observations: &[Observation],
) -> Result<Response, ContractError> {
    let known = Feed::load(deps.storage, feed)?;
    let count = observations.len();
    if count == 0 {
        return Err(Refusal::NoObservations.into());
    }
    if count > MAX_PANEL {
        return Err(Refusal::TooManyObservations { count, most: MAX_PANEL }.into());
    }
    let revision = Revision::parse(revision)?;
    known.check_round(feed, round)?;
    let now = now(deps.storage, env)?;
    let terms = Terms::of(deps.storage, feed, round)?;
    let mut record = ROUNDS.may_load(deps.storage, &(feed, round))?.unwrap_or_default();
    check_open(&known, &terms, &record, (round, revision), now)?;

    let answers = match revision {
        Revision::First => &mut record.answers.given,
        Revision::Restatement => &mut record.answers.restated,
    };
    let fixing_time = known.clock.fixing_time(round)?;
    let mut signed = Vec::with_capacity(count);
    for observation in observations {
        let observed = accept(deps.storage, (&terms, round, fixing_time), answers, observation)?;
        let Signed { publisher, value, inputs_root, .. } = observed;
        let place = answers.partition_point(|other| other.publisher < publisher);
        answers.insert(place, Answer { publisher, value, inputs_root });
        signed.push(observed);
    }
    let frame = frame(deps.as_ref(), env, (feed, &known, &terms), round, revision)?;
    for (observation, observed) in observations.iter().zip(&signed) {
        verify(deps.api, key(&terms.panel, observed.publisher)?, &frame, observed, &observation.signature)?;
    }

    ROUNDS.save(deps.storage, &(feed, round), &record)?;
    let mut events = EventLog::default();
    let revision = revision.number();
    for (observation, Signed { publisher, value, .. }) in observations.iter().zip(signed) {
        let inputs_root = observation.inputs_root.to_hex();
        events.push(Observed { feed, round, publisher, value, inputs_root, revision });
    }
    Ok(Response::new().add_events(events.into_events()))
}

/// Refuses a round that takes no answers of this revision now.
fn check_open(
    feed: &Feed,
    terms: &Terms,
    record: &Round,
    (round, revision): (u64, Revision),
    now: Time,
) -> Result<(), ContractError> {
    let (clock, size) = (&feed.clock, terms.panel.size()?);
    match revision {
        Revision::First => collects(clock, round, now, &record.answers.given, size)?,
        Revision::Restatement => {
            restates(clock, round, (now, record.final_from(clock, round)?), &record.answers, size)?;
        }
    }
    Ok(())
}

/// All that can be said of an observation without looking at its signature's numbers.
fn accept(
    storage: &dyn Storage,
    (terms, round, fixing_time): (&Terms, u64, Time),
    answers: &[Answer],
    observation: &Observation,
) -> Result<Signed, ContractError> {
    let publisher = observation.publisher;
    let key = key(&terms.panel, publisher)?;
    if is_jailed(storage, key, fixing_time)? {
        return Err(Refusal::Jailed { publisher }.into());
    }
    if answers.iter().any(|answer| answer.publisher == publisher) {
        return Err(FixingError::AlreadyAnswered { publisher, round }.into());
    }
    let observed = observed(observation)?;
    terms.bounds.check_value(&observed)?;
    key.check_signature(&observation.signature)?;
    Ok(observed)
}
