//! `withdraw`: the administrator takes back what has not taken effect.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Withdrawable, Withdrawn};
use tokfut_storage::Table;

use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::state::config::{ROLES, now};
use crate::state::feed::{FEEDS, Feed};
use crate::state::version::{BOUNDS, METHODOLOGIES, NAMES, PANELS, URIS, at};

/// Removes the last announced change of its kind.
pub fn withdraw(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    feed: u32,
    change: Withdrawable,
) -> Result<Response, ContractError> {
    guard::only("the administrator", &ROLES.load(deps.storage)?.administrator, info)?;
    let known = Feed::load(deps.storage, feed)?;
    let now = now(deps.storage, env)?;
    let present = known.round_at(now);
    match change {
        Withdrawable::Panel => {
            let round = remove_last(deps.storage, &PANELS, feed, present)?;
            NAMES.remove(deps.storage, &(feed, round));
        }
        Withdrawable::Methodology => {
            let round = remove_last(deps.storage, &METHODOLOGIES, feed, present)?;
            URIS.remove(deps.storage, &(feed, round));
        }
        Withdrawable::Bounds => {
            remove_last(deps.storage, &BOUNDS, feed, present)?;
        }
        Withdrawable::Terminate if known.end.is_some() && !known.has_ended(now) => {
            FEEDS.save(deps.storage, &feed, &Feed { end: None, ..known })?;
        }
        Withdrawable::Terminate => return Err(Refusal::NothingToWithdraw { feed }.into()),
    }
    let mut events = EventLog::default();
    events.push(Withdrawn { feed, change: change.to_string() });
    Ok(Response::new().add_events(events.into_events()))
}

/// Removes the last version if it does not count yet; returns the round that it would have counted from.
fn remove_last<T>(
    storage: &mut dyn Storage,
    table: &Table<(u32, u64), T>,
    feed: u32,
    present: u64,
) -> Result<u64, ContractError>
where
    T: Serialize + DeserializeOwned,
{
    let last = at(storage, table, feed, u64::MAX)?.filter(|(round, _)| *round > present);
    let (round, _) = last.ok_or(Refusal::NothingToWithdraw { feed })?;
    table.remove(storage, &(feed, round));
    Ok(round)
}
