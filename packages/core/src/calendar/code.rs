//! The codes of products and series: `TOK`, `TOKZ26` (clauses 2.1, 2.2).

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CalendarError, LETTERS, Month, digits, text_and_number};

/// Three capital letters. A string in JSON, three bytes at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductCode([u8; 3]);

impl ProductCode {
    /// Reads `TOK`, exactly this form.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let letters = text.as_bytes().try_into().ok().and_then(Self::from_letters);
        letters.ok_or_else(|| CalendarError::NotAProduct(text.to_string()))
    }

    /// The code of these letters, if they are capitals.
    pub fn from_letters(letters: [u8; 3]) -> Option<Self> {
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// Its letters, in ASCII.
    pub const fn letters(self) -> [u8; 3] {
        self.0
    }
}

impl fmt::Display for ProductCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl FromStr for ProductCode {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::parse(text)
    }
}

text_and_number!(ProductCode, [u8; 3], letters, Self::from_letters, "TOK");

/// A product and a delivery month. `parse` and `Display` are its form for people and messages, `TOKZ26`; serialised
/// it is its two parts.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SeriesCode {
    /// Its product.
    pub product: ProductCode,
    /// Its delivery month.
    pub month: Month,
}

impl SeriesCode {
    /// Reads `TOKZ26`, exactly this form: product, the month's letter, the year's last two digits (2000 to 2099).
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let parse = || {
            let (product, rest) = text.split_at_checked(3)?;
            let (letter, year) = rest.split_at_checked(1)?;
            let index = LETTERS.iter().position(|known| letter.starts_with(*known))?;
            let month = u8::try_from(index).ok()?.checked_add(1)?;
            let year = digits::<u16>(year, 2)?.checked_add(Month::FIRST_YEAR)?;
            Some(Self { product: ProductCode::parse(product).ok()?, month: Month::new(year, month).ok()? })
        };
        parse().ok_or_else(|| CalendarError::NotASeries(text.to_string()))
    }
}

impl fmt::Display for SeriesCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.month.year().saturating_sub(Month::FIRST_YEAR);
        write!(f, "{}{}{year:02}", self.product, self.month.letter())
    }
}

impl FromStr for SeriesCode {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::parse(text)
    }
}
