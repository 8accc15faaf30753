//! The page's charts: each drawn twice, for a desk and for a phone.

use std::fmt::Write;

use crate::demo::chart::{Chart, Line, escape};
use crate::demo::figures::{count, dollars, usd};
use crate::demo::report::{AccountDays, Report};
use crate::demo::waterfall::Part;

/// Base units of a dollar.
const USD: i128 = 1_000_000;
/// Width, height and room for labels: on a desk, on a phone.
const WIDE: ((i64, i64), i64) = ((920, 340), 120);
const NARROW: ((i64, i64), i64) = ((358, 280), 78);

/// A chart for both.
fn both(chart: &Chart<'_>, caption: &str) -> String {
    let drawn = [("wide", WIDE), ("narrow", NARROW)].map(|(class, (size, right))| {
        let svg = Chart { size, right, ..*chart }.svg();
        format!("<div class=\"{class}\">{svg}</div>")
    });
    format!("<figure>{}<figcaption>{caption}</figcaption></figure>", drawn.concat())
}

/// Every other month's first day, and the day of the cut, as places of the x axis.
struct Calendar {
    ticks: Vec<(i64, String)>,
    cut: i64,
    last: i64,
}

impl Calendar {
    fn of(report: &Report) -> Self {
        let mut ticks = vec![];
        let mut cut = 0;
        for (number, day) in (0i64..).zip(&report.prices) {
            let label = match day.date.as_str() {
                "2026-06-01" => "1 June",
                "2026-07-01" => "1 July",
                "2026-08-01" => "1 Aug",
                "2026-09-01" => "1 Sept",
                "2026-07-30" => {
                    cut = number;
                    continue;
                }
                _ => continue,
            };
            ticks.push((number, label.to_string()));
        }
        let last = i64::try_from(report.prices.len()).unwrap_or(1).saturating_sub(1);
        Self { ticks, cut, last }
    }
}

/// The index and the settlement prices.
pub fn prices(report: &Report) -> String {
    let calendar = Calendar::of(report);
    let days = || (0i64..).zip(&report.prices);
    let index = days().map(|(x, day)| (x, i64::from(day.index))).collect();
    let mut lines = vec![];
    for (nth, (label, class)) in [("TOKN26", "c3"), ("TOKQ26", "c1"), ("TOKU26", "c2")].into_iter().enumerate() {
        let settled = |day: &crate::demo::report::PriceDay| day.settled.get(nth).copied().flatten();
        let points = days().filter_map(|(x, day)| Some((x, i64::from(settled(day)?)))).collect();
        lines.push(Line { label: label.to_string(), class, points });
    }
    lines.push(Line { label: "index".to_string(), class: "c0", points: index });
    let text = |units: i64| {
        let digits = format!("{:05}", units.max(0));
        let (whole, rest) = digits.split_at(digits.len().saturating_sub(4));
        format!("{whole}.{}", rest.get(..2).unwrap_or(rest))
    };
    let chart = Chart {
        title: "The TOK index and the settlement prices of July, August and September, USD per BMT",
        size: WIDE.0,
        right: WIDE.1,
        x: (0, calendar.last),
        ticks: &calendar.ticks,
        steps: 6,
        unit: "USD per BMT",
        text: &text,
        lines: &lines,
        event: Some((calendar.cut, "30 July: the cut")),
    };
    both(
        &chart,
        "Daily. Dashed: the index. TOKN26 (July) and TOKQ26 (August) are the hedged months; they end at \
         the mean of their fixings. TOKU26 (September) fell beyond the index for three days and came back.",
    )
}

/// What the app has saved against its budget, with and without futures.
pub fn hedge(report: &Report) -> String {
    let calendar = Calendar::of(report);
    let dollars_of = |units: i128| i64::try_from(units.checked_div(USD).unwrap_or(0)).unwrap_or(0);
    let (mut without, mut with) = (vec![], vec![]);
    for day in &report.hedge.days {
        let saved = day.budget_so_far.base_units().saturating_sub(day.cost_so_far.base_units());
        let x = i64::from(day.number);
        without.push((x, dollars_of(saved.saturating_neg())));
        with.push((x, dollars_of(saved.saturating_add(day.futures_so_far.base_units()).saturating_neg())));
    }
    let first = report.hedge.days.first().map_or(0, |day| i64::from(day.number));
    let ticks: Vec<_> = calendar.ticks.iter().filter(|(x, _)| *x >= first).cloned().collect();
    let lines = [
        Line { label: "hedged".to_string(), class: "c1", points: with },
        Line { label: "unhedged".to_string(), class: "c2", points: without },
    ];
    let text = |dollars: i64| signed(dollars);
    let chart = Chart {
        title: "What the AI app has spent above (+) or below (−) its budget so far, USD",
        size: WIDE.0,
        right: WIDE.1,
        x: (first, calendar.last),
        ticks: &ticks,
        steps: 6,
        unit: "USD",
        text: &text,
        lines: &lines,
        event: Some((calendar.cut, "30 July: the cut")),
    };
    both(
        &chart,
        "Above (+) or below (−) budget, summed up from 1 July. Futures lose at once what the tokens of August then \
         save day by day: the hedge is paid in cash first.",
    )
}

fn signed(dollars: i64) -> String {
    if dollars > 0 { format!("+{}", count(dollars.into())) } else { count(dollars.into()) }
}

/// The equity of one account, and what it must keep.
pub fn equity(report: &Report, account: &AccountDays) -> String {
    let calendar = Calendar::of(report);
    let points = |amounts: &[tokfut_core::money::SignedAmount]| {
        let thousandth = |units: i128| i64::try_from(units.checked_div(USD).unwrap_or(0)).unwrap_or(0);
        (0i64..).zip(amounts).map(|(x, amount)| (x, thousandth(amount.base_units()))).collect()
    };
    let lines = [
        Line { label: String::new(), class: "c0", points: points(&account.maintenance) },
        Line { label: String::new(), class: "c1", points: points(&account.equity) },
    ];
    let ticks: Vec<_> = calendar.ticks.iter().map(|(x, text)| (*x, text.replace("1 ", ""))).collect();
    let text = |dollars: i64| match dollars {
        -999..=999 => dollars.to_string(),
        _ => format!("{}k", count(i128::from(dollars.checked_div(1_000).unwrap_or(0)))),
    };
    let title = format!("Equity of {} at each day's end, USD", account.title);
    Chart {
        title: &title,
        size: (290, 150),
        right: 14,
        x: (0, calendar.last),
        ticks: &ticks,
        steps: 3,
        unit: "USD",
        text: &text,
        lines: &lines,
        event: Some((calendar.cut, "")),
    }
    .svg()
}

/// What became of the insurance fund: bars from its seed to its end.
pub fn fund(parts: &[Part]) -> String {
    let drawn = [("wide", 920, 190, 130), ("narrow", 358, 108, 92)].map(|(class, width, left, right)| {
        format!("<div class=\"{class}\">{}</div>", bars(parts, (width, left, right)))
    });
    format!(
        "<figure>{}<figcaption>USD. Each bar begins where the one above ends; the last is what the fund holds.\
         </figcaption></figure>",
        drawn.concat()
    )
}

/// Pixels of a bar and of its row.
const BAR: i64 = 18;
const ROW: i64 = 30;

fn bars(parts: &[Part], (width, left, right): (i64, i64, i64)) -> String {
    let mut rows = vec![];
    let mut level = 0i128;
    for part in parts {
        let amount = part.amount.base_units();
        let class = if amount < 0 { "down" } else { "up" };
        rows.push((part.what.as_str(), level, level.saturating_add(amount), class, usd(amount)));
        level = level.saturating_add(amount);
    }
    rows.push(("Fund at the end", 0, level, "end", usd(level)));
    let most = rows.iter().map(|(_, from, to, _, _)| *from.max(to)).max().unwrap_or(1).max(1);
    let room = i128::from(width.saturating_sub(left).saturating_sub(right));
    let x = |value: i128| {
        let placed = value.max(0).saturating_mul(room).checked_div(most).unwrap_or(0);
        left.saturating_add(i64::try_from(placed).unwrap_or(0))
    };
    let height = ROW.saturating_mul(i64::try_from(rows.len()).unwrap_or(0)).saturating_add(4);
    let title = format!("The insurance fund from its seed to {}", dollars(level));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{title}\"><title>{title}</title>"
    );
    for (nth, (what, from, to, class, amount)) in (0i64..).zip(rows) {
        let y = ROW.saturating_mul(nth).saturating_add(4);
        let (start, end) = (x(from.min(to)), x(from.max(to)));
        let bar = end.saturating_sub(start).max(2);
        let (middle, beside) = (y.saturating_add(BAR / 2), end.max(start.saturating_add(2)).saturating_add(6));
        let name = left.saturating_sub(8);
        let _ = write!(
            svg,
            "<text class=\"tick\" x=\"{name}\" y=\"{middle}\" dy=\"4\" text-anchor=\"end\">{}</text>\
             <rect class=\"bar {class}\" x=\"{start}\" y=\"{y}\" width=\"{bar}\" height=\"{BAR}\"/>\
             <text class=\"value\" x=\"{beside}\" y=\"{middle}\" dy=\"4\">{amount}</text>",
            escape(what)
        );
    }
    svg.push_str("</svg>");
    svg
}
