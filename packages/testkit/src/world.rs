//! The world: messages, questions, and the invariants after each step.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use cosmwasm_std::{Coin, Event, Order, Record};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokfut_api::vault::{AccountResponse, BalanceSheet, OpenedAccount};
use tokfut_api::{market, oracle, vault};
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::money::Amount;
use tokfut_core::time::Time;
use tokfut_embedded::{Call, Checked, Contract, Failure, Outcome, World, check};

use crate::attempt::Attempt;
use crate::setup::Setup;
use crate::trader::Trader;

/// A message or question, which knows whose it is.
pub trait Message: Serialize + core::fmt::Debug {
    /// The contract that takes it.
    const TO: Contract;
}

impl Message for market::ExecuteMsg {
    const TO: Contract = Contract::Market;
}
impl Message for market::QueryMsg {
    const TO: Contract = Contract::Market;
}
impl Message for oracle::ExecuteMsg {
    const TO: Contract = Contract::Oracle;
}
impl Message for oracle::QueryMsg {
    const TO: Contract = Contract::Oracle;
}
impl Message for vault::ExecuteMsg {
    const TO: Contract = Contract::Vault;
}
impl Message for vault::QueryMsg {
    const TO: Contract = Contract::Vault;
}

/// A chain under test. Handles are cheap and are all of one world.
#[derive(Clone)]
pub struct TestWorld {
    chain: Rc<RefCell<World>>,
    history: Rc<RefCell<Vec<Event>>>,
}

impl TestWorld {
    /// The reference world, open for trading: [`Setup::open`].
    pub fn new() -> Self {
        Setup::default().open()
    }

    pub(crate) fn of(world: World) -> Self {
        let world = Self { chain: Rc::new(RefCell::new(world)), history: Rc::default() };
        world.checked("the deployment");
        world
    }

    /// The chain itself, to look at.
    pub fn chain(&self) -> Ref<'_, World> {
        self.chain.borrow()
    }

    /// Does something to the chain, and checks every invariant.
    pub fn step<T>(&self, what: &str, act: impl FnOnce(&mut World) -> T) -> T {
        let result = act(&mut self.chain.borrow_mut());
        self.checked(what);
        result
    }

    /// Checks every invariant; the balance sheet.
    pub fn checked(&self, what: &str) -> Checked {
        check(&self.chain()).unwrap_or_else(|broken| panic!("after {what}: {broken}"))
    }

    /// Sends messages as one transaction.
    pub fn tries_all(&self, from: &str, calls: Vec<Call>) -> Attempt {
        let messages: Vec<String> = calls.iter().map(|call| format!("{} {}", call.contract, call.msg)).collect();
        let what = format!("{from}: {}", messages.join(" + "));
        let result = self.step(&what, |world| world.transact(from, calls));
        let events = result.iter().flatten().flat_map(|outcome| outcome.events.iter().cloned());
        self.history.borrow_mut().extend(events);
        Attempt { what, result: result.map(|mut outcomes| outcomes.pop().unwrap_or_default()) }
    }

    /// The contracts' events of all messages so far, but for the panel's submissions.
    pub fn history(&self) -> Ref<'_, Vec<Event>> {
        self.history.borrow()
    }

    /// Sends a message.
    pub fn tries<M: Message>(&self, from: &str, msg: &M) -> Attempt {
        self.tries_with(from, msg, &[])
    }

    /// Sends a message with coins.
    pub fn tries_with<M: Message>(&self, from: &str, msg: &M, funds: &[Coin]) -> Attempt {
        let call = Call::new(M::TO, msg).expect("a message");
        self.tries_all(from, vec![Call { funds: funds.to_vec(), ..call }])
    }

    /// Sends any JSON, with `@names` for addresses.
    pub fn tries_raw(&self, from: &str, contract: Contract, msg: &Value, funds: &[Coin]) -> Attempt {
        let msg = self.chain.borrow_mut().resolve(msg).expect("names");
        self.tries_all(from, vec![Call { contract, msg, funds: funds.to_vec() }])
    }

    /// Sends a message that must succeed.
    pub fn sends<M: Message>(&self, from: &str, msg: &M) -> Outcome {
        self.tries(from, msg).succeeds()
    }

    /// Puts a contract's code over a contract's storage.
    pub fn tries_to_migrate(&self, contract: Contract, code: Contract, from: &str) -> Attempt {
        let what = format!("{from}: migrates {contract} to the code of {code}");
        let result = self.step(&what, |world| world.migrate(contract, code, from));
        Attempt { what, result }
    }

    /// Every key and value of a contract.
    pub fn records(&self, contract: Contract) -> Vec<Record> {
        self.chain().storage(contract).range(None, None, Order::Ascending).collect()
    }

    /// Asks.
    pub fn asks<R: DeserializeOwned>(&self, msg: &impl Message) -> R {
        self.tries_asking(msg).unwrap_or_else(|failure| panic!("{msg:?}: {failure}"))
    }

    /// Asks what may be refused.
    pub fn tries_asking<M: Message, R: DeserializeOwned>(&self, msg: &M) -> Result<R, Failure> {
        self.chain().query(M::TO, msg)
    }

    /// One coin of the collateral.
    pub fn coins(&self, base_units: i128) -> Vec<Coin> {
        vec![Coin::new(u128::try_from(base_units).expect("not negative"), self.chain().spec().denom.clone())]
    }

    /// A user with a new account of his and this deposit, base units.
    pub fn trader(&self, name: &str, deposit: i128) -> Trader {
        let outcome = self.sends(name, &vault::ExecuteMsg::OpenAccount {});
        let opened: OpenedAccount = serde_json::from_value(outcome.data_json()).expect("an account");
        let trader = Trader::new(self.clone(), name, opened.account);
        if deposit > 0 {
            trader.deposits(deposit);
        }
        trader
    }

    /// The time of the protocol.
    pub fn now(&self) -> Time {
        self.chain().now()
    }

    /// An account as the vault sees it.
    pub fn account(&self, account: AccountId) -> AccountResponse {
        self.asks(&vault::QueryMsg::Account { account })
    }

    /// The house's account: insurance.
    pub fn house(&self) -> AccountResponse {
        self.account(AccountId::HOUSE)
    }

    /// All accounts but the house, in order of number.
    pub fn accounts(&self) -> Vec<AccountResponse> {
        let (mut all, mut start_after) = (Vec::new(), Some(AccountId::HOUSE));
        loop {
            let page: Vec<AccountResponse> = self.asks(&vault::QueryMsg::Accounts { start_after, limit: Some(30) });
            let Some(last) = page.last() else { return all };
            start_after = Some(last.account);
            all.extend(page);
        }
    }

    /// Every pot.
    pub fn balance_sheet(&self) -> BalanceSheet {
        self.asks(&vault::QueryMsg::BalanceSheet {})
    }

    /// A series as the market sees it.
    pub fn series(&self, code: &str) -> market::SeriesResponse {
        self.asks(&market::QueryMsg::Series { code: code.to_string() })
    }

    /// A series as the vault sees it.
    pub fn clearing(&self, code: &str) -> vault::SeriesResponse {
        self.asks(&vault::QueryMsg::Series { series: SeriesId(self.series(code).id) })
    }

    /// The settlement prices of a series, latest first.
    pub fn settlements(&self, series: &str) -> Vec<market::SettlementResponse> {
        let series = series.to_string();
        self.asks(&market::QueryMsg::Settlements { series, start_before: None, limit: Some(100) })
    }

    /// The book of a series, best first: `(price, lots)` of the bids and of the asks.
    pub fn book(&self, series: &str) -> [Vec<(String, u64)>; 2] {
        let query = market::QueryMsg::Book { series: series.to_string(), depth: Some(100) };
        let market::BookResponse { bids, asks } = self.asks(&query);
        [bids, asks].map(|side| side.into_iter().map(|level| (level.price, level.lots.count())).collect())
    }

    /// What a user has of the collateral in his purse.
    pub fn purse(&self, name: &str) -> i128 {
        let balance = self.chain.borrow_mut().balance(name).expect("a balance");
        balance.to_string().parse().expect("within bounds")
    }

    /// Pushes marks, by anyone.
    pub fn push_marks(&self, series: &[&str]) {
        let series = series.iter().map(ToString::to_string).collect();
        self.sends("keeper", &market::ExecuteMsg::PushMarks { series });
    }

    /// A step of liquidation, by the keeper.
    pub fn liquidate(&self, account: AccountId) -> Attempt {
        self.tries("keeper", &vault::ExecuteMsg::Liquidate { account })
    }

    /// Brings accounts up to date.
    pub fn touch(&self, accounts: &[AccountId]) {
        self.sends("keeper", &vault::ExecuteMsg::Touch { accounts: accounts.to_vec() });
    }
}

impl Default for TestWorld {
    fn default() -> Self {
        Self::new()
    }
}

/// An amount of a message.
pub(crate) fn amount(base_units: i128) -> Amount {
    Amount::new(u128::try_from(base_units).expect("not negative"))
}
