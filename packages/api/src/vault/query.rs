//! What the vault is asked, and what it answers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::schema::RootSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::price::{Lots, NetLots};
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;
use tokfut_core::time::{Clock, Time};

use super::Scope;
use crate::clearing::Clearing;

/// What can be asked of the vault. Every answer is as if all accounts had been touched now (clause 4.7).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QueryMsg {
    /// Addresses, denom, clock and roles.
    Config {},
    /// All products, in order of their numbers.
    Products {},
    /// Where a product stands in settlement, and its shortfall.
    Settlement {
        /// The product's code.
        product: String,
    },
    /// An account: money, margin, level, positions.
    Account {
        /// Which.
        account: AccountId,
    },
    /// The accounts of an owner.
    AccountsOf {
        /// The owner's address.
        owner: String,
    },
    /// Accounts in order of their numbers, the house included.
    Accounts {
        /// The number after which to go on.
        #[serde(default)]
        start_after: Option<AccountId>,
        /// At most this many, 10 if not given, at most 30.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// The delegates of an account.
    Delegates {
        /// Whose.
        account: AccountId,
    },
    /// A series in clearing: open interest, mark, indices, carried lots.
    Series {
        /// The series' number.
        series: SeriesId,
    },
    /// Every pot, and the bank balance (clause 4.9).
    BalanceSheet {},
    /// What a clearing would do to its account; changes nothing (clause 3.12).
    SimulateClear(Clearing),
}

impl QueryMsg {
    /// The schema of the response to each query, by its name on the wire.
    pub fn responses() -> BTreeMap<String, RootSchema> {
        let schemas = [
            ("config", schemars::schema_for!(ConfigResponse)),
            ("products", schemars::schema_for!(Vec<Product>)),
            ("settlement", schemars::schema_for!(SettlementStatus)),
            ("account", schemars::schema_for!(AccountResponse)),
            ("accounts_of", schemars::schema_for!(Vec<AccountId>)),
            ("accounts", schemars::schema_for!(Vec<AccountResponse>)),
            ("delegates", schemars::schema_for!(Vec<DelegateResponse>)),
            ("series", schemars::schema_for!(SeriesResponse)),
            ("balance_sheet", schemars::schema_for!(BalanceSheet)),
            ("simulate_clear", schemars::schema_for!(SimulatedAccount)),
        ];
        schemas.map(|(query, schema)| (query.to_string(), schema)).into()
    }
}

/// Addresses, denom, clock and roles.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct ConfigResponse {
    /// Governance.
    pub governance: String,
    /// The treasury.
    pub treasury: String,
    /// The market, once connected.
    pub market: Option<String>,
    /// The collateral.
    pub denom: String,
    /// Protocol time.
    pub clock: Clock,
    /// Insurance's share of fees.
    pub insurance_share: Rate,
}

/// Where a product stands in settlement.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SettlementStatus {
    /// The last struck cycle.
    pub struck: u32,
    /// When that strike happened; none before the first.
    pub struck_at: Option<Time>,
    /// The last finalised cycle.
    pub finalised: u32,
    /// From when the struck one may be finalised; none if nothing is pending.
    pub finalises_from: Option<Time>,
    /// What is still missing in this product (clause 6.5).
    pub shortfall: Amount,
}

/// An account, as if touched now.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct AccountResponse {
    /// Its number.
    pub account: AccountId,
    /// Its owner; the vault itself for the house.
    pub owner: String,
    /// Cash; negative is owed.
    pub cash: SignedAmount,
    /// Gains (positive) and losses not yet cash.
    pub unsettled: SignedAmount,
    /// E: cash and unsettled.
    pub equity: SignedAmount,
    /// IM with open orders.
    pub initial_margin: Amount,
    /// MM.
    pub maintenance_margin: Amount,
    /// What may be withdrawn now.
    pub withdrawable: Amount,
    /// Clause 6.1.
    pub level: Level,
    /// Since when it is being liquidated.
    pub liquidation_since: Option<Time>,
    /// Its positions.
    pub positions: Vec<PositionResponse>,
}

/// How healthy an account is (clause 6.1).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// E ≥ IM.
    Healthy,
    /// MM ≤ E < IM, or cash below zero: no new risk, no withdrawal.
    Call,
    /// E < MM.
    Liquidating,
    /// E < 0, or E = 0 with lots.
    Default,
}

/// A position, as if touched now.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct PositionResponse {
    /// The series' number.
    pub series: SeriesId,
    /// Its code.
    pub code: String,
    /// Net lots, positive is long.
    pub lots: NetLots,
    /// Lots of it held at the last strike.
    pub carried: NetLots,
    /// The mark it is valued at.
    pub mark: String,
    /// What fills since the last strike gained against S.
    pub variation: SignedAmount,
    /// What the struck settlement owes it.
    pub pending: SignedAmount,
    /// Gain (positive) or loss not yet cash: q (m − S) u + variation + pending.
    pub unsettled: SignedAmount,
    /// Ordinary lots resting to buy.
    pub open_buys: Lots,
    /// Ordinary lots resting to sell.
    pub open_sells: Lots,
    /// Reduce-only lots resting to buy.
    pub reducing_buys: Lots,
    /// Reduce-only lots resting to sell.
    pub reducing_sells: Lots,
}

/// A delegation.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct DelegateResponse {
    /// Who.
    pub delegate: String,
    /// What he may do.
    pub scope: Scope,
    /// Until when.
    pub expires: Time,
}

/// A series in clearing.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SeriesResponse {
    /// Its code.
    pub code: String,
    /// Open interest, one side.
    pub open_interest: Lots,
    /// The mark for margin.
    pub mark: String,
    /// When it was pushed.
    pub mark_at: Time,
    /// The last struck cycle.
    pub struck: u32,
    /// Its settlement price.
    pub settlement_price: String,
    /// The last finalised cycle.
    pub finalised: u32,
    /// I^L, base units a lot.
    pub long_index: SignedAmount,
    /// I^S, base units a lot.
    pub short_index: SignedAmount,
    /// Σ carried of the longs.
    pub carried_long: Lots,
    /// Σ carried of the shorts.
    pub carried_short: Lots,
    /// True once finally settled.
    pub last: bool,
}

/// Every pot. `total` is their sum; the bank balance is never less.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct BalanceSheet {
    /// Σ cash of all accounts but the house.
    pub accounts: SignedAmount,
    /// The clearing pot: what realised losses have paid in and gains not yet taken out.
    pub clearing: SignedAmount,
    /// The insurance fund: the house's cash.
    pub insurance: SignedAmount,
    /// The treasury's share of fees.
    pub treasury: SignedAmount,
    /// Remainders of haircuts.
    pub haircut: SignedAmount,
    /// What is still missing: negative.
    pub shortfall: SignedAmount,
    /// Σ of the above.
    pub total: SignedAmount,
    /// The vault's coins of the collateral.
    pub bank: Amount,
}

/// An account before and after something that is only simulated.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SimulatedAccount {
    /// The fee of the account itself.
    pub fee: Amount,
    /// What of it goes to the makers: their rebates.
    pub rebates: Amount,
    /// E before.
    pub equity_before: SignedAmount,
    /// IM before.
    pub initial_margin_before: Amount,
    /// The mark of the series at which the account would fall below maintenance, before; none if there is none.
    pub liquidation_price_before: Option<String>,
    /// E after.
    pub equity_after: SignedAmount,
    /// IM after.
    pub initial_margin_after: Amount,
    /// The same mark, after.
    pub liquidation_price_after: Option<String>,
    /// True if it would pass.
    pub accepted: bool,
    /// The code of the error that refuses it.
    pub refusal: Option<String>,
}
