//! Orders: builders whose defaults are valid.

use tokfut_api::market::{NewOrder, OrderPrice, PlacedOrder, PostOnly, SelfTrade, TimeInForce};
use tokfut_core::id::AccountId;
use tokfut_core::price::{Lots, Side};
use tokfut_embedded::Outcome;

/// An order without its account: a limit order that rests until it is cancelled, unless told otherwise.
#[derive(Clone, Debug)]
pub struct Order(NewOrder);

/// Buys so many lots of a series at this price or lower.
pub fn buy(lots: u64, series: &str, price: &str) -> Order {
    Order::new(Side::Buy, lots, series, price)
}

/// Sells so many lots of a series at this price or higher.
pub fn sell(lots: u64, series: &str, price: &str) -> Order {
    Order::new(Side::Sell, lots, series, price)
}

impl Order {
    /// A limit order of either side.
    pub fn new(side: Side, lots: u64, series: &str, price: &str) -> Self {
        Self(NewOrder {
            account: AccountId::HOUSE,
            series: series.to_string(),
            side,
            lots: Lots::new(lots),
            price: OrderPrice::Limit(price.to_string()),
            time_in_force: None,
            post_only: None,
            reduce_only: false,
            self_trade: SelfTrade::CancelResting,
            client_id: None,
            max_fills: None,
        })
    }

    /// The message, for an account.
    pub fn of(self, account: AccountId) -> NewOrder {
        NewOrder { account, ..self.0 }
    }

    /// What trades at once; the rest is cancelled.
    #[must_use]
    pub fn ioc(self) -> Self {
        self.lasting(TimeInForce::Ioc)
    }

    /// All at once, or refused.
    #[must_use]
    pub fn fok(self) -> Self {
        self.lasting(TimeInForce::Fok)
    }

    /// Until the next daily time.
    #[must_use]
    pub fn day(self) -> Self {
        self.lasting(TimeInForce::Day)
    }

    /// So long.
    #[must_use]
    pub fn lasting(mut self, time_in_force: TimeInForce) -> Self {
        self.0.time_in_force = Some(time_in_force);
        self
    }

    /// A market order: its price is the worst one.
    #[must_use]
    pub fn market(mut self) -> Self {
        if let OrderPrice::Limit(price) = self.0.price {
            self.0.price = OrderPrice::Worst(price);
        }
        self
    }

    /// Never takes.
    #[must_use]
    pub fn post_only(mut self) -> Self {
        self.0.post_only = Some(PostOnly::Reject);
        self
    }

    /// Only reduces.
    #[must_use]
    pub fn reduce_only(mut self) -> Self {
        self.0.reduce_only = true;
        self
    }

    /// The account's own number for it.
    #[must_use]
    pub fn numbered(mut self, client_id: u64) -> Self {
        self.0.client_id = Some(client_id.into());
        self
    }

    /// At most so many steps.
    #[must_use]
    pub fn steps(mut self, max_fills: u32) -> Self {
        self.0.max_fills = Some(max_fills);
        self
    }
}

/// What became of an order.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The id of what rests.
    pub order: Option<String>,
    /// Lots traded, resting, cancelled.
    pub lots: [u64; 3],
    /// Everything that happened.
    pub outcome: Outcome,
}

impl Placed {
    pub(crate) fn read(outcome: Outcome) -> Self {
        let PlacedOrder { order, filled, resting, cancelled } =
            serde_json::from_value(outcome.data_json()).expect("the data of place_order");
        Self { order, lots: [filled, resting, cancelled].map(Lots::count), outcome }
    }

    /// The id of what rests; panics if nothing does.
    pub fn id(&self) -> String {
        self.order.clone().expect("something rests")
    }
}
