//! The three contracts deployed on an in-process chain.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cosmwasm_std::testing::{MockApi, MockStorage};
use cosmwasm_std::{
    Addr, Api, BankMsg, Binary, BlockInfo, Coin, CosmosMsg, Empty, Order, StdError, Storage, Timestamp, Uint256,
    WasmMsg,
};
use cw_multi_test::{
    App, AppBuilder, AppResponse, BankKeeper, BankSudo, ContractWrapper, DistributionKeeper, Executor, FailingModule,
    GovFailingModule, IbcFailingModule, StakeKeeper, StargateFailing, SudoMsg, WasmKeeper, no_init,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokfut_core::time::{Clock, Time};
use tokfut_scenario::Roles;

use crate::addresses::{self, Given};
use crate::call::{Call, Contract, Outcome};
use crate::failure::Failure;
use crate::names::Names;
use crate::panel::Panel;
use crate::spec::WorldSpec;

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

/// Oracle, vault and market on their chain, with users by name. [`World`](crate::World) watches what they do.
pub struct Deployed {
    app: Chain,
    spec: WorldSpec,
    panel: Panel,
    names: Names,
    oracle: Addr,
    vault: Addr,
    market: Addr,
}

impl Deployed {
    /// What `spec` describes, instantiated; nothing is connected yet.
    pub(crate) fn new(spec: WorldSpec) -> Result<Self, Failure> {
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
        let names = Names::new(prefix, addresses::of_user);
        let mut deployed = Self { app, spec, panel, names, oracle, vault, market };
        deployed.meet_given()?;
        deployed.instantiate()?;
        Ok(deployed)
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

    /// Sends messages as one transaction: all of them happen, or none. One outcome a message.
    ///
    /// A contract that panics fails the transaction as it would on a chain (`contract_panicked`): the chain writes to
    /// a copy that is thrown away, so nothing of it remains.
    pub(crate) fn transact(&mut self, from: &str, calls: &[Call]) -> Result<Vec<Outcome>, Failure> {
        let sender = self.user(from)?;
        let messages = calls.iter().map(|call| self.message(call)).collect::<Result<Vec<_>, _>>()?;
        self.run(sender, messages)
    }

    /// Puts the code of `code`, stored anew, over the storage of `contract`; governance is its admin.
    pub(crate) fn migrate(&mut self, contract: Contract, code: Contract, from: &str) -> Result<Vec<Outcome>, Failure> {
        let sender = self.user(from)?;
        let new_code_id = self.app.store_code(self::code(code));
        let contract_addr = self.address(contract).to_string();
        let message = WasmMsg::Migrate { contract_addr, new_code_id, msg: Binary::new(b"{}".to_vec()) };
        self.run(sender, vec![message.into()])
    }

    /// Sends coins from a user to any address, past the contracts' messages.
    pub(crate) fn send(&mut self, from: &str, to: &Addr, coins: &[Coin]) -> Result<(), Failure> {
        let sender = self.user(from)?;
        let invalid = |error: StdError| Failure::new("invalid_address", format!("{:?}: {error}", to.as_str()));
        self.app.api().addr_validate(to.as_str()).map_err(invalid)?;
        let message = BankMsg::Send { to_address: to.to_string(), amount: coins.to_vec() };
        self.run(sender, vec![message.into()]).map(drop)
    }

    fn run(&mut self, sender: Addr, messages: Vec<CosmosMsg>) -> Result<Vec<Outcome>, Failure> {
        let app = &mut self.app;
        let result = match catch_unwind(AssertUnwindSafe(|| app.execute_multi(sender, messages))) {
            Ok(Ok(responses)) => Ok(responses.into_iter().map(outcome).collect()),
            Ok(Err(error)) => Err(Failure::from_chain(&error)),
            Err(payload) => Err(Failure::from_panic(payload.as_ref())),
        };
        result.map_err(|failure| self.with_names(failure))
    }

    fn message(&self, call: &Call) -> Result<CosmosMsg, Failure> {
        let msg = serde_json::to_vec(&call.msg).map_err(|error| Failure::new("invalid_message", error))?;
        let contract_addr = self.address(call.contract).to_string();
        Ok(WasmMsg::Execute { contract_addr, msg: Binary::new(msg), funds: call.funds.clone() }.into())
    }

    /// Asks a contract. Names in the message must have been resolved.
    pub fn query<R: DeserializeOwned>(&self, contract: Contract, msg: &impl Serialize) -> Result<R, Failure> {
        let address = self.address(contract);
        let result = catch_unwind(AssertUnwindSafe(|| self.app.wrap().query_wasm_smart(address, msg)));
        match result {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.with_names(Failure::from_chain(&error))),
            Err(payload) => Err(Failure::from_panic(payload.as_ref())),
        }
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

    fn with_names(&self, failure: Failure) -> Failure {
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
