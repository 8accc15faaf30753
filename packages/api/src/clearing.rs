//! What the market and the vault say to each other. Only they send these; prices are price units here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokfut_core::calendar::Month;
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::price::{Lots, Price, Side};
use tokfut_core::rate::Rate;

/// Everything one market message asks of the clearing house: one call, whatever the number of orders and fills.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Clearing {
    /// Why, and in whose name.
    pub purpose: Purpose,
    /// The account that placed, cancelled or is being closed out; the taker of every fill.
    pub account: AccountId,
    /// The product of every series in it.
    pub product: ProductId,
    /// New margin marks, applied before the margin check.
    pub marks: Vec<MarkChange>,
    /// Trades, in the order they happened.
    pub fills: Vec<ClearedFill>,
    /// Resting orders that came or went otherwise than by these fills.
    pub book: Vec<BookChange>,
    /// True if every resting order of `account`, in all products, became void.
    pub voids_orders: bool,
}

/// Why the market calls: decides who must have consented and what is checked.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Purpose {
    /// An order of `account`: the sender needs the right to trade, and margin is checked.
    Trade {
        /// Who sent the message to the market.
        sender: String,
    },
    /// Cancels of `account`: the sender needs the right to cancel; always passes margin.
    Cancel {
        /// Who sent the message to the market.
        sender: String,
    },
    /// The answer to a close-out that the vault began.
    Close {},
    /// Removal of stale orders of anybody, by anybody; no fills.
    Sweep {},
}

/// A new margin mark of a series.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct MarkChange {
    /// The series.
    pub series: SeriesId,
    /// The mark, in price units.
    pub price: Price,
}

/// A trade between the account of the clearing (taker) and a resting order.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct ClearedFill {
    /// The series.
    pub series: SeriesId,
    /// The taker's side.
    pub side: Side,
    /// The resting order's account.
    pub maker: AccountId,
    /// True if the resting order was reduce-only: its lots leave that sum.
    pub maker_reduce_only: bool,
    /// The resting order's price, which is the price of the trade.
    pub price: Price,
    /// Lots traded; they leave the maker's open lots.
    pub lots: Lots,
}

/// Lots that came to rest or left the book without a trade.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct BookChange {
    /// Whose order.
    pub account: AccountId,
    /// The series.
    pub series: SeriesId,
    /// The order's side.
    pub side: Side,
    /// The order's price.
    pub price: Price,
    /// The lots.
    pub lots: Lots,
    /// True for a reduce-only order.
    pub reduce_only: bool,
    /// Came or went.
    pub change: RestChange,
}

/// Which way lots moved.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RestChange {
    /// Came to rest.
    Rested,
    /// Left.
    Removed,
}

/// A series that the market lists (clause 2.2).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct NewSeries {
    /// Its number.
    pub series: SeriesId,
    /// Its delivery month.
    pub month: Month,
    /// The first reference price: S of the running cycle, and the first mark.
    pub price: Price,
    /// The price limit in force (2 L on its listing day).
    pub limit: Rate,
}

/// The settlement price of one series at a strike (clauses 5.1, 5.2).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct StruckPrice {
    /// The series.
    pub series: SeriesId,
    /// S_k, or the final settlement price.
    pub price: Price,
    /// True for the final settlement.
    pub last: bool,
    /// The price limit in force from here on.
    pub limit: Rate,
}

/// A close-out order that the vault asks the market to work: reduce-only, immediate or cancel.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct CloseOrder {
    /// The series.
    pub series: SeriesId,
    /// The side that reduces.
    pub side: Side,
    /// At most this many lots.
    pub lots: Lots,
    /// No worse than this price; the market also keeps it within the day's limits, on the tick.
    pub worst: Price,
    /// d(t): nor further from the mark than this or 1 %, whichever is more, the mark being that of the moment it is worked.
    pub discount: Rate,
}

/// What the vault sends the market: `close` of [`crate::market::ExecuteMsg`], and by itself, for writing one of an enum's
/// messages links the writing of all of them.
#[derive(Serialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum ToMarket {
    /// [`crate::market::ExecuteMsg::Close`].
    Close {
        /// The account being closed out.
        account: AccountId,
        /// What may be traded.
        orders: Vec<CloseOrder>,
        /// True if the account's resting orders become void first.
        void_orders: bool,
    },
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::to_json_string;

    use super::*;
    use crate::market::ExecuteMsg;

    #[test]
    fn what_the_vault_sends_is_a_message_of_the_market() {
        let (account, void_orders) = (AccountId(8), true);
        let (series, side, lots, worst) = (SeriesId(3), Side::Sell, Lots::new(5), Price::MIN);
        let orders = vec![CloseOrder { series, side, lots, worst, discount: Rate::ZERO }];
        let sent = to_json_string(&ToMarket::Close { account, orders: orders.clone(), void_orders }).unwrap();
        assert_eq!(sent, to_json_string(&ExecuteMsg::Close { account, orders, void_orders }).unwrap());
    }
}
