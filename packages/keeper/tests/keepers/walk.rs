//! The book against the contracts' answers, after random days.

use std::collections::{BTreeMap, BTreeSet};

use tokfut_api::vault::{AccountResponse, Level};
use tokfut_core::id::AccountId;
use tokfut_core::price::{Price, Side};
use tokfut_core::time::MINUTE;
use tokfut_keeper::{Book, Duty};
use tokfut_testkit::{Order, Setup, TestWorld, Trader, usd};

use crate::chain::{Way, keeper, keeper_of, lines, now, turn};
use crate::days::lives;

/// What the vault and the market say of everybody.
pub fn book_is_right(world: &TestWorld, book: &Book) {
    let mut all: Vec<AccountResponse> = world.accounts();
    all.push(world.house());
    let expected: BTreeMap<AccountId, BTreeMap<_, _>> = all
        .iter()
        .map(|account| {
            let held = account.positions.iter().filter(|position| !position.lots.is_zero());
            (account.account, held.map(|position| (position.series, position.lots)).collect())
        })
        .collect();
    let found: BTreeMap<AccountId, BTreeMap<_, _>> =
        book.accounts().map(|account| (account, book.positions(account).collect())).collect();
    assert_eq!(found, expected);
    let mut live = BTreeMap::new();
    for account in &all {
        let query =
            tokfut_api::market::QueryMsg::Orders { account: account.account, start_after: None, limit: Some(100) };
        for order in world.asks::<Vec<tokfut_api::market::OrderResponse>>(&query) {
            live.insert(order.id.clone(), (order.account, order.lots, order.expires_at));
        }
    }
    let now = world.now();
    let lives =
        |series: tokfut_core::id::SeriesId| book.code(series).is_some_and(|code| world.series(code).last_trading > now);
    let alive = book
        .orders()
        .filter(|(id, order)| !order.void && order.expires_at.is_none_or(|at| at > now) && lives(id.series));
    let found: BTreeMap<String, _> =
        alive.map(|(id, order)| (id.to_string(), (order.account, order.lots, order.expires_at))).collect();
    assert_eq!(found, live);
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

fn acts(world: &TestWorld, traders: &[Trader], dice: &mut Dice) {
    let trader = &traders[dice.roll(traders.len())];
    let code = ["TOKM26", "TOKN26"][dice.roll(2)];
    match dice.roll(12) {
        0 => drop(trader.tries(&tokfut_api::market::ExecuteMsg::CancelAll { account: trader.account })),
        1 => {
            if let Some(order) = trader.orders().first() {
                trader.cancels(&order.id);
            }
        }
        2 => drop(trader.tries_to_withdraw(usd(i128::try_from(dice.roll(500)).unwrap() + 1))),
        _ => {
            let side = if dice.roll(2) == 0 { Side::Buy } else { Side::Sell };
            let mark = Price::parse(&world.series(code).mark, 4).unwrap().units();
            let ticks = u32::try_from(dice.roll(9)).unwrap();
            let price = Price::new(mark / 10 * 10 + ticks * 10 - 40).unwrap().to_decimal(4);
            let order = Order::new(side, u64::try_from(dice.roll(12)).unwrap() + 1, code, &price);
            let order = if dice.roll(3) == 0 { order.day() } else { order };
            let order = if dice.roll(5) == 0 { order.reduce_only() } else { order };
            drop(trader.tries_to_place(order));
        }
    }
}

#[test]
fn after_any_walk_the_book_is_what_the_contracts_say_and_nobody_unhealthy_is_overlooked() {
    let mut liquidated = BTreeSet::new();
    for seed in 1..=4_u64 {
        let world = Setup::default().starting("2026-06-25T00:00:00Z").months(3).insured(usd(200_000)).open();
        let names = ["ann", "bob", "cid", "dot", "eve", "fay"];
        let traders = names.map(|name| world.trader(name, usd(if name == "fay" { 500_000 } else { 3_000 })));
        let (mut keeper, told) = keeper(&Way::new(&world, "keeper"));
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut fixing = 16_000;
        for _ in 0..8 {
            for _ in 0..12 {
                acts(&world, &traders, &mut dice);
                if dice.roll(4) == 0 {
                    world.later(MINUTE);
                }
            }
            turn(&mut keeper);
            book_is_right(&world, keeper.book().unwrap());
            fixing = fixing * (880 + dice.roll(241)) / 1_000;
            lives(&world, &mut keeper, &format!("{}.{:04}", fixing / 10_000, fixing % 10_000));
            world.later(1);
            turn(&mut keeper);
            let view = now(keeper.look()).unwrap();
            book_is_right(&world, keeper.book().unwrap());
            let below = |account: &AccountResponse| matches!(account.level, Level::Liquidating | Level::Default);
            let found: Vec<_> = view.accounts.iter().filter(|one| below(one)).map(|one| one.account).collect();
            let there: Vec<_> = world.accounts().iter().filter(|one| below(one)).map(|one| one.account).collect();
            assert_eq!(found, there);
            world.morning();
        }
        liquidated.extend(lines(&told, Duty::Liquidate).into_iter().map(|line| line[2].clone()));
        // A keeper that asks now knows the same.
        let (mut fresh, _) = keeper_of(&Way::new(&world, "another"), &[], None);
        turn(&mut fresh);
        book_is_right(&world, fresh.book().unwrap());
    }
    assert!(liquidated.contains("done"), "nobody was ever liquidated");
}
