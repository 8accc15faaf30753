//! Signed observations, and the files that they stand in.

use std::fs;
use std::path::Path;

use cosmwasm_std::{HexBinary, Uint64, Uint128};
use serde::{Deserialize, Serialize};
use tokfut_api::oracle::{self, ObservationStatus, Publisher};
use tokfut_core::fixing::Observation;
use tokfut_core::time::Time;

use crate::Error;
use crate::key::{Key, verifies};
use crate::leaves::LeafFile;
use crate::oracle::Oracle;

/// A signed observation: what a relayer needs, and who would check it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The feed's symbol, to be read by people.
    pub symbol: String,
    /// The signing domain: chain and contract, 32 bytes.
    pub domain: HexBinary,
    /// The feed's number.
    pub feed: u32,
    /// The round.
    pub round: u64,
    /// 0, or 1 for a restatement.
    pub revision: u16,
    /// When the round fixes.
    pub fixing_time: Time,
    /// What goes into the message.
    pub observation: oracle::Observation,
}

impl Signed {
    /// What a publisher says of a round by a leaf file, unsigned.
    ///
    /// # Errors
    /// If the leaves are not by the feed's methodology or the key has no seat in its panel.
    pub(crate) fn unsigned(oracle: &Oracle, file: &LeafFile, key: &Key, revision: u16) -> Result<Self, Error> {
        let (feed, leaves) = (oracle.methodology(), file.methodology);
        if feed != leaves {
            return Err(Error::Methodology { feed: hex::encode(feed), here: hex::encode(leaves) });
        }
        let round = oracle.round_on(file.date)?;
        let observation = oracle::Observation {
            publisher: oracle.seat(key)?,
            status: if file.fixing.is_some() { ObservationStatus::Value } else { ObservationStatus::Unavailable },
            value: Uint128::new(file.fixing.map_or(0, |fixing| fixing.value.into())),
            dispersion: Uint128::new(file.fixing.map_or(0, |fixing| fixing.dispersion.into())),
            observed_at: Uint64::new(file.observed_at),
            input_count: u32::try_from(file.leaves.len()).unwrap_or(u32::MAX),
            inputs_root: HexBinary::from(file.root),
            signature: HexBinary::default(),
        };
        Ok(Self {
            symbol: oracle.symbol().to_string(),
            domain: oracle.config.domain.clone(),
            feed: oracle.feed(),
            round,
            revision,
            fixing_time: oracle.clock().fixing_time(round)?,
            observation,
        })
    }

    /// The same, signed.
    pub(crate) fn signed(self, oracle: &Oracle, key: &Key) -> Result<Self, Error> {
        let signature = HexBinary::from(key.sign(&self.preimage(oracle)?)?);
        let observation = oracle::Observation { signature, ..self.observation };
        Ok(Self { observation, ..self })
    }

    /// The 224 bytes of the signature, with all but the observation from the oracle.
    pub fn preimage(&self, oracle: &Oracle) -> Result<Vec<u8>, Error> {
        let oracle::Observation {
            publisher,
            status,
            value,
            dispersion,
            observed_at,
            input_count,
            inputs_root,
            signature: _,
        } = &self.observation;
        let root = inputs_root.as_slice().try_into();
        let observation = Observation {
            publisher: *publisher,
            value: (*status == ObservationStatus::Value).then_some(value.u128()),
            dispersion: dispersion.u128(),
            observed_at: observed_at.u64(),
            input_count: *input_count,
            inputs_root: root.map_err(|_| Error::Observation("inputs_root is not 32 bytes".to_string()))?,
        };
        Ok(oracle.frame(self.round, self.revision)?.preimage(&observation))
    }

    /// Checks that it is for this oracle and bears its publisher's signature; who that is.
    pub fn verify<'a>(&self, oracle: &'a Oracle) -> Result<&'a str, Error> {
        let bad = |reason: String| Error::Observation(reason);
        if self.domain != oracle.config.domain {
            return Err(bad("signed for another chain or contract".to_string()));
        }
        if (self.feed, self.symbol.as_str()) != (oracle.feed(), oracle.symbol()) {
            return Err(bad(format!(
                "of feed {} {}, not {} {}",
                self.feed,
                self.symbol,
                oracle.feed(),
                oracle.symbol()
            )));
        }
        if self.fixing_time != oracle.clock().fixing_time(self.round)? {
            return Err(bad("its fixing time is not that of its round".to_string()));
        }
        let (publisher, status) = (self.observation.publisher, self.observation.status);
        if status == ObservationStatus::Unavailable && !self.observation.value.is_zero() {
            return Err(bad(format!("publisher {publisher} says unavailable, and a value")));
        }
        let seat = oracle.publisher(publisher);
        let Publisher { name, scheme, key } =
            seat.ok_or_else(|| bad(format!("publisher {publisher} is not in the panel")))?;
        if verifies(*scheme, key, &self.preimage(oracle)?, &self.observation.signature) {
            Ok(name)
        } else {
            Err(bad(format!("publisher {publisher} ({name}) did not sign this for round {}", self.round)))
        }
    }

    /// Reads an observation file.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read(path).map_err(Error::file(path))?;
        serde_json::from_slice(&text).map_err(|error| Error::form(path, error))
    }

    /// Its text: JSON on one line.
    pub fn text(&self) -> String {
        serde_json::to_string(self).map(|text| text + "\n").unwrap_or_default()
    }
}
