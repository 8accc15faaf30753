//! `simulate_order`: the plan of `place_order` without its commit (clause 3.12).

use cosmwasm_std::{Deps, Env};
use tokfut_api::clearing::{BookChange, RestChange};
use tokfut_api::market::{NewOrder, SimulatedFill, SimulationResponse};
use tokfut_api::vault;
use tokfut_api::wire::Wire;
use tokfut_core::matching::{Incoming, Plan, Step};

use crate::commit::{Written, cleared, left};
use crate::error::ContractError;
use crate::execute::{Prepared, clearing, prepare};

/// What the order would do now, and what the clearing house would make of it at the marks of now. The sender is left
/// empty: a simulation asks what would happen, not who may.
pub fn order(deps: Deps<'_>, env: &Env, new: &NewOrder) -> Result<SimulationResponse, ContractError> {
    let Prepared { market, desk, checked, plan, reclaimed } = prepare(deps, env, new)?;
    let fills = plan.fills().map(|fill| SimulatedFill { price: desk.quoted(fill.id.price), lots: fill.lots }).collect();
    let (rests, cancelled) = (plan.rests, plan.dropped()?);
    let cancel_reason = plan.cancelled.last().map(|(_, reason)| reason.code().to_string());
    let mut written = would_write(&checked.incoming, &plan);
    written.book.extend(reclaimed.iter().filter_map(left));
    if !rests.is_zero() {
        let Incoming { account, side, limit: price, reduce_only, .. } = checked.incoming;
        let (series, change) = (desk.id, RestChange::Rested);
        written.book.push(BookChange { account, series, side, price, lots: rests, reduce_only, change });
    }
    let ask = vault::QueryMsg::SimulateClear(clearing(&desk, &checked, written, String::new()));
    let Wire(account) = deps.querier.query_wasm_smart(&market.config.vault, &ask)?;
    Ok(SimulationResponse { fills, rests, cancelled, cancel_reason, account })
}

fn would_write(taker: &Incoming, plan: &Plan) -> Written {
    let mut written = Written::default();
    for step in &plan.steps {
        match step {
            Step::Fill(fill) => written.fills.push(cleared(taker, fill)),
            Step::Removal(removal) => written.book.extend(left(removal)),
        }
    }
    written
}
