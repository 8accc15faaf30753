//! Equivocation: two different answers signed for one round jail a publisher, and nothing else does (clause 7.9).

use tokfut_api::event::TypedEvent;
use tokfut_api::oracle::*;
use tokfut_core::fixing::Scheme;
use tokfut_core::time::{DAY, Time};

use super::world::*;

fn open() -> World {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    world
}

fn jailed(world: &World) -> Vec<bool> {
    let told: PublishersResponse = world.ask(QueryMsg::Publishers { feed: 1, round: None }).unwrap();
    told.publishers.iter().map(|publisher| publisher.jailed).collect()
}

fn release(world: &mut World, publisher: usize, from: u64) -> Result<cosmwasm_std::Response, crate::ContractError> {
    let Publisher { scheme, key, .. } = feed_config(1, 7).publishers[publisher].clone();
    world.announce(Change::Release { scheme, key, from: Time::new(from) })
}

#[test]
fn two_answers_for_one_round_jail_and_the_jailed_are_refused_everywhere() {
    let mut world = open();
    let proof = world.proof(FIRST, 2, [16_000, 16_001]);
    let response = world.execute(proof.clone(), &[]).unwrap();
    let told = Jailed::parse(&response.events[0]).unwrap();
    assert_eq!((told.feed, told.round, told.revision, told.publisher), (1, FIRST, 0, 2));
    assert_eq!(jailed(&world), [false, false, true, false, false, false, false]);
    let rows: Vec<JailedResponse> = world.ask(QueryMsg::Jailed { after: None, limit: None }).unwrap();
    assert_eq!(rows[0].identity.to_hex(), told.identity);
    assert_eq!((rows.len(), rows[0].since.seconds(), rows[0].release), (1, ANCHOR + FIRST * DAY, None));
    let after = QueryMsg::Jailed { after: Some(rows[0].identity.clone()), limit: Some(1) };
    assert_eq!(world.ask::<Vec<JailedResponse>>(after).unwrap(), []);

    let third = world.signed(FIRST, unsigned(2, 16_000));
    assert_eq!(world.refuses(FIRST, vec![third]), "jailed");
    // The same key in another feed.
    let other = unsigned(2, 16_000);
    let signature = world.signature(2, FIRST, 0, &other);
    let observations = vec![Observation { signature, ..other }];
    let msg = ExecuteMsg::Submit { feed: 2, round: FIRST, revision: 0, observations };
    assert_eq!(world.refused(msg), "jailed");
    assert_eq!(world.refused(proof), "already_jailed");
}

#[test]
fn a_jailed_publisher_is_one_of_the_f_and_the_quorum_stays() {
    let mut world = open();
    let all: Vec<_> = (0..7).map(|publisher| world.signed(FIRST, unsigned(publisher, 16_000))).collect();
    for publisher in [0, 1] {
        let proof = world.proof(FIRST, publisher, [16_000, 16_001]);
        world.execute(proof, &[]).unwrap();
    }
    let told: PublishersResponse = world.ask(QueryMsg::Publishers { feed: 1, round: Some(FIRST) }).unwrap();
    assert_eq!((told.faulty, told.min_obs, told.super_obs), (2, 5, 5));
    // n = 7, f = 2 of them jailed: the five others are the quorum, and also n − f. It does not close early.
    world.submit(FIRST, all[2..].to_vec()).unwrap();
    assert_eq!(world.state(FIRST), "open");
    world.at(FIRST, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!(world.state(FIRST), "final");
    // One more and there is no quorum.
    world.at(FIRST + 1, 0);
    let proof = world.proof(FIRST + 1, 6, [1, 2]);
    world.execute(proof, &[]).unwrap();
    let four = (2..6).map(|publisher| world.signed(FIRST + 1, unsigned(publisher, 16_000))).collect();
    world.submit(FIRST + 1, four).unwrap();
    world.at(FIRST + 1, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!(world.state(FIRST + 1), "void");
}

#[test]
fn an_answer_taken_before_the_proof_stands() {
    let mut world = open();
    world.answer(FIRST, &[16_000; 5]);
    let proof = world.proof(FIRST, 4, [16_000, 20_000]);
    world.execute(proof, &[]).unwrap();
    world.at(FIRST, FINAL_AFTER).finalise(1).unwrap();
    // Else the fifth of five could void the round by giving himself up.
    assert_eq!(world.state(FIRST), "final");
}

#[test]
fn what_proves_nothing_is_refused() {
    let mut world = open();
    let [one, other] = [16_000, 16_001].map(|value| world.signed(FIRST, unsigned(0, value)));
    let report = |round, revision, first: &Observation, second: &Observation| ExecuteMsg::ReportEquivocation {
        feed: 1,
        round,
        revision,
        first: first.clone(),
        second: second.clone(),
    };
    // Twice the same answer, under whatever signature.
    assert_eq!(world.refused(report(FIRST, 0, &one, &one)), "no_equivocation");
    let resigned = Observation { signature: other.signature.clone(), ..one.clone() };
    assert_eq!(world.refused(report(FIRST, 0, &one, &resigned)), "no_equivocation");
    // Two publishers.
    let stranger = world.signed(FIRST, unsigned(1, 16_001));
    assert_eq!(world.refused(report(FIRST, 0, &one, &stranger)), "no_equivocation");
    // One of them not signed by him, or for another round or revision.
    let forged = Observation { signature: one.signature.clone(), ..other.clone() };
    assert_eq!(world.refused(report(FIRST, 0, &one, &forged)), "bad_signature");
    assert_eq!(world.refused(report(FIRST, 0, &forged, &one)), "bad_signature");
    assert_eq!(world.refused(report(FIRST, 1, &one, &other)), "bad_signature");
    assert_eq!(world.refused(report(FIRST, 2, &one, &other)), "unknown_revision");
    let restated = world.revised(FIRST, 1, unsigned(0, 16_001));
    assert_eq!(world.refused(report(FIRST, 0, &one, &restated)), "bad_signature");
    assert_eq!(world.refused(report(FIRST - 1, 0, &one, &other)), "round_before_first");
    assert_eq!(world.refused(report(FIRST + 1, 0, &one, &other)), "round_in_future");
    let [one, other] = [one, other].map(|observation| Observation { publisher: 7, ..observation });
    assert_eq!(world.refused(report(FIRST, 0, &one, &other)), "unknown_publisher");
    assert_eq!(jailed(&world), [false; 7]);
}

#[test]
fn a_value_and_unavailable_or_another_time_are_two_answers() {
    for change in [
        (|o| (o.status, o.value) = (ObservationStatus::Unavailable, 0u128.into())) as fn(&mut Observation),
        |o| o.observed_at = 1u64.into(),
        |o| o.inputs_root = [9; 32].into(),
    ] {
        let mut world = open();
        let first = world.signed(FIRST, unsigned(0, 16_000));
        let mut second = unsigned(0, 16_000);
        change(&mut second);
        let second = world.signed(FIRST, second);
        // However late: the round is long final.
        world.at(FIRST + 300, 0);
        world
            .execute(ExecuteMsg::ReportEquivocation { feed: 1, round: FIRST, revision: 0, first, second }, &[])
            .unwrap();
        assert!(jailed(&world)[0]);
        let rows: Vec<JailedResponse> = world.ask(QueryMsg::Jailed { after: None, limit: None }).unwrap();
        assert_eq!(rows[0].since.seconds(), ANCHOR + (FIRST + 300) * DAY, "since the proof");
    }
}

#[test]
fn a_round_that_is_forgiven_is_not_answered() {
    let mut world = open();
    let proof = world.proof(FIRST, 3, [1, 2]);
    world.execute(proof, &[]).unwrap();
    // The release comes while round FIRST + 3 is open.
    let from = ANCHOR + (FIRST + 3) * DAY + 60;
    release(&mut world, 3, from).unwrap();
    world.at(FIRST + 3, 60);
    let [answer, other] = [16_000, 20_000].map(|value| world.signed(FIRST + 3, unsigned(3, value)));
    // Else he could answer a round for which nothing that he signs is punished.
    assert_eq!(world.refuses(FIRST + 3, vec![answer.clone()]), "jailed");
    assert!(jailed(&world)[3]);
    let report =
        ExecuteMsg::ReportEquivocation { feed: 1, round: FIRST + 3, revision: 0, first: answer, second: other };
    assert_eq!(world.refused(report), "already_jailed");
    world.at(FIRST + 4, 0);
    assert!(!jailed(&world)[3]);
    let next = world.signed(FIRST + 4, unsigned(3, 16_000));
    world.submit(FIRST + 4, vec![next]).unwrap();
    let proof = world.proof(FIRST + 4, 3, [16_000, 16_001]);
    world.execute(proof, &[]).unwrap();
    assert!(jailed(&world)[3]);
}

#[test]
fn a_release_waits_the_timelock_and_forgives_once() {
    let mut world = open();
    let proof = world.proof(FIRST, 3, [1, 2]);
    world.execute(proof.clone(), &[]).unwrap();
    let earliest = ANCHOR + FIRST * DAY + TIMELOCK;
    assert_eq!(code(&release(&mut world, 3, earliest - 1).unwrap_err()), "too_soon");
    assert_eq!(code(&release(&mut world, 4, earliest).unwrap_err()), "not_jailed");
    let key = feed_config(1, 7).publishers[3].key.clone();
    let change = Change::Release { scheme: Scheme::Secp256k1, key, from: Time::new(earliest) };
    assert_eq!(world.refused_as("guardian", ExecuteMsg::Announce { change }, &[]), "unauthorized");
    let response = release(&mut world, 3, earliest).unwrap();
    let told = Announced::parse(&response.events[0]).unwrap();
    assert_eq!((told.change.as_str(), told.feed, told.from.seconds()), ("release", None, earliest));
    let rows: Vec<JailedResponse> = world.ask(QueryMsg::Jailed { after: None, limit: None }).unwrap();
    assert_eq!(rows[0].release, Some(Time::new(earliest)));

    world.at(FIRST + 2, DAY - 1);
    assert!(jailed(&world)[3]);
    world.at(FIRST + 3, 0);
    assert!(!jailed(&world)[3]);
    assert_eq!(code(&release(&mut world, 3, earliest + 9 * DAY).unwrap_err()), "not_jailed");
    let back = world.signed(FIRST + 3, unsigned(3, 16_000));
    world.submit(FIRST + 3, vec![back]).unwrap();
    // What he did before is forgiven, what he does after is not.
    assert_eq!(world.refused(proof), "already_jailed");
    let before = world.proof(FIRST + 2, 3, [1, 2]);
    assert_eq!(world.refused(before), "already_jailed");
    let again = world.proof(FIRST + 3, 3, [1, 2]);
    world.execute(again, &[]).unwrap();
    assert!(jailed(&world)[3]);
}
