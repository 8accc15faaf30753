//! The position book: accounts, what they hold, and resting orders, rebuilt from events.
//!
//! Events state what is so after them, so reading one twice does no harm, and a book that was asked of the contracts
//! while blocks went on comes right with the events of those blocks.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::Event;
use serde::{Deserialize, Serialize};
use tokfut_api::event::{TypedEvent, name};
use tokfut_api::market::{Filled, OrderRemoved, OrderResponse, OrderRested, OrdersVoided, SeriesListed, Struck};
use tokfut_api::vault::{AccountOpened, AccountResponse, CycleFinalised, CycleStruck, PositionChanged, Posted};
use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_core::pots::PostingKind;
use tokfut_core::price::{Lots, NetLots};
use tokfut_core::time::Time;
use tokfut_scenario::Failure;

/// A resting order.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Whose.
    pub account: AccountId,
    /// Lots it still has.
    pub lots: Lots,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// True once its owner has let go of all his orders, or the market has told that it is dead: it is still there.
    pub void: bool,
}

/// What is known of a series.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
struct Known {
    code: String,
    /// The cycle of its final settlement, once struck.
    last: Option<u32>,
}

/// What all hold.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Book {
    /// Product codes, in order of their numbers from 1 on.
    products: Vec<String>,
    series: BTreeMap<SeriesId, Known>,
    positions: BTreeMap<AccountId, BTreeMap<SeriesId, NetLots>>,
    #[serde(with = "by_text")]
    orders: BTreeMap<OrderId, Order>,
    /// Who held a series when its final settlement was struck, until that is final.
    ending: BTreeMap<SeriesId, BTreeSet<AccountId>>,
    /// Accounts that held a series to its end, and for which nobody has realised it.
    ended: BTreeSet<AccountId>,
    /// Accounts whose health may be another than when last looked at, whatever the marks.
    #[serde(skip)]
    changed: BTreeSet<AccountId>,
}

impl Book {
    /// An empty one, of these products, in order of their numbers.
    pub fn new(products: Vec<String>) -> Self {
        Self { products, ..Self::default() }
    }

    /// All accounts, the house included once it has held anything.
    pub fn accounts(&self) -> impl Iterator<Item = AccountId> + '_ {
        self.positions.keys().copied()
    }

    /// What an account holds, by series; never zero lots.
    pub fn positions(&self, account: AccountId) -> impl Iterator<Item = (SeriesId, NetLots)> + '_ {
        self.positions.get(&account).into_iter().flatten().map(|(series, lots)| (*series, *lots))
    }

    /// How many positions there are.
    pub fn positions_len(&self) -> usize {
        self.positions.values().map(BTreeMap::len).sum()
    }

    /// The resting orders, dead ones included, in the order of their ids.
    pub fn orders(&self) -> impl Iterator<Item = (OrderId, &Order)> + '_ {
        self.orders.iter().map(|(id, order)| (*id, order))
    }

    /// The code of a series.
    pub fn code(&self, series: SeriesId) -> Option<&str> {
        self.series.get(&series).map(|known| known.code.as_str())
    }

    /// The product that a series is of: the first three letters of its code.
    pub fn product(&self, series: SeriesId) -> Option<&str> {
        self.code(series)?.get(..3)
    }

    /// Accounts that held a series to its end, and for which nobody has realised it: their cash and the pots are not
    /// what they will be once somebody touches them.
    pub fn ended(&self) -> impl Iterator<Item = AccountId> + '_ {
        self.ended.iter().copied()
    }

    /// An account has been brought up to date.
    pub fn touched(&mut self, account: AccountId) {
        self.ended.remove(&account);
    }

    /// Takes out the accounts that events have changed since the last call.
    pub fn take_changed(&mut self) -> BTreeSet<AccountId> {
        core::mem::take(&mut self.changed)
    }

    /// Takes an account as the vault tells it.
    pub fn learn_account(&mut self, account: &AccountResponse) {
        let held = account.positions.iter().filter(|position| !position.lots.is_zero());
        let held = held.map(|position| (position.series, position.lots)).collect();
        self.positions.insert(account.account, held);
        for position in &account.positions {
            self.learn_series(position.series, &position.code);
        }
    }

    /// Takes a series as the market tells it.
    pub fn learn_series(&mut self, series: SeriesId, code: &str) {
        self.series.entry(series).or_insert_with(|| Known { code: code.to_string(), last: None });
    }

    /// Takes an order of the books as the market tells it, and the name of its series, which may be listed no more.
    ///
    /// # Errors
    /// `invalid_answer` if its id is none.
    pub fn learn_resting(&mut self, order: &OrderResponse) -> Result<(), Failure> {
        let id: OrderId = order.id.parse().map_err(|error| Failure::new("invalid_answer", error))?;
        self.learn_series(id.series, &order.series);
        let OrderResponse { account, lots, expires_at, live, .. } = *order;
        self.orders.insert(id, Order { account, lots, expires_at, void: !live });
        Ok(())
    }

    /// Takes what a contract has told. Events that say nothing about the book are passed over.
    pub fn apply(&mut self, event: &Event) {
        match name(event) {
            AccountOpened::NAME => self.take(event, |book, AccountOpened { account, .. }| {
                book.positions.entry(account).or_default();
            }),
            PositionChanged::NAME => self.take(event, Self::position_changed),
            Posted::NAME => self.take(event, |book, Posted { kind, from, to, .. }| {
                let account = |pot: &String| pot.strip_prefix("account:")?.parse().ok().map(AccountId);
                let accounts: Vec<AccountId> = [&from, &to].into_iter().filter_map(account).collect();
                // Due when lots have ended: whoever pays it has been brought up to date.
                if kind == PostingKind::SettlementFee.code() {
                    accounts.iter().for_each(|account| book.touched(*account));
                }
                book.changed.extend(accounts);
            }),
            SeriesListed::NAME => self.take(event, |book, SeriesListed { series, code, .. }| {
                book.learn_series(series, &code);
            }),
            Struck::NAME => self.take(event, |book, Struck { series, cycle, last, .. }| {
                if let Some(known) = book.series.get_mut(&series).filter(|_| last) {
                    known.last = Some(cycle);
                    let holders = book.positions.iter().filter(|(_, held)| held.contains_key(&series));
                    book.ending.insert(series, holders.map(|(account, _)| *account).collect());
                }
            }),
            CycleStruck::NAME => self.take(event, |book, CycleStruck { product, .. }| book.all_changed(product)),
            CycleFinalised::NAME => self.take(event, Self::finalised),
            _ => self.apply_order(event),
        }
    }

    fn apply_order(&mut self, event: &Event) {
        match name(event) {
            OrderRested::NAME => self.take(event, |book, OrderRested { order, account, lots, expires_at, .. }| {
                book.orders.insert(order, Order { account, lots, expires_at, void: false });
            }),
            Filled::NAME => self.take(event, |book, Filled { order, left, .. }| {
                if left.is_zero() {
                    book.orders.remove(&order);
                } else if let Some(resting) = book.orders.get_mut(&order) {
                    resting.lots = left;
                }
            }),
            OrderRemoved::NAME => self.take(event, |book, OrderRemoved { order, .. }| {
                book.orders.remove(&order);
            }),
            OrdersVoided::NAME => self.take(event, |book, OrdersVoided { account, before }| {
                let of_it = book.orders.iter_mut().filter(|(_, order)| order.account == account);
                of_it.filter(|(id, _)| id.sequence < before).for_each(|(_, order)| order.void = true);
            }),
            _ => {}
        }
    }

    fn take<E: TypedEvent>(&mut self, event: &Event, then: impl FnOnce(&mut Self, E)) {
        if let Some(told) = E::parse(event) {
            then(self, told);
        }
    }

    fn position_changed(&mut self, PositionChanged { account, series, lots, .. }: PositionChanged) {
        let held = self.positions.entry(account).or_default();
        if lots.is_zero() {
            held.remove(&series);
        } else {
            held.insert(series, lots);
        }
        self.changed.insert(account);
    }

    /// A settlement of a product concerns all who hold anything in it.
    fn all_changed(&mut self, product: u16) {
        let of_it = self.series_of(product, |_| true);
        let holds = |held: &BTreeMap<SeriesId, NetLots>| held.keys().any(|series| of_it.contains(series));
        let holders: Vec<AccountId> =
            self.positions.iter().filter(|(_, held)| holds(held)).map(|(account, _)| *account).collect();
        self.changed.extend(holders);
    }

    /// Series whose final settlement is final are held no more.
    fn finalised(&mut self, CycleFinalised { product, cycle, .. }: CycleFinalised) {
        self.all_changed(product);
        let ended = self.series_of(product, |known| known.last.is_some_and(|last| last <= cycle));
        if ended.is_empty() {
            return;
        }
        self.positions.values_mut().for_each(|held| held.retain(|series, _| !ended.contains(series)));
        self.ended.extend(ended.iter().filter_map(|series| self.ending.remove(series)).flatten());
    }

    fn series_of(&self, product: u16, which: impl Fn(&Known) -> bool) -> BTreeSet<SeriesId> {
        let index = usize::from(product).checked_sub(1);
        let Some(product) = index.and_then(|index| self.products.get(index)) else { return BTreeSet::new() };
        let of_it = self.series.iter().filter(|(_, known)| known.code.starts_with(product.as_str()) && which(known));
        of_it.map(|(series, _)| *series).collect()
    }
}

/// Orders under their public ids.
mod by_text {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use tokfut_core::id::OrderId;

    use super::Order;

    pub fn serialize<S: Serializer>(orders: &BTreeMap<OrderId, Order>, serializer: S) -> Result<S::Ok, S::Error> {
        let orders: BTreeMap<String, &Order> = orders.iter().map(|(id, order)| (id.to_string(), order)).collect();
        orders.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<OrderId, Order>, D::Error> {
        let orders: BTreeMap<String, Order> = BTreeMap::deserialize(deserializer)?;
        orders.into_iter().map(|(id, order)| Ok((id.parse().map_err(D::Error::custom)?, order))).collect()
    }
}
