//! Amazon SES v2 (`SendEmail`, raw content).
//!
//! SES has no idempotency token and answers nothing that tells a repetition from a first try, so the SDK's retries
//! are off and every answer is sorted into sent, not sent and unknown.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::Builder;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};

use super::{Mail, Mailer, RefusalKind, SendOutcome, mime, tags};
use crate::outcome::{outcome_of, refused};

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
            return refused(RefusalKind::Permanent, "bad_tag");
        };
        let raw = match RawMessage::builder().data(Blob::new(message)).build() {
            Ok(raw) => raw,
            Err(_) => return refused(RefusalKind::Permanent, "not_written"),
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

#[cfg(test)]
#[path = "ses_tests.rs"]
mod tests;
