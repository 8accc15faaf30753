//! The market: series, books, trades, settlement prices.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::schema::RootSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::id::{AccountId, ClientId};
use tokfut_core::price::{Lots, Side};
use tokfut_core::product::Product;
use tokfut_core::series::Status;
use tokfut_core::time::{Clock, Time};

use crate::clearing::CloseOrder;

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
    /// Strikes the daily settlement of all series of a product, by anyone, once the daily time has passed (clause 4.5).
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

/// What can be asked of the market.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QueryMsg {
    /// Addresses, clock and roles.
    Config {},
    /// A product's terms and its settlement state.
    Product {
        /// The product's code.
        code: String,
    },
    /// One series.
    Series {
        /// The series' code.
        code: String,
    },
    /// The series of a product that are not settled yet, by month.
    SeriesList {
        /// The product's code.
        product: String,
    },
    /// The book of a series by price level, best first, live orders only.
    Book {
        /// The series' code.
        series: String,
        /// At most this many levels a side, 20 if not given, at most 100.
        #[serde(default)]
        depth: Option<u32>,
    },
    /// The live resting orders of an account.
    Orders {
        /// Whose.
        account: AccountId,
        /// The id after which to go on.
        #[serde(default)]
        start_after: Option<String>,
        /// At most this many, 30 if not given, at most 100.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// All resting orders by series, side, price and age, dead ones too: what a keeper begins with.
    AllOrders {
        /// The id after which to go on, whether or not it still rests.
        #[serde(default)]
        start_after: Option<String>,
        /// At most this many, 30 if not given, at most 100.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// One resting order.
    Order {
        /// Its public id.
        id: String,
    },
    /// The settlement prices of a series, latest first.
    Settlements {
        /// The series' code.
        series: String,
        /// The cycle before which to go on.
        #[serde(default)]
        start_before: Option<u32>,
        /// At most this many, 30 if not given, at most 100.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// What an order would do, planned by the code that executes it (clause 3.12).
    SimulateOrder(NewOrder),
}

impl QueryMsg {
    /// The schema of the response to each query, by its name on the wire.
    pub fn responses() -> BTreeMap<String, RootSchema> {
        let schemas = [
            ("config", schemars::schema_for!(ConfigResponse)),
            ("product", schemars::schema_for!(ProductResponse)),
            ("series", schemars::schema_for!(SeriesResponse)),
            ("series_list", schemars::schema_for!(Vec<SeriesResponse>)),
            ("book", schemars::schema_for!(BookResponse)),
            ("orders", schemars::schema_for!(Vec<OrderResponse>)),
            ("order", schemars::schema_for!(OrderResponse)),
            ("settlements", schemars::schema_for!(Vec<SettlementResponse>)),
            ("simulate_order", schemars::schema_for!(SimulationResponse)),
        ];
        schemas.map(|(query, schema)| (query.to_string(), schema)).into()
    }
}

/// Addresses, clock and roles.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct ConfigResponse {
    /// The vault.
    pub vault: String,
    /// The oracle.
    pub oracle: String,
    /// Governance.
    pub governance: String,
    /// Guardian.
    pub guardian: String,
    /// Protocol time.
    pub clock: Clock,
}

/// A product in the market.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct ProductResponse {
    /// Its number.
    pub id: u8,
    /// Its terms.
    pub terms: Product,
    /// The last struck cycle.
    pub cycle: u32,
    /// The daily time of the last strike; none before the first.
    pub last_strike: Option<Time>,
    /// The daily time at which the next strike is due; none while no series needs one.
    pub next_strike: Option<Time>,
    /// Months that the calendar rule asks for and that are not listed yet.
    pub listable: Vec<String>,
}

/// A series in the market.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SeriesResponse {
    /// Its code.
    pub code: String,
    /// Its number.
    pub id: u16,
    /// Its status now.
    pub status: Status,
    /// When it opens again, if announced.
    pub opens_at: Option<Time>,
    /// When it was listed.
    pub listed_at: Time,
    /// When trading ends.
    pub last_trading: Time,
    /// The last settlement price.
    pub settlement_price: String,
    /// The day's lowest price.
    pub lowest: String,
    /// The day's highest price.
    pub highest: String,
    /// The mark as trades and book make it.
    pub mark: String,
    /// The mark that margin is measured at.
    pub margin_mark: String,
    /// The index leg of the mark; none while the index is stale.
    pub index_price: Option<String>,
    /// The price of the last trade; none before the first.
    pub last_price: Option<String>,
    /// Lots traded since the last strike.
    pub volume: Lots,
    /// Open interest, one side.
    pub open_interest: Lots,
    /// Best live bid.
    pub bid: Option<String>,
    /// Best live ask.
    pub ask: Option<String>,
}

/// A book by price level, best first.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct BookResponse {
    /// Highest first.
    pub bids: Vec<Level>,
    /// Lowest first.
    pub asks: Vec<Level>,
}

/// One price of a book.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct Level {
    /// The price.
    pub price: String,
    /// Lots of live orders at it.
    pub lots: Lots,
    /// How many orders they are.
    pub orders: u32,
}

/// A resting order.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct OrderResponse {
    /// Its public id.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// The series' code.
    pub series: String,
    /// Buy or sell.
    pub side: Side,
    /// Its limit price.
    pub price: String,
    /// Lots still open.
    pub lots: Lots,
    /// True if it only reduces.
    pub reduce_only: bool,
    /// The account's own number.
    pub client_id: Option<ClientId>,
    /// When it came to rest.
    pub placed_at: Time,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// False once expired or void.
    pub live: bool,
}

/// An official settlement price and how it came about.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SettlementResponse {
    /// k.
    pub cycle: u32,
    /// The daily time it is of.
    pub at: Time,
    /// S_k, or the final settlement price.
    pub price: String,
    /// T_k: the value found before clamping to the day's limits.
    pub unclamped: String,
    /// The rule of clause 5.1 that applied, 1 to 6; 21 and 22 for the final settlement by 5.2's two methods, 23 for its fall-back.
    pub method: u8,
    /// True for the final settlement.
    pub last: bool,
}

/// What an order would do now.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SimulationResponse {
    /// Trades, in order.
    pub fills: Vec<SimulatedFill>,
    /// Lots that would rest.
    pub rests: Lots,
    /// Lots that would be cancelled, and why (`ioc`, `fill_limit`, …).
    pub cancelled: Lots,
    /// The reason of the cancellation.
    pub cancel_reason: Option<String>,
    /// What the clearing house would make of it.
    pub account: crate::vault::SimulatedAccount,
}

/// One trade that would happen.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SimulatedFill {
    /// At this price.
    pub price: String,
    /// So many lots.
    pub lots: Lots,
}

crate::events! {
    /// A series was listed.
    SeriesListed = "tf_series_listed" {
        /// Its number.
        series: tokfut_core::id::SeriesId,
        /// Its code.
        code: String,
        /// The first reference price, price units.
        price: tokfut_core::price::Price,
    }
    /// An order came to rest.
    OrderRested = "tf_order_rested" {
        /// Its id.
        order: tokfut_core::id::OrderId,
        /// Whose.
        account: AccountId,
        /// Lots resting.
        lots: Lots,
        /// True if it only reduces.
        reduce_only: bool,
        /// The account's own number.
        client_id: Option<u64>,
        /// When it ends by itself.
        expires_at: Option<Time>,
    }
    /// Two orders traded.
    Filled = "tf_fill" {
        /// The series.
        series: tokfut_core::id::SeriesId,
        /// The resting order.
        order: tokfut_core::id::OrderId,
        /// Whose it was.
        maker: AccountId,
        /// The account that took.
        taker: AccountId,
        /// The taker's side.
        side: Side,
        /// Price units.
        price: tokfut_core::price::Price,
        /// Lots.
        lots: Lots,
        /// Lots left of the resting order.
        left: Lots,
    }
    /// A resting order left the book without a trade.
    OrderRemoved = "tf_order_removed" {
        /// Its id.
        order: tokfut_core::id::OrderId,
        /// Whose.
        account: AccountId,
        /// Lots it still had.
        lots: Lots,
        /// `cancelled`, `expired`, `void`, `self_trade`, `reduce_only`, `outside_limits`, `closed`.
        reason: String,
    }
    /// What was left of an incoming order was cancelled.
    RemainderCancelled = "tf_remainder_cancelled" {
        /// Whose.
        account: AccountId,
        /// The series.
        series: tokfut_core::id::SeriesId,
        /// Lots.
        lots: Lots,
        /// `ioc`, `fill_limit`, `reduce_only`.
        reason: String,
    }
    /// All resting orders of an account became void.
    OrdersVoided = "tf_orders_voided" {
        /// Whose.
        account: AccountId,
        /// Orders with a lower sequence are void.
        before: u64,
    }
    /// A mark was pushed to the vault.
    Marked = "tf_marked" {
        /// The series.
        series: tokfut_core::id::SeriesId,
        /// As trades, book and index make it, price units.
        mark: tokfut_core::price::Price,
        /// As margin is measured, price units.
        margin_mark: tokfut_core::price::Price,
        /// The index leg, price units.
        index: Option<tokfut_core::price::Price>,
    }
    /// A settlement price was struck.
    Struck = "tf_struck" {
        /// The series.
        series: tokfut_core::id::SeriesId,
        /// k.
        cycle: u32,
        /// The daily time.
        at: Time,
        /// S_k, price units.
        price: tokfut_core::price::Price,
        /// T_k, price units.
        unclamped: tokfut_core::price::Price,
        /// The rule that applied.
        method: u16,
        /// True for the final settlement.
        last: bool,
    }
    /// A series will open again.
    OpeningScheduled = "tf_opening_scheduled" {
        /// The series.
        series: tokfut_core::id::SeriesId,
        /// From when anybody may open it.
        opens_at: Time,
    }
    /// A series changed its status.
    StatusChanged = "tf_status_changed" {
        /// The series.
        series: tokfut_core::id::SeriesId,
        /// The new status.
        status: String,
    }
}
