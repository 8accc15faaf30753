//! `tokfut index explain`, `history` and `methodology`: for whoever wants to understand a fixing.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use tokfut_core::calendar::Date;
use tokfut_core::index::{PriceRecord, Quote, Rule, TokIndex};
use tokfut_publisher::explain;

use super::input::{date, methodology, methodology_text, put, quotes};

/// Shows what a fixing is made of, what moved since the day before, and by how much each constituent moved the index.
#[derive(Args)]
pub struct Explain {
    /// TOK, GPH, CSX, or a methodology file.
    #[arg(long)]
    methodology: String,
    /// Quotes: a leaf file, a record of list prices (CSV) or rental quotes (CSV).
    #[arg(long, alias = "leaves", value_name = "FILE")]
    quotes: PathBuf,
    /// The day to explain.
    #[arg(long, value_parser = date, required_unless_present = "from", value_name = "DATE")]
    date: Option<Date>,
    /// Instead of one day: every day from this one on that moved the index or changed its basket.
    #[arg(long, value_parser = date, requires = "to", conflicts_with = "date", value_name = "DATE")]
    from: Option<Date>,
    /// The last of those days.
    #[arg(long, value_parser = date, requires = "from", value_name = "DATE")]
    to: Option<Date>,
}

impl Explain {
    /// Explains.
    pub fn run(&self) -> anyhow::Result<()> {
        let (methodology, quotes) = (methodology(&self.methodology)?, quotes(&self.quotes)?);
        let text = match (&methodology.rule, self.date, self.from, self.to) {
            (_, Some(date), _, _) => explain::day(&methodology, &quotes, date)?,
            (Rule::LinkedBasket(rule), None, Some(from), Some(to)) => explain::moves(rule, &quotes, from, to)?,
            _ => bail!("not_available: {} is explained day by day: --date", methodology.head().symbol),
        };
        put(&text, None)
    }
}

/// Prints a linked basket's index day by day as CSV: date, fixing, unlinked level, in units of its last decimal.
#[derive(Args)]
pub struct History {
    /// TOK, or the methodology file of a linked basket.
    #[arg(long, default_value = "TOK")]
    methodology: String,
    /// Quotes: a record of list prices (CSV) or a leaf file.
    #[arg(long, alias = "leaves", value_name = "FILE")]
    quotes: PathBuf,
    /// The first day; the base day if not given.
    #[arg(long, value_parser = date, value_name = "DATE")]
    from: Option<Date>,
    /// The last day.
    #[arg(long, value_parser = date, value_name = "DATE")]
    to: Date,
}

impl History {
    /// Prints it.
    pub fn run(&self) -> anyhow::Result<()> {
        let methodology = methodology(&self.methodology)?;
        let Rule::LinkedBasket(rule) = &methodology.rule else {
            bail!("not_available: {} has no history of its own: its quotes are of the day", methodology.head().symbol);
        };
        let mut record = PriceRecord::default();
        for quote in quotes(&self.quotes)? {
            match quote {
                Quote::List(row) => record.insert(row).map_err(anyhow::Error::msg)?,
                Quote::Rental(_) => bail!("{} has rental quotes, not list prices", self.quotes.display()),
            }
        }
        let index = TokIndex::new(rule, record)?;
        let mut text = "date,fixing,unlinked\n".to_string();
        for day in index.daily(self.from.unwrap_or(index.base()), self.to)? {
            text.push_str(&format!("{},{},{}\n", day.date, day.fixing, day.unlinked));
        }
        put(&text, None)
    }
}

/// Prints a methodology as it stands, or its SHA-256.
#[derive(Args)]
pub struct Show {
    /// TOK, GPH, CSX, or a methodology file.
    methodology: String,
    /// The SHA-256 that publishers sign and the oracle keeps, instead of the text.
    #[arg(long)]
    hash: bool,
}

impl Show {
    /// Prints it.
    pub fn run(&self) -> anyhow::Result<()> {
        let read = methodology(&self.methodology)?;
        if self.hash {
            put(&format!("{}\n", hex::encode(read.hash)), None)
        } else {
            put(&methodology_text(&self.methodology)?, None)
        }
    }
}
