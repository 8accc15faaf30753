//! The mark of a series, from its tape, its book and the fixings (clause 4.13).

use cosmwasm_std::{QuerierWrapper, Storage};
use tokfut_api::clearing::MarkChange;
use tokfut_api::event::EventLog;
use tokfut_api::market::Marked;
use tokfut_core::mark::{self, DEPTH_ORDERS, Depth, Legs, MarginMark, Quote};
use tokfut_core::price::{Price, Side};
use tokfut_core::series::Status;
use tokfut_core::tape::Tape;
use tokfut_core::time::Time;

use crate::desk::{Desk, Market};
use crate::error::ContractError;
use crate::index;
use crate::state::{BookSide, Config};

/// Orders looked at a side, dead ones too, before the book is given up as a leg.
const LOOKED_AT: usize = 2 * DEPTH_ORDERS;

/// What a series is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remark {
    /// As trades, book and index make it.
    pub mark: Price,
    /// As margin is measured.
    pub margin: MarginMark,
    /// The index leg.
    pub index: Option<Price>,
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
}

/// The mark now.
pub fn remark(
    storage: &dyn Storage,
    querier: QuerierWrapper<'_>,
    market: &Market,
    desk: &Desk,
    tape: &Tape,
) -> Result<Remark, ContractError> {
    let fixing = index::latest(&querier, &market.config.oracle, desk.product.feed)?;
    let settlement = desk.series.settlement;
    let index = index::leg(&querier, market, desk, fixing.as_ref(), settlement)?;
    if desk.status(market.now) == Status::Expired {
        // Nothing trades any more: the mark is what the window will settle at.
        let price = index.unwrap_or(settlement);
        return Ok(Remark { mark: price, margin: MarginMark { price, outside_since: None }, index });
    }
    let interest = index::open_interest(&querier, &market.config, desk.id)?;
    let trades = mark::trade_leg(&tape.recent(market.now, settlement)?, interest);
    let now = market.now;
    let how = Middle { depth: Depth::for_mark(interest), live: now, placed_by: now, toward: settlement };
    let mid = mid(storage, querier, &market.config, desk, how)?;
    let mark = mark::mark(&Legs { trades, mid, index }, settlement, desk.limits);
    let margin = mark::margin_mark(mark, index, tape.outside_since, market.now, desk.limits);
    Ok(Remark { mark, margin, index })
}

/// The middle of the book between its firm prices.
pub fn mid(
    storage: &dyn Storage,
    querier: QuerierWrapper<'_>,
    config: &Config,
    desk: &Desk,
    Middle { depth, live, placed_by, toward }: Middle,
) -> Result<Option<Price>, ContractError> {
    let firm = |side: Side| {
        let orders = BookSide::new(storage, querier, config, desk.id, side).live_at(live, LOOKED_AT);
        depth.firm_price(orders.filter_map(|order| match order {
            // A reduce-only order may be worth less than it says; one beyond the limits cannot trade.
            Ok((id, order)) if !order.reduce_only && order.placed_at <= placed_by && desk.limits.contain(id.price) => {
                Some(Ok(Quote { price: id.price, lots: order.lots, owner: order.account.owner() }))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }))
    };
    let bid: Option<Price> = firm(Side::Buy)?;
    let ask = if bid.is_some() { firm(Side::Sell)? } else { None };
    Ok(mark::mid(bid, ask, toward)?)
}

impl Remark {
    /// What the vault is told; notes it in the log and on the tape.
    pub fn push(self, desk: &Desk, tape: &mut Tape, log: &mut EventLog) -> MarkChange {
        let Self { mark, margin, index } = self;
        tape.outside_since = margin.outside_since;
        log.push(Marked { series: desk.id, mark, margin_mark: margin.price, index });
        MarkChange { series: desk.id, price: margin.price }
    }
}
