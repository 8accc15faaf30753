//! The wire: messages, responses and events of the three contracts. What integrators read.
//!
//! Prices are decimal strings in the product's quotation, lots and amounts integer strings, times Unix seconds of
//! protocol time, rates parts per million (clause 1.5). Unknown fields are refused.

pub mod clearing;
pub mod event;
pub mod market;
pub mod migration;
pub mod oracle;
pub mod raw;
pub mod refusal;
pub mod vault;
pub mod wire;
