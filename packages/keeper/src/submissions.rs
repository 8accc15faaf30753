//! A folder of messages that submit observations, as a publisher's outbox has them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tokfut_api::oracle::{AnswerResponse, ExecuteMsg, QueryMsg, RoundResponse};
use tokfut_scenario::{Contract, Failure};

use crate::chain::Chain;
use crate::view::Submission;

/// The folder, and which of its files the oracle needs no more.
pub struct Submissions {
    folder: PathBuf,
    finished: BTreeSet<PathBuf>,
    /// What was wrong with files, each told once.
    told: BTreeSet<String>,
}

impl Submissions {
    /// Of this folder: every `*.json` in it is a `submit` message of the oracle.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, finished: BTreeSet::new(), told: BTreeSet::new() }
    }

    /// What the oracle would take now and does not have, one message a file; with it, what is wrong with others,
    /// each told once.
    ///
    /// # Errors
    /// `submissions_unreadable` if the folder is, and what the chain refuses with.
    pub async fn waiting<C: Chain>(&mut self, chain: &C) -> Result<(Vec<Submission>, Vec<Failure>), Failure> {
        let (mut waiting, mut bad) = (Vec::new(), Vec::new());
        for path in self.files()? {
            let (feed, round, revision, observations) = match read(&path) {
                Ok(ExecuteMsg::Submit { feed, round, revision, observations }) => (feed, round, revision, observations),
                Ok(_) => {
                    bad.push(Failure::new("invalid_submission", format!("{}: another message", path.display())));
                    continue;
                }
                // It may be half written: it is read again.
                Err(failure) => {
                    bad.push(failure);
                    continue;
                }
            };
            let state: RoundResponse = chain.ask(Contract::Oracle, &QueryMsg::Round { feed, round }).await?;
            let (answers, open) = match revision {
                0 => (&state.answers, state.state == "open"),
                _ => (&state.restated, matches!(state.state.as_str(), "provisional" | "held")),
            };
            let is_missing =
                |publisher: u16| !answers.iter().any(|AnswerResponse { publisher: one, .. }| *one == publisher);
            let missing: Vec<_> = observations.into_iter().filter(|said| is_missing(said.publisher)).collect();
            if missing.is_empty() || matches!(state.state.as_str(), "final" | "void" | "missed") {
                self.finished.insert(path);
            } else if open {
                waiting.push(Submission(ExecuteMsg::Submit { feed, round, revision, observations: missing }));
            }
        }
        bad.retain(|failure| self.told.insert(failure.message.clone()));
        Ok((waiting, bad))
    }

    fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::new("submissions_unreadable", format!("{}: {error}", self.folder.display()))
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|end| end == "json") && !self.finished.contains(&path) {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }
}

fn read(path: &Path) -> Result<ExecuteMsg, Failure> {
    let invalid =
        |error: &dyn core::fmt::Display| Failure::new("invalid_submission", format!("{}: {error}", path.display()));
    let text = fs::read(path).map_err(|error| invalid(&error))?;
    serde_json::from_slice(&text).map_err(|error| invalid(&error))
}
