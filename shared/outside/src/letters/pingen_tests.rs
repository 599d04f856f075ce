use bytes::Bytes;
use domain::channels::LetterRules;

use super::*;
use crate::loopback::{Loopback, Then};

const PATIENT: Duration = Duration::from_secs(30);
const IMPATIENT: Duration = Duration::from_millis(400);
const TOKEN: &str = r#"{"token_type":"Bearer","expires_in":43200,"access_token":"t0ken"}"#;
const CREATE: &str = "POST /organisations/org-1/deliveries/letters";

fn letter() -> Letter {
    Letter {
        id: "demo.d1.n3".to_owned(),
        pdf: Bytes::from_static(b"%PDF-1.7 letter"),
        rules: LetterRules::default(),
        made_at: Timestamp::UNIX_EPOCH,
    }
}

fn account() -> Account {
    let keys = PrinterKeys {
        client_id: Secret::new("client"),
        client_secret: Secret::new("hush"),
        organisation: "org-1".to_owned(),
    };
    Account { administration: "demo".to_owned(), keys: Some(keys) }
}

fn handed_in() -> HandedIn {
    HandedIn { place: Secret::new("https://transfer.example/file?sig=1"), proof: Secret::new("$2y$10$proof") }
}

fn pingen(url: &str, timeout: Duration) -> Pingen {
    let url = BaseUrl::parse(url).unwrap();
    Pingen::with_timeout(Addresses { api: url.clone(), identity: url }, timeout).unwrap()
}

fn ok(body: &'static str) -> Then {
    Then::Answer { status: 200, headers: "", body }
}

fn status(status: u16) -> Then {
    Then::Answer { status, headers: "", body: "{}" }
}

#[tokio::test]
async fn a_letter_is_handed_in_and_then_created_under_our_id() {
    let storage = Loopback::start(ok("")).await;
    let slot: &'static str = Box::leak(
        format!(
            r#"{{"data":{{"attributes":{{"url":"{}/slot?sig=1","url_signature":"$2y$10$proof"}}}}}}"#,
            storage.url()
        )
        .into_boxed_str(),
    );
    let service = Loopback::routed(vec![
        ("POST /auth/access-tokens", ok(TOKEN)),
        ("GET /file-upload", ok(slot)),
        (CREATE, ok(r#"{"data":{"id":"8c3b"}}"#)),
    ])
    .await;
    let pingen = pingen(&service.url(), PATIENT);
    let handed_in = pingen.hand_in(&letter(), &account()).await.unwrap();
    let outcome = pingen.send(&letter(), &handed_in, &account()).await;
    assert_eq!(outcome, SendOutcome::Accepted { message_id: "8c3b".to_owned() });

    let put = &storage.requests()[0];
    assert!(put.starts_with("PUT /slot?sig=1") && put.ends_with("%PDF-1.7 letter"), "{put}");
    // The address is signed: our token is nobody's business there.
    assert!(!put.to_lowercase().contains("authorization"), "{put}");
    let requests = service.requests();
    assert_eq!(requests.len(), 3, "one token for both");
    assert!(requests[0].contains("grant_type=client_credentials") && requests[0].contains("scope=letter"));
    let (head, body) = requests[2].split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(
        head.contains("idempotency-key: demo.d1.n3") && head.contains("authorization: bearer t0ken"),
        "{head}"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    let attributes = &body["data"]["attributes"];
    assert_eq!(attributes["auto_send"], true);
    assert_eq!(attributes["address_position"], "left");
    assert_eq!(attributes["file_url_signature"], "$2y$10$proof");
    assert_eq!(attributes["file_original_name"], "demo.d1.n3.pdf");
}

#[tokio::test]
async fn every_answer_to_the_creation_is_sorted_and_tried_once() {
    use RefusalKind::{Permanent, Temporary};
    let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
    let unknown = |reason: &str| SendOutcome::Unknown { reason: reason.to_owned() };
    let table = [
        (status(401), refused("401", Temporary)),
        (status(403), refused("403", Temporary)),
        (status(409), unknown("409")),
        (status(422), refused("422", Permanent)),
        (status(429), refused("429", Temporary)),
        (status(500), unknown("500")),
        (status(503), refused("503", Temporary)),
        (status(200), unknown("answer_without_id")),
        (Then::Hang, unknown("timeout")),
        (Then::Reset, unknown("connection_broken")),
        (Then::Break, unknown("answer_broke_off")),
    ];
    for (then, expected) in table {
        let service =
            Loopback::routed(vec![("POST /auth/access-tokens", ok(TOKEN)), (CREATE, then.clone())]).await;
        let timeout = if matches!(then, Then::Hang) { IMPATIENT } else { PATIENT };
        let outcome = pingen(&service.url(), timeout).send(&letter(), &handed_in(), &account()).await;
        assert_eq!(outcome, expected, "{then:?}");
        let tries = service.requests().iter().filter(|r| r.starts_with(CREATE)).count();
        assert_eq!(tries, 1, "{then:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_while_a_letter_is_not_ready() {
    for (token, slot) in
        [(status(401), ok("{}")), (ok(TOKEN), status(500)), (ok(TOKEN), ok("{}")), (ok(TOKEN), Then::Reset)]
    {
        let service =
            Loopback::routed(vec![("POST /auth/access-tokens", token), ("GET /file-upload", slot)]).await;
        let outcome = pingen(&service.url(), PATIENT).hand_in(&letter(), &account()).await;
        let keys_refused = service.requests().len() == 1;
        let kind = if keys_refused { RefusalKind::Permanent } else { RefusalKind::Temporary };
        assert!(matches!(&outcome, Err(SendOutcome::Refused { kind: k, .. }) if *k == kind), "{outcome:?}");
    }
    let without = Account { keys: None, ..account() };
    let service = Loopback::start(status(200)).await;
    let outcome = pingen(&service.url(), PATIENT).hand_in(&letter(), &without).await;
    assert!(matches!(outcome, Err(SendOutcome::Refused { .. })) && service.requests().is_empty());
}

#[tokio::test]
async fn the_state_of_a_letter_is_sorted() {
    let at = "2026-09-09T08:00:00Z".parse().ok();
    let table = [
        ("validating", Standing::UnderWay),
        ("printing", Standing::UnderWay),
        ("something_new", Standing::UnderWay),
        ("sent", Standing::Posted { at }),
        ("delivered", Standing::Delivered { at }),
        ("undeliverable", Standing::Undeliverable),
        ("action_required", Standing::NotSent),
        ("cancelled", Standing::NotSent),
    ];
    for (status, expected) in table {
        assert_eq!(standing(status, at), expected, "{status}");
    }
    let service = Loopback::routed(vec![
        ("POST /auth/access-tokens", ok(TOKEN)),
        (
            "GET /organisations/org-1/deliveries/letters/8c3b",
            ok(r#"{"data":{"id":"8c3b","attributes":{"status":"sent","updated_at":"2026-09-09T10:00:00+0200"}}}"#),
        ),
    ])
    .await;
    let standing = pingen(&service.url(), PATIENT).look("8c3b", &account()).await;
    assert_eq!(standing, Ok(Some(Standing::Posted { at })));
}

#[test]
fn neither_keys_nor_letters_are_shown() {
    let shown = format!("{:?} {:?} {:?}", letter(), account(), handed_in());
    for hidden in ["hush", "%PDF", "sig=1", "$2y$10"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}
