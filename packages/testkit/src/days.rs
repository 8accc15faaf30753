//! The days of the world: its clock, fixings, strikes and finalisations.

use tokfut_api::{market, oracle, vault};
use tokfut_core::time::{DAY, FINAL, FIXING, HOUR, MINUTE, Time};
use tokfut_embedded::Failure;

use crate::attempt::Attempt;
use crate::world::TestWorld;

/// The user who does what anyone may do.
const KEEPER: &str = "keeper";

impl TestWorld {
    /// Begins a block at this time, `2026-06-02T10:00:00Z`.
    pub fn at(&self, time: &str) {
        self.goes_to(crate::time(time));
    }

    /// Begins a block at this time.
    pub fn goes_to(&self, time: Time) {
        self.step("the clock", |world| world.advance_to(time)).unwrap_or_else(|failure| panic!("{failure}"));
    }

    /// Begins a block so many seconds later.
    pub fn later(&self, seconds: u64) {
        self.goes_to(self.now().checked_add(seconds).expect("a time"));
    }

    /// The next moment at this second of a day, now included.
    pub fn next(&self, of_day: u64) -> Time {
        let wait = (of_day + DAY - self.now().of_day()) % DAY;
        self.now().checked_add(wait).expect("a time")
    }

    /// Ten in the morning, of tomorrow if it is past.
    pub fn morning(&self) {
        self.goes_to(self.next(10 * HOUR));
    }

    /// The panel signs a fixing of a feed, one value a publisher; it may be refused.
    pub fn tries_to_fix(&self, feed: &str, date: &str, values: &[Option<&str>]) -> Result<(), Failure> {
        self.step(&format!("the fixing of {date}"), |world| world.fix(feed, date, values).map(|_| ()))
    }

    /// All of the panel say the same, today.
    pub fn fixes(&self, feed: &str, value: &str) {
        let (date, size) = (self.now().date().to_string(), self.chain().panel().len());
        self.tries_to_fix(feed, &date, &vec![Some(value); size]).unwrap_or_else(|failure| panic!("{failure}"));
    }

    /// The next fixing of TOK, and final: it is a quarter past three after it.
    pub fn day(&self, fixing: &str) {
        self.day_of("TOK", fixing);
    }

    /// The next fixing of a feed, and final.
    pub fn day_of(&self, feed: &str, fixing: &str) {
        self.goes_to(self.next(FIXING + 5 * MINUTE));
        self.fixes(feed, fixing);
        self.goes_to(self.next(FINAL));
        self.makes_final(feed).succeeds();
    }

    /// Makes final what is due of a feed.
    pub fn makes_final(&self, feed: &str) -> Attempt {
        let id = self.chain().spec().feed(feed).expect("a feed").id;
        self.tries(KEEPER, &oracle::ExecuteMsg::Finalise { feed: id, limit: Some(30) })
    }

    /// Makes final all that is due of a feed, if anything is.
    pub fn makes_all_final(&self, feed: &str) {
        let id = self.chain().spec().feed(feed).expect("a feed").id;
        let due = || self.asks::<oracle::FeedResponse>(&oracle::QueryMsg::Feed { feed: id }).next_final_from;
        while due().is_some_and(|due| due <= self.now()) {
            self.makes_final(feed).succeeds();
        }
    }

    /// Lists what the calendar asks for.
    pub fn lists(&self, product: &str) -> Attempt {
        self.tries(KEEPER, &market::ExecuteMsg::ListSeries { product: product.to_string() })
    }

    /// Strikes TOK now.
    pub fn tries_to_strike(&self) -> Attempt {
        self.tries_to_strike_of("TOK")
    }

    /// Strikes a product now.
    pub fn tries_to_strike_of(&self, product: &str) -> Attempt {
        self.tries(KEEPER, &market::ExecuteMsg::Strike { product: product.to_string() })
    }

    /// Strikes TOK, at its daily time if that lies ahead.
    pub fn strike(&self) {
        self.strike_of("TOK");
    }

    /// Strikes a product, at its daily time if that lies ahead. The fixings that are due become final before it.
    pub fn strike_of(&self, product: &str) {
        let due = self.product(product).next_strike.expect("a strike to come");
        self.goes_to(due.max(self.now()));
        self.makes_all_final(product);
        self.tries_to_strike_of(product).succeeds();
    }

    /// Finalises TOK now.
    pub fn tries_to_finalise(&self) -> Attempt {
        self.tries_to_finalise_of("TOK")
    }

    /// Finalises a product now.
    pub fn tries_to_finalise_of(&self, product: &str) -> Attempt {
        self.tries(KEEPER, &vault::ExecuteMsg::Finalise { product: product.to_string() })
    }

    /// Finalises TOK, after the grace if it is running.
    pub fn finalise(&self) {
        self.finalise_of("TOK");
    }

    /// Finalises a product, after the grace if it is running.
    pub fn finalise_of(&self, product: &str) {
        let from = self.settlement_of(product).finalises_from.expect("a strike to finalise");
        self.goes_to(from.max(self.now()));
        self.tries_to_finalise_of(product).succeeds();
    }

    /// The next fixing of TOK, and the settlement of that day, final.
    pub fn settle_day(&self, fixing: &str) {
        self.settle_day_of("TOK", fixing);
    }

    /// The next fixing of a product, and the settlement of that day, final.
    pub fn settle_day_of(&self, product: &str, fixing: &str) {
        self.day_of(product, fixing);
        self.strike_of(product);
        self.finalise_of(product);
    }

    /// A product in the market.
    pub fn product(&self, code: &str) -> market::ProductResponse {
        self.asks(&market::QueryMsg::Product { code: code.to_string() })
    }

    /// Where a product stands in settlement.
    pub fn settlement_of(&self, product: &str) -> vault::SettlementStatus {
        self.asks(&vault::QueryMsg::Settlement { product: product.to_string() })
    }
}
