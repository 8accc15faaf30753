//! `connect`: names the market, once.

use cosmwasm_std::{DepsMut, Response};
use tokfut_api::refusal::address;

use crate::error::{ContractError, Refusal};
use crate::state::Config;

/// From now on this market, and no other ever, clears here.
pub fn connect(deps: DepsMut<'_>, config: Config, market: &str) -> Result<Response, ContractError> {
    if let Some(market) = config.market {
        return Err(Refusal::AlreadyConnected(market.into()).into());
    }
    let market = Some(address(deps.api, market)?);
    Config { market, ..config }.save(deps.storage)?;
    Ok(Response::new())
}
