//! `tokfut index`: publish fixings, and check them.

mod check;
mod compute;
mod explain;
mod input;
mod node;
mod relay;
mod run;
mod sign;

use clap::{Args, Subcommand};

/// How the commands fit together.
const MANUAL: &str = "\
PUBLISH, step by step (or all of it, unattended: run):
  tokfut index compute --methodology TOK --sources sources.toml --date 2026-07-30 --out leaves.json
  tokfut index oracle  --deployment deployment.json --feed TOK --out oracle.json
  tokfut index sign    --leaves leaves.json --oracle oracle.json --key-file key --journal journal --out signed.json
  tokfut index relay   --send --deployment deployment.json --from relayer --keys keys.json signed.json

CHECK what somebody published:
  tokfut index recompute --methodology TOK --leaves leaves.json --chain latest.json
  tokfut index verify    --oracle oracle.json signed.json

UNDERSTAND a fixing:
  tokfut index explain --methodology TOK --quotes model_prices.csv --date 2026-07-30

FILES
  methodology  TOK, GPH or CSX stand for the files that ship with this program; anything else is a path.
  oracle.json  {\"config\": …, \"feed\": …}: what the oracle answers to its queries config and feed.";

/// Computes, signs, relays, checks and explains index fixings.
#[derive(Args)]
#[command(after_help = MANUAL)]
pub struct Index {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Compute(compute::Compute),
    Oracle(node::Ask),
    Sign(sign::Sign),
    Relay(relay::Relay),
    Run(run::Run),
    Verify(sign::Verify),
    Recompute(check::Recompute),
    Prove(check::Prove),
    Explain(explain::Explain),
    History(explain::History),
    Methodology(explain::Show),
    Key(sign::ShowKey),
}

impl Index {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Its own.
    pub fn run(&self) -> anyhow::Result<()> {
        match &self.command {
            Command::Compute(command) => command.run(),
            Command::Oracle(command) => command.run(),
            Command::Sign(command) => command.run(),
            Command::Relay(command) => command.run(),
            Command::Run(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Recompute(command) => command.run(),
            Command::Prove(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::History(command) => command.run(),
            Command::Methodology(command) => command.run(),
            Command::Key(command) => command.run(),
        }
    }
}
