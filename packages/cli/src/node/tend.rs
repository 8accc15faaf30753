//! `tokfut tend`: keeps the market of a test network going. The reference panel fixes a constant index, a keeper does
//! its duties, a maker quotes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use tokfut_api::market::{self, NewOrder, OrderPrice, SelfTrade, SeriesResponse};
use tokfut_api::oracle;
use tokfut_client::{Contract, Failure, Gas, Key, Protocol, Trader, canonical};
use tokfut_core::id::AccountId;
use tokfut_core::money::Amount;
use tokfut_core::price::{Lots, Price, Side};
use tokfut_core::product::Product;
use tokfut_core::time::Time;
use tokfut_keeper::{Duty, Keeper, Live, Settings};
use tokfut_scenario::fixing::{RELAYER, Signing};
use tokfut_scenario::{Call, Panel};

use super::session::{Place, read_keys, wallet};

/// What the reference panel observes, by feed.
const INDEX: [(&str, &str); 3] = [("TOK", "1.6489"), ("GPH", "2.3500"), ("CSX", "1000.00")];
/// What the maker begins with: ten million coins.
const MAKERS_CASH: Amount = Amount::new(10_000_000_000_000);
/// The maker quotes so many nearest months of each product, so many levels a side, so many lots each.
const MONTHS: usize = 3;
const LEVELS: u32 = 5;
const LOTS: Lots = Lots::new(5);
/// From round to round.
const PAUSE: Duration = Duration::from_millis(300);
/// How long failures are taken for what passes, with `--once`.
const PATIENCE: Duration = Duration::from_secs(300);

/// Keeps the market of a test network going: the reference panel's fixings (a constant index), all that a keeper does,
/// and a maker's quotes. Its users are `keeper`, `relayer` and `maker` of the keys' file.
#[derive(Args)]
pub struct Tend {
    /// Ends once every product has series and quotes; fails if the node is gone, or if that has not come in five minutes.
    #[arg(long)]
    once: bool,
    /// Leaves the keeper's work to others: fixings and quotes alone.
    #[arg(long)]
    unkept: bool,
    /// The keys' file.
    #[arg(long, env = "TOKFUT_KEYS", value_name = "FILE")]
    keys: PathBuf,
    #[command(flatten)]
    place: Place,
}

struct Desk {
    protocol: Protocol,
    panel: Panel,
    relayer: Trader,
    keeper: Option<Keeper<Live>>,
    maker: Trader,
    /// Once opened.
    account: Option<AccountId>,
}

impl Tend {
    /// Works until ended.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        let keys = read_keys(&self.keys)?;
        let trader = |name: &str| -> anyhow::Result<Trader> {
            let key = keys.get(name).ok_or_else(|| anyhow::anyhow!("the keys' file has no {name}"))?;
            Ok(Trader::new(protocol.clone(), wallet(&protocol, Key::from_mnemonic(&key.mnemonic)?)?))
        };
        let duties = Settings { duties: Duty::ALL.into(), dry_run: false, checkpoint: None, submissions: None };
        let keeper = if self.unkept { None } else { Some(Live::new(trader("keeper")?)) };
        let mut desk = Desk {
            panel: Panel::reference(protocol.deployment().spec.panel)?,
            relayer: trader(RELAYER)?,
            keeper: keeper.map(|chain| Keeper::new(chain, duties, Box::new(tell_trouble))),
            maker: trader("maker")?,
            account: None,
            protocol,
        };
        let began = Instant::now();
        loop {
            match desk.round().await {
                Ok(true) if self.once => return Ok(()),
                Ok(_) => {}
                Err(failure) if self.once && (failure.code == "node_unreachable" || began.elapsed() > PATIENCE) => {
                    return Err(failure.into());
                }
                // Others may have done it in the meantime, or the time was not ripe at the block: the next round sees.
                Err(failure) => eprintln!("{failure}"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Desk {
    /// Does what is due now; true if every product has quotes.
    async fn round(&mut self) -> Result<bool, Failure> {
        let now = self.protocol.now().await?;
        let spec = self.protocol.deployment().spec.clone();
        for feed in &spec.feeds {
            self.fix(feed, now).await?;
        }
        let mut all = true;
        if let Some(keeper) = &mut self.keeper {
            keeper.round().await?;
        }
        for product in &spec.products {
            all &= self.quote(product).await?;
        }
        Ok(all)
    }

    async fn fix(&self, feed: &oracle::FeedConfig, now: Time) -> Result<(), Failure> {
        let Some((_, value)) = INDEX.iter().find(|(symbol, _)| *symbol == feed.symbol) else { return Ok(()) };
        let standing = self.protocol.feed(feed.id).await?;
        let since = now.seconds().checked_sub(feed.anchor.seconds());
        let Some(round) = since.and_then(|since| since.checked_div(feed.interval)) else { return Ok(()) };
        let fixed = feed.anchor.seconds().saturating_add(round.saturating_mul(feed.interval));
        if round < standing.first_round || now.seconds() >= fixed.saturating_add(feed.window) {
            return Ok(());
        }
        let answers = self.protocol.round(feed.id, round).await?;
        if answers.state != "open" || !answers.answers.is_empty() {
            return Ok(());
        }
        let deployment = self.protocol.deployment();
        let signing =
            Signing { chain_id: &deployment.chain_id, oracle: &canonical(&deployment.oracle)?, panel: &self.panel };
        let values = vec![Some(*value); self.panel.len()];
        let calls = signing.calls(feed, &Time::new(fixed).date().to_string(), &values)?;
        self.relayer.transact(&calls, Gas::Estimated).await.map(drop)
    }

    /// Quotes the nearest months whose book the maker has left; true if there are any months.
    async fn quote(&mut self, product: &Product) -> Result<bool, Failure> {
        let listed = self.protocol.series_list(&product.code.to_string()).await?;
        let open: Vec<_> = listed.iter().filter(|series| series.status.may_open()).take(MONTHS).collect();
        let account = self.makers_account().await?;
        for series in &open {
            if series.bid.is_none() || series.ask.is_none() {
                let orders = quotes(product, series, account)?;
                self.maker.transact(&orders, Gas::Estimated).await?;
            }
        }
        Ok(!open.is_empty())
    }

    async fn makers_account(&mut self) -> Result<AccountId, Failure> {
        if let Some(account) = self.account {
            return Ok(account);
        }
        let owned = self.protocol.accounts_of(self.maker.wallet().address()).await?;
        let account = match owned.first() {
            Some(account) => *account,
            None => {
                let account = self.maker.open_account().await?;
                self.maker.deposit(account, MAKERS_CASH).await?;
                account
            }
        };
        self.account = Some(account);
        Ok(account)
    }
}

/// What a keeper tells, where it is not as it should be.
fn tell_trouble(line: &serde_json::Value) {
    let result = line.get("result").and_then(serde_json::Value::as_str);
    if !matches!(result, Some("done" | "nothing")) {
        eprintln!("{line}");
    }
}

/// `LEVELS` orders around the mark, two ticks apart, on each side that has none.
fn quotes(product: &Product, series: &SeriesResponse, account: AccountId) -> Result<Vec<Call>, Failure> {
    let invalid = |error: &dyn core::fmt::Display| Failure::new("invalid_answer", error);
    let price = |text: &str| Price::parse(text, product.decimals).map_err(|error| invalid(&error));
    let (mark, lowest, highest) = (price(&series.mark)?, price(&series.lowest)?, price(&series.highest)?);
    let middle = mark.tick_down(product.tick).map_err(|error| invalid(&error))?;
    let mut calls = Vec::new();
    for level in 1..=LEVELS {
        let away = level.saturating_mul(2).saturating_mul(product.tick.units());
        for side in [Side::Buy, Side::Sell] {
            let units = match side {
                Side::Buy => middle.units().saturating_sub(away),
                Side::Sell => middle.units().saturating_add(away),
            };
            let Ok(limit) = Price::new(units) else { continue };
            let missing = match side {
                Side::Buy => series.bid.is_none(),
                Side::Sell => series.ask.is_none(),
            };
            if !missing || limit < lowest || limit > highest {
                continue;
            }
            let order = NewOrder {
                account,
                series: series.code.clone(),
                side,
                lots: LOTS,
                price: OrderPrice::Limit(limit.to_decimal(product.decimals)),
                time_in_force: None,
                post_only: None,
                reduce_only: false,
                self_trade: SelfTrade::CancelResting,
                client_id: None,
                max_fills: None,
            };
            calls.push(Call::new(Contract::Market, &market::ExecuteMsg::PlaceOrder(order))?);
        }
    }
    Ok(calls)
}
