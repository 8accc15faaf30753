//! Stand-ins for vault and oracle: they answer what the market asks.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use cosmwasm_std::{
    Binary, ContractResult, HexBinary, Querier, QuerierResult, QueryRequest, SystemError, SystemResult, Uint128,
    WasmQuery, from_json, to_json_binary,
};
use tokfut_api::{oracle, raw, vault};
use tokfut_core::calendar::Month;
use tokfut_core::clearing::{Indices, Mark, Position, SeriesClearing, Strike};
use tokfut_core::fixing::{Hint, LatestFinal, Standing};
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::price::{Lots, NetLots, Price, PriceLots};
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;
use tokfut_core::time::{Clock, DAY, FIXING, Time};
use tokfut_storage::{Key, encode};

use super::{addr, time};

/// What the neighbours know.
pub struct Facts {
    pub products: Vec<Product>,
    pub vault_clock: Clock,
    pub oracle_clock: Clock,
    /// The feed of TOK and GPH, number 1.
    pub feed: oracle::FeedConfig,
    /// All final fixings, oldest first.
    pub fixings: Vec<(Time, u128)>,
    /// Whether the oracle hints that risk should only fall.
    pub hint: Hint,
    /// Who administers the oracle.
    pub administrator: String,
    /// Fixings that are not final yet, oldest first.
    pub provisional: Vec<(Time, u128)>,
    /// The last fixing time that is settled, where it is later than the last final fixing: those between are void.
    pub void_to: Time,
    /// A dispute keeps the round of this fixing time open until that time.
    pub disputed: Option<(Time, Time)>,
    /// When the feed ends, if that is announced.
    pub ends: Option<Time>,
    /// The oracle settles nothing when told to.
    pub stuck: bool,
    pub positions: BTreeMap<(AccountId, SeriesId), i64>,
    pub open_interest: BTreeMap<SeriesId, u64>,
    /// Raw and smart queries answered.
    pub queries: usize,
    /// The clearing that was last simulated.
    pub simulated: Option<tokfut_api::clearing::Clearing>,
}

impl Facts {
    pub fn new() -> Self {
        let tok = Product::tok().unwrap();
        let gph = Product { feed: 1, ..Product::gph().unwrap() };
        Self {
            products: vec![tok, gph],
            vault_clock: Clock::REAL,
            oracle_clock: Clock::REAL,
            feed: feed(),
            fixings: vec![(time("2026-11-23T12:00:00Z"), 16_000)],
            hint: Hint::None,
            administrator: addr("administrator").into(),
            provisional: vec![],
            void_to: Time::new(0),
            disputed: None,
            ends: None,
            stuck: false,
            positions: BTreeMap::new(),
            open_interest: BTreeMap::new(),
            queries: 0,
            simulated: None,
        }
    }

    pub fn fix(&mut self, at: Time, units: u128) {
        self.fixings.push((at, units));
    }

    fn until(&self, at: Time) -> (u128, u64) {
        let known: Vec<u128> = self.fixings.iter().filter(|(when, _)| *when <= at).map(|(_, value)| *value).collect();
        (known.iter().sum(), known.len() as u64)
    }

    fn latest(&self) -> Option<LatestFinal> {
        let (fixing_time, value) = *self.fixings.last()?;
        let (sum, count) = self.until(fixing_time);
        Some(LatestFinal { round: round(fixing_time), fixing_time, value, sum, count, integral: 0 })
    }

    /// The last fixing time that is final or void.
    fn settled_to(&self) -> Time {
        self.fixings.last().map_or(self.void_to, |(last, _)| self.void_to.max(*last))
    }

    /// From when the round of this fixing time may be settled.
    fn final_from(&self, fixing: Time) -> Time {
        let disputed = self.disputed.filter(|(disputed, _)| *disputed == fixing);
        disputed.map_or(Time::new(fixing.seconds() + 11_700), |(_, until)| until)
    }

    /// What the oracle's `finalise` does: rounds become final, or void where nobody answered.
    pub fn finalise(&mut self, now: Time) {
        let mut next = self.settled_to();
        while !self.stuck && self.final_from(Time::new(next.seconds() + DAY)) <= now {
            next = Time::new(next.seconds() + DAY);
            let fixed = self.provisional.iter().position(|(at, _)| *at == next);
            match fixed.map(|place| self.provisional.remove(place)) {
                Some(fixing) => self.fixings.push(fixing),
                None => self.void_to = next,
            }
        }
    }

    fn raw(&self, contract: &str, key: &[u8]) -> Vec<u8> {
        if contract == addr("oracle").as_str() {
            if key != raw::STANDING.raw_key(&1) {
                return vec![];
            }
            let next = round(self.settled_to().max(Time::new(FIXING))) + 1;
            return encode(&Standing { next, latest: self.latest(), hint: self.hint }).unwrap();
        }
        let (table, key) = key.split_first().unwrap();
        if *table == raw::PRODUCTS.raw_key(&ProductId(0))[0] {
            let place = usize::from(ProductId::parse(key).unwrap().0) - 1;
            return self.products.get(place).map(|product| encode(product).unwrap()).unwrap_or_default();
        }
        if *table == raw::SERIES.raw_key(&SeriesId(0))[0] {
            let interest = self.open_interest.get(&SeriesId::parse(key).unwrap()).copied().unwrap_or(0);
            return encode(&clearing(interest)).unwrap();
        }
        let lots = self.positions.get(&<(AccountId, SeriesId)>::parse(key).unwrap()).copied();
        let position = |lots| Position { lots: NetLots::new(lots), ..Position::default() };
        lots.map(|lots| encode(&position(lots)).unwrap()).unwrap_or_default()
    }

    fn smart(&mut self, contract: &str, msg: &Binary) -> Binary {
        if contract == addr("oracle").as_str() {
            return self.oracle(from_json(msg).unwrap());
        }
        match from_json::<vault::QueryMsg>(msg).unwrap() {
            vault::QueryMsg::Config {} => to_json_binary(&vault::ConfigResponse {
                governance: String::new(),
                treasury: String::new(),
                market: None,
                denom: "uusd".to_string(),
                clock: self.vault_clock,
                insurance_share: Rate::ZERO,
            }),
            vault::QueryMsg::SimulateClear(clearing) => {
                self.simulated = Some(clearing);
                to_json_binary(&simulated())
            }
            other => panic!("not answered: {other:?}"),
        }
        .unwrap()
    }

    fn oracle(&self, msg: oracle::QueryMsg) -> Binary {
        match msg {
            oracle::QueryMsg::Config {} => to_json_binary(&oracle::ConfigResponse {
                administrator: self.administrator.clone(),
                guardian: String::new(),
                arbiter: String::new(),
                governance: String::new(),
                timelock: 0,
                dispute: oracle::DisputeTerms { denom: String::new(), bond: Uint128::zero(), sink: String::new() },
                clock: self.oracle_clock,
                domain: HexBinary::default(),
            }),
            oracle::QueryMsg::Feeds {} => to_json_binary(&vec![self.feed.clone()]),
            oracle::QueryMsg::AtOrBefore { feed, time } => {
                let (at, value) = *self.fixings.iter().rev().find(|(at, _)| *at <= time).unwrap();
                let (sum, count) = self.until(at);
                let (value, sum) = (Uint128::new(value), Uint128::new(sum));
                let (publisher, inputs_root) = (0, HexBinary::default());
                to_json_binary(&oracle::FixingResponse {
                    feed,
                    round: round(at),
                    fixing_time: at,
                    value,
                    sum,
                    count,
                    publisher,
                    inputs_root,
                    revision: 0,
                })
            }
            oracle::QueryMsg::Window { from, to, .. } => {
                let before = Time::new(from.seconds() - 1);
                let ((sum_before, count_before), (sum, count)) = (self.until(before), self.until(to));
                let finals = count - count_before;
                let last = Time::new(to.seconds() - (to.seconds() + DAY - FIXING) % DAY);
                let expected = (last.seconds() + DAY - from.seconds()) / DAY;
                let open = last.saturating_since(self.settled_to()) / DAY;
                let missing = expected.saturating_sub(open).saturating_sub(finals);
                let (complete, complete_from) = (open == 0, Some(self.final_from(last)));
                let known = self.fixings.iter().rev().find(|(at, _)| *at <= to);
                let is_old = known.is_some_and(|(at, _)| to.saturating_since(*at) >= 10 * DAY);
                let terminated = is_old || self.ends.is_some_and(|ends| ends <= to);
                let (sum, sum_before) = (Uint128::new(sum - sum_before), Uint128::new(sum_before));
                to_json_binary(&oracle::WindowResponse {
                    expected,
                    finals,
                    missing,
                    sum,
                    mean: None,
                    sum_before,
                    count_before,
                    complete,
                    complete_from,
                    terminated,
                })
            }
            other => panic!("not answered: {other:?}"),
        }
        .unwrap()
    }
}

fn round(fixing: Time) -> u64 {
    (fixing.seconds() - FIXING) / DAY
}

fn feed() -> oracle::FeedConfig {
    oracle::FeedConfig {
        id: 1,
        symbol: "TOK".to_string(),
        unit: String::new(),
        decimals: 4,
        anchor: Time::new(FIXING),
        interval: 86_400,
        window: 7_200,
        late: 10_800,
        final_after: 11_700,
        extension: 1,
        max_move: 0,
        max_dispersion: 0,
        outlier: 0,
        materiality: 0,
        max_value: Uint128::new(1_000_000_000),
        methodology_hash: HexBinary::default(),
        methodology_uri: String::new(),
        publishers: vec![],
    }
}

fn clearing(open_interest: u64) -> SeriesClearing {
    let price = Price::new(16_000).unwrap();
    SeriesClearing {
        product: ProductId(1),
        month: Month::MIN,
        open_interest: Lots::new(open_interest),
        mark: Mark { price, at: Time::new(0), height: 0, before: price },
        struck: Strike { cycle: 0, price, last: false },
        finalised: Indices { cycle: 0, long: SignedAmount::ZERO, short: SignedAmount::ZERO },
        carried: (Lots::ZERO, Lots::ZERO),
        banked: PriceLots::ZERO,
        limit: Rate::ZERO,
    }
}

pub fn simulated() -> vault::SimulatedAccount {
    vault::SimulatedAccount {
        fee: Amount::new(7),
        rebates: Amount::new(3),
        equity_before: SignedAmount::ZERO,
        initial_margin_before: Amount::ZERO,
        liquidation_price_before: None,
        equity_after: SignedAmount::ZERO,
        initial_margin_after: Amount::ZERO,
        liquidation_price_after: None,
        accepted: true,
        refusal: None,
    }
}

/// Answers from the facts.
pub struct Neighbours(pub Rc<RefCell<Facts>>);

impl Querier for Neighbours {
    fn raw_query(&self, request: &[u8]) -> QuerierResult {
        let mut facts = self.0.borrow_mut();
        facts.queries += 1;
        let answer = match from_json::<QueryRequest>(request).unwrap() {
            QueryRequest::Wasm(WasmQuery::Raw { contract_addr, key }) => Binary::new(facts.raw(&contract_addr, &key)),
            QueryRequest::Wasm(WasmQuery::Smart { contract_addr, msg }) => facts.smart(&contract_addr, &msg),
            other => {
                let kind = format!("{other:?}");
                return SystemResult::Err(SystemError::UnsupportedRequest { kind });
            }
        };
        SystemResult::Ok(ContractResult::Ok(answer))
    }
}
