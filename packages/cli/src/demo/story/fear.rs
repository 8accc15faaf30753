//! The cut of 30 July, the fear of the next one on the three days after, and the slow way back.

use tokfut_api::vault::Level;
use tokfut_core::calendar::Date;
use tokfut_core::id::AccountId;
use tokfut_core::price::{Price, Side};

use super::{SEPTEMBER, Scene, keeper, quotes};
use crate::demo::cast::Actor;
use crate::demo::figures::{count, moved, quoted, things};
use crate::demo::stage::{Stage, Then, Wish};

/// How far September has fallen by the afternoon of each day of fear, in parts per million of the last settlement.
const FALLS: [i64; 3] = [-60_000, -55_000, -29_000];
/// Seconds between two bursts of selling: the mark must stand outside its band for ten minutes to be let out of it.
const PACE: u64 = 240;
/// The lots of one burst, in the morning and in the last half hour: by the trend fund, by the provider.
const MORNING: [u64; 2] = [16, 8];
const LATE: [u64; 2] = [28, 14];
/// The maker's quotes in fear: parts per million from its price, lots.
const NERVOUS: [(i64, u64); 2] = [(6_000, 5), (11_000, 5)];
/// Steps that the house sells in before it takes more.
const ROOM: usize = 12;
/// What September regains a day, at most, in parts per million.
const GAIN: i64 = 21_000;
/// The lots of one purchase in the recovery.
const REGAINED: u64 = 20;

/// The news is out: nobody quotes before the fixing is final.
pub fn news(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage.say("Quotes are taken back until the fixing is final.".to_string());
    quotes::withdraw(stage)
}

/// The fixing is final: quotes around the new level, and the accounts that the fall has hit.
pub fn cut(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    stage.at(date, 15, 18)?;
    quotes::renew(stage, scene, date)?;
    stage.at(date, 15, 20)?;
    keeper::round(stage)?;
    stage.at(date, 15, 45)?;
    keeper::round(stage)
}

/// Sellers press: half of the day's fall.
pub fn morning(stage: &mut Stage<'_>, (date, day): (Date, u32)) -> anyhow::Result<()> {
    stage.at(date, 10, 0)?;
    let price = target(stage, day, 2)?;
    press(stage, price, (MORNING, 4))
}

/// Sellers press in the last half hour: the whole of it, and the settlement price with it.
pub fn afternoon(stage: &mut Stage<'_>, (date, day): (Date, u32)) -> anyhow::Result<()> {
    stage.at(date, 15, 30)?;
    let price = target(stage, day, 1)?;
    press(stage, price, (LATE, 6))?;
    let last = quoted(stage.settlement_price(SEPTEMBER)?);
    stage.say(format!("Fear of the next cut: {SEPTEMBER} is sold down from {last} to {}.", quoted(price)));
    Ok(())
}

/// Where the price is after one part in `parts` of the day's fall.
fn target(stage: &Stage<'_>, day: u32, parts: i64) -> anyhow::Result<Price> {
    let nth = usize::try_from(day.saturating_sub(1))?;
    let fall = FALLS.get(nth).copied().unwrap_or(0).checked_div(parts).unwrap_or(0);
    moved(stage.settlement_price(SEPTEMBER)?, fall, stage.tick())
}

/// Bursts of selling into the bids of the value fund, which come and go with them.
fn press(stage: &mut Stage<'_>, price: Price, ([trend, provider], bursts): ([u64; 2], usize)) -> anyhow::Result<()> {
    let series = SEPTEMBER;
    let mut wishes = vec![];
    for (distance, lots) in NERVOUS {
        wishes.extend(quotes::both(stage, series, (price, distance), lots)?);
    }
    stage.requote(Actor::Maker, &wishes)?;
    for _ in 0..bursts {
        let lots = trend.saturating_add(provider);
        let bid = Wish { series, side: Side::Buy, lots, price, then: Then::Rests, reduces: false };
        stage.order(Actor::Value, &bid)?;
        stage.after(70)?;
        for (actor, lots) in [(Actor::Trend, trend), (Actor::Provider, provider)] {
            let sell = Wish { series, side: Side::Sell, lots, price, then: Then::Ends, reduces: false };
            stage.order(actor, &sell)?;
        }
        keeper::round(stage)?;
        stage.after(PACE.saturating_sub(70))?;
    }
    Ok(())
}

/// No second cut has come. The value fund bids for the house's lots; with the room that makes, the house takes the rest
/// of who is below zero.
pub fn turn(stage: &mut Stage<'_>, date: Date) -> anyhow::Result<()> {
    stage.at(date, 10, 0)?;
    let series = SEPTEMBER;
    let price = stage.settlement_price(series)?;
    stage.requote(Actor::Maker, &quotes::both(stage, series, (price, 4_000), 20)?)?;
    let bid = moved(price, -8_000, stage.tick())?;
    let wish = Wish { series, side: Side::Buy, lots: 400, price: bid, then: Then::Rests, reduces: false };
    stage.order(Actor::Value, &wish)?;
    stage.say(format!("No second cut has come: the value fund bids {} for 400 lots of {series}.", quoted(bid)));
    while stage.account(Actor::Edge)?.level == Level::Default {
        tell_unwound(stage, ROOM)?;
        let before = stage.lots(stage.facts.account(Actor::Edge), series)?;
        keeper::watch(stage)?;
        if stage.lots(stage.facts.account(Actor::Edge), series)? == before {
            break;
        }
    }
    Ok(())
}

fn tell_unwound(stage: &mut Stage<'_>, steps: usize) -> anyhow::Result<()> {
    let sold = keeper::unwind(stage, steps)?;
    if sold != 0 {
        let left = stage.lots(AccountId::HOUSE, SEPTEMBER)?;
        let price = stage.facts.fills.last().map(|fill| quoted(fill.what.price)).unwrap_or_default();
        let (sold, left) = (things(sold.into(), "lot"), count(left.into()));
        stage.say(format!("The house sells {sold} of {SEPTEMBER} on the book, the last at {price}; {left} left."));
    }
    Ok(())
}

/// September finds its way back toward the index: the trend fund and the provider buy back what they sold short, the
/// house sells into it.
pub fn recovery(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    let series = SEPTEMBER;
    stage.at(date, 15, 31)?;
    let worth = quotes::forecast(stage, scene, date, series)?;
    let step = moved(stage.settlement_price(series)?, GAIN, stage.tick())?;
    let price = step.min(worth).tick_down(stage.tick())?;
    stage.requote(Actor::Maker, &quotes::both(stage, series, (price, 4_000), 25)?)?;
    let offer = Wish { series, side: Side::Sell, lots: 80, price, then: Then::Rests, reduces: false };
    stage.order(Actor::Value, &offer)?;
    stage.after(90)?;
    for actor in [Actor::Trend, Actor::Provider, Actor::Trend] {
        let buy = Wish { lots: REGAINED, side: Side::Buy, then: Then::Ends, ..offer };
        stage.order(actor, &buy)?;
        stage.after(60)?;
    }
    let bid = Wish { side: Side::Buy, lots: 60, price: moved(price, -2_000, stage.tick())?, ..offer };
    stage.order(Actor::Trend, &Wish { price: moved(bid.price, -10, stage.tick())?, ..bid })?;
    stage.after(60)?;
    tell_unwound(stage, 6)?;
    keeper::watch(stage)
}
