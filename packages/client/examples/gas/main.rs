//! Measures the gas of every user act on a fresh, untended deployment: whole transactions, one signature.
//!
//! usage: gas DEPLOYMENT STATE     STATE: how many accounts and orders the chain is filled with before it is measured
//!                                 a second time
//!
//! Prints JSON: the acts, each with its gas before and after the filling.

mod busy;
mod filling;
mod liquidation;

use std::collections::BTreeMap;
use std::time::Duration;

use cosmwasm_std::Coin;
use serde_json::json;
use tokfut_api::market::{ExecuteMsg as Market, NewOrder, OrderPrice, SelfTrade, TimeInForce};
use tokfut_api::oracle::{self, ExecuteMsg as Oracle};
use tokfut_api::vault::{ExecuteMsg as Vault, OpenedAccount};
use tokfut_client::{
    Contract, Deployment, Failure, Gas, GasPrice, Key, Node, Protocol, Receipt, Trader, Wallet, bank_send, canonical,
};
use tokfut_core::id::AccountId;
use tokfut_core::money::Amount;
use tokfut_core::price::{Lots, Price, Side};
use tokfut_core::time::Time;
use tokfut_scenario::fixing::{RELAYER, Signing};
use tokfut_scenario::{Call, Panel};

/// A limit that never binds and whose size is the same in every transaction measured.
const LIMIT: Gas = Gas::Limit(50_000_000);
/// The one product that is measured.
const PRODUCT: &str = "TOK";
const DECIMALS: u8 = 4;
const TICK: u32 = 10;
/// The index, in price units.
const INDEX: u32 = 16_480;
/// What accounts are paid: a hundred thousand coins.
const CASH: Amount = Amount::new(100_000_000_000);
/// So many fills in one order, to tell a fill from its order.
const FILLS: u32 = 10;

type Table = Vec<(String, u64)>;

struct Bench {
    protocol: Protocol,
    gas_price: GasPrice,
    keeper: Trader,
    relayer: Trader,
    /// The series that is traded.
    series: String,
    table: Table,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(state)) = (arguments.next(), arguments.next()) else {
        return Err(Failure::new("usage", "gas DEPLOYMENT STATE"));
    };
    let state: usize = state.parse().map_err(|error| Failure::new("usage", error))?;
    let text = std::fs::read_to_string(&path).map_err(|error| Failure::new("usage", error))?;
    let deployment = Deployment::parse(&text)?;
    let node = Node::connect(&deployment.node).await?;
    let mut bench = Bench::new(Protocol::new(&node, deployment)?)?;
    bench.begin().await?;
    bench.measure("few").await?;
    let few = std::mem::take(&mut bench.table);
    let mut many = Table::new();
    if state > 0 {
        bench.fill(state).await?;
        bench.measure("many").await?;
        bench.settle().await?;
        many = std::mem::take(&mut bench.table);
    }
    let many: BTreeMap<String, u64> = many.into_iter().collect();
    let acts: Vec<_> = few.iter().map(|(act, gas)| json!({"act": act, "few": gas, "many": many.get(act)})).collect();
    println!("{}", json!({"state": state, "acts": acts}));
    Ok(())
}

impl Bench {
    fn new(protocol: Protocol) -> Result<Self, Failure> {
        let gas_price: GasPrice = protocol.deployment().gas_price.parse()?;
        let trader = |name: &str| trader(&protocol, name, &gas_price);
        let (keeper, relayer) = (trader("keeper")?, trader(RELAYER)?);
        Ok(Self { keeper, relayer, protocol, gas_price, series: String::new(), table: Vec::new() })
    }

    fn trader(&self, name: &str) -> Result<Trader, Failure> {
        trader(&self.protocol, name, &self.gas_price)
    }

    fn note(&mut self, act: &str, receipt: &Receipt) {
        eprintln!("{act}: {}", receipt.gas_used);
        self.table.push((act.to_string(), receipt.gas_used));
    }

    /// The first fixing, its finalisation, the listing, the first settlement.
    async fn begin(&mut self) -> Result<(), Failure> {
        // An account's first transaction costs 12,600 more: not what is measured.
        for trader in [&self.keeper, &self.relayer] {
            let mine = bank_send(trader.wallet().address(), trader.wallet().address(), &[Coin::new(1u128, "ustake")]);
            trader.wallet().send(vec![mine], LIMIT).await?;
        }
        let spec = self.protocol.deployment().spec.clone();
        let feed = spec.known_feed(PRODUCT)?;
        let standing = self.protocol.feed(feed.id).await?;
        // One whose window has not closed.
        let since = self.protocol.now().await?.seconds().saturating_sub(feed.anchor.seconds());
        let open = since.saturating_sub(feed.window).div_ceil(feed.interval);
        let round = standing.next_round.max(open);
        let fixed = feed.anchor.seconds().saturating_add(round.saturating_mul(feed.interval));
        self.wait(Time::new(fixed)).await?;
        let submit = self.submit(feed, round, Time::new(fixed))?;
        let receipt = self.relayer.transact(&[submit], LIMIT).await?;
        self.note("oracle: relay a fixing of seven signers", &receipt);
        self.wait(Time::new(fixed.saturating_add(feed.final_after))).await?;
        let finalise = Call::new(Contract::Oracle, &Oracle::Finalise { feed: feed.id, limit: None })?;
        let receipt = self.keeper.transact(&[finalise], LIMIT).await?;
        self.note("oracle: finalise a fixing", &receipt);
        let list = Call::new(Contract::Market, &Market::ListSeries { product: PRODUCT.to_string() })?;
        let receipt = self.keeper.transact(&[list], LIMIT).await?;
        let listed = self.protocol.series_list(PRODUCT).await?;
        self.note(&format!("market: list {} series", listed.len()), &receipt);
        let series = listed.get(1).ok_or_else(|| Failure::new("bench", "nothing is listed"))?;
        self.series = series.code.clone();
        self.settle().await
    }

    fn submit(&self, feed: &oracle::FeedConfig, round: u64, fixed: Time) -> Result<Call, Failure> {
        let deployment = self.protocol.deployment();
        let panel = Panel::reference(deployment.spec.panel)?;
        let address = canonical(&deployment.oracle)?;
        let signing = Signing { chain_id: &deployment.chain_id, oracle: &address, panel: &panel };
        let value = Price::new(INDEX).map(|price| price.to_decimal(DECIMALS)).unwrap_or_default();
        let sign = |publisher| signing.observation(feed, round, fixed, publisher, Some(&value));
        let observations = (0..deployment.spec.panel).map(sign).collect::<Result<Vec<_>, _>>()?;
        Call::new(Contract::Oracle, &Oracle::Submit { feed: feed.id, round, revision: 0, observations })
    }

    async fn wait(&self, time: Time) -> Result<(), Failure> {
        while self.protocol.now().await? < time {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Waits for the next strike, strikes, waits for the grace, finalises.
    async fn settle(&mut self) -> Result<(), Failure> {
        let due = self.protocol.product(PRODUCT).await?.next_strike;
        self.wait(due.unwrap_or(Time::new(0))).await?;
        let (strike, finalised) = self.settle_now().await?;
        let series = self.protocol.series_list(PRODUCT).await?.len();
        self.note(&format!("market: strike {series} series"), &strike);
        self.note(&format!("vault: finalise {series} series"), &finalised);
        Ok(())
    }

    async fn settle_now(&self) -> Result<(Receipt, Receipt), Failure> {
        let strike = Call::new(Contract::Market, &Market::Strike { product: PRODUCT.to_string() })?;
        let strike = self.keeper.transact(&[strike], LIMIT).await?;
        let from = self.protocol.settlement(PRODUCT).await?.finalises_from;
        self.wait(from.unwrap_or(Time::new(0))).await?;
        let finalise = Call::new(Contract::Vault, &Vault::Finalise { product: PRODUCT.to_string() })?;
        Ok((strike, self.keeper.transact(&[finalise], LIMIT).await?))
    }

    /// Settles if a strike is due: until then nothing trades.
    async fn keep(&self) -> Result<(), Failure> {
        let due = self.protocol.product(PRODUCT).await?.next_strike;
        // Ten real seconds before, so that a measurement does not run into it.
        let speed = u64::from(self.protocol.deployment().spec.clock.speed);
        let soon = self.protocol.now().await?.seconds().saturating_add(speed.saturating_mul(10));
        if let Some(due) = due.filter(|due| due.seconds() <= soon) {
            self.wait(due).await?;
            self.settle_now().await?;
        }
        Ok(())
    }
}

fn trader(protocol: &Protocol, name: &str, gas_price: &GasPrice) -> Result<Trader, Failure> {
    let prefix = &protocol.deployment().prefix;
    let wallet = Wallet::new(protocol.node(), Key::test(name)?, prefix, gas_price.clone())?;
    Ok(Trader::new(protocol.clone(), wallet))
}

/// A user on his account.
struct User {
    trader: Trader,
    account: AccountId,
    series: String,
}

impl User {
    fn order(&self, side: Side, lots: u64, units: u32, lasts: TimeInForce) -> Result<Call, Failure> {
        let price = Price::new(units).map_err(|error| Failure::new("bench", error))?.to_decimal(DECIMALS);
        let order = NewOrder {
            account: self.account,
            series: self.series.clone(),
            side,
            lots: Lots::new(lots),
            price: OrderPrice::Limit(price),
            time_in_force: Some(lasts),
            post_only: None,
            reduce_only: false,
            self_trade: SelfTrade::CancelResting,
            client_id: None,
            max_fills: None,
        };
        Call::new(Contract::Market, &Market::PlaceOrder(order))
    }

    async fn acts(&self, calls: Vec<Call>) -> Result<Receipt, Failure> {
        self.trader.transact(&calls, LIMIT).await
    }

    async fn rests(&self, side: Side, units: u32) -> Result<Receipt, Failure> {
        self.acts(vec![self.order(side, 1, units, TimeInForce::Gtc)?]).await
    }

    async fn takes(&self, side: Side, lots: u64, units: u32) -> Result<Receipt, Failure> {
        self.acts(vec![self.order(side, lots, units, TimeInForce::Ioc)?]).await
    }
}

/// Above and below the index, in ticks.
fn above(ticks: u32) -> u32 {
    INDEX.saturating_add(ticks.saturating_mul(TICK))
}

fn below(ticks: u32) -> u32 {
    INDEX.saturating_sub(ticks.saturating_mul(TICK))
}

impl Bench {
    /// Every act of a user, of three users who come for the first time.
    async fn measure(&mut self, epoch: &str) -> Result<(), Failure> {
        self.keep().await?;
        let maker = self.arrives(&format!("maker {epoch}"), true).await?;
        let taker = self.arrives(&format!("taker {epoch}"), false).await?;
        let other = self.arrives(&format!("other {epoch}"), false).await?;
        self.resting(&maker).await?;
        self.keep().await?;
        self.taking(&maker, &taker, &other).await?;
        self.keep().await?;
        self.leaving(&taker, &maker).await?;
        self.keep().await?;
        self.busy(epoch, [&maker, &taker, &other]).await?;
        self.keep().await?;
        let victim = self.arrives_with(&format!("victim {epoch}"), liquidation::CASH, false).await?;
        self.liquidating(&victim, [&maker, &taker, &other]).await
    }

    /// A new user with plenty of coins, who opens an account and pays in.
    async fn arrives(&mut self, name: &str, noted: bool) -> Result<User, Failure> {
        self.arrives_with(name, CASH, noted).await
    }

    /// A new user who pays in `cash`.
    async fn arrives_with(&mut self, name: &str, cash: Amount, noted: bool) -> Result<User, Failure> {
        let trader = self.trader(name)?;
        let faucet = self.trader("faucet")?;
        let coins = [Coin::new(1_000_000_000u128, "ustake"), Coin::new(CASH.base_units().saturating_mul(10), "uusd")];
        faucet
            .wallet()
            .send(vec![bank_send(faucet.wallet().address(), trader.wallet().address(), &coins)], LIMIT)
            .await?;
        let mine = bank_send(trader.wallet().address(), trader.wallet().address(), &[Coin::new(1u128, "ustake")]);
        trader.wallet().send(vec![mine], LIMIT).await?;
        let open = Call::new(Contract::Vault, &Vault::OpenAccount {})?;
        let opened = trader.transact(&[open], LIMIT).await?;
        let account = opened_account(&opened)?;
        let funds = vec![Coin::new(cash.base_units(), "uusd")];
        let deposit = Call { funds, ..Call::new(Contract::Vault, &Vault::Deposit { account })? };
        let first = trader.transact(std::slice::from_ref(&deposit), LIMIT).await?;
        if noted {
            self.note("vault: open an account", &opened);
            self.note("vault: deposit, the first", &first);
            let again = trader.transact(&[deposit], LIMIT).await?;
            self.note("vault: deposit", &again);
        }
        Ok(User { trader, account, series: self.series.clone() })
    }

    async fn resting(&mut self, maker: &User) -> Result<(), Failure> {
        let receipt = maker.rests(Side::Buy, below(60)).await?;
        self.note("market: rest an order, the account's first in the series", &receipt);
        let receipt = maker.rests(Side::Buy, below(61)).await?;
        self.note("market: rest an order", &receipt);
        let receipt = maker.rests(Side::Buy, below(61)).await?;
        self.note("market: rest an order at a price where one rests", &receipt);
        let id = self.protocol.orders(maker.account, None, None).await?;
        let id = id.last().map(|order| order.id.clone()).unwrap_or_default();
        let cancel = Market::CancelOrder { account: maker.account, order: tokfut_api::market::OrderRef::Id(id) };
        let receipt = maker.acts(vec![Call::new(Contract::Market, &cancel)?]).await?;
        self.note("market: cancel an order", &receipt);
        let ten = (0..10).map(|tick| maker.order(Side::Buy, 1, below(70u32.saturating_add(tick)), TimeInForce::Gtc));
        let receipt = maker.acts(ten.collect::<Result<Vec<_>, _>>()?).await?;
        self.note("market: rest ten orders in one transaction", &receipt);
        let all = Call::new(Contract::Market, &Market::CancelAll { account: maker.account })?;
        let receipt = maker.acts(vec![all]).await?;
        self.note("market: cancel all of twelve orders", &receipt);
        Ok(())
    }

    async fn taking(&mut self, maker: &User, taker: &User, other: &User) -> Result<(), Failure> {
        maker.rests(Side::Sell, above(1)).await?;
        let receipt = taker.takes(Side::Buy, 1, above(1)).await?;
        self.note("market: take an order whole, both accounts' first trade", &receipt);
        maker.rests(Side::Sell, above(1)).await?;
        let receipt = taker.takes(Side::Buy, 1, above(1)).await?;
        self.note("market: take an order whole", &receipt);
        maker.acts(vec![maker.order(Side::Sell, 5, above(1), TimeInForce::Gtc)?]).await?;
        let receipt = taker.takes(Side::Buy, 1, above(1)).await?;
        self.note("market: take a part of an order", &receipt);
        taker.takes(Side::Buy, 4, above(1)).await?;
        let orders =
            (0..FILLS).map(|tick| maker.order(Side::Sell, 1, above(1u32.saturating_add(tick)), TimeInForce::Gtc));
        maker.acts(orders.collect::<Result<Vec<_>, _>>()?).await?;
        let receipt = taker.takes(Side::Buy, u64::from(FILLS), above(FILLS)).await?;
        self.note("market: take ten orders of one account", &receipt);
        // Against two accounts in turn, both with a position.
        other.rests(Side::Sell, above(1)).await?;
        taker.takes(Side::Buy, 1, above(1)).await?;
        for user in [maker, other] {
            let orders = (0..5).map(|_| user.order(Side::Sell, 1, above(1), TimeInForce::Gtc));
            user.acts(orders.collect::<Result<Vec<_>, _>>()?).await?;
        }
        let receipt = taker.takes(Side::Buy, 10, above(1)).await?;
        self.note("market: take ten orders of two accounts", &receipt);
        let simple = taker.order(Side::Buy, 1, below(60), TimeInForce::Gtc)?;
        let receipt = taker.acts(vec![simple]).await?;
        self.note("market: rest an order with a position", &receipt);
        Ok(())
    }

    async fn leaving(&mut self, taker: &User, maker: &User) -> Result<(), Failure> {
        let withdraw = Vault::Withdraw { account: maker.account, amount: Amount::new(1_000_000) };
        let receipt = maker.acts(vec![Call::new(Contract::Vault, &withdraw)?]).await?;
        self.note("vault: withdraw, with a position", &receipt);
        let touch = Call::new(Contract::Vault, &Vault::Touch { accounts: vec![taker.account] })?;
        let receipt = self.keeper.transact(&[touch], LIMIT).await?;
        self.note("vault: touch an account", &receipt);
        let marks = Call::new(Contract::Market, &Market::PushMarks { series: vec![self.series.clone()] })?;
        let receipt = self.keeper.transact(&[marks], LIMIT).await?;
        self.note("market: push a mark", &receipt);
        Ok(())
    }
}

fn opened_account(receipt: &Receipt) -> Result<AccountId, Failure> {
    let data = receipt.outcomes.first().map(|outcome| outcome.data_json()).unwrap_or_default();
    let opened: OpenedAccount = serde_json::from_value(data).map_err(|error| Failure::new("bench", error))?;
    Ok(opened.account)
}
