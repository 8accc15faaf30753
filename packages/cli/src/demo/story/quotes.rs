//! Quotes on an ordinary day: the market maker on both sides of its forecast, the value fund behind it.

use tokfut_core::calendar::{Date, Month, SeriesCode};
use tokfut_core::price::{Price, Side};

use super::{AUGUST, Dates, JULY, SEPTEMBER, Scene};
use crate::demo::cast::Actor;
use crate::demo::figures::moved;
use crate::demo::stage::{Stage, Then, Wish};

/// What the maker expects prices to fall a month, in parts per million.
const FALL_A_MONTH: i64 = 3_000;
/// How far the forecast moves from day to day by itself, in price units.
const WAVER: u32 = 8;
/// The maker's levels: parts per million from its forecast, lots.
const LEVELS: [(i64, u64); 2] = [(4_000, 25), (9_000, 50)];
/// The value fund's.
const BEHIND: (i64, u64) = (6_000, 20);

/// The months that are quoted on `date`: the hedged ones while they trade, September until it is closed.
pub fn months(dates: &Dates, date: Date) -> Vec<&'static str> {
    let is_closed = |code: &str| code == SEPTEMBER && date > dates.close;
    let trades = |code: &&str| !is_closed(code) && month(code).is_some_and(|month| date <= month.last_day());
    [JULY, AUGUST, SEPTEMBER].into_iter().filter(trades).collect()
}

fn month(code: &str) -> Option<Month> {
    code.parse::<SeriesCode>().ok().map(|code| code.month)
}

/// What the maker believes a month is worth: before it the latest index less a little a month, in it the average that
/// its fixings make.
pub fn forecast(stage: &Stage<'_>, scene: &mut Scene, date: Date, code: &str) -> anyhow::Result<Price> {
    let series = stage.series(code)?;
    let leg = series.index_price.as_deref().unwrap_or(&series.settlement_price);
    let leg = stage.price(leg)?;
    let ahead = month(code).zip(Month::of(date)).map_or(0, |(month, now)| month.distance(now));
    let latest = stage.facts.fixings.last().map(|fixing| Price::from_wide(fixing.value)).transpose()?;
    let value = match (ahead, latest) {
        (1.., Some(latest)) => moved(latest, i64::from(ahead).saturating_mul(-FALL_A_MONTH), stage.tick())?,
        _ => leg,
    };
    let wavered = i64::from(value.units()).saturating_add(scene.noise.around(WAVER));
    Ok(Price::from_wide(u128::try_from(wavered)?)?)
}

/// A bid and an ask at a distance from a price.
pub fn both<'a>(
    stage: &Stage<'_>,
    series: &'a str,
    (price, distance): (Price, i64),
    lots: u64,
) -> anyhow::Result<[Wish<'a>; 2]> {
    let wish = |side, ppm| -> anyhow::Result<Wish<'a>> {
        Ok(Wish { series, side, lots, price: moved(price, ppm, stage.tick())?, then: Then::Rests, reduces: false })
    };
    Ok([wish(Side::Buy, distance.saturating_neg())?, wish(Side::Sell, distance)?])
}

/// New quotes in all quoted months.
pub fn renew(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    let (mut maker, mut value) = (vec![], vec![]);
    for code in months(&scene.dates, date) {
        let price = match scene.dates.since_cut(date) {
            Some(1..=16) if code == SEPTEMBER => continue,
            _ => forecast(stage, scene, date, code)?,
        };
        for (distance, lots) in LEVELS {
            maker.extend(both(stage, code, (price, distance), lots)?);
        }
        value.extend(both(stage, code, (price, BEHIND.0), BEHIND.1)?);
    }
    stage.requote(Actor::Maker, &maker)?;
    stage.requote(Actor::Value, &value)
}

/// Every quote is taken back.
pub fn withdraw(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage.requote(Actor::Maker, &[])?;
    stage.requote(Actor::Value, &[])
}
