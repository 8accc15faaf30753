//! `tokfut index sign`, `verify` and `key`.

use std::path::{Path, PathBuf};

use clap::Args;
use tokfut_api::oracle::ObservationStatus;
use tokfut_publisher::{Journal, Key, LeafFile, Oracle, Signed};

use super::input::put;

/// Signs what a leaf file says, for one round, once and for ever.
///
/// The key comes from --key-file, which nobody but its owner may be able to read, or from the environment variable
/// TOKFUT_PUBLISHER_KEY: 64 hexadecimal digits, with "ed25519:" before them for that scheme. Another answer for a round
/// that the journal has one of is refused: two different ones have a publisher jailed.
#[derive(Args)]
pub struct Sign {
    /// The leaf file.
    #[arg(long, value_name = "FILE")]
    leaves: PathBuf,
    /// What the oracle answers to config and feed.
    #[arg(long, value_name = "FILE")]
    oracle: PathBuf,
    /// The file with the secret key.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The folder of what was signed. All programs that sign with a key must share one.
    #[arg(long, value_name = "FOLDER")]
    journal: PathBuf,
    /// Sign as the restatement of a round that has a fixing which is not final yet.
    #[arg(long)]
    restatement: bool,
    /// The observation file to write; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Sign {
    /// Signs.
    pub fn run(&self) -> anyhow::Result<()> {
        let (oracle, file) = (Oracle::load(&self.oracle)?, LeafFile::load(&self.leaves)?);
        let key = key(self.key_file.as_deref())?;
        let signed = Journal::open(&self.journal)?.sign(&oracle, &file, &key, u16::from(self.restatement))?;
        put(&signed.text(), self.out.as_deref())?;
        eprintln!("signed: {}", said(&signed));
        Ok(())
    }
}

/// Checks signed observations: that they are for this oracle, and by whom.
#[derive(Args)]
pub struct Verify {
    /// What the oracle answers to config and feed.
    #[arg(long, value_name = "FILE")]
    oracle: PathBuf,
    /// Observation files.
    #[arg(required = true)]
    observations: Vec<PathBuf>,
}

impl Verify {
    /// Verifies all; the first bad one fails.
    pub fn run(&self) -> anyhow::Result<()> {
        let oracle = Oracle::load(&self.oracle)?;
        for path in &self.observations {
            let signed = Signed::load(path)?;
            let name = signed.verify(&oracle).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
            println!("good: {name}, {}", said(&signed));
        }
        Ok(())
    }
}

/// Shows the public key of a secret one, as the oracle's panel lists it.
#[derive(Args)]
pub struct ShowKey {
    /// The file with the secret key; TOKFUT_PUBLISHER_KEY if not given.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl ShowKey {
    /// Shows it.
    pub fn run(&self) -> anyhow::Result<()> {
        let key = key(self.key_file.as_deref())?;
        let scheme = serde_json::to_value(key.scheme())?;
        println!("{}", serde_json::json!({"scheme": scheme, "key": hex::encode(key.public())}));
        Ok(())
    }
}

fn key(file: Option<&Path>) -> anyhow::Result<Key> {
    Ok(file.map_or_else(Key::from_environment, Key::load)?)
}

/// `TOK round 293 of 2026-07-30T12:00:00Z, publisher 0 says 16745`.
pub fn said(signed: &Signed) -> String {
    let Signed { symbol, round, fixing_time, observation, .. } = signed;
    let value = match observation.status {
        ObservationStatus::Value => observation.value.to_string(),
        ObservationStatus::Unavailable => "unavailable".to_string(),
    };
    format!("{symbol} round {round} of {fixing_time}, publisher {} says {value}", observation.publisher)
}
