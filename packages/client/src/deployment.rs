//! Where a deployment stands: what a client needs to know, in one file.

use serde::{Deserialize, Serialize};
use tokfut_scenario::{Contract, Failure, WorldSpec};

/// A deployment on a chain. Holds no secrets.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// The RPC address of a node.
    pub node: String,
    /// The chain's id.
    pub chain_id: String,
    /// What its addresses begin with.
    pub prefix: String,
    /// What gas costs there, e.g. `0.0025ustake`.
    pub gas_price: String,
    /// The market's address.
    pub market: String,
    /// The oracle's address.
    pub oracle: String,
    /// The vault's address.
    pub vault: String,
    /// The codes they are instances of.
    pub codes: Codes<Code>,
    /// What they were made of.
    pub spec: WorldSpec,
}

/// Something of each contract.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Codes<T> {
    /// The market's.
    pub market: T,
    /// The oracle's.
    pub oracle: T,
    /// The vault's.
    pub vault: T,
}

/// A stored code.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Its number on the chain.
    pub id: u64,
    /// SHA-256 of the wasm, hex.
    pub sha256: String,
}

impl<T> Codes<T> {
    /// That of a contract.
    pub fn of(&self, contract: Contract) -> &T {
        match contract {
            Contract::Market => &self.market,
            Contract::Oracle => &self.oracle,
            Contract::Vault => &self.vault,
        }
    }

    /// That of a contract, to be changed.
    pub fn of_mut(&mut self, contract: Contract) -> &mut T {
        match contract {
            Contract::Market => &mut self.market,
            Contract::Oracle => &mut self.oracle,
            Contract::Vault => &mut self.vault,
        }
    }
}

impl Deployment {
    /// The address of a contract.
    pub fn address(&self, contract: Contract) -> &str {
        match contract {
            Contract::Market => &self.market,
            Contract::Oracle => &self.oracle,
            Contract::Vault => &self.vault,
        }
    }

    /// From JSON.
    ///
    /// # Errors
    /// `invalid_deployment`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|error| Failure::new("invalid_deployment", error))
    }
}
