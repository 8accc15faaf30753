//! GPH and CSX: quotes of providers, outliers, lower medians.

use super::*;

const CSV: &str = "date,provider,product,gpu,segment,terms,usd_per_gpu_hour";

fn quotes(rows: &[&str]) -> Vec<Quote> {
    let text = [&[CSV], rows].concat().join("\n");
    RentalQuote::from_csv(&text).unwrap().into_iter().map(Quote::Rental).collect()
}

/// A specialist's on-demand quotes of an H100 on 2026-08-19, one a provider.
fn h100(prices: &[&str]) -> Vec<Quote> {
    let row = |(number, price): (usize, &&str)| format!("2026-08-19,p{number},sxm,H100,specialist,on_demand,{price}");
    let rows: Vec<String> = prices.iter().enumerate().map(row).collect();
    quotes(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

fn gph(quotes: Vec<Quote>) -> Result<(u64, u64), IndexError> {
    let gph = Methodology::parse(shipped::GPH).unwrap();
    let inputs = gph.inputs(quotes, date("2026-08-19"))?;
    gph.fixing(&inputs, date("2026-08-19")).map(|fixing| (fixing.value, fixing.dispersion))
}

#[test]
fn gph_is_the_lower_median_of_the_providers() {
    assert_eq!(gph(h100(&["2.50", "2.60", "2.40"])), Ok((25_000, 1_000)));
    // Of an even number the lower, never an average.
    assert_eq!(gph(h100(&["2.50", "2.60", "2.40", "2.55"])).unwrap().0, 25_000);
    // Half a unit rounds up.
    assert_eq!(gph(h100(&["2.50005", "2.6", "2.4"])).unwrap().0, 25_001);
    assert_eq!(gph(h100(&["2.500049", "2.6", "2.4"])).unwrap().0, 25_000);
}

#[test]
fn an_outlier_is_farther_than_three_scaled_mads_and_one_percent() {
    // M = 2.500000, distances 0, 0.1, 0.1, 0.2, d: MAD 0.1, the bound 3 × 1.4826 × 0.1 = 0.444780.
    let with = |far: &str| gph(h100(&["2.4", "2.5", "2.6", "2.3", far])).map(|(value, _)| value);
    assert_eq!(with("2.944780"), Ok(25_000), "at the bound it counts: the median of five");
    assert_eq!(with("2.944781"), Ok(24_000), "a millionth beyond it does not: the lower median of four");
    // All alike: the bound is one percent of the median.
    let with = |far: &str| gph(h100(&["2.5", "2.5", far])).map(|(value, _)| value);
    assert_eq!(with("2.475"), Ok(25_000));
    let too_few = |left, quoting| {
        let (gpu, date, needed) = ("H100".to_string(), date("2026-08-19"), 3);
        Err(IndexError::TooFewProviders { gpu, date, left, quoting, needed })
    };
    assert_eq!(with("2.474999"), too_few(2, 3));
    assert_eq!(gph(vec![]).map(|(value, _)| value), too_few(0, 0));
    assert!(gph(vec![]).unwrap_err().is_unavailable());
}

#[test]
fn only_the_days_on_demand_quotes_of_specialists_count_and_a_provider_counts_once() {
    let mut all = h100(&["2.40", "2.50", "2.60"]);
    all.extend(quotes(&[
        "2026-08-18,q,sxm,H100,specialist,on_demand,9",
        "2026-08-20,q,sxm,H100,specialist,on_demand,9",
        "2026-08-19,q,sxm,H200,specialist,on_demand,9",
        "2026-08-19,q,sxm,H100,hyperscaler,on_demand,9",
        "2026-08-19,q,sxm2,H100,specialist,spot,9",
        "2026-08-19,p0,pcie,H100,specialist,on_demand,2.44",
        "2026-08-19,p0,nvl,H100,specialist,on_demand,2.36",
    ]));
    assert_eq!(gph(all.clone()), Ok((25_000, 1_000)), "the lower median of p0's three quotes is its 2.40");
    let gph = Methodology::parse(shipped::GPH).unwrap();
    assert_eq!(gph.inputs(all.clone(), date("2026-08-19")).unwrap().len(), 5);
    all.extend(quotes(&["2026-08-19,p0,sxm,H100,specialist,on_demand,2.41"]));
    let quote = "p0 sxm (H100) on 2026-08-19".to_string();
    let twice = IndexError::Unfit { quote, reason: "there are two of it" };
    assert_eq!(gph.inputs(all, date("2026-08-19")), Err(twice));
}

fn csx(a100: &str, h100: &str, b200: &str) -> Result<u64, IndexError> {
    let rows: Vec<String> = (["A100", "H100", "B200"].into_iter().zip([a100, h100, b200]))
        .flat_map(|(gpu, price)| {
            ["x", "y", "z"].map(|provider| format!("2026-09-01,{provider},sxm,{gpu},specialist,on_demand,{price}"))
        })
        .collect();
    let csx = Methodology::parse(shipped::CSX).unwrap();
    let quotes = quotes(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let inputs = csx.inputs(quotes, date("2026-09-01"))?;
    csx.fixing(&inputs, date("2026-09-01")).map(|fixing| fixing.value)
}

#[test]
fn csx_weighs_three_gpus_against_their_base_prices() {
    assert_eq!(csx("1.59", "3.29", "6.79"), Ok(100_000), "on the base prices it stands at 1000.00");
    assert_eq!(csx("3.18", "3.29", "6.79"), Ok(115_000), "A100 weighs 15 %");
    assert_eq!(csx("1.59", "6.58", "6.79"), Ok(150_000), "H100 weighs 50 %");
    assert_eq!(csx("1.59", "3.29", "13.58"), Ok(135_000), "B200 weighs 35 %");
    // 1000 (0.15 × 1.60/1.59 + 0.5 × 3.30/3.29 + 0.35 × 6.80/6.79) = 1002.978…; rounded once.
    assert_eq!(csx("1.6", "3.3", "6.8"), Ok(100_298));
    // 0.000001/3.29 × 500 is less than half of 0.01, thirty-three of them are just above it.
    assert_eq!(csx("1.59", "3.290032", "6.79"), Ok(100_000));
    assert_eq!(csx("1.59", "3.290033", "6.79"), Ok(100_001));
}

#[test]
fn csx_without_one_of_its_gpus_is_unavailable() {
    let csx = Methodology::parse(shipped::CSX).unwrap();
    let quotes = quotes(&["2026-09-01,x,sxm,A100,specialist,on_demand,1.59"]);
    assert!(csx.fixing(&quotes, date("2026-09-01")).unwrap_err().is_unavailable());
}

#[test]
fn rental_quotes_out_of_form_are_refused_with_their_line() {
    let refused = |row: &str| match RentalQuote::from_csv(&format!("{CSV}\n{row}")) {
        Err(IndexError::Quotes { line: 2, reason }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("2026-08-19,p,sxm,H100,specialist,on_demand"), "not seven fields");
    assert_eq!(refused("2026-08-19,p,,H100,specialist,on_demand,1"), "an empty field");
    assert_eq!(refused("2026-02-30,p,sxm,H100,specialist,on_demand,1"), "not a date");
    assert_eq!(refused("2026-08-19,p,sxm,H100,specialist,on_demand,0"), "not a price above 0 with up to six decimals");
    assert!(matches!(RentalQuote::from_csv("date,provider"), Err(IndexError::Quotes { line: 1, .. })));
}
