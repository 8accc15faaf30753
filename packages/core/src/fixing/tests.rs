//! Examples of clause 7 and its attacks.

#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod clock;
mod decision;
mod signed;

use super::*;
use crate::time::{DAY, HOUR};

const CLOCK: RoundClock = RoundClock {
    anchor: Time::new(12 * HOUR),
    interval: DAY,
    window: 2 * HOUR,
    late: 3 * HOUR,
    final_after: 3 * HOUR + 900,
    extension: 6 * HOUR,
};
const BOUNDS: Bounds =
    Bounds { max_move: 150_000, max_dispersion: 20_000, outlier: 30_000, materiality: 1_000, max_value: 1_000_000 };

fn panel(size: usize) -> PanelSize {
    PanelSize::new(size).unwrap()
}

fn answer(publisher: usize, value: Option<u128>) -> Answer {
    Answer { publisher: publisher as u16, value, inputs_root: [publisher as u8; 32] }
}

fn answers(values: &[u128]) -> Vec<Answer> {
    values.iter().enumerate().map(|(index, value)| answer(index, Some(*value))).collect()
}

fn value_of(outcome: Outcome) -> Option<u128> {
    match outcome {
        Outcome::Fixed(picked) => Some(picked.value),
        Outcome::Held(_) | Outcome::Missed => None,
    }
}

#[test]
fn a_feeds_numbers_have_hard_bounds() {
    assert_eq!((CLOCK.checked(), BOUNDS.checked(), check_decimals(18)), (Ok(CLOCK), Ok(BOUNDS), Ok(18)));
    for (window, late, final_after, interval) in
        [(0, 1, 2, 3), (2, 1, 2, 3), (1, 3, 2, 4), (1, 1, 3, 3), (u64::MAX, u64::MAX, u64::MAX, u64::MAX)]
    {
        let clock = RoundClock { window, late, final_after, interval, ..CLOCK };
        assert_eq!(clock.checked().unwrap_err().code(), "invalid_round_clock");
    }
    // Each bound may be met: no time between window, late deadline and finality, a leap year from round to round.
    let closest = RoundClock { window: 1, late: 1, final_after: 1, interval: 2, extension: 1, ..CLOCK };
    let longest = RoundClock { interval: 366 * DAY, ..CLOCK };
    assert_eq!((closest.checked(), longest.checked()), (Ok(closest), Ok(longest)));
    // A dispute may last until the next fixing, and no longer.
    let longest = RoundClock { extension: DAY - CLOCK.final_after, ..CLOCK };
    assert_eq!(longest.checked(), Ok(longest));
    for clock in [
        RoundClock { interval: 366 * DAY + 1, ..CLOCK },
        RoundClock { extension: 0, ..CLOCK },
        RoundClock { extension: DAY - CLOCK.final_after + 1, ..CLOCK },
    ] {
        assert_eq!(clock.checked().unwrap_err().code(), "invalid_feed");
    }
    for bounds in [
        Bounds { max_move: 0, ..BOUNDS },
        Bounds { max_move: 1_000_001, ..BOUNDS },
        Bounds { max_dispersion: 0, ..BOUNDS },
        Bounds { outlier: 1_000_001, ..BOUNDS },
        Bounds { materiality: 100_001, ..BOUNDS },
        Bounds { max_value: 0, ..BOUNDS },
        Bounds { max_value: MAX_VALUE + 1, ..BOUNDS },
    ] {
        assert_eq!(bounds.checked().unwrap_err().code(), "invalid_feed");
    }
    assert_eq!(check_decimals(19).unwrap_err().code(), "invalid_feed");
}

fn answered(round: u64, given: Vec<Answer>) -> Answered {
    let answers = Answers { given, restated: vec![] };
    Answered { round, answers, panel: panel(7), bounds: BOUNDS, upheld: false }
}

#[test]
fn rounds_end_in_order_and_none_blocks_the_next() {
    let agreed = |value| answers(&[value; 7]);
    let split = answers(&[200, 200, 200, 200, 100, 100, 100]);
    let mut disputed = answered(11, agreed(102));
    disputed.upheld = true;
    let rounds = [
        answered(4, agreed(100)),
        answered(6, split),
        answered(7, answers(&[100; 4])),
        answered(9, agreed(101)),
        disputed,
        answered(13, agreed(102)),
    ];
    let steps = finalise(&CLOCK, None, (2, 12), &rounds, 30).unwrap();
    let fixing = |round, value, sum, count, integral| {
        let fixing_time = CLOCK.fixing_time(round).unwrap();
        let picked = Picked { value, publisher: 3, inputs_root: [3; 32], revision: 0 };
        Step::Fixed(LatestFinal { round, fixing_time, value, sum, count, integral }, picked)
    };
    let whole = [
        Step::Missed { first: 2, last: 3 },
        fixing(4, 100, 100, 1, 0),
        Step::Missed { first: 5, last: 5 },
        Step::Void { round: 6, reason: VoidReason::Held },
        Step::Void { round: 7, reason: VoidReason::Missed },
        Step::Missed { first: 8, last: 8 },
        fixing(9, 101, 201, 2, 5 * 100 * u128::from(DAY)),
        Step::Missed { first: 10, last: 10 },
        Step::Void { round: 11, reason: VoidReason::Disputed },
        Step::Missed { first: 12, last: 12 },
    ];
    assert_eq!(steps, whole);
    assert_eq!(steps.iter().map(Step::last).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

    // The same in pages of one step.
    let (mut next, mut latest, mut paged) = (2, None, Vec::new());
    while next <= 12 {
        let rest: Vec<_> = rounds.iter().filter(|answered| answered.round >= next).take(1).cloned().collect();
        let step = finalise(&CLOCK, latest, (next, 12), &rest, 1).unwrap()[0];
        if let Step::Fixed(fixing, _) = step {
            latest = Some(fixing);
        }
        next = step.last() + 1;
        paged.push(step);
    }
    assert_eq!(paged, whole);
}

#[test]
fn prefix_sums_have_room_for_every_round_until_the_end_of_time() {
    let all = LatestFinal {
        round: 0,
        fixing_time: Time::new(0),
        value: MAX_VALUE,
        sum: MAX_VALUE * u128::from(Time::MAX.seconds()),
        count: Time::MAX.seconds(),
        integral: 0,
    };
    assert_eq!(LatestFinal::after(Some(&all), 1, Time::MAX, MAX_VALUE).unwrap().count, 1 << 32);
    // The largest value, standing from 1970 to the end of time.
    assert_eq!(all.integral_to(Time::MAX).unwrap(), MAX_VALUE * u128::from(Time::MAX.seconds()));
    let full = LatestFinal { integral: u128::MAX, ..all };
    assert_eq!(full.integral_to(Time::new(1)), Err(Overflow("integral of fixings")));
    let full = LatestFinal { sum: u128::MAX, ..all };
    assert_eq!(LatestFinal::after(Some(&full), 1, Time::MAX, 1), Err(Overflow("sum of fixings")));
    assert!(!Bounds::exceeds(MAX_VALUE, 1_000_000, MAX_VALUE));
    assert!(Bounds::exceeds(MAX_VALUE + 1, 1_000_000, MAX_VALUE));
}
