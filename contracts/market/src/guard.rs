//! What is checked at the door, before a message does anything.

use cosmwasm_std::{Addr, MessageInfo};
use tokfut_core::id::ProductId;

use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::index::Fixing;
use crate::state::Board;

/// No message of the market takes coins.
pub fn no_coins(info: &MessageInfo) -> Result<(), ContractError> {
    info.funds.first().map_or(Ok(()), |coin| Err(Refusal::UnexpectedFunds(coin.clone()).into()))
}

/// Only `who`, named `role`, may do this.
pub fn only(who: &Addr, role: &'static str, info: &MessageInfo) -> Result<(), ContractError> {
    if info.sender == who { Ok(()) } else { Err(Refusal::Unauthorized(role).into()) }
}

/// From the daily time to the strike no book of the product changes (clause 4.5).
pub fn not_due(market: &Market, id: ProductId) -> Result<(), ContractError> {
    check_diary(market, market.config.board(id)?)
}

/// The same for all products at once.
pub fn nothing_due(market: &Market) -> Result<(), ContractError> {
    market.config.boards.iter().try_for_each(|board| check_diary(market, board))
}

fn check_diary(market: &Market, Board { terms, diary }: &Board) -> Result<(), ContractError> {
    match diary.due {
        Some(due) if diary.is_strike_due(market.now) => {
            Err(Refusal::StrikeDue { product: terms.code.to_string(), due }.into())
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
        return Err(Refusal::FeedCloseOnly { feed: desk.terms.feed }.into());
    }
    if fixing.is_some_and(|fixing| fixing.is_fresh(market.now)) {
        return Ok(());
    }
    let last = fixing.map_or_else(|| "never".to_string(), |fixing| fixing.at.to_string());
    Err(Refusal::IndexStale { feed: desk.terms.feed, last }.into())
}

/// A list of 1 to `max` entries.
pub fn count(what: &'static str, got: usize, max: usize) -> Result<(), ContractError> {
    if (1..=max).contains(&got) { Ok(()) } else { Err(Refusal::InvalidCount { what, got, max }.into()) }
}
