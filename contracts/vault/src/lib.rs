//! The vault: the clearing house of Tokfut. See `README.md` beside this crate.

pub mod contract;
pub mod error;
pub mod execute;
mod guard;
pub mod ledger;
mod query;
pub mod state;
#[cfg(test)]
mod testing;
