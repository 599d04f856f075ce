//! `cargo dev`: all of Tijdig on one machine.

use std::process::ExitCode;

use clap::Parser;

use local::options::{Command, Options};

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match &options.command {
        Some(Command::Administration(new)) => {
            local::provision::make_administration(new).await.map(|token| println!("token {token}"))
        }
        None => local::run(options).await,
        Some(Command::Import(import)) => {
            let taken = match local::install_cryptography() {
                Ok(()) => local::import::run(import).await,
                Err(failure) => Err(failure),
            };
            match taken {
                Ok(true) => Ok(()),
                // What was not taken in was told.
                Ok(false) => return ExitCode::FAILURE,
                Err(failure) => Err(failure),
            }
        }
        Some(Command::RebuildOverview) => match local::install_cryptography() {
            Ok(()) => local::rebuild::run().await,
            Err(failure) => Err(failure),
        },
        Some(Command::Municipalities(files)) => {
            local::municipalities::import_files(files).await.map(|imported| {
                let local::municipalities::Imported { postcodes, passed_over, municipalities } = imported;
                println!("imported {postcodes} postcodes ({passed_over} before) and {municipalities} municipalities");
            })
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo dev: {failure}");
            ExitCode::FAILURE
        }
    }
}
