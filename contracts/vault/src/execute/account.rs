//! `open_account`: a number for the sender (clause 4.1).

use cosmwasm_std::{Addr, DepsMut, Response, to_json_binary};
use tokfut_api::vault::{AccountOpened, OpenedAccount};
use tokfut_core::id::{ACCOUNTS_PER_OWNER, AccountId, OwnerId};
use tokfut_core::money::Overflow;

use super::{At, commit};
use crate::error::{ContractError, Refusal};
use crate::ledger::Ledger;
use crate::state::{LAST_OWNER, OWNER_OF, OWNERS, Owner, Text};

/// Opens the next account of the sender, his first with an owner number.
pub fn open_account(deps: DepsMut<'_>, (env, config): At<'_>, sender: &Addr) -> Result<Response, ContractError> {
    let key = Text(sender.to_string());
    let known = OWNER_OF.may_load(deps.storage, &key)?;
    let id = match known {
        Some(id) => id,
        None => {
            let last = LAST_OWNER.may_load(deps.storage)?.unwrap_or(0);
            OwnerId(last.checked_add(1).ok_or(Overflow("owner"))?)
        }
    };
    let first = AccountId::of(id, 0).ok_or(Overflow("owner"))?;
    let owner = OWNERS.may_load(deps.storage, &first)?;
    let owner = owner.unwrap_or_else(|| Owner { address: sender.clone(), accounts: 0 });
    let full = Refusal::TooManyAccounts(ACCOUNTS_PER_OWNER);
    let account = AccountId::of(id, owner.accounts).ok_or(full)?;
    let accounts = owner.accounts.checked_add(1).ok_or(Overflow("accounts"))?;
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    ledger.open_account(account);
    ledger.log.push(AccountOpened { account, owner: sender.to_string() });
    let finished = ledger.finish()?;
    if known.is_none() {
        LAST_OWNER.save(deps.storage, &id.0)?;
        OWNER_OF.save(deps.storage, &key, &id)?;
    }
    OWNERS.save(deps.storage, &first, &Owner { accounts, ..owner })?;
    Ok(commit(deps, finished)?.set_data(to_json_binary(&OpenedAccount { account })?))
}
