//! The report: what the facts add up to. Text, page and data say the same.

use std::collections::BTreeSet;

use anyhow::Context;
use serde::Serialize;
use tokfut_api::vault::BalanceSheet;
use tokfut_core::calendar::Month;
use tokfut_core::money::SignedAmount;
use tokfut_core::price::{Price, UnitValue};

use super::cast::Actor;
use super::facts::Facts;
use super::figures::{quoted, scaled};
use super::hedge::Hedge;
use super::ledger::Ledger;
use super::story::{AUGUST, JULY, SEPTEMBER};
use super::waterfall::Waterfall;

/// Where the prices behind the index come from.
pub const SOURCE: &str = "public record of list prices kept at github.com/simonw/llm-prices, by its dates of record";

/// Everything that is reported. Money is in base units of the collateral, 10⁻⁶ USD.
#[derive(Serialize, Clone, Debug)]
pub struct Report {
    /// What the noise was made of.
    pub seed: u64,
    /// Where the prices behind the index come from.
    pub source: &'static str,
    /// The index and the settlement prices of the months of the story, day by day.
    pub prices: Vec<PriceDay>,
    /// Official settlement prices of these months.
    pub settlements: Vec<Settlement>,
    /// Final settlement prices, with the mean of the fixings recounted.
    pub finals: Vec<Final>,
    /// List prices that changed.
    pub changes: Vec<String>,
    /// The app's hedge.
    pub hedge: Hedge,
    /// Accounts day by day.
    pub accounts: Vec<AccountDays>,
    /// Every pot by kind of posting.
    pub ledger: Ledger,
    /// The default.
    pub waterfall: Waterfall,
    /// That it all adds up.
    pub proof: Proof,
    /// Every pot at each day's end.
    pub pots: Vec<PotsDay>,
    /// The story in sentences.
    pub story: Vec<Sentence>,
}

/// A sentence of the story.
#[derive(Serialize, Clone, Debug)]
pub struct Sentence {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
}

/// Every pot at a day's end: the first five are the bank balance.
#[derive(Serialize, Clone, Debug)]
pub struct PotsDay {
    /// The day.
    pub date: String,
    /// Accounts, clearing, insurance, treasury, and haircuts with shortfall.
    pub pots: [SignedAmount; 5],
    /// The vault's coins.
    pub bank: SignedAmount,
}

/// Prices of a day, in price units.
#[derive(Serialize, Clone, Debug)]
pub struct PriceDay {
    /// The day.
    pub date: String,
    /// The index as computed from the published prices.
    pub index: u32,
    /// The final fixing of the panel; none if the day had none.
    pub fixing: Option<u32>,
    /// Settlement prices of July, August and September, while they had any.
    pub settled: [Option<u32>; 3],
}

/// An official settlement price.
#[derive(Serialize, Clone, Debug)]
pub struct Settlement {
    /// The series.
    pub series: String,
    /// The day.
    pub date: String,
    /// The price.
    pub price: String,
    /// The same before the day's limits.
    pub unclamped: String,
    /// The number of the rule (clause 5.1; 21 to 23: 5.2).
    pub method: u16,
    /// The rule in words.
    pub rule: &'static str,
    /// True for the final settlement.
    pub last: bool,
}

/// A final settlement price against the fixings of its month.
#[derive(Serialize, Clone, Debug)]
pub struct Final {
    /// The series.
    pub series: String,
    /// The price.
    pub price: String,
    /// How many final fixings the month had.
    pub fixings: usize,
    /// Their mean to the nearest price unit, recounted from the computed index.
    pub mean: String,
}

/// An account day by day.
#[derive(Serialize, Clone, Debug)]
pub struct AccountDays {
    /// Whose.
    pub title: String,
    /// What it is there for.
    pub part: String,
    /// Equity at each day's end.
    pub equity: Vec<SignedAmount>,
    /// Maintenance margin at each day's end.
    pub maintenance: Vec<SignedAmount>,
    /// What it paid in.
    pub paid_in: SignedAmount,
    /// What it took out.
    pub taken_out: SignedAmount,
}

/// That it all adds up.
#[derive(Serialize, Clone, Debug)]
pub struct Proof {
    /// Times that every invariant was checked, each day at least.
    pub checks: u64,
    /// Transactions.
    pub transactions: u64,
    /// Trades.
    pub trades: usize,
    /// Postings.
    pub postings: usize,
    /// Days on which settlement prices were struck.
    pub strikes: usize,
    /// What the vault holds once everybody has withdrawn.
    pub bank: SignedAmount,
    /// Insurance in it.
    pub insurance: SignedAmount,
    /// Fees in it.
    pub fees: SignedAmount,
    /// What is left of it: zero.
    pub rest: SignedAmount,
    /// The largest sum of a kind of posting over all pots: zero.
    pub largest_sum: SignedAmount,
}

impl Report {
    /// What the facts add up to.
    pub fn of(facts: &Facts, unit: UnitValue) -> anyhow::Result<Self> {
        let ledger = Ledger::of(facts)?;
        let sentence =
            |moment: &super::facts::Moment| Sentence { at: moment.at.to_string(), what: moment.what.clone() };
        Ok(Self {
            seed: facts.seed,
            source: SOURCE,
            prices: prices(facts)?,
            settlements: settlements(facts),
            finals: finals(facts)?,
            changes: facts.changes.iter().map(|change| format!("{} {}", change.date, change.text())).collect(),
            hedge: Hedge::of(facts, &ledger, unit)?,
            accounts: accounts(facts, &ledger)?,
            waterfall: Waterfall::of(facts, &ledger)?,
            proof: proof(facts, &ledger)?,
            ledger,
            pots: pots(facts)?,
            story: facts.moments.iter().map(sentence).collect(),
        })
    }

    /// As data.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

fn prices(facts: &Facts) -> anyhow::Result<Vec<PriceDay>> {
    let mut days = vec![];
    for (date, index) in &facts.index {
        let fixing = facts.fixings.iter().find(|fixing| fixing.fixing_time.date() == *date);
        let fixing = fixing.map(|fixing| u32::try_from(fixing.value)).transpose()?;
        let settled = [JULY, AUGUST, SEPTEMBER].map(|code| {
            let series = facts.series(code)?;
            let struck = facts.strikes.iter().find(|struck| struck.series == series && struck.at.date() == *date)?;
            Some(struck.price.units())
        });
        days.push(PriceDay { date: date.to_string(), index: index.units(), fixing, settled });
    }
    Ok(days)
}

fn settlements(facts: &Facts) -> Vec<Settlement> {
    let of = |code: &'static str| {
        let series = facts.series(code);
        facts.strikes.iter().filter(move |struck| Some(struck.series) == series).map(move |struck| Settlement {
            series: code.to_string(),
            date: struck.at.date().to_string(),
            price: quoted(struck.price),
            unclamped: quoted(struck.unclamped),
            method: struck.method,
            rule: rule(struck.method),
            last: struck.last,
        })
    };
    [JULY, AUGUST, SEPTEMBER].into_iter().flat_map(of).collect()
}

/// A rule of clause 5.1 or 5.2 in words.
pub const fn rule(method: u16) -> &'static str {
    match method {
        1 => "trades of the last 30 minutes",
        2 => "trades of the day",
        3 => "middle of the book",
        4 => "nearest month",
        5 => "index",
        6 => "previous",
        21 | 22 => "mean of the month's fixings",
        23 => "mean of the last daily prices",
        _ => "other",
    }
}

fn finals(facts: &Facts) -> anyhow::Result<Vec<Final>> {
    let mut finals = vec![];
    for struck in facts.strikes.iter().filter(|struck| struck.last) {
        let code = facts.series.get(&struck.series).context("a settled series has no code")?;
        let month = code.parse::<tokfut_core::calendar::SeriesCode>()?.month;
        let of_month = facts.index.iter().filter(|(date, _)| Month::of(*date) == Some(month));
        let sum: i128 = of_month.clone().map(|(_, price)| i128::from(price.units())).fold(0, i128::saturating_add);
        let fixings = facts.fixings.iter().filter(|fixing| Month::of(fixing.fixing_time.date()) == Some(month)).count();
        let mean = scaled(sum, 1, i128::try_from(of_month.count())?);
        let mean = quoted(Price::from_wide(u128::try_from(mean)?)?);
        finals.push(Final { series: code.clone(), price: quoted(struck.price), fixings, mean });
    }
    Ok(finals)
}

fn pots(facts: &Facts) -> anyhow::Result<Vec<PotsDay>> {
    let mut days = vec![];
    for day in &facts.days {
        let BalanceSheet { accounts, clearing, insurance, treasury, haircut, shortfall, total: _, bank } = day.sheet;
        let pots = [accounts, clearing, insurance, treasury, haircut.checked_add(shortfall)?];
        days.push(PotsDay { date: day.date.to_string(), pots, bank: bank.signed()? });
    }
    Ok(days)
}

fn accounts(facts: &Facts, ledger: &Ledger) -> anyhow::Result<Vec<AccountDays>> {
    let mut accounts = vec![];
    let house = (tokfut_core::id::AccountId::HOUSE, "Insurance (house)", "takes what the book cannot; pays deficits");
    let actors = Actor::ALL.map(|actor| (facts.account(actor), actor.title(), actor.part()));
    for (id, title, part) in actors.into_iter().chain([house]) {
        let (mut equity, mut maintenance) = (vec![], vec![]);
        for day in &facts.days {
            let account = day.accounts.get(&id).context("an account at a day's end")?;
            equity.push(account.equity);
            maintenance.push(account.maintenance_margin.signed()?);
        }
        let pot = if id.0 == 0 { "insurance".to_string() } else { format!("account:{}", id.0) };
        let pot = ledger.pot(&pot);
        let of = |kinds: &[&str]| pot.map(|pot| pot.of_all(kinds)).transpose().map(Option::unwrap_or_default);
        let (paid_in, taken_out) = (of(&["deposit", "donation"])?, of(&["withdrawal"])?.checked_neg()?);
        let (title, part) = (title.to_string(), part.to_string());
        accounts.push(AccountDays { title, part, equity, maintenance, paid_in, taken_out });
    }
    Ok(accounts)
}

fn proof(facts: &Facts, ledger: &Ledger) -> anyhow::Result<Proof> {
    let sheet = facts.wound_down.as_ref().context("nobody has withdrawn")?;
    let bank = sheet.bank.signed()?;
    let rest = bank.checked_sub(sheet.insurance)?.checked_sub(sheet.treasury)?;
    let sums = ledger.kinds.iter().map(|kind| ledger.total(kind)).collect::<anyhow::Result<Vec<_>>>()?;
    let largest_sum = sums.into_iter().max_by_key(|sum| sum.base_units().unsigned_abs()).unwrap_or_default();
    Ok(Proof {
        checks: facts.checks,
        transactions: facts.transactions,
        trades: facts.fills.len(),
        postings: facts.postings.len(),
        strikes: facts.strikes.iter().map(|struck| struck.at).collect::<BTreeSet<_>>().len(),
        bank,
        insurance: sheet.insurance,
        fees: sheet.treasury,
        rest,
        largest_sum,
    })
}
