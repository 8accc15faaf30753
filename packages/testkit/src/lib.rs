//! A test world that speaks the trade: `alice.buys(3, "TOKZ26", "1.6100")`, `world.settle_day("1.6200")`,
//! `alice.tries_to_withdraw(usd(1)).refused_with("insufficient_free")`.
//!
//! It is the embedded chain with the three contracts. After every step, refused ones too, every invariant is checked
//! ([`tokfut_embedded::invariants`]); a broken one panics with the step that broke it. Money is base units, signed.
//! What is not as the test says panics: that is what a test is for.

#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod attempt;
mod days;
mod order;
mod setup;
mod trader;
mod wind_down;
mod world;

pub use attempt::Attempt;
pub use order::{Order, Placed, buy, sell};
pub use setup::Setup;
pub use trader::Trader;
pub use wind_down::Left;
pub use world::{Message, TestWorld};

/// Base units of so many dollars.
pub const fn usd(dollars: i128) -> i128 {
    dollars * 1_000_000
}

/// Protocol time as text, `2026-06-02T10:00:00Z`.
pub fn time(text: &str) -> tokfut_core::time::Time {
    tokfut_core::time::Time::parse(text).expect("a time")
}
