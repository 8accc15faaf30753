//! What the oracle says of a feed: all that goes into a signature beside the observation itself.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tokfut_api::oracle::{ConfigResponse, FeedResponse, Publisher};
use tokfut_core::calendar::Date;
use tokfut_core::fixing::{Frame, PublisherKey, RoundClock, set_digest};
use tokfut_core::time::{DAY, Time};

use crate::Error;
use crate::key::Key;

/// The oracle's answers to `config` and `feed`, together.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Oracle {
    /// The answer to `config`.
    pub config: ConfigResponse,
    /// The answer to `feed`.
    pub feed: FeedResponse,
}

impl Oracle {
    /// Reads them from a file: `{"config": …, "feed": …}`.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read(path).map_err(Error::file(path))?;
        let oracle: Self = serde_json::from_slice(&text).map_err(|error| Error::form(path, error))?;
        oracle.check_panel().map_err(|reason| Error::form(path, reason))?;
        Ok(oracle)
    }

    /// Refuses a digest that is not that of the panel: a signature over it would count for nothing.
    fn check_panel(&self) -> Result<(), String> {
        let publishers = (0_u16..).zip(&self.feed.config.publishers);
        let keys = publishers.map(|(index, publisher)| PublisherKey::parse(index, publisher.scheme, &publisher.key));
        let keys = keys.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        let digest = set_digest(&keys).map_err(|error| error.to_string())?;
        if self.feed.set_digest == digest {
            Ok(())
        } else {
            Err("set_digest is not that of its publishers".to_string())
        }
    }

    /// The feed's symbol.
    pub fn symbol(&self) -> &str {
        &self.feed.config.symbol
    }

    /// The feed's number.
    pub fn feed(&self) -> u32 {
        self.feed.config.id
    }

    /// SHA-256 of the methodology in force.
    pub fn methodology(&self) -> [u8; 32] {
        fixed(&self.feed.config.methodology_hash)
    }

    /// The times of the feed's rounds.
    pub fn clock(&self) -> RoundClock {
        let config = &self.feed.config;
        RoundClock {
            anchor: config.anchor,
            interval: config.interval,
            window: config.window,
            late: config.late,
            final_after: config.final_after,
            extension: config.extension,
        }
    }

    /// Protocol time at a time of blocks, in seconds.
    pub fn now(&self, block_seconds: u64) -> Time {
        self.config.clock.at(block_seconds).unwrap_or(Time::MAX)
    }

    /// The round that fixes on a date.
    ///
    /// # Errors
    /// If there is none, or the feed has more than one a day.
    pub fn round_on(&self, date: Date) -> Result<u64, Error> {
        let clock = self.clock();
        if clock.interval < DAY {
            return Err(Error::NotDaily { feed: self.symbol().to_string(), interval: clock.interval });
        }
        let round = clock.at_or_after(date.at(0));
        let on_date = clock.fixing_time(round)?.date() == date;
        let no_round = || Error::NoRound { feed: self.symbol().to_string(), date };
        if on_date { Ok(round) } else { Err(no_round()) }
    }

    /// What goes into every signature of a round: revision 0, or 1 for its restatement.
    pub fn frame(&self, round: u64, revision: u16) -> Result<Frame, Error> {
        Ok(Frame {
            domain: fixed(&self.config.domain),
            set_digest: fixed(&self.feed.set_digest),
            methodology_hash: self.methodology(),
            feed: self.feed(),
            round,
            fixing_time: self.clock().fixing_time(round)?,
            revision,
            decimals: self.feed.config.decimals,
        })
    }

    /// The seat of a key in the panel.
    pub fn seat(&self, key: &Key) -> Result<u16, Error> {
        let (public, scheme) = (key.public(), key.scheme());
        let is_it = |publisher: &Publisher| publisher.scheme == scheme && publisher.key == public;
        let seat = (0_u16..).zip(&self.feed.config.publishers).find(|(_, publisher)| is_it(publisher));
        let nobody = || Error::NotOnPanel { feed: self.symbol().to_string(), key: hex::encode(&public) };
        seat.map(|(index, _)| index).ok_or_else(nobody)
    }

    /// A publisher of the panel; none beyond it.
    pub fn publisher(&self, index: u16) -> Option<&Publisher> {
        self.feed.config.publishers.get(usize::from(index))
    }
}

/// 32 bytes, which the oracle's hashes have.
fn fixed(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or_default()
}
