//! From quotes to a fixing, by whatever methodology.

use super::error::IndexError;
use super::fraction::Fraction;
use super::leaf::Quote;
use super::methodology::{BasketRule, MedianRule, Methodology, RelativesRule, Rule};
use super::record::PriceRecord;
use super::rental::{GpuPrice, RentalQuote};
use super::tok::TokIndex;
use crate::calendar::Date;

/// What a publisher says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixing {
    /// In units of the methodology's last decimal, at least 1.
    pub value: u64,
    /// The spread of what it was made from, in the same units: the MAD of a median, 0 elsewhere.
    pub dispersion: u64,
}

impl Methodology {
    /// Of these quotes those that bear on the fixing of `date`, in the order of leaves. An error if one of them is of
    /// another kind than the index is made of, or two cannot both be right.
    pub fn inputs(&self, quotes: Vec<Quote>, date: Date) -> Result<Vec<Quote>, IndexError> {
        let mut inputs = match &self.rule {
            Rule::LinkedBasket(rule) => {
                let known = |quote: &Quote| !matches!(quote, Quote::List(row) if row.since > date);
                let known: Vec<Quote> = quotes.into_iter().filter(known).collect();
                TokIndex::new(rule, record(&known)?)?.qualifying().map(Quote::List).collect()
            }
            Rule::MedianOfQuotes(rule) => {
                rentals(&quotes)?;
                counting(quotes, |quote| rule.asked.counts(quote, date))
            }
            Rule::WeightedRelatives(rule) => {
                rentals(&quotes)?;
                counting(quotes, |quote| rule.gpus.iter().any(|gpu| rule.asked_of(gpu).counts(quote, date)))
            }
        };
        inputs.sort_unstable_by(|one, other| one.key().cmp(&other.key()));
        let twice = inputs.iter().zip(inputs.iter().skip(1)).find(|(one, next)| one.key() == next.key());
        match twice {
            Some((quote, _)) => Err(unfit(quote, "there are two of it")),
            None => Ok(inputs),
        }
    }

    /// The fixing of `date` that these quotes give; an error if they give none.
    pub fn fixing(&self, quotes: &[Quote], date: Date) -> Result<Fixing, IndexError> {
        let fixing = match &self.rule {
            Rule::LinkedBasket(rule) => rule.fixing(quotes, date),
            Rule::MedianOfQuotes(rule) => rule.fixing(quotes, date),
            Rule::WeightedRelatives(rule) => rule.fixing(quotes, date),
        }?;
        if fixing.value > 0 { Ok(fixing) } else { Err(IndexError::OutOfBounds(date)) }
    }
}

impl BasketRule {
    fn fixing(&self, quotes: &[Quote], date: Date) -> Result<Fixing, IndexError> {
        let index = TokIndex::new(self, record(quotes)?)?;
        let value = index.daily(date, date)?.first().map(|day| day.fixing);
        Ok(Fixing { value: value.ok_or(IndexError::OutOfBounds(date))?, dispersion: 0 })
    }
}

impl MedianRule {
    /// The price that the quotes of `date` make.
    pub fn price(&self, quotes: &[Quote], date: Date) -> Result<GpuPrice, IndexError> {
        self.asked.price(&self.outliers, rentals(quotes)?, date)
    }

    fn fixing(&self, quotes: &[Quote], date: Date) -> Result<Fixing, IndexError> {
        let GpuPrice { median, dispersion, .. } = self.price(quotes, date)?;
        let units = |micro: u64| units(&Fraction::millionths(micro), self.index.decimals, date);
        Ok(Fixing { value: units(median)?, dispersion: units(dispersion)? })
    }
}

impl RelativesRule {
    /// The price of each GPU that the quotes of `date` make, in order of the methodology.
    pub fn prices(&self, quotes: &[Quote], date: Date) -> Result<Vec<GpuPrice>, IndexError> {
        let rentals = rentals(quotes)?;
        let price = |gpu| self.asked_of(gpu).price(&self.outliers, rentals.iter().copied(), date);
        self.gpus.iter().map(price).collect()
    }

    /// What each GPU puts into the index at these prices, in index points: level × weight × P / base.
    pub fn parts(&self, prices: &[GpuPrice], date: Date) -> Result<Vec<Fraction>, IndexError> {
        let part = |(gpu, price): (&super::GpuRule, &GpuPrice)| {
            let relative = Fraction::millionths(price.median).over(&gpu.base).ok_or(IndexError::OutOfBounds(date))?;
            Ok(Fraction::whole(self.base.level).times(&Fraction::percent(gpu.percent)).times(&relative))
        };
        self.gpus.iter().zip(prices).map(part).collect()
    }

    fn fixing(&self, quotes: &[Quote], date: Date) -> Result<Fixing, IndexError> {
        let parts = self.parts(&self.prices(quotes, date)?, date)?;
        Ok(Fixing { value: units(&Fraction::sum(&parts), self.index.decimals, date)?, dispersion: 0 })
    }
}

fn units(level: &Fraction, decimals: u8, date: Date) -> Result<u64, IndexError> {
    let units = Fraction::power_of_ten(decimals).and_then(|unit| level.times(&unit).half_up());
    units.ok_or(IndexError::OutOfBounds(date))
}

fn unfit(quote: &Quote, reason: &'static str) -> IndexError {
    IndexError::Unfit { quote: quote.to_string(), reason }
}

fn record(quotes: &[Quote]) -> Result<PriceRecord, IndexError> {
    let mut record = PriceRecord::default();
    for quote in quotes {
        match quote {
            Quote::List(row) => record.insert(row.clone()).map_err(|_| unfit(quote, "there are two of it"))?,
            Quote::Rental(_) => return Err(unfit(quote, "not a list price")),
        }
    }
    Ok(record)
}

fn rentals(quotes: &[Quote]) -> Result<Vec<&RentalQuote>, IndexError> {
    let mut rentals = Vec::with_capacity(quotes.len());
    for quote in quotes {
        match quote {
            Quote::Rental(rental) => rentals.push(rental),
            Quote::List(_) => return Err(unfit(quote, "not a rental quote")),
        }
    }
    Ok(rentals)
}

fn counting(quotes: Vec<Quote>, counts: impl Fn(&RentalQuote) -> bool) -> Vec<Quote> {
    quotes.into_iter().filter(|quote| matches!(quote, Quote::Rental(rental) if counts(rental))).collect()
}
