//! Who is jailed, and who may claim what.

use cosmwasm_std::{Deps, HexBinary, Order, Uint128};
use tokfut_api::oracle::{CreditResponse, JailedResponse};

use crate::error::{ContractError, Refusal};
use crate::listing::hash;
use crate::state::credit::of;
use crate::state::jail::{Identity, JAIL, Sentence};

/// The page, if none is asked for.
const DEFAULT_LIMIT: u32 = 30;
/// The longest page.
const MAX_LIMIT: u32 = 100;

/// The records of the jailed and the released, in order of identity.
pub fn jailed(deps: Deps, after: Option<HexBinary>, limit: Option<u32>) -> Result<Vec<JailedResponse>, ContractError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Refusal::Limit { limit, most: MAX_LIMIT }.into());
    }
    let after = after.map(|after| hash("after", &after).map(Identity)).transpose()?;
    let rows = JAIL.range(deps.storage, &[], after.as_ref(), Order::Ascending);
    let row = |(Identity(identity), Sentence { since, release })| JailedResponse {
        identity: identity.into(),
        since,
        release,
    };
    rows.take(usize::try_from(limit).unwrap_or(1)).map(|found| Ok(row(found?))).collect()
}

/// What an address may claim.
pub fn credit(deps: Deps, address: &str) -> Result<CreditResponse, ContractError> {
    let amount = of(deps.storage, &tokfut_api::refusal::address(deps.api, address)?)?;
    Ok(CreditResponse { amount: Uint128::new(amount) })
}
