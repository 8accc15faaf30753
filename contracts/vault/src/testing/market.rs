//! A stand-in for the market: one list of resting orders, matched by price and time, and the clearings they make.

use std::collections::BTreeMap;

use tokfut_api::clearing::{BookChange, ClearedFill, Clearing, CloseOrder, MarkChange, Purpose, RestChange};
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::price::{Lots, Price, Side};

/// An order at rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resting {
    pub account: AccountId,
    pub series: SeriesId,
    pub side: Side,
    pub price: Price,
    pub lots: u64,
    pub reduce_only: bool,
}

impl Resting {
    /// As the vault is told of it.
    pub fn change(&self, change: RestChange) -> BookChange {
        let Self { account, series, side, price, lots, reduce_only } = *self;
        BookChange { account, series, side, price, lots: Lots::new(lots), reduce_only, change }
    }
}

/// Net lots by account and series.
pub type Held = BTreeMap<(AccountId, SeriesId), i128>;

/// The books of all series.
#[derive(Clone, Debug, Default)]
pub struct Market {
    pub orders: Vec<Resting>,
}

/// What the market says when it is asked to close out.
#[derive(Clone, Debug)]
pub enum Answer {
    /// What its book gives.
    Honest,
    /// Nothing at all: no call back.
    Silence,
    /// Whatever this is.
    Lie(Clearing),
}

/// A clearing of this purpose in which nothing happened.
pub fn empty(purpose: Purpose, account: AccountId, product: ProductId) -> Clearing {
    Clearing { purpose, account, product, marks: vec![], fills: vec![], book: vec![], voids_orders: false }
}

/// One fill, as the market reports it.
pub fn fill(series: SeriesId, side: Side, maker: AccountId, lots: u64, price: u32) -> ClearedFill {
    let (price, lots) = (Price::new(price).unwrap(), Lots::new(lots));
    ClearedFill { series, side, maker, maker_reduce_only: false, price, lots }
}

/// A mark.
pub fn mark(series: SeriesId, price: u32) -> MarkChange {
    MarkChange { series, price: Price::new(price).unwrap() }
}

impl Market {
    pub fn void(&mut self, account: AccountId) {
        self.orders.retain(|order| order.account != account);
    }

    /// The index of the best order that `taker` may meet.
    fn best(&self, taker: &Resting) -> Option<usize> {
        let better = |one: &Resting, other: &Resting| match taker.side {
            Side::Buy => one.price < other.price,
            Side::Sell => one.price > other.price,
        };
        let mut best: Option<usize> = None;
        for (index, order) in self.orders.iter().enumerate() {
            let meets = order.series == taker.series
                && order.side != taker.side
                && taker.side.accepts(taker.price, order.price);
            if meets && best.is_none_or(|found| better(order, &self.orders[found])) {
                best = Some(index);
            }
        }
        best
    }

    /// Matches as much as it can; orders of the same owner leave, and reduce-only ones that reduce nothing. `lots` is
    /// what is left of the taker.
    pub fn take(&mut self, taker: &mut Resting, clearing: &mut Clearing, held: &Held) {
        let mut held = held.clone();
        while taker.lots > 0 {
            let Some(index) = self.best(taker) else { break };
            let mut maker = self.orders[index];
            let position = held.entry((maker.account, maker.series)).or_default();
            let room = match maker.side {
                Side::Buy => -*position,
                Side::Sell => *position,
            };
            let room = if maker.reduce_only { room.max(0) as u64 } else { u64::MAX };
            if maker.account.owner() == taker.account.owner() || room == 0 {
                clearing.book.push(maker.change(RestChange::Removed));
                self.orders.remove(index);
                continue;
            }
            let lots = taker.lots.min(maker.lots).min(room);
            *position += if maker.side == Side::Buy { i128::from(lots) } else { -i128::from(lots) };
            let (side, price) = (taker.side, maker.price.units());
            let fill = fill(taker.series, side, maker.account, lots, price);
            clearing.fills.push(ClearedFill { maker_reduce_only: maker.reduce_only, ..fill });
            taker.lots -= lots;
            maker.lots -= lots;
            if maker.lots == 0 {
                self.orders.remove(index);
            } else {
                self.orders[index] = maker;
            }
        }
    }

    /// Works a close-out, as the market does.
    pub fn close(
        &mut self,
        account: AccountId,
        (orders, void): (&[CloseOrder], bool),
        product: ProductId,
        held: &Held,
    ) -> Clearing {
        let mut clearing = empty(Purpose::Close {}, account, product);
        clearing.voids_orders = void;
        if void {
            self.void(account);
        }
        for CloseOrder { series, side, lots, worst, discount: _ } in orders.iter().cloned() {
            let mut taker = Resting { account, series, side, price: worst, lots: lots.count(), reduce_only: true };
            self.take(&mut taker, &mut clearing, held);
        }
        clearing
    }
}
