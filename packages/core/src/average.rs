//! Quotients that are prices: to the nearest price unit, a half toward a given price (clauses 5.1, 5.2).

use crate::money::Overflow;
use crate::price::Price;

/// `numerator / denominator` as a price, rounded to the nearest price unit; an exact half goes toward `toward`.
/// At least one unit. Nobody's gain: a price has a buyer and a seller.
pub fn nearest(numerator: u128, denominator: u128, toward: Price) -> Result<Price, Overflow> {
    let out = || Overflow("average");
    let below = numerator.checked_div(denominator).ok_or_else(out)?;
    let rest = numerator.checked_rem(denominator).ok_or_else(out)?;
    let twice = rest.checked_mul(2).ok_or_else(out)?;
    let up = twice > denominator || (twice == denominator && u128::from(toward.units()) > below);
    let units = if up { below.checked_add(1).ok_or_else(out)? } else { below };
    Price::from_wide(units.max(1))
}

/// `price × to / from`, rounded to the nearest unit, a half toward `price`: the price that has moved as a fixing did.
pub fn moved(price: Price, from: Price, to: Price) -> Result<Price, Overflow> {
    let product = u128::from(price.units()).checked_mul(u128::from(to.units())).ok_or(Overflow("average"))?;
    nearest(product, u128::from(from.units()), price)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(units: u32) -> Price {
        Price::new(units).unwrap()
    }

    #[test]
    fn a_half_goes_toward_the_given_price_and_the_rest_to_the_nearest() {
        let rounded = |numerator, toward| nearest(numerator, 4, price(toward)).unwrap().units();
        assert_eq!([rounded(401, 1), rounded(403, 1)], [100, 101]);
        assert_eq!([rounded(402, 100), rounded(402, 99), rounded(402, 101), rounded(402, 200)], [100, 100, 101, 101]);
        assert_eq!(nearest(1, 4, price(9)).unwrap().units(), 1);
        assert!(nearest(1, 0, price(9)).is_err());
        assert!(nearest(u128::from(u32::MAX), 1, price(9)).is_err());
    }

    #[test]
    fn a_price_moves_as_its_fixing_did() {
        assert_eq!(moved(price(16_000), price(16_000), price(12_480)).unwrap().units(), 12_480);
        assert_eq!(moved(price(15_001), price(2), price(1)).unwrap().units(), 7_501);
        assert_eq!(moved(Price::MAX, price(1), price(1)).unwrap(), Price::MAX);
        assert!(moved(Price::MAX, price(1), price(2)).is_err());
    }
}
