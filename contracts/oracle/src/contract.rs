//! The entry points: one line a message.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, to_json_binary};
use tokfut_api::migration::{self, MigrateMsg};
use tokfut_api::oracle::{ExecuteMsg, InstantiateMsg, QueryMsg};
use tokfut_api::wire::Wire;
use tokfut_core::release::Release;

use crate::error::ContractError;
use crate::{execute, guard, instantiate as setup, query as ask};

/// This code, as the chain records it.
const RELEASE: Release = Release { contract: "tokfut-oracle", version: env!("CARGO_PKG_VERSION"), oldest: "0.1.0" };

/// Sets the feeds up.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Wire(msg): Wire<InstantiateMsg>,
) -> Result<Response, ContractError> {
    guard::no_coins(&info)?;
    migration::begin(deps.storage, &RELEASE)?;
    setup::instantiate(deps, &env, msg)
}

/// One line a message; only a dispute takes coins.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Wire(msg): Wire<ExecuteMsg>,
) -> Result<Response, ContractError> {
    if !matches!(msg, ExecuteMsg::Dispute { .. }) {
        guard::no_coins(&info)?;
    }
    match msg {
        ExecuteMsg::Submit { feed, round, revision, observations } => {
            execute::submit(deps, &env, (feed, round), revision, &observations)
        }
        ExecuteMsg::Finalise { feed, limit } => execute::finalise(deps, &env, feed, limit),
        ExecuteMsg::Dispute { feed, round, evidence } => execute::dispute(deps, &env, &info, (feed, round), &evidence),
        ExecuteMsg::Rule { feed, round, ruling } => execute::rule(deps, &env, &info, (feed, round), ruling),
        ExecuteMsg::Claim {} => execute::claim(deps, &info),
        ExecuteMsg::ReportEquivocation { feed, round, revision, first, second } => {
            execute::report_equivocation(deps, &env, (feed, round), revision, [&first, &second])
        }
        ExecuteMsg::Announce { change } => execute::announce(deps, &env, &info, change),
        ExecuteMsg::Withdraw { feed, change } => execute::withdraw(deps, &env, &info, feed, change),
        ExecuteMsg::CloseOnly { feed } => execute::close_only(deps, &info, feed),
    }
}

/// Answers without changing anything.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, Wire(msg): Wire<QueryMsg>) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&ask::config(deps, &env)?),
        QueryMsg::Feeds {} => to_json_binary(&ask::feeds(deps, &env)?),
        QueryMsg::Feed { feed } => to_json_binary(&ask::feed(deps, &env, feed)?),
        QueryMsg::Pending { feed } => to_json_binary(&ask::pending(deps, &env, feed)?),
        QueryMsg::Publishers { feed, round } => to_json_binary(&ask::publishers(deps, &env, feed, round)?),
        QueryMsg::Methodology { feed, round } => to_json_binary(&ask::methodology(deps, &env, feed, round)?),
        QueryMsg::Jailed { after, limit } => to_json_binary(&ask::jailed(deps, after, limit)?),
        QueryMsg::Status { feed } => to_json_binary(&ask::status(deps, &env, feed)?),
        QueryMsg::Credit { address } => to_json_binary(&ask::credit(deps, &address)?),
        QueryMsg::Latest { feed } => to_json_binary(&ask::latest(deps, feed)?),
        QueryMsg::AtOrBefore { feed, time } => to_json_binary(&ask::at_or_before(deps, feed, time)?),
        QueryMsg::Window { feed, from, to } => to_json_binary(&ask::window(deps, &env, feed, (from, to))?),
        QueryMsg::Mean { feed, from, to } => to_json_binary(&ask::mean(deps, feed, (from, to))?),
        QueryMsg::Twap { feed, from, to } => to_json_binary(&ask::twap(deps, &env, feed, (from, to))?),
        QueryMsg::Round { feed, round } => to_json_binary(&ask::round(deps, &env, feed, round)?),
        QueryMsg::Preimage { feed, round, revision, observation } => {
            to_json_binary(&ask::preimage(deps, &env, (feed, round), revision, &observation)?)
        }
        QueryMsg::Price { feed, max_age } => to_json_binary(&ask::price(deps, &env, feed, max_age)?),
    }?)
}

/// Takes the storage of an earlier release over.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, Wire(_): Wire<MigrateMsg>) -> Result<Response, ContractError> {
    migration::migrate(deps.storage, &RELEASE)
}
