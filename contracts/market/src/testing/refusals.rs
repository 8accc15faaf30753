//! Every refusal, by its code; and a refused message leaves nothing behind.

use cosmwasm_std::coin;
use tokfut_api::clearing::CloseOrder;
use tokfut_api::market::{OrderRef, PostOnly};
use tokfut_core::fixing::Hint;
use tokfut_core::id::SeriesId;
use tokfut_core::price::Price;
use tokfut_core::rate::Rate;
use tokfut_core::series::Status;

use super::*;

/// The error's code; its text must begin with it, and end with a clause.
fn code<T: std::fmt::Debug>(result: Result<T, ContractError>) -> String {
    let error = result.unwrap_err();
    let text = error.to_string();
    assert!(text.ends_with(')') && text.starts_with(&format!("{}: ", error.code())), "{text}");
    error.code()
}

fn base() -> NewOrder {
    order(ALICE, Side::Buy, 1, "1.6000")
}

fn refused(change: impl FnOnce(&mut NewOrder)) -> String {
    let mut order = base();
    change(&mut order);
    code(World::new().place(order))
}

#[test]
fn an_order_with_a_bad_field_is_refused_by_name() {
    let limit = |text: &str| OrderPrice::Limit(text.to_string());
    assert_eq!(refused(|o| o.price = limit("1,6")), "invalid_price");
    assert_eq!(refused(|o| o.price = limit("1.60001")), "invalid_price");
    assert_eq!(refused(|o| o.price = limit("0")), "invalid_price");
    assert_eq!(refused(|o| o.price = limit("1.6005")), "off_tick");
    assert_eq!(refused(|o| o.price = limit("1.9210")), "outside_limits");
    assert_eq!(refused(|o| o.price = limit("1.2790")), "outside_limits");
    assert_eq!(refused(|o| o.lots = Lots::ZERO), "invalid_lots");
    assert_eq!(refused(|o| o.lots = Lots::new(501)), "invalid_lots");
    assert_eq!(refused(|o| o.max_fills = Some(0)), "invalid_max_fills");
    assert_eq!(refused(|o| o.max_fills = Some(33)), "invalid_max_fills");
    assert_eq!(refused(|o| o.series = "TOKZ99".to_string()), "unknown_series");
    assert_eq!(refused(|o| o.series = "zzz".to_string()), "unknown_series");
}

#[test]
fn what_is_not_built_yet_says_so() {
    let gtd = TimeInForce::Gtd { time: None, height: None };
    assert_eq!(refused(|o| o.time_in_force = Some(gtd)), "not_available");
    assert_eq!(refused(|o| o.time_in_force = Some(TimeInForce::MinFill { lots: Lots::new(1) })), "not_available");
    assert_eq!(refused(|o| o.post_only = Some(PostOnly::Slide)), "not_available");
    for mode in [SelfTrade::CancelTaking, SelfTrade::CancelBoth, SelfTrade::Decrement] {
        assert_eq!(refused(|o| o.self_trade = mode), "not_available");
    }
}

#[test]
fn fields_that_contradict_each_other_are_refused() {
    let worst = || OrderPrice::Worst("1.6000".to_string());
    for tif in [TimeInForce::Gtc, TimeInForce::Day] {
        assert_eq!(refused(|o| (o.price, o.time_in_force) = (worst(), Some(tif))), "invalid_order");
    }
    for tif in [TimeInForce::Ioc, TimeInForce::Fok] {
        let post = Some(PostOnly::Reject);
        assert_eq!(refused(|o| (o.post_only, o.time_in_force) = (post, Some(tif))), "invalid_order");
    }
}

#[test]
fn an_order_that_the_book_cannot_satisfy_is_refused_whole() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6000");
    let fok = NewOrder { time_in_force: Some(TimeInForce::Fok), lots: Lots::new(3), ..base() };
    assert_eq!(code(world.place(fok)), "unfilled");
    assert_eq!(code(world.place(NewOrder { post_only: Some(PostOnly::Reject), ..base() })), "post_only_would_trade");
    assert_eq!(code(world.place(NewOrder { reduce_only: true, ..base() })), "nothing_to_reduce");
}

#[test]
fn no_message_takes_coins() {
    let mut world = World::new();
    let none = || vec![];
    let messages = [
        ExecuteMsg::PlaceOrder(base()),
        ExecuteMsg::CancelOrder { account: ALICE, order: OrderRef::ClientId(1u64.into()) },
        ExecuteMsg::CancelAll { account: ALICE },
        ExecuteMsg::Reap { orders: none() },
        ExecuteMsg::ListSeries { product: "TOK".to_string() },
        ExecuteMsg::PushMarks { series: none() },
        ExecuteMsg::Strike { product: "TOK".to_string() },
        ExecuteMsg::SetStatus { series: DEC.to_string(), status: Status::Paused },
        ExecuteMsg::ScheduleOpen { series: DEC.to_string() },
        ExecuteMsg::Reopen { series: DEC.to_string() },
        ExecuteMsg::Close { account: ALICE, orders: vec![], void_orders: false },
    ];
    for message in messages {
        let info = message_info(&addr("trader"), &[coin(1, "uusd")]);
        assert_eq!(code(world.send(info, message)), "unexpected_funds");
    }
}

#[test]
fn an_order_is_found_only_by_its_own_name_and_account() {
    let mut world = World::new();
    let id = world.buys(ALICE, 1, "1.6000").id();
    let mut cancel = |account, order| code(world.anyone(ExecuteMsg::CancelOrder { account, order }));
    assert_eq!(cancel(BOB, OrderRef::Id(id)), "other_account");
    assert_eq!(cancel(ALICE, OrderRef::Id("1523-b-16000-9".to_string())), "unknown_order");
    assert_eq!(cancel(ALICE, OrderRef::Id("nonsense".to_string())), "invalid_order_id");
    assert_eq!(cancel(ALICE, OrderRef::ClientId(9u64.into())), "unknown_order");
    assert_eq!(code(world.ask::<()>(QueryMsg::Order { id: "1523-b-16000-9".to_string() })), "unknown_order");
}

#[test]
fn lists_are_bounded_and_of_one_product() {
    let mut world = World::new();
    world.anyone(ExecuteMsg::ListSeries { product: "GPH".to_string() }).unwrap();
    let reap = |orders: Vec<&str>| ExecuteMsg::Reap { orders: orders.into_iter().map(str::to_string).collect() };
    let push = |series: Vec<&str>| ExecuteMsg::PushMarks { series: series.into_iter().map(str::to_string).collect() };
    assert_eq!(code(world.anyone(reap(vec![]))), "invalid_count");
    assert_eq!(code(world.anyone(reap(vec!["1523-b-16000-9"; 33]))), "invalid_count");
    assert_eq!(code(world.anyone(reap(vec!["1523-b-16000-9"; 32]))), "nothing_to_reap");
    assert_eq!(code(world.anyone(reap(vec!["1523-b-16000-9", "2723-b-16000-9"]))), "mixed_list");
    assert_eq!(code(world.anyone(push(vec![]))), "invalid_count");
    assert_eq!(code(world.anyone(push(vec![DEC; 33]))), "invalid_count");
    assert_eq!(code(world.anyone(push(vec![DEC, DEC]))), "mixed_list");
    assert_eq!(code(world.anyone(push(vec![DEC, "GPHZ26"]))), "mixed_list");
}

#[test]
fn only_the_vault_closes_out_and_within_its_bounds() {
    let mut world = World::new();
    let leg = |series| CloseOrder {
        series: SeriesId(series),
        side: Side::Sell,
        lots: Lots::new(1),
        worst: Price::MIN,
        discount: Rate::ZERO,
    };
    let close = |legs: Vec<CloseOrder>| ExecuteMsg::Close { account: ALICE, orders: legs, void_orders: false };
    assert_eq!(code(world.by("governance", close(vec![]))), "unauthorized");
    assert_eq!(code(world.by("vault", close(vec![leg(NOV_ID), leg(DEC_ID), leg(DEC_ID + 1)]))), "invalid_count");
    assert_eq!(code(world.by("vault", close(vec![leg(DEC_ID), leg(DEC_ID)]))), "mixed_list");
    assert_eq!(code(world.by("vault", close(vec![leg(99)]))), "unknown_series");
}

#[test]
fn three_contracts_that_disagree_do_not_start() {
    let start = |change: fn(&mut InstantiateMsg, &mut Facts)| {
        let (mut world, mut msg) = (World::bare(), config());
        change(&mut msg, &mut world.facts.borrow_mut());
        let result = world.instantiate(msg);
        assert!(world.storage.rows().is_empty());
        result.unwrap_err().code()
    };
    let other = Clock { anchor: 1, speed: 2 };
    assert_eq!(start(|_, facts| facts.vault_clock = Clock { anchor: 1, speed: 2 }), "clock_mismatch");
    assert_eq!(start(|_, facts| facts.oracle_clock = Clock { anchor: 1, speed: 2 }), "clock_mismatch");
    assert_eq!(start(|msg, facts| facts.administrator = msg.governance.clone()), "one_address");
    assert_eq!(start(|_, facts| facts.feed.decimals = 6), "feed_mismatch");
    assert_eq!(start(|_, facts| facts.feed.interval = 43_200), "feed_mismatch");
    assert_eq!(start(|_, facts| facts.feed.max_value = 1_000_000_001u128.into()), "feed_mismatch");
    assert_eq!(start(|_, facts| facts.products[0].feed = 9), "feed_mismatch");
    assert_eq!(start(|_, facts| facts.products.clear()), "invalid_count");
    assert_eq!(start(|msg, _| msg.clock.speed = 0), "invalid_clock");
    assert_eq!(start(|msg, _| msg.vault = "nobody".to_string()), "invalid_address");
    assert_eq!(other.speed, 2);
}

#[test]
fn listing_needs_a_product_a_price_and_something_to_list() {
    let list = |product: &str| ExecuteMsg::ListSeries { product: product.to_string() };
    let mut world = World::unlisted();
    assert_eq!(code(world.anyone(list("XYZ"))), "unknown_product");
    world.facts.borrow_mut().fixings.clear();
    assert_eq!(code(world.anyone(list("TOK"))), "no_reference_price");
    world.fixes("2026-11-23", 5_000_000_000);
    assert_eq!(code(world.anyone(list("TOK"))), "no_reference_price");
    let mut world = World::new();
    assert_eq!(code(world.anyone(list("TOK"))), "nothing_to_list");
    assert_eq!(code(world.ask::<()>(QueryMsg::Product { code: "tok".to_string() })), "unknown_product");
}

#[test]
fn a_market_that_was_never_set_up_answers_with_an_error() {
    assert_eq!(World::bare().ask::<()>(QueryMsg::Config {}).unwrap_err().code(), "chain_error");
}

#[test]
fn without_a_fresh_fixing_only_reduce_only_orders_come_in() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6000");
    world.buys(ALICE, 2, "1.6000");
    world.facts.borrow_mut().fixings = vec![(time("2026-11-22T10:00:00Z"), 16_000)];
    assert_eq!(code(world.place(base())), "index_stale");
    world.facts.borrow_mut().fixings = vec![];
    assert_eq!(code(world.place(base())), "index_stale");
    let reduce = NewOrder { reduce_only: true, side: Side::Sell, ..base() };
    assert_eq!(world.place(reduce).unwrap().lots(), [0, 1, 0]);
    world.facts.borrow_mut().fixings = vec![(time("2026-11-22T10:00:01Z"), 16_000)];
    world.place(base()).unwrap();
}

#[test]
fn while_the_oracle_hints_so_only_reduce_only_orders_come_in() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6000");
    world.buys(ALICE, 2, "1.6000");
    for hint in [Hint::CloseOnly, Hint::CloseOnlyUntil(time("2026-11-24T10:00:01Z"))] {
        world.facts.borrow_mut().hint = hint;
        assert_eq!(code(world.place(base())), "feed_close_only");
        let reduce = NewOrder { reduce_only: true, side: Side::Sell, ..base() };
        assert_eq!(world.place(reduce).unwrap().lots(), [0, 1, 0]);
    }
    world.facts.borrow_mut().hint = Hint::CloseOnlyUntil(time("2026-11-24T10:00:00Z"));
    world.place(base()).unwrap();
}
