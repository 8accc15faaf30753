//! A methodology is its file: what is changed in it changes the hash and, where it is a number, the index.

use super::*;
use crate::fixing::digest;

#[test]
fn the_shipped_methodologies_read_and_hash_as_they_stand() {
    for (text, symbol, decimals) in [(shipped::TOK, "TOK", 4), (shipped::GPH, "GPH", 4), (shipped::CSX, "CSX", 2)] {
        let read = Methodology::parse(text).unwrap();
        assert_eq!((read.head().symbol.as_str(), read.head().decimals, read.head().version), (symbol, decimals, 1));
        assert_eq!(read.hash, digest(text.as_bytes()));
        assert_eq!(shipped::of(symbol), Some(text));
        // Even a remark makes another methodology, of the same numbers.
        let remark = Methodology::parse(&format!("{text}# a remark\n")).unwrap();
        assert_eq!(remark.rule, read.rule);
        assert_ne!(remark.hash, read.hash);
    }
    assert_eq!(shipped::of("BTC"), None);
}

#[test]
fn each_number_of_the_tok_methodology_comes_from_its_file() {
    let level = |from: &str, to: &str| {
        let text = shipped::TOK.replacen(from, to, 1);
        assert_ne!(text, shipped::TOK, "{from}");
        // What T2 gains T3 loses.
        let text = if to == "percent = 36" { text.replacen("percent = 50", "percent = 49", 1) } else { text };
        let rule = basket_rule(&text).unwrap();
        let index = TokIndex::new(&rule, PriceRecord::from_csv(PRICES).unwrap()).unwrap();
        index.daily(date("2026-07-31"), date("2026-07-31")).unwrap().remove(0).fixing
    };
    let shipped = level("# The TOK", "# the TOK");
    let golden = GOLDEN.lines().find(|row| row.starts_with("2026-07-31,")).unwrap();
    assert!(golden.starts_with(&format!("2026-07-31,{shipped},")));
    for (from, to) in [
        ("decimals = 4", "decimals = 5"),
        ("input = 350_000\ncached_input = 450_000", "input = 360_000\ncached_input = 440_000"),
        ("cached_input = 450_000\noutput = 200_000", "cached_input = 460_000\noutput = 190_000"),
        ("percent_of_input = 10", "percent_of_input = 11"),
        ("base = \"2025-10-10\"", "base = \"2025-12-10\""),
        ("entry_days = 10", "entry_days = 60"),
        ("vendor_cap_percent = 25", "vendor_cap_percent = 24"),
        ("percent = 35", "percent = 36"),
        ("(nano|luna)", "(nano)"),
    ] {
        assert_ne!(level(from, to), shipped, "{from}");
    }
}

#[test]
fn a_methodology_that_does_not_hold_together_is_refused() {
    let refused = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        match Methodology::parse(&text.replacen(from, to, 1)) {
            Err(IndexError::Methodology(reason)) => reason,
            other => panic!("{other:?}"),
        }
    };
    let tok = |from, to| refused(shipped::TOK, from, to);
    assert_eq!(tok("input = 350_000", "input = 350_001"), "the tokens of [benchmark] are not a million");
    assert_eq!(tok("percent = 15", "percent = 14"), "the percents of [[tier]] do not sum to 100");
    assert_eq!(tok("tier = \"T1\"", "tier = \"T4\""), "a line of no tier");
    assert_eq!(tok("name = \"T2\"", "name = \"T1\""), "a line of no tier");
    assert_eq!(tok("vendor_cap_percent = 25", "vendor_cap_percent = 0"), "a vendor cap that is not 1 to 100 percent");
    assert_eq!(tok("of_input = 10", "of_input = 101"), "an unpublished cached price above the input price");
    assert_eq!(tok("decimals = 4", "decimals = 19"), "more than 18 decimals");
    assert_eq!(tok("version = 1", "version = 0"), "a version of 0");
    assert_eq!(tok("tier = \"T2\"", "tier = \"T1\""), "two lines of a vendor and tier");
    assert!(tok("entry_days = 10", "entry_dais = 10").contains("unknown field `entry_dais`"));
    assert!(tok("2025-10-10", "2025-02-29").contains("invalid_date"));
    assert!(tok("linked_basket", "median").contains("unknown variant `median`"));
    let csx = |from, to| refused(shipped::CSX, from, to);
    assert_eq!(csx("percent = 15", "percent = 16"), "the percents of [[gpu]] do not sum to 100");
    assert_eq!(csx("\"A100\"", "\"H100\""), "two GPUs of one name");
    assert_eq!(csx("level = 1000", "level = 0"), "a base level of 0");
    assert!(csx("\"1.59\"", "\"0\"").contains("not a decimal above 0"));
    assert!(csx("\"1.59\"", "1.59").contains("invalid type"));
    let pattern = basket_rule(&shipped::TOK.replacen("(-sol)?", "(-sol", 1)).unwrap();
    let unreadable = TokIndex::new(&pattern, PriceRecord::default()).unwrap_err();
    assert!(matches!(unreadable, IndexError::Methodology(reason) if reason.starts_with("openai T1: ")));
}

#[test]
fn the_quotes_that_bear_on_a_fixing_give_it_and_are_all_that_bear_on_it() {
    let tok = Methodology::parse(shipped::TOK).unwrap();
    let all: Vec<Quote> = PriceRecord::from_csv(PRICES).unwrap().rows().map(Quote::List).collect();
    for (day, fixing) in [("2025-10-10", 17_813), ("2026-07-30", 0), ("2026-09-30", 0)] {
        let inputs = tok.inputs(all.clone(), date(day)).unwrap();
        let golden = GOLDEN.lines().find(|row| row.starts_with(day)).unwrap();
        let value = tok.fixing(&inputs, date(day)).unwrap().value;
        assert!(golden.starts_with(&format!("{day},{value},")) && (fixing == 0 || fixing == value));
        assert!(inputs.len() < all.len());
        assert_eq!(tok.inputs(inputs.clone(), date(day)).unwrap(), inputs, "what was picked is picked again");
    }
    let twice = [&all[..], &all[..1]].concat();
    assert!(matches!(tok.inputs(twice, date("2026-09-30")), Err(IndexError::Unfit { .. })));
    let gph = Methodology::parse(shipped::GPH).unwrap();
    let reason = "not a rental quote";
    assert_eq!(gph.inputs(all.clone(), base()), Err(IndexError::Unfit { quote: all[0].to_string(), reason }));
}
