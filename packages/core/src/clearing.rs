//! Positions, series and settlements as the clearing house keeps them (clauses 4.2–4.7, 6.6).
//!
//! A strike or a finalisation writes one record a series and touches no account; a position catches up when it is next
//! read, with at most three records however many settlements it has slept through.

mod haircut;
mod orders;
mod position;
mod series;
mod settlement;
#[cfg(test)]
mod tests;

pub use haircut::Haircut;
pub use orders::{OpenOrders, OpenSide};
pub use position::{Bearer, Exposure, Pending, Position, Realised};
pub use series::{Indices, Mark, SeriesClearing, Strike};
pub use settlement::{Charges, Settlement, SettlementState, Settlements};
