//! The publisher from end to end: against a server on the loopback and against the embedded chain.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod chain;
mod checking;
mod http;
mod server;
mod unattended;
mod world;
