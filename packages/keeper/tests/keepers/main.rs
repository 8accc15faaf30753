//! Keepers on the embedded chain: markets that nobody else settles, keepers that get in one another's way or die, and the
//! book against the contracts' answers.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod chain;
mod days;
mod faults;
mod several;
mod walk;
