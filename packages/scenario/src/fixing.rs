//! A fixing by the reference panel: each publisher signs what it observed, a relayer submits them one by one.

use cosmwasm_std::{HexBinary, Uint64, Uint128};
use tokfut_api::oracle::{self, ExecuteMsg, FeedConfig, ObservationStatus};
use tokfut_core::calendar::Date;
use tokfut_core::fixing::{Frame, Observation, PublisherKey, digest, domain, set_digest};
use tokfut_core::time::{DAY, Time};

use crate::call::{Call, Contract};
use crate::failure::Failure;
use crate::panel::Panel;

/// Who relays what the panel signs.
pub const RELAYER: &str = "relayer";

/// The reference panel at work for one oracle.
pub struct Signing<'a> {
    /// The chain's id.
    pub chain_id: &'a str,
    /// The oracle's canonical address.
    pub oracle: &'a [u8],
    /// Who signs.
    pub panel: &'a Panel,
}

impl Signing<'_> {
    /// The messages by which a relayer submits the fixing of a feed on a date, publisher by publisher. `values[i]` is
    /// that of publisher i, a decimal in the feed's unit; none is "unavailable"; publishers beyond the last value stay
    /// silent. Of several rounds a day it is the first.
    ///
    /// # Errors
    /// `invalid_step` for a date without a fixing, for a value that is no decimal of the feed's digits, for no values.
    pub fn calls(&self, feed: &FeedConfig, date: &str, values: &[Option<&str>]) -> Result<Vec<Call>, Failure> {
        let (round, time) = round_on(feed, date)?;
        let mut calls = Vec::new();
        for (publisher, value) in (0u16..).zip(values) {
            let observation = self.observation(feed, round, time, publisher, *value)?;
            let submit = ExecuteMsg::Submit { feed: feed.id, round, revision: 0, observations: vec![observation] };
            calls.push(Call::new(Contract::Oracle, &submit)?);
        }
        if calls.is_empty() {
            return Err(Failure::new("invalid_step", "a fixing of nobody"));
        }
        Ok(calls)
    }

    /// What one publisher says and signs: observed at the fixing time itself, from one input.
    ///
    /// # Errors
    /// As [`Signing::calls`].
    pub fn observation(
        &self,
        feed: &FeedConfig,
        round: u64,
        time: Time,
        publisher: u16,
        value: Option<&str>,
    ) -> Result<oracle::Observation, Failure> {
        let said = Observation {
            publisher,
            value: value.map(|text| units(text, feed.decimals)).transpose()?,
            dispersion: 0,
            observed_at: time.seconds().saturating_mul(1_000),
            input_count: 1,
            inputs_root: digest(format!("tokfut reference inputs {} {round} {publisher}", feed.id).as_bytes()),
        };
        let preimage = self.frame(feed, round, time)?.preimage(&said);
        Ok(oracle::Observation {
            publisher,
            status: if said.value.is_some() { ObservationStatus::Value } else { ObservationStatus::Unavailable },
            value: Uint128::new(said.value.unwrap_or(0)),
            dispersion: Uint128::new(said.dispersion),
            observed_at: Uint64::new(said.observed_at),
            input_count: said.input_count,
            inputs_root: HexBinary::from(said.inputs_root),
            signature: self.panel.sign(publisher, &preimage)?,
        })
    }

    /// What goes into every signature of a round, made from the deployment, not asked of the contract.
    ///
    /// # Errors
    /// `invalid_world` if the feed has no panel to sign for.
    pub fn frame(&self, feed: &FeedConfig, round: u64, time: Time) -> Result<Frame, Failure> {
        let invalid = |error: &dyn core::fmt::Display| Failure::new("invalid_world", error);
        let publishers = if feed.publishers.is_empty() { self.panel.publishers() } else { feed.publishers.clone() };
        let keys = (0u16..)
            .zip(&publishers)
            .map(|(index, publisher)| PublisherKey::parse(index, publisher.scheme, &publisher.key));
        let keys = keys.collect::<Result<Vec<_>, _>>().map_err(|error| invalid(&error))?;
        let methodology_hash = feed.methodology_hash.as_slice().try_into().map_err(|error| invalid(&error))?;
        Ok(Frame {
            domain: domain(self.chain_id, self.oracle).map_err(|error| invalid(&error))?,
            set_digest: set_digest(&keys).map_err(|error| invalid(&error))?,
            methodology_hash,
            feed: feed.id,
            round,
            fixing_time: time,
            revision: 0,
            decimals: feed.decimals,
        })
    }
}

/// The first round of a feed that fixes on a date, and when.
///
/// # Errors
/// `invalid_step` for a date without a fixing.
pub fn round_on(feed: &FeedConfig, date: &str) -> Result<(u64, Time), Failure> {
    let none = || Failure::new("invalid_step", format!("feed {} has no fixing on {date:?}", feed.symbol));
    let midnight = Date::parse(date).map_err(|error| Failure::new("invalid_step", error))?.at(0).seconds();
    let since = midnight.saturating_sub(feed.anchor.seconds());
    let round = since.div_ceil(feed.interval.max(1));
    let seconds = round.checked_mul(feed.interval).and_then(|run| run.checked_add(feed.anchor.seconds()));
    let seconds = seconds.filter(|seconds| seconds.checked_sub(midnight).is_some_and(|of_day| of_day < DAY));
    seconds.map(|seconds| (round, Time::new(seconds))).ok_or_else(none)
}

/// A decimal with at most `decimals` digits after the point, in units of the last of them. Zero and numbers beyond
/// what the oracle takes are read too: it is for the oracle to refuse them.
fn units(text: &str, decimals: u8) -> Result<u128, Failure> {
    let bad = || Failure::new("invalid_step", format!("{text:?} is not a decimal with at most {decimals} decimals"));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let places = usize::from(decimals);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = if text.contains('.') { fraction } else { "" };
    if !digits(whole) || !(fraction.is_empty() || digits(fraction)) || fraction.len() > places || text.ends_with('.') {
        return Err(bad());
    }
    format!("{whole}{fraction:0<places$}").parse().map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::WorldSpec;

    #[test]
    fn a_value_is_read_in_the_feeds_units() {
        for (text, decimals, expected) in [("1.6489", 4, 16_489), ("2", 4, 20_000), ("0", 2, 0), ("1000.5", 2, 100_050)]
        {
            assert_eq!(units(text, decimals).unwrap(), expected);
        }
        for bad in ["", ".5", "1.", "1.64891", "-1", "1e3", "1.2.3", " 1"] {
            assert_eq!(units(bad, 4).unwrap_err().code, "invalid_step", "{bad:?}");
        }
    }

    #[test]
    fn the_round_of_a_date_fixes_on_it() {
        let feed = WorldSpec::reference().unwrap().feed("TOK").unwrap().clone();
        let of = |feed: &FeedConfig, date| round_on(feed, date).map(|(round, time)| (round, time.to_string()));
        assert_eq!(of(&feed, "2025-10-10").unwrap(), (0, "2025-10-10T12:00:00Z".to_string()));
        assert_eq!(of(&feed, "2026-07-30").unwrap(), (293, "2026-07-30T12:00:00Z".to_string()));
        assert_eq!(of(&feed, "2025-10-09").unwrap_err().code, "invalid_step");
        let hourly = FeedConfig { interval: 3_600, ..feed.clone() };
        assert_eq!(of(&hourly, "2025-10-11").unwrap(), (12, "2025-10-11T00:00:00Z".to_string()));
        let weekly = FeedConfig { interval: 7 * DAY, ..feed };
        assert_eq!(of(&weekly, "2025-10-11").unwrap_err().code, "invalid_step");
    }
}
