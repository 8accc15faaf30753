//! Whatever is sent in whatever order, the vault's open lots are the books', nothing empty rests, nothing crosses: the
//! ledger asserts it after every message. What is refused leaves no trace.

use proptest::prelude::*;
use tokfut_api::clearing::CloseOrder;
use tokfut_api::market::OrderRef;
use tokfut_core::id::SeriesId;
use tokfut_core::price::Price;
use tokfut_core::rate::Rate;

use super::*;
use crate::state::ORDERS;

const ACCOUNTS: [AccountId; 5] = [ALICE, ALICE_TOO, BOB, CAROL, DAVE];
const MONTHS: [(&str, u16); 2] = [("TOKX26", NOV_ID), (DEC, DEC_ID)];

#[derive(Clone, Debug)]
enum Act {
    Place { order: NewOrder },
    Cancel(usize),
    CancelAll(AccountId),
    Reap(usize),
    Close { account: AccountId, side: Side, lots: u64, price: u32, void: bool },
    Wait(u64),
}

fn side(buy: bool) -> Side {
    if buy { Side::Buy } else { Side::Sell }
}

fn orders() -> impl Strategy<Value = NewOrder> {
    let tif = prop_oneof![
        4 => Just(None),
        2 => Just(Some(TimeInForce::Day)),
        2 => Just(Some(TimeInForce::Ioc)),
        1 => Just(Some(TimeInForce::Fok)),
    ];
    let names = prop::option::weighted(0.3, 0u64..3);
    let what = (0usize..5, 0usize..2, any::<bool>(), 1u64..9, 1_595u32..=1_605);
    (what, tif, prop::bool::weighted(0.3), names, 1u32..6).prop_map(
        |((who, month, buy, lots, tick), time_in_force, reduce_only, client_id, steps)| NewOrder {
            series: MONTHS[month].0.to_string(),
            time_in_force,
            reduce_only,
            client_id: client_id.map(Into::into),
            max_fills: Some(steps),
            ..order(ACCOUNTS[who], side(buy), lots, &format!("1.{:03}", tick - 1_000))
        },
    )
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let close = (0usize..5, any::<bool>(), 1u64..9, 15_950u32..=16_050, any::<bool>());
    let act = prop_oneof![
        20 => orders().prop_map(|order| Act::Place { order }),
        3 => (0usize..40).prop_map(Act::Cancel),
        1 => (0usize..5).prop_map(|who| Act::CancelAll(ACCOUNTS[who])),
        2 => (0usize..40).prop_map(Act::Reap),
        2 => close.prop_map(|(who, buy, lots, price, void)| {
            Act::Close { account: ACCOUNTS[who], side: side(buy), lots, price, void }
        }),
        2 => (1u64..40_000).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 1..60)
}

/// The ids and accounts of all resting orders.
fn resting(world: &World) -> Vec<(String, AccountId)> {
    let rows = ORDERS.range(&world.storage, &[], None, cosmwasm_std::Order::Ascending);
    rows.map(|row| row.map(|(key, order)| (key.0.to_string(), order.account)).unwrap()).collect()
}

fn act(world: &mut World, act: Act) {
    let orders = resting(world);
    let pick = |index: usize| orders.get(index % orders.len().max(1)).cloned();
    let result = match act {
        Act::Place { order } => world.place(order),
        Act::Cancel(index) => match pick(index) {
            Some((id, account)) => world.anyone(ExecuteMsg::CancelOrder { account, order: OrderRef::Id(id) }),
            None => return,
        },
        Act::CancelAll(account) => world.anyone(ExecuteMsg::CancelAll { account }),
        Act::Reap(index) => match pick(index) {
            Some((id, _)) => world.anyone(ExecuteMsg::Reap { orders: vec![id] }),
            None => return,
        },
        Act::Close { account, side, lots, price, void } => {
            let worst = Price::new(price).unwrap();
            let discount = Rate::ppm(100_000);
            let leg = |series| CloseOrder { series: SeriesId(series), side, lots: Lots::new(lots), worst, discount };
            world.by("vault", ExecuteMsg::Close { account, orders: vec![leg(NOV_ID), leg(DEC_ID)], void_orders: void })
        }
        Act::Wait(seconds) => {
            let noon = time("2026-11-24T12:00:00Z").seconds();
            let day = |time: Time| (time.seconds() + 86_400 - noon) / 86_400;
            let before = day(world.now);
            world.now = world.now.checked_add(seconds).unwrap();
            for passed in before..day(world.now) {
                world.facts.borrow_mut().fix(Time::new(noon + passed * 86_400), 16_000);
            }
            let due = world.strike();
            if due.is_err() { return } else { due }
        }
    };
    if let Err(error) = result {
        let known = [
            "unfilled",
            "nothing_to_reduce",
            "duplicate_client_id",
            "nothing_to_reap",
            "not_trading",
            "outside_limits",
            "index_stale",
        ];
        assert!(known.contains(&error.code().as_str()), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn market_and_vault_agree_after_every_message(acts in acts()) {
        let mut world = World::new();
        for one in acts {
            act(&mut world, one);
        }
        // Wind-down: everybody cancels, anybody reaps, and nothing is left.
        for account in ACCOUNTS {
            world.anyone(ExecuteMsg::CancelAll { account }).unwrap();
        }
        for (id, _) in resting(&world) {
            world.anyone(ExecuteMsg::Reap { orders: vec![id] }).unwrap();
        }
        prop_assert_eq!(world.storage.sizes(0x87).len() + world.storage.sizes(0x88).len(), 0);
    }
}
