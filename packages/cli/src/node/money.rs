//! Amounts of the collateral, as people write them: whole coins with up to six decimals.

use anyhow::Context;
use tokfut_core::money::Amount;

/// Reads `12.5` as 12,500,000 base units.
pub fn amount(text: &str) -> anyhow::Result<Amount> {
    let invalid = || format!("{text:?} is not an amount like 100 or 12.50");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    anyhow::ensure!(!whole.is_empty() && digits(whole) && digits(fraction) && fraction.len() <= 6, invalid());
    let units: u128 = format!("{whole}{fraction:0<6}").parse().with_context(invalid)?;
    Ok(Amount::new(units))
}

/// Writes base units as coins, at least two decimals, a comma every three digits; nothing is rounded away.
pub fn coins(units: impl ToString) -> String {
    let text = units.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let padded = format!("{digits:0>7}");
    let (whole, fraction) = padded.split_at(padded.len().saturating_sub(6));
    let (cents, rest) = fraction.split_at(2);
    let rest = rest.trim_end_matches('0');
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(index);
        if index > 0 && left.checked_rem(3) == Some(0) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{cents}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coins_and_base_units_are_read_and_written_exactly() {
        assert_eq!(amount("12.5").unwrap(), Amount::new(12_500_000));
        assert_eq!(amount("0.000001").unwrap(), Amount::new(1));
        for bad in ["", "-1", "1.0000001", "1e3", ".5", "1,000"] {
            assert!(amount(bad).is_err(), "{bad}");
        }
        for (units, expected) in
            [("0", "0.00"), ("-1", "-0.000001"), ("1234567890000", "1,234,567.89"), ("100000000", "100.00")]
        {
            assert_eq!(coins(units), expected);
        }
    }
}
