//! Accounts, their owners and delegates (clause 4.1).
//!
//! What is known of an account stands side by side, its *sheet*: the owner, in the sheet of his first account; the
//! account; its positions. Most messages need all of it, and read it in one scan.

use cosmwasm_std::{Addr, StdResult, Storage};
use serde::{Deserialize, Serialize};
use tokfut_api::raw::POSITIONS;
use tokfut_core::clearing::Position;
use tokfut_core::id::{AccountId, OwnerId, ProductId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::time::Time;
use tokfut_storage::{Key, Record, Table, decode, rows};

/// An account: its money and its clocks. Its positions are [`crate::state::POSITIONS`]. About 10 bytes at rest.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Cash; negative is owed. That of the house is in the pot of insurance, here it is zero.
    pub cash: SignedAmount,
    /// The block in which it last traded, as taker or maker.
    pub traded_at: u64,
    /// Since when cash has been below zero.
    pub debit_since: Option<Time>,
    /// The liquidation that goes on, if one does.
    pub liquidation: Option<Liquidation>,
}

/// The clock of a liquidation (clause 6.2), and what one block has done of it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Liquidation {
    /// When it began.
    pub since: Time,
    /// When it was last called.
    pub last: Time,
    /// The block of the last call.
    pub height: u64,
    /// The series that were worked in that block.
    pub worked: Vec<SeriesId>,
    /// MM by product when it began, in order of product code: who bears a shortfall of it (clause 6.6).
    pub margins: Vec<(ProductId, Amount)>,
}

/// An owner of accounts.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Owner {
    /// His address.
    pub address: Addr,
    /// How many accounts he has, in slots 0 and on.
    pub accounts: u64,
}

impl Owner {
    /// Whether one of his accounts is this one, which is his if anybody's.
    pub fn has(&self, account: AccountId) -> bool {
        account.slot() < self.accounts
    }

    /// All his accounts but one, in order of id.
    pub fn others(&self, account: AccountId) -> impl Iterator<Item = AccountId> + use<> {
        let count = usize::try_from(self.accounts).unwrap_or(usize::MAX);
        account.siblings().take(count).filter(move |other| *other != account)
    }
}

/// What a delegate may do, and until when.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Delegation {
    /// Of which product he may place orders; none: of all. No value at all: he may only cancel.
    pub trades: Option<Option<ProductId>>,
    /// Until when, exclusive.
    pub expires: Time,
}

/// Owners by their first account: the head of its sheet.
pub const OWNERS: Table<AccountId, Owner> = Table::new(POSITIONS.namespace());
/// Accounts by number; 0 is the house.
pub const ACCOUNTS: Table<(AccountId, Money), Account> = Table::new(POSITIONS.namespace());
/// Owner numbers by address.
pub const OWNER_OF: Table<Text, OwnerId> = Table::new(0xa8);
/// The highest owner number.
pub const LAST_OWNER: Record<u64> = Record::new(0xa9);
/// Delegations by account and address.
pub const DELEGATES: Table<(AccountId, Text), Delegation> = Table::new(0xaa);

/// Marks the account's own row of its sheet: after the owner's, before the positions, for series count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money;

impl Key for Money {
    fn bytes(&self) -> Vec<u8> {
        vec![0]
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        (bytes == [0]).then_some(Self)
    }
}

/// A row of a sheet.
pub enum Row {
    /// The owner of the account.
    Owner(Owner),
    /// The account.
    Account(Account),
    /// A position.
    Position(SeriesId, Position),
}

/// Which rows of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    Whole,
    /// From the owner to the position in a series.
    OwnerTo(SeriesId),
    /// From the account to the position in a series.
    AccountTo(SeriesId),
}

impl Part {
    /// Whether it is read for the position in this series.
    pub fn wants(self, series: SeriesId) -> bool {
        match self {
            Self::Whole => true,
            Self::OwnerTo(last) | Self::AccountTo(last) => series == last,
        }
    }
}

/// These rows of an account's sheet, those that there are, in one scan. Lazy.
pub fn sheet(storage: &dyn Storage, account: AccountId, part: Part) -> impl Iterator<Item = StdResult<Row>> {
    let head = OWNERS.raw_key(&account);
    let width = head.len();
    let first = match part {
        Part::Whole | Part::OwnerTo(_) => head,
        Part::AccountTo(_) => ACCOUNTS.raw_key(&(account, Money)),
    };
    let last = match part {
        Part::Whole => None,
        Part::OwnerTo(series) | Part::AccountTo(series) => Some(POSITIONS.raw_key(&(account, series))),
    };
    rows(storage, &first, last.as_deref()).map(move |(key, value)| {
        let row = key.get(width..).unwrap_or_default();
        Ok(match SeriesId::parse(row) {
            Some(series) => Row::Position(series, decode(&value)?),
            None if row.is_empty() => Row::Owner(decode(&value)?),
            None => Row::Account(decode(&value)?),
        })
    })
}

/// An address as a key, or as the last part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub String);

impl Key for Text {
    fn bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok().map(Self)
    }
}
