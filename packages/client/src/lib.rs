//! The protocol from outside, over the RPC of a node: async, typed, with the contracts' own error codes.
//!
//! - [`Node`]: a chain behind a URL; asks, simulates, broadcasts, follows blocks.
//! - [`Key`] and [`Wallet`]: who signs; gas is estimated, sequences are kept, so that many transactions of one key may
//!   be under way at once.
//! - [`Deployment`]: the addresses of the three contracts and what they were made of; [`deploy()`] makes one.
//! - [`Protocol`]: every query of a deployment, typed; [`Trader`]: an account on it.

mod answer;
pub mod deploy;
mod deployment;
mod failure;
mod history;
mod key;
mod messages;
mod migrate;
mod node;
mod protocol;
mod rpc;
mod trader;
mod wallet;

pub use answer::Receipt;
pub use deploy::deploy;
pub use deployment::{Code, Codes, Deployment};
pub use history::{Sent, Transaction};
pub use key::{Key, canonical};
pub use messages::{bank_send, execute};
pub use migrate::{Migration, migrate};
pub use node::{Block, Instance, Node, Standing};
pub use protocol::Protocol;
pub use tokfut_scenario::{Contract, Failure, Outcome};
pub use trader::{Placed, Trader};
pub use wallet::{Gas, GasPrice, Pending, Wallet};
