//! What a keeper needs of a chain.

use core::future::Future;

use cosmwasm_std::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokfut_core::time::Time;
use tokfut_scenario::{Call, Contract, Failure};

/// A block, and the protocol's time of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The height.
    pub height: u64,
    /// Protocol time.
    pub time: Time,
}

/// A transaction that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its hash.
    pub hash: String,
    /// Gas it used.
    pub gas: u64,
}

/// Events of the three contracts, and of nobody else, in order.
#[derive(Clone, Debug)]
pub struct Followed {
    /// They.
    pub events: Vec<Event>,
    /// What has been read: from here the next look goes on.
    pub cursor: u64,
    /// True if there is more already.
    pub more: bool,
}

/// A chain with the deployment on it and a key that pays for transactions.
///
/// The failures of [`Chain::transact`] are the contracts' codes, `out_of_gas`, or one of the way to the chain.
pub trait Chain {
    /// What tells this deployment from others, for checkpoints.
    fn identity(&self) -> String;

    /// The latest block.
    fn moment(&self) -> impl Future<Output = Result<Moment, Failure>>;

    /// Asks a contract.
    fn ask<R: DeserializeOwned>(
        &self,
        contract: Contract,
        query: &impl Serialize,
    ) -> impl Future<Output = Result<R, Failure>>;

    /// Sends calls as one transaction and waits for its block: all of them happen, or none.
    fn transact(&self, calls: &[Call]) -> impl Future<Output = Result<Sent, Failure>>;

    /// Where the events end now.
    fn cursor(&self) -> impl Future<Output = Result<u64, Failure>>;

    /// Events after a cursor, as many as fit a look.
    ///
    /// # Errors
    /// `too_far_behind` where asking the contracts anew is cheaper than reading what has happened since, or where the
    /// node has forgotten it.
    fn follow(&self, cursor: u64) -> impl Future<Output = Result<Followed, Failure>>;
}
