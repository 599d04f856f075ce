//! What every function's `main` begins with.

use aws_types::SdkConfig;

use crate::Error;
use crate::clock::Clock;
use crate::config::{ConfigError, Environment};
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

impl Start {
    /// The configuration of one service's client: at the address that `AWS_ENDPOINT_URL_{SERVICE}` names, where it is
    /// set, as the AWS SDKs read it. `service` is the service's id in capitals, such as `SESV2`.
    pub fn aws_for(&self, service: &str) -> Result<SdkConfig, ConfigError> {
        let endpoint = self.environment.optional(&format!("{}_{service}", crate::aws::ENDPOINT))?;
        Ok(match endpoint {
            Some(endpoint) => self.aws.to_builder().endpoint_url(endpoint).build(),
            None => self.aws.clone(),
        })
    }
}
