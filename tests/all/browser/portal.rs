//! What a debtor does on their page.

use domain::payment_request::PaymentProvider;
use tests::chromium::{Chromium, Tab, View};
use tests::site::Site;
use tests::stack::workspace;
use tests::stories::put_two_invoices;

use super::{come_in, in_every_view};

/// The debtor of two invoices, on the day of the first reminder.
async fn reminded() -> Site {
    let site = Site::at("2026-08-20T08:00:00Z").await;
    put_two_invoices(&site.world, "d1").await;
    site.world.go_to("2026-09-08T10:00:00Z").await;
    site
}

async fn let_in(chromium: &'static Chromium, site: &Site, view: View) -> Tab {
    let tab = chromium.tab(&site.url, view).await;
    come_in(site, &tab).await;
    tab
}

#[tokio::test]
async fn a_debtor_goes_from_the_mails_link_to_a_paid_invoice_and_leaves() {
    in_every_view(async |chromium, view| {
        let site = reminded().await;
        let payments = site.world.offer_payment_providers().await;
        let tab = let_in(chromium, &site, view).await;
        tab.go("#pay").await;
        assert!(tab.has("#transfer").await && tab.has("#qr svg").await);
        tab.go("#pay-mollie button").await;
        tab.go("#go").await;
        assert!(tab.path().await.contains("/local/payments/mollie/checkout/"), "the provider's page");
        tab.go("button[value=paid]").await;
        assert_eq!(tab.path().await, "/portal/my/paid");
        assert_eq!(payments.count(PaymentProvider::Mollie), 1);
        site.world.settle().await;
        tab.go("#back").await;
        assert!(!tab.has("#owed").await && !tab.has("#invoices").await, "nothing is owed any more");
        tab.go("#actions a[href='/portal/my/invoices']").await;
        tab.go("#closed a[href='/portal/my/invoices/d1-1']").await;
        assert!(tab.has("#facts").await);
        tab.go("#leave").await;
        assert_eq!(tab.path().await, "/portal?said=left");
        tab.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_debtor_disputes_an_invoice_with_a_picture_after_forgetting_to_choose() {
    in_every_view(async |chromium, view| {
        let site = reminded().await;
        let tab = let_in(chromium, &site, view).await;
        tab.go("#invoices a[href='/portal/my/invoices/d1-1']").await;
        tab.go("#dispute").await;
        tab.fill("#text", "De meterstand klopt niet.").await;
        tab.go_to("#send", 422).await;
        assert!(tab.has("#problems a[href='#kind']").await, "the problem leads to its field");
        tab.click("#kind-error_on_invoice").await;
        tab.attach("#file", &workspace().join(".github/pictures/mail.png")).await;
        tab.go("#send").await;
        assert_eq!(tab.path().await, "/portal/my?done=dispute");
        assert!(tab.has("#done[role=status]").await);
        let counts =
            (site.world.count("d1", "DisputeOpened").await, site.world.count("d1", "DocumentAdded").await);
        assert_eq!(counts, (1, 1));
        tab.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_debtor_asks_for_a_plan_after_seeing_it() {
    in_every_view(async |chromium, view| {
        let site = reminded().await;
        let tab = let_in(chromium, &site, view).await;
        tab.go("#actions a[href='/portal/my/plan']").await;
        tab.fill("#count", "4").await;
        tab.fill("#first", "2026-09-30").await;
        tab.go("#show").await;
        assert!(tab.has("#preview").await);
        tab.go("#send").await;
        assert_eq!(tab.path().await, "/portal/my?done=plan");
        assert!(tab.has("#plan").await);
        assert_eq!(site.world.count("d1", "PlanProposed").await, 1);
        tab.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_debtor_objects_to_early_signalling_and_takes_it_back() {
    in_every_view(async |chromium, view| {
        let site = reminded().await;
        let tab = let_in(chromium, &site, view).await;
        tab.go("#actions a[href='/portal/my/municipality']").await;
        tab.go("#object").await;
        assert_eq!(tab.path().await, "/portal/my/municipality?done=objected");
        assert_eq!(site.world.count("d1", "EarlySignallingDisabled").await, 1);
        tab.go("#allow").await;
        assert_eq!(site.world.count("d1", "EarlySignallingEnabled").await, 1);
        tab.close().await;
    })
    .await;
}
