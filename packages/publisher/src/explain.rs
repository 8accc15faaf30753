//! What a fixing is made of, what moved since the day before, and by how much each constituent moved the index.

use tokfut_core::calendar::Date;
use tokfut_core::index::{
    BasketRule, DayMove, Fraction, GpuPrice, IndexError, MedianRule, Member, Methodology, PriceRecord, Quote,
    RelativesRule, Rule, Standing, TokIndex, decimal, usd,
};

/// Digits after the point of shares, in percent.
const SHARE_DIGITS: u8 = 2;

/// Explains the fixing of a date from quotes: composition, and the move since the day before where there is one.
pub fn day(methodology: &Methodology, quotes: &[Quote], date: Date) -> Result<String, IndexError> {
    match &methodology.rule {
        Rule::LinkedBasket(rule) => basket_day(rule, quotes, date),
        Rule::MedianOfQuotes(rule) => median_day(rule, quotes, date),
        Rule::WeightedRelatives(rule) => relatives_day(rule, quotes, date),
    }
}

/// Explains every day of a span on which the index moved or its basket changed.
pub fn moves(rule: &BasketRule, quotes: &[Quote], from: Date, to: Date) -> Result<String, IndexError> {
    let index = TokIndex::new(rule, record(quotes)?)?;
    let mut text = String::new();
    for day in index.moves(from, to)? {
        if day.before != day.after || !day.moved().is_zero() || !day.entered.is_empty() || !day.left.is_empty() {
            text.push_str(&headline(rule, &day));
            text.push('\n');
            text.push_str(&changes(rule, &day));
        }
    }
    if text.is_empty() { Ok(format!("{} did not move from {from} to {to}.\n", rule.index.symbol)) } else { Ok(text) }
}

fn record(quotes: &[Quote]) -> Result<PriceRecord, IndexError> {
    let mut record = PriceRecord::default();
    for quote in quotes {
        let unfit = |reason| IndexError::Unfit { quote: quote.to_string(), reason };
        match quote {
            Quote::List(row) => record.insert(row.clone()).map_err(unfit)?,
            Quote::Rental(_) => return Err(unfit("not a list price")),
        }
    }
    Ok(record)
}

fn basket_day(rule: &BasketRule, quotes: &[Quote], date: Date) -> Result<String, IndexError> {
    let index = TokIndex::new(rule, record(quotes)?)?;
    let today = index.daily(date, date)?;
    let (Some(today), day) = (today.first(), index.moves(date, date)?.pop()) else {
        return Err(IndexError::OutOfBounds(date));
    };
    let decimals = rule.index.decimals;
    let mut text = match &day {
        Some(day) => headline(rule, day),
        None => format!(
            "{} {date}: {} {}, the base day",
            rule.index.symbol,
            decimal(today.fixing, decimals),
            rule.index.unit
        ),
    };
    text.push_str(&format!(
        "\nThe basket alone: {}. Its link K to the baskets before: {}.\n\n",
        decimal(today.unlinked, decimals),
        today.scale.to_decimal(6)
    ));
    let mut rows = vec![row(["tier", "vendor", "model", "weight", "in/cached/out", "BMT", "of the index", "moved it"])];
    for (place, part) in today.basket.constituents.iter().enumerate() {
        let price = index.prices().of(&part.member, date)?;
        let list = index.prices().record.price(&part.member.vendor, &part.member.model, date);
        let moved = day.as_ref().and_then(|day| day.parts.get(place)).map(|part| &part.moved);
        rows.push(row([
            &part.member.tier,
            &part.member.vendor,
            &part.member.model,
            &share(&part.weight),
            &list.map_or(String::new(), |list| list.to_string()),
            &price.to_string(),
            &today.scale.times(&part.weight).times(price.usd()).to_decimal(decimals.saturating_add(2)),
            &moved.map_or("-".to_string(), |moved| signed(moved, decimals.saturating_add(2))),
        ]));
    }
    let moved = day.as_ref().map_or("-".to_string(), |day| signed(&day.moved(), decimals.saturating_add(2)));
    rows.push(row(["", "", "sum", "100.00 %", "", "", &today.level.to_decimal(decimals.saturating_add(2)), &moved]));
    text.push_str(&table(&rows, &[0, 1, 2]));
    if let Some(day) = &day {
        text.push('\n');
        text.push_str(&changes(rule, day));
    }
    Ok(text)
}

/// `TOK 2026-07-30: 1.6745 USD per million benchmark tokens, -0.1438 (-7.91 %) since 2026-07-29`.
fn headline(rule: &BasketRule, day: &DayMove) -> String {
    let decimals = rule.index.decimals;
    let (before, after) = (Fraction::whole(day.before), Fraction::whole(day.after));
    let unit = Fraction::power_of_ten(decimals).unwrap_or(Fraction::whole(1));
    let moved = after.minus(&before);
    let relative = moved.times(&Fraction::whole(100)).over(&before).unwrap_or(Fraction::whole(0));
    let by = moved.over(&unit).unwrap_or(Fraction::whole(0));
    let since = match day.date.checked_sub_days(1) {
        _ if moved.is_zero() => "unmoved".to_string(),
        Some(yesterday) => {
            format!("{} ({} %) since {yesterday}", signed(&by, decimals), signed(&relative, SHARE_DIGITS))
        }
        None => String::new(),
    };
    format!("{} {}: {} {}, {since}", rule.index.symbol, day.date, decimal(day.after, decimals), rule.index.unit)
}

/// What changed in prices and in the basket.
fn changes(rule: &BasketRule, day: &DayMove) -> String {
    let digits = rule.index.decimals.saturating_add(2);
    let mut lines = Vec::new();
    for part in day.parts.iter().filter(|part| part.before != part.after) {
        let Member { vendor, model, .. } = &part.member;
        let (weight, moved) = (share(&part.weight), signed(&part.moved, digits));
        lines.push(format!(
            "  price   {vendor} {model}: {} to {}, weight {weight}, moved the index by {moved}",
            part.before, part.after
        ));
    }
    for (word, members) in [("in", &day.entered), ("out", &day.left)] {
        for Member { tier, vendor, model } in members {
            lines.push(format!("  {word:<7} {vendor} {model} ({tier})"));
        }
    }
    if !day.entered.is_empty() || !day.left.is_empty() {
        lines.push(
            "  link    the new basket was linked on the prices of the day before: by itself it moved nothing"
                .to_string(),
        );
    }
    if lines.is_empty() {
        lines.push("  nothing changed: the same basket at the same prices".to_string());
    }
    lines.join("\n") + "\n"
}

fn median_day(rule: &MedianRule, quotes: &[Quote], date: Date) -> Result<String, IndexError> {
    let price = rule.price(quotes, date)?;
    let before = yesterday(date).and_then(|day| rule.price(quotes, day).ok());
    let decimals = rule.index.decimals;
    let fixing = Fraction::millionths(price.median);
    let mut text = format!("{} {date}: {} {}", rule.index.symbol, fixing.to_decimal(decimals), rule.index.unit);
    if let Some(before) = &before {
        let moved = fixing.minus(&Fraction::millionths(before.median));
        text.push_str(&format!(", {} since the day before", signed(&moved, decimals)));
    }
    text.push_str(&format!("\nThe lower median of what counts; half of it lies within {}.\n\n", usd(price.dispersion)));
    text.push_str(&providers(&price, before.as_ref()));
    Ok(text)
}

fn relatives_day(rule: &RelativesRule, quotes: &[Quote], date: Date) -> Result<String, IndexError> {
    let prices = rule.prices(quotes, date)?;
    let parts = rule.parts(&prices, date)?;
    let before = yesterday(date).and_then(|day| rule.prices(quotes, day).ok());
    let parts_before = before.as_ref().map(|before| rule.parts(before, date)).transpose()?;
    let decimals = rule.index.decimals;
    let sum = Fraction::sum(&parts);
    let mut text = format!("{} {date}: {} {}", rule.index.symbol, sum.to_decimal(decimals), rule.index.unit);
    if let Some(before) = &parts_before {
        text.push_str(&format!(", {} since the day before", signed(&sum.minus(&Fraction::sum(before)), decimals)));
    }
    text.push_str("\n\n");
    let mut rows = vec![row(["gpu", "weight", "USD per hour", "base", "points", "moved it"])];
    for (place, (gpu, price)) in rule.gpus.iter().zip(&prices).enumerate() {
        let part = parts.get(place).cloned().unwrap_or(Fraction::whole(0));
        let moved = parts_before.as_ref().and_then(|before| before.get(place)).map(|before| part.minus(before));
        rows.push(row([
            &gpu.name,
            &format!("{} %", gpu.percent),
            &price.to_string(),
            &gpu.base.to_decimal(2),
            &part.to_decimal(decimals.saturating_add(2)),
            &moved.map_or("-".to_string(), |moved| signed(&moved, decimals.saturating_add(2))),
        ]));
    }
    text.push_str(&table(&rows, &[0]));
    for (place, (gpu, price)) in rule.gpus.iter().zip(&prices).enumerate() {
        text.push_str(&format!("\n{}\n", gpu.name));
        text.push_str(&providers(price, before.as_ref().and_then(|before| before.get(place))));
    }
    Ok(text)
}

/// Who asked what, and whether it counts.
fn providers(price: &GpuPrice, before: Option<&GpuPrice>) -> String {
    let mut rows = vec![row(["provider", "USD per hour", "the day before", "counts"])];
    for provider in &price.providers {
        let was = before.and_then(|before| before.providers.iter().find(|was| was.provider == provider.provider));
        let counts = match provider.standing {
            Standing::Counts if provider.price == price.median => "yes, the median",
            Standing::Counts => "yes",
            Standing::Outlier => "no, an outlier",
        };
        let was = was.map_or("-".to_string(), |was| usd(was.price));
        rows.push(row([&provider.provider, &usd(provider.price), &was, counts]));
    }
    table(&rows, &[0, 3])
}

fn yesterday(date: Date) -> Option<Date> {
    date.checked_sub_days(1)
}

fn share(weight: &Fraction) -> String {
    format!("{} %", weight.times(&Fraction::whole(100)).to_decimal(SHARE_DIGITS))
}

/// With its sign, `0` for nothing.
fn signed(number: &Fraction, places: u8) -> String {
    let text = number.to_decimal(places);
    if number.is_zero() {
        "0".to_string()
    } else if number.is_positive() {
        format!("+{text}")
    } else {
        text
    }
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(ToString::to_string).into()
}

/// Columns as wide as their widest cell, those of `left` to the left, numbers to the right.
fn table(rows: &[Vec<String>], left: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cell = |(column, (cell, width)): (usize, (&String, &usize))| {
            if left.contains(&column) { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        let line: Vec<String> = row.iter().zip(&widths).enumerate().map(cell).collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}
