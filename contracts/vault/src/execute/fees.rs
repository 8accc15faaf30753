//! `collect_fees`: pays the treasury's share out, by anyone (clause 4.8).

use cosmwasm_std::{BankMsg, Coin, DepsMut, Response};
use tokfut_core::pots::{PostingKind, Pot};

use super::{At, commit};
use crate::error::{ContractError, Refusal};
use crate::ledger::Ledger;
use crate::state::ROLES;

/// Empties the treasury's pot into the treasury.
pub fn collect_fees(deps: DepsMut<'_>, (env, config): At<'_>) -> Result<Response, ContractError> {
    let treasury = ROLES.load(deps.storage)?.treasury;
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    let amount = ledger.pots()?.treasury.gain();
    if amount.is_zero() {
        return Err(Refusal::NothingToCollect.into());
    }
    ledger.post(PostingKind::Collection, Pot::Treasury, Pot::Outside, amount)?;
    let coin = Coin::new(amount.base_units(), ledger.config.denom.clone());
    let finished = ledger.finish()?;
    let payment = BankMsg::Send { to_address: treasury.into(), amount: vec![coin] };
    Ok(commit(deps, finished)?.add_message(payment))
}
