//! The story keeps what it promises, and adds up.

#![allow(clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tokfut_core::calendar::Date;
use tokfut_core::id::AccountId;
use tokfut_core::money::SignedAmount;
use tokfut_core::product::Product;

use super::cast::Actor;
use super::facts::Facts;
use super::report::Report;
use super::{html, story, text};

/// The index as another program computed it from the same record.
const DAILY: &str = include_str!("../../../core/data/tok_daily.csv");
/// Seeds that the story is tried with, and what happened: played once for all tests.
static PLAYED: LazyLock<[(u64, Facts); 3]> = LazyLock::new(|| [7, 1, 30_072_026].map(|seed| (seed, played(seed))));

fn played(seed: u64) -> Facts {
    story::play(seed, &mut |_| {}).unwrap()
}

fn reported(facts: &Facts) -> Report {
    Report::of(facts, Product::tok().unwrap().unit_value).unwrap()
}

fn report() -> Report {
    reported(&PLAYED[0].1)
}

fn published() -> BTreeMap<String, u128> {
    let row = |row: &str| {
        let mut fields = row.split(',');
        (fields.next().unwrap().to_string(), fields.next().unwrap().parse().unwrap())
    };
    DAILY.lines().skip(1).map(row).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_other_ones() {
    let outputs = |facts: &Facts| {
        let report = reported(facts);
        [text::text(&report).unwrap(), html::page(&report).unwrap(), report.to_json().unwrap()]
    };
    let [(seed, first), (_, other), _] = &*PLAYED;
    assert_eq!(outputs(&played(*seed)), outputs(first));
    assert_ne!(outputs(first), outputs(other));
}

#[test]
fn with_any_seed_the_story_has_its_acts() {
    for (seed, facts) in &*PLAYED {
        let of = |actor| facts.account(actor);
        let steady: Vec<_> = facts.liquidations.iter().filter(|step| step.what.account == of(Actor::Steady)).collect();
        let restored = steady.last().unwrap();
        assert!(restored.what.equity_after.gain() >= restored.what.maintenance_after, "seed {seed}");
        assert!(facts.taken.iter().any(|taken| taken.what.account == of(Actor::Edge)), "seed {seed}");
        let [deficit] = facts.deficits.as_slice() else { panic!("seed {seed}: {:?}", facts.deficits) };
        assert_eq!(deficit.what.account, of(Actor::Edge));
        assert!(!deficit.what.deficit.is_zero());
        assert_eq!(deficit.what.from_insurance, deficit.what.deficit);
        let below = |date: &str| {
            let date = Date::parse(date).unwrap();
            let day = facts.days.iter().find(|day| day.date == date).unwrap();
            day.accounts.get(&of(Actor::Edge)).unwrap().equity.is_negative()
        };
        // One day of the cut alone bankrupts nobody; the days after it do.
        assert!(!below("2026-07-30") && below("2026-08-02"), "seed {seed}");
        let house = facts.days.last().unwrap().accounts.get(&AccountId::HOUSE).unwrap();
        assert!(house.positions.iter().all(|position| position.lots.is_zero()), "seed {seed}");
    }
}

#[test]
fn what_the_report_says_of_a_step_is_what_the_story_told() {
    for (seed, facts) in &*PLAYED {
        let steps = reported(facts).waterfall.steps;
        assert!(!steps.is_empty());
        // Where the house takes some too, the report has the average of both.
        for step in steps.iter().filter(|step| step.on_book > 0 && step.by_house == 0) {
            let told = format!("the book takes {} lots at {}.", step.on_book, step.price);
            assert!(facts.moments.iter().any(|moment| moment.what.contains(&told)), "seed {seed}: {told}");
        }
    }
}

#[test]
fn every_fixing_is_the_published_index_of_its_day() {
    let (published, (_, facts)) = (published(), &PLAYED[0]);
    assert_eq!(facts.fixings.len(), 93);
    for fixing in &facts.fixings {
        assert_eq!(Some(&fixing.value), published.get(&fixing.fixing_time.date().to_string()));
    }
}

#[test]
fn a_final_settlement_price_is_the_mean_of_the_published_index_of_its_month() {
    let (published, report) = (published(), report());
    let mean = |month: &str| {
        let of_month: Vec<u128> =
            published.iter().filter(|(date, _)| date.starts_with(month)).map(|(_, value)| *value).collect();
        let count = u128::try_from(of_month.len()).unwrap();
        (of_month.iter().sum::<u128>() * 2 + count) / (2 * count)
    };
    let months = [("TOKM26", "2026-06"), ("TOKN26", "2026-07"), ("TOKQ26", "2026-08")];
    assert_eq!(report.finals.len(), months.len());
    for (last, (series, month)) in report.finals.iter().zip(months) {
        let mean = mean(month);
        assert_eq!(
            (last.series.as_str(), last.price.clone()),
            (series, format!("{}.{:04}", mean / 10_000, mean % 10_000))
        );
        assert_eq!(last.price, last.mean);
    }
}

#[test]
fn every_kind_of_posting_sums_to_zero_and_nothing_is_left_but_insurance_and_fees() {
    for (seed, facts) in &*PLAYED {
        let report = reported(facts);
        for kind in &report.ledger.kinds {
            assert_eq!(report.ledger.total(kind).unwrap(), SignedAmount::ZERO, "seed {seed}: {kind}");
        }
        let sheet = facts.last.clone().unwrap();
        let pots = [("insurance", sheet.insurance), ("treasury", sheet.treasury), ("clearing", sheet.clearing)];
        for (pot, holds) in pots {
            assert_eq!(
                report.ledger.pot(pot).map_or(SignedAmount::ZERO, |pot| pot.balance),
                holds,
                "seed {seed}: {pot}"
            );
        }
        for actor in Actor::ALL {
            let pot = format!("account:{}", facts.account(actor).0);
            assert_eq!(report.ledger.pot(&pot).unwrap().balance, SignedAmount::ZERO, "seed {seed}: {actor:?}");
        }
        assert_eq!(report.proof.rest, SignedAmount::ZERO, "seed {seed}");
        for day in &report.pots {
            let sum: i128 = day.pots.iter().map(|pot| pot.base_units()).sum();
            assert_eq!(sum, day.bank.base_units(), "seed {seed}: {}", day.date);
        }
        assert!(report.proof.checks >= 93);
    }
}

#[test]
fn the_hedge_by_its_days_by_its_months_and_by_its_ledger_is_the_same() {
    let hedge = report().hedge;
    let of_days: i128 = hedge.days.iter().map(|day| day.futures.base_units()).sum();
    let of_months: i128 = hedge.months.iter().map(|month| month.futures.base_units()).sum();
    assert_eq!(of_days, hedge.futures.base_units());
    assert_eq!(of_months + hedge.fees.base_units(), hedge.futures.base_units());
    let cost: i128 = hedge.days.iter().map(|day| day.cost.base_units()).sum();
    assert_eq!(cost, hedge.cost.base_units());
    assert!(hedge.months.iter().all(|month| month.lots == 64));
}

#[test]
fn what_the_bankrupt_lost_and_what_the_fund_holds_are_the_ledgers() {
    let report = report();
    let edge = report.ledger.pots.iter().find(|pot| pot.title == Actor::Edge.title()).unwrap();
    let lost = edge
        .of_all(&["settlement", "taker_fee", "maker_fee", "maker_rebate", "settlement_fee", "take_over", "advance"])
        .unwrap();
    let fees = edge.of_all(&["liquidation_fee", "insurance_fee", "bounty"]).unwrap();
    assert_eq!(report.waterfall.lost().unwrap(), lost.checked_add(fees).unwrap().checked_neg().unwrap());
    assert_eq!(report.waterfall.fund_end().unwrap(), report.proof.insurance);
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = html::page(&report()).unwrap();
    for foreign in ["<script", "src=", "href=", "url(", "@import", "http:", "https:", "<link", "<img"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let tags =
        |tag: &str| -> usize { page.matches(&format!("<{tag}")).count() - page.matches(&format!("</{tag}>")).count() };
    assert_eq!(["section", "svg", "table", "div", "figure"].map(tags), [0usize; 5]);
}

#[test]
fn no_line_on_the_terminal_is_wider_than_118_columns() {
    for line in text::text(&report()).unwrap().lines() {
        assert!(line.chars().count() <= 118, "{line}");
    }
}
