//! Examples of clause 7 and its attacks.

#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

use super::*;
use crate::time::{DAY, HOUR};
use proptest::prelude::*;

const VECTOR: &str = include_str!("../../data/fixing-vector.json");

const CLOCK: RoundClock = RoundClock {
    anchor: Time::new(12 * HOUR),
    interval: DAY,
    window: 2 * HOUR,
    late: 3 * HOUR,
    final_after: 3 * HOUR + 900,
};
const BOUNDS: Bounds = Bounds { max_move: 150_000, max_dispersion: 20_000, outlier: 30_000 };
const RULES: FeedRules = FeedRules { decimals: 4, clock: CLOCK, bounds: BOUNDS, max_value: 1_000_000 };

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
fn the_published_vector_is_rebuilt_byte_for_byte() {
    let vector: serde_json::Value = serde_json::from_str(VECTOR).unwrap();
    let text = |pointer: &str| vector.pointer(pointer).unwrap().as_str().unwrap().to_string();
    let number = |pointer: &str| vector.pointer(pointer).unwrap().as_u64().unwrap();
    let bytes = |pointer: &str| -> [u8; 32] { hex::decode(text(pointer)).unwrap().try_into().unwrap() };
    let domain = domain(&text("/chain_id"), &bytes("/contract_canonical_hex")).unwrap();
    assert_eq!(domain, bytes("/domain"));
    let frame = Frame {
        domain,
        set_digest: bytes("/fields/set_digest"),
        methodology_hash: bytes("/fields/methodology_hash"),
        feed: number("/fields/feed") as u32,
        round: number("/fields/round"),
        fixing_time: Time::new(number("/fields/fixing_time")),
        revision: number("/fields/revision") as u16,
        decimals: number("/fields/decimals") as u8,
    };
    let observation = Observation {
        publisher: number("/fields/publisher_index") as u16,
        value: Some(text("/fields/value").parse().unwrap()),
        dispersion: text("/fields/dispersion").parse().unwrap(),
        observed_at: number("/fields/observed_at_ms"),
        input_count: number("/fields/input_count") as u32,
        inputs_root: bytes("/fields/inputs_root"),
    };
    let preimage = frame.preimage(&observation);
    assert_eq!(hex::encode(&preimage), text("/preimage_hex"));
    assert_eq!(preimage.len(), PREIMAGE_LEN);
    assert_eq!(digest(&preimage), bytes("/sha256"));
    assert_eq!(check_signature(&hex::decode(text("/signature_hex")).unwrap()), Ok(()));

    // "Unavailable" is status 2 and value 0, and so never the bytes of a value.
    let silent = frame.preimage(&Observation { value: None, ..observation });
    assert_eq!((silent[136], &silent[144..160]), (2, &[0; 16][..]));
    assert_eq!(silent.len(), PREIMAGE_LEN);
}

#[test]
fn no_two_chains_or_contracts_have_one_domain() {
    let a = domain("ab", b"c").unwrap();
    assert_ne!(a, domain("a", b"bc").unwrap());
    assert_ne!(a, domain("abc", b"").unwrap());
    assert!(domain(&"x".repeat(65_536), b"").is_err());
}

#[test]
fn s_is_at_most_half_the_order() {
    let signature = |s: &[u8; 32]| [&[1; 32][..], s].concat();
    let mut above = HALF_ORDER;
    above[31] += 1;
    assert_eq!(check_signature(&signature(&HALF_ORDER)), Ok(()));
    assert_eq!(check_signature(&signature(&above)), Err(FixingError::HighS));
    assert_eq!(check_signature(&[0; 65]), Err(FixingError::SignatureLength { length: 65 }));
}

#[test]
fn a_panel_bears_a_third_of_liars() {
    let numbers = |size| (panel(size).faulty(), panel(size).min_obs(), panel(size).agreeing());
    assert_eq!(numbers(4), (1, 3, 3));
    assert_eq!(numbers(6), (1, 3, 5));
    assert_eq!(numbers(7), (2, 5, 5));
    assert_eq!(numbers(31), (10, 21, 21));
    assert_eq!(PanelSize::new(3), Err(FixingError::Panel { size: 3 }));
    assert_eq!(PanelSize::new(32), Err(FixingError::Panel { size: 32 }));
}

#[test]
fn a_panels_digest_is_its_keys_in_order() {
    let key = |byte: u8| PublisherKey::parse(0, &[[2].as_slice(), &[byte; 32]].concat()).unwrap();
    let [a, b] = [key(1), key(2)];
    let written = [b"TOKFUT/FIX/SET/1".as_slice(), &[0, 2], &[1, 2], &[1; 32], &[1, 2], &[2; 32]].concat();
    assert_eq!(set_digest(&[a, b]).unwrap(), digest(&written));
    assert_ne!(set_digest(&[a, b]).unwrap(), set_digest(&[b, a]).unwrap());
    for bad in [&[2; 32][..], &[2; 34], &[4; 33], &[]] {
        assert_eq!(PublisherKey::parse(5, bad), Err(FixingError::PublisherKey { publisher: 5 }));
    }
}

#[test]
fn e5_one_of_nine_at_eleven_percent_moves_nothing() {
    let values = [16_190, 16_200, 16_205, 16_210, 16_210, 16_225, 16_230, 16_300, 18_000];
    assert_eq!(lower_median(&values), Some(16_210));
    assert_eq!(distance_median(&values, 16_210), Some(15));
    let outcome = decide(&answers(&values), panel(9), &BOUNDS, Some(16_200));
    // Two publishers signed that number: the fifth in order is the second of them.
    assert_eq!(outcome, Outcome::Fixed(Picked { value: 16_210, publisher: 4, inputs_root: [4; 32] }));
}

#[test]
fn the_lower_median_of_an_even_number_is_one_of_them() {
    assert_eq!(lower_median(&[4, 1, 3, 2]), Some(2));
    assert_eq!(lower_median(&[7]), Some(7));
    assert_eq!(lower_median(&[]), None);
}

#[test]
fn fewer_values_than_the_quorum_are_missed_and_unavailable_is_no_value() {
    let mut some = answers(&[100, 100, 100, 100]);
    some.extend([answer(4, None), answer(5, None), answer(6, None)]);
    assert_eq!(decide(&some, panel(7), &BOUNDS, None), Outcome::Missed);
    some[4].value = Some(101);
    assert_eq!(value_of(decide(&some, panel(7), &BOUNDS, None)), Some(100));
}

#[test]
fn a_jump_is_believed_when_n_less_f_agree_and_held_otherwise() {
    let rounds = |values: &[u128], last| decide(&answers(values), panel(7), &BOUNDS, Some(last));
    // To the last part, 15 % is no jump: 11,500 after 10,000.
    assert_eq!(value_of(rounds(&[11_500, 11_500, 11_500, 11_500, 10_000, 10_000, 10_000], 10_000)), Some(11_500));
    let held = rounds(&[11_501, 11_501, 11_501, 11_501, 10_000, 10_000, 10_000], 10_000);
    assert_eq!(held, Outcome::Held(Picked { value: 11_501, publisher: 0, inputs_root: [0; 32] }));
    // Five of seven within 3 % of 12,000: 11,640 is in, 11,639 is out.
    assert_eq!(value_of(rounds(&[12_000, 12_000, 12_000, 12_000, 11_640, 10_000, 10_000], 10_000)), Some(12_000));
    assert_eq!(value_of(rounds(&[12_000, 12_000, 12_000, 12_000, 11_639, 10_000, 10_000], 10_000)), None);
    // The first fixing of a feed cannot jump.
    assert_eq!(value_of(decide(&answers(&[9; 7]), panel(7), &BOUNDS, None)), Some(9));
    assert_eq!(value_of(rounds(&[9; 7], 10_000)), Some(9));
}

#[test]
fn answers_too_far_apart_are_held_even_without_a_jump() {
    // Half of the values within 200 of 10,000 is 2 % exactly; within 201 is beyond it, and only four agree within 3 %.
    let near = [9_800, 9_800, 10_000, 10_000, 10_200, 12_000, 12_000];
    assert_eq!(value_of(decide(&answers(&near), panel(7), &BOUNDS, Some(10_000))), Some(10_000));
    let far = [9_000, 9_000, 9_799, 10_000, 10_201, 10_300, 12_000];
    assert_eq!(distance_median(&far, 10_000), Some(300));
    assert!(matches!(decide(&answers(&far), panel(7), &BOUNDS, Some(10_000)), Outcome::Held(_)));
}

#[test]
fn rounds_follow_the_clock() {
    assert_eq!(CLOCK.fixing_time(42).unwrap(), Time::new(42 * DAY + 12 * HOUR));
    let at = |round, since: i64| CLOCK.stage(round, Time::new((42 * DAY + 12 * HOUR).saturating_add_signed(since)));
    let hour = HOUR as i64;
    assert_eq!(at(42, -1).unwrap(), Stage::Scheduled);
    assert_eq!(at(42, 0).unwrap(), Stage::Collecting);
    assert_eq!(at(42, 2 * hour - 1).unwrap(), Stage::Collecting);
    assert_eq!(at(42, 2 * hour).unwrap(), Stage::Late);
    assert_eq!(at(42, 3 * hour - 1).unwrap(), Stage::Late);
    assert_eq!(at(42, 3 * hour).unwrap(), Stage::Closed);
    assert_eq!(at(u64::MAX, 0), Err(FixingError::NoSuchRound { round: u64::MAX }));
    assert_eq!(CLOCK.stage(49_709, Time::MAX).unwrap(), Stage::Closed);
    assert_eq!(CLOCK.fixing_time(49_710), Err(FixingError::NoSuchRound { round: 49_710 }));

    let fixes = 42 * DAY + 12 * HOUR;
    assert_eq!([fixes - 1, fixes].map(|t| CLOCK.at_or_before(Time::new(t))), [Some(41), Some(42)]);
    assert_eq!([fixes, fixes + 1].map(|t| CLOCK.at_or_after(Time::new(t))), [42, 43]);
    assert_eq!((CLOCK.at_or_before(Time::new(0)), CLOCK.at_or_after(Time::new(0))), (None, 0));
    let due = fixes + CLOCK.final_after;
    assert_eq!([due - 1, due].map(|t| CLOCK.last_due(Time::new(t))), [Some(41), Some(42)]);
    assert_eq!(CLOCK.last_due(Time::new(0)), None);
}

#[test]
fn a_late_answer_is_taken_only_while_the_quorum_is_missing() {
    let opens = CLOCK.fixing_time(3).unwrap().seconds();
    let taken = |since, values: &[u128]| collects(&CLOCK, 3, Time::new(opens + since), &answers(values), panel(7));
    let closed = |until, since, values| {
        let [until, now] = [until, since].map(|t| Time::new(opens + t));
        Err(FixingError::Closed { round: 3, until, now, values, needed: 5 })
    };
    let (window, late) = (CLOCK.window, CLOCK.late);
    assert!(matches!(
        collects(&CLOCK, 3, Time::new(opens - 1), &[], panel(7)),
        Err(FixingError::Future { round: 3, .. })
    ));
    assert_eq!(taken(0, &[]), Ok(()));
    assert_eq!(taken(window - 1, &[1; 6]), Ok(()));
    assert_eq!(taken(window, &[1; 5]), closed(window, window, 5));
    assert_eq!(taken(window, &[1; 4]), Ok(()));
    assert_eq!(taken(late - 1, &[1; 4]), Ok(()));
    assert_eq!(taken(late, &[1; 4]), closed(late, late, 4));
    assert_eq!(taken(late, &[1; 5]), closed(window, late, 5));
}

#[test]
fn a_rounds_state_is_told_by_clock_and_answers() {
    let seen = |stage, answers: &[Answer], last| {
        let (state, picked) = state(stage, answers, panel(7), &BOUNDS, last);
        (state.to_string(), picked.map(|picked| picked.value))
    };
    let told = |text: &str, value| (text.to_string(), value);
    let six = answers(&[100; 6]);
    let seven = answers(&[100; 7]);
    assert_eq!(seen(Stage::Scheduled, &[], None), told("scheduled", None));
    assert_eq!(seen(Stage::Collecting, &six, None), told("open", None));
    // It closes early only when every publisher has answered.
    assert_eq!(seen(Stage::Collecting, &seven, None), told("provisional", Some(100)));
    assert_eq!(seen(Stage::Late, &six, None), told("provisional", Some(100)));
    assert_eq!(seen(Stage::Late, &six[..4], None), told("open", None));
    assert_eq!(seen(Stage::Closed, &six[..4], None), told("missed", None));
    let silent: Vec<Answer> = (0..7).map(|publisher| answer(publisher, None)).collect();
    assert_eq!(seen(Stage::Collecting, &silent, None), told("missed", None));
    assert_eq!(seen(Stage::Closed, &answers(&[100, 100, 100, 100, 1, 1, 1]), Some(50)), told("held", Some(100)));
}

#[test]
fn a_feeds_numbers_have_hard_bounds() {
    assert_eq!(RULES.checked(), Ok(RULES));
    let refused = |rules: FeedRules| rules.checked().unwrap_err().code();
    for (window, late, final_after, interval) in
        [(0, 1, 2, 3), (2, 1, 2, 3), (1, 3, 2, 4), (1, 1, 3, 3), (u64::MAX, u64::MAX, u64::MAX, u64::MAX)]
    {
        let clock = RoundClock { window, late, final_after, interval, ..CLOCK };
        assert_eq!(refused(FeedRules { clock, ..RULES }), "invalid_round_clock");
    }
    let bounds = |bounds| FeedRules { bounds, ..RULES };
    let clock = |clock| FeedRules { clock, ..RULES };
    for rules in [
        clock(RoundClock { interval: 366 * DAY + 1, ..CLOCK }),
        FeedRules { decimals: 19, ..RULES },
        bounds(Bounds { max_move: 0, ..BOUNDS }),
        bounds(Bounds { max_move: 1_000_001, ..BOUNDS }),
        bounds(Bounds { max_dispersion: 0, ..BOUNDS }),
        bounds(Bounds { outlier: 1_000_001, ..BOUNDS }),
        FeedRules { max_value: 0, ..RULES },
        FeedRules { max_value: MAX_VALUE + 1, ..RULES },
    ] {
        assert_eq!(refused(rules), "invalid_feed");
    }
}

#[test]
fn rounds_end_in_order_and_none_blocks_the_next() {
    let agreed = |value| answers(&[value; 7]);
    let split = answers(&[200, 200, 200, 200, 100, 100, 100]);
    let answered = [(4, agreed(100)), (6, split), (7, answers(&[100; 4])), (9, agreed(101)), (12, agreed(102))];
    let steps = finalise(&RULES, panel(7), None, (2, 10), &answered, 30).unwrap();
    let fixing = |round, value, sum, count| {
        let fixing_time = CLOCK.fixing_time(round).unwrap();
        let picked = Picked { value, publisher: 3, inputs_root: [3; 32] };
        Step::Fixed(LatestFinal { round, fixing_time, value, sum, count }, picked)
    };
    let whole = [
        Step::Missed { first: 2, last: 3 },
        fixing(4, 100, 100, 1),
        Step::Missed { first: 5, last: 5 },
        Step::Held { round: 6 },
        Step::Missed { first: 7, last: 7 },
        Step::Missed { first: 8, last: 8 },
        fixing(9, 101, 201, 2),
        Step::Missed { first: 10, last: 10 },
    ];
    assert_eq!(steps, whole);
    assert_eq!(steps.iter().map(Step::last).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9, 10]);

    // The same in pages of one step.
    let (mut next, mut latest, mut paged) = (2, None, Vec::new());
    while next <= 10 {
        let rest: Vec<_> = answered.iter().filter(|(round, _)| *round >= next).take(1).cloned().collect();
        let step = finalise(&RULES, panel(7), latest, (next, 10), &rest, 1).unwrap()[0];
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
    };
    assert_eq!(LatestFinal::after(Some(&all), 1, Time::MAX, MAX_VALUE).unwrap().count, 1 << 32);
    let full = LatestFinal { sum: u128::MAX, ..all };
    assert_eq!(LatestFinal::after(Some(&full), 1, Time::MAX, 1), Err(Overflow("sum of fixings")));
    assert!(!Bounds::exceeds(MAX_VALUE, 1_000_000, MAX_VALUE));
    assert!(Bounds::exceeds(MAX_VALUE + 1, 1_000_000, MAX_VALUE));
}

proptest! {
    #[test]
    fn f_liars_leave_the_fixing_between_honest_values(
        size in MIN_PANEL..=MAX_PANEL,
        honest in proptest::collection::vec(10_000u128..10_100, MAX_PANEL),
        lies in proptest::collection::vec(1u128..1_000_000, MAX_PANEL),
        silent in 0usize..=MAX_PANEL,
    ) {
        let panel = panel(size);
        let liars = panel.faulty();
        let speaking = (size - silent.min(panel.faulty())).max(panel.min_obs());
        let honest = &honest[..speaking - liars];
        let values: Vec<u128> = lies[..liars].iter().chain(honest).copied().collect();
        let Outcome::Fixed(picked) = decide(&answers(&values), panel, &BOUNDS, Some(10_050)) else {
            panic!("liars alone had {values:?} held")
        };
        prop_assert!(honest.iter().min() <= Some(&picked.value) && Some(&picked.value) <= honest.iter().max());
        prop_assert_eq!(values[usize::from(picked.publisher)], picked.value);
    }

    #[test]
    fn the_order_of_arrival_decides_nothing(
        mut values in proptest::collection::vec(9_000u128..11_000, 7),
        swaps in proptest::collection::vec((0usize..7, 0usize..7), 10),
        last in proptest::option::of(8_000u128..12_000),
    ) {
        values[0] = 10_000;
        let one = answers(&values);
        let mut other = one.clone();
        swaps.into_iter().for_each(|(a, b)| other.swap(a, b));
        prop_assert_eq!(decide(&one, panel(7), &BOUNDS, last), decide(&other, panel(7), &BOUNDS, last));
    }
}
