//! A vault beside a stand-in for the market, and a naive ledger that replays what happened. After every message the two
//! are compared (invariants I1, I2, I3, I4, I10, I15), and equity with gains and losses counted fill by fill.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod accounts;
mod acts;
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
mod waterfall;
mod world;

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
use self::world::World;
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

/// The error's code; its text must begin with it, and end with a clause.
pub fn code<T: std::fmt::Debug>(result: Result<T, ContractError>) -> String {
    let error = result.unwrap_err();
    let text = error.to_string();
    assert!(text.ends_with(')') && text.starts_with(&format!("{}: ", error.code())), "{text}");
    error.code()
}
