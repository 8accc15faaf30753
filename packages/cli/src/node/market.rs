//! What everybody may look at: books, series, fixings.

use clap::Args;
use tokfut_api::market::{BookResponse, SeriesResponse};
use tokfut_api::oracle::FixingResponse;
use tokfut_client::{Failure, Protocol};
use tokfut_core::time::Time;

use super::money::decimal;
use super::session::Place;
use super::table::{Table, json, line, or_dash};

/// Shows the book of a series, best prices in the middle.
#[derive(Args)]
pub struct Book {
    /// The series' code.
    #[arg(value_parser = capitals)]
    series: String,
    /// Levels a side.
    #[arg(long, default_value_t = 10)]
    depth: u32,
    #[command(flatten)]
    place: Place,
}

/// Lists the series that are not settled yet, or shows one.
#[derive(Args)]
pub struct Series {
    /// A product's code (TOK) or a series' (TOKZ26); all products if not given.
    #[arg(value_parser = capitals)]
    code: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Shows where the feeds stand, or the latest final fixings of one.
#[derive(Args)]
pub struct Fixings {
    /// A feed's symbol (TOK).
    #[arg(value_parser = capitals)]
    feed: Option<String>,
    /// So many of it, latest first.
    #[arg(long, default_value_t = 10, requires = "feed")]
    last: u32,
    #[command(flatten)]
    place: Place,
}

/// A code as it is written on the chain.
pub fn capitals(code: &str) -> Result<String, core::convert::Infallible> {
    Ok(code.to_uppercase())
}

impl Book {
    /// Shows it.
    pub async fn run(self) -> anyhow::Result<()> {
        let book = self.place.protocol().await?.book(&self.series, Some(self.depth)).await?;
        if self.place.json {
            return json(&book);
        }
        Ok(ladder(&book).print("nothing rests in the book")?)
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
        let mut series = Vec::new();
        match &self.code {
            Some(code) if code.len() > 3 => series.push(protocol.series(code).await?),
            Some(code) => series.extend(protocol.series_list(code).await?),
            None => {
                for product in &protocol.deployment().spec.products {
                    series.extend(protocol.series_list(&product.code.to_string()).await?);
                }
            }
        }
        if self.place.json {
            return json(&series);
        }
        listing(&series).print("no series is listed")?;
        Ok(line(format!("\nprotocol time {}", protocol.now().await?))?)
    }
}

fn listing(series: &[SeriesResponse]) -> Table {
    let headings = [
        "series",
        "status",
        "bid",
        "ask",
        "last",
        "settled",
        "lowest",
        "highest",
        "volume",
        "open interest",
        "last trading",
    ];
    let mut table = Table::new(&headings);
    for one in series {
        table.row([
            one.code.clone(),
            one.status.to_string(),
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
        if let Some(symbol) = &self.feed {
            return self.history(&protocol, symbol).await;
        }
        let mut table = Table::new(&["feed", "final", "fixed", "round", "next round", "final from", "status"]);
        let mut latest = Vec::new();
        for feed in protocol.feeds().await? {
            let (standing, status) = (protocol.feed(feed.id).await?, protocol.feed_status(feed.id).await?);
            let fixing = fixing_of(&protocol, feed.id).await?;
            let value = fixing.as_ref().map(|fixing| decimal(fixing.value.u128(), feed.decimals));
            table.row([
                feed.symbol.clone(),
                or_dash(value),
                or_dash(fixing.as_ref().map(|fixing| fixing.fixing_time)),
                or_dash(fixing.as_ref().map(|fixing| fixing.round)),
                standing.next_round.to_string(),
                or_dash(standing.next_final_from),
                status.status.to_string(),
            ]);
            latest.push(serde_json::json!({"feed": standing, "latest": fixing, "status": status}));
        }
        if self.place.json {
            return json(&latest);
        }
        table.print("no feeds")?;
        Ok(line(format!("\nprotocol time {}", protocol.now().await?))?)
    }

    async fn history(&self, protocol: &Protocol, symbol: &str) -> anyhow::Result<()> {
        let feeds = protocol.feeds().await?;
        let feed = feeds.iter().find(|feed| feed.symbol == *symbol);
        let feed = feed.ok_or_else(|| Failure::new("unknown_feed", format!("the oracle has no feed {symbol}")))?;
        let mut table = Table::new(&["fixed", "round", symbol, "publisher", "revision"]);
        let (mut fixings, mut until) = (Vec::new(), Time::MAX);
        for _ in 0..self.last {
            let Some(fixing) = fixing_until(protocol, feed.id, until).await? else { break };
            table.row([
                fixing.fixing_time.to_string(),
                fixing.round.to_string(),
                decimal(fixing.value.u128(), feed.decimals),
                fixing.publisher.to_string(),
                fixing.revision.to_string(),
            ]);
            until = Time::new(fixing.fixing_time.seconds().saturating_sub(1));
            fixings.push(fixing);
        }
        if self.place.json {
            return json(&fixings);
        }
        Ok(table.print("nothing is final yet")?)
    }
}

/// The latest final fixing; none before the first.
pub async fn fixing_of(protocol: &Protocol, feed: u32) -> Result<Option<FixingResponse>, Failure> {
    fixing_until(protocol, feed, Time::MAX).await
}

/// The latest final fixing at or before a time, if there is one: asked so, the oracle says that there is none with its
/// own code.
async fn fixing_until(protocol: &Protocol, feed: u32, until: Time) -> Result<Option<FixingResponse>, Failure> {
    match protocol.fixing_at_or_before(feed, until).await {
        Ok(fixing) => Ok(Some(fixing)),
        Err(failure) if failure.code == "no_fixing" => Ok(None),
        Err(failure) => Err(failure),
    }
}
