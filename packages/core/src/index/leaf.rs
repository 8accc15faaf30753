//! Leaves: the bytes of a quote that the root in a signature binds (clause 7.11).
//!
//! Integers are big-endian; a text is its length in bytes (u16) and the bytes; a day is the days since 1970-01-01
//! (u32); a price is in 10⁻⁶ USD (u64).
//!
//! ```text
//! list price     "TOKFUT/LEAF/1"  0x01  since  vendor  model  listing  input  cached  output  evidence
//! rental quote   "TOKFUT/LEAF/1"  0x02  day  gpu  provider  product  segment  terms  price  evidence
//! ```
//!
//! listing (one byte): 0 the listing has ended, 1 listed without a cached price, 2 listed with one; a price that is not
//! there is 0. evidence: SHA-256 of the raw answer that the quote was read from, 32 bytes.
//!
//! The leaves of a fixing are the quotes that bear on it, no others, in this order: list prices by vendor, model,
//! since; rental quotes by GPU, provider, product; texts by their bytes.

use core::fmt;

use super::record::{ListPrice, ListQuote};
use super::rental::RentalQuote;
use crate::calendar::Date;
use crate::fixing::{leaf_hash, merkle_root};

/// What the bytes of every leaf begin with.
const TAG: &[u8; 13] = b"TOKFUT/LEAF/1";

/// A constituent's quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quote {
    /// List prices of a model.
    List(ListQuote),
    /// What a provider asks for a GPU.
    Rental(RentalQuote),
}

/// A quote and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The quote.
    pub quote: Quote,
    /// SHA-256 of the raw answer of its source.
    pub evidence: [u8; 32],
}

impl Quote {
    /// What orders quotes and tells them apart: two with one key cannot both be right.
    pub fn key(&self) -> (&str, &str, &str, Date) {
        match self {
            Self::List(ListQuote { since, vendor, model, .. }) => (vendor, model, "", *since),
            Self::Rental(RentalQuote { gpu, provider, product, date, .. }) => (gpu, provider, product, *date),
        }
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(quote) => quote.fmt(f),
            Self::Rental(quote) => quote.fmt(f),
        }
    }
}

impl Leaf {
    /// Its bytes; none if a text is longer than 65,535 bytes.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = TAG.to_vec();
        match &self.quote {
            Quote::List(ListQuote { since, vendor, model, price }) => {
                bytes.push(1);
                bytes.extend(since.days().to_be_bytes());
                push_text(&mut bytes, vendor)?;
                push_text(&mut bytes, model)?;
                let listing = price.map_or(0, |price| if price.cached_input.is_some() { 2 } else { 1 });
                bytes.push(listing);
                let ListPrice { input, cached_input, output } =
                    price.unwrap_or(ListPrice { input: 0, cached_input: None, output: 0 });
                for price in [input, cached_input.unwrap_or(0), output] {
                    bytes.extend(price.to_be_bytes());
                }
            }
            Quote::Rental(RentalQuote { gpu, provider, product, date, segment, terms, price }) => {
                bytes.push(2);
                bytes.extend(date.days().to_be_bytes());
                for text in [gpu, provider, product, segment, terms] {
                    push_text(&mut bytes, text)?;
                }
                bytes.extend(price.to_be_bytes());
            }
        }
        bytes.extend(self.evidence);
        Some(bytes)
    }

    /// Its hash; none if a text is too long.
    pub fn hash(&self) -> Option<[u8; 32]> {
        self.bytes().map(|bytes| leaf_hash(&bytes))
    }
}

/// The root over leaves in their order: 32 zero bytes over none. None if a text is too long.
pub fn inputs_root(leaves: &[Leaf]) -> Option<[u8; 32]> {
    let bytes = leaves.iter().map(Leaf::bytes).collect::<Option<Vec<_>>>()?;
    Some(merkle_root(&bytes).unwrap_or_default())
}

fn push_text(bytes: &mut Vec<u8>, text: &str) -> Option<()> {
    bytes.extend(u16::try_from(text.len()).ok()?.to_be_bytes());
    bytes.extend(text.as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(leaf: &Quote) -> String {
        hex::encode(Leaf { quote: leaf.clone(), evidence: [0xee; 32] }.bytes().unwrap())
    }

    #[test]
    fn the_bytes_of_a_list_price_are_those_of_the_format() {
        let price = ListPrice { input: 1_250_000, cached_input: Some(125_000), output: 10_000_000 };
        let since = Date::parse("2025-10-10").unwrap();
        let of = |price| {
            hex(&Quote::List(ListQuote { since, vendor: "openai".to_string(), model: "gpt-5".to_string(), price }))
        };
        let head =
            concat!("544f4b4655542f4c4541462f31", "01", "00004f93", "0006", "6f70656e6169", "0005", "6770742d35");
        let evidence = "ee".repeat(32);
        let listed = concat!("02", "00000000001312d0", "000000000001e848", "0000000000989680");
        assert_eq!(of(Some(price)), format!("{head}{listed}{evidence}"));
        let uncached = concat!("01", "00000000001312d0", "0000000000000000", "0000000000989680");
        assert_eq!(of(Some(ListPrice { cached_input: None, ..price })), format!("{head}{uncached}{evidence}"));
        assert_eq!(of(None), format!("{head}00{}{evidence}", "00".repeat(24)));
        assert_ne!(
            of(Some(ListPrice { cached_input: Some(0), ..price })),
            of(Some(ListPrice { cached_input: None, ..price }))
        );
    }

    #[test]
    fn the_bytes_of_a_rental_quote_are_those_of_the_format() {
        let quote = RentalQuote {
            gpu: "H100".to_string(),
            provider: "aurora".to_string(),
            product: "sxm".to_string(),
            date: Date::parse("2026-08-19").unwrap(),
            segment: "specialist".to_string(),
            terms: "on_demand".to_string(),
            price: 3_290_000,
        };
        let texts = concat!(
            "000448313030",
            "00066175726f7261",
            "000373786d",
            "000a7370656369616c697374",
            "00096f6e5f64656d616e64"
        );
        let expected = format!("544f4b4655542f4c4541462f310200 0050cc{texts}000000000032 3390{}", "ee".repeat(32));
        assert_eq!(hex(&Quote::Rental(quote)), expected.replace(' ', ""));
    }

    #[test]
    fn texts_that_run_into_one_another_give_other_bytes() {
        let quote = |vendor: &str, model: &str| {
            hex(&Quote::List(ListQuote {
                since: Date::from_days(0),
                vendor: vendor.to_string(),
                model: model.to_string(),
                price: None,
            }))
        };
        assert_ne!(quote("ab", "c"), quote("a", "bc"));
        let long =
            ListQuote { since: Date::from_days(0), vendor: "x".repeat(65_536), model: String::new(), price: None };
        assert_eq!(Leaf { quote: Quote::List(long), evidence: [0; 32] }.bytes(), None);
    }
}
