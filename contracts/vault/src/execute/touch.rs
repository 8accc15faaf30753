//! `touch`: brings accounts up to date with finalised settlements, by anyone (clause 4.5).

use cosmwasm_std::{DepsMut, Response};
use tokfut_core::id::AccountId;

use super::{At, commit};
use crate::error::ContractError;
use crate::guard;
use crate::ledger::Ledger;

/// Accounts a message may name.
const MAX_ACCOUNTS: usize = 32;

/// Touches them.
pub fn touch(deps: DepsMut<'_>, (env, config): At<'_>, accounts: &[AccountId]) -> Result<Response, ContractError> {
    guard::count("accounts", accounts.len(), MAX_ACCOUNTS)?;
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    for account in accounts {
        ledger.load_all(*account)?;
        ledger.account(*account)?;
    }
    let finished = ledger.finish()?;
    commit(deps, finished)
}
