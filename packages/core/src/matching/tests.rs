//! The planner against a naive book in full state, and what any matching must keep.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, unused_must_use)]

mod naive;

use proptest::prelude::*;

use super::*;
use crate::id::{OwnerId, SeriesId};
use crate::price::Tick;
use crate::rate::Rate;

use naive::Naive;

const SERIES: SeriesId = SeriesId(1);

fn price(units: u32) -> Price {
    Price::new(units).unwrap()
}

/// Two accounts an owner: 8 and 9, 16 and 17, …
fn account(number: u8) -> AccountId {
    AccountId::of(OwnerId(u64::from(number / 2) + 1), u64::from(number % 2)).unwrap()
}

fn around(settlement: u32) -> DayLimits {
    DayLimits::around(price(settlement), Rate::ppm(100_000), Tick::new(1).unwrap()).unwrap()
}

fn order(number: u8, side: Side, lots: u64, limit: u32) -> Incoming {
    Incoming {
        account: account(number),
        side,
        lots: Lots::new(lots),
        limit: price(limit),
        style: Style::Rest,
        reduce_only: false,
        max_fills: 32,
    }
}

/// A book as the contract keeps it: ordered keys, read lazily.
#[derive(Clone, Debug, PartialEq)]
struct World {
    orders: BTreeMap<[u8; 15], RestingOrder>,
    net: BTreeMap<AccountId, i64>,
    void_before: BTreeMap<AccountId, u64>,
    sequence: u64,
    rules: Rules,
}

struct Half<'a> {
    world: &'a World,
    keys: Vec<[u8; 15]>,
    reads: usize,
}

impl Book for Half<'_> {
    type Error = PlanError;

    fn next(&mut self) -> Result<Option<Met>, PlanError> {
        self.reads += 1;
        let Some(key) = (!self.keys.is_empty()).then(|| self.keys.remove(0)) else { return Ok(None) };
        Ok(Some(Met { id: OrderId::from_key(&key).unwrap(), order: self.world.orders[&key] }))
    }

    fn is_void(&mut self, Met { id, order }: &Met) -> Result<bool, PlanError> {
        Ok(self.world.void_before.get(&order.account).is_some_and(|before| id.sequence < *before))
    }

    fn net_lots(&mut self, account: AccountId) -> Result<NetLots, PlanError> {
        Ok(NetLots::new(self.world.net.get(&account).copied().unwrap_or(0)))
    }
}

impl World {
    fn new() -> Self {
        let rules = Rules { now: Time::new(1_000), limits: around(100) };
        Self { orders: BTreeMap::new(), net: BTreeMap::new(), void_before: BTreeMap::new(), sequence: 1, rules }
    }

    fn half(&self, side: Side) -> Half<'_> {
        let prefix = OrderId::key_prefix(SERIES, side);
        let keys = self.orders.keys().filter(|key| key.starts_with(&prefix)).copied().collect();
        Half { world: self, keys, reads: 0 }
    }

    fn place(&mut self, order: &Incoming, expires_at: Option<Time>) -> Result<Plan, PlanError> {
        let plan = plan(order, &mut self.half(order.side.opposite()), &self.rules)?;
        for step in &plan.steps {
            match step {
                Step::Removal(removal) => assert!(self.orders.remove(&removal.id.key()).is_some()),
                Step::Fill(fill) => {
                    if fill.left.is_zero() {
                        assert!(self.orders.remove(&fill.id.key()).is_some());
                    } else {
                        self.orders.get_mut(&fill.id.key()).unwrap().lots = fill.left;
                    }
                    let bought = order.side.net(fill.lots).unwrap().count();
                    *self.net.entry(order.account).or_default() += bought;
                    *self.net.entry(fill.maker.account).or_default() -= bought;
                }
            }
        }
        if !plan.rests.is_zero() {
            let id = OrderId { series: SERIES, side: order.side, price: order.limit, sequence: self.sequence };
            let (account, reduce_only, placed_at) = (order.account, order.reduce_only, self.rules.now);
            let resting =
                RestingOrder { account, lots: plan.rests, placed_at, expires_at, reduce_only, client_id: None };
            self.orders.insert(id.key(), resting);
        }
        self.sequence += 1;
        Ok(plan)
    }

    fn sizes(&self) -> Vec<u64> {
        self.orders.values().map(|order| order.lots.count()).collect()
    }
}

#[derive(Clone, Debug)]
enum Op {
    Place { order: Incoming, lasts: Option<u64> },
    Cancel(usize),
    Void(AccountId),
    Wait(u64),
    Settle(u32),
}

fn orders() -> impl Strategy<Value = Incoming> {
    let style = prop_oneof![
        5 => Just(Style::Rest),
        1 => Just(Style::PostOnly),
        2 => Just(Style::Immediate),
        1 => Just(Style::FillOrKill),
    ];
    (0u8..8, any::<bool>(), 1u64..12, 92u32..=108, style, prop::bool::weighted(0.3), 1u32..8).prop_map(
        |(number, buy, lots, limit, style, reduce_only, max_fills)| {
            let side = if buy { Side::Buy } else { Side::Sell };
            Incoming { style, reduce_only, max_fills, ..order(number, side, lots, limit) }
        },
    )
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        20 => (orders(), prop::option::weighted(0.3, 1u64..200)).prop_map(|(order, lasts)| Op::Place { order, lasts }),
        2 => (0usize..64).prop_map(Op::Cancel),
        1 => (0u8..8).prop_map(|number| Op::Void(account(number))),
        3 => (1u64..100).prop_map(Op::Wait),
        1 => (96u32..=104).prop_map(Op::Settle),
    ];
    prop::collection::vec(op, 1..80)
}

fn apply(world: &mut World, naive: &mut Naive, op: Op) -> Result<(), TestCaseError> {
    match op {
        Op::Place { order, lasts } if world.rules.limits.contain(order.limit) => {
            let now = world.rules.now.seconds();
            let expires_at = lasts.map(|lasts| Time::new(now + lasts));
            let limits = (world.rules.limits.lowest().units(), world.rules.limits.highest().units());
            let (sequence, trades) = (world.sequence, naive.trades.len());
            let dies = expires_at.map_or(u64::MAX, Time::seconds);
            let accepted = naive.place(&order, sequence, dies, now, limits);
            let plan = world.place(&order, expires_at);
            prop_assert_eq!(plan.is_ok(), accepted, "{:?}", plan);
            if let Ok(plan) = plan {
                let lots =
                    |fill: &Fill| (order.account.0, fill.id.sequence, fill.id.price.units(), fill.lots.count() as i64);
                prop_assert_eq!(&naive.trades[trades..], plan.fills().map(lots).collect::<Vec<_>>());
                prop_assert!(plan.fills().count() <= order.max_fills as usize);
                let all = plan.filled.checked_add(plan.rests).unwrap().checked_add(plan.dropped().unwrap()).unwrap();
                prop_assert_eq!(all, order.lots);
            }
        }
        Op::Place { .. } => {}
        Op::Cancel(index) => {
            let index = index % world.orders.len().max(1);
            if let Some(key) = world.orders.keys().nth(index).copied() {
                world.orders.remove(&key);
                let sequence = OrderId::from_key(&key).unwrap().sequence;
                naive.list.retain(|row| row.sequence != sequence);
            }
        }
        Op::Void(account) => {
            world.void_before.insert(account, world.sequence);
            naive.list.iter_mut().filter(|row| row.account == account.0).for_each(|row| row.void = true);
        }
        Op::Wait(seconds) => world.rules.now = world.rules.now.checked_add(seconds).unwrap(),
        Op::Settle(settlement) => world.rules.limits = around(settlement),
    }
    Ok(())
}

fn same(world: &World, naive: &Naive) -> Result<(), TestCaseError> {
    let mut listed: Vec<_> = naive.list.clone();
    listed.sort_by_key(|row| row.sequence);
    let listed: Vec<_> =
        listed.iter().map(|row| (row.sequence, row.account, row.buy, row.price, row.lots, row.reduce_only)).collect();
    let mut kept: Vec<_> = world
        .orders
        .iter()
        .map(|(key, order)| {
            let id = OrderId::from_key(key).unwrap();
            let lots = order.lots.count() as i64;
            (id.sequence, order.account.0, id.side == Side::Buy, id.price.units(), lots, order.reduce_only)
        })
        .collect();
    kept.sort_unstable();
    prop_assert_eq!(kept, listed);
    let held: BTreeMap<_, _> = world.net.iter().map(|(account, net)| (account.0, *net)).collect();
    prop_assert_eq!(&held, &naive.net);
    prop_assert_eq!(held.values().sum::<i64>(), 0);
    let best = |side| world.half(side).next().unwrap().map(|met| met.id.price);
    if let (Some(bid), Some(ask)) = (best(Side::Buy), best(Side::Sell)) {
        prop_assert!(bid < ask, "crossed at rest: {} >= {}", bid, ask);
    }
    prop_assert!(world.orders.values().all(|order| !order.lots.is_zero()));
    Ok(())
}

/// The order seen in a mirror: sides swapped, prices reflected.
fn mirrored(order: &Incoming) -> Incoming {
    Incoming { side: order.side.opposite(), limit: price(200 - order.limit.units()), ..*order }
}

/// Trades with those that follow on the same resting order run together.
fn merged(plans: &[Plan]) -> Vec<(u64, u64)> {
    let mut merged: Vec<(u64, u64)> = Vec::new();
    for fill in plans.iter().flat_map(Plan::fills) {
        match merged.last_mut() {
            Some((sequence, lots)) if *sequence == fill.id.sequence => *lots += fill.lots.count(),
            _ => merged.push((fill.id.sequence, fill.lots.count())),
        }
    }
    merged
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_planner_is_the_naive_book(ops in ops()) {
        let (mut world, mut naive) = (World::new(), Naive::default());
        for op in ops {
            apply(&mut world, &mut naive, op)?;
            same(&world, &naive)?;
        }
    }

    #[test]
    fn a_mirrored_market_trades_the_mirror_image(orders in prop::collection::vec(orders(), 1..40)) {
        let (mut world, mut mirror) = (World::new(), World::new());
        for order in orders {
            match (world.place(&order, None), mirror.place(&mirrored(&order), None)) {
                (Ok(plan), Ok(image)) => {
                    let seen = |fill: &Fill| (fill.id.sequence, fill.lots, fill.left);
                    prop_assert_eq!(plan.fills().map(seen).collect::<Vec<_>>(), image.fills().map(seen).collect::<Vec<_>>());
                    prop_assert_eq!((plan.rests, plan.cancelled), (image.rests, image.cancelled));
                }
                (plan, image) => prop_assert!(plan.is_err() && image.is_err()),
            }
            let negated: BTreeMap<_, _> = mirror.net.iter().map(|(account, net)| (*account, -net)).collect();
            prop_assert_eq!(&world.net, &negated);
        }
    }

    #[test]
    fn an_order_split_in_two_trades_as_one(resting in prop::collection::vec(orders(), 1..30), last in orders(), share in 1u64..100) {
        let mut whole = World::new();
        for order in resting {
            let _ = whole.place(&order, None);
        }
        let mut split = whole.clone();
        let lots = last.lots.count();
        let part = (lots * share / 100).max(1);
        let last = Incoming { style: Style::Immediate, max_fills: 64, ..last };
        let once: Vec<Plan> = whole.place(&last, None).into_iter().collect();
        let parts = [part, lots - part].into_iter().filter(|lots| *lots > 0);
        let twice: Vec<Plan> = parts.filter_map(|part| split.place(&Incoming { lots: Lots::new(part), ..last }, None).ok()).collect();
        prop_assert_eq!(merged(&once), merged(&twice));
        prop_assert_eq!((whole.orders, whole.net), (split.orders, split.net));
    }
}

#[test]
fn the_earlier_order_at_the_better_price_trades_first_and_at_its_own_price() {
    let mut world = World::new();
    for (number, limit) in [(0, 102), (2, 101), (4, 101)] {
        world.place(&order(number, Side::Sell, 2, limit), None).unwrap();
    }
    let plan = world.place(&order(6, Side::Buy, 5, 103), None).unwrap();
    let trades: Vec<_> =
        plan.fills().map(|fill| (fill.id.sequence, fill.id.price.units(), fill.lots.count())).collect();
    assert_eq!(trades, [(2, 101, 2), (3, 101, 2), (1, 102, 1)]);
    assert_eq!(world.sizes(), [1]);
}

#[test]
fn no_order_is_read_beyond_the_first_that_does_not_cross() {
    let mut world = World::new();
    for limit in [101, 102, 103, 104] {
        world.place(&order(0, Side::Sell, 2, limit), None).unwrap();
    }
    let mut half = world.half(Side::Sell);
    let plan = plan(&order(2, Side::Buy, 3, 102), &mut half, &world.rules).unwrap();
    assert_eq!((plan.filled, half.reads), (Lots::new(3), 2));
    let mut half = world.half(Side::Sell);
    let plan = super::plan(&order(2, Side::Buy, 9, 102), &mut half, &world.rules).unwrap();
    assert_eq!((plan.filled, plan.rests, half.reads), (Lots::new(4), Lots::new(5), 3));
}

#[test]
fn the_bound_cancels_what_would_still_cross_and_lets_the_rest_rest() {
    let mut world = World::new();
    for _ in 0..3 {
        world.place(&order(0, Side::Sell, 1, 101), None).unwrap();
    }
    let bounded = Incoming { max_fills: 2, ..order(2, Side::Buy, 9, 101) };
    let kill = Incoming { style: Style::FillOrKill, lots: Lots::new(3), ..bounded };
    let unfilled = PlanError::Unfilled { filled: Lots::new(2), lots: Lots::new(3) };
    assert_eq!(world.clone().place(&kill, None), Err(unfilled));
    let plan = world.place(&bounded, None).unwrap();
    assert_eq!((plan.filled, plan.rests), (Lots::new(2), Lots::ZERO));
    assert_eq!(plan.cancelled, [(Lots::new(7), CancelReason::FillLimit)]);
    let plan = world.place(&bounded, None).unwrap();
    assert_eq!((plan.filled, plan.rests, plan.cancelled), (Lots::new(1), Lots::new(8), vec![]));
}

#[test]
fn an_order_removes_so_many_and_then_drops_what_would_still_cross() {
    let mut world = World::new();
    for _ in 0..=MAX_REMOVALS {
        world.place(&order(0, Side::Sell, 1, 101), None).unwrap();
    }
    world.void_before.insert(account(0), world.sequence);
    world.place(&order(2, Side::Sell, 1, 101), None).unwrap();
    let plan = world.place(&order(4, Side::Buy, 1, 101), None).unwrap();
    assert_eq!((plan.steps.len(), plan.filled), (MAX_REMOVALS, Lots::ZERO));
    assert_eq!(plan.cancelled, [(Lots::new(1), CancelReason::FillLimit)]);
    let plan = world.place(&order(4, Side::Buy, 1, 101), None).unwrap();
    assert_eq!((plan.steps.len(), plan.filled), (2, Lots::new(1)));
}

#[test]
fn stale_orders_are_removed_with_their_reason_and_count_as_no_fill() {
    let mut world = World::new();
    world.place(&order(0, Side::Sell, 1, 101), None).unwrap();
    world.void_before.insert(account(0), 2);
    world.place(&order(2, Side::Sell, 1, 101), Some(Time::new(1_000))).unwrap();
    world.place(&order(7, Side::Sell, 1, 101), None).unwrap();
    world.place(&Incoming { account: account(4), ..order(4, Side::Sell, 4, 102) }, None).unwrap();
    let taker = Incoming { max_fills: 1, ..order(6, Side::Buy, 2, 102) };
    let plan = world.place(&taker, None).unwrap();
    let removed = plan.steps.iter().filter_map(|step| match step {
        Step::Removal(removal) => Some((removal.id.sequence, removal.reason.code())),
        Step::Fill(_) => None,
    });
    assert_eq!(removed.collect::<Vec<_>>(), [(1, "void"), (2, "expired"), (3, "self_trade")]);
    assert_eq!((plan.steps.len(), plan.filled), (4, Lots::new(2)));
    world.rules.limits = DayLimits::around(price(80), Rate::ppm(100_000), Tick::new(1).unwrap()).unwrap();
    world.place(&order(0, Side::Buy, 1, 70 + 18), None).unwrap();
    let outside = world.half(Side::Sell).next().unwrap().unwrap();
    let reason = stale(&order(6, Side::Buy, 1, 88), &outside, &mut world.half(Side::Sell), &world.rules).unwrap();
    assert_eq!(reason, Some(RemovalReason::OutsideLimits));
}

#[test]
fn reduce_only_makers_together_reduce_no_more_than_the_position() {
    let mut world = World::new();
    world.net.insert(account(0), 5);
    for lots in [3, 4, 2] {
        world.place(&Incoming { reduce_only: true, ..order(0, Side::Sell, lots, 101) }, None).unwrap();
    }
    let plan = world.place(&order(2, Side::Buy, 20, 101), None).unwrap();
    let steps = plan.steps.iter().map(|step| match step {
        Step::Fill(fill) => ("fill", fill.lots.count(), fill.left.count()),
        Step::Removal(removal) => (removal.reason.code(), removal.order.lots.count(), 0),
    });
    let expected = [("fill", 3, 0), ("fill", 2, 2), ("reduce_only", 2, 0), ("reduce_only", 2, 0)];
    assert_eq!(steps.collect::<Vec<_>>(), expected);
    assert_eq!((world.net[&account(0)], plan.rests), (0, Lots::new(15)));
}

#[test]
fn a_reduce_only_order_is_cut_to_what_it_reduces_or_refused() {
    let mut world = World::new();
    world.net.insert(account(0), -5);
    let reducing = |side, lots| Incoming { reduce_only: true, ..order(0, side, lots, 100) };
    let refused = world.place(&reducing(Side::Sell, 1), None);
    assert_eq!(refused, Err(PlanError::NothingToReduce(NetLots::new(-5))));
    let plan = world.place(&reducing(Side::Buy, 8), None).unwrap();
    assert_eq!((plan.rests, plan.cancelled), (Lots::new(5), vec![(Lots::new(3), CancelReason::ReduceOnly)]));
    world.place(&order(2, Side::Sell, 20, 101), None).unwrap();
    let kill = Incoming { style: Style::FillOrKill, limit: price(101), ..reducing(Side::Buy, 8) };
    let unfilled = PlanError::Unfilled { filled: Lots::new(5), lots: Lots::new(8) };
    assert_eq!(world.place(&kill, None), Err(unfilled));
}

#[test]
fn a_post_only_order_never_takes() {
    let mut world = World::new();
    world.place(&order(0, Side::Sell, 1, 101), Some(Time::new(1_050))).unwrap();
    let post = Incoming { style: Style::PostOnly, ..order(2, Side::Buy, 1, 101) };
    assert_eq!(world.place(&post, None), Err(PlanError::WouldTrade(price(101))));
    world.rules.now = Time::new(1_050);
    let plan = world.place(&post, None).unwrap();
    assert_eq!((plan.steps.len(), plan.rests), (1, Lots::new(1)));
}
