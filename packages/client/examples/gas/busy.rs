//! Takes in a busy market: trades make another price than the index, so that the mark reads the book too.

use tokfut_api::market::Marked;
use tokfut_client::{Failure, Receipt};
use tokfut_core::price::Side;

use super::{Bench, TimeInForce, User, above};

/// Two makers' lots: with the taker three owners, and the 20 lots that make the price of trades.
const PROVING: [u64; 2] = [15, 5];
/// The lots that make a price of the book firm.
const FIRM: u64 = 5;
/// Where it trades, in ticks above the index, with the quotes on both sides of it.
const PRICE: u32 = 10;
/// Until an order's trades count, and a little more, in minutes.
const STOOD: u64 = 2;
/// How often it is tried.
const TRIES: u32 = 5;

impl Bench {
    /// Quotes of one owner a side, then of five with a lot each before him.
    pub async fn busy(&mut self, epoch: &str, [maker, taker, other]: [&User; 3]) -> Result<(), Failure> {
        quote(other, 4, FIRM).await?;
        self.takes_after_trades([maker, taker, other], "an order a side").await?;
        let mut quoting = vec![];
        for number in 1..=FIRM {
            quoting.push(self.arrives(&format!("quoter {number} {epoch}"), false).await?);
        }
        for user in &quoting {
            quote(user, 3, 1).await?;
        }
        self.takes_after_trades([maker, taker, other], "five owners' orders a side").await?;
        for user in quoting.iter().chain([other]) {
            self.clears_the_book_of(user).await?;
        }
        Ok(())
    }

    /// One order taken right after others have made a price. On a busy machine that price may be forgotten by then, after
    /// five minutes, little more than a second here: then once more.
    async fn takes_after_trades(&mut self, users: [&User; 3], read: &str) -> Result<(), Failure> {
        for _ in 0..TRIES {
            let receipt = self.take_after_trades(users).await?;
            // Else the mark is the index.
            if receipt.events_of::<Marked>().iter().any(|marked| Some(marked.mark) != marked.index) {
                self.note(&format!("market: take an order whole, the mark reads {read}"), &receipt);
                return Ok(());
            }
        }
        Err(Failure::new("bench", "the trades make no price"))
    }

    async fn take_after_trades(&self, [maker, taker, other]: [&User; 3]) -> Result<Receipt, Failure> {
        for (user, lots) in [maker, other].into_iter().zip(PROVING) {
            user.acts(vec![user.order(Side::Sell, lots, above(PRICE), TimeInForce::Gtc)?]).await?;
        }
        maker.rests(Side::Sell, above(PRICE.saturating_add(1))).await?;
        self.minutes(STOOD).await;
        taker.takes(Side::Buy, PROVING.iter().sum(), above(PRICE)).await?;
        taker.takes(Side::Buy, 1, above(PRICE.saturating_add(1))).await
    }
}

/// Bids and asks so many ticks from the price.
async fn quote(user: &User, ticks: u32, lots: u64) -> Result<(), Failure> {
    let bid = user.order(Side::Buy, lots, above(PRICE.saturating_sub(ticks)), TimeInForce::Gtc)?;
    let ask = user.order(Side::Sell, lots, above(PRICE.saturating_add(ticks)), TimeInForce::Gtc)?;
    user.acts(vec![bid, ask]).await.map(drop)
}
