#![allow(clippy::arithmetic_side_effects)]

mod explain;
mod methodology;
mod rental;

use super::line::Lines;
use super::*;
use crate::calendar::Date;
use crate::methodology as shipped;

const PRICES: &str = include_str!("../../data/model_prices.csv");
const FIXED_BASKET: &str = include_str!("../../data/tok_basket_v1.csv");
const GOLDEN: &str = include_str!("../../data/tok_daily.csv");

/// Rows of four vendors, in all tiers, that qualify from the base day on; each costs its input price a BMT, in USD.
const FOUR_VENDORS: [&str; 5] = [
    "2025-10-10,openai,gpt-5,1,1,1",
    "2025-10-10,google,gemini-2.5-pro,1,1,1",
    "2025-10-10,anthropic,claude-3.5-sonnet,2,2,2",
    "2025-10-10,deepseek,deepseek-chat,2,2,2",
    "2025-10-10,xai,grok-3-mini,4,4,4",
];

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

const HEADER: &str = "date,vendor,model,input,cached_input,output";

/// The methodology as it ships; one for all tests.
fn rule() -> &'static BasketRule {
    static RULE: std::sync::LazyLock<BasketRule> = std::sync::LazyLock::new(|| basket_rule(shipped::TOK).unwrap());
    &RULE
}

fn basket_rule(text: &str) -> Result<BasketRule, IndexError> {
    match Methodology::parse(text)?.rule {
        Rule::LinkedBasket(rule) => Ok(rule),
        other => panic!("{other:?}"),
    }
}

fn base() -> Date {
    date("2025-10-10")
}

fn of_csv(text: &str) -> Result<TokIndex<'static>, IndexError> {
    TokIndex::new(rule(), PriceRecord::from_csv(text)?)
}

fn index(rows: &[&str]) -> TokIndex<'static> {
    of_csv(&[&[HEADER], rows].concat().join("\n")).unwrap()
}

fn daily(index: &TokIndex, from: &str, to: &str) -> Vec<DailyFixing> {
    index.daily(date(from), date(to)).unwrap()
}

/// The day's basket as `model weight`, in order of the lines.
fn shape(fixing: &DailyFixing) -> String {
    let parts = fixing.basket.constituents.iter().map(|part| format!("{} {}", part.member.model, part.weight));
    parts.collect::<Vec<_>>().join(", ")
}

fn whole_record() -> Vec<DailyFixing> {
    daily(&of_csv(PRICES).unwrap(), "2025-10-10", "2026-09-30")
}

/// The level of `tok_basket_v1.csv` on 2026-08-05, in USD.
fn fixed_basket_level(prices: &str) -> Fraction {
    let record = PriceRecord::from_csv(prices).unwrap();
    let member = |row: &str| {
        let [tier, percent, vendor, model, factor, _]: [&str; 6] =
            row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let known = rule().tiers.iter().find(|known| known.name == tier).unwrap();
        assert_eq!((format!("{}00", known.percent).as_str(), factor), (percent, "1.0000"));
        Member { vendor: vendor.to_string(), tier: tier.to_string(), model: model.to_string() }
    };
    let basket = Basket::of(rule(), FIXED_BASKET.lines().skip(1).map(member).collect()).unwrap();
    basket.level(Prices { record: &record, benchmark: &rule().benchmark }, date("2026-08-05")).unwrap()
}

#[test]
fn the_base_is_17813() {
    let base = &daily(&of_csv(PRICES).unwrap(), "2025-10-10", "2025-10-10")[0];
    assert_eq!(rule().basket.base, date("2025-10-10"));
    assert_eq!((base.fixing, base.unlinked, &base.scale), (17_813, 17_813, &Fraction::whole(1)));
}

#[test]
fn every_day_of_the_record_has_the_fixing_of_the_golden_file() {
    let mut golden = GOLDEN.lines();
    assert_eq!(golden.next(), Some("date,fixing,unlinked"));
    let golden: Vec<&str> = golden.collect();
    let found = whole_record();
    assert_eq!((golden.len(), found.len()), (356, 356));
    for (expected, DailyFixing { date, fixing, unlinked, .. }) in golden.into_iter().zip(found) {
        assert_eq!(format!("{date},{fixing},{unlinked}"), expected);
    }
}

#[test]
fn a_part_of_the_days_is_a_part_of_the_whole() {
    let whole = whole_record();
    let part = daily(&of_csv(PRICES).unwrap(), "2026-07-29", "2026-08-01");
    let offset = usize::try_from(date("2026-07-29").days_since(base()).unwrap()).unwrap();
    assert_eq!(part, whole[offset..offset + 4]);
}

#[test]
fn no_change_of_basket_moves_the_index_at_all() {
    let record = PriceRecord::from_csv(PRICES).unwrap();
    let whole = whole_record();
    let mut changes = 0;
    for pair in whole.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let level = |day: &DailyFixing| {
            day.basket
                .level(Prices { record: &record, benchmark: &rule().benchmark }, before.date)
                .unwrap()
                .times(&day.scale)
        };
        assert_eq!(level(before), level(after), "{}", after.date);
        let members = |day: &DailyFixing| day.basket.constituents.iter().map(|c| c.member.clone()).collect::<Vec<_>>();
        changes += usize::from(members(before) != members(after));
    }
    assert_eq!(changes, 19);
}

#[test]
fn weights_sum_to_one_and_no_vendor_has_more_than_a_quarter() {
    for day in whole_record() {
        let parts = &day.basket.constituents;
        assert_eq!(Fraction::sum(parts.iter().map(|part| &part.weight)), Fraction::whole(1));
        for one in parts {
            let of_vendor = parts.iter().filter(|part| part.member.vendor == one.member.vendor);
            assert!(Fraction::sum(of_vendor.map(|part| &part.weight)) <= Fraction::percent(25), "{}", day.date);
        }
    }
}

#[test]
fn the_fixed_basket_gives_its_published_numbers() {
    let units = |level: &Fraction| level.times(&Fraction::whole(10_000)).half_up().unwrap();
    let after = fixed_basket_level(PRICES);
    assert_eq!(
        (&after, units(&after)),
        (&Fraction::millionths(164_887_875).over(&Fraction::whole(100)).unwrap(), 16_489)
    );
    let is_cut = |row: &&str| {
        row.starts_with("2026-07-30,openai,gpt-5.6-luna,") || row.starts_with("2026-07-30,openai,gpt-5.6-terra,")
    };
    let uncut: Vec<&str> = PRICES.lines().filter(|row| !is_cut(row)).collect();
    assert_eq!(uncut.len(), PRICES.lines().count() - 2);
    let before = fixed_basket_level(&uncut.join("\n"));
    assert_eq!(units(&before), 18_230);
    let fall = before.minus(&after).over(&before).unwrap();
    assert_eq!(fall.times(&Fraction::whole(10_000)).half_up(), Some(955));
    let month = Fraction::whole(29 * 18_230 + 2 * 16_489).over(&Fraction::whole(31)).unwrap();
    assert_eq!(month.half_up(), Some(18_118));
}

#[test]
fn a_tier_is_shared_equally_and_a_vendors_excess_goes_to_the_others() {
    let base = &daily(&index(&FOUR_VENDORS), "2025-10-10", "2025-10-10")[0];
    // T1 7.5 + 7.5 %, T2 17.5 + 17.5 %, T3 50 %, which is cut to 25 %. The others grow by one half, so that those of
    // T2 stand at 26.25 %: they are cut too, and those of T1 take up the rest.
    let expected = "gpt-5 1/8, claude-3.5-sonnet 1/4, gemini-2.5-pro 1/8, grok-3-mini 1/4, deepseek-chat 1/4";
    assert_eq!(shape(base), expected);
    // 1/8 + 1/8 + 2/4 + 2/4 + 4/4 USD.
    assert_eq!(base.fixing, 22_500);
}

#[test]
fn an_absent_tier_is_shared_by_the_others() {
    let rows = [
        "2025-10-10,openai,gpt-5,1,1,1",
        "2025-10-10,google,gemini-2.5-pro,1,1,1",
        "2025-10-10,anthropic,claude-3-opus,1,1,1",
        "2025-10-10,xai,grok-4,1,1,1",
        "2025-10-10,openai,gpt-5-mini,1,1,1",
        "2025-10-10,google,gemini-2.5-flash,1,1,1",
        "2025-10-10,anthropic,claude-3.5-sonnet,1,1,1",
        "2025-10-10,deepseek,deepseek-chat,1,1,1",
        "2025-10-10,meta-ai,muse-spark-1,1,1,1",
    ];
    let base = &daily(&index(&rows), "2025-10-10", "2025-10-10")[0];
    // 15 % and 35 % of 50 %: 7.5 % each of four, 14 % each of five.
    let expected = "gpt-5 3/40, gpt-5-mini 7/50, claude-3-opus 3/40, claude-3.5-sonnet 7/50, gemini-2.5-pro 3/40, \
                    gemini-2.5-flash 7/50, grok-4 3/40, deepseek-chat 7/50, muse-spark-1 7/50";
    assert_eq!(shape(base), expected);
}

#[test]
fn a_new_model_enters_ten_days_after_its_first_record_without_moving_the_index() {
    let rows = [&FOUR_VENDORS[..], &["2025-10-20,xai,grok-4-mini,1,1,1", "2025-11-05,xai,grok-4-mini,2,2,2"]].concat();
    let days = daily(&index(&rows), "2025-10-10", "2025-11-05");
    let on = |text: &str| days.iter().find(|day| day.date == date(text)).unwrap();
    assert!(shape(on("2025-10-29")).contains("grok-3-mini"));
    assert!(shape(on("2025-10-30")).contains("grok-4-mini"));
    assert_eq!((on("2025-10-29").fixing, on("2025-10-29").unlinked), (22_500, 22_500));
    // 2.25 with the old model, 1.50 with the new one: linked by 3/2.
    assert_eq!((on("2025-10-30").fixing, on("2025-10-30").unlinked), (22_500, 15_000));
    assert_eq!(on("2025-10-30").scale.to_string(), "3/2");
    // A quarter of it costs 1 USD more.
    assert_eq!((on("2025-11-05").fixing, on("2025-11-05").unlinked), (26_250, 17_500));
}

#[test]
fn within_ten_days_of_the_base_the_cut_off_is_the_base() {
    let rows = [&FOUR_VENDORS[..], &["2025-10-11,xai,grok-4-mini,1,1,1"]].concat();
    let days = daily(&index(&rows), "2025-10-10", "2025-10-21");
    assert!(days[..11].iter().all(|day| shape(day).contains("grok-3-mini")));
    assert!(shape(&days[11]).contains("grok-4-mini"));
}

#[test]
fn of_a_line_the_latest_listed_counts_then_the_highest_version_then_the_first_name() {
    let newest = |rows: &[&str]| {
        let rows = [&FOUR_VENDORS[1..], rows].concat();
        let day = daily(&index(&rows), "2025-11-30", "2025-11-30").remove(0);
        day.basket.constituents.into_iter().find(|part| part.member.vendor == "openai").unwrap().member.model
    };
    assert_eq!(newest(&["2025-10-10,openai,gpt-5,1,1,1", "2025-10-11,openai,gpt-4.1,1,1,1"]), "gpt-4.1");
    assert_eq!(newest(&["2025-10-10,openai,gpt-5,1,1,1", "2025-10-10,openai,gpt-4.9,1,1,1"]), "gpt-5");
    assert_eq!(newest(&["2025-10-10,openai,gpt-5.9,1,1,1", "2025-10-10,openai,gpt-5.10,1,1,1"]), "gpt-5.10");
    assert_eq!(newest(&["2025-10-10,openai,gpt-5,1,1,1", "2025-10-10,openai,gpt-5.1,1,1,1"]), "gpt-5.1");
    assert_eq!(newest(&["2025-10-10,openai,gpt-5-sol,1,1,1", "2025-10-10,openai,gpt-5,1,1,1"]), "gpt-5");
    // A price that changes later is no new listing, nor is a listing that comes back.
    let again = ["2025-10-10,openai,gpt-5,1,1,1", "2025-10-11,openai,gpt-4,1,1,1", "2025-10-12,openai,gpt-5,,,"];
    assert_eq!(newest(&[&again[..], &["2025-10-13,openai,gpt-5,2,2,2"]].concat()), "gpt-4");
    // Without prices from the start it is listed with its first prices.
    let late = ["2025-10-10,openai,gpt-4,,,", "2025-10-11,openai,gpt-5,1,1,1", "2025-10-12,openai,gpt-4,1,1,1"];
    assert_eq!(newest(&late), "gpt-4");
}

#[test]
fn a_name_qualifies_whole_or_not_at_all() {
    let qualifies = |vendor: &str, model: &str| {
        let row = format!("2025-10-10,{vendor},{model},1,1,1");
        let record = PriceRecord::from_csv(&format!("date,vendor,model,input,cached_input,output\n{row}")).unwrap();
        Lines::of(rule(), &record).unwrap().members(&record, base()).first().map(|member| member.tier.clone())
    };
    for (vendor, model, tier) in [
        ("openai", "gpt-5.6-sol", Some("T1")),
        ("openai", "gpt-5.6-terra", Some("T2")),
        ("openai", "gpt-5.6-luna", Some("T3")),
        ("openai", "gpt-4o", None),
        ("openai", "chatgpt-5", None),
        ("openai", "gpt-5.4-272k", None),
        ("openai", "gpt-5-pro", None),
        ("anthropic", "claude-3-opus", Some("T1")),
        ("anthropic", "claude-opus-4-8", Some("T1")),
        ("anthropic", "claude-3.7-sonnet", Some("T2")),
        ("anthropic", "claude-sonnet-4.5-200k", None),
        ("anthropic", "claude-4.5-haiku", Some("T3")),
        ("google", "gemini-3-1-pro-preview", Some("T1")),
        ("google", "gemini-2.5-flash-preview-09-2025", None),
        ("google", "gemini-1.5-flash-8b", None),
        ("google", "gemini-3.1-flash-lite-preview", Some("T3")),
        ("xai", "grok-4-fast", Some("T3")),
        ("xai", "grok-4-128k", None),
        ("deepseek", "deepseek-chat", Some("T2")),
        ("deepseek", "deepseek-reasoner", None),
        ("moonshot-ai", "kimi-k2-0905-preview", Some("T3")),
        ("moonshot-ai", "kimi-k2-thinking", None),
        ("mistral", "gpt-5", None),
    ] {
        assert_eq!(qualifies(vendor, model).as_deref(), tier, "{vendor} {model}");
    }
}

#[test]
fn a_delisted_constituent_leaves_its_tier_to_the_others_and_the_index_where_it_was() {
    let leaves =
        ["2025-10-09,xai,grok-2-mini,9,9,9", "2025-10-10,openai,gpt-5-nano,2,2,2", "2025-10-25,xai,grok-3-mini,,,"];
    let days = daily(&index(&[&FOUR_VENDORS[..], &leaves].concat()), "2025-10-10", "2025-11-10");
    let on = |text: &str| days.iter().find(|day| day.date == date(text)).unwrap();
    assert!(shape(on("2025-10-24")).contains("grok-3-mini"));
    // Without it xai has none until the cut-off sees the end of the listing.
    assert!(!shape(on("2025-10-25")).contains("grok"));
    assert!(!shape(on("2025-11-03")).contains("grok"));
    assert!(shape(on("2025-11-04")).contains("grok-2-mini"));
    assert!(days.iter().all(|day| day.fixing == days[0].fixing), "no price changed");
    assert_ne!(on("2025-10-25").unlinked, days[0].unlinked);
}

#[test]
fn a_price_of_a_million_benchmark_tokens_is_exact() {
    let price = |fields: &str| {
        let record = PriceRecord::from_csv(&format!("{HEADER}\n2025-10-10,v,m,{fields}"))?;
        let price = BmtPrice::of(&record.price("v", "m", base()).unwrap(), &rule().benchmark);
        Ok(price.usd().times(&Fraction::whole(1_000_000_000)).to_string())
    };
    assert_eq!(price("1.25,0.125,10").as_deref(), Ok("2493750000"));
    // No cached price: a tenth of the input price, exactly.
    assert_eq!(price("1.25,,10").as_deref(), Ok("2493750000"));
    assert_eq!(price("0.000001,,0").as_deref(), Ok("395"));
    assert_eq!(price("0,0,0").as_deref(), Ok("0"));
    assert_eq!(price("999999999.999999,999999999.999999,999999999.999999").as_deref(), Ok("999999999999999000"));
    for bad in
        ["1,1,", ",1,1", "-1,1,1", "+1,1,1", "1.,1,1", ".5,1,1", "1e3,1,1", "0.0000001,1,1", "1000000000,1,1", "1, 1,1"]
    {
        let reason = "not a price with up to six decimals";
        assert_eq!(price(bad), Err(IndexError::Quotes { line: 2, reason }), "{bad}");
    }
}

#[test]
fn a_record_out_of_form_is_refused_with_its_line() {
    let refused = |rows: &[&str]| of_csv(&[&["date,vendor,model,input,cached_input,output"], rows].concat().join("\n"));
    let at = |line, reason| Some(IndexError::Quotes { line, reason });
    assert_eq!(of_csv("").err(), at(1, "not the header of a price record"));
    assert_eq!(of_csv("vendor,date\n").err(), at(1, "not the header of a price record"));
    assert_eq!(refused(&[FOUR_VENDORS[0], "2025-10-11,openai,gpt-5,1,1"]).err(), at(3, "not six fields"));
    assert_eq!(refused(&["2025-10-11,openai,gpt-5,1,1,1,1"]).err(), at(2, "not six fields"));
    assert_eq!(refused(&["2025-02-29,openai,gpt-5,1,1,1"]).err(), at(2, "not a date"));
    assert_eq!(refused(&["2025-10-11,,gpt-5,1,1,1"]).err(), at(2, "no name"));
    assert_eq!(refused(&[FOUR_VENDORS[0], FOUR_VENDORS[0]]).err(), at(3, "a second row of this model and day"));
}

#[test]
fn without_days_vendors_or_prices_there_is_no_index() {
    let four = index(&FOUR_VENDORS);
    let (early, next) = (date("2025-10-09"), date("2025-10-11"));
    assert_eq!(four.daily(early, base()), Err(IndexError::Span { from: early, to: base(), base: base() }));
    assert_eq!(four.daily(next, base()), Err(IndexError::Span { from: next, to: base(), base: base() }));
    let three = index(&FOUR_VENDORS[..3]);
    assert_eq!(three.daily(base(), base()), Err(IndexError::TooFewVendors { vendors: 3, percent: 25 }));
    assert_eq!(index(&[]).daily(base(), base()), Err(IndexError::TooFewVendors { vendors: 0, percent: 25 }));
    let free = FOUR_VENDORS.map(|row| [&row[..row.len() - 5], "0,0,0"].concat());
    let free = [&free.each_ref().map(String::as_str)[..], &["2025-10-11,xai,grok-4-mini,0,0,0"]].concat();
    assert_eq!(index(&free).daily(base(), date("2025-10-21")), Err(IndexError::Worthless(date("2025-10-20"))));
    let ends = [&FOUR_VENDORS[..], &["2025-10-11,xai,grok-3-mini,,,"]].concat();
    let basket = daily(&index(&FOUR_VENDORS), "2025-10-10", "2025-10-10").remove(0).basket;
    let (vendor, model) = ("xai".to_string(), "grok-3-mini".to_string());
    assert_eq!(basket.level(index(&ends).prices(), next), Err(IndexError::NotListed { vendor, model, date: next }));
}

#[test]
fn a_fraction_is_written_rounded_and_with_its_sign() {
    let part = |number: u64, of: u64| Fraction::whole(number).over(&Fraction::whole(of)).unwrap();
    assert_eq!(part(1, 3).to_decimal(4), "0.3333");
    assert_eq!(part(2, 3).to_decimal(0), "1");
    assert_eq!(part(5, 1).to_decimal(2), "5.00");
    let below = Fraction::whole(0).minus(&part(1, 20_000));
    assert_eq!((below.to_decimal(4).as_str(), below.to_decimal(3).as_str()), ("-0.0001", "0.000"));
    assert_eq!(below.half_up(), Some(0), "-0.00005 is nearest to 0");
    assert_eq!(Fraction::whole(0).minus(&part(3, 5)).half_up(), None);
    assert_eq!(decimal(5, 4), "0.0005");
}
