//! The desk: nobody learns from a log, an address or a queue whom somebody looked for, what they wrote, or how they came in.

use http::StatusCode;
use serde_json::json;
use tests::bodies::invoice;
use tests::desk::Browser;
use tests::world::World;

use super::{Lines, assert_tells_nothing, catch, resident};

#[tokio::test]
async fn no_log_line_queue_event_or_address_tells_whom_the_desk_looked_for_or_how_it_came_in() {
    let lines = Lines::default();
    let _caught = catch(&lines);
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &resident()).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    Browser::of(&world).sign_in("not@an.id").await;
    let mut browser = Browser::signed_in(&world, "demo-admin").await;
    let found = browser.post("/desk/debtors", &[("q", "Zandvliet")]).await;
    assert!(found.body.contains("Zandvliet"), "{}", found.readable());
    browser.get("/desk/debtors/Zandvliet").await;
    browser.get("/desk/debtors/d1?done=Zandvliet&lang=Kwikstaartlaan").await;
    let wrong = [("pay_by", "Mevrouw Zandvliet"), ("amount", "0687654321")];
    let refused = browser.act("/desk/debtors/d1/promise", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let placed =
        browser.act("/desk/debtors/d1/hold", &[("covers", "reminders"), ("reason", "on holiday")]).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER);
    world.settle().await;
    let session = browser.cookie("__Host-tijdig-desk").expect("a session").to_owned();
    let token = browser.get("/desk").await.hidden("form_token");
    let log = lines.text();
    assert!(log.contains("/desk/debtors/{debtor}"), "the log was not caught: {log}");
    let addresses = found.body.split("href=").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let texts = [
        ("the log", log),
        ("a queue", world.notices.ever().join("\n")),
        ("the bus", world.bus().iter().map(|r| format!("{r:?}")).collect::<Vec<_>>().join("\n")),
        ("the timeline", json!(world.timeline("d1").await).to_string()),
        ("an address", format!("{} {}", addresses.collect::<Vec<_>>().join("\n"), placed.location())),
    ];
    for (what, text) in &texts {
        assert_tells_nothing(what, text);
        for secret in [&session, &token] {
            assert!(!text.contains(secret.as_str()), "a secret is in {what}");
        }
        assert!(!text.contains("not@an.id"), "an address of somebody at the desk is in {what}");
    }
}
