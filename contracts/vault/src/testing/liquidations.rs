//! Closing out an account below maintenance (clauses 6.1–6.3, 6.5, 6.6; S14, S15).

use tokfut_api::vault::{DeficitRecognised, HouseTook, Level, Liquidated};

use super::*;

/// Alice long ten lots at 1.6000 with $3,000, less a fee of $3.20; Bob is short, Carol has money; a keeper has an account.
struct Story {
    world: World,
    alice: AccountId,
    bob: AccountId,
    carol: AccountId,
    keeper: AccountId,
}

fn story() -> Story {
    let mut world = World::new();
    let [alice, bob, carol] = [("alice", 3_000), ("bob", 100_000), ("carol", 100_000)]
        .map(|(who, dollars)| world.opens(who, dollars * DOLLAR));
    let keeper = world.opens("keeper", 0);
    world.trades(alice, bob, DEC, 10, 16_000);
    Story { world, alice, bob, carol, keeper }
}

/// The same, at a mark of 1.4600: E is $1,596.80, MM $1,752.
fn below() -> Story {
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

fn clock(world: &mut World, account: AccountId) -> Option<Time> {
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

#[test]
fn after_an_hour_the_house_takes_the_rest_at_the_bankruptcy_price() {
    let Story { mut world, alice, .. } = below();
    world.funds(10_000 * DOLLAR);
    let insurance = world.equity(AccountId::HOUSE);
    world.liquidates(alice).unwrap();
    world.waits(3_599);
    world.liquidates(alice).unwrap();
    assert_eq!(world.lots(alice, DEC), 10);
    world.waits(1);
    let outcome = world.liquidates(alice).unwrap();
    let took = outcome.one::<HouseTook>();
    assert_eq!((took.lots.count(), took.price.units()), (10, 13_010));
    // $1,590 of the margin go with the risk; 80 cents more than a tick does not divide are left.
    assert_eq!((world.equity(alice), world.cash(alice)), (6_800_000, 6_800_000));
    assert_eq!(world.account(alice).positions, []);
    assert_eq!(world.equity(AccountId::HOUSE) - insurance, 1_590_000_000);
    assert_eq!(clock(&mut world, alice), None);
}

#[test]
fn the_house_takes_a_bankrupts_lots_at_once_at_the_mark_and_pays_his_deficit() {
    let Story { mut world, alice, .. } = story();
    world.funds(50_000 * DOLLAR);
    world.marks(DEC, 14_600);
    world.marks(DEC, 12_900);
    assert_eq!(world.equity(alice), -103_200_000);
    let insurance = world.equity(AccountId::HOUSE);
    let outcome = world.liquidates(alice).unwrap();
    let took = outcome.one::<HouseTook>();
    assert_eq!((took.lots.count(), took.price.units()), (10, 12_900));
    let deficit = outcome.one::<DeficitRecognised>();
    let parts = [deficit.deficit, deficit.from_owner, deficit.from_insurance, deficit.shortfall];
    assert_eq!(parts.map(Amount::base_units), [103_200_000, 0, 103_200_000, 0]);
    assert_eq!((world.cash(alice), world.account(alice).positions.len()), (0, 0));
    assert_eq!(insurance - world.equity(AccountId::HOUSE), 103_200_000);
}

#[test]
fn the_house_takes_no_more_than_a_quarter_of_its_equity_bears_and_half_when_the_product_is_old() {
    const OLD: u64 = 90 * 86_400;
    // MM of a lot at 1.2900 is $154.80: four times 3 lots is $1,857.60.
    let taken = |dollars: u128, age: u64| {
        let Story { mut world, alice, bob, .. } = story();
        let fees = world.cash(AccountId::HOUSE) as u128;
        world.funds(dollars * DOLLAR - fees);
        // Two marks take ten seconds.
        world.now = time("2026-11-24T10:00:00Z").checked_add(age - 10).unwrap();
        world.marks(DEC, 14_600);
        world.marks(DEC, 12_900);
        world.liquidates(alice).unwrap();
        assert_eq!(world.lots(alice, DEC) - world.lots(bob, DEC) + world.lots(AccountId::HOUSE, DEC), 20);
        world.lots(AccountId::HOUSE, DEC)
    };
    assert_eq!(taken(1_857, 60), 2);
    assert_eq!(taken(1_858, 60), 3);
    assert_eq!(taken(1_858, OLD - 1), 3);
    // Half: six lots need $1,857.60.
    assert_eq!(taken(1_857, OLD), 5);
    assert_eq!(taken(1_858, OLD), 6);
    assert_eq!(taken(100_000, 60), 10);
}

#[test]
fn the_house_pays_a_deficit_only_as_far_as_it_bears_what_it_holds() {
    let Story { mut world, alice, .. } = story();
    let fees = world.cash(AccountId::HOUSE) as u128;
    world.funds(6_250 * DOLLAR - fees);
    world.marks(DEC, 14_600);
    world.marks(DEC, 12_900);
    let outcome = world.liquidates(alice).unwrap();
    // Ten lots need four times $1,548; of a deficit of $103.20 there are $58 for it.
    assert_eq!(world.lots(AccountId::HOUSE, DEC), 10);
    assert_eq!((outcome.sum("insurance_cover"), outcome.sum("missing")), (58_000_000, 45_200_000));
}

#[test]
fn the_owners_other_accounts_pay_in_order_and_keep_their_margin() {
    let Story { mut world, alice, bob, .. } = story();
    let (first, second) = (world.opens("alice", 1_000 * DOLLAR), world.opens("alice", 1_000 * DOLLAR));
    world.trades(first, bob, MAR, 4, 16_000);
    // $1,000 less $1.28 of fees and $960 of margin.
    world.marks(DEC, 14_600);
    world.marks(DEC, 12_900);
    world.buys(bob, DEC, 10, 12_900);
    let outcome = world.liquidates(alice).unwrap();
    let to = || "account:8".to_string();
    let paid = [("account:9".to_string(), to(), 38_720_000), ("account:10".to_string(), to(), 64_480_000)];
    assert_eq!(outcome.posted("owner_cover"), paid);
    assert_eq!((world.account(first).level, world.cash(second)), (Level::Healthy, 935_520_000));
}

#[test]
fn what_nobody_pays_stands_as_the_products_shortfall_until_insurance_can() {
    let Story { mut world, alice, carol, .. } = story();
    let insurance = world.cash(AccountId::HOUSE) as u128;
    world.marks(DEC, 14_600);
    world.marks(DEC, 12_900);
    world.buys(carol, DEC, 10, 12_900);
    let outcome = world.liquidates(alice).unwrap();
    let missing = 103_200_000 - insurance;
    assert_eq!((outcome.sum("insurance_cover"), outcome.sum("missing")), (insurance, missing));
    assert_eq!((world.cash(alice), world.shortfall("TOK"), world.shortfall("GPH")), (0, missing, 0));
    // It stands over a finalisation that finds nothing, and is paid by the next that finds something.
    world.settles(&[(DEC, 12_900), (MAR, 12_900)], false);
    assert_eq!(world.shortfall("TOK"), missing);
    world.funds(missing - 1);
    world.strike(TOK, &[(DEC, 12_900), (MAR, 12_900)], false).unwrap();
    let outcome = world.finalise("TOK").unwrap();
    assert_eq!(outcome.sum("repayment"), missing - 1);
    assert_eq!((world.shortfall("TOK"), world.cash(AccountId::HOUSE)), (1, 0));
    world.funds(5);
    world.settles(&[(DEC, 12_900), (MAR, 12_900)], false);
    assert_eq!((world.shortfall("TOK"), world.cash(AccountId::HOUSE)), (0, 4));
}

#[test]
fn no_more_leaves_than_the_pots_hold() {
    let Story { mut world, alice, bob, carol, .. } = story();
    world.marks(DEC, 14_600);
    world.marks(DEC, 12_900);
    world.buys(bob, DEC, 10, 12_900);
    world.liquidates(alice).unwrap();
    world.settles(&[(DEC, 12_900), (MAR, 12_900)], false);
    world.withdraws(carol, 100_000 * DOLLAR).unwrap();
    // Bob has won what Alice could not lose; the treasury's fees are still there.
    let (missing, treasury) = (world.shortfall("TOK") as i128, 1_600_000 + 400_000);
    let (won, there) = (world.cash(bob), world.cash(bob) - missing + treasury);
    assert!(there < won);
    assert_eq!(code(world.withdraws(bob, won as u128)), "money_missing");
    assert_eq!(code(world.withdraws(bob, there as u128 + 1)), "money_missing");
    world.withdraws(bob, there as u128).unwrap();
    assert_eq!(code(world.by("anyone", ExecuteMsg::CollectFees {})), "money_missing");
}

#[test]
fn a_shortfall_is_divided_by_the_margins_that_the_liquidation_began_with() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 4_300 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.trades(alice, bob, DEC, 5, 16_000);
    world.trades(alice, bob, GPU, 10, 16_000);
    world.marks(DEC, 10_000);
    world.marks(GPU, 12_000);
    let insurance = world.cash(AccountId::HOUSE) as u128;
    let deficit = (-world.equity(alice)) as u128;
    world.place(bob, (DEC, Side::Buy), 5, 10_000).unwrap();
    world.place(bob, (GPU, Side::Buy), 10, 12_000).unwrap();
    world.liquidates(alice).unwrap();
    assert_eq!(world.shortfall("TOK") + world.shortfall("GPH"), 0, "nothing is recognised while lots are left");
    world.liquidates(alice).unwrap();
    let missing = deficit - insurance;
    // MM was 5 × $120 of TOK and 10 × $120 of GPH; GPH comes first by code, TOK takes the rest.
    assert_eq!(world.shortfall("GPH"), missing * 2 / 3);
    assert_eq!(world.shortfall("TOK"), missing - missing * 2 / 3);
}

#[test]
fn the_whole_open_interest_closes_in_one_go() {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 3_000 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.trades(alice, bob, DEC, 10, 16_000);
    world.marks(DEC, 14_600);
    world.marks(DEC, 12_900);
    world.buys(bob, DEC, 10, 12_900);
    world.liquidates(alice).unwrap();
    let series: tokfut_api::vault::SeriesResponse = world.ask(QueryMsg::Series { series: DEC }).unwrap();
    assert!(series.open_interest.is_zero());
    world.settles(&[(DEC, 12_900), (MAR, 12_900)], false);
    world.settles(&[(DEC, 12_900)], true);
    world.touches(&[alice, bob, AccountId::HOUSE]);
    assert!(positions(&world.storage).unwrap().is_empty());
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
fn the_house_never_pays_more_than_the_mark_for_what_it_takes() {
    // Two products: GPH keeps the account above zero while the answer's mark of TOK falls through its price.
    let mut world = World::new();
    world.funds(100_000 * DOLLAR);
    let (alice, bob) = (world.opens("alice", 3_300 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    world.trades(alice, bob, DEC, 5, 16_000);
    world.trades(alice, bob, GPU, 5, 16_000);
    world.marks(DEC, 13_400);
    world.marks(GPU, 14_000);
    world.liquidates(alice).unwrap();
    world.waits(3_600);
    world.remarks(&[DEC, GPU]);
    let clearing = Clearing {
        marks: vec![market::mark(DEC, 12_000), market::mark(GPU, 14_600)],
        voids_orders: true,
        ..empty(Purpose::Close {}, alice, TOK)
    };
    world.answer = Answer::Lie(clearing);
    let before = world.equity(AccountId::HOUSE);
    let outcome = world.liquidates(alice).unwrap();
    for took in outcome.all::<HouseTook>() {
        let mark = if took.series == DEC { 12_000 } else { 14_600 };
        assert!(took.price.units() <= mark, "{took:?}");
    }
    assert!(world.equity(AccountId::HOUSE) >= before);
}

#[test]
fn the_house_reduces_a_tenth_a_block_within_one_percent_of_the_mark() {
    let Story { mut world, alice, carol, .. } = story();
    world.funds(50_000 * DOLLAR);
    world.marks(DEC, 14_600);
    world.marks(DEC, 12_900);
    let unwind = || ExecuteMsg::UnwindHouse { series: DEC };
    assert_eq!(code(world.by("anyone", unwind())), "nothing_to_unwind");
    world.liquidates(alice).unwrap();
    assert_eq!(world.lots(AccountId::HOUSE, DEC), 10);
    world.buys(carol, DEC, 5, 12_800);
    let outcome = world.by("anyone", unwind()).unwrap();
    assert_eq!(outcome.close_orders(), [(DEC, Side::Sell, 1, 12_771)]);
    assert_eq!(world.lots(AccountId::HOUSE, DEC), 9);
    assert_eq!(code(world.by("anyone", unwind())), "liquidation_throttled");
    world.height += 1;
    world.by("anyone", unwind()).unwrap();
    assert_eq!(world.lots(AccountId::HOUSE, DEC), 8);
    assert_eq!((outcome.sum("taker_fee"), outcome.sum("maker_fee"), outcome.sum("liquidation_fee")), (0, 0, 0));
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

#[test]
fn every_position_of_the_house_counts_however_many_there_are() {
    let mut world = World::new();
    world.funds(1_000_000 * DOLLAR);
    // Three accounts go bankrupt, each in 24 series; after every message equity is checked, position by position.
    for debtor in 0..3_u16 {
        let (long, short) = (world.opens("debtor", 5_800 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
        let series: Vec<SeriesId> = (0..24).map(|number| SeriesId(100 + 24 * debtor + number)).collect();
        let listing = |(id, number): (&SeriesId, u16)| NewSeries {
            series: *id,
            month: Month::new(2027 + number / 12, (number % 12 + 1) as u8).unwrap(),
            price: price(16_000),
            limit: Rate::ppm(100_000),
        };
        let listings = series.iter().zip(0..).map(listing).collect();
        world.by("market", ExecuteMsg::ListSeries { product: TOK, series: listings }).unwrap();
        for id in &series {
            world.naive.list(*id, 16_000);
            world.trades(long, short, *id, 1, 16_000);
        }
        let marks = series.iter().map(|id| market::mark(*id, 13_000)).collect();
        world.by("market", ExecuteMsg::SetMarks { marks }).unwrap();
        world.liquidates(long).unwrap();
    }
    assert_eq!(world.account(AccountId::HOUSE).positions.len(), 72);
}

#[test]
fn a_flat_account_in_debt_is_recognised_too() {
    let Story { mut world, alice, bob, .. } = story();
    world.settles(&[(DEC, 12_900), (MAR, 12_900)], false);
    // Sold at the mark: nothing is left but a debt in cash.
    world.marks(DEC, 13_200);
    assert_eq!(world.equity(alice), 196_800_000);
    world.buys(bob, DEC, 10, 13_190);
    world.place(alice, (DEC, Side::Sell), 10, 13_190).unwrap();
    assert_eq!(world.cash(alice), -103_200_000);
    world.deposits(alice, 100);
    assert_eq!(code(world.liquidates(alice)), "not_liquidatable");
    assert_eq!(world.account(alice).level, Level::Call);
    world.settles(&[(DEC, 13_190), (MAR, 12_900)], false);
    world.touches(&[alice]);
    assert_eq!(world.cash(alice), 186_800_100);
}
