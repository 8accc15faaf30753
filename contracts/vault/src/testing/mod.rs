//! A vault beside a stand-in for the market, and a naive ledger that replays what happened. After every message the two
//! are compared (invariants I1, I2, I3, I4, I10, I15), and equity with gains and losses counted fill by fill.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod accounts;
mod advances;
mod costs;
mod doors;
mod invariants;
mod lies;
mod liquidations;
mod market;
mod money;
mod random_walks;
mod rebates;
mod refusals;
mod settlement;

use std::collections::BTreeMap;

use cosmwasm_std::testing::{MockApi, MockQuerier, message_info, mock_env};
use cosmwasm_std::{
    Addr, BankMsg, Binary, Coin, CosmosMsg, Deps, DepsMut, Event, MessageInfo, QuerierWrapper, Timestamp, Uint256,
    WasmMsg, coin, from_json,
};
use serde::de::DeserializeOwned;
use tokfut_api::clearing::{Clearing, NewSeries, Purpose, StruckPrice};
use tokfut_api::event::TypedEvent;
use tokfut_api::market as market_api;
use tokfut_api::raw::positions;
use tokfut_api::vault::{AccountResponse, ExecuteMsg, InstantiateMsg, OpenedAccount, QueryMsg, SeriesResponse};
use tokfut_api::wire::Wire;
use tokfut_core::calendar::Month;
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::money::Amount;
use tokfut_core::price::{Price, Side};
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;
use tokfut_core::time::{Clock, Time};
use tokfut_storage::counting::CountingStorage;

use self::invariants::Naive;
use self::market::{Answer, Market, Resting, empty};
use crate::contract;
use crate::error::ContractError;

pub const DENOM: &str = "uusd";
pub const DOLLAR: u128 = 1_000_000;

pub const TOK: ProductId = ProductId(1);
pub const GPH: ProductId = ProductId(2);
/// TOKZ26, TOKH27 and GPHZ26, all listed at 1.6000.
pub const DEC: SeriesId = SeriesId(1);
pub const MAR: SeriesId = SeriesId(2);
pub const GPU: SeriesId = SeriesId(3);

pub fn addr(name: &str) -> Addr {
    MockApi::default().addr_make(name)
}

pub fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

pub fn price(units: u32) -> Price {
    Price::new(units).unwrap()
}

fn narrow(amount: Uint256) -> u128 {
    cosmwasm_std::Uint128::try_from(amount).unwrap().u128()
}

pub fn config() -> InstantiateMsg {
    InstantiateMsg {
        governance: addr("governance").to_string(),
        treasury: addr("treasury").to_string(),
        denom: DENOM.to_string(),
        clock: Clock::REAL,
        products: vec![Product::tok().unwrap(), Product::gph().unwrap()],
        insurance_share: Rate::ppm(500_000),
    }
}

/// What a message did, and whatever followed from it.
#[derive(Debug, Default)]
pub struct Outcome {
    pub events: Vec<Event>,
    pub data: Option<Binary>,
    /// What the market was asked to close.
    pub asked: Option<market_api::ExecuteMsg>,
}

impl Outcome {
    pub fn all<E: TypedEvent>(&self) -> Vec<E> {
        self.events.iter().filter_map(E::parse).collect()
    }

    /// The only event of its kind.
    pub fn one<E: TypedEvent>(&self) -> E {
        let mut all = self.all::<E>();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    /// Postings of a kind: from, to, base units.
    pub fn posted(&self, kind: &str) -> Vec<(String, String, u128)> {
        let all = self.all::<tokfut_api::vault::Posted>().into_iter().filter(|posted| posted.kind == kind);
        all.map(|posted| (posted.from, posted.to, posted.amount.base_units())).collect()
    }

    /// What postings of a kind add up to.
    pub fn sum(&self, kind: &str) -> u128 {
        self.posted(kind).iter().map(|(_, _, amount)| amount).sum()
    }

    /// Side, lots and worst price of the close-out orders.
    pub fn close_orders(&self) -> Vec<(SeriesId, Side, u64, u32)> {
        let Some(market_api::ExecuteMsg::Close { orders, .. }) = &self.asked else { panic!("no close-out") };
        orders.iter().map(|order| (order.series, order.side, order.lots.count(), order.worst.units())).collect()
    }
}

pub struct World {
    pub storage: CountingStorage,
    pub now: Time,
    pub height: u64,
    pub market: Market,
    pub answer: Answer,
    /// False where the market lies about its book: I4 is not looked at.
    pub is_honest: bool,
    pub bank: BTreeMap<String, u128>,
    pub naive: Naive,
    /// Owners' names by account.
    pub owners: BTreeMap<AccountId, String>,
}

impl World {
    /// Nothing but storage, on the morning of 24 November 2026.
    pub fn bare() -> Self {
        Self {
            storage: CountingStorage::default(),
            now: time("2026-11-24T10:00:00Z"),
            height: 100,
            market: Market::default(),
            answer: Answer::Honest,
            is_honest: true,
            bank: BTreeMap::new(),
            naive: Naive::default(),
            owners: BTreeMap::new(),
        }
    }

    /// Instantiated with TOK and GPH; the market not connected, nothing listed.
    pub fn unconnected() -> Self {
        let mut world = Self::bare();
        world.instantiate(config()).unwrap();
        world
    }

    /// Connected, with three series listed at 1.6000, and a day later, so that no margin is that of a listing day.
    pub fn new() -> Self {
        Self::with(config())
    }

    pub fn with(msg: InstantiateMsg) -> Self {
        let mut world = Self::bare();
        world.instantiate(msg).unwrap();
        world.by("governance", ExecuteMsg::Connect { market: addr("market").to_string() }).unwrap();
        for (product, months) in [(TOK, vec![(DEC, 2026, 12), (MAR, 2027, 3)]), (GPH, vec![(GPU, 2026, 12)])] {
            let limit = if product == TOK { 100_000 } else { 80_000 };
            let series = months.into_iter().map(|(series, year, month)| NewSeries {
                series,
                month: Month::new(year, month).unwrap(),
                price: price(16_000),
                limit: Rate::ppm(limit),
            });
            world.by("market", ExecuteMsg::ListSeries { product, series: series.collect() }).unwrap();
        }
        for series in [DEC, MAR, GPU] {
            world.naive.list(series, 16_000);
        }
        world
    }

    pub fn run<T>(&mut self, run: impl FnOnce(DepsMut<'_>, cosmwasm_std::Env) -> T) -> T {
        let mut env = mock_env();
        env.block.time = Timestamp::from_seconds(self.now.seconds());
        env.block.height = self.height;
        let coins = [coin(self.bank.get("vault").copied().unwrap_or(0), DENOM)];
        let querier: MockQuerier = MockQuerier::new(&[(env.contract.address.as_str(), &coins)]);
        let api = MockApi::default();
        run(DepsMut { storage: &mut self.storage, api: &api, querier: QuerierWrapper::new(&querier) }, env)
    }

    pub fn instantiate(&mut self, msg: InstantiateMsg) -> Result<(), ContractError> {
        let info = message_info(&addr("deployer"), &[]);
        self.run(|deps, env| contract::instantiate(deps, env, info, Wire(msg))).map(|_| ())
    }

    /// One transaction: the message, what it sends, and what the market answers. A refused message leaves storage as it
    /// was; when what follows from it fails, the chain takes all of it back.
    pub fn send(&mut self, info: MessageInfo, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        let (rows, market, naive) = (self.storage.rows(), self.market.clone(), self.naive.clone());
        let outcome = self.transaction(info, msg);
        if outcome.is_err() {
            self.storage.restore(rows);
            (self.market, self.naive) = (market, naive);
        } else {
            self.check();
        }
        outcome
    }

    fn transaction(&mut self, info: MessageInfo, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        let rows = self.storage.rows();
        let coins = info.funds.clone();
        let message = msg.clone();
        let response = match self.run(|deps, env| contract::execute(deps, env, info, Wire(msg))) {
            Ok(response) => response,
            Err(error) => {
                assert_eq!(self.storage.rows(), rows, "{error} left something behind");
                return Err(error);
            }
        };
        self.naive.take(&message, &response.events);
        let seqs: Vec<_> = response.events.iter().map(|event| event.attributes[1].value.clone()).collect();
        assert_eq!(seqs, (0..seqs.len()).map(|seq| seq.to_string()).collect::<Vec<_>>());
        let mut outcome = Outcome { events: response.events, data: response.data, asked: None };
        for sub in response.messages {
            match sub.msg {
                CosmosMsg::Bank(BankMsg::Send { to_address, amount }) => self.pays(&to_address, &amount),
                CosmosMsg::Wasm(WasmMsg::Execute { contract_addr, msg, funds }) => {
                    assert_eq!((contract_addr, funds), (addr("market").to_string(), vec![]));
                    let asked: market_api::ExecuteMsg = from_json(&msg).unwrap();
                    if let Some(clearing) = self.answers(&asked) {
                        let info = message_info(&addr("market"), &[]);
                        let then = self.transaction(info, ExecuteMsg::Clear(clearing))?;
                        outcome.events.extend(then.events);
                    }
                    outcome.asked = Some(asked);
                }
                other => panic!("neither a payment nor a close-out: {other:?}"),
            }
        }
        for coin in coins {
            *self.bank.entry("vault".to_string()).or_default() += narrow(coin.amount);
        }
        Ok(outcome)
    }

    fn pays(&mut self, to: &str, amount: &[Coin]) {
        let [Coin { denom, amount }] = amount else { panic!("not one coin") };
        assert!(denom == DENOM && *amount > Uint256::zero());
        let amount = narrow(*amount);
        *self.bank.get_mut("vault").unwrap() -= amount;
        *self.bank.entry(to.to_string()).or_default() += amount;
    }

    fn answers(&mut self, asked: &market_api::ExecuteMsg) -> Option<Clearing> {
        let market_api::ExecuteMsg::Close { account, orders, void_orders } = asked else { panic!("{asked:?}") };
        let product = orders.first().map_or(TOK, |order| if order.series == GPU { GPH } else { TOK });
        match self.answer.clone() {
            Answer::Honest => Some(self.market.close(*account, (orders, *void_orders), product, &self.naive.lots)),
            Answer::Silence => None,
            Answer::Lie(clearing) => Some(clearing),
        }
    }

    pub fn by(&mut self, who: &str, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        self.send(message_info(&addr(who), &[]), msg)
    }

    pub fn pay(&mut self, who: &str, units: u128, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        self.send(message_info(&addr(who), &[coin(units, DENOM)]), msg)
    }

    pub fn ask<T: DeserializeOwned>(&mut self, msg: QueryMsg) -> Result<T, ContractError> {
        self.run(|deps, env| {
            let deps = Deps { storage: &*deps.storage, api: deps.api, querier: deps.querier };
            contract::query(deps, env, Wire(msg))
        })
        .map(|answer| from_json(&answer).unwrap())
    }

    pub fn account(&mut self, account: AccountId) -> AccountResponse {
        self.ask(QueryMsg::Account { account }).unwrap()
    }

    pub fn equity(&mut self, account: AccountId) -> i128 {
        self.account(account).equity.base_units()
    }

    pub fn cash(&mut self, account: AccountId) -> i128 {
        self.account(account).cash.base_units()
    }

    pub fn lots(&mut self, account: AccountId, series: SeriesId) -> i64 {
        let positions = self.account(account).positions;
        positions.iter().find(|position| position.series == series).map_or(0, |position| position.lots.count())
    }

    pub fn shortfall(&mut self, product: &str) -> u128 {
        let status: tokfut_api::vault::SettlementStatus =
            self.ask(QueryMsg::Settlement { product: product.to_string() }).unwrap();
        status.shortfall.base_units()
    }

    /// A new account of `who`, with so much in it.
    pub fn opens(&mut self, who: &str, units: u128) -> AccountId {
        let outcome = self.by(who, ExecuteMsg::OpenAccount {}).unwrap();
        let account = from_json::<OpenedAccount>(outcome.data.unwrap()).unwrap().account;
        self.owners.insert(account, who.to_string());
        if units > 0 {
            self.deposits(account, units);
        }
        account
    }

    pub fn deposits(&mut self, account: AccountId, units: u128) {
        self.pay("anyone", units, ExecuteMsg::Deposit { account }).unwrap();
    }

    pub fn withdraws(&mut self, account: AccountId, units: u128) -> Result<Outcome, ContractError> {
        let who = self.owners[&account].clone();
        self.by(&who, ExecuteMsg::Withdraw { account, amount: Amount::new(units) })
    }

    pub fn funds(&mut self, units: u128) {
        self.pay("anyone", units, ExecuteMsg::FundInsurance {}).unwrap();
    }

    /// The market has an order of this account, good till cancelled.
    pub fn place(
        &mut self,
        account: AccountId,
        (series, side): (SeriesId, Side),
        lots: u64,
        units: u32,
    ) -> Result<Outcome, ContractError> {
        self.order(Resting { account, series, side, price: price(units), lots, reduce_only: false })
    }

    pub fn order(&mut self, mut taker: Resting) -> Result<Outcome, ContractError> {
        let before = self.market.clone();
        let sender = addr(&self.owners[&taker.account]).to_string();
        let product = if taker.series == GPU { GPH } else { TOK };
        let mut clearing = empty(Purpose::Trade { sender }, taker.account, product);
        self.market.take(&mut taker, &mut clearing, &self.naive.lots);
        if taker.lots > 0 {
            clearing.book.push(taker.change(tokfut_api::clearing::RestChange::Rested));
            self.market.orders.push(taker);
        }
        let outcome = self.clear(clearing);
        if outcome.is_err() {
            self.market = before;
        }
        outcome
    }

    pub fn clear(&mut self, clearing: Clearing) -> Result<Outcome, ContractError> {
        self.by("market", ExecuteMsg::Clear(clearing))
    }

    pub fn buys(&mut self, account: AccountId, series: SeriesId, lots: u64, units: u32) -> Outcome {
        self.place(account, (series, Side::Buy), lots, units).unwrap()
    }

    pub fn sells(&mut self, account: AccountId, series: SeriesId, lots: u64, units: u32) -> Outcome {
        self.place(account, (series, Side::Sell), lots, units).unwrap()
    }

    /// `seller` rests, `buyer` takes.
    pub fn trades(&mut self, buyer: AccountId, seller: AccountId, series: SeriesId, lots: u64, units: u32) -> Outcome {
        self.sells(seller, series, lots, units);
        self.buys(buyer, series, lots, units)
    }

    pub fn cancels_all(&mut self, account: AccountId) -> Result<Outcome, ContractError> {
        let sender = addr(&self.owners[&account]).to_string();
        self.market.void(account);
        let all = Clearing { voids_orders: true, ..empty(Purpose::Cancel { sender }, account, TOK) };
        self.clear(all)
    }

    /// A new mark, in a new block.
    pub fn marks(&mut self, series: SeriesId, units: u32) {
        self.height += 1;
        self.now = self.now.checked_add(5).unwrap();
        self.by("market", ExecuteMsg::SetMarks { marks: vec![market::mark(series, units)] }).unwrap();
        self.height += 1;
    }

    /// The mark of each living series once more, as it stands: fresh.
    pub fn remarks(&mut self, all: &[SeriesId]) {
        for series in all {
            let answer: SeriesResponse = self.ask(QueryMsg::Series { series: *series }).unwrap();
            if !answer.last {
                self.marks(*series, Price::parse(&answer.mark, 4).unwrap().units());
            }
        }
    }

    pub fn strike(
        &mut self,
        product: ProductId,
        prices: &[(SeriesId, u32)],
        last: bool,
    ) -> Result<Outcome, ContractError> {
        let limit = Rate::ppm(if product == TOK { 100_000 } else { 80_000 });
        let struck =
            |(series, units): &(SeriesId, u32)| StruckPrice { series: *series, price: price(*units), last, limit };
        let ended: Vec<SeriesId> = prices.iter().map(|(series, _)| *series).collect();
        let prices = prices.iter().map(struck).collect();
        let message = ExecuteMsg::Strike { product, at: self.now, prices };
        self.height += 1;
        let before = self.market.clone();
        if last {
            self.market.orders.retain(|order| !ended.contains(&order.series));
        }
        let outcome = self.by("market", message);
        if outcome.is_err() {
            self.market = before;
        }
        outcome
    }

    pub fn finalise(&mut self, product: &str) -> Result<Outcome, ContractError> {
        self.waits(1_800);
        self.by("anyone", ExecuteMsg::Finalise { product: product.to_string() })
    }

    /// Struck and finalised.
    pub fn settles(&mut self, prices: &[(SeriesId, u32)], last: bool) {
        self.strike(TOK, prices, last).unwrap();
        self.finalise("TOK").unwrap();
    }

    pub fn touches(&mut self, accounts: &[AccountId]) -> Outcome {
        self.by("anyone", ExecuteMsg::Touch { accounts: accounts.to_vec() }).unwrap()
    }

    pub fn liquidates(&mut self, account: AccountId) -> Result<Outcome, ContractError> {
        self.by("keeper", ExecuteMsg::Liquidate { account })
    }

    pub fn waits(&mut self, seconds: u64) {
        self.now = self.now.checked_add(seconds).unwrap();
        self.height += 1;
    }
}

/// The error's code; its text must begin with it, and end with a clause.
pub fn code<T: std::fmt::Debug>(result: Result<T, ContractError>) -> String {
    let error = result.unwrap_err();
    let text = error.to_string();
    assert!(text.ends_with(')') && text.starts_with(&format!("{}: ", error.code())), "{text}");
    error.code()
}
