//! Writing a plan down: the dull step after the decision.

use cosmwasm_std::{QuerierWrapper, Storage};
use tokfut_api::clearing::{BookChange, ClearedFill, MarkChange, RestChange};
use tokfut_api::event::EventLog;
use tokfut_api::market::{Filled, OrderRemoved, OrderRested, RemainderCancelled};
use tokfut_core::book::{RemovalReason, RestingOrder};
use tokfut_core::id::{AccountId, OrderId};
use tokfut_core::matching::{Fill, Incoming, Plan, Removal, Step};
use tokfut_core::price::Lots;
use tokfut_core::tape::{STOOD, Tape, Trade};

use crate::desk::{Desk, Market};
use crate::error::ContractError;
use crate::index::Fixing;
use crate::marks;
use crate::order::Checked;
use crate::state::{self, TAPES};

/// What the clearing house is told of what was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Trades.
    pub fills: Vec<ClearedFill>,
    /// Lots that came to rest or left without a trade.
    pub book: Vec<BookChange>,
    /// New marks.
    pub marks: Vec<MarkChange>,
}

/// A resting order's lots as they came or went.
pub fn change(id: OrderId, order: &RestingOrder, lots: Lots, change: RestChange) -> BookChange {
    let RestingOrder { account, reduce_only, .. } = *order;
    BookChange { account, series: id.series, side: id.side, price: id.price, lots, reduce_only, change }
}

/// Takes an order out without a trade. Of a void order the clearing house has let go before: it is told nothing.
pub fn remove(storage: &mut dyn Storage, removal: &Removal, log: &mut EventLog) -> Option<BookChange> {
    let Removal { id, order, reason } = removal;
    state::remove(storage, *id, order);
    log.push(OrderRemoved { order: *id, account: order.account, lots: order.lots, reason: reason.code().to_string() });
    left(removal)
}

/// What the clearing house is told of a removal.
fn left(Removal { id, order, reason }: &Removal) -> Option<BookChange> {
    (*reason != RemovalReason::Void).then(|| change(*id, order, order.lots, RestChange::Removed))
}

/// What the clearing house is told of a trade.
fn cleared(taker: &Incoming, Fill { id, maker, lots, left: _ }: &Fill) -> ClearedFill {
    let (series, side, price, lots) = (id.series, taker.side, id.price, *lots);
    ClearedFill { series, side, maker: maker.account, maker_reduce_only: maker.reduce_only, price, lots }
}

/// Writes what the plan does to the book, gives the order a place if it rests, and measures the series anew if it
/// traded: the tape is written once. Dead orders met on the way are removed.
pub fn place(
    storage: &mut dyn Storage,
    querier: QuerierWrapper<'_>,
    (market, desk, fixing): (&Market, &Desk, Option<&Fixing>),
    checked: &Checked,
    (plan, log): (Plan, &mut EventLog),
) -> Result<(Written, Option<OrderId>), ContractError> {
    let Plan { steps, filled: _, rests, cancelled } = plan;
    let (mut written, mut tape) = (Written::default(), None);
    for step in &steps {
        match step {
            Step::Fill(fill) => {
                let tape = match &mut tape {
                    Some(tape) => tape,
                    None => tape.insert(load_tape(storage, market, desk)?),
                };
                written.fills.push(trade(storage, market, &checked.incoming, fill, (&mut *tape, &mut *log))?);
            }
            Step::Removal(removal) => written.book.extend(remove(storage, removal, log)),
        }
    }
    for (lots, reason) in cancelled {
        let (account, reason) = (checked.incoming.account, reason.code().to_string());
        log.push(RemainderCancelled { account, series: desk.id, lots, reason });
    }
    let mut id = None;
    if !rests.is_zero() {
        let (resting, change) = rest(storage, (market, desk), checked, rests, log)?;
        written.book.push(change);
        id = Some(resting);
    }
    if let Some(mut tape) = tape {
        let remark = marks::remark(storage, querier, (market, desk, fixing), &tape)?;
        let (mark, dead) = remark.push(desk, &mut tape, log);
        written.marks.push(mark);
        written.book.extend(dead.iter().filter_map(|removal| remove(storage, removal, log)));
        TAPES.save(storage, &desk.id, &tape)?;
    }
    Ok((written, id))
}

/// Gives what is left of the order a place in the book.
fn rest(
    storage: &mut dyn Storage,
    (market, desk): (&Market, &Desk),
    checked: &Checked,
    lots: Lots,
    log: &mut EventLog,
) -> Result<(OrderId, BookChange), ContractError> {
    let Checked { incoming, expires_at, client_id } = *checked;
    let Incoming { account, side, limit: price, reduce_only, .. } = incoming;
    let id = OrderId { series: desk.id, side, price, sequence: state::take_sequence(storage)? };
    let order = RestingOrder { account, lots, placed_at: market.now, expires_at, reduce_only, client_id };
    state::insert(storage, id, &order)?;
    log.push(OrderRested { order: id, account, lots, reduce_only, client_id, expires_at });
    Ok((id, change(id, &order, lots, RestChange::Rested)))
}

/// The tape of the series; an empty one before its first trade.
pub fn load_tape(storage: &dyn Storage, market: &Market, desk: &Desk) -> Result<Tape, ContractError> {
    Ok(TAPES.may_load(storage, &desk.id)?.unwrap_or_else(|| Tape::new(market.now.next_daily_time())))
}

fn trade(
    storage: &mut dyn Storage,
    market: &Market,
    taker: &Incoming,
    fill: &Fill,
    (tape, log): (&mut Tape, &mut EventLog),
) -> Result<ClearedFill, ContractError> {
    let Fill { id, maker, lots, left } = fill;
    if left.is_zero() {
        state::remove(storage, *id, maker);
    } else {
        state::shrink(storage, *id, maker, *left)?;
    }
    tape.print(id.price, *lots)?;
    if market.now.saturating_since(maker.placed_at) >= STOOD {
        let owners = (taker.account.owner(), maker.account.owner());
        tape.count(&Trade { at: market.now, price: id.price, lots: *lots, owners })?;
    }
    let cleared = cleared(taker, fill);
    let ClearedFill { series, side, maker, price, lots, .. } = cleared;
    log.push(Filled { series, order: *id, maker, taker: taker.account, side, price, lots, left: *left });
    Ok(cleared)
}

/// Measures the series anew and tells the clearing house. Of the dead orders met those are removed that it has let go of:
/// a push tells it of marks alone.
pub fn remark(
    storage: &mut dyn Storage,
    querier: QuerierWrapper<'_>,
    (market, desk, fixing): (&Market, &Desk, Option<&Fixing>),
    log: &mut EventLog,
) -> Result<MarkChange, ContractError> {
    let mut tape = load_tape(storage, market, desk)?;
    let remark = marks::remark(storage, querier, (market, desk, fixing), &tape)?;
    let (change, dead) = remark.push(desk, &mut tape, log);
    for removal in dead.iter().filter(|removal| removal.reason == RemovalReason::Void) {
        remove(storage, removal, log);
    }
    TAPES.save(storage, &desk.id, &tape)?;
    Ok(change)
}

/// Makes all resting orders of the account void.
pub fn void_all(storage: &mut dyn Storage, account: AccountId, log: &mut EventLog) -> Result<(), ContractError> {
    let before = state::void_all(storage, account)?;
    log.push(tokfut_api::market::OrdersVoided { account, before });
    Ok(())
}
