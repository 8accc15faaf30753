//! What is not tried again at once.

use std::collections::BTreeMap;

use crate::duty::Duty;

/// The longest pause, in blocks, after a refusal that says another was faster or the time is not ripe.
const LONGEST_REFUSAL: u64 = 32;
/// The longest pause after anything else.
const LONGEST_FAILURE: u64 = 512;

/// How often something has not been done, and from which block on it is tried again.
#[derive(Clone, Copy, Debug)]
struct Pause {
    times: u32,
    until: u64,
}

/// Pauses by action: 1, 2, 4, … blocks, bounded, forgotten once the action has been done or has not been due for long.
#[derive(Clone, Debug, Default)]
pub struct Patience(BTreeMap<(Duty, String), Pause>);

impl Patience {
    /// Whether it may be tried at this height.
    pub fn allows(&self, key: &(Duty, String), height: u64) -> bool {
        self.0.get(key).is_none_or(|pause| pause.until <= height)
    }

    /// It was refused as done or not due.
    pub fn refused(&mut self, key: (Duty, String), height: u64) {
        self.pause(key, height, LONGEST_REFUSAL);
    }

    /// It failed.
    pub fn failed(&mut self, key: (Duty, String), height: u64) {
        self.pause(key, height, LONGEST_FAILURE);
    }

    /// It was done.
    pub fn done(&mut self, key: &(Duty, String)) {
        self.0.remove(key);
    }

    /// Forgets what has waited its pause and the longest one again without being tried.
    pub fn forget(&mut self, height: u64) {
        self.0.retain(|_, pause| pause.until.saturating_add(LONGEST_FAILURE) > height);
    }

    /// How many things wait at this height.
    pub fn waiting(&self, height: u64) -> usize {
        self.0.values().filter(|pause| pause.until > height).count()
    }

    fn pause(&mut self, key: (Duty, String), height: u64, longest: u64) {
        let pause = self.0.entry(key).or_insert(Pause { times: 0, until: 0 });
        let blocks = 1_u64.checked_shl(pause.times).unwrap_or(longest).min(longest);
        *pause = Pause { times: pause.times.saturating_add(1), until: height.saturating_add(blocks) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_their_bound_and_end_when_it_is_done() {
        let key = (Duty::Strike, "TOK".to_string());
        let mut patience = Patience::default();
        assert!(patience.allows(&key, 10));
        for blocks in [1, 2, 4, 8, 16, 32, 32] {
            patience.refused(key.clone(), 100);
            assert!(!patience.allows(&key, 100 + blocks - 1) && patience.allows(&key, 100 + blocks));
        }
        patience.failed(key.clone(), 100);
        assert!(!patience.allows(&key, 100 + 127) && patience.allows(&key, 100 + 128));
        assert_eq!((patience.waiting(227), patience.waiting(228)), (1, 0));
        patience.done(&key);
        assert!(patience.allows(&key, 100));
        for _ in 0..100 {
            patience.failed(key.clone(), 100);
        }
        assert!(!patience.allows(&key, 611) && patience.allows(&key, 612));
        patience.forget(612 + 512);
        assert_eq!(patience.waiting(0), 0);
    }
}
