//! The report as one page: no scripts, no fonts and no pictures from elsewhere; for a desk, a phone and paper.

mod charts;
mod tables;

use super::chart::escape;
use super::figures::{count, dollars, off, percent, share, usd};
use super::hedge;
use super::report::Report;

/// How the page looks.
const STYLE: &str = include_str!("html/style.css");

/// The whole page.
pub fn page(report: &Report) -> anyhow::Result<String> {
    let sections = [
        head(report)?,
        section(
            "The index and the settlement prices",
            &[charts::prices(report), tables::finals(report), settled(report)],
        ),
        section("The hedge", &hedged(report)?),
        section("The default waterfall", &waterfall(report)?),
        section("Equity of each account", &equity(report)),
        section("What happened", &[tables::story(report)]),
        section("The ledger", &ledger(report)),
        section("The proof", &proof(report)?),
    ];
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Tokfut: three months of a futures market</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         {}\n{}\n</main>\n</body>\n</html>\n",
        sections.join("\n"),
        footer(report)
    );
    // A number and its sign stay on one line.
    Ok(page.replace(" %", "\u{a0}%"))
}

fn section(title: &str, parts: &[String]) -> String {
    format!("<section>\n<h2>{title}</h2>\n{}\n</section>", parts.join("\n"))
}

fn paragraph(text: &str) -> String {
    format!("<p>{text}</p>")
}

fn tile(value: &str, what: &str) -> String {
    format!("<div class=\"tile\"><b>{value}</b><span>{what}</span></div>")
}

/// The title, the summary, and four numbers.
fn head(report: &Report) -> anyhow::Result<String> {
    let (hedge, waterfall, proof) = (&report.hedge, &report.waterfall, &report.proof);
    let budget = hedge.budget.base_units();
    let (without, with) = (off(hedge.cost.base_units(), budget), off(hedge.cost_with()?.base_units(), budget));
    let lost = waterfall.lost()?.base_units();
    let [own, _, deficit, cut] = &waterfall.payers;
    let [own, deficit, cut] = [own, deficit, cut].map(|part| part.amount.base_units());
    let fund = waterfall.fund_end()?.base_units();
    let lead = format!(
        "From 1 June to 1 September 2026 eight accounts traded futures on the TOK index, the price of benchmark tokens. \
         On 30 July one vendor cut its prices and the index fell by {} in a day; on the three days after it, fear of the next \
         cut sold September down further. The AI app had hedged July and August: its tokens and futures together cost {with} \
         budget, unhedged they would have cost {without}. The hedge gave up most of the saving, as it would have spared it \
         most of a rise. One speculator was restored by a small liquidation. Another lost {}: its own {}, and {} that the \
         insurance fund paid. The fund ends with {}; winners&rsquo; gains were cut by {}.",
        fall(report).trim_start_matches('−'),
        dollars(lost),
        dollars(own),
        dollars(deficit),
        dollars(fund),
        dollars(cut),
    );
    let tiles = [
        tile(&fall(report), "index on 30 July"),
        tile(&with, "budget: the app&rsquo;s cost, hedged"),
        tile(&usd(deficit), "deficit paid by insurance"),
        tile(&usd(proof.rest.base_units()), "unaccounted for at the end"),
    ];
    Ok(format!(
        "<header>\n<h1>Three months of a futures market on AI tokens</h1>\n\
         <p class=\"soft\">Tokfut on the embedded chain: market, oracle and vault as they would run on a real one; \
         every number below is an event or an answer of these contracts. Seed {}.</p>\n\
         <p class=\"lead\">{lead}</p>\n<div class=\"tiles\">{}</div>\n</header>",
        report.seed,
        tiles.concat()
    ))
}

/// How far the index fell on the day of its largest fall.
fn fall(report: &Report) -> String {
    let pairs = report.prices.iter().zip(report.prices.iter().skip(1));
    let falls = pairs
        .map(|(before, after)| share(i128::from(after.index).saturating_sub(before.index.into()), before.index.into()));
    percent(falls.min().unwrap_or(0))
}

fn settled(report: &Report) -> String {
    format!(
        "<details><summary>Every official settlement price and its rule</summary>{}</details>",
        tables::settlements(report)
    )
}

fn hedged(report: &Report) -> anyhow::Result<[String; 4]> {
    let hedge = &report.hedge;
    let size = format!(
        "The app uses {} BMT (two billion tokens) a day. A BMT costs it ${} while the index stands at {}, and its own cost \
         moves with the index: both are assumptions, as in example E2 of the specification. It hedges {} % by value: {} of \
         each month, bought in June.",
        count(hedge::BMT_A_DAY),
        hedge::own_cost(),
        hedge.index,
        hedge::SHARE,
        hedge.formula()
    );
    let days = format!("<details><summary>Day by day</summary>{}</details>", tables::hedge_days(hedge));
    Ok([paragraph(&size), charts::hedge(report), tables::hedge_months(hedge)?, days])
}

fn equity(report: &Report) -> [String; 2] {
    let note = paragraph(
        "At each day&rsquo;s end, in USD. Dashed: maintenance margin. The red line is 30 July. Paying in and taking out \
         show as steps.",
    );
    let card = |account: &super::report::AccountDays| {
        format!(
            "<div class=\"card\"><h3>{}</h3><p class=\"soft\">{}</p>{}</div>",
            escape(&account.title),
            escape(&account.part),
            charts::equity(report, account)
        )
    };
    [note, format!("<div class=\"cards\">{}</div>", report.accounts.iter().map(card).collect::<String>())]
}

fn waterfall(report: &Report) -> anyhow::Result<[String; 3]> {
    let note = paragraph(
        "Margin is made so that one day cannot bankrupt an account: a day&rsquo;s price limit is 10 %, maintenance margin \
         12 %. It took three more days of falling prices, a position larger than the bids near the mark, and an insurance \
         fund that may carry no more than a quarter of its equity as margin in a product&rsquo;s first 90 days: what \
         neither could take stayed with the account, and fell below zero with it.",
    );
    Ok([note, tables::waterfall(&report.waterfall)?, charts::fund(&report.waterfall.fund)])
}

fn ledger(report: &Report) -> [String; 2] {
    let note = paragraph("Every movement of money by kind, in USD: what came in, and what went out (−).");
    let pots = report.ledger.pots.iter().map(|pot| tables::pot(pot, &report.ledger.kinds)).collect::<String>();
    [note, format!("<div class=\"cards\">{pots}</div>")]
}

fn proof(report: &Report) -> anyhow::Result<[String; 2]> {
    let proof = &report.proof;
    let zero = report.ledger.kinds.iter().map(|kind| Ok(report.ledger.total(kind)?.is_zero()));
    let zero = zero.collect::<anyhow::Result<Vec<_>>>()?.into_iter().filter(|is_zero| *is_zero).count();
    let [bank, insurance, fees, rest] =
        [proof.bank, proof.insurance, proof.fees, proof.rest].map(|sum| usd(sum.base_units()));
    let list = format!(
        "<ul><li>All invariants of the specification were checked {} times, at each day&rsquo;s end and after the last \
         withdrawal: the bank balance is the sum of the pots, every series&rsquo; lots sum to zero, the clearing pot is what \
         positions are owed, the replayed events are the ledger.</li>\
         <li>Each of {} postings has two ends: over all pots {zero} of {} kinds of posting sum to exactly zero.</li>\
         <li>When everybody had withdrawn the vault held {bank}: insurance {insurance}, fees {fees}, and {rest} of anybody \
         else.</li>\
         <li>{} transactions, {} trades; settlement prices struck and made final on {} days, one after another.</li></ul>",
        proof.checks,
        count(i128::try_from(proof.postings)?),
        report.ledger.kinds.len(),
        count(i128::from(proof.transactions)),
        count(i128::try_from(proof.trades)?),
        proof.strikes,
    );
    let days = format!("<details><summary>Every pot, day by day</summary>{}</details>", tables::pots(report));
    Ok([list, days])
}

fn footer(report: &Report) -> String {
    format!(
        "<footer>Index: computed day by day from the {}, by methodology version 1 (clause 7.12). Participants, their \
         forecasts and the fear after 30 July are a story; prices of models, rules and sums are not. BMT: a million \
         benchmark tokens. One lot: 1,000 BMT.</footer>",
        escape(report.source)
    )
}
