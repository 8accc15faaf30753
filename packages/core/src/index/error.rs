//! Why there is no index.

use thiserror::Error;

use crate::calendar::Date;

/// Why there is no index.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum IndexError {
    /// A file that is no methodology.
    #[error("invalid_methodology: {0} (7.12)")]
    Methodology(String),
    /// A line of quotes that is not in its form. The header is line 1.
    #[error("invalid_quotes: line {line}: {reason} (7.12)")]
    Quotes {
        /// Its number.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A quote that is of the other kind than the index is made of, or given twice.
    #[error("unfit_quote: {quote}: {reason} (7.12)")]
    Unfit {
        /// Which.
        quote: String,
        /// Why.
        reason: &'static str,
    },
    /// No days, or some before the base day.
    #[error("invalid_span: no fixings from {from} to {to}, the base day is {base} (7.12)")]
    Span {
        /// The first day asked for.
        from: Date,
        /// The last day asked for.
        to: Date,
        /// The first that has one.
        base: Date,
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
    #[error("too_few_vendors: no weights for {vendors} vendors of at most {percent} % each (7.12)")]
    TooFewVendors {
        /// How many.
        vendors: usize,
        /// The most that one may weigh.
        percent: u64,
    },
    /// Fewer providers than a price needs.
    #[error("too_few_providers: {gpu} on {date}: {left} left after outliers of {quoting}, at least {needed} (7.12)")]
    TooFewProviders {
        /// Of which GPU.
        gpu: String,
        /// The day.
        date: Date,
        /// How many are left.
        left: usize,
        /// How many gave quotes that count.
        quoting: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A basket that is worth nothing links to nothing.
    #[error("worthless_basket: nothing to link to on {0} (7.12)")]
    Worthless(Date),
    /// A level that is no fixing.
    #[error("fixing_out_of_bounds: the level of {0} (7.12)")]
    OutOfBounds(Date),
}

impl IndexError {
    /// True where the quotes of a day are not enough for a fixing: a publisher says "unavailable".
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::TooFewVendors { .. } | Self::TooFewProviders { .. } | Self::NotListed { .. })
    }
}
