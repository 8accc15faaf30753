//! Methodologies: the numbers of an index, read from the file that says them to people and whose SHA-256 publishers
//! sign. Nothing of them is written a second time in code.

use serde::{Deserialize, Deserializer};

use super::error::IndexError;
use super::fraction::{Fraction, millionths};
use crate::calendar::Date;
use crate::fixing::digest;

/// The most digits after the point of a fixing.
const MAX_DECIMALS: u8 = 18;
/// One BMT, in tokens.
const BMT: u64 = 1_000_000;

/// An index as its methodology has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Methodology {
    /// SHA-256 of the file as it stands.
    pub hash: [u8; 32],
    /// How it is made.
    pub rule: Rule,
}

/// How an index is made, with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// TOK: list prices, a basket that rolls and is linked.
    LinkedBasket(BasketRule),
    /// GPH: the lower median of providers' prices.
    MedianOfQuotes(MedianRule),
    /// CSX: several GPUs against their prices of a base day.
    WeightedRelatives(RelativesRule),
}

/// What an index is called and how its fixings are written: the table `[index]`.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its symbol, e.g. `TOK`.
    pub symbol: String,
    /// Counted from 1.
    pub version: u32,
    rule: RuleName,
    /// The unit of a fixing, in words.
    pub unit: String,
    /// Digits after the point of a fixing.
    pub decimals: u8,
}

#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum RuleName {
    LinkedBasket,
    MedianOfQuotes,
    WeightedRelatives,
}

/// The numbers of a linked basket.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BasketRule {
    /// What it is called.
    pub index: Head,
    /// What one BMT is made of.
    pub benchmark: Benchmark,
    /// When baskets begin and models enter, and what a vendor may weigh.
    pub basket: BasketTerms,
    /// The tiers, in order; their percents sum to 100.
    #[serde(rename = "tier")]
    pub tiers: Vec<TierRule>,
    /// Which models qualify, at most one of each line at a time.
    #[serde(rename = "line")]
    pub lines: Vec<LineRule>,
}

/// One benchmark million tokens: how many of each kind.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// Fresh input.
    pub input: u64,
    /// Input read from a cache.
    pub cached_input: u64,
    /// Output.
    pub output: u64,
    /// Of the input price, where no cached price is published.
    pub unpublished_cached_percent_of_input: u64,
}

/// When baskets begin and models enter, and what a vendor may weigh.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BasketTerms {
    /// The first day with a fixing, and the cut-off of its own basket.
    pub base: Date,
    /// How long after its first record a model enters, in days.
    pub entry_days: u32,
    /// The most that the models of one vendor weigh together.
    pub vendor_cap_percent: u64,
}

/// How capable the models of a line are.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct TierRule {
    /// What lines call it.
    pub name: String,
    /// Its weight in the index.
    pub percent: u64,
}

/// Which models qualify.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct LineRule {
    /// Of this vendor.
    pub vendor: String,
    /// In this tier.
    pub tier: String,
    /// Those whose whole name matches this pattern.
    pub model: String,
}

/// The numbers of a lower median of providers' prices.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct MedianRule {
    /// What it is called.
    pub index: Head,
    /// Which quotes count.
    #[serde(rename = "quotes")]
    pub asked: AskedGpu,
    /// Which providers are left out.
    pub outliers: Outliers,
}

/// Which quotes count, of one GPU.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct AskedGpu {
    /// Of this GPU.
    pub gpu: String,
    /// On these terms, e.g. `on_demand`.
    pub terms: String,
    /// From providers of this segment, e.g. `specialist`.
    pub segment: String,
    /// With fewer providers left there is no price.
    pub min_providers: usize,
}

/// Which quotes count, of any GPU.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// On these terms.
    pub terms: String,
    /// From providers of this segment.
    pub segment: String,
    /// With fewer providers left there is no price.
    pub min_providers: usize,
}

/// How far from the median a provider may be: the larger of two bounds.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Outliers {
    /// Of scaled MAD.
    pub mads: u64,
    /// What makes a standard deviation of a MAD.
    #[serde(deserialize_with = "positive_decimal")]
    pub mad_scale: Fraction,
    /// Of the median.
    pub floor_percent: u64,
}

/// The numbers of an index against a base day.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RelativesRule {
    /// What it is called.
    pub index: Head,
    /// The base day.
    pub base: BaseDay,
    /// Which quotes count.
    #[serde(rename = "quotes")]
    pub asked: Asked,
    /// Which providers are left out.
    pub outliers: Outliers,
    /// The GPUs; their percents sum to 100.
    #[serde(rename = "gpu")]
    pub gpus: Vec<GpuRule>,
}

/// The day that an index is measured against.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BaseDay {
    /// Its date.
    pub date: Date,
    /// Where the index stands on it.
    pub level: u64,
}

/// A GPU of such an index.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct GpuRule {
    /// Which.
    pub name: String,
    /// Its weight.
    pub percent: u64,
    /// Its price of the base day, USD per GPU-hour.
    #[serde(deserialize_with = "positive_decimal")]
    pub base: Fraction,
}

/// The one table that every methodology has.
#[derive(Deserialize)]
struct Opening {
    index: Head,
}

impl Methodology {
    /// Reads a methodology; an error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, IndexError> {
        let Opening { index: head } = read(text)?;
        check(head.decimals <= MAX_DECIMALS, "more than 18 decimals")?;
        check(head.version > 0, "a version of 0")?;
        let rule = match head.rule {
            RuleName::LinkedBasket => Rule::LinkedBasket(read::<BasketRule>(text)?.checked()?),
            RuleName::MedianOfQuotes => Rule::MedianOfQuotes(read(text)?),
            RuleName::WeightedRelatives => Rule::WeightedRelatives(read::<RelativesRule>(text)?.checked()?),
        };
        Ok(Self { hash: digest(text.as_bytes()), rule })
    }

    /// What it is called and how its fixings are written.
    pub const fn head(&self) -> &Head {
        match &self.rule {
            Rule::LinkedBasket(rule) => &rule.index,
            Rule::MedianOfQuotes(rule) => &rule.index,
            Rule::WeightedRelatives(rule) => &rule.index,
        }
    }
}

impl BasketRule {
    fn checked(self) -> Result<Self, IndexError> {
        let Benchmark { input, cached_input, output, unpublished_cached_percent_of_input: percent } = self.benchmark;
        let tokens = [input, cached_input, output].into_iter().try_fold(0_u64, u64::checked_add);
        check(tokens == Some(BMT), "the tokens of [benchmark] are not a million")?;
        check(percent <= 100, "an unpublished cached price above the input price")?;
        check((1..=100).contains(&self.basket.vendor_cap_percent), "a vendor cap that is not 1 to 100 percent")?;
        check(is_whole(self.tiers.iter().map(|tier| tier.percent)), "the percents of [[tier]] do not sum to 100")?;
        let is_known = |line: &LineRule| self.tiers.iter().any(|tier| tier.name == line.tier);
        check(self.lines.iter().all(is_known), "a line of no tier")?;
        check(self.tiers.iter().all(|tier| tier.percent > 0), "a tier that weighs nothing")?;
        check(no_two_alike(self.tiers.iter().map(|tier| &tier.name)), "two tiers of one name")?;
        check(
            no_two_alike(self.lines.iter().map(|line| (&line.vendor, &line.tier))),
            "two lines of a vendor and tier",
        )?;
        Ok(self)
    }
}

impl RelativesRule {
    fn checked(self) -> Result<Self, IndexError> {
        check(is_whole(self.gpus.iter().map(|gpu| gpu.percent)), "the percents of [[gpu]] do not sum to 100")?;
        check(no_two_alike(self.gpus.iter().map(|gpu| &gpu.name)), "two GPUs of one name")?;
        check(self.base.level > 0, "a base level of 0")?;
        Ok(self)
    }

    /// Which quotes count for one of its GPUs.
    pub fn asked_of(&self, gpu: &GpuRule) -> AskedGpu {
        let Asked { terms, segment, min_providers } = self.asked.clone();
        AskedGpu { gpu: gpu.name.clone(), terms, segment, min_providers }
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, IndexError> {
    toml::from_str(text).map_err(|error| IndexError::Methodology(error.to_string().trim_end().to_string()))
}

fn check(holds: bool, otherwise: &str) -> Result<(), IndexError> {
    if holds { Ok(()) } else { Err(IndexError::Methodology(otherwise.to_string())) }
}

fn is_whole(mut percents: impl Iterator<Item = u64>) -> bool {
    percents.try_fold(0_u64, u64::checked_add) == Some(100)
}

fn no_two_alike<T: Ord>(names: impl Iterator<Item = T>) -> bool {
    let mut names: Vec<T> = names.collect();
    names.sort_unstable();
    names.is_sorted_by(|one, next| one < next)
}

/// A decimal above 0, as text: `"1.59"`.
fn positive_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fraction, D::Error> {
    use serde::de::Error;
    let text = String::deserialize(deserializer)?;
    let number = millionths(&text).filter(|number| *number > 0);
    number.map(Fraction::millionths).ok_or_else(|| D::Error::custom("not a decimal above 0 like \"1.59\""))
}
