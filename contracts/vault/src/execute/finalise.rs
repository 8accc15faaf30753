//! `finalise`: makes a struck settlement final after the grace (clauses 4.5, 6.6).

use cosmwasm_std::{DepsMut, Response};
use tokfut_api::vault::CycleFinalised;
use tokfut_core::clearing::Settlements;
use tokfut_core::id::{AccountId, ProductId};
use tokfut_core::pots::{PostingKind, Pot};
use tokfut_core::waterfall::house_free;

use super::{At, commit};
use crate::error::{ContractError, Refusal};
use crate::ledger::Ledger;
use crate::state::{Stored, product_by_code};

/// Finalises what was struck. A shortfall is first made good out of what the house has free; what is left stands.
/// Touches no account but the house, and does not fail because somebody is insolvent.
pub fn finalise(deps: DepsMut<'_>, (env, config): At<'_>, code: &str) -> Result<Response, ContractError> {
    let (product, terms) = product_by_code(deps.storage, code)?;
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    let now = ledger.now;
    let diary = ledger.diary(product)?;
    let from = diary.finalises_from();
    let finalised = diary.finalised;
    let from = from.ok_or_else(|| Refusal::NothingToFinalise { product: code.to_string(), finalised })?;
    if now < from {
        return Err(Refusal::GraceRunning { product: code.to_string(), from }.into());
    }
    repay(&mut ledger, product)?;
    let diary = ledger.diary(product)?;
    let (cycle, waiting) = (diary.struck, std::mem::take(&mut diary.waiting));
    (diary.finalised, diary.finalised_at) = (cycle, Some(now));
    let shortfall = diary.shortfall;
    for id in waiting {
        let struck = Stored { storage: ledger.storage(), series: id }.at(cycle)?;
        let settlement = ledger.series(id)?.finalise(&struck, None, terms.unit_value)?;
        ledger.settle(id, cycle, settlement);
    }
    ledger.log.push(CycleFinalised { product: u16::from(product.0), cycle, shortfall });
    let finished = ledger.finish()?;
    commit(deps, finished)
}

/// Makes the product's shortfall good out of what the house has free.
fn repay(ledger: &mut Ledger<'_>, product: ProductId) -> Result<(), ContractError> {
    let now = ledger.now;
    let diary = ledger.diary(product)?;
    let (shortfall, share) = (diary.shortfall, diary.house_share(now));
    if shortfall.is_zero() {
        return Ok(());
    }
    let paid = shortfall.min(house_free(&ledger.portfolio(AccountId::HOUSE)?, share)?);
    ledger.diary(product)?.shortfall = shortfall.checked_sub(paid)?;
    ledger.post(PostingKind::Repayment, Pot::Insurance, Pot::Shortfall, paid)
}
