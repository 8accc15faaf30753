//! What the vault tells in events.

use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::price::{NetLots, Price};
use tokfut_core::time::Time;

crate::events! {
    /// An account was opened.
    AccountOpened = "tf_account_opened" {
        /// Its number.
        account: AccountId,
        /// Its owner's address.
        owner: String,
    }
    /// Money moved between two pots. The ledger is the sum of these.
    Posted = "tf_posting" {
        /// `deposit`, `withdrawal`, `settlement`, `taker_fee`, `maker_fee`, `maker_rebate`, `settlement_fee`, `liquidation_fee`, `insurance_fee`, `bounty`, …
        kind: String,
        /// `outside`, `account:N`, `clearing`, `insurance`, `treasury`, `haircut`, `shortfall`.
        from: String,
        /// The same names.
        to: String,
        /// Base units, above zero.
        amount: Amount,
    }
    /// A position changed otherwise than by a settlement.
    PositionChanged = "tf_position" {
        /// Whose.
        account: AccountId,
        /// The series.
        series: SeriesId,
        /// Net lots after.
        lots: NetLots,
        /// Variation after, base units.
        variation: SignedAmount,
    }
    /// A cycle was struck.
    CycleStruck = "tf_cycle_struck" {
        /// The product's number.
        product: u16,
        /// k.
        cycle: u32,
        /// The daily time.
        at: Time,
    }
    /// A settlement became final.
    CycleFinalised = "tf_cycle_finalised" {
        /// The product's number.
        product: u16,
        /// k.
        cycle: u32,
        /// What is still missing after it.
        shortfall: Amount,
    }
    /// A liquidation step was made.
    Liquidated = "tf_liquidated" {
        /// Whose.
        account: AccountId,
        /// Who called.
        caller: String,
        /// E when it began.
        equity_before: SignedAmount,
        /// E after it.
        equity_after: SignedAmount,
        /// MM after it.
        maintenance_after: Amount,
    }
    /// The house took lots over.
    HouseTook = "tf_house_took" {
        /// From whom.
        account: AccountId,
        /// The series.
        series: SeriesId,
        /// Net lots taken, positive is long.
        lots: NetLots,
        /// At this price, price units.
        price: Price,
    }
    /// A deficit was recognised and shared.
    DeficitRecognised = "tf_deficit" {
        /// Whose.
        account: AccountId,
        /// Cash below zero.
        deficit: Amount,
        /// Taken from the owner's other accounts.
        from_owner: Amount,
        /// Paid by insurance.
        from_insurance: Amount,
        /// Left as the product's shortfall.
        shortfall: Amount,
    }
    /// A delegation was given or ended.
    DelegateChanged = "tf_delegate" {
        /// Whose account.
        account: AccountId,
        /// Who.
        delegate: String,
        /// `trade`, `trade:TOK`, `cancel_only`, `none`.
        scope: String,
        /// Until when.
        expires: Option<Time>,
    }
}
