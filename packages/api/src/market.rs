//! The market: series, books, trades, settlement prices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::id::{AccountId, ClientId};
use tokfut_core::price::{Lots, Side};
use tokfut_core::series::Status;
use tokfut_core::time::{Clock, Time};

use crate::clearing::CloseOrder;

mod event;
mod query;

pub use event::*;
pub use query::*;

/// Sets the market up. Products and collateral are the vault's; the clock must be the same in all three contracts.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// The vault's address.
    pub vault: String,
    /// The oracle's address.
    pub oracle: String,
    /// May schedule what adds risk, under a timelock (clause 8.1).
    pub governance: String,
    /// May only reduce risk, at once.
    pub guardian: String,
    /// Protocol time (clause 2.6).
    pub clock: Clock,
}

/// What anybody may ask the market to do. No message takes coins.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Places an order: trades what it can, rests what it may.
    PlaceOrder(NewOrder),
    /// Cancels one resting order.
    CancelOrder {
        /// Whose order.
        account: AccountId,
        /// Which.
        order: OrderRef,
    },
    /// Cancels every resting order of the account, in all products, at once.
    CancelAll {
        /// Whose orders.
        account: AccountId,
    },
    /// Removes stale orders (expired, void, of a closed series), by anyone. Live ones are left alone.
    Reap {
        /// At most 32 order ids.
        orders: Vec<String>,
    },
    /// Lists the months of a product that must exist now (clause 2.2), by anyone.
    ListSeries {
        /// The product's code.
        product: String,
    },
    /// Pushes the margin marks of at most 32 series of one product to the vault, by anyone (clause 4.13).
    PushMarks {
        /// Series codes.
        series: Vec<String>,
    },
    /// Strikes the daily settlement of all series of a product, by anyone, once the daily time has passed (clause 4.5);
    /// on a terminated index their final one (clause 7.10).
    Strike {
        /// The product's code.
        product: String,
    },
    /// Moves a series to a status of less risk, by the guardian, at once (clause 2.4).
    SetStatus {
        /// The series' code.
        series: String,
        /// To which.
        status: Status,
    },
    /// Announces that a series will open again, by governance; takes effect after the timelock, by `reopen`.
    ScheduleOpen {
        /// The series' code.
        series: String,
    },
    /// Opens a series whose announced time has come, by anyone.
    Reopen {
        /// The series' code.
        series: String,
    },
    /// Works close-out orders and voids the account's own. Only the vault sends this.
    Close {
        /// The account being closed out; the house when it unwinds.
        account: AccountId,
        /// At most two legs of one product, reduce-only, immediate or cancel.
        orders: Vec<CloseOrder>,
        /// True if the account's resting orders become void first.
        void_orders: bool,
    },
}

/// An order (clause 3.1). Which fields go together: a market order is `ioc` or `fok`; a post-only order rests.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The account that trades.
    pub account: AccountId,
    /// The series' code, e.g. `TOKZ26`.
    pub series: String,
    /// Buy or sell.
    pub side: Side,
    /// Whole lots, at least 1.
    pub lots: Lots,
    /// The limit price, or the worst price of a market order.
    pub price: OrderPrice,
    /// How long it lasts: `gtc` for a limit order, `ioc` for a market order if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_in_force: Option<TimeInForce>,
    /// Never takes: what to do if it would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_only: Option<PostOnly>,
    /// Only ever reduces the position.
    #[serde(default)]
    pub reduce_only: bool,
    /// What happens when it meets an order of the same owner; `cancel_resting` if not given.
    #[serde(default)]
    pub self_trade: SelfTrade,
    /// The account's own number for it, unique among its open orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// At most this many steps (fills, removals, self-trade cancels); 32 if not given, and at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_fills: Option<u32>,
}

/// At which price an order may trade.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderPrice {
    /// At this price or better, e.g. `"1.6100"`; rests at it.
    Limit(String),
    /// At once, at this price or better; never rests.
    Worst(String),
}

/// How long an order lasts.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TimeInForce {
    /// Until cancelled.
    Gtc,
    /// Until the next daily time.
    Day,
    /// Until a time and/or height. Not available yet.
    Gtd {
        /// Protocol time.
        time: Option<Time>,
        /// Block height.
        height: Option<u64>,
    },
    /// What trades at once; the rest is cancelled.
    Ioc,
    /// All at once, or refused.
    Fok,
    /// At least so many at once, the rest cancelled; else refused. Not available yet.
    MinFill {
        /// Lots.
        lots: Lots,
    },
}

/// What a post-only order does when it would trade.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PostOnly {
    /// Is refused.
    Reject,
    /// Rests one tick from the best opposite order. Not available yet.
    Slide,
}

/// What happens when two orders of one owner meet.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SelfTrade {
    /// The resting one is cancelled.
    #[default]
    CancelResting,
    /// The taking one is cancelled. Not available yet.
    CancelTaking,
    /// Both are cancelled. Not available yet.
    CancelBoth,
    /// Both lose the smaller's lots. Not available yet.
    Decrement,
}

/// A resting order by either of its names.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderRef {
    /// Its public id, e.g. `3-b-16480-42`.
    Id(String),
    /// The account's own number.
    ClientId(ClientId),
}

/// What became of an order; the data of `place_order`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PlacedOrder {
    /// The id of what rests; none if nothing does.
    pub order: Option<String>,
    /// Lots traded.
    pub filled: Lots,
    /// Lots resting.
    pub resting: Lots,
    /// Lots cancelled.
    pub cancelled: Lots,
}
