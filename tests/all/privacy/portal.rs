//! The debtor's page: nobody learns from a log, a queue or an address who came and how.

use http::StatusCode;
use serde_json::json;
use tests::bodies::invoice;
use tests::world::World;

use super::{Lines, assert_tells_nothing, catch, resident};

#[tokio::test]
async fn no_log_line_queue_event_or_key_tells_who_came_to_their_page_and_how() {
    let lines = Lines::default();
    let _caught = catch(&lines);
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &resident()).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world.go_to("2026-09-08T10:00:00Z").await;
    let (link, browser) = (world.last_link(), world.browser());
    browser.fill(&format!("/portal/{link}"), &[("code", "Zandvliet")]).await;
    browser.come_in().await;
    browser.get("/portal/my?done=Zandvliet&lang=Kwikstaartlaan").await;
    browser.get("/portal/my/invoices/Zandvliet").await;
    for email in ["Wilhelmina Zandvliet", "second.address@example.nl"] {
        let fields =
            [("email", email), ("mobile", "0687654321"), ("phone", "0309876543"), ("language", "nl")];
        browser.fill("/portal/my/details", &fields).await;
    }
    let path = "/portal/my/invoices/i1/dispute";
    let page = browser.get(path).await;
    let (token, once) = (page.field("form_token"), page.field("once"));
    let said = [
        ("kind", "other"),
        ("text", "Mevrouw Zandvliet, Kwikstaartlaan"),
        ("form_token", &token),
        ("once", &once),
    ];
    let sent = browser.upload(path, &said, ("Zandvliet.pdf", b"%PDF-1.7")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    world.settle().await;
    let session = browser.cookie("__Host-tijdig-session").expect("a session");
    let log = lines.text();
    assert!(log.contains("/portal/{link}"), "the log was not caught: {log}");
    let texts = [
        ("the log", log),
        ("a queue", world.notices.ever().join("\n")),
        ("the bus", world.bus().iter().map(|r| format!("{r:?}")).collect::<Vec<_>>().join("\n")),
        ("the timeline", json!(world.timeline("d1").await).to_string()),
        ("a file's name", world.files.all().into_iter().map(|(key, _)| key).collect::<Vec<_>>().join("\n")),
        ("an address", format!("{} {}", sent.header("location"), page.body.matches("href=").count())),
    ];
    for (what, text) in &texts {
        assert_tells_nothing(what, text);
        for secret in [&link, &session, &token] {
            assert!(!text.contains(secret.as_str()), "a secret is in {what}");
        }
    }
}
