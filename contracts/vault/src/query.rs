//! What can be asked. Every answer is as if the accounts it is about had been touched now (clause 4.7).

use cosmwasm_std::{BalanceResponse, Deps, Env, Order, StdError, Uint128, from_json, to_json_vec};
use serde::Serialize;
use tokfut_api::clearing::Clearing;
use tokfut_api::vault::{
    AccountResponse, BalanceSheet, ConfigResponse, DelegateResponse, Level, PositionResponse, Scope, SeriesResponse,
    SettlementStatus, SimulatedAccount,
};
use tokfut_core::calendar::SeriesCode;
use tokfut_core::id::{AccountId, OwnerId, SeriesId};
use tokfut_core::margin::{Health, Portfolio};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::pots::Pots;
use tokfut_core::price::Lots;
use tokfut_core::product::Product;
use tokfut_storage::Key;

use crate::error::{ContractError, Refusal};
use crate::execute::{Cleared, apply, refusal};
use crate::guard;
use crate::ledger::{Ledger, TradeFees};
use crate::state::{
    CONFIG, Config, DELEGATES, DIARIES, Delegation, LAST_OWNER, OWNER_OF, OWNERS, POTS, ROLES, Roles, SERIES, Text,
    product, product_by_code,
};

/// Accounts a page has if not said otherwise.
const PAGE: u32 = 10;
/// Accounts a page has at most.
const MAX_PAGE: u32 = 30;

/// Addresses, denom, clock and roles.
pub fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let Config { market, denom, clock, insurance_share } = CONFIG.load(deps.storage)?;
    let Roles { governance, treasury } = ROLES.load(deps.storage)?;
    let (governance, treasury, market) = (governance.into(), treasury.into(), market.map(Into::into));
    Ok(ConfigResponse { governance, treasury, market, denom, clock, insurance_share })
}

/// All products, in order of their numbers.
pub fn products(deps: Deps<'_>) -> Result<Vec<Product>, ContractError> {
    Ok(crate::state::products(deps.storage)?.into_iter().map(|(_, product)| product).collect())
}

/// Where a product stands in settlement.
pub fn settlement(deps: Deps<'_>, code: &str) -> Result<SettlementStatus, ContractError> {
    let (id, _) = product_by_code(deps.storage, code)?;
    let diary = DIARIES.may_load(deps.storage, &id)?.unwrap_or_default();
    let finalises_from = diary.finalises_from();
    let (struck, struck_at, finalised) = (diary.struck, diary.struck_at, diary.finalised);
    Ok(SettlementStatus { struck, struck_at, finalised, finalises_from, shortfall: diary.shortfall })
}

/// One account; the house is account 0.
pub fn account(deps: Deps<'_>, env: &Env, id: AccountId) -> Result<AccountResponse, ContractError> {
    let mut ledger = Ledger::open(deps.storage, env)?;
    let is_house = id == AccountId::HOUSE;
    let (owner, withdrawable) = if is_house {
        (env.contract.address.to_string(), Amount::ZERO)
    } else {
        ledger.load_all(id)?;
        let owner = ledger.owner(id)?.clone();
        let withdrawable = ledger.withdrawable(id, &owner)?;
        (owner.address.into(), withdrawable)
    };
    let portfolio = ledger.portfolio(id)?;
    let health = portfolio.health()?;
    let positions = positions(&mut ledger, id)?;
    let clock = ledger.account(id)?.liquidation.as_ref();
    let liquidation = clock.filter(|_| !is_house && !health.meets_maintenance());
    Ok(AccountResponse {
        account: id,
        owner,
        cash: portfolio.cash,
        unsettled: portfolio.unsettled()?,
        equity: health.equity,
        initial_margin: health.initial,
        maintenance_margin: health.maintenance,
        withdrawable,
        level: level(&portfolio, &health),
        liquidation_since: liquidation.map(|clock| clock.since),
        positions,
    })
}

/// Clause 6.1.
fn level(portfolio: &Portfolio, health: &Health) -> Level {
    if health.equity.is_negative() || (health.equity.is_zero() && !portfolio.is_flat()) {
        Level::Default
    } else if !health.meets_maintenance() {
        Level::Liquidating
    } else if !health.meets_initial() || portfolio.cash.is_negative() {
        Level::Call
    } else {
        Level::Healthy
    }
}

fn positions(ledger: &mut Ledger<'_>, account: AccountId) -> Result<Vec<PositionResponse>, ContractError> {
    let mut answers = vec![];
    for (id, position) in ledger.positions_of(account)? {
        let series = ledger.series(id)?.clone();
        let terms = ledger.product(series.product)?;
        let mark = series.mark.price;
        let reducing = |side: Option<(Lots, _)>| side.map_or(Lots::ZERO, |(lots, _)| lots);
        answers.push(PositionResponse {
            series: id,
            code: SeriesCode { product: terms.code, month: series.month }.to_string(),
            lots: position.lots,
            carried: position.carried,
            mark: mark.to_decimal(terms.decimals),
            variation: position.variation,
            pending: position.pending.as_ref().map_or(SignedAmount::ZERO, |pending| pending.value),
            unsettled: position.unsettled(mark, series.struck.price, terms.unit_value)?,
            open_buys: position.orders.buys.lots,
            open_sells: position.orders.sells.lots,
            reducing_buys: reducing(position.orders.reducing_buys),
            reducing_sells: reducing(position.orders.reducing_sells),
        });
    }
    Ok(answers)
}

/// The accounts of an owner, in order of number; none of a stranger.
pub fn accounts_of(deps: Deps<'_>, owner: &str) -> Result<Vec<AccountId>, ContractError> {
    let Some(id) = OWNER_OF.may_load(deps.storage, &Text(owner.to_string()))? else { return Ok(vec![]) };
    of_owner(deps, id)
}

fn of_owner(deps: Deps<'_>, id: OwnerId) -> Result<Vec<AccountId>, ContractError> {
    let first = AccountId::of(id, 0).unwrap_or(AccountId::HOUSE);
    let count = OWNERS.may_load(deps.storage, &first)?.map_or(0, |owner| owner.accounts);
    Ok((0..count).filter_map(|slot| AccountId::of(id, slot)).collect())
}

/// A page of accounts, the house first.
pub fn accounts(
    deps: Deps<'_>,
    env: &Env,
    start_after: Option<AccountId>,
    limit: Option<u32>,
) -> Result<Vec<AccountResponse>, ContractError> {
    let limit = usize::try_from(limit.unwrap_or(PAGE).min(MAX_PAGE)).unwrap_or(0);
    let last = LAST_OWNER.may_load(deps.storage)?.unwrap_or(0);
    let mut ids = if start_after.is_none() { vec![AccountId::HOUSE] } else { vec![] };
    // Owners are numbered without gaps, from 1.
    for owner in start_after.map_or(1, |after| after.owner().0.max(1))..=last {
        if ids.len() >= limit {
            break;
        }
        let own = of_owner(deps, OwnerId(owner))?;
        ids.extend(own.into_iter().filter(|id| start_after.is_none_or(|after| *id > after)));
    }
    ids.into_iter().take(limit).map(|id| account(deps, env, id)).collect()
}

/// The delegates of an account; at most 16.
pub fn delegates(deps: Deps<'_>, account: AccountId) -> Result<Vec<DelegateResponse>, ContractError> {
    guard::owner(deps.storage, account)?;
    let rows = DELEGATES.range(deps.storage, &account.bytes(), None, Order::Ascending);
    rows.map(|row| {
        let ((_, Text(delegate)), Delegation { trades, expires }) = row?;
        let scope = match trades {
            None => Scope::CancelOnly {},
            Some(None) => Scope::Trade { product: None },
            Some(Some(id)) => Scope::Trade { product: Some(product(deps.storage, id)?.code.to_string()) },
        };
        Ok(DelegateResponse { delegate, scope, expires })
    })
    .collect()
}

/// One series in clearing.
pub fn series(deps: Deps<'_>, id: SeriesId) -> Result<SeriesResponse, ContractError> {
    let series = SERIES.may_load(deps.storage, &id)?.ok_or(Refusal::UnknownSeries(id.0))?;
    let terms = product(deps.storage, series.product)?;
    Ok(SeriesResponse {
        code: SeriesCode { product: terms.code, month: series.month }.to_string(),
        open_interest: series.open_interest,
        mark: series.mark.price.to_decimal(terms.decimals),
        mark_at: series.mark.at,
        struck: series.struck.cycle,
        settlement_price: series.struck.price.to_decimal(terms.decimals),
        finalised: series.finalised.cycle,
        long_index: series.finalised.long,
        short_index: series.finalised.short,
        carried_long: series.carried.0,
        carried_short: series.carried.1,
        last: series.struck.last,
    })
}

/// Every pot as it stands, untouched accounts untouched.
pub fn balance_sheet(deps: Deps<'_>, env: &Env) -> Result<BalanceSheet, ContractError> {
    let pots = POTS.load(deps.storage)?;
    let bank = bank(deps, env.contract.address.as_str(), &CONFIG.load(deps.storage)?.denom)?;
    let total = pots.total()?;
    let Pots { accounts, clearing, insurance, treasury, haircut, shortfall } = pots;
    Ok(BalanceSheet { accounts, clearing, insurance, treasury, haircut, shortfall, total, bank })
}

/// The one question that the vault has for the chain, written as `cosmwasm_std::QueryRequest` is, which links the writing
/// of every question there is.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum AskChain<'a> {
    Bank(AskBank<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum AskBank<'a> {
    Balance { address: &'a str, denom: &'a str },
}

/// The coins of an address.
fn bank(deps: Deps<'_>, address: &str, denom: &str) -> Result<Amount, ContractError> {
    let ask = to_json_vec(&AskChain::Bank(AskBank::Balance { address, denom }))?;
    let answer = deps.querier.raw_query(&ask).into_result().map_err(StdError::from)?;
    let BalanceResponse { amount, .. } = from_json(answer.into_result().map_err(StdError::msg)?)?;
    Ok(Amount::new(Uint128::try_from(amount.amount).map_err(StdError::from)?.u128()))
}

/// What a clearing would do to its account, by the code that does it; who sent it is not asked.
pub fn simulate_clear(deps: Deps<'_>, env: &Env, clearing: &Clearing) -> Result<SimulatedAccount, ContractError> {
    guard::owner(deps.storage, clearing.account)?;
    let mut ledger = Ledger::open(deps.storage, env)?;
    let cleared = apply(&mut ledger, clearing)?;
    let refused = refusal(&mut ledger, clearing, &cleared).err();
    let series = clearing.fills.first().map(|fill| fill.series);
    let series = series.or_else(|| clearing.book.first().map(|change| change.series));
    let decimals = ledger.product(clearing.product)?.decimals;
    let Cleared { fees: TradeFees { fee, rebates }, before, after } = cleared;
    let liquidation = |portfolio: &Portfolio| -> Result<Option<String>, ContractError> {
        let Some(series) = series else { return Ok(None) };
        Ok(portfolio.liquidation_price(series)?.map(|price| price.to_decimal(decimals)))
    };
    let (was, is) = (before.health()?, after.health()?);
    Ok(SimulatedAccount {
        fee,
        rebates,
        equity_before: was.equity,
        initial_margin_before: was.initial,
        liquidation_price_before: liquidation(&before)?,
        equity_after: is.equity,
        initial_margin_after: is.initial,
        liquidation_price_after: liquidation(&after)?,
        accepted: refused.is_none(),
        refusal: refused.map(|error| error.code()),
    })
}
