//! What is remembered for ever of a settlement (clauses 4.5–4.7).

use serde::{Deserialize, Serialize};

use crate::money::{Amount, Overflow, SignedAmount};
use crate::price::{Lots, NetLots, Price, PriceLots, PriceMove, Side};

/// What is remembered for ever of the settlement of one cycle of one series. About 25 bytes at rest.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// S_k.
    pub price: Price,
    /// S_k less the series' settlement price before it.
    pub change: PriceMove,
    /// True for the final settlement: no lots live on.
    pub last: bool,
    /// The indices, once finalised; before, what the haircut will be shared over.
    pub state: SettlementState,
}

/// A settlement before and after its finalisation.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum SettlementState {
    /// Struck: Σ carried long, Σ carried short and B, frozen.
    Struck {
        /// Σ carried of the longs and of the shorts.
        carried: (Lots, Lots),
        /// B.
        banked: PriceLots,
    },
    /// Finalised.
    Finalised {
        /// I^L_k, base units a lot.
        long: SignedAmount,
        /// I^S_k, base units a lot.
        short: SignedAmount,
        /// What the winners of this cycle pay of its shortfall.
        charges: Charges,
    },
}

/// The haircut of one cycle of one series (clause 6.6). At most one of `long` and `short` is above zero.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    /// c^L: what a carried long lot pays, base units.
    pub long: Amount,
    /// c^S: what a carried short lot pays, base units.
    pub short: Amount,
    /// ⌈h·u⌉: what a unit of banked gain pays, base units.
    pub banked: Amount,
}

impl Charges {
    /// Nobody pays.
    pub const NONE: Self = Self { long: Amount::ZERO, short: Amount::ZERO, banked: Amount::ZERO };

    /// What a position pays that carried so many lots and banked so much. Exact.
    pub fn on(&self, carried: NetLots, banked: PriceLots) -> Result<Amount, Overflow> {
        let a_lot = match carried.side() {
            None => Amount::ZERO,
            Some(Side::Buy) => self.long,
            Some(Side::Sell) => self.short,
        };
        let gain = u128::try_from(banked.gain().get()).unwrap_or(0);
        let on_lots = times(a_lot, u128::from(carried.size().count()))?;
        on_lots.checked_add(times(self.banked, gain)?)
    }
}

fn times(amount: Amount, count: u128) -> Result<Amount, Overflow> {
    amount.base_units().checked_mul(count).map(Amount::new).ok_or(Overflow("haircut"))
}

impl Settlement {
    /// What its haircut charges; an error if it is not finalised.
    pub const fn charges(&self) -> Result<Charges, Overflow> {
        match &self.state {
            SettlementState::Finalised { charges, .. } => Ok(*charges),
            SettlementState::Struck { .. } => Err(Overflow("settlement order")),
        }
    }

    /// I of a side after it; an error if it is not finalised.
    pub const fn index(&self, side: Side) -> Result<SignedAmount, Overflow> {
        match (&self.state, side) {
            (SettlementState::Finalised { long, .. }, Side::Buy) => Ok(*long),
            (SettlementState::Finalised { short, .. }, Side::Sell) => Ok(*short),
            (SettlementState::Struck { .. }, _) => Err(Overflow("settlement order")),
        }
    }
}

/// The settlements of one series, wherever they are stored. Read lazily: each call is one read.
pub trait Settlements {
    /// What reading may fail with.
    type Error: From<Overflow>;

    /// The settlement of this very cycle; an error if there is none.
    fn at(&self, cycle: u32) -> Result<Settlement, Self::Error>;

    /// The first settlement after this cycle, with its own; an error if there is none. A series past last trading
    /// skips cycles until its final settlement.
    fn after(&self, cycle: u32) -> Result<(u32, Settlement), Self::Error>;
}
