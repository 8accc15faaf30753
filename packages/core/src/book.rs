//! A resting order and where it stands in its book (clauses 3.2, 3.3, 3.5).

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrderId, SeriesId};
use crate::price::{Lots, Price, Side};
use crate::time::Time;

/// The bytes of an order's key.
pub const KEY_BYTES: usize = 15;

impl OrderId {
    /// Its key: series, side, price (inverted for bids), sequence, all big-endian. Ascending keys of one side of one
    /// series are the order of matching: the best price first, at one price the earlier first.
    pub fn key(self) -> [u8; KEY_BYTES] {
        let [s0, s1] = self.series.0.to_be_bytes();
        let [p0, p1, p2, p3] = ranked(self.side, self.price.units()).to_be_bytes();
        let [q0, q1, q2, q3, q4, q5, q6, q7] = self.sequence.to_be_bytes();
        [s0, s1, side_byte(self.side), p0, p1, p2, p3, q0, q1, q2, q3, q4, q5, q6, q7]
    }

    /// The order of this key; none if the bytes are no key.
    pub fn from_key(key: &[u8]) -> Option<Self> {
        let key: [u8; KEY_BYTES] = key.try_into().ok()?;
        let [s0, s1, side, p0, p1, p2, p3, q0, q1, q2, q3, q4, q5, q6, q7] = key;
        let side = match side {
            0 => Side::Buy,
            1 => Side::Sell,
            _ => return None,
        };
        Some(Self {
            series: SeriesId(u16::from_be_bytes([s0, s1])),
            side,
            price: Price::new(ranked(side, u32::from_be_bytes([p0, p1, p2, p3]))).ok()?,
            sequence: u64::from_be_bytes([q0, q1, q2, q3, q4, q5, q6, q7]),
        })
    }

    /// What the keys of all orders of one side of one series begin with.
    pub fn key_prefix(series: SeriesId, side: Side) -> [u8; 3] {
        let [s0, s1] = series.0.to_be_bytes();
        [s0, s1, side_byte(side)]
    }
}

const fn side_byte(side: Side) -> u8 {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

/// The price, for bids counted down from the top: its own inverse.
const fn ranked(side: Side, units: u32) -> u32 {
    match side {
        Side::Buy => u32::MAX.saturating_sub(units),
        Side::Sell => units,
    }
}

/// What is stored of a resting order; side, price and sequence are in its key. 11 to 30 bytes at rest.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestingOrder {
    /// Whose it is.
    pub account: AccountId,
    /// Lots still open, at least 1.
    pub lots: Lots,
    /// When it came to rest.
    pub placed_at: Time,
    /// From when it is dead; none until cancelled.
    pub expires_at: Option<Time>,
    /// True if it only ever reduces its account's position.
    pub reduce_only: bool,
    /// The account's own number for it.
    pub client_id: Option<u64>,
}

impl RestingOrder {
    /// True from its expiry on.
    pub fn is_expired(&self, now: Time) -> bool {
        self.expires_at.is_some_and(|expiry| now >= expiry)
    }
}

/// Why a resting order left the book without a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalReason {
    /// Its account asked for it.
    Cancelled,
    /// Its time had come.
    Expired,
    /// Its account had cancelled everything, or was closed out.
    Void,
    /// An order of the same owner met it.
    SelfTrade,
    /// It would have reduced nothing any more.
    ReduceOnly,
    /// Its price lies outside the day's limits.
    OutsideLimits,
    /// Its series trades no more.
    Closed,
}

impl RemovalReason {
    /// The stable word for it in events.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Void => "void",
            Self::SelfTrade => "self_trade",
            Self::ReduceOnly => "reduce_only",
            Self::OutsideLimits => "outside_limits",
            Self::Closed => "closed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(series: u16, side: Side, price: u32, sequence: u64) -> OrderId {
        OrderId { series: SeriesId(series), side, price: Price::new(price).unwrap(), sequence }
    }

    #[test]
    fn ascending_keys_are_the_order_of_matching() {
        let asks =
            [id(3, Side::Sell, 1, 9), id(3, Side::Sell, 1, 10), id(3, Side::Sell, 2, 1), id(4, Side::Sell, 1, 0)];
        let bids = [
            id(3, Side::Buy, 1_000_000_000, 9),
            id(3, Side::Buy, 2, 1),
            id(3, Side::Buy, 2, 2),
            id(3, Side::Buy, 1, 0),
        ];
        for orders in [asks, bids] {
            assert!(orders.is_sorted_by(|a, b| a.key() < b.key()), "{orders:?}");
        }
        assert_eq!(id(3, Side::Buy, 1, 0).key()[..3], OrderId::key_prefix(SeriesId(3), Side::Buy));
    }

    #[test]
    fn bytes_that_are_no_key_name_no_order() {
        assert_eq!(OrderId::from_key(&[0; 14]), None);
        let mut key = id(1, Side::Sell, 5, 5).key();
        key[2] = 2;
        assert_eq!(OrderId::from_key(&key), None);
        assert_eq!(OrderId::from_key(&[0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }

    proptest! {
        #[test]
        fn a_key_is_its_order(series: u16, buy: bool, price in 1u32..=1_000_000_000, sequence: u64) {
            let order = id(series, if buy { Side::Buy } else { Side::Sell }, price, sequence);
            prop_assert_eq!(OrderId::from_key(&order.key()), Some(order));
        }
    }
}
