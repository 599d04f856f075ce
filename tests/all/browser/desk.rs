//! What a controller does at the desk.

use serde_json::json;
use tests::chromium::{Chromium, Tab, View};
use tests::site::Site;
use tests::stories::put_two_invoices;

use super::{in_every_view, sign_in};

/// Two invoices of a debtor, whose reminders go out from 8 September 2026, at a desk whose lists are kept.
async fn two_invoices() -> Site {
    let site = Site::at("2026-08-20T08:00:00Z").await;
    site.world.keep_overview();
    put_two_invoices(&site.world, "d1").await;
    site.world.settle().await;
    site
}

async fn signed_in(chromium: &'static Chromium, site: &Site, view: View) -> Tab {
    let tab = chromium.tab(&site.url, view).await;
    sign_in(site, &tab, "demo-controller").await;
    tab
}

/// Finds the debtor by name, from the first page.
async fn find(tab: &Tab) {
    tab.fill("#q", "Vries").await;
    tab.go("#search").await;
    tab.go("#debtors a[href='/desk/debtors/d1']").await;
}

#[tokio::test]
async fn a_controller_goes_from_the_overview_to_a_decided_plan() {
    in_every_view(async |chromium, view| {
        let site = two_invoices().await;
        let body = json!({ "debtorId": "d1", "instalments": 2, "every": "month", "firstOn": "2026-09-01",
            "proposedBy": "creditor" });
        site.world.call("POST", "/v1/payment-plans", Some(&body)).await;
        site.world.settle().await;
        let tab = signed_in(chromium, &site, view).await;
        find(&tab).await;
        tab.go("a[href='/desk/debtors/d1/plans/d1.p1/decide']").await;
        tab.click("#answer-reject").await;
        tab.go_to("#do", 422).await;
        assert!(tab.has("#problems a[href='#reason']").await, "the problem leads to its field");
        tab.click("#answer-approve").await;
        tab.go("#do").await;
        assert_eq!(tab.path().await, "/desk/debtors/d1?done=decide_plan");
        assert!(tab.has("#done[role=status]").await);
        assert_eq!(site.world.get("/v1/debtors/d1").await["plan"]["status"], "active");
        tab.forget_language();
        tab.go("#sign-out").await;
        assert_eq!(tab.path().await, "/desk/sign-in?said=left");
        tab.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_controller_sends_a_signal_that_is_ready() {
    in_every_view(async |chromium, view| {
        let site = two_invoices().await;
        site.world.change_settings(|settings| settings.early.automatic = false).await;
        site.world.go_to("2026-10-07T08:00:00Z").await;
        let tab = signed_in(chromium, &site, view).await;
        tab.go(".menu a[href='/desk/signals']").await;
        tab.click("[id='signal-d1.s1']").await;
        tab.go("#send").await;
        assert_eq!(site.world.count("d1", "SignalReleased").await, 0, "a question sends nothing");
        tab.go("#do").await;
        assert!(tab.has("#results").await);
        site.world.settle().await;
        assert_eq!(site.world.inforing.taken().len(), 1);
        tab.go("main a[href='/desk/signals']").await;
        tab.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_controller_holds_a_debtor_and_lets_the_reminders_go_on() {
    in_every_view(async |chromium, view| {
        let site = two_invoices().await;
        let tab = signed_in(chromium, &site, view).await;
        find(&tab).await;
        tab.go("a[href='/desk/debtors/d1/hold']").await;
        tab.click("#covers-everything").await;
        tab.fill("#reason", "belt maandag terug").await;
        tab.fill("#until", "2026-09-30").await;
        tab.go("#do").await;
        assert_eq!(tab.path().await, "/desk/debtors/d1?done=place_hold");
        assert_eq!(site.world.count("d1", "HoldPlaced").await, 1);
        tab.go("a[href='/desk/debtors/d1/holds/d1.h1/lift']").await;
        tab.go("#do").await;
        assert_eq!(tab.path().await, "/desk/debtors/d1?done=lift_hold");
        assert_eq!(site.world.count("d1", "HoldLifted").await, 1);
        tab.close().await;
    })
    .await;
}
