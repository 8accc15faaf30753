//! Closing out an account below maintenance (clauses 6.1–6.3; S14).

use tokfut_api::vault::{DeficitRecognised, Level, Liquidated};

use super::*;

/// Alice long ten lots at 1.6000 with $3,000, less a fee of $3.20; Bob is short, Carol has money; a keeper has an account.
pub struct Story {
    pub world: World,
    pub alice: AccountId,
    pub bob: AccountId,
    pub carol: AccountId,
    pub keeper: AccountId,
}

pub fn story() -> Story {
    let mut world = World::new();
    let [alice, bob, carol] = [("alice", 3_000), ("bob", 100_000), ("carol", 100_000)]
        .map(|(who, dollars)| world.opens(who, dollars * DOLLAR));
    let keeper = world.opens("keeper", 0);
    world.trades(alice, bob, DEC, 10, 16_000);
    Story { world, alice, bob, carol, keeper }
}

/// The same, at a mark of 1.4600: E is $1,596.80, MM $1,752.
pub fn below() -> Story {
    let mut story = story();
    story.world.marks(DEC, 14_600);
    assert_eq!(story.world.equity(story.alice), 1_596_800_000);
    story
}

#[test]
fn the_book_takes_the_fewest_lots_that_restore_the_account() {
    let Story { mut world, alice, carol, keeper, .. } = below();
    assert_eq!(world.account(alice).level, Level::Liquidating);
    world.buys(carol, DEC, 5, 14_500);
    world.height += 1;
    let outcome = world.liquidates(alice).unwrap();
    // n = ⌈($1,898 − $1,596.80) / $178.85⌉ = 2, at most 1 % below the mark.
    assert_eq!(outcome.close_orders(), [(DEC, Side::Sell, 2, 14_454)]);
    assert_eq!(world.lots(alice, DEC), 8);
    // 0.25 % of $2,900, half of it the keeper's, and 0.50 %; no trading fees on either side.
    assert_eq!(outcome.posted("bounty"), [("account:8".to_string(), "account:32".to_string(), 3_625_000)]);
    assert_eq!((outcome.sum("liquidation_fee"), outcome.sum("insurance_fee")), (3_625_000, 14_500_000));
    assert_eq!((outcome.sum("taker_fee"), outcome.sum("maker_fee")), (0, 0));
    assert_eq!(world.cash(keeper), 3_625_000);
    let account = world.account(alice);
    assert_eq!((account.level, account.liquidation_since), (Level::Call, None));
    // $1,596.80 − 2 × $10 − $21.75.
    assert_eq!(account.equity.base_units(), 1_555_050_000);
    let told = outcome.one::<Liquidated>();
    let Liquidated { equity_before, equity_after, maintenance_after, .. } = told;
    assert_eq!((equity_before.base_units(), equity_after.base_units()), (1_596_800_000, 1_555_050_000));
    assert_eq!(maintenance_after.base_units(), 1_401_600_000);
}

#[test]
fn its_orders_go_first_and_a_healthy_account_is_left_alone() {
    let Story { mut world, alice, bob, .. } = story();
    world.buys(alice, MAR, 1, 15_000);
    assert_eq!(code(world.liquidates(alice)), "not_liquidatable");
    assert_eq!(code(world.liquidates(bob)), "not_liquidatable");
    assert_eq!(code(world.liquidates(AccountId::HOUSE)), "not_liquidatable");
    assert_eq!(code(world.liquidates(AccountId(999))), "unknown_account");
    world.marks(DEC, 14_600);
    world.liquidates(alice).unwrap();
    assert!(world.market.orders.is_empty());
    assert_eq!(world.account(alice).positions.len(), 1);
}

#[test]
fn a_series_is_worked_once_a_block_and_by_at_most_half() {
    let Story { mut world, alice, carol, .. } = story();
    world.marks(DEC, 14_600);
    world.marks(DEC, 13_400);
    assert_eq!(world.equity(alice), 396_800_000);
    world.buys(carol, DEC, 20, 13_400);
    let outcome = world.liquidates(alice).unwrap();
    // Ten lots are dust: they may go whole, for fewer do not suffice.
    assert_eq!(outcome.close_orders(), [(DEC, Side::Sell, 9, 13_266)]);
    let mut world = story().world;
    let (dave, bob) = (world.opens("dave", 6_000 * DOLLAR), AccountId(16));
    world.trades(dave, bob, DEC, 21, 16_000);
    world.marks(DEC, 14_600);
    world.marks(DEC, 13_400);
    let outcome = world.liquidates(dave).unwrap();
    // Half of 21, rounded up.
    assert_eq!(outcome.close_orders()[0].2, 11);
    assert_eq!(code(world.liquidates(dave)), "liquidation_throttled");
    world.height += 1;
    assert_eq!(world.liquidates(dave).unwrap().close_orders()[0].2, 11);
}

#[test]
fn nothing_goes_below_the_bankruptcy_price_of_the_full_size() {
    let Story { mut world, alice, carol, .. } = story();
    world.marks(DEC, 14_600);
    world.marks(DEC, 13_100);
    // E = $96.80 on ten lots: 96 units below the mark, 13004, on the tick toward the mark.
    assert_eq!(world.equity(alice), 96_800_000);
    world.buys(carol, DEC, 20, 13_000);
    let outcome = world.liquidates(alice).unwrap();
    assert_eq!(outcome.close_orders(), [(DEC, Side::Sell, 10, 13_010)]);
    assert_eq!(world.lots(alice, DEC), 10, "a bid at 1.3000 takes nothing");
}

#[test]
fn a_fee_alone_never_bankrupts() {
    // $96.80 less $9 of slippage a lot, of those sold and of those left, is $6.80; the fees of five alone are $48.79.
    for (sold, left) in [(10, 0), (5, 45_000_000)] {
        let Story { mut world, alice, carol, .. } = story();
        world.marks(DEC, 14_600);
        world.marks(DEC, 13_100);
        world.buys(carol, DEC, sold, 13_010);
        world.height += 1;
        let outcome = world.liquidates(alice).unwrap();
        let fees = ["liquidation_fee", "insurance_fee", "bounty"].map(|kind| outcome.sum(kind));
        assert_eq!(fees, [3_400_000, 0, 3_400_000]);
        assert_eq!((world.equity(alice), world.lots(alice, DEC)), (left, 10 - sold as i64));
        assert!(outcome.all::<DeficitRecognised>().is_empty());
    }
}

#[test]
fn a_liquidation_fee_takes_no_cash_below_zero() {
    let Story { mut world, alice, carol, .. } = story();
    world.settles(&[(DEC, 13_003), (MAR, 16_000)], false);
    world.touches(&[alice]);
    assert_eq!(world.cash(alice), -200_000);
    world.deposits(alice, 2_200_000);
    // $2 in cash, and $1,597 won since that settlement.
    world.marks(DEC, 14_600);
    world.buys(carol, DEC, 5, 14_600);
    world.height += 1;
    let outcome = world.liquidates(alice).unwrap();
    let fees = ["liquidation_fee", "insurance_fee", "bounty"].map(|kind| outcome.sum(kind));
    assert_eq!((fees.iter().sum::<u128>(), world.cash(alice)), (2_000_000, 0));
}

#[test]
fn nobody_is_paid_for_an_account_that_traded_or_was_healthy_when_the_block_began() {
    let bounty = |traded: bool, marked: bool, has_account: bool| {
        let Story { mut world, alice, carol, .. } = below();
        world.buys(carol, DEC, 5, 14_600);
        if marked {
            world.marks(DEC, 16_000);
            world.by("market", ExecuteMsg::SetMarks { marks: vec![market::mark(DEC, 14_600)] }).unwrap();
        }
        if traded {
            world.marks(DEC, 14_400);
            world.place(alice, (DEC, Side::Sell), 1, 14_600).unwrap();
        }
        let who = if has_account { "keeper" } else { "stranger" };
        world.by(who, ExecuteMsg::Liquidate { account: alice }).unwrap().sum("bounty")
    };
    assert_eq!(bounty(false, false, true), 2 * 1_825_000);
    assert_eq!(bounty(false, false, false), 0);
    assert_eq!(bounty(true, false, true), 0);
    assert_eq!(bounty(false, true, true), 0);
}

#[test]
fn whoever_liquidates_himself_pays_himself_nothing() {
    let Story { mut world, alice, carol, .. } = below();
    world.buys(carol, DEC, 5, 14_600);
    world.height += 1;
    let outcome = world.by("alice", ExecuteMsg::Liquidate { account: alice }).unwrap();
    assert_eq!((outcome.sum("bounty"), outcome.sum("liquidation_fee")), (0, 7_300_000));
}

#[test]
fn nobody_is_closed_out_at_a_mark_of_more_than_an_hour_ago() {
    let Story { mut world, alice, .. } = below();
    let marked = world.now;
    world.waits(3_600);
    world.liquidates(alice).unwrap();
    world.waits(1);
    assert_eq!(
        (code(world.liquidates(alice)), world.now),
        ("stale_mark".to_string(), marked.checked_add(3_601).unwrap())
    );
    world.remarks(&[DEC]);
    world.liquidates(alice).unwrap();
}

pub fn clock(world: &mut World, account: AccountId) -> Option<Time> {
    world.account(account).liquidation_since
}

#[test]
fn the_clock_runs_from_the_first_call_and_starts_anew_after_two_hours_without_one() {
    let Story { mut world, alice, .. } = below();
    world.liquidates(alice).unwrap();
    let began = world.now;
    world.waits(3_599);
    world.remarks(&[DEC]);
    world.liquidates(alice).unwrap();
    assert_eq!(clock(&mut world, alice), Some(began));
    world.waits(7_200);
    world.remarks(&[DEC]);
    world.liquidates(alice).unwrap();
    assert_eq!(clock(&mut world, alice), Some(world.now));
}

/// What somebody does, and doing it.
type Way = (&'static str, fn(&mut Story));

#[test]
fn whatever_brings_equity_to_maintenance_stops_the_clock() {
    let ways: [Way; 4] = [
        ("a deposit", |story| story.world.deposits(story.alice, 155_200_000)),
        ("a sale", |story| {
            story.world.buys(story.carol, DEC, 1, 14_600);
            story.world.sells(story.alice, DEC, 1, 14_600);
        }),
        ("a touch at a better mark", |story| {
            story.world.marks(DEC, 14_800);
            story.world.touches(&[story.alice]);
        }),
        ("the fill of a resting order", |story| {
            story.world.sells(story.alice, DEC, 1, 14_600);
            story.world.buys(story.carol, DEC, 1, 14_600);
        }),
    ];
    for (way, restore) in ways {
        let mut story = below();
        story.world.liquidates(story.alice).unwrap();
        assert!(clock(&mut story.world, story.alice).is_some());
        story.world.waits(1_000);
        restore(&mut story);
        assert_eq!(clock(&mut story.world, story.alice), None, "{way}");
        assert_eq!(code(story.world.liquidates(story.alice)), "not_liquidatable", "{way}");
    }
    // A better mark alone stops it too, as anyone can see.
    let Story { mut world, alice, .. } = below();
    world.liquidates(alice).unwrap();
    world.marks(DEC, 14_800);
    assert_eq!(clock(&mut world, alice), None);
    // A base unit less does not.
    let Story { mut world, alice, .. } = below();
    world.liquidates(alice).unwrap();
    world.deposits(alice, 155_199_999);
    assert!(clock(&mut world, alice).is_some());
}

/// Alice long ten lots of DEC and short ten of MAR; both marks at 2.2000, where E of about $2,303 does not bear $2,640.
fn spread() -> (World, AccountId, AccountId) {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 3_010 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.trades(alice, bob, DEC, 10, 16_000);
    for units in [15_300, 22_000] {
        world.marks(DEC, units);
        world.marks(MAR, units);
        if units == 15_300 {
            world.trades(bob, alice, MAR, 10, units);
        }
    }
    world.buys(bob, DEC, 20, 22_000);
    world.sells(bob, MAR, 20, 22_000);
    (world, alice, bob)
}

#[test]
fn nobody_is_liquidated_at_the_midnight_that_makes_his_margin_dearer() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 2_404 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.trades(alice, bob, DEC, 5, 16_000);
    world.trades(bob, alice, MAR, 10, 16_000);
    world.trades(alice, bob, DEC, 5, 16_000);
    let at = |world: &mut World, when: &str| {
        world.now = time(when);
        world.remarks(&[DEC, MAR]);
        let account = world.account(alice);
        (account.initial_margin.base_units() / DOLLAR, account.maintenance_margin.base_units() / DOLLAR)
    };
    // Half of the offset goes with the last day of November, of maintenance a day later.
    assert_eq!(at(&mut world, "2026-11-30T23:50:00Z"), (2_400, 1_920));
    assert_eq!(world.account(alice).level, Level::Healthy);
    assert_eq!(at(&mut world, "2026-12-01T00:00:00Z"), (3_600, 1_920));
    assert_eq!(world.account(alice).level, Level::Call);
    assert_eq!(code(world.liquidates(alice)), "not_liquidatable");
    assert_eq!(at(&mut world, "2026-12-01T23:59:00Z"), (3_600, 1_920));
    assert_eq!(at(&mut world, "2026-12-02T00:00:00Z"), (3_600, 2_880));
    world.liquidates(alice).unwrap();
}

#[test]
fn a_spread_is_closed_lot_for_lot() {
    let (mut world, alice, _) = spread();
    let orders = world.liquidates(alice).unwrap().close_orders();
    let closed: Vec<_> = orders.iter().map(|(series, side, lots, _)| (*series, *side, *lots)).collect();
    assert_eq!(closed, [(DEC, Side::Sell, 3), (MAR, Side::Buy, 3)]);
    assert_eq!((world.lots(alice, DEC), world.lots(alice, MAR)), (7, -7));
    assert_eq!(world.account(alice).level, Level::Call);
}

#[test]
fn of_a_spread_the_larger_side_alone_goes_while_that_lowers_maintenance() {
    let (mut world, alice, _) = spread();
    world.marks(MAR, 22_500);
    let orders = world.liquidates(alice).unwrap().close_orders();
    assert_eq!((orders.len(), orders[0].0, orders[0].1), (1, MAR, Side::Buy));
}

#[test]
fn a_close_out_that_the_market_forgot_blocks_nobody_beyond_its_block() {
    let Story { mut world, alice, .. } = below();
    world.answer = Answer::Silence;
    world.liquidates(alice).unwrap();
    assert_eq!(code(world.liquidates(alice)), "close_out_open");
    assert_eq!(code(world.by("anyone", ExecuteMsg::UnwindHouse { series: DEC })), "close_out_open");
    world.height += 1;
    let late = Clearing { voids_orders: true, ..empty(Purpose::Close {}, alice, TOK) };
    assert_eq!(code(world.clear(late)), "no_close_out");
    world.answer = Answer::Honest;
    world.liquidates(alice).unwrap();
    assert!(world.storage.sizes(0xad).is_empty());
}
