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
    extension: 6 * HOUR,
};
const BOUNDS: Bounds =
    Bounds { max_move: 150_000, max_dispersion: 20_000, outlier: 30_000, materiality: 1_000, max_value: 1_000_000 };

fn panel(size: usize) -> PanelSize {
    PanelSize::new(size).unwrap()
}

fn key(byte: u8) -> PublisherKey {
    PublisherKey::parse(0, Scheme::Secp256k1, &[[2].as_slice(), &[byte; 32]].concat()).unwrap()
}

fn answer(publisher: usize, value: Option<u128>) -> Answer {
    Answer { publisher: publisher as u16, value, inputs_root: [publisher as u8; 32] }
}

fn answers(values: &[u128]) -> Vec<Answer> {
    values.iter().enumerate().map(|(index, value)| answer(index, Some(*value))).collect()
}

/// What the first answers decide, nothing being restated.
fn decide(given: &[Answer], panel: PanelSize, bounds: &Bounds, last: Option<u128>) -> Outcome {
    super::decide(&Answers { given: given.to_vec(), restated: vec![] }, panel, bounds, last)
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
    let key = hex::decode(text("/public_key_compressed_hex")).unwrap();
    let key = PublisherKey::parse(3, Scheme::Secp256k1, &key).unwrap();
    assert_eq!(key.check_signature(&hex::decode(text("/signature_hex")).unwrap()), Ok(()));
    assert_eq!(key.message(&preimage), bytes("/sha256"));

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
    let check = |signature: &[u8]| key(1).check_signature(signature);
    assert_eq!(check(&signature(&HALF_ORDER)), Ok(()));
    assert_eq!(check(&signature(&above)), Err(FixingError::HighS));
    assert_eq!(check(&[0; 65]), Err(FixingError::SignatureLength { length: 65 }));
    // Ed25519's s is little-endian and bounded by its own verification.
    let ed25519 = PublisherKey::Ed25519([7; 32]);
    assert_eq!(ed25519.check_signature(&signature(&above)), Ok(()));
    assert_eq!(ed25519.check_signature(&[0; 63]), Err(FixingError::SignatureLength { length: 63 }));
}

#[test]
fn a_panel_bears_a_third_of_liars() {
    let numbers = |size| (panel(size).faulty(), panel(size).min_obs(), panel(size).super_obs());
    assert_eq!(numbers(4), (1, 3, 3));
    assert_eq!(numbers(6), (1, 3, 5));
    assert_eq!(numbers(7), (2, 5, 5));
    assert_eq!(numbers(31), (10, 21, 21));
    assert_eq!(PanelSize::new(3), Err(FixingError::Panel { size: 3 }));
    assert_eq!(PanelSize::new(32), Err(FixingError::Panel { size: 32 }));
}

#[test]
fn a_panels_digest_is_its_schemes_and_keys_in_order() {
    let [a, b] = [key(1), key(2)];
    let c = PublisherKey::parse(0, Scheme::Ed25519, &[2; 32]).unwrap();
    let written = [b"TOKFUT/FIX/SET/1".as_slice(), &[0, 2], &[1, 2], &[1; 32], &[1, 2], &[2; 32]].concat();
    assert_eq!(set_digest(&[a, b]).unwrap(), digest(&written));
    assert_ne!(set_digest(&[a, b]).unwrap(), set_digest(&[b, a]).unwrap());
    let mixed = [b"TOKFUT/FIX/SET/1".as_slice(), &[0, 2], &[1, 2], &[1; 32], &[2], &[2; 32]].concat();
    assert_eq!(set_digest(&[a, c]).unwrap(), digest(&mixed));
    assert_eq!((c.scheme(), c.bytes()), (Scheme::Ed25519, vec![2; 32]));
    assert_eq!((c.identity(), c.message(&[7; 224])), (digest(&[2; 33]), vec![7; 224]));
    let refused = |scheme, bad: &[u8]| {
        assert_eq!(PublisherKey::parse(5, scheme, bad), Err(FixingError::PublisherKey { publisher: 5, scheme }));
    };
    for bad in [&[2; 32][..], &[2; 34], &[4; 33], &[]] {
        refused(Scheme::Secp256k1, bad);
    }
    for bad in [&[2; 31][..], &[2; 33], &[]] {
        refused(Scheme::Ed25519, bad);
    }
}

#[test]
fn e5_one_of_nine_at_eleven_percent_moves_nothing() {
    let values = [16_190, 16_200, 16_205, 16_210, 16_210, 16_225, 16_230, 16_300, 18_000];
    assert_eq!(lower_median(&values), Some(16_210));
    assert_eq!(distance_median(&values, 16_210), Some(15));
    let outcome = decide(&answers(&values), panel(9), &BOUNDS, Some(16_200));
    // Two publishers signed that number: the fifth in order is the second of them.
    assert_eq!(outcome, Outcome::Fixed(Picked { value: 16_210, publisher: 4, inputs_root: [4; 32], revision: 0 }));
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
    assert_eq!(held, Outcome::Held(Picked { value: 11_501, publisher: 0, inputs_root: [0; 32], revision: 0 }));
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
        let answers = Answers { given: answers.to_vec(), restated: vec![] };
        let (state, picked) = state(stage, &answers, panel(7), &BOUNDS, last);
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
    assert_eq!((CLOCK.checked(), BOUNDS.checked(), check_decimals(18)), (Ok(CLOCK), Ok(BOUNDS), Ok(18)));
    for (window, late, final_after, interval) in
        [(0, 1, 2, 3), (2, 1, 2, 3), (1, 3, 2, 4), (1, 1, 3, 3), (u64::MAX, u64::MAX, u64::MAX, u64::MAX)]
    {
        let clock = RoundClock { window, late, final_after, interval, ..CLOCK };
        assert_eq!(clock.checked().unwrap_err().code(), "invalid_round_clock");
    }
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
fn a_restatement_counts_from_n_less_f_values_and_above_materiality() {
    let decided = |given: &[u128], restated: &[u128], last| {
        let answers = Answers { given: answers(given), restated: answers(restated) };
        match super::decide(&answers, panel(7), &BOUNDS, last) {
            Outcome::Missed => None,
            Outcome::Held(picked) => Some((picked.value, 9)),
            Outcome::Fixed(picked) => Some((picked.value, picked.revision)),
        }
    };
    // 0.1 % of 10,000 is 10: 10,010 does not differ materially, 10,011 does.
    assert_eq!(decided(&[10_000; 7], &[10_010; 7], None), Some((10_000, 0)));
    assert_eq!(decided(&[10_000; 7], &[10_011; 7], None), Some((10_011, 1)));
    assert_eq!(decided(&[10_000; 7], &[9_989; 5], None), Some((9_989, 1)));
    assert_eq!(decided(&[10_000; 7], &[9_989; 4], None), Some((10_000, 0)));
    // A held one may be restated by however little, but the restatement must itself be believed.
    let split = [12_000, 12_000, 12_000, 12_000, 10_000, 10_000, 10_000];
    assert_eq!(decided(&split, &[], Some(10_000)), Some((12_000, 9)));
    assert_eq!(decided(&split, &[12_000; 5], Some(10_000)), Some((12_000, 1)));
    assert_eq!(decided(&split, &split, Some(10_000)), Some((12_000, 9)));
    assert_eq!(decided(&[10_000; 7], &split, Some(10_000)), Some((10_000, 0)));
    // What nobody decided cannot be restated.
    assert_eq!(decided(&[10_000; 4], &[10_000; 7], None), None);
}

#[test]
fn a_restatement_is_taken_once_the_round_is_decided_and_until_it_is_final() {
    let opens = CLOCK.fixing_time(3).unwrap().seconds();
    let until = CLOCK.final_from(3).unwrap();
    let taken = |since, values: &[u128]| {
        let answers = Answers { given: answers(values), restated: vec![] };
        restates(&CLOCK, 3, (Time::new(opens + since), until), &answers, panel(7)).map_err(|error| error.code())
    };
    assert_eq!(
        restates(&CLOCK, 3, (Time::new(0), until), &Answers::default(), panel(7)).unwrap_err().code(),
        "round_not_decided"
    );
    assert_eq!(taken(0, &[1; 6]), Err("round_not_decided"));
    assert_eq!(taken(0, &[1; 7]), Ok(()));
    assert_eq!(taken(CLOCK.window, &[1; 4]), Err("round_not_decided"));
    assert_eq!(taken(CLOCK.window, &[1; 5]), Ok(()));
    assert_eq!(taken(CLOCK.late, &[1; 4]), Err("nothing_decided"));
    assert_eq!(taken(CLOCK.final_after - 1, &[1; 5]), Ok(()));
    assert_eq!(taken(CLOCK.final_after, &[1; 5]), Err("round_closed"));
}

#[test]
fn a_feed_is_leant_on_less_with_every_day_without_a_fixing() {
    let last = CLOCK.fixing_time(3).unwrap();
    let after = |seconds| Carry::of(&CLOCK, Some(last), Time::new(last.seconds() + seconds)).to_string();
    let due = DAY + CLOCK.final_after;
    let told = [0, due - 1, due, 2 * DAY - 1, 2 * DAY, 4 * DAY - 1, 4 * DAY, 10 * DAY - 1, 10 * DAY].map(after);
    assert_eq!(told, ["ok", "ok", "stale", "stale", "carried", "carried", "close_only", "close_only", "terminated"]);
    assert_eq!(Carry::of(&CLOCK, None, last), Carry::Stale);
    // A weekly feed counts weeks, an hourly one days.
    let weekly = RoundClock { interval: 7 * DAY, ..CLOCK };
    assert_eq!(Carry::of(&weekly, Some(last), Time::new(last.seconds() + 14 * DAY)), Carry::Carried);
    let hourly = RoundClock { interval: HOUR, window: 60, late: 60, final_after: 60, extension: 60, ..CLOCK };
    assert_eq!(Carry::of(&hourly, Some(last), Time::new(last.seconds() + HOUR + 60)), Carry::Stale);
    assert_eq!(Carry::of(&hourly, Some(last), Time::new(last.seconds() + 2 * DAY)), Carry::Carried);
    assert!(Carry::Stale.may_open() && !Carry::Carried.may_open() && Carry::Carried < Carry::CloseOnly);
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
