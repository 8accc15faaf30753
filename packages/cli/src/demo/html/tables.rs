//! The page's tables.

use crate::demo::chart::escape;
use crate::demo::figures::{cell, usd};
use crate::demo::hedge::{Hedge, HedgeMonth};
use crate::demo::ledger::PotLedger;
use crate::demo::report::Report;
use crate::demo::text::name_of;
use crate::demo::waterfall::Waterfall;

/// A table in a box that scrolls by itself if it is too wide.
fn table(caption: &str, head: &[&str], rows: &[String]) -> String {
    let head: String = head.iter().map(|text| format!("<th>{text}</th>")).collect();
    let caption = if caption.is_empty() { String::new() } else { format!("<p class=\"soft\">{caption}</p>") };
    let rows = rows.concat();
    format!("{caption}<div class=\"scroll\"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>")
}

fn row(class: &str, cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    if class.is_empty() { format!("<tr>{cells}</tr>") } else { format!("<tr class=\"{class}\">{cells}</tr>") }
}

/// Month by month: the contracts, and the tokens with them.
pub fn hedge_months(hedge: &Hedge) -> anyhow::Result<String> {
    let (mut contracts, mut costs) = (vec![], vec![]);
    for month in &hedge.months {
        let (cost, futures) = (month.cost.base_units(), month.futures.base_units());
        let HedgeMonth { series, lots, average_price, final_price, .. } = month.clone();
        contracts.push(row("", &[series.clone(), lots.to_string(), average_price, final_price, cell(futures)]));
        let money = [month.budget.base_units(), cost, futures, cost.saturating_sub(futures)].map(cell);
        costs.push(row("", &[vec![series], money.to_vec()].concat()));
    }
    let (fees, none) = (hedge.fees.base_units(), "–".to_string());
    let of_fees = ["Fees".to_string(), none.clone(), none, cell(fees), cell(fees.saturating_neg())];
    costs.push(row("", &of_fees));
    let sums = [hedge.budget, hedge.cost, hedge.futures, hedge.cost_with()?].map(|sum| cell(sum.base_units()));
    costs.push(row("total", &[vec!["Total".to_string()], sums.to_vec()].concat()));
    let costs_head = ["USD", "budget", "tokens cost", "futures", "with futures"];
    let contracts_head = ["contract", "lots", "bought at", "settled at", "result, USD"];
    Ok(table("Budget: the month&rsquo;s tokens at the index of 1 June.", &costs_head, &costs)
        + &table("Prices in USD per BMT; the result before fees.", &contracts_head, &contracts))
}

/// Day by day.
pub fn hedge_days(hedge: &Hedge) -> String {
    let rows: Vec<String> = hedge
        .days
        .iter()
        .map(|day| {
            let (cost, futures) = (day.cost.base_units(), day.futures.base_units());
            let without = day.budget_so_far.base_units().saturating_sub(day.cost_so_far.base_units());
            let with = without.saturating_add(day.futures_so_far.base_units());
            let money = [cost, futures, cost.saturating_sub(futures), without, with].map(cell);
            row("", &[vec![day.date.clone(), day.fixing.clone()], money.to_vec()].concat())
        })
        .collect();
    let head =
        ["", "index", "tokens cost", "futures", "cost with futures", "saved so far, without", "saved so far, with"];
    table("USD. Saved: budget so far less cost so far. The first row is all of June.", &head, &rows)
}

/// Official settlement prices.
pub fn settlements(report: &Report) -> String {
    let rows: Vec<String> = report
        .settlements
        .iter()
        .map(|settled| {
            let rule = format!("({}) {}", settled.method, settled.rule);
            let class = if settled.last { "total" } else { "" };
            row(
                class,
                &[settled.series.clone(), settled.date.clone(), settled.price.clone(), settled.unclamped.clone(), rule],
            )
        })
        .collect();
    table("USD per BMT.", &["series", "day", "settlement price", "before limits", "rule (clause 5)"], &rows)
}

/// Final settlement prices against their fixings.
pub fn finals(report: &Report) -> String {
    let rows: Vec<String> = report
        .finals
        .iter()
        .map(|last| row("", &[last.series.clone(), last.price.clone(), last.fixings.to_string(), last.mean.clone()]))
        .collect();
    table("USD per BMT.", &["series", "final settlement price", "fixings", "their mean, recounted"], &rows)
}

/// One pot.
pub fn pot(pot: &PotLedger, kinds: &[String]) -> String {
    let of = |kind: &String| {
        let amount = pot.by_kind.get(kind)?.base_units();
        Some(row("", &[name_of(kind), cell(amount)]))
    };
    let rows: String = kinds.iter().filter_map(of).collect();
    let balance = usd(pot.balance.base_units()).replace('$', "");
    let total = row("total", &["holds now".to_string(), balance]);
    format!("<div class=\"card\"><h3>{}</h3><table>{rows}{total}</table></div>", escape(&pot.title))
}

/// Every pot day by day.
pub fn pots(report: &Report) -> String {
    let day = |day: &crate::demo::report::PotsDay| {
        let pots = day.pots.iter().chain([&day.bank]).map(|pot| cell(pot.base_units()));
        row("", &std::iter::once(day.date.clone()).chain(pots).collect::<Vec<_>>())
    };
    let rows: Vec<String> = report.pots.iter().map(day).collect();
    let head = ["", "accounts", "clearing", "insurance", "treasury", "haircuts", "= bank balance"];
    table("USD, at each day's end.", &head, &rows)
}

/// The steps of the default, and who paid.
pub fn waterfall(waterfall: &Waterfall) -> anyhow::Result<String> {
    let steps: Vec<String> = waterfall
        .steps
        .iter()
        .map(|step| {
            let at = step.at.replace('T', " ").replace('Z', "");
            let lots = [step.on_book, step.by_house].map(|lots| if lots == 0 { "–".into() } else { lots.to_string() });
            let [book, house] = lots;
            row("", &[at, cell(step.equity.base_units()), book, house, step.price.clone()])
        })
        .collect();
    let mut payers: Vec<String> =
        waterfall.payers.iter().map(|part| row("", &[part.what.clone(), cell(part.amount.base_units())])).collect();
    payers.push(row("total", &["Lost in all".to_string(), cell(waterfall.lost()?.base_units())]));
    let head = ["UTC", "equity before, USD", "lots on the book", "lots to the house", "average price"];
    Ok(table("", &head, &steps) + &table("", &["who paid", "USD"], &payers))
}

/// The story in sentences.
pub fn story(report: &Report) -> String {
    let line = |sentence: &crate::demo::report::Sentence| {
        let at = sentence.at.replace('T', " ");
        let at = at.get(..16).unwrap_or(&at).to_string();
        format!("<tr><td>{at}</td><td class=\"words\">{}</td></tr>", escape(&sentence.what))
    };
    let rows: String = report.story.iter().map(line).collect();
    format!("<table class=\"story\"><tbody>{rows}</tbody></table>")
}
