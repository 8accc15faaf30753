//! What happened, as the contracts said it: events and answers, in order of time. The report is made of nothing else.

use std::collections::BTreeMap;

use cosmwasm_std::Event;
use tokfut_api::event::TypedEvent;
use tokfut_api::market::{Filled, SeriesListed, Struck};
use tokfut_api::oracle::Fixed;
use tokfut_api::vault::{AccountResponse, BalanceSheet, DeficitRecognised, HouseTook, Liquidated, Posted};
use tokfut_core::calendar::Date;
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::index::{ListPrice, Member};
use tokfut_core::money::SignedAmount;
use tokfut_core::price::Price;
use tokfut_core::time::Time;

use super::cast::Actor;

/// Something that happened at a time.
#[derive(Clone, Debug)]
pub struct At<T> {
    /// When.
    pub at: Time,
    /// What.
    pub what: T,
}

/// The index day by day.
pub type Index = Vec<(Date, Price)>;

/// A sentence of the story.
pub type Moment = At<String>;

/// List prices of a constituent that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceChange {
    /// From when.
    pub date: Date,
    /// Which model.
    pub member: Member,
    /// Fresh input, cached input and output the day before.
    pub before: ListPrice,
    /// The same from then on.
    pub after: ListPrice,
}

impl PriceChange {
    /// In words: `openai gpt-5.6-luna from 1/0.1/6 to 0.2/0.02/1.2`.
    pub fn text(&self) -> String {
        let Self { member, before, after, .. } = self;
        format!("{} {} from {before} to {after}", member.vendor, member.model)
    }
}

/// The books at the end of a day, after its settlement became final and every invariant was checked.
#[derive(Clone, Debug)]
pub struct DayClose {
    /// The day.
    pub date: Date,
    /// When it was taken down.
    pub at: Time,
    /// Every account as if touched, the house as account 0.
    pub accounts: BTreeMap<AccountId, AccountResponse>,
    /// Every pot.
    pub sheet: BalanceSheet,
}

/// Everything that the report is made of.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What the noise was made of.
    pub seed: u64,
    /// The index as computed from the published prices, in price units.
    pub index: Index,
    /// The list prices of its constituents that changed.
    pub changes: Vec<PriceChange>,
    /// Accounts by actor.
    pub accounts: BTreeMap<Actor, AccountId>,
    /// Codes of listed series.
    pub series: BTreeMap<SeriesId, String>,
    /// Final fixings.
    pub fixings: Vec<Fixed>,
    /// Official settlement prices.
    pub strikes: Vec<Struck>,
    /// Trades.
    pub fills: Vec<At<Filled>>,
    /// Money that moved.
    pub postings: Vec<At<Posted>>,
    /// Steps of liquidations.
    pub liquidations: Vec<At<Liquidated>>,
    /// What the house took over.
    pub taken: Vec<At<HouseTook>>,
    /// Deficits.
    pub deficits: Vec<At<DeficitRecognised>>,
    /// Each day's end.
    pub days: Vec<DayClose>,
    /// The story in sentences.
    pub moments: Vec<Moment>,
    /// Every pot when everybody had withdrawn.
    pub wound_down: Option<BalanceSheet>,
    /// Every pot after the treasury had its fees.
    pub last: Option<BalanceSheet>,
    /// Times that every invariant was checked.
    pub checks: u64,
    /// Transactions sent.
    pub transactions: u64,
}

impl Facts {
    /// Takes down what events say.
    pub fn note(&mut self, at: Time, events: &[Event]) {
        for event in events {
            if let Some(what) = Posted::parse(event) {
                self.postings.push(At { at, what });
            } else if let Some(what) = Filled::parse(event) {
                self.fills.push(At { at, what });
            } else if let Some(SeriesListed { series, code, .. }) = SeriesListed::parse(event) {
                self.series.insert(series, code);
            } else if let Some(fixed) = Fixed::parse(event) {
                self.fixings.push(fixed);
            } else if let Some(struck) = Struck::parse(event) {
                self.strikes.push(struck);
            } else if let Some(what) = Liquidated::parse(event) {
                self.liquidations.push(At { at, what });
            } else if let Some(what) = HouseTook::parse(event) {
                self.taken.push(At { at, what });
            } else if let Some(what) = DeficitRecognised::parse(event) {
                self.deficits.push(At { at, what });
            }
        }
    }

    /// The account of an actor; one that nobody has if it has none.
    pub fn account(&self, actor: Actor) -> AccountId {
        self.accounts.get(&actor).copied().unwrap_or(AccountId(u64::MAX))
    }

    /// What an account had paid in, less what it had taken out, by a time.
    pub fn paid_in_until(&self, account: AccountId, time: Time) -> anyhow::Result<SignedAmount> {
        let pot = format!("account:{}", account.0);
        let mut paid = SignedAmount::ZERO;
        for At { what: Posted { kind, from, to, amount }, .. } in
            self.postings.iter().filter(|posting| posting.at <= time)
        {
            if kind == "deposit" && *to == pot {
                paid = paid.credit(*amount)?;
            } else if kind == "withdrawal" && *from == pot {
                paid = paid.debit(*amount)?;
            }
        }
        Ok(paid)
    }

    /// The number of a series; none before its listing.
    pub fn series(&self, code: &str) -> Option<SeriesId> {
        self.series.iter().find(|(_, known)| *known == code).map(|(id, _)| *id)
    }

    /// The computed index of a day; that of the last known day after it.
    pub fn index_on(&self, date: Date) -> Option<Price> {
        self.index.iter().take_while(|(day, _)| *day <= date).last().map(|(_, price)| *price)
    }
}
