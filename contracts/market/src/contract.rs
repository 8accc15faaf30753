//! The entry points.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, Uint128, to_json_binary};
use serde::Deserialize;
use tokfut_api::market::{ExecuteMsg, InstantiateMsg, QueryMsg};
use tokfut_api::migration::MigrateMsg;
use tokfut_api::refusal::address;
use tokfut_api::wire::Wire;
use tokfut_api::{migration, oracle, raw, vault};
use tokfut_core::id::ProductId;
use tokfut_core::price::Price;
use tokfut_core::product::Product;
use tokfut_core::release::Release;
use tokfut_core::time::{Clock, DAY};

use crate::error::{ContractError, Refusal};
use crate::state::{Board, CONFIG, Config, PRODUCTS, ROLES, Roles};
use crate::{execute as run, guard, query as ask, simulate};

/// This code, as the chain records it.
const RELEASE: Release = Release { contract: "tokfut-market", version: env!("CARGO_PKG_VERSION"), oldest: "0.1.0" };
/// Products a market may have.
const MAX_PRODUCTS: u8 = 16;

/// Takes the products over from the vault, and checks that all three contracts agree on times and units.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    Wire(msg): Wire<InstantiateMsg>,
) -> Result<Response, ContractError> {
    guard::no_coins(&info)?;
    let InstantiateMsg { vault, oracle, governance, guardian, clock } = msg;
    let (vault, oracle) = (address(deps.api, &vault)?, address(deps.api, &oracle)?);
    let mut config = Config { vault, oracle, clock: clock.checked()?, boards: vec![] };
    let roles = Roles { governance: address(deps.api, &governance)?, guardian: address(deps.api, &guardian)? };
    let products = agreed_products(deps.as_ref(), &config, &roles)?;
    migration::begin(deps.storage, &RELEASE)?;
    config.boards = products.iter().map(Board::new).collect();
    CONFIG.save(deps.storage, &config)?;
    ROLES.save(deps.storage, &roles)?;
    for (product, number) in products.iter().zip(1u8..) {
        PRODUCTS.save(deps.storage, &ProductId(number), product)?;
    }
    Ok(Response::new())
}

/// The vault's products, if the vault's and the oracle's clocks are ours, each product has its feed, and governance
/// does not administer them.
fn agreed_products(deps: Deps<'_>, config: &Config, roles: &Roles) -> Result<Vec<Product>, ContractError> {
    let (querier, vault) = (deps.querier, &config.vault);
    let Wire(Clocked { clock }) = querier.query_wasm_smart(vault, &vault::QueryMsg::Config {})?;
    same_clock(clock, config.clock, "vault")?;
    let mut products = vec![];
    for number in 1..=MAX_PRODUCTS {
        let Some(product) = raw::read(&querier, vault, &raw::PRODUCTS, &ProductId(number))? else { break };
        products.push(product);
    }
    guard::count("products", products.len(), usize::from(MAX_PRODUCTS))?;
    let Wire(Administered { clock, administrator }) =
        querier.query_wasm_smart(&config.oracle, &oracle::QueryMsg::Config {})?;
    same_clock(clock, config.clock, "oracle")?;
    if administrator == roles.governance.as_str() {
        return Err(Refusal::OneAddress { one: "governance", other: "the oracle's administrator" }.into());
    }
    let Wire::<Vec<FeedTerms>>(feeds) = querier.query_wasm_smart(&config.oracle, &oracle::QueryMsg::Feeds {})?;
    products.iter().try_for_each(|product| has_its_feed(product, &feeds))?;
    Ok(products)
}

/// The product's feed has its unit, fixes daily, and gives nothing but prices. At which time of day is the oracle's to
/// say: a test network begins when it is started.
fn has_its_feed(Product { code, feed, decimals, .. }: &Product, feeds: &[FeedTerms]) -> Result<(), ContractError> {
    let check = |what, got: u128, (least, most): (u128, u128)| {
        if (least..=most).contains(&got) {
            return Ok(());
        }
        Err(Refusal::FeedMismatch { product: code.to_string(), feed: *feed, what, got, least, most }.into())
    };
    let exactly = |number: u64| (u128::from(number), u128::from(number));
    let Some(known) = feeds.iter().find(|known| known.id == *feed) else { return check("records", 0, (1, 1)) };
    let FeedTerms { id: _, decimals: digits, interval, max_value } = *known;
    check("decimals", digits.into(), exactly((*decimals).into()))?;
    check("seconds a round", interval.into(), exactly(DAY))?;
    check("as largest value", max_value.u128(), (1, Price::MAX.units().into()))
}

/// Of the configuration of the vault, what the market must agree with.
#[derive(Deserialize)]
struct Clocked {
    clock: Clock,
}

/// Of the oracle's.
#[derive(Deserialize)]
struct Administered {
    clock: Clock,
    administrator: String,
}

/// Of a feed of the oracle, what a product must agree with.
#[derive(Deserialize)]
struct FeedTerms {
    id: u32,
    decimals: u8,
    interval: u64,
    max_value: Uint128,
}

fn same_clock(theirs: Clock, ours: Clock, who: &'static str) -> Result<(), ContractError> {
    if theirs == ours { Ok(()) } else { Err(Refusal::ClockMismatch(who).into()) }
}

/// One line a message.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn execute(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    Wire(msg): Wire<ExecuteMsg>,
) -> Result<Response, ContractError> {
    guard::no_coins(&info)?;
    match msg {
        ExecuteMsg::PlaceOrder(order) => run::place_order(deps, &env, info, &order),
        ExecuteMsg::CancelOrder { account, order } => run::cancel_order(deps, &env, info, account, &order),
        ExecuteMsg::CancelAll { account } => run::cancel_all(deps, &env, info, account),
        ExecuteMsg::Reap { orders } => run::reap(deps, &env, &orders),
        ExecuteMsg::ListSeries { product } => run::list_series(deps, &env, &product),
        ExecuteMsg::PushMarks { series } => run::push_marks(deps, &env, &series),
        ExecuteMsg::Strike { product } => run::strike(deps, &env, &info, &product),
        ExecuteMsg::SetStatus { series, status } => run::set_status(deps, &env, &info, &series, status),
        ExecuteMsg::ScheduleOpen { series } => run::schedule_open(deps, &env, &info, &series),
        ExecuteMsg::Reopen { series } => run::reopen(deps, &env, &series),
        ExecuteMsg::Close { account, orders, void_orders } => {
            run::close(deps, &env, &info, account, (&orders, void_orders))
        }
    }
}

/// One line a question.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn query(deps: Deps<'_>, env: Env, Wire(msg): Wire<QueryMsg>) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&ask::config(deps)?),
        QueryMsg::Product { code } => to_json_binary(&ask::product(deps, &env, &code)?),
        QueryMsg::Series { code } => to_json_binary(&ask::series(deps, &env, &code)?),
        QueryMsg::SeriesList { product } => to_json_binary(&ask::series_list(deps, &env, &product)?),
        QueryMsg::Book { series, depth } => to_json_binary(&ask::book(deps, &env, &series, depth)?),
        QueryMsg::Orders { account, start_after, limit } => {
            to_json_binary(&ask::orders(deps, &env, account, start_after.as_deref(), limit)?)
        }
        QueryMsg::AllOrders { start_after, limit } => {
            to_json_binary(&ask::all_orders(deps, &env, start_after.as_deref(), limit)?)
        }
        QueryMsg::Order { id } => to_json_binary(&ask::order(deps, &env, &id)?),
        QueryMsg::Settlements { series, start_before, limit } => {
            to_json_binary(&ask::settlements(deps, &series, start_before, limit)?)
        }
        QueryMsg::SimulateOrder(order) => to_json_binary(&simulate::order(deps, &env, &order)?),
    };
    Ok(answer?)
}

/// Takes the storage of an earlier release over.
#[cfg_attr(not(feature = "library"), cosmwasm_std::entry_point)]
pub fn migrate(deps: DepsMut<'_>, _env: Env, Wire(_): Wire<MigrateMsg>) -> Result<Response, ContractError> {
    migration::migrate(deps.storage, &RELEASE)
}
