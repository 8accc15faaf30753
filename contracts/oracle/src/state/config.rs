//! Clock and roles.

use cosmwasm_std::{Addr, Env, Storage};
use serde::{Deserialize, Serialize};
use tokfut_core::time::{Clock, Time};
use tokfut_storage::Record;

use crate::error::ContractError;

/// Protocol time.
pub const CLOCK: Record<Clock> = Record::new(super::CLOCK);
/// Roles, timelock, terms of disputes: what no relayed answer needs.
pub const ROLES: Record<Roles> = Record::new(super::ROLES);

/// Who may do what, and what a dispute costs.
#[derive(Serialize, Deserialize)]
pub struct Roles {
    /// The benchmark administrator.
    pub administrator: Addr,
    /// Hints that risk should only fall.
    pub guardian: Addr,
    /// Rules disputes.
    pub arbiter: Addr,
    /// The governance of market and vault.
    pub governance: Addr,
    /// Seconds from the announcement of a change to its effect.
    pub timelock: u64,
    /// The denom of bonds.
    pub denom: String,
    /// The bond of a dispute.
    pub bond: u128,
    /// Whose the bond of a dismissed dispute is.
    pub sink: Addr,
}

/// Protocol time of the block.
pub fn now(storage: &dyn Storage, env: &Env) -> Result<Time, ContractError> {
    Ok(CLOCK.load(storage)?.at(env.block.time.seconds())?)
}
