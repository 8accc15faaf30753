//! The working set of one message: what it touches is loaded once, changed in memory, and written once.
//!
//! Every position is brought up to date with settlements as it is loaded; every movement of money is a posting, which
//! changes the pots, the cash of its ends and the event log together. [`Ledger::finish`] gives the changes; only saving
//! them writes.

mod changes;
mod fees;
mod shelf;
mod view;

pub use changes::Changes;
pub use fees::TradeFees;
pub use shelf::Shelf;
pub use view::Marks;

use cosmwasm_std::{Env, Storage};
use tokfut_api::event::EventLog;
use tokfut_api::vault::{PositionChanged, Posted};
use tokfut_core::clearing::{Bearer, Exposure, Position, SeriesClearing, Settlement};
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::pots::{Posting, PostingKind, Pot, Pots};
use tokfut_core::price::{Lots, Price, Side};
use tokfut_core::product::Product;
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::{
    ACCOUNTS, Account, CONFIG, Config, DIARIES, Diary, Money, OWNERS, Owner, POSITIONS, POTS, Part, Row, SERIES,
    Stored, product, sheet,
};

/// Positions an account may have (clause 4.10).
pub const MAX_POSITIONS: usize = 32;

/// A record as it was read and as it is now.
#[derive(Clone, Debug)]
struct Entry<T> {
    stored: Option<T>,
    now: T,
}

impl<T: Clone> Entry<T> {
    fn read(value: T) -> Self {
        Self { stored: Some(value.clone()), now: value }
    }
}

/// What a message works on. `storage` is only read.
pub struct Ledger<'a> {
    storage: &'a dyn Storage,
    /// The configuration.
    pub config: Config,
    /// Protocol time.
    pub now: Time,
    /// The block.
    pub height: u64,
    /// What happened.
    pub log: EventLog,
    products: Shelf<ProductId, Product>,
    diaries: Shelf<ProductId, Entry<Diary>>,
    series: Shelf<SeriesId, Entry<SeriesClearing>>,
    settlements: Shelf<(SeriesId, u32), Settlement>,
    /// Owners by their first account.
    owners: Shelf<AccountId, Owner>,
    accounts: Shelf<AccountId, Entry<Account>>,
    positions: Shelf<(AccountId, SeriesId), Entry<Position>>,
    /// Accounts whose positions are all loaded.
    whole: Shelf<AccountId, ()>,
    /// Positions that changed otherwise than by a settlement.
    moved: Shelf<(AccountId, SeriesId), ()>,
    pots: Option<Entry<Pots>>,
}

impl<'a> Ledger<'a> {
    /// An empty working set at this block.
    pub fn open(storage: &'a dyn Storage, env: &Env) -> Result<Self, ContractError> {
        Self::with(storage, env, CONFIG.load(storage)?)
    }

    /// The same, with the configuration loaded before.
    pub fn with(storage: &'a dyn Storage, env: &Env, config: Config) -> Result<Self, ContractError> {
        let now = config.clock.at(env.block.time.seconds())?;
        Ok(Self {
            storage,
            config,
            now,
            height: env.block.height,
            log: EventLog::default(),
            products: Shelf::new(),
            diaries: Shelf::new(),
            series: Shelf::new(),
            settlements: Shelf::new(),
            owners: Shelf::new(),
            accounts: Shelf::new(),
            positions: Shelf::new(),
            whole: Shelf::new(),
            moved: Shelf::new(),
            pots: None,
        })
    }

    /// The storage it reads.
    pub const fn storage(&self) -> &'a dyn Storage {
        self.storage
    }

    /// Takes the terms of a product as they were loaded before.
    pub fn know(&mut self, id: ProductId, product: Product) {
        self.products.insert(id, product);
    }

    /// The terms of a product.
    pub fn product(&mut self, id: ProductId) -> Result<&Product, ContractError> {
        if !self.products.contains(id) {
            self.products.insert(id, product(self.storage, id)?);
        }
        self.products.get(id).ok_or_else(|| Refusal::UnknownProduct(id.0.to_string()).into())
    }

    /// Where a product stands in settlement.
    pub fn diary(&mut self, id: ProductId) -> Result<&mut Diary, ContractError> {
        if !self.diaries.contains(id) {
            let stored = DIARIES.may_load(self.storage, &id)?;
            let now = stored.clone().unwrap_or_default();
            self.diaries.insert(id, Entry { stored, now });
        }
        let unknown = || ContractError::from(Refusal::UnknownProduct(id.0.to_string()));
        self.diaries.get_mut(id).map(|entry| &mut entry.now).ok_or_else(unknown)
    }

    /// A series.
    pub fn series(&mut self, id: SeriesId) -> Result<&mut SeriesClearing, ContractError> {
        let unknown = || ContractError::from(Refusal::UnknownSeries(id.0));
        if !self.series.contains(id) {
            let stored = SERIES.may_load(self.storage, &id)?.ok_or_else(unknown)?;
            self.series.insert(id, Entry::read(stored));
        }
        self.series.get_mut(id).map(|entry| &mut entry.now).ok_or_else(unknown)
    }

    /// A series that begins.
    pub fn list(&mut self, id: SeriesId, series: SeriesClearing) -> Result<(), ContractError> {
        if self.series.contains(id) || SERIES.has(self.storage, &id) {
            return Err(Refusal::DuplicateSeries(id.0).into());
        }
        self.series.insert(id, Entry { stored: None, now: series });
        Ok(())
    }

    /// A settlement that was struck or finalised.
    pub fn settle(&mut self, series: SeriesId, cycle: u32, settlement: Settlement) {
        self.settlements.insert((series, cycle), settlement);
    }

    /// The owner of an account; an error if there is no such account. Nobody owns the house.
    pub fn owner(&mut self, account: AccountId) -> Result<&Owner, ContractError> {
        let unknown = || ContractError::from(Refusal::UnknownAccount(account.0));
        let first = account.first();
        if !self.owners.contains(first) {
            self.owners.insert(first, OWNERS.may_load(self.storage, &first)?.ok_or_else(unknown)?);
        }
        self.owners.get(first).filter(|owner| owner.has(account)).ok_or_else(unknown)
    }

    /// An account.
    pub fn account(&mut self, id: AccountId) -> Result<&mut Account, ContractError> {
        let unknown = || ContractError::from(Refusal::UnknownAccount(id.0));
        if !self.accounts.contains(id) {
            let stored = ACCOUNTS.may_load(self.storage, &(id, Money))?.ok_or_else(unknown)?;
            self.accounts.insert(id, Entry::read(stored));
        }
        self.accounts.get_mut(id).map(|entry| &mut entry.now).ok_or_else(unknown)
    }

    /// An account that begins.
    pub fn open_account(&mut self, id: AccountId) {
        self.accounts.insert(id, Entry { stored: None, now: Account::default() });
    }

    /// The pots.
    pub fn pots(&mut self) -> Result<&mut Pots, ContractError> {
        if self.pots.is_none() {
            self.pots = Some(Entry::read(POTS.load(self.storage)?));
        }
        let missing = || cosmwasm_std::StdError::msg("no pots").into();
        self.pots.as_mut().map(|entry| &mut entry.now).ok_or_else(missing)
    }

    /// Cash of an account; the house's is insurance.
    pub fn cash(&mut self, account: AccountId) -> Result<SignedAmount, ContractError> {
        if account == AccountId::HOUSE { Ok(self.pots()?.insurance) } else { Ok(self.account(account)?.cash) }
    }

    /// Moves money: the pots, the cash of the accounts at its ends, and the log. Nothing moves nothing. No more leaves
    /// than all pots hold: coins that strangers sent pay for nothing.
    pub fn post(&mut self, kind: PostingKind, from: Pot, to: Pot, amount: Amount) -> Result<(), ContractError> {
        if amount.is_zero() || from == to {
            return Ok(());
        }
        let posting = Posting { kind, from, to, amount };
        let there = self.pots()?.total()?;
        self.pots()?.apply(&posting)?;
        if to == Pot::Outside && self.pots()?.total()?.is_negative() {
            return Err(Refusal::MoneyMissing { asked: amount, there }.into());
        }
        if let Pot::Account(account) = from {
            let account = self.account(account)?;
            account.cash = account.cash.debit(amount)?;
        }
        if let Pot::Account(account) = to {
            let account = self.account(account)?;
            account.cash = account.cash.credit(amount)?;
        }
        self.log.push(Posted { kind: kind.code().to_string(), from: from.to_string(), to: to.to_string(), amount });
        Ok(())
    }

    /// Moves a signed amount: `to` gets it if it is positive, else pays it.
    pub fn post_signed(
        &mut self,
        kind: PostingKind,
        (from, to): (Pot, Pot),
        amount: SignedAmount,
    ) -> Result<(), ContractError> {
        self.post(kind, from, to, amount.gain())?;
        self.post(kind, to, from, amount.loss())
    }

    /// The position of an account in a series, up to date; a new one if there is none.
    pub fn position(&mut self, account: AccountId, series: SeriesId) -> Result<&mut Position, ContractError> {
        let key = (account, series);
        if !self.positions.contains(key) {
            if self.accounts.contains(account) {
                let stored =
                    if self.whole.contains(account) { None } else { POSITIONS.may_load(self.storage, &key)? };
                stored.map(|stored| self.take_up(key, stored)).transpose()?;
            } else {
                self.load(account, Part::AccountTo(series))?;
            }
        }
        if !self.positions.contains(key) {
            let now = Position::opened(self.series(series)?);
            self.positions.insert(key, Entry { stored: None, now });
        }
        let unknown = || ContractError::from(Refusal::UnknownSeries(series.0));
        self.positions.get_mut(key).map(|entry| &mut entry.now).ok_or_else(unknown)
    }

    /// All positions of an account, up to date: at most [`MAX_POSITIONS`], for `clear` refuses more; of the house at most
    /// one a living series.
    pub fn load_all(&mut self, account: AccountId) -> Result<(), ContractError> {
        if self.whole.contains(account) {
            return Ok(());
        }
        self.load(account, Part::Whole)?;
        self.whole.insert(account, ());
        Ok(())
    }

    /// The rows of an account's sheet that are not in the set; of a part, the last position alone.
    pub fn load(&mut self, account: AccountId, part: Part) -> Result<(), ContractError> {
        for row in sheet(self.storage, account, part) {
            match row? {
                Row::Owner(owner) => self.owners.insert(account, owner),
                Row::Account(stored) if !self.accounts.contains(account) => {
                    self.accounts.insert(account, Entry::read(stored));
                }
                Row::Position(series, stored) if part.wants(series) && !self.positions.contains((account, series)) => {
                    self.take_up((account, series), stored)?;
                }
                Row::Account(_) | Row::Position(..) => {}
            }
        }
        Ok(())
    }

    /// Takes a stored position into the set, brings it up to date, and posts what became cash.
    fn take_up(&mut self, key: (AccountId, SeriesId), stored: Position) -> Result<(), ContractError> {
        let (account, id) = key;
        if stored.is_up_to_date(self.series(id)?) {
            self.positions.insert(key, Entry::read(stored));
            return Ok(());
        }
        let series = self.series(id)?.clone();
        let unit = self.product(series.product)?.unit_value;
        let bearer = if account == AccountId::HOUSE { Bearer::House } else { Bearer::Client };
        let mut now = stored.clone();
        let settlements = Stored { storage: self.storage, series: id };
        let realised = now.sync(&series, (unit, bearer), &settlements)?;
        self.positions.insert(key, Entry { stored: Some(stored), now });
        let cash = Pot::of(account);
        self.post_signed(PostingKind::Settlement, (Pot::Clearing, cash), realised.gross)?;
        self.post(PostingKind::Haircut, cash, Pot::Haircut, realised.haircut)?;
        if let Some((lots, price)) = realised.expired {
            self.settlement_fee(account, series.product, (lots, price))?;
        }
        Ok(())
    }

    /// `account` trades on this side, `other` against it.
    pub fn trade(
        &mut self,
        id: SeriesId,
        (account, side): (AccountId, Side),
        other: AccountId,
        (lots, price): (Lots, Price),
    ) -> Result<(), ContractError> {
        let (buyer, seller) = match side {
            Side::Buy => (account, other),
            Side::Sell => (other, account),
        };
        // The seller first: open interest never stands above what it was and what it will be.
        self.fill((seller, id), Side::Sell, (lots, price))?;
        self.fill((buyer, id), Side::Buy, (lots, price))
    }

    /// Buys or sells: the position, and the sums of the series.
    fn fill(
        &mut self,
        (account, id): (AccountId, SeriesId),
        side: Side,
        (lots, price): (Lots, Price),
    ) -> Result<(), ContractError> {
        let series = self.series(id)?.struck;
        if series.last {
            return Err(Refusal::SeriesSettled(id.0).into());
        }
        let product = self.series(id)?.product;
        let unit = self.product(product)?.unit_value;
        self.alter(account, id, |position| Ok(position.fill(side, lots, price, (series.price, unit))?))?;
        let height = self.height;
        self.account(account)?.traded_at = height;
        Ok(())
    }

    /// Changes a position, and the sums of its series with it.
    pub fn alter(
        &mut self,
        account: AccountId,
        series: SeriesId,
        change: impl FnOnce(&mut Position) -> Result<(), ContractError>,
    ) -> Result<(), ContractError> {
        let position = self.position(account, series)?;
        let before: Exposure = position.exposure();
        change(position)?;
        let after = position.exposure();
        self.moved.insert((account, series), ());
        Ok(self.series(series)?.shift(before, after)?)
    }

    /// Lets go of all resting orders of an account.
    pub fn void_orders(&mut self, account: AccountId) -> Result<(), ContractError> {
        self.load_all(account)?;
        for ((owner, _), entry) in self.positions.iter_mut() {
            if owner == account {
                entry.now.orders = Default::default();
            }
        }
        Ok(())
    }

    /// Notes every position that moved as it stands now.
    fn note_positions(&mut self) {
        for (key, _) in std::mem::replace(&mut self.moved, Shelf::new()) {
            let Some(Entry { now: position, .. }) = self.positions.get(key) else { continue };
            let (account, series) = key;
            let (lots, variation) = (position.lots, position.variation);
            self.log.push(PositionChanged { account, series, lots, variation });
        }
    }
}
