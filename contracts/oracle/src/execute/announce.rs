//! `announce`: the administrator's changes, each ahead of its effect by the timelock, effective by the clock alone
//! (clauses 7.1, 8.1).

use cosmwasm_std::{DepsMut, Env, MessageInfo, Order, Response, Storage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Announced, Change};
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{Bounds, Hint, PublisherKey, Standing};
use tokfut_core::time::{DAY, Time};
use tokfut_storage::Table;

use crate::error::ContractError;
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
    let notice = |seconds: u64| now.checked_add(seconds);
    let earliest = notice(roles.timelock)?;
    let Announcement(change, feed, round, from) = match change {
        Change::AddFeed { feed } => {
            let count = FEEDS.range(deps.storage, &[], None, Order::Ascending).take(MAX_FEEDS).count();
            if count == MAX_FEEDS {
                return Err(ContractError::FeedCount { count: count.saturating_add(1) });
            }
            let id = feed.id;
            let round = list(deps.storage, deps.api, feed, earliest)?;
            let from = Feed::load(deps.storage, id)?.clock.fixing_time(round)?;
            Announcement("add_feed", Some(id), Some(round), from)
        }
        Change::Panel { feed, from, publishers } => {
            let plan = Plan::new(deps.storage, feed, (now, from, earliest))?;
            let (panel, names) = panel(deps.api, publishers)?;
            for (publisher, key) in (0u16..).zip(&panel.keys) {
                if is_jailed(deps.storage, key, now)? {
                    return Err(ContractError::Jailed { publisher });
                }
            }
            plan.append(deps.storage, &PANELS, &panel)?;
            NAMES.save(deps.storage, &(feed, plan.round), &names)?;
            plan.announcement("panel")
        }
        Change::Methodology { feed, from, hash: bytes, uri } => {
            let earliest = earliest.max(notice(METHODOLOGY_NOTICE)?);
            let plan = Plan::new(deps.storage, feed, (now, from, earliest))?;
            text("uri", &uri, 0, 256)?;
            let (_, last) = of(deps.storage, &METHODOLOGIES, feed, u64::MAX)?;
            let next = Methodology { version: last.version.saturating_add(1), hash: hash("hash", &bytes)? };
            plan.append(deps.storage, &METHODOLOGIES, &next)?;
            URIS.save(deps.storage, &(feed, plan.round), &uri)?;
            plan.announcement("methodology")
        }
        Change::Bounds { feed, from, max_move, max_dispersion, outlier, materiality, max_value } => {
            let plan = Plan::new(deps.storage, feed, (now, from, earliest))?;
            let max_value = max_value.u128();
            let bounds = Bounds { max_move, max_dispersion, outlier, materiality, max_value }.checked()?;
            plan.append(deps.storage, &BOUNDS, &bounds)?;
            plan.announcement("bounds")
        }
        Change::Resume { feed, from } => {
            let standing = Feed::standing(deps.storage, feed)?;
            in_time(from, earliest)?;
            if !standing.hint.holds(now) {
                return Err(ContractError::NothingToLift { feed });
            }
            STANDING.save(deps.storage, &feed, &Standing { hint: Hint::CloseOnlyUntil(from), ..standing })?;
            Announcement("resume", Some(feed), None, from)
        }
        Change::Terminate { feed, from } => {
            let plan = Plan::new(deps.storage, feed, (now, from, earliest))?;
            let known = Feed { end: Some(plan.round), ..Feed::load(deps.storage, feed)? };
            FEEDS.save(deps.storage, &feed, &known)?;
            plan.announcement("terminate")
        }
        Change::Release { scheme, key, from } => {
            in_time(from, earliest)?;
            let key = PublisherKey::parse(0, scheme, &key)?;
            let sentence = Sentence::of(deps.storage, &key)?.filter(|sentence| sentence.holds(now));
            let sentence = sentence.ok_or(ContractError::NotJailed)?;
            let sentence = Sentence { release: Some(from), ..sentence };
            JAIL.save(deps.storage, &Identity(key.identity()), &sentence)?;
            Announcement("release", None, None, from)
        }
    };
    let mut events = EventLog::default();
    events.push(Announced { feed, change: change.to_string(), round, from });
    Ok(Response::new().add_events(events.into_events()))
}

/// Refuses what would take effect before the timelock is over.
const fn in_time(from: Time, earliest: Time) -> Result<(), ContractError> {
    if from.seconds() < earliest.seconds() { Err(ContractError::TooSoon { from, earliest }) } else { Ok(()) }
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
    /// The first round at or after `from`, if that is not before `earliest` and the feed does not end before.
    fn new(storage: &dyn Storage, feed: u32, (now, from, earliest): (Time, Time, Time)) -> Result<Self, ContractError> {
        let known = Feed::load(storage, feed)?;
        in_time(from, earliest)?;
        let round = known.clock.at_or_after(from);
        known.check_round(feed, round)?;
        let from = known.clock.fixing_time(round)?;
        known.clock.disputed_final_from(round)?;
        Ok(Self { feed, round, from, present: known.round_at(now) })
    }

    /// Stores the next version of its kind: after all others, and at most four ahead.
    fn append<T>(&self, storage: &mut dyn Storage, table: &Table<(u32, u64), T>, next: &T) -> Result<(), ContractError>
    where
        T: Serialize + DeserializeOwned,
    {
        let Self { feed, round, .. } = *self;
        if let Some((last, _)) = at(storage, table, feed, u64::MAX)?.filter(|(last, _)| round <= *last) {
            return Err(ContractError::OutOfOrder { round, last });
        }
        if ahead(storage, table, feed, self.present)?.len() >= MOST_AHEAD {
            return Err(ContractError::TooManyAhead { most: MOST_AHEAD });
        }
        Ok(table.save(storage, &(feed, round), next)?)
    }

    const fn announcement(&self, change: &'static str) -> Announcement {
        Announcement(change, Some(self.feed), Some(self.round), self.from)
    }
}
