//! `tokfut record`: what happened to a deployment, from the blocks of its chain, as a story for `tokfut replay`.

mod past;
mod state;
mod story;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use cosmwasm_std::Addr;
use tokfut_client::{Contract, Failure, Node, Protocol};
use tokfut_core::money::Amount;
use tokfut_core::time::Time;
use tokfut_scenario::{Names, WorldSpec};

use super::session::{Place, read_keys};
use past::Past;
use story::Story;

/// What is in the files.
const MANUAL: &str = r"
THE STORY holds every message that a block carried to the three contracts, refused ones too, at the heights and times of
its blocks, and every transfer of the two denoms; then, at the last block, questions for all there is to know: products,
series, books, orders, accounts, settlements, fixings, what everybody has in the bank, and each contract's records. Its
world has the chain's id and addresses, so that signatures are valid as they stand. It holds no secrets.

THE ANSWERS are what this chain answered, a line for each line. The same on the embedded chain:

  tokfut replay STORY --expect ANSWERS

Left out are transactions that the chain refused before a contract saw them, or for want of gas; a line says so. What
acts on the contracts in another way than by a plain message (through another contract, by authorisation, a migration)
cannot be told: it ends with `untold` and the height. The node must have kept the states of the first and last block.";

/// Writes what happened on a chain as a story for `tokfut replay`, and what the chain answered.
#[derive(Args)]
#[command(after_long_help = MANUAL)]
pub struct Record {
    /// Where the story is written.
    #[arg(value_name = "STORY")]
    story: PathBuf,
    /// Where the chain's answers are written.
    #[arg(long, value_name = "FILE")]
    answers: PathBuf,
    /// The last block; the latest if not given.
    #[arg(long, value_name = "HEIGHT")]
    to: Option<u64>,
    /// A keys' file: what users are called. Others are user-1, user-2, ….
    #[arg(long, env = "TOKFUT_KEYS", value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The deployment's file, as `deploy` writes it.
    #[arg(long, env = "TOKFUT_DEPLOYMENT", value_name = "FILE")]
    deployment: PathBuf,
    /// Another node of its chain than the file names.
    #[arg(long, env = "TOKFUT_NODE", value_name = "URL")]
    node: Option<String>,
}

impl Record {
    /// Reads the blocks and writes both files.
    ///
    /// # Errors
    /// `untold`, or whatever the node or a file fails with.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = Place::new(self.deployment, self.node).protocol().await?;
        let node = protocol.node();
        let to = match self.to {
            Some(to) => to,
            None => node.latest().await?.height,
        };
        let from = node.created(protocol.deployment().address(Contract::Oracle)).await?;
        let past = Past::read(&protocol, from, to).await?;
        let called = self.keys.as_deref().map(called).transpose()?.unwrap_or_default();
        let called = named(&protocol, &past, called).await?;
        let start = protocol.time_at(node.block(from).await?.seconds)?;
        let spec = world(&protocol, &node.at(from.saturating_sub(1)), &called, start).await?;
        let mut story = Story::new(names(&protocol, &called)?, &spec)?;
        let (blocks, told) = past.tell(&mut story);
        let last = node.block(to).await?;
        story.at(protocol.time_at(last.seconds)?, last.height);
        state::tell(&Protocol::new(&node.at(to), protocol.deployment().clone())?, &mut story, called.keys()).await?;
        write(&self.story, &story.steps())?;
        write(&self.answers, &story.answers())?;
        println!("blocks {from} to {to}: {told} transactions in {blocks} of them");
        Ok(())
    }
}

/// The names of a keys' file by address.
fn called(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    Ok(read_keys(path)?.into_iter().map(|(name, key)| (key.address, name)).collect())
}

/// Everybody who has a role or does something, by name: the name of the role, or what he is called, or user-N.
async fn named(
    protocol: &Protocol,
    past: &Past,
    called: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let (market, vault, oracle) =
        (protocol.market_config().await?, protocol.vault_config().await?, protocol.oracle_config().await?);
    let roles = [
        ("administrator", oracle.administrator),
        ("governance", market.governance),
        ("guardian", market.guardian),
        ("arbiter", oracle.arbiter),
        ("treasury", vault.treasury),
    ];
    let mut named: BTreeMap<String, String> =
        roles.into_iter().map(|(name, address)| (name.to_string(), address)).collect();
    let mut strangers = 0_u64;
    for address in past.people(protocol.deployment()) {
        if named.values().any(|known| *known == address) {
            continue;
        }
        let name = called.get(&address).cloned().unwrap_or_else(|| {
            strangers = strangers.saturating_add(1);
            format!("user-{strangers}")
        });
        named.insert(name, address);
    }
    Ok(named)
}

/// The deployment as an embedded chain has it, at the same addresses, with what everybody had before it.
async fn world(
    protocol: &Protocol,
    before: &Node,
    named: &BTreeMap<String, String>,
    start: Time,
) -> anyhow::Result<WorldSpec> {
    let deployment = protocol.deployment();
    let mut spec = WorldSpec { start, addresses: named.clone(), balances: BTreeMap::new(), ..deployment.spec.clone() };
    for contract in Contract::ALL {
        spec.addresses.insert(contract.name().to_string(), deployment.address(contract).to_string());
    }
    for (name, address) in named {
        let had = before.balance(address, &spec.denom).await?;
        spec.balances.insert(name.clone(), Amount::new(had));
    }
    Ok(spec)
}

fn names(protocol: &Protocol, named: &BTreeMap<String, String>) -> Result<Names, Failure> {
    let deployment = protocol.deployment();
    let mut names = Names::new(&deployment.prefix, super::replay::user_address);
    for contract in Contract::ALL {
        names.deploy(contract, Addr::unchecked(deployment.address(contract)));
    }
    for (name, address) in named {
        names.give(name, Addr::unchecked(address));
        names.user(name)?;
    }
    Ok(names)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
