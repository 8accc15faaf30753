//! From what is seen to what is done. Nothing here asks, sends or remembers.

use std::collections::BTreeSet;

use tokfut_api::vault::{AccountResponse, Level};
use tokfut_core::money::SignedAmount;
use tokfut_core::price::{Price, Side};
use tokfut_core::series::Status;
use tokfut_core::time::{MINUTE, Time};

use crate::action::Action;
use crate::duty::Duty;
use crate::view::{ProductView, SeriesView, View};

/// A mark is pushed at once when it has moved by more than this, parts per million: a quarter of the buffer that a
/// liquidation restores.
const MOVED: u64 = 2_500;
/// A mark that has moved by less is pushed when the one in clearing is this old.
const OLD: u64 = 10 * MINUTE;
/// Before a liquidation a mark is pushed when it is this old, though it has not moved: clearing refuses those of more
/// than an hour.
const STALE: u64 = 30 * MINUTE;
/// How far from the mark the house trades, in hundredths.
const HOUSE_SLIPPAGE: u64 = 1;
/// What the treasury is paid at least, base units: a hundred coins, so that gas is a small part of it.
const COLLECTED: SignedAmount = SignedAmount::new(100_000_000);

/// What is to be done, in the order of [`Duty::ALL`], each thing once. What depends on something else that is due now
/// is left for the next look.
pub fn plan(view: &View, duties: &BTreeSet<Duty>) -> Vec<Action> {
    let mut actions = Vec::new();
    for duty in Duty::ALL.into_iter().filter(|duty| duties.contains(duty)) {
        match duty {
            Duty::Relay => actions.extend(view.submissions.iter().map(|waiting| Action::Relay(waiting.0.clone()))),
            Duty::Fixings => {
                let is_due = |from: Time| from <= view.moment.time;
                let due = view.feeds.iter().filter(|feed| feed.next_final_from.is_some_and(is_due));
                actions.extend(due.map(|feed| Action::Fixings(feed.feed)));
            }
            Duty::Liquidate => actions.extend(view.accounts.iter().filter_map(|account| liquidation(view, account))),
            Duty::Advance => actions.extend(view.accounts.iter().filter(|account| is_short(account)).map(advance)),
            Duty::Unwind => actions.extend(unwinding(view)),
            Duty::Reap => {
                let free = |code: &str| view.product(code).is_some_and(|one| !one.strike_due(view.moment.time));
                let dead = view.dead.iter().filter(|(product, _)| free(product));
                actions.extend(dead.map(|(product, order)| Action::Reap { product: product.clone(), order: *order }));
            }
            Duty::Touch => actions.extend(view.ended.iter().copied().map(Action::Touch)),
            Duty::Collect => actions.extend((view.treasury >= COLLECTED).then_some(Action::Collect)),
            Duty::Finalise | Duty::Strike | Duty::Reopen | Duty::List | Duty::Marks => {
                let of_product = |product| for_product(view.moment.time, product, duty, duties);
                actions.extend(view.products.iter().flat_map(of_product));
            }
        }
    }
    actions
}

fn for_product(now: Time, product: &ProductView, duty: Duty, duties: &BTreeSet<Duty>) -> Vec<Action> {
    let code = product.code();
    let (due, finalisable) = (product.strike_due(now), product.finalises_from.is_some_and(|from| from <= now));
    let one = |is: bool, action: Action| if is { vec![action] } else { Vec::new() };
    match duty {
        Duty::Finalise => one(finalisable, Action::Finalise(code)),
        // The settlement before is finalised first: in this round, if that is a duty too.
        Duty::Strike => {
            let free = product.finalises_from.is_none() || (finalisable && duties.contains(&Duty::Finalise));
            one(due && free, Action::Strike(code))
        }
        Duty::List => one(!due && product.has_reference && !product.market.listable.is_empty(), Action::List(code)),
        Duty::Reopen => {
            let opens = |series: &&SeriesView| {
                !series.market.status.may_open() && series.market.opens_at.is_some_and(|at| at <= now)
            };
            let series = product.series.iter().filter(opens);
            series.map(|series| Action::Reopen(series.market.code.clone())).collect()
        }
        Duty::Marks if !due => {
            let moved = product.series.iter().filter(|series| has_moved(now, product, series));
            let mark = |series: &SeriesView| Action::Mark { product: code.clone(), series: series.market.code.clone() };
            moved.map(mark).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the mark in clearing is no longer what the market makes of it.
fn has_moved(now: Time, product: &ProductView, series: &SeriesView) -> bool {
    let Some(clearing) = series.clearing.as_ref().filter(|_| series.market.status != Status::Settled) else {
        return false;
    };
    let (Some(mark), Some(pushed)) = (product.price(&series.market.margin_mark), product.price(&clearing.mark)) else {
        return false;
    };
    let (mark, pushed) = (u64::from(mark.units()), u64::from(pushed.units()));
    let far = mark.abs_diff(pushed).saturating_mul(1_000_000) > pushed.saturating_mul(MOVED);
    far || (mark != pushed && now.saturating_since(clearing.mark_at) >= OLD)
}

/// Closes an account out that is below maintenance, at fresh marks; none while a strike is due in what it holds.
fn liquidation(view: &View, account: &AccountResponse) -> Option<Action> {
    if !matches!(account.level, Level::Liquidating | Level::Default) {
        return None;
    }
    let mut marks = BTreeSet::new();
    for position in &account.positions {
        // A series that the market lists no more has its last mark.
        let Some((product, series)) = view.series(&position.code) else { continue };
        if product.strike_due(view.moment.time) {
            return None;
        }
        let old = series.clearing.as_ref().is_none_or(|clearing| {
            clearing.mark != series.market.margin_mark || view.moment.time.saturating_since(clearing.mark_at) >= STALE
        });
        if old && !position.lots.is_zero() && series.market.status != Status::Settled {
            marks.insert((product.code(), series.market.code.clone()));
        }
    }
    Some(Action::Liquidate { account: account.account, marks })
}

/// Short of cash, and not to be liquidated.
fn is_short(account: &AccountResponse) -> bool {
    account.cash.is_negative() && account.level == Level::Call
}

fn advance(account: &AccountResponse) -> Action {
    Action::Advance(account.account)
}

/// The house trades where somebody stands within its reach.
fn unwinding(view: &View) -> Vec<Action> {
    let mut actions = Vec::new();
    for position in &view.house.positions {
        let Some((product, series)) = view.series(&position.code) else { continue };
        let Some(side) = position.lots.side().map(Side::opposite) else { continue };
        let (Some(mark), false) = (product.price(&position.mark), product.strike_due(view.moment.time)) else {
            continue;
        };
        let best = match side {
            Side::Sell => &series.market.bid,
            Side::Buy => &series.market.ask,
        };
        let best = best.as_ref().and_then(|best| product.price(best));
        if series.market.status.may_match() && best.is_some_and(|best| within_reach(side, mark, best)) {
            actions.push(Action::Unwind(position.series));
        }
    }
    actions
}

fn within_reach(side: Side, mark: Price, best: Price) -> bool {
    let (mark, best) = (u64::from(mark.units()), u64::from(best.units()).saturating_mul(100));
    match side {
        Side::Sell => best >= mark.saturating_mul(100_u64.saturating_sub(HOUSE_SLIPPAGE)),
        Side::Buy => best <= mark.saturating_mul(100_u64.saturating_add(HOUSE_SLIPPAGE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tokfut_scenario::WorldSpec;

    const NOW: u64 = 1_780_000_000;

    fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    /// TOK with a month whose mark is 1.6000 in clearing and `mark` in the market, pushed so long ago.
    fn product(mark: &str, age: u64) -> ProductView {
        let terms = WorldSpec::reference().unwrap().products[0].clone();
        let market =
            json!({"id": 1, "terms": terms, "cycle": 3, "last_strike": null, "next_strike": null, "listable": []});
        let series = json!({
            "code": "TOKZ26", "id": 3, "status": "open", "opens_at": null, "listed_at": NOW, "last_trading": NOW,
            "settlement_price": "1.6000", "lowest": "1.4400", "highest": "1.7600", "mark": mark, "margin_mark": mark,
            "index_price": null, "last_price": null, "volume": "0", "open_interest": "5", "bid": null, "ask": null,
        });
        let clearing = json!({
            "code": "TOKZ26", "open_interest": "5", "mark": "1.6000", "mark_at": NOW.saturating_sub(age), "struck": 3,
            "settlement_price": "1.6000", "finalised": 3, "long_index": "0", "short_index": "0", "carried_long": "5",
            "carried_short": "5", "last": false,
        });
        let series = SeriesView { market: read(series), clearing: Some(read(clearing)) };
        ProductView { market: read(market), finalises_from: None, has_reference: true, series: vec![series] }
    }

    fn planned(product: &ProductView, duty: Duty, duties: &[Duty]) -> usize {
        for_product(Time::new(NOW), product, duty, &duties.iter().copied().collect()).len()
    }

    #[test]
    fn a_mark_is_pushed_when_it_has_moved_far_or_some_time_ago() {
        for (mark, age, pushes) in [
            ("1.6000", 100_000, 0),
            ("1.6040", 599, 0),
            ("1.6041", 0, 1),
            ("1.5960", 599, 0),
            ("1.5959", 0, 1),
            ("1.6001", 599, 0),
            ("1.6001", 600, 1),
        ] {
            assert_eq!(planned(&product(mark, age), Duty::Marks, &[]), pushes, "{mark} {age}");
        }
    }

    #[test]
    fn a_strike_waits_for_the_settlement_before_it_and_all_else_for_the_strike() {
        let mut due = product("1.7000", 0);
        due.market.next_strike = Some(Time::new(NOW.saturating_add(1)));
        due.market.listable = vec!["TOKF27".to_string()];
        let counts = |one: &ProductView, duties: &[Duty]| {
            [Duty::Finalise, Duty::Strike, Duty::List, Duty::Marks].map(|duty| planned(one, duty, duties))
        };
        assert_eq!(counts(&due, &Duty::ALL), [0, 0, 1, 1]);
        due.market.next_strike = Some(Time::new(NOW));
        assert_eq!(counts(&due, &Duty::ALL), [0, 1, 0, 0]);
        due.finalises_from = Some(Time::new(NOW.saturating_add(1)));
        assert_eq!(counts(&due, &Duty::ALL), [0, 0, 0, 0]);
        due.finalises_from = Some(Time::new(NOW));
        assert_eq!(counts(&due, &Duty::ALL), [1, 1, 0, 0]);
        assert_eq!(counts(&due, &[Duty::Strike]), [1, 0, 0, 0]);
    }

    #[test]
    fn the_house_trades_within_a_hundredth_of_the_mark() {
        let price = |units| Price::new(units).unwrap();
        for (side, best, trades) in [
            (Side::Sell, 15_840, true),
            (Side::Sell, 15_839, false),
            (Side::Buy, 16_160, true),
            (Side::Buy, 16_161, false),
        ] {
            assert_eq!(within_reach(side, price(16_000), price(best)), trades, "{side} {best}");
        }
    }
}
