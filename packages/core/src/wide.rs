//! Products of two amounts, which no amount holds (clause 1.6).

use core::cmp::Ordering;

use crate::money::Overflow;

/// 256 bits: every product of two numbers of 128.
type Wide = bnum::BUint<4>;

const OUT: Overflow = Overflow("wide product");

fn product(a: u128, b: u128) -> Result<Wide, Overflow> {
    Wide::from(a).checked_mul(Wide::from(b)).ok_or(OUT)
}

/// ⌊a·b / c⌋; an error for c = 0 or if it does not fit.
pub(crate) fn mul_div_down(a: u128, b: u128, c: u128) -> Result<u128, Overflow> {
    let quotient = product(a, b)?.checked_div(Wide::from(c)).ok_or(OUT)?;
    u128::try_from(quotient).map_err(|_| OUT)
}

/// ⌈a·b / c⌉; an error for c = 0 or if it does not fit.
pub(crate) fn mul_div_up(a: u128, b: u128, c: u128) -> Result<u128, Overflow> {
    let whole = product(a, b)?;
    let rest = whole.checked_rem(Wide::from(c)).ok_or(OUT)?;
    let quotient = mul_div_down(a, b, c)?;
    if rest.is_zero() { Ok(quotient) } else { quotient.checked_add(1).ok_or(OUT) }
}

/// a·b against c·d.
pub(crate) fn compare_products((a, b): (u128, u128), (c, d): (u128, u128)) -> Result<Ordering, Overflow> {
    Ok(product(a, b)?.cmp(&product(c, d)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_quotient_rounds_as_its_name_says() {
        let big = u128::MAX;
        assert_eq!((mul_div_down(7, 3, 2), mul_div_up(7, 3, 2)), (Ok(10), Ok(11)));
        assert_eq!((mul_div_down(8, 3, 2), mul_div_up(8, 3, 2)), (Ok(12), Ok(12)));
        assert_eq!((mul_div_down(big, big, big), mul_div_up(big, big, big)), (Ok(big), Ok(big)));
        assert_eq!(mul_div_down(big, 2, 1), Err(OUT));
        assert_eq!(mul_div_up(1, 1, 0), Err(OUT));
    }

    #[test]
    fn products_compare_beyond_the_amounts() {
        let big = u128::MAX;
        assert_eq!(compare_products((big, big - 1), (big - 1, big)), Ok(Ordering::Equal));
        assert_eq!(compare_products((big, big), (big, big - 1)), Ok(Ordering::Greater));
        assert_eq!(compare_products((0, big), (1, 1)), Ok(Ordering::Less));
    }
}
