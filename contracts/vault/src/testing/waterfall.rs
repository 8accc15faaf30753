//! What the house takes and gives back, and who pays a deficit (clauses 6.5, 6.6; S14, S15).

use tokfut_api::vault::{DeficitRecognised, HouseTook, Level};

use super::liquidations::{Story, below, clock, story};
use super::*;

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
