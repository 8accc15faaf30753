//! `strike`: ends the running cycle of a product. One record a series, and no account (clause 4.5).

use cosmwasm_std::{DepsMut, Response};
use tokfut_api::clearing::StruckPrice;
use tokfut_api::vault::CycleStruck;
use tokfut_core::id::ProductId;
use tokfut_core::money::Overflow;
use tokfut_core::time::Time;

use super::{At, commit};
use crate::error::{ContractError, Refusal};
use crate::ledger::Ledger;

/// Series a strike may settle: 32 listed months, and as many past last trading.
const MAX_PRICES: usize = 64;

/// Strikes these prices, all in one cycle. The settlement before must be final.
pub fn strike(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    (product, daily_time): (ProductId, Time),
    prices: &[StruckPrice],
) -> Result<Response, ContractError> {
    if prices.len() > MAX_PRICES {
        return Err(Refusal::InvalidCount { what: "prices", got: prices.len(), max: MAX_PRICES }.into());
    }
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    ledger.product(product)?;
    let at = (ledger.now, ledger.height);
    let diary = ledger.diary(product)?;
    if diary.finalised < diary.struck {
        return Err(Refusal::FinaliseFirst { product: product.0, struck: diary.struck }.into());
    }
    let cycle = diary.struck.checked_add(1).ok_or(Overflow("cycle"))?;
    (diary.struck, diary.struck_at) = (cycle, Some(at.0));
    diary.waiting = prices.iter().map(|price| price.series).collect();
    for StruckPrice { series: id, price, last, limit } in prices {
        let series = ledger.series(*id)?;
        if series.product != product {
            return Err(Refusal::WrongProduct { series: id.0, product: series.product.0 }.into());
        }
        if series.struck.last {
            return Err(Refusal::SeriesSettled(id.0).into());
        }
        let settlement = series.strike(cycle, (*price, *last), *limit, at)?;
        ledger.settle(*id, cycle, settlement);
    }
    ledger.log.push(CycleStruck { product: u16::from(product.0), cycle, at: daily_time });
    let finished = ledger.finish()?;
    commit(deps, finished)
}
