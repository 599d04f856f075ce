//! What every function's `main` begins with.

use aws_types::SdkConfig;

use crate::Error;
use crate::clock::Clock;
use crate::config::Environment;
use crate::{aws, telemetry};

/// What a function's handler is made of.
#[derive(Debug, Clone)]
pub struct Start {
    /// The function's name: its package, its queue and its log's `function`.
    pub function: &'static str,
    pub environment: Environment,
    pub clock: Clock,
    /// For the clients of AWS's services.
    pub aws: SdkConfig,
}

/// Begins a function: logs, clock, configuration of the clients. `function` is `env!("CARGO_PKG_NAME")`.
///
/// Fails where the environment lacks a variable or holds a wrong one, naming it.
pub fn start(function: &'static str) -> Result<Start, Error> {
    let environment = Environment::of_process();
    telemetry::init(function, &environment)?;
    Ok(Start {
        function,
        clock: Clock::from_environment(&environment)?,
        aws: aws::config(&environment)?,
        environment,
    })
}
