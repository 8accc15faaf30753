//! What a keeper sees.

use tokfut_api::oracle::ExecuteMsg;
use tokfut_api::vault::AccountResponse;
use tokfut_api::{market, vault};
use tokfut_core::id::{AccountId, OrderId};
use tokfut_core::money::SignedAmount;
use tokfut_core::price::Price;
use tokfut_core::time::Time;

use crate::chain::Moment;

/// The protocol at a moment, as far as there may be something to do.
#[derive(Clone, Debug)]
pub struct View {
    /// When.
    pub moment: Moment,
    /// Signed observations that the oracle would take now and does not have.
    pub submissions: Vec<Submission>,
    /// Every feed.
    pub feeds: Vec<FeedView>,
    /// Every product.
    pub products: Vec<ProductView>,
    /// Accounts that are below maintenance or short of cash.
    pub accounts: Vec<AccountResponse>,
    /// The house.
    pub house: AccountResponse,
    /// Dead orders that are still in the book.
    pub dead: Vec<(String, OrderId)>,
    /// Accounts whose months have ended, and that nobody has brought up to date.
    pub ended: Vec<AccountId>,
    /// What the treasury has not been paid.
    pub treasury: SignedAmount,
}

/// Observations of one round that the oracle does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission(pub ExecuteMsg);

/// Where a feed stands.
#[derive(Clone, Debug)]
pub struct FeedView {
    /// Its number.
    pub feed: u32,
    /// From when its next round may be made final; none if it ends before that.
    pub next_final_from: Option<Time>,
}

/// Where a product stands.
#[derive(Clone, Debug)]
pub struct ProductView {
    /// Market and settlement.
    pub market: market::ProductResponse,
    /// From when the struck settlement may be made final; none if nothing is pending.
    pub finalises_from: Option<Time>,
    /// Whether a new month has a first price: from a listed month or a fixing.
    pub has_reference: bool,
    /// Its series that are not settled.
    pub series: Vec<SeriesView>,
}

/// Where a series stands.
#[derive(Clone, Debug)]
pub struct SeriesView {
    /// In the market.
    pub market: market::SeriesResponse,
    /// In clearing; looked at only where somebody holds it.
    pub clearing: Option<vault::SeriesResponse>,
}

impl View {
    /// The product of this code.
    pub fn product(&self, code: &str) -> Option<&ProductView> {
        self.products.iter().find(|product| product.code() == code)
    }

    /// The series of this code, with its product.
    pub fn series(&self, code: &str) -> Option<(&ProductView, &SeriesView)> {
        let all = self.products.iter().flat_map(|product| product.series.iter().map(move |series| (product, series)));
        all.into_iter().find(|(_, series)| series.market.code == code)
    }
}

impl ProductView {
    /// Its code.
    pub fn code(&self) -> String {
        self.market.terms.code.to_string()
    }

    /// Whether a strike is due: until it is done, nobody may change a book of the product.
    pub fn strike_due(&self, now: Time) -> bool {
        self.market.next_strike.is_some_and(|due| due <= now)
    }

    /// A price of this product; none if it is no price.
    pub fn price(&self, text: &str) -> Option<Price> {
        Price::parse(text, self.market.terms.decimals).ok()
    }
}
