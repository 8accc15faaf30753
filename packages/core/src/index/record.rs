//! The record of list prices.

use std::collections::BTreeMap;

use core::fmt;

use super::error::IndexError;
use super::fraction::{Fraction, decimal, millionths};
use super::methodology::Benchmark;
use crate::calendar::Date;

/// The first line of a record.
const HEADER: &str = "date,vendor,model,input,cached_input,output";
/// Digits after the point that a list price may have.
pub(super) const PRICE_DIGITS: u8 = 6;

/// List prices of a model, in 10⁻⁶ USD per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPrice {
    /// Of fresh input.
    pub input: u64,
    /// Of input read from a cache; none: none is published.
    pub cached_input: Option<u64>,
    /// Of output.
    pub output: u64,
}

/// In USD per million tokens: `1.25/0.125/10`.
impl fmt::Display for ListPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cached = self.cached_input.map_or("-".to_string(), usd);
        write!(f, "{}/{cached}/{}", usd(self.input), usd(self.output))
    }
}

/// 10⁻⁶ USD in USD, without zeros at the end: `0.125`, `10`.
pub fn usd(micro: u64) -> String {
    decimal(micro, PRICE_DIGITS).trim_end_matches('0').trim_end_matches('.').to_string()
}

/// What one benchmark million tokens cost at a model, in USD.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BmtPrice(Fraction);

impl BmtPrice {
    /// What the tokens of one BMT cost at these prices, to the last digit.
    pub fn of(price: &ListPrice, benchmark: &Benchmark) -> Self {
        let Benchmark { input, cached_input, output, unpublished_cached_percent_of_input } = *benchmark;
        let per_token = |micro: u64| Fraction::millionths(micro).times(&Fraction::millionths(1));
        let stand_in = || per_token(price.input).times(&Fraction::percent(unpublished_cached_percent_of_input));
        let cached = price.cached_input.map_or_else(stand_in, per_token);
        let parts = [(input, per_token(price.input)), (cached_input, cached), (output, per_token(price.output))];
        Self(Fraction::sum(&parts.map(|(tokens, price)| Fraction::whole(tokens).times(&price))))
    }

    /// In USD.
    pub const fn usd(&self) -> &Fraction {
        &self.0
    }
}

/// In USD, with six decimals.
impl fmt::Display for BmtPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_decimal(PRICE_DIGITS))
    }
}

/// A row of the record: what a model costs from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuote {
    /// From this day on.
    pub since: Date,
    /// Whose model.
    pub vendor: String,
    /// Its name.
    pub model: String,
    /// Its prices; none: the listing has ended.
    pub price: Option<ListPrice>,
}

/// A model's prices from each date on; none: the listing has ended.
type History = BTreeMap<Date, Option<ListPrice>>;

/// List prices by vendor, model and date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceRecord {
    vendors: BTreeMap<String, BTreeMap<String, History>>,
}

impl PriceRecord {
    /// Reads the form of `model_prices.csv`: USD per million tokens with up to six decimals, no cached price or no
    /// prices at all where the fields are empty, at most one row a model and day, in any order.
    pub fn from_csv(text: &str) -> Result<Self, IndexError> {
        let mut rows = text.lines().enumerate().map(|(index, row)| (index.saturating_add(1), row));
        if rows.next().is_none_or(|(_, row)| row != HEADER) {
            return Err(IndexError::Quotes { line: 1, reason: "not the header of a price record" });
        }
        let mut record = Self::default();
        for (line, row) in rows {
            ListQuote::from_row(row)
                .and_then(|quote| record.insert(quote))
                .map_err(|reason| IndexError::Quotes { line, reason })?;
        }
        Ok(record)
    }

    /// Takes a row in; an error if there is one of its model and day.
    pub fn insert(&mut self, quote: ListQuote) -> Result<(), &'static str> {
        let ListQuote { since, vendor, model, price } = quote;
        let history = self.vendors.entry(vendor).or_default().entry(model).or_default();
        let before = history.insert(since, price);
        if before.is_some() { Err("a second row of this model and day") } else { Ok(()) }
    }

    /// The models of a vendor that ever had a price, each with the date of its first.
    pub fn models<'a>(&'a self, vendor: &str) -> impl Iterator<Item = (&'a str, Date)> {
        let first = |history: &History| history.iter().find(|(_, price)| price.is_some()).map(|(date, _)| *date);
        let models = self.vendors.get(vendor).into_iter().flatten();
        models.filter_map(move |(model, history)| Some((model.as_str(), first(history)?)))
    }

    /// The prices of a model on `date`; none if it is not listed then.
    pub fn price(&self, vendor: &str, model: &str, date: Date) -> Option<ListPrice> {
        let history = self.vendors.get(vendor)?.get(model)?;
        history.range(..=date).next_back().and_then(|(_, price)| *price)
    }

    /// All its rows, in order of vendor, model and date.
    pub fn rows(&self) -> impl Iterator<Item = ListQuote> {
        self.vendors.iter().flat_map(|(vendor, models)| {
            models.iter().flat_map(move |(model, history)| {
                let row = |(since, price): (&Date, &Option<ListPrice>)| ListQuote {
                    since: *since,
                    vendor: vendor.clone(),
                    model: model.clone(),
                    price: *price,
                };
                history.iter().map(row)
            })
        })
    }
}

impl ListQuote {
    /// Reads `2025-10-10,openai,gpt-5,1.25,0.125,10`.
    fn from_row(row: &str) -> Result<Self, &'static str> {
        let fields: Vec<&str> = row.split(',').collect();
        let [date, vendor, model, input, cached, output] = fields.as_slice() else { return Err("not six fields") };
        let since = Date::parse(date).map_err(|_| "not a date")?;
        if vendor.is_empty() || model.is_empty() {
            return Err("no name");
        }
        let usd = |text: &str| millionths(text).ok_or("not a price with up to six decimals");
        let price = match (*input, *cached, *output) {
            ("", "", "") => None,
            (input, "", output) => Some(ListPrice { input: usd(input)?, cached_input: None, output: usd(output)? }),
            (input, cached, output) => {
                Some(ListPrice { input: usd(input)?, cached_input: Some(usd(cached)?), output: usd(output)? })
            }
        };
        Ok(Self { since, vendor: vendor.to_string(), model: model.to_string(), price })
    }
}

/// `openai gpt-5 from 2025-10-10`.
impl fmt::Display for ListQuote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} from {}", self.vendor, self.model, self.since)
    }
}
