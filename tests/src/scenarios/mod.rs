//! The worked examples of the specification, and the life of a market.

mod examples;
mod fixing_year;
mod lives;
mod migration;
mod orders;
mod symmetry;
mod termination;
