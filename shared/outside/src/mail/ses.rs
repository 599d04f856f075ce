//! Amazon SES v2 (`SendEmail`, raw content).
//!
//! SES has no idempotency token and answers nothing that tells a repetition from a first try, so the SDK's retries
//! are off and every answer is sorted into sent, not sent and unknown.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::Builder;
use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::{ConnectorError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};

use super::{Mail, Mailer, RefusalKind, SendOutcome, mime, tags};

/// The whole call, in seconds: well inside the time that a function gets for one message.
const OPERATION_SECONDS: u64 = 8;
const CONNECT_SECONDS: u64 = 3;

/// Sends through SES, under a configuration set that publishes the delivery events.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    configuration_set: Option<String>,
}

impl SesMailer {
    /// Takes region, credentials, HTTP client and endpoint from `sdk`. Retries and timeouts are set here, whatever
    /// `sdk` says about them.
    pub fn new(sdk: &aws_types::SdkConfig, configuration_set: Option<String>) -> SesMailer {
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(Duration::from_secs(OPERATION_SECONDS))
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .build();
        SesMailer::with_timeouts(sdk, configuration_set, timeouts)
    }

    fn with_timeouts(
        sdk: &aws_types::SdkConfig,
        configuration_set: Option<String>,
        timeouts: TimeoutConfig,
    ) -> SesMailer {
        let config =
            Builder::from(sdk).retry_config(RetryConfig::disabled()).timeout_config(timeouts).build();
        SesMailer { client: Client::from_conf(config), configuration_set }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: &Mail) -> SendOutcome {
        let message = match mime::write(mail) {
            Ok(message) => message,
            Err(error) => return refused(RefusalKind::Permanent, error.to_string()),
        };
        let Some(tags) = message_tags(mail) else {
            return refused(RefusalKind::Permanent, "bad_tag".to_owned());
        };
        let raw = match RawMessage::builder().data(Blob::new(message)).build() {
            Ok(raw) => raw,
            Err(_) => return refused(RefusalKind::Permanent, "not_written".to_owned()),
        };
        // The envelope is given, so that nothing in the headers decides who gets the mail.
        let answer = self
            .client
            .send_email()
            .from_email_address(&mail.from_address)
            .destination(Destination::builder().set_to_addresses(Some(mail.to.clone())).build())
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .set_email_tags(Some(tags))
            .send()
            .await;
        match answer {
            Ok(accepted) => match accepted.message_id {
                Some(message_id) => SendOutcome::Accepted { message_id },
                None => SendOutcome::Unknown { reason: "answer_without_message_id".to_owned() },
            },
            Err(error) => outcome_of(&error),
        }
    }
}

fn message_tags(mail: &Mail) -> Option<Vec<MessageTag>> {
    mail.tags
        .iter()
        .map(|(name, id)| {
            let value = tags::tag_value(id);
            if !tags::is_allowed(name) || !tags::is_allowed(&value) {
                return None;
            }
            MessageTag::builder().name(name).value(value).build().ok()
        })
        .collect()
}

fn refused(kind: RefusalKind, reason: String) -> SendOutcome {
    SendOutcome::Refused { reason, kind }
}

/// The service's own message is left out: it quotes addresses.
fn outcome_of(error: &SdkError<SendEmailError, HttpResponse>) -> SendOutcome {
    match error {
        SdkError::ConstructionFailure(_) => refused(RefusalKind::Permanent, "request_not_built".to_owned()),
        SdkError::TimeoutError(_) => SendOutcome::Unknown { reason: "timeout".to_owned() },
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(connector) if never_connected(connector) => {
                refused(RefusalKind::Temporary, "not_connected".to_owned())
            }
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

/// An error that SES itself answered.
fn answered(status: u16, code: &str) -> SendOutcome {
    let reason = format!("{status} {code}");
    let throttled = matches!(code, "TooManyRequestsException" | "ThrottlingException" | "Throttling");
    match status {
        // Our own permission or the account's pause: nothing is wrong with this mail, it may go later.
        _ if throttled || code == "SendingPausedException" => refused(RefusalKind::Temporary, reason),
        401 | 403 | 429 | 503 => refused(RefusalKind::Temporary, reason),
        408 => SendOutcome::Unknown { reason },
        400..=499 => refused(RefusalKind::Permanent, reason),
        _ => SendOutcome::Unknown { reason },
    }
}

fn is_plain_code(code: &str) -> bool {
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

#[cfg(test)]
#[path = "ses_tests.rs"]
mod tests;
