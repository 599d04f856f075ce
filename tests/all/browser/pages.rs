//! Every page of the portal and the desk, with something on it and with nothing, looked at in both sizes and both languages.
//!
//! With `TIJDIG_SCREENSHOTS=folder` (or `cargo screenshots`, which writes into `target/screenshots`) pictures of all of them are kept, in light
//! and in dark.

use std::path::PathBuf;

use domain::notice::Channel;
use jiff::SignedDuration;
use serde_json::{Value, json};
use staff_desk::ROUTES;
use tests::bodies::{consumer, invoice, payment};
use tests::chromium::{Chromium, Tab, View};
use tests::desk::Browser;
use tests::site::Site;
use tests::stack::workspace;
use tests::stories::put_two_invoices;

use super::{SIZES, come_in, sign_in};
use crate::tidy::read;

/// Addresses of the desk that are no pages: they lead to another site or back from it, or hand out a file.
const NO_PAGES: &[&str] = &["/desk/sign-in/begin", "/desk/sign-in/leave", "/desk/signed-in"];

/// A page of the desk for every route that has to be told what it is about.
const DESK: &[(&str, &str)] = &[
    ("/desk/work/{list}", "/desk/work/disputes"),
    ("/desk/debtors/{debtor}", "/desk/debtors/d1"),
    ("/desk/debtors/{debtor}/timeline", "/desk/debtors/d2/timeline"),
    ("/desk/debtors/{debtor}/hold", "/desk/debtors/d1/hold"),
    ("/desk/debtors/{debtor}/invoices/{about}/hold", "/desk/debtors/d1/invoices/d1-1/hold"),
    ("/desk/debtors/{debtor}/holds/{about}/lift", "/desk/debtors/d2/holds/d2.h1/lift"),
    ("/desk/debtors/{debtor}/invoices/{about}/step", "/desk/debtors/d1/invoices/d1-1/step"),
    ("/desk/debtors/{debtor}/promise", "/desk/debtors/d1/promise"),
    ("/desk/debtors/{debtor}/promises/{about}/withdraw", "/desk/debtors/d2/promises/d2.m1/withdraw"),
    ("/desk/debtors/{debtor}/calls/{about}", "/desk/debtors/called/calls/called.n1"),
    ("/desk/debtors/{debtor}/calls/{about}/outcome", "/desk/debtors/called/calls/called.n1/outcome"),
    ("/desk/debtors/{debtor}/tasks/{about}/done", "/desk/debtors/d2/tasks/d2.t1/done"),
    ("/desk/debtors/{debtor}/statement", "/desk/debtors/d1/statement"),
    ("/desk/debtors/{debtor}/disputes/{about}/decide", "/desk/debtors/d2/disputes/d2.d1/decide"),
    ("/desk/debtors/{debtor}/plans/{about}/decide", "/desk/debtors/d3/plans/d3.p1/decide"),
    ("/desk/debtors/{debtor}/plans/{about}/end", "/desk/debtors/d3/plans/d3.p1/end"),
    ("/desk/debtors/{debtor}/signals/prepare", "/desk/debtors/d1/signals/prepare"),
    ("/desk/debtors/{debtor}/signals/{about}/send", "/desk/debtors/d1/signals/d1.s1/send"),
    ("/desk/debtors/{debtor}/signals/{about}/withdraw", "/desk/debtors/d1/signals/d1.s1/withdraw"),
    ("/desk/debtors/{debtor}/early-signalling", "/desk/debtors/d1/early-signalling"),
    ("/desk/debtors/{debtor}/case/hand-over", "/desk/debtors/d1/case/hand-over"),
    ("/desk/debtors/{debtor}/case/take-back", "/desk/debtors/d1/case/take-back"),
];

/// More of the desk: what a route shows beside its first page, the status that it comes under, and a name.
const DESK_TOO: [(&str, &str, u16); 6] = [
    ("debtor-with-everything", "/desk/debtors/d2", 200),
    ("debtor-with-long-words", "/desk/debtors/long", 200),
    ("signals-of-no-place", "/desk/signals?municipality=Utrecht", 200),
    ("signals-filtered", "/desk/signals?status=prepared&type=early", 200),
    ("done", "/desk/debtors/d1?done=place_hold", 200),
    ("nothing-there", "/desk/debtors/nobody", 404),
];

/// Pages of the portal before somebody was let in: name, path, status.
const PORTAL_DOOR: [(&str, &str, u16); 3] = [
    ("home", "/portal", 200),
    ("letter", "/portal/letter", 200),
    ("home-expired", "/portal?said=expired", 200),
];

/// And behind it. What routes hand out as files is no page.
const PORTAL: [(&str, &str, u16); 15] = [
    ("overview", "/portal/my", 200),
    ("invoices", "/portal/my/invoices", 200),
    ("invoice", "/portal/my/invoices/d1-1", 200),
    ("invoice-paid", "/portal/my/invoices/d1-3", 200),
    ("dispute", "/portal/my/invoices/d1-1/dispute", 200),
    ("pay", "/portal/my/pay", 200),
    ("paid", "/portal/my/paid", 200),
    ("promise", "/portal/my/promise", 200),
    ("plan", "/portal/my/plan?count=4&every=month&first=2026-09-30", 200),
    ("plan-too-long", "/portal/my/plan?count=36&every=month&first=2026-09-30", 422),
    ("direct-debit", "/portal/my/direct-debit", 200),
    ("details", "/portal/my/details", 200),
    ("municipality", "/portal/my/municipality", 200),
    ("messages", "/portal/my/messages", 200),
    ("help", "/portal/my/help", 200),
];

/// Both sizes in both languages, with scripts: axe needs them.
fn views() -> impl Iterator<Item = View> {
    let of = |(width, height)| ["nl", "en"].map(|language| View { width, height, language, scripts: true });
    SIZES.into_iter().flat_map(of)
}

/// Where pictures are to be kept, if anywhere.
fn folder() -> Option<PathBuf> {
    std::env::var_os("TIJDIG_SCREENSHOTS").map(|folder| workspace().join(folder))
}

/// Keeps pictures of the page that is shown, where somebody wants them.
async fn keep(tab: &Tab, view: View, name: &str) {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    for theme in ["light", "dark"] {
        let file = format!("{name}-{}-{}-{theme}.png", view.width, view.language);
        std::fs::write(folder.join(file), tab.picture(theme).await).expect("a picture is written");
    }
}

async fn post(site: &Site, path: &str, body: Value) {
    let answer = site.world.call("POST", path, Some(&body)).await;
    assert!(answer.status.is_success(), "POST {path}: {} {}", answer.status, answer.body);
}

/// A desk at work: signals that are ready, a debtor with everything that there can be, one with long words, and enough for a second page.
async fn desk_at_work() -> Site {
    let site = Site::at("2026-08-20T08:00:00Z").await;
    let world = &site.world;
    world.keep_overview();
    world
        .change_settings(|settings| {
            settings.early.automatic = false;
            settings.channels.push(Channel::Phone);
            let mut calling = settings.policies[0].clone();
            calling.id = "calling".parse().unwrap();
            calling.steps.iter_mut().for_each(|step| step.channels = vec![Channel::Phone]);
            settings.policies.push(calling);
        })
        .await;
    let mut called = consumer("CALLED");
    called["policyId"] = json!("calling");
    world.put("/v1/debtors/called", &called).await;
    world
        .put("/v1/invoices/called-1", &invoice("called", "called-1", "2026-09-10", "2026-09-28", "121.00"))
        .await;
    for debtor in ["d1", "d2", "d3"] {
        put_two_invoices(world, debtor).await;
    }
    let mut long = consumer("KLANTNUMMER-0000000000000000000000000001");
    long["name"] =
        json!("Waterschapsbelastingadviescommissievoorzittersplaatsvervangersvereniging Nederland");
    (long["emails"], long["mobile"]) = (json!([]), json!(null));
    world.put("/v1/debtors/long", &long).await;
    let number = "FACTUURNUMMER-2026-0000000000000000000000000000000001";
    world
        .put("/v1/invoices/long-1", &invoice("long", number, "2026-08-20", "2026-09-01", "1234567.89"))
        .await;
    for at in 1..=60 {
        let debtor = format!("many{at}");
        world.put(&format!("/v1/debtors/{debtor}"), &consumer(&debtor.to_uppercase())).await;
        let body = invoice(&debtor, &format!("{debtor}-1"), "2026-09-20", "2026-10-04", "121.00");
        world.put(&format!("/v1/invoices/{debtor}-1"), &body).await;
    }
    world.go_to("2026-10-07T08:00:00Z").await;
    post(
        &site,
        "/v1/payment-plans",
        json!({ "debtorId": "d3", "instalments": 2, "every": "month",
        "firstOn": "2026-11-01", "proposedBy": "creditor" }),
    )
    .await;
    post(
        &site,
        "/v1/disputes",
        json!({ "invoiceId": "d2-1", "reason": "complaint", "text": "Het was koud." }),
    )
    .await;
    let mut colleague = Browser::signed_in(world, "demo-controller").await;
    colleague.done("/desk/debtors/d2/promise", &[("pay_by", "2026-10-20"), ("amount", "100")]).await;
    world.hold(json!({ "debtorId": "d2" }), "reminders", None).await;
    world.settle().await;
    site
}

/// The pages of every route of the desk: name and path.
fn pages_of_routes() -> Vec<(String, &'static str)> {
    let pages = ROUTES.iter().filter(|route| route.method == "get" && !NO_PAGES.contains(&route.path));
    let page = |route: &'static str| {
        let named = DESK.iter().find(|(pattern, _)| *pattern == route).map(|(_, path)| *path);
        let path = named.unwrap_or(route);
        assert!(!path.contains('{'), "{route}: name a page of it in DESK, so that it is looked at");
        (route.trim_start_matches("/desk/").replace('/', "-").replace(['{', '}'], ""), path)
    };
    pages.map(|route| page(route.path)).collect()
}

#[test]
fn no_page_is_named_of_a_route_that_is_not_there() {
    for (route, _) in DESK {
        assert!(ROUTES.iter().any(|known| known.path == *route), "{route}");
    }
}

#[tokio::test]
async fn every_page_of_a_desk_at_work_is_good() {
    let Some(chromium) = Chromium::shared() else { return };
    let site = desk_at_work().await;
    for view in views() {
        let tab = chromium.tab(&site.url, view).await;
        sign_in(&site, &tab, "demo-admin").await;
        let too = DESK_TOO.map(|(name, path, status)| (name.to_owned(), path, status));
        let pages = pages_of_routes().into_iter().map(|(name, path)| (name, path, 200));
        for (name, path, status) in pages.chain(too) {
            // Whoever signs in has no language yet.
            let spoken = if path == "/desk/sign-in" {
                format!("{path}?lang={}", view.language)
            } else {
                path.to_owned()
            };
            tab.open_to(&spoken, status).await;
            keep(&tab, view, &format!("desk-{name}")).await;
        }
        tab.close().await;
    }
}

#[tokio::test]
async fn a_desk_with_nothing_to_do_says_so_on_every_page() {
    let Some(chromium) = Chromium::shared() else { return };
    let site = Site::at("2026-10-07T08:00:00Z").await;
    for view in views() {
        let tab = chromium.tab(&site.url, view).await;
        sign_in(&site, &tab, "demo-admin").await;
        for (name, path) in pages_of_routes() {
            if DESK.iter().all(|(_, page)| *page != path) && path != "/desk/sign-in" {
                tab.open(path).await;
                keep(&tab, view, &format!("desk-empty-{name}")).await;
            }
        }
        tab.close().await;
    }
}

/// A debtor who owes something, has paid something, and wrote.
async fn debtor_at_home() -> Site {
    let site = Site::at("2026-08-20T08:00:00Z").await;
    let world = &site.world;
    world
        .change_settings(|settings| {
            settings.direct_debit.enabled = true;
            settings.direct_debit.creditor_id = Some("NL79ZZZ999999990000".to_owned());
        })
        .await;
    put_two_invoices(world, "d1").await;
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2026-08-20", "2026-09-01", "1234567.89")).await;
    world.put("/v1/payments/p1", &payment("d1-3", "1234567.89", "2026-08-21")).await;
    world.connect_payment_providers().await;
    world.go_to("2026-09-08T10:00:00Z").await;
    post(
        &site,
        "/v1/messages",
        json!({ "author": "desk", "invoiceId": "d1-1", "text": "De meterstand was geschat." }),
    )
    .await;
    site
}

#[tokio::test]
async fn every_page_of_the_portal_is_good() {
    let Some(chromium) = Chromium::shared() else { return };
    let site = debtor_at_home().await;
    let link = site.world.last_link();
    for view in views() {
        let tab = chromium.tab(&site.url, view).await;
        tab.open(&format!("/portal/{link}")).await;
        tab.choose_language().await;
        keep(&tab, view, "portal-link").await;
        for (name, path, status) in PORTAL_DOOR {
            tab.open_to(path, status).await;
            keep(&tab, view, &format!("portal-{name}")).await;
        }
        tab.close().await;

        // Codes for one link are few an hour.
        site.world.set(site.world.now() + SignedDuration::from_hours(1));
        let tab = chromium.tab(&site.url, view).await;
        come_in(&site, &tab).await;
        for (name, path, status) in PORTAL {
            tab.open_to(path, status).await;
            keep(&tab, view, &format!("portal-{name}")).await;
        }
        tab.close().await;
    }
}

/// The routes of the portal that show a page, by its list of them.
fn routes_of_portal() -> Vec<String> {
    let text = read("functions/debtor-portal/src/lib.rs");
    let routes =
        text.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")?.split_once("\", get("));
    routes.map(|(path, _)| path.to_owned()).collect()
}

#[test]
fn every_route_of_the_portal_has_its_page_here() {
    let files = ["documents/{document}", "attachments/{number}"];
    let routes = routes_of_portal();
    assert!(routes.len() > 10, "{routes:?}");
    for route in routes.iter().filter(|route| !files.iter().any(|file| route.ends_with(file))) {
        let wanted: Vec<&str> = route.trim_end_matches('/').split('/').collect();
        let is_of_route = |path: &str| {
            let path: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
            path.len() == wanted.len()
                && path.iter().zip(&wanted).all(|(have, want)| have == want || want.starts_with('{'))
        };
        let known = PORTAL.iter().chain(&PORTAL_DOOR).any(|(_, path, _)| is_of_route(path));
        assert!(known, "{route}: name a page of it in PORTAL, so that it is looked at");
    }
}
