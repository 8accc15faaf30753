//! For whoever checks: a leaf file and a methodology give the integer and the root again, or it is said where they
//! part.

use serde_json::Value;
use tokfut_core::calendar::Date;
use tokfut_core::fixing::MerkleProof;
use tokfut_core::index::{Fixing, IndexError, Leaf, Methodology, decimal, inputs_root};
use tokfut_core::time::Time;

use crate::gather::says;
use crate::leaves::LeafFile;

/// What somebody says of a fixing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Who, in words: `the chain`.
    pub by: String,
    /// In units of the last decimal.
    pub value: Option<u64>,
    /// The root over the leaves.
    pub root: Option<[u8; 32]>,
    /// The day.
    pub date: Option<Date>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recomputed {
    /// The fixing that the leaves give by the methodology; none: too few quotes.
    pub fixing: Option<Fixing>,
    /// The root over the leaves; none if a name is too long to have one.
    pub root: Option<[u8; 32]>,
    /// Where they part, the first thing first; nothing: all agrees.
    pub differences: Vec<String>,
}

impl Claim {
    /// What an oracle's answer to `latest`, `at_or_before`, `price` or `round` says, as it stands or as the `data` of a
    /// replayed query.
    pub fn from_answer(text: &str) -> Result<Self, String> {
        let answer: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        let answer = answer.get("data").unwrap_or(&answer);
        let value = answer.get("value").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let value = value.ok_or("no value in it")?;
        let root = match answer.get("inputs_root") {
            Some(root) => Some(root.as_str().and_then(root_of).ok_or("its inputs_root is not 64 hexadecimal digits")?),
            None => None,
        };
        let time = answer.get("fixing_time").and_then(Value::as_u64).and_then(|time| Time::try_from(time).ok());
        Ok(Self { by: "the chain".to_string(), value: Some(value), root, date: time.map(Time::date) })
    }
}

/// 64 hexadecimal digits.
pub fn root_of(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

/// Recomputes a leaf file by a methodology and compares it with itself, with what others claim, and with the leaves of
/// another file, constituent by constituent.
pub fn recompute(methodology: &Methodology, file: &LeafFile, claims: &[Claim], other: Option<&LeafFile>) -> Recomputed {
    let mut differences = Vec::new();
    if methodology.hash != file.methodology {
        let (is, says) = (hex::encode(methodology.hash), hex::encode(file.methodology));
        differences.push(format!("methodology: this one hashes to {is}, the leaves are by {says}"));
    }
    let symbol = &methodology.head().symbol;
    if *symbol != file.symbol {
        differences.push(format!("symbol: {symbol}, the leaf file says {}", file.symbol));
    }
    differences.extend(first_altered(file));
    let quotes = file.quotes();
    match methodology.inputs(quotes.clone(), file.date) {
        Err(error) => differences.push(format!("quotes: {error}")),
        Ok(inputs) => {
            let wrong = quotes.iter().enumerate().find(|(place, quote)| inputs.get(*place) != Some(*quote));
            differences.extend(wrong.map(|(_, quote)| {
                format!("constituent {quote}: it bears on no fixing of this day, or stands in the wrong place")
            }));
        }
    }
    if let Some(other) = other {
        differences.extend(first_difference(&file.leaves, &other.leaves));
    }
    let fixing = match methodology.fixing(&quotes, file.date) {
        Ok(fixing) => Some(fixing),
        Err(IndexError::Unfit { .. }) => None,
        Err(error) => {
            if !error.is_unavailable() {
                differences.push(error.to_string());
            }
            None
        }
    };
    let root = inputs_root(&file.leaves);
    let own = Claim {
        by: "the leaf file".to_string(),
        value: file.fixing.map(|fixing| fixing.value),
        root: Some(file.root),
        date: None,
    };
    if file.fixing.is_none() && fixing.is_some() {
        differences.push("value: the leaf file says unavailable, the leaves give one".to_string());
    }
    let decimals = methodology.head().decimals;
    for claim in [&own].into_iter().chain(claims) {
        differences.extend(compare(claim, fixing, root, file.date, decimals));
    }
    let dispersion = |fixing: Option<Fixing>| fixing.map_or(0, |fixing| fixing.dispersion);
    if fixing.is_some() && dispersion(fixing) != dispersion(file.fixing) {
        differences.push(format!("dispersion: {}, the leaf file says {}", dispersion(fixing), dispersion(file.fixing)));
    }
    Recomputed { fixing, root, differences }
}

/// The first leaf that does not hash to what the file says of it.
fn first_altered(file: &LeafFile) -> Option<String> {
    let mut leaves = file.leaves.iter().zip(&file.hashes);
    let (leaf, says) = leaves.find(|(leaf, hash)| leaf.hash().as_ref() != Some(*hash))?;
    let is = leaf.hash().map_or("nothing".to_string(), hex::encode);
    Some(format!("constituent {}: it hashes to {is}, the file says {}", leaf.quote, hex::encode(says)))
}

/// The first leaf of two lists that differs.
fn first_difference(one: &[Leaf], other: &[Leaf]) -> Option<String> {
    let differing = one.iter().zip(other).find(|(one, other)| one.quote != other.quote);
    let by_length = || match (one.get(other.len()), other.get(one.len())) {
        (Some(more), _) => Some(format!("constituent {}: not in the other file", more.quote)),
        (_, Some(less)) => Some(format!("constituent {}: only in the other file", less.quote)),
        (None, None) => None,
    };
    let Some((leaf, theirs)) = differing else { return by_length() };
    let (quote, its) = (&leaf.quote, &theirs.quote);
    Some(match quote.key().cmp(&its.key()) {
        core::cmp::Ordering::Equal => {
            format!("constituent {quote}: {}, the other file says {}", says(quote), says(its))
        }
        core::cmp::Ordering::Less => format!("constituent {quote}: not in the other file"),
        core::cmp::Ordering::Greater => format!("constituent {its}: only in the other file"),
    })
}

fn compare(claim: &Claim, fixing: Option<Fixing>, root: Option<[u8; 32]>, date: Date, decimals: u8) -> Vec<String> {
    let Claim { by, value, root: claimed, date: day } = claim;
    let mut differences = Vec::new();
    if let Some(day) = day.filter(|day| *day != date) {
        differences.push(format!("date: the leaves are of {date}, {by} speaks of {day}"));
    }
    if let Some(claimed) = claimed.filter(|claimed| root != Some(*claimed)) {
        let is = root.map_or("none".to_string(), hex::encode);
        differences.push(format!("root: {is}, {by} has {}", hex::encode(claimed)));
    }
    if let Some(value) = value.filter(|value| fixing.map(|fixing| fixing.value) != Some(*value)) {
        let is = fixing.map_or("unavailable".to_string(), |fixing| decimal(fixing.value, decimals));
        differences.push(format!("value: {is}, {by} has {}", decimal(value, decimals)));
    }
    differences
}

/// The way from a constituent to the root: for those to whom only one quote matters.
pub fn proof(file: &LeafFile, index: usize) -> Option<(Vec<u8>, MerkleProof)> {
    let leaves = file.leaves.iter().map(Leaf::bytes).collect::<Option<Vec<_>>>()?;
    Some((leaves.get(index)?.clone(), MerkleProof::of(&leaves, index)?))
}
