//! Which answers are taken (clause 7.3), and that one bad one fails all.

use cosmwasm_std::{HexBinary, Uint128};
use tokfut_api::event::TypedEvent;
use tokfut_api::oracle::*;
use tokfut_core::time::HOUR;

use super::world::*;

const SEVEN: [u128; 7] = [16_190, 16_200, 16_205, 16_210, 16_210, 16_225, 16_230];

fn open() -> World {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    world
}

#[test]
fn seven_answers_close_the_round_early_and_tell_their_median() {
    let mut world = open();
    assert_eq!(world.state(FIRST), "open");
    let response = world.answer(FIRST, &SEVEN);
    let events: Vec<Observed> = response.events.iter().map(|event| Observed::parse(event).unwrap()).collect();
    assert_eq!(events.len(), 7);
    let third = Observed {
        feed: 1,
        round: FIRST,
        publisher: 2,
        value: Some(16_205),
        inputs_root: HexBinary::from([2; 32]).to_hex(),
        revision: 0,
    };
    assert_eq!(events[2], third);
    let round = world.round(FIRST);
    assert_eq!((round.state.as_str(), round.value), ("provisional", Some(Uint128::new(16_210))));
    assert_eq!(round.answers.len(), 7);
}

#[test]
fn six_answers_and_one_unavailable_are_seven_answers() {
    let mut world = open();
    world.answer(FIRST, &SEVEN[..6]);
    assert_eq!(world.state(FIRST), "open");
    let last = world.signed(FIRST, silent(6));
    world.submit(FIRST, vec![last]).unwrap();
    let round = world.round(FIRST);
    assert_eq!((round.state.as_str(), round.value), ("provisional", Some(Uint128::new(16_205))));
    assert_eq!(round.answers[6], AnswerResponse { publisher: 6, value: None });
}

#[test]
fn answers_may_come_one_by_one_in_any_order() {
    let mut world = open();
    for publisher in [5, 0, 3, 6, 1, 4, 2] {
        let observation = world.signed(FIRST, unsigned(publisher, SEVEN[usize::from(publisher)]));
        world.submit(FIRST, vec![observation]).unwrap();
    }
    let round = world.round(FIRST);
    assert_eq!(round.value, Some(Uint128::new(16_210)));
    assert_eq!(round.answers.iter().map(|answer| answer.publisher).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_round_takes_answers_by_the_clock_alone() {
    let mut world = World::of(7);
    let answer = |world: &World, round| vec![world.signed(round, unsigned(0, 5))];
    world.at(FIRST, 2 * HOUR);
    let early = answer(&world, FIRST + 1);
    assert_eq!(world.refuses(FIRST - 1, early.clone()), "round_before_first");
    assert_eq!(world.refuses(FIRST + 1, early.clone()), "round_in_future");
    world.at(FIRST + 1, 0);
    world.submit(FIRST + 1, early).unwrap();
    let endless = vec![unsigned(0, 5)];
    assert_eq!(world.refuses(u64::MAX, endless), "no_such_round");
}

#[test]
fn a_missing_quorum_may_still_come_late_but_no_more_than_that() {
    let mut world = open();
    world.answer(FIRST, &SEVEN[..4]);
    world.at(FIRST, 2 * HOUR);
    assert_eq!(world.state(FIRST), "open");
    let [fifth, sixth] = [4, 5].map(|publisher| vec![world.signed(FIRST, unsigned(publisher, 16_210))]);
    world.submit(FIRST, fifth).unwrap();
    assert_eq!(world.state(FIRST), "provisional");
    assert_eq!(world.refuses(FIRST, sixth), "round_closed");

    let mut other = open();
    other.answer(FIRST, &SEVEN[..4]);
    let fifth = vec![other.signed(FIRST, unsigned(4, 16_210))];
    other.at(FIRST, 3 * HOUR);
    assert_eq!(other.state(FIRST), "missed");
    assert_eq!(other.refuses(FIRST, fifth), "round_closed");
}

#[test]
fn an_empty_list_and_one_longer_than_any_panel_are_refused() {
    let mut world = open();
    assert_eq!(world.refuses(FIRST, vec![]), "no_observations");
    let one = world.signed(FIRST, unsigned(0, 5));
    assert_eq!(world.refuses(FIRST, vec![one; 32]), "too_many_observations");
    let [submit, finalise] = [
        ExecuteMsg::Submit { feed: 3, round: FIRST, revision: 0, observations: vec![unsigned(0, 5)] },
        ExecuteMsg::Finalise { feed: 3, limit: None },
    ];
    assert_eq!(world.refused(submit), "unknown_feed");
    assert_eq!(world.refused(finalise), "unknown_feed");
}

#[test]
fn a_publisher_is_one_of_the_panel_and_answers_once() {
    let mut world = open();
    let mut stranger = world.signed(FIRST, unsigned(0, 5));
    stranger.publisher = 7;
    assert_eq!(world.refuses(FIRST, vec![stranger]), "unknown_publisher");
    let [one, other] = [5, 6].map(|value| world.signed(FIRST, unsigned(0, value)));
    assert_eq!(world.refuses(FIRST, vec![one.clone(), other.clone()]), "already_answered");
    world.submit(FIRST, vec![one.clone()]).unwrap();
    assert_eq!(world.refuses(FIRST, vec![one]), "already_answered");
    assert_eq!(world.refuses(FIRST, vec![other]), "already_answered");
    let unavailable = world.signed(FIRST, silent(0));
    assert_eq!(world.refuses(FIRST, vec![unavailable]), "already_answered");
}

#[test]
fn nobody_answers_for_another() {
    let mut world = open();
    let mut claimed = world.signed(FIRST, unsigned(1, 5));
    claimed.publisher = 2;
    assert_eq!(world.refuses(FIRST, vec![claimed]), "bad_signature");
}

#[test]
fn a_value_is_one_to_the_largest_and_unavailable_has_none() {
    let mut world = open();
    let mut tried = |observation| {
        let signed = world.signed(FIRST, observation);
        world.refuses(FIRST, vec![signed])
    };
    assert_eq!(tried(unsigned(0, 0)), "zero_value");
    assert_eq!(tried(unsigned(0, 1_000_001)), "value_above_max");
    assert_eq!(tried(unsigned(0, u128::MAX)), "value_above_max");
    let [least, most] =
        [(0, 1), (1, 1_000_000)].map(|(publisher, value)| world.signed(FIRST, unsigned(publisher, value)));
    world.submit(FIRST, vec![least, most]).unwrap();
    let odd = Observation { value: Uint128::new(5), ..silent(2) };
    assert_eq!(world.refuses(FIRST, vec![odd]), "unavailable_with_value");
}

#[test]
fn every_signed_field_is_covered_by_the_signature() {
    let mut world = open();
    let good = world.signed(FIRST, unsigned(0, 5));
    let changes: [fn(&mut Observation); 6] = [
        |o| o.value = Uint128::new(6),
        |o| (o.status, o.value) = (ObservationStatus::Unavailable, Uint128::zero()),
        |o| o.dispersion = Uint128::new(8),
        |o| o.observed_at = 1u64.into(),
        |o| o.input_count = 28,
        |o| o.inputs_root = HexBinary::from([9; 32]),
    ];
    for change in changes {
        let mut changed = good.clone();
        change(&mut changed);
        assert_eq!(world.refuses(FIRST, vec![changed]), "bad_signature");
    }
    let short = Observation { inputs_root: HexBinary::from([0; 31]), ..good.clone() };
    assert_eq!(world.refuses(FIRST, vec![short]), "invalid_hash");
    world.submit(FIRST, vec![good]).unwrap();
}

#[test]
fn one_bad_signature_among_seven_fails_all() {
    for bad in 0..7 {
        let mut world = open();
        let mut seven: Vec<_> = (0..7).map(|publisher| world.signed(FIRST, unsigned(publisher, 16_210))).collect();
        seven[bad].value = Uint128::new(16_211);
        assert_eq!(world.refuses(FIRST, seven), "bad_signature");
        assert_eq!(world.round(FIRST).answers, []);
    }
}

#[test]
fn unknown_fields_are_refused() {
    let text = r#"{"finalise":{"feed":1,"limt":3}}"#;
    assert!(cosmwasm_std::from_json::<ExecuteMsg>(text).is_err());
    let mut observation = serde_json::to_value(unsigned(0, 5)).unwrap();
    assert!(cosmwasm_std::from_json::<Observation>(observation.to_string()).is_ok());
    observation["revision"] = 1.into();
    assert!(cosmwasm_std::from_json::<Observation>(observation.to_string()).is_err());
}
