//! What must hold between one state and the next, watched as messages pass (clause 9), and the ledger replayed from
//! events.

use std::collections::BTreeMap;

use cosmwasm_std::{Event, Uint256};
use serde_json::Value;
use tokfut_api::event::TypedEvent;
use tokfut_api::market::{Marked, SeriesListed, Struck};
use tokfut_api::oracle::Fixed;
use tokfut_api::vault::{self, AccountResponse, CycleFinalised, CycleStruck, Posted};
use tokfut_core::clearing::Indices;
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::price::Price;

use crate::broken::BrokenInvariant;
use crate::call::{Call, Contract, Outcome};
use crate::deployed::Deployed;
use crate::failure::Failure;
use crate::records;

/// Settlement prices of one series by cycle; the first is the reference price of its listing.
type Prices = BTreeMap<u32, Price>;

/// The memory of a world: everything that later states are held against.
#[derive(Debug)]
pub struct Watch {
    compare_on_failure: bool,
    broken: Option<BrokenInvariant>,
    ledger: BTreeMap<String, i128>,
    prices: BTreeMap<SeriesId, Prices>,
    fixings: BTreeMap<(u32, u64), u128>,
    strays: Uint256,
    transactions: u64,
    failures: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            compare_on_failure: true,
            broken: None,
            ledger: BTreeMap::new(),
            prices: BTreeMap::new(),
            fixings: BTreeMap::new(),
            strays: Uint256::zero(),
            transactions: 0,
            failures: 0,
        }
    }
}

/// What stood before a transaction.
pub(crate) struct Before {
    fingerprint: Option<[u8; 32]>,
    cycles: BTreeMap<SeriesId, (u32, Indices)>,
    subject: Option<Subject>,
}

/// The account that a transaction of one message is about, as it stood.
struct Subject {
    act: Act,
    account: AccountResponse,
}

/// What is asked for an account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    PlaceOrder,
    Withdraw,
    Liquidate,
}

impl Subject {
    fn new(world: &Deployed, calls: &[Call]) -> Option<Self> {
        let [call] = calls else { return None };
        let acts = [
            (Contract::Market, "place_order", Act::PlaceOrder),
            (Contract::Vault, "withdraw", Act::Withdraw),
            (Contract::Vault, "liquidate", Act::Liquidate),
        ];
        let named = |(contract, name, act)| (contract == call.contract).then(|| Some((act, call.msg.get(name)?)))?;
        let (act, fields) = acts.into_iter().find_map(named)?;
        let account = fields.get("account").and_then(Value::as_u64)?;
        Some(Self { act, account: account_of(world, AccountId(account))? })
    }
}

fn account_of(world: &Deployed, account: AccountId) -> Option<AccountResponse> {
    world.query(Contract::Vault, &vault::QueryMsg::Account { account }).ok()
}

fn cycles(world: &Deployed) -> BTreeMap<SeriesId, (u32, Indices)> {
    let series = records::series(world).unwrap_or_default();
    series.into_iter().map(|(id, series)| (id, (series.struck.cycle, series.finalised))).collect()
}

impl Watch {
    /// The first transition invariant that broke, for good.
    pub fn broken(&self) -> Option<&BrokenInvariant> {
        self.broken.as_ref()
    }

    /// What a pot holds by the sum of all postings; `account:N`, `clearing`, `insurance`, `treasury`, `haircut`,
    /// `shortfall`, `outside` (below zero: what the outside has paid in).
    pub fn ledger(&self, pot: &str) -> i128 {
        self.ledger.get(pot).copied().unwrap_or(0)
    }

    /// All pots that postings have named.
    pub fn pots(&self) -> impl Iterator<Item = (&str, i128)> {
        self.ledger.iter().map(|(pot, amount)| (pot.as_str(), *amount))
    }

    /// S of a series in the cycle that the strike of `cycle` ended, as announced: the last one struck by then.
    pub fn settlement_price(&self, series: SeriesId, cycle: u32) -> Option<Price> {
        self.prices.get(&series)?.range(..=cycle).next_back().map(|(_, price)| *price)
    }

    /// The price of the latest strike of a series, or that of its listing.
    pub fn last_settlement_price(&self, series: SeriesId) -> Option<Price> {
        self.settlement_price(series, u32::MAX)
    }

    /// The final fixings of a feed by round, as announced.
    pub fn fixings(&self, feed: u32) -> impl Iterator<Item = (u64, u128)> {
        self.fixings.range((feed, 0)..=(feed, u64::MAX)).map(|((_, round), value)| (*round, *value))
    }

    /// Collateral that strangers sent straight to the vault.
    pub fn strays(&self) -> Uint256 {
        self.strays
    }

    /// Transactions so far, and how many of them failed.
    pub fn transactions(&self) -> (u64, u64) {
        (self.transactions, self.failures)
    }

    pub(crate) fn stray(&mut self, amount: Uint256) {
        self.strays = self.strays.saturating_add(amount);
    }

    pub(crate) fn set_compare_on_failure(&mut self, compare: bool) {
        self.compare_on_failure = compare;
    }

    /// What stands before a transaction of these calls.
    pub(crate) fn before(&self, world: &Deployed, calls: &[Call]) -> Before {
        Before {
            fingerprint: self.compare_on_failure.then(|| world.fingerprint()),
            cycles: cycles(world),
            subject: Subject::new(world, calls),
        }
    }

    /// Notes what a transaction did.
    pub(crate) fn observe(&mut self, world: &Deployed, before: &Before, result: &Result<Vec<Outcome>, Failure>) {
        self.transactions = self.transactions.saturating_add(1);
        match result {
            Ok(outcomes) => {
                let events: Vec<&Event> = outcomes.iter().flat_map(|outcome| &outcome.events).collect();
                self.note(world, &events);
                self.check_cycles(world, before, &events);
                self.check_subject(world, before, &events);
            }
            Err(failure) => {
                self.failures = self.failures.saturating_add(1);
                if failure.code == "contract_panicked" {
                    self.report("panic", format!("a contract panicked: {}", failure.message));
                }
                if before.fingerprint.is_some_and(|fingerprint| fingerprint != world.fingerprint()) {
                    self.report("I9", format!("{failure}, and yet the state changed"));
                }
            }
        }
    }

    fn report(&mut self, id: &'static str, text: String) {
        self.broken.get_or_insert(BrokenInvariant { id, text });
    }

    fn note(&mut self, world: &Deployed, events: &[&Event]) {
        for event in events {
            if let Some(Posted { from, to, amount, .. }) = Posted::parse(event) {
                let amount = i128::try_from(amount.base_units()).unwrap_or(i128::MAX);
                self.post(from, amount.saturating_neg());
                self.post(to, amount);
            } else if let Some(SeriesListed { series, price, .. }) = SeriesListed::parse(event) {
                let cycle = cycles(world).get(&series).map_or(0, |(cycle, _)| *cycle);
                self.price(series, cycle, price);
            } else if let Some(Struck { series, cycle, price, .. }) = Struck::parse(event) {
                self.price(series, cycle, price);
            } else if let Some(Fixed { feed, round, value, .. }) = Fixed::parse(event)
                && self.fixings.insert((feed, round), value).is_some()
            {
                self.report("I11", format!("feed {feed}: round {round} became final twice"));
            }
        }
    }

    fn post(&mut self, pot: String, amount: i128) {
        let pot = self.ledger.entry(pot).or_insert(0);
        *pot = pot.saturating_add(amount);
    }

    fn price(&mut self, series: SeriesId, cycle: u32, price: Price) {
        if self.prices.entry(series).or_default().insert(cycle, price).is_some() {
            self.report("I8", format!("series {}: cycle {cycle} was struck twice", series.0));
        }
    }

    /// I8: indices change by a finalisation alone, prices of cycles by a strike alone.
    fn check_cycles(&mut self, world: &Deployed, before: &Before, events: &[&Event]) {
        let finalises = events.iter().any(|event| CycleFinalised::parse(event).is_some());
        let strikes = events.iter().any(|event| CycleStruck::parse(event).is_some());
        for (series, (struck, indices)) in cycles(world) {
            let Some((struck_before, indices_before)) = before.cycles.get(&series) else { continue };
            if indices != *indices_before && !finalises {
                self.report("I8", format!("series {}: the indices changed without a finalisation", series.0));
            }
            if struck != *struck_before && !strikes {
                self.report("I8", format!("series {}: the cycle changed without a strike", series.0));
            }
        }
    }

    /// I7 and the gates of withdrawal and liquidation, on the account that the message is about.
    fn check_subject(&mut self, world: &Deployed, before: &Before, events: &[&Event]) {
        let Some(Subject { act, account: was }) = &before.subject else { return };
        let Some(is) = account_of(world, was.account) else {
            return self.report("I7", format!("account {} cannot be read any more", was.account.0));
        };
        let marked = events.iter().any(|event| Marked::parse(event).is_some());
        let breach = match act {
            Act::Withdraw => short(&is).then_some("withdrew below its initial margin"),
            Act::Liquidate => (was.equity.gain() >= was.maintenance_margin && !was.equity.is_negative())
                .then_some("was liquidated though above maintenance"),
            Act::PlaceOrder if short(&is) => grew(was, &is, marked),
            Act::PlaceOrder => None,
        };
        if let Some(breach) = breach {
            let line = |a: &AccountResponse| format!("E {} IM {}", a.equity, a.initial_margin);
            let text = format!("account {} {breach}: before {}, after {}", was.account.0, line(was), line(&is));
            self.report(if *act == Act::PlaceOrder { "I7" } else { "6" }, text);
        }
    }
}

/// True below initial margin.
fn short(account: &AccountResponse) -> bool {
    account.equity.is_negative() || account.equity.gain() < account.initial_margin
}

/// How an account that ends below initial margin got worse, if it did (clause 4.11). Money is only comparable if the
/// message pushed no mark.
fn grew(was: &AccountResponse, is: &AccountResponse, marked: bool) -> Option<&'static str> {
    let lots = |account: &AccountResponse, series: SeriesId| {
        account.positions.iter().find(|position| position.series == series).map_or(0, |position| position.lots.count())
    };
    for position in &is.positions {
        let (q, before) = (position.lots.count(), lots(was, position.series));
        if q.unsigned_abs() > before.unsigned_abs() {
            return Some("grew below its initial margin");
        }
        if q.signum() != 0 && q.signum() != before.signum() {
            return Some("flipped below its initial margin");
        }
    }
    if marked {
        return None;
    }
    if is.initial_margin > was.initial_margin {
        return Some("needs more initial margin and has not got it");
    }
    let margin = |account: &AccountResponse| i128::try_from(account.initial_margin.base_units()).ok();
    let cover = is.equity.base_units().checked_mul(margin(was)?)?;
    let cover_before = was.equity.base_units().checked_mul(margin(is)?)?;
    (cover < cover_before).then_some("lost cover below its initial margin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn account(equity: i64, margin: u64, lots: &[(u16, i64)]) -> AccountResponse {
        let position = |(series, lots): &(u16, i64)| {
            json!({
                "series": series, "code": "TOKZ26", "lots": lots.to_string(), "carried": "0", "mark": "1.6000",
                "variation": "0", "pending": "0", "unsettled": "0", "open_buys": "0", "open_sells": "0",
                "reducing_buys": "0", "reducing_sells": "0",
            })
        };
        let positions: Vec<_> = lots.iter().map(position).collect();
        serde_json::from_value(json!({
            "account": 8, "owner": "a", "cash": equity.to_string(), "unsettled": "0", "equity": equity.to_string(),
            "initial_margin": margin.to_string(), "maintenance_margin": "0", "withdrawable": "0", "level": "call",
            "liquidation_since": null, "positions": positions,
        }))
        .unwrap()
    }

    #[test]
    fn an_account_below_its_margin_may_only_shrink() {
        let was = account(100, 200, &[(1, 10), (2, -5)]);
        for (is, unmarked, marked) in [
            (account(100, 200, &[(1, 10), (2, -5)]), None, None),
            (account(60, 120, &[(1, 5), (2, -5)]), None, None),
            (account(59, 120, &[(1, 5), (2, -5)]), Some("lost cover below its initial margin"), None),
            (account(150, 201, &[(1, 9)]), Some("needs more initial margin and has not got it"), None),
            (
                account(100, 150, &[(1, 11)]),
                Some("grew below its initial margin"),
                Some("grew below its initial margin"),
            ),
            (
                account(100, 150, &[(2, 4)]),
                Some("flipped below its initial margin"),
                Some("flipped below its initial margin"),
            ),
            (
                account(100, 150, &[(3, 1)]),
                Some("grew below its initial margin"),
                Some("grew below its initial margin"),
            ),
        ] {
            assert_eq!((grew(&was, &is, false), grew(&was, &is, true)), (unmarked, marked), "{is:?}");
        }
        assert!(short(&account(-1, 0, &[])) && short(&account(9, 10, &[])) && !short(&account(10, 10, &[])));
    }

    #[test]
    fn a_settlement_price_is_announced_once_and_holds_until_the_next() {
        let mut watch = Watch::default();
        let (series, price) = (SeriesId(1), |units| Price::new(units).unwrap());
        watch.price(series, 3, price(10));
        watch.price(series, 5, price(20));
        assert_eq!(
            [2, 3, 4, 5, 9].map(|cycle| watch.settlement_price(series, cycle)),
            [None, Some(price(10)), Some(price(10)), Some(price(20)), Some(price(20))]
        );
        assert_eq!(watch.broken(), None);
        watch.price(series, 5, price(20));
        assert_eq!(watch.broken().map(|broken| broken.id), Some("I8"));
    }

    #[test]
    fn the_ledger_is_the_sum_of_the_postings_and_the_first_breach_is_kept() {
        let mut watch = Watch::default();
        watch.post("outside".to_string(), -5);
        watch.post("account:8".to_string(), 5);
        watch.post("account:8".to_string(), -2);
        assert_eq!(watch.pots().collect::<Vec<_>>(), [("account:8", 3), ("outside", -5)]);
        assert_eq!(watch.ledger("clearing"), 0);
        watch.report("I7", "first".to_string());
        watch.report("I9", "second".to_string());
        assert_eq!(watch.broken().map(|broken| broken.text.as_str()), Some("first"));
    }
}
