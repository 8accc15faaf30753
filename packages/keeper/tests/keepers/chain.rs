//! The embedded chain as a keeper meets it, with faults to be had.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokfut_embedded::{Call, Contract, Failure};
use tokfut_keeper::{Chain, Duty, Followed, Keeper, Moment, Round, Sent, Settings};
use tokfut_testkit::TestWorld;

/// A way to the world for one keeper. It can be broken.
#[derive(Clone)]
pub struct Way {
    pub world: TestWorld,
    /// Who signs.
    pub from: String,
    /// So many more transactions go through, then the keeper is cut off.
    pub fuse: Rc<Cell<u32>>,
    /// Messages that fit in a transaction.
    pub gas: Rc<Cell<usize>>,
    /// A message that takes more gas than there is.
    pub heavy: Rc<RefCell<Option<Value>>>,
    /// How many messages each transaction that was tried had.
    pub tried: Rc<RefCell<Vec<usize>>>,
    /// Transactions under way, and the most that ever were.
    pub under_way: Rc<Cell<(usize, usize)>>,
}

impl Way {
    pub fn new(world: &TestWorld, from: &str) -> Self {
        let (fuse, gas) = (Rc::new(Cell::new(u32::MAX)), Rc::new(Cell::new(usize::MAX)));
        let (heavy, tried, under_way) = (Rc::default(), Rc::default(), Rc::default());
        Self { world: world.clone(), from: from.to_string(), fuse, gas, heavy, tried, under_way }
    }
}

impl Chain for Way {
    fn identity(&self) -> String {
        "embedded".to_string()
    }

    async fn moment(&self) -> Result<Moment, Failure> {
        let chain = self.world.chain();
        Ok(Moment { height: chain.height(), time: chain.now() })
    }

    async fn ask<R: DeserializeOwned>(&self, contract: Contract, query: &impl Serialize) -> Result<R, Failure> {
        self.world.chain().query(contract, query)
    }

    async fn transact(&self, calls: &[Call]) -> Result<Sent, Failure> {
        let (now, most) = self.under_way.get();
        self.under_way.set((now + 1, most.max(now + 1)));
        // A block is waited for.
        tokio::task::yield_now().await;
        self.under_way.set((self.under_way.get().0 - 1, self.under_way.get().1));
        let Some(left) = self.fuse.get().checked_sub(1) else {
            return Err(Failure::new("node_unreachable", "cut off"));
        };
        self.tried.borrow_mut().push(calls.len());
        let heavy = self.heavy.borrow();
        if calls.len() > self.gas.get() || calls.iter().any(|call| Some(&call.msg) == heavy.as_ref()) {
            return Err(Failure::new("out_of_gas", "out of gas in location: x"));
        }
        let attempt = self.world.tries_all(&self.from, calls.to_vec());
        attempt.result?;
        self.fuse.set(left);
        Ok(Sent { hash: "00".to_string(), gas: 1 })
    }

    /// Events are counted here, not blocks.
    async fn cursor(&self) -> Result<u64, Failure> {
        Ok(self.world.history().len().try_into().unwrap())
    }

    async fn follow(&self, cursor: u64) -> Result<Followed, Failure> {
        let history = self.world.history();
        let read = usize::try_from(cursor).unwrap();
        let events: Vec<_> = history[read..].iter().take(50).cloned().collect();
        let read = read + events.len();
        Ok(Followed { events, cursor: read.try_into().unwrap(), more: read < history.len() })
    }
}

/// What a keeper has told.
pub type Told = Rc<RefCell<Vec<Value>>>;

/// A keeper with all duties.
pub fn keeper(way: &Way) -> (Keeper<Way>, Told) {
    keeper_of(way, &Duty::ALL, None)
}

/// A keeper with some duties and perhaps a checkpoint.
pub fn keeper_of(way: &Way, duties: &[Duty], checkpoint: Option<&Path>) -> (Keeper<Way>, Told) {
    let settings = Settings {
        duties: duties.iter().copied().collect::<BTreeSet<_>>(),
        dry_run: false,
        checkpoint: checkpoint.map(Path::to_path_buf),
        submissions: None,
    };
    let told = Told::default();
    let log = told.clone();
    let log = Box::new(move |line: &Value| log.borrow_mut().push(line.clone()));
    (Keeper::new(way.clone(), settings, log), told)
}

/// Runs to its end what never waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// A keeper's round of rounds, in which nothing may fail.
pub fn turn(keeper: &mut Keeper<Way>) -> Round {
    let round = now(keeper.once()).unwrap();
    assert_eq!(round.failed, 0);
    round
}

/// A line of a keeper's log: the duty, what it was done to, what came of it.
pub fn said(line: &Value) -> [String; 3] {
    ["duty", "what", "result"].map(|key| line[key].as_str().unwrap_or_default().to_string())
}

/// The lines of a duty.
pub fn lines(told: &Told, duty: Duty) -> Vec<[String; 3]> {
    told.borrow().iter().map(said).filter(|line| line[0] == duty.name()).collect()
}
