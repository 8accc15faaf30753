//! The naive ledger, and what must hold after every message (clause 9).

use cosmwasm_std::Order;
use tokfut_api::event::TypedEvent;
use tokfut_api::vault::{HouseTook, Posted};
use tokfut_core::clearing::Position;
use tokfut_core::price::UnitValue;
use tokfut_storage::{Key, decode};

use super::market::Held;
use super::*;
use crate::ledger::Ledger;
use crate::state::{ACCOUNTS, Account, DIARIES, Money, POTS, SERIES, SETTLEMENTS};

/// What happened, counted without settlements: money that came and went, lots, and what they were bought for.
#[derive(Clone, Debug, Default)]
pub struct Naive {
    /// Every pot by its postings (I15).
    pots: BTreeMap<String, i128>,
    /// Postings of an account but for those that gains and losses explain; proceeds of what ended.
    flows: BTreeMap<AccountId, i128>,
    pub lots: Held,
    /// Σ lots × price × u bought, less sold.
    cost: BTreeMap<AccountId, i128>,
    /// First reference prices.
    reference: BTreeMap<SeriesId, u32>,
}

/// u of both products.
const UNIT: i128 = 100_000;

fn signed(side: Side, lots: u64) -> i128 {
    match side {
        Side::Buy => i128::from(lots),
        Side::Sell => -i128::from(lots),
    }
}

fn account_of(pot: &str) -> Option<AccountId> {
    if pot == "insurance" {
        return Some(AccountId::HOUSE);
    }
    pot.strip_prefix("account:").map(|id| AccountId(id.parse().unwrap()))
}

impl Naive {
    pub fn list(&mut self, series: SeriesId, reference: u32) {
        self.reference.insert(series, reference);
    }

    fn trade(&mut self, account: AccountId, series: SeriesId, lots: i128, price: u32) {
        *self.lots.entry((account, series)).or_default() += lots;
        *self.cost.entry(account).or_default() += lots * i128::from(price) * UNIT;
    }

    /// Takes in a message that was executed, and what it said of itself.
    pub fn take(&mut self, message: &ExecuteMsg, events: &[Event]) {
        if let ExecuteMsg::Clear(clearing) = message {
            for fill in &clearing.fills {
                let lots = signed(fill.side, fill.lots.count());
                self.trade(clearing.account, fill.series, lots, fill.price.units());
                self.trade(fill.maker, fill.series, -lots, fill.price.units());
            }
        }
        for took in events.iter().filter_map(HouseTook::parse) {
            let lots = i128::from(took.lots.count());
            self.trade(AccountId::HOUSE, took.series, lots, took.price.units());
            self.trade(took.account, took.series, -lots, took.price.units());
        }
        if let ExecuteMsg::Strike { prices, .. } = message {
            for struck in prices.iter().filter(|struck| struck.last) {
                self.end(struck.series, struck.price.units());
            }
        }
        for posted in events.iter().filter_map(Posted::parse) {
            self.post(&posted);
        }
    }

    fn end(&mut self, series: SeriesId, price: u32) {
        for ((account, id), lots) in &mut self.lots {
            if *id == series {
                *self.flows.entry(*account).or_default() += *lots * i128::from(price) * UNIT;
                *lots = 0;
            }
        }
    }

    fn post(&mut self, posted: &Posted) {
        let amount = posted.amount.base_units() as i128;
        assert!(amount > 0 && posted.from != posted.to, "{posted:?}");
        *self.pots.entry(posted.from.clone()).or_default() -= amount;
        *self.pots.entry(posted.to.clone()).or_default() += amount;
        if ["settlement", "take_over", "advance"].contains(&posted.kind.as_str()) {
            return;
        }
        for (pot, amount) in [(&posted.from, -amount), (&posted.to, amount)] {
            if let Some(account) = account_of(pot) {
                *self.flows.entry(account).or_default() += amount;
            }
        }
    }

    pub fn pot(&self, pot: &str) -> i128 {
        self.pots.get(pot).copied().unwrap_or(0)
    }

    /// E at these marks.
    fn equity(&self, account: AccountId, marks: &BTreeMap<SeriesId, u32>) -> i128 {
        let held = self.lots.range((account, SeriesId(0))..=(account, SeriesId(u16::MAX)));
        let value: i128 = held.map(|((_, series), lots)| lots * i128::from(marks[series]) * UNIT).sum();
        let get = |map: &BTreeMap<AccountId, i128>| map.get(&account).copied().unwrap_or(0);
        get(&self.flows) + value - get(&self.cost)
    }
}

impl World {
    /// All accounts as stored.
    fn accounts(&self) -> Vec<(AccountId, Account)> {
        let rows = tokfut_storage::rows(&self.storage, &[ACCOUNTS.namespace()], None);
        let own = |key: Vec<u8>| <(AccountId, Money)>::parse(&key[1..]).map(|(id, _)| id);
        rows.filter_map(|(key, value)| Some((own(key)?, decode(&value).unwrap()))).collect()
    }

    pub fn account_ids(&self) -> Vec<AccountId> {
        self.accounts().into_iter().map(|(id, _)| id).collect()
    }

    /// Panics where an invariant does not hold.
    pub fn check(&mut self) {
        let accounts: Vec<AccountResponse> = self.account_ids().into_iter().map(|id| self.account(id)).collect();
        self.pots_are_their_postings();
        self.series_add_up(&accounts);
        self.clearing_is_what_positions_hold();
        if self.is_honest {
            self.open_lots_are_the_books(&accounts);
        }
        let rows = SERIES.range(&self.storage, &[], None, Order::Ascending).map(Result::unwrap);
        let marks: BTreeMap<SeriesId, u32> = rows.map(|(id, series)| (id, series.mark.price.units())).collect();
        for account in &accounts {
            let id = account.account;
            let naive = self.naive.equity(id, &marks) - self.fees_to_come(id);
            assert_eq!(account.equity.base_units(), naive, "E of account {}", id.0);
        }
    }

    /// The settlement fees that a touch would take.
    fn fees_to_come(&mut self, account: AccountId) -> i128 {
        let events = self.run(|deps, env| {
            let mut ledger = Ledger::open(&*deps.storage, &env).unwrap();
            ledger.load_all(account).unwrap();
            ledger.finish().unwrap().1
        });
        let posted = events.iter().filter_map(Posted::parse).filter(|posted| posted.kind == "settlement_fee");
        posted.map(|posted| posted.amount.base_units() as i128).sum()
    }

    /// I1 and I15.
    fn pots_are_their_postings(&self) {
        let pots = POTS.load(&self.storage).unwrap();
        let bank = self.bank.get("vault").copied().unwrap_or(0) as i128;
        assert_eq!(pots.total().unwrap().base_units(), bank, "I1");
        let mut cash = 0;
        for (id, account) in self.accounts() {
            assert_eq!(account.cash.base_units(), self.naive.pot(&format!("account:{}", id.0)), "I15 account {}", id.0);
            assert_eq!(account.debit_since.is_some(), account.cash.is_negative(), "6.1 account {}", id.0);
            cash += account.cash.base_units();
        }
        let by_posting = ["clearing", "insurance", "treasury", "haircut", "shortfall"].map(|pot| self.naive.pot(pot));
        let stored = [pots.clearing, pots.insurance, pots.treasury, pots.haircut, pots.shortfall];
        assert_eq!((stored.map(|pot| pot.base_units()), pots.accounts.base_units()), (by_posting, cash), "I15");
        let diaries = DIARIES.range(&self.storage, &[], None, Order::Ascending);
        let missing: u128 = diaries.map(|row| row.unwrap().1.shortfall.base_units()).sum();
        assert_eq!(pots.shortfall.base_units(), -(missing as i128), "6.6: a shortfall stands until it is paid");
        assert!(!pots.treasury.is_negative());
    }

    /// I2, I10 and what is carried, as if touched.
    fn series_add_up(&self, accounts: &[AccountResponse]) {
        for row in SERIES.range(&self.storage, &[], None, Order::Ascending) {
            let (id, series) = row.unwrap();
            let positions = || accounts.iter().flat_map(|account| &account.positions).filter(|p| p.series == id);
            assert_eq!(positions().map(|p| p.lots.count()).sum::<i64>(), 0, "I2");
            let longs: u64 = positions().map(|p| p.lots.long_part().count()).sum();
            assert_eq!(series.open_interest.count(), longs, "I10");
            let carried =
                |of: fn(&tokfut_core::price::NetLots) -> u64| positions().map(|p| of(&p.carried)).sum::<u64>();
            let sides = (carried(|lots| lots.long_part().count()), carried(|lots| lots.short_part().count()));
            assert_eq!((series.carried.0.count(), series.carried.1.count()), sides, "4.6");
        }
    }

    /// I3, from the records as they lie.
    fn clearing_is_what_positions_hold(&self) {
        let unit = UnitValue::new(100_000).unwrap();
        let held = |((_, id), position): ((AccountId, SeriesId), Position)| {
            let then = SETTLEMENTS.may_load(&self.storage, &(id, position.cycle)).unwrap();
            let then = then.map_or_else(|| price(self.naive.reference[&id]), |settlement| settlement.price);
            let now = SERIES.may_load(&self.storage, &id).unwrap().unwrap().struck.price;
            position.unsettled(now, then, unit).unwrap().base_units()
        };
        let sum: i128 = positions(&self.storage).unwrap().into_iter().map(held).sum();
        assert_eq!(POTS.load(&self.storage).unwrap().clearing.base_units(), sum, "I3");
    }

    /// I4.
    fn open_lots_are_the_books(&self, accounts: &[AccountResponse]) {
        let mut books: BTreeMap<(AccountId, SeriesId), [u64; 4]> = BTreeMap::new();
        for order in &self.market.orders {
            let which = match (order.side, order.reduce_only) {
                (Side::Buy, false) => 0,
                (Side::Sell, false) => 1,
                (Side::Buy, true) => 2,
                (Side::Sell, true) => 3,
            };
            books.entry((order.account, order.series)).or_default()[which] += order.lots;
        }
        let mut open = BTreeMap::new();
        for account in accounts {
            for p in &account.positions {
                let lots = [p.open_buys, p.open_sells, p.reducing_buys, p.reducing_sells].map(|lots| lots.count());
                if lots != [0; 4] {
                    open.insert((account.account, p.series), lots);
                }
            }
        }
        assert_eq!(open, books, "I4");
    }
}
