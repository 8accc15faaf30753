//! Who may do what: anyone anything, with no coins. What a message says is proven by signatures, not by its sender.

use cosmwasm_std::MessageInfo;

use crate::error::ContractError;

/// Refuses any coin (the contract could never give it back).
pub fn no_coins(info: &MessageInfo) -> Result<(), ContractError> {
    if info.funds.is_empty() { Ok(()) } else { Err(ContractError::CoinsRefused { coins: info.funds.len() }) }
}
