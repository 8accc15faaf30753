//! `tokfut index relay`: signed observations to the message that submits them.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tokfut_publisher::{Oracle, Signed, submission};

use super::input::put;

/// Puts signed observations of one round into the message that submits them to the oracle.
///
/// Each is verified first: one bad one would fail the whole message. Anyone may send it, and more than once: the oracle
/// takes each answer one time.
#[derive(Args)]
pub struct Relay {
    /// What the oracle answers to config and feed.
    #[arg(long)]
    oracle: PathBuf,
    /// Observation files of one round.
    #[arg(required = true)]
    observations: Vec<PathBuf>,
    /// Write the message as a step of `tokfut replay`, sent by the user "relayer".
    #[arg(long)]
    step: bool,
    /// The message file to write; standard output if not given.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Relay {
    /// Puts them together.
    pub fn run(&self) -> anyhow::Result<()> {
        let oracle = Oracle::load(&self.oracle)?;
        let mut observations = Vec::new();
        for path in &self.observations {
            let signed = Signed::load(path)?;
            signed.verify(&oracle).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
            observations.push(signed);
        }
        let message = serde_json::to_value(submission(&observations)?)?;
        let message = if self.step {
            json!({"exec": {"contract": "oracle", "from": "relayer", "msg": message}})
        } else {
            message
        };
        put(&format!("{message}\n"), self.out.as_deref())
    }
}
