//! `clear`: what one market message did, booked, charged and checked (clauses 4.3, 4.8, 4.11).

use cosmwasm_std::{DepsMut, Response};
use tokfut_api::clearing::{BookChange, ClearedFill, Clearing, Purpose, RestChange};
use tokfut_core::id::SeriesId;
use tokfut_core::margin::{self, Portfolio};
use tokfut_core::matching::reducible;
use tokfut_core::price::Side;
use tokfut_core::product::Product;

use super::series::mark;
use super::{At, close, commit};
use crate::error::{ContractError, Refusal};
use crate::guard::Act;
use crate::ledger::{Ledger, MAX_POSITIONS, TradeFees};
use crate::state::{CLOSE_OUT, Part};

/// An account before and after a clearing, at the same marks.
pub struct Cleared {
    /// The fees of its trades.
    pub fees: TradeFees,
    /// Before.
    pub before: Portfolio,
    /// After.
    pub after: Portfolio,
}

/// Books what the market says, if whoever sent it may, and if margin allows. `terms` are those of the clearing's product, if
/// there is one.
pub fn clear(
    deps: DepsMut<'_>,
    (env, config): At<'_>,
    clearing: &Clearing,
    terms: Option<Product>,
) -> Result<Response, ContractError> {
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    let Clearing { account, product, .. } = *clearing;
    if let Some(terms) = terms {
        ledger.know(product, terms);
    }
    match &clearing.purpose {
        Purpose::Close {} => close::answer(&mut ledger, clearing)?,
        Purpose::Trade { sender } => {
            ledger.load_all(account)?;
            ledger.permit((account, Act::Trade(product)), sender)?;
            let cleared = apply(&mut ledger, clearing)?;
            refusal(&mut ledger, clearing, &cleared)?;
        }
        Purpose::Cancel { sender } => {
            let act = if clearing.voids_orders { Act::CancelAll } else { Act::Cancel(product) };
            match clearing.book.first() {
                _ if clearing.voids_orders => ledger.load_all(account)?,
                Some(change) => ledger.load(account, Part::OwnerTo(change.series))?,
                None => {}
            }
            ledger.permit((account, act), sender)?;
            only_removes(clearing, |change| change.account == account)?;
            if clearing.voids_orders {
                ledger.void_orders(account)?;
            }
            rest(&mut ledger, clearing)?;
        }
        Purpose::Sweep {} => {
            if clearing.voids_orders {
                return Err(Refusal::InvalidClearing("a sweep voids nothing").into());
            }
            only_removes(clearing, |_| true)?;
            rest(&mut ledger, clearing)?;
        }
    }
    let finished = ledger.finish()?;
    if clearing.purpose == (Purpose::Close {}) {
        CLOSE_OUT.remove(deps.storage);
    }
    commit(deps, finished)
}

/// Cancels and sweeps take lots out of the book, and do nothing else.
fn only_removes(clearing: &Clearing, may: impl Fn(&BookChange) -> bool) -> Result<(), ContractError> {
    let Clearing { marks, fills, book, .. } = clearing;
    let removes = |change: &BookChange| change.change == RestChange::Removed && may(change);
    if marks.is_empty() && fills.is_empty() && book.iter().all(removes) {
        Ok(())
    } else {
        Err(Refusal::InvalidClearing("a cancel or sweep only removes orders").into())
    }
}

/// Books an order: marks, trades with their fees, and what rests. Checks nothing of margin.
pub fn apply(ledger: &mut Ledger<'_>, clearing: &Clearing) -> Result<Cleared, ContractError> {
    let account = clearing.account;
    let own = |change: &BookChange| change.change == RestChange::Removed || change.account == account;
    if clearing.voids_orders || !clearing.book.iter().all(own) {
        return Err(Refusal::InvalidClearing("an order rests for its own account and voids nothing").into());
    }
    mark(ledger, &clearing.marks)?;
    let before = ledger.portfolio(account)?;
    trade(ledger, clearing)?;
    rest(ledger, clearing)?;
    let fees = ledger.trading_fees(clearing)?;
    Ok(Cleared { fees, before, after: ledger.portfolio(account)? })
}

/// Books the trades, without fees.
pub fn trade(ledger: &mut Ledger<'_>, clearing: &Clearing) -> Result<(), ContractError> {
    let taker = clearing.account;
    for fill in &clearing.fills {
        let ClearedFill { series: id, side, maker, maker_reduce_only, price, lots } = *fill;
        if lots.is_zero() || maker.owner() == taker.owner() {
            return Err(Refusal::InvalidClearing("a trade has lots and two owners").into());
        }
        of_product(ledger, clearing, id)?;
        if maker_reduce_only && lots > reducible(side.opposite(), ledger.position(maker, id)?.lots) {
            return Err(Refusal::InvalidClearing("a reduce-only order reduces").into());
        }
        ledger.trade(id, (taker, side), maker, (lots, price))?;
        let resting = &mut ledger.position(maker, id)?.orders;
        if maker_reduce_only {
            resting.leave_reducing(side.opposite(), lots)?;
        } else {
            resting.leave(side.opposite(), lots, price)?;
        }
    }
    Ok(())
}

/// Books what came to rest and what left without a trade.
pub fn rest(ledger: &mut Ledger<'_>, clearing: &Clearing) -> Result<(), ContractError> {
    for change in &clearing.book {
        let BookChange { account, series, side, price, lots, reduce_only, change } = *change;
        of_product(ledger, clearing, series)?;
        if lots.is_zero() {
            return Err(Refusal::InvalidClearing("an order has lots").into());
        }
        if ledger.series(series)?.struck.last {
            return Err(Refusal::SeriesSettled(series.0).into());
        }
        let orders = &mut ledger.position(account, series)?.orders;
        match (change, reduce_only) {
            (RestChange::Rested, false) => orders.rest(side, lots, price)?,
            (RestChange::Rested, true) => orders.rest_reducing(side, lots, price)?,
            (RestChange::Removed, false) => orders.leave(side, lots, price)?,
            (RestChange::Removed, true) => orders.leave_reducing(side, lots)?,
        }
    }
    Ok(())
}

fn of_product(ledger: &mut Ledger<'_>, clearing: &Clearing, series: SeriesId) -> Result<(), ContractError> {
    let product = ledger.series(series)?.product;
    if product == clearing.product {
        Ok(())
    } else {
        Err(Refusal::WrongProduct { series: series.0, product: product.0 }.into())
    }
}

/// Why the account may not have done this, if it may not.
pub fn refusal(ledger: &mut Ledger<'_>, clearing: &Clearing, cleared: &Cleared) -> Result<(), ContractError> {
    let Cleared { fees: _, before, after } = cleared;
    let account = clearing.account;
    if after.legs().count() > MAX_POSITIONS {
        return Err(Refusal::TooManyPositions { account: account.0, max: MAX_POSITIONS }.into());
    }
    let health = after.health()?;
    if !margin::passes(before, after)? {
        let (need, have) = (health.initial, health.equity);
        return Err(if health.meets_initial() {
            Refusal::CashBelowZero(after.cash).into()
        } else {
            Refusal::InsufficientMargin { need, have }.into()
        });
    }
    if health.meets_initial() {
        return Ok(());
    }
    for change in clearing.book.iter().filter(|change| change.change == RestChange::Rested) {
        let mark = ledger.series(change.series)?.mark.price;
        let loses = match change.side {
            Side::Buy => change.price > mark,
            Side::Sell => change.price < mark,
        };
        if loses {
            return Err(Refusal::WorseThanMark { price: change.price.units(), mark: mark.units() }.into());
        }
    }
    Ok(())
}
