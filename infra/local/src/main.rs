//! `cargo dev`: all of Tijdig on one machine.

use std::process::ExitCode;

use clap::Parser;

use local::options::Options;

#[tokio::main]
async fn main() -> ExitCode {
    match local::run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo dev: {failure}");
            ExitCode::FAILURE
        }
    }
}
