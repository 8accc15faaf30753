//! `tokfut keeper`: does what anyone may do and somebody must, so that the market runs unattended.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tokfut_keeper::{Duty, Keeper, Live, Settings, serve};

use super::session::{Place, Signer, is_unreachable};

/// Keeps a market going: fixings final, months listed, settlements struck and final, marks fresh, unhealthy accounts
/// liquidated, dead orders removed.
#[derive(Args)]
pub struct KeeperCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(Box<Run>),
}

/// Looks, plans and acts, round after round, until it is stopped; it may be stopped at any moment, by any signal.
///
/// Several may run at once, also with one key: what another has done is taken for done. One JSON line on standard
/// output for every action, without secrets: `result` is `done`, `nothing` (another was faster, or it is not due),
/// `too_big`, `failed`, or `would` in a dry run.
///
/// With --once it exits with 0 when nothing is left to do, with 1 when something failed, with 3 when the node was not
/// reached; without, it waits for the node.
#[derive(Args)]
struct Run {
    /// Only these, of: relay, fixings, finalise, strike, reopen, list, marks, liquidate, advance, unwind, reap, touch, collect.
    #[arg(long, value_delimiter = ',', value_name = "DUTIES")]
    only: Vec<Duty>,
    /// Says what it would do, and does nothing.
    #[arg(long)]
    dry_run: bool,
    /// Goes on until nothing is left to do now, and exits.
    #[arg(long)]
    once: bool,
    /// Where to show metrics, for Prometheus; on the loopback only, e.g. 127.0.0.1:9464.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Where to keep what has been read, so that it goes on from there when it is started again.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// A folder of messages that submit observations, as a publisher's outbox has them: they are relayed.
    #[arg(long, value_name = "DIR")]
    submissions: Option<PathBuf>,
    /// Milliseconds from round to round.
    #[arg(long, default_value_t = 1_000, value_name = "MS")]
    every: u64,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

impl KeeperCommand {
    /// Works until stopped, or until nothing is left.
    pub async fn run(self) -> anyhow::Result<()> {
        let Command::Run(run) = self.command;
        run.run().await
    }
}

impl Run {
    async fn run(self) -> anyhow::Result<()> {
        let settings = Settings {
            duties: if self.only.is_empty() {
                Duty::ALL.into()
            } else {
                self.only.into_iter().collect::<BTreeSet<_>>()
            },
            dry_run: self.dry_run,
            checkpoint: self.checkpoint,
            submissions: self.submissions,
        };
        let chain = Live::new(loop {
            match self.place.trader(&self.signer).await {
                Ok(trader) => break trader,
                // A node that starts again is met again, now as later.
                Err(error) if !self.once && is_unreachable(&error) => {
                    tell(&json!({"event": "round_failed", "code": "node_unreachable", "message": error.to_string()}));
                }
                Err(error) => return Err(error),
            }
        });
        let mut keeper = Keeper::new(chain, settings, Box::new(tell));
        if let Some(address) = self.metrics {
            let address = serve(address, keeper.metrics()).await?;
            eprintln!("metrics at http://{address}/metrics");
        }
        if !self.once {
            keeper.run(Duration::from_millis(self.every)).await;
            return Ok(());
        }
        let sum = keeper.once().await?;
        anyhow::ensure!(sum.failed == 0, "{} actions failed", sum.failed);
        Ok(())
    }
}

/// A line on standard output. A reader that has gone away does not stop a keeper.
fn tell(line: &Value) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
