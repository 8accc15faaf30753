//! From answers to quotes: every source read, what they say together, each quote with its evidence.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use tokfut_core::calendar::Date;
use tokfut_core::index::{Leaf, ListPrice, ListQuote, PriceRecord, Quote, RentalQuote};

use crate::Error;
use crate::evidence::Evidence;
use crate::fetch::Fetcher;
use crate::json::{Row, millionths, rows};
use crate::leaves::LeafFile;
use crate::source::{Field, Form, Source, Sources};

/// What sources said, together.
pub struct Gathered {
    /// Their quotes, each with the answer that it was read from.
    pub leaves: Vec<Leaf>,
    /// Their answers.
    pub evidence: Vec<Evidence>,
}

/// A quote of which two cannot both be right: kind, three texts, day.
type Key = (String, String, String, Date);

/// Quotes taken in so far, and the name of the source of each.
#[derive(Default)]
struct Pool {
    quotes: BTreeMap<Key, (Leaf, String)>,
}

/// Asks every source. List prices in JSON are those of `date`: one that differs from the price in force becomes a new
/// row of the record on that day; a model that is not in an answer stays listed at its last price, for what a page
/// leaves out is not delisted. Only a row without prices in a record ends a listing.
///
/// # Errors
/// If a source does not answer or its answer is not complete, or two sources contradict each other: no quotes at all
/// are better than some.
pub fn gather(sources: &Sources, fetcher: &Fetcher, date: Date) -> Result<Gathered, Error> {
    let mut pool = Pool::default();
    let mut evidence = Vec::new();
    for source in &sources.list {
        let (answered, answer) = fetcher.fetch(source)?;
        for leaf in read(source, &answered, &answer, date)? {
            match source.form {
                Form::ListPricesJson => pool.today(leaf, &source.name)?,
                _ => pool.take(leaf, &source.name)?,
            }
        }
        evidence.push(answered);
    }
    Ok(Gathered { leaves: pool.quotes.into_values().map(|(leaf, _)| leaf).collect(), evidence })
}

impl Pool {
    /// Takes a quote in; the same quote of an earlier source stays as it is.
    fn take(&mut self, leaf: Leaf, source: &str) -> Result<(), Error> {
        match self.quotes.entry(key(&leaf.quote)) {
            Entry::Vacant(place) => {
                place.insert((leaf, source.to_string()));
                Ok(())
            }
            Entry::Occupied(known) if known.get().0.quote == leaf.quote => Ok(()),
            Entry::Occupied(known) => {
                let (was, other) = known.get();
                Err(Error::Disagree {
                    quote: leaf.quote.to_string(),
                    one: format!("{source} says {}", says(&leaf.quote)),
                    other: format!("{other} says {}", says(&was.quote)),
                })
            }
        }
    }

    /// Takes a list price of the day in, unless it is the price in force.
    fn today(&mut self, leaf: Leaf, source: &str) -> Result<(), Error> {
        let (vendor, model, name, date) = key(&leaf.quote);
        let from = (vendor.clone(), model.clone(), name.clone(), Date::from_days(0));
        let in_force = self.quotes.range(from..=(vendor, model, name, date)).next_back().map(|(_, (known, _))| known);
        let price = |quote: &Quote| match quote {
            Quote::List(quote) => quote.price,
            Quote::Rental(_) => None,
        };
        if in_force.is_some_and(|known| price(&known.quote) == price(&leaf.quote)) {
            return Ok(());
        }
        self.take(leaf, source)
    }
}

fn key(quote: &Quote) -> Key {
    let (one, two, three, date) = quote.key();
    (one.to_string(), two.to_string(), three.to_string(), date)
}

/// What a quote says, without what it is of.
pub fn says(quote: &Quote) -> String {
    match quote {
        Quote::List(ListQuote { price: Some(price), .. }) => price.to_string(),
        Quote::List(ListQuote { price: None, .. }) => "not listed".to_string(),
        Quote::Rental(RentalQuote { segment, terms, price, .. }) => {
            format!("{} {segment} {terms}", tokfut_core::index::usd(*price))
        }
    }
}

fn read(source: &Source, evidence: &Evidence, answer: &[u8], date: Date) -> Result<Vec<Leaf>, Error> {
    let text = || core::str::from_utf8(answer).map_err(|_| Error::source(&source.name, "not UTF-8"));
    let failed = |reason: String| Error::source(&source.name, reason);
    let of_index = |error: tokfut_core::index::IndexError| Error::source(&source.name, error);
    let quotes: Vec<Quote> = match source.form {
        Form::ListPricesCsv => PriceRecord::from_csv(text()?).map_err(of_index)?.rows().map(Quote::List).collect(),
        Form::RentalQuotesCsv => {
            RentalQuote::from_csv(text()?).map_err(of_index)?.into_iter().map(Quote::Rental).collect()
        }
        Form::ListPricesJson | Form::RentalQuotesJson => from_json(source, answer, date).map_err(failed)?,
        // What was read from elsewhere keeps its first evidence.
        Form::Leaves => return Ok(LeafFile::parse(text()?).map_err(failed)?.leaves),
    };
    let mut sha256 = [0; 32];
    hex::decode_to_slice(&evidence.sha256, &mut sha256).map_err(|error| failed(error.to_string()))?;
    Ok(quotes.into_iter().map(|quote| Leaf { quote, evidence: sha256 }).collect())
}

fn from_json(source: &Source, answer: &[u8], date: Date) -> Result<Vec<Quote>, String> {
    let name = if source.form == Form::ListPricesJson { "model" } else { "product" };
    let mut missing: Vec<&str> = source.take.iter().map(String::as_str).collect();
    let mut quotes = Vec::new();
    for (number, row) in (1_u32..).zip(rows(answer, &source.rows)?) {
        let fields = Fields { source, row: &row };
        let found = fields.maybe(name).map_err(|reason| format!("row {number}: {reason}"))?;
        if !source.take.is_empty() {
            let Some(found) = found.filter(|found| source.take.contains(found)) else { continue };
            missing.retain(|name| *name != found);
        }
        quotes.push(fields.quote(date).map_err(|reason| format!("row {number}: {reason}"))?);
    }
    match missing.as_slice() {
        [] if quotes.is_empty() => Err("no quotes".to_string()),
        [] => Ok(quotes),
        missing => Err(format!("partial answer: no {}", missing.join(", "))),
    }
}

/// A row by the source's names of its fields.
struct Fields<'a> {
    source: &'a Source,
    row: &'a Row<'a>,
}

impl Fields<'_> {
    fn maybe(&self, name: &str) -> Result<Option<String>, String> {
        match self.source.fields.get(name) {
            None => Ok(None),
            Some(Field::Value(value)) => Ok(Some(value.clone())),
            Some(Field::Key(_)) => Ok(self.row.key.clone()),
            Some(Field::At(pointer)) => self.row.scalar(pointer),
        }
    }

    fn must(&self, name: &str) -> Result<String, String> {
        let found = self.maybe(name)?.filter(|text| !text.is_empty());
        found.ok_or_else(|| format!("no {name}"))
    }

    fn price(&self, name: &str, text: &str) -> Result<u64, String> {
        let price = millionths(text, self.source.per.shift());
        price.ok_or_else(|| format!("{name} {text:?} is not a price with up to six decimals"))
    }

    fn quote(&self, date: Date) -> Result<Quote, String> {
        if self.source.form == Form::RentalQuotesJson {
            let price = self.price("price", &self.must("price")?)?;
            return Ok(Quote::Rental(RentalQuote {
                gpu: self.must("gpu")?,
                provider: self.must("provider")?,
                product: self.must("product")?,
                date,
                segment: self.must("segment")?,
                terms: self.must("terms")?,
                price: if price > 0 { price } else { return Err("a price of 0".to_string()) },
            }));
        }
        let cached = self.maybe("cached_input")?;
        let price = ListPrice {
            input: self.price("input", &self.must("input")?)?,
            cached_input: cached.map(|text| self.price("cached_input", &text)).transpose()?,
            output: self.price("output", &self.must("output")?)?,
        };
        let (vendor, model) = (self.must("vendor")?, self.must("model")?);
        Ok(Quote::List(ListQuote { since: date, vendor, model, price: Some(price) }))
    }
}
