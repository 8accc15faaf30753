//! Roles, feeds, their rules at a time, and how far they may be leant on.

use cosmwasm_std::{Deps, Env, HexBinary, Order, Uint128};
use tokfut_api::oracle::{
    ConfigResponse, DisputeTerms, FeedConfig, FeedResponse, MethodologyResponse, Publisher, PublisherResponse,
    PublishersResponse, StatusResponse,
};
use tokfut_core::fixing::{Bounds, Carry, FixingError, PublisherKey, RoundClock, Standing, domain};
use tokfut_core::time::{DAY, Time};

use crate::error::{ContractError, Refusal};
use crate::state::config::{CLOCK, ROLES, Roles, now};
use crate::state::feed::{FEEDS, Feed, TEXTS, Texts};
use crate::state::jail::is_jailed;
use crate::state::version::{BOUNDS, METHODOLOGIES, Methodology, NAMES, PANELS, Panel, URIS, of};

/// Roles, terms and clock.
pub fn config(deps: Deps, env: &Env) -> Result<ConfigResponse, ContractError> {
    let Roles { administrator, guardian, arbiter, governance, timelock, denom, bond, sink } =
        ROLES.load(deps.storage)?;
    let contract = deps.api.addr_canonicalize(env.contract.address.as_str())?;
    let domain = domain(&env.block.chain_id, &contract).map_err(FixingError::from)?;
    Ok(ConfigResponse {
        administrator: administrator.into(),
        guardian: guardian.into(),
        arbiter: arbiter.into(),
        governance: governance.into(),
        timelock,
        dispute: DisputeTerms { denom, bond: Uint128::new(bond), sink: sink.into() },
        clock: CLOCK.load(deps.storage)?,
        domain: domain.into(),
    })
}

/// All feeds, in order of number; at most 16.
pub fn feeds(deps: Deps, env: &Env) -> Result<Vec<FeedConfig>, ContractError> {
    let now = now(deps.storage, env)?;
    let feeds = FEEDS.range(deps.storage, &[], None, Order::Ascending);
    feeds.map(|row| row.map_err(ContractError::from).and_then(|(id, feed)| described(deps, id, &feed, now))).collect()
}

/// One feed.
pub fn feed(deps: Deps, env: &Env, id: u32) -> Result<FeedResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let now = now(deps.storage, env)?;
    let (_, panel) = of(deps.storage, &PANELS, id, feed.round_at(now))?;
    let size = panel.size()?;
    let next_round = Feed::standing(deps.storage, id)?.next;
    let is_there = feed.end.is_none_or(|end| next_round < end);
    Ok(FeedResponse {
        config: described(deps, id, &feed, now)?,
        set_digest: panel.digest.into(),
        min_obs: number(size.min_obs()),
        super_obs: number(size.super_obs()),
        first_round: feed.first_round,
        end_round: feed.end,
        next_round,
        next_final_from: is_there.then(|| feed.clock.final_from(next_round)).transpose()?,
    })
}

fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

pub(super) fn described(deps: Deps, id: u32, feed: &Feed, now: Time) -> Result<FeedConfig, ContractError> {
    let unknown = || Refusal::UnknownFeed { feed: id };
    let Texts { symbol, unit } = TEXTS.may_load(deps.storage, &id)?.ok_or_else(unknown)?;
    let RoundClock { anchor, interval, window, late, final_after, extension } = feed.clock;
    let round = feed.round_at(now);
    let (_, bounds) = of(deps.storage, &BOUNDS, id, round)?;
    let Bounds { max_move, max_dispersion, outlier, materiality, max_value } = bounds;
    let (from, panel) = of(deps.storage, &PANELS, id, round)?;
    let methodology = methodology_of(deps, id, round)?;
    Ok(FeedConfig {
        id,
        symbol,
        unit,
        decimals: feed.decimals,
        anchor,
        interval,
        window,
        late,
        final_after,
        extension,
        max_move,
        max_dispersion,
        outlier,
        materiality,
        max_value: Uint128::new(max_value),
        methodology_hash: methodology.hash,
        methodology_uri: methodology.uri,
        publishers: members(deps, id, from, &panel)?,
    })
}

/// The panel that counts from round `from` on, as it was given.
pub(super) fn members(deps: Deps, feed: u32, from: u64, panel: &Panel) -> Result<Vec<Publisher>, ContractError> {
    let names = NAMES.may_load(deps.storage, &(feed, from))?.unwrap_or_default();
    let member = |(name, key): (String, &PublisherKey)| Publisher {
        name,
        scheme: key.scheme(),
        key: HexBinary::from(key.bytes()),
    };
    Ok(names.into_iter().zip(&panel.keys).map(member).collect())
}

/// The panel of a round, with who is jailed.
pub fn publishers(deps: Deps, env: &Env, id: u32, round: Option<u64>) -> Result<PublishersResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let round = round.map_or_else(|| now(deps.storage, env).map(|now| feed.round_at(now)), Ok)?;
    let fixing_time = feed.clock.fixing_time(round)?;
    let (from_round, panel) = of(deps.storage, &PANELS, id, round)?;
    let size = panel.size()?;
    let mut publishers = Vec::with_capacity(panel.keys.len());
    for (member, key) in members(deps, id, from_round, &panel)?.into_iter().zip(&panel.keys) {
        let Publisher { name, scheme, key: bytes } = member;
        let jailed = is_jailed(deps.storage, key, fixing_time)?;
        publishers.push(PublisherResponse { name, scheme, key: bytes, identity: key.identity().into(), jailed });
    }
    Ok(PublishersResponse {
        from_round,
        set_digest: panel.digest.into(),
        faulty: number(size.faulty()),
        min_obs: number(size.min_obs()),
        super_obs: number(size.super_obs()),
        publishers,
    })
}

/// The methodology of a round.
pub fn methodology(deps: Deps, env: &Env, id: u32, round: Option<u64>) -> Result<MethodologyResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let round = round.map_or_else(|| now(deps.storage, env).map(|now| feed.round_at(now)), Ok)?;
    methodology_of(deps, id, round)
}

fn methodology_of(deps: Deps, id: u32, round: u64) -> Result<MethodologyResponse, ContractError> {
    let (from_round, Methodology { version, hash }) = of(deps.storage, &METHODOLOGIES, id, round)?;
    let uri = URIS.may_load(deps.storage, &(id, from_round))?.unwrap_or_default();
    Ok(MethodologyResponse { version, hash: hash.into(), uri, from_round })
}

/// How far a feed may be leant on: by its age, the guardian's hint and its end, the strictest of them.
pub fn status(deps: Deps, env: &Env, id: u32) -> Result<StatusResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let now = now(deps.storage, env)?;
    let Standing { next: _, latest, hint } = Feed::standing(deps.storage, id)?;
    let fixing_time = latest.map(|latest| latest.fixing_time);
    let close_only = hint.holds(now);
    let hinted = if close_only { Carry::CloseOnly } else { Carry::Ok };
    let day = feed.clock.interval.max(DAY);
    Ok(StatusResponse {
        status: hinted.max(feed.carry(fixing_time, now)),
        days: fixing_time.and_then(|last| now.saturating_since(last).checked_div(day)),
        value: latest.map(|latest| Uint128::new(latest.value)),
        fixing_time,
        close_only,
        resumes: hint.lifted(now),
        ends: feed.end.map(|end| feed.clock.fixing_time(end)).transpose()?,
    })
}
