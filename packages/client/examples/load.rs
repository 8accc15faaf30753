//! Feeds a node with one kind of work from many accounts at once, for some seconds. `scripts/throughput` measures.
//!
//! usage: load DEPLOYMENT ACCOUNTS SECONDS KIND
//!   KIND: open      opens and funds the accounts, and nothing else
//!         sends     bank sends, one a transaction
//!         orders    orders of one lot at one price of the nearest series, one a transaction: half rest, half take them
//!         tens      the same orders, ten a transaction
//!
//! Prints JSON: how many the node has taken, how many it has not, and between which heights.

use std::time::{Duration, Instant};

use cosmwasm_std::Coin;
use serde_json::json;
use tokfut_api::market::{ExecuteMsg as Market, NewOrder, OrderPrice, SelfTrade};
use tokfut_client::{Contract, Deployment, Failure, Gas, Key, Node, Protocol, Trader, Wallet, bank_send};
use tokfut_core::id::AccountId;
use tokfut_core::money::Amount;
use tokfut_core::price::{Lots, Side};
use tokfut_scenario::Call;
use tokio::task::JoinSet;

/// What an account is paid: a million coins of a millionth each; and for fees.
const CASH: u128 = 1_000_000_000_000;
const FEES: u128 = 1_000_000_000;
/// Transactions of one account in the mempool at once.
const UNDER_WAY: u64 = 20;
/// Gas that a transaction and each act in it may use: a block is full by what its transactions may, not by what they do.
const LIMIT: u64 = 100_000;
/// How long an account waits for a block when it has so many, or when the node refuses.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Sends,
    /// So many a transaction.
    Orders(u64),
}

/// One account's work.
struct Feeder {
    trader: Trader,
    account: AccountId,
    /// The series and the price of its orders.
    series: String,
    price: String,
    /// How many orders it has made; buys and sells take turns, and even and odd accounts begin with different ones.
    made: u64,
    /// Its sequence when it began.
    before: Option<u64>,
}

#[derive(Default)]
struct Tally {
    taken: u64,
    refused: u64,
    /// The last refusal.
    why: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let usage = || Failure::new("usage", "load DEPLOYMENT ACCOUNTS SECONDS KIND");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, accounts, seconds, kind] = arguments.as_slice() else { return Err(usage()) };
    let kind = match kind.as_str() {
        "open" => Kind::Open,
        "sends" => Kind::Sends,
        "orders" => Kind::Orders(1),
        "tens" => Kind::Orders(10),
        _ => return Err(usage()),
    };
    let accounts: u64 = accounts.parse().map_err(|_| usage())?;
    let seconds = Duration::from_secs(seconds.parse().map_err(|_| usage())?);
    let deployment = Deployment::parse(&std::fs::read_to_string(path).map_err(|_| usage())?)?;
    let node = Node::connect(&deployment.node).await?;
    let protocol = Protocol::new(&node, deployment)?;
    if kind == Kind::Open {
        return open(&protocol, accounts).await;
    }
    feed(&protocol, kind, accounts, seconds).await
}

fn trader(protocol: &Protocol, number: u64) -> Result<Trader, Failure> {
    signer(protocol, &format!("load-{number}"))
}

fn signer(protocol: &Protocol, name: &str) -> Result<Trader, Failure> {
    let deployment = protocol.deployment();
    let price = deployment.gas_price.parse()?;
    let wallet = Wallet::new(protocol.node(), Key::test(name)?, &deployment.prefix, price)?;
    Ok(Trader::new(protocol.clone(), wallet))
}

/// Accounts of their own keys, with cash and with coins for fees, from the faucet.
async fn open(protocol: &Protocol, accounts: u64) -> Result<(), Failure> {
    let faucet = signer(protocol, "faucet")?;
    let denom = protocol.deployment().spec.denom.clone();
    let coins = [Coin::new(FEES, "ustake"), Coin::new(CASH, denom)];
    let traders = (0..accounts).map(|number| trader(protocol, number)).collect::<Result<Vec<_>, _>>()?;
    let sends =
        traders.iter().map(|trader| bank_send(faucet.wallet().address(), trader.wallet().address(), &coins)).collect();
    faucet.wallet().send(sends, Gas::Estimated).await?;
    let mut work = JoinSet::new();
    for trader in traders {
        work.spawn(async move {
            let account = trader.open_account().await?;
            trader.deposit(account, Amount::new(CASH)).await
        });
    }
    while let Some(done) = work.join_next().await {
        done.map_err(|error| Failure::new("failed", error))??;
    }
    Ok(())
}

async fn feed(protocol: &Protocol, kind: Kind, accounts: u64, seconds: Duration) -> Result<(), Failure> {
    let list = protocol.series_list("TOK").await?;
    let nearest = list.iter().find(|series| series.status.may_open());
    let nearest = nearest.ok_or_else(|| Failure::new("no_series", "none is open"))?;
    // On the grid of ticks, between the quotes of whoever makes the market.
    let price = format!("{}0", nearest.mark.get(..nearest.mark.len().saturating_sub(1)).unwrap_or_default());
    let mut feeders = Vec::new();
    for made in 0..accounts {
        let trader = trader(protocol, made)?;
        let owned = protocol.accounts_of(trader.wallet().address()).await?;
        let account = owned.first().copied().ok_or_else(|| Failure::new("no_account", made))?;
        feeders.push(Feeder {
            trader,
            account,
            series: nearest.code.clone(),
            price: price.clone(),
            made,
            before: None,
        });
    }
    let after = protocol.node().latest().await?.height;
    let began = Instant::now();
    let mut work = JoinSet::new();
    for feeder in feeders {
        work.spawn(feeder.run(kind, began, seconds));
    }
    let mut total = Tally::default();
    while let Some(tally) = work.join_next().await {
        let tally = tally.map_err(|error| Failure::new("failed", error))?;
        total.taken = total.taken.saturating_add(tally.taken);
        total.refused = total.refused.saturating_add(tally.refused);
        total.why = tally.why.or(total.why);
    }
    let last = protocol.node().latest().await?.height;
    let Tally { taken, refused, why } = total;
    println!("{}", json!({"taken": taken, "refused": refused, "why": why, "after": after, "last": last}));
    Ok(())
}

impl Feeder {
    async fn run(mut self, kind: Kind, began: Instant, seconds: Duration) -> Tally {
        let mut tally = Tally::default();
        let mut room = 0;
        while began.elapsed() < seconds {
            if room == 0 {
                match self.room(tally.taken).await {
                    Ok(more) if more > 0 => room = more,
                    _ => {
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                }
            }
            room = room.saturating_sub(1);
            match self.once(kind).await {
                Ok(()) => tally.taken = tally.taken.saturating_add(1),
                Err(failure) => {
                    tally.refused = tally.refused.saturating_add(1);
                    tally.why = Some(failure.to_string());
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        tally
    }

    /// How many transactions more may be under way.
    async fn room(&mut self, taken: u64) -> Result<u64, Failure> {
        let node = self.trader.protocol().node();
        let standing = node.standing(self.trader.wallet().address()).await?;
        let in_blocks = standing.map_or(0, |standing| standing.sequence);
        let before = *self.before.get_or_insert(in_blocks);
        let under_way = taken.saturating_sub(in_blocks.saturating_sub(before));
        Ok(UNDER_WAY.saturating_sub(under_way))
    }

    fn order(&mut self) -> NewOrder {
        self.made = self.made.saturating_add(1);
        NewOrder {
            account: self.account,
            series: self.series.clone(),
            side: if self.made.is_multiple_of(2) { Side::Buy } else { Side::Sell },
            lots: Lots::new(1),
            price: OrderPrice::Limit(self.price.clone()),
            time_in_force: None,
            post_only: None,
            reduce_only: false,
            self_trade: SelfTrade::CancelResting,
            client_id: None,
            max_fills: None,
        }
    }

    async fn once(&mut self, kind: Kind) -> Result<(), Failure> {
        match kind {
            Kind::Open => Ok(()),
            Kind::Sends => {
                let mine = self.trader.wallet().address();
                let send = bank_send(mine, mine, &[Coin::new(1u128, "ustake")]);
                self.trader.wallet().submit(vec![send], Gas::Limit(LIMIT)).await.map(drop)
            }
            Kind::Orders(count) => {
                let orders = (0..count).map(|_| Call::new(Contract::Market, &Market::PlaceOrder(self.order())));
                let orders = orders.collect::<Result<Vec<_>, _>>()?;
                let gas = Gas::Limit(LIMIT.saturating_mul(count.saturating_add(1)));
                self.trader.submit(&orders, gas).await.map(drop)
            }
        }
    }
}
