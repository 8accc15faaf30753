//! Trades on an ordinary day: the app buys its hedge, the provider sells, speculators build their positions.

use anyhow::Context;
use tokfut_core::calendar::Date;
use tokfut_core::money::Amount;
use tokfut_core::price::{Lots, Price, Side};

use super::{AUGUST, JULY, SEPTEMBER, Scene, quotes};
use crate::demo::cast::Actor;
use crate::demo::figures::{count, moved, quoted, scaled, usd};
use crate::demo::stage::{Stage, Then, Wish};

/// Days over which the app buys a month's hedge.
const HEDGE_DAYS: u64 = 8;
/// The lots that speculator A buys a day, and on how many days; the same of B.
const STEADY: (u64, u64) = (20, 6);
const EDGE: (u64, u64) = (50, 9);
/// A's equity as a share of its notional, in parts per million.
const STEADY_COVER: i128 = 180_000;
/// B pays in so much of its initial margin, in parts per million: what the price it pays costs it, and hardly more.
const EDGE_COVER: i128 = 1_035_000;
/// How far above the forecast a seller offers, in parts per million.
const OFFER: i64 = 2_000;
/// The worst a buyer pays, in parts per million of the forecast.
const WORST: i64 = 9_500;
/// The largest position of the value fund's small trades.
const SMALL: i64 = 25;

/// Who buys of whom.
struct Deal {
    buyer: Actor,
    seller: Actor,
    series: &'static str,
    lots: u64,
}

/// Trades of the morning.
pub fn trade(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    let day = date.days_since(scene.dates.first).unwrap_or(0);
    stage.at(date, 10, 0)?;
    if let Some(deal) = deal(day, scene.hedge) {
        let price = quotes::forecast(stage, scene, date, deal.series)?;
        let bought = deal.make(stage, price)?;
        deal.tell(stage, scene, bought)?;
    }
    small(stage, scene, date)
}

/// The deal of a day of the story, counted from 0.
fn deal(day: u32, hedge: u64) -> Option<Deal> {
    let tranche = |nth: u32| {
        let bought = hedge.saturating_mul(u64::from(nth)).checked_div(HEDGE_DAYS).unwrap_or(0);
        let to_buy = hedge.saturating_mul(u64::from(nth.saturating_add(1))).checked_div(HEDGE_DAYS).unwrap_or(0);
        to_buy.saturating_sub(bought)
    };
    let app = |series, nth| Deal { buyer: Actor::App, seller: Actor::Provider, series, lots: tranche(nth) };
    let edge = |seller| Deal { buyer: Actor::Edge, seller, series: SEPTEMBER, lots: EDGE.0 };
    match day {
        8..=15 => Some(app(JULY, day.saturating_sub(8))),
        16..=23 => Some(app(AUGUST, day.saturating_sub(16))),
        30..=35 => Some(Deal { buyer: Actor::Steady, seller: Actor::Trend, series: AUGUST, lots: STEADY.0 }),
        37 | 43 | 49 => Some(edge(Actor::Provider)),
        39 | 41 | 45 | 47 | 51 | 53 => Some(edge(Actor::Trend)),
        _ => None,
    }
}

impl Deal {
    /// The seller offers, the buyer takes it two minutes later, and what is missing from others; how many lots.
    fn make(&self, stage: &mut Stage<'_>, price: Price) -> anyhow::Result<Lots> {
        let Self { buyer, seller, series, lots } = *self;
        let at = |ppm| moved(price, ppm, stage.tick());
        let (offer, worst) = (at(OFFER)?, at(WORST)?);
        stage
            .order(seller, &Wish { series, side: Side::Sell, lots, price: offer, then: Then::Rests, reduces: false })?;
        stage.after(120)?;
        pay_in(stage, buyer, (offer, lots))?;
        stage.order(buyer, &Wish { series, side: Side::Buy, lots, price: worst, then: Then::Ends, reduces: false })
    }

    fn tell(&self, stage: &mut Stage<'_>, scene: &Scene, bought: Lots) -> anyhow::Result<()> {
        let held = stage.lots(stage.facts.account(self.buyer), self.series)?;
        let whole = match self.buyer {
            Actor::App => scene.hedge,
            Actor::Steady => STEADY.0.saturating_mul(STEADY.1),
            _ => EDGE.0.saturating_mul(EDGE.1),
        };
        if held < i64::try_from(whole)? || bought.is_zero() {
            return Ok(());
        }
        let account = stage.account(self.buyer)?;
        let fill = stage.facts.fills.last().context("a deal without a trade")?;
        let price = quoted(fill.what.price);
        let (name, equity) = (self.buyer.title(), usd(account.equity.base_units()));
        let margin = usd(super::units(account.initial_margin)?);
        let sold = self.sold(stage, whole);
        stage.say(format!(
            "{name} holds {} lots of {}{sold}, the last bought at {price}: equity {equity}, initial margin {margin}.",
            count(held.into()),
            self.series,
        ));
        Ok(())
    }

    /// How much of its hedge the app has of the provider, in words; nothing of others, who have several sellers.
    fn sold(&self, stage: &Stage<'_>, whole: u64) -> String {
        if self.buyer != Actor::App {
            return String::new();
        }
        let (buyer, seller) = (stage.facts.account(self.buyer), stage.facts.account(self.seller));
        let series = stage.facts.series(self.series);
        let fills = stage.facts.fills.iter().map(|fill| &fill.what);
        let fills = fills.filter(|fill| (fill.taker, fill.maker, Some(fill.series)) == (buyer, seller, series));
        match fills.map(|fill| fill.lots.count()).fold(0, u64::saturating_add) {
            all if all >= whole => ", all sold by the model provider".to_string(),
            lots => format!(", {} of them sold by the model provider", count(lots.into())),
        }
    }
}

/// Speculators pay in with each purchase: A with room to spare, B what is asked and hardly more.
fn pay_in(stage: &mut Stage<'_>, buyer: Actor, (price, lots): (Price, u64)) -> anyhow::Result<()> {
    let notional = super::units(stage.product().unit_value.notional(price, Lots::new(lots))?)?;
    let account = stage.account(buyer)?;
    let missing = match buyer {
        Actor::Steady => scaled(notional, STEADY_COVER, 1_000_000),
        Actor::Edge => {
            let rate = i128::from(stage.product().margin.initial_spec.parts());
            let margin = super::units(account.initial_margin)?.saturating_add(scaled(notional, rate, 1_000_000));
            scaled(margin, EDGE_COVER, 1_000_000).saturating_sub(account.equity.base_units())
        }
        _ => 0,
    };
    match u128::try_from(missing) {
        Ok(paid) if paid > 0 => stage.deposit(buyer, Amount::new(paid)),
        _ => Ok(()),
    }
}

/// The value fund takes a few lots of the maker's quotes, to and fro.
fn small(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    let months = quotes::months(&scene.dates, date);
    let chosen = usize::try_from(scene.noise.below(u64::try_from(months.len())?))?;
    let Some(series) = months.get(chosen) else { return Ok(()) };
    let lots = scene.noise.below(6).saturating_add(2);
    let drawn = if scene.noise.below(2) == 0 { Side::Buy } else { Side::Sell };
    let side = match stage.lots(stage.facts.account(Actor::Value), series)? {
        held if held > SMALL => Side::Sell,
        held if held < SMALL.saturating_neg() => Side::Buy,
        _ => drawn,
    };
    let worst = match side {
        Side::Buy => WORST,
        Side::Sell => WORST.saturating_neg(),
    };
    let price = moved(stage.settlement_price(series)?, worst, stage.tick())?;
    stage.order(Actor::Value, &Wish { series, side, lots, price, then: Then::Ends, reduces: false }).map(drop)
}
