use aws_sdk_sesv2::config::{
    BehaviorVersion, Credentials, Region, SharedAsyncSleep, SharedCredentialsProvider,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_parser::MessageParser;

use super::*;
use crate::loopback::{Loopback, Then, deserted};

const PLANTED: &str = "j.devries@example.nl";

fn mail() -> Mail {
    Mail {
        from_name: "Energie".to_owned(),
        from_address: "facturen@energie.example".to_owned(),
        to: vec![PLANTED.to_owned()],
        reply_to: None,
        subject: "Herinnering".to_owned(),
        text: "Beste mevrouw".to_owned(),
        html: "<p>Beste mevrouw</p>".to_owned(),
        inline_images: Vec::new(),
        attachments: Vec::new(),
        tags: vec![
            ("administration".to_owned(), "demo".to_owned()),
            ("notice".to_owned(), "d1.n3".to_owned()),
        ],
    }
}

/// Long enough for a loaded machine.
const PATIENT: Duration = Duration::from_secs(30);
const IMPATIENT: Duration = Duration::from_millis(400);

fn mailer(url: &str) -> SesMailer {
    mailer_within(url, PATIENT)
}

fn mailer_within(url: &str, timeout: Duration) -> SesMailer {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let sdk = aws_types::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(aws_sleep::Tokio))
        .build();
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(timeout)
        .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
        .build();
    SesMailer::with_timeouts(&sdk, Some("notices".to_owned()), timeouts)
}

fn error(status: u16, headers: &'static str) -> Then {
    let body = r#"{"message":"Email address is not verified: j.devries@example.nl"}"#;
    Then::Answer { status, headers, body }
}

#[tokio::test]
async fn an_accepted_mail_has_the_services_id() {
    let ses =
        Loopback::start(Then::Answer { status: 200, headers: "", body: r#"{"MessageId":"0100-abc"}"# }).await;
    let outcome = mailer(&ses.url()).send(&mail()).await;
    assert_eq!(outcome, SendOutcome::Accepted { message_id: "0100-abc".to_owned() });

    let requests = ses.requests();
    assert_eq!(requests.len(), 1);
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v2/email/outbound-emails"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["ConfigurationSetName"], "notices");
    assert_eq!(body["Destination"]["ToAddresses"], serde_json::json!([PLANTED]));
    assert_eq!(
        body["EmailTags"],
        serde_json::json!([
            {"Name": "administration", "Value": "demo"},
            {"Name": "notice", "Value": "d1_-n3"},
        ])
    );
    let raw = BASE64_STANDARD.decode(body["Content"]["Raw"]["Data"].as_str().unwrap()).unwrap();
    let read = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(read.subject(), Some("Herinnering"));
    assert_eq!(read.body_text(0).unwrap().trim_end(), "Beste mevrouw");
}

#[tokio::test]
async fn every_answer_is_sorted_and_tried_once() {
    use RefusalKind::{Permanent, Temporary};
    let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
    let unknown = |reason: &str| SendOutcome::Unknown { reason: reason.to_owned() };
    let table = [
        (error(400, "x-amzn-ErrorType: MessageRejected\r\n"), refused("400 MessageRejected", Permanent)),
        (
            error(400, "x-amzn-ErrorType: BadRequestException\r\n"),
            refused("400 BadRequestException", Permanent),
        ),
        (error(404, "x-amzn-ErrorType: NotFoundException\r\n"), refused("404 NotFoundException", Permanent)),
        (error(400, ""), refused("400 no_code", Permanent)),
        (
            error(400, "x-amzn-ErrorType: SendingPausedException\r\n"),
            refused("400 SendingPausedException", Temporary),
        ),
        (
            error(400, "x-amzn-ErrorType: ThrottlingException\r\n"),
            refused("400 ThrottlingException", Temporary),
        ),
        (error(403, "x-amzn-ErrorType: AccessDenied\r\n"), refused("403 AccessDenied", Temporary)),
        (
            error(429, "x-amzn-ErrorType: TooManyRequestsException\r\n"),
            refused("429 TooManyRequestsException", Temporary),
        ),
        (error(503, ""), refused("503 no_code", Temporary)),
        (error(408, ""), unknown("408 no_code")),
        (error(500, ""), unknown("500 no_code")),
        (error(502, ""), unknown("502 no_code")),
        (Then::Answer { status: 200, headers: "", body: "{}" }, unknown("answer_without_message_id")),
        (Then::Answer { status: 200, headers: "", body: "<html>" }, unknown("200 no_code")),
        (Then::Hang, unknown("timeout")),
        (Then::Reset, unknown("connection_broken")),
        (Then::Break, unknown("answer_not_understood")),
    ];
    for (then, expected) in table {
        let ses = Loopback::start(then.clone()).await;
        let timeout = if matches!(then, Then::Hang) { IMPATIENT } else { PATIENT };
        let outcome = mailer_within(&ses.url(), timeout).send(&mail()).await;
        assert_eq!(outcome, expected, "{then:?}");
        assert_eq!(ses.requests().len(), 1, "one attempt: {then:?}");
        assert!(!format!("{outcome:?}").contains(PLANTED));
    }
}

#[tokio::test]
async fn nothing_was_sent_when_there_was_no_connection() {
    let outcome = mailer(&deserted().await).send(&mail()).await;
    let expected = SendOutcome::Refused { reason: "not_connected".to_owned(), kind: RefusalKind::Temporary };
    assert_eq!(outcome, expected);
}

#[tokio::test]
async fn a_mail_that_cannot_be_written_does_not_leave() {
    let ses = Loopback::start(Then::Hang).await;
    let table = [
        (Mail { to: Vec::new(), ..mail() }, "no_recipient"),
        (Mail { tags: vec![("notice".to_owned(), "d 1".to_owned())], ..mail() }, "bad_tag"),
        (Mail { tags: vec![("not.ice".to_owned(), "d1".to_owned())], ..mail() }, "bad_tag"),
    ];
    for (mail, reason) in table {
        let outcome = mailer(&ses.url()).send(&mail).await;
        let expected = SendOutcome::Refused { reason: reason.to_owned(), kind: RefusalKind::Permanent };
        assert_eq!(outcome, expected);
    }
    assert!(ses.requests().is_empty());
}

#[test]
fn a_mail_in_a_log_line_tells_nothing_about_a_person() {
    assert!(!format!("{:?}", mail()).contains("devries"));
}

/// The SDK's own default sleep, named so that the test does not lean on default features.
mod aws_sleep {
    use aws_sdk_sesv2::config::{AsyncSleep, Sleep};

    #[derive(Debug)]
    pub(super) struct Tokio;

    impl AsyncSleep for Tokio {
        fn sleep(&self, duration: std::time::Duration) -> Sleep {
            Sleep::new(tokio::time::sleep(duration))
        }
    }
}
