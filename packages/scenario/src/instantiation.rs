//! What the three contracts are instantiated with.

use cosmwasm_std::Uint128;
use tokfut_api::oracle::{DisputeTerms, FeedConfig};
use tokfut_api::{market, oracle, vault};

use crate::panel::Panel;
use crate::spec::WorldSpec;

/// Who has which power (clause 8.1), by address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// The benchmark administrator.
    pub administrator: String,
    /// Governance.
    pub governance: String,
    /// The guardian.
    pub guardian: String,
    /// Who rules disputes of fixings.
    pub arbiter: String,
    /// The treasury; bonds of dismissed disputes are its.
    pub treasury: String,
}

impl WorldSpec {
    /// The oracle's. Feeds that name no publishers have the panel.
    pub fn oracle(&self, roles: &Roles, panel: &Panel) -> oracle::InstantiateMsg {
        let reference = panel.publishers();
        let with = |feed: &FeedConfig| {
            let publishers = if feed.publishers.is_empty() { reference.clone() } else { feed.publishers.clone() };
            FeedConfig { publishers, ..feed.clone() }
        };
        let feeds = self.feeds.iter().map(with).collect();
        let Roles { administrator, governance, guardian, arbiter, treasury } = roles.clone();
        let bond = Uint128::new(self.dispute_bond.base_units());
        oracle::InstantiateMsg {
            administrator,
            guardian,
            arbiter,
            governance,
            timelock: self.oracle_timelock,
            dispute: DisputeTerms { denom: self.denom.clone(), bond, sink: treasury },
            clock: self.clock,
            feeds,
        }
    }

    /// The vault's.
    pub fn vault(&self, roles: &Roles) -> vault::InstantiateMsg {
        vault::InstantiateMsg {
            governance: roles.governance.clone(),
            treasury: roles.treasury.clone(),
            denom: self.denom.clone(),
            clock: self.clock,
            products: self.products.clone(),
            insurance_share: self.insurance_share,
        }
    }

    /// The market's, given the others' addresses.
    pub fn market(&self, roles: &Roles, oracle: &str, vault: &str) -> market::InstantiateMsg {
        market::InstantiateMsg {
            vault: vault.to_string(),
            oracle: oracle.to_string(),
            governance: roles.governance.clone(),
            guardian: roles.guardian.clone(),
            clock: self.clock,
        }
    }
}
