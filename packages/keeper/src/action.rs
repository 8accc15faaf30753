//! What a keeper sends, and how several actions share a transaction.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use tokfut_api::{market, oracle, vault};
use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_scenario::{Call, Contract, Failure};

use crate::duty::Duty;

/// What `reap`, `push_marks` and `touch` take at most.
const LIST: usize = 32;

/// One thing to do. Its `Display` names what it is done to; with its duty that tells it from all others.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Submits observations.
    Relay(oracle::ExecuteMsg),
    /// Makes rounds of a feed final.
    Fixings(u32),
    /// Makes a product's struck settlement final.
    Finalise(String),
    /// Strikes a product.
    Strike(String),
    /// Opens a series.
    Reopen(String),
    /// Lists a product's months.
    List(String),
    /// Pushes the mark of a series.
    Mark {
        /// Its product.
        product: String,
        /// Its code.
        series: String,
    },
    /// Liquidates an account, at fresh marks.
    Liquidate {
        /// Which.
        account: AccountId,
        /// The series whose marks are pushed before it, by product.
        marks: BTreeSet<(String, String)>,
    },
    /// Advances an account's missing cash.
    Advance(AccountId),
    /// Reduces the house's position in a series.
    Unwind(SeriesId),
    /// Removes a dead order.
    Reap {
        /// Its product.
        product: String,
        /// Which.
        order: OrderId,
    },
    /// Brings an account up to date.
    Touch(AccountId),
    /// Pays the treasury.
    Collect,
}

impl Action {
    /// Which duty it belongs to.
    pub const fn duty(&self) -> Duty {
        match self {
            Self::Relay(_) => Duty::Relay,
            Self::Fixings(_) => Duty::Fixings,
            Self::Finalise(_) => Duty::Finalise,
            Self::Strike(_) => Duty::Strike,
            Self::Reopen(_) => Duty::Reopen,
            Self::List(_) => Duty::List,
            Self::Mark { .. } => Duty::Marks,
            Self::Liquidate { .. } => Duty::Liquidate,
            Self::Advance(_) => Duty::Advance,
            Self::Unwind(_) => Duty::Unwind,
            Self::Reap { .. } => Duty::Reap,
            Self::Touch(_) => Duty::Touch,
            Self::Collect => Duty::Collect,
        }
    }

    /// Its duty and what it is done to.
    pub fn key(&self) -> (Duty, String) {
        (self.duty(), self.to_string())
    }

    /// The messages of one transaction that does all of these: marks first, lists joined, by product where they must be.
    ///
    /// # Errors
    /// `invalid_message` if one cannot be written.
    pub fn calls(actions: &[Self]) -> Result<Vec<Call>, Failure> {
        let mut calls = marks(actions)?;
        for action in actions {
            calls.extend(action.own_call()?);
        }
        let mut dead: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for action in actions {
            if let Self::Reap { product, order } = action {
                dead.entry(product).or_default().push(order.to_string());
            }
        }
        for orders in dead.values().flat_map(|orders| orders.chunks(LIST)) {
            let reap = market::ExecuteMsg::Reap { orders: orders.to_vec() };
            calls.push(Call::new(Contract::Market, &reap)?);
        }
        let touched = |action: &Self| if let Self::Touch(account) = action { Some(*account) } else { None };
        let touched: Vec<AccountId> = actions.iter().filter_map(touched).collect();
        for accounts in touched.chunks(LIST) {
            calls.push(Call::new(Contract::Vault, &vault::ExecuteMsg::Touch { accounts: accounts.to_vec() })?);
        }
        Ok(calls)
    }

    /// Its message; none if it is a line of a list.
    fn own_call(&self) -> Result<Option<Call>, Failure> {
        let market = |msg: &market::ExecuteMsg| Call::new(Contract::Market, msg).map(Some);
        let vault = |msg: &vault::ExecuteMsg| Call::new(Contract::Vault, msg).map(Some);
        let oracle = |msg: &oracle::ExecuteMsg| Call::new(Contract::Oracle, msg).map(Some);
        match self {
            Self::Relay(submit) => oracle(submit),
            Self::Fixings(feed) => oracle(&oracle::ExecuteMsg::Finalise { feed: *feed, limit: None }),
            Self::Finalise(product) => vault(&vault::ExecuteMsg::Finalise { product: product.clone() }),
            Self::Strike(product) => market(&market::ExecuteMsg::Strike { product: product.clone() }),
            Self::Reopen(series) => market(&market::ExecuteMsg::Reopen { series: series.clone() }),
            Self::List(product) => market(&market::ExecuteMsg::ListSeries { product: product.clone() }),
            Self::Liquidate { account, .. } => vault(&vault::ExecuteMsg::Liquidate { account: *account }),
            Self::Advance(account) => vault(&vault::ExecuteMsg::Advance { account: *account }),
            Self::Unwind(series) => vault(&vault::ExecuteMsg::UnwindHouse { series: *series }),
            Self::Collect => vault(&vault::ExecuteMsg::CollectFees {}),
            Self::Mark { .. } | Self::Reap { .. } | Self::Touch(_) => Ok(None),
        }
    }
}

/// The marks that these need, each once.
fn marks(actions: &[Action]) -> Result<Vec<Call>, Failure> {
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        match action {
            Action::Mark { product, series } => {
                wanted.entry(product).or_default().insert(series);
            }
            Action::Liquidate { marks, .. } => {
                for (product, series) in marks {
                    wanted.entry(product).or_default().insert(series);
                }
            }
            _ => {}
        }
    }
    let mut calls = Vec::new();
    for series in wanted.into_values() {
        let series: Vec<String> = series.into_iter().map(str::to_string).collect();
        for series in series.chunks(LIST) {
            calls.push(Call::new(Contract::Market, &market::ExecuteMsg::PushMarks { series: series.to_vec() })?);
        }
    }
    Ok(calls)
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relay(oracle::ExecuteMsg::Submit { feed, round, revision, observations }) => {
                write!(f, "feed {feed} round {round} revision {revision} publishers")?;
                observations.iter().try_for_each(|said| write!(f, " {}", said.publisher))
            }
            Self::Relay(_) => f.write_str("no submission"),
            Self::Fixings(feed) => write!(f, "feed {feed}"),
            Self::Finalise(product) | Self::Strike(product) | Self::List(product) => f.write_str(product),
            Self::Reopen(series) | Self::Mark { series, .. } => f.write_str(series),
            Self::Liquidate { account, .. } | Self::Advance(account) | Self::Touch(account) => {
                write!(f, "account {}", account.0)
            }
            Self::Collect => f.write_str("treasury"),
            Self::Unwind(series) => write!(f, "series {}", series.0),
            Self::Reap { order, .. } => write!(f, "order {order}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_joined_by_product_and_marks_come_first_and_once() {
        let marks = |codes: &[&str]| codes.iter().map(|code| (code[..3].to_string(), code.to_string())).collect();
        let liquidate =
            |account, codes: &[&str]| Action::Liquidate { account: AccountId(account), marks: marks(codes) };
        let calls = Action::calls(&[liquidate(8, &["TOKZ26", "GPHZ26"]), liquidate(16, &["TOKZ26"])]).unwrap();
        let messages: Vec<_> = calls.into_iter().map(|call| call.msg).collect();
        assert_eq!(
            messages,
            [
                json!({"push_marks": {"series": ["GPHZ26"]}}),
                json!({"push_marks": {"series": ["TOKZ26"]}}),
                json!({"liquidate": {"account": 8}}),
                json!({"liquidate": {"account": 16}}),
            ]
        );
        let reap = |sequence: u64| Action::Reap {
            product: "TOK".to_string(),
            order: format!("3-b-16480-{sequence}").parse().unwrap(),
        };
        let orders: Vec<Action> = (1..=33).map(reap).collect();
        let lengths = |calls: Vec<Call>| {
            calls.iter().map(|call| call.msg["reap"]["orders"].as_array().unwrap().len()).collect::<Vec<_>>()
        };
        assert_eq!(lengths(Action::calls(&orders).unwrap()), [32, 1]);
    }

    #[test]
    fn every_duty_has_one_name() {
        for duty in Duty::ALL {
            assert_eq!(duty.name().parse::<Duty>().unwrap(), duty);
        }
        assert_eq!("sleep".parse::<Duty>().unwrap_err().code, "unknown_duty");
    }
}
