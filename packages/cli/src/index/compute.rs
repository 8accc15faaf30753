//! `tokfut index compute`: from sources to a leaf file.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use tokfut_core::calendar::Date;
use tokfut_core::index::decimal;
use tokfut_publisher::{Archive, Fetcher, LeafFile, Sources, gather};

use super::input::{PatienceArgs, date, methodology, put};

/// Reads the sources, keeps their raw answers, computes the fixing and writes the leaf file.
///
/// Exits 1 where there is no fixing: a source failed, or the quotes are too few (the leaf file is written then, and
/// signs as "unavailable").
#[derive(Args)]
pub struct Compute {
    /// TOK, GPH, CSX, or a methodology file.
    #[arg(long)]
    methodology: String,
    /// The mapping file that says where quotes are and how they are read.
    #[arg(long, value_name = "FILE")]
    sources: PathBuf,
    /// The day of the fixing.
    #[arg(long, value_parser = date, value_name = "DATE")]
    date: Date,
    /// The folder in which raw answers are kept.
    #[arg(long, default_value = "evidence", value_name = "FOLDER")]
    evidence: PathBuf,
    /// The leaf file to write; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    patience: PatienceArgs,
}

impl Compute {
    /// Computes.
    pub fn run(&self) -> anyhow::Result<()> {
        let methodology = methodology(&self.methodology)?;
        let sources = Sources::load(&self.sources)?;
        let fetcher = Fetcher::new(self.patience.patience(), Some(Archive::open(&self.evidence)?));
        let file = LeafFile::compute(&methodology, gather(&sources, &fetcher, self.date)?, self.date)?;
        put(&file.text(), self.out.as_deref())?;
        let fixing = file.fixing.context("unavailable: the quotes are too few for a fixing")?;
        let head = methodology.head();
        let count = file.leaves.len();
        eprintln!("{} {}: {} {}", head.symbol, self.date, decimal(fixing.value, head.decimals), head.unit);
        eprintln!("integer {}, {count} leaves, root {}", fixing.value, hex::encode(file.root));
        Ok(())
    }
}
