//! What people do in the world, and what can be seen of it.

use super::*;

impl World {
    pub fn account(&mut self, account: AccountId) -> AccountResponse {
        self.ask(QueryMsg::Account { account }).unwrap()
    }

    pub fn equity(&mut self, account: AccountId) -> i128 {
        self.account(account).equity.base_units()
    }

    pub fn cash(&mut self, account: AccountId) -> i128 {
        self.account(account).cash.base_units()
    }

    pub fn lots(&mut self, account: AccountId, series: SeriesId) -> i64 {
        let positions = self.account(account).positions;
        positions.iter().find(|position| position.series == series).map_or(0, |position| position.lots.count())
    }

    pub fn shortfall(&mut self, product: &str) -> u128 {
        let status: tokfut_api::vault::SettlementStatus =
            self.ask(QueryMsg::Settlement { product: product.to_string() }).unwrap();
        status.shortfall.base_units()
    }

    /// A new account of `who`, with so much in it.
    pub fn opens(&mut self, who: &str, units: u128) -> AccountId {
        let outcome = self.by(who, ExecuteMsg::OpenAccount {}).unwrap();
        let account = from_json::<OpenedAccount>(outcome.data.unwrap()).unwrap().account;
        self.owners.insert(account, who.to_string());
        if units > 0 {
            self.deposits(account, units);
        }
        account
    }

    pub fn deposits(&mut self, account: AccountId, units: u128) {
        self.pay("anyone", units, ExecuteMsg::Deposit { account }).unwrap();
    }

    pub fn withdraws(&mut self, account: AccountId, units: u128) -> Result<Outcome, ContractError> {
        let who = self.owners[&account].clone();
        self.by(&who, ExecuteMsg::Withdraw { account, amount: Amount::new(units) })
    }

    pub fn funds(&mut self, units: u128) {
        self.pay("anyone", units, ExecuteMsg::FundInsurance {}).unwrap();
    }

    /// The market has an order of this account, good till cancelled.
    pub fn place(
        &mut self,
        account: AccountId,
        (series, side): (SeriesId, Side),
        lots: u64,
        units: u32,
    ) -> Result<Outcome, ContractError> {
        self.order(Resting { account, series, side, price: price(units), lots, reduce_only: false })
    }

    pub fn order(&mut self, mut taker: Resting) -> Result<Outcome, ContractError> {
        let before = self.market.clone();
        let sender = addr(&self.owners[&taker.account]).to_string();
        let product = if taker.series == GPU { GPH } else { TOK };
        let mut clearing = empty(Purpose::Trade { sender }, taker.account, product);
        self.market.take(&mut taker, &mut clearing, &self.naive.lots);
        if taker.lots > 0 {
            clearing.book.push(taker.change(tokfut_api::clearing::RestChange::Rested));
            self.market.orders.push(taker);
        }
        let outcome = self.clear(clearing);
        if outcome.is_err() {
            self.market = before;
        }
        outcome
    }

    pub fn clear(&mut self, clearing: Clearing) -> Result<Outcome, ContractError> {
        self.by("market", ExecuteMsg::Clear(clearing))
    }

    pub fn buys(&mut self, account: AccountId, series: SeriesId, lots: u64, units: u32) -> Outcome {
        self.place(account, (series, Side::Buy), lots, units).unwrap()
    }

    pub fn sells(&mut self, account: AccountId, series: SeriesId, lots: u64, units: u32) -> Outcome {
        self.place(account, (series, Side::Sell), lots, units).unwrap()
    }

    /// `seller` rests, `buyer` takes.
    pub fn trades(&mut self, buyer: AccountId, seller: AccountId, series: SeriesId, lots: u64, units: u32) -> Outcome {
        self.sells(seller, series, lots, units);
        self.buys(buyer, series, lots, units)
    }

    pub fn cancels_all(&mut self, account: AccountId) -> Result<Outcome, ContractError> {
        let sender = addr(&self.owners[&account]).to_string();
        self.market.void(account);
        let all = Clearing { voids_orders: true, ..empty(Purpose::Cancel { sender }, account, TOK) };
        self.clear(all)
    }

    /// A new mark, in a new block.
    pub fn marks(&mut self, series: SeriesId, units: u32) {
        self.height += 1;
        self.now = self.now.checked_add(5).unwrap();
        self.by("market", ExecuteMsg::SetMarks { marks: vec![market::mark(series, units)] }).unwrap();
        self.height += 1;
    }

    /// The mark of each living series once more, as it stands: fresh.
    pub fn remarks(&mut self, all: &[SeriesId]) {
        for series in all {
            let answer: SeriesResponse = self.ask(QueryMsg::Series { series: *series }).unwrap();
            if !answer.last {
                self.marks(*series, Price::parse(&answer.mark, 4).unwrap().units());
            }
        }
    }

    pub fn strike(
        &mut self,
        product: ProductId,
        prices: &[(SeriesId, u32)],
        last: bool,
    ) -> Result<Outcome, ContractError> {
        let limit = Rate::ppm(if product == TOK { 100_000 } else { 80_000 });
        let struck =
            |(series, units): &(SeriesId, u32)| StruckPrice { series: *series, price: price(*units), last, limit };
        let ended: Vec<SeriesId> = prices.iter().map(|(series, _)| *series).collect();
        let prices = prices.iter().map(struck).collect();
        let message = ExecuteMsg::Strike { product, at: self.now, prices };
        self.height += 1;
        let before = self.market.clone();
        if last {
            self.market.orders.retain(|order| !ended.contains(&order.series));
        }
        let outcome = self.by("market", message);
        if outcome.is_err() {
            self.market = before;
        }
        outcome
    }

    pub fn finalise(&mut self, product: &str) -> Result<Outcome, ContractError> {
        self.waits(1_800);
        self.by("anyone", ExecuteMsg::Finalise { product: product.to_string() })
    }

    /// Struck and finalised.
    pub fn settles(&mut self, prices: &[(SeriesId, u32)], last: bool) {
        self.strike(TOK, prices, last).unwrap();
        self.finalise("TOK").unwrap();
    }

    pub fn touches(&mut self, accounts: &[AccountId]) -> Outcome {
        self.by("anyone", ExecuteMsg::Touch { accounts: accounts.to_vec() }).unwrap()
    }

    pub fn liquidates(&mut self, account: AccountId) -> Result<Outcome, ContractError> {
        self.by("keeper", ExecuteMsg::Liquidate { account })
    }

    pub fn waits(&mut self, seconds: u64) {
        self.now = self.now.checked_add(seconds).unwrap();
        self.height += 1;
    }
}
