//! A world and its users, doing what they are told.

use serde_json::json;
use tokfut_api::market::{self, OrderRef};
use tokfut_api::vault::{self, Scope};
use tokfut_core::id::AccountId;
use tokfut_core::price::{Price, Side};
use tokfut_core::series::Status;
use tokfut_core::time::{DAY, FINAL, FIXING, MINUTE};
use tokfut_embedded::{Contract, records};
use tokfut_testkit::{Attempt, Message, Order, Setup, TestWorld, Trader, usd};

use super::act::{Act, RandomOrder};
use super::coverage::Coverage;

/// The months there are at first, in two products.
pub(super) const MONTHS: [&str; 4] = ["TOKM26", "TOKN26", "GPHM26", "GPHN26"];
pub(super) const PRODUCTS: [&str; 2] = ["TOK", "GPH"];
/// Their first fixings, price units.
const FIRST: [i64; 2] = [16_000, 24_000];
/// Owners; the first three have two accounts, and the last is a friend of all.
pub(super) const OWNERS: [&str; 9] = ["ann", "bob", "cid", "dot", "eve", "fay", "gus", "hal", "ivy"];
/// The largest move of a fixing that keeps a price positive for ever.
pub(super) const FLOOR: i64 = 2_000;

/// A world, its users, and what has happened.
pub struct Machine {
    pub(super) world: TestWorld,
    pub(super) traders: Vec<Trader>,
    pub(super) fixings: [i64; 2],
    seen: Coverage,
}

impl Machine {
    /// Two products of two months each, one of which pays its makers, twelve accounts of nine owners, and a fund that is large, small or empty.
    pub fn new(insured: u8) -> Self {
        let fund = [0, usd(50), usd(2_000), usd(200_000)][usize::from(insured)];
        let two = json!({"serial": 2, "quarterly": 0});
        let world = Setup::default()
            .insured(fund)
            .with("/products/TOK/listing", two.clone())
            .with("/products/GPH/listing", two)
            .with("/products/CSX", serde_json::Value::Null)
            .with("/products/GPH/fees/maker", json!(-199))
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

    pub(super) fn note(&mut self, attempt: Attempt) {
        self.seen.attempt(&attempt);
    }

    pub(super) fn tries(&mut self, from: &str, msg: &impl Message) {
        let attempt = self.world.tries(from, msg);
        self.note(attempt);
    }

    pub(super) fn trader(&self, who: usize) -> Trader {
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
    pub(super) fn price(&self, code: &str, ticks: i64) -> String {
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
    pub(super) fn month(&self, pick: usize) -> String {
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

    pub(super) fn pays(&mut self, act: Act) {
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

    fn changes_status(&mut self, act: Act) {
        match act {
            Act::Halt { month, status } => {
                let series = self.month(month);
                let statuses = [Status::Paused, Status::CloseOnly, Status::Halted];
                if self.world.series(&series).status == Status::Settled {
                    return;
                }
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

pub(super) fn decimal(units: i64) -> String {
    Price::new(u32::try_from(units).unwrap()).unwrap().to_decimal(4)
}
