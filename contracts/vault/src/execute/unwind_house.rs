//! `unwind_house`: the house reduces on the book, a tenth of its position a block, by anyone's call (clause 6.5).

use cosmwasm_std::{DepsMut, Response};
use tokfut_api::clearing::CloseOrder;
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::liquidation::{house_block, worst_price};
use tokfut_core::price::{Price, Side};
use tokfut_core::rate::Rate;

use super::{At, close, commit};
use crate::error::{ContractError, Refusal};
use crate::ledger::Ledger;
use crate::state::{CloseOut, Purpose};

/// Asks the market to close a tenth of the house's position, at most 1 % from the mark.
pub fn unwind_house(deps: DepsMut<'_>, (env, config): At<'_>, id: SeriesId) -> Result<Response, ContractError> {
    close::none_open(deps.storage, env)?;
    let market = config.market()?.clone();
    let mut ledger = Ledger::with(deps.storage, env, config)?;
    let held = ledger.position(AccountId::HOUSE, id)?.lots;
    let Some(side) = held.side() else { return Err(Refusal::NothingToUnwind(id.0).into()) };
    let worked = close::clock(&mut ledger, AccountId::HOUSE, vec![])?;
    if worked.contains(&id) {
        return Err(Refusal::LiquidationThrottled(AccountId::HOUSE.0).into());
    }
    close::note_worked(&mut ledger, AccountId::HOUSE, &[id])?;
    let lots = house_block(held.size())?;
    let mark = ledger.series(id)?.mark.price;
    let (side, discount) = (side.opposite(), Rate::ZERO);
    // No bankruptcy price binds the house: the worst there could be leaves the slippage as the bound.
    let unbound = match side {
        Side::Sell => Price::MIN,
        Side::Buy => Price::MAX,
    };
    let worst = worst_price(side, mark, unbound, discount)?;
    let orders = vec![CloseOrder { series: id, side, lots, worst, discount }];
    let finished = ledger.finish()?;
    let (account, height, purpose) = (AccountId::HOUSE, env.block.height, Purpose::Unwind);
    let ask = close::begin(deps.storage, &market, CloseOut { account, height, orders, purpose })?;
    Ok(commit(deps, finished)?.add_message(ask))
}
