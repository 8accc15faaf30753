//! The rules of Tokfut, pure: no chain, no storage, no clock, no I/O.
//!
//! Each module holds one subject, its types and their rules. Clause numbers in the docs are those of
//! `SPEC.md` beside this crate.

pub mod average;
pub mod book;
pub mod calendar;
pub mod clearing;
pub mod fixing;
pub mod id;
#[cfg(feature = "index")]
pub mod index;
pub mod limits;
pub mod liquidation;
pub mod margin;
pub mod mark;
pub mod matching;
pub mod methodology;
pub mod money;
pub mod pots;
pub mod price;
pub mod product;
pub mod rate;
pub mod release;
pub mod series;
pub mod settlement_price;
pub mod tape;
pub mod time;
pub mod waterfall;
mod wide;
mod wire;
