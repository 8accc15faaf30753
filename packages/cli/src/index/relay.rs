//! `tokfut index relay`: signed observations to the oracle.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tokfut_publisher::{Delivered, Oracle, Signed, deliver, submission};

use super::input::put;
use super::node::Target;
use super::sign::said;

/// Relays signed observations of one round: prints the message that submits them, or sends it to a chain.
///
/// Each is verified first: one bad one would fail the whole message. Anyone may relay, and more than once: the oracle
/// takes each answer one time, and --send takes "already answered" for success.
#[derive(Args)]
pub struct Relay {
    /// Observation files of one round.
    #[arg(required = true)]
    observations: Vec<PathBuf>,
    /// What the oracle answers to config and feed; with --send the chain is asked.
    #[arg(long, required_unless_present = "send", value_name = "FILE")]
    oracle: Option<PathBuf>,
    /// Print the message as a step of `tokfut replay`, sent by the user "relayer".
    #[arg(long)]
    step: bool,
    /// The message file to write; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Send what the oracle does not have yet to the chain of --deployment.
    #[arg(long, conflicts_with_all = ["step", "out", "oracle"])]
    send: bool,
    #[command(flatten)]
    target: Target,
}

impl Relay {
    /// Relays.
    pub fn run(&self) -> anyhow::Result<()> {
        let load = |path: &PathBuf| Signed::load(path).map_err(anyhow::Error::from);
        let observations = self.observations.iter().map(load).collect::<anyhow::Result<Vec<_>>>()?;
        match &self.oracle {
            Some(oracle) if !self.send => self.print(&Oracle::load(oracle)?, &observations),
            _ => self.send(&observations),
        }
    }

    fn print(&self, oracle: &Oracle, observations: &[Signed]) -> anyhow::Result<()> {
        for (signed, path) in observations.iter().zip(&self.observations) {
            signed.verify(oracle).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        }
        let message = serde_json::to_value(submission(observations)?)?;
        let message = if self.step {
            json!({"exec": {"contract": "oracle", "from": "relayer", "msg": message}})
        } else {
            message
        };
        put(&format!("{message}\n"), self.out.as_deref())
    }

    fn send(&self, observations: &[Signed]) -> anyhow::Result<()> {
        let symbol = observations.first().map_or("", |signed| signed.symbol.as_str());
        let delivered = deliver(&mut self.target.relay(symbol)?, observations)?;
        for signed in observations {
            let word = match &delivered {
                Delivered::Now(publishers) if publishers.contains(&signed.observation.publisher) => "sent",
                _ => "was there",
            };
            println!("{word}: {}", said(signed));
        }
        Ok(())
    }
}
