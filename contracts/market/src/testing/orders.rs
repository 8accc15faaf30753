//! Orders: placed, traded, cancelled, simulated.

use tokfut_api::clearing::{BookChange, ClearedFill, Clearing, CloseOrder, MarkChange, Purpose, RestChange};
use tokfut_api::market::{
    BookResponse, Filled, Level, Marked, OrderRef, OrderRemoved, OrderResponse, OrderRested, OrdersVoided, PostOnly,
    RemainderCancelled, SimulationResponse,
};
use tokfut_core::id::{ProductId, SeriesId};
use tokfut_core::price::Price;
use tokfut_core::rate::Rate;

use super::*;

fn units(price: u32) -> Price {
    Price::new(price).unwrap()
}

fn cancel(account: AccountId, id: &str) -> ExecuteMsg {
    ExecuteMsg::CancelOrder { account, order: OrderRef::Id(id.to_string()) }
}

#[test]
fn the_first_order_is_number_one_and_rests_where_it_says() {
    let mut world = World::new();
    let outcome = world.buys(ALICE, 3, "1.6100");
    assert_eq!((outcome.id(), outcome.lots()), ("1523-b-16100-1".to_string(), [0, 3, 0]));
    assert_eq!(world.sells(BOB, 1, "1.6110").id(), "1523-s-16110-2");
    let (account, series, side, price, lots) = (ALICE, SeriesId(DEC_ID), Side::Buy, units(16_100), Lots::new(3));
    let change = BookChange { account, series, side, price, lots, reduce_only: false, change: RestChange::Rested };
    let clearing = outcome.clearing();
    assert_eq!((&clearing.book, clearing.product, clearing.voids_orders), (&vec![change], ProductId(1), false));
    assert_eq!(clearing.purpose, Purpose::Trade { sender: addr("trader").to_string() });
    let rested = outcome.all::<OrderRested>();
    assert_eq!((rested.len(), rested[0].order.sequence, rested[0].expires_at), (1, 1, None));
}

#[test]
fn a_taker_trades_at_the_resting_price_and_the_vault_is_told_once() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6050");
    world.sells(CAROL, 5, "1.6100");
    let outcome = world.buys(ALICE, 4, "1.6200");
    assert_eq!(outcome.lots(), [4, 0, 0]);
    let fill = |maker, price, lots| ClearedFill {
        series: SeriesId(DEC_ID),
        side: Side::Buy,
        maker,
        maker_reduce_only: false,
        price: units(price),
        lots: Lots::new(lots),
    };
    let clearing = outcome.clearing();
    assert_eq!(clearing.fills, [fill(BOB, 16_050, 2), fill(CAROL, 16_100, 2)]);
    assert_eq!((clearing.marks.len(), clearing.book.len()), (1, 0));
    let left: Vec<u64> = outcome.all::<Filled>().iter().map(|fill| fill.left.count()).collect();
    assert_eq!(left, [0, 3]);
    assert_eq!(outcome.all::<Marked>()[0].index, Some(units(16_000)));
    let book: BookResponse = world.ask(QueryMsg::Book { series: DEC.to_string(), depth: None }).unwrap();
    let level = Level { price: "1.6100".to_string(), lots: Lots::new(3), orders: 1 };
    assert_eq!(book, BookResponse { bids: vec![], asks: vec![level] });
}

#[test]
fn what_does_not_trade_at_once_is_cancelled_with_its_reason() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6050");
    let market = NewOrder { price: OrderPrice::Worst("1.6060".to_string()), ..order(ALICE, Side::Buy, 5, "1") };
    let outcome = world.place(market).unwrap();
    assert_eq!((outcome.lots(), outcome.placed().order), ([2, 0, 3], None));
    let cancelled = outcome.all::<RemainderCancelled>();
    assert_eq!((cancelled[0].lots, cancelled[0].reason.as_str()), (Lots::new(3), "ioc"));
    for _ in 0..3 {
        world.sells(BOB, 1, "1.6050");
    }
    let bounded = NewOrder { max_fills: Some(2), ..order(ALICE, Side::Buy, 5, "1.6050") };
    let outcome = world.place(bounded).unwrap();
    assert_eq!((outcome.lots(), outcome.all::<RemainderCancelled>()[0].reason.as_str()), ([2, 0, 3], "fill_limit"));
}

#[test]
fn an_owners_own_resting_order_gives_way() {
    let mut world = World::new();
    world.sells(ALICE_TOO, 2, "1.6050");
    world.sells(BOB, 1, "1.6050");
    let outcome = world.buys(ALICE, 2, "1.6050");
    assert_eq!(outcome.lots(), [1, 1, 0]);
    let removed = outcome.all::<OrderRemoved>();
    assert_eq!((removed[0].account, removed[0].reason.as_str()), (ALICE_TOO, "self_trade"));
}

#[test]
fn a_day_order_dies_at_the_daily_time_and_is_removed_when_met() {
    let mut world = World::new();
    let day = NewOrder { time_in_force: Some(TimeInForce::Day), ..order(BOB, Side::Sell, 2, "1.6050") };
    let id = world.place(day).unwrap().id();
    let answer: OrderResponse = world.ask(QueryMsg::Order { id: id.clone() }).unwrap();
    assert_eq!((answer.live, answer.expires_at), (true, Some(time("2026-11-24T16:00:00Z"))));
    world.at("2026-11-24T16:00:00Z").strike().unwrap();
    let answer: OrderResponse = world.ask(QueryMsg::Order { id: id.clone() }).unwrap();
    assert!(!answer.live);
    let outcome = world.buys(ALICE, 1, "1.6050");
    assert_eq!((outcome.lots(), outcome.all::<OrderRemoved>()[0].reason.as_str()), ([0, 1, 0], "expired"));
}

#[test]
fn reduce_only_orders_only_reduce() {
    let mut world = World::new();
    world.sells(BOB, 4, "1.6050");
    world.buys(ALICE, 4, "1.6050");
    let reduce = |account, side, lots, price| NewOrder { reduce_only: true, ..order(account, side, lots, price) };
    let outcome = world.place(reduce(ALICE, Side::Sell, 9, "1.6100")).unwrap();
    assert_eq!((outcome.lots(), outcome.all::<RemainderCancelled>()[0].reason.as_str()), ([0, 4, 5], "reduce_only"));
    world.place(reduce(ALICE, Side::Sell, 3, "1.6110")).unwrap();
    let outcome = world.buys(CAROL, 7, "1.6200");
    assert_eq!((outcome.lots(), outcome.clearing().fills.len()), ([4, 3, 0], 1));
    assert!(outcome.clearing().fills[0].maker_reduce_only);
    assert_eq!(outcome.all::<OrderRemoved>()[0].reason, "reduce_only");
    assert_eq!(world.facts.borrow().positions[&(ALICE, SeriesId(DEC_ID))], 0);
}

#[test]
fn cancelling_takes_an_order_out_by_either_name() {
    let mut world = World::new();
    let id = world.buys(ALICE, 3, "1.6100").id();
    let named = NewOrder { client_id: Some(7u64.into()), ..order(ALICE, Side::Buy, 2, "1.6000") };
    world.place(named).unwrap();
    let outcome = world.anyone(cancel(ALICE, &id)).unwrap();
    let clearing = outcome.clearing();
    assert_eq!(clearing.purpose, Purpose::Cancel { sender: addr("anyone").to_string() });
    assert_eq!((clearing.book.len(), clearing.book[0].change), (1, RestChange::Removed));
    assert_eq!(outcome.all::<OrderRemoved>()[0].reason, "cancelled");
    let by_client = ExecuteMsg::CancelOrder { account: ALICE, order: OrderRef::ClientId(7u64.into()) };
    world.anyone(by_client).unwrap();
    assert_eq!(world.storage.sizes(0x87).len() + world.storage.sizes(0x88).len(), 0);
}

#[test]
fn cancel_all_is_one_write_and_void_orders_never_trade() {
    let mut world = World::new();
    let ids: Vec<String> = (0..20).map(|_| world.sells(BOB, 1, "1.6050").id()).collect();
    let outcome = world.anyone(ExecuteMsg::CancelAll { account: BOB }).unwrap();
    assert_eq!(outcome.all::<OrdersVoided>(), [OrdersVoided { account: BOB, before: 21 }]);
    assert!(outcome.clearing().voids_orders && outcome.clearing().book.is_empty());
    world.sells(BOB, 1, "1.6060");
    let outcome = world.buys(ALICE, 2, "1.6060");
    assert_eq!(outcome.lots(), [1, 1, 0]);
    let removed = outcome.all::<OrderRemoved>();
    assert_eq!((removed.len(), removed[0].reason.as_str()), (20, "void"));
    // The vault let them go with the cancel: it hears of none again.
    assert!(outcome.clearing().book.iter().all(|change| change.change == RestChange::Rested));
    assert_eq!(world.anyone(cancel(BOB, &ids[0])).unwrap_err().code(), "unknown_order");
}

#[test]
fn a_client_id_is_free_again_once_its_order_is_dead() {
    let mut world = World::new();
    let named = |price, tif| NewOrder {
        client_id: Some(7u64.into()),
        time_in_force: Some(tif),
        ..order(ALICE, Side::Buy, 2, price)
    };
    world.place(named("1.6000", TimeInForce::Gtc)).unwrap();
    assert_eq!(world.place(named("1.6010", TimeInForce::Gtc)).unwrap_err().code(), "duplicate_client_id");
    world.anyone(ExecuteMsg::CancelAll { account: ALICE }).unwrap();
    let outcome = world.place(named("1.6010", TimeInForce::Day)).unwrap();
    assert_eq!((outcome.all::<OrderRemoved>()[0].reason.as_str(), outcome.clearing().book.len()), ("void", 1));
    world.at("2026-11-24T16:00:00Z").strike().unwrap();
    let outcome = world.place(named("1.6020", TimeInForce::Day)).unwrap();
    assert_eq!((outcome.all::<OrderRemoved>()[0].reason.as_str(), outcome.clearing().book.len()), ("expired", 2));
    assert_eq!(world.storage.sizes(0x87).len(), 1);
}

#[test]
fn a_dead_order_of_another_product_keeps_its_client_id_until_it_is_reaped() {
    let mut world = World::new();
    world.anyone(ExecuteMsg::ListSeries { product: "GPH".to_string() }).unwrap();
    let named = |series: &str, tif| NewOrder {
        series: series.to_string(),
        client_id: Some(7u64.into()),
        time_in_force: Some(tif),
        ..order(ALICE, Side::Buy, 2, "1.6000")
    };
    let id = world.place(named("GPHZ26", TimeInForce::Day)).unwrap().id();
    world.at("2026-11-24T16:00:00Z").strike().unwrap();
    let refused = world.place(named(DEC, TimeInForce::Gtc)).unwrap_err();
    assert_eq!(refused.code(), "duplicate_client_id");
    world.anyone(ExecuteMsg::Strike { product: "GPH".to_string() }).unwrap();
    let outcome = world.anyone(ExecuteMsg::Reap { orders: vec![id] }).unwrap();
    assert_eq!(outcome.clearing().product, ProductId(2));
    world.place(named(DEC, TimeInForce::Gtc)).unwrap();
}

#[test]
fn reaping_takes_dead_orders_and_leaves_live_ones() {
    let mut world = World::new();
    let live = world.buys(ALICE, 1, "1.6000").id();
    let day = NewOrder { time_in_force: Some(TimeInForce::Day), ..order(ALICE, Side::Buy, 2, "1.6000") };
    let dead = world.place(day).unwrap().id();
    let void = world.buys(BOB, 1, "1.6000").id();
    world.anyone(ExecuteMsg::CancelAll { account: BOB }).unwrap();
    world.at("2026-11-24T16:00:00Z").strike().unwrap();
    let orders = vec![live.clone(), dead.clone(), void.clone(), dead.clone()];
    let outcome = world.anyone(ExecuteMsg::Reap { orders }).unwrap();
    let removed: Vec<String> = outcome.all::<OrderRemoved>().iter().map(|removed| removed.order.to_string()).collect();
    assert_eq!(removed, [dead, void]);
    assert_eq!((&outcome.clearing().purpose, outcome.clearing().book.len()), (&Purpose::Sweep {}, 1));
    assert_eq!(world.anyone(ExecuteMsg::Reap { orders: vec![live] }).unwrap_err().code(), "nothing_to_reap");
}

#[test]
fn reaping_takes_what_an_order_would_remove_and_leaves_what_may_be_good_tomorrow() {
    let mut world = World::new();
    world.sells(BOB, 4, "1.6050");
    world.buys(ALICE, 4, "1.6050");
    let idle = NewOrder { reduce_only: true, ..order(ALICE, Side::Sell, 4, "1.6600") };
    let idle = world.place(idle).unwrap().id();
    let left = [world.buys(CAROL, 1, "1.3490"), world.buys(CAROL, 1, "1.6500"), world.sells(DAVE, 1, "1.6610")];
    let high = world.buys(CAROL, 1, "1.6510").id();
    let all: Vec<String> = left.iter().map(Outcome::id).chain([high.clone(), idle.clone()]).collect();
    let reaps = |world: &mut World| {
        let outcome = world.anyone(ExecuteMsg::Reap { orders: all.clone() }).map_err(|refused| refused.code())?;
        // The vault lets go of the lots.
        assert_eq!(outcome.clearing().book.len(), 1);
        let removed = outcome.all::<OrderRemoved>().remove(0);
        Ok((removed.order.to_string(), removed.reason))
    };
    assert_eq!(reaps(&mut world), Err("nothing_to_reap".to_string()));
    world.fixes("2026-11-24", 15_000);
    world.at("2026-11-24T16:00:00Z").strike().unwrap();
    // From 1.3500 to 1.6500 now.
    assert_eq!(reaps(&mut world), Ok((high, "outside_limits".to_string())));
    world.facts.borrow_mut().positions.insert((ALICE, SeriesId(DEC_ID)), 0);
    assert_eq!(reaps(&mut world), Ok((idle, "reduce_only".to_string())));
    assert_eq!(reaps(&mut world), Err("nothing_to_reap".to_string()));
}

#[test]
fn a_simulation_is_the_plan_of_the_execution() {
    let mut world = World::new();
    world.sells(ALICE_TOO, 2, "1.6040");
    world.sells(BOB, 2, "1.6050");
    let order = order(ALICE, Side::Buy, 5, "1.6060");
    let simulated: SimulationResponse = world.ask(QueryMsg::SimulateOrder(order.clone())).unwrap();
    assert_eq!((simulated.fills.len(), simulated.fills[0].price.as_str()), (1, "1.6050"));
    assert_eq!(
        (simulated.rests, simulated.cancelled, simulated.account.fee.base_units()),
        (Lots::new(3), Lots::ZERO, 7)
    );
    let asked = world.facts.borrow_mut().simulated.take().unwrap();
    let outcome = world.place(order).unwrap();
    let done = outcome.clearing();
    // All of it: trades, what rests, and the mark after them; only who asks is left open.
    assert_eq!(asked, Clearing { purpose: Purpose::Trade { sender: String::new() }, ..done.clone() });
    assert_eq!(asked.marks.len(), 1);
    assert_eq!(outcome.lots(), [2, 3, 0]);
}

#[test]
fn a_post_only_order_rests_or_is_refused() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6050");
    let post = |price| NewOrder { post_only: Some(PostOnly::Reject), ..order(ALICE, Side::Buy, 5, price) };
    assert_eq!(world.place(post("1.6050")).unwrap_err().code(), "post_only_would_trade");
    assert_eq!(world.place(post("1.6040")).unwrap().lots(), [0, 5, 0]);
}

#[test]
fn orders_of_an_account_are_listed_page_by_page() {
    let mut world = World::new();
    let ids: Vec<String> =
        ["1.6000", "1.5990", "1.5980"].iter().map(|price| world.buys(ALICE, 1, price).id()).collect();
    let page = |world: &mut World, start_after, limit| -> Vec<String> {
        let orders: Vec<OrderResponse> = world.ask(QueryMsg::Orders { account: ALICE, start_after, limit }).unwrap();
        orders.into_iter().map(|order| order.id).collect()
    };
    assert_eq!(page(&mut world, None, Some(2)), ids[..2]);
    assert_eq!(page(&mut world, Some(ids[1].clone()), None), ids[2..]);
}

#[test]
fn all_orders_are_listed_page_by_page_and_dead_ones_are_told() {
    let mut world = World::new();
    let sold = world.sells(BOB, 3, "1.6050").id();
    let low = world.buys(ALICE, 1, "1.5980").id();
    let high = world.buys(BOB, 2, "1.5990").id();
    world.by("alice", ExecuteMsg::CancelAll { account: ALICE }).unwrap();
    let page = |world: &mut World, start_after: Option<&String>, limit| -> Vec<(String, bool)> {
        let start_after = start_after.cloned();
        let orders: Vec<OrderResponse> = world.ask(QueryMsg::AllOrders { start_after, limit }).unwrap();
        orders.into_iter().map(|order| (order.id, order.live)).collect()
    };
    let all = page(&mut world, None, None);
    assert_eq!(all, [(high.clone(), true), (low.clone(), false), (sold.clone(), true)]);
    assert_eq!(page(&mut world, None, Some(2)), all[..2]);
    // Where it went on from may be gone by then.
    world.anyone(ExecuteMsg::Reap { orders: vec![low.clone()] }).unwrap();
    assert_eq!(page(&mut world, Some(&low), Some(2)), all[2..]);
    assert_eq!(page(&mut world, None, None), [(high, true), (sold, true)]);
}

/// A close-out no further from the mark than this in parts per million.
fn close_within(discount: u32, account: AccountId, (side, lots, worst): (Side, u64, u32)) -> ExecuteMsg {
    let (series, lots, worst) = (SeriesId(DEC_ID), Lots::new(lots), units(worst));
    let order = CloseOrder { series, side, lots, worst, discount: Rate::ppm(discount) };
    ExecuteMsg::Close { account, orders: vec![order], void_orders: true }
}

fn close(account: AccountId, side: Side, lots: u64, worst: u32) -> ExecuteMsg {
    close_within(100_000, account, (side, lots, worst))
}

#[test]
fn a_close_out_voids_trades_what_it_can_and_always_answers() {
    let mut world = World::new();
    world.sells(BOB, 4, "1.6050");
    world.buys(ALICE, 4, "1.6050");
    world.buys(ALICE, 2, "1.5500");
    let outcome = world.by("vault", close(ALICE, Side::Sell, 3, 15_001)).unwrap();
    assert_eq!((&outcome.clearing().purpose, outcome.clearing().fills.len()), (&Purpose::Close {}, 0));
    assert!(outcome.clearing().voids_orders);
    world.buys(CAROL, 9, "1.5010");
    world.buys(CAROL, 9, "1.5000");
    let outcome = world.by("vault", close(ALICE, Side::Sell, 3, 15_001)).unwrap();
    let fills: Vec<_> = outcome.clearing().fills.iter().map(|fill| (fill.price.units(), fill.lots.count())).collect();
    assert_eq!((fills, outcome.clearing().marks.len()), (vec![(15_010, 3)], 1));
    // Never more than there is to reduce, never beyond its worst price rounded onto the tick.
    let outcome = world.by("vault", close(ALICE, Side::Sell, 9, 14_991)).unwrap();
    let fills: Vec<_> = outcome.clearing().fills.iter().map(|fill| (fill.price.units(), fill.lots.count())).collect();
    assert_eq!(fills, [(15_010, 1)]);
}

#[test]
fn a_close_out_is_worked_near_the_mark_of_the_moment_whatever_it_was_before() {
    let sold = |discount, bid| {
        let mut world = World::new();
        world.sells(BOB, 4, "1.6000");
        world.buys(ALICE, 4, "1.6000");
        world.buys(CAROL, 4, bid);
        // The vault still measures at 1.6000; the fixing of noon has become final at 1.0 % more.
        world.fixes("2026-11-24", 16_160);
        world.at("2026-11-24T15:15:00Z");
        let outcome = world.by("vault", close_within(discount, ALICE, (Side::Sell, 4, 15_840))).unwrap();
        let clearing = outcome.clearing();
        // The mark is told, whether anything is sold or not.
        assert_eq!(clearing.marks, [MarkChange { series: SeriesId(DEC_ID), price: units(16_160) }]);
        clearing.fills.iter().map(|fill| fill.lots.count()).sum::<u64>()
    };
    // 1 % below is 1.59984, on the tick 1.6000; 1.5 % below is 1.59176.
    assert_eq!((sold(0, "1.6000"), sold(0, "1.5990")), (4, 0));
    assert_eq!((sold(15_000, "1.5920"), sold(15_000, "1.5910")), (4, 0));
}

#[test]
fn a_pair_is_closed_out_lot_for_lot() {
    let mut world = World::new();
    world.sells(BOB, 4, "1.6000");
    world.buys(ALICE, 4, "1.6000");
    let nov = |account, side, lots, price: &str| NewOrder {
        series: "TOKX26".to_string(),
        ..order(account, side, lots, price)
    };
    world.place(nov(BOB, Side::Buy, 4, "1.6000")).unwrap();
    world.place(nov(ALICE, Side::Sell, 4, "1.6000")).unwrap();
    world.buys(CAROL, 3, "1.6000");
    let leg = |series, side| {
        let (series, lots, worst) = (SeriesId(series), Lots::new(3), units(16_000));
        CloseOrder { series, side, lots, worst, discount: Rate::ZERO }
    };
    let pair = vec![leg(DEC_ID, Side::Sell), leg(NOV_ID, Side::Buy)];
    let close = ExecuteMsg::Close { account: ALICE, orders: pair, void_orders: true };
    let mut closed = || {
        let outcome = world.by("vault", close.clone()).unwrap();
        let fills = &outcome.clearing().fills;
        let fills: Vec<_> = fills.iter().map(|fill| (fill.series.0, fill.side, fill.lots.count())).collect();
        let dropped: Vec<_> = outcome.all::<RemainderCancelled>().iter().map(|rest| rest.lots.count()).collect();
        let _ = world.place(nov(CAROL, Side::Sell, 1, "1.6000")).unwrap();
        (fills, dropped)
    };
    // Nobody sells November: December stays as well.
    assert_eq!(closed(), (vec![], vec![3, 3]));
    assert_eq!(closed(), (vec![(DEC_ID, Side::Sell, 1), (NOV_ID, Side::Buy, 1)], vec![2, 2]));
}

#[test]
fn a_close_out_without_orders_only_voids() {
    let mut world = World::new();
    world.buys(ALICE, 2, "1.5500");
    let msg = ExecuteMsg::Close { account: ALICE, orders: vec![], void_orders: true };
    let outcome = world.by("vault", msg).unwrap();
    assert_eq!(outcome.clearing().purpose, Purpose::Close {});
    assert_eq!(outcome.all::<OrdersVoided>().len(), 1);
}
