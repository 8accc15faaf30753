//! `tokfut replay`: a file of steps on a fresh embedded chain.

mod expect;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, stdin, stdout};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use tokfut_scenario::replay::{Replay as Replaying, replay};

use crate::node::replay::NodeChain;

/// What the steps are and what the answers look like.
const MANUAL: &str = r#"
IN: JSON Lines, one step a line. Blank lines and lines that begin with # do nothing.
  {"at":"2026-07-30T15:00:00Z"}
      Begins the next block, at this protocol time (the same time is allowed, an earlier one is not). Messages share
      a block until the next such line; each is a transaction of its own. {"time":"...","height":35} instead of the
      time chooses the block's height too.
  {"exec":{"contract":"market","from":"alice","msg":{...},"funds":"1000000"}}
      Sends any message of the contracts' schemas to market, oracle or vault. Any name is a user, with 10^15 base units
      of the collateral (and of "uother") when first named; governance, guardian, treasury and administrator have
      those roles. funds: an amount of the collateral, or a list of {"denom","amount"}; none if absent.
  {"batch":{"from":"alice","calls":[{"contract":"market","msg":{...},"funds":"1000000"},...]}}
      Sends messages as one transaction: all of them happen, or none. Answers a list of data.
  {"query":{"contract":"vault","msg":{...}}}
      Asks any query of the schemas.
  {"fix":{"feed":"TOK","date":"2026-07-30","values":["1.6489",null,...]}}
      The reference panel of seven signs the feed's fixing of that date and user "relayer" submits it, publisher by
      publisher, in one transaction. values[i] is publisher i's; null is "unavailable"; missing ones stay silent.
  {"send":{"from":"mallory","to":"@vault","funds":"5"}}
      Sends coins past the contracts' messages.
  {"balance":"alice"}
      Asks what a user has of the collateral, in base units.
  {"records":"vault"}
      Asks for all that a contract stores: keys and values in hexadecimal.
  {"check":{}}
      Checks every invariant and answers the balance sheet and what was counted, or fails with broken_invariant.
  {"world":{...}}
      Before any other step: changes the reference deployment, e.g. {"start":"2026-07-01T00:00:00Z","balances":
      {"alice":"5000000"},"products":{"TOK":{"daily_limit":80000},"CSX":null}}. Objects are merged, null removes.
      Fields: start, clock, chain_id, denom, other_denom, balance, balances (by user), addresses (by name, users' and the
      contracts', as another chain has them), insurance (seed of the fund), insurance_share, oracle_timelock,
      dispute_bond, panel (publishers), products (by code), feeds (by symbol).
  A string "@alice", "@market", "@oracle", "@vault" anywhere in a message stands for the address.

OUT: one JSON line for each line in, numbered, and always the same.
  {"line":1,"ok":true,"data":...,"events":[{"type":"tf_fill","attributes":{...}},...]}
  {"line":2,"ok":false,"error":{"code":"insufficient_margin","message":"..."}}
  data is the response's data where that is JSON, or the query's answer, else null. Known addresses are written
  @name. A step that fails changes nothing, and the file goes on. error.code is the contract's own (clause 12 of the
  specification), or one of replay: invalid_step (no such step, or a field twice), invalid_world, invalid_name,
  invalid_message (no message of the contract), invalid_address, invalid_funds, insufficient_funds, reserved_name,
  unknown_contract, unknown_feed, clock_backwards, broken_invariant, contract_panicked, failed.

ON A REAL CHAIN (--deployment FILE): users are the test users of their names, given coins by the user "faucet" when
first named; "at" waits for that time, if it is ahead by no more than ten minutes of the clock on the wall, and does
nothing if it has passed; "world" does nothing; "check" answers the balance sheet. With --gas a message is not simulated
first, so that a refusal stands in a block. What happened there, `tokfut record` tells as a file of steps again.

EXIT: 0 once every line has been answered, whatever the answers; 1 if the file cannot be read, or an answer is not as
expected; 2 for a wrong command line."#;

/// Runs a file of steps on a fresh embedded chain, or on a real one, one answer a line.
#[derive(Args)]
#[command(after_long_help = MANUAL)]
pub struct Replay {
    /// JSON Lines; - is standard input.
    file: PathBuf,
    /// On the deployment of this file, as `deploy` writes it.
    #[arg(long, value_name = "FILE")]
    deployment: Option<PathBuf>,
    /// By another node than the deployment names.
    #[arg(long, value_name = "URL", requires = "deployment")]
    node: Option<String>,
    /// Sends each transaction with so much gas, without a simulation.
    #[arg(long, value_name = "AMOUNT", requires = "deployment")]
    gas: Option<u64>,
    /// Holds the answers against those of this file, and shows the first that differs instead of any answers.
    #[arg(long, value_name = "FILE", conflicts_with = "deployment")]
    expect: Option<PathBuf>,
}

impl Replay {
    /// Replays the file to standard output.
    ///
    /// # Errors
    /// If the file cannot be read or the output not written, or if an answer is not as expected.
    pub fn run(&self) -> anyhow::Result<()> {
        if let Some(expected) = &self.expect {
            return self.compare(expected);
        }
        let input: Box<dyn BufRead> = if self.file.as_os_str() == "-" {
            Box::new(stdin().lock())
        } else {
            let file = File::open(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
            Box::new(BufReader::new(file))
        };
        let output = stdout().lock();
        match &self.deployment {
            None => tokfut_embedded::replay::replay(input, BufWriter::new(output)),
            Some(deployment) => {
                let chain = NodeChain::open(deployment, self.node.as_deref(), self.gas)?;
                replay(Replaying::on(chain), input, output).map(drop)
            }
        }
    }

    fn compare(&self, expected: &Path) -> anyhow::Result<()> {
        let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
        let (steps, expected) = (read(&self.file)?, read(expected)?);
        let mut answers = Vec::new();
        tokfut_embedded::replay::replay(steps.as_bytes(), &mut answers)?;
        let count = expect::compare(&steps, &String::from_utf8(answers)?, &expected)?;
        println!("{count} answers are as expected");
        Ok(())
    }
}
