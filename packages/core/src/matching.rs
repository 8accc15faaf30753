//! What an incoming order does to a book: the plan, decided before anything is written (clauses 3.2–3.5).
//!
//! Price, then time, at the resting order's price. Each resting order is checked again when it is met; a stale one is
//! removed and the order moves on. Fills are bounded by `max_fills`, removals by [`MAX_REMOVALS`], and nothing that crosses
//! ever rests.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::book::{RemovalReason, RestingOrder};
use crate::id::{AccountId, OrderId};
use crate::limits::DayLimits;
use crate::money::Overflow;
use crate::price::{Lots, NetLots, Price, Side};
use crate::time::Time;

/// Resting orders that one order removes without a trade, at most.
pub const MAX_REMOVALS: usize = 32;

/// The side of a book that an order takes from, read no further than the order needs.
pub trait Book {
    /// What reading may fail with.
    type Error: From<PlanError>;

    /// The next resting order of that side in the order of matching; each call moves on by one.
    fn next(&mut self) -> Result<Option<Met>, Self::Error>;

    /// True if the resting order's account has since voided it; asked only for orders that cross.
    fn is_void(&mut self, met: &Met) -> Result<bool, Self::Error>;

    /// The net lots of `account` in the series before the order; asked only for reduce-only orders.
    fn net_lots(&mut self, account: AccountId) -> Result<NetLots, Self::Error>;
}

/// A resting order as the book hands it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// Its name and place.
    pub id: OrderId,
    /// What is stored of it.
    pub order: RestingOrder,
}

/// An order as it comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Whose it is.
    pub account: AccountId,
    /// Buy or sell.
    pub side: Side,
    /// At least 1.
    pub lots: Lots,
    /// It trades at this price or better, and rests at it.
    pub limit: Price,
    /// What becomes of it beside trading.
    pub style: Style,
    /// It only ever reduces its account's position.
    pub reduce_only: bool,
    /// At most this many trades.
    pub max_fills: u32,
}

/// What becomes of an order beside trading at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// What is left rests.
    Rest,
    /// It rests whole; refused if it would trade.
    PostOnly,
    /// What is left is cancelled.
    Immediate,
    /// It trades whole or is refused.
    FillOrKill,
}

/// What resting orders are checked against when met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Protocol time.
    pub now: Time,
    /// The day's limits.
    pub limits: DayLimits,
}

/// Why an order is refused whole.
#[derive(Error, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// A post-only order meets a live order.
    #[error("post_only_would_trade: the best opposite order stands at {0} price units (3.1)")]
    WouldTrade(Price),
    /// A fill-or-kill order does not trade whole.
    #[error("unfilled: only {filled} of {lots} lots can trade at once (3.1)")]
    Unfilled {
        /// What could trade within the order's bounds.
        filled: Lots,
        /// What was asked for.
        lots: Lots,
    },
    /// A reduce-only order finds nothing that it would reduce.
    #[error("nothing_to_reduce: the position is {0} lots (3.1)")]
    NothingToReduce(NetLots),
    /// A number left its bounds.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Everything that an order does, in order. `filled + rests + Σ cancelled` is the order's lots.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Plan {
    /// Trades and removals, as they happen.
    pub steps: Vec<Step>,
    /// Lots traded.
    pub filled: Lots,
    /// Lots that come to rest at the order's limit.
    pub rests: Lots,
    /// Lots that are dropped, and why; at most one entry a reason.
    pub cancelled: Vec<(Lots, CancelReason)>,
}

/// One thing that happens to one resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It trades.
    Fill(Fill),
    /// It leaves without a trade.
    Removal(Removal),
}

/// A trade, at the resting order's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The resting order.
    pub id: OrderId,
    /// What it was before.
    pub maker: RestingOrder,
    /// Lots traded, at least 1.
    pub lots: Lots,
    /// Lots it has left; none: it is gone.
    pub left: Lots,
}

/// A resting order removed when met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The resting order.
    pub id: OrderId,
    /// What it was, with the lots it still had.
    pub order: RestingOrder,
    /// Why.
    pub reason: RemovalReason,
}

/// Why lots of an incoming order were dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// It was to trade at once or not at all.
    Immediate,
    /// It would still have crossed when its fills or removals were used up.
    FillLimit,
    /// It was reduce-only, and they would have reduced nothing.
    ReduceOnly,
}

impl CancelReason {
    /// The stable word for it in events.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Immediate => "ioc",
            Self::FillLimit => "fill_limit",
            Self::ReduceOnly => "reduce_only",
        }
    }
}

impl Plan {
    /// The trades alone, in order.
    pub fn fills(&self) -> impl Iterator<Item = &Fill> {
        self.steps.iter().filter_map(|step| match step {
            Step::Fill(fill) => Some(fill),
            Step::Removal(_) => None,
        })
    }

    /// Lots dropped, all reasons together.
    pub fn dropped(&self) -> Result<Lots, Overflow> {
        self.cancelled.iter().try_fold(Lots::ZERO, |sum, (lots, _)| sum.checked_add(*lots))
    }
}

/// How many lots an order of `side` can take off a position: what is short for a buy, what is long for a sell.
pub const fn reducible(side: Side, net: NetLots) -> Lots {
    match side {
        Side::Buy => net.short_part(),
        Side::Sell => net.long_part(),
    }
}

/// Plans `order` against `book` under `rules`. Reads no resting order beyond the first that does not cross.
///
/// # Errors
/// [`PlanError`] where the order is refused whole, and whatever reading fails with.
pub fn plan<B: Book>(order: &Incoming, book: &mut B, rules: &Rules) -> Result<Plan, B::Error> {
    let working = reduced(order, book)?;
    let clamped = order.lots.saturating_sub(working);
    let mut walk = Walk::new(working);
    let bounded = walk.run(order, book, rules)?;
    let Walk { steps, left, filled, .. } = walk;
    let mut plan = Plan { steps, filled, rests: Lots::ZERO, cancelled: Vec::new() };
    if !clamped.is_zero() {
        plan.cancelled.push((clamped, CancelReason::ReduceOnly));
    }
    if order.style == Style::FillOrKill && filled < order.lots {
        return Err(PlanError::Unfilled { filled, lots: order.lots }.into());
    }
    if left.is_zero() {
        return Ok(plan);
    }
    match order.style {
        _ if bounded => plan.cancelled.push((left, CancelReason::FillLimit)),
        Style::Rest | Style::PostOnly => plan.rests = left,
        Style::Immediate | Style::FillOrKill => plan.cancelled.push((left, CancelReason::Immediate)),
    }
    Ok(plan)
}

/// The lots of the order that may work: for a reduce-only one, no more than there is to reduce.
fn reduced<B: Book>(order: &Incoming, book: &mut B) -> Result<Lots, B::Error> {
    if !order.reduce_only {
        return Ok(order.lots);
    }
    let net = book.net_lots(order.account)?;
    let room = reducible(order.side, net);
    if room.is_zero() { Err(PlanError::NothingToReduce(net).into()) } else { Ok(order.lots.min(room)) }
}

/// The order on its way along the book.
struct Walk {
    steps: Vec<Step>,
    left: Lots,
    filled: Lots,
    /// Net lots that makers gained by the fills so far.
    traded: BTreeMap<AccountId, NetLots>,
    removals: usize,
}

impl Walk {
    fn new(lots: Lots) -> Self {
        Self { steps: Vec::new(), left: lots, filled: Lots::ZERO, traded: BTreeMap::new(), removals: 0 }
    }

    /// Walks until nothing is left, nothing crosses, or the fills or removals are used up (true).
    fn run<B: Book>(&mut self, order: &Incoming, book: &mut B, rules: &Rules) -> Result<bool, B::Error> {
        let max_fills = usize::try_from(order.max_fills).unwrap_or(usize::MAX);
        let mut met = None;
        while !self.left.is_zero() {
            let Some(resting) = next_or(met.take(), book)? else { break };
            if !order.side.accepts(order.limit, resting.id.price) {
                break;
            }
            let (available, stale) = self.checked(order, &resting, book, rules)?;
            if let Some(reason) = stale {
                if self.removals >= MAX_REMOVALS {
                    return Ok(true);
                }
                self.remove(&resting, reason);
                continue;
            }
            if order.style == Style::PostOnly {
                return Err(PlanError::WouldTrade(resting.id.price).into());
            }
            if self.steps.len().saturating_sub(self.removals) >= max_fills {
                return Ok(true);
            }
            // A reduce-only order may keep lots that reduce nothing more: it is met again, and removed.
            met = self.fill(&resting, available).map_err(PlanError::from)?;
        }
        Ok(false)
    }

    /// The lots of a resting order that may trade now, or why it goes.
    fn checked<B: Book>(
        &self,
        order: &Incoming,
        resting: &Met,
        book: &mut B,
        rules: &Rules,
    ) -> Result<(Lots, Option<RemovalReason>), B::Error> {
        if let Some(reason) = stale(order, resting, book, rules)? {
            return Ok((Lots::ZERO, Some(reason)));
        }
        let available = self.available(resting, book)?;
        Ok((available, available.is_zero().then_some(RemovalReason::ReduceOnly)))
    }

    /// The lots of a live resting order that may trade now.
    fn available<B: Book>(&self, resting: &Met, book: &mut B) -> Result<Lots, B::Error> {
        let Met { id, order } = resting;
        if !order.reduce_only {
            return Ok(order.lots);
        }
        let traded = self.traded.get(&order.account).copied().unwrap_or_default();
        let net = book.net_lots(order.account)?.checked_add(traded).map_err(PlanError::from)?;
        Ok(order.lots.min(reducible(id.side, net)))
    }

    fn remove(&mut self, resting: &Met, reason: RemovalReason) {
        self.removals = self.removals.saturating_add(1);
        self.steps.push(Step::Removal(Removal { id: resting.id, order: resting.order, reason }));
    }

    /// Trades what both sides have; gives back the resting order if it has lots left.
    fn fill(&mut self, resting: &Met, available: Lots) -> Result<Option<Met>, Overflow> {
        let Met { id, order: maker } = *resting;
        let lots = self.left.min(available);
        let left = maker.lots.checked_sub(lots)?;
        let traded = self.traded.entry(maker.account).or_default();
        *traded = traded.checked_add(id.side.net(lots)?)?;
        self.left = self.left.checked_sub(lots)?;
        self.filled = self.filled.checked_add(lots)?;
        self.steps.push(Step::Fill(Fill { id, maker, lots, left }));
        Ok((!left.is_zero()).then_some(Met { id, order: RestingOrder { lots: left, ..maker } }))
    }
}

fn next_or<B: Book>(met: Option<Met>, book: &mut B) -> Result<Option<Met>, B::Error> {
    match met {
        Some(met) => Ok(Some(met)),
        None => book.next(),
    }
}

/// Why a resting order may not trade with `order`, whatever its lots.
fn stale<B: Book>(order: &Incoming, met: &Met, book: &mut B, rules: &Rules) -> Result<Option<RemovalReason>, B::Error> {
    let Met { id, order: maker } = met;
    Ok(if book.is_void(met)? {
        Some(RemovalReason::Void)
    } else if maker.is_expired(rules.now) {
        Some(RemovalReason::Expired)
    } else if !rules.limits.contain(id.price) {
        Some(RemovalReason::OutsideLimits)
    } else if maker.account.owner() == order.account.owner() {
        Some(RemovalReason::SelfTrade)
    } else {
        None
    })
}

#[cfg(test)]
mod tests;
