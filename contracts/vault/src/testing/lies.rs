//! The vault is the only judge (S4): whatever the market says, no money comes of it, and nobody trades who did not agree.

use proptest::prelude::*;
use tokfut_api::clearing::{BookChange, ClearedFill, RestChange};
use tokfut_core::price::Lots;

use super::market::{fill, mark};
use super::*;

struct Trial {
    world: World,
    alice: AccountId,
    bob: AccountId,
}

/// Alice has money; Bob has ten lots resting to sell at 1.6000.
fn trial() -> Trial {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 10_000 * DOLLAR), world.opens("bob", 10_000 * DOLLAR));
    world.sells(bob, DEC, 10, 16_000);
    Trial { world, alice, bob }
}

fn rests(account: AccountId, series: SeriesId, lots: u64) -> BookChange {
    let side = Side::Buy;
    Resting { account, series, side, price: price(15_000), lots, reduce_only: false }.change(RestChange::Rested)
}

/// Why a clearing of Alice's is refused that differs from a right one in this.
fn refused(change: impl FnOnce(&mut Clearing, &Trial)) -> String {
    let mut trial = trial();
    let sender = addr("alice").to_string();
    let mut clearing = empty(Purpose::Trade { sender }, trial.alice, TOK);
    clearing.fills = vec![fill(DEC, Side::Buy, trial.bob, 1, 16_000)];
    change(&mut clearing, &trial);
    code(trial.world.clear(clearing))
}

#[test]
fn a_trade_is_of_known_accounts_in_series_of_the_product() {
    let with = |change: fn(&mut ClearedFill)| refused(|clearing, _| change(&mut clearing.fills[0]));
    assert_eq!(with(|fill| fill.maker = AccountId(99)), "unknown_account");
    assert_eq!(with(|fill| fill.series = SeriesId(77)), "unknown_series");
    assert_eq!(with(|fill| fill.series = GPU), "wrong_product");
    assert_eq!(with(|fill| fill.lots = Lots::ZERO), "invalid_clearing");
    assert_eq!(refused(|clearing, trial| clearing.fills[0].maker = trial.alice), "invalid_clearing");
    assert_eq!(refused(|clearing, _| clearing.account = AccountId(99)), "unknown_account");
    assert_eq!(refused(|clearing, _| clearing.account = AccountId::HOUSE), "unknown_account");
    assert_eq!(refused(|clearing, _| clearing.product = ProductId(9)), "wrong_product");
    assert_eq!(refused(|clearing, trial| clearing.account = trial.bob), "not_permitted");
}

#[test]
fn two_accounts_of_one_owner_do_not_trade_with_each_other() {
    let Trial { mut world, .. } = trial();
    let other = world.opens("bob", 10_000 * DOLLAR);
    let sender = addr("bob").to_string();
    let wash = Clearing {
        fills: vec![fill(DEC, Side::Buy, AccountId(16), 1, 16_000)],
        ..empty(Purpose::Trade { sender }, other, TOK)
    };
    assert_eq!(code(world.clear(wash)), "invalid_clearing");
}

#[test]
fn nobody_sells_more_or_cheaper_than_he_offered() {
    assert_eq!(refused(|clearing, _| clearing.fills[0].lots = Lots::new(11)), "overflow");
    assert_eq!(refused(|clearing, _| clearing.fills[0].side = Side::Sell), "overflow");
    let whole = |units| {
        refused(move |clearing, _| (clearing.fills[0].lots, clearing.fills[0].price) = (Lots::new(10), price(units)))
    };
    assert_eq!(whole(15_999), "overflow");
    assert_eq!(whole(16_001), "overflow");
    assert_eq!(refused(|clearing, _| clearing.fills[0].maker = AccountId::HOUSE), "overflow");
    assert_eq!(refused(|clearing, _| clearing.fills[0].maker_reduce_only = true), "invalid_clearing");
}

#[test]
fn a_resting_reduce_only_order_only_reduces() {
    let Trial { mut world, alice, bob } = trial();
    world.buys(alice, DEC, 3, 16_000);
    let exit =
        Resting { account: alice, series: DEC, side: Side::Sell, price: price(16_500), lots: 5, reduce_only: true };
    world.order(exit).unwrap();
    let sender = addr("bob").to_string();
    let buys = |lots| Clearing {
        fills: vec![ClearedFill { maker_reduce_only: true, ..fill(DEC, Side::Buy, alice, lots, 16_500) }],
        ..empty(Purpose::Trade { sender: sender.clone() }, bob, TOK)
    };
    assert_eq!(code(world.clear(buys(4))), "invalid_clearing");
    world.market.orders.last_mut().unwrap().lots = 2;
    world.clear(buys(3)).unwrap();
    assert_eq!(world.lots(alice, DEC), 0);
}

#[test]
fn an_order_rests_for_its_own_account_with_lots() {
    let booked = |change: BookChange| {
        refused(|clearing, _| {
            clearing.fills.clear();
            clearing.book = vec![change];
        })
    };
    assert_eq!(booked(rests(AccountId(16), DEC, 1)), "invalid_clearing");
    assert_eq!(booked(rests(AccountId(8), DEC, 0)), "invalid_clearing");
    assert_eq!(booked(rests(AccountId(8), GPU, 1)), "wrong_product");
    assert_eq!(booked(rests(AccountId(8), SeriesId(77), 1)), "unknown_series");
    let removed = |account, lots| BookChange { change: RestChange::Removed, ..rests(account, DEC, lots) };
    assert_eq!(booked(removed(AccountId(16), 1)), "overflow");
    assert_eq!(booked(removed(AccountId(99), 1)), "overflow");
    assert_eq!(booked(removed(AccountId(16), 0)), "invalid_clearing");
    let reducing = |change: BookChange| BookChange { reduce_only: true, ..change };
    assert_eq!(booked(reducing(removed(AccountId(16), 1))), "overflow");
    assert_eq!(booked(reducing(rests(AccountId(8), DEC, 0))), "invalid_clearing");
    assert_eq!(refused(|clearing, _| clearing.voids_orders = true), "invalid_clearing");
}

#[test]
fn a_cancel_or_sweep_only_takes_orders_out() {
    let attempt = |purpose: Purpose, change: &dyn Fn(&mut Clearing)| {
        let Trial { mut world, alice, .. } = trial();
        let mut clearing = empty(purpose, alice, TOK);
        change(&mut clearing);
        code(world.clear(clearing))
    };
    let others = || BookChange { side: Side::Sell, price: price(16_000), ..rests(AccountId(16), DEC, 1) };
    for purpose in [Purpose::Cancel { sender: addr("alice").to_string() }, Purpose::Sweep {}] {
        let attempt = |change: &dyn Fn(&mut Clearing)| attempt(purpose.clone(), change);
        assert_eq!(attempt(&|clearing| clearing.marks = vec![mark(DEC, 1)]), "invalid_clearing");
        let trade = fill(DEC, Side::Buy, AccountId(16), 1, 16_000);
        assert_eq!(attempt(&|clearing| clearing.fills = vec![trade.clone()]), "invalid_clearing");
        assert_eq!(attempt(&|clearing| clearing.book = vec![rests(AccountId(8), DEC, 1)]), "invalid_clearing");
    }
    let removed = BookChange { change: RestChange::Removed, ..others() };
    let cancel = Purpose::Cancel { sender: addr("alice").to_string() };
    assert_eq!(attempt(cancel, &|clearing| clearing.book = vec![removed.clone()]), "invalid_clearing");
    assert_eq!(attempt(Purpose::Sweep {}, &|clearing| clearing.voids_orders = true), "invalid_clearing");
}

#[test]
fn marks_and_series_are_known_and_alive() {
    let Trial { mut world, .. } = trial();
    let set = |series| ExecuteMsg::SetMarks { marks: vec![mark(series, 1)] };
    assert_eq!(code(world.by("market", set(SeriesId(77)))), "unknown_series");
    let listing = |series, product| ExecuteMsg::ListSeries {
        product,
        series: vec![NewSeries { series, month: Month::MIN, price: price(1), limit: Rate::ZERO }],
    };
    assert_eq!(code(world.by("market", listing(DEC, TOK))), "duplicate_series");
    assert_eq!(code(world.by("market", listing(SeriesId(77), ProductId(9)))), "unknown_product");
    let twice = ExecuteMsg::ListSeries {
        product: TOK,
        series: vec![NewSeries { series: SeriesId(77), month: Month::MIN, price: price(1), limit: Rate::ZERO }; 2],
    };
    assert_eq!(code(world.by("market", twice)), "duplicate_series");
    assert_eq!(code(world.strike(TOK, &[(GPU, 16_000)], false)), "wrong_product");
    assert_eq!(code(world.strike(TOK, &[(SeriesId(77), 16_000)], false)), "unknown_series");
    assert_eq!(code(world.strike(ProductId(9), &[], false)), "unknown_product");
    assert_eq!(code(world.strike(TOK, &[(DEC, 16_000), (DEC, 16_001)], false)), "overflow");
    assert_eq!(code(world.strike(TOK, &[(DEC, 16_000); 65], false)), "invalid_count");
    world.settles(&[(DEC, 16_000)], true);
    assert_eq!(code(world.strike(TOK, &[(DEC, 16_000)], false)), "series_settled");
}

/// Alice long ten lots, below maintenance at a mark of 1.4600; Carol bids 1.4500 for five.
fn close_out() -> (World, AccountId, AccountId) {
    let mut world = World::new();
    let (alice, bob) = (world.opens("alice", 3_000 * DOLLAR), world.opens("bob", 100_000 * DOLLAR));
    let carol = world.opens("carol", 100_000 * DOLLAR);
    world.trades(alice, bob, DEC, 10, 16_000);
    world.marks(DEC, 14_600);
    world.buys(carol, DEC, 5, 14_500);
    world.buys(carol, DEC, 5, 14_000);
    world.buys(carol, MAR, 5, 16_000);
    (world, alice, carol)
}

#[test]
fn a_close_out_is_what_the_vault_asked_for_and_nothing_else() {
    let answered = |change: &dyn Fn(&mut Clearing)| {
        let (mut world, alice, carol) = close_out();
        let mut clearing = empty(Purpose::Close {}, alice, TOK);
        clearing.fills = vec![fill(DEC, Side::Sell, carol, 2, 14_500)];
        clearing.voids_orders = true;
        change(&mut clearing);
        world.answer = Answer::Lie(clearing);
        world.liquidates(alice).map(drop)
    };
    let refused = |change: &dyn Fn(&mut Clearing)| code(answered(change));
    // Asked for: 2 lots of DEC sold at 1.4454 or better, all orders void.
    assert_eq!(refused(&|clearing| clearing.fills[0].lots = Lots::new(3)), "invalid_clearing");
    assert_eq!(refused(&|clearing| clearing.fills[0].price = price(14_453)), "invalid_clearing");
    assert_eq!(refused(&|clearing| clearing.fills[0].side = Side::Buy), "invalid_clearing");
    assert_eq!(refused(&|clearing| clearing.fills[0].series = MAR), "invalid_clearing");
    assert_eq!(refused(&|clearing| clearing.voids_orders = false), "invalid_clearing");
    assert_eq!(refused(&|clearing| clearing.book = vec![rests(AccountId(8), DEC, 1)]), "invalid_clearing");
    assert_eq!(refused(&|clearing| clearing.account = AccountId(16)), "no_close_out");
    let split = |clearing: &mut Clearing| {
        let one = ClearedFill { lots: Lots::new(1), ..clearing.fills[0].clone() };
        clearing.fills.extend([one.clone(), one]);
    };
    assert_eq!(refused(&split), "invalid_clearing");
}

#[test]
fn the_market_closes_nobody_out_by_itself() {
    let (mut world, alice, carol) = close_out();
    let clearing =
        Clearing { fills: vec![fill(DEC, Side::Sell, carol, 2, 14_500)], ..empty(Purpose::Close {}, alice, TOK) };
    assert_eq!(code(world.clear(clearing)), "no_close_out");
}

/// Anything a market could say: of accounts, series and products that there are, and that there are not.
fn clearings() -> impl Strategy<Value = Clearing> {
    let account = || prop::sample::select(vec![0u64, 8, 8, 8, 16, 16, 16, 24, 24, 24, 99]).prop_map(AccountId);
    let series = || prop::sample::select(vec![1u16, 1, 1, 1, 1, 1, 1, 1, 2, 3, 77]).prop_map(SeriesId);
    let side = || any::<bool>().prop_map(|buys| if buys { Side::Buy } else { Side::Sell });
    // Prices at which something rests, and a lie.
    let units = || prop::sample::select(vec![15_900u32, 15_900, 15_900, 16_100, 16_100, 16_100, 16_000, 1]);
    let lots = || prop::sample::select(vec![0u64, 1, 1, 1, 2, 2, 2, 5, 1_000]);
    let trade = (series(), side(), account(), lots(), units(), prop::bool::weighted(0.1));
    let trade = trade.prop_map(|(series, side, maker, lots, units, maker_reduce_only)| ClearedFill {
        maker_reduce_only,
        ..fill(series, side, maker, lots, units)
    });
    let change = (account(), series(), side(), lots(), units(), prop::bool::weighted(0.2), any::<bool>());
    let change = change.prop_map(|(account, series, side, lots, units, reduce_only, rests)| {
        let change = if rests { RestChange::Rested } else { RestChange::Removed };
        Resting { account, series, side, price: price(units), lots, reduce_only }.change(change)
    });
    let sender = prop::sample::select(vec!["alice", "bob", "carol", "alice", "bob", "carol", "stranger"]);
    let purpose = (0u8..8, sender).prop_map(|(kind, sender)| match kind {
        0 => Purpose::Cancel { sender: addr(sender).to_string() },
        1 => Purpose::Sweep {},
        2 => Purpose::Close {},
        _ => Purpose::Trade { sender: addr(sender).to_string() },
    });
    let lists = (prop::collection::vec(trade, 0..3), prop::option::weighted(0.3, change));
    let marks = prop::collection::vec((series(), units()).prop_map(|(series, units)| mark(series, units)), 0..2);
    let product = prop::sample::select(vec![1u8, 1, 1, 1, 1, 1, 1, 1, 1, 2, 9]).prop_map(ProductId);
    (purpose, account(), product, marks, lists, prop::bool::weighted(0.05)).prop_map(
        |(purpose, account, product, marks, (fills, book), voids_orders)| {
            let account = match &purpose {
                // More often than not, who sends acts for himself.
                Purpose::Trade { sender } if *sender == addr("alice").to_string() => AccountId(8),
                Purpose::Trade { sender } if *sender == addr("bob").to_string() => AccountId(16),
                Purpose::Trade { sender } if *sender == addr("carol").to_string() => AccountId(24),
                _ => account,
            };
            let mut book: Vec<BookChange> = book.into_iter().collect();
            for change in
                book.iter_mut().filter(|change| change.change == RestChange::Rested && change.lots.count() < 5)
            {
                change.account = account;
            }
            Clearing { purpose, account, product, marks, fills, book, voids_orders }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is not refused moves money from one to another and makes none: the world's ledgers agree. The house, which
    /// has no orders, never trades.
    #[test]
    fn a_market_that_lies_makes_no_money(clearings in prop::collection::vec(clearings(), 40)) {
        let mut world = World::new();
        world.is_honest = false;
        for who in ["alice", "bob", "carol"] {
            let account = world.opens(who, 20_000 * DOLLAR);
            for (side, units) in [(Side::Buy, 15_900), (Side::Sell, 16_100)] {
                world.place(account, (DEC, side), 5, units).unwrap();
            }
        }
        for clearing in clearings {
            let _ = world.clear(clearing);
            prop_assert!(world.account(AccountId::HOUSE).positions.is_empty());
        }
    }
}
