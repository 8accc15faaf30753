//! `place_order`: trades what it can, rests what it may.

use cosmwasm_std::{Deps, DepsMut, Env, MessageInfo, QuerierWrapper, Response, Storage, to_json_binary};
use tokfut_api::clearing::{Clearing, Purpose};
use tokfut_api::event::EventLog;
use tokfut_api::market::{NewOrder, OrderRef, PlacedOrder};
use tokfut_api::vault;
use tokfut_core::book::{RemovalReason, RestingOrder};
use tokfut_core::id::{AccountId, OrderId};
use tokfut_core::matching::{self, Plan, Removal, Rules};
use tokfut_core::series::Status;

use super::respond;
use crate::commit::{self, Written};
use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::index::{self, Fixing};
use crate::order::{self, Checked};
use crate::state::{BookSide, Live, ORDERS, OWN_ORDERS, OrderKey, Series, named};

/// An order that is decided but not written.
pub struct Prepared {
    /// The market now.
    pub market: Market,
    /// The series.
    pub desk: Desk,
    /// The latest final fixing.
    pub fixing: Option<Fixing>,
    /// The order.
    pub checked: Checked,
    /// What it does.
    pub plan: Plan,
    /// A dead order whose client id it takes over.
    pub reclaimed: Option<Removal>,
}

/// Loads and plans. The simulation runs this very code.
pub fn prepare(deps: Deps<'_>, env: &Env, new: &NewOrder) -> Result<Prepared, ContractError> {
    let market = Market::load(deps.storage, env)?;
    let desk = Desk::open(deps.storage, &market.config, &new.series)?;
    guard::not_due(&market, desk.series.product)?;
    let fixing = index::latest(&deps.querier, &market.config.oracle, desk.terms.feed)?;
    guard::may_place(&market, &desk, new.reduce_only, fixing.as_ref())?;
    let checked = order::check(new, &desk, market.now)?;
    let reclaimed = reclaimed(deps.storage, &market, &desk, &checked)?;
    let side = checked.incoming.side.opposite();
    let mut book = BookSide::new(deps.storage, deps.querier, &market.config, desk.id, side);
    let rules = Rules { now: market.now, limits: desk.limits };
    let plan = matching::plan(&checked.incoming, &mut book, &rules)?;
    drop(book);
    Ok(Prepared { market, desk, fixing, checked, plan, reclaimed })
}

/// Places the order.
pub fn place_order(deps: DepsMut<'_>, env: &Env, info: MessageInfo, new: &NewOrder) -> Result<Response, ContractError> {
    let prepared = prepare(deps.as_ref(), env, new)?;
    let (filled, resting, cancelled) = (prepared.plan.filled, prepared.plan.rests, prepared.plan.dropped()?);
    let config = prepared.market.config.clone();
    let mut log = EventLog::default();
    let (clearing, id) = write(deps.storage, deps.querier, prepared, (info.sender.to_string(), &mut log))?;
    let data = PlacedOrder { order: id.map(|id| id.to_string()), filled, resting, cancelled };
    Ok(respond(&config, &vault::ExecuteMsg::Clear(clearing), log)?.set_data(to_json_binary(&data)?))
}

/// Writes the order into `storage`, and what the clearing house is then asked. The simulation runs this very code.
pub fn write(
    storage: &mut dyn Storage,
    querier: QuerierWrapper<'_>,
    Prepared { market, desk, fixing, checked, plan, reclaimed }: Prepared,
    (sender, log): (String, &mut EventLog),
) -> Result<(Clearing, Option<OrderId>), ContractError> {
    let freed = take_over(storage, &plan, reclaimed, log);
    let (Written { fills, mut book, marks }, id) =
        commit::place(storage, querier, (&market, &desk, fixing.as_ref()), &checked, (plan, log))?;
    book.extend(freed);
    let (account, product) = (checked.incoming.account, desk.series.product);
    let purpose = Purpose::Trade { sender };
    Ok((Clearing { purpose, account, product, marks, fills, book, voids_orders: false }, id))
}

/// Frees the client id, unless the plan itself removes the dead order.
fn take_over(
    storage: &mut dyn Storage,
    plan: &Plan,
    reclaimed: Option<Removal>,
    log: &mut EventLog,
) -> Option<tokfut_api::clearing::BookChange> {
    let removal = reclaimed?;
    let is_met = plan.steps.iter().any(|step| match step {
        matching::Step::Removal(met) => met.id == removal.id,
        matching::Step::Fill(_) => false,
    });
    if is_met { None } else { commit::remove(storage, &removal, log) }
}

/// The dead order that still holds the client id, if any; a live one holds it rightly.
fn reclaimed(
    storage: &dyn Storage,
    market: &Market,
    desk: &Desk,
    checked: &Checked,
) -> Result<Option<Removal>, ContractError> {
    let Some(client_id) = checked.client_id else { return Ok(None) };
    let Some(id) = OWN_ORDERS.may_load(storage, &(checked.incoming.account, (0, client_id)))? else { return Ok(None) };
    let (id, order) = named(storage, id)?;
    let series = Series::load(storage, id.series)?;
    let reason = stale(storage, market, &series, (id, &order))?;
    // The vault hears of one product a message: a dead order of another one is for `reap`.
    let in_reach = series.product == desk.series.product || reason == Some(RemovalReason::Void);
    match reason.filter(|_| in_reach) {
        Some(reason) => Ok(Some(Removal { id, order, reason })),
        None => Err(Refusal::DuplicateClientId { client_id, order: id.to_string() }.into()),
    }
}

/// Why a resting order of `series` is dead, if it is: void, expired, or its series over. The orders of a settled series went with
/// its positions: to the clearing house they are void.
pub fn stale(
    storage: &dyn Storage,
    market: &Market,
    series: &Series,
    (id, order): (OrderId, &RestingOrder),
) -> Result<Option<RemovalReason>, ContractError> {
    let status = series.status(market.now);
    Ok(if status == Status::Settled || Live::new(storage).is_void(id, order.account)? {
        Some(RemovalReason::Void)
    } else if order.is_expired(market.now) {
        Some(RemovalReason::Expired)
    } else {
        (status == Status::Expired).then_some(RemovalReason::Closed)
    })
}

/// A resting order by either of its names.
pub fn find(
    storage: &dyn Storage,
    account: AccountId,
    reference: &OrderRef,
) -> Result<(OrderId, RestingOrder), ContractError> {
    match reference {
        OrderRef::Id(text) => {
            let id: OrderId = text.parse()?;
            let unknown = || Refusal::UnknownOrder(text.clone());
            let order = ORDERS.may_load(storage, &OrderKey(id))?.ok_or_else(unknown)?;
            let (owner, named) = (order.account.0, account.0);
            let other = Refusal::OtherAccount { order: text.clone(), owner, account: named };
            if order.account == account { Ok((id, order)) } else { Err(other.into()) }
        }
        OrderRef::ClientId(client_id) => {
            let unknown = || Refusal::UnknownOrder(format!("client id {client_id}"));
            let id = OWN_ORDERS.may_load(storage, &(account, (0, client_id.u64())))?.ok_or_else(unknown)?;
            Ok(named(storage, id)?)
        }
    }
}
