//! Which chain, which deployment, whose key.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::{Deserialize, Serialize};
use tokfut_client::{Deployment, Failure, Key, Node, Protocol, Trader, Wallet};
use tokfut_core::id::AccountId;

/// Where a deployment is and how answers look.
#[derive(Args, Clone)]
pub struct Place {
    /// The deployment's file, as `deploy` writes it.
    #[arg(long, env = "TOKFUT_DEPLOYMENT", value_name = "FILE")]
    deployment: PathBuf,
    /// Another node of its chain than the file names.
    #[arg(long, env = "TOKFUT_NODE", value_name = "URL")]
    node: Option<String>,
    /// JSON for machines, with the contracts' own numbers.
    #[arg(long)]
    pub json: bool,
}

/// Who signs.
#[derive(Args, Clone)]
pub struct Signer {
    /// A name of the keys' file; without it the mnemonic in the variable TOKFUT_MNEMONIC signs.
    #[arg(long, env = "TOKFUT_FROM", value_name = "NAME")]
    from: Option<String>,
    /// The keys' file, as `keys` writes it.
    #[arg(long, env = "TOKFUT_KEYS", value_name = "FILE")]
    keys: Option<PathBuf>,
}

/// A named key of a file.
#[derive(Serialize, Deserialize)]
pub struct NamedKey {
    /// Its address.
    pub address: String,
    /// Its words.
    pub mnemonic: String,
}

/// Reads a keys' file.
pub fn read_keys(path: &Path) -> anyhow::Result<BTreeMap<String, NamedKey>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The file's own words stay out of the message.
    serde_json::from_str(&text).map_err(|_| anyhow::anyhow!("{} is no file of keys", path.display()))
}

impl Signer {
    /// The key.
    pub fn key(&self) -> anyhow::Result<Key> {
        match (&self.from, &self.keys) {
            (Some(name), Some(path)) => {
                let keys = read_keys(path)?;
                let key = keys.get(name).with_context(|| format!("{} has no key {name}", path.display()))?;
                Ok(Key::from_mnemonic(&key.mnemonic)?)
            }
            (None, _) => {
                let words = std::env::var("TOKFUT_MNEMONIC");
                let words =
                    words.context("who signs? --from NAME with --keys FILE, or a mnemonic in TOKFUT_MNEMONIC")?;
                Ok(Key::from_mnemonic(&words)?)
            }
            (Some(_), None) => anyhow::bail!("--from NAME needs --keys FILE"),
        }
    }
}

impl Place {
    /// That of a deployment's file, by way of another node if one is given.
    pub const fn new(deployment: PathBuf, node: Option<String>) -> Self {
        Self { deployment, node, json: false }
    }

    /// The deployment, to be asked.
    pub async fn protocol(&self) -> anyhow::Result<Protocol> {
        let text = fs::read_to_string(&self.deployment);
        let text = text.with_context(|| format!("cannot read {}", self.deployment.display()))?;
        let deployment = Deployment::parse(&text)?;
        let node = Node::connect(self.node.as_ref().unwrap_or(&deployment.node)).await?;
        Ok(Protocol::new(&node, deployment)?)
    }

    /// The deployment, with a key that acts on it.
    pub async fn trader(&self, signer: &Signer) -> anyhow::Result<Trader> {
        let key = signer.key()?;
        let protocol = self.protocol().await?;
        Ok(Trader::new(protocol.clone(), wallet(&protocol, key)?))
    }
}

/// Whether it is the node that is not there: it may come.
pub fn is_unreachable(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Failure>().is_some_and(|failure| failure.code == "node_unreachable")
}

/// A key on the deployment's chain.
pub fn wallet(protocol: &Protocol, key: Key) -> Result<Wallet, Failure> {
    let deployment = protocol.deployment();
    Wallet::new(protocol.node(), key, &deployment.prefix, deployment.gas_price.parse()?)
}

/// The account that is meant: the one given, else the signer's first.
pub async fn account_of(trader: &Trader, given: Option<u64>) -> anyhow::Result<AccountId> {
    if let Some(number) = given {
        return Ok(AccountId(number));
    }
    let accounts = trader.protocol().accounts_of(trader.wallet().address()).await?;
    let first = accounts.first().copied();
    Ok(first.ok_or_else(|| Failure::new("no_account", "the signer has none yet: tokfut account open"))?)
}
