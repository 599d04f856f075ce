//! What the command line says.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::import::Import;

/// Runs all of Tijdig on this machine: builds the functions, starts the local cloud, deploys infra/template.yaml to it, and follows the
/// functions' logs until Ctrl-C. Data stay for the next start.
#[derive(Debug, Parser)]
#[command(name = "cargo dev")]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Throw away what earlier runs kept.
    #[arg(long)]
    pub fresh: bool,
    /// Start without demonstration data.
    #[arg(long)]
    pub empty: bool,
    /// Port of the front door on this machine; 0 takes a free one, and the ready line says which.
    #[arg(long, default_value_t = 8400)]
    pub port: u16,
    /// Folder for data; with another one a second instance can run beside the first. Default: .local in the workspace.
    #[arg(long)]
    pub state: Option<PathBuf>,
}

/// What can be done besides running everything here.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Import which municipality an address lies in, and through which platform it receives signals.
    Municipalities(Municipalities),
    /// Make an administration in a deployed stack, with a token for its accounting tool.
    Administration(NewAdministration),
    /// Import a file, and bring back what was refused.
    Import(Import),
    /// Make the desk's overview anew from what is stored. The address is in TIJDIG_URL, the token in TIJDIG_TOKEN
    /// (`.local/env` has both for the local run; a deployed stack is reached the same way).
    RebuildOverview,
}

/// One or both tables into a deployed stack's table. Region and credentials come from the environment, as for any AWS tool; run it
/// again when a new edition is published.
#[derive(Debug, Clone, Args)]
pub struct Municipalities {
    /// Statistics Netherlands' "Buurt, wijk en gemeente voor postcode huisnummer" (CSV with PC6, Huisnummer, Gemeente...).
    /// An import that broke off goes on where it was.
    #[arg(long, required_unless_present = "platforms")]
    pub postcodes: Option<PathBuf>,
    /// The directory: CSV with the columns municipality and provider (bkr or inforing), and, where something changes on a day,
    /// from and mergedInto.
    #[arg(long)]
    pub platforms: Option<PathBuf>,
    /// Name of the DynamoDB table: output TableName of the stack.
    #[arg(long)]
    pub table: String,
}

/// A new administration begins with the standard policy and rules. Region and credentials come from the environment. The
/// token is shown once: only its hash is kept.
#[derive(Debug, Clone, Args)]
pub struct NewAdministration {
    /// JSON: id, sector (energy, heat, water, rent, healthInsurance or other) and creditor, as
    /// infra/local/demonstration/administration.json.
    #[arg(long)]
    pub settings: PathBuf,
    /// Name of the DynamoDB table: output TableName of the stack.
    #[arg(long)]
    pub table: String,
}
