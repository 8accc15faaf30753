//! Observations that nobody signed, or signed for something else, or signed once too often (S8, S9, I13).

use cosmwasm_std::{HexBinary, Uint64, Uint128};
use tokfut_api::oracle::{ExecuteMsg, Observation, ObservationStatus};
use tokfut_embedded::panel::Panel;
use tokfut_testkit::{Attempt, Setup, TestWorld, time};

/// The round of 2 June.
const ROUND: u64 = 235;

fn stage() -> TestWorld {
    let world = TestWorld::new();
    world.at("2026-06-02T12:05:00Z");
    world
}

/// What a publisher says of a round of TOK, properly signed.
fn said(world: &TestWorld, round: u64, publisher: u16, value: Option<&str>) -> Observation {
    let chain = world.chain();
    let feed = chain.spec().feed("TOK").unwrap().clone();
    let time = feed.anchor.checked_add(round * feed.interval).unwrap();
    chain.observation(&feed, round, time, publisher, value).unwrap()
}

fn submits(world: &TestWorld, round: u64, observations: Vec<Observation>) -> Attempt {
    world.tries("mallory", &ExecuteMsg::Submit { feed: 1, round, revision: 0, observations })
}

#[test]
fn a_signature_is_of_this_round_this_feed_this_contract_and_this_chain() {
    let world = stage();
    let good = said(&world, ROUND, 0, Some("1.6000"));
    let elsewhere = Setup::default().with("/chain_id", serde_json::json!("another-1")).open();
    let foreign = said(&elsewhere, ROUND, 0, Some("1.6000"));
    let another_round = said(&world, ROUND - 1, 0, Some("1.6000"));
    let another_publisher = Observation { publisher: 1, ..good.clone() };
    let another_value = Observation { value: Uint128::new(16_001), ..good.clone() };
    let another_time = Observation { observed_at: Uint64::new(good.observed_at.u64() + 1), ..good.clone() };
    let another_root = Observation { inputs_root: HexBinary::from([0; 32]), ..good.clone() };
    let another_count = Observation { input_count: 2, ..good.clone() };
    let another_spread = Observation { dispersion: Uint128::new(1), ..good.clone() };
    for forged in [
        foreign,
        another_round,
        another_publisher,
        another_value,
        another_time,
        another_root,
        another_count,
        another_spread,
    ] {
        submits(&world, ROUND, vec![forged.clone()]).refused_with("bad_signature");
        // One bad among good ones fails the message.
        let mixed = vec![said(&world, ROUND, 5, Some("1.6000")), forged];
        submits(&world, ROUND, mixed).refused_with("bad_signature");
    }
    let gph = ExecuteMsg::Submit { feed: 2, round: ROUND, revision: 0, observations: vec![good.clone()] };
    world.tries("mallory", &gph).refused_with("bad_signature");
    submits(&world, ROUND, vec![good]).succeeds();
}

#[test]
fn an_answer_counts_once() {
    let world = stage();
    let good = said(&world, ROUND, 0, Some("1.6000"));
    submits(&world, ROUND, vec![good.clone(), good.clone()]).refused_with("already_answered");
    submits(&world, ROUND, vec![good.clone()]).succeeds();
    submits(&world, ROUND, vec![good]).refused_with("already_answered");
    submits(&world, ROUND, vec![said(&world, ROUND, 0, Some("1.6100"))]).refused_with("already_answered");
    submits(&world, ROUND, vec![said(&world, ROUND, 0, None)]).refused_with("already_answered");
}

#[test]
fn a_signature_has_one_form() {
    let world = stage();
    let good = said(&world, ROUND, 0, Some("1.6000"));
    let with = |bytes: Vec<u8>| Observation { signature: HexBinary::from(bytes), ..good.clone() };
    let bytes = good.signature.to_vec();
    submits(&world, ROUND, vec![with(bytes[..63].to_vec())]).refused_with("invalid_signature");
    submits(&world, ROUND, vec![with([&bytes[..], &[0]].concat())]).refused_with("invalid_signature");
    submits(&world, ROUND, vec![with(vec![])]).refused_with("invalid_signature");
    // n - s signs as well as s, and is refused.
    let high = [&bytes[..32], &negated(&bytes[32..])].concat();
    submits(&world, ROUND, vec![with(high)]).refused_with("high_s");
    submits(&world, ROUND, vec![with(vec![0; 64])]).refused_with("bad_signature");
    submits(&world, ROUND, vec![with([&[0xff; 32][..], &[0x01; 32]].concat())]).refused_with("bad_signature");
    let key = Panel::reference(9).unwrap();
    let strangers = HexBinary::from(key.sign(8, b"anything").unwrap().to_vec());
    submits(&world, ROUND, vec![Observation { signature: strangers, ..good }]).refused_with("bad_signature");
}

/// The order of the curve less a scalar, big-endian.
fn negated(scalar: &[u8]) -> Vec<u8> {
    let order = HexBinary::from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").unwrap();
    let (mut borrow, mut difference) = (0i16, vec![0u8; 32]);
    for place in (0..32).rev() {
        let digit = i16::from(order.as_slice()[place]) - i16::from(scalar[place]) - borrow;
        borrow = i16::from(digit < 0);
        difference[place] = u8::try_from(digit + 256 * borrow).unwrap();
    }
    difference
}

#[test]
fn a_round_has_its_time() {
    let world = stage();
    submits(&world, ROUND + 1, vec![said(&world, ROUND + 1, 0, Some("1.6000"))]).refused_with("round_in_future");
    submits(&world, u64::MAX, vec![said(&world, ROUND, 0, Some("1.6000"))]).refused_with("no_such_round");
    submits(&world, 3, vec![said(&world, 3, 0, Some("1.6000"))]).refused_with("round_before_first");
    // Yesterday's is final; today's closes once its window is over and its quorum there, or at the late deadline.
    submits(&world, ROUND - 1, vec![said(&world, ROUND - 1, 0, Some("1.6000"))]).refused_with("round_closed");
    let five = (0..5).map(|publisher| said(&world, ROUND, publisher, Some("1.6000"))).collect();
    submits(&world, ROUND, five).succeeds();
    world.at("2026-06-02T13:59:59Z");
    submits(&world, ROUND, vec![said(&world, ROUND, 5, Some("1.6000"))]).succeeds();
    world.at("2026-06-02T14:00:00Z");
    submits(&world, ROUND, vec![said(&world, ROUND, 6, Some("1.6000"))]).refused_with("round_closed");
    assert_eq!(world.now(), time("2026-06-02T14:00:00Z"));
}

#[test]
fn a_value_is_a_value() {
    let world = stage();
    submits(&world, ROUND, vec![]).refused_with("no_observations");
    let one = said(&world, ROUND, 0, Some("1.6000"));
    submits(&world, ROUND, vec![one.clone(); 32]).refused_with("too_many_observations");
    submits(&world, ROUND, vec![said(&world, ROUND, 0, Some("0"))]).refused_with("zero_value");
    submits(&world, ROUND, vec![said(&world, ROUND, 0, Some("100000.0001"))]).refused_with("value_above_max");
    let unknown = Observation { publisher: 7, ..one.clone() };
    submits(&world, ROUND, vec![unknown]).refused_with("unknown_publisher");
    let silent = Observation { status: ObservationStatus::Unavailable, ..one };
    submits(&world, ROUND, vec![silent]).refused_with("unavailable_with_value");
}
