//! One round: where it stands, and what is to be signed for it.

use cosmwasm_std::{Deps, Env, Uint128};
use tokfut_api::oracle::{AnswerResponse, DisputeResponse, Observation, PreimageResponse, RoundResponse};
use tokfut_core::fixing::{Answer, RoundState, Standing, digest, state};

use crate::error::ContractError;
use crate::signing::{Revision, frame, key, observed};
use crate::state::config::now;
use crate::state::feed::Feed;
use crate::state::fixing::FINALS;
use crate::state::round::{Dispute, ROUNDS, Round};
use crate::state::version::{BOUNDS, PANELS, Terms, of};

/// Where a round stands, with its answers.
pub fn round(deps: Deps, env: &Env, id: u32, round: u64) -> Result<RoundResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let fixing_time = feed.clock.fixing_time(round)?;
    let record = ROUNDS.may_load(deps.storage, &(id, round))?.unwrap_or_default();
    let final_from = record.final_from(&feed.clock, round)?;
    let (state, found) = standing(deps, env, (id, &feed), round, &record)?;
    let answers = |answers: &[Answer]| answers.iter().map(answer).collect();
    Ok(RoundResponse {
        feed: id,
        round,
        fixing_time,
        state: state.to_string(),
        value: found.map(|(value, _)| Uint128::new(value)),
        revision: found.map(|(_, revision)| revision),
        final_from,
        answers: answers(&record.answers.given),
        restated: answers(&record.answers.restated),
        dispute: record.dispute.map(|Dispute { by, bond, ruling }| DisputeResponse {
            by: by.into_string(),
            bond: Uint128::new(bond),
            ruling,
        }),
    })
}

/// Its state, and its value with the revision that it comes from. An upheld dispute voids at once.
fn standing(
    deps: Deps,
    env: &Env,
    (id, feed): (u32, &Feed),
    round: u64,
    record: &Round,
) -> Result<(RoundState, Option<(u128, u16)>), ContractError> {
    let Standing { next, latest, hint: _ } = Feed::standing(deps.storage, id)?;
    if round < next {
        let found = FINALS.may_load(deps.storage, &(id, round))?;
        return Ok(match found {
            Some(fixing) => (RoundState::Final, Some((fixing.value, fixing.revision))),
            None => (RoundState::Void, None),
        });
    }
    if record.is_upheld() || feed.end.is_some_and(|end| round >= end) {
        return Ok((RoundState::Void, None));
    }
    let now = now(deps.storage, env)?;
    let last = latest.map(|latest| latest.value);
    let stage = feed.clock.stage(round, now)?;
    let (_, panel) = of(deps.storage, &PANELS, id, round)?;
    let (_, bounds) = of(deps.storage, &BOUNDS, id, round)?;
    let (state, picked) = state(stage, &record.answers, panel.size()?, &bounds, last);
    Ok((state, picked.map(|picked| (picked.value, picked.revision))))
}

fn answer(answer: &Answer) -> AnswerResponse {
    AnswerResponse { publisher: answer.publisher, value: answer.value.map(Uint128::new) }
}

/// The bytes that a publisher signs; any round from the feed's first on, whether it is open or not.
pub fn preimage(
    deps: Deps,
    env: &Env,
    (id, round): (u32, u64),
    revision: u16,
    observation: &Observation,
) -> Result<PreimageResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let revision = Revision::parse(revision)?;
    let terms = Terms::of(deps.storage, id, round)?;
    let key = key(&terms.panel, observation.publisher)?;
    let preimage = frame(deps, env, (id, &feed, &terms), round, revision)?.preimage(&observed(observation)?);
    Ok(PreimageResponse {
        sha256: digest(&preimage).into(),
        scheme: key.scheme(),
        message: key.message(&preimage).into(),
        preimage: preimage.into(),
    })
}
