use aws_sdk_pinpointsmsvoicev2::config::{
    AsyncSleep, BehaviorVersion, Credentials, Region, SharedAsyncSleep, SharedCredentialsProvider, Sleep,
};

use super::*;
use crate::loopback::{Loopback, Then, deserted};

const PLANTED: &str = "+31612345678";

fn sms() -> Sms {
    Sms {
        identity: "Voorbeeld".to_owned(),
        to: PLANTED.to_owned(),
        text: "Herinnering van Voorbeeld".to_owned(),
        time_to_live_seconds: 3_600,
        context: vec![
            ("administration".to_owned(), "demo".to_owned()),
            ("notice".to_owned(), "d1.n3".to_owned()),
        ],
    }
}

/// Long enough for a loaded machine.
const PATIENT: Duration = Duration::from_secs(30);
const IMPATIENT: Duration = Duration::from_millis(400);

#[derive(Debug)]
struct Tokio;

impl AsyncSleep for Tokio {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration))
    }
}

fn texter(url: &str, timeout: Duration) -> EndUserMessaging {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let sdk = aws_types::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(Tokio))
        .build();
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(timeout)
        .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
        .build();
    EndUserMessaging::with_timeouts(&sdk, "tijdig".to_owned(), Some("texts".to_owned()), timeouts)
}

#[tokio::test]
async fn an_accepted_message_has_the_services_id() {
    let service =
        Loopback::start(Then::Answer { status: 200, headers: "", body: r#"{"MessageId":"862a-b"}"# }).await;
    let outcome = texter(&service.url(), PATIENT).send(&sms()).await;
    assert_eq!(outcome, SendOutcome::Accepted { message_id: "862a-b".to_owned() });

    let requests = service.requests();
    assert_eq!(requests.len(), 1);
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.to_lowercase().contains("x-amz-target: pinpointsmsvoicev2.sendtextmessage"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let expected = serde_json::json!({
        "DestinationPhoneNumber": PLANTED,
        "OriginationIdentity": "Voorbeeld",
        "MessageBody": "Herinnering van Voorbeeld",
        "MessageType": "TRANSACTIONAL",
        "TimeToLive": 3_600,
        "ConfigurationSetName": "texts",
        "Context": { "administration": "demo", "notice": "d1.n3", "stack": "tijdig" },
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn every_answer_is_sorted_and_tried_once() {
    use RefusalKind::{Address, Permanent, Temporary};
    let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
    let unknown = |reason: &str| SendOutcome::Unknown { reason: reason.to_owned() };
    let error = |status, body| Then::Answer { status, headers: "", body };
    let table = [
        (
            error(
                400,
                r#"{"__type":"ConflictException","Reason":"DESTINATION_PHONE_NUMBER_OPTED_OUT","Message":"+31612345678"}"#,
            ),
            refused("opted_out", Address),
        ),
        (
            error(400, r#"{"__type":"ConflictException","Reason":"RESOURCE_NOT_ACTIVE"}"#),
            refused("400 ConflictException", Permanent),
        ),
        (
            error(400, r#"{"__type":"ValidationException","Reason":"INVALID_PARAMETER"}"#),
            refused("400 ValidationException", Permanent),
        ),
        (
            error(400, r#"{"__type":"AccessDeniedException"}"#),
            refused("400 AccessDeniedException", Temporary),
        ),
        (error(400, r#"{"__type":"ThrottlingException"}"#), refused("400 ThrottlingException", Temporary)),
        (
            error(
                400,
                r#"{"__type":"ServiceQuotaExceededException","Reason":"MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"}"#,
            ),
            refused("400 ServiceQuotaExceededException", Temporary),
        ),
        (error(503, ""), refused("503 no_code", Temporary)),
        (error(500, r#"{"__type":"InternalServerException"}"#), unknown("500 InternalServerException")),
        (error(200, "{}"), unknown("answer_without_message_id")),
        (error(200, "<html>"), unknown("200 no_code")),
        (Then::Hang, unknown("timeout")),
        (Then::Reset, unknown("connection_broken")),
        (Then::Break, unknown("answer_not_understood")),
    ];
    for (then, expected) in table {
        let service = Loopback::start(then.clone()).await;
        let timeout = if matches!(then, Then::Hang) { IMPATIENT } else { PATIENT };
        let outcome = texter(&service.url(), timeout).send(&sms()).await;
        assert_eq!(outcome, expected, "{then:?}");
        assert_eq!(service.requests().len(), 1, "one attempt: {then:?}");
        assert!(!format!("{outcome:?}").contains(PLANTED));
    }
}

#[tokio::test]
async fn nothing_was_sent_when_there_was_no_connection() {
    let outcome = texter(&deserted().await, PATIENT).send(&sms()).await;
    let expected = SendOutcome::Refused { reason: "not_connected".to_owned(), kind: RefusalKind::Temporary };
    assert_eq!(outcome, expected);
}

#[test]
fn a_message_in_a_log_line_tells_nothing_about_a_person() {
    let shown = format!("{:?}", sms());
    assert!(!shown.contains(PLANTED) && !shown.contains("Herinnering"), "{shown}");
}
