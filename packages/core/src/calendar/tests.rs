#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;
use crate::time::HOUR;

/// A calendar that knows nothing but how to go to the next day.
struct NaiveDay {
    year: u16,
    month: u8,
    day: u8,
}

impl NaiveDay {
    fn is_last_of_month(&self) -> bool {
        let length = match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if [1972, 1976, 1980, 1984, 1988, 1992, 1996, 2000].contains(&self.year) => 29,
            // The next full hundred is 2100, which the walk does not reach.
            2 if self.year > 2000 && self.year & 3 == 0 => 29,
            2 => 28,
            _ => 31,
        };
        self.day == length
    }

    fn advance(&mut self) {
        if !self.is_last_of_month() {
            self.day += 1;
        } else if self.month < 12 {
            (self.month, self.day) = (self.month + 1, 1);
        } else {
            (self.year, self.month, self.day) = (self.year + 1, 1, 1);
        }
    }
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

fn listed(rule: ListingRule, now: &str) -> String {
    let product = ProductCode::parse("TOK").unwrap();
    let codes =
        rule.months(at(now)).into_iter().map(|month| SeriesCode { product, month }.to_string()[3..].to_string());
    codes.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_day_of_a_hundred_and_thirty_years_agrees_with_a_walk_day_by_day() {
    let mut naive = NaiveDay { year: 1970, month: 1, day: 1 };
    let mut days = 0;
    while naive.year < 2100 {
        let date = Date::from_days(days);
        assert_eq!(date.ymd(), (naive.year, naive.month, naive.day));
        assert_eq!(Date::new(naive.year, naive.month, naive.day).unwrap(), date);
        let text = format!("{:04}-{:02}-{:02}", naive.year, naive.month, naive.day);
        assert_eq!((date.to_string(), Date::parse(&text).unwrap()), (text, date));
        if naive.year >= 2000 {
            let month = Month::new(naive.year, naive.month).unwrap();
            assert_eq!((Month::of(date), month.year(), month.month()), (Some(month), naive.year, naive.month));
            assert_eq!(date == month.first_day(), naive.day == 1);
            assert_eq!(date == month.last_day(), naive.is_last_of_month());
            assert!(!naive.is_last_of_month() || month.days() == u32::from(naive.day));
        } else {
            assert_eq!(Month::of(date), None);
        }
        naive.advance();
        days += 1;
    }
    assert_eq!(days, 47_482);
}

#[test]
fn the_last_date_is_the_end_of_the_year_9999() {
    assert_eq!(Date::MAX.to_string(), "9999-12-31");
    assert_eq!(Date::new(9999, 12, 31).unwrap(), Date::MAX);
    assert_eq!(Date::from_days(u32::MAX), Date::MAX);
    assert_eq!(Date::MAX.checked_add_days(1), None);
    assert_eq!(Date::MAX.at(0), Time::MAX);
}

#[test]
fn a_day_that_does_not_exist_is_refused() {
    for bad in [(2026, 2, 29), (1900, 2, 28), (2100, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (2026, 4, 31)] {
        assert!(Date::new(bad.0, bad.1, bad.2).is_err(), "{bad:?}");
    }
    assert_eq!(Date::new(2024, 2, 29).unwrap().days_since(Date::new(2024, 2, 28).unwrap()), Some(1));
    for bad in ["", "2026-7-30", "26-07-30", "2026-07-30 ", "+026-07-30", "2026/07/30", "2026-07-3O", "2026-07-30-1"] {
        assert_eq!(Date::parse(bad), Err(CalendarError::NotADate(bad.to_string())));
    }
}

#[test]
fn a_series_code_has_one_text() {
    let code = SeriesCode::parse("TOKZ26").unwrap();
    assert_eq!((code.product.to_string().as_str(), code.month), ("TOK", month("2026-12")));
    for bad in
        ["", "TOK", "TOKZ", "TOKZ6", "TOKZ2026", "tokZ26", "TOKz26", "TOKA26", "TOKZ+6", "TO Z26", "TOéZ26", "T0KZ26"]
    {
        assert_eq!(SeriesCode::parse(bad), Err(CalendarError::NotASeries(bad.to_string())));
    }
    let letters: String = (1..=12).map(|number| Month::new(2026, number).unwrap().letter()).collect();
    assert_eq!(letters, "FGHJKMNQUVXZ");
}

#[test]
fn months_end_with_the_century() {
    assert_eq!(Month::MIN.to_string(), "2000-01");
    assert_eq!(Month::MAX.to_string(), "2099-12");
    assert_eq!((Month::MIN.prev(), Month::MAX.next()), (None, None));
    assert!(Month::new(1999, 12).is_err());
    assert!(Month::new(2100, 1).is_err());
    assert!(Month::new(2026, 0).is_err());
    assert!(Month::new(2026, 13).is_err());
    assert_eq!(month("2026-12").distance(month("2027-02")), 2);
    assert_eq!(month("2027-02").distance(month("2026-12")), 2);
}

#[test]
fn in_json_the_calendar_is_text_and_at_rest_numbers() {
    let code = SeriesCode::parse("TOKZ26").unwrap();
    let json = r#"{"product":"TOK","month":"2026-12"}"#;
    assert_eq!(serde_json::to_string(&code).unwrap(), json);
    assert_eq!(serde_json::from_str::<SeriesCode>(json).unwrap(), code);
    assert!(serde_json::from_str::<Month>("\"2026-13\"").is_err());
    assert!(serde_json::from_str::<ProductCode>("\"tok\"").is_err());
    assert_eq!(serde_json::to_string(&Date::new(2026, 7, 30).unwrap()).unwrap(), "\"2026-07-30\"");
    assert_eq!(serde_json::to_string(&FinalWindow::LastDays(5)).unwrap(), r#"{"last_days":5}"#);
    assert_eq!(serde_json::to_string(&FinalWindow::WholeMonth).unwrap(), r#""whole_month""#);
    let bytes = postcard::to_allocvec(&code).unwrap();
    // 323 months after January 2000, in groups of seven bits.
    assert_eq!(bytes, [b'T', b'O', b'K', 0xc3, 0x02]);
    assert_eq!(postcard::from_bytes::<SeriesCode>(&bytes).unwrap(), code);
    assert!(postcard::from_bytes::<Month>(&postcard::to_allocvec(&1_200_u16).unwrap()).is_err());
    assert!(postcard::from_bytes::<ProductCode>(b"tok").is_err());
}

#[test]
fn trading_ends_on_the_last_calendar_day_at_three() {
    assert_eq!(last_trading(month("2026-12")), at("2026-12-31T15:00:00Z"));
    assert_eq!(last_trading(month("2028-02")), at("2028-02-29T15:00:00Z"));
}

#[test]
fn twelve_months_in_a_row_are_listed_and_the_next_four_quarters() {
    let rule = ListingRule { serial: 12, quarterly: 4 };
    let from_july = "N26 Q26 U26 V26 X26 Z26 F27 G27 H27 J27 K27 M27 U27 Z27 H28 M28";
    let from_august = "Q26 U26 V26 X26 Z26 F27 G27 H27 J27 K27 M27 N27 U27 Z27 H28 M28";
    assert_eq!(listed(rule, "2026-07-01T00:00:00Z"), from_july);
    assert_eq!(listed(rule, "2026-07-31T14:59:59Z"), from_july);
    assert_eq!(listed(rule, "2026-07-31T15:00:00Z"), from_august);
    assert_eq!(listed(rule, "2026-08-01T00:00:00Z"), from_august);
    assert_eq!(listed(ListingRule { serial: 2, quarterly: 4 }, "2026-11-24T12:00:00Z"), "X26 Z26 H27 M27 U27 Z27");
    assert_eq!(listed(ListingRule { serial: 2, quarterly: 4 }, "2099-11-24T12:00:00Z"), "X99 Z99");
    assert_eq!(listed(rule, "2100-01-01T00:00:00Z"), "");
}

#[test]
fn a_settlement_window_is_the_month_or_its_last_days() {
    let dates = |window: FinalWindow, of: &str| {
        let (first, last) = window.dates(month(of));
        (first.to_string(), last.to_string(), window.days(month(of)))
    };
    let expect = |first: &str, last: &str, days| (first.to_string(), last.to_string(), days);
    assert_eq!(dates(FinalWindow::WholeMonth, "2028-02"), expect("2028-02-01", "2028-02-29", 29));
    assert_eq!(dates(FinalWindow::LastDays(5), "2027-02"), expect("2027-02-24", "2027-02-28", 5));
    assert_eq!(dates(FinalWindow::LastDays(0), "2027-02"), expect("2027-02-28", "2027-02-28", 1));
    assert_eq!(dates(FinalWindow::LastDays(200), "2027-02"), expect("2027-02-01", "2027-02-28", 28));
}

#[test]
fn a_phase_begins_at_midnight() {
    let of = |now| Phase::of(month("2026-12"), at(now));
    for (now, phase) in [
        ("2026-10-31T23:59:59Z", Phase::General),
        ("2026-11-01T00:00:00Z", Phase::Nearby),
        ("2026-11-30T23:59:59Z", Phase::Nearby),
        ("2026-12-01T00:00:00Z", Phase::Averaging),
        ("2026-12-26T23:59:59Z", Phase::Averaging),
        ("2026-12-27T00:00:00Z", Phase::Final),
        ("2027-03-01T00:00:00Z", Phase::Final),
    ] {
        assert_eq!(of(now), phase, "{now}");
    }
    assert_eq!(Phase::of(month("2027-02"), at("2027-02-23T23:59:59Z")), Phase::Averaging);
    assert_eq!(Phase::of(month("2027-02"), at("2027-02-24T00:00:00Z")), Phase::Final);
}

proptest! {
    #[test]
    fn what_is_listed_is_always_ahead_in_order_and_complete(
        // The rule lists nothing beyond 2099: up to four years before it is complete.
        seconds in 946_684_800_u64..3_970_000_000,
        serial in 1_u8..25,
        quarterly in 0_u8..9,
    ) {
        let now = Time::new(seconds);
        let months = ListingRule { serial, quarterly }.months(now);
        prop_assert_eq!(months.len(), usize::from(serial) + usize::from(quarterly));
        let first = months[0];
        prop_assert!(now < last_trading(first));
        prop_assert!(first == Month::MIN || now >= last_trading(first.prev().unwrap()));
        let (run, quarters) = months.split_at(usize::from(serial));
        prop_assert!(run.windows(2).all(|pair| pair[0].next() == Some(pair[1])));
        prop_assert!(quarters.windows(2).all(|pair| pair[0].distance(pair[1]) == 3 && pair[0] < pair[1]));
        let last = run[run.len() - 1];
        prop_assert!(quarters.iter().all(|month| "HMUZ".contains(month.letter()) && last < *month));
        prop_assert!(quarters.first().is_none_or(|month| month.distance(last) <= 3));
    }

    #[test]
    fn every_month_survives_its_texts(index in 0_u16..1_200) {
        let month = Month::from_index(index).unwrap();
        let code = SeriesCode { product: ProductCode::parse("GPH").unwrap(), month };
        prop_assert_eq!(SeriesCode::parse(&code.to_string()).unwrap(), code);
        prop_assert_eq!(Month::parse(&month.to_string()).unwrap(), month);
    }

    #[test]
    fn a_time_of_a_date_is_on_that_date(days in 0_u32..49_710, of_day in 0_u64..24) {
        let date = Date::from_days(days);
        prop_assert_eq!(date.at(of_day * HOUR).date(), date);
    }
}
