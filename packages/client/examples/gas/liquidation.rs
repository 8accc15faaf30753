//! One liquidation step against the book: a short whom trades six percent above the index have taken below maintenance.

use std::time::Duration;

use tokfut_api::market::{ExecuteMsg as Market, OrderRef};
use tokfut_api::vault::ExecuteMsg as Vault;
use tokfut_client::{Contract, Failure};
use tokfut_core::money::Amount;
use tokfut_core::price::Side;
use tokfut_core::time::MINUTE;
use tokfut_scenario::Call;

use super::{Bench, LIMIT, TimeInForce, User, above, below};

/// The lots he sells at the index, and what he pays in: a little over their initial margin, 15 % of 164,800 coins.
const LOTS: u64 = 100;
pub const CASH: Amount = Amount::new(27_000_000_000);
/// Where the market goes, in ticks above the index: 6 %.
const HIGH: u32 = 100;
/// Two makers' lots at a price: with the taker three owners and the 20 lots that make the price of trades.
const PROVING: [u64; 2] = [15, 5];
/// Trades make a price for five minutes, and until the margin mark leaves the band around the index the mark must have
/// stood outside for ten: a little more, in minutes of protocol time.
const FORGOTTEN: u64 = 7;
const OUTSIDE: u64 = 12;

impl Bench {
    /// The market rises against `victim`, who has an order in the book too; the taker, who has an account, liquidates.
    pub async fn liquidating(&mut self, victim: &User, [maker, taker, other]: [&User; 3]) -> Result<(), Failure> {
        taker.acts(vec![taker.order(Side::Buy, LOTS, above(0), TimeInForce::Gtc)?]).await?;
        victim.takes(Side::Sell, LOTS, above(0)).await?;
        victim.rests(Side::Buy, below(150)).await?;
        // Twice the price of trades, then what the liquidation takes.
        for (user, lots) in [maker, other].into_iter().zip(PROVING) {
            let at = |tick: u32| user.order(Side::Sell, lots, above(HIGH.saturating_add(tick)), TimeInForce::Gtc);
            user.acts(vec![at(0)?, at(1)?]).await?;
        }
        other.acts(vec![other.order(Side::Sell, LOTS, above(HIGH.saturating_add(2)), TimeInForce::Gtc)?]).await?;
        let near = taker.order(Side::Buy, 10, above(HIGH.saturating_sub(2)), TimeInForce::Gtc)?;
        taker.acts(vec![near]).await?;
        self.minutes(FORGOTTEN).await;
        taker.takes(Side::Buy, PROVING.iter().sum(), above(HIGH)).await?;
        self.minutes(OUTSIDE).await;
        taker.takes(Side::Buy, PROVING.iter().sum(), above(HIGH.saturating_add(1))).await?;
        let liquidate = Call::new(Contract::Vault, &Vault::Liquidate { account: victim.account })?;
        let receipt = taker.acts(vec![liquidate]).await?;
        self.note("vault: liquidate an account against an order", &receipt);
        for user in [taker, other] {
            self.clears_the_book_of(user).await?;
        }
        Ok(())
    }

    /// Waits, in protocol time.
    pub async fn minutes(&self, minutes: u64) {
        let speed = u64::from(self.protocol.deployment().spec.clock.speed);
        let millis = minutes.saturating_mul(MINUTE).saturating_mul(1_000);
        tokio::time::sleep(Duration::from_millis(millis.checked_div(speed).unwrap_or(millis))).await;
    }

    /// Cancels one by one, so that nothing dead is left in the book.
    pub async fn clears_the_book_of(&self, user: &User) -> Result<(), Failure> {
        let mut cancels = vec![];
        for order in self.protocol.orders(user.account, None, None).await?.into_iter().filter(|order| order.live) {
            let cancel = Market::CancelOrder { account: user.account, order: OrderRef::Id(order.id) };
            cancels.push(Call::new(Contract::Market, &cancel)?);
        }
        user.trader.transact(&cancels, LIMIT).await.map(drop)
    }
}
