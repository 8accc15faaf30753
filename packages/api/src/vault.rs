//! The vault: accounts, collateral, positions, margin, settlement, liquidation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::id::AccountId;
use tokfut_core::money::Amount;
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;
use tokfut_core::time::{Clock, Time};

use crate::clearing::{Clearing, MarkChange, NewSeries, StruckPrice};

mod event;
mod query;

pub use event::*;
pub use query::*;

/// Sets the vault up. The market is connected afterwards, once.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// May connect the market, once.
    pub governance: String,
    /// Where collected fees go.
    pub treasury: String,
    /// The collateral's bank denom.
    pub denom: String,
    /// Protocol time (clause 2.6).
    pub clock: Clock,
    /// The products, numbered from 1 in this order.
    pub products: Vec<Product>,
    /// Insurance's share of trading and settlement fees; the treasury has the rest (clause 4.8).
    pub insurance_share: Rate,
}

/// What anybody may ask the vault to do. `deposit` and `fund_insurance` take exactly one coin, nothing else takes any.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Names the market, once, by governance.
    Connect {
        /// Its address.
        market: String,
    },
    /// Opens an account for the sender; its number is in the data and the event. At most 8 an owner.
    OpenAccount {},
    /// Adds the attached coin to an account's cash.
    Deposit {
        /// Which.
        account: AccountId,
    },
    /// Pays free cash out to the owner.
    Withdraw {
        /// From which of the sender's accounts.
        account: AccountId,
        /// How much.
        amount: Amount,
    },
    /// Lets another act for an account; never to withdraw or to add delegates (clause 4.1).
    AddDelegate {
        /// Which of the sender's accounts.
        account: AccountId,
        /// Who may act.
        delegate: String,
        /// What he may do.
        scope: Scope,
        /// Until when.
        expires: Time,
    },
    /// Ends a delegation.
    RemoveDelegate {
        /// Which of the sender's accounts.
        account: AccountId,
        /// Who may act no more.
        delegate: String,
    },
    /// Gives the attached coin to the insurance fund, for good.
    FundInsurance {},
    /// Pays the treasury's share of fees to the treasury, by anyone.
    CollectFees {},
    /// Finalises the struck settlement of a product after the grace, by anyone (clause 4.5).
    Finalise {
        /// The product's code.
        product: String,
    },
    /// Liquidates an account below maintenance, by anyone (clause 6.2).
    Liquidate {
        /// Which.
        account: AccountId,
    },
    /// Has the house reduce its position in a series on the book, by anyone (clause 6.5).
    UnwindHouse {
        /// The series' number.
        series: tokfut_core::id::SeriesId,
    },
    /// Has the house advance the missing cash of an account that is above maintenance, by anyone (clause 6.1).
    Advance {
        /// Which.
        account: AccountId,
    },
    /// Brings at most 32 accounts up to date with finalised settlements, by anyone.
    Touch {
        /// Which.
        accounts: Vec<AccountId>,
    },
    /// Clears what a market message did. Only the market sends this.
    Clear(Clearing),
    /// Takes up new series. Only the market sends this.
    ListSeries {
        /// The product's number.
        product: tokfut_core::id::ProductId,
        /// The series.
        series: Vec<NewSeries>,
    },
    /// Takes new margin marks. Only the market sends this.
    SetMarks {
        /// The marks.
        marks: Vec<MarkChange>,
    },
    /// Ends a cycle at these prices. Only the market sends this.
    Strike {
        /// The product's number.
        product: tokfut_core::id::ProductId,
        /// The daily time it is of.
        at: Time,
        /// One price for each series of the product that is due.
        prices: Vec<StruckPrice>,
    },
}

/// What a delegate may do.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// Place and cancel orders: of one product, or of all.
    Trade {
        /// The product's code; all if not given.
        #[serde(default)]
        product: Option<String>,
    },
    /// Cancel orders, nothing else.
    CancelOnly {},
}

/// The data of `open_account`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct OpenedAccount {
    /// The new account's number.
    pub account: AccountId,
}
