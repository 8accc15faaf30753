//! A real chain, by way of a node.

use cosmwasm_std::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokfut_api::event::attribute;
use tokfut_client::{Gas, Trader};
use tokfut_scenario::{Call, Contract, Failure};

use crate::chain::{Chain, Followed, Moment, Sent};

/// Gas that a message may take beyond its estimate, three tenths apart: between simulation and block a book changes.
const ROOM: u64 = 50_000;
/// Blocks read in one look.
const BLOCKS: u64 = 200;
/// Blocks behind which asking the contracts is cheaper than reading on.
const FAR: u64 = 5_000;
/// Blocks that may be too new to be read.
const NEW: u64 = 3;

/// A deployment on a real chain.
pub struct Live(Trader);

impl Live {
    /// The deployment and the key of a trader.
    pub fn new(trader: Trader) -> Self {
        Self(trader)
    }

    /// Whether one of the three contracts said it: anybody's contract may call its events by our names.
    fn is_ours(&self, event: &Event) -> bool {
        let deployment = self.0.protocol().deployment();
        let emitter = attribute(event, "_contract_address");
        Contract::ALL.into_iter().any(|contract| emitter == Some(deployment.address(contract)))
    }
}

impl Chain for Live {
    fn identity(&self) -> String {
        let deployment = self.0.protocol().deployment();
        format!("{} {} {}", deployment.chain_id, deployment.vault, deployment.market)
    }

    async fn moment(&self) -> Result<Moment, Failure> {
        let block = self.0.protocol().node().latest().await?;
        Ok(Moment { height: block.height, time: self.0.protocol().time_at(block.seconds)? })
    }

    async fn ask<R: DeserializeOwned>(&self, contract: Contract, query: &impl Serialize) -> Result<R, Failure> {
        self.0.protocol().ask(contract, query).await
    }

    async fn transact(&self, calls: &[Call]) -> Result<Sent, Failure> {
        let room = u64::try_from(calls.len()).unwrap_or(u64::MAX).saturating_mul(ROOM);
        let receipt = self.0.transact(calls, Gas::Roomy(room)).await?;
        Ok(Sent { hash: receipt.hash, gas: receipt.gas_used })
    }

    async fn cursor(&self) -> Result<u64, Failure> {
        Ok(self.0.protocol().node().latest().await?.height)
    }

    async fn follow(&self, cursor: u64) -> Result<Followed, Failure> {
        let latest = self.cursor().await?;
        let behind = latest.saturating_sub(cursor);
        // A chain that has fewer blocks than were read has been set up anew.
        if behind > FAR || latest < cursor {
            return Err(Failure::new("too_far_behind", format!("read up to {cursor}, the chain is at {latest}")));
        }
        let (mut events, mut read) = (Vec::new(), cursor);
        for height in cursor.saturating_add(1)..=latest.min(cursor.saturating_add(BLOCKS)) {
            let receipts = match self.0.protocol().node().receipts(height).await {
                Ok(receipts) => receipts,
                // A node tells of its newest blocks before it can tell what became of their transactions.
                Err(failure) if failure.code == "node_refused" && latest.saturating_sub(height) < NEW => break,
                Err(failure) if failure.code == "node_refused" => return Err(Failure::new("too_far_behind", failure)),
                Err(failure) => return Err(failure),
            };
            let outcomes = receipts.into_iter().flat_map(|receipt| receipt.outcomes);
            events.extend(outcomes.flat_map(|outcome| outcome.events).filter(|event| self.is_ours(event)));
            read = height;
        }
        Ok(Followed { events, cursor: read, more: latest.saturating_sub(read) >= NEW })
    }
}
