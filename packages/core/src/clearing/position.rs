//! One account's position in one series: fills, and catching up with settlements (clauses 4.2, 4.3, 4.5–4.7).

use serde::{Deserialize, Serialize};

use super::orders::OpenOrders;
use super::series::SeriesClearing;
use super::settlement::Settlements;
use crate::money::{Amount, Overflow, SignedAmount};
use crate::price::{Lots, NetLots, Price, PriceLots, Side, UnitValue};

/// A position of one account in one series (clause 4.2).
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// q: net lots, positive is long.
    pub lots: NetLots,
    /// The lots of it that were held at the last strike: of q's side, and not more.
    pub carried: NetLots,
    /// What fills since the last strike have gained against S, in base units.
    pub variation: SignedAmount,
    /// The cycle of its last touch.
    pub cycle: u32,
    /// The gain already locked in on carried lots traded away since the strike (clause 4.6).
    pub banked: PriceLots,
    /// What the settlement of `cycle` owes it, if that was struck and not finalised at its last touch.
    pub pending: Option<Pending>,
    /// Its resting orders.
    pub orders: OpenOrders,
}

/// What a struck, not yet finalised settlement owes a position (clause 4.5).
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// In base units, before any haircut.
    pub value: SignedAmount,
    /// The lots that bear the haircut.
    pub carried: NetLots,
    /// The banked gain that bears it too.
    pub banked: PriceLots,
    /// The lots that ended with it: they owe the settlement fee.
    pub expired: Lots,
}

/// Who holds a position: the house bears no haircut (clause 6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// An account.
    Client,
    /// Insurance.
    House,
}

/// What finalised settlements turned into cash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Realised {
    /// To (positive) or from the account, before haircuts. Over all accounts the sum is zero.
    pub gross: SignedAmount,
    /// What the account pays of shortfalls; never more than its gains.
    pub haircut: Amount,
    /// The lots that ended by the final settlement, and its price.
    pub expired: Option<(Lots, Price)>,
}

/// What a position adds to the sums of its series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// max(0, q).
    pub long: Lots,
    /// Carried lots, if long, and if short.
    pub carried: (Lots, Lots),
    /// max(0, banked).
    pub banked: PriceLots,
}

impl Position {
    /// A position that begins now.
    pub fn opened(series: &SeriesClearing) -> Self {
        Self { cycle: series.struck.cycle, ..Self::default() }
    }

    /// True if nothing would be lost with it.
    pub fn is_empty(&self) -> bool {
        let Self { lots, carried, variation, cycle: _, banked, pending, orders } = self;
        lots.is_zero()
            && carried.is_zero()
            && variation.is_zero()
            && *banked == PriceLots::ZERO
            && pending.is_none()
            && orders.is_empty()
    }

    /// What it adds to the sums of its series.
    pub const fn exposure(&self) -> Exposure {
        Exposure {
            long: self.lots.long_part(),
            carried: (self.carried.long_part(), self.carried.short_part()),
            banked: self.banked.gain(),
        }
    }

    /// Gains (positive) and losses that are not cash yet, at `mark`: q (m − S) u + variation + pending, haircuts off.
    pub fn unsettled(&self, mark: Price, settlement: Price, unit: UnitValue) -> Result<SignedAmount, Overflow> {
        let pending = self.pending.as_ref().map_or(SignedAmount::ZERO, |pending| pending.value);
        let open = mark.minus(settlement).times(self.lots).value(unit)?;
        open.checked_add(self.variation)?.checked_add(pending)
    }

    /// Buys or sells `lots` at `price` (clause 4.3). `settlement` is S of the running cycle. Exact.
    pub fn fill(
        &mut self,
        side: Side,
        lots: Lots,
        price: Price,
        (settlement, unit): (Price, UnitValue),
    ) -> Result<(), Overflow> {
        let net = side.net(lots)?;
        let q = self.lots.checked_add(net)?;
        let gained = settlement.minus(price).times(net).value(unit)?;
        let carried = still_carried(self.carried, q);
        let sold = self.carried.checked_sub(carried)?;
        self.variation = self.variation.checked_add(gained)?;
        self.banked = self.banked.checked_add(price.minus(settlement).times(sold))?;
        (self.lots, self.carried) = (q, carried);
        Ok(())
    }

    /// True if [`Self::sync`] would change nothing: no strike and no finalisation of its series came after its last touch.
    pub const fn is_up_to_date(&self, series: &SeriesClearing) -> bool {
        let owed = self.pending.is_some() && self.cycle <= series.finalised.cycle;
        self.cycle >= series.struck.cycle && !owed
    }

    /// Brings it up to date with the strikes and finalisations of its series, and returns what became cash. Any number
    /// of settlements costs the same: at most its own, the next, the last finalised and the last struck are read.
    pub fn sync<S: Settlements>(
        &mut self,
        series: &SeriesClearing,
        (unit, bearer): (UnitValue, Bearer),
        settlements: &S,
    ) -> Result<Realised, S::Error> {
        let (struck, finalised) = (series.struck.cycle, series.finalised.cycle);
        let mut realised = Realised::default();
        if self.cycle <= finalised
            && let Some(pending) = self.pending.take()
        {
            let settlement = settlements.at(self.cycle)?;
            realised.take(&pending, settlement.price, settlement.charges()?.on(pending.carried, pending.banked)?)?;
        }
        if self.cycle < struck {
            if self.pending.is_some() {
                return Err(Overflow("settlement order").into());
            }
            self.settle_next(series, unit, settlements, &mut realised)?;
        }
        if self.cycle < finalised {
            self.settle_through(series, unit, settlements, &mut realised)?;
        }
        if self.cycle < struck {
            let next = settlements.at(struck)?;
            let value = next.change.times(self.lots).value(unit)?;
            self.owe(value, self.carried, PriceLots::ZERO, self.ends(next.last));
            self.begin(struck, next.last);
        }
        if bearer == Bearer::House {
            realised.haircut = Amount::ZERO;
        }
        Ok(realised)
    }

    /// The settlement that ends the cycle of its last touch.
    fn settle_next<S: Settlements>(
        &mut self,
        series: &SeriesClearing,
        unit: UnitValue,
        settlements: &S,
        realised: &mut Realised,
    ) -> Result<(), S::Error> {
        let (cycle, next) = settlements.after(self.cycle)?;
        let value = next.change.times(self.lots).value(unit)?.checked_add(self.variation)?;
        if cycle <= series.finalised.cycle {
            let (carried, banked, expired) = (self.carried, self.banked, self.ends(next.last));
            let haircut = next.charges()?.on(carried, banked)?;
            realised.take(&Pending { value, carried, banked, expired }, next.price, haircut)?;
        } else {
            self.owe(value, self.carried, self.banked, self.ends(next.last));
        }
        self.begin(cycle, next.last);
        Ok(())
    }

    /// All finalised settlements after that, at once: the difference of two indices.
    fn settle_through<S: Settlements>(
        &mut self,
        series: &SeriesClearing,
        unit: UnitValue,
        settlements: &S,
        realised: &mut Realised,
    ) -> Result<(), S::Error> {
        let (struck, finalised) = (series.struck, series.finalised);
        let Some(side) = self.lots.side() else {
            self.begin(finalised.cycle, struck.last && struck.cycle == finalised.cycle);
            return Ok(());
        };
        let from = settlements.at(self.cycle)?;
        let (price, last) = if struck.cycle == finalised.cycle {
            (struck.price, struck.last)
        } else {
            (settlements.at(finalised.cycle)?.price, false)
        };
        let gross = price.minus(from.price).times(self.lots).value(unit)?;
        let index = match side {
            Side::Buy => finalised.long,
            Side::Sell => finalised.short,
        };
        let a_lot = index.checked_sub(from.index(side)?)?.base_units();
        let net = a_lot.checked_mul(i128::from(self.lots.count())).map(SignedAmount::new);
        let haircut = gross.checked_sub(net.ok_or(Overflow("settlement"))?)?.gain();
        let due = Pending { value: gross, expired: self.ends(last), ..Pending::default() };
        realised.take(&due, price, haircut)?;
        self.begin(finalised.cycle, last);
        Ok(())
    }

    /// The lots that end with a settlement.
    const fn ends(&self, last: bool) -> Lots {
        if last { self.lots.size() } else { Lots::ZERO }
    }

    fn owe(&mut self, value: SignedAmount, carried: NetLots, banked: PriceLots, expired: Lots) {
        let pending = Pending { value, carried, banked, expired };
        self.pending = (pending != Pending::default()).then_some(pending);
    }

    /// Goes on in the cycle after a settlement: all lots are carried, or none live on.
    fn begin(&mut self, cycle: u32, last: bool) {
        self.cycle = cycle;
        (self.variation, self.banked) = (SignedAmount::ZERO, PriceLots::ZERO);
        if last {
            (self.lots, self.orders) = (NetLots::ZERO, OpenOrders::default());
        }
        self.carried = self.lots;
    }
}

impl Realised {
    fn take(&mut self, due: &Pending, price: Price, haircut: Amount) -> Result<(), Overflow> {
        self.gross = self.gross.checked_add(due.value)?;
        self.haircut = self.haircut.checked_add(haircut)?;
        if !due.expired.is_zero() {
            self.expired = Some((due.expired, price));
        }
        Ok(())
    }
}

/// The carried lots of a position that now is `q`: not more than it, and none of the other side.
fn still_carried(carried: NetLots, q: NetLots) -> NetLots {
    match (carried.side(), q.side()) {
        (Some(before), Some(now)) if before == now => {
            if q.size() < carried.size() {
                q
            } else {
                carried
            }
        }
        _ => NetLots::ZERO,
    }
}
