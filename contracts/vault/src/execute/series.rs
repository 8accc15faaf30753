//! `list_series` and `set_marks`: what the market says of its series (clauses 2.2, 4.13).

use cosmwasm_std::{DepsMut, Response};
use tokfut_api::clearing::{MarkChange, NewSeries};
use tokfut_core::clearing::SeriesClearing;
use tokfut_core::id::ProductId;

use super::{At, commit};
use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::ledger::Ledger;

/// Series a message may name.
const MAX_SERIES: usize = 32;

/// Takes series up in the running cycle of their product.
pub fn list_series(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    product: ProductId,
    series: &[NewSeries],
) -> Result<Response, ContractError> {
    guard::count("series", series.len(), MAX_SERIES)?;
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    ledger.product(product)?;
    let at = (ledger.now, ledger.height);
    let diary = ledger.diary(product)?;
    diary.since.get_or_insert(at.0);
    let cycle = diary.struck;
    for NewSeries { series, month, price, limit } in series {
        ledger.list(*series, SeriesClearing::listed((product, *month), cycle, *price, *limit, at))?;
    }
    let finished = ledger.finish()?;
    commit(deps, finished)
}

/// Takes marks.
pub fn set_marks(deps: DepsMut<'_>, (env, config): At<'_>, marks: &[MarkChange]) -> Result<Response, ContractError> {
    guard::count("marks", marks.len(), MAX_SERIES)?;
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    mark(&mut ledger, marks)?;
    let finished = ledger.finish()?;
    commit(deps, finished)
}

/// Takes marks into the working set.
pub fn mark(ledger: &mut Ledger<'_>, marks: &[MarkChange]) -> Result<(), ContractError> {
    let (now, height) = (ledger.now, ledger.height);
    for MarkChange { series: id, price } in marks {
        let series = ledger.series(*id)?;
        if series.struck.last {
            return Err(Refusal::SeriesSettled(id.0).into());
        }
        series.mark = series.mark.next(*price, now, height);
    }
    Ok(())
}
