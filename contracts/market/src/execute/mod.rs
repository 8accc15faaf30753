//! One file a message. Each reads so: load, plan, commit, one message to the vault.

mod cancel_all;
mod cancel_order;
mod close;
mod list_series;
mod place_order;
mod push_marks;
mod reap;
mod reopen;
mod set_status;
mod strike;

pub use cancel_all::cancel_all;
pub use cancel_order::cancel_order;
pub use close::close;
pub use list_series::{list_series, listable};
pub use place_order::{place_order, prepare, stale, write};
pub use push_marks::push_marks;
pub use reap::reap;
pub use reopen::{reopen, schedule_open};
pub use set_status::set_status;
pub use strike::strike;

use cosmwasm_std::{Addr, Response, WasmMsg, to_json_binary};
use serde::Serialize;
use tokfut_api::event::EventLog;
use tokfut_api::vault;

use crate::error::ContractError;
use crate::state::Config;

/// The one message to the vault, with the events of this one.
fn respond(config: &Config, message: &vault::ExecuteMsg, log: EventLog) -> Result<Response, ContractError> {
    Ok(Response::new().add_message(call(&config.vault, message)?).add_events(log.into_events()))
}

fn call(contract: &Addr, message: &impl Serialize) -> Result<WasmMsg, ContractError> {
    Ok(WasmMsg::Execute { contract_addr: contract.to_string(), msg: to_json_binary(message)?, funds: vec![] })
}
