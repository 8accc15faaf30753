//! What moved the index is what its constituents did, to the last digit.

use super::*;
use crate::index::DayMove;

fn moves() -> Vec<DayMove> {
    of_csv(PRICES).unwrap().moves(date("2025-10-10"), date("2026-09-30")).unwrap()
}

#[test]
fn the_parts_of_every_day_of_the_record_sum_to_its_move_exactly() {
    let days = whole_record();
    let moves = moves();
    assert_eq!(moves.len(), 355);
    for (pair, day) in days.windows(2).zip(&moves) {
        assert_eq!((day.date, day.before, day.after), (pair[1].date, pair[0].fixing, pair[1].fixing));
        assert_eq!(day.moved(), pair[1].level.minus(&pair[0].level), "{}", day.date);
        // A fixing moves only where some list price does.
        assert_eq!(day.parts.iter().any(|part| part.before != part.after), !day.moved().is_zero(), "{}", day.date);
        assert!(day.before == day.after || !day.moved().is_zero(), "{}", day.date);
    }
    let moved = |day: &&DayMove| day.before != day.after;
    assert_eq!(moves.iter().filter(moved).count(), 3);
    assert_eq!(moves.iter().filter(|day| !day.entered.is_empty() || !day.left.is_empty()).count(), 19);
}

#[test]
fn on_30_july_two_models_of_one_vendor_moved_the_index() {
    let moves = moves();
    let day = moves.iter().find(|day| day.date == date("2026-07-30")).unwrap();
    let moved: Vec<String> = (day.parts.iter().filter(|part| !part.moved.is_zero()))
        .map(|part| format!("{} {} {} {}", part.member.model, part.before, part.after, part.moved.to_decimal(4)))
        .collect();
    let expected = ["gpt-5.6-terra 2.5/0.25/15 2/0.2/12 -0.0495", "gpt-5.6-luna 1/0.1/6 0.2/0.02/1.2 -0.0943"];
    assert_eq!(moved, expected);
    assert_eq!((day.before, day.after), (18_183, 16_745));
}

#[test]
fn a_model_that_enters_brings_no_move_and_a_price_that_falls_does() {
    let rows = [&FOUR_VENDORS[..], &["2025-10-20,xai,grok-4-mini,1,1,1", "2025-10-30,openai,gpt-5,3,3,3"]].concat();
    let day = index(&rows).moves(date("2025-10-30"), date("2025-10-30")).unwrap().remove(0);
    assert_eq!((day.entered.len(), day.left.len()), (1, 1));
    assert_eq!((day.entered[0].model.as_str(), day.left[0].model.as_str()), ("grok-4-mini", "grok-3-mini"));
    // K = 3/2 from this day on; gpt-5 weighs 1/8 and costs 2 USD more: 3/8 USD.
    let moved: Vec<String> = day.parts.iter().map(|part| part.moved.to_string()).collect();
    assert_eq!(moved, ["3/8", "0", "0", "0", "0"]);
    assert_eq!((day.before, day.after), (22_500, 26_250));
    // The second day of the index is the first that can move.
    assert_eq!(index(&rows).moves(base(), base()).unwrap(), []);
}
