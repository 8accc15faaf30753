//! Who pays a deficit, in which order (clauses 6.5, 6.6).

use crate::id::{AccountId, ProductId};
use crate::margin::Portfolio;
use crate::money::{Amount, Overflow, SignedAmount};
use crate::rate::Rate;
use crate::wide::{mul_div_down, mul_div_up};

/// The largest share of the house's equity that its maintenance margin may be.
pub const HOUSE_SHARE: Rate = Rate::ppm(500_000);
/// The same for products in their first 90 days.
pub const HOUSE_SHARE_YOUNG: Rate = Rate::ppm(250_000);
/// How long a product is young, in seconds.
pub const YOUNG: u64 = 90 * crate::time::DAY;

/// How a deficit is paid. The parts add up to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Out of the same owner's other accounts, in order of id.
    pub from_owner: Vec<(AccountId, Amount)>,
    /// By the house.
    pub from_insurance: Amount,
    /// Missing.
    pub shortfall: Amount,
}

/// Shares a deficit out: first what is free in the owner's other accounts, in the order given, then what the house can
/// bear, the rest is missing.
pub fn cover(deficit: Amount, siblings: &[(AccountId, Amount)], house: Amount) -> Result<Cover, Overflow> {
    let (mut left, mut from_owner) = (deficit, vec![]);
    for (account, free) in siblings {
        let part = left.min(*free);
        if !part.is_zero() {
            from_owner.push((*account, part));
            left = left.checked_sub(part)?;
        }
    }
    let from_insurance = left.min(house);
    Ok(Cover { from_owner, from_insurance, shortfall: left.checked_sub(from_insurance)? })
}

/// Divides a shortfall among products by margin, rounded down, the rest to the last; `margins` in order of code.
pub fn divide(shortfall: Amount, margins: &[(ProductId, Amount)]) -> Result<Vec<(ProductId, Amount)>, Overflow> {
    let sum = margins.iter().try_fold(Amount::ZERO, |sum, (_, margin)| sum.checked_add(*margin))?;
    let Some(((last, _), others)) = margins.split_last() else { return Err(Overflow("no product bears a shortfall")) };
    let (mut left, mut parts) = (shortfall, vec![]);
    for (product, margin) in others {
        let part = if sum.is_zero() {
            Amount::ZERO
        } else {
            Amount::new(mul_div_down(shortfall.base_units(), margin.base_units(), sum.base_units())?)
        };
        left = left.checked_sub(part)?;
        parts.push((*product, part));
    }
    parts.push((*last, left));
    Ok(parts)
}

/// Whether the house may hold this: its MM at most `share` of its equity.
pub fn house_bears(house: &Portfolio, share: Rate) -> Result<bool, Overflow> {
    let equity = house.equity()?;
    Ok(!equity.is_negative() && house.maintenance()? <= share.of_down(equity.gain())?)
}

/// What the house may pay out and still bear what it holds: of its cash, and of its equity above MM / share.
pub fn house_free(house: &Portfolio, share: Rate) -> Result<Amount, Overflow> {
    let maintenance = house.maintenance()?.base_units();
    let whole = u128::from(Rate::ONE.parts());
    let needed = Amount::new(mul_div_up(maintenance, whole, u128::from(share.parts()))?);
    let free: SignedAmount = house.equity()?.debit(needed)?;
    Ok(free.gain().min(house.cash.gain()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]
    use super::*;
    use proptest::prelude::*;

    const fn amount(units: u128) -> Amount {
        Amount::new(units)
    }

    #[test]
    fn a_deficit_is_paid_by_its_owner_then_by_insurance_then_by_nobody_yet() {
        let siblings = [(AccountId(8), amount(5)), (AccountId(9), Amount::ZERO), (AccountId(11), amount(7))];
        for (deficit, from_owner, from_insurance, shortfall) in [
            (4, vec![(8, 4)], 0, 0),
            (10, vec![(8, 5), (11, 5)], 0, 0),
            (20, vec![(8, 5), (11, 7)], 8, 0),
            (50, vec![(8, 5), (11, 7)], 30, 8),
        ] {
            let cover = cover(amount(deficit), &siblings, amount(30)).unwrap();
            let owner: Vec<_> = cover.from_owner.iter().map(|(id, part)| (id.0, part.base_units())).collect();
            assert_eq!((owner, cover.from_insurance.base_units()), (from_owner, from_insurance));
            assert_eq!(cover.shortfall, amount(shortfall));
        }
    }

    #[test]
    fn a_shortfall_is_divided_by_margin_and_the_last_takes_the_rest() {
        let parts = |shortfall, margins: [u128; 3]| {
            let margins = [1u8, 2, 3].map(ProductId).into_iter().zip(margins.map(Amount::new)).collect::<Vec<_>>();
            divide(amount(shortfall), &margins).unwrap().into_iter().map(|(_, part)| part.base_units()).collect()
        };
        let parts: [Vec<u128>; 3] = [parts(100, [1, 1, 1]), parts(7, [0, 0, 0]), parts(1_000, [250, 500, 250])];
        assert_eq!(parts, [vec![33, 33, 34], vec![0, 0, 7], vec![250, 500, 250]]);
        assert!(divide(amount(1), &[]).is_err());
    }

    #[test]
    fn the_house_keeps_twice_its_maintenance_and_pays_in_cash() {
        let house = |cash| Portfolio { cash: SignedAmount::new(cash), holdings: vec![] };
        assert_eq!(house_free(&house(10), HOUSE_SHARE), Ok(amount(10)));
        assert_eq!(house_free(&house(-10), HOUSE_SHARE), Ok(Amount::ZERO));
        assert_eq!(house_bears(&house(0), HOUSE_SHARE), Ok(true));
        assert_eq!(house_bears(&house(-1), HOUSE_SHARE), Ok(false));
    }

    proptest! {
        #[test]
        fn a_deficit_is_covered_to_the_unit_by_those_who_have_it(
            deficit: u64, free in proptest::collection::vec(0u64..1_000_000_000_000, 0..8), house: u64,
        ) {
            let siblings: Vec<_> = (8..).map(AccountId).zip(free.iter().map(|free| amount((*free).into()))).collect();
            let Cover { from_owner, from_insurance, shortfall } =
                cover(amount(deficit.into()), &siblings, amount(house.into())).unwrap();
            let owned = from_owner.iter().map(|(_, part)| part.base_units()).sum::<u128>();
            let paid = [from_insurance, shortfall].map(Amount::base_units);
            prop_assert_eq!(owned + paid.iter().sum::<u128>(), u128::from(deficit));
            for (account, part) in &from_owner {
                let free = siblings.iter().find(|(sibling, _)| sibling == account).unwrap().1;
                prop_assert!(!part.is_zero() && *part <= free);
            }
            // Nobody pays before those ahead of him have nothing left.
            let all = free.iter().map(|free| u128::from(*free)).sum::<u128>();
            prop_assert!(from_insurance.is_zero() || owned == all);
            prop_assert!(shortfall.is_zero() || (owned == all && from_insurance == amount(house.into())));
        }

        #[test]
        fn the_parts_of_a_shortfall_add_up_to_it(shortfall: u64, margins in proptest::collection::vec(0u64..1_000_000, 1..6)) {
            let margins: Vec<_> = (1u8..).map(ProductId).zip(margins.into_iter().map(|m| amount(m.into()))).collect();
            let parts = divide(amount(shortfall.into()), &margins).unwrap();
            prop_assert_eq!(parts.iter().map(|(_, part)| part.base_units()).sum::<u128>(), u128::from(shortfall));
            prop_assert_eq!(parts.len(), margins.len());
        }
    }
}
