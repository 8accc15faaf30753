//! Why there is no index.

use thiserror::Error;

use crate::calendar::Date;

/// Why there is no index.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum IndexError {
    /// A line of the record that is not in its form. The header is line 1.
    #[error("invalid_price_record: line {line}: {reason} (7.12)")]
    Record {
        /// Its number.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No days, or some before the base day.
    #[error("invalid_span: no fixings from {from} to {to} (7.12)")]
    Span {
        /// The first day asked for.
        from: Date,
        /// The last day asked for.
        to: Date,
    },
    /// A constituent without a price.
    #[error("not_listed: {vendor} {model} has no price on {date} (7.12)")]
    NotListed {
        /// Its vendor.
        vendor: String,
        /// Its model.
        model: String,
        /// The day.
        date: Date,
    },
    /// So few vendors that the bound on a vendor's weight cannot hold.
    #[error("too_few_vendors: no weights for {0} vendors of at most 25 % each (7.12)")]
    TooFewVendors(usize),
    /// A basket that is worth nothing links to nothing.
    #[error("worthless_basket: nothing to link to on {0} (7.12)")]
    Worthless(Date),
    /// A level that is no fixing.
    #[error("fixing_out_of_bounds: the level of {0} (7.12)")]
    OutOfBounds(Date),
    /// A pattern of the rule that is none.
    #[error("invalid_line_pattern: {0} (7.12)")]
    Pattern(&'static str),
}
