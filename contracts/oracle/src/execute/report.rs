//! `report_equivocation`: two different answers that one publisher signed for one round and revision jail it, whoever
//! reports them and whenever (clause 7.9).

use cosmwasm_std::{DepsMut, Env, HexBinary, Response};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Jailed, Observation};
use tokfut_core::fixing::FixingError;

use crate::error::{ContractError, Refusal};
use crate::signing::{Revision, frame, key, observed, verify};
use crate::state::config::now;
use crate::state::feed::Feed;
use crate::state::jail::{Identity, JAIL, Sentence, is_jailed};
use crate::state::version::Terms;

/// Verifies both and jails the key, unless it sits in jail or was released after that round: a proof counts once. Answers
/// taken before stand: the median bears them.
pub fn report_equivocation(
    deps: DepsMut,
    env: &Env,
    (feed, round): (u32, u64),
    revision: u16,
    [first, second]: [&Observation; 2],
) -> Result<Response, ContractError> {
    let known = Feed::load(deps.storage, feed)?;
    let revision = Revision::parse(revision)?;
    known.check_round(feed, round)?;
    let now = now(deps.storage, env)?;
    let fixing_time = known.clock.fixing_time(round)?;
    if now < fixing_time {
        // The panel of a round to come may still change.
        return Err(FixingError::Future { round, fixing_time, now }.into());
    }
    let publisher = first.publisher;
    let both = [observed(first)?, observed(second)?];
    let [one, other] = &both;
    if one.publisher != other.publisher || one == other {
        return Err(Refusal::NoEquivocation { publisher, round }.into());
    }
    let terms = Terms::of(deps.storage, feed, round)?;
    let key = key(&terms.panel, publisher)?;
    if is_jailed(deps.storage, key, fixing_time)? {
        return Err(Refusal::AlreadyJailed { publisher }.into());
    }
    let frame = frame(deps.as_ref(), env, (feed, &known, &terms), round, revision)?;
    for (observation, observed) in [first, second].into_iter().zip(&both) {
        key.check_signature(&observation.signature)?;
        verify(deps.api, key, &frame, observed, &observation.signature)?;
    }

    let identity = key.identity();
    JAIL.save(deps.storage, &Identity(identity), &Sentence { since: now, release: None })?;
    let mut events = EventLog::default();
    let identity = HexBinary::from(identity).to_hex();
    events.push(Jailed { feed, round, revision: revision.number(), publisher, identity });
    Ok(Response::new().add_events(events.into_events()))
}
