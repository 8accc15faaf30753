//! Relaying: signed observations to a chain. Anyone may, twice and at once: the oracle takes each answer one time, and
//! a relayer takes "already answered" for success.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;
use tokfut_api::oracle::{AnswerResponse, ExecuteMsg, ObservationStatus, RoundResponse};

use crate::Error;
use crate::evidence::write_whole;
use crate::fetch::now_ms;
use crate::oracle::Oracle;
use crate::sign::Signed;

/// How often a submission is put together anew because another relayer was faster.
const RACES: u32 = 8;
/// What the oracle refuses a message with that brings an answer it has.
const ALREADY_ANSWERED: &str = "already_answered";
/// The code where the oracle has another answer of a publisher than is brought.
pub(crate) const ANSWERED_OTHERWISE: &str = "answered_otherwise";

/// What a chain, or the way to it, said instead of yes.
#[derive(ThisError, Clone, Debug, PartialEq, Eq)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// The contract's stable code, or one of the way.
    pub code: String,
    /// Its words.
    pub message: String,
}

/// A way to an oracle.
pub trait Relay {
    /// What the oracle says of its feed now.
    fn oracle(&mut self) -> Result<Oracle, Error>;

    /// The time of its latest block, in Unix seconds.
    fn block_seconds(&mut self) -> Result<u64, Refusal>;

    /// Where a round stands there; none where that cannot be asked.
    fn round(&mut self, feed: u32, round: u64) -> Result<Option<RoundResponse>, Refusal>;

    /// Sends a message to it and waits until it is taken or refused.
    fn submit(&mut self, message: &ExecuteMsg) -> Result<(), Refusal>;
}

/// How observations got there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// By this delivery, those of these publishers.
    Now(Vec<u16>),
    /// All of them were there.
    Before,
}

/// The message that submits observations of one round, in order of publisher.
///
/// # Errors
/// If there are none, they are of several rounds, or two are of one publisher.
pub fn submission(observations: &[Signed]) -> Result<ExecuteMsg, Error> {
    let bad = |reason: &str| Error::Observation(reason.to_string());
    let first = observations.first().ok_or_else(|| bad("there are none"))?;
    let (feed, round, revision) = (first.feed, first.round, first.revision);
    let is_of_it = |signed: &Signed| {
        (&signed.domain, signed.feed, signed.round, signed.revision) == (&first.domain, feed, round, revision)
    };
    if !observations.iter().all(is_of_it) {
        return Err(bad("they are not of one feed, round and revision"));
    }
    let mut observations: Vec<_> = observations.iter().map(|signed| signed.observation.clone()).collect();
    observations.sort_by_key(|observation| observation.publisher);
    observations.dedup();
    if !observations.is_sorted_by(|one, next| one.publisher < next.publisher) {
        return Err(bad("two of them are of one publisher and say different things"));
    }
    Ok(ExecuteMsg::Submit { feed, round, revision, observations })
}

/// Brings observations of one round to an oracle: those that it does not have yet, in one message, each verified first,
/// since one bad one fails all. What is there already is success, also when another relayer is faster meanwhile.
///
/// # Errors
/// What the oracle refuses with; `answered_otherwise` if it has another answer of one of the publishers than is
/// brought.
pub fn deliver(relay: &mut dyn Relay, observations: &[Signed]) -> Result<Delivered, Error> {
    let oracle = relay.oracle()?;
    for signed in observations {
        signed.verify(&oracle)?;
    }
    let Some(&Signed { feed, round, revision, .. }) = observations.first() else { return Ok(Delivered::Before) };
    let mut races = 0_u32;
    loop {
        let answers = relay.round(feed, round)?.map_or(Vec::new(), |round| match revision {
            0 => round.answers,
            _ => round.restated,
        });
        let mut missing = Vec::new();
        for signed in observations {
            match answers.iter().find(|answer| answer.publisher == signed.observation.publisher) {
                Some(answer) => check_same(answer, signed)?,
                None => missing.push(signed.clone()),
            }
        }
        if missing.is_empty() {
            return Ok(Delivered::Before);
        }
        match relay.submit(&submission(&missing)?) {
            Ok(()) => {
                return Ok(Delivered::Now(missing.iter().map(|signed| signed.observation.publisher).collect()));
            }
            Err(refusal) if refusal.code == ALREADY_ANSWERED && races < RACES => races = races.saturating_add(1),
            Err(refusal) => return Err(refusal.into()),
        }
    }
}

fn check_same(answer: &AnswerResponse, signed: &Signed) -> Result<(), Error> {
    let said = &signed.observation;
    let value = (said.status == ObservationStatus::Value).then_some(said.value);
    if answer.value == value {
        return Ok(());
    }
    let show =
        |value: Option<cosmwasm_std::Uint128>| value.map_or("unavailable".to_string(), |value| value.to_string());
    let message = format!(
        "publisher {} has answered {} in round {}, not {}: somebody else signs with this key",
        said.publisher,
        show(answer.value),
        signed.round,
        show(value)
    );
    Err(Refusal { code: ANSWERED_OTHERWISE.to_string(), message }.into())
}

/// A folder of messages for somebody else to send: what cannot be seen there is taken for not answered, and the same
/// message is written again under the same name.
pub struct Outbox {
    folder: PathBuf,
    oracle: PathBuf,
}

impl Outbox {
    /// The outbox in a folder, for the oracle that a file describes.
    pub fn open(folder: &Path, oracle: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        Ok(Self { folder: folder.to_path_buf(), oracle: oracle.to_path_buf() })
    }
}

impl Relay for Outbox {
    fn oracle(&mut self) -> Result<Oracle, Error> {
        Oracle::load(&self.oracle)
    }

    /// By this machine's clock.
    fn block_seconds(&mut self) -> Result<u64, Refusal> {
        Ok(now_ms().checked_div(1_000).unwrap_or(0))
    }

    fn round(&mut self, _: u32, _: u64) -> Result<Option<RoundResponse>, Refusal> {
        Ok(None)
    }

    fn submit(&mut self, message: &ExecuteMsg) -> Result<(), Refusal> {
        let refuse = |message: String| Refusal { code: "outbox_failed".to_string(), message };
        let ExecuteMsg::Submit { feed, round, revision, observations } = message else {
            return Err(refuse("not a submission".to_string()));
        };
        let publishers: Vec<String> = observations.iter().map(|said| said.publisher.to_string()).collect();
        let path = self.folder.join(format!("submit-{feed}-{round}-{revision}-{}.json", publishers.join("-")));
        let text = serde_json::to_string(message).map_err(|error| refuse(error.to_string()))?;
        write_whole(&path, format!("{text}\n").as_bytes()).map_err(|error| refuse(error.to_string()))
    }
}
