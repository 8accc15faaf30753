//! The embedded chain with verbs for what actors do on it. Whatever the contracts answer is taken down.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use cosmwasm_std::{Coin, Event};
use serde::Serialize;
use tokfut_api::event::TypedEvent;
use tokfut_api::market::{self, Filled, NewOrder, OrderPrice, OrderRef, OrderRemoved, OrderRested, TimeInForce};
use tokfut_api::oracle;
use tokfut_api::vault::{self, AccountOpened, AccountResponse, BalanceSheet};
use tokfut_core::calendar::Date;
use tokfut_core::id::{AccountId, OrderId};
use tokfut_core::money::Amount;
use tokfut_core::price::{Lots, Price, Side, Tick};
use tokfut_core::product::Product;
use tokfut_core::time::{HOUR, MINUTE, Time};
use tokfut_embedded::{Call, Contract, Failure, Outcome, World, WorldSpec, check};

use super::cast::Actor;
use super::facts::{At, DayClose, Facts, Moment};

/// The product of the story.
pub const PRODUCT: &str = "TOK";
/// The most orders that a message may reap.
const REAPED_AT_ONCE: usize = 32;

/// An order as an actor thinks of it.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The series' code.
    pub series: &'a str,
    /// Buy or sell.
    pub side: Side,
    /// Lots.
    pub lots: u64,
    /// Limit or worst price, price units on the tick.
    pub price: Price,
    /// What becomes of what does not trade at once.
    pub then: Then,
    /// Only ever reduces the position.
    pub reduces: bool,
}

/// What becomes of what does not trade at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Rests until the daily time.
    Rests,
    /// Is cancelled.
    Ends,
}

/// The chain, who acts on it, and what was taken down.
pub struct Stage<'a> {
    world: World,
    product: Product,
    resting: BTreeMap<OrderId, AccountId>,
    tell: &'a mut dyn FnMut(&Moment),
    /// What happened so far.
    pub facts: Facts,
}

impl<'a> Stage<'a> {
    /// The reference deployment; each sentence of the story is told as it happens.
    pub fn new(facts: Facts, tell: &'a mut dyn FnMut(&Moment)) -> anyhow::Result<Self> {
        let mut world = World::deploy(WorldSpec::reference()?)?;
        // No message of the story is meant to fail; comparing the whole state before each would only take time.
        world.set_compare_on_failure(false);
        let product = world.spec().product(PRODUCT).cloned().context("the reference deployment has no TOK")?;
        Ok(Self { world, product, resting: BTreeMap::new(), tell, facts })
    }

    /// Protocol time.
    pub fn now(&self) -> Time {
        self.world.now()
    }

    /// The tick of the product.
    pub const fn tick(&self) -> Tick {
        self.product.tick
    }

    /// The terms of the product.
    pub const fn product(&self) -> &Product {
        &self.product
    }

    /// How many publishers the panel has.
    pub fn panel_size(&self) -> usize {
        self.world.panel().len()
    }

    /// Begins a block at this time of a day.
    pub fn at(&mut self, date: Date, hour: u64, minute: u64) -> anyhow::Result<()> {
        let of_day = hour.saturating_mul(HOUR).saturating_add(minute.saturating_mul(MINUTE));
        Ok(self.world.advance_to(date.at(of_day))?)
    }

    /// Begins a block so many seconds later.
    pub fn after(&mut self, seconds: u64) -> anyhow::Result<()> {
        let time = self.now().checked_add(seconds)?;
        Ok(self.world.advance_to(time)?)
    }

    /// Adds a sentence to the story, and tells it.
    pub fn say(&mut self, what: String) {
        let moment = At { at: self.now(), what };
        (self.tell)(&moment);
        self.facts.moments.push(moment);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.facts.note(self.now(), &outcome.events);
        outcome.events.iter().for_each(|event| self.note_resting(event));
    }

    fn note_resting(&mut self, event: &Event) {
        if let Some(OrderRested { order, account, .. }) = OrderRested::parse(event) {
            self.resting.insert(order, account);
        } else if let Some(Filled { order, left, .. }) = Filled::parse(event) {
            if left.is_zero() {
                self.resting.remove(&order);
            }
        } else if let Some(OrderRemoved { order, .. }) = OrderRemoved::parse(event) {
            self.resting.remove(&order);
        }
    }

    /// Sends a message, or says what the contract refused it for.
    pub fn try_send(
        &mut self,
        contract: Contract,
        from: &str,
        msg: &impl Serialize,
        paid: Amount,
    ) -> Result<Outcome, Failure> {
        let denom = self.world.spec().denom.clone();
        let funds = if paid.is_zero() { vec![] } else { vec![Coin::new(paid.base_units(), denom)] };
        let outcome = self.world.execute(contract, from, msg, &funds)?;
        self.note(&outcome);
        Ok(outcome)
    }

    /// Sends a message that must pass.
    pub fn send(&mut self, contract: Contract, from: &str, msg: &impl Serialize) -> anyhow::Result<Outcome> {
        let sent = self.try_send(contract, from, msg, Amount::ZERO);
        sent.with_context(|| format!("{from} to {contract} at {}", self.now()))
    }

    fn pay(&mut self, from: &str, msg: &vault::ExecuteMsg, paid: Amount) -> anyhow::Result<()> {
        let sent = self.try_send(Contract::Vault, from, msg, paid);
        sent.map(drop).with_context(|| format!("{from} pays {paid} at {}", self.now()))
    }

    fn send_all(&mut self, from: &str, calls: Vec<Call>) -> anyhow::Result<()> {
        if calls.is_empty() {
            return Ok(());
        }
        let sent = self.world.transact(from, calls);
        let outcomes = sent.with_context(|| format!("{from} at {}", self.now()))?;
        outcomes.iter().for_each(|outcome| self.note(outcome));
        Ok(())
    }

    /// Seeds the insurance fund.
    pub fn seed_insurance(&mut self, paid: Amount) -> anyhow::Result<()> {
        self.pay("governance", &vault::ExecuteMsg::FundInsurance {}, paid)
    }

    /// Opens an actor's account, and pays in what it begins with.
    pub fn open_account(&mut self, actor: Actor) -> anyhow::Result<()> {
        let outcome = self.send(Contract::Vault, actor.user(), &vault::ExecuteMsg::OpenAccount {})?;
        let opened = outcome.events_of::<AccountOpened>().pop().context("no account was opened")?;
        self.facts.accounts.insert(actor, opened.account);
        if actor.deposit().is_zero() { Ok(()) } else { self.deposit(actor, actor.deposit()) }
    }

    /// Pays in.
    pub fn deposit(&mut self, actor: Actor, paid: Amount) -> anyhow::Result<()> {
        let account = self.facts.account(actor);
        self.pay(actor.user(), &vault::ExecuteMsg::Deposit { account }, paid)
    }

    /// Withdraws all that may be withdrawn; how much that was.
    pub fn withdraw_all(&mut self, actor: Actor) -> anyhow::Result<Amount> {
        let AccountResponse { account, withdrawable, .. } = self.account(actor)?;
        if !withdrawable.is_zero() {
            let msg = vault::ExecuteMsg::Withdraw { account, amount: withdrawable };
            self.send(Contract::Vault, actor.user(), &msg)?;
        }
        Ok(withdrawable)
    }

    /// Places an order; how many lots traded.
    pub fn order(&mut self, actor: Actor, wish: &Wish<'_>) -> anyhow::Result<Lots> {
        let msg = market::ExecuteMsg::PlaceOrder(self.new_order(actor, wish));
        let outcome = self.send(Contract::Market, actor.user(), &msg).with_context(|| format!("{wish:?}"))?;
        let fills = outcome.events_of::<Filled>();
        let filled = fills.iter().try_fold(Lots::ZERO, |sum, fill| sum.checked_add(fill.lots));
        Ok(filled?)
    }

    fn new_order(&self, actor: Actor, wish: &Wish<'_>) -> NewOrder {
        let Wish { series, side, lots, price, then, reduces } = *wish;
        NewOrder {
            account: self.facts.account(actor),
            series: series.to_string(),
            side,
            lots: Lots::new(lots),
            price: OrderPrice::Limit(self.quoted(price)),
            time_in_force: Some(match then {
                Then::Rests => TimeInForce::Day,
                Then::Ends => TimeInForce::Ioc,
            }),
            post_only: None,
            reduce_only: reduces,
            self_trade: market::SelfTrade::default(),
            client_id: None,
            max_fills: None,
        }
    }

    /// Cancels what the actor has resting in these series, and places these orders, in one transaction.
    pub fn requote(&mut self, actor: Actor, wishes: &[Wish<'_>]) -> anyhow::Result<()> {
        let account = self.facts.account(actor);
        let own: Vec<OrderId> = self.resting.iter().filter(|(_, of)| **of == account).map(|(id, _)| *id).collect();
        let cancel =
            own.iter().map(|id| market::ExecuteMsg::CancelOrder { account, order: OrderRef::Id(id.to_string()) });
        let place = wishes.iter().map(|wish| market::ExecuteMsg::PlaceOrder(self.new_order(actor, wish)));
        let calls = cancel.chain(place).map(|msg| Call::new(Contract::Market, &msg)).collect::<Result<_, _>>()?;
        self.send_all(actor.user(), calls)
    }

    /// Takes orders that have ended out of the books.
    pub fn reap(&mut self) -> anyhow::Result<()> {
        let ids: Vec<String> = self.resting.keys().map(ToString::to_string).collect();
        for orders in ids.chunks(REAPED_AT_ONCE) {
            let msg = market::ExecuteMsg::Reap { orders: orders.to_vec() };
            match self.try_send(Contract::Market, Actor::Keeper.user(), &msg, Amount::ZERO) {
                Err(failure) if failure.code == "nothing_to_reap" => {}
                sent => drop(sent.context("reaping")?),
            }
        }
        Ok(())
    }

    /// The panel signs the fixing of a date, and a relayer submits it.
    pub fn fix(&mut self, date: Date, values: &[Option<Price>]) -> anyhow::Result<()> {
        let texts: Vec<Option<String>> = values.iter().map(|value| value.map(|price| self.quoted(price))).collect();
        let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
        let outcomes = self.world.fix(PRODUCT, &date.to_string(), &texts)?;
        outcomes.iter().for_each(|outcome| self.note(outcome));
        Ok(())
    }

    /// Makes the fixing final.
    pub fn finalise_fixing(&mut self) -> anyhow::Result<()> {
        let msg = oracle::ExecuteMsg::Finalise { feed: self.product.feed, limit: None };
        self.send(Contract::Oracle, Actor::Keeper.user(), &msg).map(drop)
    }

    /// Lists the months that the calendar asks for; those that are new.
    pub fn list(&mut self) -> anyhow::Result<Vec<String>> {
        let product = market::QueryMsg::Product { code: PRODUCT.to_string() };
        let terms: market::ProductResponse = self.world.query(Contract::Market, &product)?;
        if !terms.listable.is_empty() {
            let msg = market::ExecuteMsg::ListSeries { product: PRODUCT.to_string() };
            self.send(Contract::Market, Actor::Keeper.user(), &msg)?;
        }
        Ok(terms.listable)
    }

    /// Pushes the marks of these series.
    pub fn push_marks(&mut self, series: &[String]) -> anyhow::Result<()> {
        let msg = market::ExecuteMsg::PushMarks { series: series.to_vec() };
        self.send(Contract::Market, Actor::Keeper.user(), &msg).map(drop)
    }

    /// Strikes the daily settlement.
    pub fn strike(&mut self) -> anyhow::Result<()> {
        let msg = market::ExecuteMsg::Strike { product: PRODUCT.to_string() };
        self.send(Contract::Market, Actor::Keeper.user(), &msg).map(drop)
    }

    /// Makes the struck settlement final.
    pub fn finalise(&mut self) -> anyhow::Result<()> {
        let msg = vault::ExecuteMsg::Finalise { product: PRODUCT.to_string() };
        self.send(Contract::Vault, Actor::Keeper.user(), &msg).map(drop)
    }

    /// A step of an actor's liquidation.
    pub fn liquidate(&mut self, actor: Actor) -> anyhow::Result<Outcome> {
        let msg = vault::ExecuteMsg::Liquidate { account: self.facts.account(actor) };
        self.send(Contract::Vault, Actor::Keeper.user(), &msg)
    }

    /// A step of the house's unwinding in a series.
    pub fn unwind(&mut self, code: &str) -> anyhow::Result<Outcome> {
        let series = self.facts.series(code).with_context(|| format!("{code} is not listed"))?;
        self.send(Contract::Vault, Actor::Keeper.user(), &vault::ExecuteMsg::UnwindHouse { series })
    }

    /// Brings every account up to date with what is final.
    pub fn touch_all(&mut self) -> anyhow::Result<()> {
        let accounts = std::iter::once(AccountId::HOUSE).chain(self.facts.accounts.values().copied()).collect();
        self.send(Contract::Vault, Actor::Keeper.user(), &vault::ExecuteMsg::Touch { accounts }).map(drop)
    }

    /// Pays the treasury its fees.
    pub fn collect_fees(&mut self) -> anyhow::Result<()> {
        self.send(Contract::Vault, Actor::Keeper.user(), &vault::ExecuteMsg::CollectFees {}).map(drop)
    }

    /// An actor's account as it stands.
    pub fn account(&self, actor: Actor) -> anyhow::Result<AccountResponse> {
        self.account_of(self.facts.account(actor))
    }

    /// Any account as it stands.
    pub fn account_of(&self, account: AccountId) -> anyhow::Result<AccountResponse> {
        Ok(self.world.query(Contract::Vault, &vault::QueryMsg::Account { account })?)
    }

    /// Net lots that an account holds in a series.
    pub fn lots(&self, account: AccountId, code: &str) -> anyhow::Result<i64> {
        let positions = self.account_of(account)?.positions;
        Ok(positions.iter().find(|position| position.code == code).map_or(0, |position| position.lots.count()))
    }

    /// A series as it stands.
    pub fn series(&self, code: &str) -> anyhow::Result<market::SeriesResponse> {
        Ok(self.world.query(Contract::Market, &market::QueryMsg::Series { code: code.to_string() })?)
    }

    /// The last settlement price of a series.
    pub fn settlement_price(&self, code: &str) -> anyhow::Result<Price> {
        self.price(&self.series(code)?.settlement_price)
    }

    /// A quoted price.
    pub fn price(&self, text: &str) -> anyhow::Result<Price> {
        Ok(Price::parse(text, self.product.decimals)?)
    }

    /// A price as it is quoted.
    pub fn quoted(&self, price: Price) -> String {
        price.to_decimal(self.product.decimals)
    }

    /// Checks every invariant: every pot, if all hold.
    pub fn check(&mut self) -> anyhow::Result<BalanceSheet> {
        let checked = check(&self.world).map_err(|broken| anyhow!("broken invariant {broken}"))?;
        self.facts.checks = self.facts.checks.saturating_add(1);
        Ok(checked.balance_sheet)
    }

    /// Checks every invariant and takes every account down, as the day's end.
    pub fn close_day(&mut self, date: Date) -> anyhow::Result<()> {
        let sheet = self.check()?;
        let ids = std::iter::once(AccountId::HOUSE).chain(self.facts.accounts.values().copied());
        let accounts = ids.map(|id| Ok((id, self.account_of(id)?))).collect::<anyhow::Result<_>>()?;
        self.facts.days.push(DayClose { date, at: self.now(), accounts, sheet });
        self.facts.transactions = self.world.watch().transactions().0;
        Ok(())
    }
}
