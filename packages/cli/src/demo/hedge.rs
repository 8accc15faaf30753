//! The app's hedge: its size by example E2, and what its tokens cost with and without futures.

use anyhow::Context;
use serde::Serialize;
use tokfut_core::calendar::{Date, Month, SeriesCode};
use tokfut_core::money::SignedAmount;
use tokfut_core::price::{NetLots, Price, Side, UnitValue};

use super::cast::Actor;
use super::facts::Facts;
use super::figures::{count, quoted, scaled};
use super::ledger::{Ledger, sum};
use super::story::{AUGUST, JULY};

/// BMT that the app uses a day: two billion tokens.
pub const BMT_A_DAY: i128 = 2_000;
/// Days of July, and of August.
const DAYS_A_MONTH: i128 = 31;
/// What a BMT costs the app while the index stands where it stood on the first day, in price units: $2.354.
const OWN_COST: i128 = 23_540;
/// The share of its consumption that it hedges, in percent.
pub const SHARE: i128 = 80;
/// BMT a lot.
const BMT_A_LOT: i128 = 1_000;
/// Base units of one price unit: 0.0001 USD.
const PRICE_UNIT: i128 = 100;

/// By value at the index, not at the futures price: 0.80 × 62,000 × 2.354 / (1,000 × index), to the nearest lot.
pub fn lots(index: Price) -> u64 {
    let value = SHARE.saturating_mul(BMT_A_DAY).saturating_mul(DAYS_A_MONTH);
    let lot = BMT_A_LOT.saturating_mul(100).saturating_mul(index.units().into());
    u64::try_from(scaled(value, OWN_COST, lot)).unwrap_or(0)
}

/// What the app's tokens cost, with and without futures.
#[derive(Serialize, Clone, Debug)]
pub struct Hedge {
    /// Lots of each month.
    pub lots: u64,
    /// The index that the size was made with.
    pub index: String,
    /// Day by day: the days before July in one row, then each day of consumption, then the final settlement.
    pub days: Vec<HedgeDay>,
    /// Month by month: its consumption, and its contract.
    pub months: Vec<HedgeMonth>,
    /// Trading and settlement fees, what they took as a negative number.
    pub fees: SignedAmount,
    /// All that futures brought or took: what was withdrawn less what was paid in.
    pub futures: SignedAmount,
    /// All that the tokens cost.
    pub cost: SignedAmount,
    /// The same at the index of the first day.
    pub budget: SignedAmount,
}

/// A day of it.
#[derive(Serialize, Clone, Debug)]
pub struct HedgeDay {
    /// The day; the last of several in one row.
    pub date: String,
    /// Days since the first of June, for the chart.
    #[serde(skip)]
    pub number: u32,
    /// The fixing.
    pub fixing: String,
    /// What the day's tokens cost.
    pub cost: SignedAmount,
    /// What futures brought or took in cash and marks.
    pub futures: SignedAmount,
    /// All tokens so far.
    pub cost_so_far: SignedAmount,
    /// All futures so far.
    pub futures_so_far: SignedAmount,
    /// The tokens so far at the index of the first day.
    pub budget_so_far: SignedAmount,
}

/// A month of consumption, and the contract that hedges it.
#[derive(Serialize, Clone, Debug)]
pub struct HedgeMonth {
    /// The contract.
    pub series: String,
    /// Lots bought.
    pub lots: i64,
    /// The average price paid, to the nearest price unit.
    pub average_price: String,
    /// The final settlement price.
    pub final_price: String,
    /// What the month's tokens cost.
    pub cost: SignedAmount,
    /// What the contract brought, fees apart.
    pub futures: SignedAmount,
    /// The tokens at the index of the first day.
    pub budget: SignedAmount,
}

impl Hedge {
    /// From the app's account at each day's end, its trades and the fixings.
    pub fn of(facts: &Facts, ledger: &Ledger, unit: UnitValue) -> anyhow::Result<Self> {
        let (_, first) = facts.index.first().context("no index")?;
        let pot = format!("account:{}", facts.account(Actor::App).0);
        let pot = ledger.pot(&pot).context("the app has no ledger")?;
        let fees = pot.of_all(&["taker_fee", "maker_fee", "maker_rebate", "settlement_fee"])?;
        let futures = pot.of_all(&["deposit", "withdrawal"])?.checked_neg()?;
        let days = days(facts, *first)?;
        let months = [JULY, AUGUST].map(|code| month(facts, code, *first, unit));
        let months = months.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let cost = sum(months.iter().map(|month| month.cost))?;
        let budget = sum(months.iter().map(|month| month.budget))?;
        Ok(Self { lots: lots(*first), index: quoted(*first), days, months, fees, futures, cost, budget })
    }

    /// The size as it was worked out.
    pub fn formula(&self) -> String {
        let month = count(BMT_A_DAY.saturating_mul(DAYS_A_MONTH));
        let (cost, index, lots) = (own_cost(), &self.index, self.lots);
        format!("0.{SHARE} × {month} × {cost} / (1,000 × {index}) = {lots} lots")
    }

    /// All that the tokens cost with what futures brought or took.
    pub fn cost_with(&self) -> anyhow::Result<SignedAmount> {
        Ok(self.cost.checked_sub(self.futures)?)
    }
}

/// What a BMT costs the app on the first day, in USD: `2.354`.
pub fn own_cost() -> String {
    let digits = OWN_COST.to_string();
    let (whole, rest) = digits.split_at(digits.len().saturating_sub(4));
    format!("{whole}.{}", rest.trim_end_matches('0'))
}

/// What a day's tokens cost at an index: the app's own cost moves with it.
fn day_cost(index: Price, first: Price) -> SignedAmount {
    let at_first = BMT_A_DAY.saturating_mul(OWN_COST).saturating_mul(PRICE_UNIT);
    SignedAmount::new(scaled(at_first, index.units().into(), first.units().into()))
}

/// True on the days that the app hedges: those of July and August.
fn is_consumed(date: Date) -> bool {
    Month::of(date).is_some_and(|month| [JULY, AUGUST].iter().any(|code| month_of(code) == Some(month)))
}

fn month_of(code: &str) -> Option<Month> {
    code.parse::<SeriesCode>().ok().map(|code| code.month)
}

fn days(facts: &Facts, first: Price) -> anyhow::Result<Vec<HedgeDay>> {
    let (start, _) = facts.index.first().context("no index")?;
    let app = facts.account(Actor::App);
    let mut rows = vec![];
    let (mut cost_so_far, mut budget_so_far, mut before) = (SignedAmount::ZERO, SignedAmount::ZERO, SignedAmount::ZERO);
    let last_before = month_of(JULY).map(|month| month.first_day());
    for day in &facts.days {
        let account = day.accounts.get(&app).context("the app's account at a day's end")?;
        let paid = facts.paid_in_until(app, day.at)?;
        let result = account.equity.checked_sub(paid)?;
        if last_before.is_some_and(|july| day.date.checked_add_days(1).is_some_and(|next| next < july)) {
            continue;
        }
        let index = facts.index_on(day.date).context("no index of a day")?;
        let [cost, budget] = if is_consumed(day.date) {
            [day_cost(index, first), day_cost(first, first)]
        } else {
            [SignedAmount::ZERO; 2]
        };
        (cost_so_far, budget_so_far) = (cost_so_far.checked_add(cost)?, budget_so_far.checked_add(budget)?);
        let futures = result.checked_sub(before)?;
        let (date, number) = (day.date.to_string(), day.date.days_since(*start).unwrap_or(0));
        let (fixing, futures_so_far) = (quoted(index), result);
        rows.push(HedgeDay { date, number, fixing, cost, futures, cost_so_far, futures_so_far, budget_so_far });
        before = result;
    }
    Ok(rows)
}

fn month(facts: &Facts, code: &str, first: Price, unit: UnitValue) -> anyhow::Result<HedgeMonth> {
    let series = facts.series(code).context("a hedged month is not listed")?;
    let last = facts.strikes.iter().find(|struck| struck.last && struck.series == series);
    let last = last.context("a hedged month was not settled")?.price;
    let app = facts.account(Actor::App);
    let (mut lots, mut paid, mut futures) = (NetLots::default(), 0i128, SignedAmount::ZERO);
    for fill in facts.fills.iter().map(|fill| &fill.what).filter(|fill| fill.series == series) {
        let side = match (fill.taker == app, fill.maker == app) {
            (true, _) => fill.side,
            (_, true) => fill.side.opposite(),
            _ => continue,
        };
        let net = side.net(fill.lots)?;
        lots = lots.checked_add(net)?;
        let signed = if side == Side::Buy { fill.price.times(fill.lots).get() } else { 0 };
        paid = paid.saturating_add(signed);
        futures = futures.checked_add(last.minus(fill.price).times(net).value(unit)?)?;
    }
    let average = scaled(paid, 1, lots.count().into());
    let average_price = quoted(Price::from_wide(u128::try_from(average)?)?);
    let days = facts.index.iter().filter(|(date, _)| Month::of(*date) == month_of(code));
    let cost = sum(days.clone().map(|(_, index)| day_cost(*index, first)))?;
    let budget = sum(days.map(|_| day_cost(first, first)))?;
    let (series, lots, final_price) = (code.to_string(), lots.count(), quoted(last));
    Ok(HedgeMonth { series, lots, average_price, final_price, cost, futures, budget })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_example_e2() {
        assert_eq!(lots(Price::new(16_489).unwrap()), 71);
        assert_eq!(lots(Price::new(18_183).unwrap()), 64);
    }

    #[test]
    fn a_day_costs_two_thousand_bmt_and_moves_with_the_index() {
        let [first, after] = [18_183, 16_745].map(|units| Price::new(units).unwrap());
        assert_eq!(day_cost(first, first).base_units(), 4_708_000_000);
        assert_eq!(day_cost(after, first).base_units(), 4_335_668_482);
    }
}
