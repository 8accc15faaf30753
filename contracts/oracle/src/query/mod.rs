//! What can be asked (clause 7.7).

mod average;
mod feed;
mod fixing;
mod jail;
mod pending;
mod round;

pub use average::{mean, twap, window};
pub use feed::{config, feed, feeds, methodology, publishers, status};
pub use fixing::{at_or_before, latest, price};
pub use jail::{credit, jailed};
pub use pending::pending;
pub use round::{preimage, round};
