//! For whoever checks: what a leaf file says is computed again, and where it parts is said.

use std::path::Path;

use tokfut_core::calendar::Date;
use tokfut_core::index::{Methodology, PriceRecord, Quote, RentalQuote, Rule, decimal};
use tokfut_core::methodology;
use tokfut_publisher::recompute::{Claim, proof, recompute};
use tokfut_publisher::{Fetcher, LeafFile, Patience, Sources, explain, gather};

use crate::world::{Office, RECORD, tok};

fn july() -> LeafFile {
    Office::new().leaves("2026-07-30")
}

fn differences(text: &str, claims: &[Claim], other: Option<&LeafFile>) -> Vec<String> {
    recompute(&tok(), &LeafFile::parse(text).unwrap(), claims, other).differences
}

#[test]
fn a_leaf_file_says_the_same_after_writing_and_reading() {
    let file = july();
    let text = file.text();
    assert_eq!(LeafFile::parse(&text).unwrap(), file);
    assert_eq!(differences(&text, &[], Some(&file)), Vec::<String>::new());
    assert_eq!(text.lines().filter(|line| line.contains("\"hash\"")).count(), file.leaves.len(), "one leaf a line");
    let unavailable = LeafFile::unavailable(&tok(), file.date);
    assert_eq!(LeafFile::parse(&unavailable.text()).unwrap(), unavailable);
}

#[test]
fn an_altered_constituent_is_named() {
    let (file, text) = (july(), july().text());
    let luna = "\"since\":\"2026-07-30\",\"input\":\"0.2\",\"cached_input\":\"0.02\"";
    let altered = text.replacen(luna, &luna.replace("\"0.2\"", "\"0.3\""), 1);
    assert_ne!(altered, text);
    let found = differences(&altered, &[], None);
    assert!(found[0].starts_with("constituent openai gpt-5.6-luna from 2026-07-30: it hashes to "), "{found:?}");
    // Who writes the new hash too is given away by the root, and by any honest file.
    let mut forged = LeafFile::parse(&altered).unwrap();
    forged.hashes = forged.leaves.iter().map(|leaf| leaf.hash().unwrap()).collect();
    let found = differences(&forged.text(), &[], Some(&file));
    let expected = "constituent openai gpt-5.6-luna from 2026-07-30: 0.3/0.02/1.2, the other file says 0.2/0.02/1.2";
    assert_eq!(found[0], expected);
    assert!(found[1].starts_with("root: ") && found[1].contains("the leaf file has"));
    // 0.035 USD a BMT at a weight of 1/12 and K = 0.886791: 0.002586.
    assert_eq!(found[2], "value: 1.6771, the leaf file has 1.6745");
}

#[test]
fn a_constituent_left_out_or_put_in_is_named() {
    let (file, mut fewer) = (july(), july());
    let without = fewer.leaves.iter().position(|leaf| leaf.quote.key().1 == "grok-4").unwrap();
    fewer.leaves.remove(without);
    fewer.hashes.remove(without);
    let left_out = differences(&fewer.text(), &[], Some(&file));
    assert_eq!(left_out[0], "constituent xai grok-4 from 2025-10-10: only in the other file");
    let put_in = differences(&file.text(), &[], Some(&fewer));
    assert_eq!(put_in, ["constituent xai grok-4 from 2025-10-10: not in the other file"]);
    let mut swapped = file.clone();
    swapped.leaves.swap(3, 4);
    swapped.hashes.swap(3, 4);
    let found = differences(&swapped.text(), &[], None);
    assert!(found[0].contains("stands in the wrong place"), "{found:?}");
}

#[test]
fn what_others_claim_is_compared_to_the_last_unit() {
    let file = july();
    let claim = |value, root, date: Option<&str>| {
        let date = date.map(|date| Date::parse(date).unwrap());
        differences(&file.text(), &[Claim { by: "the chain".to_string(), value, root, date }], None)
    };
    assert_eq!(claim(Some(16_745), Some(file.root), Some("2026-07-30")), Vec::<String>::new());
    assert_eq!(claim(Some(16_746), None, None), ["value: 1.6745, the chain has 1.6746"]);
    assert_eq!(
        claim(None, None, Some("2026-07-31")),
        ["date: the leaves are of 2026-07-30, the chain speaks of 2026-07-31"]
    );
    assert!(claim(None, Some([1; 32]), None)[0].starts_with("root: "));
    let renamed = LeafFile { symbol: "TOC".to_string(), ..file.clone() };
    assert_eq!(differences(&renamed.text(), &[], None), ["symbol: TOK, the leaf file says TOC"]);
    let other = Methodology::parse(&format!("{}#\n", methodology::TOK)).unwrap();
    assert!(recompute(&other, &file, &[], None).differences[0].starts_with("methodology: "));
    let answer = r#"{"line":9,"ok":true,"data":{"value":"16745","inputs_root":"00"}}"#;
    assert!(Claim::from_answer(answer).is_err());
    assert_eq!(Claim::from_answer(r#"{"data":{"value":"7"}}"#).unwrap().value, Some(7));
    assert!(Claim::from_answer("{}").is_err());
}

#[test]
fn what_is_no_leaf_file_is_refused() {
    let text = july().text();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        LeafFile::parse(&text.replacen(from, to, 1)).unwrap_err()
    };
    assert_eq!(refused("tokfut-leaves/1", "tokfut-leaves/2"), "format \"tokfut-leaves/2\", not \"tokfut-leaves/1\"");
    assert_eq!(refused("\"16745\"", "\"016745\""), "\"016745\" is not an integer");
    assert_eq!(
        refused("\"input\":\"0.2\"", "\"input\":\"0.2000001\""),
        "leaf 50: \"0.2000001\" is not a price with up to six decimals"
    );
    assert!(refused("\"symbol\"", "\"symbil\"").starts_with("not a leaf file: "));
    assert!(refused("\"sha256\":\"", "\"sha256\":\"../").starts_with("source record: \"../"));
    // What is wrong with a leaf is said with its place.
    assert_eq!(refused("\"since\":\"2025-10-10\"", "\"since\":\"2025-13-10\"").split(": ").next(), Some("leaf 0"));
    assert!(refused("\"evidence\"", "\"evidense\"").starts_with("leaf 0: unknown field `evidense`"));
}

#[test]
fn one_constituent_is_proved_without_the_others() {
    let file = july();
    for index in [0, 1, file.leaves.len() - 1] {
        let (leaf, proof) = proof(&file, index).unwrap();
        assert_eq!(proof.root(&leaf), file.root);
    }
    assert!(proof(&file, file.leaves.len()).is_none());
}

fn list_prices() -> Vec<Quote> {
    PriceRecord::from_csv(RECORD).unwrap().rows().map(Quote::List).collect()
}

#[test]
fn the_move_of_a_day_is_explained_by_its_constituents() {
    let text = explain::day(&tok(), &list_prices(), Date::parse("2026-07-30").unwrap()).unwrap();
    let first = "TOK 2026-07-30: 1.6745 USD per million benchmark tokens, -0.1438 (-7.91 %) since 2026-07-29\n";
    assert!(text.starts_with(first), "{text}");
    let last = "  price   openai gpt-5.6-terra: 2.5/0.25/15 to 2/0.2/12, weight 7.00 %, moved the index by -0.049505\n  \
                price   openai gpt-5.6-luna: 1/0.1/6 to 0.2/0.02/1.2, weight 8.33 %, moved the index by -0.094295\n";
    assert!(text.ends_with(last), "{text}");
    let base = explain::day(&tok(), &list_prices(), Date::parse("2025-10-10").unwrap()).unwrap();
    assert!(base.starts_with("TOK 2025-10-10: 1.7813 USD per million benchmark tokens, the base day\n"), "{base}");
}

#[test]
fn every_move_of_the_history_is_explained() {
    let Rule::LinkedBasket(rule) = tok().rule else { panic!() };
    let (from, to) = (Date::parse("2025-10-10").unwrap(), Date::parse("2026-09-30").unwrap());
    let text = explain::moves(&rule, &list_prices(), from, to).unwrap();
    let golden = include_str!("../../../core/data/tok_daily.csv");
    let days: Vec<(&str, u64)> = (golden.lines().skip(1))
        .map(|row| {
            row.split_once(',').map(|(day, rest)| (day, rest.split(',').next().unwrap().parse().unwrap())).unwrap()
        })
        .collect();
    for pair in days.windows(2).filter(|pair| pair[0].1 != pair[1].1) {
        let head = format!("TOK {}: {} ", pair[1].0, decimal(pair[1].1, 4));
        assert!(text.contains(&head), "{head}");
    }
    assert_eq!(text.lines().filter(|line| line.contains(" since ")).count(), 3);
    assert_eq!(text.lines().filter(|line| line.contains("was linked")).count(), 19);
}

#[test]
fn gpu_prices_are_explained_by_their_providers() {
    let mut csv = "date,provider,product,gpu,segment,terms,usd_per_gpu_hour\n".to_string();
    for (day, prices) in [("2026-09-01", ["2.4", "2.5", "2.6", "9"]), ("2026-09-02", ["2.4", "2.55", "2.6", "9"])] {
        for (provider, price) in ["ada", "bell", "curie", "dirac"].iter().zip(prices) {
            for gpu in ["A100", "H100", "B200"] {
                csv.push_str(&format!("{day},{provider},sxm,{gpu},specialist,on_demand,{price}\n"));
            }
        }
    }
    let quotes: Vec<Quote> = RentalQuote::from_csv(&csv).unwrap().into_iter().map(Quote::Rental).collect();
    let day = Date::parse("2026-09-02").unwrap();
    let of = |text: &str| explain::day(&Methodology::parse(text).unwrap(), &quotes, day).unwrap();
    let gph = of(methodology::GPH);
    assert!(gph.starts_with("GPH 2026-09-02: 2.5500 USD per H100 GPU-hour, +0.0500 since the day before\n"), "{gph}");
    assert!(gph.contains("bell              2.55             2.5  yes, the median\n"), "{gph}");
    assert!(gph.contains("dirac                9               9  no, an outlier\n"), "{gph}");
    let csx = of(methodology::CSX);
    assert!(csx.contains("H100    50 %          2.55  3.29  387.5380   +7.5988\n"), "{csx}");
}

/// The recorded leaf files, which `tests/golden/leaf_files.py` computes again: methodology, sources, day.
const RECORDED: [(&str, &str, &str, &str); 3] = [
    (methodology::TOK, "../../packages/core/data/model_prices.csv", "list_prices_csv", "2026-07-30"),
    (methodology::GPH, "leaves/rental_quotes.csv", "rental_quotes_csv", "2026-08-19"),
    (methodology::CSX, "leaves/rental_quotes.csv", "rental_quotes_csv", "2026-08-19"),
];

#[test]
fn the_recorded_leaf_files_are_those_that_their_sources_give() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    for (text, file, form, day) in RECORDED {
        let sources = format!("[[source]]\nname = \"quotes\"\nfile = \"{file}\"\nform = \"{form}\"\n");
        let mut sources = Sources::parse(&sources).unwrap();
        sources.list[0].file = Some(golden.join(file));
        let (methodology, date) = (Methodology::parse(text).unwrap(), Date::parse(day).unwrap());
        let gathered = gather(&sources, &Fetcher::new(Patience::default(), None), date).unwrap();
        let mut found = LeafFile::compute(&methodology, gathered, date).unwrap();
        // What differs from run to run.
        found.observed_at = date.at(43_200).seconds() * 1_000;
        found.sources[0].fetched_at = found.observed_at;
        found.sources[0].location = file.to_string();
        let symbol = methodology.head().symbol.to_lowercase();
        let path = golden.join(format!("leaves/{symbol}-{day}.json"));
        if std::env::var_os("TOKFUT_BLESS").is_some() {
            std::fs::write(&path, found.text()).unwrap();
        }
        let recorded = LeafFile::load(&path).unwrap();
        assert_eq!(recorded.text(), found.text());
        assert_eq!(recompute(&methodology, &recorded, &[], None).differences, Vec::<String>::new());
    }
}
