//! What a random user may do.

use proptest::prelude::*;
use tokfut_core::time::DAY;

/// An order in terms that are valid in any world: the price is so many ticks from the mark.
#[derive(Clone, Debug)]
pub struct RandomOrder {
    pub who: usize,
    pub month: usize,
    pub buys: bool,
    pub lots: u64,
    pub ticks: i64,
    pub style: u8,
    pub reduce_only: bool,
    pub numbered: Option<u64>,
    pub steps: u32,
    /// Catches up with what is due first, as a careful user does.
    pub prompt: bool,
}

/// One thing that somebody does. Numbers pick among what there is.
#[derive(Clone, Debug)]
pub enum Act {
    Place(RandomOrder),
    /// Two users meet at a price, for a share in percent of what the poorer of them can carry.
    Trade {
        maker: usize,
        taker: usize,
        month: usize,
        buys: bool,
        ticks: i64,
        percent: u8,
    },
    Cancel(usize),
    CancelAll(usize),
    Reap(usize),
    Deposit {
        who: usize,
        dollars: u32,
    },
    /// Parts of what is free, in percent; above a hundred is refused.
    Withdraw {
        who: usize,
        percent: u8,
    },
    OpenAccount(usize),
    /// A friend may act for the account from now on; what he does then, he does by `Act::Friend`.
    Delegate {
        who: usize,
        scope: u8,
    },
    Undelegate(usize),
    Friend(RandomOrder),
    /// Seconds pass.
    Wait(u64),
    /// The next fixings, moved by so many thousandths; a feed without a move fixes nothing.
    Fix([Option<i16>; 2]),
    Push,
    Strike {
        product: usize,
        late: u64,
    },
    Finalise {
        product: usize,
        late: u64,
    },
    /// Fixings, marks, a sweep of the keeper, the settlements.
    Day {
        moves: [Option<i16>; 2],
        quotes: Option<i64>,
        /// Others take from the quotes in the last half hour.
        session: bool,
        sweeps: bool,
        finalises: [bool; 2],
        late: u64,
    },
    /// Two days at the limit, at which nobody is liquidated until it is too late; then perhaps somebody fills the fund.
    Crash {
        up: bool,
        rescued: Option<u32>,
    },
    /// Somebody leaves, and what was to reduce his position stays behind in the book.
    Leftover(usize),
    /// Everybody below maintenance is liquidated, after so many seconds.
    Sweep {
        caller: usize,
        wait: u64,
    },
    Liquidate(usize),
    Unwind,
    /// The house lends to whoever is short of cash.
    Advance,
    Touch(usize),
    List(usize),
    Halt {
        month: usize,
        status: u8,
    },
    Reopen(usize),
    CollectFees,
    FundInsurance(u32),
    Stray(u32),
}

/// Mostly the first month of the first product: users who never meet prove nothing.
fn month() -> impl Strategy<Value = usize> {
    prop_oneof![6 => Just(0usize), 2 => Just(1usize), 2 => Just(2usize), 1 => Just(3usize)]
}

fn trade() -> impl Strategy<Value = Act> {
    let percent = prop_oneof![1 => 1u8..=60, 2 => 80u8..=99];
    (0usize..12, 1usize..12, month(), any::<bool>(), -6i64..=6, percent).prop_map(
        |(maker, apart, month, buys, ticks, percent)| {
            let taker = (maker + apart) % 12;
            Act::Trade { maker, taker, month, buys, ticks, percent }
        },
    )
}

fn order() -> impl Strategy<Value = RandomOrder> {
    let ticks = prop_oneof![12 => -12i64..=12, 3 => -60i64..=60, 1 => -200i64..=200];
    let lots = prop_oneof![6 => 1u64..=30, 3 => 30u64..=120, 1 => 400u64..=501];
    let what = (0usize..12, month(), any::<bool>(), lots, ticks);
    let steps = prop_oneof![4 => 0u32..4, 6 => 4u32..34];
    let how = (0u8..12, prop::bool::weighted(0.25), prop::option::weighted(0.1, 0u64..3), steps);
    (what, how, prop::bool::weighted(0.9)).prop_map(|(what, how, prompt)| {
        let (who, month, buys, lots, ticks) = what;
        let (style, reduce_only, numbered, steps) = how;
        RandomOrder { who, month, buys, lots, ticks, style, reduce_only, numbered, steps, prompt }
    })
}

/// Mostly hours at most; now and then so long that the indices die of it.
fn wait() -> impl Strategy<Value = u64> {
    prop_oneof![8 => Just(1u64), 8 => 61u64..600, 8 => 3_600u64..30_000, 1 => Just(11 * DAY)]
}

/// Most days are quiet, some are not.
fn moves() -> impl Strategy<Value = Option<i16>> {
    prop_oneof![
        8 => (-15i16..=15).prop_map(Some),
        8 => (-100i16..=100).prop_map(Some),
        3 => (-250i16..=250).prop_map(Some),
        1 => Just(None),
    ]
}

fn both() -> impl Strategy<Value = [Option<i16>; 2]> {
    (moves(), moves()).prop_map(|(tok, gph)| [tok, gph])
}

fn late() -> impl Strategy<Value = u64> {
    prop_oneof![6 => Just(0u64), 2 => 1u64..7_200, 1 => 7_200u64..200_000]
}

fn day() -> impl Strategy<Value = Act> {
    let finalises = prop_oneof![8 => Just([true, true]), 1 => Just([true, false]), 1 => Just([false, true])];
    let what = (both(), prop::option::of(1i64..9), any::<bool>(), any::<bool>(), finalises, late());
    what.prop_map(|(moves, quotes, session, sweeps, finalises, late)| Act::Day {
        moves,
        quotes,
        session,
        sweeps,
        finalises,
        late,
    })
}

pub fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    let who = 0usize..12;
    let users = prop_oneof![
        25 => trade(),
        3 => who.clone().prop_map(Act::Leftover),
        25 => order().prop_map(Act::Place),
        3 => order().prop_map(Act::Friend),
        3 => (0usize..60).prop_map(Act::Cancel),
        1 => who.clone().prop_map(Act::CancelAll),
        2 => (0usize..60).prop_map(Act::Reap),
        2 => (who.clone(), 1u32..20_000).prop_map(|(who, dollars)| Act::Deposit { who, dollars }),
        5 => (who.clone(), 1u8..=110).prop_map(|(who, percent)| Act::Withdraw { who, percent }),
        1 => who.clone().prop_map(Act::OpenAccount),
        2 => (who.clone(), 0u8..4).prop_map(|(who, scope)| Act::Delegate { who, scope }),
        1 => who.clone().prop_map(Act::Undelegate),
        2 => (0u32..8_000).prop_map(Act::FundInsurance),
        1 => (1u32..1_000).prop_map(Act::Stray),
    ];
    let cranks = prop_oneof![
        3 => wait().prop_map(Act::Wait),
        2 => both().prop_map(Act::Fix),
        2 => Just(Act::Push),
        1 => (0usize..2, late()).prop_map(|(product, late)| Act::Strike { product, late }),
        1 => (0usize..2, late()).prop_map(|(product, late)| Act::Finalise { product, late }),
        12 => day(),
        2 => (any::<bool>(), prop::option::of(1u32..50_000)).prop_map(|(up, rescued)| Act::Crash { up, rescued }),
        3 => (who.clone(), prop_oneof![Just(0u64), Just(3_700u64)]).prop_map(|(caller, wait)| Act::Sweep { caller, wait }),
        1 => who.clone().prop_map(Act::Liquidate),
        3 => Just(Act::Unwind),
        4 => Just(Act::Advance),
        1 => who.prop_map(Act::Touch),
        1 => (0usize..2).prop_map(Act::List),
        1 => (0usize..4, 0u8..6).prop_map(|(month, status)| Act::Halt { month, status }),
        1 => (0usize..4).prop_map(Act::Reopen),
        1 => Just(Act::CollectFees),
    ];
    prop::collection::vec(prop_oneof![6 => users, 4 => cranks], most / 2..=most)
}
