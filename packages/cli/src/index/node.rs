//! A chain as a way to the oracle, and `tokfut index oracle`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use tokfut_api::oracle::{ExecuteMsg, RoundResponse};
use tokfut_client::{Failure, Protocol, Trader};
use tokfut_publisher::{Error, Oracle, Refusal, Relay};
use tokio::runtime::{Builder, Runtime};

use super::input::put;
use crate::node::session::{Place, Signer};

/// A chain to relay to, and who pays for it.
#[derive(Args)]
pub struct Target {
    /// The deployment's file, as `tokfut deploy` writes it.
    #[arg(long, env = "TOKFUT_DEPLOYMENT", value_name = "FILE")]
    deployment: Option<PathBuf>,
    /// Another node of its chain than the file names.
    #[arg(long, env = "TOKFUT_NODE", value_name = "URL")]
    node: Option<String>,
    #[command(flatten)]
    signer: Signer,
}

impl Target {
    /// The way to the oracle's feed of this symbol. The signer of transactions is not the publisher: anyone relays.
    pub fn relay(&self, symbol: &str) -> anyhow::Result<NodeRelay> {
        let deployment = self.deployment.clone().context("which chain? --deployment FILE")?;
        let runtime = runtime()?;
        let trader = runtime.block_on(Place::new(deployment, self.node.clone()).trader(&self.signer))?;
        let feed = feed(trader.protocol(), symbol)?;
        Ok(NodeRelay { runtime, trader, feed })
    }
}

/// An oracle behind a node.
pub struct NodeRelay {
    runtime: Runtime,
    trader: Trader,
    feed: u32,
}

impl Relay for NodeRelay {
    fn oracle(&mut self) -> Result<Oracle, Error> {
        Ok(self.runtime.block_on(ask(self.trader.protocol(), self.feed)).map_err(refusal)?)
    }

    fn block_seconds(&mut self) -> Result<u64, Refusal> {
        let latest = self.runtime.block_on(self.trader.protocol().node().latest());
        latest.map(|block| block.seconds).map_err(refusal)
    }

    fn round(&mut self, feed: u32, round: u64) -> Result<Option<RoundResponse>, Refusal> {
        self.runtime.block_on(self.trader.protocol().round(feed, round)).map(Some).map_err(refusal)
    }

    fn submit(&mut self, message: &ExecuteMsg) -> Result<(), Refusal> {
        self.runtime.block_on(self.trader.oracle(message)).map(drop).map_err(refusal)
    }
}

/// Asks a chain what its oracle says of a feed, as sign, relay and verify need it.
#[derive(Args)]
pub struct Ask {
    /// The feed's symbol.
    #[arg(long)]
    feed: String,
    /// The file to write; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The deployment's file, as `tokfut deploy` writes it.
    #[arg(long, env = "TOKFUT_DEPLOYMENT", value_name = "FILE")]
    deployment: PathBuf,
    /// Another node of its chain than the file names.
    #[arg(long, env = "TOKFUT_NODE", value_name = "URL")]
    node: Option<String>,
}

impl Ask {
    /// Asks.
    pub fn run(&self) -> anyhow::Result<()> {
        let runtime = runtime()?;
        let place = Place::new(self.deployment.clone(), self.node.clone());
        let protocol = runtime.block_on(place.protocol())?;
        let oracle = runtime.block_on(ask(&protocol, feed(&protocol, &self.feed)?))?;
        put(&(serde_json::to_string(&oracle)? + "\n"), self.out.as_deref())
    }
}

fn runtime() -> anyhow::Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn feed(protocol: &Protocol, symbol: &str) -> anyhow::Result<u32> {
    Ok(protocol.deployment().spec.known_feed(symbol)?.id)
}

async fn ask(protocol: &Protocol, feed: u32) -> Result<Oracle, Failure> {
    Ok(Oracle { config: protocol.oracle_config().await?, feed: protocol.feed(feed).await? })
}

fn refusal(failure: Failure) -> Refusal {
    Refusal { code: failure.code, message: failure.message }
}
