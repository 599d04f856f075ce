use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region;

use super::*;
use crate::loopback::{Loopback, Then, deserted};

const PLANTED: &str = "+31612345678";

fn call() -> VoiceCall {
    VoiceCall {
        instance: "i-1".to_owned(),
        flow: "f-1".to_owned(),
        queue: None,
        from: Some("+31301234567".to_owned()),
        to: PLANTED.to_owned(),
        named: Named { administration: "demo".to_owned(), notice: "d1.n3".to_owned() },
        says: vec![("amount".to_owned(), "121.00".to_owned())],
        at: "2026-09-08T08:00:00Z".parse().unwrap(),
    }
}

/// Long enough for a loaded machine.
const PATIENT: Duration = Duration::from_secs(30);
const IMPATIENT: Duration = Duration::from_millis(400);

fn connect(url: &str, timeout: Duration) -> Connect {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let sdk = SdkConfig::builder()
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .build();
    Connect { sdk, stack: "tijdig".to_owned(), timeout }
}

fn answer(status: u16, body: &'static str) -> Then {
    Then::Answer { status, headers: "", body }
}

#[tokio::test]
async fn an_accepted_call_has_the_services_id_and_was_signed() {
    let service = Loopback::start(answer(200, r#"{"ContactId":"c-1"}"#)).await;
    let outcome = connect(&service.url(), PATIENT).call(&call()).await;
    assert_eq!(outcome, SendOutcome::Accepted { message_id: "c-1".to_owned() });

    let requests = service.requests();
    assert_eq!(requests.len(), 1);
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("PUT /contact/outbound-voice HTTP/1.1"), "{head}");
    let head = head.to_lowercase();
    assert!(head.contains("x-amz-date: 20260908t080000z"), "{head}");
    let scope = "credential=akidexample/20260908/eu-central-1/connect/aws4_request";
    assert!(head.contains("authorization: aws4-hmac-sha256") && head.contains(scope), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let expected = json!({
        "InstanceId": "i-1",
        "ContactFlowId": "f-1",
        "SourcePhoneNumber": "+31301234567",
        "DestinationPhoneNumber": PLANTED,
        "ClientToken": "tijdig/demo/d1.n3",
        "Attributes": {
            "administration": "demo", "notice": "d1.n3", "stack": "tijdig", "amount": "121.00",
        },
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn every_answer_is_sorted_and_tried_once() {
    use RefusalKind::{Permanent, Temporary};
    let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
    let of_header = Then::Answer {
        status: 403,
        headers: "x-amzn-ErrorType: DestinationNotAllowedException:http://internal/\r\n",
        body: r#"{"Message":"+31612345678"}"#,
    };
    let table = [
        (
            answer(400, r#"{"__type":"InvalidParameterException"}"#),
            refused("400 InvalidParameterException", Permanent),
        ),
        (
            answer(404, r#"{"__type":"a.b#ResourceNotFoundException"}"#),
            refused("404 ResourceNotFoundException", Permanent),
        ),
        (
            answer(403, r#"{"__type":"AccessDeniedException"}"#),
            refused("403 AccessDeniedException", Permanent),
        ),
        (
            answer(429, r#"{"__type":"LimitExceededException"}"#),
            refused("429 LimitExceededException", Temporary),
        ),
        (answer(429, r#"{"__type":"ThrottlingException"}"#), refused("429 ThrottlingException", Temporary)),
        (answer(503, ""), refused("503 no_code", Temporary)),
        (of_header, refused("403 DestinationNotAllowedException", Permanent)),
        (answer(500, r#"{"__type":"InternalServiceException"}"#), unknown("500 InternalServiceException")),
        (answer(200, "{}"), unknown("answer_without_id")),
        (answer(200, "<html>"), unknown("answer_without_id")),
        (Then::Hang, unknown("timeout")),
        (Then::Reset, unknown("connection_broken")),
    ];
    for (then, expected) in table {
        let service = Loopback::start(then.clone()).await;
        let timeout = if matches!(then, Then::Hang) { IMPATIENT } else { PATIENT };
        let outcome = connect(&service.url(), timeout).call(&call()).await;
        assert_eq!(outcome, expected, "{then:?}");
        assert_eq!(service.requests().len(), 1, "one attempt: {then:?}");
        assert!(!format!("{outcome:?}").contains(PLANTED));
    }
}

#[tokio::test]
async fn nobody_was_called_when_there_was_no_connection() {
    let outcome = connect(&deserted().await, PATIENT).call(&call()).await;
    let expected = SendOutcome::Refused { reason: "not_connected".to_owned(), kind: RefusalKind::Temporary };
    assert_eq!(outcome, expected);
}

#[tokio::test]
async fn a_contact_is_known_by_its_attributes_if_it_is_ours() {
    let ours = Named { administration: "demo".to_owned(), notice: "d1.n3".to_owned() };
    let unavailable = |why: &str| Err(VoiceError::Unavailable(why.to_owned()));
    let table = [
        (
            answer(200, r#"{"Attributes":{"administration":"demo","notice":"d1.n3","stack":"tijdig"}}"#),
            Ok(Some(ours)),
        ),
        (
            answer(200, r#"{"Attributes":{"administration":"demo","notice":"d1.n3","stack":"other"}}"#),
            Ok(None),
        ),
        (answer(200, r#"{"Attributes":{}}"#), Ok(None)),
        (answer(404, r#"{"__type":"ResourceNotFoundException"}"#), Ok(None)),
        (answer(403, r#"{"__type":"AccessDeniedException"}"#), Err(VoiceError::Bug("403".to_owned()))),
        (answer(429, ""), unavailable("429")),
        (answer(500, ""), unavailable("500")),
    ];
    for (then, expected) in table {
        let service = Loopback::start(then.clone()).await;
        let now = "2026-09-08T08:00:00Z".parse().unwrap();
        let found = connect(&service.url(), PATIENT).named("i-1", "c-1", now).await;
        assert_eq!(found, expected, "{then:?}");
        let requests = service.requests();
        assert!(requests[0].starts_with("GET /contact/attributes/i-1/c-1 HTTP/1.1"), "{}", requests[0]);
    }
}

#[test]
fn a_call_in_a_log_line_tells_nothing_about_a_person() {
    let shown = format!("{:?}", call());
    assert!(!shown.contains(PLANTED) && !shown.contains("121"), "{shown}");
}
