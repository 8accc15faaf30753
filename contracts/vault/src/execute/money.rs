//! `deposit`, `withdraw`, `fund_insurance`: money in and out (clauses 4.4, 4.9).

use cosmwasm_std::{Addr, BankMsg, Coin, DepsMut, Response};
use tokfut_core::id::AccountId;
use tokfut_core::money::Amount;
use tokfut_core::pots::{PostingKind, Pot};

use super::{At, commit};
use crate::error::{ContractError, Refusal};
use crate::guard::{self, Act};
use crate::ledger::Ledger;

/// Adds the coin that came to the cash of an account. Anyone may pay in.
pub fn deposit(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    account: AccountId,
    paid: Amount,
) -> Result<Response, ContractError> {
    if account == AccountId::HOUSE {
        return Err(Refusal::UnknownAccount(account.0).into());
    }
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    ledger.account(account)?;
    ledger.post(PostingKind::Deposit, Pot::Outside, Pot::of(account), paid)?;
    let finished = ledger.finish()?;
    commit(deps, finished)
}

/// Gives the coin that came to insurance.
pub fn fund_insurance(deps: DepsMut<'_>, (env, config): At<'_>, paid: Amount) -> Result<Response, ContractError> {
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    ledger.post(PostingKind::Donation, Pot::Outside, Pot::Insurance, paid)?;
    let finished = ledger.finish()?;
    commit(deps, finished)
}

/// Pays free cash out to the owner, who alone may ask for it.
pub fn withdraw(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    sender: &Addr,
    (account, asked): (AccountId, Amount),
) -> Result<Response, ContractError> {
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    ledger.load_all(account)?;
    let owner = ledger.permit((account, Act::Own), sender.as_str())?;
    let amount = guard::amount(asked)?;
    let withdrawable = ledger.withdrawable(account, &owner)?;
    if amount > withdrawable {
        return Err(Refusal::InsufficientFree { asked, withdrawable }.into());
    }
    ledger.post(PostingKind::Withdrawal, Pot::of(account), Pot::Outside, amount)?;
    let coin = Coin::new(amount.base_units(), ledger.config.denom.clone());
    let finished = ledger.finish()?;
    let payment = BankMsg::Send { to_address: owner.address.into(), amount: vec![coin] };
    Ok(commit(deps, finished)?.add_message(payment))
}
