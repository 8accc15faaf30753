//! The embedded chain: oracle, vault and market deployed on an in-process chain with the reference parameters and a
//! panel whose keys everybody knows. What `tokfut replay` and `tokfut demo` run on, and what test worlds are built on.
//!
//! - [`World`]: the deployment; users by name, messages, queries, the clock, signed fixings.
//! - [`invariants::check`]: everything that must hold, counted from records, answers and events.
//! - [`replay`]: a file of steps in, one answer a line out.

mod addresses;
mod broken;
pub mod deployed;
mod fix;
pub mod invariants;
pub mod records;
pub mod replay;
pub mod watch;
pub mod world;

pub use broken::BrokenInvariant;
pub use deployed::Deployed;
pub use invariants::{Checked, check};
pub use tokfut_scenario::{Call, Contract, Failure, Outcome, WorldSpec, call, failure, names, panel, spec};
pub use world::World;
