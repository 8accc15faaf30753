//! `tokfut index recompute` and `prove`: for whoever checks.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use tokfut_core::fixing::Side;
use tokfut_core::index::{Head, decimal};
use tokfut_publisher::recompute::{Claim, proof, recompute, root_of};
use tokfut_publisher::{Archive, Evidence, LeafFile};

use super::input::methodology;

/// Computes integer and root from a leaf file alone, and compares.
///
/// Prints both, then every difference, the first thing first: a constituent that is not what the file says of it, or
/// not what another file has; then root and value. Exits 1 if there is any.
#[derive(Args)]
pub struct Recompute {
    /// The leaf file that a publisher wrote.
    #[arg(long, value_name = "FILE")]
    leaves: PathBuf,
    /// TOK, GPH, CSX, or a methodology file.
    #[arg(long)]
    methodology: String,
    /// The value it must give: the integer, or the decimal it stands for.
    #[arg(long)]
    expect: Option<String>,
    /// The root it must give, 64 hexadecimal digits.
    #[arg(long)]
    root: Option<String>,
    /// A file with the oracle's answer to latest, at_or_before, price or round, which it must agree with.
    #[arg(long, value_name = "FILE")]
    chain: Option<PathBuf>,
    /// Another leaf file, which it must agree with constituent by constituent.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The folder of raw answers: each constituent's and each source's must be there and be what it says.
    #[arg(long, value_name = "FOLDER")]
    evidence: Option<PathBuf>,
}

impl Recompute {
    /// Recomputes.
    pub fn run(&self) -> anyhow::Result<()> {
        let methodology = methodology(&self.methodology)?;
        let file = LeafFile::load(&self.leaves)?;
        let other = self.against.as_deref().map(LeafFile::load).transpose()?;
        let found = recompute(&methodology, &file, &self.claims(methodology.head())?, other.as_ref());
        let head = methodology.head();
        let value = found.fixing.map_or("unavailable".to_string(), |fixing| {
            format!("{} ({} {})", fixing.value, decimal(fixing.value, head.decimals), head.unit)
        });
        println!("{} {}", head.symbol, file.date);
        println!("value        {value}");
        println!("root         {}", found.root.map_or("none".to_string(), hex::encode));
        println!("leaves       {}", file.leaves.len());
        println!("methodology  {}", hex::encode(methodology.hash));
        let mut differences = found.differences;
        differences.extend(self.missing_evidence(&file)?);
        for difference in &differences {
            println!("DIFFERS      {difference}");
        }
        match differences.first() {
            None => Ok(()),
            Some(first) => bail!("differs: {first}"),
        }
    }

    fn claims(&self, head: &Head) -> anyhow::Result<Vec<Claim>> {
        let mut claims = Vec::new();
        if self.expect.is_some() || self.root.is_some() {
            let value = self.expect.as_deref().map(|text| units(text, head.decimals)).transpose()?;
            let root = self.root.as_deref().map(|text| root_of(text).context("--root is not 64 hexadecimal digits"));
            claims.push(Claim { by: "the command line".to_string(), value, root: root.transpose()?, date: None });
        }
        if let Some(path) = &self.chain {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let claim = Claim::from_answer(&text).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?;
            claims.push(claim);
        }
        Ok(claims)
    }

    fn missing_evidence(&self, file: &LeafFile) -> anyhow::Result<Option<String>> {
        let Some(folder) = &self.evidence else { return Ok(None) };
        let archive = Archive::open(folder)?;
        let without = file.leaves.iter().find_map(|leaf| {
            let error = archive.read(&hex::encode(leaf.evidence)).err()?;
            Some(format!("evidence of {}: {error}", leaf.quote))
        });
        let of_source = |Evidence { name, sha256, bytes, .. }: &Evidence| match archive.read(sha256) {
            Ok(answer) if u64::try_from(answer.len()) == Ok(*bytes) => None,
            Ok(answer) => {
                Some(format!("evidence of source {name}: {} bytes, the leaf file says {bytes}", answer.len()))
            }
            Err(error) => Some(format!("evidence of source {name}: {error}")),
        };
        Ok(without.or_else(|| file.sources.iter().find_map(of_source)))
    }
}

/// `16745` or `1.6745`.
fn units(text: &str, decimals: u8) -> anyhow::Result<u64> {
    let places = usize::from(decimals);
    let read = || match text.split_once('.') {
        None => text.parse().ok(),
        Some((whole, fraction)) if fraction.len() <= places => format!("{whole}{fraction:0<places$}").parse().ok(),
        Some(_) => None,
    };
    read().with_context(|| format!("--expect {text:?} is neither an integer nor a decimal with {decimals} digits"))
}

/// Shows that one constituent is under the root, without the others: its bytes and the hashes beside its way up.
#[derive(Args)]
pub struct Prove {
    /// The leaf file.
    #[arg(long, value_name = "FILE")]
    leaves: PathBuf,
    /// The place of the constituent in it, from 0.
    #[arg(long)]
    at: usize,
}

impl Prove {
    /// Proves.
    pub fn run(&self) -> anyhow::Result<()> {
        let file = LeafFile::load(&self.leaves)?;
        let constituent = file.leaves.get(self.at);
        let constituent = constituent.with_context(|| format!("there are {} leaves, from 0", file.leaves.len()))?;
        let (leaf, proof) = proof(&file, self.at).context("a name in it is too long")?;
        println!("{}", constituent.quote);
        println!("leaf   {}", hex::encode(&leaf));
        for (side, hash) in &proof.0 {
            let side = if *side == Side::Left { "left " } else { "right" };
            println!("{side}  {}", hex::encode(hash));
        }
        println!("root   {}", hex::encode(proof.root(&leaf)));
        Ok(())
    }
}
