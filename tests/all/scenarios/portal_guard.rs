//! What the portal refuses, and that every refusal looks alike: without a session, with one that is over, with another
//! debtor's things, without the token of the form; and how its pages are made.

use http::StatusCode;
use jiff::SignedDuration;
use tests::stories::{put_two_invoices, two_invoices};
use tests::world::World;
use tests::world::portal::{Browser, Page};

/// Every address behind the door, with how it is asked for.
const ROUTES: [(&str, &str); 24] = [
    ("GET", "/portal/my/messages"),
    ("POST", "/portal/my/messages"),
    ("GET", "/portal/my/messages/d1.w1/attachments/1"),
    ("GET", "/portal/my"),
    ("GET", "/portal/my/help"),
    ("GET", "/portal/my/invoices"),
    ("GET", "/portal/my/invoices/d1-1"),
    ("GET", "/portal/my/invoices/d1-1/documents/ab"),
    ("GET", "/portal/my/invoices/d1-1/dispute"),
    ("POST", "/portal/my/invoices/d1-1/dispute"),
    ("GET", "/portal/my/pay"),
    ("POST", "/portal/my/pay"),
    ("GET", "/portal/my/paid"),
    ("GET", "/portal/my/promise"),
    ("POST", "/portal/my/promise"),
    ("GET", "/portal/my/plan"),
    ("POST", "/portal/my/plan"),
    ("GET", "/portal/my/direct-debit"),
    ("POST", "/portal/my/direct-debit"),
    ("GET", "/portal/my/details"),
    ("POST", "/portal/my/details"),
    ("GET", "/portal/my/municipality"),
    ("POST", "/portal/my/municipality"),
    ("POST", "/portal/leave"),
];

async fn reminded() -> World {
    let world = two_invoices().await;
    world.go_to("2026-09-08T10:00:00Z").await;
    world
}

async fn ask(browser: &Browser<'_>, method: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    match method {
        "GET" => browser.get(path).await,
        _ if path.ends_with("/dispute") || path.ends_with("/messages") => {
            browser.upload(path, fields, ("", b"")).await
        }
        _ => browser.post(path, fields).await,
    }
}

#[tokio::test]
async fn whoever_was_not_let_in_gets_the_same_answer_everywhere() {
    let world = reminded().await;
    let over = world.browser();
    over.come_in().await;
    let session = over.cookie("__Host-tijdig-session").unwrap();
    world.set(world.now() + SignedDuration::from_mins(31));
    let (before, zeros) = (world.contents(), "0".repeat(64));
    for (method, path) in ROUTES {
        for cookie in [None, Some(session.as_str()), Some("nonsense"), Some(zeros.as_str())] {
            let browser = world.browser();
            if let Some(cookie) = cookie {
                browser.keep("__Host-tijdig-session", cookie);
            }
            let page = ask(&browser, method, path, &[("form_token", "x")]).await;
            let said = (page.status, page.header("location"), page.body.as_str());
            assert_eq!(
                said,
                (StatusCode::SEE_OTHER, "/portal?said=expired", ""),
                "{method} {path} {cookie:?}"
            );
        }
    }
    assert_eq!(world.changes(&before), Vec::<String>::new());
}

#[tokio::test]
async fn a_form_without_its_token_or_with_another_sessions_changes_nothing() {
    let world = reminded().await;
    put_two_invoices(&world, "d2").await;
    let browser = world.browser();
    browser.come_in().await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let other = world.browser();
    other.come_in().await;
    browser.come_in_by(&first_link(&world)).await;
    let theirs = other.get("/portal/my").await.field("form_token");
    assert_ne!(theirs, "");
    let before = world.contents();
    for (_, path) in ROUTES.iter().filter(|(method, _)| *method == "POST") {
        for token in ["", "wrong", theirs.as_str()] {
            let fields = [
                ("form_token", token),
                ("act", "object"),
                ("day", "2026-09-20"),
                ("count", "3"),
                ("every", "month"),
                ("first", "2026-09-20"),
                ("kind", "other"),
                ("text", "x"),
            ];
            let page = ask(&browser, "POST", path, &fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {token}");
        }
    }
    assert_eq!(world.changes(&before), Vec::<String>::new());
}

/// The link in the mail to `d1`.
fn first_link(world: &World) -> String {
    tests::stories::link_in(&world.mail.taken()[0].mail.text).expect("a link")
}

#[tokio::test]
async fn another_debtors_things_are_as_absent_as_what_never_was() {
    let world = reminded().await;
    put_two_invoices(&world, "d2").await;
    let pdf = b"%PDF-1.7 theirs".to_vec();
    let put =
        world.send_request("PUT", "/v1/invoices/d2-1/documents/a.pdf", "application/pdf", pdf, &[]).await;
    assert!(put.status.is_success());
    let hash =
        world.get("/v1/invoices/d2-1/documents").await["items"][0]["sha256"].as_str().unwrap().to_owned();
    let browser = world.browser();
    browser.come_in().await;
    let before = world.contents();
    let token = browser.get("/portal/my").await.field("form_token");
    let (theirs, nobodys) = ("d2-1", "never");
    for path in ["", "/dispute", &format!("/documents/{hash}")] {
        let at = |id: &str| format!("/portal/my/invoices/{id}{path}");
        let (one, other) = (browser.get(&at(theirs)).await, browser.get(&at(nobodys)).await);
        assert_eq!((one.status, &one.body), (other.status, &other.body), "{path}");
        assert_eq!(one.status, StatusCode::NOT_FOUND);
        assert!(!one.has("d2"), "{}", one.body);
    }
    let fields = [("form_token", token.as_str()), ("kind", "other"), ("text", "Iets")];
    let path = |id: &str| format!("/portal/my/invoices/{id}/dispute");
    let (one, other) = (
        browser.upload(&path(theirs), &fields, ("", b"")).await,
        browser.upload(&path(nobodys), &fields, ("", b"")).await,
    );
    assert_eq!((one.status, &one.body), (other.status, &other.body));
    let (one, other) = (
        browser.get("/portal/my/promise?invoice=d2-1").await,
        browser.get("/portal/my/promise?invoice=never").await,
    );
    assert_eq!(without_tokens(&one), without_tokens(&other));
    assert_eq!(world.changes(&before), Vec::<String>::new());
}

fn without_tokens(page: &Page) -> String {
    page.body.replace(&page.field("once"), "").replace(&page.field("form_token"), "")
}

#[tokio::test]
async fn every_page_is_small_keeps_to_itself_and_can_be_read_by_everybody() {
    let world = reminded().await;
    let browser = world.browser();
    browser.come_in().await;
    let refused = browser.fill("/portal/my/details", &[("email", "x"), ("language", "")]).await;
    let mut pages = vec![refused];
    for path in ROUTES.iter().filter(|(method, _)| *method == "GET").map(|(_, path)| *path) {
        for language in ["nl", "en"] {
            pages.push(browser.get(&format!("{path}?lang={language}")).await);
        }
    }
    let stranger = world.browser();
    for path in ["/portal", "/portal/letter", "/portal/000000000000"] {
        pages.push(stranger.get(path).await);
    }
    for page in &pages {
        assert_eq!(complaints(page), Vec::<String>::new(), "{}", page.body);
    }
    assert!(pages.iter().map(|page| page.body.len()).max() < Some(100_000));
}

/// What is wrong with a page, as far as a program sees it.
fn complaints(page: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut complain = |what: &str| wrong.push(what.to_owned());
    let policy = page.header("content-security-policy");
    for (header, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("content-security-policy", "style-src 'sha256-"),
        ("content-security-policy", "form-action 'self'"),
        ("content-security-policy", "frame-ancestors 'none'"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        if !page.header(header).contains(part) {
            complain(&format!("{header} lacks {part}: {policy}"));
        }
    }
    let body = &page.body;
    if !body.contains("<html lang=\"")
        || body.matches("<h1>").count() != 1
        || body.matches("<main").count() != 1
    {
        complain("no language, or not one heading and one main part");
    }
    for foreign in
        ["<script", " style=\"", " onclick", " onsubmit", "@import", "url(", "src=\"", "javascript:"]
    {
        if body.contains(foreign) {
            complain(&format!("has {foreign}"));
        }
    }
    for element in ["<input", "<select", "<textarea"] {
        for part in body.split(element).skip(1) {
            let tag = part.split('>').next().unwrap_or_default();
            let attribute = |name: &str| {
                let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
                rest.split('"').next().map(str::to_owned)
            };
            let hidden = attribute("type").as_deref() == Some("hidden");
            let labelled = attribute("id").is_some_and(|id| body.contains(&format!("<label for=\"{id}\"")));
            if !hidden && !labelled {
                complain(&format!("{element}{tag} has no label"));
            }
        }
    }
    for form in body.split("<form").skip(1).filter(|form| form.starts_with(" method=\"post\"")) {
        if !form.split("</form>").next().unwrap_or_default().contains("name=\"form_token\"") {
            complain("a form without its token");
        }
    }
    let ids: Vec<&str> = body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let once: std::collections::BTreeSet<&&str> = ids.iter().collect();
    if once.len() != ids.len() {
        complain(&format!("an id stands there twice: {ids:?}"));
    }
    wrong
}

#[tokio::test]
async fn the_style_that_the_policy_lets_in_is_the_one_in_the_page() {
    use sha2::Digest;
    let world = two_invoices().await;
    let page = world.browser().get("/portal").await;
    let style = page.body.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).unwrap().0;
    let hash: Vec<u8> = sha2::Sha256::digest(style).to_vec();
    let named = page.header("content-security-policy").split_once("sha256-").unwrap().1;
    let named = named.split('\'').next().unwrap();
    assert_eq!(base64_of(&hash), named);
}

/// RFC 4648, section 4: written out, so that it is no library's word against its own.
fn base64_of(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let all =
            three.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let sign = SIGNS[(all >> (18 - 6 * place) & 63) as usize];
            text.push(if place > three.len() { '=' } else { char::from(sign) });
        }
    }
    text
}
