//! GPU rental: quotes of providers, and the one price that they make (clause 7.12, GPH and CSX).

use std::collections::BTreeMap;

use core::fmt;

use super::error::IndexError;
use super::fraction::{Fraction, millionths};
use super::methodology::{AskedGpu, Outliers};
use super::record::usd;
use crate::calendar::Date;
use crate::fixing::{distance_median, lower_median};

/// The first line of a file of quotes.
const HEADER: &str = "date,provider,product,gpu,segment,terms,usd_per_gpu_hour";

/// What a provider asks for one GPU-hour on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RentalQuote {
    /// Of this GPU, e.g. `H100`.
    pub gpu: String,
    /// Who asks it.
    pub provider: String,
    /// What he calls it; no two quotes of a provider, GPU and day have one.
    pub product: String,
    /// The day.
    pub date: Date,
    /// What kind of provider, e.g. `specialist`, `hyperscaler`, `marketplace`.
    pub segment: String,
    /// On what terms, e.g. `on_demand`, `spot`, `reserved_1y`.
    pub terms: String,
    /// In 10⁻⁶ USD.
    pub price: u64,
}

impl RentalQuote {
    /// Reads quotes in the form of the header `date,provider,product,gpu,segment,terms,usd_per_gpu_hour`, prices above
    /// 0 with up to six decimals.
    pub fn from_csv(text: &str) -> Result<Vec<Self>, IndexError> {
        let mut rows = text.lines().enumerate().map(|(index, row)| (index.saturating_add(1), row));
        if rows.next().is_none_or(|(_, row)| row != HEADER) {
            return Err(IndexError::Quotes { line: 1, reason: "not the header of GPU rental quotes" });
        }
        let quotes = rows.map(|(line, row)| Self::from_row(row).map_err(|reason| IndexError::Quotes { line, reason }));
        quotes.collect()
    }

    fn from_row(row: &str) -> Result<Self, &'static str> {
        let fields: Vec<&str> = row.split(',').collect();
        let [date, provider, product, gpu, segment, terms, price] = fields.as_slice() else {
            return Err("not seven fields");
        };
        if fields.iter().any(|field| field.is_empty()) {
            return Err("an empty field");
        }
        let price = millionths(price).filter(|price| *price > 0);
        Ok(Self {
            gpu: gpu.to_string(),
            provider: provider.to_string(),
            product: product.to_string(),
            date: Date::parse(date).map_err(|_| "not a date")?,
            segment: segment.to_string(),
            terms: terms.to_string(),
            price: price.ok_or("not a price above 0 with up to six decimals")?,
        })
    }
}

/// `aurora h100-sxm (H100) on 2026-08-19`.
impl fmt::Display for RentalQuote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({}) on {}", self.provider, self.product, self.gpu, self.date)
    }
}

/// Whether a provider's price counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Counts,
    /// Too far from the others.
    Outlier,
}

/// A provider's price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderPrice {
    /// Who.
    pub provider: String,
    /// The lower median of its quotes, in 10⁻⁶ USD.
    pub price: u64,
    /// Whether it counts.
    pub standing: Standing,
}

/// What an hour of a GPU costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuPrice {
    /// Who was asked, in order of name.
    pub providers: Vec<ProviderPrice>,
    /// The lower median of those that count, in 10⁻⁶ USD.
    pub median: u64,
    /// The lower median of their distances from it, in 10⁻⁶ USD.
    pub dispersion: u64,
}

impl AskedGpu {
    /// True if a quote is one of those asked for, on this day.
    pub fn counts(&self, quote: &RentalQuote, date: Date) -> bool {
        let Self { gpu, terms, segment, min_providers: _ } = self;
        (&quote.gpu, &quote.terms, &quote.segment, quote.date) == (gpu, terms, segment, date)
    }

    /// The price of `date`: the lower median over providers without outliers; an error if too few are left.
    pub fn price<'a>(
        &self,
        outliers: &Outliers,
        quotes: impl IntoIterator<Item = &'a RentalQuote>,
        date: Date,
    ) -> Result<GpuPrice, IndexError> {
        let mut of_provider = BTreeMap::<&str, Vec<u128>>::new();
        for quote in quotes.into_iter().filter(|quote| self.counts(quote, date)) {
            of_provider.entry(&quote.provider).or_default().push(quote.price.into());
        }
        let asked = of_provider.iter().filter_map(|(provider, prices)| Some((*provider, lower_median(prices)?)));
        let asked: Vec<(&str, u128)> = asked.collect();
        let all: Vec<u128> = asked.iter().map(|(_, price)| *price).collect();
        let centre = lower_median(&all).unwrap_or(0);
        let mad = distance_median(&all, centre).unwrap_or(0);
        let standing = |price| outliers.standing(price, centre, mad);
        let left: Vec<u128> = all.iter().copied().filter(|price| standing(*price) == Standing::Counts).collect();
        let too_few = || IndexError::TooFewProviders {
            gpu: self.gpu.clone(),
            date,
            left: left.len(),
            quoting: all.len(),
            needed: self.min_providers,
        };
        let median = lower_median(&left).filter(|_| left.len() >= self.min_providers).ok_or_else(too_few)?;
        let narrow = |wide: u128| u64::try_from(wide).map_err(|_| IndexError::OutOfBounds(date));
        let provider = |(provider, price): &(&str, u128)| {
            Ok(ProviderPrice { provider: provider.to_string(), price: narrow(*price)?, standing: standing(*price) })
        };
        Ok(GpuPrice {
            providers: asked.iter().map(provider).collect::<Result<_, IndexError>>()?,
            median: narrow(median)?,
            dispersion: narrow(distance_median(&left, median).unwrap_or(0))?,
        })
    }
}

impl Outliers {
    /// A price counts up to the larger of `mads` scaled MADs and `floor_percent` of the median, both included.
    fn standing(&self, price: u128, median: u128, mad: u128) -> Standing {
        // Prices have at most fifteen digits.
        let whole = |number: u128| Fraction::whole(u64::try_from(number).unwrap_or(u64::MAX));
        let by_mad = Fraction::whole(self.mads).times(&self.mad_scale).times(&whole(mad));
        let by_median = Fraction::percent(self.floor_percent).times(&whole(median));
        let distance = whole(price.abs_diff(median));
        if distance <= by_mad.max(by_median) { Standing::Counts } else { Standing::Outlier }
    }
}

/// In USD per GPU-hour.
impl fmt::Display for GpuPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&usd(self.median))
    }
}
