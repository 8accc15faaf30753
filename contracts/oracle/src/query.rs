//! What can be asked (clause 7.7).

use cosmwasm_std::{Deps, Env, HexBinary, Order, Uint128};
use tokfut_api::oracle::{
    AnswerResponse, ConfigResponse, FeedConfig, FeedResponse, FixingResponse, Observation, PreimageResponse, Publisher,
    RoundResponse, WindowResponse,
};
use tokfut_core::fixing::{Bounds, FeedRules, FixingError, RoundClock, RoundState, digest, domain, state};
use tokfut_core::time::Time;

use crate::error::ContractError;
use crate::execute::{frame, observed};
use crate::state::config::CONFIG;
use crate::state::feed::{FEEDS, Feed, TEXTS, Texts};
use crate::state::fixing::{FINALS, FinalFixing, LATEST_FINAL, at_or_before as seek};
use crate::state::round::{ANSWERS, NEXT};

/// Roles and clock.
pub fn config(deps: Deps, env: &Env) -> Result<ConfigResponse, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let contract = deps.api.addr_canonicalize(env.contract.address.as_str())?;
    let domain = domain(&env.block.chain_id, &contract).map_err(FixingError::from)?;
    Ok(ConfigResponse { administrator: config.administrator.into(), clock: config.clock, domain: domain.into() })
}

/// All feeds, in order of number; at most 16.
pub fn feeds(deps: Deps) -> Result<Vec<FeedConfig>, ContractError> {
    let feeds = FEEDS.range(deps.storage, &[], None, Order::Ascending);
    feeds.map(|row| row.map_err(ContractError::from).and_then(|(id, feed)| described(deps, id, &feed))).collect()
}

/// One feed.
pub fn feed(deps: Deps, id: u32) -> Result<FeedResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let panel = feed.panel_size()?;
    let next_round = next(deps, id, &feed)?;
    Ok(FeedResponse {
        config: described(deps, id, &feed)?,
        set_digest: feed.set_digest.into(),
        min_obs: u32::try_from(panel.min_obs()).unwrap_or(u32::MAX),
        agreeing: u32::try_from(panel.agreeing()).unwrap_or(u32::MAX),
        first_round: feed.first_round,
        next_round,
        next_final_from: feed.rules.clock.final_from(next_round)?,
    })
}

fn next(deps: Deps, id: u32, feed: &Feed) -> Result<u64, ContractError> {
    Ok(NEXT.may_load(deps.storage, &id)?.unwrap_or(feed.first_round))
}

fn described(deps: Deps, id: u32, feed: &Feed) -> Result<FeedConfig, ContractError> {
    let Texts { symbol, unit, methodology_uri, names } =
        TEXTS.may_load(deps.storage, &id)?.ok_or(ContractError::UnknownFeed { feed: id })?;
    let FeedRules { decimals, clock, bounds, max_value } = feed.rules;
    let RoundClock { anchor, interval, window, late, final_after } = clock;
    let Bounds { max_move, max_dispersion, outlier } = bounds;
    let publisher = |(name, key): (String, _)| Publisher { name, key };
    let keys = feed.panel.iter().map(|key| HexBinary::from(key.bytes()));
    Ok(FeedConfig {
        id,
        symbol,
        unit,
        decimals,
        anchor,
        interval,
        window,
        late,
        final_after,
        max_move,
        max_dispersion,
        outlier,
        max_value: Uint128::new(max_value),
        methodology_hash: feed.methodology_hash.into(),
        methodology_uri,
        publishers: names.into_iter().zip(keys).map(publisher).collect(),
    })
}

/// The latest final fixing.
pub fn latest(deps: Deps, id: u32) -> Result<FixingResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let latest = LATEST_FINAL.may_load(deps.storage, &id)?.ok_or(ContractError::NoFixing { feed: id })?;
    let fixing = FINALS.may_load(deps.storage, &(id, latest.round))?.ok_or(ContractError::NoFixing { feed: id })?;
    response(&feed, id, latest.round, fixing)
}

/// The latest final fixing at or before a time: one seek.
pub fn at_or_before(deps: Deps, id: u32, time: Time) -> Result<FixingResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let round = feed.rules.clock.at_or_before(time).ok_or(ContractError::NoFixing { feed: id })?;
    let (round, fixing) = seek(deps.storage, id, round)?.ok_or(ContractError::NoFixing { feed: id })?;
    response(&feed, id, round, fixing)
}

fn response(feed: &Feed, id: u32, round: u64, fixing: FinalFixing) -> Result<FixingResponse, ContractError> {
    let FinalFixing { value, sum, count, publisher, inputs_root } = fixing;
    Ok(FixingResponse {
        feed: id,
        round,
        fixing_time: feed.rules.clock.fixing_time(round)?,
        value: Uint128::new(value),
        sum: Uint128::new(sum),
        count,
        publisher,
        inputs_root: inputs_root.into(),
    })
}

/// The final fixings of a window, both ends in: two seeks, however long it is.
pub fn window(deps: Deps, id: u32, from: Time, to: Time) -> Result<WindowResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let clock = &feed.rules.clock;
    let first = clock.at_or_after(from);
    // The first round after the window: the window is first..end, empty if end ≤ first.
    let end = clock.at_or_before(to).map_or(0, |round| round.saturating_add(1)).max(first);
    let up_to = |end: u64| -> Result<(u128, u64), ContractError> {
        let Some(last) = end.checked_sub(1) else { return Ok((0, 0)) };
        Ok(seek(deps.storage, id, last)?.map_or((0, 0), |(_, fixing)| (fixing.sum, fixing.count)))
    };
    let (sum_before, count_before) = up_to(first)?;
    let (sum, count) = up_to(end)?;
    let next = next(deps, id, &feed)?;
    let finals = count.saturating_sub(count_before);
    let expected = end.saturating_sub(first);
    let settled = next.min(end).saturating_sub(first);
    Ok(WindowResponse {
        expected,
        finals,
        missing: settled.saturating_sub(finals),
        sum: Uint128::new(sum.saturating_sub(sum_before)),
        sum_before: Uint128::new(sum_before),
        count_before,
        complete: settled == expected,
        complete_from: end
            .checked_sub(1)
            .filter(|last| *last >= first)
            .map(|last| clock.final_from(last))
            .transpose()?,
    })
}

/// Where a round stands, with its answers.
pub fn round(deps: Deps, env: &Env, id: u32, round: u64) -> Result<RoundResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let fixing_time = feed.rules.clock.fixing_time(round)?;
    let answers = ANSWERS.may_load(deps.storage, &(id, round))?.unwrap_or_default();
    let (state, value) = if round < next(deps, id, &feed)? {
        match FINALS.may_load(deps.storage, &(id, round))? {
            Some(fixing) => (RoundState::Final, Some(fixing.value)),
            None => (RoundState::Void, None),
        }
    } else {
        let now = CONFIG.load(deps.storage)?.now(env)?;
        let last = LATEST_FINAL.may_load(deps.storage, &id)?.map(|latest| latest.value);
        let stage = feed.rules.clock.stage(round, now)?;
        let (state, picked) = state(stage, &answers, feed.panel_size()?, &feed.rules.bounds, last);
        (state, picked.map(|picked| picked.value))
    };
    let answer = |answer: &tokfut_core::fixing::Answer| AnswerResponse {
        publisher: answer.publisher,
        value: answer.value.map(Uint128::new),
    };
    Ok(RoundResponse {
        feed: id,
        round,
        fixing_time,
        state: state.to_string(),
        value: value.map(Uint128::new),
        answers: answers.iter().map(answer).collect(),
    })
}

/// The bytes that a publisher signs; any round that has a fixing time, whether it is open or not.
pub fn preimage(
    deps: Deps,
    env: &Env,
    id: u32,
    round: u64,
    observation: &Observation,
) -> Result<PreimageResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let preimage = frame(deps, env, &feed, id, round)?.preimage(&observed(observation)?);
    Ok(PreimageResponse { sha256: digest(&preimage).into(), preimage: preimage.into() })
}

/// The latest final fixing, if it is young enough.
pub fn price(deps: Deps, env: &Env, id: u32, max_age: u64) -> Result<FixingResponse, ContractError> {
    let fixing = latest(deps, id)?;
    let age = CONFIG.load(deps.storage)?.now(env)?.saturating_since(fixing.fixing_time);
    if age > max_age { Err(ContractError::Stale { feed: id, age, max_age }) } else { Ok(fixing) }
}
