//! An order from the wire: which of its fields go together, and what they mean (clause 3.1).

use tokfut_api::market::{NewOrder, OrderPrice, PostOnly, SelfTrade, TimeInForce};
use tokfut_core::matching::{Incoming, Style};
use tokfut_core::price::{Lots, Price};
use tokfut_core::time::Time;

use crate::desk::Desk;
use crate::error::{ContractError, Refusal};

/// Trades an order may make if it does not say, and at most.
pub const MAX_FILLS: u32 = 32;

/// An order that keeps all rules which its own fields and the series' terms can tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Checked {
    /// What the planner needs.
    pub incoming: Incoming,
    /// When what rests of it ends by itself.
    pub expires_at: Option<Time>,
    /// The account's own number.
    pub client_id: Option<u64>,
}

/// Reads the order for the series of `desk` at `now`.
pub fn check(order: &NewOrder, desk: &Desk, now: Time) -> Result<Checked, ContractError> {
    let NewOrder { account, series: _, side, lots, price, time_in_force, post_only, reduce_only, .. } = order;
    if order.self_trade != SelfTrade::CancelResting {
        return Err(Refusal::NotAvailable { what: "self-trade modes other than cancel_resting", clause: "3.1" }.into());
    }
    let (style, expires_at) = style(price, time_in_force.as_ref(), *post_only, now)?;
    let incoming = Incoming {
        account: *account,
        side: *side,
        lots: checked_lots(*lots, desk.terms.max_order)?,
        limit: checked_price(price, desk)?,
        style,
        reduce_only: *reduce_only,
        max_fills: fills(order.max_fills)?,
    };
    Ok(Checked { incoming, expires_at, client_id: order.client_id.map(|id| id.u64()) })
}

fn style(
    price: &OrderPrice,
    time_in_force: Option<&TimeInForce>,
    post_only: Option<PostOnly>,
    now: Time,
) -> Result<(Style, Option<Time>), ContractError> {
    let (style, expires_at) = match (price, time_in_force) {
        (_, Some(TimeInForce::Gtd { .. })) => {
            return Err(Refusal::NotAvailable { what: "time in force gtd", clause: "3.1" }.into());
        }
        (_, Some(TimeInForce::MinFill { .. })) => {
            return Err(Refusal::NotAvailable { what: "time in force min_fill", clause: "3.1" }.into());
        }
        (_, Some(TimeInForce::Ioc)) | (OrderPrice::Worst(_), None) => (Style::Immediate, None),
        (_, Some(TimeInForce::Fok)) => (Style::FillOrKill, None),
        (OrderPrice::Limit(_), None | Some(TimeInForce::Gtc)) => (Style::Rest, None),
        (OrderPrice::Limit(_), Some(TimeInForce::Day)) => (Style::Rest, Some(now.next_daily_time())),
        (OrderPrice::Worst(_), Some(TimeInForce::Gtc | TimeInForce::Day)) => {
            return Err(Refusal::InvalidOrder("a market order never rests: ioc or fok").into());
        }
    };
    match post_only {
        None => Ok((style, expires_at)),
        Some(PostOnly::Slide) => Err(Refusal::NotAvailable { what: "post-only slide", clause: "3.1" }.into()),
        Some(PostOnly::Reject) if style == Style::Rest => Ok((Style::PostOnly, expires_at)),
        Some(PostOnly::Reject) => Err(Refusal::InvalidOrder("a post-only order rests: gtc or day").into()),
    }
}

fn checked_lots(lots: Lots, max: Lots) -> Result<Lots, ContractError> {
    if lots.is_zero() || lots > max { Err(Refusal::InvalidLots { lots, max }.into()) } else { Ok(lots) }
}

fn checked_price(price: &OrderPrice, desk: &Desk) -> Result<Price, ContractError> {
    let (OrderPrice::Limit(text) | OrderPrice::Worst(text)) = price;
    let price = Price::parse(text, desk.terms.decimals)?.on_tick(desk.terms.tick)?;
    Ok(desk.limits.check(price)?)
}

fn fills(max_fills: Option<u32>) -> Result<u32, ContractError> {
    let got = max_fills.unwrap_or(MAX_FILLS);
    if (1..=MAX_FILLS).contains(&got) { Ok(got) } else { Err(Refusal::InvalidMaxFills { got, max: MAX_FILLS }.into()) }
}
