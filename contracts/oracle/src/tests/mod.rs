//! The rules of the oracle, and what has been tried against them.

#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod cost;
mod finalisation;
mod queries;
mod recount;
mod replay;
mod setup;
mod submission;
mod world;
