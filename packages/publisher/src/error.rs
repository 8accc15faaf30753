//! Why the publisher stops: a stable code, and the words.

use std::io;
use std::path::Path;

use thiserror::Error;
use tokfut_core::calendar::Date;
use tokfut_core::fixing::FixingError;
use tokfut_core::index::IndexError;

/// Why the publisher stops.
#[derive(Error, Debug)]
pub enum Error {
    /// A file that cannot be read or written.
    #[error("file_error: {path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: io::Error,
    },
    /// A file that is not in its form.
    #[error("invalid_file: {path}: {reason}")]
    Form {
        /// Which.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A source that gave no answer, or none that will do.
    #[error("source_failed: {name}: {reason}")]
    Source {
        /// Its name.
        name: String,
        /// What came instead.
        reason: String,
    },
    /// Two sources that contradict each other.
    #[error("sources_disagree: {quote}: {one}, {other}")]
    Disagree {
        /// On what.
        quote: String,
        /// What the later one says.
        one: String,
        /// What the earlier one says.
        other: String,
    },
    /// A secret key that is not to be used.
    #[error("key_refused: {0}")]
    Key(String),
    /// A key that is in no seat of the panel.
    #[error("not_on_the_panel: no publisher of feed {feed} has the key {key}")]
    NotOnPanel {
        /// The feed.
        feed: String,
        /// The public key, hex.
        key: String,
    },
    /// Another methodology than the feed's.
    #[error("other_methodology: the feed has {feed}, here it is {here}")]
    Methodology {
        /// The feed's, hex.
        feed: String,
        /// That of the leaves, or those of the settings.
        here: String,
    },
    /// A date on which the feed does not fix.
    #[error("no_round: feed {feed} does not fix on {date}")]
    NoRound {
        /// The feed.
        feed: String,
        /// The date.
        date: Date,
    },
    /// A feed of several rounds a day, which no methodology here has.
    #[error("not_daily: feed {feed} fixes every {interval} s, leaf files are of whole days")]
    NotDaily {
        /// The feed.
        feed: String,
        /// Seconds from round to round.
        interval: u64,
    },
    /// A second, different answer in one round: whoever shows both has the publisher jailed.
    #[error("already_signed: {0} was signed before and says otherwise; a second answer in one round is punished (7.9)")]
    AlreadySigned(String),
    /// An observation that does not bear its signature.
    #[error("bad_observation: {0}")]
    Observation(String),
    /// A relay that did not take it.
    #[error(transparent)]
    Refused(#[from] crate::Refusal),
    /// No index from these quotes.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A rule of fixings.
    #[error(transparent)]
    Fixing(#[from] FixingError),
}

impl Error {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |reason| Self::File { path, reason }
    }

    pub(crate) fn form(path: &Path, reason: impl ToString) -> Self {
        Self::Form { path: path.display().to_string(), reason: reason.to_string() }
    }

    pub(crate) fn source(name: &str, reason: impl ToString) -> Self {
        Self::Source { name: name.to_string(), reason: reason.to_string() }
    }
}
