//! The mark of a series, from its tape, its book and the fixings (clause 4.13).

use cosmwasm_std::{QuerierWrapper, Storage};
use tokfut_api::clearing::MarkChange;
use tokfut_api::event::EventLog;
use tokfut_api::market::Marked;
use tokfut_core::mark::{self, DEPTH_ORDERS, Depth, Legs, MarginMark, Quote};
use tokfut_core::matching::{Met, Removal, Rules};
use tokfut_core::price::{Lots, Price, Side};
use tokfut_core::series::Status;
use tokfut_core::tape::Tape;
use tokfut_core::time::Time;

use crate::desk::{Desk, Market};
use crate::error::ContractError;
use crate::index::{self, Fixing};
use crate::state::{BookSide, Config};

/// Orders looked at a side, of whatever kind, before the book is given up as a leg.
pub const LOOKED_AT: usize = 2 * DEPTH_ORDERS;
/// Dead ones among them, on both sides together, that a mark looks past and whoever measures it removes.
const DEAD: usize = 4;

/// What a series is worth now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// As trades, book and index make it.
    pub mark: Price,
    /// As margin is measured.
    pub margin: MarginMark,
    /// The index leg.
    pub index: Option<Price>,
    /// Dead orders that stood before what was measured.
    pub dead: Vec<Removal>,
}

/// How the middle of a book is taken.
#[derive(Clone, Copy, Debug)]
pub struct Middle {
    /// What makes a side firm.
    pub depth: Depth,
    /// The orders that count live at this time…
    pub live: Time,
    /// …and were placed no later than this.
    pub placed_by: Time,
    /// Where a half goes.
    pub toward: Price,
    /// Dead orders that may stand before what counts.
    pub dead: usize,
}

/// The mark now, at the latest final fixing. Neither the open interest nor the book is read where it could not matter.
pub fn remark(
    storage: &dyn Storage,
    querier: QuerierWrapper<'_>,
    (market, desk, fixing): (&Market, &Desk, Option<&Fixing>),
    tape: &Tape,
) -> Result<Remark, ContractError> {
    let (now, settlement) = (market.now, desk.series.settlement);
    let index = index::leg(&querier, market, desk, fixing, settlement)?;
    if desk.status(now) == Status::Expired {
        // Nothing trades any more: the mark is what the window will settle at.
        let price = index.unwrap_or(settlement);
        let margin = MarginMark { price, outside_since: None };
        return Ok(Remark { mark: price, margin, index, dead: vec![] });
    }
    let (mut mid, mut dead) = (None, vec![]);
    let recent = tape.recent(now, settlement)?;
    // With no open interest at all: none where this is none.
    let mut trades = mark::trade_leg(&recent, Lots::ZERO);
    if trades.is_some() || mark::heeds_middle(trades, index, settlement) {
        let interest = index::open_interest(&querier, &market.config, desk.id)?;
        trades = mark::trade_leg(&recent, interest);
        if mark::heeds_middle(trades, index, settlement) {
            let depth = Depth::for_mark(interest);
            let how = Middle { depth, live: now, placed_by: now, toward: settlement, dead: DEAD };
            (mid, dead) = middle(storage, querier, &market.config, desk, how)?;
        }
    }
    let mark = mark::mark(&Legs { trades, mid, index }, settlement, desk.limits);
    let margin = mark::margin_mark(mark, index, tape.outside_since, now, desk.limits);
    Ok(Remark { mark, margin, index, dead })
}

/// The middle between the firm prices, and the dead orders met on the way to them.
pub fn middle(
    storage: &dyn Storage,
    querier: QuerierWrapper<'_>,
    config: &Config,
    desk: &Desk,
    how: Middle,
) -> Result<(Option<Price>, Vec<Removal>), ContractError> {
    let mut dead = vec![];
    let mut book = BookSide::new(storage, querier, config, desk.id, Side::Buy);
    let bid = firm_price(&mut book, desk, how, &mut dead)?;
    let ask = if bid.is_some() { firm_price(&mut book.turned(Side::Sell), desk, how, &mut dead)? } else { None };
    Ok((mark::mid(bid, ask, how.toward)?, dead))
}

/// Where the orders of a side reach the depth; none if too many others, or too many dead ones, stand before them.
fn firm_price(
    book: &mut BookSide<'_>,
    desk: &Desk,
    how: Middle,
    dead: &mut Vec<Removal>,
) -> Result<Option<Price>, ContractError> {
    let rules = Rules { now: how.live, limits: desk.limits };
    let mut looks = 0..LOOKED_AT;
    let mut next = || -> Result<Option<Quote>, ContractError> {
        while looks.next().is_some() {
            let Some((Met { id, order }, reason)) = book.next_checked(&rules)? else { return Ok(None) };
            match reason {
                Some(_) if dead.len() >= how.dead => return Ok(None),
                Some(reason) => dead.push(Removal { id, order, reason }),
                // A reduce-only order may be worth less than it says; one beyond the limits cannot trade.
                None if !order.reduce_only && order.placed_at <= how.placed_by && desk.limits.contain(id.price) => {
                    return Ok(Some(Quote { price: id.price, lots: order.lots, owner: order.account.owner() }));
                }
                None => {}
            }
        }
        Ok(None)
    };
    how.depth.firm_price(core::iter::from_fn(|| next().transpose()))
}

impl Remark {
    /// What the vault is told, and the dead orders that were met; notes the mark in the log and on the tape.
    pub fn push(self, desk: &Desk, tape: &mut Tape, log: &mut EventLog) -> (MarkChange, Vec<Removal>) {
        let Self { mark, margin, index, dead } = self;
        tape.outside_since = margin.outside_since;
        log.push(Marked { series: desk.id, mark, margin_mark: margin.price, index });
        (MarkChange { series: desk.id, price: margin.price }, dead)
    }
}
