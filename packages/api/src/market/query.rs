//! What the market is asked, and what it answers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::schema::RootSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::id::{AccountId, ClientId};
use tokfut_core::price::{Lots, Side};
use tokfut_core::product::Product;
use tokfut_core::series::Status;
use tokfut_core::time::{Clock, Time};

use super::NewOrder;

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
            ("all_orders", schemars::schema_for!(Vec<OrderResponse>)),
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
    /// Months that the calendar rule asks for and that may be listed now; none on a terminated index (clause 7.10).
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
    /// The rule of clause 5.1 that applied, 1 to 6; 21 and 22 for the final settlement by 5.2's two methods, 23 for its
    /// fall-back, 24 for the same before last trading.
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
