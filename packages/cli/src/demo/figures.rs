//! Numbers as people read them, and the little arithmetic that the story and the report share.

use tokfut_core::price::{Lots, Price, PriceLots, Tick};

/// Parts of one whole.
const MILLION: i64 = 1_000_000;
/// Base units of a cent.
const CENT: u128 = 10_000;

/// A price moved by parts per million, down to the tick.
pub fn moved(price: Price, ppm: i64, tick: Tick) -> anyhow::Result<Price> {
    let factor = u128::try_from(MILLION.saturating_add(ppm)).unwrap_or(0);
    let scaled = u128::from(price.units()).saturating_mul(factor).checked_div(1_000_000).unwrap_or(0);
    Ok(Price::from_wide(scaled)?.tick_down(tick)?)
}

/// `part` of `whole` in parts per million, rounded toward zero; 0 of nothing.
pub fn share(part: i128, whole: i128) -> i128 {
    part.saturating_mul(1_000_000).checked_div(whole).unwrap_or(0)
}

/// `number · by / of`, to the nearest, a half away from zero; 0 of nothing.
pub fn scaled(number: i128, by: i128, of: i128) -> i128 {
    let product = number.saturating_mul(by);
    let half = of.checked_div(2).unwrap_or(0);
    let away = if product < 0 { product.saturating_sub(half) } else { product.saturating_add(half) };
    away.checked_div(of).unwrap_or(0)
}

/// The average price of trades by their lots and their value, to the nearest price unit; none of no lots.
pub fn average(traded: impl IntoIterator<Item = (Price, Lots)>) -> anyhow::Result<Option<(Lots, Price)>> {
    let (mut lots, mut value) = (Lots::ZERO, PriceLots::ZERO);
    for (price, of_it) in traded {
        lots = lots.checked_add(of_it)?;
        value = value.checked_add(price.times(of_it))?;
    }
    if lots.is_zero() {
        return Ok(None);
    }
    let average = scaled(value.get(), 1, lots.count().into());
    Ok(Some((lots, Price::from_wide(u128::try_from(average)?)?)))
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in (0..digits.len()).rev().zip(digits.chars()) {
        text.push(digit);
        if place > 0 && place.checked_rem(3) == Some(0) {
            text.push(',');
        }
    }
    text
}

/// A count with thousands separators.
pub fn count(number: i128) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", grouped(&number.unsigned_abs().to_string()))
}

/// Base units as dollars and cents, to the nearest cent: `$1,234.57`, `−$0.05`.
pub fn usd(base_units: i128) -> String {
    let cents = base_units.unsigned_abs().saturating_add(CENT / 2).checked_div(CENT).unwrap_or(0);
    let digits = format!("{cents:03}");
    let (whole, rest) = digits.split_at(digits.len().saturating_sub(2));
    let sign = if base_units < 0 && cents > 0 { "−" } else { "" };
    format!("{sign}${}.{rest}", grouped(whole))
}

/// The same in whole dollars: `$1,235`.
pub fn dollars(base_units: i128) -> String {
    let dollars = scaled(base_units, 1, 1_000_000);
    let sign = if dollars < 0 { "−" } else { "" };
    format!("{sign}${}", grouped(&dollars.unsigned_abs().to_string()))
}

/// The same without the sign of the currency, for columns: `1,234.57`, and `–` for nothing.
pub fn cell(base_units: i128) -> String {
    if base_units == 0 { "–".to_string() } else { usd(base_units).replace('$', "") }
}

/// Parts per million as a percentage with two decimals: `−7.91 %`.
pub fn percent(ppm: i128) -> String {
    let hundredths = scaled(ppm, 1, 100);
    let digits = format!("{:03}", hundredths.unsigned_abs());
    let (whole, rest) = digits.split_at(digits.len().saturating_sub(2));
    let sign = if hundredths < 0 { "−" } else { "" };
    format!("{sign}{}.{rest} %", grouped(whole))
}

/// A change as a percentage with its sign: `+5.43 %`.
pub fn change(ppm: i128) -> String {
    let plus = if ppm > 0 { "+" } else { "" };
    format!("{plus}{}", percent(ppm))
}

/// How far `cost` lies from `budget`: `1.08 % below`.
pub fn off(cost: i128, budget: i128) -> String {
    let off = share(cost.saturating_sub(budget), budget);
    let side = if off < 0 { "below" } else { "above" };
    format!("{} {side}", percent(i128::try_from(off.unsigned_abs()).unwrap_or(0)))
}

/// So many things: `1 lot`, `1,200 lots`.
pub fn things(number: i128, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", count(number))
}

/// Price units of 0.0001 as the price: `1.6745`.
pub fn quoted(price: Price) -> String {
    price.to_decimal(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_grouped_and_rounded_to_the_cent_away_from_zero() {
        for (units, text) in [
            (0, "$0.00"),
            (4_999, "$0.00"),
            (5_000, "$0.01"),
            (-4_999, "$0.00"),
            (-1_234_567_890_000, "−$1,234,567.89"),
            (999_999_999, "$1,000.00"),
        ] {
            assert_eq!(usd(units), text, "{units}");
        }
        assert_eq!((dollars(-1_500_000), cell(0), cell(-10_000)), ("−$2".into(), "–".into(), "−0.01".into()));
    }

    #[test]
    fn shares_and_percentages_keep_two_decimals() {
        assert_eq!(percent(share(-1438, 18_183)), "−7.91 %");
        assert_eq!(percent(1_000_000), "100.00 %");
        assert_eq!((change(54_300), change(0), change(-100)), ("+5.43 %".into(), "0.00 %".into(), "−0.01 %".into()));
        assert_eq!((off(99, 100), off(1_025, 1_000)), ("1.00 % below".into(), "2.50 % above".into()));
        assert_eq!((things(1, "lot"), things(1_200, "lot")), ("1 lot".into(), "1,200 lots".into()));
        assert_eq!((scaled(7, 1, 2), scaled(-7, 1, 2), scaled(1, 1, 0)), (4, -4, 0));
    }

    #[test]
    fn a_moved_price_stands_on_the_tick_at_or_below() {
        let tick = Tick::new(10).unwrap();
        let of = |units, ppm| moved(Price::new(units).unwrap(), ppm, tick).unwrap().units();
        assert_eq!((of(18_183, -4_000), of(16_000, 0), of(16_000, 10_000)), (18_110, 16_000, 16_160));
    }
}
