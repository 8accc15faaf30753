//! Leaf files: the quotes that bear on a fixing, the root over them, and the integer they give. Whoever has the file
//! and the methodology gets both again.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, from_value, json};
use tokfut_core::calendar::Date;
use tokfut_core::index::{
    Fixing, IndexError, Leaf, ListPrice, ListQuote, Methodology, Quote, RentalQuote, inputs_root, millionths, usd,
};

use crate::Error;
use crate::evidence::Evidence;
use crate::fetch::now_ms;
use crate::gather::Gathered;

/// What every leaf file says of its form.
const FORMAT: &str = "tokfut-leaves/1";

/// A leaf file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafFile {
    /// The index.
    pub symbol: String,
    /// SHA-256 of its methodology.
    pub methodology: [u8; 32],
    /// The day of the fixing.
    pub date: Date,
    /// The fixing; none where the quotes give none: "unavailable".
    pub fixing: Option<Fixing>,
    /// When the quotes had come, Unix milliseconds.
    pub observed_at: u64,
    /// The root over the leaves, as the file says.
    pub root: [u8; 32],
    /// The answers that the quotes were read from.
    pub sources: Vec<Evidence>,
    /// The quotes in their order.
    pub leaves: Vec<Leaf>,
    /// The hash of each, as the file says.
    pub hashes: Vec<[u8; 32]>,
}

/// As written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    symbol: String,
    methodology: String,
    date: Date,
    value: Option<String>,
    dispersion: String,
    observed_at: u64,
    root: String,
    sources: Vec<Evidence>,
    leaves: Vec<Value>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WrittenLeaf {
    List(WrittenList),
    Rental(WrittenRental),
}

/// Prices in USD per million tokens; none where the listing has ended.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    hash: String,
    vendor: String,
    model: String,
    since: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cached_input: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    evidence: String,
}

/// Price in USD per GPU-hour.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRental {
    hash: String,
    gpu: String,
    provider: String,
    product: String,
    date: Date,
    segment: String,
    terms: String,
    price: String,
    evidence: String,
}

impl LeafFile {
    /// The leaf file of a day from what sources said.
    ///
    /// # Errors
    /// If the quotes contradict the methodology. Too few of them are no error but a file without a fixing.
    pub fn compute(methodology: &Methodology, gathered: Gathered, date: Date) -> Result<Self, Error> {
        let Gathered { leaves, evidence: sources } = gathered;
        let quotes = leaves.iter().map(|leaf| leaf.quote.clone()).collect();
        let inputs = methodology.inputs(quotes, date)?;
        let fixing = match methodology.fixing(&inputs, date) {
            Ok(fixing) => Some(fixing),
            Err(error) if error.is_unavailable() => None,
            Err(error) => return Err(error.into()),
        };
        let of = |quote: &Quote| leaves.iter().find(|leaf| leaf.quote == *quote).cloned();
        let leaves: Vec<Leaf> = inputs.iter().filter_map(of).collect();
        let too_long = || Error::Index(IndexError::Methodology("a name longer than 65535 bytes".to_string()));
        let hashes = leaves.iter().map(Leaf::hash).collect::<Option<_>>().ok_or_else(too_long)?;
        Ok(Self {
            symbol: methodology.head().symbol.clone(),
            methodology: methodology.hash,
            date,
            fixing,
            observed_at: now_ms(),
            root: inputs_root(&leaves).ok_or_else(too_long)?,
            sources,
            leaves,
            hashes,
        })
    }

    /// The leaf file of a publisher that has no quotes at all: "unavailable".
    pub fn unavailable(methodology: &Methodology, date: Date) -> Self {
        Self {
            symbol: methodology.head().symbol.clone(),
            methodology: methodology.hash,
            date,
            fixing: None,
            observed_at: now_ms(),
            root: [0; 32],
            sources: Vec::new(),
            leaves: Vec::new(),
            hashes: Vec::new(),
        }
    }

    /// Reads a leaf file. Nothing in it is believed: see [`crate::recompute`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(Error::file(path))?;
        Self::parse(&text).map_err(|reason| Error::form(path, reason))
    }

    /// Reads the text of one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text).map_err(|error| format!("not a leaf file: {error}"))?;
        let Written { format, symbol, methodology, date, value, dispersion, observed_at, root, sources, leaves } =
            written;
        if format != FORMAT {
            return Err(format!("format {format:?}, not {FORMAT:?}"));
        }
        let integer = |text: &str| {
            let number = text.parse::<u64>().ok().filter(|number| number.to_string() == text);
            number.ok_or_else(|| format!("{text:?} is not an integer"))
        };
        let dispersion = integer(&dispersion)?;
        for source in &sources {
            hash(&source.sha256).map_err(|reason| format!("source {}: {reason}", source.name))?;
        }
        let value = value.map(|value| integer(&value)).transpose()?;
        let leaf = |(place, leaf)| WrittenLeaf::parse(leaf).map_err(|reason| format!("leaf {place}: {reason}"));
        let read = (0_u32..).zip(leaves).map(leaf).collect::<Result<Vec<_>, String>>()?;
        let (leaves, hashes) = read.into_iter().unzip();
        Ok(Self {
            symbol,
            methodology: hash(&methodology)?,
            date,
            fixing: value.map(|value| Fixing { value, dispersion }),
            observed_at,
            root: hash(&root)?,
            sources,
            leaves,
            hashes,
        })
    }

    /// Its text: JSON, one leaf a line.
    pub fn text(&self) -> String {
        let Self { symbol, methodology, date, fixing, observed_at, root, sources, leaves, hashes } = self;
        let written = Written {
            format: FORMAT.to_string(),
            symbol: symbol.clone(),
            methodology: hex::encode(methodology),
            date: *date,
            value: fixing.map(|fixing| fixing.value.to_string()),
            dispersion: fixing.map_or(0, |fixing| fixing.dispersion).to_string(),
            observed_at: *observed_at,
            root: hex::encode(root),
            sources: sources.clone(),
            leaves: leaves.iter().zip(hashes).map(|(leaf, hash)| json!(WrittenLeaf::of(leaf, hash))).collect(),
        };
        let Ok(Value::Object(fields)) = serde_json::to_value(&written) else { return String::new() };
        let field = |(name, value): (&String, &Value)| match value {
            Value::Array(items) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(|item| format!("  {item}")).collect();
                format!("{name:?}:[\n{}\n]", items.join(",\n"))
            }
            value => format!("{name:?}:{value}"),
        };
        let fields: Vec<String> = fields.iter().map(field).collect();
        format!("{{{}}}\n", fields.join(",\n"))
    }

    /// The quotes alone.
    pub fn quotes(&self) -> Vec<Quote> {
        self.leaves.iter().map(|leaf| leaf.quote.clone()).collect()
    }
}

/// 64 hexadecimal digits, lower case.
fn hash(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    let decoded = hex::decode_to_slice(text, &mut bytes);
    if decoded.is_ok() && hex::encode(bytes) == text { Ok(bytes) } else { Err(format!("{text:?} is not a SHA-256")) }
}

fn price(text: &str) -> Result<u64, String> {
    millionths(text).ok_or_else(|| format!("{text:?} is not a price with up to six decimals"))
}

impl WrittenLeaf {
    fn of(leaf: &Leaf, hash: &[u8; 32]) -> Self {
        let (hash, evidence) = (hex::encode(hash), hex::encode(leaf.evidence));
        match leaf.quote.clone() {
            Quote::List(ListQuote { since, vendor, model, price }) => {
                let cached = price.and_then(|price| price.cached_input);
                let (input, output) = (price.map(|price| usd(price.input)), price.map(|price| usd(price.output)));
                let cached_input = cached.map(usd);
                Self::List(WrittenList { hash, vendor, model, since, input, cached_input, output, evidence })
            }
            Quote::Rental(RentalQuote { gpu, provider, product, date, segment, terms, price }) => {
                let price = usd(price);
                Self::Rental(WrittenRental { hash, gpu, provider, product, date, segment, terms, price, evidence })
            }
        }
    }

    /// A leaf, and the hash that is said of it. One with a GPU is a rental quote.
    fn parse(leaf: Value) -> Result<(Leaf, [u8; 32]), String> {
        let is_rental = leaf.get("gpu").is_some();
        let read = if is_rental { from_value(leaf).map(Self::Rental) } else { from_value(leaf).map(Self::List) };
        read.map_err(|error| error.to_string())?.read()
    }

    fn read(self) -> Result<(Leaf, [u8; 32]), String> {
        let (quote, its_hash, evidence) = match self {
            Self::List(WrittenList { hash, vendor, model, since, input, cached_input, output, evidence }) => {
                let listed = match (input, cached_input, output) {
                    (None, None, None) => None,
                    (Some(input), cached, Some(output)) => Some(ListPrice {
                        input: price(&input)?,
                        cached_input: cached.map(|cached| price(&cached)).transpose()?,
                        output: price(&output)?,
                    }),
                    _ => return Err(format!("{vendor} {model} from {since} has some prices and not others")),
                };
                (Quote::List(ListQuote { since, vendor, model, price: listed }), hash, evidence)
            }
            Self::Rental(WrittenRental {
                hash,
                gpu,
                provider,
                product,
                date,
                segment,
                terms,
                price: asked,
                evidence,
            }) => {
                let price = price(&asked)?;
                if price == 0 {
                    return Err("a price of 0".to_string());
                }
                (Quote::Rental(RentalQuote { gpu, provider, product, date, segment, terms, price }), hash, evidence)
            }
        };
        Ok((Leaf { quote, evidence: hash(&evidence)? }, hash(&its_hash)?))
    }
}
