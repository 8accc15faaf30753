//! Takes in a busy market: trades make another price than the index, so that the mark reads the book too.

use tokfut_client::Failure;
use tokfut_core::price::Side;

use super::{Bench, LIMIT, TimeInForce, User, above};

/// Two makers' lots: with the taker three owners, and the 20 lots that make the price of trades.
const PROVING: [u64; 2] = [15, 5];
/// The lots that make a price of the book firm.
const FIRM: u64 = 5;
/// Where it trades, in ticks above the index, with the quotes on both sides of it.
const PRICE: u32 = 10;
/// Until an order's trades count, and a little more, in minutes.
const STOOD: u64 = 2;

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

    /// One order taken right after others have made a price.
    async fn takes_after_trades(&mut self, [maker, taker, other]: [&User; 3], read: &str) -> Result<(), Failure> {
        for (user, lots) in [maker, other].into_iter().zip(PROVING) {
            user.acts(vec![user.order(Side::Sell, lots, above(PRICE), TimeInForce::Gtc)?]).await?;
        }
        maker.rests(Side::Sell, above(PRICE.saturating_add(1))).await?;
        self.minutes(STOOD).await;
        // Both at once: a price of trades is forgotten after five minutes, little more than a second here.
        let mut under_way = vec![];
        for (lots, ticks) in [(PROVING.iter().sum(), 0), (1, 1)] {
            let order = taker.order(Side::Buy, lots, above(PRICE.saturating_add(ticks)), TimeInForce::Ioc)?;
            under_way.push(taker.trader.submit(&[order], LIMIT).await?);
        }
        let mut receipts = vec![];
        for pending in under_way {
            receipts.push(pending.receipt().await?);
        }
        let [_, receipt] = receipts.as_slice() else { return Err(Failure::new("bench", "two orders, two receipts")) };
        self.note(&format!("market: take an order whole, the mark reads {read}"), receipt);
        Ok(())
    }
}

/// Bids and asks so many ticks from the price.
async fn quote(user: &User, ticks: u32, lots: u64) -> Result<(), Failure> {
    let bid = user.order(Side::Buy, lots, above(PRICE.saturating_sub(ticks)), TimeInForce::Gtc)?;
    let ask = user.order(Side::Sell, lots, above(PRICE.saturating_add(ticks)), TimeInForce::Gtc)?;
    user.acts(vec![bid, ask]).await.map(drop)
}
