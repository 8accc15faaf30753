//! Who may do what, with which coins. Relayed answers are proven by signatures, not by their sender.

use cosmwasm_std::{Addr, MessageInfo, Uint256};

use crate::error::{ContractError, Refusal};
use crate::state::config::Roles;

/// Refuses any coin (the contract could never give it back).
pub fn no_coins(info: &MessageInfo) -> Result<(), ContractError> {
    if info.funds.is_empty() { Ok(()) } else { Err(Refusal::CoinsRefused { coins: info.funds.len() }.into()) }
}

/// Takes exactly one coin: the bond, to the unit, in its denom.
pub fn exact_bond(info: &MessageInfo, roles: &Roles) -> Result<(), ContractError> {
    match info.funds.as_slice() {
        [coin] if coin.denom == roles.denom && coin.amount == Uint256::from(roles.bond) => Ok(()),
        _ => Err(Refusal::WrongBond { bond: roles.bond, denom: roles.denom.clone() }.into()),
    }
}

/// Refuses everybody but the one in this role.
pub fn only(role: &'static str, holder: &Addr, info: &MessageInfo) -> Result<(), ContractError> {
    if info.sender == *holder { Ok(()) } else { Err(Refusal::Unauthorized(role).into()) }
}
