//! Cross-contract tests of the whole protocol on the embedded chain: market, oracle and vault as deployed.
//!
//! - `scenarios`: the worked examples of the specification, and the life of a market.
//! - `attacks`: what is refused, and that nothing is left of it.
//! - `invariants`: random users, every invariant after every step, and a wind-down to the last base unit.
//! - `regressions`: one file for each fault that ever was.
//!
//! The stories of `golden` are replayed by `tokfut-embedded`.
#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

mod attacks;
mod invariants;
mod regressions;
mod scenarios;
