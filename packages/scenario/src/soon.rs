//! The reference deployment on a test network whose blocks run by the wall clock: its first fixing is not to be
//! waited for until noon.

use tokfut_core::time::{Clock, DAY, FIXING, Time};

use crate::failure::Failure;
use crate::spec::WorldSpec;

/// Real seconds from the deployment to the first fixing.
const LEAD: u64 = 10;

impl WorldSpec {
    /// The same deployment with protocol time at `speed` times, made at a block time of `now` seconds (clause 2.6).
    ///
    /// A fast clock is set so that the next noon, or the time `begin`, comes within ten seconds. At
    /// speed 1 protocol time is block time; there the feeds are dated anew instead: they fix daily at the time of day
    /// ten seconds after the deployment, collect for ten seconds, and are final two seconds later.
    ///
    /// # Errors
    /// `invalid_world` for a speed that is none or a date that cannot be reached.
    pub fn soon(mut self, speed: u32, begin: Option<Time>, now: u64) -> Result<Self, Failure> {
        let invalid = |error: &dyn core::fmt::Display| Failure::new("invalid_world", error);
        if speed == 1 {
            let anchor = Time::new(now.saturating_add(LEAD));
            self.clock = Clock::REAL;
            for feed in &mut self.feeds {
                (feed.anchor, feed.window, feed.late) = (anchor, LEAD, LEAD);
                feed.final_after = LEAD.saturating_add(2);
            }
            return Ok(self);
        }
        let lead = LEAD.saturating_mul(u64::from(speed));
        let earliest = now.saturating_add(lead);
        let noon = earliest.saturating_sub(FIXING).div_ceil(DAY).saturating_mul(DAY).saturating_add(FIXING);
        let begin = begin.map_or(noon, Time::seconds);
        if begin < earliest {
            return Err(Failure::new("invalid_world", format!("it is {} already", Time::new(now))));
        }
        let start = begin.saturating_sub(lead);
        // anchor + (now − anchor) × speed = start, or up to a second's worth later.
        let fast = now.saturating_mul(u64::from(speed)).checked_sub(start);
        let anchor = fast.and_then(|fast| fast.checked_div(u64::from(speed).saturating_sub(1)));
        let anchor = anchor.ok_or_else(|| Failure::new("invalid_world", format!("{start} is out of reach")))?;
        self.clock = Clock::new(anchor, speed).map_err(|error| invalid(&error))?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_790_000_000;

    #[test]
    fn a_fast_clock_reaches_noon_or_its_beginning_in_ten_seconds() {
        let march = Time::parse("2027-03-01T15:30:00Z").unwrap();
        for speed in [2, 60, 1_440, 86_400] {
            for begin in [None, Some(march)] {
                let clock = WorldSpec::reference().unwrap().soon(speed, begin, NOW).unwrap().clock;
                let (before, after) = (clock.at(NOW + LEAD - 1).unwrap(), clock.at(NOW + LEAD).unwrap());
                let noon = before.seconds().saturating_sub(FIXING).div_ceil(DAY) * DAY + FIXING;
                let begin = begin.map_or(noon, Time::seconds);
                assert!(before.seconds() <= begin && begin <= after.seconds(), "{speed}: {before} {after}");
                assert!(clock.at(NOW).unwrap().seconds() >= NOW, "protocol time never runs backwards");
            }
        }
        let past = WorldSpec::reference().unwrap().soon(60, Some(Time::new(NOW)), NOW).unwrap_err();
        assert_eq!(past.code, "invalid_world");
    }

    #[test]
    fn in_real_time_the_feeds_are_dated_instead() {
        let spec = WorldSpec::reference().unwrap().soon(1, None, NOW).unwrap();
        assert_eq!(spec.clock, Clock::REAL);
        assert!(spec.feeds.iter().all(|feed| feed.anchor == Time::new(NOW + LEAD) && feed.final_after < feed.interval));
    }

    #[test]
    fn a_date_beyond_the_calendar_is_refused() {
        let spec = WorldSpec::reference().unwrap();
        assert_eq!(spec.soon(86_401, None, NOW).unwrap_err().code, "invalid_world");
    }
}
