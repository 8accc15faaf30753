//! A user with an account, and what he does.

use tokfut_api::market::{self, OrderRef};
use tokfut_api::vault::{self, AccountResponse, PositionResponse, Scope};
use tokfut_core::id::AccountId;
use tokfut_core::time::Time;
use tokfut_embedded::Outcome;

use crate::attempt::Attempt;
use crate::order::{Order, Placed, buy, sell};
use crate::world::{Message, TestWorld, amount};

/// Somebody who acts for an account: its owner, or whom [`Trader::by`] names.
#[derive(Clone)]
pub struct Trader {
    world: TestWorld,
    /// Who sends the messages.
    pub name: String,
    /// For which account.
    pub account: AccountId,
}

impl Trader {
    pub(crate) fn new(world: TestWorld, name: &str, account: AccountId) -> Self {
        Self { world, name: name.to_string(), account }
    }

    /// The same account, with somebody else at the keys.
    #[must_use]
    pub fn by(&self, name: &str) -> Self {
        Self::new(self.world.clone(), name, self.account)
    }

    /// Sends any message.
    pub fn tries(&self, msg: &impl Message) -> Attempt {
        self.world.tries(&self.name, msg)
    }

    /// Sends any message that must succeed.
    pub fn sends(&self, msg: &impl Message) -> Outcome {
        self.tries(msg).succeeds()
    }

    /// Places an order that may be refused.
    pub fn tries_to_place(&self, order: Order) -> Attempt {
        self.tries(&market::ExecuteMsg::PlaceOrder(order.of(self.account)))
    }

    /// Places an order.
    pub fn places(&self, order: Order) -> Placed {
        Placed::read(self.tries_to_place(order).succeeds())
    }

    /// A limit order to buy.
    pub fn buys(&self, lots: u64, series: &str, price: &str) -> Placed {
        self.places(buy(lots, series, price))
    }

    /// A limit order to sell.
    pub fn sells(&self, lots: u64, series: &str, price: &str) -> Placed {
        self.places(sell(lots, series, price))
    }

    /// What an order would do.
    pub fn simulates(&self, order: Order) -> market::SimulationResponse {
        self.world.asks(&market::QueryMsg::SimulateOrder(order.of(self.account)))
    }

    /// Cancels a resting order that may not be there.
    pub fn tries_to_cancel(&self, id: &str) -> Attempt {
        let order = OrderRef::Id(id.to_string());
        self.tries(&market::ExecuteMsg::CancelOrder { account: self.account, order })
    }

    /// Cancels a resting order.
    pub fn cancels(&self, id: &str) -> Outcome {
        self.tries_to_cancel(id).succeeds()
    }

    /// Cancels all its resting orders.
    pub fn cancels_all(&self) -> Outcome {
        self.sends(&market::ExecuteMsg::CancelAll { account: self.account })
    }

    /// Pays in, base units.
    pub fn deposits(&self, base_units: i128) -> Outcome {
        let deposit = vault::ExecuteMsg::Deposit { account: self.account };
        self.world.tries_with(&self.name, &deposit, &self.world.coins(base_units)).succeeds()
    }

    /// Takes out what may not be free.
    pub fn tries_to_withdraw(&self, base_units: i128) -> Attempt {
        self.tries(&vault::ExecuteMsg::Withdraw { account: self.account, amount: amount(base_units) })
    }

    /// Takes out.
    pub fn withdraws(&self, base_units: i128) -> Outcome {
        self.tries_to_withdraw(base_units).succeeds()
    }

    /// Takes out all that is free; how much that was.
    pub fn withdraws_all(&self) -> i128 {
        let free = self.withdrawable();
        if free > 0 {
            self.withdraws(free);
        }
        free
    }

    /// Lets another act for the account.
    pub fn delegates(&self, delegate: &str, scope: Scope, expires: Time) -> Outcome {
        let address = self.world.step("a name", |world| world.user(delegate)).expect("a name");
        let (account, delegate) = (self.account, address.to_string());
        self.sends(&vault::ExecuteMsg::AddDelegate { account, delegate, scope, expires })
    }

    /// The account as the vault sees it.
    pub fn state(&self) -> AccountResponse {
        self.world.account(self.account)
    }

    /// Cash, base units; negative is owed.
    pub fn cash(&self) -> i128 {
        self.state().cash.base_units()
    }

    /// E, base units.
    pub fn equity(&self) -> i128 {
        self.state().equity.base_units()
    }

    /// Gains (positive) and losses that are not cash yet.
    pub fn unsettled(&self) -> i128 {
        self.state().unsettled.base_units()
    }

    /// IM.
    pub fn initial_margin(&self) -> i128 {
        signed(self.state().initial_margin.base_units())
    }

    /// MM.
    pub fn maintenance_margin(&self) -> i128 {
        signed(self.state().maintenance_margin.base_units())
    }

    /// What may be withdrawn.
    pub fn withdrawable(&self) -> i128 {
        signed(self.state().withdrawable.base_units())
    }

    /// Net lots of a series, positive is long.
    pub fn lots(&self, series: &str) -> i64 {
        self.position(series).map_or(0, |position| position.lots.count())
    }

    /// The position in a series, if there is one.
    pub fn position(&self, series: &str) -> Option<PositionResponse> {
        self.state().positions.into_iter().find(|position| position.code == series)
    }

    /// Its live resting orders by id.
    pub fn orders(&self) -> Vec<market::OrderResponse> {
        self.world.asks(&market::QueryMsg::Orders { account: self.account, start_after: None, limit: Some(100) })
    }
}

fn signed(base_units: u128) -> i128 {
    i128::try_from(base_units).expect("within bounds")
}
