//! Resting orders of one account in one series, as sums: all that margin needs of them (clause 4.10).

use serde::{Deserialize, Serialize};

use crate::money::Overflow;
use crate::price::{Lots, Price, PriceLots, Side};

/// The resting orders of one account in one series, as sums.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenOrders {
    /// Ordinary orders to buy.
    pub buys: OpenSide,
    /// Ordinary orders to sell.
    pub sells: OpenSide,
    /// Reduce-only orders to buy: lots, and the highest price there has been since there were none.
    pub reducing_buys: Option<(Lots, Price)>,
    /// Reduce-only orders to sell: lots, and the lowest price there has been since there were none.
    pub reducing_sells: Option<(Lots, Price)>,
}

/// Σ n and Σ n·p of the orders of one side.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenSide {
    /// Σ n.
    pub lots: Lots,
    /// Σ n·p.
    pub value: PriceLots,
}

impl OpenOrders {
    /// True without any order.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// An ordinary order of `lots` at `price` came to rest.
    pub fn rest(&mut self, side: Side, lots: Lots, price: Price) -> Result<(), Overflow> {
        let open = self.ordinary(side);
        open.lots = open.lots.checked_add(lots)?;
        open.value = open.value.checked_add(price.times(lots))?;
        Ok(())
    }

    /// `lots` of ordinary orders at `price` left, by a trade or without; an error if there were not so many.
    pub fn leave(&mut self, side: Side, lots: Lots, price: Price) -> Result<(), Overflow> {
        let open = self.ordinary(side);
        open.lots = open.lots.checked_sub(lots)?;
        open.value = open.value.checked_sub(price.times(lots))?;
        if open.value < PriceLots::ZERO || (open.lots.is_zero() && open.value != PriceLots::ZERO) {
            return Err(Overflow("open orders"));
        }
        Ok(())
    }

    /// A reduce-only order of `lots` at `price` came to rest. The worst price stays until none are left.
    pub fn rest_reducing(&mut self, side: Side, lots: Lots, price: Price) -> Result<(), Overflow> {
        let open = self.reducing(side);
        *open = Some(match *open {
            None => (lots, price),
            Some((sum, worst)) => {
                let worst = match side {
                    Side::Buy => worst.max(price),
                    Side::Sell => worst.min(price),
                };
                (sum.checked_add(lots)?, worst)
            }
        });
        Ok(())
    }

    /// `lots` of reduce-only orders left, by a trade or without; an error if there were not so many.
    pub fn leave_reducing(&mut self, side: Side, lots: Lots) -> Result<(), Overflow> {
        let open = self.reducing(side);
        let (sum, worst) = open.ok_or(Overflow("open orders"))?;
        let left = sum.checked_sub(lots)?;
        *open = (!left.is_zero()).then_some((left, worst));
        Ok(())
    }

    const fn ordinary(&mut self, side: Side) -> &mut OpenSide {
        match side {
            Side::Buy => &mut self.buys,
            Side::Sell => &mut self.sells,
        }
    }

    const fn reducing(&mut self, side: Side) -> &mut Option<(Lots, Price)> {
        match side {
            Side::Buy => &mut self.reducing_buys,
            Side::Sell => &mut self.reducing_sells,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(units: u32) -> Price {
        Price::new(units).unwrap()
    }

    #[test]
    fn what_rested_and_left_leaves_nothing() {
        let mut orders = OpenOrders::default();
        for (side, lots, units) in [(Side::Buy, 3, 100), (Side::Buy, 2, 90), (Side::Sell, 7, 120)] {
            orders.rest(side, Lots::new(lots), price(units)).unwrap();
        }
        assert_eq!(orders.buys, OpenSide { lots: Lots::new(5), value: PriceLots::new(480) });
        assert_eq!(orders.sells, OpenSide { lots: Lots::new(7), value: PriceLots::new(840) });
        assert!(orders.leave(Side::Buy, Lots::new(6), price(1)).is_err());
        for (side, lots, units) in [(Side::Sell, 7, 120), (Side::Buy, 2, 90), (Side::Buy, 3, 100)] {
            orders.leave(side, Lots::new(lots), price(units)).unwrap();
        }
        assert!(orders.is_empty());
    }

    #[test]
    fn the_last_lots_take_the_last_of_the_value_with_them() {
        let mut orders = OpenOrders::default();
        orders.rest(Side::Buy, Lots::new(2), price(100)).unwrap();
        assert_eq!(orders.clone().leave(Side::Buy, Lots::new(2), price(99)), Err(Overflow("open orders")));
        assert_eq!(orders.leave(Side::Buy, Lots::new(1), price(201)), Err(Overflow("open orders")));
    }

    #[test]
    fn the_worst_reduce_only_price_stays_until_none_are_left() {
        let mut orders = OpenOrders::default();
        for units in [100, 90, 95] {
            orders.rest_reducing(Side::Sell, Lots::new(2), price(units)).unwrap();
            orders.rest_reducing(Side::Buy, Lots::new(2), price(units)).unwrap();
        }
        assert_eq!(orders.reducing_sells, Some((Lots::new(6), price(90))));
        assert_eq!(orders.reducing_buys, Some((Lots::new(6), price(100))));
        orders.leave_reducing(Side::Sell, Lots::new(5)).unwrap();
        assert_eq!(orders.reducing_sells, Some((Lots::new(1), price(90))));
        orders.leave_reducing(Side::Sell, Lots::new(1)).unwrap();
        assert_eq!(orders.reducing_sells, None);
        assert!(orders.leave_reducing(Side::Sell, Lots::new(1)).is_err());
    }
}
