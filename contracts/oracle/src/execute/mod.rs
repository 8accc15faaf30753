//! One file a message.

mod announce;
mod claim;
mod close_only;
mod dispute;
mod finalise;
mod report;
mod rule;
mod submit;
mod withdraw;

pub use announce::announce;
pub use claim::claim;
pub use close_only::close_only;
pub use dispute::dispute;
pub use finalise::finalise;
pub use report::report_equivocation;
pub use rule::rule;
pub use submit::submit;
pub use withdraw::withdraw;
