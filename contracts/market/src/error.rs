//! Why the market refuses. Each text is `code: words with the numbers (clause)`; a code is stable and never reused.

use cosmwasm_std::{Coin, StdError};
use thiserror::Error;
use tokfut_api::refusal::InvalidAddress;
use tokfut_core::id::OrderIdError;
use tokfut_core::limits::OutsideLimits;
use tokfut_core::matching::PlanError;
use tokfut_core::money::Overflow;
use tokfut_core::price::{Lots, PriceError};
use tokfut_core::release::MigrationError;
use tokfut_core::series::{Status, TransitionError};
use tokfut_core::time::{Time, TimeError};

tokfut_api::contract_error!();

/// Every refusal of the market.
#[derive(Error, Debug)]
pub enum Refusal {
    /// Storage, serialisation or a query failed.
    #[error("chain_error: {0}")]
    Std(#[from] StdError),
    /// A number left its bounds.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A text is no price of the product.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// A price beyond the day's limits.
    #[error(transparent)]
    OutsideLimits(#[from] OutsideLimits),
    /// The order is refused whole.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A text names no order.
    #[error(transparent)]
    OrderId(#[from] OrderIdError),
    /// The life of a series has no such step.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// A time or a clock that is none.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A text that is no address.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// What the vault refuses a simulation with, in its words.
    #[error("{0}")]
    Vault(String),
    /// Another contract's storage, or that of a version that this code does not read.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// Coins came along; no message of the market takes any.
    #[error("unexpected_funds: no message takes coins, got {0} (1.1)")]
    UnexpectedFunds(Coin),
    /// The sender lacks the role.
    #[error("unauthorized: only {0} may do this (8.1)")]
    Unauthorized(&'static str),
    /// The clocks of two contracts differ.
    #[error("clock_mismatch: the clock of the {0} is another (2.6)")]
    ClockMismatch(&'static str),
    /// One address governs the market and administers its index.
    #[error("one_address: {one} and {other} are one address (8.1)")]
    OneAddress {
        /// A role.
        one: &'static str,
        /// Another.
        other: &'static str,
    },
    /// The oracle's guardian hints that risk should only fall.
    #[error("feed_close_only: feed {feed} is close-only, only reduce-only orders are taken (7.10)")]
    FeedCloseOnly {
        /// The feed.
        feed: u32,
    },
    /// The oracle has no such feed, or quotes it in another unit, or fixes it at another time.
    #[error("feed_mismatch: feed {feed} of product {product} has {got} {what}, needed are {least} to {most} (2.1)")]
    FeedMismatch {
        /// The product's code.
        product: String,
        /// Its feed.
        feed: u32,
        /// Of what.
        what: &'static str,
        /// How much it has.
        got: u128,
        /// The least that does.
        least: u128,
        /// The most that does.
        most: u128,
    },
    /// No product has this code.
    #[error("unknown_product: {0:?} (2.1)")]
    UnknownProduct(String),
    /// No series has this code.
    #[error("unknown_series: {0:?} (2.2)")]
    UnknownSeries(String),
    /// No such order rests in a book.
    #[error("unknown_order: {0} (3.3)")]
    UnknownOrder(String),
    /// The order is another account's.
    #[error("other_account: order {order} belongs to account {owner}, not {account} (3.1)")]
    OtherAccount {
        /// The order.
        order: String,
        /// Whose it is.
        owner: u64,
        /// Whose it was said to be.
        account: u64,
    },
    /// A part of clause 3 that is not built yet.
    #[error("not_available: {what} ({clause})")]
    NotAvailable {
        /// Which.
        what: &'static str,
        /// Where it is described.
        clause: &'static str,
    },
    /// Fields of an order that do not go together.
    #[error("invalid_order: {0} (3.1)")]
    InvalidOrder(&'static str),
    /// Too few or too many lots.
    #[error("invalid_lots: {lots} is not between 1 and {max} lots (2.1)")]
    InvalidLots {
        /// What was asked for.
        lots: Lots,
        /// The product's largest order.
        max: Lots,
    },
    /// A bound on steps out of its own bounds.
    #[error("invalid_max_fills: {got} is not between 1 and {max} (3.4)")]
    InvalidMaxFills {
        /// What was asked for.
        got: u32,
        /// The cap.
        max: u32,
    },
    /// An empty list, or one that is too long.
    #[error("invalid_count: {got} {what}, between 1 and {max} are taken (3.4)")]
    InvalidCount {
        /// Of what.
        what: &'static str,
        /// How many.
        got: usize,
        /// The cap.
        max: usize,
    },
    /// What is listed twice, or is of two products.
    #[error("mixed_list: {0} (3.4)")]
    MixedList(&'static str),
    /// The account's own number is taken by a live order.
    #[error("duplicate_client_id: {client_id} names order {order} (3.1)")]
    DuplicateClientId {
        /// The number.
        client_id: u64,
        /// The order that has it.
        order: String,
    },
    /// The series takes no orders.
    #[error("not_trading: {series} is {status} (2.4)")]
    NotTrading {
        /// The series' code.
        series: String,
        /// Its status.
        status: Status,
    },
    /// Only orders that reduce are taken.
    #[error("reduce_only_required: {series} is {status} (2.4)")]
    ReduceOnlyRequired {
        /// The series' code.
        series: String,
        /// Its status.
        status: Status,
    },
    /// No final fixing is young enough: only orders that reduce are taken.
    #[error("index_stale: the last final fixing of feed {feed} is of {last}, only reduce-only orders are taken (4.13)")]
    IndexStale {
        /// The feed.
        feed: u32,
        /// Its last final fixing time, or `never`.
        last: String,
    },
    /// The daily time has passed: the strike comes first.
    #[error("strike_due: the settlement of {product} has been due since {due} (4.5)")]
    StrikeDue {
        /// The product's code.
        product: String,
        /// Since when.
        due: Time,
    },
    /// The daily time has not come.
    #[error("strike_not_due: {product} has nothing to strike before {due} (4.5)")]
    StrikeNotDue {
        /// The product's code.
        product: String,
        /// When it is due, or `a listing`.
        due: String,
    },
    /// More rounds are to be finalised than a strike does itself: they come first.
    #[error("fixings_due: feed {feed} has had rounds to finalise since {from} (4.5)")]
    FixingsDue {
        /// The feed.
        feed: u32,
        /// Since when.
        from: Time,
    },
    /// All months that the rule asks for are listed.
    #[error("nothing_to_list: {0} has every month that its rule asks for (2.2)")]
    NothingToList(String),
    /// There is neither a settlement price nor a fixing to begin with.
    #[error("no_reference_price: feed {feed} of {product} has no final fixing (2.2)")]
    NoReferencePrice {
        /// The product's code.
        product: String,
        /// Its feed.
        feed: u32,
    },
    /// The last final fixing is ten days old, or the feed has ended.
    #[error("index_terminated: feed {feed} of {product} is terminated, no month is listed on it (7.10)")]
    IndexTerminated {
        /// The product's code.
        product: String,
        /// Its feed.
        feed: u32,
    },
    /// None of the orders named is stale.
    #[error("nothing_to_reap: none of the {0} orders is stale (3.5)")]
    NothingToReap(usize),
    /// No opening was announced.
    #[error("not_scheduled: no opening of {0} is announced (8.1)")]
    NotScheduled(String),
    /// The announced time has not come.
    #[error("timelocked: {series} opens at {opens_at} (8.1)")]
    Timelocked {
        /// The series' code.
        series: String,
        /// When.
        opens_at: Time,
    },
}

impl ContractError {
    /// What stands behind it.
    pub fn why(&self) -> &Refusal {
        &self.0
    }
}
