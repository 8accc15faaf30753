//! Finalisation: decisions become irrevocable in the order of rounds; a missed or held one ends void and blocks
//! nothing (clause 7.6).

use super::{Answer, FeedRules, FixingError, LatestFinal, Outcome, PanelSize, Picked, decide};

/// What one step of a finalisation settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A round becomes final.
    Fixed(LatestFinal, Picked),
    /// A round that was held ends void.
    Held {
        /// The round.
        round: u64,
    },
    /// Rounds without a quorum end void, all of a run at once: a gap of any length is one step.
    Missed {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
}

impl Step {
    /// The last round that it settles.
    pub const fn last(&self) -> u64 {
        match self {
            Self::Fixed(fixing, _) => fixing.round,
            Self::Held { round } => *round,
            Self::Missed { last, .. } => *last,
        }
    }
}

/// Settles rounds from `next` to `due`, in order, in at most `limit` steps. `answered` are the rounds with answers from
/// `next` on, ascending; the first `limit` of them suffice. `latest` is the last final fixing.
pub fn finalise(
    rules: &FeedRules,
    panel: PanelSize,
    latest: Option<LatestFinal>,
    (next, due): (u64, u64),
    answered: &[(u64, Vec<Answer>)],
    limit: usize,
) -> Result<Vec<Step>, FixingError> {
    let (mut latest, mut next, mut steps) = (latest, next, Vec::new());
    let mut answered = answered.iter().filter(|(round, _)| *round <= due).peekable();
    while next <= due && steps.len() < limit {
        let step = match answered.next_if(|(round, _)| *round == next) {
            Some((round, answers)) => settle(rules, panel, latest.as_ref(), *round, answers)?,
            // Everything up to the next round with answers was missed.
            None => {
                Step::Missed { first: next, last: answered.peek().map_or(due, |(round, _)| round.saturating_sub(1)) }
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

fn settle(
    rules: &FeedRules,
    panel: PanelSize,
    latest: Option<&LatestFinal>,
    round: u64,
    answers: &[Answer],
) -> Result<Step, FixingError> {
    let last = latest.map(|latest| latest.value);
    Ok(match decide(answers, panel, &rules.bounds, last) {
        Outcome::Missed => Step::Missed { first: round, last: round },
        Outcome::Held(_) => Step::Held { round },
        Outcome::Fixed(picked) => {
            let fixing_time = rules.clock.fixing_time(round)?;
            Step::Fixed(LatestFinal::after(latest, round, fixing_time, picked.value)?, picked)
        }
    })
}
