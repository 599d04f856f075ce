//! Functions that take one event as it is: schedules, streams, authorizers.

use std::time::{Duration, SystemTime};

use contracts::failure::Failure;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// When this invocation is ended, whatever it is doing.
///
/// This is the machine's time, not the calendar's: a moved [`Clock`](crate::clock::Clock) does not move it.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    at: SystemTime,
}

impl Deadline {
    pub fn at(at: SystemTime) -> Deadline {
        Deadline { at }
    }

    /// So much time from now.
    pub fn after(time: Duration) -> Deadline {
        Deadline { at: SystemTime::now() + time }
    }

    /// Whether less than `time` is left: stop beginning new work then.
    pub fn is_within(&self, time: Duration) -> bool {
        SystemTime::now() + time >= self.at
    }
}

/// Answers invocations by `handle` until the process is ended. A failure is reported by its code and its
/// `Display`, which holds no personal data, and the service that invoked decides on trying again.
pub async fn run<E, A, F, Fut>(handle: F) -> Result<(), Error>
where
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(E, Deadline) -> Fut,
    Fut: Future<Output = Result<A, Failure>>,
{
    let handle = &handle;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| {
        let answer = handle(event.payload, Deadline::at(event.context.deadline()));
        async move {
            answer.await.map_err(|failure| Diagnostic {
                error_type: failure.code().to_owned(),
                error_message: failure.to_string(),
            })
        }
    }))
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_near_before_it_is_there() {
        let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(60));
        for (seconds, near) in [(0, false), (2, false), (59, false), (61, true)] {
            assert_eq!(deadline.is_within(Duration::from_secs(seconds)), near, "{seconds}");
        }
    }
}
