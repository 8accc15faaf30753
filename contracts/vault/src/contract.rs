//! The entry points: one line a message.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, to_json_binary};
use tokfut_api::migration::{self, MigrateMsg};
use tokfut_api::vault::{ExecuteMsg, InstantiateMsg, QueryMsg};
use tokfut_api::wire::Wire;
use tokfut_core::release::Release;

use crate::error::ContractError;
use crate::state::{CONFIG, TERMS};
use crate::{execute as run, guard, query as ask};

/// This code, as the chain records it.
const RELEASE: Release = Release { contract: "tokfut-vault", version: env!("CARGO_PKG_VERSION"), oldest: "0.1.0" };

/// Sets the products up, and the house.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn instantiate(
    mut deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    Wire(msg): Wire<InstantiateMsg>,
) -> Result<Response, ContractError> {
    guard::no_coins(&info)?;
    let response = run::instantiate(deps.branch(), msg)?;
    migration::begin(deps.storage, &RELEASE)?;
    Ok(response)
}

/// Everybody's messages.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn execute(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    Wire(msg): Wire<ExecuteMsg>,
) -> Result<Response, ContractError> {
    // The market's hot message asks for the terms of its product in any case: both in one read.
    let known = match &msg {
        ExecuteMsg::Clear(clearing) => TERMS.may_load(deps.storage, &clearing.product)?,
        _ => None,
    };
    let (config, terms) = match known {
        Some((config, terms)) => (config, Some(terms)),
        None => (CONFIG.load(deps.storage)?, None),
    };
    let paid = guard::admit(deps.storage, &config, &info, &msg)?;
    let (at, sender) = ((&env, config), &info.sender);
    match msg {
        ExecuteMsg::Connect { market } => run::connect(deps, at.1, &market),
        ExecuteMsg::OpenAccount {} => run::open_account(deps, at, sender),
        ExecuteMsg::Deposit { account } => run::deposit(deps, at, account, paid),
        ExecuteMsg::Withdraw { account, amount } => run::withdraw(deps, at, sender, (account, amount)),
        ExecuteMsg::AddDelegate { account, delegate, scope, expires } => {
            run::add_delegate(deps, at, sender, (account, &delegate), (&scope, expires))
        }
        ExecuteMsg::RemoveDelegate { account, delegate } => {
            run::remove_delegate(deps, at, sender, (account, &delegate))
        }
        ExecuteMsg::FundInsurance {} => run::fund_insurance(deps, at, paid),
        ExecuteMsg::CollectFees {} => run::collect_fees(deps, at),
        ExecuteMsg::Finalise { product } => run::finalise(deps, at, &product),
        ExecuteMsg::Liquidate { account } => run::liquidate(deps, at, sender, account),
        ExecuteMsg::UnwindHouse { series } => run::unwind_house(deps, at, series),
        ExecuteMsg::Advance { account } => run::advance(deps, at, account),
        ExecuteMsg::Touch { accounts } => run::touch(deps, at, &accounts),
        ExecuteMsg::Clear(clearing) => run::clear(deps, at, &clearing, terms),
        ExecuteMsg::ListSeries { product, series } => run::list_series(deps, at, product, &series),
        ExecuteMsg::SetMarks { marks } => run::set_marks(deps, at, &marks),
        ExecuteMsg::Strike { product, at: time, prices } => run::strike(deps, at, (product, time), &prices),
    }
}

/// Answers without changing anything, as if every account had been touched now.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn query(deps: Deps<'_>, env: Env, Wire(msg): Wire<QueryMsg>) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&ask::config(deps)?),
        QueryMsg::Products {} => to_json_binary(&ask::products(deps)?),
        QueryMsg::Settlement { product } => to_json_binary(&ask::settlement(deps, &product)?),
        QueryMsg::Account { account } => to_json_binary(&ask::account(deps, &env, account)?),
        QueryMsg::AccountsOf { owner } => to_json_binary(&ask::accounts_of(deps, &owner)?),
        QueryMsg::Accounts { start_after, limit } => to_json_binary(&ask::accounts(deps, &env, start_after, limit)?),
        QueryMsg::Delegates { account } => to_json_binary(&ask::delegates(deps, account)?),
        QueryMsg::Series { series } => to_json_binary(&ask::series(deps, series)?),
        QueryMsg::BalanceSheet {} => to_json_binary(&ask::balance_sheet(deps, &env)?),
        QueryMsg::SimulateClear(clearing) => to_json_binary(&ask::simulate_clear(deps, &env, &clearing)?),
    }?)
}

/// Takes the storage of an earlier release over.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn migrate(deps: DepsMut<'_>, _env: Env, Wire(_): Wire<MigrateMsg>) -> Result<Response, ContractError> {
    migration::migrate(deps.storage, &RELEASE)
}
