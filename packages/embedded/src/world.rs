//! The embedded chain with the three contracts deployed on it, and everything that happens there watched.

use core::ops::{Deref, DerefMut};

use cosmwasm_std::{Addr, Coin};
use serde::Serialize;
use tokfut_api::vault;

use crate::call::{Call, Contract, Outcome};
use crate::deployed::Deployed;
use crate::failure::Failure;
use crate::spec::WorldSpec;
use crate::watch::{Before, Watch};

/// The reference deployment: oracle, vault and market, connected, with users by name.
///
/// A message, or a few together, is a transaction; it happens whole or not at all. Transactions share a block until
/// [`Deployed::advance_to`] moves the clock: each call of it is one more block, also to the same time. What only reads,
/// and the clock, are those of [`Deployed`]; what is sent goes through here and is watched.
pub struct World {
    deployed: Deployed,
    watch: Watch,
}

impl Deref for World {
    type Target = Deployed;

    fn deref(&self) -> &Deployed {
        &self.deployed
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Deployed {
        &mut self.deployed
    }
}

impl World {
    /// The reference deployment.
    pub fn reference() -> Result<Self, Failure> {
        Self::deploy(WorldSpec::reference()?)
    }

    /// The deployment that `spec` describes: oracle, vault and market instantiated, the market connected, the
    /// insurance fund seeded.
    pub fn deploy(spec: WorldSpec) -> Result<Self, Failure> {
        let mut world = Self { deployed: Deployed::new(spec)?, watch: Watch::default() };
        let connect = vault::ExecuteMsg::Connect { market: world.address(Contract::Market).to_string() };
        world.execute(Contract::Vault, "governance", &connect, &[])?;
        let insurance = world.spec().insurance;
        if !insurance.is_zero() {
            let seed = [Coin::new(insurance.base_units(), world.spec().denom.clone())];
            world.execute(Contract::Vault, "governance", &vault::ExecuteMsg::FundInsurance {}, &seed)?;
        }
        Ok(world)
    }

    /// Sends one message as its own transaction. Names in it must have been resolved.
    pub fn execute(
        &mut self,
        contract: Contract,
        from: &str,
        msg: &impl Serialize,
        funds: &[Coin],
    ) -> Result<Outcome, Failure> {
        let call = Call { funds: funds.to_vec(), ..Call::new(contract, msg)? };
        Ok(self.transact(from, vec![call])?.pop().unwrap_or_default())
    }

    /// Sends messages as one transaction: all of them happen, or none. One outcome a message. A contract that panics
    /// fails it (`contract_panicked`), and the panic is kept as a broken invariant.
    pub fn transact(&mut self, from: &str, calls: Vec<Call>) -> Result<Vec<Outcome>, Failure> {
        self.user(from)?;
        let before = self.watch.before(&self.deployed, &calls);
        let result = self.deployed.transact(from, &calls);
        self.observe(&before, result)
    }

    /// Puts the code of `code`, stored anew, over the storage of `contract`; governance is its admin.
    pub fn migrate(&mut self, contract: Contract, code: Contract, from: &str) -> Result<Outcome, Failure> {
        self.user(from)?;
        let before = self.watch.before(&self.deployed, &[]);
        let result = self.deployed.migrate(contract, code, from);
        Ok(self.observe(&before, result)?.pop().unwrap_or_default())
    }

    fn observe(&mut self, before: &Before, result: Result<Vec<Outcome>, Failure>) -> Result<Vec<Outcome>, Failure> {
        self.watch.observe(&self.deployed, before, &result);
        result
    }

    /// Sends coins from a user to any address, past the contracts' messages.
    ///
    /// # Errors
    /// `invalid_address` if it is none of this chain, and what the bank refuses with.
    pub fn send(&mut self, from: &str, to: &Addr, coins: &[Coin]) -> Result<(), Failure> {
        self.deployed.send(from, to, coins)?;
        if to == self.address(Contract::Vault) {
            let denom = &self.deployed.spec().denom;
            coins.iter().filter(|coin| coin.denom == *denom).for_each(|coin| self.watch.stray(coin.amount));
        }
        Ok(())
    }

    /// What this world has seen: transition invariants, the ledger, official numbers.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Whether a failing message is checked to leave every byte of the chain as it was (on at first). It costs a pass
    /// over the whole state a message.
    pub fn set_compare_on_failure(&mut self, compare: bool) {
        self.watch.set_compare_on_failure(compare);
    }
}
