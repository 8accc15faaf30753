//! `tokfut watch`: a series, live in the terminal.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use clap::Args;
use serde_json::json;
use tokfut_api::event::TypedEvent;
use tokfut_api::market::Filled;
use tokfut_client::Protocol;
use tokfut_core::id::{AccountId, SeriesId};

use super::market::{capitals, ladder};
use super::money::coins;
use super::order::{fill_json, quotation};
use super::session::Place;
use super::table::json;

/// How many of the latest trades are shown.
const TRADES: usize = 8;

/// Shows a series block by block: the book, the trades, an account's equity. Ctrl-C ends it.
#[derive(Args)]
pub struct Watch {
    /// The series' code.
    #[arg(value_parser = capitals)]
    series: String,
    /// An account whose equity is shown too.
    #[arg(long)]
    account: Option<u64>,
    /// Ends after so many blocks.
    #[arg(long)]
    blocks: Option<u64>,
    #[command(flatten)]
    place: Place,
}

impl Watch {
    /// Follows the chain.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        let series = SeriesId(protocol.series(&self.series).await?.id);
        let mut next = protocol.node().latest().await?.height;
        let (mut trades, mut shown) = (Vec::new(), 0u64);
        loop {
            let latest = protocol.node().latest().await?;
            if latest.height < next {
                tokio::time::sleep(Duration::from_millis(150)).await;
                continue;
            }
            while next <= latest.height {
                trades.extend(fills(&protocol, next, series).await?);
                next = next.saturating_add(1);
            }
            trades.drain(..trades.len().saturating_sub(TRADES));
            self.show(&protocol, latest.height, &trades).await?;
            shown = shown.saturating_add(1);
            if self.blocks.is_some_and(|blocks| shown >= blocks) {
                return Ok(());
            }
        }
    }

    async fn show(&self, protocol: &Protocol, height: u64, trades: &[Filled]) -> anyhow::Result<()> {
        let series = protocol.series(&self.series).await?;
        let book = protocol.book(&self.series, Some(8)).await?;
        let account = match self.account {
            Some(number) => Some(protocol.account(AccountId(number)).await?),
            None => None,
        };
        let (now, decimals) = (protocol.now().await?, quotation(protocol, &series.code));
        if self.place.json {
            let trades: Vec<_> = trades.iter().map(|fill| fill_json(fill, decimals)).collect();
            return json(&json!({
                "height": height, "time": now, "series": series, "book": book, "trades": trades, "account": account
            }));
        }
        let mut lines = vec![
            format!("{} {}   block {height}   {now}", series.code, series.status),
            format!(
                "mark {}   settled {}   limits {} to {}   open interest {}",
                series.mark, series.settlement_price, series.lowest, series.highest, series.open_interest
            ),
            String::new(),
        ];
        lines.extend(ladder(&book).lines());
        if let Some(account) = &account {
            let (equity, margin) = (coins(account.equity), coins(account.initial_margin));
            let lots =
                account.positions.iter().find(|held| held.code == series.code).map_or(0, |held| held.lots.count());
            let held = format!("account {}: {lots} lots, equity {equity}, initial margin {margin}", account.account.0);
            lines.extend([String::new(), held]);
        }
        if !trades.is_empty() {
            lines.extend([String::new(), "latest trades".to_string()]);
        }
        let trade = |fill: &Filled| format!("{:<5}{:>5} at {}", fill.side, fill.lots, fill.price.to_decimal(decimals));
        lines.extend(trades.iter().rev().map(trade));
        let mut out = std::io::stdout().lock();
        if out.is_terminal() {
            write!(out, "\x1b[2J\x1b[H")?;
        }
        writeln!(out, "{}", lines.join("\n"))?;
        Ok(out.flush()?)
    }
}

async fn fills(protocol: &Protocol, height: u64, series: SeriesId) -> anyhow::Result<Vec<Filled>> {
    let receipts = protocol.node().receipts(height).await?;
    let events = receipts.iter().flat_map(|receipt| &receipt.outcomes).flat_map(|outcome| &outcome.events);
    Ok(events.filter_map(Filled::parse).filter(|fill| fill.series == series).collect())
}
