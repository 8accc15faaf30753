//! What a message changes, and writing it down: the dull step after the decision.

use cosmwasm_std::{Event, StdResult, Storage};
use tokfut_core::clearing::{Position, SeriesClearing, Settlement};
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::pots::Pots;
use tokfut_core::time::Time;

use super::{Entry, Ledger};
use crate::error::ContractError;
use crate::state::{ACCOUNTS, Account, DIARIES, Diary, Money, POSITIONS, POTS, SERIES, SETTLEMENTS};

/// Records that are to be written. None of them is as it was stored.
#[must_use]
#[derive(Debug)]
pub struct Changes {
    accounts: Vec<(AccountId, Account)>,
    /// None: nothing is left of it.
    positions: Vec<((AccountId, SeriesId), Option<Position>)>,
    series: Vec<(SeriesId, SeriesClearing)>,
    diaries: Vec<(ProductId, Diary)>,
    settlements: Vec<((SeriesId, u32), Settlement)>,
    pots: Option<Pots>,
}

/// The entries that are not as they were stored.
fn changed<K, T: PartialEq>(entries: impl IntoIterator<Item = (K, Box<Entry<T>>)>) -> Vec<(K, T)> {
    let differs = |(_, entry): &(K, Box<Entry<T>>)| entry.stored.as_ref() != Some(&entry.now);
    entries.into_iter().filter(differs).map(|(key, entry)| (key, entry.now)).collect()
}

impl Ledger<'_> {
    /// What is to be written, and what happened.
    pub fn finish(mut self) -> Result<(Changes, Vec<Event>), ContractError> {
        self.stop_clocks()?;
        self.note_positions();
        let now = self.now;
        for (_, entry) in self.accounts.iter_mut() {
            note_debit(&mut entry.now, now);
        }
        let kept = |(key, entry): (_, Box<Entry<Position>>)| match (entry.stored, entry.now) {
            (None, now) if now.is_empty() => None,
            (Some(_), now) if now.is_empty() => Some((key, None)),
            (stored, now) => (stored.as_ref() != Some(&now)).then_some((key, Some(now))),
        };
        let changes = Changes {
            accounts: changed(self.accounts),
            positions: self.positions.into_iter().filter_map(kept).collect(),
            series: changed(self.series),
            diaries: changed(self.diaries),
            settlements: self.settlements.into_iter().map(|(key, settlement)| (key, *settlement)).collect(),
            pots: self.pots.filter(|pots| pots.stored.as_ref() != Some(&pots.now)).map(|pots| pots.now),
        };
        Ok((changes, self.log.into_events()))
    }
}

impl Ledger<'_> {
    /// A liquidation is over as soon as E ≥ MM, whatever brought that about (clause 6.2). The house's clock only paces it.
    fn stop_clocks(&mut self) -> Result<(), ContractError> {
        let runs = |(id, entry): (AccountId, &Entry<Account>)| {
            (entry.now.liquidation.is_some() && id != AccountId::HOUSE).then_some(id)
        };
        let running: Vec<AccountId> = self.accounts.iter().filter_map(runs).collect();
        for account in running {
            if self.portfolio(account)?.health()?.meets_maintenance() {
                self.account(account)?.liquidation = None;
            }
        }
        Ok(())
    }
}

/// Since when cash has been below zero (clause 6.1).
fn note_debit(account: &mut Account, now: Time) {
    if account.cash.is_negative() {
        account.debit_since.get_or_insert(now);
    } else {
        account.debit_since = None;
    }
}

impl Changes {
    /// Writes them.
    pub fn save(self, storage: &mut dyn Storage) -> StdResult<()> {
        let Self { accounts, positions, series, diaries, settlements, pots } = self;
        for (key, account) in &accounts {
            ACCOUNTS.save(storage, &(*key, Money), account)?;
        }
        for (key, position) in &positions {
            match position {
                Some(position) => POSITIONS.save(storage, key, position)?,
                None => POSITIONS.remove(storage, key),
            }
        }
        for (key, series) in &series {
            SERIES.save(storage, key, series)?;
        }
        for (key, diary) in &diaries {
            DIARIES.save(storage, key, diary)?;
        }
        for (key, settlement) in &settlements {
            SETTLEMENTS.save(storage, key, settlement)?;
        }
        match pots {
            Some(pots) => POTS.save(storage, &pots),
            None => Ok(()),
        }
    }
}
