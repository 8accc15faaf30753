//! Keepers: they do what anyone may do and somebody must, so that the market runs unattended.
//!
//! - [`Chain`]: what a keeper needs of a chain; [`Live`] is a real one.
//! - [`View`]: what it sees; [`plan()`]: what it makes of that, a pure function.
//! - [`Book`]: accounts, positions and resting orders, rebuilt from events; [`Watch`]: who might be unhealthy.
//! - [`Keeper`]: looks, plans, acts, round after round. Several may run at once: what another has done is done.
//! - [`Metrics`]: what became of it, for Prometheus; [`serve`] shows it on the loopback.

mod action;
mod batch;
mod book;
mod chain;
mod checkpoint;
mod duty;
mod keeper;
mod live;
mod look;
mod metrics;
mod patience;
mod plan;
mod serve;
mod submissions;
mod together;
mod view;
mod watch;

pub use action::Action;
pub use batch::{Done, Result as BatchResult, carry_out};
pub use book::{Book, Order};
pub use chain::{Chain, Followed, Moment, Sent};
pub use checkpoint::Checkpoint;
pub use duty::Duty;
pub use keeper::{Keeper, Round, Settings};
pub use live::Live;
pub use metrics::Metrics;
pub use patience::Patience;
pub use plan::plan;
pub use serve::serve;
pub use submissions::Submissions;
pub use view::{FeedView, ProductView, SeriesView, Submission, View};
pub use watch::Watch;
