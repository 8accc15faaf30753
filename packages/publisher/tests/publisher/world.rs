//! The embedded chain as a way to an oracle, and publishers of its reference panel.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tempfile::{TempDir, tempdir};
use tokfut_api::oracle::{ExecuteMsg, FixingResponse, QueryMsg, RoundResponse};
use tokfut_core::calendar::Date;
use tokfut_core::fixing::digest;
use tokfut_core::index::Methodology;
use tokfut_core::methodology;
use tokfut_core::time::Time;
use tokfut_embedded::{Contract, Failure, World};
use tokfut_publisher::{
    Error, Fetcher, Journal, Key, LeafFile, Oracle, Patience, Refusal, Relay, Signed, Sources, gather,
};

pub const RECORD: &str = include_str!("../../../core/data/model_prices.csv");
/// The feed of TOK.
pub const TOK: u32 = 1;

/// A chain that several relayers reach.
#[derive(Clone)]
pub struct Chain(pub Rc<RefCell<World>>);

impl Chain {
    pub fn reference() -> Self {
        Self(Rc::new(RefCell::new(World::reference().unwrap())))
    }

    pub fn at(&self, time: &str) {
        self.0.borrow_mut().advance_to(Time::parse(time).unwrap()).unwrap();
    }

    pub fn finalise(&self) -> FixingResponse {
        let message = ExecuteMsg::Finalise { feed: TOK, limit: None };
        let mut world = self.0.borrow_mut();
        world.execute(Contract::Oracle, "keeper", &message, &[]).unwrap();
        world.query(Contract::Oracle, &QueryMsg::Latest { feed: TOK }).unwrap()
    }

    pub fn answers(&self, round: u64) -> Vec<(u16, Option<u128>)> {
        let answer: RoundResponse =
            self.0.borrow().query(Contract::Oracle, &QueryMsg::Round { feed: TOK, round }).unwrap();
        answer.answers.iter().map(|answer| (answer.publisher, answer.value.map(|value| value.u128()))).collect()
    }
}

fn refusal(failure: Failure) -> Refusal {
    Refusal { code: failure.code, message: failure.message }
}

impl Relay for Chain {
    fn oracle(&mut self) -> Result<Oracle, Error> {
        let world = self.0.borrow();
        let config = world.query(Contract::Oracle, &QueryMsg::Config {}).map_err(refusal)?;
        let feed = world.query(Contract::Oracle, &QueryMsg::Feed { feed: TOK }).map_err(refusal)?;
        Ok(Oracle { config, feed })
    }

    fn block_seconds(&mut self) -> Result<u64, Refusal> {
        Ok(self.0.borrow().now().seconds())
    }

    fn round(&mut self, feed: u32, round: u64) -> Result<Option<RoundResponse>, Refusal> {
        self.0.borrow().query(Contract::Oracle, &QueryMsg::Round { feed, round }).map(Some).map_err(refusal)
    }

    fn submit(&mut self, message: &ExecuteMsg) -> Result<(), Refusal> {
        let sent = self.0.borrow_mut().execute(Contract::Oracle, "relayer", message, &[]);
        sent.map(drop).map_err(refusal)
    }
}

/// A folder with what a publisher has: the record, a mapping file, key files of the reference panel.
pub struct Office {
    pub folder: TempDir,
}

impl Office {
    pub fn new() -> Self {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("record.csv"), RECORD).unwrap();
        let sources = "[[source]]\nname = \"record\"\nfile = \"record.csv\"\nform = \"list_prices_csv\"\n";
        fs::write(folder.path().join("sources.toml"), sources).unwrap();
        fs::write(folder.path().join("tok-1.toml"), methodology::TOK).unwrap();
        // One that is not in force: the feed says which counts.
        fs::write(folder.path().join("tok-0.toml"), methodology::TOK.replace("entry_days = 10", "entry_days = 9"))
            .unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn leaves(&self, date: &str) -> LeafFile {
        let date = Date::parse(date).unwrap();
        let sources = Sources::load(&self.path("sources.toml")).unwrap();
        let gathered = gather(&sources, &Fetcher::new(Patience::default(), None), date).unwrap();
        LeafFile::compute(&tok(), gathered, date).unwrap()
    }

    /// What a publisher of the reference panel signs, in a journal of its own.
    pub fn signed(&self, oracle: &Oracle, file: &LeafFile, publisher: u16) -> Signed {
        self.journal(publisher).sign(oracle, file, &self.key(publisher), 0).unwrap()
    }

    pub fn journal(&self, publisher: u16) -> Journal {
        Journal::open(&self.path(&format!("journal-{publisher}"))).unwrap()
    }

    pub fn key(&self, publisher: u16) -> Key {
        Key::load(&self.key_file(publisher)).unwrap()
    }

    pub fn key_file(&self, publisher: u16) -> PathBuf {
        let secret = digest(format!("tokfut reference publisher {}", publisher + 1).as_bytes());
        key_file(&self.path(&format!("key-{publisher}")), &hex::encode(secret))
    }
}

/// Writes a key file that only its owner can read.
pub fn key_file(path: &Path, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    path.to_path_buf()
}

pub fn tok() -> Methodology {
    Methodology::parse(methodology::TOK).unwrap()
}
