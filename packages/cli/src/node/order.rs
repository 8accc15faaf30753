//! Orders: placing, looking at, cancelling.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use tokfut_api::market::{
    ExecuteMsg, Filled, NewOrder, OrderPrice, OrderRef, OrderRemoved, OrdersVoided, PlacedOrder, PostOnly, SelfTrade,
    TimeInForce,
};
use tokfut_api::vault::Posted;
use tokfut_client::{Contract, Failure, Gas, Placed, Protocol, Receipt, Trader};
use tokfut_core::id::AccountId;
use tokfut_core::price::{Lots, Side};
use tokfut_scenario::Call;

use super::market::capitals;
use super::money::coins;
use super::session::{Place, Signer, account_of, looked_at};
use super::table::{Table, json, line, or_dash};

/// Places an order, e.g. `order buy 3 TOKZ26 at 1.6100` or `order sell 3 TOKZ26 worst 1.6000`; or many of a file.
#[derive(Args)]
pub struct Order {
    #[command(flatten)]
    terms: Option<Terms>,
    /// A file instead, JSON Lines: orders of the schema's `new_order` (`account` may be left out), and
    /// `{"cancel":ID}` with an order's id or your own number. One transaction: all of it happens, or nothing. `-` is
    /// standard input.
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
    #[arg(required_unless_present = "batch", value_parser = capitals)]
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
        let (series, side) = (order.series.clone(), order.side);
        let Placed { order, receipt } = trader.place(order).await?;
        let quoted = quotation(trader.protocol(), &series);
        let fills = receipt.events_of::<Filled>();
        if self.place.json {
            let fills: Vec<_> = fills.iter().map(|fill| fill_json(fill, quoted)).collect();
            return json(&json!({
                "hash": receipt.hash, "height": receipt.height, "gas": receipt.gas_used, "placed": order, "fills": fills
            }));
        }
        let did = match side {
            Side::Buy => "bought",
            Side::Sell => "sold",
        };
        for fill in &fills {
            line(format!("{did} {} {series} at {}", fill.lots, fill.price.to_decimal(quoted)))?;
        }
        if !fills.is_empty() {
            line(format!("fee {}", coins(fee(&receipt.events_of()))))?;
        }
        line(summary(&order))?;
        Ok(())
    }
}

/// What the taker paid, base units: the fund and the treasury have a part each, and the makers where they are paid.
fn fee(postings: &[Posted]) -> u128 {
    let own = postings.iter().filter(|posted| ["taker_fee", "maker_rebate"].contains(&posted.kind.as_str()));
    let parts = own.map(|posted| posted.amount.base_units());
    parts.fold(0, u128::saturating_add)
}

/// Digits after the point of a series' prices: those of its product.
pub fn quotation(protocol: &Protocol, series: &str) -> u8 {
    let product = series.get(..3).and_then(|code| protocol.deployment().spec.product(code));
    product.map_or(0, |product| product.decimals)
}

/// A trade for machines: price in the product's quotation.
pub fn fill_json(fill: &Filled, decimals: u8) -> Value {
    let id = fill.order.to_string();
    json!({"price": fill.price.to_decimal(decimals), "lots": fill.lots, "side": fill.side, "against": id})
}

/// What became of an order, on one line.
fn summary(PlacedOrder { filled, resting, cancelled, order, .. }: &PlacedOrder) -> String {
    let id = order.as_ref().map_or_else(String::new, |id| format!(" as order {id}"));
    format!("filled {filled}, resting {resting}{id}, cancelled {cancelled}")
}

async fn batch(trader: &Trader, account: AccountId, file: &PathBuf, as_json: bool) -> anyhow::Result<()> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())?
    } else {
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?
    };
    let mut calls = Vec::new();
    for (number, text) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let message = one_of_batch(text, account).map_err(|error| invalid_batch(&format!("line {number}: {error}")))?;
        calls.push(Call::new(Contract::Market, &message)?);
    }
    if calls.is_empty() {
        return Err(invalid_batch("there is nothing in it").into());
    }
    let receipt = trader.transact(&calls, Gas::Estimated).await?;
    for outcome in &receipt.outcomes {
        let removed = outcome.events_of::<OrderRemoved>();
        match serde_json::from_value::<PlacedOrder>(outcome.data_json()) {
            Ok(placed) if as_json => json(&json!({"placed": placed}))?,
            Ok(placed) => line(summary(&placed))?,
            Err(_) if as_json => json(&json!({"cancelled": removed.iter().map(removed_json).collect::<Vec<_>>()}))?,
            Err(_) => removed.iter().try_for_each(|removed| line(cancelled(removed)))?,
        }
    }
    Ok(())
}

fn invalid_batch(words: &str) -> Failure {
    Failure::new("invalid_batch", words)
}

/// A line of a batch as a message of the market.
fn one_of_batch(text: &str, account: AccountId) -> Result<ExecuteMsg, serde_json::Error> {
    let mut step: Value = serde_json::from_str(text)?;
    if let Some(cancel) = step.get("cancel") {
        let written = cancel.as_str().map_or_else(|| cancel.to_string(), ToString::to_string);
        return Ok(ExecuteMsg::CancelOrder { account, order: order_ref(&written) });
    }
    if let Some(fields) = step.as_object_mut() {
        fields.entry("account").or_insert_with(|| json!(account));
    }
    serde_json::from_value(step).map(ExecuteMsg::PlaceOrder)
}

impl Orders {
    /// Lists them.
    pub async fn run(self) -> anyhow::Result<()> {
        let (protocol, account) = looked_at(&self.place, &self.signer, self.account).await?;
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
        Ok(table.print("no open orders")?)
    }
}

impl Cancel {
    /// Cancels them, in one transaction.
    pub async fn run(self) -> anyhow::Result<()> {
        let trader = self.place.trader(&self.signer).await?;
        let account = account_of(&trader, self.account).await?;
        let call =
            |name: &String| Call::new(Contract::Market, &ExecuteMsg::CancelOrder { account, order: order_ref(name) });
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

/// An order by its id, or by the account's own number.
fn order_ref(written: &str) -> OrderRef {
    match written.parse::<u64>() {
        Ok(number) => OrderRef::ClientId(number.into()),
        Err(_) => OrderRef::Id(written.to_string()),
    }
}

fn removed(as_json: bool, receipt: &Receipt) -> anyhow::Result<()> {
    let removed = receipt.events_of::<OrderRemoved>();
    if as_json {
        let removed: Vec<_> = removed.iter().map(removed_json).collect();
        let (hash, height, gas) = (&receipt.hash, receipt.height, receipt.gas_used);
        return json(&json!({"hash": hash, "height": height, "gas": gas, "cancelled": removed}));
    }
    for OrdersVoided { account, .. } in receipt.events_of() {
        line(format!("account {} has no open orders any more", account.0))?;
    }
    Ok(removed.iter().try_for_each(|removed| line(cancelled(removed)))?)
}

fn cancelled(OrderRemoved { order, lots, .. }: &OrderRemoved) -> String {
    format!("cancelled {lots} lots of order {order}")
}

fn removed_json(OrderRemoved { order, lots, .. }: &OrderRemoved) -> Value {
    json!({"order": order.to_string(), "lots": lots})
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokfut_core::money::Amount;

    #[test]
    fn the_fee_is_the_sum_of_its_parts_and_the_takers_alone() {
        let posted = |kind: &str, to: &str, amount| Posted {
            kind: kind.to_string(),
            from: "account:8".to_string(),
            to: to.to_string(),
            amount: Amount::new(amount),
        };
        let fees = [("taker_fee", "insurance", 3), ("taker_fee", "treasury", 2), ("maker_fee", "treasury", 7)];
        assert_eq!(fee(&fees.map(|(kind, to, amount)| posted(kind, to, amount))), 5);
        let with_rebate = [("taker_fee", "insurance", 3), ("maker_rebate", "account:16", 11)];
        assert_eq!(fee(&with_rebate.map(|(kind, to, amount)| posted(kind, to, amount))), 14);
        assert_eq!(fee(&[]), 0);
    }

    #[test]
    fn a_line_of_a_batch_is_an_order_or_a_cancel() {
        let account = AccountId(8);
        let cancel = |order| ExecuteMsg::CancelOrder { account, order };
        let by_number = cancel(OrderRef::ClientId(7.into()));
        assert_eq!(one_of_batch(r#"{"cancel":7}"#, account).unwrap(), by_number);
        assert_eq!(one_of_batch(r#"{"cancel":"7"}"#, account).unwrap(), by_number);
        let by_id = cancel(OrderRef::Id("1-b-16000-91".to_string()));
        assert_eq!(one_of_batch(r#"{"cancel":"1-b-16000-91"}"#, account).unwrap(), by_id);
        let order = r#"{"series":"TOKZ26","side":"buy","lots":"3","price":{"limit":"1.6100"}}"#;
        let ExecuteMsg::PlaceOrder(order) = one_of_batch(order, account).unwrap() else { panic!("no order") };
        assert_eq!((order.account, order.lots), (account, Lots::new(3)));
        for bad in ["", "{}", "[]", r#"{"series":"TOKZ26","side":"buy","lots":3,"price":"1.6100"}"#] {
            assert!(one_of_batch(bad, account).is_err(), "{bad}");
        }
    }
}
