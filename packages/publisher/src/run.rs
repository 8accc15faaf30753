//! The publisher unattended: each round computed, signed once, delivered, through failures and restarts.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokfut_core::calendar::Date;
use tokfut_core::fixing::Stage;
use tokfut_core::index::{Methodology, Rule};
use tokfut_core::time::Time;

use crate::Error;
use crate::evidence::{Archive, write_new, write_whole};
use crate::fetch::{Fetcher, Patience};
use crate::gather::gather;
use crate::journal::{Journal, name};
use crate::key::Key;
use crate::leaves::LeafFile;
use crate::oracle::Oracle;
use crate::relay::{ANSWERED_OTHERWISE, Delivered, Relay, deliver};
use crate::sign::Signed;
use crate::source::{Form, Sources};

/// What a publisher is made of. Paths are relative to the file that this is read from.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The methodology files of one index: the one in force, and any announced to follow it. The feed says which
    /// counts.
    pub methodologies: Vec<PathBuf>,
    /// The mapping file of the sources.
    pub sources: PathBuf,
    /// The key file; none: the key is in the environment.
    pub key_file: Option<PathBuf>,
    /// The folder for evidence, leaf files, journal.
    pub state: PathBuf,
    /// The oracle's answers to `config` and `feed`, in a file; none where they are asked of a node.
    pub oracle: Option<PathBuf>,
    /// Seconds after the fixing time from which a publisher without a value says "unavailable"; half the window, if not
    /// given.
    pub give_up_after: Option<u64>,
}

impl Settings {
    /// Reads them.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(Error::file(path))?;
        let settings: Self = toml::from_str(&text).map_err(|error| Error::form(path, error.to_string().trim_end()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            methodologies: settings.methodologies.iter().map(|file| folder.join(file)).collect(),
            sources: folder.join(settings.sources),
            key_file: settings.key_file.map(|file| folder.join(file)),
            state: folder.join(settings.state),
            oracle: settings.oracle.map(|file| folder.join(file)),
            give_up_after: settings.give_up_after,
        })
    }
}

/// What a step came to.
#[derive(Debug)]
pub enum Step {
    /// Nothing to do before this time.
    Waiting {
        /// Protocol time.
        until: Time,
    },
    /// An answer is at the oracle.
    Answered {
        /// Which.
        signed: Box<Signed>,
        /// By whom it was brought.
        delivered: Delivered,
    },
    /// It did not work this time, for this reason, and is tried again at the next step.
    NotYet(Error),
}

/// A publisher at work on one feed.
pub struct Publisher {
    methodologies: Vec<Methodology>,
    sources: PathBuf,
    key: Key,
    state: PathBuf,
    give_up_after: Option<u64>,
    journal: Journal,
    fetcher: Fetcher,
}

impl Publisher {
    /// A publisher of these settings, on whatever its earlier runs have left in its state.
    pub fn open(settings: &Settings, patience: Patience) -> Result<Self, Error> {
        let Settings { methodologies, sources, key_file, state, oracle: _, give_up_after } = settings;
        let read = |path: &PathBuf| {
            let text = fs::read_to_string(path).map_err(Error::file(path))?;
            Methodology::parse(&text).map_err(|error| Error::form(path, error))
        };
        let methodologies = methodologies.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
        for folder in ["leaves", "sent"] {
            let folder = state.join(folder);
            fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        }
        Ok(Self {
            methodologies,
            sources: sources.clone(),
            key: key_file.as_deref().map_or_else(Key::from_environment, Key::load)?,
            state: state.clone(),
            give_up_after: *give_up_after,
            journal: Journal::open(&state.join("journal"))?,
            fetcher: Fetcher::new(patience, Some(Archive::open(&state.join("evidence"))?)),
        })
    }

    /// The symbol of its index; empty without any methodology.
    pub fn symbol(&self) -> &str {
        self.methodologies.first().map_or("", |methodology| &methodology.head().symbol)
    }

    /// The methodology that the feed has.
    fn methodology(&self, oracle: &Oracle) -> Result<&Methodology, Error> {
        let in_force = self.methodologies.iter().find(|methodology| methodology.hash == oracle.methodology());
        in_force.ok_or_else(|| {
            let here: Vec<String> = self.methodologies.iter().map(|known| hex::encode(known.hash)).collect();
            Error::Methodology { feed: hex::encode(oracle.methodology()), here: here.join(", ") }
        })
    }

    /// Does what is to be done now: at most one round, that of the latest fixing time.
    ///
    /// Order of writing: leaf file, journal, message, note of delivery. A run that ends between any two of them goes on
    /// from there; what was signed is what is sent.
    ///
    /// # Errors
    /// Only what no later step can mend. All else, a chain out of reach too, is [`Step::NotYet`].
    pub fn step(&self, relay: &mut dyn Relay) -> Result<Step, Error> {
        match self.try_step(relay) {
            Err(error) if !is_final(&error) => Ok(Step::NotYet(error)),
            done => done,
        }
    }

    fn try_step(&self, relay: &mut dyn Relay) -> Result<Step, Error> {
        // The time first: the panel and the methodology are then those of that time or later, and never of the round
        // before the one that the time is in.
        let block_seconds = relay.block_seconds()?;
        let oracle = relay.oracle()?;
        let (clock, now) = (oracle.clock(), oracle.now(block_seconds));
        let Some(round) = clock.at_or_before(now) else { return Ok(Step::Waiting { until: clock.anchor }) };
        let sent = self.state.join("sent").join(name(&oracle, &self.key, round, 0)?);
        if clock.stage(round, now)? == Stage::Closed || round < oracle.feed.first_round || sent.exists() {
            return Ok(Step::Waiting { until: clock.fixing_time(round.saturating_add(1))? });
        }
        let signed = self.answer(&oracle, round, now)?;
        let delivered = deliver(relay, core::slice::from_ref(&signed))?;
        write_whole(&sent, signed.text().as_bytes())?;
        Ok(Step::Answered { signed: Box::new(signed), delivered })
    }

    /// What was signed for the round, else what is signed now.
    fn answer(&self, oracle: &Oracle, round: u64, now: Time) -> Result<Signed, Error> {
        if let Some(signed) = self.journal.find(oracle, &self.key, round)? {
            return Ok(signed);
        }
        let fixing_time = oracle.clock().fixing_time(round)?;
        let path = self.leaves(fixing_time.date());
        if !path.exists() {
            // Of two programs at once the first one's is what both sign.
            write_new(&path, self.leaf_file(oracle, fixing_time, now)?.text().as_bytes())?;
        }
        let file = LeafFile::load(&path)?;
        self.journal.sign(oracle, &file, &self.key, 0)
    }

    fn leaf_file(&self, oracle: &Oracle, fixing_time: Time, now: Time) -> Result<LeafFile, Error> {
        let patience = self.give_up_after.unwrap_or(oracle.clock().window.div_ceil(2));
        let gives_up = now.saturating_since(fixing_time) >= patience;
        let date = fixing_time.date();
        let methodology = self.methodology(oracle)?;
        let computed = self
            .sources(methodology, date)
            .and_then(|sources| gather(&sources, &self.fetcher, date))
            .and_then(|gathered| LeafFile::compute(methodology, gathered, date));
        match computed {
            Ok(file) if file.fixing.is_none() && !gives_up => {
                Err(Error::Source { name: "all".to_string(), reason: "too few quotes for a fixing".to_string() })
            }
            Err(error) if !gives_up => Err(error),
            Ok(file) => Ok(file),
            Err(_) => Ok(LeafFile::unavailable(methodology, date)),
        }
    }

    /// The sources, and before them, for a basket that lives on a record, the leaf file of the latest earlier day that
    /// had any quotes: what was read of list prices since the record was made.
    fn sources(&self, methodology: &Methodology, date: Date) -> Result<Sources, Error> {
        let mut sources = Sources::load(&self.sources)?;
        if !matches!(methodology.rule, Rule::LinkedBasket(_)) {
            return Ok(sources);
        }
        let folder = self.state.join("leaves");
        let names = fs::read_dir(&folder).map_err(Error::file(&folder))?;
        let day = |name: &str| Date::parse(name.strip_suffix(".json")?).ok();
        let days = names.filter_map(|entry| day(entry.ok()?.file_name().to_str()?));
        let mut earlier: Vec<Date> = days.filter(|day| *day < date).collect();
        earlier.sort_unstable();
        for day in earlier.into_iter().rev() {
            let path = self.leaves(day);
            if !LeafFile::load(&path)?.leaves.is_empty() {
                sources.list.splice(..0, Sources::of_file(&path, Form::Leaves).list);
                break;
            }
        }
        Ok(sources)
    }

    fn leaves(&self, date: Date) -> PathBuf {
        self.state.join("leaves").join(format!("{date}.json"))
    }
}

/// What no later step can mend: somebody has to look.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Refused(refusal) => refusal.code == ANSWERED_OTHERWISE,
        Error::Key(_)
        | Error::NotOnPanel { .. }
        | Error::Methodology { .. }
        | Error::NotDaily { .. }
        | Error::AlreadySigned(_) => true,
        _ => false,
    }
}
