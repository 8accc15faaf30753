//! Sources over HTTP: patience, refusal of what is not whole, evidence of everything.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::{TempDir, tempdir};
use tokfut_core::calendar::Date;
use tokfut_core::fixing::digest;
use tokfut_core::index::{ListQuote, Quote};
use tokfut_publisher::{Archive, Error, Evidence, Fetcher, Patience, Sources, gather};

use crate::server::{Reply, Server};

const PRICES: &str = r#"{"data":[
    {"id":"gpt-9","pricing":{"prompt":"0.00000125","completion":1e-05,"input_cache_read":"0.000000125"}},
    {"id":"gpt-9-mini","pricing":{"prompt":2.5e-07,"completion":"0.000002","input_cache_read":null}},
    {"id":"whisper","pricing":{}}
]}"#;

/// Impatient: a second, three times, a hundredth of a second between.
const PATIENCE: Patience =
    Patience { timeout: Duration::from_secs(1), attempts: 3, backoff: Duration::from_millis(10) };

fn sources(url: &str) -> Sources {
    let text = format!(
        r#"
        [[source]]
        name = "vendor"
        url = "{url}"
        form = "list_prices_json"
        rows = "/data"
        per = "token"
        take = ["gpt-9", "gpt-9-mini"]
        [source.fields]
        vendor = {{ value = "openai" }}
        model = {{ at = "/id" }}
        input = {{ at = "/pricing/prompt" }}
        cached_input = {{ at = "/pricing/input_cache_read" }}
        output = {{ at = "/pricing/completion" }}
        "#
    );
    Sources::parse(&text).unwrap()
}

fn date() -> Date {
    Date::parse("2026-07-30").unwrap()
}

/// What the vendor's quotes are once gathered from a server with these replies, and the archive.
fn gathered(replies: Vec<Reply>) -> (Result<Vec<String>, Error>, usize, TempDir) {
    let (folder, server) = (tempdir().unwrap(), Server::new(replies));
    let fetcher = Fetcher::new(PATIENCE, Some(Archive::open(folder.path()).unwrap()));
    let result = gather(&sources(&server.url), &fetcher, date());
    let says = |quote: &Quote| match quote {
        Quote::List(ListQuote { vendor, model, since, price }) => {
            format!("{vendor} {model} {since} {}", price.unwrap())
        }
        Quote::Rental(_) => unreachable!(),
    };
    let quotes = result.map(|gathered| gathered.leaves.iter().map(|leaf| says(&leaf.quote)).collect());
    (quotes, server.end(), folder)
}

fn log(folder: &Path) -> Vec<Evidence> {
    let text = fs::read_to_string(folder.join("log.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refusal(replies: Vec<Reply>) -> (String, TempDir) {
    let (result, _, folder) = gathered(replies);
    (result.unwrap_err().to_string(), folder)
}

#[test]
fn an_answer_is_read_exactly_and_kept_as_it_came() {
    let (quotes, _, folder) = gathered(vec![Reply::json(PRICES)]);
    let expected = ["openai gpt-9 2026-07-30 1.25/0.125/10", "openai gpt-9-mini 2026-07-30 0.25/-/2"];
    assert_eq!(quotes.unwrap(), expected);
    let [kept] = &log(folder.path())[..] else { panic!() };
    assert_eq!(kept.sha256, hex::encode(digest(PRICES.as_bytes())));
    assert_eq!((kept.name.as_str(), kept.bytes), ("vendor", u64::try_from(PRICES.len()).unwrap()));
    assert_eq!(kept.content_type.as_deref(), Some("application/json"));
    assert!(kept.location.starts_with("http://127.0.0.1:") && kept.fetched_at > 1_700_000_000_000);
    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(archive.read(&kept.sha256).unwrap(), PRICES.as_bytes());
    fs::write(folder.path().join(&kept.sha256), "other").unwrap();
    assert!(archive.read(&kept.sha256).is_err(), "what is not what its name says is no evidence");
}

#[test]
fn trouble_that_passes_is_waited_out() {
    let trouble = || {
        [
            Reply::Silence(Duration::from_millis(1_300)),
            Reply::Answer("503 Service Unavailable", "text/html", "<html>".to_string()),
            Reply::Answer("429 Too Many Requests", "text/html", String::new()),
            Reply::Hangup,
            Reply::Half("application/json", PRICES.to_string(), 40),
        ]
    };
    for reply in trouble() {
        let (quotes, asked, _) = gathered(vec![reply, Reply::json(PRICES)]);
        assert_eq!((quotes.unwrap().len(), asked), (2, 2));
    }
}

#[test]
fn trouble_that_stays_is_an_error_after_the_last_attempt_and_the_pauses_double() {
    let dead = || Reply::Answer("500 Internal Server Error", "text/plain", String::new());
    let began = Instant::now();
    let (error, _) = refusal(vec![dead(), dead(), dead()]);
    assert_eq!(error, "source_failed: vendor: status 500 Internal Server Error (attempt 3)");
    assert!(began.elapsed() >= Duration::from_millis(30), "10 ms, then 20 ms");
    let silent = || Reply::Silence(Duration::from_millis(1_300));
    let (error, _) = refusal(vec![silent(), silent(), silent()]);
    assert_eq!(error, "source_failed: vendor: timed out (attempt 3)");
    let half = || Reply::Half("application/json", PRICES.to_string(), 40);
    let (error, folder) = refusal(vec![half(), half(), half()]);
    assert!(error.ends_with("(attempt 3)"), "{error}");
    assert_eq!(log(folder.path()), [], "half an answer is no evidence");
}

#[test]
fn what_will_not_pass_is_not_asked_for_again() {
    let gone = Reply::Answer("404 Not Found", "application/json", "{}".to_string());
    let (result, asked, _) = gathered(vec![gone, Reply::json(PRICES)]);
    assert_eq!(result.unwrap_err().to_string(), "source_failed: vendor: status 404 Not Found");
    assert_eq!(asked, 1);
}

#[test]
fn a_wrong_content_type_is_refused_and_kept() {
    let (error, folder) = refusal(vec![Reply::Answer("200 OK", "text/html", PRICES.to_string())]);
    assert_eq!(error, "source_failed: vendor: content type \"text/html\", not application/json");
    assert_eq!(log(folder.path()).len(), 1);
    let (error, _) = refusal(vec![Reply::Answer("200 OK", "", PRICES.to_string())]);
    assert_eq!(error, "source_failed: vendor: no content type, not application/json");
}

#[test]
fn an_answer_longer_than_any_is_refused_without_being_read() {
    let (error, folder) = refusal(vec![Reply::json(&" ".repeat(16 * 1024 * 1024 + 1))]);
    assert!(error.starts_with("source_failed: vendor: ") && error.ends_with(": 16777216"), "{error}");
    assert_eq!(log(folder.path()), []);
}

#[test]
fn a_partial_answer_is_refused_whole() {
    let refused = |body: &str| refusal(vec![Reply::json(body)]).0.replace("source_failed: vendor: ", "");
    let one = r#"{"data":[{"id":"gpt-9","pricing":{"prompt":"1e-6","completion":"1e-5"}}]}"#;
    assert_eq!(refused(one), "partial answer: no gpt-9-mini");
    let no_price = PRICES.replace("\"prompt\":2.5e-07,", "");
    assert_eq!(refused(&no_price), "row 2: no input");
    let fine = PRICES.replace("2.5e-07", "2.5e-13");
    assert_eq!(refused(&fine), "row 2: input \"2.5e-13\" is not a price with up to six decimals");
    assert_eq!(refused(r#"{"models":[]}"#), "nothing at \"/data\"");
    assert!(refused("<html>").starts_with("not JSON"));
    let twice = r#"{"data":[{"id":"gpt-9","pricing":{"prompt":1,"completion":1}},{"id":"gpt-9","pricing":{"prompt":1,"completion":2}},{"id":"gpt-9-mini","pricing":{"prompt":1,"completion":2}}]}"#;
    assert!(refused(twice).starts_with("sources_disagree: openai gpt-9 from 2026-07-30"));
}

#[test]
fn a_server_that_is_not_there_is_an_error() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let fetcher = Fetcher::new(PATIENCE, None);
    let error = gather(&sources(&format!("http://127.0.0.1:{port}/")), &fetcher, date()).err().unwrap();
    assert!(error.to_string().starts_with("source_failed: vendor: "), "{error}");
}

/// A record of two models, and the vendor's page beside it.
fn with_record(page: &str) -> Result<Vec<String>, Error> {
    let folder = tempdir().unwrap();
    let record = "date,vendor,model,input,cached_input,output\n2026-01-01,openai,gpt-9,1.25,0.125,10\n\
                  2026-01-01,openai,gpt-9-mini,9,,9\n2026-01-01,openai,gpt-8,1,1,1\n";
    fs::write(folder.path().join("record.csv"), record).unwrap();
    let server = Server::new(vec![Reply::json(page)]);
    let mut both =
        Sources::parse("[[source]]\nname = \"record\"\nfile = \"record.csv\"\nform = \"list_prices_csv\"\n").unwrap();
    both.list[0].file = Some(folder.path().join("record.csv"));
    both.list.extend(sources(&server.url).list);
    let gathered = gather(&both, &Fetcher::new(PATIENCE, None), date())?;
    Ok(gathered.leaves.iter().map(|leaf| leaf.quote.to_string()).collect())
}

#[test]
fn a_price_read_today_is_a_new_row_of_the_record_only_where_it_changed_and_what_a_page_leaves_out_stays_listed() {
    let rows = with_record(PRICES).unwrap();
    let expected = [
        "openai gpt-8 from 2026-01-01",
        "openai gpt-9 from 2026-01-01",
        "openai gpt-9-mini from 2026-01-01",
        "openai gpt-9-mini from 2026-07-30",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_mapping_file_that_does_not_hold_together_is_refused() {
    let refused = |text: &str| Sources::parse(text).unwrap_err();
    let file = "[[source]]\nname = \"a\"\nfile = \"f\"\nform = \"list_prices_csv\"\n";
    assert!(Sources::parse(file).is_ok());
    assert!(refused("").contains("missing field `source`"));
    assert_eq!(refused(&format!("{file}{file}")), "two sources of one name");
    assert_eq!(refused(&format!("{file}url = \"http://x\"\n")), "source a: either a file or a url");
    let url = |url: &str| file.replace("file = \"f\"", &format!("url = \"{url}\""));
    assert_eq!(refused(&url("ftp://x")), "source a: its url is neither http:// nor https://");
    assert!(Sources::parse(&url("https://x")).is_ok());
    assert!(Sources::parse(&format!("{}authorities = \"ca.pem\"\n", url("https://x"))).is_ok());
    let plain = format!("{}authorities = \"ca.pem\"\n", url("http://x"));
    assert_eq!(refused(&plain), "source a: authorities are for an https:// url");
    let json = file.replace("list_prices_csv", "list_prices_json");
    assert_eq!(refused(&json), "source a: no field \"vendor\"");
    assert_eq!(refused(&format!("{file}take = [\"x\"]\n")), "source a: rows, take and per are for JSON forms");
    assert_eq!(refused(&format!("{file}fields.x = {{ value = \"y\" }}\n")), "source a: its form has no field \"x\"");
    assert!(refused(&format!("{file}tke = []\n")).contains("unknown field `tke`"));
}
