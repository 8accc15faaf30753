//! `tokfut`: the protocol's tools on the command line.

mod demo;
mod index;
mod node;
mod replay;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the exit codes mean.
const EXIT: &str =
    "EXIT: 0 done; 1 refused, `code: words` on standard error; 2 a wrong command line; 3 the node is not reached.";

/// Cash-settled futures on the price of AI compute, on chain.
#[derive(Parser)]
#[command(name = "tokfut", version, about, after_help = EXIT)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Replay(replay::Replay),
    Demo(demo::Demo),
    #[command(flatten)]
    OnChain(node::OnChain),
    Index(index::Index),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Replay(replay) => replay.run(),
        Command::Demo(demo) => demo.run(),
        Command::OnChain(command) => command.run(),
        Command::Index(index) => index.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tokfut: {error:#}");
            if node::session::is_unreachable(&error) { ExitCode::from(3) } else { ExitCode::FAILURE }
        }
    }
}
