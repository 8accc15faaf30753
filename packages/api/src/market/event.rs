//! What the market tells in events.

use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_core::price::{Lots, Price, Side};
use tokfut_core::time::Time;

crate::events! {
    /// A series was listed.
    SeriesListed = "tf_series_listed" {
        /// Its number.
        series: SeriesId,
        /// Its code.
        code: String,
        /// The first reference price, price units.
        price: Price,
    }
    /// An order came to rest.
    OrderRested = "tf_order_rested" {
        /// Its id.
        order: OrderId,
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
        series: SeriesId,
        /// The resting order.
        order: OrderId,
        /// Whose it was.
        maker: AccountId,
        /// The account that took.
        taker: AccountId,
        /// The taker's side.
        side: Side,
        /// Price units.
        price: Price,
        /// Lots.
        lots: Lots,
        /// Lots left of the resting order.
        left: Lots,
    }
    /// A resting order left the book without a trade.
    OrderRemoved = "tf_order_removed" {
        /// Its id.
        order: OrderId,
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
        series: SeriesId,
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
        series: SeriesId,
        /// As trades, book and index make it, price units.
        mark: Price,
        /// As margin is measured, price units.
        margin_mark: Price,
        /// The index leg, price units.
        index: Option<Price>,
    }
    /// A settlement price was struck.
    Struck = "tf_struck" {
        /// The series.
        series: SeriesId,
        /// k.
        cycle: u32,
        /// The daily time.
        at: Time,
        /// S_k, price units.
        price: Price,
        /// T_k, price units.
        unclamped: Price,
        /// The rule that applied.
        method: u16,
        /// True for the final settlement.
        last: bool,
    }
    /// The index of a product is terminated (clause 7.10): every month of it that still traded has its final settlement
    /// in this cycle.
    ProductTerminated = "tf_product_terminated" {
        /// The product's number.
        product: u16,
        /// k.
        cycle: u32,
        /// The daily time.
        at: Time,
    }
    /// A series will open again.
    OpeningScheduled = "tf_opening_scheduled" {
        /// The series.
        series: SeriesId,
        /// From when anybody may open it.
        opens_at: Time,
    }
    /// A series changed its status.
    StatusChanged = "tf_status_changed" {
        /// The series.
        series: SeriesId,
        /// The new status.
        status: String,
    }
}
