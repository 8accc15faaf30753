//! Who paid for the account that fell below zero, and what that did to the insurance fund.

use serde::Serialize;
use tokfut_core::money::SignedAmount;

use super::cast::Actor;
use super::facts::Facts;
use super::figures::{average, quoted};
use super::ledger::{Ledger, sum};

/// The default, from the account's own money down to the winners' gains.
#[derive(Serialize, Clone, Debug)]
pub struct Waterfall {
    /// Whose account it was.
    pub account: String,
    /// Each step of its liquidation that did something.
    pub steps: Vec<Step>,
    /// Who paid, in the order of the rules: itself, its owner's other accounts, insurance, winners. What it lost is
    /// their sum.
    pub payers: [Part; 4],
    /// What became of the insurance fund, from its seed to its end.
    pub fund: Vec<Part>,
}

/// A step of the liquidation.
#[derive(Serialize, Clone, Debug)]
pub struct Step {
    /// When.
    pub at: String,
    /// Equity before.
    pub equity: SignedAmount,
    /// Lots that the book took.
    pub on_book: u64,
    /// Lots that the house took.
    pub by_house: u64,
    /// The average price of the step.
    pub price: String,
}

/// A named amount.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub what: String,
    /// How much: positive is paid or gained.
    pub amount: SignedAmount,
}

fn part(what: &str, amount: SignedAmount) -> Part {
    Part { what: what.to_string(), amount }
}

impl Waterfall {
    /// Of the speculator at the edge of its margin.
    pub fn of(facts: &Facts, ledger: &Ledger) -> anyhow::Result<Self> {
        let account = facts.account(Actor::Edge);
        let name = format!("account:{}", account.0);
        let own = ledger.pot(&name).map(|pot| pot.of_all(&["deposit", "withdrawal"])).transpose()?.unwrap_or_default();
        let deficits = facts.deficits.iter().map(|deficit| &deficit.what);
        let deficits: Vec<_> = deficits.filter(|deficit| deficit.account == account).collect();
        let mut of_others = [SignedAmount::ZERO; 3];
        for deficit in deficits {
            let parts = [deficit.from_owner, deficit.from_insurance, deficit.shortfall];
            for (sum, part) in of_others.iter_mut().zip(parts) {
                *sum = sum.credit(part)?;
            }
        }
        let [owner, insurance, shortfall] = of_others;
        let payers = [
            part("Its own money", own),
            part("Its owner's other accounts", owner),
            part("The insurance fund", insurance),
            part("The winners' gains (haircut)", shortfall),
        ];
        Ok(Self { account: Actor::Edge.title().to_string(), steps: steps(facts)?, payers, fund: fund(ledger)? })
    }

    /// What the account lost in all.
    pub fn lost(&self) -> anyhow::Result<SignedAmount> {
        sum(self.payers.iter().map(|part| part.amount))
    }

    /// What the insurance fund holds at the end.
    pub fn fund_end(&self) -> anyhow::Result<SignedAmount> {
        sum(self.fund.iter().map(|part| part.amount))
    }
}

/// Fills and take-overs belong to the step of the same moment.
fn steps(facts: &Facts) -> anyhow::Result<Vec<Step>> {
    let account = facts.account(Actor::Edge);
    let mut steps = vec![];
    for step in facts.liquidations.iter().filter(|step| step.what.account == account) {
        let fills = facts.fills.iter().filter(|fill| fill.at == step.at && fill.what.taker == account);
        let taken = facts.taken.iter().filter(|taken| taken.at == step.at && taken.what.account == account);
        let on_book = fills.clone().map(|fill| fill.what.lots.count()).fold(0, u64::saturating_add);
        let by_house = taken.clone().map(|taken| taken.what.lots.size().count()).fold(0, u64::saturating_add);
        let traded = fills.map(|fill| (fill.what.price, fill.what.lots));
        let traded = traded.chain(taken.map(|taken| (taken.what.price, taken.what.lots.size())));
        if let Some((_, price)) = average(traded)? {
            let (at, equity) = (step.at.to_string(), step.what.equity_before);
            steps.push(Step { at, equity, on_book, by_house, price: quoted(price) });
        }
    }
    Ok(steps)
}

fn fund(ledger: &Ledger) -> anyhow::Result<Vec<Part>> {
    let Some(pot) = ledger.pot("insurance") else { return Ok(vec![]) };
    let groups: [(&str, &[&str]); 5] = [
        ("Seed", &["donation"]),
        ("Share of fees", &["taker_fee", "maker_fee", "settlement_fee"]),
        ("Liquidation fees", &["liquidation_fee", "insurance_fee", "bounty"]),
        ("Lots taken over", &["settlement", "take_over", "advance"]),
        ("Deficits paid", &["insurance_cover", "repayment"]),
    ];
    let mut parts = vec![];
    for (what, kinds) in groups {
        parts.push(part(what, pot.of_all(kinds)?));
    }
    let rest = pot.balance.checked_sub(sum(parts.iter().map(|part| part.amount))?)?;
    if !rest.is_zero() {
        parts.push(part("Other", rest));
    }
    Ok(parts)
}
