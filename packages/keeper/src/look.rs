//! Looking: the questions that make a [`View`], and the book and the watch kept up with events.

use std::collections::{BTreeMap, BTreeSet};

use tokfut_api::vault::{AccountResponse, Level, SettlementStatus};
use tokfut_api::{market, oracle, vault};
use tokfut_core::id::{AccountId, OrderId, SeriesId};
use tokfut_core::product::Product;
use tokfut_core::time::Time;
use tokfut_scenario::{Contract, Failure};

use crate::book::Book;
use crate::chain::{Chain, Moment};
use crate::checkpoint::Checkpoint;
use crate::view::{FeedView, ProductView, SeriesView, View};
use crate::watch::{Mark, Watch};

/// Accounts on a page, and orders.
const ACCOUNTS: u32 = 30;
const ORDERS: u32 = 100;

/// What is remembered from look to look.
pub struct Memory {
    /// What all hold.
    pub book: Book,
    /// Up to where events are in it.
    pub cursor: u64,
    /// How healthy all are.
    pub watch: Watch,
    /// After which account the next page of all accounts begins.
    page: Option<AccountId>,
}

impl Memory {
    /// As a checkpoint has it.
    pub fn resume(checkpoint: Checkpoint) -> Self {
        Self { book: checkpoint.book, cursor: checkpoint.cursor, watch: Watch::default(), page: None }
    }

    /// Asked of the contracts. The events of blocks that come meanwhile are read after it.
    pub async fn ask<C: Chain>(chain: &C) -> Result<Self, Failure> {
        let cursor = chain.cursor().await?;
        let products: Vec<Product> = chain.ask(Contract::Vault, &vault::QueryMsg::Products {}).await?;
        let book = Book::new(products.iter().map(|product| product.code.to_string()).collect());
        let mut memory = Self { book, cursor, watch: Watch::default(), page: None };
        for product in &products {
            for series in series_list(chain, product).await? {
                memory.book.learn_series(SeriesId(series.id), &series.code);
            }
        }
        learn_orders(chain, &mut memory.book).await?;
        let mut after = None;
        loop {
            let page = accounts(chain, after, ACCOUNTS).await?;
            let Some(last) = page.last() else { return Ok(memory) };
            after = Some(last.account);
            page.iter().for_each(|account| memory.book.learn_account(account));
        }
    }

    /// Reads on.
    ///
    /// # Errors
    /// `too_far_behind` if it is better to ask anew.
    pub async fn follow<C: Chain>(&mut self, chain: &C) -> Result<(), Failure> {
        loop {
            let followed = chain.follow(self.cursor).await?;
            followed.events.iter().for_each(|event| self.book.apply(event));
            self.cursor = followed.cursor;
            if !followed.more {
                self.watch.forget(&self.book.take_changed());
                return Ok(());
            }
        }
    }

    /// What there is to see now. The book must have been kept up.
    pub async fn look<C: Chain>(&mut self, chain: &C, moment: Moment) -> Result<View, Failure> {
        let feeds: Vec<oracle::FeedConfig> = chain.ask(Contract::Oracle, &oracle::QueryMsg::Feeds {}).await?;
        let mut standing = Vec::new();
        for config in feeds {
            let query = oracle::QueryMsg::Feed { feed: config.id };
            let feed: oracle::FeedResponse = chain.ask(Contract::Oracle, &query).await?;
            standing.push(FeedView { feed: config.id, next_final_from: feed.next_final_from });
        }
        let terms: Vec<Product> = chain.ask(Contract::Vault, &vault::QueryMsg::Products {}).await?;
        let mut products = Vec::new();
        for product in &terms {
            products.push(look_at(chain, product).await?);
        }
        let query = vault::QueryMsg::Account { account: AccountId::HOUSE };
        let house = chain.ask(Contract::Vault, &query).await?;
        let sheet: vault::BalanceSheet = chain.ask(Contract::Vault, &vault::QueryMsg::BalanceSheet {}).await?;
        let mut view = View {
            moment,
            submissions: Vec::new(),
            feeds: standing,
            products,
            accounts: Vec::new(),
            house,
            dead: Vec::new(),
            ended: self.book.ended().collect(),
            treasury: sheet.treasury,
        };
        view.accounts = self.unhealthy(chain, &view).await?;
        view.dead = self.dead(&view);
        Ok(view)
    }

    /// Looks at all who may be unhealthy, and at the next page of all accounts.
    async fn unhealthy<C: Chain>(&mut self, chain: &C, view: &View) -> Result<Vec<AccountResponse>, Failure> {
        let mut marks: BTreeMap<SeriesId, Mark> = BTreeMap::new();
        for (product, series) in view.products.iter().flat_map(|one| one.series.iter().map(move |series| (one, series)))
        {
            let mark = series.clearing.as_ref().and_then(|clearing| product.price(&clearing.mark));
            let unit = u64::from(product.market.terms.unit_value.base_units());
            marks.extend(mark.map(|mark| (SeriesId(series.market.id), (mark, unit))));
        }
        let mut found = BTreeMap::new();
        let page = accounts(chain, self.page, ACCOUNTS).await?;
        self.page = page.last().map(|last| last.account).filter(|_| u32::try_from(page.len()) == Ok(ACCOUNTS));
        self.note(view, page, &mut found);
        let mut candidates = self.watch.candidates(&self.book, &marks);
        while let Some(first) = candidates.first().copied() {
            // Neighbours are asked for together.
            let near = candidates.range(first..AccountId(first.0.saturating_add(u64::from(ACCOUNTS)))).count();
            let limit = u32::try_from(near).unwrap_or(ACCOUNTS).min(ACCOUNTS);
            let page = accounts(chain, first.0.checked_sub(1).map(AccountId), limit).await?;
            let last = page.last().map_or(first, |last| last.account);
            candidates.retain(|account| *account > last && *account != first);
            self.note(view, page, &mut found);
        }
        Ok(found.into_values().collect())
    }

    /// Notes how accounts stand, and keeps those with which there is something to do.
    fn note(&mut self, view: &View, page: Vec<AccountResponse>, found: &mut BTreeMap<AccountId, AccountResponse>) {
        for account in page {
            self.book.learn_account(&account);
            let mark = |position: &vault::PositionResponse| {
                let product = view.product(position.code.get(..3)?)?;
                Some((position.series, product.price(&position.mark)?))
            };
            self.watch.note(&account, account.positions.iter().filter_map(mark).collect());
            if account.account != AccountId::HOUSE && (account.level != Level::Healthy) {
                found.insert(account.account, account);
            } else {
                found.remove(&account.account);
            }
        }
    }

    /// Orders that nothing will bring back to life: void, expired, or of a series that trades no more.
    fn dead(&self, view: &View) -> Vec<(String, OrderId)> {
        let now = view.moment.time;
        let mut trading: BTreeSet<SeriesId> = BTreeSet::new();
        for series in view.products.iter().flat_map(|product| &product.series) {
            if series.market.last_trading > now {
                trading.insert(SeriesId(series.market.id));
            }
        }
        let is_over = |at: Option<Time>| at.is_some_and(|at| at <= now);
        let dead = self
            .book
            .orders()
            .filter(|(id, order)| order.void || is_over(order.expires_at) || !trading.contains(&id.series));
        let mut dead: Vec<(String, OrderId)> =
            dead.filter_map(|(id, _)| Some((self.book.product(id.series)?.to_string(), id))).collect();
        dead.sort();
        dead
    }
}

async fn look_at<C: Chain>(chain: &C, terms: &Product) -> Result<ProductView, Failure> {
    let code = terms.code.to_string();
    let settlement = vault::QueryMsg::Settlement { product: code.clone() };
    let settlement: SettlementStatus = chain.ask(Contract::Vault, &settlement).await?;
    let query = market::QueryMsg::Product { code };
    let market: market::ProductResponse = chain.ask(Contract::Market, &query).await?;
    let mut series = Vec::new();
    for one in series_list(chain, terms).await? {
        let query = vault::QueryMsg::Series { series: SeriesId(one.id) };
        let clearing = if one.open_interest.is_zero() { None } else { Some(chain.ask(Contract::Vault, &query).await?) };
        series.push(SeriesView { market: one, clearing });
    }
    let has_reference = !series.is_empty() || (!market.listable.is_empty() && has_fixed(chain, terms.feed).await?);
    Ok(ProductView { market, finalises_from: settlement.finalises_from, has_reference, series })
}

async fn has_fixed<C: Chain>(chain: &C, feed: u32) -> Result<bool, Failure> {
    let query = oracle::QueryMsg::AtOrBefore { feed, time: Time::MAX };
    match chain.ask::<oracle::FixingResponse>(Contract::Oracle, &query).await {
        Ok(_) => Ok(true),
        Err(failure) if failure.code == "no_fixing" => Ok(false),
        Err(failure) => Err(failure),
    }
}

async fn series_list<C: Chain>(chain: &C, product: &Product) -> Result<Vec<market::SeriesResponse>, Failure> {
    let query = market::QueryMsg::SeriesList { product: product.code.to_string() };
    chain.ask(Contract::Market, &query).await
}

async fn accounts<C: Chain>(
    chain: &C,
    start_after: Option<AccountId>,
    limit: u32,
) -> Result<Vec<AccountResponse>, Failure> {
    chain.ask(Contract::Vault, &vault::QueryMsg::Accounts { start_after, limit: Some(limit) }).await
}

/// All orders of the books, dead ones too.
async fn learn_orders<C: Chain>(chain: &C, book: &mut Book) -> Result<(), Failure> {
    let mut start_after = None;
    loop {
        let query = market::QueryMsg::AllOrders { start_after, limit: Some(ORDERS) };
        let page: Vec<market::OrderResponse> = chain.ask(Contract::Market, &query).await?;
        let Some(last) = page.last() else { return Ok(()) };
        start_after = Some(last.id.clone());
        for order in &page {
            book.learn_resting(order)?;
        }
    }
}
