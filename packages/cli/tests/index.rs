//! `tokfut index` as its users run it: from quotes to the chain and back, with files and exit codes.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokfut_core::fixing::digest;

const RECORD: &str = include_str!("../../core/data/model_prices.csv");
const GOLDEN: &str = include_str!("../../core/data/tok_daily.csv");

/// A folder with a record of prices, its mapping file and the key files of the reference panel.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempdir().unwrap());
        desk.write("model_prices.csv", RECORD);
        let sources = "[[source]]\nname = \"record\"\nfile = \"model_prices.csv\"\nform = \"list_prices_csv\"\n";
        desk.write("sources.toml", sources);
        for publisher in 1..=7 {
            let secret = digest(format!("tokfut reference publisher {publisher}").as_bytes());
            let path = desk.write(&format!("key-{publisher}"), &hex::encode(secret));
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// `tokfut` with these words, in the folder.
    fn run(&self, words: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokfut"));
        command.args(words.split_whitespace()).current_dir(self.0.path());
        for variable in ["TOKFUT_PUBLISHER_KEY", "TOKFUT_DEPLOYMENT", "TOKFUT_NODE", "TOKFUT_FROM", "TOKFUT_KEYS"] {
            command.env_remove(variable);
        }
        command.output().unwrap()
    }

    fn ok(&self, words: &str) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it says where it fails with exit code 1.
    fn refused(&self, words: &str) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(1), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    }

    /// The answers to these steps on a fresh embedded chain.
    fn replay(&self, steps: &[String]) -> Vec<Value> {
        let file = self.write("story.jsonl", &(steps.join("\n") + "\n"));
        let said = self.ok(&format!("replay {}", file.display()));
        let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        answers.into_iter().inspect(|answer| assert_eq!(answer["ok"], true, "{answer}")).collect()
    }

    fn compute(&self) {
        self.ok("index compute --methodology TOK --sources sources.toml --date 2026-07-30 --out leaves.json");
    }
}

fn at(time: &str) -> String {
    json!({ "at": time }).to_string()
}

fn query(msg: &Value) -> String {
    json!({"query": {"contract": "oracle", "msg": msg}}).to_string()
}

/// A desk with the day's leaf file, what the reference oracle says in `oracle.json`, and all seven signatures.
fn signed() -> Desk {
    let desk = Desk::new();
    desk.compute();
    let answers =
        desk.replay(&[at("2026-07-30T12:00:01Z"), query(&json!({"config": {}})), query(&json!({"feed": {"feed": 1}}))]);
    desk.write("oracle.json", &json!({"config": answers[1]["data"], "feed": answers[2]["data"]}).to_string());
    for number in 1..=7 {
        desk.ok(&format!(
            "index sign --leaves leaves.json --oracle oracle.json --key-file key-{number} --journal journal --out signed-{number}.json"
        ));
    }
    desk
}

const ALL: &str = "signed-7.json signed-1.json signed-2.json signed-3.json signed-4.json signed-5.json signed-6.json";

#[test]
fn from_quotes_to_the_chain_and_back() {
    let desk = signed();
    assert_eq!(desk.ok(&format!("index verify --oracle oracle.json {ALL}")).lines().count(), 7);
    desk.ok(&format!("index relay --oracle oracle.json --step --out step.json {ALL}"));
    let step = fs::read_to_string(desk.path("step.json")).unwrap().trim().to_string();
    let finalise = json!({"exec": {"contract": "oracle", "from": "anyone", "msg": {"finalise": {"feed": 1}}}});
    let answers = desk.replay(&[
        at("2026-07-30T12:00:01Z"),
        step,
        at("2026-07-30T15:15:00Z"),
        finalise.to_string(),
        query(&json!({"latest": {"feed": 1}})),
    ]);
    assert_eq!(answers[4]["data"]["value"], "16745");
    desk.write("latest.json", &answers[4].to_string());
    let said =
        desk.ok("index recompute --methodology TOK --leaves leaves.json --chain latest.json --evidence evidence");
    assert!(said.contains("value        16745 (1.6745 USD per million benchmark tokens)\n"), "{said}");
    assert!(said.contains(answers[4]["data"]["inputs_root"].as_str().unwrap()), "{said}");
    for expected in ["16745", "1.6745"] {
        desk.ok(&format!("index recompute --methodology TOK --leaves leaves.json --expect {expected}"));
    }
    let wrong = desk.refused("index recompute --methodology TOK --leaves leaves.json --expect 1.6746");
    assert_eq!(wrong, "tokfut: differs: value: 1.6745, the command line has 1.6746\n");
    desk.write("latest.json", &answers[4].to_string().replace("16745", "16744"));
    let wrong = desk.refused("index recompute --methodology TOK --leaves leaves.json --chain latest.json");
    assert_eq!(wrong, "tokfut: differs: value: 1.6745, the chain has 1.6744\n");
}

#[test]
fn an_altered_leaf_and_missing_evidence_fail_the_check() {
    let desk = Desk::new();
    desk.compute();
    let text = fs::read_to_string(desk.path("leaves.json")).unwrap();
    let luna = "\"model\":\"gpt-5.6-luna\",\"since\":\"2026-07-30\",\"input\":\"0.2\"";
    assert!(text.contains(luna));
    desk.write("altered.json", &text.replace(luna, &luna.replace("0.2\"", "0.21\"")));
    let wrong = desk.refused("index recompute --methodology TOK --leaves altered.json");
    assert!(wrong.starts_with("tokfut: differs: constituent openai gpt-5.6-luna from 2026-07-30: "), "{wrong}");
    let wrong = desk.refused("index recompute --methodology TOK --leaves altered.json --against leaves.json");
    assert!(wrong.starts_with("tokfut: differs: constituent openai gpt-5.6-luna from 2026-07-30: "), "{wrong}");
    let wrong = desk.refused("index recompute --methodology TOK --leaves leaves.json --evidence elsewhere");
    assert!(wrong.starts_with("tokfut: differs: evidence of anthropic claude-3-haiku from 2025-10-10: "), "{wrong}");
    let wrong = desk.refused("index recompute --methodology GPH --leaves leaves.json");
    assert!(wrong.starts_with("tokfut: differs: methodology: "), "{wrong}");
}

#[test]
fn a_key_comes_from_a_private_file_or_the_environment_and_is_never_shown() {
    let desk = Desk::new();
    let secret = fs::read_to_string(desk.path("key-1")).unwrap();
    let public = desk.ok("index key --key-file key-1");
    assert!(public.starts_with("{\"scheme\":\"secp256k1\",\"key\":\"0") && !public.contains(&secret));
    fs::set_permissions(desk.path("key-1"), fs::Permissions::from_mode(0o644)).unwrap();
    let refused = desk.refused("index key --key-file key-1");
    assert_eq!(refused, "tokfut: key_refused: key-1 has mode 644: others have access to it. Say: chmod 600 key-1\n");
    assert!(desk.refused("index key").contains("TOKFUT_PUBLISHER_KEY is not set"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokfut"));
    let output = command.args(["index", "key"]).env("TOKFUT_PUBLISHER_KEY", &secret).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), public);
    let output = Command::new(env!("CARGO_BIN_EXE_tokfut"))
        .args(["index", "key"])
        .env("TOKFUT_PUBLISHER_KEY", format!("{secret}00"))
        .output()
        .unwrap();
    assert!(!output.status.success() && !String::from_utf8(output.stderr).unwrap().contains(&secret));
}

#[test]
fn a_second_answer_is_refused_and_the_message_goes_out_only_with_good_signatures() {
    let desk = signed();
    desk.compute();
    let sign = "index sign --leaves leaves.json --oracle oracle.json --key-file key-1 --journal journal";
    assert!(desk.refused(sign).starts_with("tokfut: already_signed: journal/"));
    let signed = fs::read_to_string(desk.path("signed-2.json")).unwrap();
    desk.write("signed-2.json", &signed.replace("\"16745\"", "\"16746\""));
    let refused = desk.refused(&format!("index relay --oracle oracle.json {ALL}"));
    let expected =
        "tokfut: signed-2.json: bad_observation: publisher 1 (publisher-2) did not sign this for round 293\n";
    assert_eq!(refused, expected);
}

#[test]
fn unattended_it_does_what_is_due_and_says_so() {
    let desk = signed();
    desk.write("publisher.toml", "methodologies = [\"tok-1.toml\"]\nsources = \"sources.toml\"\nkey_file = \"key-1\"\nstate = \"state\"\noracle = \"oracle.json\"\n");
    desk.write("tok-1.toml", &desk.ok("index methodology TOK"));
    // The feed's rounds begin at the anchor; today's has a window of three hours.
    let run = desk.run("index run --settings publisher.toml --outbox outbox --once");
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let waits = said.starts_with("waiting until ");
    assert!(waits || said.starts_with("answered: TOK round "), "{said}");
    let messages = fs::read_dir(desk.path("outbox")).unwrap().count();
    assert_eq!(messages, usize::from(!waits));
    assert!(desk.run("index run --settings nowhere.toml --outbox outbox --once").status.code() == Some(1));
}

#[test]
fn many_at_once_of_one_publisher_sign_one_answer() {
    let desk = signed();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut oracle: Value = serde_json::from_slice(&fs::read(desk.path("oracle.json")).unwrap()).unwrap();
    // A round has just begun.
    oracle["feed"]["config"]["anchor"] = (now - 60 - 200 * 86_400).into();
    oracle["feed"]["first_round"] = 0.into();
    desk.write("oracle.json", &oracle.to_string());
    desk.write("tok-1.toml", &desk.ok("index methodology TOK"));
    desk.write("publisher.toml", "methodologies = [\"tok-1.toml\"]\nsources = \"sources.toml\"\nkey_file = \"key-1\"\nstate = \"state\"\noracle = \"oracle.json\"\n");
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokfut"));
        let words = "index run --settings publisher.toml --outbox outbox --once";
        command.args(words.split_whitespace()).current_dir(desk.0.path()).output().unwrap()
    };
    let outputs: Vec<Output> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for output in outputs {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let files = |folder: &str| {
        let entries = fs::read_dir(desk.path(folder)).unwrap();
        entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect::<Vec<_>>()
    };
    let [journal, outbox, leaves] = ["state/journal", "outbox", "state/leaves"].map(files);
    assert_eq!((journal.len(), outbox.len(), leaves.len()), (1, 1, 1), "and nothing half written");
    // The leaf file that is left is the one that was signed.
    let [signed, leaves]: [Value; 2] = [&journal[0], &leaves[0]].map(|text| serde_json::from_str(text).unwrap());
    assert_eq!(signed["observation"]["observed_at"], leaves["observed_at"].to_string());
    assert_eq!(signed["observation"]["inputs_root"], leaves["root"]);
}

#[test]
fn the_history_is_that_of_the_golden_file_and_its_moves_are_explained() {
    let desk = Desk::new();
    assert_eq!(desk.ok("index history --quotes model_prices.csv --to 2026-09-30"), GOLDEN);
    let day = desk.ok("index explain --methodology TOK --quotes model_prices.csv --date 2026-09-01");
    let first = "TOK 2026-09-01: 1.7655 USD per million benchmark tokens, +0.0910 (+5.43 %) since 2026-08-31";
    assert_eq!(day.lines().next(), Some(first));
    let moves = desk.ok("index explain --methodology TOK --quotes model_prices.csv --from 2025-10-10 --to 2026-09-30");
    assert_eq!(moves.lines().filter(|line| line.contains(" since ")).count(), 3);
    desk.compute();
    let of_leaves = desk.ok("index explain --methodology TOK --quotes leaves.json --date 2026-07-30");
    assert_eq!(of_leaves, desk.ok("index explain --methodology TOK --quotes model_prices.csv --date 2026-07-30"));
    assert!(
        desk.refused("index explain --methodology TOK --quotes model_prices.csv --date 2025-10-09")
            .contains("invalid_span")
    );
}

#[test]
fn a_methodology_is_shown_as_it_stands_with_its_hash() {
    let desk = Desk::new();
    for name in ["TOK", "GPH", "CSX"] {
        let text = desk.ok(&format!("index methodology {name}"));
        assert_eq!(
            desk.ok(&format!("index methodology {name} --hash")),
            format!("{}\n", hex::encode(digest(text.as_bytes())))
        );
    }
    assert!(desk.refused("index methodology BTC").contains("no methodology BTC"));
}

#[test]
fn one_leaf_is_proved_with_the_hashes_beside_its_way() {
    let desk = Desk::new();
    desk.compute();
    let said = desk.ok("index prove --leaves leaves.json --at 60");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "xai grok-4-fast from 2025-10-10");
    let file: Value = serde_json::from_str(&fs::read_to_string(desk.path("leaves.json")).unwrap()).unwrap();
    assert_eq!(lines.last().unwrap().split_whitespace().nth(1), file["root"].as_str());
    assert!(desk.refused("index prove --leaves leaves.json --at 61").contains("there are 61 leaves, from 0"));
    assert!(Path::new(&desk.path("evidence")).is_dir());
}
