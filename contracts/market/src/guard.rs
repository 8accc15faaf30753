//! What is checked at the door, before a message does anything.

use cosmwasm_std::{Addr, MessageInfo, Storage};
use tokfut_core::id::ProductId;
use tokfut_core::time::Time;

use crate::desk::{Desk, Market, product};
use crate::error::{ContractError, Refusal};
use crate::index::Fixing;
use crate::state::{DIARY, Diary};

/// No message of the market takes coins.
pub fn no_coins(info: &MessageInfo) -> Result<(), ContractError> {
    info.funds.first().map_or(Ok(()), |coin| Err(Refusal::UnexpectedFunds(coin.clone()).into()))
}

/// Only `who`, named `role`, may do this.
pub fn only(who: &Addr, role: &'static str, info: &MessageInfo) -> Result<(), ContractError> {
    if info.sender == who { Ok(()) } else { Err(Refusal::Unauthorized(role).into()) }
}

/// From the daily time to the strike no book of the product changes (clause 4.5).
pub fn not_due(storage: &dyn Storage, id: ProductId, now: Time) -> Result<(), ContractError> {
    check_diary(storage, &Diary::load(storage, id)?, id, now)
}

/// The same for all products at once.
pub fn nothing_due(storage: &dyn Storage, now: Time) -> Result<(), ContractError> {
    for (diary, number) in DIARY.load(storage)?.iter().zip(1u8..) {
        check_diary(storage, diary, ProductId(number), now)?;
    }
    Ok(())
}

fn check_diary(storage: &dyn Storage, diary: &Diary, id: ProductId, now: Time) -> Result<(), ContractError> {
    match diary.due {
        Some(due) if diary.is_strike_due(now) => {
            Err(Refusal::StrikeDue { product: product(storage, id)?.code.to_string(), due }.into())
        }
        _ => Ok(()),
    }
}

/// A series that trades takes reduce-only orders; only an open one with a fresh index, of which the oracle does
/// not hint otherwise, takes others (clauses 2.4, 4.13, 7.10).
pub fn may_place(
    market: &Market,
    desk: &Desk,
    reduce_only: bool,
    fixing: Option<&Fixing>,
) -> Result<(), ContractError> {
    let status = desk.status(market.now);
    if !status.may_reduce() {
        return Err(Refusal::NotTrading { series: desk.code(), status }.into());
    }
    if reduce_only {
        return Ok(());
    }
    if !status.may_open() {
        return Err(Refusal::ReduceOnlyRequired { series: desk.code(), status }.into());
    }
    if fixing.is_some_and(|fixing| fixing.hint.holds(market.now)) {
        return Err(Refusal::FeedCloseOnly { feed: desk.product.feed }.into());
    }
    if fixing.is_some_and(|fixing| fixing.is_fresh(market.now)) {
        return Ok(());
    }
    let last = fixing.map_or_else(|| "never".to_string(), |fixing| fixing.at.to_string());
    Err(Refusal::IndexStale { feed: desk.product.feed, last }.into())
}

/// A list of 1 to `max` entries.
pub fn count(what: &'static str, got: usize, max: usize) -> Result<(), ContractError> {
    if (1..=max).contains(&got) { Ok(()) } else { Err(Refusal::InvalidCount { what, got, max }.into()) }
}
