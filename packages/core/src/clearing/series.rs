//! A series in clearing: sums over its positions, strikes and finalisations (clauses 4.5, 4.6).

use serde::{Deserialize, Serialize};

use super::haircut::Haircut;
use super::position::Exposure;
use super::settlement::{Charges, Settlement, SettlementState};
use crate::calendar::Month;
use crate::id::ProductId;
use crate::money::{Overflow, SignedAmount};
use crate::price::{Lots, Price, PriceLots, UnitValue};
use crate::rate::Rate;
use crate::time::Time;

/// A series as the vault keeps it; other contracts read it raw. About 60 bytes at rest.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct SeriesClearing {
    /// The product it is of.
    pub product: ProductId,
    /// Its delivery month, for the phase.
    pub month: Month,
    /// Open interest: Σ max(q, 0), as if touched.
    pub open_interest: Lots,
    /// The mark for margin.
    pub mark: Mark,
    /// The last strike.
    pub struck: Strike,
    /// The last finalised settlement.
    pub finalised: Indices,
    /// Σ carried of the longs, and of the shorts, in the running cycle.
    pub carried: (Lots, Lots),
    /// B: Σ max(0, banked) in the running cycle.
    pub banked: PriceLots,
    /// The price limit in force, which may raise initial margin (clause 5.3).
    pub limit: Rate,
}

/// The price that margin is measured at (clause 4.13).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Now.
    pub price: Price,
    /// When it was pushed.
    pub at: Time,
    /// The block in which it was pushed.
    pub height: u64,
    /// The mark that block began with.
    pub before: Price,
}

/// S_k: the price that fills are booked against.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// k, or the cycle in which the series was listed.
    pub cycle: u32,
    /// S_k, or the first reference price.
    pub price: Price,
    /// True if it was the final settlement: no lots live on.
    pub last: bool,
}

/// I^L and I^S after the settlement of a cycle, in base units a lot (clause 4.6).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indices {
    /// K, or the cycle in which the series was listed.
    pub cycle: u32,
    /// I^L.
    pub long: SignedAmount,
    /// I^S.
    pub short: SignedAmount,
}

impl Mark {
    /// A new mark, pushed in the block of `height`.
    #[must_use]
    pub const fn next(self, price: Price, at: Time, height: u64) -> Self {
        let before = if self.height == height { self.before } else { self.price };
        Self { price, at, height, before }
    }

    /// The mark that the block of `height` began with.
    pub const fn at_start_of(self, height: u64) -> Price {
        if self.height == height { self.before } else { self.price }
    }
}

impl SeriesClearing {
    /// A series listed in a cycle of its product, at its first reference price.
    pub const fn listed(
        (product, month): (ProductId, Month),
        cycle: u32,
        price: Price,
        limit: Rate,
        (at, height): (Time, u64),
    ) -> Self {
        Self {
            product,
            month,
            open_interest: Lots::ZERO,
            mark: Mark { price, at, height, before: price },
            struck: Strike { cycle, price, last: false },
            finalised: Indices { cycle, long: SignedAmount::ZERO, short: SignedAmount::ZERO },
            carried: (Lots::ZERO, Lots::ZERO),
            banked: PriceLots::ZERO,
            limit,
        }
    }

    /// A position of it changed from one exposure to another.
    pub fn shift(&mut self, from: Exposure, to: Exposure) -> Result<(), Overflow> {
        // By the difference alone: a sum passes no bound on its way.
        let moved = |sum: Lots, from: Lots, to: Lots| {
            sum.checked_add(to.saturating_sub(from))?.checked_sub(from.saturating_sub(to))
        };
        self.open_interest = moved(self.open_interest, from.long, to.long)?;
        self.carried.0 = moved(self.carried.0, from.carried.0, to.carried.0)?;
        self.carried.1 = moved(self.carried.1, from.carried.1, to.carried.1)?;
        self.banked = self.banked.checked_add(to.banked)?.checked_sub(from.banked)?;
        Ok(())
    }

    /// Ends the running cycle at a settlement price, the final one if `last` (clauses 4.5, 4.7). The record of it is to
    /// be stored under `cycle`. An error if the settlement before is not finalised, or the series is over.
    pub fn strike(
        &mut self,
        cycle: u32,
        (price, last): (Price, bool),
        limit: Rate,
        (at, height): (Time, u64),
    ) -> Result<Settlement, Overflow> {
        if self.finalised.cycle != self.struck.cycle || self.struck.last || cycle <= self.struck.cycle {
            return Err(Overflow("settlement order"));
        }
        let change = price.minus(self.struck.price);
        let state = SettlementState::Struck { carried: self.carried, banked: self.banked };
        if last {
            self.open_interest = Lots::ZERO;
        }
        self.carried = (self.open_interest, self.open_interest);
        self.banked = PriceLots::ZERO;
        self.struck = Strike { cycle, price, last };
        self.mark = self.mark.next(price, at, height);
        self.limit = limit;
        Ok(Settlement { price, change, last, state })
    }

    /// Makes the struck settlement final: the indices move by ΔS·u and by the haircut, if there is one (clause 4.6).
    /// The settlement returned is to be stored in place of the struck one.
    pub fn finalise(
        &mut self,
        settlement: &Settlement,
        haircut: Option<Haircut>,
        unit: UnitValue,
    ) -> Result<Settlement, Overflow> {
        let waits = self.finalised.cycle < self.struck.cycle;
        if !waits || !matches!(settlement.state, SettlementState::Struck { .. }) {
            return Err(Overflow("settlement order"));
        }
        let charges = haircut.map_or(Ok(Charges::NONE), |haircut| haircut.charges(settlement, unit))?;
        let one = crate::price::NetLots::new(1);
        let moved = settlement.change.times(one).value(unit)?;
        let long = self.finalised.long.checked_add(moved)?.debit(charges.long)?;
        let short = self.finalised.short.checked_add(moved)?.credit(charges.short)?;
        self.finalised = Indices { cycle: self.struck.cycle, long, short };
        let state = SettlementState::Finalised { long, short, charges };
        Ok(Settlement { state, ..settlement.clone() })
    }
}
