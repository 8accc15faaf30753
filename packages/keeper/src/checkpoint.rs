//! What a keeper has read, in a file, so that it goes on from there when it is started again.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tokfut_scenario::Failure;

use crate::book::Book;

/// The book, and up to where events are in it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Of which deployment ([`crate::Chain::identity`]).
    pub identity: String,
    /// Up to where.
    pub cursor: u64,
    /// The book.
    pub book: Book,
}

impl Checkpoint {
    /// Reads one; none if there is none, or it is of another deployment.
    ///
    /// # Errors
    /// `invalid_checkpoint` if it cannot be read.
    pub fn load(path: &Path, identity: &str) -> Result<Option<Self>, Failure> {
        let invalid =
            |error: &dyn core::fmt::Display| Failure::new("invalid_checkpoint", format!("{}: {error}", path.display()));
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(invalid(&error)),
        };
        let checkpoint: Self = serde_json::from_slice(&text).map_err(|error| invalid(&error))?;
        Ok(Some(checkpoint).filter(|checkpoint| checkpoint.identity == identity))
    }

    /// Writes it, whole or not at all: a keeper that dies meanwhile leaves the one before.
    ///
    /// # Errors
    /// `checkpoint_failed`.
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        let failed =
            |error: &dyn core::fmt::Display| Failure::new("checkpoint_failed", format!("{}: {error}", path.display()));
        let text = serde_json::to_vec(self).map_err(|error| failed(&error))?;
        let beside = path.with_extension(format!("{}.part", std::process::id()));
        fs::write(&beside, text).and_then(|()| fs::rename(&beside, path)).map_err(|error| failed(&error))
    }
}
