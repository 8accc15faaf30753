//! `close`: works what the clearing house closes out, and always answers it.

use cosmwasm_std::{Deps, DepsMut, Env, MessageInfo, Response};
use tokfut_api::clearing::{Clearing, CloseOrder, Purpose};
use tokfut_api::event::EventLog;
use tokfut_api::vault;
use tokfut_core::id::{AccountId, ProductId};
use tokfut_core::liquidation::worst_price;
use tokfut_core::matching::{self, CancelReason, Incoming, Plan, PlanError, Rules, Style};
use tokfut_core::price::{Lots, Price, Side};

use super::respond;
use crate::commit::{self, Written};
use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::order::{Checked, MAX_FILLS};
use crate::state::BookSide;
use crate::{guard, index, marks};

/// Orders a close-out may have.
const MAX_LEGS: usize = 2;

/// Voids the account's orders if asked to, matches what it can near the mark of now, of two legs as much as both find, and
/// calls the vault back with that mark even if it is nothing.
pub fn close(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    account: AccountId,
    (orders, voids_orders): (&[CloseOrder], bool),
) -> Result<Response, ContractError> {
    let market = Market::load(deps.storage, env)?;
    guard::only(&market.config.vault, "the vault", info)?;
    if orders.len() > MAX_LEGS {
        return Err(Refusal::InvalidCount { what: "close-out orders", got: orders.len(), max: MAX_LEGS }.into());
    }
    let mut log = EventLog::default();
    if voids_orders {
        guard::nothing_due(&market)?;
        commit::void_all(deps.storage, account, &mut log)?;
    }
    let (mut product, mut fixing, mut legs) = (None, None, Vec::<Leg>::new());
    for order in orders {
        let desk = Desk::load(deps.storage, &market.config, order.series)?;
        let of_product: ProductId = *product.get_or_insert(desk.series.product);
        if of_product != desk.series.product || legs.iter().any(|leg| leg.desk.id == desk.id) {
            return Err(Refusal::MixedList("close-out orders of two products, or one series twice").into());
        }
        guard::not_due(&market, of_product)?;
        if fixing.is_none() {
            fixing = index::latest(&deps.querier, &market.config.oracle, desk.terms.feed)?;
        }
        let scene = (&market, &desk, fixing.as_ref());
        // What the vault asks for may be measured at a mark of before: nobody buys at it what a fixing has made dearer.
        let tape = commit::load_tape(deps.storage, &market, &desk)?;
        let mark = marks::remark(deps.storage, deps.querier, scene, &tape)?.margin.price;
        let checked = close_out(account, order, (&desk, mark))?;
        let plan = plan(deps.as_ref(), &market, &desk, &checked.incoming)?;
        legs.push(Leg { desk, checked, plan });
    }
    let lots = legs.iter().map(|leg| leg.plan.filled).min().unwrap_or_default();
    let mut all = Written::default();
    for leg in legs {
        let Leg { desk, checked, plan } = leg.cut(deps.as_ref(), &market, lots)?;
        let scene = (&market, &desk, fixing.as_ref());
        let (written, _) = commit::place(deps.storage, deps.querier, scene, &checked, (plan, &mut log))?;
        let Written { fills, book, mut marks } = written;
        if fills.is_empty() {
            marks.push(commit::remark(deps.storage, deps.querier, scene, &mut log)?);
        }
        all.fills.extend(fills);
        all.book.extend(book);
        all.marks.extend(marks);
    }
    let Written { fills, book, marks } = all;
    let product = product.unwrap_or(ProductId(1));
    let clearing = Clearing { purpose: Purpose::Close {}, account, product, marks, fills, book, voids_orders };
    respond(&market.config, &vault::ExecuteMsg::Clear(clearing), log)
}

/// An order of a close-out and what it would do.
struct Leg {
    desk: Desk,
    checked: Checked,
    plan: Plan,
}

impl Leg {
    /// The same for so many lots, where the other leg of a pair finds no more: a pair goes lot for lot (clause 6.3).
    fn cut(mut self, deps: Deps<'_>, market: &Market, lots: Lots) -> Result<Self, ContractError> {
        if self.plan.filled > lots {
            let dropped = self.checked.incoming.lots.checked_sub(lots)?;
            self.checked.incoming.lots = lots;
            self.plan = plan(deps, market, &self.desk, &self.checked.incoming)?;
            self.plan.cancelled = vec![(dropped, CancelReason::Immediate)];
        }
        Ok(self)
    }
}

fn close_out(account: AccountId, order: &CloseOrder, (desk, mark): (&Desk, Price)) -> Result<Checked, ContractError> {
    let CloseOrder { series: _, side, lots, worst, discount } = order;
    let worst = worst_price(*side, mark, *worst, *discount)?;
    let incoming = Incoming {
        account,
        side: *side,
        lots: *lots,
        limit: within(worst, *side, desk),
        style: Style::Immediate,
        reduce_only: true,
        max_fills: MAX_FILLS,
    };
    Ok(Checked { incoming, expires_at: None, client_id: None })
}

/// The worst price within the day's limits and on the tick, never worse than asked for: where the whole day is worse,
/// it stays as it is and meets nothing.
fn within(worst: Price, side: Side, desk: &Desk) -> Price {
    let tick = desk.terms.tick;
    match side {
        Side::Buy => worst.tick_down(tick).unwrap_or(worst).min(desk.limits.highest()),
        Side::Sell => worst.tick_up(tick).unwrap_or(worst).max(desk.limits.lowest()),
    }
}

/// The plan; an empty one where the series does not trade or nothing is left to close.
fn plan(deps: Deps<'_>, market: &Market, desk: &Desk, incoming: &Incoming) -> Result<Plan, ContractError> {
    let dropped = vec![(incoming.lots, CancelReason::Immediate)];
    let nothing = Plan { steps: vec![], filled: Default::default(), rests: Default::default(), cancelled: dropped };
    if !desk.status(market.now).may_match() || incoming.lots.is_zero() {
        return Ok(nothing);
    }
    let side = incoming.side.opposite();
    let mut book = BookSide::new(deps.storage, deps.querier, &market.config, desk.id, side);
    let rules = Rules { now: market.now, limits: desk.limits };
    match matching::plan(incoming, &mut book, &rules) {
        Err(refused) if matches!(refused.why(), Refusal::Plan(PlanError::NothingToReduce(_))) => Ok(nothing),
        plan => plan,
    }
}
