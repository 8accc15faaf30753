//! The book: the store is the tree. An ascending range over one side's keys is the order of matching (clause 3.3).

use std::collections::BTreeMap;

use cosmwasm_std::{Order, QuerierWrapper, StdError, StdResult, Storage};
use tokfut_core::book::{RemovalReason, RestingOrder};
use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_core::matching::{Book, Met, Rules};
use tokfut_core::price::{Lots, NetLots, Side};
use tokfut_core::time::Time;
use tokfut_storage::{Key, Record, Table};

use super::Config;
use crate::error::{ContractError, Refusal};
use crate::index;

/// An order's key in storage: the 15 bytes of [`OrderId::key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderKey(pub OrderId);

impl Key for OrderKey {
    fn bytes(&self) -> Vec<u8> {
        self.0.key().to_vec()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        OrderId::from_key(bytes).map(Self)
    }
}

/// An account's entry for one of its orders: by the account's own number (tag 0), or by sequence (tag 1).
pub type OwnKey = (AccountId, (u8, u64));

/// The number of the next order; the first is 1. Never used twice.
pub const SEQUENCE: Record<u64> = Record::new(0x86);
/// All resting orders.
pub const ORDERS: Table<OrderKey, RestingOrder> = Table::new(0x87);
/// The orders of an account, and its client ids.
pub const OWN_ORDERS: Table<OwnKey, OrderId> = Table::new(0x88);
/// Orders of the account with a lower number are void.
pub const VOID_BEFORE: Table<AccountId, u64> = Table::new(0x89);

fn own_key(id: OrderId, order: &RestingOrder) -> OwnKey {
    match order.client_id {
        Some(client_id) => (order.account, (0, client_id)),
        None => (order.account, (1, id.sequence)),
    }
}

/// The number for a new order.
pub fn take_sequence(storage: &mut dyn Storage) -> Result<u64, ContractError> {
    let sequence = next_sequence(storage)?;
    let next = sequence.checked_add(1).ok_or(Refusal::Overflow(tokfut_core::money::Overflow("sequence")))?;
    SEQUENCE.save(storage, &next)?;
    Ok(sequence)
}

fn next_sequence(storage: &dyn Storage) -> StdResult<u64> {
    Ok(SEQUENCE.may_load(storage)?.unwrap_or(1))
}

/// Makes every resting order of the account void, in one write; gives the number below which they are.
pub fn void_all(storage: &mut dyn Storage, account: AccountId) -> StdResult<u64> {
    let before = next_sequence(storage)?;
    VOID_BEFORE.save(storage, &account, &before)?;
    Ok(before)
}

/// Puts an order into the book.
pub fn insert(storage: &mut dyn Storage, id: OrderId, order: &RestingOrder) -> StdResult<()> {
    ORDERS.save(storage, &OrderKey(id), order)?;
    OWN_ORDERS.save(storage, &own_key(id, order), &id)
}

/// Takes an order out of the book.
pub fn remove(storage: &mut dyn Storage, id: OrderId, order: &RestingOrder) {
    ORDERS.remove(storage, &OrderKey(id));
    OWN_ORDERS.remove(storage, &own_key(id, order));
}

/// Leaves an order `left` lots; it keeps its place.
pub fn shrink(storage: &mut dyn Storage, id: OrderId, order: &RestingOrder, left: Lots) -> StdResult<()> {
    ORDERS.save(storage, &OrderKey(id), &RestingOrder { lots: left, ..*order })
}

/// The orders of an account, dead ones too, from after `after` on.
pub fn own_orders<'a>(
    storage: &'a dyn Storage,
    account: AccountId,
    after: Option<(OrderId, &RestingOrder)>,
) -> impl Iterator<Item = StdResult<(OrderId, RestingOrder)>> + 'a {
    let after = after.map(|(id, order)| own_key(id, order));
    OWN_ORDERS.range(storage, &account.bytes(), after.as_ref(), Order::Ascending).map(move |entry| {
        let (_, id) = entry?;
        named(storage, id)
    })
}

/// The order that an entry of its account names.
pub fn named(storage: &dyn Storage, id: OrderId) -> StdResult<(OrderId, RestingOrder)> {
    let order = ORDERS.may_load(storage, &OrderKey(id))?;
    order.map(|order| (id, order)).ok_or_else(|| StdError::msg("corrupt_record: order entry"))
}

/// Why a resting order is dead to everyone, if it is: void, expired, or beyond the day's limits on the side where whoever
/// trades at all would meet it first.
pub fn dead(
    live: &mut Live<'_>,
    (id, order): (OrderId, &RestingOrder),
    rules: &Rules,
) -> StdResult<Option<RemovalReason>> {
    let is_beyond = match id.side {
        Side::Buy => id.price > rules.limits.highest(),
        Side::Sell => id.price < rules.limits.lowest(),
    };
    Ok(if live.is_void(id, order.account)? {
        Some(RemovalReason::Void)
    } else if order.is_expired(rules.now) {
        Some(RemovalReason::Expired)
    } else {
        is_beyond.then_some(RemovalReason::OutsideLimits)
    })
}

/// Tells which orders live, reading each account's void number once.
pub struct Live<'a> {
    storage: &'a dyn Storage,
    void_before: BTreeMap<AccountId, u64>,
}

impl<'a> Live<'a> {
    /// Over this storage.
    pub const fn new(storage: &'a dyn Storage) -> Self {
        Self { storage, void_before: BTreeMap::new() }
    }

    /// True if the account has voided the order.
    pub fn is_void(&mut self, id: OrderId, account: AccountId) -> StdResult<bool> {
        let before = match self.void_before.get(&account) {
            Some(before) => *before,
            None => {
                let before = VOID_BEFORE.may_load(self.storage, &account)?.unwrap_or(0);
                self.void_before.insert(account, before);
                before
            }
        };
        Ok(id.sequence < before)
    }
}

type Orders<'a> = Box<dyn Iterator<Item = StdResult<(OrderKey, RestingOrder)>> + 'a>;

fn of_side(storage: &dyn Storage, series: SeriesId, side: Side) -> Orders<'_> {
    Box::new(ORDERS.range(storage, &OrderId::key_prefix(series, side), None, Order::Ascending))
}

/// One side of one book, read in the order of matching as far as it is asked for.
pub struct BookSide<'a> {
    orders: Orders<'a>,
    live: Live<'a>,
    querier: QuerierWrapper<'a>,
    config: &'a Config,
    series: SeriesId,
}

impl<'a> BookSide<'a> {
    /// The orders of `side`, best first.
    pub fn new(
        storage: &'a dyn Storage,
        querier: QuerierWrapper<'a>,
        config: &'a Config,
        series: SeriesId,
        side: Side,
    ) -> Self {
        Self { orders: of_side(storage, series, side), live: Live::new(storage), querier, config, series }
    }

    /// A side of the same book from its best order on; void numbers known already are not read again.
    pub fn turned(self, side: Side) -> Self {
        Self { orders: of_side(self.live.storage, self.series, side), ..self }
    }

    /// Only the orders that live at `now`, of the first `bound` looked at.
    pub fn live_at(
        mut self,
        now: Time,
        bound: usize,
    ) -> impl Iterator<Item = Result<(OrderId, RestingOrder), ContractError>> + 'a {
        let mut looked_at = 0usize;
        core::iter::from_fn(move || {
            while looked_at < bound {
                looked_at = looked_at.saturating_add(1);
                let met = match self.next() {
                    Ok(met) => met?,
                    Err(error) => return Some(Err(error)),
                };
                match self.is_void(&met) {
                    Ok(false) if !met.order.is_expired(now) => return Some(Ok((met.id, met.order))),
                    Ok(_) => {}
                    Err(error) => return Some(Err(error)),
                }
            }
            None
        })
    }
}

impl BookSide<'_> {
    /// The next order of the side, and why it is dead, if it is.
    pub fn next_checked(&mut self, rules: &Rules) -> Result<Option<(Met, Option<RemovalReason>)>, ContractError> {
        let Some(met) = self.next()? else { return Ok(None) };
        let dead = dead(&mut self.live, (met.id, &met.order), rules)?;
        Ok(Some((met, dead)))
    }
}

impl Book for BookSide<'_> {
    type Error = ContractError;

    fn next(&mut self) -> Result<Option<Met>, ContractError> {
        let Some(entry) = self.orders.next() else { return Ok(None) };
        let (OrderKey(id), order) = entry?;
        Ok(Some(Met { id, order }))
    }

    fn is_void(&mut self, met: &Met) -> Result<bool, ContractError> {
        Ok(self.live.is_void(met.id, met.order.account)?)
    }

    fn net_lots(&mut self, account: AccountId) -> Result<NetLots, ContractError> {
        index::net_lots(&self.querier, self.config, (account, self.series))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;
    use tokfut_core::price::Price;

    fn id(sequence: u64) -> OrderId {
        OrderId { series: SeriesId(1), side: Side::Buy, price: Price::MIN, sequence }
    }

    fn order(account: u64, client_id: Option<u64>) -> RestingOrder {
        RestingOrder {
            account: AccountId(account),
            lots: Lots::new(2),
            placed_at: Time::new(0),
            expires_at: None,
            reduce_only: false,
            client_id,
        }
    }

    #[test]
    fn an_order_takes_two_keys_and_leaves_none_behind() {
        let mut storage = MockStorage::new();
        for client_id in [None, Some(7)] {
            let order = order(9, client_id);
            insert(&mut storage, id(3), &order).unwrap();
            assert_eq!(storage.range(None, None, Order::Ascending).count(), 2);
            remove(&mut storage, id(3), &order);
            assert_eq!(storage.range(None, None, Order::Ascending).count(), 0);
        }
    }

    #[test]
    fn voiding_kills_the_orders_that_are_there_and_no_later_one() {
        let mut storage = MockStorage::new();
        assert_eq!([take_sequence(&mut storage).unwrap(), take_sequence(&mut storage).unwrap()], [1, 2]);
        assert_eq!(void_all(&mut storage, AccountId(9)).unwrap(), 3);
        let third = take_sequence(&mut storage).unwrap();
        let mut live = Live::new(&storage);
        assert!(live.is_void(id(2), AccountId(9)).unwrap());
        assert!(!live.is_void(id(third), AccountId(9)).unwrap());
        assert!(!live.is_void(id(2), AccountId(10)).unwrap());
    }

    #[test]
    fn an_accounts_orders_are_listed_page_by_page() {
        let mut storage = MockStorage::new();
        for (sequence, account, client_id) in [(1, 9, None), (2, 9, Some(5)), (3, 10, None), (4, 9, Some(4))] {
            insert(&mut storage, id(sequence), &order(account, client_id)).unwrap();
        }
        let listed: Vec<_> = own_orders(&storage, AccountId(9), None).map(|entry| entry.unwrap().0.sequence).collect();
        assert_eq!(listed, [4, 2, 1]);
        let after = order(9, Some(4));
        let listed: Vec<_> =
            own_orders(&storage, AccountId(9), Some((id(4), &after))).map(|entry| entry.unwrap().0.sequence).collect();
        assert_eq!(listed, [2, 1]);
    }
}
