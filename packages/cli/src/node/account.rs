//! Accounts: opening, paying in and out, standing, ledger.

use clap::{Args, Subcommand};
use serde_json::json;
use tokfut_api::vault::{AccountResponse, Posted};
use tokfut_client::{Protocol, Receipt};
use tokfut_core::price::Lots;

use super::money::{amount, coins};
use super::session::{Place, Signer, account_of, looked_at};
use super::table::{Table, json, line};

/// Shows an account; opens or lists accounts.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Account {
    #[command(subcommand)]
    what: Option<What>,
    /// Which; the signer's first if not given.
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Subcommand)]
enum What {
    Open(Open),
    List(List),
}

/// Opens an account for the signer.
#[derive(Args)]
struct Open {
    /// Pays so much in at once, in coins of the collateral.
    #[arg(long)]
    deposit: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

/// Lists the signer's accounts.
#[derive(Args)]
struct List {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

/// Pays coins in, e.g. `deposit 10000` or `deposit 12.50`.
#[derive(Args)]
pub struct Deposit {
    /// In coins of the collateral, up to six decimals.
    amount: String,
    /// Into which account; the signer's first if not given.
    #[arg(long)]
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

/// Pays free cash out to the owner, e.g. `withdraw 250` or `withdraw all`.
#[derive(Args)]
pub struct Withdraw {
    /// In coins of the collateral, or `all` that may be withdrawn now.
    amount: String,
    /// From which account; the signer's first if not given.
    #[arg(long)]
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

/// Shows an account's positions.
#[derive(Args)]
pub struct Positions {
    /// Which account; the signer's first if not given.
    account: Option<u64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    signer: Signer,
}

/// Shows every pot of the clearing house, or the money movements of the latest blocks.
#[derive(Args)]
pub struct Ledger {
    /// Movements of so many blocks, latest last, instead of the pots.
    #[arg(long, value_name = "BLOCKS")]
    postings: Option<u64>,
    #[command(flatten)]
    place: Place,
}

impl Account {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        match &self.what {
            Some(What::Open(open)) => open.run().await,
            Some(What::List(list)) => list.run().await,
            None => self.show().await,
        }
    }

    async fn show(&self) -> anyhow::Result<()> {
        let (protocol, account) = looked_at(&self.place, &self.signer, self.account).await?;
        let account = protocol.account(account).await?;
        if self.place.json {
            return json(&account);
        }
        line(format!("account {} of {}: {}\n", account.account.0, account.owner, level(&account)))?;
        let mut table = Table::new(&["", "coins"]);
        for (name, value) in [
            ("cash", coins(account.cash)),
            ("unsettled", coins(account.unsettled)),
            ("equity", coins(account.equity)),
            ("initial margin", coins(account.initial_margin)),
            ("maintenance", coins(account.maintenance_margin)),
            ("withdrawable", coins(account.withdrawable)),
        ] {
            table.row([name.to_string(), value]);
        }
        table.print("nothing")?;
        line(format!("a coin is 1,000,000 {}\n", protocol.deployment().spec.denom))?;
        Ok(positions(&account).print(NO_POSITIONS)?)
    }
}

impl Open {
    async fn run(&self) -> anyhow::Result<()> {
        let deposit = self.deposit.as_deref().map(amount).transpose()?;
        let trader = self.place.trader(&self.signer).await?;
        let account = trader.open_account().await?;
        if let Some(deposit) = deposit {
            trader.deposit(account, deposit).await?;
        }
        if self.place.json {
            return json(&json!({"account": account, "deposited": deposit}));
        }
        let paid = deposit.map_or_else(String::new, |deposit| format!(", {} paid in", coins(deposit)));
        Ok(line(format!("account {} of {}{paid}", account.0, trader.wallet().address()))?)
    }
}

impl List {
    async fn run(&self) -> anyhow::Result<()> {
        let trader = self.place.trader(&self.signer).await?;
        let mut accounts = Vec::new();
        for account in trader.protocol().accounts_of(trader.wallet().address()).await? {
            accounts.push(trader.protocol().account(account).await?);
        }
        if self.place.json {
            return json(&accounts);
        }
        let mut table = Table::new(&["account", "cash", "unsettled", "equity", "margin", "free", "level"]);
        for account in &accounts {
            table.row([
                account.account.0.to_string(),
                coins(account.cash),
                coins(account.unsettled),
                coins(account.equity),
                coins(account.initial_margin),
                coins(account.withdrawable),
                level(account),
            ]);
        }
        Ok(table.print("no accounts: tokfut account open")?)
    }
}

impl Positions {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        let (protocol, account) = looked_at(&self.place, &self.signer, self.account).await?;
        let account = protocol.account(account).await?;
        if self.place.json {
            return json(&account.positions);
        }
        Ok(positions(&account).print(NO_POSITIONS)?)
    }
}

/// What stands in place of positions.
const NO_POSITIONS: &str = "no positions, no open orders";

/// A row a series: lots are positive of a long; resting lots include those that only reduce.
fn positions(account: &AccountResponse) -> Table {
    let mut table = Table::new(&["series", "lots", "mark", "unsettled", "resting buys", "resting sells"]);
    let resting = |open: Lots, reducing: Lots| open.count().saturating_add(reducing.count()).to_string();
    for position in &account.positions {
        table.row([
            position.code.clone(),
            position.lots.to_string(),
            position.mark.clone(),
            coins(position.unsettled),
            resting(position.open_buys, position.reducing_buys),
            resting(position.open_sells, position.reducing_sells),
        ]);
    }
    table
}

fn level(account: &AccountResponse) -> String {
    format!("{:?}", account.level).to_lowercase()
}

impl Deposit {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        let amount = amount(&self.amount)?;
        let trader = self.place.trader(&self.signer).await?;
        let account = account_of(&trader, self.account).await?;
        moved(self.place.json, &trader.deposit(account, amount).await?)
    }
}

impl Withdraw {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        let given = if self.amount == "all" { None } else { Some(amount(&self.amount)?) };
        let trader = self.place.trader(&self.signer).await?;
        let account = account_of(&trader, self.account).await?;
        let amount = match given {
            Some(amount) => amount,
            None => trader.protocol().account(account).await?.withdrawable,
        };
        moved(self.place.json, &trader.withdraw(account, amount).await?)
    }
}

fn moved(as_json: bool, receipt: &Receipt) -> anyhow::Result<()> {
    let postings = receipt.events_of::<Posted>();
    if as_json {
        let postings: Vec<_> = postings.iter().map(posting).collect();
        return json(&json!({"hash": receipt.hash, "height": receipt.height, "postings": postings}));
    }
    for posted in &postings {
        line(movement(receipt.height, posted))?;
    }
    Ok(())
}

/// A money movement on one line.
fn movement(height: u64, Posted { kind, from, to, amount }: &Posted) -> String {
    format!("block {height:<8} {kind:<16} {:>20}  {from} → {to}", coins(*amount))
}

fn posting(posted: &Posted) -> serde_json::Value {
    json!({"kind": posted.kind, "from": posted.from, "to": posted.to, "amount": posted.amount})
}

impl Ledger {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        if let Some(blocks) = self.postings {
            return self.movements(&protocol, blocks).await;
        }
        let sheet = protocol.balance_sheet().await?;
        if self.place.json {
            return json(&sheet);
        }
        let mut table = Table::new(&["pot", "coins"]);
        for (pot, value) in [
            ("accounts", sheet.accounts.to_string()),
            ("clearing", sheet.clearing.to_string()),
            ("insurance", sheet.insurance.to_string()),
            ("treasury", sheet.treasury.to_string()),
            ("haircut", sheet.haircut.to_string()),
            ("shortfall", sheet.shortfall.to_string()),
            ("total", sheet.total.to_string()),
            ("bank", sheet.bank.to_string()),
        ] {
            table.row([pot.to_string(), coins(value)]);
        }
        table.print("nothing")?;
        Ok(line(format!("a coin is 1,000,000 {}", protocol.deployment().spec.denom))?)
    }

    async fn movements(&self, protocol: &Protocol, blocks: u64) -> anyhow::Result<()> {
        let last = protocol.node().latest().await?.height;
        let mut none = true;
        for height in last.saturating_sub(blocks).saturating_add(1)..=last {
            for posted in protocol.node().receipts(height).await?.iter().flat_map(Receipt::events_of::<Posted>) {
                none = false;
                if self.place.json {
                    json(&posting(&posted))?;
                } else {
                    line(movement(height, &posted))?;
                }
            }
        }
        if none && !self.place.json {
            line(format!("no money moved in the {blocks} blocks to {last}"))?;
        }
        Ok(())
    }
}
