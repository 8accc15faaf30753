//! A keeper: looks, plans, acts, round after round.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokfut_scenario::Failure;

use crate::action::Action;
use crate::batch::{Done, carry_out};
use crate::book::Book;
use crate::chain::{Chain, Moment};
use crate::checkpoint::Checkpoint;
use crate::duty::Duty;
use crate::look::Memory;
use crate::metrics::Metrics;
use crate::patience::Patience;
use crate::plan::plan;
use crate::submissions::Submissions;
use crate::together::together;
use crate::view::View;

/// Rounds in which `once` must have found its end.
const ROUNDS: u32 = 64;
/// The longest pause after failures of the way to the chain.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Transactions under way at once.
const UNDER_WAY: usize = 8;
/// Blocks from checkpoint to checkpoint.
const CHECKPOINT_EVERY: u64 = 20;

/// What a keeper is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it does.
    pub duties: BTreeSet<Duty>,
    /// It says what it would do, and does nothing.
    pub dry_run: bool,
    /// Where it keeps what it has read.
    pub checkpoint: Option<PathBuf>,
    /// Where submissions of observations come from.
    pub submissions: Option<PathBuf>,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Actions that were due, those that wait included.
    pub planned: usize,
    /// Actions tried; in a dry run, told.
    pub tried: usize,
    /// Those that were done.
    pub done: usize,
    /// Those that failed otherwise than because there was nothing to do.
    pub failed: usize,
}

/// A keeper on a chain.
pub struct Keeper<C> {
    chain: C,
    settings: Settings,
    submissions: Option<Submissions>,
    memory: Option<Memory>,
    /// The cursor of the last checkpoint.
    saved: Option<u64>,
    patience: Patience,
    metrics: Arc<Metrics>,
    log: Box<dyn FnMut(&Value)>,
}

impl<C: Chain> Keeper<C> {
    /// A keeper that tells each action to `log`, one JSON object each, without secrets.
    pub fn new(chain: C, settings: Settings, log: Box<dyn FnMut(&Value)>) -> Self {
        let submissions = settings.submissions.clone().map(Submissions::new);
        let (patience, metrics) = (Patience::default(), Arc::default());
        Self { chain, settings, submissions, memory: None, saved: None, patience, metrics, log }
    }

    /// What it counts.
    pub fn metrics(&self) -> Arc<Metrics> {
        self.metrics.clone()
    }

    /// The book, once it has looked.
    pub fn book(&self) -> Option<&Book> {
        self.memory.as_ref().map(|memory| &memory.book)
    }

    /// Looks at the chain.
    ///
    /// # Errors
    /// What the way to the chain fails with; the next look goes on from where this one came to.
    pub async fn look(&mut self) -> Result<View, Failure> {
        let moment = self.chain.moment().await?;
        let mut memory = match self.memory.take() {
            Some(memory) => memory,
            None => self.begin().await?,
        };
        if let Err(failure) = memory.follow(&self.chain).await {
            if failure.code != "too_far_behind" {
                self.memory = Some(memory);
                return Err(failure);
            }
            (self.log)(&json!({"event": "asked_anew", "message": failure.message}));
            memory = Memory::ask(&self.chain).await?;
        }
        let view = memory.look(&self.chain, moment).await;
        self.memory = Some(memory);
        let mut view = view?;
        if let Some(submissions) = &mut self.submissions {
            let (waiting, bad) = submissions.waiting(&self.chain).await?;
            view.submissions = waiting;
            for failure in bad {
                (self.log)(&json!({"event": failure.code, "message": failure.message}));
            }
        }
        self.measure(&view);
        Ok(view)
    }

    /// What there is to do of it, but for what is not tried again yet.
    pub fn plan(&self, view: &View) -> Vec<Action> {
        let all = plan(view, &self.settings.duties);
        all.into_iter().filter(|action| self.patience.allows(&action.key(), view.moment.height)).collect()
    }

    /// Does it, duty by duty; the transactions of one duty are under way at once.
    ///
    /// # Errors
    /// What the way to the chain fails with: what has not been done by then is planned again at the next look.
    pub async fn act(&mut self, moment: Moment, actions: Vec<Action>) -> Result<Round, Failure> {
        let mut round = Round { planned: actions.len(), tried: actions.len(), ..Round::default() };
        if self.settings.dry_run {
            actions.iter().for_each(|action| self.tell(moment, action, "would", &json!({})));
            return Ok(round);
        }
        for stage in stages(batches(actions)) {
            let results = together(stage.into_iter().map(|batch| carry_out(&self.chain, batch))).await;
            let mut end = Ok(());
            for (results, ended) in results {
                self.count_gas(&results);
                for (action, done) in results {
                    self.settle(moment, &action, done, &mut round);
                }
                end = end.and(ended.map_or(Ok(()), Err));
            }
            end?;
        }
        Ok(round)
    }

    /// Looks, plans and acts.
    ///
    /// # Errors
    /// As [`Keeper::look`] and [`Keeper::act`].
    pub async fn round(&mut self) -> Result<Round, Failure> {
        self.metrics.add("rounds_total", String::new(), 1);
        let result = self.try_round().await;
        if let Err(failure) = &result {
            self.metrics.add("round_failures_total", format!("code=\"{}\"", failure.code), 1);
            (self.log)(&json!({"event": "round_failed", "code": failure.code, "message": failure.message}));
        }
        result
    }

    async fn try_round(&mut self) -> Result<Round, Failure> {
        let view = self.look().await?;
        let planned = plan(&view, &self.settings.duties).len();
        let actions = self.plan(&view);
        self.patience.forget(view.moment.height);
        let round = self.act(view.moment, actions).await?;
        self.save(false)?;
        Ok(Round { planned, ..round })
    }

    /// Rounds until nothing is left that could be done now; the sum of them.
    ///
    /// # Errors
    /// As [`Keeper::round`]; `no_end` if after many rounds there is still something to do.
    pub async fn once(&mut self) -> Result<Round, Failure> {
        let mut sum = Round::default();
        for _ in 0..ROUNDS {
            let round = self.round().await?;
            sum.planned = sum.planned.max(round.planned);
            sum.tried = sum.tried.saturating_add(round.tried);
            sum.done = sum.done.saturating_add(round.done);
            sum.failed = sum.failed.saturating_add(round.failed);
            if round.done == 0 {
                self.save(true)?;
                return Ok(sum);
            }
        }
        Err(Failure::new("no_end", format!("after {ROUNDS} rounds there is still something to do")))
    }

    /// Rounds for ever, with this pause after each; after failures of the way to the chain it doubles, up to a minute.
    pub async fn run(&mut self, pause: Duration) {
        let mut wait = pause;
        loop {
            wait = match self.round().await {
                Ok(_) => pause,
                Err(_) => wait.saturating_mul(2).clamp(pause, LONGEST_PAUSE.max(pause)),
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn begin(&mut self) -> Result<Memory, Failure> {
        let checkpoint = match &self.settings.checkpoint {
            Some(path) => Checkpoint::load(path, &self.chain.identity()),
            None => Ok(None),
        };
        match checkpoint {
            Ok(Some(checkpoint)) => return Ok(Memory::resume(checkpoint)),
            Ok(None) => {}
            // It can be made anew.
            Err(failure) => (self.log)(&json!({"event": failure.code, "message": failure.message})),
        }
        Memory::ask(&self.chain).await
    }

    fn save(&mut self, now: bool) -> Result<(), Failure> {
        let (Some(path), Some(memory)) = (&self.settings.checkpoint, &self.memory) else { return Ok(()) };
        let due = self.saved.is_none_or(|saved| memory.cursor >= saved.saturating_add(CHECKPOINT_EVERY));
        if self.settings.dry_run || !(due || now) {
            return Ok(());
        }
        let (identity, cursor, book) = (self.chain.identity(), memory.cursor, memory.book.clone());
        Checkpoint { identity, cursor, book }.save(path)?;
        self.saved = Some(cursor);
        Ok(())
    }

    /// Counts a transaction once, whatever the number of actions in it.
    fn count_gas(&self, results: &[(Action, Done)]) {
        let sent = results.iter().filter_map(|(_, done)| match done {
            Done::Sent(sent) => Some((sent.hash.as_str(), sent.gas)),
            _ => None,
        });
        let gas = sent.collect::<BTreeMap<_, _>>().into_values().fold(0, u64::saturating_add);
        self.metrics.add("gas_total", String::new(), gas);
    }

    fn settle(&mut self, moment: Moment, action: &Action, done: Done, round: &mut Round) {
        let key = action.key();
        match done {
            Done::Sent(sent) => {
                self.patience.done(&key);
                if let (Action::Touch(account), Some(memory)) = (action, &mut self.memory) {
                    memory.book.touched(*account);
                }
                round.done = round.done.saturating_add(1);
                self.tell(moment, action, "done", &json!({"tx": sent.hash, "gas": sent.gas}));
            }
            Done::Nothing(code) => {
                self.patience.refused(key, moment.height);
                self.tell(moment, action, "nothing", &json!({"code": code}));
            }
            Done::TooBig => {
                self.patience.failed(key, moment.height);
                round.failed = round.failed.saturating_add(1);
                self.tell(moment, action, "too_big", &json!({"code": "out_of_gas"}));
            }
            Done::Failed(failure) => {
                self.patience.failed(key, moment.height);
                round.failed = round.failed.saturating_add(1);
                self.tell(moment, action, "failed", &json!({"code": failure.code, "message": failure.message}));
            }
        }
    }

    fn tell(&mut self, moment: Moment, action: &Action, result: &str, more: &Value) {
        self.metrics.action(action.duty(), result);
        let mut line = json!({
            "time": moment.time.to_string(), "height": moment.height,
            "duty": action.duty().name(), "what": action.to_string(), "result": result,
        });
        if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
            line.extend(more.clone());
        }
        (self.log)(&line);
    }

    fn measure(&self, view: &View) {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.metrics.set("height", view.moment.height);
        self.metrics.set("protocol_time_seconds", view.moment.time.seconds());
        self.metrics.set("unhealthy_accounts", number(view.accounts.len()));
        self.metrics.set("waiting_actions", number(self.patience.waiting(view.moment.height)));
        if let Some(memory) = &self.memory {
            self.metrics.set("cursor", memory.cursor);
            self.metrics.set("accounts", number(memory.book.accounts().count()));
            self.metrics.set("positions", number(memory.book.positions_len()));
            self.metrics.set("orders", number(memory.book.orders().count()));
        }
    }
}

/// Neighbours of one duty together, as many as a transaction takes at first.
fn batches(actions: Vec<Action>) -> Vec<Vec<Action>> {
    let mut batches: Vec<Vec<Action>> = Vec::new();
    for action in actions {
        let duty = action.duty();
        match batches.last_mut() {
            Some(batch) if batch.len() < duty.batch() && batch.first().is_some_and(|first| first.duty() == duty) => {
                batch.push(action);
            }
            _ => batches.push(vec![action]),
        }
    }
    batches
}

/// Neighbours of one duty that may be under way at once: they do not wait for one another, and what comes after them may.
fn stages(batches: Vec<Vec<Action>>) -> Vec<Vec<Vec<Action>>> {
    let duty = |batch: &Vec<Action>| batch.first().map(Action::duty);
    let mut stages: Vec<Vec<Vec<Action>>> = Vec::new();
    for batch in batches {
        match stages.last_mut() {
            Some(stage) if stage.len() < UNDER_WAY && stage.first().map(duty) == Some(duty(&batch)) => {
                stage.push(batch)
            }
            _ => stages.push(vec![batch]),
        }
    }
    stages
}
