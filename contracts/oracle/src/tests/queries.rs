//! What is told (clause 7.7).

use cosmwasm_std::{HexBinary, Uint128};
use tokfut_api::oracle::*;
use tokfut_core::time::{DAY, Time};

use super::world::*;

fn time(round: u64) -> Time {
    Time::new(ANCHOR + round * DAY)
}

/// Finals at rounds 11 and 13; 12 void.
fn world() -> World {
    let mut world = World::of(7);
    world.fix(FIRST, 100);
    world.fix(FIRST + 2, 110);
    world
}

fn window(world: &World, from: Time, to: Time) -> WindowResponse {
    world.ask(QueryMsg::Window { feed: 1, from, to }).unwrap()
}

#[test]
fn a_final_fixing_is_told_with_its_publisher_and_root() {
    let fixing: FixingResponse = world().ask(QueryMsg::Latest { feed: 1 }).unwrap();
    let expected = FixingResponse {
        feed: 1,
        round: FIRST + 2,
        fixing_time: time(FIRST + 2),
        value: Uint128::new(110),
        sum: Uint128::new(210),
        count: 2,
        publisher: 3,
        inputs_root: HexBinary::from([3; 32]),
        revision: 0,
    };
    assert_eq!(fixing, expected);
}

#[test]
fn at_or_before_finds_the_last_final_one() {
    let world = world();
    let ask = |time| world.ask::<FixingResponse>(QueryMsg::AtOrBefore { feed: 1, time });
    let found = |time| ask(time).unwrap().round;
    assert_eq!(found(time(FIRST)), FIRST);
    assert_eq!(found(Time::new(time(FIRST + 2).seconds() - 1)), FIRST);
    assert_eq!(found(time(FIRST + 2)), FIRST + 2);
    assert_eq!(found(Time::MAX), FIRST + 2);
    for early in [Time::new(time(FIRST).seconds() - 1), Time::new(0)] {
        assert_eq!(code(&ask(early).unwrap_err()), "no_fixing");
    }
    let latest = world.ask::<FixingResponse>(QueryMsg::Latest { feed: 2 });
    assert_eq!(code(&latest.unwrap_err()), "no_fixing");
    assert_eq!(code(&world.ask::<FixingResponse>(QueryMsg::Latest { feed: 9 }).unwrap_err()), "unknown_feed");
}

#[test]
fn a_window_counts_both_its_ends() {
    let world = world();
    let expected = WindowResponse {
        expected: 4,
        finals: 2,
        missing: 1,
        sum: Uint128::new(210),
        mean: Some(Uint128::new(105)),
        sum_before: Uint128::zero(),
        count_before: 0,
        complete: false,
        complete_from: Some(Time::new(time(FIRST + 3).seconds() + FINAL_AFTER)),
        terminated: false,
    };
    assert_eq!(window(&world, time(FIRST), time(FIRST + 3)), expected);
    let inner = window(&world, Time::new(time(FIRST).seconds() + 1), time(FIRST + 2));
    assert_eq!((inner.expected, inner.finals, inner.missing, inner.complete), (2, 1, 1, true));
    assert_eq!((inner.sum, inner.sum_before, inner.count_before), (110u128.into(), 100u128.into(), 1));
    // Rounds before the feed's first never become final.
    let early = window(&world, Time::new(0), time(FIRST));
    assert_eq!((early.expected, early.finals, early.missing, early.complete), (12, 1, 11, true));
    // A window between two rounds, or the wrong way round, is empty.
    for (from, to) in [(time(FIRST).seconds() + 1, time(FIRST).seconds() + 2), (time(FIRST + 2).seconds(), 0)] {
        let empty = window(&world, Time::new(from), Time::new(to));
        assert_eq!((empty.expected, empty.finals, empty.sum.u128(), empty.complete_from), (0, 0, 0, None));
        assert!(empty.complete);
    }
}

#[test]
fn a_window_tells_whether_its_feed_was_terminated_at_its_end() {
    let mut world = world();
    // The last final fixing is that of FIRST + 2; of the day before it there is none, and none before FIRST.
    let at = |world: &World, seconds: u64| window(world, time(FIRST), Time::new(seconds)).terminated;
    let tenth = time(FIRST + 12).seconds();
    let early = time(FIRST).seconds() - 1;
    assert_eq!([early, tenth - 1, tenth, tenth + 1].map(|end| at(&world, end)), [false, false, true, true]);
    // By what was dated by then, whenever it is asked: a fixing of the eleventh day brings back no day before it.
    world.fix(FIRST + 13, 120);
    assert_eq!([tenth - 1, tenth, tenth + DAY - 1, tenth + DAY].map(|end| at(&world, end)), [false, true, true, false]);
    assert!(window(&world, time(FIRST + 12), time(FIRST + 12)).terminated);
}

#[test]
fn a_mean_is_told_with_its_exact_fraction_and_an_error_of_nothing() {
    let world = world();
    let mean = |from, to| world.ask::<MeanResponse>(QueryMsg::Mean { feed: 1, from: time(from), to: time(to) });
    let told = mean(FIRST, FIRST + 9).unwrap();
    assert_eq!((told.sum.u128(), told.finals, told.mean.u128()), (210, 2, 105));
    assert_eq!(code(&mean(FIRST + 1, FIRST + 1).unwrap_err()), "no_fixing");
}

#[test]
fn a_time_weighted_average_lets_each_fixing_stand_until_the_next() {
    let world = world();
    let twap = |from: u64, to: u64| {
        let [from, to] = [from, to].map(|since| Time::new(time(FIRST).seconds() + since));
        world.ask::<TwapResponse>(QueryMsg::Twap { feed: 1, from, to })
    };
    // 100 stands for two days, for the day between is void.
    let told = twap(0, 3 * DAY).unwrap();
    assert_eq!((told.integral.u128(), told.seconds, told.twap.u128()), (310 * u128::from(DAY), 3 * DAY, 103));
    assert!(told.complete);
    let told = twap(2 * DAY - 1, 2 * DAY + 1).unwrap();
    assert_eq!((told.integral.u128(), told.twap.u128()), (210, 105));
    assert!(!twap(0, 3 * DAY + 1).unwrap().complete);
    for (from, to) in [(5, 5), (6, 5)] {
        assert_eq!(code(&twap(from, to).unwrap_err()), "empty_window");
    }
    let early = QueryMsg::Twap { feed: 1, from: Time::new(time(FIRST).seconds() - 1), to: time(FIRST + 1) };
    assert_eq!(code(&world.ask::<TwapResponse>(early).unwrap_err()), "no_fixing");
}

#[test]
fn a_price_is_an_error_once_it_is_stale() {
    let mut world = world();
    world.at(FIRST + 2, 48 * 3_600);
    let price = |max_age| world.ask::<FixingResponse>(QueryMsg::Price { feed: 1, max_age });
    assert_eq!(price(48 * 3_600).unwrap().value, Uint128::new(110));
    assert_eq!(code(&price(48 * 3_600 - 1).unwrap_err()), "stale");
}

#[test]
fn a_preimage_is_told_for_any_round_and_refused_for_no_bytes() {
    let world = world();
    let ask = |observation| {
        let round = 4_242;
        world.ask::<PreimageResponse>(QueryMsg::Preimage { feed: 1, round, revision: 0, observation })
    };
    let told = ask(unsigned(3, 5)).unwrap();
    assert_eq!(told.preimage.len(), 224);
    assert_eq!(told.preimage.as_slice()[..16], *b"TOKFUT/FIX/OBS/1");
    assert_eq!(told.preimage.as_slice()[112..124], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x10, 0x92]);
    let config: ConfigResponse = world.ask(QueryMsg::Config {}).unwrap();
    let feed: FeedResponse = world.ask(QueryMsg::Feed { feed: 1 }).unwrap();
    assert_eq!(told.preimage.as_slice()[16..48], *config.domain.as_slice());
    assert_eq!(told.preimage.as_slice()[48..80], *feed.set_digest.as_slice());
    assert_eq!(told.preimage.as_slice()[80..112], [0x33; 32]);
    let short = Observation { inputs_root: HexBinary::from([0; 33]), ..unsigned(3, 5) };
    assert_eq!(code(&ask(short).unwrap_err()), "invalid_hash");
    assert_eq!(code(&ask(unsigned(7, 5)).unwrap_err()), "unknown_publisher");
    let early = QueryMsg::Preimage { feed: 1, round: FIRST - 1, revision: 0, observation: unsigned(3, 5) };
    assert_eq!(code(&world.ask::<PreimageResponse>(early).unwrap_err()), "no_rules");
}
