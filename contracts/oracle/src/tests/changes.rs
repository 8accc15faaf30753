//! The administrator's changes: announced, seen, effective by the clock (clauses 7.1, 8.1).

use cosmwasm_std::{HexBinary, Uint128, coins};
use tokfut_api::event::TypedEvent;
use tokfut_api::oracle::*;
use tokfut_core::fixing::{Carry, Scheme};
use tokfut_core::time::{DAY, Time};

use super::world::*;

/// When `round` fixes.
fn time(round: u64) -> Time {
    Time::new(ANCHOR + round * DAY)
}

/// The seven publishers without the first, and a new last one.
fn rotated() -> Vec<Publisher> {
    feed_config(1, 8).publishers.split_off(1)
}

fn open() -> World {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    world
}

fn refused(world: &mut World, change: Change) -> String {
    world.refused_as("administrator", ExecuteMsg::Announce { change }, &[])
}

fn panel(from: Time) -> Change {
    Change::Panel { feed: 1, from, publishers: rotated() }
}

fn methodology(round: u64) -> Change {
    let hash = HexBinary::from([0x44; 32]);
    Change::Methodology { feed: 1, from: time(round), hash, uri: "https://example.org/tok/2".to_string() }
}

fn bounds(round: u64) -> Change {
    let (max_move, max_dispersion, outlier, materiality) = (1, 2, 3, 4);
    let max_value = Uint128::new(20_000);
    Change::Bounds { feed: 1, from: time(round), max_move, max_dispersion, outlier, materiality, max_value }
}

#[test]
fn a_rotation_counts_for_the_rounds_that_fix_from_its_time_on() {
    let mut world = open();
    let first = FIRST + 4;
    // Announced for a moment after round FIRST + 3: the first round of it is the next.
    let response = world.announce(panel(Time::new(time(FIRST + 3).seconds() + 1))).unwrap();
    let told = Announced { feed: Some(1), change: "panel".to_string(), round: Some(first), from: time(first) };
    assert_eq!(Announced::parse(&response.events[0]), Some(told));
    let pending = PendingChange { from: time(first), round: Some(first), change: panel(time(first)) };
    assert_eq!(world.pending(), [pending]);

    // The last round of the old panel is answered late, after the new one has begun to be known: by the old.
    let old = world.signed(FIRST + 3, unsigned(0, 16_000));
    world.at(FIRST + 3, 0).submit(FIRST + 3, vec![old]).unwrap();
    // The new panel: publisher 0 is who was 1.
    world.at(first, 0);
    assert_eq!(world.pending(), []);
    let by_old = world.signed(first, unsigned(0, 16_000));
    assert_eq!(world.refuses(first, vec![by_old]), "bad_signature");
    world.keys = (1..8).map(key).collect();
    let new = (0..7).map(|publisher| world.signed(first, unsigned(publisher, 16_000))).collect();
    world.submit(first, new).unwrap();
    assert_eq!(world.state(first), "provisional");
    let told: PublishersResponse = world.ask(QueryMsg::Publishers { feed: 1, round: Some(first - 1) }).unwrap();
    assert_eq!((told.from_round, told.publishers[0].name.as_str()), (FIRST, "publisher 0"));
    let told: PublishersResponse = world.ask(QueryMsg::Publishers { feed: 1, round: None }).unwrap();
    assert_eq!((told.from_round, told.publishers[0].name.as_str()), (first, "publisher 1"));
    assert_eq!(world.ask::<FeedResponse>(QueryMsg::Feed { feed: 1 }).unwrap().config.publishers, rotated());
}

#[test]
fn a_methodology_is_announced_fourteen_days_ahead_and_signed_from_its_round_on() {
    let mut world = open();
    let like = |from: u64, uri: &str| {
        let (hash, uri) = (HexBinary::from([0x44; 32]), uri.to_string());
        Change::Methodology { feed: 1, from: Time::new(from), hash, uri }
    };
    let fourteen_days = time(FIRST + 14).seconds();
    assert_eq!(refused(&mut world, like(fourteen_days - 1, "")), "too_soon");
    assert_eq!(refused(&mut world, like(fourteen_days, &"x".repeat(257))), "invalid_text");
    world.announce(methodology(FIRST + 14)).unwrap();
    assert_eq!(world.pending()[0].change, methodology(FIRST + 14));
    let ask = |round| world.ask::<MethodologyResponse>(QueryMsg::Methodology { feed: 1, round }).unwrap();
    let [before, after] = [FIRST + 13, FIRST + 14].map(|round| ask(Some(round)));
    assert_eq!((before.version, before.hash, before.from_round), (1, HexBinary::from([0x33; 32]), FIRST));
    assert_eq!((after.version, after.hash, after.from_round), (2, HexBinary::from([0x44; 32]), FIRST + 14));
    assert_eq!(after.uri, "https://example.org/tok/2");
    assert_eq!(ask(None).version, 1);
    let hash = |round| world.preimage(1, round, 0, &unsigned(0, 5)).preimage[80..112].to_vec();
    assert_eq!((hash(FIRST + 13), hash(FIRST + 14)), (vec![0x33; 32], vec![0x44; 32]));
    assert_eq!(refused(&mut world, methodology(FIRST + 14)), "out_of_order");
    world.announce(methodology(FIRST + 15)).unwrap();
    world.at(FIRST + 15, 0);
    assert_eq!(
        world.ask::<FeedResponse>(QueryMsg::Feed { feed: 1 }).unwrap().config.methodology_uri,
        "https://example.org/tok/2"
    );
    let told: MethodologyResponse = world.ask(QueryMsg::Methodology { feed: 1, round: None }).unwrap();
    assert_eq!(told.version, 3);
}

#[test]
fn bounds_count_from_their_round_on() {
    let mut world = open();
    world.announce(bounds(FIRST + 3)).unwrap();
    assert_eq!(world.pending()[0].change, bounds(FIRST + 3));
    let high = |world: &World, round| vec![world.signed(round, unsigned(0, 20_001))];
    world.at(FIRST + 2, 0);
    let before = high(&world, FIRST + 2);
    world.submit(FIRST + 2, before).unwrap();
    world.at(FIRST + 3, 0);
    let after = high(&world, FIRST + 3);
    assert_eq!(world.refuses(FIRST + 3, after), "value_above_max");
    let wild = Change::Bounds {
        feed: 1,
        from: time(FIRST + 9),
        max_move: 1_000_001,
        max_dispersion: 1,
        outlier: 1,
        materiality: 1,
        max_value: 1u128.into(),
    };
    assert_eq!(refused(&mut world, wild), "invalid_feed");
}

#[test]
fn every_change_waits_the_timelock() {
    let mut world = open();
    let early = |round: u64| Time::new(time(round).seconds() - 1);
    let earliest = FIRST + 3;
    for change in [
        panel(early(earliest)),
        Change::Terminate { feed: 1, from: early(earliest) },
        Change::Resume { feed: 1, from: early(earliest) },
    ] {
        assert_eq!(refused(&mut world, change), "too_soon");
    }
    // Nor may a round of it end after time itself.
    assert_eq!(refused(&mut world, panel(Time::new(Time::MAX.seconds() - DAY / 2))), "no_such_round");
    // From the time itself on, and no sooner than the next fixing.
    world.announce(panel(time(earliest))).unwrap();
    let response = world.announce(Change::AddFeed { feed: feed_config(3, 4) }).unwrap();
    let told = Announced::parse(&response.events[0]).unwrap();
    assert_eq!((told.feed, told.round, told.from), (Some(3), Some(earliest), time(earliest)));
    let pending: Vec<PendingChange> = world.ask(QueryMsg::Pending { feed: 3 }).unwrap();
    assert_eq!(pending[0].change, Change::AddFeed { feed: feed_config(3, 4) });
    let one = unsigned(0, 5);
    let signature = world.signature(3, earliest, 0, &one);
    let observations = vec![Observation { signature, ..one }];
    let answer = |round| ExecuteMsg::Submit { feed: 3, round, revision: 0, observations: observations.clone() };
    assert_eq!(world.refused(answer(FIRST)), "round_before_first");
    assert_eq!(world.refused(answer(earliest)), "round_in_future");
    world.at(earliest, 0).execute(answer(earliest), &[]).unwrap();
    assert_eq!(world.ask::<Vec<PendingChange>>(QueryMsg::Pending { feed: 3 }).unwrap(), []);
}

#[test]
fn only_the_administrator_announces_and_withdraws() {
    let mut world = open();
    world.announce(panel(time(FIRST + 3))).unwrap();
    for who in ["relayer", "guardian", "arbiter", "governance", "sink"] {
        let announce = ExecuteMsg::Announce { change: bounds(FIRST + 3) };
        assert_eq!(world.refused_as(who, announce, &[]), "unauthorized");
        let withdraw = ExecuteMsg::Withdraw { feed: 1, change: Withdrawable::Panel };
        assert_eq!(world.refused_as(who, withdraw, &[]), "unauthorized");
    }
    let announce = ExecuteMsg::Announce { change: bounds(FIRST + 3) };
    assert_eq!(world.refused_as("administrator", announce, &coins(1, "uusd")), "coins_refused");
}

#[test]
fn changes_of_a_kind_take_effect_in_order_four_at_a_time() {
    let mut world = open();
    for round in [FIRST + 5, FIRST + 6, FIRST + 8, FIRST + 9] {
        world.announce(bounds(round)).unwrap();
    }
    assert_eq!(refused(&mut world, bounds(FIRST + 10)), "too_many_ahead");
    for round in [FIRST + 5, FIRST + 7, FIRST + 9] {
        assert_eq!(refused(&mut world, bounds(round)), "out_of_order");
    }
    world.at(FIRST + 5, 0);
    assert_eq!(world.pending().len(), 3);
    world.announce(bounds(FIRST + 10)).unwrap();
}

#[test]
fn what_has_not_taken_effect_may_be_withdrawn() {
    let mut world = open();
    let withdraw =
        |world: &mut World, change| world.execute_as("administrator", ExecuteMsg::Withdraw { feed: 1, change }, &[]);
    let refused =
        |world: &mut World, change| world.refused_as("administrator", ExecuteMsg::Withdraw { feed: 1, change }, &[]);
    let all = [Withdrawable::Panel, Withdrawable::Methodology, Withdrawable::Bounds, Withdrawable::Terminate];
    for change in all {
        assert_eq!(refused(&mut world, change), "nothing_to_withdraw");
    }
    let before = world.dump();
    let terminate = Change::Terminate { feed: 1, from: time(FIRST + 20) };
    for change in [panel(time(FIRST + 3)), methodology(FIRST + 14), bounds(FIRST + 3), terminate] {
        world.announce(change).unwrap();
    }
    assert_eq!(world.pending().len(), 4);
    for change in all {
        let response = withdraw(&mut world, change).unwrap();
        assert_eq!(Withdrawn::parse(&response.events[0]).unwrap().change, change.to_string());
    }
    assert_eq!(world.dump(), before);
    world.announce(panel(time(FIRST + 3))).unwrap();
    world.at(FIRST + 3, 0);
    assert_eq!(refused(&mut world, Withdrawable::Panel), "nothing_to_withdraw");
}

#[test]
fn a_panel_of_the_jailed_is_refused() {
    let mut world = open();
    let proof = world.proof(FIRST, 6, [1, 2]);
    world.execute(proof, &[]).unwrap();
    assert_eq!(refused(&mut world, panel(time(FIRST + 3))), "jailed");
}

#[test]
fn a_terminated_feed_has_no_round_from_its_end_on() {
    let mut world = open();
    world.fix(FIRST, 16_000);
    let end = FIRST + 4;
    world.at(FIRST, FINAL_AFTER);
    world.announce(Change::Terminate { feed: 1, from: time(end) }).unwrap();
    assert_eq!(refused(&mut world, bounds(end)), "feed_ended");
    world.fix(end - 1, 16_100);
    let window = |world: &World| {
        let ask = QueryMsg::Window { feed: 1, from: time(FIRST), to: time(end + 5) };
        world.ask::<WindowResponse>(ask).unwrap()
    };
    // Not yet: it might still be withdrawn.
    assert_eq!((window(&world).complete, window(&world).complete_from), (false, Some(time(end))));
    let feed: FeedResponse = world.ask(QueryMsg::Feed { feed: 1 }).unwrap();
    assert_eq!((feed.next_round, feed.end_round, feed.next_final_from), (end, Some(end), None));
    world.at(end, 0);
    let answer = vec![world.signed(end, unsigned(0, 5))];
    assert_eq!(world.refuses(end, answer), "feed_ended");
    assert_eq!(world.refused(ExecuteMsg::Finalise { feed: 1, limit: None }), "feed_ended");
    let told = window(&world);
    assert_eq!((told.expected, told.finals, told.missing, told.complete), (10, 2, 8, true));
    let terminated = |to: u64| {
        let ask = QueryMsg::Window { feed: 1, from: time(FIRST), to: Time::new(to) };
        world.ask::<WindowResponse>(ask).unwrap().terminated
    };
    assert_eq!([time(end).seconds() - 1, time(end).seconds()].map(terminated), [false, true]);
    assert_eq!(world.state(end), "void");
    let told: StatusResponse = world.ask(QueryMsg::Status { feed: 1 }).unwrap();
    assert_eq!((told.status, told.ends), (Carry::Terminated, Some(time(end))));
    let withdraw = ExecuteMsg::Withdraw { feed: 1, change: Withdrawable::Terminate };
    assert_eq!(world.refused_as("administrator", withdraw, &[]), "nothing_to_withdraw");
}

#[test]
fn what_is_settled_after_the_end_of_a_feed_ends_with_its_last_round() {
    let mut world = open();
    let end = FIRST + 4;
    world.announce(Change::Terminate { feed: 1, from: time(end) }).unwrap();
    let window = |world: &World, last| {
        let ask = QueryMsg::Window { feed: 1, from: time(FIRST), to: time(last) };
        world.ask::<WindowResponse>(ask).unwrap()
    };
    let final_from = |round| Time::new(time(round).seconds() + FINAL_AFTER);
    let complete_from = [end - 1, end, end + 1].map(|last| window(&world, last).complete_from.unwrap());
    assert_eq!(complete_from, [final_from(end - 1), time(end), time(end)]);
    // It has ended, but its last rounds are still to be settled.
    world.at(end + 100, 0);
    assert!(!window(&world, end).complete);
    world.finalise(30).unwrap();
    assert!(window(&world, end).complete);
    assert_eq!(world.ask::<FeedResponse>(QueryMsg::Feed { feed: 1 }).unwrap().next_round, end);
    assert_eq!(world.refused(ExecuteMsg::Finalise { feed: 1, limit: None }), "feed_ended");
}

#[test]
fn the_guardian_hints_at_once_and_only_the_timelock_lifts_it() {
    let mut world = open();
    world.fix(FIRST, 16_000);
    world.at(FIRST, FINAL_AFTER);
    let status = |world: &World| world.ask::<StatusResponse>(QueryMsg::Status { feed: 1 }).unwrap();
    assert_eq!((status(&world).status, status(&world).close_only), (Carry::Ok, false));
    let resume = |from| Change::Resume { feed: 1, from };
    assert_eq!(refused(&mut world, resume(time(FIRST + 4))), "nothing_to_lift");
    let hint = || ExecuteMsg::CloseOnly { feed: 1 };
    for who in ["relayer", "administrator", "arbiter", "governance"] {
        assert_eq!(world.refused_as(who, hint(), &[]), "unauthorized");
    }
    world.execute_as("guardian", hint(), &[]).unwrap();
    assert_eq!((status(&world).status, status(&world).close_only), (Carry::CloseOnly, true));
    world.announce(resume(time(FIRST + 4))).unwrap();
    assert_eq!(status(&world).resumes, Some(time(FIRST + 4)));
    assert_eq!(world.pending()[0].change, resume(time(FIRST + 4)));
    // Fixings go on; nobody can stop one.
    world.fix(FIRST + 1, 16_000);
    world.fix(FIRST + 3, 16_000);
    assert_eq!(status(&world).status, Carry::CloseOnly);
    world.at(FIRST + 4, 0);
    assert_eq!((status(&world).status, status(&world).close_only), (Carry::Ok, false));
    // A new hint voids a lifting that was announced.
    world.execute_as("guardian", hint(), &[]).unwrap();
    world.announce(resume(time(FIRST + 9))).unwrap();
    world.execute_as("guardian", hint(), &[]).unwrap();
    assert_eq!((status(&world).resumes, world.pending()), (None, vec![]));
}

#[test]
fn a_status_ages_by_the_clock_and_carries_the_last_value() {
    let mut world = open();
    let status = |world: &World| world.ask::<StatusResponse>(QueryMsg::Status { feed: 1 }).unwrap();
    assert_eq!((status(&world).status, status(&world).days, status(&world).value), (Carry::CloseOnly, None, None));
    world.fix(FIRST, 16_000);
    let seen: Vec<_> = (0..=10)
        .map(|days| {
            world.at(FIRST + days, FINAL_AFTER);
            let told = status(&world);
            assert_eq!(
                (told.days, told.value, told.fixing_time),
                (Some(days), Some(16_000u128.into()), Some(time(FIRST)))
            );
            told.status.to_string()
        })
        .collect();
    let expected = [
        "ok",
        "stale",
        "carried",
        "carried",
        "close_only",
        "close_only",
        "close_only",
        "close_only",
        "close_only",
        "close_only",
        "terminated",
    ];
    assert_eq!(seen, expected);
    // It never enters a mean, and a fixing brings the feed back.
    world.fix(FIRST + 11, 16_100);
    assert_eq!(status(&world).status, Carry::Ok);
    let mean: MeanResponse = world.ask(QueryMsg::Mean { feed: 1, from: time(FIRST), to: time(FIRST + 11) }).unwrap();
    assert_eq!((mean.sum, mean.finals, mean.mean), (32_100u128.into(), 2, 16_050u128.into()));
}

#[test]
fn a_feed_is_added_under_a_new_number_and_sixteen_are_all() {
    let mut world = open();
    assert_eq!(refused(&mut world, Change::AddFeed { feed: feed_config(2, 4) }), "invalid_feed_id");
    for id in 3..=16 {
        world.announce(Change::AddFeed { feed: feed_config(id, 4) }).unwrap();
    }
    assert_eq!(refused(&mut world, Change::AddFeed { feed: feed_config(17, 4) }), "invalid_feeds");
    let mut feed = feed_config(17, 4);
    feed.publishers[0].scheme = Scheme::Ed25519;
    assert_eq!(refused(&mut world, Change::AddFeed { feed }), "invalid_feeds");
}
