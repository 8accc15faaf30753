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
    deployment: Option<PathBuf>,
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
    let invalid = |_| Failure::new("invalid_keys", format!("{} is no file of keys", path.display()));
    Ok(serde_json::from_str(&text).map_err(invalid)?)
}

/// The key of this name in a file of keys.
fn key_of(path: &Path, name: &str) -> anyhow::Result<Key> {
    let keys = read_keys(path)?;
    let unknown = || {
        let names = keys.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        Failure::new("unknown_key", format!("{} has no key {name}; it has: {names}", path.display()))
    };
    Ok(Key::from_mnemonic(&keys.get(name).ok_or_else(unknown)?.mnemonic)?)
}

impl Signer {
    /// The key.
    pub fn key(&self) -> anyhow::Result<Key> {
        match &self.from {
            Some(name) => self.named(name),
            None => {
                let words = std::env::var("TOKFUT_MNEMONIC").map_err(|_| {
                    Failure::new(
                        "no_signer",
                        "who signs? --from NAME with --keys FILE, or a mnemonic in TOKFUT_MNEMONIC",
                    )
                })?;
                Ok(Key::from_mnemonic(&words)?)
            }
        }
    }

    /// Another key of the keys' file.
    pub fn named(&self, name: &str) -> anyhow::Result<Key> {
        let missing = || Failure::new("no_keys", format!("the key of {name} is in which file? --keys FILE"));
        key_of(self.keys.as_deref().ok_or_else(missing)?, name)
    }
}

impl Place {
    /// That of a deployment's file, by way of another node if one is given.
    pub const fn new(deployment: PathBuf, node: Option<String>) -> Self {
        Self { deployment: Some(deployment), node, json: false }
    }

    /// The deployment's file.
    pub fn file(&self) -> anyhow::Result<&Path> {
        let words = "which deployment? --deployment FILE, or its name in TOKFUT_DEPLOYMENT";
        let given = self.deployment.as_deref().filter(|path| !path.as_os_str().is_empty());
        Ok(given.ok_or_else(|| Failure::new("no_deployment", words))?)
    }

    /// What the file says.
    pub fn noted(&self) -> anyhow::Result<Deployment> {
        let file = self.file()?;
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Deployment::parse(&text)?)
    }

    /// The deployment, to be asked.
    pub async fn protocol(&self) -> anyhow::Result<Protocol> {
        let deployment = self.noted()?;
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

/// Writes a deployment's file.
pub fn write_deployment(file: &Path, deployment: &Deployment) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(deployment)?;
    fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))
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
    let none =
        || Failure::new("no_account", format!("{} has none yet: tokfut account open", trader.wallet().address()));
    Ok(first.ok_or_else(none)?)
}

/// An account to look at: the one given, which needs no key, else the signer's first.
pub async fn looked_at(place: &Place, signer: &Signer, given: Option<u64>) -> anyhow::Result<(Protocol, AccountId)> {
    if let Some(number) = given {
        return Ok((place.protocol().await?, AccountId(number)));
    }
    let trader = place.trader(signer).await?;
    let account = account_of(&trader, None).await?;
    Ok((trader.protocol().clone(), account))
}
