//! The publisher left alone: rounds, failures, restarts, a second one at once.

use std::fs;
use std::time::Duration;

use tokfut_api::oracle::{Change, ExecuteMsg, RoundResponse};
use tokfut_core::time::Time;
use tokfut_embedded::Contract;
use tokfut_publisher::{
    Delivered, Error, LeafFile, Oracle, Patience, Publisher, Refusal, Relay, Settings, Signed, Step, deliver,
};

use crate::server::{Reply, Server};
use crate::world::{Chain, Office, RECORD, TOK};

const PATIENCE: Patience = Patience { timeout: Duration::from_secs(5), attempts: 1, backoff: Duration::from_millis(1) };

fn settings(office: &Office, publisher: u16) -> Settings {
    Settings {
        methodologies: vec![office.path("tok-0.toml"), office.path("tok-1.toml")],
        sources: office.path("sources.toml"),
        key_file: Some(office.key_file(publisher)),
        state: office.path("state"),
        oracle: None,
        give_up_after: None,
    }
}

fn open(office: &Office) -> Publisher {
    Publisher::open(&settings(office, 0), PATIENCE).unwrap()
}

/// A step at a time, of the chain too, in short: what it came to.
fn step(publisher: &Publisher, chain: &Chain, time: &str) -> String {
    chain.at(time);
    step_by(publisher, &mut chain.clone())
}

fn step_by(publisher: &Publisher, relay: &mut dyn Relay) -> String {
    match publisher.step(relay).unwrap() {
        Step::Waiting { until } => format!("until {until}"),
        Step::Answered { signed, delivered } => {
            let by = if delivered == Delivered::Before { "before" } else { "now" };
            format!("{} {} {by}", signed.round, signed.observation.value)
        }
        Step::NotYet(error) => error.to_string(),
    }
}

#[test]
fn each_round_is_answered_once_with_the_days_fixing() {
    let (chain, office) = (Chain::reference(), Office::new());
    let publisher = open(&office);
    assert_eq!(step(&publisher, &chain, "2026-07-28T11:59:59Z"), "until 2026-07-28T12:00:00Z");
    assert_eq!(step(&publisher, &chain, "2026-07-28T12:00:00Z"), "291 18183 now");
    assert_eq!(step(&publisher, &chain, "2026-07-28T12:00:30Z"), "until 2026-07-29T12:00:00Z");
    assert_eq!(step(&publisher, &chain, "2026-07-29T13:59:59Z"), "292 18183 now");
    assert_eq!(step(&publisher, &chain, "2026-07-30T12:00:01Z"), "293 16745 now");
    // A day slept through is not made up for.
    assert_eq!(step(&publisher, &chain, "2026-07-31T15:00:00Z"), "until 2026-08-01T12:00:00Z");
    assert_eq!(chain.answers(293), [(0, Some(16_745))]);
}

/// A way to the chain that fails so many times: at first, then before a message is taken, then after it.
struct Frail {
    chain: Chain,
    away: u32,
    lost: u32,
    unheard: u32,
}

fn broken<T>() -> Result<T, Refusal> {
    Err(Refusal { code: "no_connection".to_string(), message: "broken".to_string() })
}

impl Relay for Frail {
    fn oracle(&mut self) -> Result<Oracle, Error> {
        if self.away > 0 {
            self.away -= 1;
            return Ok(broken()?);
        }
        self.chain.oracle()
    }

    fn block_seconds(&mut self) -> Result<u64, Refusal> {
        self.chain.block_seconds()
    }

    fn round(&mut self, feed: u32, round: u64) -> Result<Option<RoundResponse>, Refusal> {
        self.chain.round(feed, round)
    }

    fn submit(&mut self, message: &ExecuteMsg) -> Result<(), Refusal> {
        if self.lost > 0 {
            self.lost -= 1;
            return broken();
        }
        self.chain.submit(message)?;
        if self.unheard > 0 {
            self.unheard -= 1;
            return broken();
        }
        Ok(())
    }
}

#[test]
fn a_run_that_ends_anywhere_goes_on_with_what_it_has_signed() {
    let (chain, office) = (Chain::reference(), Office::new());
    let time = "2026-07-30T12:00:01Z";
    chain.at(time);
    let mut relay = Frail { chain: chain.clone(), away: 1, lost: 1, unheard: 1 };
    assert_eq!(step_by(&open(&office), &mut relay), "no_connection: broken", "a chain out of reach is no end");
    // The message is lost; the prices change; the publisher starts anew: what was signed is what is sent.
    assert_eq!(step_by(&open(&office), &mut relay), "no_connection: broken");
    fs::write(
        office.path("record.csv"),
        RECORD.replace("2026-07-30,openai,gpt-5.6-luna,0.2", "2026-07-30,openai,gpt-5.6-luna,0.9"),
    )
    .unwrap();
    // The message is taken, but its answer is not heard: sent again, it was there before.
    assert_eq!(step_by(&open(&office), &mut relay), "no_connection: broken");
    assert_eq!(step_by(&open(&office), &mut relay), "293 16745 before");
    assert_eq!(step_by(&open(&office), &mut relay), "until 2026-07-31T12:00:00Z");
    // The note of the delivery is lost: no harm.
    fs::remove_dir_all(office.path("state/sent")).unwrap();
    assert_eq!(step_by(&open(&office), &mut relay), "293 16745 before");
    // The leaf file was written, the journal not: the leaf file is what is signed.
    let (chain, office) = (Chain::reference(), Office::new());
    let leaves = office.path("state/leaves/2026-07-30.json");
    let publisher = open(&office);
    let early = LeafFile { observed_at: 5, ..office.leaves("2026-07-30") };
    fs::write(&leaves, early.text()).unwrap();
    assert_eq!(step(&publisher, &chain, time), "293 16745 now");
    assert_eq!(LeafFile::load(&leaves).unwrap(), early);
}

/// A way to a chain whose next block comes as soon as the oracle has been asked.
struct Boundary(Chain, &'static str);

impl Relay for Boundary {
    fn oracle(&mut self) -> Result<Oracle, Error> {
        let oracle = self.0.oracle();
        self.0.at(self.1);
        oracle
    }

    fn block_seconds(&mut self) -> Result<u64, Refusal> {
        self.0.block_seconds()
    }

    fn round(&mut self, feed: u32, round: u64) -> Result<Option<RoundResponse>, Refusal> {
        self.0.round(feed, round)
    }

    fn submit(&mut self, message: &ExecuteMsg) -> Result<(), Refusal> {
        self.0.submit(message)
    }
}

/// The chain on which the panel sits in reverse order from 30 July on.
fn rotated() -> Chain {
    let chain = Chain::reference();
    chain.at("2026-07-20T00:00:00Z");
    let mut publishers = tokfut_scenario::Panel::reference(7).unwrap().publishers();
    publishers.reverse();
    let from = Time::parse("2026-07-30T12:00:00Z").unwrap();
    let announce = ExecuteMsg::Announce { change: Change::Panel { feed: TOK, from, publishers } };
    chain.0.borrow_mut().execute(Contract::Oracle, "administrator", &announce, &[]).unwrap();
    chain
}

#[test]
fn a_panel_that_changes_as_the_publisher_looks_is_not_the_one_before() {
    let (chain, office) = (rotated(), Office::new());
    let publisher = open(&office);
    chain.at("2026-07-30T11:59:58Z");
    let mut boundary = Boundary(chain.clone(), "2026-07-30T12:00:00Z");
    assert_eq!(step_by(&publisher, &mut boundary), "until 2026-07-30T12:00:00Z");
    assert_eq!(step_by(&publisher, &mut boundary), "293 16745 now");
    assert_eq!(chain.answers(293), [(6, Some(16_745))]);
}

#[test]
fn what_was_signed_under_a_panel_that_is_not_the_rounds_may_be_signed_again() {
    let (mut chain, office) = (rotated(), Office::new());
    chain.at("2026-07-29T12:00:00Z");
    let outdated = chain.oracle().unwrap();
    let file = office.leaves("2026-07-30");
    let worthless = office.signed(&outdated, &file, 0);
    chain.at("2026-07-30T12:00:00Z");
    let oracle = chain.oracle().unwrap();
    let signed = office.signed(&oracle, &file, 0);
    assert_eq!((worthless.observation.publisher, signed.observation.publisher), (0, 6));
    assert!(worthless.verify(&oracle).is_err());
    // The two prove nothing against him, whatever is made of them.
    for (first, second) in [(&worthless, &signed), (&signed, &worthless)] {
        let observation =
            |signed: &Signed| tokfut_api::oracle::Observation { publisher: 6, ..signed.observation.clone() };
        let (first, second) = (observation(first), observation(second));
        let report = ExecuteMsg::ReportEquivocation { feed: TOK, round: 293, revision: 0, first, second };
        let refused = chain.0.borrow_mut().execute(Contract::Oracle, "mallory", &report, &[]).unwrap_err();
        assert_eq!(refused.code, "no_equivocation");
    }
    deliver(&mut chain, &[signed]).unwrap();
}

#[test]
fn a_feed_of_several_rounds_a_day_is_no_feed_of_leaf_files() {
    let (chain, office) = (Chain::reference(), Office::new());
    chain.at("2026-07-30T12:00:01Z");
    let mut oracle = chain.clone().oracle().unwrap();
    oracle.feed.config.interval = 43_200;
    let error = office.journal(0).sign(&oracle, &office.leaves("2026-07-30"), &office.key(0), 0).unwrap_err();
    assert_eq!(error.to_string(), "not_daily: feed TOK fixes every 43200 s, leaf files are of whole days");
}

#[test]
fn two_of_one_publisher_at_once_say_the_same() {
    let (chain, office) = (Chain::reference(), Office::new());
    let (one, other) = (open(&office), open(&office));
    assert_eq!(step(&one, &chain, "2026-07-30T12:00:01Z"), "293 16745 now");
    assert_eq!(step(&other, &chain, "2026-07-30T12:00:01Z"), "until 2026-07-31T12:00:00Z");
    fs::remove_dir_all(office.path("state/sent")).unwrap();
    fs::create_dir(office.path("state/sent")).unwrap();
    assert_eq!(step(&other, &chain, "2026-07-30T12:00:02Z"), "293 16745 before");
}

#[test]
fn a_publisher_without_quotes_tries_for_half_the_window_and_then_says_unavailable() {
    let (chain, office) = (Chain::reference(), Office::new());
    fs::rename(office.path("record.csv"), office.path("away.csv")).unwrap();
    let publisher = open(&office);
    let early = step(&publisher, &chain, "2026-07-30T12:59:59Z");
    assert!(early.starts_with("file_error: "), "{early}");
    assert_eq!(chain.answers(293), []);
    assert_eq!(step(&publisher, &chain, "2026-07-30T13:00:00Z"), "293 0 now");
    assert_eq!(chain.answers(293), [(0, None)]);
    // The next day it has them again.
    fs::rename(office.path("away.csv"), office.path("record.csv")).unwrap();
    assert_eq!(step(&publisher, &chain, "2026-07-31T12:00:00Z"), "294 16745 now");
}

#[test]
fn what_no_step_can_mend_ends_the_run() {
    let (chain, office) = (Chain::reference(), Office::new());
    chain.at("2026-07-30T12:00:01Z");
    let stranger = Publisher::open(&settings(&office, 7), PATIENCE).unwrap();
    let error = stranger.step(&mut chain.clone()).unwrap_err().to_string();
    assert!(error.starts_with("not_on_the_panel: "), "{error}");
    fs::write(office.path("tok-1.toml"), format!("{}# changed\n", tokfut_core::methodology::TOK)).unwrap();
    let elsewhere = Settings { state: office.path("other"), ..settings(&office, 0) };
    let outdated = Publisher::open(&elsewhere, PATIENCE).unwrap();
    let error = outdated.step(&mut chain.clone()).unwrap_err().to_string();
    assert!(error.starts_with("other_methodology: "), "{error}");
    assert_eq!(chain.answers(293), []);
}

impl Office {
    /// One more source: a vendor's page.
    fn reads_a_page(&self, url: &str) {
        let page = format!(
            "[[source]]\nname = \"page\"\nurl = \"{url}\"\nform = \"list_prices_json\"\n[source.fields]\n\
             vendor = {{ value = \"anthropic\" }}\nmodel = {{ at = \"/id\" }}\n\
             input = {{ at = \"/in\" }}\noutput = {{ at = \"/out\" }}\n"
        );
        let sources = fs::read_to_string(self.path("sources.toml")).unwrap() + &page;
        fs::write(self.path("sources.toml"), sources).unwrap();
    }
}

#[test]
fn a_price_read_from_a_page_stays_in_the_record_of_later_days_with_its_first_evidence() {
    let (chain, office) = (Chain::reference(), Office::new());
    let page = r#"[{"id":"claude-sonnet-5","in":3,"out":15}]"#;
    let server = Server::new(vec![Reply::json(page), Reply::json(&page.replace('3', "3.0"))]);
    office.reads_a_page(&server.url);
    let publisher = open(&office);
    // By the record claude-sonnet-5 costs 2 and 10 until September; by the page 3 and 15 from 30 July on: 1.395 USD a
    // BMT more, at a weight of 7 % and K = 0.886791.
    assert_eq!(step(&publisher, &chain, "2026-07-30T12:00:00Z"), "293 17611 now");
    assert_eq!(step(&publisher, &chain, "2026-07-31T12:00:00Z"), "294 17611 now");
    assert_eq!(server.end(), 2);
    let rows = |day: &str| {
        let file = LeafFile::load(&office.path(&format!("state/leaves/{day}.json"))).unwrap();
        let leaves = file.leaves.into_iter().filter(|leaf| leaf.quote.key().1 == "claude-sonnet-5");
        leaves.map(|leaf| (leaf.quote.to_string(), hex::encode(leaf.evidence))).collect::<Vec<_>>()
    };
    let read = rows("2026-07-30").pop().unwrap();
    assert_eq!(read.0, "anthropic claude-sonnet-5 from 2026-07-30");
    assert_eq!(rows("2026-07-31").pop().unwrap(), read, "no new row for the same price");
    assert!(office.path("state/evidence").join(read.1).exists());
}

#[test]
fn a_day_without_quotes_does_not_forget_what_was_read_before_it() {
    let (chain, office) = (Chain::reference(), Office::new());
    let record_alone = fs::read_to_string(office.path("sources.toml")).unwrap();
    let server = Server::new(vec![Reply::json(r#"[{"id":"claude-sonnet-5","in":3,"out":15}]"#)]);
    office.reads_a_page(&server.url);
    let publisher = open(&office);
    assert_eq!(step(&publisher, &chain, "2026-07-30T12:00:00Z"), "293 17611 now");
    server.end();
    assert_eq!(step(&publisher, &chain, "2026-07-31T13:00:00Z"), "294 0 now", "the page is gone: unavailable");
    fs::write(office.path("sources.toml"), record_alone).unwrap();
    assert_eq!(step(&publisher, &chain, "2026-08-01T12:00:00Z"), "295 17611 now");
}
