//! Holds: nothing that one covers leaves while it stands, whatever else ends meanwhile.

use domain::provider::Provider;
use serde_json::{Value, json};
use tests::bodies::invoice;
use tests::stories::{mail_days, put_two_invoices, two_invoices, two_invoices_signalled};
use tests::world::World;

/// The numbers of the invoices that the last mail is about.
fn last_mail_about(world: &World) -> Vec<&'static str> {
    let last = world.mail.taken().pop().expect("a mail");
    ["d1-1", "d1-2", "d1-3"].into_iter().filter(|number| last.mail.text.contains(number)).collect()
}

fn reason(view: &Value) -> (&str, &str) {
    let text = |value: &'_ Value| -> String { value.as_str().unwrap_or("-").to_owned() };
    let (why, until) = (text(&view["noAction"]["reason"]), text(&view["noAction"]["until"]));
    (why.leak(), until.leak())
}

#[tokio::test]
async fn each_scope_holds_what_it_names_and_nothing_else() {
    let table = [
        (json!({ "debtorId": "d1" }), vec![]),
        (json!({ "invoiceId": "d1-1" }), vec!["d1-2"]),
        (json!({ "administration": true }), vec![]),
        (json!({ "caseId": "d1.c1" }), vec![]),
    ];
    for (scope, about) in table {
        for covers in ["reminders", "everything"] {
            let world = two_invoices().await;
            put_two_invoices(&world, "d2").await;
            // The case opens with the first reminder.
            world.go_to("2026-09-10T08:00:00Z").await;
            let everyone = scope["administration"] == true;
            world.hold(scope.clone(), covers, None).await;
            world.go_to("2026-10-01T08:00:00Z").await;
            let of = |debtor: &str| {
                let tag = format!("{debtor}.n2");
                world.mail.taken().into_iter().find(|t| t.mail.tags.iter().any(|(_, v)| *v == tag))
            };
            let second = of("d1").map(|t| t.mail.text);
            let found: Vec<&str> = ["d1-1", "d1-2"]
                .into_iter()
                .filter(|n| second.as_ref().is_some_and(|text| text.contains(n)))
                .collect();
            assert_eq!(found, about, "{scope} {covers}");
            assert_eq!(of("d2").is_some(), !everyone, "{scope} {covers}");
            let view = world.get("/v1/debtors/d1").await;
            assert_eq!(view["holds"].as_array().unwrap().len(), 1);
            if about.is_empty() {
                assert_eq!(reason(&view), ("held", "-"), "{scope}");
            }
            let status = world.get("/v1/invoices/d1-1").await["status"].clone();
            assert_eq!(status, "held", "{scope}");
        }
    }
}

#[tokio::test]
async fn several_holds_stand_at_once_and_lifting_one_lifts_only_that_one() {
    let world = two_invoices().await;
    let first = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    let second = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    world.go_to("2026-09-20T08:00:00Z").await;
    world.lift(&first).await;
    // Lifting it twice is lifting it once.
    world.lift(&first).await;
    assert_eq!(world.count("d1", "HoldLifted").await, 1);
    world.go_to("2026-10-20T08:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    assert_eq!(reason(&world.get("/v1/debtors/d1").await).0, "held");
    world.lift(&second).await;
    let view = world.get("/v1/debtors/d1").await;
    // 20 August to 20 October stood still: seven days after the due date are left from then, and so is the grace.
    assert_eq!(view["nextAction"]["on"], "2026-10-27");
    world.go_to("2026-10-26T20:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    world.go_to("2026-10-27T20:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-10-27"]);
}

#[tokio::test]
async fn waiting_stands_still_during_a_hold_and_grace_comes_first() {
    // Reminder 2 is due 14 days after reminder 1 of 8 September.
    // (held from, lifted on, day of reminder 2)
    let table = [
        ("2026-09-09", "2026-09-12", "2026-09-25"), // three of fourteen days stood still
        ("2026-09-20", "2026-09-21", "2026-09-28"), // one day stood still: the 23rd, but grace until the 28th
        ("2026-09-21", "2026-10-05", "2026-10-12"), // one day is left, grace is longer
    ];
    for (from, to, expected) in table {
        let world = two_invoices().await;
        world.go_to(&format!("{from}T10:00:00Z")).await;
        let hold = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
        world.go_to(&format!("{to}T10:00:00Z")).await;
        world.lift(&hold).await;
        assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["on"], expected, "{from} {to}");
        world.go_to("2026-10-13T10:00:00Z").await;
        assert_eq!(mail_days(&world)[1], expected, "{from} {to}");
    }
}

#[tokio::test]
async fn a_hold_with_an_end_ends_by_itself_after_its_last_day() {
    for scope in [json!({ "debtorId": "d1" }), json!({ "administration": true })] {
        let world = two_invoices().await;
        world.hold(scope.clone(), "reminders", Some("2026-09-14")).await;
        let promised = world.get("/v1/debtors/d1").await["nextAction"]["on"].clone();
        assert_eq!(promised, "2026-09-22", "seven days of grace after the 15th: {scope}");
        world.go_to("2026-09-14T10:00:00Z").await;
        assert_eq!(world.get("/v1/invoices/d1-1").await["status"], "held");
        world.go_to("2026-09-15T10:00:00Z").await;
        assert_eq!(world.get("/v1/invoices/d1-1").await["status"], "overdue");
        assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["on"], promised);
        world.go_to("2026-09-25T10:00:00Z").await;
        assert_eq!(mail_days(&world), ["2026-09-22"], "{scope}");
        let of_debtor = usize::from(scope["administration"].is_null());
        assert_eq!(world.count("d1", "HoldEnded").await, of_debtor, "{scope}");
    }
}

#[tokio::test]
async fn lifting_a_hold_on_everyone_resumes_everyone_whatever_else_is_held() {
    let world = two_invoices().await;
    // One of two invoices is held by itself as well.
    world.hold(json!({ "invoiceId": "d1-1" }), "reminders", None).await;
    let everyone = world.hold(json!({ "administration": "demo" }), "reminders", None).await;
    world.go_to("2026-10-01T10:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    world.lift(&everyone).await;
    assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["on"], "2026-10-08");
    world.go_to("2026-10-09T10:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-10-08"]);
    assert_eq!(last_mail_about(&world), ["d1-2"]);
}

#[tokio::test]
async fn a_hold_that_is_acknowledged_stops_a_notice_that_is_prepared() {
    let world = two_invoices().await;
    // Prepared and not yet sent: the mail service is throttled.
    world.mail.next(&[tests::mail::Next::Throttled]);
    world.go_to("2026-09-08T06:05:00Z").await;
    assert_eq!((world.mail.calls(), world.mail.taken().len()), (1, 0));
    world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    world.go_to("2026-09-30T06:05:00Z").await;
    assert_eq!(world.mail.calls(), 1);
    let told = world.events("d1").await;
    assert_eq!(told.last().unwrap(), "NoticeCancelled");
}

#[tokio::test]
async fn a_hold_on_one_invoice_drops_its_line_from_a_notice_that_is_prepared() {
    let world = two_invoices().await;
    world.mail.next(&[tests::mail::Next::Throttled]);
    world.go_to("2026-09-08T06:05:00Z").await;
    world.hold(json!({ "invoiceId": "d1-2" }), "reminders", None).await;
    world.go_to("2026-09-08T07:05:00Z").await;
    assert_eq!(last_mail_about(&world), ["d1-1"]);
    assert_eq!(world.get("/v1/invoices/d1-2").await["steps"], json!([]));
}

#[tokio::test]
async fn help_is_not_lifted_by_another_holds_end_nor_the_other_way_round() {
    let (world, reference) = two_invoices_signalled().await;
    let asked = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
    world.feedback(Provider::Inforing, &reference, "f2", "help_ended").await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["holds"].as_array().unwrap().len(), 1);
    assert_eq!(view["holds"][0]["id"], asked.as_str());
    world.go_to("2026-12-01T08:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3);
}

#[tokio::test]
async fn a_review_is_asked_for_once_on_its_day() {
    let (world, reference) = two_invoices_signalled().await;
    world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
    assert_eq!(world.get("/v1/debtors/d1").await["holds"][0]["reviewOn"], "2026-11-06");
    world.go_to("2026-11-05T18:00:00Z").await;
    assert_eq!(world.count("d1", "TaskOpened").await, 0);
    world.go_to("2026-11-06T18:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"][0]["about"], "hold_review");
    world.go_to("2027-03-01T18:00:00Z").await;
    assert_eq!(world.count("d1", "TaskOpened").await, 1);
    // It does not end by itself.
    assert_eq!(mail_days(&world).len(), 3);
}

#[tokio::test]
async fn the_deceased_are_left_alone_for_good() {
    let (world, reference) = two_invoices_signalled().await;
    world.feedback(Provider::Inforing, &reference, "f1", "deceased").await;
    for code in ["help_ended", "no_contact"] {
        world.feedback(Provider::Inforing, &reference, code, code).await;
    }
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2026-10-07", "2026-10-20", "80.00")).await;
    world.go_to("2027-06-01T18:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3);
    assert_eq!(world.inforing.calls(), 1);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(
        (&view["holds"][0]["kind"], &view["holds"][0]["covers"]),
        (&json!("deceased"), &json!("everything"))
    );
    assert_eq!(view["tasks"][0]["about"], "deceased");
}
