//! Commands on a chain: what a trader, a relayer or a deployer types.

mod account;
mod deploy;
mod keeper;
mod keys;
mod market;
mod migrate;
mod money;
mod order;
mod params;
mod record;
pub mod replay;
pub mod session;
mod table;
mod tend;
mod watch;

use clap::Subcommand;

/// Commands on a chain.
#[derive(Subcommand)]
pub enum OnChain {
    Account(account::Account),
    Deposit(account::Deposit),
    Withdraw(account::Withdraw),
    Positions(account::Positions),
    Ledger(account::Ledger),
    Order(order::Order),
    Orders(order::Orders),
    Cancel(order::Cancel),
    CancelAll(order::CancelAll),
    Book(market::Book),
    Series(market::Series),
    Fixings(market::Fixings),
    Params(params::Params),
    Watch(watch::Watch),
    Deploy(deploy::Deploy),
    Migrate(migrate::Migrate),
    Record(record::Record),
    Tend(tend::Tend),
    Keeper(keeper::KeeperCommand),
    Keys(keys::Keys),
}

impl OnChain {
    /// Runs it to its end.
    ///
    /// # Errors
    /// A `Failure` with the contract's or the chain's code, or what is wrong with files and arguments.
    pub fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            match self {
                Self::Account(command) => command.run().await,
                Self::Deposit(command) => command.run().await,
                Self::Withdraw(command) => command.run().await,
                Self::Positions(command) => command.run().await,
                Self::Ledger(command) => command.run().await,
                Self::Order(command) => command.run().await,
                Self::Orders(command) => command.run().await,
                Self::Cancel(command) => command.run().await,
                Self::CancelAll(command) => command.run().await,
                Self::Book(command) => command.run().await,
                Self::Series(command) => command.run().await,
                Self::Fixings(command) => command.run().await,
                Self::Params(command) => command.run().await,
                Self::Watch(command) => command.run().await,
                Self::Deploy(command) => command.run().await,
                Self::Migrate(command) => command.run().await,
                Self::Record(command) => command.run().await,
                Self::Tend(command) => command.run().await,
                Self::Keeper(command) => command.run().await,
                Self::Keys(command) => command.run(),
            }
        })
    }
}
