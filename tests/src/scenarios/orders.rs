//! Orders of every type, and who may place them.

use tokfut_api::market::{self, OrderRef};
use tokfut_api::vault::{self, Scope};
use tokfut_core::id::AccountId;
use tokfut_testkit::{TestWorld, buy, sell, time, usd};

const DEC: &str = "TOKZ26";
const JAN: &str = "TOKF27";

#[test]
fn each_type_does_with_the_rest_what_it_says() {
    let world = TestWorld::new();
    let (maker, taker) = (world.trader("maker", usd(100_000)), world.trader("taker", usd(100_000)));
    let asks = |lots: u64| {
        maker.cancels_all();
        taker.cancels_all();
        maker.sells(lots, DEC, "1.6000");
    };
    for (order, lots) in [
        (buy(5, DEC, "1.6000"), [3, 2, 0]),
        (buy(5, DEC, "1.6000").day(), [3, 2, 0]),
        (buy(5, DEC, "1.6000").ioc(), [3, 0, 2]),
        (buy(3, DEC, "1.6000").fok(), [3, 0, 0]),
        (buy(5, DEC, "1.6000").market(), [3, 0, 2]),
        (buy(5, DEC, "1.5990"), [0, 5, 0]),
        (buy(5, DEC, "1.5990").post_only(), [0, 5, 0]),
        (buy(5, DEC, "1.5990").ioc(), [0, 0, 5]),
    ] {
        asks(3);
        assert_eq!(taker.places(order.clone()).lots, lots, "{order:?}");
    }
    asks(3);
    taker.tries_to_place(buy(5, DEC, "1.6000").fok()).refused_with("unfilled");
    taker.tries_to_place(buy(5, DEC, "1.6000").post_only()).refused_with("post_only_would_trade");
    taker.tries_to_place(buy(5, DEC, "1.6000").ioc().post_only()).refused_with("invalid_order");
    taker.tries_to_place(buy(5, DEC, "1.6000").market().day()).refused_with("invalid_order");
    // Two orders at a price and one fill: the rest would cross, so it is cancelled.
    let jan = || taker.places(buy(5, JAN, "1.6000").steps(1)).lots;
    maker.sells(1, JAN, "1.6000");
    maker.sells(1, JAN, "1.6000");
    assert_eq!(jan(), [1, 0, 4]);
    // Cancelled orders that are still in the way are no fills.
    maker.sells(1, JAN, "1.6000");
    maker.cancels_all();
    maker.sells(1, JAN, "1.6000");
    assert_eq!(jan(), [1, 4, 0]);
}

#[test]
fn price_goes_before_time_and_time_before_the_rest() {
    let world = TestWorld::new();
    let (first, second) = (world.trader("first", usd(100_000)), world.trader("second", usd(100_000)));
    let taker = world.trader("taker", usd(100_000));
    first.sells(2, DEC, "1.6010");
    second.sells(2, DEC, "1.6000");
    first.sells(2, DEC, "1.6000");
    taker.buys(3, DEC, "1.6010");
    assert_eq!((first.lots(DEC), second.lots(DEC)), (-1, -2));
    taker.buys(2, DEC, "1.6010");
    assert_eq!((first.lots(DEC), second.lots(DEC)), (-3, -2));
    assert_eq!(world.book(DEC), [vec![], vec![("1.6010".to_string(), 1)]]);
}

#[test]
fn accounts_of_one_owner_do_not_trade_with_one_another() {
    let world = TestWorld::new();
    let (one, other) = (world.trader("alice", usd(50_000)), world.trader("alice", usd(50_000)));
    let bob = world.trader("bob", usd(50_000));
    one.sells(5, DEC, "1.6000");
    bob.sells(5, DEC, "1.6000");
    // Her own order, though first, is cancelled, and she trades with Bob.
    assert_eq!(other.buys(5, DEC, "1.6000").lots, [5, 0, 0]);
    assert_eq!((one.lots(DEC), one.orders().len(), bob.lots(DEC)), (0, 0, -5));
    assert_eq!(one.initial_margin(), 0);
}

#[test]
fn a_delegate_does_what_he_was_given_until_it_ends() {
    let world = TestWorld::new();
    let alice = world.trader("alice", usd(50_000));
    let bot = alice.by("bot");
    let until = time("2026-06-02T12:00:00Z");
    bot.tries_to_place(buy(1, DEC, "1.5000")).refused_with("not_permitted");
    let gph = Scope::Trade { product: Some("GPH".to_string()) };
    alice.delegates("bot", gph, until);
    bot.tries_to_place(buy(1, DEC, "1.5000")).refused_with("not_permitted");
    alice.delegates("bot", Scope::CancelOnly {}, until);
    bot.tries_to_place(buy(1, DEC, "1.5000")).refused_with("not_permitted");
    let mine = alice.buys(1, DEC, "1.5000");
    bot.cancels(&mine.id());
    alice.delegates("bot", Scope::Trade { product: Some("TOK".to_string()) }, until);
    let his = bot.buys(1, DEC, "1.5000");
    bot.tries(&market::ExecuteMsg::CancelAll { account: alice.account }).refused_with("not_permitted");
    bot.cancels(&his.id());
    // Never money, never other delegates.
    bot.tries_to_withdraw(1).refused_with("not_permitted");
    let name = world.step("a name", |chain| chain.user("friend")).unwrap().to_string();
    let (account, scope) = (alice.account, Scope::CancelOnly {});
    bot.tries(&vault::ExecuteMsg::AddDelegate { account, delegate: name, scope, expires: until })
        .refused_with("not_permitted");
    world.at("2026-06-02T11:59:59Z");
    bot.buys(1, DEC, "1.5000");
    world.at("2026-06-02T12:00:00Z");
    bot.tries_to_place(buy(1, DEC, "1.5000")).refused_with("not_permitted");
}

#[test]
fn a_client_id_names_one_open_order() {
    let world = TestWorld::new();
    let alice = world.trader("alice", usd(50_000));
    let first = alice.places(buy(1, DEC, "1.5000").numbered(7));
    alice.tries_to_place(buy(1, JAN, "1.5000").numbered(7)).refused_with("duplicate_client_id");
    let order = OrderRef::ClientId(7u64.into());
    alice.sends(&market::ExecuteMsg::CancelOrder { account: alice.account, order });
    alice.tries_to_cancel(&first.id()).refused_with("unknown_order");
    alice.places(buy(1, JAN, "1.5000").numbered(7));
}

#[test]
fn a_simulation_tells_what_the_order_then_does() {
    let world = TestWorld::new();
    let (maker, taker) = (world.trader("maker", usd(100_000)), world.trader("taker", usd(5_000)));
    maker.sells(3, DEC, "1.6000");
    maker.sells(3, DEC, "1.6020");
    let order = buy(8, DEC, "1.6020");
    let told = taker.simulates(order.clone());
    assert!(told.account.accepted);
    let done = taker.places(order);
    let filled: u64 = told.fills.iter().map(|fill| fill.lots.count()).sum();
    assert_eq!([filled, told.rests.count(), told.cancelled.count()], done.lots);
    assert_eq!(told.account.equity_after.base_units(), taker.equity());
    assert_eq!(i128::try_from(told.account.initial_margin_after.base_units()).unwrap(), taker.initial_margin());
    let refused = taker.simulates(sell(500, DEC, "1.6000"));
    assert_eq!((refused.account.accepted, refused.account.refusal.as_deref()), (false, Some("insufficient_margin")));
}

#[test]
fn a_simulation_is_refused_by_the_code_that_the_order_would_be() {
    let world = TestWorld::new();
    let alice = world.trader("alice", usd(1_000));
    let nobody = AccountId(alice.account.0 + 8);
    for (order, code) in [
        (buy(1, DEC, "1.6000").of(nobody), "unknown_account"),
        (buy(1, DEC, "1.6005").of(alice.account), "off_tick"),
        (buy(1, "TOKZ99", "1.6000").of(alice.account), "unknown_series"),
        (sell(1, DEC, "1.6000").reduce_only().of(alice.account), "nothing_to_reduce"),
    ] {
        let words = world.tries("alice", &market::ExecuteMsg::PlaceOrder(order.clone())).refused_with(code);
        let asked = world.tries_asking::<_, serde_json::Value>(&market::QueryMsg::SimulateOrder(order));
        let failure = asked.unwrap_err();
        assert_eq!((failure.code.as_str(), failure.message), (code, words));
    }
}
