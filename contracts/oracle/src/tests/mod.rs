//! The rules of the oracle, and what has been tried against them.

#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod attacks;
mod bonds;
mod changes;
mod cost;
mod disputes;
mod finalisation;
mod jail;
mod queries;
mod recount;
mod replay;
mod schemes;
mod setup;
mod submission;
mod world;
