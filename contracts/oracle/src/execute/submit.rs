//! `submit`: takes signed answers of one round, all of them or none (clause 7.3).

use cosmwasm_std::{Deps, DepsMut, Env, Response};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Observation, ObservationStatus, Observed};
use tokfut_core::fixing::Observation as Signed;
use tokfut_core::fixing::{Answer, FixingError, Frame, MAX_PANEL, check_signature, collects, digest, domain};

use crate::error::ContractError;
use crate::instantiate::hash;
use crate::state::config::CONFIG;
use crate::state::feed::Feed;
use crate::state::round::ANSWERS;

/// Checks in order of cost: feed, list, round, then publisher, value and form of each, then the signatures.
pub fn submit(
    deps: DepsMut,
    env: &Env,
    feed: u32,
    round: u64,
    observations: &[Observation],
) -> Result<Response, ContractError> {
    let known = Feed::load(deps.storage, feed)?;
    let count = observations.len();
    if count == 0 {
        return Err(ContractError::NoObservations);
    }
    if count > MAX_PANEL {
        return Err(ContractError::TooManyObservations { count, most: MAX_PANEL });
    }
    if round < known.first_round {
        return Err(ContractError::BeforeFirst { round, first: known.first_round });
    }
    let now = CONFIG.load(deps.storage)?.now(env)?;
    let mut answers = ANSWERS.may_load(deps.storage, &(feed, round))?.unwrap_or_default();
    collects(&known.rules.clock, round, now, &answers, known.panel_size()?)?;

    let mut signed = Vec::with_capacity(count);
    for observation in observations {
        let observed = accept(&known, round, &answers, observation)?;
        let Signed { publisher, value, inputs_root, .. } = observed;
        answers.push(Answer { publisher, value, inputs_root });
        signed.push(observed);
    }
    let frame = frame(deps.as_ref(), env, &known, feed, round)?;
    for (observation, observed) in observations.iter().zip(&signed) {
        verify(deps.as_ref(), &known, &frame, observation, observed)?;
    }

    answers.sort_unstable_by_key(|answer| answer.publisher);
    ANSWERS.save(deps.storage, &(feed, round), &answers)?;
    let mut events = EventLog::default();
    for (observation, Signed { publisher, value, .. }) in observations.iter().zip(signed) {
        let inputs_root = observation.inputs_root.to_hex();
        events.push(Observed { feed, round, publisher, value, inputs_root });
    }
    Ok(Response::new().add_events(events.into_events()))
}

/// All that can be said of an observation without looking at its signature's numbers.
fn accept(feed: &Feed, round: u64, answers: &[Answer], observation: &Observation) -> Result<Signed, ContractError> {
    let publisher = observation.publisher;
    if feed.panel.get(usize::from(publisher)).is_none() {
        return Err(FixingError::UnknownPublisher { publisher, size: feed.panel.len() }.into());
    }
    if answers.iter().any(|answer| answer.publisher == publisher) {
        return Err(FixingError::AlreadyAnswered { publisher, round }.into());
    }
    let observed = observed(observation)?;
    feed.rules.check_value(&observed)?;
    check_signature(&observation.signature)?;
    Ok(observed)
}

/// What the message says, as it is signed.
pub fn observed(observation: &Observation) -> Result<Signed, ContractError> {
    let Observation { publisher, status, value, dispersion, observed_at, input_count, inputs_root, signature: _ } =
        observation;
    let value = match (status, value.u128()) {
        (ObservationStatus::Value, value) => Some(value),
        (ObservationStatus::Unavailable, 0) => None,
        (ObservationStatus::Unavailable, value) => {
            return Err(ContractError::UnavailableWithValue { publisher: *publisher, value });
        }
    };
    Ok(Signed {
        publisher: *publisher,
        value,
        dispersion: dispersion.u128(),
        observed_at: observed_at.u64(),
        input_count: *input_count,
        inputs_root: hash("inputs_root", inputs_root)?,
    })
}

/// What the contract knows of every observation of a round. The domain is made anew each time: a chain that forks off
/// under another name does not take the signatures of this one.
pub fn frame(deps: Deps, env: &Env, feed: &Feed, id: u32, round: u64) -> Result<Frame, ContractError> {
    let contract = deps.api.addr_canonicalize(env.contract.address.as_str())?;
    Ok(Frame {
        domain: domain(&env.block.chain_id, &contract).map_err(FixingError::from)?,
        set_digest: feed.set_digest,
        methodology_hash: feed.methodology_hash,
        feed: id,
        round,
        fixing_time: feed.rules.clock.fixing_time(round)?,
        revision: 0,
        decimals: feed.rules.decimals,
    })
}

fn verify(
    deps: Deps,
    feed: &Feed,
    frame: &Frame,
    observation: &Observation,
    observed: &Signed,
) -> Result<(), ContractError> {
    let publisher = observed.publisher;
    let bad = || ContractError::BadSignature { publisher, round: frame.round };
    let key = feed.panel.get(usize::from(publisher)).ok_or_else(bad)?;
    let hash = digest(&frame.preimage(observed));
    match deps.api.secp256k1_verify(&hash, &observation.signature, &key.bytes()) {
        Ok(true) => Ok(()),
        // An error is a signature of numbers out of range: no better than a wrong one.
        Ok(false) | Err(_) => Err(bad()),
    }
}
