//! `tokfut`: the protocol's tools on the command line.

mod demo;
mod index;
mod node;
mod replay;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the exit codes mean.
const EXIT: &str =
    "EXIT: 0 done; 1 refused, `code: words` on standard error; 2 a wrong command line; 3 the node is not reached.";

/// Refusals of the contracts whose numbers are amounts.
const IN_BASE_UNITS: [&str; 4] = ["insufficient_margin", "insufficient_free", "cash_below_zero", "money_missing"];

/// Cash-settled futures on the price of AI compute, on chain.
#[derive(Parser)]
#[command(name = "tokfut", version, about, after_help = EXIT)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Replay(replay::Replay),
    #[command(flatten)]
    OnChain(node::OnChain),
    Index(index::Index),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Replay(replay) => replay.run(),
        Command::OnChain(command) => command.run(),
        Command::Index(index) => index.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(io::ErrorKind::BrokenPipe) = error.downcast_ref::<io::Error>().map(io::Error::kind) {
                // Whoever reads has seen enough.
                return ExitCode::SUCCESS;
            }
            eprintln!("tokfut: {error:#}");
            let code = error.downcast_ref::<tokfut_client::Failure>().map(|failure| failure.code.as_str());
            if code.is_some_and(|code| IN_BASE_UNITS.contains(&code)) {
                eprintln!("        (amounts in base units: 1,000,000 are a coin)");
            }
            if node::session::is_unreachable(&error) { ExitCode::from(3) } else { ExitCode::FAILURE }
        }
    }
}
