//! Lines: which models qualify, and which of them is the newest.

use core::cmp::Reverse;
use core::fmt;

use regex_lite::Regex;

use super::error::IndexError;
use super::record::PriceRecord;
use crate::calendar::Date;

/// How capable the models of a line are, in three steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The most capable.
    T1,
    /// The middle.
    T2,
    /// The cheapest.
    T3,
}

impl Tier {
    /// Its weight in the index, in percent.
    pub const fn percent(self) -> u64 {
        match self {
            Self::T1 => 15,
            Self::T2 => 35,
            Self::T3 => 50,
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Vendor, tier and what a model's whole name must match. Nothing else qualifies, so variants for long context,
/// thinking, code, images and research are out.
const LINES: [(&str, Tier, &str); 15] = [
    ("openai", Tier::T1, r"gpt-\d+(\.\d+)?(-sol)?"),
    ("openai", Tier::T2, r"gpt-\d+(\.\d+)?-(mini|terra)"),
    ("openai", Tier::T3, r"gpt-\d+(\.\d+)?-(nano|luna)"),
    ("anthropic", Tier::T1, r"claude-(\d+(\.\d+)?-opus|opus-\d+(-\d+)?)"),
    ("anthropic", Tier::T2, r"claude-(\d+(\.\d+)?-sonnet|sonnet-\d+(\.\d+)?)"),
    ("anthropic", Tier::T3, r"claude-\d+(\.\d+)?-haiku"),
    ("google", Tier::T1, r"gemini-\d+([.-]\d+)?-pro(-preview)?"),
    ("google", Tier::T2, r"gemini-\d+([.-]\d+)?-flash(-preview)?"),
    ("google", Tier::T3, r"gemini-\d+([.-]\d+)?-flash-lite(-preview)?"),
    ("xai", Tier::T1, r"grok-\d+(\.\d+)?"),
    ("xai", Tier::T3, r"grok-\d+(\.\d+)?-(mini|fast)"),
    ("deepseek", Tier::T2, r"deepseek-(chat|v\d+-pro)"),
    ("deepseek", Tier::T3, r"deepseek-v\d+-flash"),
    ("meta-ai", Tier::T2, r"muse-spark-\d+(\.\d+)?"),
    ("moonshot-ai", Tier::T3, r"kimi-k\d+(\.\d+)?(-\d{4}-preview)?"),
];

/// A model in its tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Whose model.
    pub vendor: String,
    /// Its tier.
    pub tier: Tier,
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

/// The lines of the rule, each with the models that ever qualified for it.
#[derive(Clone, Debug)]
pub struct Lines(Vec<(&'static str, Tier, Vec<Candidate>)>);

impl Lines {
    /// The lines of a record.
    pub fn of(record: &PriceRecord) -> Result<Self, IndexError> {
        let candidates = |(vendor, tier, pattern)| {
            let whole_name = Regex::new(&format!("^(?:{pattern})$")).map_err(|_| IndexError::Pattern(pattern))?;
            let matching = record.models(vendor).filter(|(name, _)| whole_name.is_match(name));
            let candidate = |(name, listed): (&str, Date)| Candidate {
                listed,
                version: version(name),
                name: Reverse(name.to_string()),
            };
            Ok((vendor, tier, matching.map(candidate).collect()))
        };
        LINES.into_iter().map(candidates).collect::<Result<_, _>>().map(Self)
    }

    /// The constituents at a cut-off: of each line the newest model that is listed then, none where there is none.
    pub fn members(&self, record: &PriceRecord, cut_off: Date) -> Vec<Member> {
        let newest = |(vendor, tier, candidates): &(&str, Tier, Vec<Candidate>)| {
            let is_listed = |candidate: &&Candidate| record.price(vendor, &candidate.name.0, cut_off).is_some();
            let Candidate { name: Reverse(model), .. } = candidates.iter().filter(is_listed).max()?;
            Some(Member { vendor: vendor.to_string(), tier: *tier, model: model.clone() })
        };
        self.0.iter().filter_map(newest).collect()
    }
}

/// All integers in a name, from the left; one beyond 64 bits counts as the highest.
fn version(name: &str) -> Vec<u64> {
    let numbers = name.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.map(|digits| digits.parse().unwrap_or(u64::MAX)).collect()
}
