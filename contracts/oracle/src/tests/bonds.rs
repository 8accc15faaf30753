//! The oracle holds the bonds of open disputes and the credits, and nothing else, whatever is done in whatever order.

use cosmwasm_std::{BankMsg, CosmosMsg, Response, Uint128};
use proptest::prelude::*;
use tokfut_api::oracle::*;
use tokfut_core::time::HOUR;

use super::world::*;

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Seconds pass.
    Wait(u64),
    /// All answer the round of the time.
    Answer,
    Dispute(&'static str),
    Rule(Ruling),
    Finalise,
    Claim(&'static str),
}

fn act() -> impl Strategy<Value = Act> {
    let who = || prop_oneof![Just("alice"), Just("bob"), Just("sink"), Just("arbiter")];
    prop_oneof![
        2 => prop_oneof![Just(HOUR), Just(FINAL_AFTER), Just(EXTENSION), Just(20 * HOUR)].prop_map(Act::Wait),
        3 => Just(Act::Answer),
        4 => who().prop_map(Act::Dispute),
        2 => prop_oneof![Just(Ruling::Void), Just(Ruling::Dismiss)].prop_map(Act::Rule),
        2 => Just(Act::Finalise),
        1 => who().prop_map(Act::Claim),
    ]
}

/// Coins that a response sends.
fn sent(response: &Response) -> u128 {
    let coins = response.messages.iter().flat_map(|message| match &message.msg {
        CosmosMsg::Bank(BankMsg::Send { amount, .. }) => amount.clone(),
        other => panic!("{other:?}"),
    });
    coins.map(|coin| Uint128::try_from(coin.amount).unwrap().u128()).sum()
}

impl World {
    /// Credits, and the bonds of disputes that wait for their ruling.
    fn owed(&self) -> u128 {
        let credits: u128 = ["alice", "bob", "sink", "arbiter"].map(|who| self.credit(who)).iter().sum();
        let rows = self.dump();
        let rounds = rows.iter().filter(|(key, _)| key.first() == Some(&0x95));
        let number = |key: &[u8]| u64::from_be_bytes(*key.last_chunk().unwrap());
        let open =
            rounds.filter(|(key, _)| self.round(number(key)).dispute.is_some_and(|dispute| dispute.ruling.is_none()));
        credits + BOND * open.count() as u128
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn coins_held_are_open_bonds_and_credits_always(acts in proptest::collection::vec(act(), 1..60)) {
        let mut world = World::of(4);
        let (mut since, mut held) = (FIRST * 86_400, 0u128);
        for act in acts {
            let round = since / 86_400;
            world.at(0, since);
            let done = match act {
                Act::Wait(seconds) => {
                    since += seconds;
                    continue;
                }
                Act::Answer => {
                    let all = (0..4).map(|publisher| world.signed(round, unsigned(publisher, 16_000))).collect();
                    world.submit(round, all)
                }
                Act::Dispute(who) => world.dispute(who, round).inspect(|_| held += BOND),
                Act::Rule(ruling) => world.rule(round, ruling),
                Act::Finalise => world.finalise(30),
                Act::Claim(who) => world.execute_as(who, ExecuteMsg::Claim {}, &[]),
            };
            held -= done.as_ref().map_or(0, sent);
            prop_assert_eq!(world.owed(), held, "after {:?}", act);
        }
        // And everybody can go home.
        world.at(0, since + 3 * 86_400);
        while world.finalise(30).is_ok() {}
        for who in ["alice", "bob", "sink", "arbiter"] {
            held -= world.execute_as(who, ExecuteMsg::Claim {}, &[]).as_ref().map_or(0, sent);
        }
        prop_assert_eq!(held, 0);
    }
}
