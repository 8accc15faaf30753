use super::*;
use serde_json::json;
use tokfut_core::clearing::{OpenOrders, OpenSide};
use tokfut_core::price::{Lots, NetLots, Price, PriceLots};
use tokfut_core::time::Time;

const ACCOUNT: AccountId = AccountId(8);
const SERIES: SeriesId = SeriesId(7);

fn account() -> serde_json::Value {
    json!({
        "account": 8, "owner": "a", "cash": "100", "unsettled": "-30", "equity": "70", "initial_margin": "0",
        "maintenance_margin": "0", "withdrawable": "70", "level": "healthy", "liquidation_since": null,
        "positions": [{
            "series": 7, "code": "TOKZ26", "lots": "3", "carried": "2", "mark": "1.6000", "variation": "-30",
            "pending": "0", "unsettled": "-30", "open_buys": "2", "open_sells": "0", "reducing_buys": "0",
            "reducing_sells": "1",
        }],
    })
}

fn series() -> SeriesClearing {
    let price = Price::new(16_000).unwrap();
    let zero = tokfut_core::money::SignedAmount::ZERO;
    SeriesClearing {
        product: tokfut_core::id::ProductId(1),
        month: tokfut_core::calendar::Month::new(2026, 12).unwrap(),
        open_interest: Lots::new(3),
        mark: tokfut_core::clearing::Mark { price, at: Time::new(0), height: 1, before: price },
        struck: tokfut_core::clearing::Strike { cycle: 1, price, last: false },
        finalised: tokfut_core::clearing::Indices { cycle: 1, long: zero, short: zero },
        carried: (Lots::ZERO, Lots::ZERO),
        banked: PriceLots::default(),
        limit: tokfut_core::rate::Rate::ZERO,
    }
}

fn order(side: Side, lots: u64, reduce_only: bool) -> (OrderId, RestingOrder) {
    let price = Price::new(16_000).unwrap();
    let id = OrderId { series: SERIES, side, price, sequence: 1 };
    let (lots, placed_at) = (Lots::new(lots), Time::new(0));
    (id, RestingOrder { account: ACCOUNT, lots, placed_at, expires_at: None, reduce_only, client_id: None })
}

/// Two lots resting to buy at 1.6000 and one reduce-only lot to sell, in the vault as in the book.
fn facts() -> Facts {
    let orders = OpenOrders {
        buys: OpenSide { lots: Lots::new(2), value: PriceLots::new(32_000) },
        reducing_sells: Some((Lots::new(1), Price::new(16_000).unwrap())),
        ..OpenOrders::default()
    };
    let position = Position { lots: NetLots::new(3), orders, ..Position::default() };
    Facts {
        sheet: serde_json::from_value(json!({
            "accounts": "0", "clearing": "0", "insurance": "0", "treasury": "0", "haircut": "0", "shortfall": "0",
            "total": "0", "bank": "0",
        }))
        .unwrap(),
        accounts: vec![serde_json::from_value(account()).unwrap()],
        positions: BTreeMap::from([((ACCOUNT, SERIES), position)]),
        series: BTreeMap::from([(SERIES, series())]),
        orders: vec![order(Side::Buy, 2, false), order(Side::Sell, 1, true)],
    }
}

fn id(result: Checks) -> Option<&'static str> {
    result.err().map(|broken| broken.id)
}

#[test]
fn an_account_that_does_not_add_up_is_found() {
    assert_eq!(facts().accounts_add_up(), Ok(()));
    for (field, value) in
        [("/equity", "71"), ("/unsettled", "-29"), ("/withdrawable", "101"), ("/positions/0/unsettled", "-31")]
    {
        let mut account = account();
        *account.pointer_mut(field).unwrap() = json!(value);
        let mut facts = facts();
        facts.accounts = vec![serde_json::from_value(account).unwrap()];
        assert_eq!(id(facts.accounts_add_up()), Some("4.4"), "{field}");
    }
    for carried in ["4", "-1"] {
        let mut facts = facts();
        facts.accounts[0].positions[0].carried = NetLots::new(carried.parse().unwrap());
        assert_eq!(id(facts.accounts_add_up()), Some("4.6"), "{carried}");
    }
}

#[test]
fn open_lots_that_are_not_the_books_are_found() {
    assert_eq!(facts().open_lots_are_the_books(), Ok(()));
    let breaches: [fn(&mut Facts); 6] = [
        |f| f.orders.truncate(1),
        |f| f.orders.push(order(Side::Sell, 1, false)),
        |f| f.orders[0].1.lots = Lots::new(3),
        |f| f.orders[0].1.reduce_only = true,
        |f| f.orders[0].0.price = Price::new(16_010).unwrap(),
        |f| f.positions.clear(),
    ];
    for (index, breach) in breaches.into_iter().enumerate() {
        let mut facts = facts();
        breach(&mut facts);
        assert_eq!(id(facts.open_lots_are_the_books()), Some("I4"), "{index}");
    }
    // The orders of a settled series went with its positions.
    let mut settled = facts();
    settled.orders.clear();
    settled.series.get_mut(&SERIES).unwrap().struck.last = true;
    assert_eq!(settled.open_lots_are_the_books(), Ok(()));
}

#[test]
fn an_order_of_nobody_or_of_no_lots_is_found() {
    let breaches: [fn(&mut Facts); 3] =
        [|f| f.orders[0].1.lots = Lots::ZERO, |f| f.accounts.clear(), |f| f.series.clear()];
    for (index, breach) in breaches.into_iter().enumerate() {
        let mut facts = facts();
        breach(&mut facts);
        assert_eq!(id(facts.open_lots_are_the_books()), Some("I6"), "{index}");
    }
}
