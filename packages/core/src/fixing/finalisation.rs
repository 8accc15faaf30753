//! Finalisation: decisions become irrevocable in the order of rounds; a missed, held or disputed one ends void and
//! blocks nothing (clause 7.6).

use core::fmt;

use super::{Answers, Bounds, FixingError, LatestFinal, Outcome, PanelSize, Picked, RoundClock, decide};

/// A round with answers, and the rules that stood at its fixing time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The round.
    pub round: u64,
    /// What was answered.
    pub answers: Answers,
    /// The size of its panel.
    pub panel: PanelSize,
    /// When its median is believed.
    pub bounds: Bounds,
    /// True if a dispute of it was upheld.
    pub upheld: bool,
}

/// What one step of a finalisation settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A round becomes final.
    Fixed(LatestFinal, Picked),
    /// A round with answers ends without a fixing.
    Void {
        /// The round.
        round: u64,
        /// Why.
        reason: VoidReason,
    },
    /// Rounds without any answers end void, all of a run at once: a gap of any length is one step.
    Missed {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
}

/// Why a round with answers ends without a fixing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidReason {
    /// No quorum.
    Missed,
    /// A median that was not believed.
    Held,
    /// A dispute was upheld.
    Disputed,
}

impl fmt::Display for VoidReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missed => "missed",
            Self::Held => "held",
            Self::Disputed => "disputed",
        })
    }
}

impl Step {
    /// The last round that it settles.
    pub const fn last(&self) -> u64 {
        match self {
            Self::Fixed(fixing, _) => fixing.round,
            Self::Void { round, .. } => *round,
            Self::Missed { last, .. } => *last,
        }
    }
}

/// Settles rounds from `next` to `due`, in order, in at most `limit` steps. `answered` are the rounds with answers from
/// `next` on, ascending; the first `limit` of them suffice. `latest` is the last final fixing.
pub fn finalise(
    clock: &RoundClock,
    latest: Option<LatestFinal>,
    (next, due): (u64, u64),
    answered: &[Answered],
    limit: usize,
) -> Result<Vec<Step>, FixingError> {
    let (mut latest, mut next, mut steps) = (latest, next, Vec::new());
    let mut answered = answered.iter().filter(|answered| answered.round <= due).peekable();
    while next <= due && steps.len() < limit {
        let step = match answered.next_if(|answered| answered.round == next) {
            Some(answered) => settle(clock, latest.as_ref(), answered)?,
            // Everything up to the next round with answers was missed.
            None => {
                let last = answered.peek().map_or(due, |answered| answered.round.saturating_sub(1));
                Step::Missed { first: next, last }
            }
        };
        if let Step::Fixed(fixing, _) = step {
            latest = Some(fixing);
        }
        next = step.last().checked_add(1).ok_or(FixingError::NoSuchRound { round: step.last() })?;
        steps.push(step);
    }
    Ok(steps)
}

fn settle(clock: &RoundClock, latest: Option<&LatestFinal>, answered: &Answered) -> Result<Step, FixingError> {
    let Answered { round, answers, panel, bounds, upheld } = answered;
    let (round, last) = (*round, latest.map(|latest| latest.value));
    let void = |reason| Step::Void { round, reason };
    Ok(match decide(answers, *panel, bounds, last) {
        Outcome::Missed => void(VoidReason::Missed),
        _ if *upheld => void(VoidReason::Disputed),
        Outcome::Held(_) => void(VoidReason::Held),
        Outcome::Fixed(picked) => {
            let fixing_time = clock.fixing_time(round)?;
            Step::Fixed(LatestFinal::after(latest, round, fixing_time, picked.value)?, picked)
        }
    })
}
