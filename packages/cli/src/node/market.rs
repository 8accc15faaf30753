//! What everybody may look at: books, series, fixings, parameters.

use clap::Args;
use tokfut_api::market::{BookResponse, SeriesResponse};
use tokfut_client::{Failure, Protocol};
use tokfut_core::time::Time;

use super::session::Place;
use super::table::{Table, json, or_dash};

/// Shows the book of a series, best prices in the middle.
#[derive(Args)]
pub struct Book {
    /// The series' code.
    series: String,
    /// Levels a side.
    #[arg(long, default_value_t = 10)]
    depth: u32,
    #[command(flatten)]
    place: Place,
}

/// Lists the open series of a product, or shows one.
#[derive(Args)]
pub struct Series {
    /// A product's code (TOK) or a series' (TOKZ26).
    code: String,
    #[command(flatten)]
    place: Place,
}

/// Shows where the feeds stand.
#[derive(Args)]
pub struct Fixings {
    #[command(flatten)]
    place: Place,
}

/// Shows the terms of the products, the clock and who has which power.
#[derive(Args)]
pub struct Params {
    #[command(flatten)]
    place: Place,
}

impl Book {
    /// Shows it.
    pub async fn run(self) -> anyhow::Result<()> {
        let book = self.place.protocol().await?.book(&self.series, Some(self.depth)).await?;
        if self.place.json {
            return json(&book);
        }
        ladder(&book).print();
        Ok(())
    }
}

/// A book as a table: asks above, bids below.
pub fn ladder(book: &BookResponse) -> Table {
    let mut table = Table::new(&["price", "bid lots", "ask lots", "orders"]);
    for level in book.asks.iter().rev() {
        table.row([level.price.clone(), String::new(), level.lots.to_string(), level.orders.to_string()]);
    }
    for level in &book.bids {
        table.row([level.price.clone(), level.lots.to_string(), String::new(), level.orders.to_string()]);
    }
    table
}

impl Series {
    /// Lists them, or shows it.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        let series = if self.code.len() > 3 {
            vec![protocol.series(&self.code).await?]
        } else {
            protocol.series_list(&self.code).await?
        };
        if self.place.json {
            return json(&series);
        }
        listing(&series).print();
        println!("\nprotocol time {}", protocol.now().await?);
        Ok(())
    }
}

fn listing(series: &[SeriesResponse]) -> Table {
    let headings =
        ["series", "status", "bid", "ask", "last", "settled", "lowest", "highest", "volume", "open", "last trading"];
    let mut table = Table::new(&headings);
    for one in series {
        table.row([
            one.code.clone(),
            format!("{:?}", one.status).to_lowercase(),
            or_dash(one.bid.clone()),
            or_dash(one.ask.clone()),
            or_dash(one.last_price.clone()),
            one.settlement_price.clone(),
            one.lowest.clone(),
            one.highest.clone(),
            one.volume.to_string(),
            one.open_interest.to_string(),
            one.last_trading.to_string(),
        ]);
    }
    table
}

impl Fixings {
    /// Shows them.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        let mut table = Table::new(&["feed", "final", "fixed", "round", "next round", "final from"]);
        let mut latest = Vec::new();
        for feed in protocol.feeds().await? {
            let standing = protocol.feed(feed.id).await?;
            let fixing = fixing_of(&protocol, feed.id).await?;
            let value = fixing.as_ref().map(|fixing| decimal(fixing.value.u128(), feed.decimals));
            table.row([
                feed.symbol.clone(),
                or_dash(value),
                or_dash(fixing.as_ref().map(|fixing| fixing.fixing_time)),
                or_dash(fixing.as_ref().map(|fixing| fixing.round)),
                standing.next_round.to_string(),
                standing.next_final_from.to_string(),
            ]);
            latest.push(serde_json::json!({"feed": standing, "latest": fixing}));
        }
        if self.place.json {
            return json(&latest);
        }
        table.print();
        println!("\nprotocol time {}", protocol.now().await?);
        Ok(())
    }
}

/// The latest final fixing; none before the first.
pub async fn fixing_of(protocol: &Protocol, feed: u32) -> Result<Option<tokfut_api::oracle::FixingResponse>, Failure> {
    // Asked by time, the oracle says "none" for a feed that has not fixed yet, with its own code.
    match protocol.fixing_at_or_before(feed, Time::MAX).await {
        Ok(fixing) => Ok(Some(fixing)),
        Err(failure) if failure.code == "no_fixing" => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A number of units as a decimal.
fn decimal(units: u128, decimals: u8) -> String {
    let places = usize::from(decimals);
    if places == 0 {
        return units.to_string();
    }
    let digits = format!("{units:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    format!("{whole}.{fraction}")
}

impl Params {
    /// Shows them.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        let products = protocol.products().await?;
        let (vault, market) = (protocol.vault_config().await?, protocol.market_config().await?);
        let oracle = protocol.oracle_config().await?;
        let all = serde_json::json!({"vault": vault, "market": market, "oracle": oracle, "products": products});
        if self.place.json {
            return json(&all);
        }
        println!("{}", serde_json::to_string_pretty(&all)?);
        Ok(())
    }
}
