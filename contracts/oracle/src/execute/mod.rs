//! One file a message.

mod finalise;
mod submit;

pub use finalise::finalise;
pub use submit::{frame, observed, submit};
