//! Orders: placing, looking at, cancelling.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::json;
use tokfut_api::market::{ExecuteMsg, Filled, NewOrder, OrderPrice, PostOnly, SelfTrade, TimeInForce};
use tokfut_client::{Contract, Gas, Placed, Trader};
use tokfut_core::id::AccountId;
use tokfut_core::price::{Lots, Side};
use tokfut_scenario::Call;

use super::session::{Place, Signer, account_of};
use super::table::{Table, json, or_dash};

/// Places an order, e.g. `order buy 3 TOKZ26 at 1.6100` or `order sell 3 TOKZ26 worst 1.6000`; or many of a file.
#[derive(Args)]
pub struct Order {
    #[command(flatten)]
    terms: Option<Terms>,
    /// A file of orders instead, JSON Lines of the schema's `new_order` (`account` may be left out), all in one
    /// transaction: all are placed, or none. `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["side", "lots", "series", "kind", "price"])]
    batch: Option<PathBuf>,
    /// For which account; the signer's first if not given.
    #[arg(long)]
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Args)]
struct Terms {
    /// Buy or sell.
    #[arg(required_unless_present = "batch")]
    side: Option<Which>,
    /// Whole lots.
    #[arg(required_unless_present = "batch")]
    lots: Option<u64>,
    /// The series' code.
    #[arg(required_unless_present = "batch")]
    series: Option<String>,
    /// `at` a limit, where the rest waits; or at once at `worst` a price.
    #[arg(required_unless_present = "batch")]
    kind: Option<Kind>,
    /// In the product's quotation, e.g. 1.6100.
    #[arg(required_unless_present = "batch")]
    price: Option<String>,
    /// How long it lasts; `gtc` for a limit, `ioc` for a worst price if not given.
    #[arg(long)]
    lasts: Option<Lasts>,
    /// Refused if it would trade at once.
    #[arg(long)]
    post_only: bool,
    /// Only ever reduces the position.
    #[arg(long)]
    reduce_only: bool,
    /// Your own number for it, unique among the account's open orders.
    #[arg(long)]
    client_id: Option<u64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    Buy,
    Sell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    At,
    Worst,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lasts {
    Gtc,
    Day,
    Ioc,
    Fok,
}

/// Lists an account's open orders.
#[derive(Args)]
pub struct Orders {
    /// Which account; the signer's first if not given.
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

/// Cancels orders, by id or by your own number.
#[derive(Args)]
pub struct Cancel {
    /// Ids like `3-b-16480-42`, or numbers.
    #[arg(required = true)]
    orders: Vec<String>,
    /// Of which account; the signer's first if not given.
    #[arg(long)]
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

/// Cancels every order of an account.
#[derive(Args)]
pub struct CancelAll {
    /// Of which account; the signer's first if not given.
    #[arg(long)]
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

impl Terms {
    fn order(self, account: AccountId) -> anyhow::Result<NewOrder> {
        let missing = "an order is: side lots series at|worst price";
        let price = self.price.context(missing)?;
        Ok(NewOrder {
            account,
            series: self.series.context(missing)?,
            side: match self.side.context(missing)? {
                Which::Buy => Side::Buy,
                Which::Sell => Side::Sell,
            },
            lots: Lots::new(self.lots.context(missing)?),
            price: match self.kind.context(missing)? {
                Kind::At => OrderPrice::Limit(price),
                Kind::Worst => OrderPrice::Worst(price),
            },
            time_in_force: self.lasts.map(|lasts| match lasts {
                Lasts::Gtc => TimeInForce::Gtc,
                Lasts::Day => TimeInForce::Day,
                Lasts::Ioc => TimeInForce::Ioc,
                Lasts::Fok => TimeInForce::Fok,
            }),
            post_only: self.post_only.then_some(PostOnly::Reject),
            reduce_only: self.reduce_only,
            self_trade: SelfTrade::CancelResting,
            client_id: self.client_id.map(Into::into),
            max_fills: None,
        })
    }
}

impl Order {
    /// Places it, or them.
    pub async fn run(self) -> anyhow::Result<()> {
        let trader = self.place.trader(&self.signer).await?;
        let account = account_of(&trader, self.account).await?;
        if let Some(file) = &self.batch {
            return batch(&trader, account, file, self.place.json).await;
        }
        let order = self.terms.context("an order is: side lots series at|worst price")?.order(account)?;
        let Placed { order, receipt } = trader.place(order).await?;
        let fills = receipt.events_of::<Filled>();
        if self.place.json {
            let gas = receipt.gas_used;
            return json(&json!({"hash": receipt.hash, "height": receipt.height, "gas": gas, "placed": order}));
        }
        for fill in &fills {
            println!("filled {} at {} price units, against order {}", fill.lots, fill.price.units(), fill.order);
        }
        println!("filled {}, resting {}, cancelled {}", order.filled, order.resting, order.cancelled);
        if let Some(id) = &order.order {
            println!("order {id}");
        }
        Ok(())
    }
}

async fn batch(trader: &Trader, account: AccountId, file: &PathBuf, as_json: bool) -> anyhow::Result<()> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())?
    } else {
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?
    };
    let mut calls = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let mut order: serde_json::Value = serde_json::from_str(line).with_context(|| format!("line {number}"))?;
        if let Some(fields) = order.as_object_mut() {
            fields.entry("account").or_insert_with(|| json!(account));
        }
        let order: NewOrder = serde_json::from_value(order).with_context(|| format!("line {number}"))?;
        calls.push(Call::new(Contract::Market, &ExecuteMsg::PlaceOrder(order))?);
    }
    anyhow::ensure!(!calls.is_empty(), "no orders");
    let receipt = trader.transact(&calls, Gas::Estimated).await?;
    for outcome in &receipt.outcomes {
        let placed = outcome.data_json();
        if as_json {
            json(&placed)?;
        } else {
            let field = |name: &str| placed.get(name).and_then(|value| value.as_str()).map(ToString::to_string);
            let [filled, resting, order] = ["filled", "resting", "order"].map(|name| or_dash(field(name)));
            println!("filled {filled}, resting {resting}, order {order}");
        }
    }
    Ok(())
}

impl Orders {
    /// Lists them.
    pub async fn run(self) -> anyhow::Result<()> {
        let (protocol, account) = match self.account {
            Some(number) => (self.place.protocol().await?, AccountId(number)),
            None => {
                let trader = self.place.trader(&self.signer).await?;
                (trader.protocol().clone(), account_of(&trader, None).await?)
            }
        };
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = protocol.orders(account, after, Some(100)).await?;
            after = page.last().map(|order| order.id.clone());
            all.extend(page);
            if after.is_none() {
                break;
            }
        }
        if self.place.json {
            return json(&all);
        }
        let mut table = Table::new(&["order", "series", "side", "lots", "price", "number", "expires"]);
        for order in &all {
            table.row([
                order.id.clone(),
                order.series.clone(),
                order.side.to_string(),
                order.lots.to_string(),
                order.price.clone(),
                or_dash(order.client_id),
                or_dash(order.expires_at),
            ]);
        }
        table.print();
        Ok(())
    }
}

impl Cancel {
    /// Cancels them, in one transaction.
    pub async fn run(self) -> anyhow::Result<()> {
        use tokfut_api::market::OrderRef;
        let trader = self.place.trader(&self.signer).await?;
        let account = account_of(&trader, self.account).await?;
        let call = |name: &String| {
            let order = match name.parse::<u64>() {
                Ok(number) => OrderRef::ClientId(number.into()),
                Err(_) => OrderRef::Id(name.clone()),
            };
            Call::new(Contract::Market, &ExecuteMsg::CancelOrder { account, order })
        };
        let calls = self.orders.iter().map(call).collect::<Result<Vec<_>, _>>()?;
        let receipt = trader.transact(&calls, Gas::Estimated).await?;
        removed(self.place.json, &receipt)
    }
}

impl CancelAll {
    /// Cancels them all.
    pub async fn run(self) -> anyhow::Result<()> {
        let trader = self.place.trader(&self.signer).await?;
        let account = account_of(&trader, self.account).await?;
        removed(self.place.json, &trader.cancel_all(account).await?)
    }
}

fn removed(as_json: bool, receipt: &tokfut_client::Receipt) -> anyhow::Result<()> {
    if as_json {
        return json(&json!({"hash": receipt.hash, "height": receipt.height, "gas": receipt.gas_used}));
    }
    println!("cancelled in block {}", receipt.height);
    Ok(())
}
