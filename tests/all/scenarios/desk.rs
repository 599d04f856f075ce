//! Signing in at the desk, what each role may do there, and what is refused to whoever is somewhere else. FEATURES 7.

use domain::administration::Administration;
use domain::ids::AdministrationId;
use domain::staff::Role;
use http::StatusCode;
use jiff::SignedDuration;
use staff_desk::{Needs, ROUTES, Route};
use tests::desk::{Browser, Page, Wrong};
use tests::stories::{put_two_invoices, two_invoices, two_invoices_signalled};
use tests::world::World;

const SESSION: &str = "__Host-tijdig-desk";

/// The user of the demonstration with this role.
fn user(role: Role) -> String {
    format!("demo-{role}")
}

async fn another_administration(world: &World) {
    let found = world.store.administration(&world.administration).await.unwrap().unwrap().value;
    let other = AdministrationId::parse("other").unwrap();
    let other = Administration::new(other, found.creditor, found.sector);
    world.store.put_administration(&other, None).await.unwrap();
}

#[tokio::test]
async fn whoever_signs_in_sees_the_desk_until_they_sign_out() {
    let world = two_invoices().await;
    let mut browser = Browser::of(&world);
    let away = browser.get("/desk").await;
    assert_eq!((away.status, away.location()), (StatusCode::SEE_OTHER, "/desk/sign-in"));
    let page = browser.sign_in("demo-controller").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/desk"));
    let secret = browser.cookie(SESSION).unwrap().to_owned();
    let home = browser.get("/desk").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.body.contains("Voorbeeld Energie"), "{}", home.readable());
    assert!(world.contents().iter().all(|item| !item.contains(&secret)), "only its hash is kept");
    let left = browser.post("/desk/sign-out", &[]).await;
    assert_eq!(left.location(), "/desk/sign-in?said=left");
    browser.set_cookie(SESSION, &secret);
    assert_eq!(browser.get("/desk").await.location(), "/desk/sign-in?said=expired");
}

#[tokio::test]
async fn every_answer_keeps_itself_to_itself() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-admin").await;
    for path in ["/desk", "/desk/debtors/d1", "/desk/debtors/nobody", "/desk/sign-in", "/desk/settings"] {
        let page = browser.get(path).await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        let policy = page.header("content-security-policy");
        for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "'sha256-"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !page.body.contains("<script"), "{path}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_as_it_should_be_lets_nobody_in() {
    let table = [
        (Wrong::Nonce, "failed"),
        (Wrong::Expired, "failed"),
        (Wrong::Forged, "failed"),
        (Wrong::Audience, "failed"),
        (Wrong::Issuer, "failed"),
    ];
    let world = two_invoices().await;
    for (wrong, said) in table {
        let mut browser = Browser::of(&world);
        world.identity.set_wrong(Some(wrong));
        let page = browser.sign_in("demo-read-only").await;
        assert_eq!(page.location(), format!("/desk/sign-in?said={said}"), "{wrong:?}");
        assert_eq!(browser.cookie(SESSION), None, "{wrong:?}");
        world.identity.set_wrong(None);
    }
    world.identity.set_wrong(Some(Wrong::Away));
    let away = Browser::of(&world).get("/desk/sign-in/begin").await;
    assert_eq!(away.location(), "/desk/sign-in?said=away");
}

#[tokio::test]
async fn what_comes_back_counts_in_the_browser_that_began_once_and_for_ten_minutes() {
    let world = two_invoices().await;
    let mut victim = Browser::of(&world);
    let mine = Browser::of(&world).begin_sign_in("demo-admin").await;
    assert_eq!(victim.get(&mine).await.location(), "/desk/sign-in?said=failed", "another's sign-in");
    let own = victim.begin_sign_in("demo-admin").await;
    let other_state = own.replace("state=", "state=0");
    assert_eq!(victim.get(&other_state).await.location(), "/desk/sign-in?said=failed", "another state");
    let other_code = own.replace("code=", "code=0");
    assert_eq!(victim.get(&other_code).await.location(), "/desk/sign-in?said=failed", "another code");
    assert_eq!(victim.get(&own).await.location(), "/desk");
    let mut late = Browser::of(&world);
    let begun = late.begin_sign_in("demo-admin").await;
    world.set(world.now() + SignedDuration::from_mins(10));
    assert_eq!(late.get(&begun).await.location(), "/desk/sign-in?said=failed", "too late");
    assert_eq!(late.cookie(SESSION), None);
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-admin").await;
    let begun = world.now();
    let minutes = SignedDuration::from_mins;
    world.set(begun + minutes(29));
    assert_eq!(browser.get("/desk").await.status, StatusCode::OK);
    world.set(begun + minutes(29 + 30));
    assert_eq!(browser.get("/desk").await.location(), "/desk/sign-in?said=expired", "half an hour idle");

    let mut busy = Browser::signed_in(&world, "demo-admin").await;
    let begun = world.now();
    for passed in (20..720).step_by(20) {
        world.set(begun + minutes(passed));
        assert_eq!(busy.get("/desk").await.status, StatusCode::OK, "{passed} minutes");
    }
    world.set(begun + minutes(720));
    assert_eq!(busy.get("/desk").await.location(), "/desk/sign-in?said=expired", "twelve hours");
}

#[tokio::test]
async fn who_has_no_role_or_no_id_is_told_so_and_not_let_in() {
    let world = two_invoices().await;
    for user in ["demo-nobody", "not@an.id"] {
        let mut browser = Browser::of(&world);
        assert_eq!(browser.sign_in(user).await.location(), "/desk/sign-in?said=nobody", "{user}");
        assert_eq!(browser.cookie(SESSION), None, "{user}");
    }
}

#[tokio::test]
async fn the_eleventh_sign_in_from_one_place_waits() {
    let world = two_invoices().await;
    // Each sign-in counts twice: when it begins, and when it comes back.
    for _ in 0..10 {
        assert_eq!(Browser::of(&world).sign_in("demo-admin").await.location(), "/desk");
    }
    let busy = Browser::of(&world).get("/desk/sign-in/begin").await;
    assert_eq!(busy.location(), "/desk/sign-in?said=busy");
    world.set(world.now() + SignedDuration::from_mins(10));
    assert_eq!(Browser::of(&world).sign_in("demo-admin").await.location(), "/desk");
}

#[tokio::test]
async fn who_works_for_several_chooses_one_and_has_its_role() {
    let world = two_invoices().await;
    another_administration(&world).await;
    let mut browser = Browser::of(&world);
    assert_eq!(browser.sign_in("both").await.location(), "/desk/administration");
    assert_eq!(browser.get("/desk").await.location(), "/desk/administration", "nothing is chosen");
    let choice = browser.get("/desk/administration").await;
    assert!(choice.body.contains("value=\"demo\"") && choice.body.contains("value=\"other\""));
    let foreign = browser.post("/desk/administration", &[("administration", "third")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    browser.post("/desk/administration", &[("administration", "other")]).await;
    assert_eq!(browser.get("/desk/debtors/d1").await.status, StatusCode::NOT_FOUND);
    browser.post("/desk/administration", &[("administration", "demo")]).await;
    assert_eq!(browser.get("/desk/debtors/d1").await.status, StatusCode::OK);
    assert_eq!(browser.get("/desk/debtors/d1/hold").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_program_comes_in_by_a_token_that_was_given_for_the_desk() {
    let world = two_invoices().await;
    let token = |scopes: &[&str]| store::Token {
        administration: world.administration.clone(),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        subject: "desk".to_owned(),
        expires_at: None,
    };
    world.store.put_token(&authorize::hash("good"), &token(&["desk:communication"])).await.unwrap();
    world.store.put_token(&authorize::hash("tool"), &token(&["debtors:read"])).await.unwrap();
    let mut browser = Browser::of(&world);
    for (header, path, expected) in [
        ("Bearer good", "/desk", StatusCode::OK),
        ("Bearer good", "/desk/debtors/d1/hold", StatusCode::OK),
        ("Bearer good", "/desk/settings", StatusCode::FORBIDDEN),
        ("Bearer tool", "/desk", StatusCode::UNAUTHORIZED),
        ("Bearer other", "/desk", StatusCode::UNAUTHORIZED),
        ("Basic good", "/desk", StatusCode::UNAUTHORIZED),
    ] {
        browser.headers = vec![("authorization", header.to_owned())];
        assert_eq!(browser.get(path).await.status, expected, "{header} {path}");
    }
}

/// The address of a route about the signalled debtor's own things.
fn address(route: &Route, debtor: &str) -> String {
    let about = match route.path.split('/').nth(4) {
        Some("invoices") => format!("{debtor}-1"),
        Some("holds") => format!("{debtor}.h1"),
        Some("calls") => format!("{debtor}.n1"),
        Some("tasks") => format!("{debtor}.t1"),
        Some("promises") => format!("{debtor}.m1"),
        Some("disputes") => format!("{debtor}.d1"),
        Some("plans") => format!("{debtor}.p1"),
        _ => format!("{debtor}.s1"),
    };
    route.path.replace("{debtor}", debtor).replace("{about}", &about).replace("{list}", "tasks")
}

async fn ask(browser: &mut Browser<'_>, route: &Route, debtor: &str) -> Page {
    let address = address(route, debtor);
    match route.method {
        "post" => browser.post(&address, &[]).await,
        _ => browser.get(&address).await,
    }
}

fn of_a_role() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| matches!(route.needs, Needs::Role(_)))
}

#[tokio::test]
async fn every_route_is_open_to_the_roles_of_the_table_and_to_no_other() {
    let (world, _) = two_invoices_signalled().await;
    for role in Role::ALL {
        let mut browser = Browser::signed_in(&world, &user(role)).await;
        for route in of_a_role() {
            let Needs::Role(action) = route.needs else { continue };
            let status = ask(&mut browser, route, "d1").await.status;
            let refused = status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !role.may(action), "{role} {} {}: {status}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn what_is_another_administrations_is_as_if_it_were_not_there() {
    let (world, _) = two_invoices_signalled().await;
    another_administration(&world).await;
    let mut browser = Browser::signed_in(&world, "other-admin").await;
    let before = world.timeline("d1").await.len();
    for route in of_a_role().filter(|route| route.path.contains("{debtor}")) {
        let foreign = ask(&mut browser, route, "d1").await;
        let unknown = ask(&mut browser, route, "nobody").await;
        let what = format!("{} {}", route.method, route.path);
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{what}");
        assert_eq!((foreign.status, &foreign.body), (unknown.status, &unknown.body), "{what}");
    }
    for path in ["/desk/signals/send", "/desk/signals/withdraw"] {
        let fields = [("signal", "d1.s1"), ("confirmed", "yes"), ("reason", "mine")];
        let page = browser.post(path, &fields).await;
        assert!(page.body.contains("Dit is er niet"), "{}", page.readable());
    }
    let list = browser.get("/desk/debtors").await;
    assert!(!list.body.contains("/desk/debtors/d1"), "{}", list.readable());
    let signals = browser.get("/desk/signals").await;
    assert!(!signals.body.contains("/desk/debtors/d1"), "{}", signals.readable());
    assert_eq!(world.timeline("d1").await.len(), before);
}

#[tokio::test]
async fn nobody_and_no_other_site_gets_anywhere() {
    let (world, _) = two_invoices_signalled().await;
    let mut signed_in = Browser::signed_in(&world, "demo-admin").await;
    let before = world.contents();
    for route in ROUTES.iter().filter(|route| route.needs != Needs::Nobody) {
        let what = format!("{} {}", route.method, route.path);
        let mut stranger = Browser::of(&world);
        let page = ask(&mut stranger, route, "d1").await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/desk/sign-in"), "{what}");
        if route.method != "post" {
            continue;
        }
        let without = signed_in.send(&address(route, "d1"), &[("reason", "x")]).await;
        assert_eq!(without.status, StatusCode::FORBIDDEN, "{what} without its token");
        let wrong = [("form_token", "0"), ("reason", "x")];
        let wrong = signed_in.send(&address(route, "d1"), &wrong).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN, "{what} with another token");
        signed_in.headers = vec![("sec-fetch-site", "cross-site".to_owned())];
        let foreign = signed_in.post(&address(route, "d1"), &[("reason", "x")]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{what} from another site");
        signed_in.headers.clear();
    }
    assert_eq!(world.contents(), before, "nothing was changed");
}

#[tokio::test]
async fn the_form_of_one_session_is_no_form_of_another() {
    let world = two_invoices().await;
    let mut one = Browser::signed_in(&world, "demo-admin").await;
    let mut other = Browser::signed_in(&world, "demo-controller").await;
    let token = one.get("/desk").await.hidden("form_token");
    let page = other.send("/desk/debtors", &[("form_token", &token), ("q", "Vries")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_searched_for_stands_in_no_address() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.keep_overview();
    put_two_invoices(&world, "d1").await;
    world.settle().await;
    let mut browser = Browser::signed_in(&world, "demo-read-only").await;
    let found = browser.post("/desk/debtors", &[("q", "de vries")]).await;
    assert!(found.body.contains("/desk/debtors/d1"), "{}", found.readable());
    let by_number = browser.post("/desk/debtors", &[("q", "D1")]).await;
    assert!(by_number.body.contains("/desk/debtors/d1"));
    let none = browser.post("/desk/debtors", &[("q", "Jansen")]).await;
    assert!(!none.body.contains("/desk/debtors/d1") && none.body.contains("Niemand gevonden"));
    for page in [&found, &by_number, &none] {
        assert!(!page.body.contains("?q=") && page.body.contains("method=\"post\" action=\"/desk/debtors\""));
    }
}

#[tokio::test]
async fn the_language_is_chosen_once() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-read-only").await;
    assert!(browser.get("/desk").await.body.contains("<html lang=\"nl\""));
    assert!(browser.get("/desk?lang=en").await.body.contains("<html lang=\"en\""));
    assert!(browser.get("/desk/debtors").await.body.contains("<html lang=\"en\""));
}
