//! The days of a random world: fixings, marks, liquidations and settlements, by whoever turns the crank.

use tokfut_api::{market, vault};
use tokfut_core::id::{AccountId, SeriesId};
use tokfut_core::price::Side;
use tokfut_core::time::{FINAL, FIXING, MINUTE};
use tokfut_testkit::Order;

use super::act::Act;
use super::machine::{FLOOR, MONTHS, Machine, OWNERS, PRODUCTS, decimal};

impl Machine {
    /// The next fixings; the clock goes to a quarter past three after them.
    pub(super) fn fixes(&mut self, moves: [Option<i16>; 2]) {
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

    pub(super) fn pushes(&mut self) {
        for product in PRODUCTS {
            let product = product.to_string();
            let listed: Vec<market::SeriesResponse> = self.world.asks(&market::QueryMsg::SeriesList { product });
            let series: Vec<String> = listed.into_iter().map(|series| series.code).collect();
            if !series.is_empty() {
                self.tries("keeper", &market::ExecuteMsg::PushMarks { series });
            }
        }
    }

    pub(super) fn strikes(&mut self, product: &str, late: u64) {
        if let Some(due) = self.world.product(product).next_strike {
            let at = due.max(self.world.now()).checked_add(late).unwrap();
            self.world.goes_to(at);
        }
        let attempt = self.world.tries_to_strike_of(product);
        self.note(attempt);
    }

    pub(super) fn finalises(&mut self, product: &str, late: u64) {
        if let Some(from) = self.world.settlement_of(product).finalises_from {
            let at = from.max(self.world.now()).checked_add(late).unwrap();
            self.world.goes_to(at);
        }
        let attempt = self.world.tries_to_finalise_of(product);
        self.note(attempt);
    }

    pub(super) fn catches_up(&mut self) {
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

    pub(super) fn lives_a_day(
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
    pub(super) fn quotes(&mut self, ticks: i64) {
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
    pub(super) fn sits(&mut self, ticks: i64) {
        self.world.later(20 * MINUTE);
        let code = self.month(0);
        for (who, side) in [(0, Side::Buy), (1, Side::Sell), (2, Side::Buy), (3, Side::Sell)] {
            let price = self.price(&code, if side == Side::Buy { 2 * ticks } else { -2 * ticks });
            let attempt = self.traders[who].tries_to_place(Order::new(side, 8, &code, &price).ioc());
            self.note(attempt);
        }
    }

    pub(super) fn leaves(&mut self, who: usize) {
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

    pub(super) fn crashes(&mut self, up: bool, rescued: Option<u32>) {
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
    pub(super) fn sweeps(&mut self, caller: &str) {
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
    pub(super) fn advances(&mut self) {
        let (mut short, others): (Vec<_>, Vec<_>) =
            self.world.accounts().into_iter().partition(|account| account.cash.is_negative());
        short.extend(others.into_iter().next());
        for account in short {
            self.tries("keeper", &vault::ExecuteMsg::Advance { account: account.account });
        }
    }

    pub(super) fn unwinds(&mut self) {
        let held: Vec<SeriesId> = self.world.house().positions.iter().map(|position| position.series).collect();
        for series in held {
            self.tries("keeper", &vault::ExecuteMsg::UnwindHouse { series });
        }
    }
}
