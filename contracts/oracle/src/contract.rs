//! The entry points: one line a message.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, to_json_binary};
use tokfut_api::oracle::{ExecuteMsg, InstantiateMsg, QueryMsg};

use crate::error::ContractError;
use crate::{execute, guard, instantiate as setup, query as ask};

/// The contract's name, as its version record says it.
pub const NAME: &str = "tokfut-oracle";
/// The contract's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets the feeds up.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(deps: DepsMut, env: Env, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    guard::no_coins(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    setup::instantiate(deps, &env, msg)
}

/// Anyone's messages; none takes coins.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    guard::no_coins(&info)?;
    match msg {
        ExecuteMsg::Submit { feed, round, observations } => execute::submit(deps, &env, feed, round, &observations),
        ExecuteMsg::Finalise { feed, limit } => execute::finalise(deps, &env, feed, limit),
    }
}

/// Answers without changing anything.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&ask::config(deps, &env)?),
        QueryMsg::Feeds {} => to_json_binary(&ask::feeds(deps)?),
        QueryMsg::Feed { feed } => to_json_binary(&ask::feed(deps, feed)?),
        QueryMsg::Latest { feed } => to_json_binary(&ask::latest(deps, feed)?),
        QueryMsg::AtOrBefore { feed, time } => to_json_binary(&ask::at_or_before(deps, feed, time)?),
        QueryMsg::Window { feed, from, to } => to_json_binary(&ask::window(deps, feed, from, to)?),
        QueryMsg::Round { feed, round } => to_json_binary(&ask::round(deps, &env, feed, round)?),
        QueryMsg::Preimage { feed, round, observation } => {
            to_json_binary(&ask::preimage(deps, &env, feed, round, &observation)?)
        }
        QueryMsg::Price { feed, max_age } => to_json_binary(&ask::price(deps, &env, feed, max_age)?),
    }?)
}
