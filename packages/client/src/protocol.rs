//! Every query of a deployment, typed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokfut_api::market::{
    BookResponse, NewOrder, OrderResponse, ProductResponse, SeriesResponse, SettlementResponse, SimulationResponse,
};
use tokfut_api::oracle::{FeedConfig, FeedResponse, FixingResponse, PreimageResponse, RoundResponse, WindowResponse};
use tokfut_api::vault::{AccountResponse, BalanceSheet, DelegateResponse, SettlementStatus};
use tokfut_api::{market, oracle, vault};
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::product::Product;
use tokfut_core::time::Time;
use tokfut_scenario::{Contract, Failure};

use crate::deployment::Deployment;
use crate::node::Node;

/// A deployment on a chain, to be asked. Errors are the contracts' own codes.
#[derive(Clone)]
pub struct Protocol {
    node: Node,
    deployment: Deployment,
}

/// Queries of one contract: a name, what goes in, the message, what comes out.
macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident($($input:ident: $kind:ty),*) $contract:ident $message:expr => $answer:ty;)*) => {
        impl Protocol {$(
            $(#[$doc])*
            pub async fn $name(&self, $($input: $kind),*) -> Result<$answer, Failure> {
                self.ask(Contract::$contract, &$message).await
            }
        )*}
    };
}

impl Protocol {
    /// The deployment, by way of a node of its chain.
    ///
    /// # Errors
    /// `wrong_chain` if the node is of another.
    pub fn new(node: &Node, deployment: Deployment) -> Result<Self, Failure> {
        if node.chain_id() != deployment.chain_id {
            let words = format!("the node is of {}, the deployment on {}", node.chain_id(), deployment.chain_id);
            return Err(Failure::new("wrong_chain", words));
        }
        Ok(Self { node: node.clone(), deployment })
    }

    /// The chain.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The deployment.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Asks any query of a contract.
    pub async fn ask<R: DeserializeOwned>(&self, contract: Contract, query: &impl Serialize) -> Result<R, Failure> {
        self.node.query(self.deployment.address(contract), query).await
    }

    /// Protocol time of the latest block (clause 2.6).
    pub async fn now(&self) -> Result<Time, Failure> {
        self.time_at(self.node.latest().await?.seconds)
    }

    /// Protocol time at a block time.
    pub fn time_at(&self, block_seconds: u64) -> Result<Time, Failure> {
        self.deployment.spec.clock.at(block_seconds).map_err(|error| Failure::new("invalid_time", error))
    }
}

queries! {
    /// The market's addresses, clock and roles.
    market_config() Market market::QueryMsg::Config {} => market::ConfigResponse;
    /// A product's terms and settlement state.
    product(code: &str) Market market::QueryMsg::Product { code: code.to_string() } => ProductResponse;
    /// One series.
    series(code: &str) Market market::QueryMsg::Series { code: code.to_string() } => SeriesResponse;
    /// The series of a product that are not settled yet, by month.
    series_list(product: &str) Market market::QueryMsg::SeriesList { product: product.to_string() } => Vec<SeriesResponse>;
    /// The book of a series by level, best first.
    book(series: &str, depth: Option<u32>) Market market::QueryMsg::Book { series: series.to_string(), depth } => BookResponse;
    /// The live orders of an account, a page at a time.
    orders(account: AccountId, start_after: Option<String>, limit: Option<u32>)
        Market market::QueryMsg::Orders { account, start_after, limit } => Vec<OrderResponse>;
    /// All resting orders, dead ones too, a page at a time.
    all_orders(start_after: Option<String>, limit: Option<u32>)
        Market market::QueryMsg::AllOrders { start_after, limit } => Vec<OrderResponse>;
    /// One resting order.
    order(id: &str) Market market::QueryMsg::Order { id: id.to_string() } => OrderResponse;
    /// The settlement prices of a series, latest first, a page at a time.
    settlements(series: &str, start_before: Option<u32>, limit: Option<u32>)
        Market market::QueryMsg::Settlements { series: series.to_string(), start_before, limit } => Vec<SettlementResponse>;
    /// What an order would do now.
    simulate_order(order: NewOrder) Market market::QueryMsg::SimulateOrder(order) => SimulationResponse;
    /// The vault's addresses, denom, clock and roles.
    vault_config() Vault vault::QueryMsg::Config {} => vault::ConfigResponse;
    /// All products.
    products() Vault vault::QueryMsg::Products {} => Vec<Product>;
    /// Where a product stands in settlement.
    settlement(product: &str) Vault vault::QueryMsg::Settlement { product: product.to_string() } => SettlementStatus;
    /// An account: money, margin, level, positions.
    account(account: AccountId) Vault vault::QueryMsg::Account { account } => AccountResponse;
    /// The accounts of an owner.
    accounts_of(owner: &str) Vault vault::QueryMsg::AccountsOf { owner: owner.to_string() } => Vec<AccountId>;
    /// Accounts in order of their numbers, a page at a time.
    accounts(start_after: Option<AccountId>, limit: Option<u32>)
        Vault vault::QueryMsg::Accounts { start_after, limit } => Vec<AccountResponse>;
    /// The delegates of an account.
    delegates(account: AccountId) Vault vault::QueryMsg::Delegates { account } => Vec<DelegateResponse>;
    /// A series in clearing.
    cleared_series(series: SeriesId) Vault vault::QueryMsg::Series { series } => vault::SeriesResponse;
    /// Every pot, and the bank balance.
    balance_sheet() Vault vault::QueryMsg::BalanceSheet {} => BalanceSheet;
    /// The oracle's roles, clock and signing domain.
    oracle_config() Oracle oracle::QueryMsg::Config {} => oracle::ConfigResponse;
    /// All feeds.
    feeds() Oracle oracle::QueryMsg::Feeds {} => Vec<FeedConfig>;
    /// A feed, and where it stands.
    feed(feed: u32) Oracle oracle::QueryMsg::Feed { feed } => FeedResponse;
    /// The latest final fixing.
    latest_fixing(feed: u32) Oracle oracle::QueryMsg::Latest { feed } => FixingResponse;
    /// The latest final fixing at or before a time.
    fixing_at_or_before(feed: u32, time: Time) Oracle oracle::QueryMsg::AtOrBefore { feed, time } => FixingResponse;
    /// The final fixings of a window, both ends in.
    fixing_window(feed: u32, from: Time, to: Time) Oracle oracle::QueryMsg::Window { feed, from, to } => WindowResponse;
    /// Where a round stands.
    round(feed: u32, round: u64) Oracle oracle::QueryMsg::Round { feed, round } => RoundResponse;
    /// The bytes that a publisher signs.
    preimage(feed: u32, round: u64, revision: u16, observation: oracle::Observation)
        Oracle oracle::QueryMsg::Preimage { feed, round, revision, observation } => PreimageResponse;
    /// The announced changes of a feed that have not taken effect.
    pending_changes(feed: u32) Oracle oracle::QueryMsg::Pending { feed } => Vec<oracle::PendingChange>;
    /// The panel of a round, or of the one that fixed last.
    publishers(feed: u32, round: Option<u64>)
        Oracle oracle::QueryMsg::Publishers { feed, round } => oracle::PublishersResponse;
    /// The methodology of a round, or of the one that fixed last.
    methodology(feed: u32, round: Option<u64>)
        Oracle oracle::QueryMsg::Methodology { feed, round } => oracle::MethodologyResponse;
    /// How far a feed may be leant on.
    feed_status(feed: u32) Oracle oracle::QueryMsg::Status { feed } => oracle::StatusResponse;
    /// The mean of the final fixings of a window, both ends in.
    mean(feed: u32, from: Time, to: Time) Oracle oracle::QueryMsg::Mean { feed, from, to } => oracle::MeanResponse;
    /// The latest final fixing, if it is young enough.
    fixing_price(feed: u32, max_age: u64) Oracle oracle::QueryMsg::Price { feed, max_age } => FixingResponse;
}
