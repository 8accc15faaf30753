//! The report on a terminal, at most 118 columns wide.

use std::ops::RangeInclusive;

use super::figures::{cell, count, off, usd};
use super::hedge::{self, Hedge};
use super::ledger::{Ledger, PotLedger};
use super::report::Report;
use super::story::SEPTEMBER;
use super::waterfall::{Part, Waterfall};

/// Columns of a sum of money.
const MONEY: usize = 15;
/// Columns of a name.
const NAME: usize = 20;
/// Pots side by side.
const ABREAST: usize = 6;

/// The days that September is told day by day.
const FEAR: RangeInclusive<&str> = "2026-07-29"..="2026-08-12";

/// The whole report.
pub fn text(report: &Report) -> anyhow::Result<String> {
    let parts = [
        hedge_days(&report.hedge),
        settlements(report),
        ledger(&report.ledger)?,
        waterfall(&report.waterfall)?,
        hedge_summary(&report.hedge)?,
        proof(report),
    ];
    Ok(parts.concat())
}

fn heading(text: &str) -> String {
    format!("\n{text}\n{}\n", "─".repeat(text.chars().count()))
}

/// A row: a name on the left, cells on the right.
fn row(name: &str, cells: impl IntoIterator<Item = String>) -> String {
    let cells: String = cells.into_iter().map(|cell| format!("{cell:>MONEY$}")).collect();
    format!("{name:<NAME$}{cells}").trim_end().to_string() + "\n"
}

fn hedge_days(hedge: &Hedge) -> String {
    let mut text = heading("THE HEDGE, DAY BY DAY (USD)");
    let columns = ["index", "tokens cost", "futures", "with futures", "saved w/o", "saved with"];
    text += &row("", columns.map(ToString::to_string));
    for day in &hedge.days {
        let (cost, futures) = (day.cost.base_units(), day.futures.base_units());
        let without = day.budget_so_far.base_units().saturating_sub(day.cost_so_far.base_units());
        let with = without.saturating_add(day.futures_so_far.base_units());
        let of_day = cost.saturating_sub(futures);
        text +=
            &row(&day.date, [day.fixing.clone(), cell(cost), cell(futures), cell(of_day), cell(without), cell(with)]);
    }
    text += "Saved: tokens so far at the index of 1 June, less what they cost; with futures and without.\n";
    text
}

fn settlements(report: &Report) -> String {
    let mut text = heading("OFFICIAL SETTLEMENT PRICES (where the rule changed; September in the days of fear)");
    let mut before: Option<(&str, &str, u16)> = None;
    for settled in &report.settlements {
        let this = (settled.series.as_str(), settled.price.as_str(), settled.method);
        let same_rule = before.is_some_and(|(series, _, method)| (series, method) == (this.0, this.2));
        let in_fear = settled.series == SEPTEMBER && FEAR.contains(&settled.date.as_str());
        if !same_rule || in_fear || settled.last {
            let last = if settled.last { "  FINAL" } else { "" };
            let name = format!("{} {}", settled.series, settled.date);
            text += &format!("{name:<NAME$}{:>MONEY$}  ({}) {}{last}\n", settled.price, settled.method, settled.rule);
        }
        before = Some(this);
    }
    for last in &report.finals {
        text += &format!(
            "{}: final settlement price {}; its {} fixings recounted from the published prices: mean {}.\n",
            last.series, last.price, last.fixings, last.mean
        );
    }
    text
}

fn ledger(ledger: &Ledger) -> anyhow::Result<String> {
    let mut text = heading("EVERY POT, BY KIND OF POSTING (USD; + received, − paid)");
    for pots in ledger.pots.chunks(ABREAST) {
        text += &row("", pots.iter().map(|pot| pot.title.clone()));
        for kind in ledger.kinds.iter().filter(|kind| pots.iter().any(|pot| pot.by_kind.contains_key(*kind))) {
            text += &row(&name_of(kind), pots.iter().map(|pot| cell(pot.of(kind).base_units())));
        }
        text += &row("= holds now", pots.iter().map(|pot: &PotLedger| usd(pot.balance.base_units()).replace('$', "")));
        text.push('\n');
    }
    let sums = ledger.kinds.iter().map(|kind| Ok(ledger.total(kind)?.is_zero())).collect::<anyhow::Result<Vec<_>>>()?;
    let zero = sums.iter().filter(|is_zero| **is_zero).count();
    text += &format!("Over all pots {zero} of {} kinds of posting sum to exactly zero.\n", sums.len());
    Ok(text)
}

/// `taker_fee` as people write it.
pub fn name_of(kind: &str) -> String {
    kind.replace('_', " ")
}

fn waterfall(waterfall: &Waterfall) -> anyhow::Result<String> {
    let mut text = heading("THE DEFAULT WATERFALL (USD)");
    text += &format!("{} fell below zero. Its liquidation:\n", waterfall.account);
    for step in &waterfall.steps {
        let took = match (step.on_book, step.by_house) {
            (book, 0) => format!("the book takes {} lots", count(book.into())),
            (0, house) => format!("the house takes {} lots", count(house.into())),
            (book, house) => format!("book {}, house {} lots", count(book.into()), count(house.into())),
        };
        let at = step.at.replace('T', " ");
        text += &format!("  {at}  equity {:>12}  {took} at {}\n", usd(step.equity.base_units()), step.price);
    }
    text += &format!("Who paid for what it lost ({}):\n", usd(waterfall.lost()?.base_units()));
    text += &parts(&waterfall.payers);
    text += &format!("The insurance fund ({} at the end):\n", usd(waterfall.fund_end()?.base_units()));
    text += &parts(&waterfall.fund);
    Ok(text)
}

fn parts(parts: &[Part]) -> String {
    let line = |part: &Part| format!("  {:<28}{:>MONEY$}\n", part.what, usd(part.amount.base_units()));
    parts.iter().map(line).collect()
}

fn hedge_summary(hedge: &Hedge) -> anyhow::Result<String> {
    let mut text = heading("WHAT THE HEDGE DID");
    text += &format!(
        "The AI app uses {} BMT a day at ${} while the index stands at {}, and hedged {} % of July and August:\n{} a month.\n",
        count(hedge::BMT_A_DAY),
        hedge::own_cost(),
        hedge.index,
        hedge::SHARE,
        hedge.formula(),
    );
    text += &row("", ["budget", "tokens cost", "futures", "with futures"].map(ToString::to_string));
    for month in &hedge.months {
        let (cost, futures) = (month.cost.base_units(), month.futures.base_units());
        let name = format!("{} {} lots", month.series, month.lots);
        let with = cost.saturating_sub(futures);
        text += &row(&name, [cell(month.budget.base_units()), cell(cost), cell(futures), cell(with)]);
    }
    let fees = hedge.fees.base_units();
    text += &row("Fees", ["–".to_string(), "–".to_string(), cell(fees), cell(fees.saturating_neg())]);
    let (budget, cost) = (hedge.budget.base_units(), hedge.cost.base_units());
    let (futures, with) = (hedge.futures.base_units(), hedge.cost_with()?.base_units());
    text += &row("Total", [cell(budget), cell(cost), cell(futures), cell(with)]);
    text += &format!(
        "Hedged the app pays {} budget, unhedged {}: prices fell, and the hedge gave most of that up.\n",
        off(with, budget),
        off(cost, budget)
    );
    Ok(text)
}

fn proof(report: &Report) -> String {
    let proof = &report.proof;
    let many = |number: usize| count(i128::try_from(number).unwrap_or(i128::MAX));
    let [bank, insurance, fees, rest, largest] =
        [proof.bank, proof.insurance, proof.fees, proof.rest, proof.largest_sum].map(|sum| usd(sum.base_units()));
    heading("THE PROOF")
        + &format!(
            "{} transactions, {} trades, {} postings; settlement prices struck and made final on {} days, one after another.\n\
             Every invariant was checked {} times, each day at least.\n\
             Everybody has withdrawn. The vault holds {bank}: insurance {insurance} + fees {fees} + {rest} of anybody.\n\
             Every posting has two ends: the largest sum of a kind over all pots is {largest}.\n\
             Index: computed from the {}.\n",
            count(i128::from(proof.transactions)),
            many(proof.trades),
            many(proof.postings),
            proof.strikes,
            proof.checks,
            report.source,
        )
}
