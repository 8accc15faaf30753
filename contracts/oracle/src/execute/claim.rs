//! `claim`: pays out what the sender has been credited.

use cosmwasm_std::{BankMsg, Coin, DepsMut, MessageInfo, Response};
use tokfut_api::event::EventLog;
use tokfut_api::oracle::Claimed;

use crate::error::{ContractError, Refusal};
use crate::state::config::ROLES;
use crate::state::credit;

/// Takes the credit off, then sends it.
pub fn claim(deps: DepsMut, info: &MessageInfo) -> Result<Response, ContractError> {
    let amount = credit::take(deps.storage, &info.sender)?;
    if amount == 0 {
        return Err(Refusal::NoCredit.into());
    }
    let coin = Coin::new(amount, ROLES.load(deps.storage)?.denom);
    let account = info.sender.to_string();
    let mut events = EventLog::default();
    events.push(Claimed { account: account.clone(), amount });
    let send = BankMsg::Send { to_address: account, amount: vec![coin] };
    Ok(Response::new().add_message(send).add_events(events.into_events()))
}
