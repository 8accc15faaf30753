//! A market between stand-ins for its two neighbours. The vault's stand-in books positions and open lots from the
//! clearings alone; after every message they are compared with the books (invariants I4, I5, I6).
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod costs;
mod final_settlement;
mod ledger;
mod neighbours;
mod orders;
mod random_walks;
mod refusals;
mod settlement;
mod statuses;
mod termination;

use std::cell::RefCell;
use std::rc::Rc;

use cosmwasm_std::testing::{MockApi, message_info, mock_env};
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, Deps, DepsMut, Event, MessageInfo, QuerierWrapper, Timestamp, WasmMsg, from_json,
};
use serde::de::DeserializeOwned;
use tokfut_api::event::TypedEvent;
use tokfut_api::market::{
    ExecuteMsg, InstantiateMsg, NewOrder, OrderPrice, PlacedOrder, QueryMsg, SelfTrade, TimeInForce,
};
use tokfut_api::wire::Wire;
use tokfut_api::{oracle, vault};
use tokfut_core::id::AccountId;
use tokfut_core::price::{Lots, Side};
use tokfut_core::time::{Clock, Time};
use tokfut_storage::counting::CountingStorage;

use self::ledger::Ledger;
use self::neighbours::{Facts, Neighbours};
use crate::contract;
use crate::error::ContractError;
use crate::state::{CONFIG, Config};

/// Accounts of five owners.
pub const ALICE: AccountId = AccountId(8);
pub const BOB: AccountId = AccountId(16);
pub const CAROL: AccountId = AccountId(24);
pub const DAVE: AccountId = AccountId(32);
/// A second account of Alice's.
pub const ALICE_TOO: AccountId = AccountId(9);

/// The December series.
pub const DEC: &str = "TOKZ26";
pub const DEC_ID: u16 = 1_523;
/// The one before it, which is the first that is listed.
pub const NOV_ID: u16 = 1_522;

pub fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

/// A limit order, good till cancelled.
pub fn order(account: AccountId, side: Side, lots: u64, price: &str) -> NewOrder {
    NewOrder {
        account,
        series: DEC.to_string(),
        side,
        lots: Lots::new(lots),
        price: OrderPrice::Limit(price.to_string()),
        time_in_force: None,
        post_only: None,
        reduce_only: false,
        self_trade: SelfTrade::CancelResting,
        client_id: None,
        max_fills: None,
    }
}

/// What a message did.
#[derive(Debug)]
pub struct Outcome {
    pub events: Vec<Event>,
    pub to_vault: Option<vault::ExecuteMsg>,
    pub data: Option<Binary>,
}

impl Outcome {
    pub fn all<E: TypedEvent>(&self) -> Vec<E> {
        self.events.iter().filter_map(E::parse).collect()
    }

    pub fn placed(&self) -> PlacedOrder {
        from_json(self.data.as_ref().unwrap()).unwrap()
    }

    /// Lots filled, resting, cancelled.
    pub fn lots(&self) -> [u64; 3] {
        let placed = self.placed();
        [placed.filled, placed.resting, placed.cancelled].map(Lots::count)
    }

    pub fn id(&self) -> String {
        self.placed().order.unwrap()
    }

    pub fn clearing(&self) -> &tokfut_api::clearing::Clearing {
        match &self.to_vault {
            Some(vault::ExecuteMsg::Clear(clearing)) => clearing,
            other => panic!("no clearing: {other:?}"),
        }
    }
}

pub struct World {
    pub storage: CountingStorage,
    pub facts: Rc<RefCell<Facts>>,
    pub now: Time,
    pub ledger: Ledger,
}

pub fn addr(name: &str) -> Addr {
    MockApi::default().addr_make(name)
}

pub fn config() -> InstantiateMsg {
    InstantiateMsg {
        vault: addr("vault").to_string(),
        oracle: addr("oracle").to_string(),
        governance: addr("governance").to_string(),
        guardian: addr("guardian").to_string(),
        clock: Clock::REAL,
    }
}

impl World {
    /// Nothing but storage and neighbours, on the morning of 24 November 2026.
    pub fn bare() -> Self {
        let facts = Rc::new(RefCell::new(Facts::new()));
        let (storage, ledger) = (CountingStorage::default(), Ledger::default());
        Self { storage, facts, now: time("2026-11-24T10:00:00Z"), ledger }
    }

    /// Instantiated; no series yet.
    pub fn unlisted() -> Self {
        let mut world = Self::bare();
        world.instantiate(config()).unwrap();
        world
    }

    /// With all months of TOK listed at 1.6000.
    pub fn new() -> Self {
        let mut world = Self::unlisted();
        world.anyone(ExecuteMsg::ListSeries { product: "TOK".to_string() }).unwrap();
        world
    }

    fn with<T>(&mut self, run: impl FnOnce(DepsMut<'_>, cosmwasm_std::Env) -> T) -> T {
        let neighbours = Neighbours(self.facts.clone());
        let mut env = mock_env();
        env.block.time = Timestamp::from_seconds(self.now.seconds());
        let api = MockApi::default();
        run(DepsMut { storage: &mut self.storage, api: &api, querier: QuerierWrapper::new(&neighbours) }, env)
    }

    pub fn instantiate(&mut self, msg: InstantiateMsg) -> Result<(), ContractError> {
        let info = message_info(&addr("deployer"), &[]);
        self.with(|deps, env| contract::instantiate(deps, env, info, Wire(msg))).map(|_| ())
    }

    pub fn config(&self) -> Config {
        CONFIG.load(&self.storage).unwrap()
    }

    pub fn send(&mut self, info: MessageInfo, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        let before = self.storage.rows();
        let response = match self.with(|deps, env| contract::execute(deps, env, info, Wire(msg))) {
            Ok(response) => response,
            Err(error) => {
                // The chain reverts; so do we.
                self.storage.restore(before);
                return Err(error);
            }
        };
        let mut calls = response.messages.into_iter().map(|sub| match sub.msg {
            CosmosMsg::Wasm(WasmMsg::Execute { contract_addr, msg, funds }) => {
                assert_eq!(funds, vec![]);
                (contract_addr, msg)
            }
            other => panic!("not a call: {other:?}"),
        });
        let (first, second) = (calls.next(), calls.next());
        assert!(calls.next().is_none(), "more than two calls");
        if let Some((to, msg)) = second {
            return self.settles_first(first.unwrap(), (to, from_json(&msg).unwrap()));
        }
        let to_vault = first.map(|(to, msg)| {
            assert_eq!(to, addr("vault").to_string());
            from_json::<vault::ExecuteMsg>(&msg).unwrap()
        });
        if let Some(message) = &to_vault {
            self.ledger.take(message, &mut self.facts.borrow_mut());
        }
        self.ledger.agrees_with(&self.storage, self.now);
        let seqs: Vec<_> = response.events.iter().map(|event| event.attributes[1].value.clone()).collect();
        assert_eq!(seqs, (0..seqs.len()).map(|seq| seq.to_string()).collect::<Vec<_>>());
        Ok(Outcome { events: response.events, to_vault, data: response.data })
    }

    /// A strike that has the oracle settle its fixings before it.
    fn settles_first(
        &mut self,
        (oracle, msg): (String, Binary),
        (market, again): (String, ExecuteMsg),
    ) -> Result<Outcome, ContractError> {
        let itself = mock_env().contract.address;
        assert_eq!((oracle, &market), (addr("oracle").to_string(), &itself.to_string()));
        let finalise = oracle::ExecuteMsg::Finalise { feed: 1, limit: Some(30) };
        assert_eq!(from_json::<oracle::ExecuteMsg>(&msg).unwrap(), finalise);
        self.facts.borrow_mut().finalise(self.now);
        self.send(message_info(&itself, &[]), again)
    }

    pub fn by(&mut self, who: &str, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        self.send(message_info(&addr(who), &[]), msg)
    }

    pub fn anyone(&mut self, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        self.by("anyone", msg)
    }

    pub fn place(&mut self, order: NewOrder) -> Result<Outcome, ContractError> {
        self.by("trader", ExecuteMsg::PlaceOrder(order))
    }

    pub fn buys(&mut self, account: AccountId, lots: u64, price: &str) -> Outcome {
        self.place(order(account, Side::Buy, lots, price)).unwrap()
    }

    pub fn sells(&mut self, account: AccountId, lots: u64, price: &str) -> Outcome {
        self.place(order(account, Side::Sell, lots, price)).unwrap()
    }

    pub fn strike(&mut self) -> Result<Outcome, ContractError> {
        self.anyone(ExecuteMsg::Strike { product: "TOK".to_string() })
    }

    pub fn ask<T: DeserializeOwned>(&mut self, msg: QueryMsg) -> Result<T, ContractError> {
        self.with(|deps, env| {
            let deps = Deps { storage: &*deps.storage, api: deps.api, querier: deps.querier };
            contract::query(deps, env, Wire(msg))
        })
        .map(|answer| from_json(&answer).unwrap())
    }

    /// A new final fixing of TOK, dated at noon of the day.
    pub fn fixes(&mut self, day: &str, units: u128) {
        self.facts.borrow_mut().fix(time(&format!("{day}T12:00:00Z")), units);
    }

    pub fn at(&mut self, text: &str) -> &mut Self {
        self.now = time(text);
        self
    }
}
