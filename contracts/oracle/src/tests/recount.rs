//! I11: a final fixing never changes, and prefix sums equal a recount, whatever has happened.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tokfut_api::oracle::*;
use tokfut_core::time::{DAY, Time};

use super::world::*;

/// What a round brings, by a panel of four (three are a quorum, three agree).
#[derive(Clone, Debug)]
enum Day {
    Nothing,
    TwoOf(u128),
    ThreeOf(u128),
    AllOf(u128),
    Scattered(u128),
}

fn day() -> impl Strategy<Value = Day> {
    let value = || 1u128..300_000;
    prop_oneof![
        Just(Day::Nothing),
        value().prop_map(Day::TwoOf),
        value().prop_map(Day::ThreeOf),
        value().prop_map(Day::AllOf),
        value().prop_map(Day::Scattered),
    ]
}

impl Day {
    fn answers(&self) -> Vec<u128> {
        match *self {
            Self::Nothing => vec![],
            Self::TwoOf(value) => vec![value; 2],
            Self::ThreeOf(value) => vec![value; 3],
            Self::AllOf(value) => vec![value; 4],
            Self::Scattered(value) => vec![value, 2 * value, 3 * value, 3 * value],
        }
    }

    /// What the round must become, told without the code under test.
    fn fixing(&self) -> Option<u128> {
        match *self {
            Self::ThreeOf(value) | Self::AllOf(value) => Some(value),
            Self::Nothing | Self::TwoOf(_) | Self::Scattered(_) => None,
        }
    }
}

/// The stored final fixings.
fn finals(world: &World) -> BTreeMap<Vec<u8>, Vec<u8>> {
    world.dump().into_iter().filter(|(key, _)| key.first() == Some(&0x96)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_window_equals_its_recount(days in proptest::collection::vec((day(), 0u32..4), 1..16)) {
        let mut world = World::of(4);
        let mut model = BTreeMap::new();
        let mut stood = BTreeMap::new();
        for (round, (day, steps)) in (FIRST..).zip(&days) {
            let answers = day.answers();
            if !answers.is_empty() {
                world.at(round, 0).answer(round, &answers);
            }
            model.extend(day.fixing().map(|value| (round, value)));
            world.at(round, FINAL_AFTER);
            // Some days nobody finalises, some days a few steps are made.
            if *steps > 0 {
                let _ = world.finalise(*steps);
            }
            let now = finals(&world);
            prop_assert!(stood.iter().all(|(key, value)| now.get(key) == Some(value)), "a final fixing changed");
            stood = now;
        }
        while world.finalise(30).is_ok() {}
        prop_assert_eq!(finals(&world).len(), model.len());
        prop_assert!(stood.iter().all(|(key, value)| finals(&world).get(key) == Some(value)));
        prop_assert!(world.dump().iter().all(|(key, _)| key.first() != Some(&0x95)), "answers were left behind");

        let end = FIRST + days.len() as u64;
        for from in FIRST - 1..=end {
            for to in from..=end {
                let time = |round| Time::new(ANCHOR + round * DAY);
                let told: WindowResponse =
                    world.ask(QueryMsg::Window { feed: 1, from: time(from), to: time(to) }).unwrap();
                let values: Vec<u128> = model.range(from..=to).map(|(_, value)| *value).collect();
                prop_assert_eq!(told.finals, values.len() as u64);
                prop_assert_eq!(told.sum.u128(), values.iter().sum::<u128>());
                prop_assert_eq!(told.sum_before.u128(), model.range(..from).map(|(_, value)| value).sum::<u128>());
                prop_assert_eq!(told.expected, to - from + 1);
                prop_assert_eq!(told.complete, to < end);
                prop_assert_eq!(told.complete, told.finals + told.missing == told.expected);
            }
        }
    }
}
