//! The keeper: pushes marks, liquidates who is below maintenance, unwinds what the house holds.

use std::collections::BTreeSet;

use tokfut_api::market::{Filled, Struck};
use tokfut_api::vault::{AccountResponse, DeficitRecognised, HouseTook, Level};
use tokfut_core::calendar::Date;
use tokfut_core::id::AccountId;
use tokfut_core::time::HOUR;
use tokfut_embedded::Outcome;

use super::SEPTEMBER;
use crate::demo::cast::Actor;
use crate::demo::figures::{average, quoted, things, usd};
use crate::demo::stage::Stage;

/// Seconds between two blocks in which it acts.
const BLOCK: u64 = 6;
/// Steps with one account in a round, at most.
const STEPS: usize = 12;

/// A round, if somebody is below maintenance at the marks as they are.
pub fn watch(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    if in_trouble(stage)?.is_empty() { Ok(()) } else { round(stage) }
}

/// While somebody is below maintenance, the keeper comes back every hour of the night before `date`.
pub fn night(stage: &mut Stage<'_>, date: Date) -> anyhow::Result<()> {
    let morning = date.at(9_u64.saturating_mul(HOUR));
    while morning.saturating_since(stage.now()) > HOUR && !in_trouble(stage)?.is_empty() {
        stage.after(HOUR.saturating_sub(120))?;
        round(stage)?;
    }
    Ok(())
}

/// Pushes the marks of what is held, then works on every account below maintenance, a block a step, while there is
/// something to do.
pub fn round(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let series = held(stage)?;
    if !series.is_empty() {
        stage.push_marks(&series)?;
    }
    for actor in in_trouble(stage)? {
        for _ in 0..STEPS {
            let before = stage.account(actor)?;
            if !is_in_trouble(&before) {
                break;
            }
            stage.after(BLOCK)?;
            let outcome = stage.liquidate(actor)?;
            if !tell(stage, actor, (&before, &outcome))? {
                break;
            }
        }
    }
    Ok(())
}

/// The series that anybody holds.
fn held(stage: &Stage<'_>) -> anyhow::Result<Vec<String>> {
    let mut held = BTreeSet::new();
    for actor in Actor::ALL {
        let positions = stage.account(actor)?.positions;
        held.extend(positions.into_iter().filter(|position| !position.lots.is_zero()).map(|position| position.code));
    }
    Ok(held.into_iter().collect())
}

fn in_trouble(stage: &Stage<'_>) -> anyhow::Result<Vec<Actor>> {
    let mut found = vec![];
    for actor in Actor::ALL {
        if is_in_trouble(&stage.account(actor)?) {
            found.push(actor);
        }
    }
    Ok(found)
}

const fn is_in_trouble(account: &AccountResponse) -> bool {
    matches!(account.level, Level::Liquidating | Level::Default)
}

/// Says what a step did; false if it did nothing.
fn tell(stage: &mut Stage<'_>, actor: Actor, (before, outcome): (&AccountResponse, &Outcome)) -> anyhow::Result<bool> {
    let mut did = vec![];
    if let Some(sold) = sold(&outcome.events_of::<Filled>())? {
        did.push(sold);
    }
    for HouseTook { lots, price, .. } in outcome.events_of::<HouseTook>() {
        did.push(format!("the house takes {} at {}", things(lots.count().into(), "lot"), quoted(price)));
    }
    for DeficitRecognised { deficit, from_insurance, .. } in outcome.events_of::<DeficitRecognised>() {
        let [deficit, paid] = [super::units(deficit)?, super::units(from_insurance)?].map(usd);
        did.push(format!("deficit {deficit}, insurance pays {paid}"));
    }
    if did.is_empty() {
        return Ok(false);
    }
    let after = stage.account(actor)?;
    let maintenance = usd(super::units(before.maintenance_margin)?);
    let lots: i128 = after.positions.iter().map(|position| i128::from(position.lots.count())).sum();
    let equity = usd(after.equity.base_units());
    let end = if is_in_trouble(&after) { "and it goes on".to_string() } else { format!("equity {equity}: done") };
    stage.say(format!(
        "{} is below maintenance (equity {}, needs {maintenance}): {}. Left: {}, {end}.",
        actor.title(),
        usd(before.equity.base_units()),
        did.join("; "),
        things(lots, "lot"),
    ));
    Ok(true)
}

/// Lots and the average price of fills.
fn sold(fills: &[Filled]) -> anyhow::Result<Option<String>> {
    let traded = average(fills.iter().map(|fill| (fill.price, fill.lots)))?;
    Ok(traded
        .map(|(lots, price)| format!("the book takes {} at {}", things(lots.count().into(), "lot"), quoted(price))))
}

/// The house reduces in September, a tenth a block, while the book takes it; how many lots went.
pub fn unwind(stage: &mut Stage<'_>, steps: usize) -> anyhow::Result<i64> {
    let held = stage.lots(AccountId::HOUSE, SEPTEMBER)?;
    let mut left = held;
    for _ in 0..steps {
        if left == 0 {
            break;
        }
        stage.after(BLOCK)?;
        stage.unwind(SEPTEMBER)?;
        let now = stage.lots(AccountId::HOUSE, SEPTEMBER)?;
        if now == left {
            break;
        }
        left = now;
    }
    Ok(held.saturating_sub(left))
}

/// Says which months have just had their final settlement.
pub fn tell_final(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let today = stage.now().date();
    let is_new = |struck: &&Struck| struck.last && struck.at.date() == today;
    let finals: Vec<_> =
        stage.facts.strikes.iter().filter(is_new).map(|struck| (struck.series, struck.price)).collect();
    for (series, price) in finals {
        let code = stage.facts.series.get(&series).cloned().unwrap_or_default();
        stage.say(format!("{code} ends: final settlement price {}, the mean of its fixings.", quoted(price)));
    }
    Ok(())
}
