//! Sizes against every size there is; bankruptcy prices, fees, discounts, and what the house takes.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

use proptest::prelude::*;

use super::*;
use crate::calendar::{Month, SeriesCode};
use crate::id::ProductId;
use crate::price::NetLots;
use crate::product::Product;

const DOLLAR: i128 = 1_000_000;

fn price(units: u32) -> Price {
    Price::new(units).unwrap()
}

/// A leg of a product with charge c = 1.
fn leg(product: &Product, series: u16, lots: i64, mark: u32) -> Leg {
    Leg {
        series: SeriesId(series),
        code: SeriesCode { product: product.code, month: Month::new(2027, u8::try_from(series).unwrap()).unwrap() },
        lots: NetLots::new(lots),
        orders: Default::default(),
        mark: price(mark),
        unsettled: SignedAmount::ZERO,
        initial: product.margin.initial_spec,
        maintenance: product.margin.maintenance,
        charge: Rate::ppm(1_000_000),
        maintenance_charge: Rate::ppm(1_000_000),
        settlement_fee: Amount::ZERO,
        open_interest: Lots::new(1_000),
    }
}

fn portfolio(equity: i128, holdings: Vec<(Product, Vec<Leg>)>) -> Portfolio {
    let numbered = holdings.into_iter().zip(1u8..);
    let holdings = numbered.map(|((product, legs), id)| Holding { id: ProductId(id), product, legs }).collect();
    Portfolio { cash: SignedAmount::new(equity), holdings }
}

/// So many lots of TOK at 1.4600 with this equity.
fn ten(equity: i128, lots: i64) -> Portfolio {
    let tok = Product::tok().unwrap();
    let legs = vec![leg(&tok, 1, lots, 14_600)];
    portfolio(equity, vec![(tok, legs)])
}

fn planned(portfolio: &Portfolio) -> Vec<(u16, Side, u64)> {
    let legs = plan(portfolio, &[]).unwrap();
    legs.into_iter().map(|leg| (leg.series.0, leg.side, leg.lots.count())).collect()
}

#[test]
fn the_formula_of_one_series_alone() {
    // n = ⌈(N (MMR + b) − E) / (m u (MMR + b − f_l − f_i))⌉ = ⌈($1,898 − E) / $178.85⌉, of ten lots: dust.
    for (equity, lots) in [
        (1_751 * DOLLAR, 1),
        (1_719_150_000, 1),
        (1_719_149_999, 2),
        (1_540_300_000, 2),
        (1_540_299_999, 3),
        (109_500_000, 10),
        (0, 10),
        (-5_000 * DOLLAR, 10),
    ] {
        assert_eq!(planned(&ten(equity, 10)), [(1, Side::Sell, lots)], "{equity}");
        assert_eq!(planned(&ten(equity, -10)), [(1, Side::Buy, lots)], "{equity}");
    }
}

#[test]
fn a_block_takes_half_of_a_position_rounded_up_and_dust_whole() {
    for (held, lots) in [(10, 10), (11, 10), (19, 10), (20, 10), (21, 11), (1_001, 501)] {
        assert_eq!(planned(&ten(0, held)), [(1, Side::Sell, lots)], "{held}");
    }
}

#[test]
fn a_series_that_was_worked_waits() {
    let tok = Product::tok().unwrap();
    let legs = vec![leg(&tok, 1, 10, 14_600), leg(&tok, 2, 5, 14_000)];
    let portfolio = portfolio(0, vec![(tok, legs)]);
    assert_eq!(planned(&portfolio), [(1, Side::Sell, 10)]);
    assert_eq!(plan(&portfolio, &[SeriesId(1)]).unwrap()[0].series, SeriesId(2));
    assert_eq!(plan(&portfolio, &[SeriesId(1), SeriesId(2)]), Ok(vec![]));
}

#[test]
fn of_equal_falls_the_series_with_more_open_interest_then_the_first_by_code() {
    let tok = Product::tok().unwrap();
    let with = |interest: [u64; 2]| {
        let mut legs = vec![leg(&tok, 1, 10, 14_600), leg(&tok, 2, 10, 14_600)];
        for (leg, interest) in legs.iter_mut().zip(interest) {
            leg.open_interest = Lots::new(interest);
        }
        planned(&portfolio(0, vec![(tok.clone(), legs)]))[0].0
    };
    assert_eq!((with([5, 6]), with([6, 5])), (2, 1));
    // The letters of the months: 1 is F, 2 is G.
    assert_eq!(with([5, 5]), 1);
}

#[test]
fn the_bankruptcy_price_is_the_margins_share_of_equity_on_the_tick_toward_the_mark() {
    let of = |equity, lots| {
        let price = bankruptcy_price(&ten(equity, lots), SeriesId(1)).unwrap();
        price.map(|price| price.units())
    };
    // $96.80 on ten lots are 96.8 units a lot.
    assert_eq!(of(96_800_000, 10), Some(14_510));
    assert_eq!(of(96_800_000, -10), Some(14_690));
    assert_eq!(of(99_999_999, 10), Some(14_510));
    assert_eq!(of(100_000_000, 10), Some(14_500));
    assert_eq!((of(0, 10), of(-1, -10)), (Some(14_600), Some(14_600)));
    assert_eq!(of(DOLLAR, 0), None);
    assert_eq!(bankruptcy_price(&ten(0, 1), SeriesId(9)), Ok(None));
    // Beyond all bounds it stops at them.
    assert_eq!(of(i128::MAX / 4, 10), Some(10));
}

#[test]
fn a_mark_off_the_tick_is_never_passed() {
    let tok = Product::tok().unwrap();
    let of = |lots: i64| {
        let legs = vec![leg(&tok, 1, lots, 14_605)];
        bankruptcy_price(&portfolio(0, vec![(tok.clone(), legs)]), SeriesId(1)).unwrap().unwrap().units()
    };
    assert_eq!((of(10), of(-10)), (14_605, 14_605));
}

#[test]
fn the_book_may_take_one_percent_or_the_discount_but_never_beyond_bankruptcy() {
    let worst = |side, bankruptcy, discount| {
        worst_price(side, price(14_600), price(bankruptcy), Rate::ppm(discount)).unwrap().units()
    };
    assert_eq!(worst(Side::Sell, 13_000, 0), 14_454);
    assert_eq!(worst(Side::Buy, 16_000, 0), 14_746);
    assert_eq!(worst(Side::Sell, 13_000, 50_000), 13_870);
    assert_eq!(worst(Side::Buy, 16_000, 50_000), 15_330);
    assert_eq!(worst(Side::Sell, 14_510, 50_000), 14_510);
    assert_eq!(worst(Side::Buy, 14_690, 0), 14_690);
}

#[test]
fn the_discount_grows_by_the_minute_to_its_most() {
    let terms = LiquidationTerms::REFERENCE;
    let parts = [0, 59, 60, 119, 120, 2_999, 3_000, 3_060, u64::MAX].map(|seconds| {
        let rate = discount(&terms, seconds).unwrap();
        rate.parts()
    });
    assert_eq!(parts, [0, 0, 1_000, 1_000, 2_000, 49_000, 50_000, 50_000, 50_000]);
}

#[test]
fn fees_round_up_and_stop_at_what_there_is() {
    let on = |notional, available| {
        let Fees { liquidation, bounty, insurance } =
            Fees::on(&LiquidationTerms::REFERENCE, Amount::new(notional), Amount::new(available)).unwrap();
        [liquidation, bounty, insurance].map(Amount::base_units)
    };
    assert_eq!(on(2_900_000_000, 100_000_000), [7_250_000, 3_625_000, 14_500_000]);
    assert_eq!(on(401, 100), [2, 1, 3]);
    assert_eq!(on(401, 4), [2, 1, 2]);
    assert_eq!(on(401, 1), [1, 0, 0]);
    assert_eq!(on(401, 0), [0, 0, 0]);
    assert_eq!(on(0, 100), [0, 0, 0]);
}

#[test]
fn the_house_takes_what_lowers_its_own_margin_whatever_its_equity() {
    let tok = Product::tok().unwrap();
    let house = |lots: i64, equity| portfolio(equity, vec![(tok.clone(), vec![leg(&tok, 1, lots, 14_600)])]);
    let offered = ten(0, 30);
    let (holding, leg) = offered.leg(SeriesId(1)).unwrap();
    let takes =
        |house: &Portfolio| house_takes(house, (holding, leg), price(14_600), Rate::ppm(500_000)).unwrap().count();
    // Short ten and bankrupt: it takes twenty, after which it is long ten.
    assert_eq!(takes(&house(-10, -1)), 20);
    // MM of 20 lots is $3,504.
    assert_eq!(takes(&house(-10, 7_008 * DOLLAR)), 30);
    assert_eq!(takes(&house(-10, 7_008 * DOLLAR - 1)), 29);
    assert_eq!(takes(&house(0, -1)), 0);
    assert_eq!(takes(&Portfolio::default()), 0);
}

#[test]
fn the_discount_the_house_gets_counts_as_its_equity() {
    let offered = ten(0, 10);
    let (holding, leg) = offered.leg(SeriesId(1)).unwrap();
    let empty = Portfolio::default();
    // Ten lots at 3,504 units below the mark: $3,504 bear $1,752 at a half.
    let takes = |units| house_takes(&empty, (holding, leg), price(units), Rate::ppm(500_000)).unwrap().count();
    assert_eq!((takes(11_096), takes(11_097)), (10, 0));
}

#[test]
fn the_largest_portfolio_there_is_can_be_measured_and_closed() {
    // Clause 1.6: 32 series of 10^12 lots at 10^9 units of 10^9 base units.
    let mut product = Product::tok().unwrap();
    product.unit_value = crate::price::UnitValue::new(1_000_000_000).unwrap();
    product.margin.initial_spec = Rate::ONE;
    product.margin.maintenance = Rate::ppm(500_000);
    let largest = |sign: i64| {
        let lots = sign * 1_000_000_000_000;
        let legs = (0..32).map(|number| Leg { series: SeriesId(number), ..leg(&product, 1, lots, 1_000_000_000) });
        let mut legs: Vec<Leg> = legs.collect();
        for leg in &mut legs {
            leg.orders.rest(Side::Buy, Lots::MAX, Price::MAX).unwrap();
            leg.orders.rest(Side::Sell, Lots::MAX, Price::MIN).unwrap();
        }
        portfolio(1_000_000_000_000_000_000_000_000_000_000, vec![(product.clone(), legs)])
    };
    for portfolio in [largest(1), largest(-1)] {
        let health = portfolio.health().unwrap();
        assert_eq!(health.maintenance, Amount::new(16_000_000_000_000_000_000_000_000_000_000));
        assert!(!health.meets_maintenance());
        assert!(crate::margin::passes(&portfolio, &portfolio).is_ok());
        assert_eq!(plan(&portfolio, &[]).unwrap()[0].lots.count(), 500_000_000_000);
        assert!(bankruptcy_price(&portfolio, SeriesId(0)).unwrap().is_some());
        let (holding, leg) = portfolio.leg(SeriesId(0)).unwrap();
        assert_eq!(house_takes(&Portfolio::default(), (holding, leg), Price::MAX, Rate::ppm(250_000)), Ok(Lots::ZERO));
    }
}

/// A product whose fees may outweigh its buffer.
fn product(charge: u32, (buffer, fee, insurance): (u32, u32, u32), code: &str) -> Product {
    let mut product = Product::tok().unwrap();
    product.code = crate::calendar::ProductCode::parse(code).unwrap();
    product.margin.spread_charge = Rate::ppm(charge);
    product.liquidation.buffer = Rate::ppm(buffer);
    product.liquidation.fee = Rate::ppm(fee);
    product.liquidation.insurance_fee = Rate::ppm(insurance);
    product.liquidation.block_share = Rate::ONE;
    product.checked().unwrap()
}

/// What E must be at least after `count` lots of these legs are closed at the mark with both fees paid, but for the
/// fees: and what is needed with them.
fn needed(portfolio: &Portfolio, series: &[SeriesId], count: i64) -> (u128, u128) {
    let mut after = portfolio.clone();
    let mut fees = 0;
    for holding in &mut after.holdings {
        let unit = holding.product.unit_value;
        let terms = holding.product.liquidation;
        for leg in holding.legs.iter_mut().filter(|leg| series.contains(&leg.series)) {
            let notional = unit.notional(leg.mark, Lots::new(count as u64)).unwrap();
            fees += terms.fee.of_up(notional).unwrap().base_units();
            fees += terms.insurance_fee.of_up(notional).unwrap().base_units();
            leg.lots = NetLots::new(leg.lots.count() - leg.lots.count().signum() * count);
        }
    }
    let maintenance = after.maintenance().unwrap().base_units();
    let buffer = |holding: &Holding| {
        let unit = holding.product.unit_value;
        let notional: u128 = holding.legs.iter().map(|leg| leg.notional(unit).unwrap().base_units()).sum();
        holding.product.liquidation.buffer.of_up(Amount::new(notional)).unwrap().base_units()
    };
    (maintenance, maintenance + after.holdings.iter().map(buffer).sum::<u128>() + fees)
}

/// Clause 6.3 by trying every size: of those up to which each lot lowers MM, the fewest that are enough, else all.
fn fewest(portfolio: &Portfolio, series: &[SeriesId]) -> i64 {
    let legs = series.iter().map(|id| portfolio.leg(*id).unwrap().1.lots.count().abs());
    let whole = legs.min().unwrap();
    let mut last = needed(portfolio, series, 0).0;
    let mut most = 0;
    for count in 1..=whole {
        let (maintenance, enough) = needed(portfolio, series, count);
        if maintenance >= last {
            break;
        }
        if portfolio.equity().unwrap().base_units() >= enough as i128 {
            return count;
        }
        (last, most) = (maintenance, count);
    }
    most
}

fn portfolios() -> impl Strategy<Value = Portfolio> {
    let lots = || prop::collection::vec((-40i64..=40, 9_000u32..=22_000), 1..4);
    let fees = (0u32..=20_000, 0u32..=20_000, 0u32..=20_000);
    let charge = 1_000_000u32..=2_000_000;
    (lots(), prop::option::of(lots()), fees, charge, -50i128..=1_100).prop_map(
        |(first, second, fees, charge, share)| {
            let holding = |code: &str, from: u16, drafts: Vec<(i64, u32)>| {
                let product = product(charge, fees, code);
                let legs = drafts.into_iter().zip(from..).map(|((lots, mark), series)| Leg {
                    maintenance_charge: Rate::ppm(charge),
                    ..leg(&product, series, lots, mark)
                });
                let legs = legs.collect();
                (product, legs)
            };
            let mut holdings = vec![holding("AAA", 1, first)];
            holdings.extend(second.map(|drafts| holding("BBB", 5, drafts)));
            let mut portfolio = portfolio(0, holdings);
            let maintenance = portfolio.maintenance().unwrap().base_units() as i128;
            portfolio.cash = SignedAmount::new(maintenance * share / 1_000);
            portfolio
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_size_smaller_is_enough(portfolio in portfolios()) {
        let legs = plan(&portfolio, &[]).unwrap();
        if portfolio.legs().all(|leg| leg.lots.is_zero()) {
            prop_assert!(legs.is_empty());
            return Ok(());
        }
        // It always moves, on the side that reduces, and never beyond flat.
        prop_assert!(!legs.is_empty() && legs.len() <= 2);
        for cut in &legs {
            let held = portfolio.lots(cut.series);
            prop_assert_eq!(Some(cut.side.opposite()), held.side());
            prop_assert!(!cut.lots.is_zero() && cut.lots <= held.size());
        }
        let series: Vec<SeriesId> = legs.iter().map(|cut| cut.series).collect();
        prop_assert_eq!(legs[0].lots.count() as i64, fewest(&portfolio, &series));
        // No single leg lowers MM by more with its first lot; a pair goes only where no leg alone lowers it.
        let before = portfolio.maintenance().unwrap().base_units();
        let fall = |series: &[SeriesId]| before.saturating_sub(needed(&portfolio, series, 1).0);
        let best = portfolio.legs().filter(|leg| !leg.lots.is_zero()).map(|leg| fall(&[leg.series])).max().unwrap();
        if legs.len() == 1 {
            prop_assert_eq!(fall(&series), best);
        } else {
            prop_assert_eq!(best, 0);
            prop_assert!(fall(&series) > 0);
        }
    }

    /// What everything brings at its bankruptcy prices takes no more than E, and leaves less than a tick a lot.
    #[test]
    fn bankruptcy_prices_use_up_equity_and_no_more(portfolio in portfolios()) {
        let (mut cost, mut grain) = (0i128, 0i128);
        for (holding, leg) in portfolio.holdings.iter().flat_map(|h| h.legs.iter().map(move |leg| (h, leg))) {
            let Some(agreed) = bankruptcy_price(&portfolio, leg.series).unwrap() else { continue };
            cost += leg.mark.minus(agreed).times(leg.lots).value(holding.product.unit_value).unwrap().base_units();
            let tick = i128::from(holding.product.tick.units());
            grain += i128::from(leg.lots.size().count()) * (tick + 1) * 100_000;
        }
        let equity = portfolio.equity().unwrap().base_units().max(0);
        prop_assert!(cost >= 0 && cost <= equity, "{cost} of {equity}");
        prop_assert!(cost + grain >= equity || cost == 0, "{cost} of {equity}");
    }

    /// What the house pays it has in cash, and bears what it holds afterwards; one base unit more it would not.
    #[test]
    fn the_house_pays_the_most_it_can(house in portfolios(), cash in -1_000_000_000i128..100_000_000_000, half: bool) {
        let share = if half { Rate::ppm(500_000) } else { Rate::ppm(250_000) };
        let unsettled = SignedAmount::new(house.cash.base_units() * 10);
        let mut house = house;
        house.cash = SignedAmount::new(cash);
        if let Some(leg) = house.holdings.iter_mut().flat_map(|holding| &mut holding.legs).next() {
            leg.unsettled = unsettled;
        }
        let paid = crate::waterfall::house_free(&house, share).unwrap().base_units() as i128;
        let after = |paid: i128| Portfolio { cash: SignedAmount::new(cash - paid), ..house.clone() };
        let can = |paid: i128| cash >= paid && house_bears(&after(paid), share).unwrap();
        prop_assert!(paid == 0 || can(paid));
        prop_assert!(!can(paid + 1), "{paid}");
    }

    /// Whatever the house takes it bears, or it lowers its margin; one lot more it would not.
    #[test]
    fn the_house_takes_the_most_it_bears(
        house in portfolios(), lots in 1i64..60, mark in 9_000u32..=22_000, below in 0u32..3_000, half: bool,
    ) {
        let share = if half { Rate::ppm(500_000) } else { Rate::ppm(250_000) };
        let product = house.holdings[0].product.clone();
        let mark = house.leg(SeriesId(1)).map_or(mark, |(_, leg)| leg.mark.units());
        let offered = portfolio(0, vec![(product.clone(), vec![leg(&product, 1, lots, mark)])]);
        let (holding, offer) = offered.leg(SeriesId(1)).unwrap();
        let at = price(mark - below);
        let took = house_takes(&house, (holding, offer), at, share).unwrap().count();
        let bears = |count: u64| {
            let after = taken(&house, (holding, offer), at, Lots::new(count)).unwrap();
            let lowers = after.maintenance().unwrap() <= house.maintenance().unwrap();
            let equity = after.equity().unwrap().base_units();
            let maintenance = after.maintenance().unwrap().base_units() as i128;
            lowers || (equity >= 0 && maintenance * 1_000_000 <= equity * i128::from(share.parts()))
        };
        prop_assert!(took == 0 || bears(took));
        prop_assert!(took == lots as u64 || !bears(took + 1));
    }
}

#[test]
fn the_house_reduces_at_most_a_tenth_a_block_and_always_a_lot() {
    let block = |held| house_block(Lots::new(held)).unwrap().count();
    assert_eq!([0, 1, 9, 10, 19, 20, 36].map(block), [0, 1, 1, 1, 1, 2, 3]);
}
