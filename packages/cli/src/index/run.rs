//! `tokfut index run`: the publisher unattended.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokfut_publisher::{Delivered, Outbox, Publisher, Relay, Settings, Step};

use super::input::PatienceArgs;
use super::node::{NodeRelay, Target};
use super::sign::said;
use crate::node::session::is_unreachable;

/// What the settings are.
const MANUAL: &str = r#"
SETTINGS (TOML; paths are relative to the file):
  methodologies = ["tok-1.toml"]    the methodology in force, and any that is announced to follow it
  sources       = "sources.toml"    the mapping file of the sources
  key_file      = "key"             the secret key; without it TOKFUT_PUBLISHER_KEY
  state         = "state"           folder for evidence, leaf files, journal and notes of delivery
  oracle        = "oracle.json"     with --outbox: what the oracle answers to config and feed, read again at every step
  give_up_after = 3600              seconds after the fixing time from which to say "unavailable"; half the window

Each step is written before the next: it may be stopped at any moment and started again. An answer that was signed is
sent again until the oracle has it, and never another one. Each feed needs a state of its own. Two programs on one state
say the same; two states with one key would say two things, and that is punished."#;

/// Publishes every round of a feed, unattended: computes, signs, delivers; again after failures and restarts.
#[derive(Args)]
#[command(after_long_help = MANUAL)]
pub struct Run {
    /// The settings file.
    #[arg(long, value_name = "FILE")]
    settings: PathBuf,
    /// Put messages into this folder, for somebody else to relay, instead of sending them to a chain.
    #[arg(long, value_name = "FOLDER")]
    outbox: Option<PathBuf>,
    /// Seconds from step to step.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    every: u64,
    /// Do one step and end: 0 if there is nothing left to do for now, 1 if it did not work yet.
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    patience: PatienceArgs,
    #[command(flatten)]
    target: Target,
}

impl Run {
    /// Runs until it is stopped, or something needs a person.
    pub fn run(&self) -> anyhow::Result<()> {
        let settings = Settings::load(&self.settings)?;
        let publisher = Publisher::open(&settings, self.patience.patience())?;
        match &self.outbox {
            Some(folder) => {
                let oracle = settings.oracle.context("an outbox needs the setting oracle: tokfut index run --help")?;
                self.steps(&publisher, &mut Outbox::open(folder, &oracle)?)
            }
            None => self.steps(&publisher, &mut self.relay(publisher.symbol())?),
        }
    }

    /// The way to the chain, once its node is there: that is waited for, now as at every step.
    fn relay(&self, symbol: &str) -> anyhow::Result<NodeRelay> {
        loop {
            match self.target.relay(symbol) {
                Err(error) if !self.once && is_unreachable(&error) => println!("not yet: {error}"),
                done => return done,
            }
        }
    }

    fn steps(&self, publisher: &Publisher, relay: &mut dyn Relay) -> anyhow::Result<()> {
        let mut last = String::new();
        loop {
            let step = publisher.step(relay)?;
            let line = describe(&step);
            if line != last {
                println!("{line}");
            }
            if self.once {
                return if let Step::NotYet(_) = step { Err(anyhow::anyhow!("not done yet")) } else { Ok(()) };
            }
            last = line;
            sleep(Duration::from_secs(self.every));
        }
    }
}

fn describe(step: &Step) -> String {
    match step {
        Step::Waiting { until } => format!("waiting until {until}"),
        Step::Answered { signed, delivered: Delivered::Now(_) } => format!("answered: {}", said(signed)),
        Step::Answered { signed, delivered: Delivered::Before } => format!("was answered: {}", said(signed)),
        Step::NotYet(error) => format!("not yet: {error}"),
    }
}
