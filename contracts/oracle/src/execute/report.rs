//! `report_equivocation`: two different answers that one publisher signed for one round and revision jail it, whoever
//! reports them and whenever (clause 7.9).

use cosmwasm_std::{DepsMut, Env, HexBinary, Response};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::{Jailed, Observation};
use tokfut_core::fixing::FixingError;
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::signing::{Revision, frame, key, observed, verify};
use crate::state::config::now;
use crate::state::feed::Feed;
use crate::state::jail::{Identity, JAIL, Sentence};
use crate::state::version::Terms;

/// Verifies both and jails the key. Answers taken before stand: the median bears them.
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
    check_jail(Sentence::of(deps.storage, key)?, publisher, fixing_time, now)?;
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

/// Refuses one who sits in jail, and what he did before he was released: a proof counts once.
fn check_jail(sentence: Option<Sentence>, publisher: u16, fixing_time: Time, now: Time) -> Result<(), ContractError> {
    let Some(sentence) = sentence else { return Ok(()) };
    let forgiven = sentence.release.is_some_and(|release| fixing_time < release);
    if sentence.holds(now) || forgiven {
        return Err(Refusal::AlreadyJailed { publisher }.into());
    }
    Ok(())
}
