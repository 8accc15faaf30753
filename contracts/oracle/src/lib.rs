//! The oracle: publishers sign, anyone relays, the contract makes one number of it and keeps every number for ever
//! (clause 7).
//!
//! It holds no money, takes no coins and calls nobody.

pub mod contract;
mod error;
mod execute;
mod guard;
mod instantiate;
mod query;
mod state;

pub use error::ContractError;

#[cfg(test)]
mod tests;
