//! Bonds that are somebody's to claim: nothing is ever pushed to anyone.

use cosmwasm_std::{Addr, StdResult, Storage};
use tokfut_core::money::Overflow;
use tokfut_storage::{Key, Table};

use crate::error::ContractError;

/// What an address may claim, in the denom of bonds. None: nothing.
const CREDITS: Table<Account, u128> = Table::new(super::CREDITS);

/// An address as a key.
struct Account(Addr);

impl Key for Account {
    fn bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok().map(|address| Self(Addr::unchecked(address)))
    }
}

/// What `account` may claim.
pub fn of(storage: &dyn Storage, account: &Addr) -> StdResult<u128> {
    Ok(CREDITS.may_load(storage, &Account(account.clone()))?.unwrap_or(0))
}

/// Gives `account` a bond to claim.
pub fn add(storage: &mut dyn Storage, account: &Addr, bond: u128) -> Result<(), ContractError> {
    let credit = of(storage, account)?.checked_add(bond).ok_or(Overflow("credit"))?;
    Ok(CREDITS.save(storage, &Account(account.clone()), &credit)?)
}

/// Takes all that `account` may claim.
pub fn take(storage: &mut dyn Storage, account: &Addr) -> StdResult<u128> {
    let credit = of(storage, account)?;
    CREDITS.remove(storage, &Account(account.clone()));
    Ok(credit)
}
