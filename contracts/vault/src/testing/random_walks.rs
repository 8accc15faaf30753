//! Whatever is sent in whatever order, the vault's ledger is the naive one: the world compares them after every message.
//! In the end everybody leaves, and what is left is insurance and fees, less what is missing.

use proptest::prelude::*;
use tokfut_core::rate::SignedRate;

use super::*;

const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
const ALL: [SeriesId; 3] = [DEC, MAR, GPU];

#[derive(Clone, Debug)]
enum Act {
    Order { who: usize, series: usize, buy: bool, lots: u64, units: u32, reduce_only: bool },
    CancelAll(usize),
    Deposit { who: usize, dollars: u128 },
    Withdraw { who: usize, share: u128 },
    Mark { series: usize, units: u32 },
    Strike { gpu: bool, units: [u32; 2] },
    Finalise { gpu: bool },
    Touch(usize),
    Liquidate(usize),
    LiquidateWhole(usize),
    Advance(usize),
    Unwind(usize),
    Fund(u128),
    Collect,
    Wait(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let units = || (1_100u32..=2_100).prop_map(|units| units * 10);
    // Close to the mark, which is added where the order is placed.
    let order = (0usize..5, 0usize..3, any::<bool>(), 1u64..14, 0u32..5, prop::bool::weighted(0.15));
    let act = prop_oneof![
        40 => order.prop_map(|(who, series, buy, lots, units, reduce_only)| {
            Act::Order { who, series, buy, lots, units: units * 10, reduce_only }
        }),
        2 => (0usize..5).prop_map(Act::CancelAll),
        1 => (0usize..5, 1u128..3_000).prop_map(|(who, dollars)| Act::Deposit { who, dollars }),
        6 => (0usize..5, 700u128..=1_001).prop_map(|(who, share)| Act::Withdraw { who, share }),
        8 => (0usize..3, units()).prop_map(|(series, units)| Act::Mark { series, units }),
        2 => (any::<bool>(), [units(), units()]).prop_map(|(gpu, units)| Act::Strike { gpu, units: units.map(|u| u + 3) }),
        4 => any::<bool>().prop_map(|gpu| Act::Finalise { gpu }),
        3 => (0usize..6).prop_map(Act::Touch),
        6 => (0usize..5).prop_map(Act::Liquidate),
        4 => (0usize..5).prop_map(Act::LiquidateWhole),
        2 => (0usize..5).prop_map(Act::Advance),
        2 => (0usize..3).prop_map(Act::Unwind),
        1 => (1u128..3_000).prop_map(Act::Fund),
        1 => Just(Act::Collect),
        2 => (1u64..5_000).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 20..90)
}

/// The refusals that a walk may meet; any other is a bug.
const KNOWN: [&str; 11] = [
    "insufficient_margin",
    "worse_than_mark",
    "cash_below_zero",
    "insufficient_free",
    "finalise_first",
    "nothing_to_finalise",
    "not_liquidatable",
    "liquidation_throttled",
    "nothing_to_advance",
    "house_exhausted",
    "nothing_to_unwind",
];

struct Walk {
    world: World,
    /// Five accounts of four owners.
    accounts: Vec<AccountId>,
}

impl Walk {
    fn new() -> Self {
        let mut terms = config();
        // Makers of GPH are paid.
        terms.products[1].fees.maker = SignedRate::ppm(-199);
        let mut world = World::with(terms);
        let mut accounts: Vec<AccountId> = NAMES.iter().map(|who| world.opens(who, 5_000 * DOLLAR)).collect();
        accounts.push(world.opens("alice", 3_000 * DOLLAR));
        world.opens("keeper", 0);
        world.funds(2_000 * DOLLAR);
        Self { world, accounts }
    }

    fn order(&mut self, act: &Act) -> Result<Outcome, ContractError> {
        let Act::Order { who, series, buy, lots, units, reduce_only } = *act else { panic!("{act:?}") };
        let (account, series) = (self.accounts[who], ALL[series]);
        let mark: tokfut_api::vault::SeriesResponse = self.world.ask(QueryMsg::Series { series }).unwrap();
        let units = Price::parse(&mark.mark, 4).unwrap().units() / 10 * 10 + units - 20;
        let side = if buy { Side::Buy } else { Side::Sell };
        // The market clamps reduce-only orders where they rest and where they are met; here they rest for all there is.
        let held = self.world.lots(account, series);
        let room = if buy { -held } else { held }.max(0) as u64;
        let resting = self.world.market.orders.iter().any(|order| order.account == account && order.reduce_only);
        if !reduce_only {
            return self.world.order(Resting { account, series, side, price: price(units), lots, reduce_only });
        }
        if room == 0 || resting {
            return Ok(Outcome::default());
        }
        self.world.order(Resting { account, series, side, price: price(units), lots: lots.min(room), reduce_only })
    }

    fn step(&mut self, act: &Act) -> Result<Outcome, ContractError> {
        let (world, accounts) = (&mut self.world, &self.accounts);
        match act {
            Act::Order { .. } => self.order(act),
            Act::CancelAll(who) => world.cancels_all(accounts[*who]),
            Act::Deposit { who, dollars } => {
                world.deposits(accounts[*who], dollars * DOLLAR);
                Ok(Outcome::default())
            }
            Act::Withdraw { who, share } => {
                let free = world.account(accounts[*who]).withdrawable.base_units();
                let outcome = world.withdraws(accounts[*who], (free * share / 1_000).max(1));
                assert_eq!(outcome.is_ok(), (free * share / 1_000).max(1) <= free);
                outcome
            }
            Act::Mark { series, units } => {
                world.marks(ALL[*series], *units);
                Ok(Outcome::default())
            }
            Act::Strike { gpu: true, units } => world.strike(GPH, &[(GPU, units[0])], false),
            Act::Strike { gpu: false, units } => world.strike(TOK, &[(DEC, units[0]), (MAR, units[1])], false),
            Act::Finalise { gpu } => world.finalise(if *gpu { "GPH" } else { "TOK" }),
            Act::Touch(who) => {
                let all: Vec<AccountId> = accounts.iter().copied().chain([AccountId::HOUSE]).collect();
                Ok(world.touches(&[all[*who]]))
            }
            Act::Liquidate(who) => {
                let account = self.below(*who);
                self.world.remarks(&ALL);
                self.world.liquidates(account)
            }
            Act::LiquidateWhole(who) => {
                let account = self.below(*who);
                self.liquidate_whole(account)
            }
            Act::Advance(who) => world.by("anyone", ExecuteMsg::Advance { account: accounts[*who] }),
            Act::Unwind(series) => world.by("anyone", ExecuteMsg::UnwindHouse { series: ALL[*series] }),
            Act::Fund(dollars) => {
                world.funds(dollars * DOLLAR);
                Ok(Outcome::default())
            }
            Act::Collect => world.by("anyone", ExecuteMsg::CollectFees {}).or_else(|_| Ok(Outcome::default())),
            Act::Wait(seconds) => {
                world.waits(*seconds);
                Ok(Outcome::default())
            }
        }
    }
}

impl Walk {
    /// The account of this number, or another that is below maintenance.
    fn below(&mut self, who: usize) -> AccountId {
        let is_below =
            |account: &AccountResponse| account.equity.base_units() < account.maintenance_margin.base_units() as i128;
        let all = self.accounts.clone().into_iter().map(|id| self.world.account(id));
        all.filter(is_below).map(|account| account.account).next().unwrap_or(self.accounts[who])
    }

    /// Called as long as there is something to do.
    fn liquidate_whole(&mut self, account: AccountId) -> Result<Outcome, ContractError> {
        self.world.remarks(&ALL);
        let mut outcome = self.world.liquidates(account)?;
        for _ in 0..12 {
            self.world.waits(600);
            self.world.remarks(&ALL);
            match self.world.liquidates(account) {
                Ok(next) => outcome = next,
                Err(_) => break,
            }
        }
        Ok(outcome)
    }

    /// The step, and clause 4.11 for whoever placed an order.
    fn checked(&mut self, act: &Act) {
        let placed = if let Act::Order { who, .. } = act { Some(self.accounts[*who]) } else { None };
        let before = placed.map(|account| self.world.account(account));
        if let Err(error) = self.step(act) {
            assert!(KNOWN.contains(&error.code().as_str()), "{error} of {act:?}");
            return;
        }
        if let (Some(account), Some(was)) = (placed, before) {
            only_reduced(&was, &self.world.account(account));
        }
    }

    /// Everybody cancels, the series end, everybody is touched, debts are recognised, everybody leaves.
    fn wind_down(mut self) {
        let accounts = self.accounts.clone();
        for account in &accounts {
            self.world.cancels_all(*account).unwrap();
        }
        for product in ["TOK", "GPH"] {
            let _ = self.world.finalise(product);
        }
        self.world.strike(TOK, &[(DEC, 16_003), (MAR, 15_997)], true).unwrap();
        self.world.strike(GPH, &[(GPU, 14_001)], true).unwrap();
        for product in ["TOK", "GPH"] {
            self.world.finalise(product).unwrap();
        }
        let all: Vec<AccountId> = self.world.account_ids();
        self.world.touches(&all);
        for account in &accounts {
            if self.world.cash(*account) < 0 {
                self.world.liquidates(*account).unwrap();
                assert_eq!(self.world.cash(*account), 0);
            }
        }
        let bank = self.world.bank["vault"] as i128;
        let sheet: tokfut_api::vault::BalanceSheet = self.world.ask(QueryMsg::BalanceSheet {}).unwrap();
        assert_eq!(sheet.clearing.base_units(), 0, "I3: with everyone touched and nothing pending");
        assert!(positions(&self.world.storage).unwrap().is_empty());
        let free: Vec<u128> =
            all.iter().map(|account| self.world.account(*account).withdrawable.base_units()).collect();
        assert_eq!(free.iter().sum::<u128>() as i128, sheet.accounts.base_units());
        let left = sheet.insurance.base_units() + sheet.treasury.base_units() + sheet.shortfall.base_units();
        assert_eq!(bank - sheet.accounts.base_units(), left, "I12");
    }
}

/// An account that ends below IM, or owes cash, has no more lots, no other side and no more margin than before.
fn only_reduced(was: &AccountResponse, is: &AccountResponse) {
    let healthy = is.equity.base_units() >= is.initial_margin.base_units() as i128;
    if healthy && !is.cash.is_negative() {
        return;
    }
    assert!(is.initial_margin <= was.initial_margin, "4.11 {was:?} {is:?}");
    for position in &is.positions {
        let held = was.positions.iter().find(|held| held.series == position.series);
        let (held, lots) = (held.map_or(0, |held| held.lots.count()), position.lots.count());
        assert!(lots == 0 || (lots.signum() == held.signum() && lots.abs() <= held.abs()), "4.11 {was:?} {is:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_ledger_is_the_naive_one_after_every_message(acts in acts()) {
        let mut walk = Walk::new();
        for act in &acts {
            walk.checked(act);
        }
        walk.wind_down();
    }
}
