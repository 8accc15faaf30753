//! Roles and clock.

use cosmwasm_std::{Addr, Env};
use serde::{Deserialize, Serialize};
use tokfut_core::time::{Clock, Time};
use tokfut_storage::Record;

use crate::error::ContractError;

/// Roles and clock.
pub const CONFIG: Record<Config> = Record::new(super::CONFIG);

/// Roles and clock.
#[derive(Serialize, Deserialize)]
pub struct Config {
    /// Protocol time.
    pub clock: Clock,
    /// The benchmark administrator.
    pub administrator: Addr,
}

impl Config {
    /// Protocol time of the block.
    pub fn now(&self, env: &Env) -> Result<Time, ContractError> {
        Ok(self.clock.at(env.block.time.seconds())?)
    }
}
