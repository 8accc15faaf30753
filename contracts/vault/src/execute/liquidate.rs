//! `liquidate`: begins a step of closing an account out (clauses 6.2, 6.3). [`super::close`] ends it.

use cosmwasm_std::{Addr, DepsMut, Response};
use tokfut_api::clearing::CloseOrder;
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::liquidation::{
    CloseLeg, HOUSE_TAKES_AFTER, MARK_MAX_AGE, bankruptcy_price, discount, plan, worst_price,
};
use tokfut_core::margin::Portfolio;
use tokfut_core::price::Price;

use super::{At, close, commit};
use crate::error::{ContractError, Refusal};
use crate::ledger::{Ledger, Marks};
use crate::state::{CloseOut, OWNER_OF, Purpose, Text};

/// Asks the market to void the account's orders and to close the fewest lots that restore it. Never blocked by a halt; an
/// error for an account at or above maintenance.
pub fn liquidate(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    caller: &Addr,
    account: AccountId,
) -> Result<Response, ContractError> {
    close::none_open(deps.storage, env)?;
    let market = config.market()?.clone();
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    let portfolio = ledger.portfolio(account)?;
    let health = portfolio.health()?;
    if account == AccountId::HOUSE || health.meets_maintenance() {
        let (equity, maintenance) = (health.equity, health.maintenance);
        return Err(Refusal::NotLiquidatable { equity, maintenance }.into());
    }
    marks_are_fresh(&mut ledger, &portfolio)?;
    let bounty_to = if is_rewarded(&mut ledger, account)? { first_account(&ledger, caller)? } else { None };
    let mut margins = vec![];
    for holding in &portfolio.holdings {
        margins.push((holding.id, holding.maintenance_up()?));
    }
    let worked = close::clock(&mut ledger, account, margins)?;
    let legs = plan(&portfolio, &worked)?;
    let elapsed = close::elapsed(&mut ledger, account)?;
    let house_is_due = elapsed >= HOUSE_TAKES_AFTER || health.equity.gain().is_zero();
    if legs.is_empty() && !house_is_due {
        return Err(Refusal::LiquidationThrottled(account.0).into());
    }
    let series: Vec<SeriesId> = legs.iter().map(|leg| leg.series).collect();
    close::note_worked(&mut ledger, account, &series)?;
    let prices = bankruptcy_prices(&portfolio)?;
    let orders = orders(&portfolio, &legs, &prices, elapsed)?;
    let finished = ledger.finish()?;
    let (caller, equity_before) = (caller.to_string(), health.equity);
    let purpose = Purpose::Liquidation { caller, bounty_to, equity_before, prices };
    let close_out = CloseOut { account, height: env.block.height, orders, purpose };
    let ask = close::begin(deps.storage, &market, close_out)?;
    Ok(commit(deps, finished)?.add_message(ask))
}

/// Nobody is closed out at a price that stood an hour ago: anyone may push the marks first, in the same transaction.
fn marks_are_fresh(ledger: &mut Ledger<'_>, portfolio: &Portfolio) -> Result<(), ContractError> {
    let now = ledger.now;
    for leg in portfolio.legs().filter(|leg| !leg.lots.is_zero()) {
        let at = ledger.series(leg.series)?.mark.at;
        if now.saturating_since(at) > MARK_MAX_AGE {
            return Err(Refusal::StaleMark { series: leg.series.0, at }.into());
        }
    }
    Ok(())
}

/// Nobody is paid for an account that traded in this block, or was healthy at the marks the block began with.
fn is_rewarded(ledger: &mut Ledger<'_>, account: AccountId) -> Result<bool, ContractError> {
    let height = ledger.height;
    if ledger.account(account)?.traded_at == height {
        return Ok(false);
    }
    let began = ledger.portfolio_at(account, Marks::BlockStart)?.health()?;
    Ok(!began.meets_maintenance())
}

/// The caller's first account, where his share is credited; nothing is sent to anyone.
fn first_account(ledger: &Ledger<'_>, caller: &Addr) -> Result<Option<AccountId>, ContractError> {
    let owner = OWNER_OF.may_load(ledger.storage(), &Text(caller.to_string()))?;
    Ok(owner.and_then(|owner| AccountId::of(owner, 0)))
}

/// From the full size, before any fill.
fn bankruptcy_prices(portfolio: &Portfolio) -> Result<Vec<(SeriesId, Price)>, ContractError> {
    let mut prices = vec![];
    for leg in portfolio.legs() {
        if let Some(price) = bankruptcy_price(portfolio, leg.series)? {
            prices.push((leg.series, price));
        }
    }
    Ok(prices)
}

fn orders(
    portfolio: &Portfolio,
    legs: &[CloseLeg],
    prices: &[(SeriesId, Price)],
    elapsed: u64,
) -> Result<Vec<CloseOrder>, ContractError> {
    let mut orders = vec![];
    for CloseLeg { series, side, lots } in legs {
        let Some((holding, leg)) = portfolio.leg(*series) else { continue };
        let Some((_, bankruptcy)) = prices.iter().find(|(id, _)| id == series) else { continue };
        let discount = discount(&holding.product.liquidation, elapsed)?;
        let worst = worst_price(*side, leg.mark, *bankruptcy, discount)?;
        orders.push(CloseOrder { series: *series, side: *side, lots: *lots, worst, discount });
    }
    Ok(orders)
}
