//! What is announced and has not taken effect (clause 8.1).

use cosmwasm_std::{Deps, Env, Uint128};
use tokfut_api::oracle::{Change, PendingChange};
use tokfut_core::fixing::Bounds;

use super::feed::{described, members};
use crate::error::ContractError;
use crate::state::config::now;
use crate::state::feed::Feed;
use crate::state::version::{BOUNDS, METHODOLOGIES, PANELS, URIS, ahead};

/// All of a feed's, by kind and then by time; at most four of a kind. Releases from jail are no feed's: see `jailed`.
pub fn pending(deps: Deps, env: &Env, id: u32) -> Result<Vec<PendingChange>, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let now = now(deps.storage, env)?;
    let (storage, present) = (deps.storage, feed.round_at(now));
    let mut rounds: Vec<(u64, Change)> = Vec::new();
    let begins = feed.clock.fixing_time(feed.first_round)?;
    if begins > now {
        rounds.push((feed.first_round, Change::AddFeed { feed: described(deps, id, &feed, now)? }));
    }
    for (round, panel) in ahead(storage, &PANELS, id, present)? {
        let (from, publishers) = (feed.clock.fixing_time(round)?, members(deps, id, round, &panel)?);
        rounds.push((round, Change::Panel { feed: id, from, publishers }));
    }
    for (round, methodology) in ahead(storage, &METHODOLOGIES, id, present)? {
        let uri = URIS.may_load(storage, &(id, round))?.unwrap_or_default();
        let from = feed.clock.fixing_time(round)?;
        rounds.push((round, Change::Methodology { feed: id, from, hash: methodology.hash.into(), uri }));
    }
    for (round, bounds) in ahead(storage, &BOUNDS, id, present)? {
        let Bounds { max_move, max_dispersion, outlier, materiality, max_value } = bounds;
        let (from, max_value) = (feed.clock.fixing_time(round)?, Uint128::new(max_value));
        let change = Change::Bounds { feed: id, from, max_move, max_dispersion, outlier, materiality, max_value };
        rounds.push((round, change));
    }
    if let Some(end) = feed.end.filter(|_| !feed.has_ended(now)) {
        rounds.push((end, Change::Terminate { feed: id, from: feed.clock.fixing_time(end)? }));
    }
    let dated = |(round, change)| {
        Ok::<_, ContractError>(PendingChange { from: feed.clock.fixing_time(round)?, round: Some(round), change })
    };
    let mut changes = rounds.into_iter().map(dated).collect::<Result<Vec<_>, _>>()?;
    if let Some(from) = Feed::standing(storage, id)?.hint.lifted(now) {
        changes.push(PendingChange { from, round: None, change: Change::Resume { feed: id, from } });
    }
    Ok(changes)
}
