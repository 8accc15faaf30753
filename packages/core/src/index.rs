//! The indices: from public quotes to one integer a day, by a methodology that is a file (clauses 7.11, 7.12).
//!
//! Pure and exact: fractions to the last step, then half up, so that honest publishers agree to the bit.
//! - [`Methodology`]: the numbers of an index, read from its file; [`Methodology::inputs`] picks the quotes that bear
//!   on a day, [`Methodology::fixing`] makes the integer of them.
//! - [`TokIndex`]: list prices of tokens in a linked basket; [`GpuPrice`]: what an hour of a GPU costs.
//! - [`Leaf`], [`inputs_root`]: the bytes of a quote, and the root over them that publishers sign.
//! - [`DayMove`]: what moved the index, by constituent.

mod basket;
mod compute;
mod error;
mod explain;
mod fraction;
mod leaf;
mod line;
mod methodology;
mod record;
mod rental;
#[cfg(test)]
mod tests;
mod tok;

pub use basket::{Basket, Constituent, Prices};
pub use compute::Fixing;
pub use error::IndexError;
pub use explain::{DayMove, Part};
pub use fraction::{Fraction, decimal, millionths};
pub use leaf::{Leaf, Quote, inputs_root};
pub use line::Member;
pub use methodology::{
    Asked, AskedGpu, BaseDay, BasketRule, BasketTerms, Benchmark, GpuRule, Head, LineRule, MedianRule, Methodology,
    Outliers, RelativesRule, Rule, TierRule,
};
pub use record::{BmtPrice, ListPrice, ListQuote, PriceRecord, usd};
pub use rental::{GpuPrice, ProviderPrice, RentalQuote, Standing};
pub use tok::{DailyFixing, TokIndex};
