//! `announce`: the administrator's changes, each ahead of its effect by the timelock, effective by the clock alone
//! (clauses 7.1, 8.1).

use cosmwasm_std::{DepsMut, Env, HexBinary, MessageInfo, Order, Response, Storage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Announced, Change, FeedConfig, Publisher};
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{Bounds, Hint, PublisherKey, Standing};
use tokfut_core::time::{DAY, Time};
use tokfut_storage::Table;

use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::listing::{MAX_FEEDS, hash, list, panel, text};
use crate::state::config::{ROLES, now};
use crate::state::feed::{FEEDS, Feed};
use crate::state::jail::{Identity, JAIL, Sentence, is_jailed};
use crate::state::version::{BOUNDS, METHODOLOGIES, MOST_AHEAD, Methodology, NAMES, PANELS, URIS, ahead, at, of};

/// The shortest notice of a methodology.
const METHODOLOGY_NOTICE: u64 = 14 * DAY;

/// What is announced: the change's name, its feed, the first round that it counts for, and when.
struct Announcement(&'static str, Option<u32>, Option<u64>, Time);

/// Stores the change as it will be from its time on.
pub fn announce(deps: DepsMut, env: &Env, info: &MessageInfo, change: Change) -> Result<Response, ContractError> {
    let roles = ROLES.load(deps.storage)?;
    guard::only("the administrator", &roles.administrator, info)?;
    let now = now(deps.storage, env)?;
    let times = Times { now, earliest: now.checked_add(roles.timelock)? };
    let Announcement(change, feed, round, from) = match change {
        Change::AddFeed { feed } => add_feed(deps, times, feed)?,
        Change::Panel { feed, from, publishers } => rotate(deps, times, (feed, from), publishers)?,
        Change::Methodology { feed, from, hash, uri } => methodology(deps.storage, times, (feed, from), (hash, uri))?,
        Change::Bounds { feed, from, max_move, max_dispersion, outlier, materiality, max_value } => {
            let max_value = max_value.u128();
            let next = Bounds { max_move, max_dispersion, outlier, materiality, max_value };
            bounds(deps.storage, times, (feed, from), next)?
        }
        Change::Resume { feed, from } => resume(deps.storage, times, feed, from)?,
        Change::Terminate { feed, from } => terminate(deps.storage, times, feed, from)?,
        Change::Release { scheme, key, from } => {
            release(deps.storage, times, &PublisherKey::parse(0, scheme, &key)?, from)?
        }
    };
    let mut events = EventLog::default();
    events.push(Announced { feed, change: change.to_string(), round, from });
    Ok(Response::new().add_events(events.into_events()))
}

/// Protocol time, and when the timelock from now is over.
#[derive(Clone, Copy)]
struct Times {
    now: Time,
    earliest: Time,
}

fn add_feed(deps: DepsMut, times: Times, feed: FeedConfig) -> Result<Announcement, ContractError> {
    let count = FEEDS.range(deps.storage, &[], None, Order::Ascending).take(MAX_FEEDS).count();
    if count == MAX_FEEDS {
        return Err(Refusal::FeedCount { count: count.saturating_add(1) }.into());
    }
    let id = feed.id;
    let round = list(deps.storage, deps.api, feed, times.earliest)?;
    let from = Feed::load(deps.storage, id)?.clock.fixing_time(round)?;
    Ok(Announcement("add_feed", Some(id), Some(round), from))
}

fn rotate(
    deps: DepsMut,
    times: Times,
    (feed, from): (u32, Time),
    publishers: Vec<Publisher>,
) -> Result<Announcement, ContractError> {
    let plan = Plan::new(deps.storage, feed, from, times)?;
    let (panel, names) = panel(deps.api, publishers)?;
    for (publisher, key) in (0u16..).zip(&panel.keys) {
        if is_jailed(deps.storage, key, plan.from)? {
            return Err(Refusal::Jailed { publisher }.into());
        }
    }
    plan.append(deps.storage, &PANELS, &panel)?;
    NAMES.save(deps.storage, &(feed, plan.round), &names)?;
    Ok(plan.announcement("panel"))
}

fn methodology(
    storage: &mut dyn Storage,
    times: Times,
    (feed, from): (u32, Time),
    (bytes, uri): (HexBinary, String),
) -> Result<Announcement, ContractError> {
    let earliest = times.earliest.max(times.now.checked_add(METHODOLOGY_NOTICE)?);
    let plan = Plan::new(storage, feed, from, Times { earliest, ..times })?;
    text("uri", &uri, 0, 256)?;
    let (_, last) = of(storage, &METHODOLOGIES, feed, u64::MAX)?;
    let next = Methodology { version: last.version.saturating_add(1), hash: hash("hash", &bytes)? };
    plan.append(storage, &METHODOLOGIES, &next)?;
    URIS.save(storage, &(feed, plan.round), &uri)?;
    Ok(plan.announcement("methodology"))
}

fn bounds(
    storage: &mut dyn Storage,
    times: Times,
    (feed, from): (u32, Time),
    next: Bounds,
) -> Result<Announcement, ContractError> {
    let plan = Plan::new(storage, feed, from, times)?;
    plan.append(storage, &BOUNDS, &next.checked()?)?;
    Ok(plan.announcement("bounds"))
}

fn resume(storage: &mut dyn Storage, times: Times, feed: u32, from: Time) -> Result<Announcement, ContractError> {
    let standing = Feed::standing(storage, feed)?;
    in_time(from, times)?;
    if !standing.hint.holds(times.now) {
        return Err(Refusal::NothingToLift { feed }.into());
    }
    STANDING.save(storage, &feed, &Standing { hint: Hint::CloseOnlyUntil(from), ..standing })?;
    Ok(Announcement("resume", Some(feed), None, from))
}

fn terminate(storage: &mut dyn Storage, times: Times, feed: u32, from: Time) -> Result<Announcement, ContractError> {
    let plan = Plan::new(storage, feed, from, times)?;
    let ended = Feed { end: Some(plan.round), ..Feed::load(storage, feed)? };
    FEEDS.save(storage, &feed, &ended)?;
    Ok(plan.announcement("terminate"))
}

fn release(
    storage: &mut dyn Storage,
    times: Times,
    key: &PublisherKey,
    from: Time,
) -> Result<Announcement, ContractError> {
    in_time(from, times)?;
    let sentence = Sentence::of(storage, key)?.filter(|sentence| sentence.covers(times.now));
    let sentence = Sentence { release: Some(from), ..sentence.ok_or(Refusal::NotJailed)? };
    JAIL.save(storage, &Identity(key.identity()), &sentence)?;
    Ok(Announcement("release", None, None, from))
}

/// Refuses what would take effect before the timelock is over.
fn in_time(from: Time, Times { now: _, earliest }: Times) -> Result<(), ContractError> {
    if from.seconds() < earliest.seconds() { Err(Refusal::TooSoon { from, earliest }.into()) } else { Ok(()) }
}

/// Where a change of a feed takes effect.
struct Plan {
    feed: u32,
    round: u64,
    from: Time,
    /// The round whose rules are in force now.
    present: u64,
}

impl Plan {
    /// The first round at or after `from`, if that is not too soon and the feed does not end before.
    fn new(storage: &dyn Storage, feed: u32, from: Time, times: Times) -> Result<Self, ContractError> {
        let known = Feed::load(storage, feed)?;
        in_time(from, times)?;
        let round = known.clock.at_or_after(from);
        known.check_round(feed, round)?;
        let from = known.clock.fixing_time(round)?;
        known.clock.disputed_final_from(round)?;
        Ok(Self { feed, round, from, present: known.round_at(times.now) })
    }

    /// Stores the next version of its kind: after all others, and at most four ahead.
    fn append<T>(&self, storage: &mut dyn Storage, table: &Table<(u32, u64), T>, next: &T) -> Result<(), ContractError>
    where
        T: Serialize + DeserializeOwned,
    {
        let Self { feed, round, .. } = *self;
        if let Some((last, _)) = at(storage, table, feed, u64::MAX)?.filter(|(last, _)| round <= *last) {
            return Err(Refusal::OutOfOrder { round, last }.into());
        }
        if ahead(storage, table, feed, self.present)?.len() >= MOST_AHEAD {
            return Err(Refusal::TooManyAhead { most: MOST_AHEAD }.into());
        }
        Ok(table.save(storage, &(feed, round), next)?)
    }

    const fn announcement(&self, change: &'static str) -> Announcement {
        Announcement(change, Some(self.feed), Some(self.round), self.from)
    }
}
