//! What is certain after one attempt to send something; and how the answers of AWS's services sort into it.

use std::error::Error;

use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::error::{ConnectorError, ProvideErrorMetadata, SdkError};

/// What is certain after one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The service answered that it took the message in, under this id.
    Accepted { message_id: String },
    /// It is certain that nothing was sent. The reason is a code: it holds no personal data.
    Refused { reason: String, kind: RefusalKind },
    /// The message may have been sent: the delivery event, if it comes, decides.
    Unknown { reason: String },
}

/// Whether the same message may be accepted later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    Permanent,
    Temporary,
    /// Nothing is sent to this address, whatever the message: it does not exist, or whoever has it said so.
    Address,
}

pub(crate) fn refused(kind: RefusalKind, reason: impl Into<String>) -> SendOutcome {
    SendOutcome::Refused { reason: reason.into(), kind }
}

/// An answer that is an error, or none. The service's own message is left out: it quotes addresses.
pub(crate) fn outcome_of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> SendOutcome {
    match error {
        SdkError::ConstructionFailure(_) => refused(RefusalKind::Permanent, "request_not_built"),
        SdkError::TimeoutError(_) => SendOutcome::Unknown { reason: "timeout".to_owned() },
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(connector) if never_connected(connector) => refused(RefusalKind::Temporary, "not_connected"),
            Some(_) | None => SendOutcome::Unknown { reason: "connection_broken".to_owned() },
        },
        SdkError::ResponseError(_) => SendOutcome::Unknown { reason: "answer_not_understood".to_owned() },
        SdkError::ServiceError(service) => {
            let code = service.err().code().filter(|code| is_plain_code(code)).unwrap_or("no_code");
            answered(service.raw().status().as_u16(), code)
        }
        _ => SendOutcome::Unknown { reason: "unknown_failure".to_owned() },
    }
}

/// Our own permission, our own rate or the account's pause: nothing is wrong with this message, it may go later.
const PASSING: [&str; 5] = [
    "TooManyRequestsException",
    "ThrottlingException",
    "Throttling",
    "SendingPausedException",
    "ServiceQuotaExceededException",
];

/// An error that the service itself answered.
pub(crate) fn answered(status: u16, code: &str) -> SendOutcome {
    let reason = format!("{status} {code}");
    match status {
        _ if PASSING.contains(&code) || code.starts_with("AccessDenied") => {
            refused(RefusalKind::Temporary, reason)
        }
        401 | 403 | 429 | 503 => refused(RefusalKind::Temporary, reason),
        408 => SendOutcome::Unknown { reason },
        400..=499 => refused(RefusalKind::Permanent, reason),
        _ => SendOutcome::Unknown { reason },
    }
}

pub(crate) fn is_plain_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// Name look-up, TCP and TLS come before the request: when one of them failed, nothing was sent.
fn never_connected(error: &ConnectorError) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = next {
        if let Some(client) = cause.downcast_ref::<hyper_util::client::legacy::Error>() {
            return client.is_connect();
        }
        next = cause.source();
    }
    false
}
