//! Every way the vault refuses: a stable code, the numbers, the clause. A refused message changes nothing.

use cosmwasm_std::{Coin, StdError};
use thiserror::Error;
use tokfut_api::refusal::InvalidAddress;
use tokfut_core::money::{Amount, Overflow, SignedAmount};
use tokfut_core::product::ProductError;
use tokfut_core::release::MigrationError;
use tokfut_core::time::{Time, TimeError};

tokfut_api::contract_error!();

/// Why a message or query is refused. What stands before the first colon is the code.
#[derive(Error, Debug)]
pub enum Refusal {
    /// Another may do this.
    #[error("unauthorized: only {0} may do this (8.1)")]
    Unauthorized(&'static str),
    /// The sender has no right to act for the account.
    #[error("not_permitted: {sender} may not {act} for account {account} (4.1)")]
    NotPermitted {
        /// Who tried.
        sender: String,
        /// What.
        act: &'static str,
        /// For which account.
        account: u64,
    },
    /// The market is not connected yet.
    #[error("not_connected: the market is not connected (8.1)")]
    NotConnected,
    /// The market is connected for good.
    #[error("already_connected: the market is {0} (8.1)")]
    AlreadyConnected(String),
    /// A coin came with a message that takes none.
    #[error("unexpected_funds: this message takes no coins, got {0} (1.1)")]
    UnexpectedFunds(Coin),
    /// Not exactly one coin of the collateral.
    #[error("invalid_funds: exactly one coin of {denom} is needed, got {got} (1.1)")]
    InvalidFunds {
        /// The collateral.
        denom: String,
        /// What came.
        got: String,
    },
    /// Zero, or above the largest amount.
    #[error("invalid_amount: {0} is not between 1 and {max} (1.6)", max = Amount::MAX_INPUT)]
    InvalidAmount(String),
    /// A share above the whole.
    #[error("invalid_share: insurance's share is {0} parts per million, at most 1000000 (4.8)")]
    InvalidShare(u32),
    /// A list of a length that is not allowed.
    #[error("invalid_count: {got} {what}, must be 1 to {max} (1.6)")]
    InvalidCount {
        /// Of what.
        what: &'static str,
        /// How many.
        got: usize,
        /// The most.
        max: usize,
    },
    /// A product twice.
    #[error("duplicate_product: {0} is configured twice (2.1)")]
    DuplicateProduct(String),
    /// No such account.
    #[error("unknown_account: there is no account {0} (4.1)")]
    UnknownAccount(u64),
    /// The owner has all the accounts he may have.
    #[error("too_many_accounts: an owner has at most {0} accounts (4.1)")]
    TooManyAccounts(u64),
    /// No such product.
    #[error("unknown_product: there is no product {0} (2.1)")]
    UnknownProduct(String),
    /// No such series.
    #[error("unknown_series: there is no series {0} (2.2)")]
    UnknownSeries(u16),
    /// A series number twice.
    #[error("duplicate_series: series {0} is listed already (2.2)")]
    DuplicateSeries(u16),
    /// A series of another product than the message is about.
    #[error("wrong_product: series {series} is of product {product} (2.1)")]
    WrongProduct {
        /// The series.
        series: u16,
        /// Its product.
        product: u8,
    },
    /// The series is over.
    #[error("series_settled: series {0} is finally settled (4.7)")]
    SeriesSettled(u16),
    /// More positions than margin is counted over.
    #[error("too_many_positions: account {account} would have more than {max} (4.10)")]
    TooManyPositions {
        /// Whose.
        account: u64,
        /// The most.
        max: usize,
    },
    /// A message of the market that contradicts itself.
    #[error("invalid_clearing: {0} (4.1)")]
    InvalidClearing(&'static str),
    /// Margin does not suffice, and the message does not only reduce.
    #[error("insufficient_margin: need {need}, have {have} (4.11)")]
    InsufficientMargin {
        /// IM after the message.
        need: Amount,
        /// E after the message.
        have: SignedAmount,
    },
    /// Margin suffices, but cash is owed.
    #[error("cash_below_zero: no new risk with {0} in cash (6.1)")]
    CashBelowZero(SignedAmount),
    /// An account below initial margin may not rest an order that would lose against the mark.
    #[error("worse_than_mark: below initial margin no order may rest at {price}, the mark is {mark} (4.11)")]
    WorseThanMark {
        /// The order's price in price units.
        price: u32,
        /// The mark in price units.
        mark: u32,
    },
    /// More than may be withdrawn.
    #[error("insufficient_free: {asked} asked, {withdrawable} may be withdrawn (4.4)")]
    InsufficientFree {
        /// What was asked.
        asked: Amount,
        /// What may.
        withdrawable: Amount,
    },
    /// More than is there to be paid: what is missing is still missing.
    #[error("money_missing: {asked} asked, the pots hold {there} (4.9)")]
    MoneyMissing {
        /// What was to leave.
        asked: Amount,
        /// What all pots hold together.
        there: SignedAmount,
    },
    /// A delegation that ends before it begins, or to oneself.
    #[error("invalid_delegation: {0} (4.1)")]
    InvalidDelegation(&'static str),
    /// More delegates than an account may have.
    #[error("too_many_delegates: an account has at most {0} delegates (4.1)")]
    TooManyDelegates(usize),
    /// No such delegate.
    #[error("unknown_delegate: {delegate} is no delegate of account {account} (4.1)")]
    UnknownDelegate {
        /// Who.
        delegate: String,
        /// Of which account.
        account: u64,
    },
    /// The treasury's share is nothing yet.
    #[error("nothing_to_collect: the treasury's pot is empty (4.8)")]
    NothingToCollect,
    /// A strike before the settlement before it is final.
    #[error("finalise_first: cycle {struck} of product {product} is struck and not finalised (4.5)")]
    FinaliseFirst {
        /// The product's number.
        product: u8,
        /// The cycle.
        struck: u32,
    },
    /// Nothing was struck since the last finalisation.
    #[error("nothing_to_finalise: {product} has finalised every strike, the last was {finalised} (4.5)")]
    NothingToFinalise {
        /// The product's code.
        product: String,
        /// The last cycle.
        finalised: u32,
    },
    /// The grace is not over.
    #[error("grace_running: {product} may be finalised from {from} (4.5)")]
    GraceRunning {
        /// The product's code.
        product: String,
        /// From when.
        from: Time,
    },
    /// The account is healthy enough, or the house's.
    #[error("not_liquidatable: equity {equity}, maintenance {maintenance} (6.1)")]
    NotLiquidatable {
        /// E.
        equity: SignedAmount,
        /// MM.
        maintenance: Amount,
    },
    /// A mark that is too old to close anybody out at.
    #[error("stale_mark: the mark of series {series} is of {at}, more than an hour ago; push it first (4.13)")]
    StaleMark {
        /// The series.
        series: u16,
        /// When its mark was pushed.
        at: Time,
    },
    /// Every series had its share in this block.
    #[error("liquidation_throttled: account {0} was worked in this block (6.3)")]
    LiquidationThrottled(u64),
    /// A close-out is at work.
    #[error("close_out_open: a close-out of account {0} is at work (6.2)")]
    CloseOutOpen(u64),
    /// The market answers a close-out that nobody began.
    #[error("no_close_out: no close-out of account {0} is at work (6.2)")]
    NoCloseOut(u64),
    /// The house has no lots there.
    #[error("nothing_to_unwind: the house has no lots in series {0} (6.5)")]
    NothingToUnwind(u16),
    /// No cash is missing, or not over a finalisation, or not above maintenance.
    #[error("nothing_to_advance: {0} (6.1)")]
    NothingToAdvance(&'static str),
    /// The house cannot.
    #[error("house_exhausted: {asked} asked, the house has {free} free (6.1)")]
    HouseExhausted {
        /// What was asked.
        asked: Amount,
        /// What it has.
        free: Amount,
    },
    /// A product that breaks a rule.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// A number out of its bounds.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A time or clock out of its bounds.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A text that is no address.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// Another contract's storage, or that of a version that this code does not read.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A record that is not readable.
    #[error("chain_error: {0} (8.2)")]
    Std(#[from] StdError),
}
