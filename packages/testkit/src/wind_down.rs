//! The end of a world: everybody goes home, and what is left is insurance and fees (I12).

use std::collections::BTreeSet;

use cosmwasm_std::Order;
use tokfut_api::{market, vault};
use tokfut_core::id::AccountId;
use tokfut_core::time::DAY;
use tokfut_embedded::Contract;
use tokfut_market::state::{ORDERS, OrderKey};

use crate::world::{TestWorld, amount};

/// Steps of liquidation, a block each, after which an account that is still below zero is a fault.
const LIQUIDATION_STEPS: u32 = 8;

/// What the vault holds in the end, base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The vault's coins.
    pub bank: i128,
    /// The fund.
    pub insurance: i128,
    /// Fees not collected, and remainders of haircuts.
    pub fees: i128,
    /// What is still missing.
    pub shortfall: i128,
    /// What accounts could not be paid, for it is missing.
    pub unpaid: i128,
}

impl TestWorld {
    /// Ends the world: all orders are cancelled, every month of TOK runs to its final settlement at fixings of
    /// `fixing`, what is below zero is dealt with, everybody withdraws.
    ///
    /// Panics unless what is left is insurance and fees exactly, less what is still missing, and nobody has lots,
    /// orders or money in it.
    pub fn wind_down(&self, fixing: &str) -> Left {
        self.everybody_cancels();
        while self.has_lots() {
            self.settle_day(fixing);
        }
        self.pays_all_out()
    }

    /// The same for all products, without fixings, in one leap of `days`: the months end on their last daily prices.
    pub fn wind_down_unfixed(&self, days: u64) -> Left {
        self.everybody_cancels();
        self.later(days * DAY);
        self.catches_up();
        self.pays_all_out()
    }

    /// Whether anybody has lots.
    fn has_lots(&self) -> bool {
        let holds = |account: &vault::AccountResponse| account.positions.iter().any(|held| !held.lots.is_zero());
        holds(&self.house()) || self.accounts().iter().any(holds)
    }

    fn everybody_cancels(&self) {
        self.catches_up();
        let resting: Vec<_> = {
            let chain = self.chain();
            let storage = chain.storage(Contract::Market);
            let rows = ORDERS.range(storage.as_ref(), &[], None, Order::Ascending);
            rows.map(|row| row.map(|(OrderKey(id), order)| (id, order.account)).expect("an order")).collect()
        };
        let accounts: BTreeSet<AccountId> = resting.iter().map(|(_, account)| *account).collect();
        for account in accounts {
            self.sends(&self.owner(account), &market::ExecuteMsg::CancelAll { account });
        }
        for (id, _) in resting {
            // Those of a month that is over went with it, and stay in the book as dead as the others.
            let attempt = self.tries("keeper", &market::ExecuteMsg::Reap { orders: vec![id.to_string()] });
            attempt.succeeds();
        }
    }

    /// Strikes and finalises what is due, in all products, until nothing is.
    pub fn catches_up(&self) {
        let products: Vec<String> = self.chain().spec().products.iter().map(|terms| terms.code.to_string()).collect();
        // The grace of one product may take the clock past the daily time of another.
        while products.iter().any(|product| self.catches_up_with(product)) {}
    }

    /// Whether there was anything to do.
    fn catches_up_with(&self, product: &str) -> bool {
        let pends = self.settlement_of(product).finalises_from.is_some();
        if pends {
            self.finalise_of(product);
        }
        let is_due = self.product(product).next_strike.is_some_and(|due| due <= self.now());
        if is_due {
            self.strike_of(product);
            self.finalise_of(product);
        }
        pends || is_due
    }

    fn pays_all_out(&self) -> Left {
        for account in self.accounts() {
            self.touch(&[account.account]);
        }
        self.touch(&[AccountId::HOUSE]);
        for account in self.accounts() {
            self.liquidates_fully(account.account);
        }
        for account in self.accounts() {
            self.pays_out(&account);
        }
        let left = self.left();
        assert!(self.accounts().iter().all(|account| account.positions.is_empty()), "positions are left");
        let (bank, held) = (left.bank, left.insurance + left.fees - left.shortfall + left.unpaid);
        assert_eq!(bank - self.strays(), held, "what is left is not insurance and fees: {left:?}");
        let missing = left.shortfall - left.insurance.min(0);
        assert!(left.unpaid <= missing, "unpaid, and nothing is missing: {left:?}");
        left
    }

    fn liquidates_fully(&self, account: AccountId) {
        for _ in 0..LIQUIDATION_STEPS {
            if !self.account(account).equity.is_negative() {
                return;
            }
            self.later(1);
            self.liquidate(account).succeeds();
        }
        panic!("account {} stays below zero: {:?}", account.0, self.account(account));
    }

    /// Pays an account out as far as the pots hold something.
    fn pays_out(&self, account: &vault::AccountResponse) {
        let there = self.balance_sheet().total.base_units();
        let free = i128::try_from(account.withdrawable.base_units()).expect("within bounds");
        assert_eq!(free, account.cash.base_units(), "account {} cannot take all", account.account.0);
        let paid = free.min(there);
        if paid > 0 {
            let (id, owner) = (account.account, self.owner(account.account));
            self.sends(&owner, &vault::ExecuteMsg::Withdraw { account: id, amount: amount(paid) });
        }
    }

    fn left(&self) -> Left {
        let sheet = self.balance_sheet();
        assert!(sheet.clearing.is_zero(), "the clearing pot holds {}", sheet.clearing);
        Left {
            bank: i128::try_from(sheet.bank.base_units()).expect("within bounds"),
            insurance: sheet.insurance.base_units(),
            fees: sheet.treasury.base_units() + sheet.haircut.base_units(),
            shortfall: -sheet.shortfall.base_units(),
            unpaid: sheet.accounts.base_units(),
        }
    }

    fn strays(&self) -> i128 {
        self.chain().watch().strays().to_string().parse().expect("within bounds")
    }

    /// The name of an account's owner.
    fn owner(&self, account: AccountId) -> String {
        let owner = self.account(account).owner;
        self.chain().names().name(&owner).expect("a named owner").to_string()
    }
}
