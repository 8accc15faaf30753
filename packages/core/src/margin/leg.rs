//! The positions and orders of one account in one product, and the margin they need (clause 4.10).

use crate::calendar::{Phase, SeriesCode};
use crate::clearing::{OpenOrders, Position, SeriesClearing};
use crate::id::{ProductId, SeriesId};
use crate::money::{Amount, Overflow, SignedAmount};
use crate::price::{Lots, NetLots, Price, PriceLots, UnitValue};
use crate::product::Product;
use crate::rate::Rate;
use crate::time::{DAY, Time};

/// Parts per million in one percent point.
const POINT: u32 = 10_000;
/// c = 2: no offset.
const NO_OFFSET: u32 = 2_000_000;

/// Position and orders of one account in one series, with what margin is measured by.
#[derive(Clone, Debug, PartialEq)]
pub struct Leg {
    /// The series.
    pub series: SeriesId,
    /// Its code.
    pub code: SeriesCode,
    /// q.
    pub lots: NetLots,
    /// Its resting orders.
    pub orders: OpenOrders,
    /// m.
    pub mark: Price,
    /// Gains (positive) and losses that are not cash yet.
    pub unsettled: SignedAmount,
    /// The rate of initial margin in force.
    pub initial: Rate,
    /// The rate of maintenance margin in force.
    pub maintenance: Rate,
    /// c_s: the spread charge of its phase, for initial margin.
    pub charge: Rate,
    /// The same for maintenance: that of the phase a day ago.
    pub maintenance_charge: Rate,
    /// The settlement fee that is due when its last settlement is realised.
    pub settlement_fee: Amount,
    /// Open interest of the series.
    pub open_interest: Lots,
}

/// All legs of one account in one product.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// The product's number.
    pub id: ProductId,
    /// Its terms.
    pub product: Product,
    /// The legs, by series.
    pub legs: Vec<Leg>,
}

/// One leg as the formula of clause 4.10 sees it.
struct Reach {
    /// Net lots with all its sells filled, and with all its buys filled.
    net: (i128, i128),
    /// R: the charge for one lot.
    a_lot: Amount,
    /// c_s − 1.
    kept: u128,
}

impl Leg {
    /// A position at `mark`, synced with its series.
    pub fn of(
        series: SeriesId,
        (clearing, mark): (&SeriesClearing, Price),
        position: &Position,
        product: &Product,
        now: Time,
    ) -> Result<Self, Overflow> {
        let limit = clearing.limit;
        let points = |points: u32| limit.checked_add(Rate::ppm(points.saturating_mul(POINT)));
        let terms = &product.margin;
        // The doubled limit is that of the listing day, which maintenance follows; that of a locked series it does not:
        // raising it would liquidate people who cannot trade.
        let listing_day = limit >= product.daily_limit.checked_mul(2)?;
        let maintenance = if listing_day { terms.maintenance.max(points(2)?) } else { terms.maintenance };
        let charge = |at| charge(terms.spread_charge, Phase::of(clearing.month, at));
        // Lots that have ended are gone, but not what they owe.
        let expired = position.pending.as_ref().map_or(Lots::ZERO, |pending| pending.expired);
        let ended = product.unit_value.notional(clearing.struck.price, expired)?;
        Ok(Self {
            series,
            code: SeriesCode { product: product.code, month: clearing.month },
            lots: position.lots,
            orders: position.orders.clone(),
            mark,
            unsettled: position.unsettled(mark, clearing.struck.price, product.unit_value)?,
            initial: terms.initial_spec.max(points(5)?),
            maintenance,
            charge: charge(now),
            // Whoever met initial margin at midnight has a day before he is liquidated for the hour.
            maintenance_charge: charge(now.checked_sub(DAY).unwrap_or(now)),
            settlement_fee: product.fees.settlement.of_up(ended)?,
            open_interest: clearing.open_interest,
        })
    }

    /// R: what one lot needs at `rate`, rounded up.
    pub fn a_lot_up(&self, rate: Rate, unit: UnitValue) -> Result<Amount, Overflow> {
        rate.of_up(unit.notional(self.mark, Lots::new(1))?)
    }

    /// |q| m u.
    pub fn notional(&self, unit: UnitValue) -> Result<Amount, Overflow> {
        unit.notional(self.mark, self.lots.size())
    }

    /// Lots that may still be bought, and sold, by its orders; reduce-only ones clamped to what they reduce.
    fn open(&self) -> Result<(Lots, Lots), Overflow> {
        let OpenOrders { buys, sells, .. } = &self.orders;
        let (reducing_buys, reducing_sells) = self.reducing();
        Ok((buys.lots.checked_add(reducing_buys)?, sells.lots.checked_add(reducing_sells)?))
    }

    /// Reduce-only lots that can still reduce: bought, and sold.
    fn reducing(&self) -> (Lots, Lots) {
        let lots = |side: Option<(Lots, Price)>| side.map_or(Lots::ZERO, |(lots, _)| lots);
        let OpenOrders { reducing_buys, reducing_sells, .. } = self.orders;
        (lots(reducing_buys).min(self.lots.short_part()), lots(reducing_sells).min(self.lots.long_part()))
    }

    /// Net lots with all its sells filled, and with all its buys filled.
    fn net(&self) -> Result<(i128, i128), Overflow> {
        let (buys, sells) = self.open()?;
        let q = i128::from(self.lots.count());
        let low = q.checked_sub(i128::from(sells.count())).ok_or(Overflow("margin"))?;
        let high = q.checked_add(i128::from(buys.count())).ok_or(Overflow("margin"))?;
        Ok((low, high))
    }

    fn initial_reach(&self, unit: UnitValue) -> Result<Reach, Overflow> {
        self.reach(self.net()?, (self.initial, self.charge), unit)
    }

    fn maintenance_reach(&self, unit: UnitValue) -> Result<Reach, Overflow> {
        let q = i128::from(self.lots.count());
        self.reach((q, q), (self.maintenance, self.maintenance_charge), unit)
    }

    fn reach(&self, net: (i128, i128), (rate, charge): (Rate, Rate), unit: UnitValue) -> Result<Reach, Overflow> {
        let kept = u128::from(charge.parts().saturating_sub(Rate::ONE.parts()));
        Ok(Reach { net, a_lot: self.a_lot_up(rate, unit)?, kept })
    }

    /// The loss that its orders would make by being filled at the mark of now: u · max(0, Σ n p − b m) for buys,
    /// u · max(0, a m − Σ n p) for sells; reduce-only ones at their worst price. Exact.
    fn built_in_loss(&self, unit: UnitValue) -> Result<Amount, Overflow> {
        let OpenOrders { buys, sells, reducing_buys, reducing_sells } = &self.orders;
        let bought = buys.value.checked_sub(self.mark.times(buys.lots))?;
        let sold = self.mark.times(sells.lots).checked_sub(sells.value)?;
        let (cover, exit) = self.reducing();
        let dear = |worst: &Option<(Lots, Price)>| worst.map_or(PriceLots::ZERO, |(_, p)| p.times(cover));
        let cheap = |worst: &Option<(Lots, Price)>| worst.map_or(PriceLots::ZERO, |(_, p)| p.times(exit));
        let covered = dear(reducing_buys).checked_sub(self.mark.times(cover))?;
        let exited = self.mark.times(exit).checked_sub(cheap(reducing_sells))?;
        let worse = [bought, sold, covered, exited];
        let sum = worse.iter().try_fold(PriceLots::ZERO, |sum, loss| sum.checked_add(loss.gain()))?;
        Ok(sum.value(unit)?.gain())
    }

    /// The add-on for lots above the threshold, with the orders of the worse side filled. Rounded up a lot.
    fn concentration_up(&self, product: &Product) -> Result<Amount, Overflow> {
        let (low, high) = self.net()?;
        let most = low.unsigned_abs().max(high.unsigned_abs());
        let above = most.saturating_sub(u128::from(product.margin.concentration_threshold.count()));
        let a_lot = self.a_lot_up(product.margin.concentration_rate, product.unit_value)?;
        a_lot.base_units().checked_mul(above).map(Amount::new).ok_or(Overflow("margin"))
    }
}

/// c_s: c, half the offset in the averaging month, none in its last days. Rounded up.
fn charge(c: Rate, phase: Phase) -> Rate {
    match phase {
        Phase::General | Phase::Nearby => c,
        Phase::Averaging => Rate::ppm(c.parts().saturating_add(NO_OFFSET).div_ceil(2)),
        Phase::Final => Rate::ppm(NO_OFFSET),
    }
}

impl Reach {
    /// R · max(f(d·low), f(d·high)) in millionths, f(x) = x for x ≥ 0, (1 − c) x for x < 0.
    fn weight(&self, direction: i128) -> Result<u128, Overflow> {
        let out = Overflow("margin");
        let weight = |net: i128| {
            let x = net.checked_mul(direction).ok_or(out)?;
            let share = if x < 0 { self.kept } else { u128::from(Rate::ONE.parts()) };
            x.unsigned_abs().checked_mul(share).ok_or(out)
        };
        let worse = weight(self.net.0)?.max(weight(self.net.1)?);
        self.a_lot.base_units().checked_mul(worse).ok_or(out)
    }
}

/// ⌈ max over d of Σ R · … ⌉: the margin of the worst combination of order fills.
fn worst_up(reaches: &[Reach]) -> Result<Amount, Overflow> {
    let sum = |direction: i128| {
        let add = |sum: u128, reach: &Reach| sum.checked_add(reach.weight(direction)?).ok_or(Overflow("margin"));
        reaches.iter().try_fold(0, add)
    };
    let worst = sum(1)?.max(sum(-1)?);
    Ok(Amount::new(worst.div_ceil(u128::from(Rate::ONE.parts()))))
}

impl Holding {
    /// The leg in a series.
    pub fn leg(&self, series: SeriesId) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.series == series)
    }

    /// IM_P with the add-on for concentration, the loss built into orders, and the settlement fees that are due. Rounded up.
    pub fn initial_up(&self) -> Result<Amount, Overflow> {
        let unit = self.product.unit_value;
        let reaches = self.legs.iter().map(|leg| leg.initial_reach(unit)).collect::<Result<Vec<_>, _>>()?;
        self.legs.iter().try_fold(worst_up(&reaches)?, |sum, leg| {
            let added = leg.built_in_loss(unit)?.checked_add(leg.concentration_up(&self.product)?)?;
            sum.checked_add(added)?.checked_add(leg.settlement_fee)
        })
    }

    /// MM_P: no orders, the maintenance rate. Rounded up.
    pub fn maintenance_up(&self) -> Result<Amount, Overflow> {
        let unit = self.product.unit_value;
        let reaches = self.legs.iter().map(|leg| leg.maintenance_reach(unit)).collect::<Result<Vec<_>, _>>()?;
        worst_up(&reaches)
    }
}
