//! A world and its users, doing what they are told.

use serde_json::json;
use tokfut_api::market::{self, OrderRef};
use tokfut_api::vault::{self, Scope};
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::price::{Price, Side};
use tokfut_core::series::Status;
use tokfut_core::time::{DAY, FINAL, FIXING, MINUTE};
use tokfut_embedded::{Contract, records};
use tokfut_testkit::{Attempt, Message, Order, Setup, TestWorld, Trader, usd};

use super::act::{Act, RandomOrder};
use super::coverage::Coverage;

/// The months there are at first, in two products.
const MONTHS: [&str; 4] = ["TOKM26", "TOKN26", "GPHM26", "GPHN26"];
const PRODUCTS: [&str; 2] = ["TOK", "GPH"];
/// Their first fixings, price units.
const FIRST: [i64; 2] = [16_000, 24_000];
/// Owners; the first three have two accounts, and the last is a friend of all.
const OWNERS: [&str; 9] = ["ann", "bob", "cid", "dot", "eve", "fay", "gus", "hal", "ivy"];
/// The largest move of a fixing that keeps a price positive for ever.
const FLOOR: i64 = 2_000;

/// A world, its users, and what has happened.
pub struct Machine {
    world: TestWorld,
    traders: Vec<Trader>,
    fixings: [i64; 2],
    seen: Coverage,
}

impl Machine {
    /// Two products of two months each, twelve accounts of nine owners, and a fund that is large, small or empty.
    pub fn new(insured: u8) -> Self {
        let fund = [0, usd(50), usd(2_000), usd(200_000)][usize::from(insured)];
        let two = json!({"serial": 2, "quarterly": 0});
        let world = Setup::default()
            .insured(fund)
            .with("/products/TOK/listing", two.clone())
            .with("/products/GPH/listing", two)
            .with("/products/CSX", serde_json::Value::Null)
            .open();
        world.goes_to(world.next(FIXING + 5 * MINUTE));
        PRODUCTS.iter().zip(FIRST).for_each(|(feed, value)| world.fixes(feed, &decimal(value)));
        world.goes_to(world.next(FINAL));
        PRODUCTS.iter().for_each(|feed| world.makes_all_final(feed));
        world.lists("GPH").succeeds();
        let names = OWNERS.iter().chain(&OWNERS[..3]);
        let traders = (0i128..).zip(names).map(|(place, name)| {
            world.trader(name, if place == 8 { usd(100_000) } else { usd(6_000 + place * 3_000) })
        });
        let traders = traders.collect();
        world.trader("keeper", 0);
        Self { world, traders, fixings: FIRST, seen: Coverage::default() }
    }

    fn note(&mut self, attempt: Attempt) {
        self.seen.attempt(&attempt);
    }

    fn tries(&mut self, from: &str, msg: &impl Message) {
        let attempt = self.world.tries(from, msg);
        self.note(attempt);
    }

    fn trader(&self, who: usize) -> Trader {
        self.traders[who % self.traders.len()].clone()
    }

    pub fn does(&mut self, act: Act) {
        match act {
            Act::Place(order) => self.places(&order, false),
            Act::Trade { maker, taker, month, buys, ticks, percent } => {
                self.trades((maker, taker), month, (buys, ticks), percent);
            }
            Act::Friend(order) => self.places(&order, true),
            Act::Cancel(pick) => self.cancels(pick),
            Act::CancelAll(who) => {
                let trader = self.trader(who);
                self.tries(&trader.name, &market::ExecuteMsg::CancelAll { account: trader.account });
            }
            Act::Reap(pick) => {
                let Some((id, _)) = self.resting(pick) else { return };
                self.tries("keeper", &market::ExecuteMsg::Reap { orders: vec![id] });
            }
            Act::Deposit { .. } | Act::Withdraw { .. } | Act::FundInsurance(_) | Act::Stray(_) | Act::CollectFees => {
                self.pays(act);
            }
            Act::OpenAccount(who) => {
                let trader = self.trader(who);
                self.tries(&trader.name, &vault::ExecuteMsg::OpenAccount {});
            }
            Act::Delegate { .. } | Act::Undelegate(_) => self.delegates(act),
            Act::Wait(seconds) => self.world.later(seconds),
            Act::Fix(moves) => self.fixes(moves),
            Act::Push => self.pushes(),
            Act::Strike { product, late } => self.strikes(PRODUCTS[product], late),
            Act::Finalise { product, late } => self.finalises(PRODUCTS[product], late),
            Act::Day { moves, quotes, session, sweeps, finalises, late } => {
                self.lives_a_day(moves, (quotes, session, sweeps), (finalises, late));
            }
            Act::Leftover(who) => self.leaves(who),
            Act::Crash { up, rescued } => self.crashes(up, rescued),
            Act::Sweep { caller, wait } => {
                self.world.later(wait);
                self.pushes();
                let caller = self.trader(caller).name;
                self.sweeps(&caller);
            }
            Act::Liquidate(who) => {
                let account = self.trader(who).account;
                self.tries("keeper", &vault::ExecuteMsg::Liquidate { account });
            }
            Act::Unwind => self.unwinds(),
            Act::Advance => self.advances(),
            Act::Touch(who) => {
                let accounts = vec![self.trader(who).account, AccountId::HOUSE];
                self.tries("keeper", &vault::ExecuteMsg::Touch { accounts });
            }
            Act::List(product) => {
                let product = PRODUCTS[product].to_string();
                self.tries("keeper", &market::ExecuteMsg::ListSeries { product });
            }
            Act::Halt { .. } | Act::Reopen(_) => self.changes_status(act),
        }
    }

    /// An order of the account's owner, or of the friend in his name.
    fn places(&mut self, random: &RandomOrder, by_friend: bool) {
        if random.prompt {
            self.catches_up();
        }
        let code = self.month(random.month);
        let price = self.price(&code, random.ticks);
        let side = if random.buys { Side::Buy } else { Side::Sell };
        let trader = self.trader(random.who);
        let held = trader.lots(&code);
        // What is to reduce is on the side that reduces, where there is one.
        let side = if random.reduce_only && held != 0 { if held > 0 { Side::Sell } else { Side::Buy } } else { side };
        let order = Order::new(side, random.lots, &code, &price);
        let order = match random.style {
            0 => order.ioc(),
            1 => order.fok(),
            2 => order.post_only(),
            3 => order.day(),
            4 => order.day().post_only(),
            5 => order.market(),
            _ => order,
        };
        let order = if random.reduce_only { order.reduce_only() } else { order };
        let order = random.numbered.map_or(order.clone(), |number| order.numbered(number));
        let order = if random.steps < 6 { order.steps(random.steps) } else { order };
        let trader = if by_friend { trader.by("friend") } else { trader };
        let attempt = trader.tries_to_place(order);
        self.note(attempt);
    }

    /// So many ticks above the mark.
    fn price(&self, code: &str, ticks: i64) -> String {
        let mark = Price::parse(&self.world.series(code).mark, 4).unwrap();
        decimal((i64::from(mark.units()) / 10 + ticks).max(1) * 10)
    }

    /// Two meet at a price, for a share of what the poorer of them can carry.
    fn trades(&mut self, (maker, taker): (usize, usize), month: usize, (buys, ticks): (bool, i64), percent: u8) {
        self.catches_up();
        let (maker, taker) = (self.trader(maker), self.trader(taker));
        let code = self.month(month);
        let a_lot = i128::from(Price::parse(&self.world.series(&code).mark, 4).unwrap().units()) * 100_000 * 15 / 100;
        let free = maker.withdrawable().min(taker.withdrawable()) * i128::from(percent) / 100;
        let lots = u64::try_from(free / a_lot).unwrap().clamp(1, 500);
        let price = self.price(&code, ticks);
        let (rests, takes) = if buys { (Side::Sell, Side::Buy) } else { (Side::Buy, Side::Sell) };
        let attempt = maker.tries_to_place(Order::new(rests, lots, &code, &price));
        self.note(attempt);
        let attempt = taker.tries_to_place(Order::new(takes, lots, &code, &price).ioc());
        self.note(attempt);
    }

    /// One of the living months, or a dead one.
    fn month(&self, pick: usize) -> String {
        let product = PRODUCTS[pick / 2];
        let listed: Vec<market::SeriesResponse> =
            self.world.asks(&market::QueryMsg::SeriesList { product: product.to_string() });
        listed.get(pick % 2).map_or_else(|| MONTHS[pick].to_string(), |series| series.code.clone())
    }

    fn resting(&self, pick: usize) -> Option<(String, AccountId)> {
        let orders = records::orders(&self.world.chain()).unwrap();
        let (id, order) = orders.get(pick % orders.len().max(1))?;
        Some((id.to_string(), order.account))
    }

    fn cancels(&mut self, pick: usize) {
        let Some((id, account)) = self.resting(pick) else { return };
        let owner = self.world.account(account).owner;
        let name = self.world.chain().names().name(&owner).unwrap().to_string();
        self.tries(&name, &market::ExecuteMsg::CancelOrder { account, order: OrderRef::Id(id) });
    }

    fn pays(&mut self, act: Act) {
        match act {
            Act::Deposit { who, dollars } => {
                let trader = self.trader(who);
                trader.deposits(usd(i128::from(dollars)));
            }
            Act::Withdraw { who, percent } => {
                let trader = self.trader(who);
                let asked = trader.withdrawable() * i128::from(percent) / 100;
                let attempt = trader.tries_to_withdraw(asked + i128::from(percent > 100));
                self.note(attempt);
            }
            Act::FundInsurance(dollars) => {
                let coins = self.world.coins(usd(i128::from(dollars)).max(1));
                let attempt = self.world.tries_with("donor", &vault::ExecuteMsg::FundInsurance {}, &coins);
                self.note(attempt);
            }
            Act::Stray(dollars) => {
                let coins = self.world.coins(i128::from(dollars));
                self.world.step("stray coins", |world| {
                    let vault = world.address(Contract::Vault).clone();
                    world.send("stranger", &vault, &coins).unwrap();
                });
            }
            _ => self.tries("keeper", &vault::ExecuteMsg::CollectFees {}),
        }
    }

    fn delegates(&mut self, act: Act) {
        let friend = self.world.step("a name", |world| world.user("friend")).unwrap().to_string();
        match act {
            Act::Delegate { who, scope } => {
                let trader = self.trader(who);
                let trade = |product: Option<&str>| Scope::Trade { product: product.map(ToString::to_string) };
                let scopes = [trade(None), trade(Some("TOK")), trade(Some("GPH")), Scope::CancelOnly {}];
                let scope = scopes[usize::from(scope)].clone();
                let expires = self.world.now().checked_add(3 * DAY).unwrap();
                let account = trader.account;
                let message = vault::ExecuteMsg::AddDelegate { account, delegate: friend, scope, expires };
                self.tries(&trader.name, &message);
            }
            Act::Undelegate(who) => {
                let trader = self.trader(who);
                let account = trader.account;
                self.tries(&trader.name, &vault::ExecuteMsg::RemoveDelegate { account, delegate: friend });
            }
            _ => {}
        }
    }

    /// The next fixings; the clock goes to a quarter past three after them.
    fn fixes(&mut self, moves: [Option<i16>; 2]) {
        self.world.goes_to(self.world.next(FIXING + 5 * MINUTE));
        for ((feed, value), moved) in PRODUCTS.iter().zip(&mut self.fixings).zip(moves) {
            let Some(moved) = moved else { continue };
            *value = (*value * (1_000 + i64::from(moved)) / 1_000).max(FLOOR);
            self.world.fixes(feed, &decimal(*value));
        }
        self.world.goes_to(self.world.next(FINAL));
        for feed in PRODUCTS {
            // Nothing is due where nothing was fixed, but for the rounds that were missed.
            let attempt = self.world.makes_final(feed);
            self.note(attempt);
        }
    }

    fn pushes(&mut self) {
        for product in PRODUCTS {
            let product = product.to_string();
            let listed: Vec<market::SeriesResponse> = self.world.asks(&market::QueryMsg::SeriesList { product });
            let series: Vec<String> = listed.into_iter().map(|series| series.code).collect();
            if !series.is_empty() {
                self.tries("keeper", &market::ExecuteMsg::PushMarks { series });
            }
        }
    }

    fn strikes(&mut self, product: &str, late: u64) {
        if let Some(due) = self.world.product(product).next_strike {
            let at = due.max(self.world.now()).checked_add(late).unwrap();
            self.world.goes_to(at);
        }
        let attempt = self.world.tries_to_strike_of(product);
        self.note(attempt);
    }

    fn finalises(&mut self, product: &str, late: u64) {
        if let Some(from) = self.world.settlement_of(product).finalises_from {
            let at = from.max(self.world.now()).checked_add(late).unwrap();
            self.world.goes_to(at);
        }
        let attempt = self.world.tries_to_finalise_of(product);
        self.note(attempt);
    }

    fn catches_up(&mut self) {
        for product in PRODUCTS {
            if self.world.settlement_of(product).finalises_from.is_some() {
                self.finalises(product, 0);
            }
            if self.world.product(product).next_strike.is_some_and(|due| due <= self.world.now()) {
                self.world.makes_all_final(product);
                self.strikes(product, 0);
                self.finalises(product, 0);
            }
        }
    }

    fn lives_a_day(
        &mut self,
        moves: [Option<i16>; 2],
        (quotes, session, sweeps): (Option<i64>, bool, bool),
        (finalises, late): ([bool; 2], u64),
    ) {
        self.catches_up();
        self.fixes(moves);
        self.catches_up();
        self.pushes();
        self.world.later(5);
        if let Some(ticks) = quotes {
            self.quotes(ticks);
            if session {
                self.sits(ticks);
            }
        }
        if sweeps {
            self.sweeps("keeper");
        }
        for product in PRODUCTS {
            self.strikes(product, 0);
        }
        if sweeps {
            self.sweeps("keeper");
        }
        for (product, _) in PRODUCTS.iter().zip(finalises).filter(|(_, finalises)| *finalises) {
            self.finalises(product, late);
        }
    }

    /// The richest stands ready on both sides of every mark.
    fn quotes(&mut self, ticks: i64) {
        let maker = self.traders[OWNERS.len() - 1].clone();
        for month in 0..MONTHS.len() {
            let code = self.month(month);
            for (side, ticks) in [(Side::Buy, -ticks), (Side::Sell, ticks)] {
                let attempt = maker.tries_to_place(Order::new(side, 25, &code, &self.price(&code, ticks)).day());
                self.note(attempt);
            }
        }
    }

    /// Some take from the quotes, once these have stood and the last half hour has begun.
    fn sits(&mut self, ticks: i64) {
        self.world.later(20 * MINUTE);
        let code = self.month(0);
        for (who, side) in [(0, Side::Buy), (1, Side::Sell), (2, Side::Buy), (3, Side::Sell)] {
            let price = self.price(&code, if side == Side::Buy { 2 * ticks } else { -2 * ticks });
            let attempt = self.traders[who].tries_to_place(Order::new(side, 8, &code, &price).ioc());
            self.note(attempt);
        }
    }

    fn leaves(&mut self, who: usize) {
        self.catches_up();
        let (leaver, maker) = (self.trader(who), self.traders[OWNERS.len() - 1].clone());
        let (code, held) = (self.month(0), leaver.lots(&self.month(0)));
        let lots = held.unsigned_abs().min(500);
        if lots == 0 || leaver.account == maker.account {
            return;
        }
        let (exit, away) = if held > 0 { (Side::Sell, 3) } else { (Side::Buy, -3) };
        let (near, far) = (self.price(&code, 0), self.price(&code, away));
        for (trader, order) in [
            (&leaver, Order::new(exit, lots, &code, &far).reduce_only()),
            (&maker, Order::new(exit.opposite(), lots, &code, &near)),
            (&leaver, Order::new(exit, lots, &code, &near).reduce_only().ioc()),
            (&maker, Order::new(exit.opposite(), 1, &code, &far).ioc()),
        ] {
            let attempt = trader.tries_to_place(order);
            self.note(attempt);
        }
    }

    fn crashes(&mut self, up: bool, rescued: Option<u32>) {
        let moved = if up { [Some(220), Some(180)] } else { [Some(-190), Some(-160)] };
        for moves in [moved, [Some(0); 2]] {
            self.lives_a_day(moves, (None, false, false), ([true; 2], 0));
        }
        self.sweeps("keeper");
        self.world.later(3_700);
        self.pushes();
        self.sweeps("keeper");
        if let Some(dollars) = rescued {
            self.pays(Act::FundInsurance(dollars));
        }
    }

    /// Liquidates whoever is below maintenance, a step each.
    fn sweeps(&mut self, caller: &str) {
        let accounts = self.world.accounts();
        let below = |account: &&vault::AccountResponse| {
            account.equity.is_negative() || account.equity.gain() < account.maintenance_margin
        };
        let below: Vec<AccountId> = accounts.iter().filter(below).map(|account| account.account).collect();
        for account in below {
            self.tries(caller, &vault::ExecuteMsg::Liquidate { account });
        }
    }

    /// Has the house lend to whoever is short of cash, and to one who is not.
    fn advances(&mut self) {
        let (mut short, others): (Vec<_>, Vec<_>) =
            self.world.accounts().into_iter().partition(|account| account.cash.is_negative());
        short.extend(others.into_iter().next());
        for account in short {
            self.tries("keeper", &vault::ExecuteMsg::Advance { account: account.account });
        }
    }

    fn unwinds(&mut self) {
        let held: Vec<SeriesId> = self.world.house().positions.iter().map(|position| position.series).collect();
        for series in held {
            self.tries("keeper", &vault::ExecuteMsg::UnwindHouse { series });
        }
    }

    fn changes_status(&mut self, act: Act) {
        match act {
            Act::Halt { month, status } => {
                let series = self.month(month);
                let statuses = [Status::Paused, Status::CloseOnly, Status::Halted];
                match statuses.get(usize::from(status)) {
                    Some(status) => {
                        self.tries("guardian", &market::ExecuteMsg::SetStatus { series, status: *status });
                    }
                    None => self.tries("governance", &market::ExecuteMsg::ScheduleOpen { series }),
                }
            }
            Act::Reopen(month) => {
                let series = self.month(month);
                self.tries("keeper", &market::ExecuteMsg::Reopen { series });
            }
            _ => {}
        }
    }

    /// Everybody goes home. What happened in this world.
    pub fn winds_down(mut self) -> Coverage {
        self.world.wind_down_unfixed(70);
        self.world.history().iter().for_each(|event| self.seen.event(event));
        self.seen
    }
}

fn decimal(units: i64) -> String {
    Price::new(u32::try_from(units).unwrap()).unwrap().to_decimal(4)
}
