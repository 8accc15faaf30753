//! Amounts of the collateral, as people write them: whole coins with up to six decimals.

use tokfut_client::Failure;
use tokfut_core::money::Amount;
use tokfut_core::rate::Rate;

/// Reads `12.5` as 12,500,000 base units.
///
/// # Errors
/// `invalid_amount` for what is not above zero or has more than six decimals.
pub fn amount(text: &str) -> Result<Amount, Failure> {
    let invalid = || Failure::new("invalid_amount", format!("{text:?} is not an amount above zero like 100 or 12.50"));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return Err(invalid());
    }
    let units = format!("{whole}{fraction:0<6}").parse().ok().filter(|units| *units > 0);
    units.map(Amount::new).ok_or_else(invalid)
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

/// A number of units as a decimal of so many digits.
pub fn decimal(units: u128, decimals: u8) -> String {
    let places = usize::from(decimals);
    if places == 0 {
        return units.to_string();
    }
    let digits = format!("{units:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    format!("{whole}.{fraction}")
}

/// A rate in percent, exactly.
pub fn percent(rate: Rate) -> String {
    let text = decimal(rate.parts().into(), 4);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coins_and_base_units_are_read_and_written_exactly() {
        assert_eq!(amount("12.5").unwrap(), Amount::new(12_500_000));
        assert_eq!(amount("0.000001").unwrap(), Amount::new(1));
        for bad in ["", "0", "0.00", "-1", "1.0000001", "1e3", ".5", "1,000"] {
            assert_eq!(amount(bad).unwrap_err().code, "invalid_amount", "{bad}");
        }
        for (units, expected) in
            [("0", "0.00"), ("-1", "-0.000001"), ("1234567890000", "1,234,567.89"), ("100000000", "100.00")]
        {
            assert_eq!(coins(units), expected);
        }
    }

    #[test]
    fn rates_are_percent_and_nothing_is_rounded_away() {
        for (parts, expected) in [(150_000, "15 %"), (1_000_000, "100 %"), (200, "0.02 %"), (1, "0.0001 %"), (0, "0 %")]
        {
            assert_eq!(percent(Rate::ppm(parts)), expected);
        }
        assert_eq!((decimal(16_489, 4), decimal(7, 2), decimal(7, 0)), ("1.6489".into(), "0.07".into(), "7".into()));
    }
}
