//! The story: three months of a market, day by day, by real messages to the three contracts.

mod close;
mod fear;
mod flow;
mod keeper;
mod publishers;
mod quotes;

use anyhow::{Context, bail};
use tokfut_core::calendar::Date;
use tokfut_core::index::{DayMove, Methodology, Part, PriceRecord, Rule, TokIndex};
use tokfut_core::methodology;
use tokfut_core::price::Price;

use super::cast::{Actor, INSURANCE};
use super::facts::{Facts, Index, Moment, PriceChange};
use super::figures::{quoted, things, usd};
use super::hedge;
use super::noise::Noise;
use super::stage::Stage;

/// The published list prices that the index is computed from.
const MODEL_PRICES: &str = include_str!("../../../core/data/model_prices.csv");
/// The contract month of the app's consumption in July.
pub const JULY: &str = "TOKN26";
/// The same in August.
pub const AUGUST: &str = "TOKQ26";
/// The month that fear falls on.
pub const SEPTEMBER: &str = "TOKU26";

/// The days that the story turns on.
#[derive(Clone, Copy)]
pub struct Dates {
    /// The first day.
    pub first: Date,
    /// The day that one vendor cuts its prices.
    pub cut: Date,
    /// From when positions in months that live on are closed.
    pub close: Date,
    /// The day of the last final settlement.
    pub last: Date,
}

impl Dates {
    /// June to August 2026, and the first of September for August's final settlement.
    pub fn of_the_story() -> anyhow::Result<Self> {
        let of = |text| Date::parse(text).context("a date of the story");
        Ok(Self { first: of("2026-06-01")?, cut: of("2026-07-30")?, close: of("2026-08-28")?, last: of("2026-09-01")? })
    }

    /// Days from the cut to `date`; none before it.
    pub fn since_cut(&self, date: Date) -> Option<u32> {
        date.days_since(self.cut)
    }

    fn all(&self) -> impl Iterator<Item = Date> {
        (self.first.days()..=self.last.days()).map(Date::from_days)
    }
}

/// What actors know besides the chain.
pub struct Scene {
    /// The days that the story turns on.
    pub dates: Dates,
    /// Where small differences come from.
    pub noise: Noise,
    /// How many lots of a month the app buys.
    pub hedge: u64,
}

/// Plays the story. Each sentence of it is told as it happens.
pub fn play(seed: u64, tell: &mut dyn FnMut(&Moment)) -> anyhow::Result<Facts> {
    let dates = Dates::of_the_story()?;
    let (index, changes) = index(&dates)?;
    let mut stage = Stage::new(Facts { seed, index, changes, ..Facts::default() }, tell)?;
    let mut scene = Scene { dates, noise: Noise::new(seed), hedge: 0 };
    for date in dates.all() {
        day(&mut stage, &mut scene, date).with_context(|| format!("on {date}"))?;
    }
    close::withdraw(&mut stage)?;
    Ok(stage.facts)
}

/// The index day by day, and the list prices that moved it.
fn index(dates: &Dates) -> anyhow::Result<(Index, Vec<PriceChange>)> {
    let Rule::LinkedBasket(rule) = Methodology::parse(methodology::TOK)?.rule else {
        bail!("the methodology of TOK is not a linked basket")
    };
    let index = TokIndex::new(&rule, PriceRecord::from_csv(MODEL_PRICES)?)?;
    let (mut fixings, mut changes) = (vec![], vec![]);
    for day in index.daily(dates.first, dates.last)? {
        fixings.push((day.date, Price::from_wide(u128::from(day.fixing))?));
    }
    for DayMove { date, parts, .. } in index.moves(dates.first, dates.last)? {
        let moved = parts.into_iter().filter(|part| part.before != part.after);
        changes.extend(moved.map(|Part { member, before, after, .. }| PriceChange { date, member, before, after }));
    }
    Ok((fixings, changes))
}

/// One day: quotes and trades in the morning, the fixing at noon, final at 15:15, the strike at 16:00, final at 16:30.
fn day(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    if date == scene.dates.first {
        open(stage, scene)?;
    } else {
        keeper::night(stage, date)?;
        stage.at(date, 9, 0)?;
        morning(stage, scene, date)?;
    }
    stage.at(date, 12, 5)?;
    publishers::fix(stage, scene, date)?;
    if date == scene.dates.cut {
        fear::news(stage)?;
    }
    stage.at(date, 15, 15)?;
    stage.finalise_fixing()?;
    if date == scene.dates.first {
        list(stage)?;
    } else {
        afternoon(stage, scene, date)?;
    }
    stage.at(date, 16, 0)?;
    stage.strike()?;
    stage.at(date, 16, 30)?;
    stage.finalise()?;
    if date == scene.dates.first {
        stage.say(
            "Settlement prices, struck at 16:00, are final and become cash: so every day from now on.".to_string(),
        );
    }
    list(stage)?;
    stage.reap()?;
    keeper::round(stage)?;
    keeper::tell_final(stage)?;
    stage.close_day(date)
}

fn open(stage: &mut Stage<'_>, scene: &mut Scene) -> anyhow::Result<()> {
    stage.at(scene.dates.first, 8, 0)?;
    stage.seed_insurance(INSURANCE)?;
    stage.say(format!("The insurance fund is seeded with {}.", usd(units(INSURANCE)?)));
    for actor in Actor::ALL {
        stage.open_account(actor)?;
    }
    let first = stage.facts.index_on(scene.dates.first).context("no index on the first day")?;
    scene.hedge = hedge::lots(first);
    stage.say(format!(
        "Eight accounts are opened: market maker, AI app, model provider, trend fund, value fund, two speculators, keeper. \
         The app will hedge {} lots a month.",
        scene.hedge
    ));
    Ok(())
}

fn list(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let listed = stage.list()?;
    if let (Some(first), Some(last)) = (listed.first(), listed.last()) {
        let price = quoted(stage.settlement_price(first)?);
        let which = if first == last { first.clone() } else { format!("{first} to {last}") };
        let months = things(i128::try_from(listed.len())?, "month");
        stage.say(format!("Listed by the calendar rule: {which}, {months}, at {price}."));
    }
    Ok(())
}

fn morning(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    quotes::renew(stage, scene, date)?;
    if date.days_since(scene.dates.first) == Some(1) {
        let months = quotes::months(&scene.dates, date).join(", ");
        stage.say(format!(
            "The market maker quotes both sides of {months} around its forecast, the value fund behind it."
        ));
    }
    keeper::watch(stage)?;
    match scene.dates.since_cut(date) {
        Some(days @ 1..=3) => fear::morning(stage, (date, days)),
        Some(4) => fear::turn(stage, date),
        _ if date == scene.dates.close => close::square(stage, date),
        _ => flow::trade(stage, scene, date),
    }
}

fn afternoon(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    match scene.dates.since_cut(date) {
        Some(0) => fear::cut(stage, scene, date),
        Some(days @ 1..=3) => fear::afternoon(stage, (date, days)),
        Some(5..=16) => fear::recovery(stage, scene, date),
        _ => keeper::watch(stage),
    }
}

/// Base units, signed, of an amount.
fn units(amount: tokfut_core::money::Amount) -> anyhow::Result<i128> {
    Ok(amount.signed()?.base_units())
}
