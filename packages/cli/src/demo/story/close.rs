//! The end: positions in months that live on are closed, the last month settles, everybody withdraws.

use tokfut_core::calendar::Date;
use tokfut_core::id::AccountId;
use tokfut_core::price::{Price, Side};

use super::{SEPTEMBER, keeper, quotes};
use crate::demo::cast::Actor;
use crate::demo::figures::{quoted, usd};
use crate::demo::stage::{Stage, Then, Wish};

/// The most lots of one order.
const MOST: u64 = 400;

/// Everybody closes September at its last settlement price: longs offer, shorts take; the house on the book like others.
pub fn square(stage: &mut Stage<'_>, date: Date) -> anyhow::Result<()> {
    stage.at(date, 10, 0)?;
    quotes::withdraw(stage)?;
    let price = stage.settlement_price(SEPTEMBER)?.tick_down(stage.tick())?;
    for (side, then) in [(Side::Sell, Then::Rests), (Side::Buy, Then::Ends)] {
        for actor in Actor::ALL {
            reduce(stage, actor, (side, then), price)?;
        }
        stage.after(120)?;
    }
    keeper::unwind(stage, 40)?;
    stage.say(format!("Everybody closes {SEPTEMBER} at {}.", quoted(price)));
    Ok(())
}

/// Offers or takes what closes the actor's position, if that is on this side.
fn reduce(stage: &mut Stage<'_>, actor: Actor, (side, then): (Side, Then), price: Price) -> anyhow::Result<()> {
    let held = stage.lots(stage.facts.account(actor), SEPTEMBER)?;
    let closes = if held > 0 { Side::Sell } else { Side::Buy };
    let mut left = if closes == side { held.unsigned_abs() } else { 0 };
    while left > 0 {
        let lots = left.min(MOST);
        stage.order(actor, &Wish { series: SEPTEMBER, side, lots, price, then, reduces: true })?;
        left = left.saturating_sub(lots);
    }
    Ok(())
}

/// Everybody takes out what is his; then the treasury its fees. What stays is insurance.
pub fn withdraw(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage.after(600)?;
    stage.touch_all()?;
    for actor in Actor::ALL {
        stage.withdraw_all(actor)?;
    }
    let sheet = stage.check()?;
    let (insurance, treasury) = (usd(sheet.insurance.base_units()), usd(sheet.treasury.base_units()));
    stage.say(format!("Everybody has withdrawn. The vault holds insurance {insurance} and fees {treasury}, no more."));
    stage.facts.wound_down = Some(sheet);
    stage.collect_fees()?;
    stage.facts.last = Some(stage.check()?);
    anyhow::ensure!(stage.lots(AccountId::HOUSE, SEPTEMBER)? == 0, "the house still holds lots");
    Ok(())
}
