//! Logs: one JSON object a line, on standard output.
//!
//! What is absent: bodies, names, addresses, paths with ids of the caller's making. Crates of others log
//! requests and answers below `warn`, so that is where they are cut off, whatever `TIJDIG_LOG` says.

use std::panic::PanicHookInfo;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{ConfigError, Environment};

/// Level of our own crates: `error`, `warn`, `info` (default), `debug`, `trace` or `off`.
pub const LOG: &str = "TIJDIG_LOG";

/// Our crates, beside the function's own.
const OWN: [&str; 8] =
    ["runtime", "contracts", "domain", "store", "outside", "formats", "pages", "documents"];

/// The span that puts the request's id on each line; lambda_runtime opens it at `info`.
const REQUEST_SPAN: &str = "lambda_runtime::layers::trace";

/// Why logs cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("logs were set up twice")]
    Twice(#[from] TryInitError),
}

/// Sends this process's logs to standard output. Once a process.
pub fn init(function: &'static str, environment: &Environment) -> Result<(), TelemetryError> {
    let level = environment.parse_optional(LOG)?.unwrap_or(LevelFilter::INFO);
    let lines = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    tracing_subscriber::registry().with(lines.with_filter(targets(function, level))).try_init()?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

fn targets(function: &str, level: LevelFilter) -> Targets {
    let crate_name = function.replace('-', "_");
    let own = OWN.into_iter().chain([crate_name.as_str()]).map(|name| (name.to_owned(), level));
    Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target(REQUEST_SPAN, LevelFilter::INFO)
        .with_targets(own)
}

/// The place and not the message: a message may quote the value that broke.
fn log_panic(panic: &PanicHookInfo<'_>) {
    match panic.location() {
        Some(at) => tracing::error!(file = at.file(), line = at.line(), "panicked"),
        None => tracing::error!("panicked"),
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn crates_of_others_never_log_below_a_warning() {
        let table = [
            (LevelFilter::INFO, "send_notice", Level::INFO, true),
            (LevelFilter::INFO, "send_notice::claim", Level::DEBUG, false),
            (LevelFilter::DEBUG, "send_notice", Level::DEBUG, true),
            (LevelFilter::DEBUG, "runtime::queue", Level::DEBUG, true),
            (LevelFilter::TRACE, "aws_smithy_runtime::client", Level::INFO, false),
            (LevelFilter::TRACE, "hyper::proto", Level::DEBUG, false),
            (LevelFilter::INFO, "aws_smithy_runtime::client", Level::WARN, true),
            (LevelFilter::ERROR, "aws_smithy_runtime::client", Level::WARN, false),
            (LevelFilter::INFO, REQUEST_SPAN, Level::INFO, true),
        ];
        for (level, target, event, shown) in table {
            assert_eq!(
                targets("send-notice", level).would_enable(target, &event),
                shown,
                "{level} {target} {event}"
            );
        }
    }

    #[test]
    fn a_level_that_is_none_is_refused_by_name() {
        let refused = init("relay", &Environment::of([(LOG, "loud")])).unwrap_err();
        assert!(refused.to_string().starts_with("environment variable TIJDIG_LOG "), "{refused}");
    }
}
