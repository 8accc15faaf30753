//! What several subcommands are given.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokfut_core::calendar::Date;
use tokfut_core::index::{Methodology, PriceRecord, Quote, RentalQuote};
use tokfut_core::methodology;
use tokfut_publisher::{LeafFile, Patience, write_whole};

/// The text of a methodology: TOK, GPH or CSX is the one that ships, anything else a file.
pub fn methodology_text(name: &str) -> anyhow::Result<String> {
    match methodology::of(name) {
        Some(text) => Ok(text.to_string()),
        None => fs::read_to_string(name).with_context(|| format!("no methodology {name}")),
    }
}

/// The same, read.
pub fn methodology(name: &str) -> anyhow::Result<Methodology> {
    Methodology::parse(&methodology_text(name)?).with_context(|| name.to_string())
}

/// Quotes from a leaf file or a CSV of either kind.
pub fn quotes(path: &Path) -> anyhow::Result<Vec<Quote>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let quotes = if text.trim_start().starts_with('{') {
        LeafFile::parse(&text).map_err(anyhow::Error::msg).map(|file| file.quotes())
    } else if text.starts_with("date,vendor,") {
        PriceRecord::from_csv(&text).map(|record| record.rows().map(Quote::List).collect()).map_err(Into::into)
    } else {
        RentalQuote::from_csv(&text).map(|rows| rows.into_iter().map(Quote::Rental).collect()).map_err(Into::into)
    };
    quotes.with_context(|| path.display().to_string())
}

/// A date, from the command line.
pub fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).map_err(|error| error.to_string())
}

/// To a file, or to standard output where none is given.
pub fn put(text: &str, out: Option<&Path>) -> anyhow::Result<()> {
    match out {
        Some(path) => Ok(write_whole(path, text.as_bytes())?),
        None => std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output"),
    }
}

/// How long sources are waited for.
#[derive(Args)]
pub struct PatienceArgs {
    /// Seconds to wait for one answer of a source.
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    timeout: u64,
    /// How often to ask a source that does not answer, twice as long apart each time.
    #[arg(long, default_value_t = 4)]
    attempts: u32,
}

impl PatienceArgs {
    /// As the fetcher takes it.
    pub fn patience(&self) -> Patience {
        let Self { timeout, attempts } = *self;
        Patience { timeout: Duration::from_secs(timeout), attempts, ..Patience::default() }
    }
}
