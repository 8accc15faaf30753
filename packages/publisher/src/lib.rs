//! The publisher: from sources of quotes to a signed observation at the oracle, and back, for whoever checks.
//!
//! - [`Sources`], [`Fetcher`], [`Archive`]: quotes from files and over HTTP; every raw answer is kept.
//! - [`LeafFile`]: the quotes that bear on a fixing, the root over them, and the integer they give.
//! - [`Key`], [`Oracle`], [`Journal`]: what is signed, with what, and never twice differently.
//! - [`Relay`], [`deliver`]: signed observations to a chain, safely again.
//! - [`Publisher`]: all of it, unattended, round after round.
//! - [`recompute`], [`explain`]: for everybody else.

mod error;
mod evidence;
pub mod explain;
mod fetch;
mod gather;
mod journal;
mod json;
mod key;
mod leaves;
mod oracle;
pub mod recompute;
mod relay;
mod run;
mod sign;
mod source;

pub use error::Error;
pub use evidence::{Archive, Evidence, write_whole};
pub use fetch::{Fetcher, Patience};
pub use gather::gather;
pub use journal::Journal;
pub use key::{KEY_VARIABLE, Key};
pub use leaves::LeafFile;
pub use oracle::Oracle;
pub use relay::{Delivered, Outbox, Refusal, Relay, deliver, submission};
pub use run::{Publisher, Settings, Step};
pub use sign::Signed;
pub use source::Sources;
