//! A file of steps on a real chain.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use cosmwasm_std::{Addr, Coin, Uint256};
use serde_json::Value;
use tokfut_client::{
    Contract, Deployment, Failure, Gas, Key, Node, Outcome, Protocol, Receipt, Trader, bank_send, canonical,
};
use tokfut_core::time::Time;
use tokfut_scenario::fixing::{RELAYER, Signing};
use tokfut_scenario::replay::Records;
use tokfut_scenario::{Call, Chain, Names, Panel, WorldSpec};
use tokio::runtime::Runtime;

use super::session::wallet;

/// Who gives users their first coins.
const FAUCET: &str = "faucet";
/// What they get for fees, in the denom of gas.
const FEES: u128 = 1_000_000_000;
/// How long a time is waited for, in real time.
const PATIENCE: Duration = Duration::from_secs(600);

/// A deployment on a node, as a file of steps sees it: users are the test users of their names.
pub struct NodeChain {
    runtime: Runtime,
    protocol: Protocol,
    names: Names,
    panel: Panel,
    users: BTreeMap<String, Trader>,
    gas: Gas,
}

impl NodeChain {
    /// The deployment of this file, by the node it names or by another. With `gas`, each transaction is sent with so
    /// much and not simulated before, so that what is refused is refused in a block.
    ///
    /// # Errors
    /// If the file or the node cannot be reached.
    pub fn open(deployment: &Path, node: Option<&str>, gas: Option<u64>) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(deployment);
        let text = text.with_context(|| format!("cannot read {}", deployment.display()))?;
        let deployment = Deployment::parse(&text)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let node = runtime.block_on(Node::connect(node.unwrap_or(&deployment.node)))?;
        let mut names = Names::new(&deployment.prefix, user_address);
        for contract in Contract::ALL {
            names.deploy(contract, Addr::unchecked(deployment.address(contract)));
        }
        let panel = Panel::reference(deployment.spec.panel)?;
        let protocol = Protocol::new(&node, deployment)?;
        let gas = gas.map_or(Gas::Estimated, Gas::Limit);
        Ok(Self { runtime, protocol, names, panel, users: BTreeMap::new(), gas })
    }

    /// The user of this name, with coins.
    fn user(&mut self, name: &str) -> Result<(), Failure> {
        let name = name.strip_prefix('@').unwrap_or(name);
        let (address, _) = self.names.user(name)?;
        if self.users.contains_key(name) {
            return Ok(());
        }
        let user = Trader::new(self.protocol.clone(), wallet(&self.protocol, Key::test(name)?)?);
        let known = self.runtime.block_on(self.protocol.node().standing(address.as_str()))?;
        if known.is_none() {
            self.fund(name, &address)?;
        }
        self.users.insert(name.to_string(), user);
        Ok(())
    }

    fn fund(&self, name: &str, address: &Addr) -> Result<(), Failure> {
        let deployment = self.protocol.deployment();
        let amount = deployment.spec.balances.get(name).copied().unwrap_or(deployment.spec.balance).base_units();
        let gas: tokfut_client::GasPrice = deployment.gas_price.parse()?;
        let mut coins = vec![Coin::new(FEES, gas.denom)];
        if amount > 0 {
            let denoms = [&deployment.spec.denom, &deployment.spec.other_denom];
            coins.extend(denoms.map(|denom| Coin::new(amount, denom.clone())));
        }
        coins.sort_by(|one, other| one.denom.cmp(&other.denom));
        let faucet = wallet(&self.protocol, Key::test(FAUCET)?)?;
        let send = bank_send(faucet.address(), address.as_str(), &coins);
        self.runtime.block_on(faucet.send(vec![send], Gas::Estimated)).map(drop)
    }

    fn trader(&self, name: &str) -> Result<&Trader, Failure> {
        let name = name.strip_prefix('@').unwrap_or(name);
        self.users.get(name).ok_or_else(|| Failure::new("unknown_user", name))
    }

    fn settled(&self, receipt: Result<Receipt, Failure>) -> Result<Vec<Outcome>, Failure> {
        receipt
            .map(|receipt| receipt.outcomes)
            .map_err(|failure| Failure { message: self.names.text_to_names(&failure.message), ..failure })
    }
}

impl Chain for NodeChain {
    fn deploy(_: WorldSpec) -> Result<Self, Failure> {
        Err(Failure::new("invalid_world", "a chain is deployed on by tokfut deploy"))
    }

    fn spec(&self) -> &WorldSpec {
        &self.protocol.deployment().spec
    }

    fn names(&self) -> &Names {
        &self.names
    }

    fn at(&mut self, time: Time, _: Option<u64>) -> Result<(), Failure> {
        let began = Instant::now();
        loop {
            let now = self.runtime.block_on(self.protocol.now())?;
            let ahead = time.saturating_since(now);
            if ahead == 0 {
                return Ok(());
            }
            let left = ahead.div_ceil(u64::from(self.spec().clock.speed.max(1)));
            if Duration::from_secs(left).saturating_add(began.elapsed()) > PATIENCE {
                return Err(Failure::new("clock_ahead", format!("it is {now}: {left} s to wait")));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn resolve(&mut self, written: &Value) -> Result<Value, Failure> {
        let mut mentioned = Vec::new();
        Names::mentioned(written, &mut mentioned);
        mentioned.iter().try_for_each(|name| self.user(name))?;
        Ok(self.names.to_addresses(written))
    }

    fn transact(&mut self, from: &str, calls: Vec<Call>) -> Result<Vec<Outcome>, Failure> {
        self.user(from)?;
        self.settled(self.runtime.block_on(self.trader(from)?.transact(&calls, self.gas)))
    }

    fn ask(&mut self, contract: Contract, msg: &Value) -> Result<Value, Failure> {
        self.runtime.block_on(self.protocol.ask(contract, msg))
    }

    fn fix(&mut self, feed: &str, date: &str, values: &[Option<&str>]) -> Result<Vec<Outcome>, Failure> {
        self.user(RELAYER)?;
        let deployment = self.protocol.deployment();
        let signing =
            Signing { chain_id: &deployment.chain_id, oracle: &canonical(&deployment.oracle)?, panel: &self.panel };
        let calls = signing.calls(deployment.spec.known_feed(feed)?, date, values)?;
        self.settled(self.runtime.block_on(self.trader(RELAYER)?.transact(&calls, self.gas)))
    }

    fn send(&mut self, from: &str, to: &Addr, coins: &[Coin]) -> Result<(), Failure> {
        self.user(from)?;
        let trader = self.trader(from)?;
        let send = bank_send(trader.wallet().address(), to.as_str(), coins);
        self.settled(self.runtime.block_on(trader.wallet().send(vec![send], self.gas))).map(drop)
    }

    fn balance(&mut self, name: &str) -> Result<Uint256, Failure> {
        let (address, _) = self.names.user(name)?;
        let denom = &self.protocol.deployment().spec.denom;
        self.runtime.block_on(self.protocol.node().balance(address.as_str(), denom)).map(Uint256::from)
    }

    fn records(&mut self, contract: Contract) -> Result<Records, Failure> {
        let address = self.protocol.deployment().address(contract);
        self.runtime.block_on(self.protocol.node().records(address))
    }

    fn check(&mut self) -> Result<Value, Failure> {
        let sheet = self.runtime.block_on(self.protocol.balance_sheet())?;
        let covered = u128::try_from(sheet.total.base_units()).is_ok_and(|total| total <= sheet.bank.base_units());
        if !covered {
            return Err(Failure::new("broken_invariant", format!("I1: pots {}, bank {}", sheet.total, sheet.bank)));
        }
        serde_json::to_value(sheet).map_err(|error| Failure::new("invalid_answer", error))
    }
}

/// The address of the test user of this name; none that signs if the name makes no key.
pub fn user_address(prefix: &str, name: &str) -> Addr {
    let address = Key::test(name).and_then(|key| key.address(prefix));
    Addr::unchecked(address.unwrap_or_default())
}
