//! `simulate_order`: what `place_order` would do, by its own code on a copy (clause 3.12).

use cosmwasm_std::{Deps, Env, StdError};
use tokfut_api::event::EventLog;
use tokfut_api::market::{NewOrder, SimulatedFill, SimulationResponse};
use tokfut_api::vault;
use tokfut_api::wire::Wire;
use tokfut_storage::Overlay;

use crate::error::{ContractError, Refusal};
use crate::execute::{prepare, write};

/// What the order would do now, and what the clearing house would make of it at the marks after its trades. The sender
/// is left empty: a simulation asks what would happen, not who may.
pub fn order(deps: Deps<'_>, env: &Env, new: &NewOrder) -> Result<SimulationResponse, ContractError> {
    let prepared = prepare(deps, env, new)?;
    let (plan, desk) = (&prepared.plan, &prepared.desk);
    let fills = plan.fills().map(|fill| SimulatedFill { price: desk.quoted(fill.id.price), lots: fill.lots }).collect();
    let (rests, cancelled) = (plan.rests, plan.dropped()?);
    let cancel_reason = plan.cancelled.last().map(|(_, reason)| reason.code().to_string());
    let vault = prepared.market.config.vault.clone();
    let (mut copy, mut log) = (Overlay::new(deps.storage), EventLog::default());
    let (clearing, _) = write(&mut copy, deps.querier, prepared, (String::new(), &mut log))?;
    let asked = deps.querier.query_wasm_smart(&vault, &vault::QueryMsg::SimulateClear(clearing));
    let Wire(account) = asked.map_err(|error| refused(&error))?;
    Ok(SimulationResponse { fills, rests, cancelled, cancel_reason, account })
}

/// The vault's refusal as it stands in the order's own message: without what each layer of a query puts before it.
fn refused(error: &StdError) -> Refusal {
    let text = error.to_string();
    Refusal::Vault(text.rsplit_once(" error: ").map_or(text.as_str(), |(_, words)| words).to_string())
}
