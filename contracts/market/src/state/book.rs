//! The book: the store is the tree. An ascending range over one side's keys is the order of matching (clause 3.3).

use std::collections::BTreeMap;

use cosmwasm_std::{Order, QuerierWrapper, StdError, StdResult, Storage};
use tokfut_api::raw;
use tokfut_core::book::{KEY_BYTES, RestingOrder};
use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_core::matching::{Book, Met};
use tokfut_core::price::{Lots, NetLots, Side};
use tokfut_core::time::Time;
use tokfut_storage::{Key, Record, Table};

use super::Config;
use crate::error::{ContractError, Refusal};

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
pub const SEQUENCE: Record<u64> = Record::new(0x89);
/// All resting orders.
pub const ORDERS: Table<OrderKey, RestingOrder> = Table::new(0x8a);
/// The orders of an account, and its client ids.
pub const OWN_ORDERS: Table<OwnKey, [u8; KEY_BYTES]> = Table::new(0x8b);
/// Orders of the account with a lower number are void.
pub const VOID_BEFORE: Table<AccountId, u64> = Table::new(0x8c);

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
    OWN_ORDERS.save(storage, &own_key(id, order), &id.key())
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
        let (_, key) = entry?;
        let corrupt = || StdError::msg("corrupt_record: order entry");
        let id = OrderId::from_key(&key).ok_or_else(corrupt)?;
        let order = ORDERS.may_load(storage, &OrderKey(id))?.ok_or_else(corrupt)?;
        Ok((id, order))
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

/// One side of one book, read in the order of matching as far as it is asked for.
pub struct BookSide<'a> {
    orders: Box<dyn Iterator<Item = StdResult<(OrderKey, RestingOrder)>> + 'a>,
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
        let prefix = OrderId::key_prefix(series, side);
        let orders = Box::new(ORDERS.range(storage, &prefix, None, Order::Ascending));
        Self { orders, live: Live::new(storage), querier, config, series }
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
        let position = raw::read(&self.querier, &self.config.vault, &raw::POSITIONS, &(account, self.series))?;
        Ok(position.map(|position| position.lots).unwrap_or_default())
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
