//! What a round decides of its answers, liars among them.

use proptest::prelude::*;

use super::*;

/// What the first answers decide, nothing being restated.
fn decide(given: &[Answer], panel: PanelSize, bounds: &Bounds, last: Option<u128>) -> Outcome {
    super::decide(&Answers { given: given.to_vec(), restated: vec![] }, panel, bounds, last)
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
fn whoever_says_unavailable_agrees_with_nothing() {
    // Five values, of which four agree on a jump; with the two that have none it would be n − f and more.
    let mut split = answers(&[12_000, 12_000, 12_000, 12_000, 10_000]);
    split.extend([answer(5, None), answer(6, None)]);
    assert!(matches!(decide(&split, panel(7), &BOUNDS, Some(10_000)), Outcome::Held(_)));
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
    fn f_liars_hold_no_jump_that_the_honest_agree_on(
        size in MIN_PANEL..=MAX_PANEL,
        honest in proptest::collection::vec(10_000u128..10_100, MAX_PANEL),
        lies in proptest::collection::vec(1u128..1_000_000, MAX_PANEL),
        last in prop_oneof![1u128..5_000, 20_000u128..1_000_000],
    ) {
        let panel = panel(size);
        let liars = panel.faulty();
        let honest = &honest[..size - liars];
        let values: Vec<u128> = lies[..liars].iter().chain(honest).copied().collect();
        let found = value_of(decide(&answers(&values), panel, &BOUNDS, Some(last)));
        prop_assert!(honest.iter().min().copied() <= found && found <= honest.iter().max().copied(), "{values:?}");
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
