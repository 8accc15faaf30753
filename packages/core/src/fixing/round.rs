//! A round: what it collects, what it decides, where it stands (clauses 7.4–7.6).

use core::fmt;
use serde::{Deserialize, Serialize};

use super::median::{in_order, middle};
use super::{Bounds, FixingError, PanelSize, RoundClock, Stage, distance_median};
use crate::time::Time;

/// What is kept of an answer until its round is final. About 40 bytes.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The publisher's index.
    pub publisher: u16,
    /// Its value; none: unavailable. Unavailable is an answer, not a value.
    pub value: Option<u128>,
    /// Merkle root over its quotes.
    pub inputs_root: [u8; 32],
}

/// The answers of a round, each in order of publisher.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Revision 0.
    pub given: Vec<Answer>,
    /// Revision 1: the restatement (clause 7.8).
    pub restated: Vec<Answer>,
}

/// The answer that became the fixing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picked {
    /// The lower median.
    pub value: u128,
    /// Whose signed number it is; of several the middle one in order of value, then index.
    pub publisher: u16,
    /// Merkle root over that publisher's quotes.
    pub inputs_root: [u8; 32],
    /// 0, or 1 if it was restated.
    pub revision: u16,
}

/// What a closed round has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Fewer values than the quorum.
    Missed,
    /// The median jumped or the answers differ too much, and fewer than n − f agree: it will end void.
    Held(Picked),
    /// A fixing, provisional until it is finalised.
    Fixed(Picked),
}

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundState {
    /// Its fixing time has not come.
    Scheduled,
    /// It takes answers.
    Open,
    /// It has a median that is believed; marks may read it.
    Provisional,
    /// It has a median that is not believed.
    Held,
    /// It has no quorum.
    Missed,
    /// Its fixing stands for ever.
    Final,
    /// It ended without a fixing.
    Void,
}

impl fmt::Display for RoundState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheduled => "scheduled",
            Self::Open => "open",
            Self::Provisional => "provisional",
            Self::Held => "held",
            Self::Missed => "missed",
            Self::Final => "final",
            Self::Void => "void",
        })
    }
}

fn values(answers: &[Answer]) -> Vec<u128> {
    answers.iter().filter_map(|answer| answer.value).collect()
}

/// True while a round at `stage` takes answers: in its window, and until the late deadline while the values are no
/// quorum; never once every publisher has answered.
fn is_open(stage: Stage, answers: &[Answer], panel: PanelSize) -> bool {
    let all = answers.len() >= panel.publishers();
    match stage {
        Stage::Scheduled | Stage::Closed => false,
        Stage::Collecting => !all,
        Stage::Late => !all && values(answers).len() < panel.min_obs(),
    }
}

/// Refuses a round that takes no answers at `now`. A round that everybody has answered passes: whoever answers again
/// is told so.
pub fn collects(
    clock: &RoundClock,
    round: u64,
    now: Time,
    given: &[Answer],
    panel: PanelSize,
) -> Result<(), FixingError> {
    let values = values(given).len();
    let closed = |until| Err(FixingError::Closed { round, until, now, values, needed: panel.min_obs() });
    match clock.stage(round, now)? {
        Stage::Scheduled => Err(FixingError::Future { round, fixing_time: clock.fixing_time(round)?, now }),
        Stage::Collecting => Ok(()),
        Stage::Late if values < panel.min_obs() => Ok(()),
        Stage::Late => closed(clock.window_end(round)?),
        Stage::Closed if values < panel.min_obs() => closed(clock.late_end(round)?),
        Stage::Closed => closed(clock.window_end(round)?),
    }
}

/// Refuses a restatement at `now` of a round that still collects, has no quorum, or may be finalised from `until` on.
pub fn restates(
    clock: &RoundClock,
    round: u64,
    (now, until): (Time, Time),
    answers: &Answers,
    panel: PanelSize,
) -> Result<(), FixingError> {
    let stage = clock.stage(round, now)?;
    if stage == Stage::Scheduled || is_open(stage, &answers.given, panel) {
        return Err(FixingError::NotDecided { round, now });
    }
    let values = values(&answers.given).len();
    if values < panel.min_obs() {
        return Err(FixingError::NothingDecided { round });
    }
    if now >= until {
        return Err(FixingError::Closed { round, until, now, values, needed: panel.min_obs() });
    }
    Ok(())
}

/// What a closed round decides, `last` being the value of the last final fixing (none: nothing to jump from). A
/// restatement takes the place of what it restates if n − f gave values, their median is believed, and differs
/// materially or was preceded by one that was not believed.
pub fn decide(answers: &Answers, panel: PanelSize, bounds: &Bounds, last: Option<u128>) -> Outcome {
    let Answers { given, restated } = answers;
    let first = decide_once(given, (0, panel.min_obs()), panel, bounds, last);
    let second = decide_once(restated, (1, panel.super_obs()), panel, bounds, last);
    match (first, second) {
        (Outcome::Fixed(before), Outcome::Fixed(after)) => {
            let distance = before.value.abs_diff(after.value);
            let material = Bounds::exceeds(distance, bounds.materiality, before.value);
            Outcome::Fixed(if material { after } else { before })
        }
        (Outcome::Held(_), Outcome::Fixed(after)) => Outcome::Fixed(after),
        (first, _) => first,
    }
}

/// What the answers of one revision decide, if they are `quorum` or more.
fn decide_once(
    answers: &[Answer],
    (revision, quorum): (u16, usize),
    panel: PanelSize,
    bounds: &Bounds,
    last: Option<u128>,
) -> Outcome {
    let picks = answers.iter().filter_map(|answer| picked(answer, revision));
    let sorted = in_order(picks, |picked| (picked.value, picked.publisher));
    if sorted.len() < quorum {
        return Outcome::Missed;
    }
    let Some(median) = middle(sorted.len()).and_then(|middle| sorted.get(middle).copied()) else {
        return Outcome::Missed;
    };
    let values = values(answers);
    let dispersion = distance_median(&values, median.value).unwrap_or(0);
    let jumps = last.is_some_and(|last| Bounds::exceeds(last.abs_diff(median.value), bounds.max_move, last));
    if !jumps && !Bounds::exceeds(dispersion, bounds.max_dispersion, median.value) {
        return Outcome::Fixed(median);
    }
    let agrees = |value: &&u128| !Bounds::exceeds(value.abs_diff(median.value), bounds.outlier, median.value);
    if values.iter().filter(agrees).count() >= panel.super_obs() {
        Outcome::Fixed(median)
    } else {
        Outcome::Held(median)
    }
}

fn picked(answer: &Answer, revision: u16) -> Option<Picked> {
    let Answer { publisher, value, inputs_root } = *answer;
    value.map(|value| Picked { value, publisher, inputs_root, revision })
}

/// Where a round that is neither final nor void stands at `stage`, with its median once it is closed.
pub fn state(
    stage: Stage,
    answers: &Answers,
    panel: PanelSize,
    bounds: &Bounds,
    last: Option<u128>,
) -> (RoundState, Option<Picked>) {
    if stage == Stage::Scheduled {
        return (RoundState::Scheduled, None);
    }
    if is_open(stage, &answers.given, panel) {
        return (RoundState::Open, None);
    }
    match decide(answers, panel, bounds, last) {
        Outcome::Missed => (RoundState::Missed, None),
        Outcome::Held(median) => (RoundState::Held, Some(median)),
        Outcome::Fixed(median) => (RoundState::Provisional, Some(median)),
    }
}
