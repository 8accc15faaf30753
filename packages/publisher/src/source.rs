//! Sources of quotes: the mapping file that says where they are and how they are read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Error;

/// The sources of an index, in order: what comes first is kept where a later one says the same.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Each of them.
    #[serde(rename = "source")]
    pub list: Vec<Source>,
}

/// A source.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is called in files and errors; no two alike.
    pub name: String,
    /// A file, relative to the mapping file. Either this or `url`.
    pub file: Option<PathBuf>,
    /// An address, `http://` or `https://`.
    pub url: Option<String>,
    /// Of an `https://` address: a PEM file of the authorities to trust instead of the public ones, relative likewise.
    pub authorities: Option<PathBuf>,
    /// How its answer is read.
    pub form: Form,
    /// JSON forms: the JSON pointer to the rows, a list or an object; `""`, if not given, is the whole answer.
    #[serde(default)]
    pub rows: String,
    /// JSON forms: what each field of a quote is in a row.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
    /// JSON forms: the models or products to take, each of which must be there; all rows, if not given.
    #[serde(default)]
    pub take: Vec<String>,
    /// List prices in JSON: what a price is for.
    #[serde(default)]
    pub per: Per,
}

/// How an answer is read.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// CSV with the header of `model_prices.csv`.
    ListPricesCsv,
    /// CSV with the header `date,provider,product,gpu,segment,terms,usd_per_gpu_hour`.
    RentalQuotesCsv,
    /// JSON: list prices as they stand on the day. Fields: vendor, model, input, cached_input (may be absent), output.
    ListPricesJson,
    /// JSON: rental quotes of the day. Fields: provider, product, gpu, segment, terms, price.
    RentalQuotesJson,
    /// A leaf file of an earlier day.
    Leaves,
}

/// What a field of a quote is in a row of JSON.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The same in all rows.
    Value(String),
    /// At this JSON pointer in the row.
    At(String),
    /// The row's name in the object.
    Key(KeyOf),
}

/// The only way to name it.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum KeyOf {
    /// That of the row.
    Row,
}

/// What a list price is for.
#[derive(Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// One token.
    Token,
    /// A thousand.
    ThousandTokens,
    /// A million.
    #[default]
    MillionTokens,
}

impl Per {
    /// The power of ten that makes it a price of a million tokens.
    pub const fn shift(self) -> i32 {
        match self {
            Self::Token => 6,
            Self::ThousandTokens => 3,
            Self::MillionTokens => 0,
        }
    }
}

impl Form {
    /// The fields that a row must have, and those that it may.
    const fn fields(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::ListPricesJson => (&["vendor", "model", "input", "output"], &["cached_input"]),
            Self::RentalQuotesJson => (&["provider", "product", "gpu", "segment", "terms", "price"], &[]),
            Self::ListPricesCsv | Self::RentalQuotesCsv | Self::Leaves => (&[], &[]),
        }
    }

    /// The content types that an answer over HTTP may have.
    pub const fn content_types(self) -> &'static [&'static str] {
        match self {
            Self::ListPricesCsv | Self::RentalQuotesCsv => &["text/csv", "text/plain"],
            Self::ListPricesJson | Self::RentalQuotesJson | Self::Leaves => &["application/json"],
        }
    }
}

impl Sources {
    /// Reads a mapping file. Files named in it are relative to it.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(Error::file(path))?;
        let mut sources = Self::parse(&text).map_err(|reason| Error::form(path, reason))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for source in &mut sources.list {
            source.file = source.file.take().map(|file| folder.join(file));
            source.authorities = source.authorities.take().map(|file| folder.join(file));
        }
        Ok(sources)
    }

    /// Reads the text of a mapping file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let sources: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_string())?;
        let mut names: Vec<&str> = sources.list.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        if names.is_empty() {
            return Err("no [[source]]".to_string());
        }
        if !names.is_sorted_by(|one, next| one < next) {
            return Err("two sources of one name".to_string());
        }
        for source in &sources.list {
            source.check().map_err(|reason| format!("source {}: {reason}", source.name))?;
        }
        Ok(sources)
    }

    /// A file of one form as the only source.
    pub fn of_file(path: &Path, form: Form) -> Self {
        let (name, file) = (path.display().to_string(), Some(path.to_path_buf()));
        let (rows, fields, take, per) = (String::new(), BTreeMap::new(), Vec::new(), Per::MillionTokens);
        Self { list: vec![Source { name, file, url: None, authorities: None, form, rows, fields, take, per }] }
    }
}

impl Source {
    /// Where it is: a path or an address.
    pub fn location(&self) -> String {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        file.or_else(|| self.url.clone()).unwrap_or_default()
    }

    fn check(&self) -> Result<(), String> {
        if self.file.is_some() == self.url.is_some() {
            return Err("either a file or a url".to_string());
        }
        if self.url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            return Err("its url is neither http:// nor https://".to_string());
        }
        if self.authorities.is_some() && !self.url.as_ref().is_some_and(|url| url.starts_with("https://")) {
            return Err("authorities are for an https:// url".to_string());
        }
        let (must, may) = self.form.fields();
        if let Some(missing) = must.iter().find(|field| !self.fields.contains_key(**field)) {
            return Err(format!("no field {missing:?}"));
        }
        let unknown =
            self.fields.keys().find(|field| !must.contains(&field.as_str()) && !may.contains(&field.as_str()));
        if let Some(unknown) = unknown {
            return Err(format!("its form has no field {unknown:?}"));
        }
        if must.is_empty() && (!self.take.is_empty() || !self.rows.is_empty() || self.per != Per::MillionTokens) {
            return Err("rows, take and per are for JSON forms".to_string());
        }
        Ok(())
    }
}
