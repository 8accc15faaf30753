//! What a deployment is made of and what is done with it, whatever chain it stands on: the embedded one or a real one.
//!
//! - [`WorldSpec`]: the reference deployment, and what each contract is instantiated with.
//! - [`Panel`], [`fixing`]: the reference publishers, and what they sign.
//! - [`replay`]: a file of steps, taken one by one on anything that is a [`Chain`].

pub mod call;
pub mod failure;
pub mod fixing;
pub mod instantiation;
pub mod names;
pub mod panel;
pub mod replay;
mod soon;
pub mod spec;

pub use call::{Call, Contract, Outcome};
pub use failure::Failure;
pub use instantiation::Roles;
pub use names::Names;
pub use panel::Panel;
pub use replay::Chain;
pub use spec::WorldSpec;
