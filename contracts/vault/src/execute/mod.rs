//! One file a message.

mod account;
mod advance;
mod clear;
mod close;
mod connect;
mod delegate;
mod fees;
mod finalise;
mod instantiate;
mod liquidate;
mod money;
mod series;
mod strike;
mod take_over;
mod touch;
mod unwind_house;

pub use account::open_account;
pub use advance::advance;
pub use clear::{Cleared, apply, clear, refusal};
pub use connect::connect;
pub use delegate::{add_delegate, remove_delegate};
pub use fees::collect_fees;
pub use finalise::finalise;
pub use instantiate::instantiate;
pub use liquidate::liquidate;
pub use money::{deposit, fund_insurance, withdraw};
pub use series::{list_series, set_marks};
pub use strike::strike;
pub use touch::touch;
pub use unwind_house::unwind_house;

use cosmwasm_std::{DepsMut, Env, Response};

use crate::error::ContractError;
use crate::ledger::Changes;
use crate::state::Config;

/// The block, and the configuration loaded at the door.
pub type At<'a> = (&'a Env, Config);

/// Writes what is decided, and answers.
fn commit(
    deps: DepsMut<'_>,
    (changes, events): (Changes, Vec<cosmwasm_std::Event>),
) -> Result<Response, ContractError> {
    changes.save(deps.storage)?;
    Ok(Response::new().add_events(events))
}
