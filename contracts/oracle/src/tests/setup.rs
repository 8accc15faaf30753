//! What a feed may be, and when its first round is.

use cosmwasm_std::{HexBinary, coins};
use tokfut_api::oracle::*;
use tokfut_api::wire::Wire;
use tokfut_core::time::{Clock, DAY, HOUR, Time};

use super::world::*;

fn refusal(change: impl FnOnce(&mut FeedConfig)) -> String {
    let mut feed = feed_config(1, 7);
    change(&mut feed);
    code(&World::with(vec![feed]).err().unwrap())
}

#[test]
fn a_feed_is_told_back_as_it_was_given() {
    let given = vec![feed_config(1, 7), feed_config(7, 31)];
    let world = World::with(given.clone()).unwrap();
    assert_eq!(world.ask::<Vec<FeedConfig>>(QueryMsg::Feeds {}).unwrap(), given);
    let feed: FeedResponse = world.ask(QueryMsg::Feed { feed: 7 }).unwrap();
    assert_eq!(feed.config, given[1]);
    assert_eq!((feed.min_obs, feed.super_obs, feed.first_round, feed.next_round), (21, 21, FIRST, FIRST));
    assert_eq!(feed.next_final_from, Some(Time::new(ANCHOR + FIRST * DAY + FINAL_AFTER)));
    let config: ConfigResponse = world.ask(QueryMsg::Config {}).unwrap();
    assert_eq!(config.clock, Clock::REAL);
    assert_eq!(config.administrator, setup_msg(given).administrator);
    assert_eq!(config.domain.len(), 32);
}

#[test]
fn the_first_round_is_the_first_dated_at_or_after_the_instantiation() {
    let first = |now| {
        let world = World::instantiated(setup_msg(vec![feed_config(1, 4)]), now).unwrap();
        world.ask::<FeedResponse>(QueryMsg::Feed { feed: 1 }).unwrap().next_round
    };
    assert_eq!(first(ANCHOR - 100 * DAY), 0);
    assert_eq!(first(ANCHOR), 0);
    assert_eq!(first(ANCHOR + 1), 1);
    assert_eq!(first(ANCHOR + 400 * DAY), 400);
    assert_eq!(first(ANCHOR + 400 * DAY + 1), 401);
}

#[test]
fn rounds_run_on_the_fast_clock_too() {
    let clock = Clock { anchor: ANCHOR, speed: 86_400 };
    let mut world =
        World::instantiated(InstantiateMsg { clock, ..setup_msg(vec![feed_config(1, 4)]) }, ANCHOR).unwrap();
    world.env.block.time = cosmwasm_std::Timestamp::from_seconds(ANCHOR + 3);
    assert_eq!([2, 3, 4].map(|round| world.state(round)), ["missed", "open", "scheduled"]);
    world.answer(3, &[5, 5, 5, 5]);
    world.env.block.time = world.env.block.time.plus_seconds(1);
    world.finalise(30).unwrap();
    assert_eq!(world.state(3), "final");
}

#[test]
fn feeds_are_one_to_sixteen_with_numbers_of_their_own() {
    let setup = |ids: &[u32]| World::with(ids.iter().map(|id| feed_config(*id, 4)).collect()).err();
    let refused = |ids| code(&setup(ids).unwrap());
    assert_eq!(refused(&[]), "invalid_feeds");
    assert_eq!(refused(&[1; 17]), "invalid_feeds");
    assert_eq!(refused(&[0]), "invalid_feed_id");
    assert_eq!(refused(&[2, 1, 2]), "invalid_feed_id");
    assert!(setup(&(1..=16).collect::<Vec<_>>()).is_none());
}

#[test]
fn every_number_and_text_of_a_feed_is_bounded() {
    assert_eq!(refusal(|feed| feed.decimals = 19), "invalid_feed");
    assert_eq!(refusal(|feed| feed.max_value = 0u128.into()), "invalid_feed");
    assert_eq!(refusal(|feed| feed.max_move = 0), "invalid_feed");
    assert_eq!(refusal(|feed| feed.window = 3 * HOUR + 1), "invalid_round_clock");
    assert_eq!(refusal(|feed| feed.final_after = DAY), "invalid_round_clock");
    assert_eq!(refusal(|feed| feed.symbol.clear()), "invalid_text");
    assert_eq!(refusal(|feed| feed.unit = "x".repeat(129)), "invalid_text");
    assert_eq!(refusal(|feed| feed.methodology_uri = "x".repeat(257)), "invalid_text");
    assert_eq!(refusal(|feed| feed.publishers[3].name.clear()), "invalid_text");
    assert_eq!(refusal(|feed| feed.methodology_hash = HexBinary::from([1; 31])), "invalid_hash");
    assert_eq!(refusal(|feed| feed.anchor = Time::MAX), "no_such_round");
}

#[test]
fn a_panel_is_four_to_thirty_one_keys_of_the_curve_no_two_alike() {
    assert_eq!(refusal(|feed| feed.publishers.truncate(3)), "invalid_panel");
    assert_eq!(refusal(|feed| feed.publishers = feed_config(1, 32).publishers), "invalid_panel");
    assert_eq!(refusal(|feed| feed.publishers[6] = feed.publishers[2].clone()), "duplicate_publisher_key");
    let keyed = |key: Vec<u8>| refusal(|feed| feed.publishers[2].key = key.into());
    assert_eq!(keyed(vec![2; 32]), "invalid_publisher_key");
    assert_eq!(keyed(vec![4; 33]), "invalid_publisher_key");
    // x = 5 is on no point of the curve.
    assert_eq!(keyed([[2].as_slice(), &[0; 31], &[5]].concat()), "invalid_publisher_key");
}

#[test]
fn the_administrator_is_an_address_and_the_clock_is_one() {
    let msg = setup_msg(vec![feed_config(1, 4)]);
    let refused = |msg| code(&World::instantiated(msg, ANCHOR).err().unwrap());
    assert_eq!(refused(InstantiateMsg { administrator: "nobody".to_string(), ..msg.clone() }), "invalid_address");
    let clock = |anchor, speed| InstantiateMsg { clock: Clock { anchor, speed }, ..msg.clone() };
    assert_eq!(refused(clock(0, 0)), "invalid_clock");
    assert_eq!(refused(clock(0, 86_400)), "invalid_time");
}

#[test]
fn no_address_has_two_roles() {
    let msg = setup_msg(vec![feed_config(1, 4)]);
    let names = ["administrator", "guardian", "arbiter", "governance"];
    for (one, other) in names.iter().enumerate().flat_map(|(at, one)| names[..at].iter().map(move |other| (one, other)))
    {
        let mut json = serde_json::to_value(&msg).unwrap();
        json[one] = json[other].clone();
        let error = World::instantiated(serde_json::from_value(json).unwrap(), ANCHOR).err().unwrap();
        assert_eq!(code(&error), "one_address", "{one} {other}");
    }
    let dispute = DisputeTerms { sink: msg.arbiter.clone(), ..msg.dispute.clone() };
    let error = World::instantiated(InstantiateMsg { dispute, ..msg }, ANCHOR).err().unwrap();
    assert_eq!(code(&error), "one_address");
}

#[test]
fn timelock_and_bond_have_hard_bounds() {
    let msg = setup_msg(vec![feed_config(1, 4)]);
    let tried = |msg| World::instantiated(msg, ANCHOR).err().map(|error| code(&error));
    for timelock in [0, 2 * DAY - 1, 60 * DAY + 1] {
        assert_eq!(tried(InstantiateMsg { timelock, ..msg.clone() }).as_deref(), Some("invalid_timelock"));
    }
    for timelock in [2 * DAY, 60 * DAY] {
        assert_eq!(tried(InstantiateMsg { timelock, ..msg.clone() }), None);
    }
    let terms = |bond: u128, denom: &str| {
        let dispute = DisputeTerms { bond: bond.into(), denom: denom.to_string(), ..msg.dispute.clone() };
        InstantiateMsg { dispute, ..msg.clone() }
    };
    assert_eq!(tried(terms(0, "uusd")).as_deref(), Some("invalid_bond"));
    assert_eq!(tried(terms(1, "u")).as_deref(), Some("invalid_text"));
}

#[test]
fn no_message_but_a_dispute_takes_coins() {
    let mut world = World::of(4);
    let error = world.execute(ExecuteMsg::Finalise { feed: 1, limit: None }, &coins(1, "uusd")).unwrap_err();
    assert_eq!(code(&error), "coins_refused");
    let info = cosmwasm_std::testing::message_info(&world.deps.api.addr_make("anyone"), &coins(1, "uusd"));
    let msg = setup_msg(vec![feed_config(1, 4)]);
    let error = crate::contract::instantiate(world.deps.as_mut(), world.env.clone(), info, Wire(msg)).unwrap_err();
    assert_eq!(code(&error), "coins_refused");
}
