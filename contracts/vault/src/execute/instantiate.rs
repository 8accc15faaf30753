//! Setting the vault up: configuration, products, empty pots and the house.

use cosmwasm_std::{DepsMut, Response};
use tokfut_api::refusal::address;
use tokfut_api::vault::InstantiateMsg;
use tokfut_core::id::{AccountId, ProductId};
use tokfut_core::pots::Pots;
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;

use crate::error::{ContractError, Refusal};
use crate::guard;
use crate::state::{ACCOUNTS, Account, Config, Money, POTS, PRODUCTS, ROLES, Roles};

/// Products a vault may have.
const MAX_PRODUCTS: usize = 16;

/// Stores what was given, if it keeps the rules.
pub fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let InstantiateMsg { governance, treasury, denom, clock, products, insurance_share } = msg;
    guard::count("products", products.len(), MAX_PRODUCTS)?;
    if insurance_share > Rate::ONE {
        return Err(Refusal::InvalidShare(insurance_share.parts()).into());
    }
    let roles = Roles { governance: address(deps.api, &governance)?, treasury: address(deps.api, &treasury)? };
    let mut checked: Vec<Product> = vec![];
    for product in products {
        let product = product.checked()?;
        if checked.iter().any(|other| other.code == product.code) {
            return Err(Refusal::DuplicateProduct(product.code.to_string()).into());
        }
        checked.push(product);
    }
    let config = Config { market: None, denom, clock: clock.checked()?, insurance_share };
    for (product, number) in checked.iter().zip(1u8..) {
        PRODUCTS.save(deps.storage, &ProductId(number), product)?;
    }
    config.save(deps.storage)?;
    ROLES.save(deps.storage, &roles)?;
    POTS.save(deps.storage, &Pots::default())?;
    ACCOUNTS.save(deps.storage, &(AccountId::HOUSE, Money), &Account::default())?;
    Ok(Response::new())
}
