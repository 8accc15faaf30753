//! `tokfut params`: what a deployment is made of.

use clap::Args;
use serde_json::json;
use tokfut_api::{market, oracle, vault};
use tokfut_client::{Contract, Protocol};
use tokfut_core::calendar::FinalWindow;
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;

use super::money::{coins, decimal, percent};
use super::session::Place;
use super::table::{Table, json, line};

/// Shows the contracts and their code, who has which power, the terms of the products, the feeds.
#[derive(Args)]
pub struct Params {
    #[command(flatten)]
    place: Place,
}

impl Params {
    /// Shows them.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        let products = protocol.products().await?;
        let (vault, market) = (protocol.vault_config().await?, protocol.market_config().await?);
        let (oracle, feeds) = (protocol.oracle_config().await?, protocol.feeds().await?);
        if self.place.json {
            let all = json!({"vault": vault, "market": market, "oracle": oracle, "products": products, "feeds": feeds});
            return json(&all);
        }
        let speed = protocol.deployment().spec.clock.speed;
        line(format!(
            "chain {}, protocol time {} at speed {speed}",
            protocol.node().chain_id(),
            protocol.now().await?
        ))?;
        line(format!("collateral {}, 1,000,000 of it are a coin\n", vault.denom))?;
        contracts(&protocol).await?.print("no contracts")?;
        line("")?;
        roles(&vault, &market, &oracle).print("no roles")?;
        line("")?;
        terms(&products).print("no products")?;
        line("")?;
        Ok(panel(&feeds).print("no feeds")?)
    }
}

async fn contracts(protocol: &Protocol) -> anyhow::Result<Table> {
    let mut table = Table::new(&["contract", "code", "address", "admin"]);
    for contract in Contract::ALL {
        let address = protocol.deployment().address(contract);
        let running = protocol.node().instance(address).await?;
        let admin = if running.admin.is_empty() { "nobody".to_string() } else { running.admin };
        table.row([contract.to_string(), running.code.id.to_string(), address.to_string(), admin]);
    }
    Ok(table)
}

fn roles(vault: &vault::ConfigResponse, market: &market::ConfigResponse, oracle: &oracle::ConfigResponse) -> Table {
    let mut table = Table::new(&["role", "of", "address"]);
    for (role, of, address) in [
        ("governance", "market", &market.governance),
        ("guardian", "market", &market.guardian),
        ("governance", "vault", &vault.governance),
        ("treasury", "vault", &vault.treasury),
        ("administrator", "oracle", &oracle.administrator),
        ("guardian", "oracle", &oracle.guardian),
        ("arbiter", "oracle", &oracle.arbiter),
    ] {
        table.row([role, of, address].map(ToString::to_string));
    }
    table
}

/// A column a product.
fn terms(products: &[Product]) -> Table {
    let codes: Vec<String> = products.iter().map(|product| product.code.to_string()).collect();
    let mut table = Table::new(&["product"]);
    table.extend_headings(codes);
    let mut row = |name: &str, of: &dyn Fn(&Product) -> String| {
        table.row([name.to_string()].into_iter().chain(products.iter().map(of)));
    };
    row("settled by feed", &|product| product.feed.to_string());
    row("tick", &|product| decimal(product.tick.units().into(), product.decimals));
    row("a tick a lot", &|product| {
        let units = u128::from(product.tick.units()).saturating_mul(product.unit_value.base_units().into());
        coins(units)
    });
    row("months, quarters", &|Product { listing, .. }| format!("{}, {}", listing.serial, listing.quarterly));
    row("final mean of", &|product| match product.final_window {
        FinalWindow::WholeMonth => "the month".to_string(),
        FinalWindow::LastDays(days) => format!("its last {days} days"),
    });
    row("day's limit", &|product| percent(product.daily_limit));
    row("largest order", &|product| product.max_order.to_string());
    row("initial margin", &|product| percent(product.margin.initial_spec));
    row("maintenance", &|product| percent(product.margin.maintenance));
    row("fee of the taker", &|product| percent(product.fees.taker));
    row("fee of the maker", &|product| percent(product.fees.maker.charge()));
    row("rebate of the maker", &|product| percent(product.fees.maker.rebate()));
    row("fee of settlement", &|product| percent(product.fees.settlement));
    row("liquidation fee", &|product| percent(product.liquidation.fee));
    row("insurance fee", &|product| percent(product.liquidation.insurance_fee));
    table
}

fn panel(feeds: &[oracle::FeedConfig]) -> Table {
    let mut table = Table::new(&["feed", "number", "unit", "digits", "publishers", "seconds a round", "largest move"]);
    for feed in feeds {
        table.row([
            feed.symbol.clone(),
            feed.id.to_string(),
            feed.unit.clone(),
            feed.decimals.to_string(),
            feed.publishers.len().to_string(),
            feed.interval.to_string(),
            percent(Rate::ppm(feed.max_move)),
        ]);
    }
    table
}
