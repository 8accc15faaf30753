//! The gains haircut: what the winners of a cycle pay of its shortfall (clause 6.6).

use super::settlement::{Charges, Settlement, SettlementState};
use crate::money::{Amount, Overflow};
use crate::price::{Lots, PriceLots, UnitValue};
use crate::wide::{mul_div_down, mul_div_up};

/// h as an exact fraction, at most one: shortfall / Σ gains of a product in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Haircut {
    shortfall: Amount,
    gains: Amount,
}

impl Haircut {
    /// The haircut that covers `shortfall` out of `gains`, all of them if they do not suffice. None if there is no
    /// shortfall, or no gains: then it waits for the next finalisation.
    pub fn new(shortfall: Amount, gains: Amount) -> Option<Self> {
        if shortfall.is_zero() || gains.is_zero() {
            None
        } else {
            Some(Self { shortfall: shortfall.min(gains), gains })
        }
    }

    /// What is covered by it, before rounding.
    pub const fn covers(&self) -> Amount {
        self.shortfall
    }

    /// What each carried lot and each unit of banked gain pays: c = ⌈h·|ΔS|·u⌉ on the side that the price rose for,
    /// ⌈h·u⌉. Rounded up; the surplus is insurance's.
    pub fn charges(&self, settlement: &Settlement, unit: UnitValue) -> Result<Charges, Overflow> {
        let change = settlement.change.units();
        let a_lot =
            u128::from(change.unsigned_abs()).checked_mul(u128::from(unit.base_units())).ok_or(Overflow("haircut"))?;
        let on_lots = self.of_up(a_lot)?;
        let banked = self.of_up(u128::from(unit.base_units()))?;
        let (long, short) = if change > 0 { (on_lots, Amount::ZERO) } else { (Amount::ZERO, on_lots) };
        Ok(Charges { long, short, banked })
    }

    fn of_up(&self, base_units: u128) -> Result<Amount, Overflow> {
        mul_div_up(base_units, self.shortfall.base_units(), self.gains.base_units()).map(Amount::new)
    }

    /// h in parts per million, rounded down, to be read by people.
    pub fn parts_down(&self) -> Result<u128, Overflow> {
        mul_div_down(1_000_000, self.shortfall.base_units(), self.gains.base_units())
    }
}

/// The carried lots of the side that gained, and the banked gains, of a struck settlement; `exempt` is the house's part
/// of them, which no haircut reaches.
fn gainers(settlement: &Settlement, exempt: (Lots, PriceLots)) -> Result<(Lots, PriceLots), Overflow> {
    let SettlementState::Struck { carried: (long, short), banked } = settlement.state else {
        return Err(Overflow("settlement order"));
    };
    let lots = match settlement.change.units() {
        0 => return Ok((Lots::ZERO, banked.checked_sub(exempt.1)?)),
        1.. => long,
        _ => short,
    };
    Ok((lots.checked_sub(exempt.0)?, banked.checked_sub(exempt.1)?))
}

impl Settlement {
    /// Σ gains of a struck settlement that a haircut may reach: those of carried lots, and B·u. Exact. `exempt`: the
    /// house's carried lots on the side that gained, and its banked gain.
    pub fn gains(&self, unit: UnitValue, exempt: (Lots, PriceLots)) -> Result<Amount, Overflow> {
        let (lots, banked) = gainers(self, exempt)?;
        let units = i128::from(self.change.units().unsigned_abs())
            .checked_mul(i128::from(lots.count()))
            .map(PriceLots::new)
            .ok_or(Overflow("gains"))?;
        Ok(units.checked_add(banked)?.value(unit)?.gain())
    }

    /// Σ of what these charges will bring in, position by position. Exact. `exempt` as in [`Settlement::gains`].
    pub fn yields(&self, charges: &Charges, exempt: (Lots, PriceLots)) -> Result<Amount, Overflow> {
        let (lots, banked) = gainers(self, exempt)?;
        let net = if self.change.units() >= 0 { lots.long()? } else { lots.short()? };
        charges.on(net, banked)
    }
}
