//! The embedded chain with the three contracts deployed on it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cosmwasm_std::testing::{MockApi, MockStorage};
use cosmwasm_std::{
    Addr, Api, BankMsg, Binary, BlockInfo, Coin, CosmosMsg, Empty, Order, Storage, Timestamp, Uint256, WasmMsg,
};
use cw_multi_test::{
    App, AppBuilder, AppResponse, BankKeeper, BankSudo, ContractWrapper, DistributionKeeper, Executor, FailingModule,
    GovFailingModule, IbcFailingModule, StakeKeeper, StargateFailing, SudoMsg, WasmKeeper, no_init,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokfut_api::vault;
use tokfut_core::time::{Clock, Time};
use tokfut_scenario::Roles;

use crate::addresses::{self, Given};
use crate::call::{Call, Contract, Outcome};
use crate::failure::Failure;
use crate::names::Names;
use crate::panel::Panel;
use crate::spec::WorldSpec;
use crate::watch::{Before, Watch};

/// The height of the first block.
const FIRST_HEIGHT: u64 = 1;

/// The chain.
type Chain = App<
    BankKeeper,
    MockApi,
    MockStorage,
    FailingModule<Empty, Empty, Empty>,
    WasmKeeper<Empty, Empty>,
    StakeKeeper,
    DistributionKeeper,
    IbcFailingModule,
    GovFailingModule,
    StargateFailing,
>;

/// The reference deployment: oracle, vault and market, connected, with users by name.
///
/// A message, or a few together, is a transaction; it happens whole or not at all. Transactions share a block until
/// [`World::advance_to`] moves the clock: each call of it is one more block, also to the same time.
pub struct World {
    app: Chain,
    spec: WorldSpec,
    panel: Panel,
    names: Names,
    oracle: Addr,
    vault: Addr,
    market: Addr,
    watch: Watch,
}

impl World {
    /// The reference deployment.
    pub fn reference() -> Result<Self, Failure> {
        Self::deploy(WorldSpec::reference()?)
    }

    /// The deployment that `spec` describes: oracle, vault and market instantiated, the market connected, the
    /// insurance fund seeded.
    pub fn deploy(spec: WorldSpec) -> Result<Self, Failure> {
        let block = BlockInfo {
            height: FIRST_HEIGHT,
            time: Timestamp::from_seconds(block_time(spec.clock, spec.start)),
            chain_id: spec.chain_id.clone(),
        };
        let prefix = addresses::prefix(&spec.addresses)?;
        let wasm = WasmKeeper::new().with_address_generator(Given::new(&spec.addresses)?);
        let app = AppBuilder::new().with_api(addresses::api(prefix)).with_block(block).with_wasm(wasm).build(no_init);
        let panel = Panel::reference(spec.panel)?;
        let nowhere = Addr::unchecked("");
        let (oracle, vault, market) = (nowhere.clone(), nowhere.clone(), nowhere);
        let (names, watch) = (Names::new(prefix, addresses::of_user), Watch::default());
        let mut world = Self { app, spec, panel, names, oracle, vault, market, watch };
        world.meet_given()?;
        world.instantiate()?;
        let connect = vault::ExecuteMsg::Connect { market: world.market.to_string() };
        world.execute(Contract::Vault, "governance", &connect, &[])?;
        if !world.spec.insurance.is_zero() {
            let seed = [Coin::new(world.spec.insurance.base_units(), world.spec.denom.clone())];
            world.execute(Contract::Vault, "governance", &vault::ExecuteMsg::FundInsurance {}, &seed)?;
        }
        Ok(world)
    }

    /// Gives users the addresses that the deployment names for them, and their coins.
    fn meet_given(&mut self) -> Result<(), Failure> {
        let users = self.spec.addresses.clone().into_iter();
        for (name, address) in users.filter(|(name, _)| Contract::parse(name).is_none()) {
            self.names.give(&name, Addr::unchecked(address));
            self.user(&name)?;
        }
        Ok(())
    }

    fn instantiate(&mut self) -> Result<(), Failure> {
        let mut role = |name| self.user(name).map(|user| user.to_string());
        let roles = Roles {
            administrator: role("administrator")?,
            governance: role("governance")?,
            guardian: role("guardian")?,
            arbiter: role("arbiter")?,
            treasury: role("treasury")?,
        };
        self.oracle = self.create(Contract::Oracle, &self.spec.oracle(&roles, &self.panel))?;
        self.vault = self.create(Contract::Vault, &self.spec.vault(&roles))?;
        let message = self.spec.market(&roles, self.oracle.as_str(), self.vault.as_str());
        self.market = self.create(Contract::Market, &message)?;
        Ok(())
    }

    fn create(&mut self, contract: Contract, message: &impl Serialize) -> Result<Addr, Failure> {
        let creator = self.user("governance")?;
        let code_id = self.app.store_code(code(contract));
        let label = contract.name();
        let address =
            self.app.instantiate_contract(code_id, creator.clone(), message, &[], label, Some(creator.into()));
        let address = address.map_err(|error| Failure::from_chain(&error))?;
        self.names.deploy(contract, address.clone());
        Ok(address)
    }

    /// What this world was made of.
    pub fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// The panel that signs its fixings.
    pub fn panel(&self) -> &Panel {
        &self.panel
    }

    /// Who is called what.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The address of a contract.
    pub fn address(&self, contract: Contract) -> &Addr {
        match contract {
            Contract::Market => &self.market,
            Contract::Oracle => &self.oracle,
            Contract::Vault => &self.vault,
        }
    }

    /// A contract's storage, to read.
    pub fn storage(&self, contract: Contract) -> Box<dyn Storage + '_> {
        self.app.contract_storage(self.address(contract))
    }

    /// A contract's storage, to break: past every message, as no chain lets anybody.
    pub fn storage_mut(&mut self, contract: Contract) -> Box<dyn Storage + '_> {
        let address = self.address(contract).clone();
        self.app.contract_storage_mut(&address)
    }

    /// The address of the user of this name, who is given his coins when first named.
    pub fn user(&mut self, name: &str) -> Result<Addr, Failure> {
        let (address, new) = self.names.user(name)?;
        let name = name.strip_prefix('@').unwrap_or(name);
        let amount = self.spec.balances.get(name).copied().unwrap_or(self.spec.balance);
        if new && !amount.is_zero() {
            let coins = [&self.spec.denom, &self.spec.other_denom];
            let amount = coins.map(|denom| Coin::new(amount.base_units(), denom.clone())).into();
            let mint = BankSudo::Mint { to_address: address.to_string(), amount };
            self.app.sudo(SudoMsg::Bank(mint)).map_err(|error| Failure::from_chain(&error))?;
        }
        Ok(address)
    }

    /// A message as written, with `@names` for addresses, as it is sent. Users named in it are given their coins.
    pub fn resolve(&mut self, written: &Value) -> Result<Value, Failure> {
        let mut mentioned = Vec::new();
        Names::mentioned(written, &mut mentioned);
        mentioned.iter().try_for_each(|name| self.user(name).map(|_| ()))?;
        Ok(self.names.to_addresses(written))
    }

    /// What `name` has of the collateral, in base units.
    pub fn balance(&mut self, name: &str) -> Result<Uint256, Failure> {
        let address = self.user(name)?;
        self.balance_of(&address)
    }

    /// What an address has of the collateral, in base units.
    pub fn balance_of(&self, address: &Addr) -> Result<Uint256, Failure> {
        let coin = self.app.wrap().query_balance(address, self.spec.denom.clone());
        coin.map(|coin| coin.amount).map_err(|error| Failure::from_chain(&error))
    }

    /// Protocol time.
    pub fn now(&self) -> Time {
        let block = self.app.block_info().time.seconds();
        self.spec.clock.at(block).unwrap_or(Time::MAX)
    }

    /// The height of the block that messages fall into now.
    pub fn height(&self) -> u64 {
        self.app.block_info().height
    }

    /// Begins the next block, at `time` of the protocol or, with a fast clock, the first block second after it.
    ///
    /// # Errors
    /// `clock_backwards` if that would be before the present block.
    pub fn advance_to(&mut self, time: Time) -> Result<(), Failure> {
        self.begin_block(time, self.height().saturating_add(1))
    }

    /// Begins a block of this height, likewise.
    ///
    /// # Errors
    /// `clock_backwards` if the present block is later or as high.
    pub fn begin_block(&mut self, time: Time, height: u64) -> Result<(), Failure> {
        let seconds = block_time(self.spec.clock, time);
        let now = self.app.block_info();
        if time < self.now() || seconds < now.time.seconds() {
            return Err(Failure::new("clock_backwards", format!("it is {} already", self.now())));
        }
        if height <= now.height {
            return Err(Failure::new("clock_backwards", format!("it is block {} already", now.height)));
        }
        self.app.set_block(BlockInfo { height, time: Timestamp::from_seconds(seconds), chain_id: now.chain_id });
        Ok(())
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

    /// Sends messages as one transaction: all of them happen, or none. One outcome a message.
    ///
    /// A contract that panics fails the transaction as it would on a chain (`contract_panicked`): the chain writes to
    /// a copy that is thrown away, so nothing of it remains; the panic is kept as a broken invariant.
    pub fn transact(&mut self, from: &str, calls: Vec<Call>) -> Result<Vec<Outcome>, Failure> {
        let sender = self.user(from)?;
        let messages = calls.iter().map(|call| self.message(call)).collect::<Result<Vec<_>, _>>()?;
        let before = Before::new(self, &calls);
        let app = &mut self.app;
        let result = catch_unwind(AssertUnwindSafe(|| app.execute_multi(sender, messages)));
        let result = match result {
            Ok(Ok(responses)) => Ok(responses.into_iter().map(outcome).collect::<Vec<_>>()),
            Ok(Err(error)) => Err(Failure::from_chain(&error)),
            Err(payload) => Err(Failure::from_panic(payload.as_ref())),
        };
        self.observe(&before, &result);
        result.map_err(|failure| self.failure(failure))
    }

    fn message(&self, call: &Call) -> Result<CosmosMsg, Failure> {
        let msg = serde_json::to_vec(&call.msg).map_err(|error| Failure::new("invalid_message", error))?;
        let contract_addr = self.address(call.contract).to_string();
        Ok(WasmMsg::Execute { contract_addr, msg: Binary::new(msg), funds: call.funds.clone() }.into())
    }

    /// Puts the code of `code`, stored anew, over the storage of `contract`; governance is its admin.
    pub fn migrate(&mut self, contract: Contract, code: Contract, from: &str) -> Result<Outcome, Failure> {
        let sender = self.user(from)?;
        let new_code_id = self.app.store_code(self::code(code));
        let contract_addr = self.address(contract).to_string();
        let message = WasmMsg::Migrate { contract_addr, new_code_id, msg: Binary::new(b"{}".to_vec()) };
        let before = Before::new(self, &[]);
        let result = self.app.execute(sender, message.into());
        let result = result.map(|response| vec![outcome(response)]).map_err(|error| Failure::from_chain(&error));
        self.observe(&before, &result);
        let outcomes = result.map_err(|failure| self.failure(failure))?;
        Ok(outcomes.into_iter().next().unwrap_or_default())
    }

    /// Sends coins from a user to any address, past the contracts' messages.
    pub fn send(&mut self, from: &str, to: &Addr, coins: &[Coin]) -> Result<(), Failure> {
        let sender = self.user(from)?;
        let message = BankMsg::Send { to_address: to.to_string(), amount: coins.to_vec() };
        let sent = self.app.execute(sender, message.into());
        sent.map_err(|error| self.failure(Failure::from_chain(&error)))?;
        if *to == self.vault {
            let strays = coins.iter().filter(|coin| coin.denom == self.spec.denom);
            strays.for_each(|coin| self.watch.stray(coin.amount));
        }
        Ok(())
    }

    /// Asks a contract. Names in the message must have been resolved.
    pub fn query<R: DeserializeOwned>(&self, contract: Contract, msg: &impl Serialize) -> Result<R, Failure> {
        let address = self.address(contract);
        let result = catch_unwind(AssertUnwindSafe(|| self.app.wrap().query_wasm_smart(address, msg)));
        match result {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.failure(Failure::from_chain(&error))),
            Err(payload) => Err(Failure::from_panic(payload.as_ref())),
        }
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

    /// SHA-256 over every key and value of the chain: the contracts' storage and the bank's balances.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (key, value) in self.app.storage().range(None, None, Order::Ascending) {
            for bytes in [key, value] {
                hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(bytes);
            }
        }
        hash.finalize().into()
    }

    /// The signing domain's contract address, as the contract itself canonicalises it.
    pub(crate) fn canonical(&self, contract: Contract) -> Result<Vec<u8>, Failure> {
        let canonical = self.app.api().addr_canonicalize(self.address(contract).as_str());
        canonical.map(|address| address.to_vec()).map_err(|error| Failure::from_chain(&error))
    }

    fn observe(&mut self, before: &Before, result: &Result<Vec<Outcome>, Failure>) {
        // The watch reads the world while it notes, so it steps out of it for the moment.
        let mut watch = core::mem::take(&mut self.watch);
        watch.observe(self, before, result);
        self.watch = watch;
    }

    fn failure(&self, failure: Failure) -> Failure {
        Failure { message: self.names.text_to_names(&failure.message), ..failure }
    }
}

/// The code of a contract.
fn code(contract: Contract) -> Box<dyn cw_multi_test::Contract<Empty>> {
    match contract {
        Contract::Market => {
            use tokfut_market::contract::{execute, instantiate, migrate, query};
            Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
        }
        Contract::Oracle => {
            use tokfut_oracle::contract::{execute, instantiate, migrate, query};
            Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
        }
        Contract::Vault => {
            use tokfut_vault::contract::{execute, instantiate, migrate, query};
            Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
        }
    }
}

fn outcome(response: AppResponse) -> Outcome {
    Outcome::new(response.data.as_ref().map(Binary::as_slice), response.events)
}

/// The first block second at which it is `time` of the protocol.
fn block_time(clock: Clock, time: Time) -> u64 {
    let run = time.seconds().saturating_sub(clock.anchor);
    let start = time.seconds().min(clock.anchor);
    start.saturating_add(run.div_ceil(u64::from(clock.speed.max(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_clock_is_set_to_the_first_second_that_has_the_time() {
        let clock = Clock::new(1_000, 60).unwrap();
        for (time, seconds) in [(999, 999), (1_000, 1_000), (1_001, 1_001), (1_060, 1_001), (1_061, 1_002)] {
            assert_eq!(block_time(clock, Time::new(time)), seconds);
        }
    }
}
