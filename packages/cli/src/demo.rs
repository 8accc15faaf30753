//! `tokfut demo`: three months of a futures market on the embedded chain, and a report of them.

mod cast;
mod chart;
mod facts;
mod figures;
mod hedge;
mod html;
mod ledger;
mod noise;
mod report;
mod stage;
mod story;
#[cfg(test)]
mod tests;
mod text;
mod waterfall;

use std::fs;
use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use tokfut_core::product::Product;

use facts::Moment;
use report::Report;

/// Plays three months of a market on the embedded chain, and reports on them.
#[derive(Args)]
pub struct Demo {
    /// What small differences between two runs are made of; the same seed gives the same bytes.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Writes the report as one page, DIR/index.html.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Writes the report as data.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Demo {
    /// Plays it, telling it on standard output as it goes, and reports at the end.
    ///
    /// # Errors
    /// If a contract refuses what the story asks, an invariant breaks, or something cannot be written.
    pub fn run(&self) -> anyhow::Result<()> {
        println!("Tokfut: three months of a futures market on AI tokens, June to August 2026.\n");
        let report = play(self.seed, &mut |moment| {
            println!("{}  {}", moment.at.to_string().replace('T', " "), moment.what);
        })?;
        let mut out = stdout().lock();
        out.write_all(text::text(&report)?.as_bytes())?;
        if let Some(dir) = &self.report {
            let file = dir.join("index.html");
            fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
            fs::write(&file, html::page(&report)?).with_context(|| format!("cannot write {}", file.display()))?;
            writeln!(out, "The report as a page: {}", file.display())?;
        }
        if let Some(file) = &self.json {
            fs::write(file, report.to_json()?).with_context(|| format!("cannot write {}", file.display()))?;
            writeln!(out, "The report as data: {}", file.display())?;
        }
        Ok(())
    }
}

/// Plays the story and adds it up.
fn play(seed: u64, tell: &mut dyn FnMut(&Moment)) -> anyhow::Result<Report> {
    let facts = story::play(seed, tell)?;
    Report::of(&facts, Product::tok()?.unit_value)
}
