//! Accounts, their owners and delegates (clause 4.1).

use cosmwasm_std::Addr;
use serde::{Deserialize, Serialize};
use tokfut_core::id::{AccountId, OwnerId, ProductId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::time::Time;
use tokfut_storage::{Key, Record, Table};

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

/// Accounts by number; 0 is the house.
pub const ACCOUNTS: Table<AccountId, Account> = Table::new(0xa6);
/// Owners by number.
pub const OWNERS: Table<u64, Owner> = Table::new(0xa7);
/// Owner numbers by address.
pub const OWNER_OF: Table<Text, OwnerId> = Table::new(0xa8);
/// The highest owner number.
pub const LAST_OWNER: Record<u64> = Record::new(0xa9);
/// Delegations by account and address.
pub const DELEGATES: Table<(AccountId, Text), Delegation> = Table::new(0xaa);

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
