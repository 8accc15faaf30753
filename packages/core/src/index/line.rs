//! Lines: which models qualify, and which of them is the newest.

use core::cmp::Reverse;

use regex_lite::Regex;

use super::error::IndexError;
use super::methodology::{BasketRule, LineRule};
use super::record::PriceRecord;
use crate::calendar::Date;

/// A model in its tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Whose model.
    pub vendor: String,
    /// Its tier, by name.
    pub tier: String,
    /// Its name.
    pub model: String,
}

/// A model of a line. The order of its fields is that of the rule: the latest listed, then the highest version, then
/// the first name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    listed: Date,
    version: Vec<u64>,
    name: Reverse<String>,
}

/// A line with the models that ever qualified for it.
#[derive(Clone, Debug)]
struct Line {
    vendor: String,
    tier: String,
    candidates: Vec<Candidate>,
}

/// The lines of the rule.
#[derive(Clone, Debug)]
pub struct Lines(Vec<Line>);

impl Lines {
    /// The lines of a methodology over a record.
    pub fn of(rule: &BasketRule, record: &PriceRecord) -> Result<Self, IndexError> {
        rule.lines.iter().map(|line| Line::of(line, record)).collect::<Result<_, _>>().map(Self)
    }

    /// The constituents at a cut-off: of each line the newest model that is listed then, none where there is none.
    pub fn members(&self, record: &PriceRecord, cut_off: Date) -> Vec<Member> {
        self.0.iter().filter_map(|line| line.newest(record, cut_off)).collect()
    }

    /// True if a model qualifies for a line.
    pub fn qualifies(&self, vendor: &str, model: &str) -> bool {
        let is_it = |candidate: &Candidate| candidate.name.0 == model;
        self.0.iter().any(|line| line.vendor == vendor && line.candidates.iter().any(is_it))
    }
}

impl Line {
    fn of(LineRule { vendor, tier, model }: &LineRule, record: &PriceRecord) -> Result<Self, IndexError> {
        let invalid = |error: regex_lite::Error| IndexError::Methodology(format!("{vendor} {tier}: {error}"));
        let whole_name = Regex::new(&format!("^(?:{model})$")).map_err(invalid)?;
        let matching = record.models(vendor).filter(|(name, _)| whole_name.is_match(name));
        let candidate = |(name, listed): (&str, Date)| Candidate {
            listed,
            version: version(name),
            name: Reverse(name.to_string()),
        };
        Ok(Self { vendor: vendor.clone(), tier: tier.clone(), candidates: matching.map(candidate).collect() })
    }

    fn newest(&self, record: &PriceRecord, cut_off: Date) -> Option<Member> {
        let is_listed = |candidate: &&Candidate| record.price(&self.vendor, &candidate.name.0, cut_off).is_some();
        // A model is listed from its first price on, so none of those listed now came after the cut-off.
        let Candidate { name: Reverse(model), .. } = self.candidates.iter().filter(is_listed).max()?;
        Some(Member { vendor: self.vendor.clone(), tier: self.tier.clone(), model: model.clone() })
    }
}

/// All integers in a name, from the left; one beyond 64 bits counts as the highest.
fn version(name: &str) -> Vec<u64> {
    let numbers = name.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.map(|digits| digits.parse().unwrap_or(u64::MAX)).collect()
}
