//! Averages of final fixings: two seeks each, however long the window (clause 7.7).

use cosmwasm_std::{Deps, Env, Uint128};
use tokfut_api::oracle::{MeanResponse, TwapResponse, WindowResponse};
use tokfut_core::fixing::Carry;
use tokfut_core::money::Overflow;
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::config::now;
use crate::state::feed::Feed;
use crate::state::fixing::FINALS;
use crate::state::round::ROUNDS;
use crate::state::version::at;

/// Σ and count of finals.
#[derive(Clone, Copy)]
struct Prefix {
    sum: u128,
    count: u64,
}

/// The rounds dated in a window, `first..end`, the finals before and up to its end, and the round of the last of these.
struct Span {
    first: u64,
    end: u64,
    before: Prefix,
    within: Prefix,
    last: Option<u64>,
}

impl Span {
    /// The window from `from` to `to`, both ends in; no rounds if it holds none.
    fn new(deps: Deps, id: u32, feed: &Feed, (from, to): (Time, Time)) -> Result<Self, ContractError> {
        let first = feed.clock.at_or_after(from);
        let end = feed.clock.at_or_before(to).map_or(0, |round| round.saturating_add(1)).max(first);
        let up_to = |end: u64| -> Result<(Prefix, Option<u64>), ContractError> {
            let found = end.checked_sub(1).map(|last| at(deps.storage, &FINALS, id, last)).transpose()?.flatten();
            Ok(found.map_or((Prefix { sum: 0, count: 0 }, None), |(round, found)| {
                (Prefix { sum: found.sum, count: found.count }, Some(round))
            }))
        };
        let ((before, _), (all, last)) = (up_to(first)?, up_to(end)?);
        let sum = all.sum.saturating_sub(before.sum);
        let count = all.count.saturating_sub(before.count);
        Ok(Self { first, end, before, within: Prefix { sum, count }, last })
    }
}

fn mean_down(Prefix { sum, count }: Prefix) -> Option<Uint128> {
    sum.checked_div(u128::from(count)).map(Uint128::new)
}

/// How many of the rounds `first..end` can become final no more.
fn settled(deps: Deps, env: &Env, id: u32, feed: &Feed, (first, end): (u64, u64)) -> Result<u64, ContractError> {
    let next = Feed::standing(deps.storage, id)?.next;
    let over = feed.end.is_some_and(|last| next >= last) && feed.has_ended(now(deps.storage, env)?);
    Ok(if over { end } else { next.min(end) }.saturating_sub(first))
}

/// The final fixings of a window, and what may still come.
pub fn window(deps: Deps, env: &Env, id: u32, times: (Time, Time)) -> Result<WindowResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let Span { first, end, before, within, last: last_final } = Span::new(deps, id, &feed, times)?;
    let expected = end.saturating_sub(first);
    let settled = settled(deps, env, id, &feed, (first, end))?;
    let last = end.checked_sub(1).filter(|last| *last >= first);
    let complete = settled == expected;
    let last_final = last_final.map(|round| feed.clock.fixing_time(round)).transpose()?;
    // A dispute ends with its round's interval at the latest, so that of the last round alone puts the window off, and
    // none the end of the feed.
    let final_from = |round| -> Result<Time, ContractError> {
        if let Some(over) = feed.end.filter(|over| *over <= round) {
            return Ok(feed.clock.fixing_time(over)?);
        }
        let record = if complete { None } else { ROUNDS.may_load(deps.storage, &(id, round))? };
        Ok(record.unwrap_or_default().final_from(&feed.clock, round)?)
    };
    Ok(WindowResponse {
        expected,
        finals: within.count,
        missing: settled.saturating_sub(within.count),
        sum: Uint128::new(within.sum),
        mean: mean_down(within),
        sum_before: Uint128::new(before.sum),
        count_before: before.count,
        complete,
        complete_from: last.map(final_from).transpose()?,
        terminated: feed.carry(last_final, times.1) == Carry::Terminated,
    })
}

/// The mean of the final fixings of a window.
pub fn mean(deps: Deps, id: u32, times: (Time, Time)) -> Result<MeanResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    let Span { within, .. } = Span::new(deps, id, &feed, times)?;
    let mean = mean_down(within).ok_or(Refusal::NoFixing { feed: id })?;
    Ok(MeanResponse { sum: Uint128::new(within.sum), finals: within.count, mean })
}

/// The time-weighted average from `from` to `to`, exclusive.
pub fn twap(deps: Deps, env: &Env, id: u32, (from, to): (Time, Time)) -> Result<TwapResponse, ContractError> {
    let feed = Feed::load(deps.storage, id)?;
    if from >= to {
        return Err(Refusal::EmptyWindow { from, to }.into());
    }
    let integral_to = |time: Time| -> Result<u128, ContractError> {
        let none = Refusal::NoFixing { feed: id };
        let Some(round) = feed.clock.at_or_before(time) else { return Err(none.into()) };
        let (round, fixing) = at(deps.storage, &FINALS, id, round)?.ok_or(none)?;
        Ok(fixing.numbers(round, feed.clock.fixing_time(round)?).integral_to(time)?)
    };
    let integral = integral_to(to)?.checked_sub(integral_to(from)?).ok_or(Overflow("integral of fixings"))?;
    let seconds = to.saturating_since(from);
    // A round dated at `to` itself stands for no time of the window.
    let end = feed.clock.at_or_after(to);
    let complete = settled(deps, env, id, &feed, (0, end))? == end;
    let twap = integral.checked_div(u128::from(seconds)).ok_or(Refusal::EmptyWindow { from, to })?;
    Ok(TwapResponse { integral: Uint128::new(integral), seconds, twap: Uint128::new(twap), complete })
}
