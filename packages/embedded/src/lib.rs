//! The embedded chain: oracle, vault and market deployed on an in-process chain with the reference parameters and a
//! panel whose keys everybody knows. What `tokfut replay` and `tokfut demo` run on, and what test worlds are built on.
//!
//! - [`World`]: the deployment; users by name, messages, queries, the clock, signed fixings.
//! - [`invariants::check`]: everything that must hold, counted from records, answers and events.
//! - [`replay`]: a file of steps in, one answer a line out.

pub mod call;
pub mod failure;
mod fix;
pub mod invariants;
pub mod names;
pub mod panel;
pub mod records;
pub mod replay;
pub mod spec;
pub mod watch;
pub mod world;

pub use call::{Call, Contract, Outcome};
pub use failure::Failure;
pub use invariants::{BrokenInvariant, Checked, check};
pub use spec::WorldSpec;
pub use world::World;
