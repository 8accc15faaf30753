//! `advance`: the house lends the missing cash of an account above maintenance against its variation (clause 6.1).

use cosmwasm_std::{DepsMut, Response};
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::pots::{PostingKind, Pot};
use tokfut_core::waterfall::house_free;

use super::{At, commit};
use crate::error::{ContractError, Refusal};
use crate::ledger::Ledger;
use crate::state::products;

/// Moves A = −cash to the account, and as much variation to the house: equity of both stays. Cash must have been below
/// zero at a finalisation.
pub fn advance(deps: DepsMut<'_>, (env, config): At<'_>, account: AccountId) -> Result<Response, ContractError> {
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    ledger.load_all(account)?;
    ledger.owner(account)?;
    let portfolio = ledger.portfolio(account)?;
    let missing = portfolio.cash.loss();
    let Some(since) = ledger.account(account)?.debit_since.filter(|_| !missing.is_zero()) else {
        return Err(Refusal::NothingToAdvance("no cash is missing").into());
    };
    if !portfolio.health()?.meets_maintenance() {
        return Err(Refusal::NothingToAdvance("equity is below maintenance").into());
    }
    let mut over_a_finalisation = false;
    for (product, _) in products(deps.storage)? {
        over_a_finalisation |= ledger.diary(product)?.finalised_at.is_some_and(|at| since < at);
    }
    if !over_a_finalisation {
        return Err(Refusal::NothingToAdvance("no settlement was finalised since cash fell below zero").into());
    }
    let series = against(&mut ledger, account)?;
    let (product, now) = (ledger.series(series)?.product, ledger.now);
    let share = ledger.diary(product)?.house_share(now);
    let free = house_free(&ledger.portfolio(AccountId::HOUSE)?, share)?;
    if missing > free {
        return Err(Refusal::HouseExhausted { asked: missing, free }.into());
    }
    let variation = missing.signed()?;
    ledger.alter(account, series, |own| {
        own.variation = own.variation.checked_sub(variation)?;
        Ok(())
    })?;
    ledger.alter(AccountId::HOUSE, series, |own| {
        own.variation = own.variation.checked_add(variation)?;
        Ok(())
    })?;
    ledger.post(PostingKind::Advance, Pot::Insurance, Pot::of(account), missing)?;
    let finished = ledger.finish()?;
    commit(deps, finished)
}

/// The living series in which the account has most to come.
fn against(ledger: &mut Ledger<'_>, account: AccountId) -> Result<SeriesId, ContractError> {
    let mut best = None;
    for leg in ledger.portfolio(account)?.legs() {
        let lives = !ledger.series(leg.series)?.struck.last;
        if lives && best.is_none_or(|(unsettled, _)| leg.unsettled > unsettled) {
            best = Some((leg.unsettled, leg.series));
        }
    }
    best.map(|(_, series)| series)
        .ok_or_else(|| Refusal::NothingToAdvance("no living position to advance against").into())
}
