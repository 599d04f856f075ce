//! What the command line says.

use std::path::PathBuf;

use clap::Parser;

/// Runs all of Tijdig on this machine: builds the functions, starts the local cloud, deploys infra/template.yaml to it, and follows the
/// functions' logs until Ctrl-C. Data stay for the next start.
#[derive(Debug, Parser)]
#[command(name = "cargo dev")]
pub struct Options {
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
