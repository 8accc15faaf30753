//! What the clock decides: stages of a round, deadlines, the age of a feed.

use super::*;

#[test]
fn rounds_follow_the_clock() {
    assert_eq!(CLOCK.fixing_time(42).unwrap(), Time::new(42 * DAY + 12 * HOUR));
    let at = |round, since: i64| CLOCK.stage(round, Time::new((42 * DAY + 12 * HOUR).saturating_add_signed(since)));
    let hour = HOUR as i64;
    assert_eq!(at(42, -1).unwrap(), Stage::Scheduled);
    assert_eq!(at(42, 0).unwrap(), Stage::Collecting);
    assert_eq!(at(42, 2 * hour - 1).unwrap(), Stage::Collecting);
    assert_eq!(at(42, 2 * hour).unwrap(), Stage::Late);
    assert_eq!(at(42, 3 * hour - 1).unwrap(), Stage::Late);
    assert_eq!(at(42, 3 * hour).unwrap(), Stage::Closed);
    assert_eq!(at(u64::MAX, 0), Err(FixingError::NoSuchRound { round: u64::MAX }));
    assert_eq!(CLOCK.stage(49_709, Time::MAX).unwrap(), Stage::Closed);
    assert_eq!(CLOCK.fixing_time(49_710), Err(FixingError::NoSuchRound { round: 49_710 }));

    let fixes = 42 * DAY + 12 * HOUR;
    assert_eq!([fixes - 1, fixes].map(|t| CLOCK.at_or_before(Time::new(t))), [Some(41), Some(42)]);
    assert_eq!([fixes, fixes + 1].map(|t| CLOCK.at_or_after(Time::new(t))), [42, 43]);
    assert_eq!((CLOCK.at_or_before(Time::new(0)), CLOCK.at_or_after(Time::new(0))), (None, 0));
    let due = fixes + CLOCK.final_after;
    assert_eq!([due - 1, due].map(|t| CLOCK.last_due(Time::new(t))), [Some(41), Some(42)]);
    assert_eq!(CLOCK.last_due(Time::new(0)), None);
}

#[test]
fn a_late_answer_is_taken_only_while_the_quorum_is_missing() {
    let opens = CLOCK.fixing_time(3).unwrap().seconds();
    let taken = |since, values: &[u128]| collects(&CLOCK, 3, Time::new(opens + since), &answers(values), panel(7));
    let closed = |until, since, values| {
        let [until, now] = [until, since].map(|t| Time::new(opens + t));
        Err(FixingError::Closed { round: 3, until, now, values, needed: 5 })
    };
    let (window, late) = (CLOCK.window, CLOCK.late);
    assert!(matches!(
        collects(&CLOCK, 3, Time::new(opens - 1), &[], panel(7)),
        Err(FixingError::Future { round: 3, .. })
    ));
    assert_eq!(taken(0, &[]), Ok(()));
    assert_eq!(taken(window - 1, &[1; 6]), Ok(()));
    assert_eq!(taken(window, &[1; 5]), closed(window, window, 5));
    assert_eq!(taken(window, &[1; 4]), Ok(()));
    assert_eq!(taken(late - 1, &[1; 4]), Ok(()));
    assert_eq!(taken(late, &[1; 4]), closed(late, late, 4));
    assert_eq!(taken(late, &[1; 5]), closed(window, late, 5));
}

#[test]
fn a_rounds_state_is_told_by_clock_and_answers() {
    let seen = |stage, answers: &[Answer], last| {
        let answers = Answers { given: answers.to_vec(), restated: vec![] };
        let (state, picked) = state(stage, &answers, panel(7), &BOUNDS, last);
        (state.to_string(), picked.map(|picked| picked.value))
    };
    let told = |text: &str, value| (text.to_string(), value);
    let six = answers(&[100; 6]);
    let seven = answers(&[100; 7]);
    assert_eq!(seen(Stage::Scheduled, &[], None), told("scheduled", None));
    assert_eq!(seen(Stage::Collecting, &six, None), told("open", None));
    // It closes early only when every publisher has answered.
    assert_eq!(seen(Stage::Collecting, &seven, None), told("provisional", Some(100)));
    assert_eq!(seen(Stage::Late, &six, None), told("provisional", Some(100)));
    assert_eq!(seen(Stage::Late, &six[..4], None), told("open", None));
    assert_eq!(seen(Stage::Closed, &six[..4], None), told("missed", None));
    let silent: Vec<Answer> = (0..7).map(|publisher| answer(publisher, None)).collect();
    assert_eq!(seen(Stage::Collecting, &silent, None), told("missed", None));
    assert_eq!(seen(Stage::Closed, &answers(&[100, 100, 100, 100, 1, 1, 1]), Some(50)), told("held", Some(100)));
}

#[test]
fn a_restatement_is_taken_once_the_round_is_decided_and_until_it_is_final() {
    let opens = CLOCK.fixing_time(3).unwrap().seconds();
    let until = CLOCK.final_from(3).unwrap();
    let taken = |since, values: &[u128]| {
        let answers = Answers { given: answers(values), restated: vec![] };
        restates(&CLOCK, 3, (Time::new(opens + since), until), &answers, panel(7)).map_err(|error| error.code())
    };
    assert_eq!(
        restates(&CLOCK, 3, (Time::new(0), until), &Answers::default(), panel(7)).unwrap_err().code(),
        "round_not_decided"
    );
    assert_eq!(taken(0, &[1; 6]), Err("round_not_decided"));
    assert_eq!(taken(0, &[1; 7]), Ok(()));
    assert_eq!(taken(CLOCK.window, &[1; 4]), Err("round_not_decided"));
    assert_eq!(taken(CLOCK.window, &[1; 5]), Ok(()));
    assert_eq!(taken(CLOCK.late, &[1; 4]), Err("nothing_decided"));
    assert_eq!(taken(CLOCK.final_after - 1, &[1; 5]), Ok(()));
    assert_eq!(taken(CLOCK.final_after, &[1; 5]), Err("round_closed"));
}

#[test]
fn a_feed_is_leant_on_less_with_every_day_without_a_fixing() {
    let last = CLOCK.fixing_time(3).unwrap();
    let after = |seconds| Carry::of(&CLOCK, Some(last), Time::new(last.seconds() + seconds)).to_string();
    let due = DAY + CLOCK.final_after;
    let told = [0, due - 1, due, 2 * DAY - 1, 2 * DAY, 4 * DAY - 1, 4 * DAY, 10 * DAY - 1, 10 * DAY].map(after);
    assert_eq!(told, ["ok", "ok", "stale", "stale", "carried", "carried", "close_only", "close_only", "terminated"]);
    // There is nothing to lean on before the first one.
    assert_eq!(Carry::of(&CLOCK, None, last), Carry::CloseOnly);
    // A weekly feed counts weeks, an hourly one days.
    let weekly = RoundClock { interval: 7 * DAY, ..CLOCK };
    assert_eq!(Carry::of(&weekly, Some(last), Time::new(last.seconds() + 14 * DAY)), Carry::Carried);
    let hourly = RoundClock { interval: HOUR, window: 60, late: 60, final_after: 60, extension: 60, ..CLOCK };
    assert_eq!(Carry::of(&hourly, Some(last), Time::new(last.seconds() + HOUR + 60)), Carry::Stale);
    assert_eq!(Carry::of(&hourly, Some(last), Time::new(last.seconds() + 2 * DAY)), Carry::Carried);
    assert!(Carry::Stale.may_open() && !Carry::Carried.may_open() && Carry::Carried < Carry::CloseOnly);
}
