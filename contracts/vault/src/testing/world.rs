//! The world: a vault on bare storage, and the chain around it.

use super::*;

pub struct World {
    pub storage: CountingStorage,
    pub now: Time,
    pub height: u64,
    pub market: Market,
    pub answer: Answer,
    /// False where the market lies about its book: I4 is not looked at.
    pub is_honest: bool,
    pub bank: BTreeMap<String, u128>,
    pub naive: Naive,
    /// Owners' names by account.
    pub owners: BTreeMap<AccountId, String>,
}

impl World {
    /// Nothing but storage, on the morning of 24 November 2026.
    pub fn bare() -> Self {
        Self {
            storage: CountingStorage::default(),
            now: time("2026-11-24T10:00:00Z"),
            height: 100,
            market: Market::default(),
            answer: Answer::Honest,
            is_honest: true,
            bank: BTreeMap::new(),
            naive: Naive::default(),
            owners: BTreeMap::new(),
        }
    }

    /// Instantiated with TOK and GPH; the market not connected, nothing listed.
    pub fn unconnected() -> Self {
        let mut world = Self::bare();
        world.instantiate(config()).unwrap();
        world
    }

    /// Connected, with three series listed at 1.6000, and a day later, so that no margin is that of a listing day.
    pub fn new() -> Self {
        Self::with(config())
    }

    pub fn with(msg: InstantiateMsg) -> Self {
        let mut world = Self::bare();
        world.instantiate(msg).unwrap();
        world.by("governance", ExecuteMsg::Connect { market: addr("market").to_string() }).unwrap();
        for (product, months) in [(TOK, vec![(DEC, 2026, 12), (MAR, 2027, 3)]), (GPH, vec![(GPU, 2026, 12)])] {
            let limit = if product == TOK { 100_000 } else { 80_000 };
            let series = months.into_iter().map(|(series, year, month)| NewSeries {
                series,
                month: Month::new(year, month).unwrap(),
                price: price(16_000),
                limit: Rate::ppm(limit),
            });
            world.by("market", ExecuteMsg::ListSeries { product, series: series.collect() }).unwrap();
        }
        for series in [DEC, MAR, GPU] {
            world.naive.list(series, 16_000);
        }
        world
    }

    pub fn run<T>(&mut self, run: impl FnOnce(DepsMut<'_>, cosmwasm_std::Env) -> T) -> T {
        let mut env = mock_env();
        env.block.time = Timestamp::from_seconds(self.now.seconds());
        env.block.height = self.height;
        let coins = [coin(self.bank.get("vault").copied().unwrap_or(0), DENOM)];
        let querier: MockQuerier = MockQuerier::new(&[(env.contract.address.as_str(), &coins)]);
        let api = MockApi::default();
        run(DepsMut { storage: &mut self.storage, api: &api, querier: QuerierWrapper::new(&querier) }, env)
    }

    pub fn instantiate(&mut self, msg: InstantiateMsg) -> Result<(), ContractError> {
        let info = message_info(&addr("deployer"), &[]);
        self.run(|deps, env| contract::instantiate(deps, env, info, Wire(msg))).map(|_| ())
    }

    /// One transaction: the message, what it sends, and what the market answers. A refused message leaves storage as it
    /// was; when what follows from it fails, the chain takes all of it back.
    pub fn send(&mut self, info: MessageInfo, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        let (rows, market, naive) = (self.storage.rows(), self.market.clone(), self.naive.clone());
        let outcome = self.transaction(info, msg);
        if outcome.is_err() {
            self.storage.restore(rows);
            (self.market, self.naive) = (market, naive);
        } else {
            self.check();
        }
        outcome
    }

    fn transaction(&mut self, info: MessageInfo, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        let rows = self.storage.rows();
        let coins = info.funds.clone();
        let message = msg.clone();
        let response = match self.run(|deps, env| contract::execute(deps, env, info, Wire(msg))) {
            Ok(response) => response,
            Err(error) => {
                assert_eq!(self.storage.rows(), rows, "{error} left something behind");
                return Err(error);
            }
        };
        self.naive.take(&message, &response.events);
        let seqs: Vec<_> = response.events.iter().map(|event| event.attributes[1].value.clone()).collect();
        assert_eq!(seqs, (0..seqs.len()).map(|seq| seq.to_string()).collect::<Vec<_>>());
        let mut outcome = Outcome { events: response.events, data: response.data, asked: None };
        for sub in response.messages {
            match sub.msg {
                CosmosMsg::Bank(BankMsg::Send { to_address, amount }) => self.pays(&to_address, &amount),
                CosmosMsg::Wasm(WasmMsg::Execute { contract_addr, msg, funds }) => {
                    assert_eq!((contract_addr, funds), (addr("market").to_string(), vec![]));
                    let asked: market_api::ExecuteMsg = from_json(&msg).unwrap();
                    if let Some(clearing) = self.answers(&asked) {
                        let info = message_info(&addr("market"), &[]);
                        let then = self.transaction(info, ExecuteMsg::Clear(clearing))?;
                        outcome.events.extend(then.events);
                    }
                    outcome.asked = Some(asked);
                }
                other => panic!("neither a payment nor a close-out: {other:?}"),
            }
        }
        for coin in coins {
            *self.bank.entry("vault".to_string()).or_default() += narrow(coin.amount);
        }
        Ok(outcome)
    }

    fn pays(&mut self, to: &str, amount: &[Coin]) {
        let [Coin { denom, amount }] = amount else { panic!("not one coin") };
        assert!(denom == DENOM && *amount > Uint256::zero());
        let amount = narrow(*amount);
        *self.bank.get_mut("vault").unwrap() -= amount;
        *self.bank.entry(to.to_string()).or_default() += amount;
    }

    fn answers(&mut self, asked: &market_api::ExecuteMsg) -> Option<Clearing> {
        let market_api::ExecuteMsg::Close { account, orders, void_orders } = asked else { panic!("{asked:?}") };
        let product = orders.first().map_or(TOK, |order| if order.series == GPU { GPH } else { TOK });
        match self.answer.clone() {
            Answer::Honest => Some(self.market.close(*account, (orders, *void_orders), product, &self.naive.lots)),
            Answer::Silence => None,
            Answer::Lie(clearing) => Some(clearing),
        }
    }

    pub fn by(&mut self, who: &str, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        self.send(message_info(&addr(who), &[]), msg)
    }

    pub fn pay(&mut self, who: &str, units: u128, msg: ExecuteMsg) -> Result<Outcome, ContractError> {
        self.send(message_info(&addr(who), &[coin(units, DENOM)]), msg)
    }

    pub fn ask<T: DeserializeOwned>(&mut self, msg: QueryMsg) -> Result<T, ContractError> {
        self.run(|deps, env| {
            let deps = Deps { storage: &*deps.storage, api: deps.api, querier: deps.querier };
            contract::query(deps, env, Wire(msg))
        })
        .map(|answer| from_json(&answer).unwrap())
    }
}
