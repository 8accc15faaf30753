//! The market of Tokfut: contract series by rule, a price-time-priority book for each, marks, settlement prices.
//!
//! It knows accounts as numbers and never holds money: every message that trades asks the clearing house (the vault)
//! once, and the clearing house may refuse it whole.

mod commit;
pub mod contract;
mod desk;
pub mod error;
mod execute;
mod guard;
mod index;
mod marks;
mod order;
mod query;
mod simulate;
pub mod state;
#[cfg(test)]
mod testing;

pub use error::ContractError;
