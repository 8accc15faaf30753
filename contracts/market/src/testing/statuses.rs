//! The life of a series by decision.

use tokfut_api::market::{OpeningScheduled, SeriesResponse, StatusChanged};
use tokfut_core::series::Status;

use super::*;

fn set(status: Status) -> ExecuteMsg {
    ExecuteMsg::SetStatus { series: DEC.to_string(), status }
}

fn schedule() -> ExecuteMsg {
    ExecuteMsg::ScheduleOpen { series: DEC.to_string() }
}

fn reopen() -> ExecuteMsg {
    ExecuteMsg::Reopen { series: DEC.to_string() }
}

fn status(world: &mut World) -> Status {
    world.ask::<SeriesResponse>(QueryMsg::Series { code: DEC.to_string() }).unwrap().status
}

#[test]
fn the_guardian_takes_risk_away_and_nobody_else_does() {
    let mut world = World::new();
    for who in ["governance", "vault", "anyone"] {
        assert_eq!(world.by(who, set(Status::Paused)).unwrap_err().code(), "unauthorized");
    }
    let outcome = world.by("guardian", set(Status::CloseOnly)).unwrap();
    assert_eq!(outcome.all::<StatusChanged>()[0].status, "close_only");
    assert_eq!(status(&mut world), Status::CloseOnly);
    for more_risk in [Status::Open, Status::Auction, Status::Listed, Status::Expired, Status::Settled] {
        assert_eq!(world.by("guardian", set(more_risk)).unwrap_err().code(), "unauthorized");
    }
    assert_eq!(world.by("guardian", set(Status::CloseOnly)).unwrap_err().code(), "invalid_transition");
}

#[test]
fn a_close_only_series_takes_what_reduces_and_matches_it_with_what_rests() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6000");
    world.buys(ALICE, 2, "1.6000");
    world.buys(CAROL, 5, "1.5900");
    world.by("guardian", set(Status::CloseOnly)).unwrap();
    let sell = order(ALICE, Side::Sell, 2, "1.5900");
    assert_eq!(world.place(sell.clone()).unwrap_err().code(), "reduce_only_required");
    assert_eq!(world.place(NewOrder { reduce_only: true, ..sell }).unwrap().lots(), [2, 0, 0]);
}

#[test]
fn a_paused_series_takes_nothing_but_cancels_and_close_outs_answer_empty() {
    let mut world = World::new();
    world.sells(BOB, 2, "1.6000");
    world.buys(ALICE, 2, "1.6000");
    let id = world.buys(CAROL, 5, "1.5900").id();
    world.by("guardian", set(Status::Paused)).unwrap();
    let sell = NewOrder { reduce_only: true, ..order(ALICE, Side::Sell, 2, "1.5900") };
    assert_eq!(world.place(sell).unwrap_err().code(), "not_trading");
    let leg = tokfut_api::clearing::CloseOrder {
        series: tokfut_core::id::SeriesId(DEC_ID),
        side: Side::Sell,
        lots: Lots::new(2),
        worst: tokfut_core::price::Price::new(15_900).unwrap(),
        discount: tokfut_core::rate::Rate::ZERO,
    };
    let close = ExecuteMsg::Close { account: ALICE, orders: vec![leg], void_orders: false };
    assert!(world.by("vault", close).unwrap().clearing().fills.is_empty());
    let cancel = ExecuteMsg::CancelOrder { account: CAROL, order: tokfut_api::market::OrderRef::Id(id) };
    world.anyone(cancel).unwrap();
}

#[test]
fn a_series_opens_again_a_day_after_its_announcement() {
    let mut world = World::new();
    assert_eq!(world.by("governance", schedule()).unwrap_err().code(), "invalid_transition");
    world.by("guardian", set(Status::Halted)).unwrap();
    assert_eq!(world.by("guardian", schedule()).unwrap_err().code(), "unauthorized");
    assert_eq!(world.anyone(reopen()).unwrap_err().code(), "not_scheduled");
    let opens_at = time("2026-11-25T10:00:00Z");
    let outcome = world.by("governance", schedule()).unwrap();
    assert_eq!(outcome.all::<OpeningScheduled>()[0].opens_at, opens_at);
    assert_eq!(world.at("2026-11-25T09:59:59Z").anyone(reopen()).unwrap_err().code(), "timelocked");
    world.at("2026-11-25T10:00:00Z").anyone(reopen()).unwrap();
    assert_eq!(status(&mut world), Status::Open);
    assert_eq!(world.anyone(reopen()).unwrap_err().code(), "not_scheduled");
}

#[test]
fn the_guardian_calls_an_announced_opening_off() {
    let mut world = World::new();
    world.by("guardian", set(Status::Paused)).unwrap();
    world.by("governance", schedule()).unwrap();
    world.by("guardian", set(Status::Halted)).unwrap();
    assert_eq!(world.at("2026-11-26T10:00:00Z").anyone(reopen()).unwrap_err().code(), "not_scheduled");
}

#[test]
fn past_last_trading_nothing_opens_again() {
    let mut world = World::new();
    world.by("guardian", set(Status::Paused)).unwrap();
    world.at("2026-12-30T15:00:00Z").by("governance", schedule()).unwrap();
    assert_eq!(world.at("2026-12-31T15:00:00Z").anyone(reopen()).unwrap_err().code(), "invalid_transition");
    assert_eq!(status(&mut world), Status::Expired);
    assert_eq!(world.by("guardian", set(Status::Halted)).unwrap_err().code(), "unauthorized");
}
