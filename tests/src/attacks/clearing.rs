//! Getting money out of the clearing house: from the house, across a settlement, by being liquidated.

use tokfut_api::{oracle, vault};
use tokfut_core::time::{FINAL, FIXING, MINUTE};
use tokfut_embedded::{Call, Contract};
use tokfut_testkit::{Setup, TestWorld, Trader, buy, sell, usd};

const DEC: &str = "TOKZ26";

/// S10: the house sells near the mark of the moment. Whoever makes a fixing final and has the house reduce in one
/// transaction, before anybody has pushed the mark, buys nothing at the price of before.
#[test]
fn s10_nobody_buys_from_the_house_at_the_mark_of_before_the_fixing_he_brings() {
    let world = Setup::default().insured(usd(1_000_000)).open();
    let (long, short) = (world.trader("long", usd(24_100)), world.trader("short", usd(50_000)));
    let mallory = world.trader("mallory", usd(50_000));
    short.sells(100, DEC, "1.6000");
    long.buys(100, DEC, "1.6000");
    (0..3).for_each(|_| world.settle_day("1.2800"));
    world.liquidate(long.account).succeeds();
    assert_eq!((world.house().positions[0].lots.count(), world.clearing(DEC).mark), (100, "1.2800".to_string()));
    world.morning();
    mallory.buys(10, DEC, "1.2680");
    world.goes_to(world.next(FIXING + 5 * MINUTE));
    world.fixes("TOK", "1.3440");
    world.goes_to(world.next(FINAL));
    let series = world.house().positions[0].series;
    let finalise = oracle::ExecuteMsg::Finalise { feed: 1, limit: Some(30) };
    let unwind = vault::ExecuteMsg::UnwindHouse { series };
    let both = vec![Call::new(Contract::Oracle, &finalise).unwrap(), Call::new(Contract::Vault, &unwind).unwrap()];
    world.tries_all("mallory", both).succeeds();
    // 1.2680 is within 1 % of the mark that the vault had, and nearly 6 % from that of the moment.
    assert_eq!((mallory.lots(DEC), world.clearing(DEC).mark), (0, "1.3440".to_string()));
    world.later(5);
    mallory.buys(10, DEC, "1.3300");
    world.sends("keeper", &unwind);
    assert_eq!(mallory.lots(DEC), 0);
    world.later(5);
    mallory.buys(10, DEC, "1.3310");
    world.sends("keeper", &unwind);
    assert_eq!(mallory.lots(DEC), 10);
}

/// What a person has: in his two accounts, and taken out of them.
struct Person {
    accounts: [Trader; 2],
    purse: i128,
}

impl Person {
    fn brings(&mut self, each: i128) {
        for trader in &self.accounts {
            trader.deposits(each);
            self.purse -= each;
        }
    }

    fn grabs(&mut self) {
        self.purse += self.accounts.iter().map(Trader::withdraws_all).sum::<i128>();
    }

    /// Whether the one could sell to the other.
    fn trades(&self, seller: usize, price: &str) -> bool {
        let (seller, buyer) = (&self.accounts[seller], &self.accounts[1 - seller]);
        let traded = seller.tries_to_place(sell(20, DEC, price)).result.is_ok()
            && buyer.tries_to_place(buy(20, DEC, price)).result.is_ok();
        seller.cancels_all();
        traded
    }
}

/// Two accounts under two names trade with each other at the ends of the day's limits, before a strike, in the grace and
/// after it, and take out whatever is free at each moment; then the rest. They never have more than they brought, and
/// what they lack is in insurance and treasury.
#[test]
fn a_pair_that_trades_across_settlements_takes_no_more_than_it_brought() {
    let world = Setup::default().insured(usd(10_000)).open();
    let brought = 2 * usd(40_000);
    let mut mallory = Person { accounts: ["one", "two"].map(|name| world.trader(name, usd(40_000))), purse: 0 };
    let funds = |world: &TestWorld| {
        let sheet = world.balance_sheet();
        sheet.insurance.base_units() + sheet.treasury.base_units()
    };
    let before = funds(&world);
    let mut traded = 0;
    for (day, fixing) in ["1.6500", "1.5500", "1.6000", "1.6900"].into_iter().enumerate() {
        let ends = || [world.series(DEC).highest, world.series(DEC).lowest];
        let (one, other) = (day % 2, 1 - day % 2);
        let [high, low] = ends();
        traded += usize::from(mallory.trades(one, &high)) + usize::from(mallory.trades(other, &low));
        world.day(fixing);
        traded += usize::from(mallory.trades(one, &low));
        world.strike();
        mallory.grabs();
        let [high, low] = ends();
        mallory.brings(usd(15_000));
        traded += usize::from(mallory.trades(other, &high)) + usize::from(mallory.trades(one, &low));
        mallory.grabs();
        world.finalise();
        mallory.grabs();
        mallory.brings(usd(15_000));
        world.morning();
    }
    assert!(traded >= 15, "{traded}");
    world.settle_day("1.6000");
    let held: i128 = mallory.accounts.iter().map(Trader::equity).sum();
    assert_eq!(brought - mallory.purse - held, funds(&world) - before);
    assert!(mallory.purse + held < brought);
    let left = world.wind_down("1.6000");
    assert_eq!((left.shortfall, left.unpaid), (0, 0));
}
