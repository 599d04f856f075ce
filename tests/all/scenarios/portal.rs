//! How a debtor gets to their page: links that show nothing, codes that are sent anew, letters, locks, sessions. FEATURES 3.1.

use domain::channels::LetterProvider;
use domain::notice::Channel;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use runtime::unguessable::Signs;
use store::table::{Condition, Record, Table, Write};
use tests::mail::Next;
use tests::stories::{put_two_invoices, two_invoices};
use tests::world::World;
use tests::world::portal::{Browser, Page};

/// What nobody may see who was not let in.
const PERSONAL: [&str; 8] = ["Vries", "d1", "D1", "121", "242", "example.nl", "Oudegracht", "Voorbeeld"];

/// The first reminder was sent this morning.
async fn reminded() -> World {
    let world = two_invoices().await;
    world.go_to("2026-09-08T10:00:00Z").await;
    world
}

fn later(world: &World, span: SignedDuration) {
    world.set(world.now() + span);
}

async fn post_code(browser: &Browser<'_>, link: &str, code: &str) -> Page {
    browser.fill(&format!("/portal/{link}"), &[("code", code)]).await
}

#[tokio::test]
async fn a_link_shows_nothing_and_a_fresh_code_opens_the_page() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    let door = browser.get(&format!("/portal/{link}")).await;
    assert_eq!(door.status, StatusCode::OK);
    let (_, shown) = door.body.split_once("</head>").expect("a head");
    let shown = shown.replace(&door.field("form_token"), "");
    for personal in PERSONAL {
        assert!(!shown.contains(personal), "{personal}: {shown}");
    }
    let page = browser.come_in().await;
    for shown in ["Voorbeeld Energie", "€\u{a0}242,00", "Factuur d1-1", "Factuur d1-2"] {
        assert!(page.has(shown), "{shown}: {}", page.body);
    }
    let sent = world.mail.taken().pop().unwrap().mail;
    assert_eq!(sent.to, ["d1@example.nl"]);
    assert!(sent.tags.iter().all(|(name, _)| name != "notice"), "a code is no notice");
    let events = world.events("d1").await;
    assert_eq!(events[events.len() - 3..], ["AccessCodeAsked", "AccessCodeSent", "PortalOpened"]);
    let by: Vec<_> = world.timeline("d1").await.iter().rev().take(3).map(|e| e["by"].clone()).collect();
    assert_eq!(by, ["debtor", "mail service", "debtor"]);
}

#[tokio::test]
async fn fetching_a_link_or_a_page_uses_nothing_up_and_changes_nothing() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    let before = world.contents();
    for _ in 0..20 {
        browser.get(&format!("/portal/{link}")).await;
        browser.get("/portal/letter").await;
        browser.get("/portal").await;
    }
    assert_eq!((world.changes(&before), world.mail.calls()), (vec![], 1));
    browser.come_in().await;
    let before = world.contents();
    for path in pages() {
        browser.get(path).await;
    }
    assert_eq!(world.changes(&before), Vec::<String>::new());
}

/// Every page that a session opens.
fn pages() -> [&'static str; 10] {
    [
        "/portal/my",
        "/portal/my/invoices/d1-1",
        "/portal/my/invoices/d1-1/dispute",
        "/portal/my/pay",
        "/portal/my/paid",
        "/portal/my/promise",
        "/portal/my/plan?count=3&every=month&first=2026-09-20",
        "/portal/my/direct-debit",
        "/portal/my/details",
        "/portal/my/municipality",
    ]
}

#[tokio::test]
async fn a_link_of_nobody_looks_like_one_of_somebody_to_the_byte() {
    let world = reminded().await;
    let link = world.last_link();
    for stranger in ["000000000000", "ZZZZZZZZZZZZ", "short", "d1", "overview"] {
        let (known, unknown) = (world.browser(), world.browser());
        known.get(&format!("/portal/{link}")).await;
        unknown.keep("__Host-tijdig-door", &known.cookie("__Host-tijdig-door").unwrap());
        let at = |link: &str| format!("/portal/{link}");
        let both = [known.get(&at(&link)).await, unknown.get(&at(stranger)).await];
        assert_eq!((&both[0].body, both[0].status), (&both[1].body, both[1].status), "{stranger}");
        for fields in [[("send", "email")], [("send", "sms")], [("code", "123456")], [("code", "")]] {
            let both = [known.fill(&at(&link), &fields).await, unknown.fill(&at(stranger), &fields).await];
            assert_eq!((&both[0].body, both[0].status), (&both[1].body, both[1].status), "{fields:?}");
            let names = |page: &Page| page.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(names(&both[0]), names(&both[1]), "{fields:?}");
        }
    }
}

#[tokio::test]
async fn two_requests_for_a_code_in_the_same_second_send_one() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    let path = format!("/portal/{link}");
    let token = browser.get(&path).await.field("form_token");
    let fields = [("form_token", token.as_str()), ("send", "email")];
    let (one, other) = tokio::join!(browser.post(&path, &fields), browser.post(&path, &fields));
    assert_eq!((one.status, &one.body), (other.status, &other.body));
    world.settle().await;
    assert_eq!((world.mail.calls(), world.count("d1", "AccessCodeAsked").await), (2, 1));
    // A minute later there is another.
    later(&world, SignedDuration::from_secs(59));
    browser.ask_code(&link).await;
    assert_eq!(world.mail.calls(), 2);
    later(&world, SignedDuration::from_secs(1));
    browser.ask_code(&link).await;
    assert_eq!(world.mail.calls(), 3);
}

#[tokio::test]
async fn a_code_that_is_wrong_used_late_or_of_another_link_opens_nothing() {
    let world = reminded().await;
    put_two_invoices(&world, "d2").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let links: Vec<String> =
        world.mail.taken().iter().filter_map(|t| tests::stories::link_in(&t.mail.text)).collect();
    let [mine, theirs] = [&links[0], &links[1]];
    let browser = world.browser();
    browser.ask_code(mine).await;
    let code = world.last_code();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for (link, code) in [(mine, wrong), (mine, ""), (mine, "12345"), (theirs, code.as_str())] {
        let refused = post_code(&browser, link, code).await;
        assert_eq!(
            (refused.status, refused.has("klopt niet")),
            (StatusCode::FORBIDDEN, true),
            "{link} {code}"
        );
        assert_eq!(browser.cookie("__Host-tijdig-session"), None);
    }
    assert_eq!(post_code(&browser, mine, &code).await.status, StatusCode::SEE_OTHER);
    assert_eq!(post_code(&world.browser(), mine, &code).await.status, StatusCode::FORBIDDEN, "used");

    later(&world, SignedDuration::from_mins(2));
    browser.ask_code(mine).await;
    let code = world.last_code();
    later(&world, SignedDuration::from_mins(15));
    assert_eq!(post_code(&world.browser(), mine, &code).await.status, StatusCode::FORBIDDEN, "late");
}

#[tokio::test]
async fn five_wrong_codes_lock_the_link_for_a_while_and_nobody_is_told() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    browser.ask_code(&link).await;
    let code = world.last_code();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let first = post_code(&browser, &link, wrong).await;
    for _ in 0..4 {
        assert_eq!(post_code(&browser, &link, wrong).await.body, first.body);
    }
    // The right one looks as wrong as the others, and no new one is sent.
    assert_eq!(post_code(&browser, &link, &code).await.body, first.body);
    later(&world, SignedDuration::from_mins(14));
    let calls = world.mail.calls();
    browser.ask_code(&link).await;
    assert_eq!(world.mail.calls(), calls);
    later(&world, SignedDuration::from_mins(2));
    browser.come_in_by(&link).await;
}

#[tokio::test]
async fn codes_are_bounded_by_the_hour() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    for minute in 0..10 {
        browser.ask_code(&link).await;
        let sent = world.mail.calls() - 1;
        assert_eq!(sent, usize::min(minute + 1, 3), "minute {minute}");
        later(&world, SignedDuration::from_mins(1));
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_after_half_an_hour_and_by_leaving_at_once() {
    let world = reminded().await;
    let browser = world.browser();
    browser.come_in().await;
    later(&world, SignedDuration::from_mins(29));
    assert_eq!(browser.get("/portal/my").await.status, StatusCode::OK);
    later(&world, SignedDuration::from_mins(29));
    assert_eq!(browser.get("/portal/my").await.status, StatusCode::OK);
    let copy = browser.copy();
    later(&world, SignedDuration::from_mins(30));
    let expired = browser.get("/portal/my").await;
    assert_eq!((expired.status, expired.header("location")), (StatusCode::SEE_OTHER, "/portal?said=expired"));
    assert_eq!(copy.get("/portal/my").await.status, StatusCode::SEE_OTHER);

    later(&world, SignedDuration::from_mins(1));
    browser.come_in().await;
    let copy = browser.copy();
    let token = browser.get("/portal/my").await.field("form_token");
    let left = browser.post("/portal/leave", &[("form_token", &token)]).await;
    assert_eq!(left.header("location"), "/portal?said=left");
    assert_eq!(copy.get("/portal/my").await.status, StatusCode::SEE_OTHER, "the cookie alone opens nothing");
}

#[tokio::test]
async fn the_code_of_a_letter_opens_with_birth_date_and_postcode() {
    let world = two_invoices().await;
    world
        .change_settings(|settings| {
            settings.channels = vec![Channel::Letter];
            settings.letters.provider = Some(LetterProvider::HandOff);
            settings.policies[0].steps[0].channels = vec![Channel::Letter];
        })
        .await;
    world.go_to("2026-09-08T10:00:00Z").await;
    let code = printed_code(&world).await;
    let browser = world.browser();
    // (code, birth date, postcode, lets in)
    let other = "ZZZZ-ZZZZ-ZZZZ";
    let table = [
        (other, "1985-04-12", "3511AA", false),
        (code.as_str(), "1985-04-13", "3511AA", false),
        (code.as_str(), "1985-04-12", "3511AB", false),
        (code.as_str(), "", "3511AA", false),
        (code.as_str(), "1985-04-12", "3511 aa", true),
    ];
    let mut refused = Vec::new();
    for (code, born, postcode, lets_in) in table {
        let fields = [("letter_code", code), ("birth_date", born), ("postcode", postcode)];
        let page = browser.fill("/portal/letter", &fields).await;
        assert_eq!(page.status == StatusCode::SEE_OTHER, lets_in, "{born} {postcode}");
        if !lets_in {
            refused.push(page.body);
        }
    }
    assert!(refused.iter().all(|body| *body == refused[0]), "whatever is wrong, the answer is the same");
    assert!(browser.get("/portal/my").await.has("Factuur d1-1"));
    // It is no link, and it opens again.
    let plain = code.replace('-', "");
    let asked = world.browser();
    asked.ask_code(&plain).await;
    assert_eq!(world.mail.calls(), 0);
    let fields = [("letter_code", code.as_str()), ("birth_date", "1985-04-12"), ("postcode", "3511AA")];
    assert_eq!(asked.fill("/portal/letter", &fields).await.status, StatusCode::SEE_OTHER);
}

/// A code that leads where the one in the only letter leads: paper is read by people, and only its hash is kept.
async fn printed_code(world: &World) -> String {
    let code = "7K3M-9Q2X-W4TZ";
    let ways: Vec<Record> =
        world.table.all().into_iter().filter(|r| r.key.partition.starts_with("entrance#")).collect();
    assert_eq!(ways.len(), 1, "one letter, one way in");
    let hash = Signs::typed(code).unwrap().hash();
    let record = Record { key: store::keys::entrance(&hash), ..ways[0].clone() };
    world.table.write(vec![Write::Put { record, condition: Condition::None }]).await.unwrap();
    code.to_owned()
}

#[tokio::test]
async fn a_code_goes_where_the_message_went_and_never_to_an_address_that_is_the_debtors_no_more() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    let mut body = tests::bodies::consumer("D1");
    body["emails"] = serde_json::json!(["new@example.nl"]);
    body["modifiedAt"] = serde_json::json!("2026-09-08T09:00:00Z");
    world.put("/v1/debtors/d1", &body).await;
    browser.ask_code(&link).await;
    assert_eq!(world.mail.taken().pop().unwrap().mail.to, ["new@example.nl"]);
}

#[tokio::test]
async fn a_text_message_brings_the_code_where_that_is_connected_and_mail_where_it_is_not() {
    let world = reminded().await;
    let link = world.last_link();
    let browser = world.browser();
    let path = format!("/portal/{link}");
    browser.fill(&path, &[("send", "sms")]).await;
    world.settle().await;
    assert_eq!((world.mail.calls(), world.sms.taken().len()), (2, 0));
    world
        .change_settings(|settings| {
            settings.channels = vec![Channel::Email, Channel::Sms];
            settings.sms.identity = Some("Voorbeeld".to_owned());
        })
        .await;
    later(&world, SignedDuration::from_mins(1));
    browser.fill(&path, &[("send", "sms")]).await;
    world.settle().await;
    let sms = world.sms.taken().pop().expect("a text message").sms;
    assert_eq!((world.mail.calls(), sms.to.as_str()), (2, "+31612345678"));
    let code: String = sms.text.chars().take(6).collect();
    assert_eq!(post_code(&browser, &link, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_hold_on_everything_keeps_no_code_back_and_neither_does_the_night() {
    let world = reminded().await;
    world.hold(serde_json::json!({ "debtorId": "d1" }), "everything", None).await;
    world.set("2026-09-09T01:00:00Z".parse::<Timestamp>().unwrap());
    world.browser().come_in().await;
}

#[tokio::test]
async fn a_code_whose_answer_is_lost_opens_and_one_that_is_refused_is_told_to_the_desk() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    world.mail.next(&[Next::AnswerLost]);
    browser.come_in_by(&link).await;
    assert_eq!((world.count("d1", "AccessCodeSent").await, world.mail.calls()), (0, 2));
    later(&world, SignedDuration::from_mins(1));
    world.mail.next(&[Next::Refused]);
    world.browser().ask_code(&link).await;
    assert_eq!((world.count("d1", "AccessCodeFailed").await, world.mail.calls()), (1, 3));
}

#[tokio::test]
async fn only_hashes_of_links_codes_and_sessions_are_stored() {
    let world = reminded().await;
    let (link, browser) = (world.last_link(), world.browser());
    browser.ask_code(&link).await;
    let code = world.last_code();
    browser.fill(&format!("/portal/{link}"), &[("code", &code)]).await;
    let session = browser.cookie("__Host-tijdig-session").unwrap();
    let stored = format!("{:?}", world.contents());
    for secret in [link.as_str(), session.as_str()] {
        assert!(!stored.contains(secret), "{secret}");
    }
    assert!(!stored.contains(&format!("\"{code}\"")));
    let ends = world.table.all().into_iter().filter(|r| r.key.partition.starts_with("session#"));
    assert!(ends.map(|r| r.expires_at).all(|at| at.is_some()), "sessions go by themselves");
}
