//! Accounts: opening, paying in and out, standing, ledger.

use clap::{Args, Subcommand};
use serde_json::json;
use tokfut_api::event::TypedEvent;
use tokfut_api::vault::{AccountResponse, Posted};
use tokfut_client::Receipt;
use tokfut_core::id::AccountId;

use super::money::{amount, coins};
use super::session::{Place, Signer, account_of};
use super::table::{Table, json};

/// Shows an account; opens or lists accounts.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Account {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    show: Option<Show>,
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

#[derive(Args)]
struct Show {
    /// Which; the signer's first if not given.
    account: Option<u64>,
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
        match (self.what, self.show) {
            (Some(What::Open(open)), _) => open.run().await,
            (Some(What::List(list)), _) => list.run().await,
            (None, Some(show)) => show.run().await,
            (None, None) => anyhow::bail!("which account?"),
        }
    }
}

impl Open {
    async fn run(self) -> anyhow::Result<()> {
        let deposit = self.deposit.as_deref().map(amount).transpose()?;
        let trader = self.place.trader(&self.signer).await?;
        let account = trader.open_account().await?;
        if let Some(deposit) = deposit {
            trader.deposit(account, deposit).await?;
        }
        if self.place.json {
            return json(&json!({"account": account, "deposited": deposit}));
        }
        println!("account {} of {}", account.0, trader.wallet().address());
        Ok(())
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
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
        table.print();
        Ok(())
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<()> {
        let account = shown(&self.place, &self.signer, self.account).await?;
        if self.place.json {
            return json(&account);
        }
        println!("account {} of {}", account.account.0, account.owner);
        for (name, value) in [
            ("cash", coins(account.cash)),
            ("unsettled", coins(account.unsettled)),
            ("equity", coins(account.equity)),
            ("initial margin", coins(account.initial_margin)),
            ("maintenance", coins(account.maintenance_margin)),
            ("withdrawable", coins(account.withdrawable)),
            ("level", level(&account)),
        ] {
            println!("{name:<16}{value:>20}");
        }
        if !account.positions.is_empty() {
            println!();
            positions(&account).print();
        }
        Ok(())
    }
}

impl Positions {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        let account = shown(&self.place, &self.signer, self.account).await?;
        if self.place.json {
            return json(&account.positions);
        }
        positions(&account).print();
        Ok(())
    }
}

/// An account by number needs no key.
async fn shown(place: &Place, signer: &Signer, given: Option<u64>) -> anyhow::Result<AccountResponse> {
    if let Some(number) = given {
        return Ok(place.protocol().await?.account(AccountId(number)).await?);
    }
    let trader = place.trader(signer).await?;
    let account = account_of(&trader, None).await?;
    Ok(trader.protocol().account(account).await?)
}

fn positions(account: &AccountResponse) -> Table {
    let mut table = Table::new(&["series", "lots", "mark", "unsettled", "open buys", "open sells"]);
    for position in &account.positions {
        table.row([
            position.code.clone(),
            position.lots.to_string(),
            position.mark.clone(),
            coins(position.unsettled),
            position.open_buys.to_string(),
            position.open_sells.to_string(),
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
        println!("{} {} from {} to {}", posted.kind, coins(posted.amount), posted.from, posted.to);
    }
    Ok(())
}

fn posting(posted: &Posted) -> serde_json::Value {
    json!({"kind": posted.kind, "from": posted.from, "to": posted.to, "amount": posted.amount})
}

impl Ledger {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        let protocol = self.place.protocol().await?;
        if let Some(blocks) = self.postings {
            let last = protocol.node().latest().await?.height;
            for height in last.saturating_sub(blocks).saturating_add(1)..=last {
                for receipt in protocol.node().receipts(height).await? {
                    let events = receipt.outcomes.iter().flat_map(|outcome| &outcome.events);
                    for posted in events.filter_map(Posted::parse) {
                        if self.place.json {
                            json(&posting(&posted))?;
                        } else {
                            let amount = coins(posted.amount);
                            println!("{height:>8} {:<16} {amount:>20}  {} → {}", posted.kind, posted.from, posted.to);
                        }
                    }
                }
            }
            return Ok(());
        }
        let sheet = protocol.balance_sheet().await?;
        if self.place.json {
            return json(&sheet);
        }
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
            println!("{pot:<12}{:>24}", coins(value));
        }
        Ok(())
    }
}
