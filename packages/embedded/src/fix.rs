//! A fixing by the reference panel, submitted on the embedded chain.

use tokfut_api::oracle::{self, FeedConfig};
use tokfut_core::fixing::Frame;
use tokfut_core::time::Time;
use tokfut_scenario::fixing::{RELAYER, Signing};

use crate::call::{Contract, Outcome};
use crate::failure::Failure;
use crate::world::World;

impl World {
    /// Has the reference panel sign the fixing of a feed on a date and submits it publisher by publisher, as one
    /// transaction of the user `relayer`. `values[i]` is that of publisher i, a decimal in the feed's unit; none is
    /// "unavailable"; publishers beyond the last value stay silent. Of several rounds a day it is the first.
    ///
    /// # Errors
    /// `unknown_feed`, `invalid_step` for a date without a fixing or a value that is no decimal of the feed's digits,
    /// and whatever the oracle refuses with.
    pub fn fix(&mut self, feed: &str, date: &str, values: &[Option<&str>]) -> Result<Vec<Outcome>, Failure> {
        let calls = self.signing(|signing| signing.calls(self.spec().known_feed(feed)?, date, values))?;
        self.transact(RELAYER, calls)
    }

    /// What one publisher says and signs: observed at the fixing time itself, from one input.
    ///
    /// # Errors
    /// As [`World::fix`].
    pub fn observation(
        &self,
        feed: &FeedConfig,
        round: u64,
        time: Time,
        publisher: u16,
        value: Option<&str>,
    ) -> Result<oracle::Observation, Failure> {
        self.signing(|signing| signing.observation(feed, round, time, publisher, value))
    }

    /// What goes into every signature of a round, made from the deployment, not asked of the contract.
    ///
    /// # Errors
    /// `invalid_world` if the feed has no panel to sign for.
    pub fn frame(&self, feed: &FeedConfig, round: u64, time: Time) -> Result<Frame, Failure> {
        self.signing(|signing| signing.frame(feed, round, time))
    }

    fn signing<T>(&self, work: impl FnOnce(&Signing<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let oracle = self.canonical(Contract::Oracle)?;
        work(&Signing { chain_id: &self.spec().chain_id, oracle: &oracle, panel: self.panel() })
    }
}
