//! AWS End User Messaging (`SendTextMessage` of the API that is called Pinpoint SMS Voice v2).
//!
//! It has no idempotency token either, so the SDK's retries are off and every answer is sorted into sent, not sent and
//! unknown. Status events carry the context that a message was sent with.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_pinpointsmsvoicev2::Client;
use aws_sdk_pinpointsmsvoicev2::config::Builder;
use aws_sdk_pinpointsmsvoicev2::config::http::HttpResponse;
use aws_sdk_pinpointsmsvoicev2::config::retry::RetryConfig;
use aws_sdk_pinpointsmsvoicev2::config::timeout::TimeoutConfig;
use aws_sdk_pinpointsmsvoicev2::error::SdkError;
use aws_sdk_pinpointsmsvoicev2::operation::send_text_message::SendTextMessageError;
use aws_sdk_pinpointsmsvoicev2::types::{ConflictExceptionReason, MessageType};

use super::{Sms, Texter};
use crate::outcome::{RefusalKind, SendOutcome, outcome_of, refused};

/// The whole call, in seconds: well inside the time that a function gets for one message.
const OPERATION_SECONDS: u64 = 8;
const CONNECT_SECONDS: u64 = 3;

/// What the service takes as a time to live, in seconds.
const TIME_TO_LIVE: std::ops::RangeInclusive<u32> = 5..=259_200;

/// Sends through AWS End User Messaging.
#[derive(Debug, Clone)]
pub struct EndUserMessaging {
    client: Client,
    stack: String,
    configuration_set: Option<String>,
}

impl EndUserMessaging {
    /// Takes region, credentials, HTTP client and endpoint from `sdk`. Retries and timeouts are set here, whatever
    /// `sdk` says about them. `stack` goes into the context of every message: one account's events go to all of its stacks.
    pub fn new(
        sdk: &aws_types::SdkConfig,
        stack: String,
        configuration_set: Option<String>,
    ) -> EndUserMessaging {
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(Duration::from_secs(OPERATION_SECONDS))
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .build();
        EndUserMessaging::with_timeouts(sdk, stack, configuration_set, timeouts)
    }

    fn with_timeouts(
        sdk: &aws_types::SdkConfig,
        stack: String,
        configuration_set: Option<String>,
        timeouts: TimeoutConfig,
    ) -> EndUserMessaging {
        let config =
            Builder::from(sdk).retry_config(RetryConfig::disabled()).timeout_config(timeouts).build();
        EndUserMessaging { client: Client::from_conf(config), stack, configuration_set }
    }
}

#[async_trait]
impl Texter for EndUserMessaging {
    async fn send(&self, sms: &Sms) -> SendOutcome {
        let mut context: HashMap<String, String> = sms.context.iter().cloned().collect();
        context.insert("stack".to_owned(), self.stack.clone());
        let seconds = sms.time_to_live_seconds.clamp(*TIME_TO_LIVE.start(), *TIME_TO_LIVE.end());
        let answer = self
            .client
            .send_text_message()
            .destination_phone_number(&sms.to)
            .origination_identity(&sms.identity)
            .message_body(&sms.text)
            // Of what was agreed already: networks may keep back what is promotion.
            .message_type(MessageType::Transactional)
            .set_time_to_live(i32::try_from(seconds).ok())
            .set_configuration_set_name(self.configuration_set.clone())
            .set_context(Some(context))
            .send()
            .await;
        match answer {
            Ok(accepted) => match accepted.message_id {
                Some(message_id) => SendOutcome::Accepted { message_id },
                None => SendOutcome::Unknown { reason: "answer_without_message_id".to_owned() },
            },
            Err(error) => sorted(&error),
        }
    }
}

/// Whoever answered STOP, or whose number is blocked, gets no text message any more, whatever it says.
fn sorted(error: &SdkError<SendTextMessageError, HttpResponse>) -> SendOutcome {
    let conflict = match error.as_service_error() {
        Some(SendTextMessageError::ConflictException(conflict)) => conflict.reason(),
        _ => None,
    };
    match conflict {
        Some(ConflictExceptionReason::DestinationPhoneNumberOptedOut) => {
            refused(RefusalKind::Address, "opted_out")
        }
        Some(ConflictExceptionReason::DestinationPhoneNumberBlockedByProtectNumberOverride) => {
            refused(RefusalKind::Address, "number_blocked")
        }
        _ => outcome_of(error),
    }
}

#[cfg(test)]
#[path = "end_user_messaging_tests.rs"]
mod tests;
