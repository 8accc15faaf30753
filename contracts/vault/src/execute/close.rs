//! The close-out between vault and market: its clock, its order, and its end when the market answers (clauses 6.2–6.5).

use cosmwasm_std::{Addr, CosmosMsg, Env, StdResult, Storage, WasmMsg, to_json_binary};
use tokfut_api::clearing::{ClearedFill, Clearing, RestChange, ToMarket};
use tokfut_api::vault::Liquidated;
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::liquidation::{CLOCK_EXPIRES, Fees, HOUSE_TAKES_AFTER};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::pots::{PostingKind, Pot};
use tokfut_core::price::Price;

use super::series::mark;
use super::{clear, take_over};
use crate::error::{ContractError, Refusal};
use crate::ledger::Ledger;
use crate::state::{CLOSE_OUT, CloseOut, Liquidation, Purpose};

/// Refuses to begin a close-out while the market works another.
pub fn none_open(storage: &dyn Storage, env: &Env) -> Result<(), ContractError> {
    match open_in(storage, env.block.height)? {
        Some(open) => Err(Refusal::CloseOutOpen(open.account.0).into()),
        None => Ok(()),
    }
}

fn open_in(storage: &dyn Storage, height: u64) -> StdResult<Option<CloseOut>> {
    Ok(CLOSE_OUT.may_load(storage)?.filter(|open| open.height == height))
}

/// Notes what the market is asked, and asks it.
pub fn begin(storage: &mut dyn Storage, market: &Addr, close_out: CloseOut) -> Result<CosmosMsg, ContractError> {
    CLOSE_OUT.save(storage, &close_out)?;
    let void_orders = close_out.purpose.voids_orders();
    let CloseOut { account, height: _, orders, purpose: _ } = close_out;
    let msg = to_json_binary(&ToMarket::Close { account, orders, void_orders })?;
    Ok(WasmMsg::Execute { contract_addr: market.to_string(), msg, funds: vec![] }.into())
}

/// Refuses an answer that does more or worse than what was asked: other series or sides, more lots, worse prices.
fn as_asked(open: &CloseOut, clearing: &Clearing) -> Result<(), ContractError> {
    let mut orders = open.orders.clone();
    for ClearedFill { series, side, price, lots, .. } in &clearing.fills {
        let asked = orders.iter_mut().find(|order| order.series == *series && order.side == *side);
        let asked = asked.filter(|order| side.accepts(order.worst, *price));
        let left = asked.and_then(|order| order.lots.checked_sub(*lots).ok().map(|left| (order, left)));
        let Some((order, left)) = left else {
            return Err(Refusal::InvalidClearing("a close-out trades what was asked for").into());
        };
        order.lots = left;
    }
    let only_removes = clearing.book.iter().all(|change| change.change == RestChange::Removed);
    if only_removes && clearing.voids_orders == open.purpose.voids_orders() {
        Ok(())
    } else {
        Err(Refusal::InvalidClearing("a close-out rests nothing, and voids what was asked for").into())
    }
}

/// Starts the account's clock, or goes on with it if it was called within two hours. The series already worked in this
/// block.
pub fn clock(
    ledger: &mut Ledger<'_>,
    account: AccountId,
    margins: Vec<(ProductId, Amount)>,
) -> Result<Vec<SeriesId>, ContractError> {
    let (now, height) = (ledger.now, ledger.height);
    let record = ledger.account(account)?;
    let begun = Liquidation { since: now, last: now, height, worked: vec![], margins };
    let running = record.liquidation.take().filter(|clock| now.saturating_since(clock.last) < CLOCK_EXPIRES);
    let mut clock = running.unwrap_or(begun);
    if clock.height != height {
        (clock.height, clock.worked) = (height, vec![]);
    }
    clock.last = now;
    let worked = clock.worked.clone();
    record.liquidation = Some(clock);
    Ok(worked)
}

/// Notes that these series have had their share of the block.
pub fn note_worked(ledger: &mut Ledger<'_>, account: AccountId, series: &[SeriesId]) -> Result<(), ContractError> {
    if let Some(clock) = &mut ledger.account(account)?.liquidation {
        clock.worked.extend_from_slice(series);
    }
    Ok(())
}

/// Seconds of the account's clock.
pub fn elapsed(ledger: &mut Ledger<'_>, account: AccountId) -> Result<u64, ContractError> {
    let now = ledger.now;
    let clock = ledger.account(account)?.liquidation.as_ref();
    Ok(clock.map_or(0, |clock| now.saturating_since(clock.since)))
}

/// The market's answer: books the fills, takes the fees, lets the house take what is left where it is due, recognises
/// the deficit. The close-out is over with it.
pub fn answer(ledger: &mut Ledger<'_>, clearing: &Clearing) -> Result<(), ContractError> {
    let open = open_in(ledger.storage(), ledger.height)?.filter(|open| open.account == clearing.account);
    let open = open.ok_or(Refusal::NoCloseOut(clearing.account.0))?;
    as_asked(&open, clearing)?;
    let CloseOut { account, purpose, .. } = open;
    mark(ledger, &clearing.marks)?;
    if clearing.voids_orders {
        ledger.void_orders(account)?;
    }
    // No trading fees on either side (clause 4.8).
    clear::trade(ledger, clearing)?;
    clear::rest(ledger, clearing)?;
    if let Purpose::Liquidation { caller, bounty_to, equity_before, prices } = purpose {
        charge(ledger, clearing, (bounty_to, &prices))?;
        let health = ledger.portfolio(account)?.health()?;
        let bankrupt = health.equity.gain().is_zero();
        let due = bankrupt || elapsed(ledger, account)? >= HOUSE_TAKES_AFTER;
        if due && !health.meets_maintenance() {
            take_over::rest(ledger, account, &prices)?;
            take_over::recognise(ledger, account)?;
        }
        let health = ledger.portfolio(account)?.health()?;
        let (equity_after, maintenance_after) = (health.equity, health.maintenance);
        ledger.log.push(Liquidated { account, caller, equity_before, equity_after, maintenance_after });
    }
    Ok(())
}

/// Both fees on what was closed, as far as cash goes and as far as equity would last if the rest went at its bankruptcy
/// prices: a fee alone never bankrupts.
fn charge(
    ledger: &mut Ledger<'_>,
    clearing: &Clearing,
    (bounty_to, prices): (Option<AccountId>, &[(SeriesId, Price)]),
) -> Result<(), ContractError> {
    let account = clearing.account;
    let terms = ledger.product(clearing.product)?.clone();
    let mut notional = Amount::ZERO;
    for ClearedFill { price, lots, .. } in &clearing.fills {
        notional = notional.checked_add(terms.unit_value.notional(*price, *lots)?)?;
    }
    let available = left_over(ledger, account, prices)?.min(ledger.cash(account)?.gain());
    let Fees { liquidation, bounty, insurance } = Fees::on(&terms.liquidation, notional, available)?;
    let payer = Pot::of(account);
    let bounty = if bounty_to.is_some_and(|to| to != account) { bounty } else { Amount::ZERO };
    ledger.post(PostingKind::LiquidationFee, payer, Pot::Insurance, liquidation.checked_sub(bounty)?)?;
    if let Some(to) = bounty_to {
        ledger.post(PostingKind::Bounty, payer, Pot::of(to), bounty)?;
    }
    ledger.post(PostingKind::InsuranceFee, payer, Pot::Insurance, insurance)
}

/// E if every lot left went at its bankruptcy price.
fn left_over(
    ledger: &mut Ledger<'_>,
    account: AccountId,
    prices: &[(SeriesId, Price)],
) -> Result<Amount, ContractError> {
    let portfolio = ledger.portfolio(account)?;
    let mut equity: SignedAmount = portfolio.equity()?;
    for (series, price) in prices {
        if let Some((holding, leg)) = portfolio.leg(*series) {
            let lost = leg.mark.minus(*price).times(leg.lots).value(holding.product.unit_value)?;
            equity = equity.debit(lost.gain())?;
        }
    }
    Ok(equity.gain())
}
