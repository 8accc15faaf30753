//! The oracle: publishers sign, anyone relays, the contract makes one number of it and keeps every number for ever
//! (clause 7).
//!
//! It holds no money but the bonds of disputes, and calls nobody.

pub mod contract;
mod error;
mod execute;
mod guard;
mod instantiate;
mod listing;
mod query;
mod signing;
mod state;

pub use error::ContractError;

#[cfg(test)]
mod tests;
