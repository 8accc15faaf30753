//! The record of list prices.

use std::collections::BTreeMap;

use core::fmt;

use super::error::IndexError;
use crate::calendar::Date;

/// The first line of a record.
const HEADER: &str = "date,vendor,model,input,cached_input,output";
/// Digits after the point that a list price may have.
const MICRO_DIGITS: usize = 6;
/// Digits before the point that a list price may have: with nine the price of a BMT fits 64 bits.
const WHOLE_DIGITS: usize = 9;

/// What one benchmark million tokens cost at one model, in 10⁻⁹ USD: 0.35 input + 0.45 cached + 0.20 output.
///
/// One digit finer than the rule's unit, so that a tenth of any input price is an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BmtPrice(u64);

impl BmtPrice {
    /// Of list prices in 10⁻⁶ USD per million tokens; without a cached price a tenth of the input price stands for it.
    fn of(input: u64, cached: Option<u64>, output: u64) -> Option<Self> {
        let cached = cached.map_or(Some(input), |cached| cached.checked_mul(10))?.checked_mul(45)?;
        let fresh = input.checked_mul(350)?;
        fresh.checked_add(cached)?.checked_add(output.checked_mul(200)?).map(Self)
    }

    /// In 10⁻⁹ USD.
    pub const fn nano_usd(self) -> u64 {
        self.0
    }
}

/// In USD, with nine decimals.
impl fmt::Display for BmtPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.checked_div(1_000_000_000), self.0.checked_rem(1_000_000_000));
        write!(f, "{}.{:09}", whole.unwrap_or(0), rest.unwrap_or(0))
    }
}

/// A model's prices from each date on; none: the listing has ended.
type History = BTreeMap<Date, Option<BmtPrice>>;

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
            return Err(IndexError::Record { line: 1, reason: "not the header of a price record" });
        }
        let mut record = Self::default();
        for (line, row) in rows {
            record.insert(row).map_err(|reason| IndexError::Record { line, reason })?;
        }
        Ok(record)
    }

    fn insert(&mut self, row: &str) -> Result<(), &'static str> {
        let fields: Vec<&str> = row.split(',').collect();
        let [date, vendor, model, input, cached, output] = fields.as_slice() else { return Err("not six fields") };
        let date = Date::parse(date).map_err(|_| "not a date")?;
        if vendor.is_empty() || model.is_empty() {
            return Err("no name");
        }
        let usd = |text: &str| micro_usd(text).ok_or("not a price with up to six decimals");
        let price = match (*input, *cached, *output) {
            ("", "", "") => None,
            (input, "", output) => Some((usd(input)?, None, usd(output)?)),
            (input, cached, output) => Some((usd(input)?, Some(usd(cached)?), usd(output)?)),
        };
        let bmt = |(input, cached, output)| BmtPrice::of(input, cached, output).ok_or("a price out of bounds");
        let price = price.map(bmt).transpose()?;
        let models = self.vendors.entry(vendor.to_string()).or_default();
        let before = models.entry(model.to_string()).or_default().insert(date, price);
        if before.is_some() { Err("a second row of this model and day") } else { Ok(()) }
    }

    /// The models of a vendor that ever had a price, each with the date of its first.
    pub fn models<'a>(&'a self, vendor: &str) -> impl Iterator<Item = (&'a str, Date)> {
        let first = |history: &History| history.iter().find(|(_, price)| price.is_some()).map(|(date, _)| *date);
        let models = self.vendors.get(vendor).into_iter().flatten();
        models.filter_map(move |(model, history)| Some((model.as_str(), first(history)?)))
    }

    /// What a BMT costs at a model on `date`; none if it is not listed then.
    pub fn price(&self, vendor: &str, model: &str, date: Date) -> Option<BmtPrice> {
        let history = self.vendors.get(vendor)?.get(model)?;
        history.range(..=date).next_back().and_then(|(_, price)| *price)
    }
}

/// `0.035` in 10⁻⁶ USD.
fn micro_usd(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole, WHOLE_DIGITS) || !digits(fraction, MICRO_DIGITS) {
        return None;
    }
    format!("{whole}{fraction:0<MICRO_DIGITS$}").parse().ok()
}
