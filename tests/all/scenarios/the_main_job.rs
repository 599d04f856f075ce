//! From three monthly invoices to a resident who is helped and left alone, and to a settled case.

use domain::calendar::today;
use domain::provider::Provider;
use http::StatusCode;
use serde_json::json;
use tests::bodies::{consumer, invoice, payment};
use tests::world::World;

/// The days on which mails left, with what they are about.
fn mails(world: &World) -> Vec<(String, usize)> {
    world
        .mail
        .taken()
        .iter()
        .map(|t| {
            let items = ["E-1", "E-2", "E-3", "E-4"].iter().filter(|n| t.mail.text.contains(*n)).count();
            (today(t.at).to_string(), items)
        })
        .collect()
}

#[tokio::test]
async fn a_resident_is_reminded_signalled_helped_left_alone_and_settled() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D-1001")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;

    // Six days after the due date: nothing. Seven: reminder 1.
    world.go_to("2026-09-07T18:00:00Z").await;
    assert_eq!(mails(&world), []);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(mails(&world), [("2026-09-08".into(), 1)]);

    // The second invoice is due on 1 October; reminder 2 on the first comes 14 days after reminder 1.
    world.put("/v1/invoices/i2", &invoice("d1", "E-2", "2026-09-20", "2026-10-01", "121.00")).await;
    world.go_to("2026-10-07T18:00:00Z").await;
    assert_eq!(mails(&world)[1..], [("2026-09-22".into(), 1), ("2026-10-06".into(), 1)]);
    let view = world.get("/v1/debtors/d1").await;
    // Reminder 1 on the second is due on 8 October, but seven days lie between two notices.
    assert_eq!(view["nextAction"]["on"], "2026-10-13");
    assert_eq!(view["nextAction"]["step"], "reminder");

    world.put("/v1/invoices/i3", &invoice("d1", "E-3", "2026-10-20", "2026-11-01", "121.00")).await;
    world.go_to("2026-10-28T18:00:00Z").await;
    // Formal notice on the first on 20 October; reminder 2 on the second on 27 October.
    assert_eq!(
        mails(&world)[3..],
        [("2026-10-13".into(), 1), ("2026-10-20".into(), 1), ("2026-10-27".into(), 1)]
    );

    // 8 November is a Sunday and E-3's reminder 1 is due: it leaves on Monday the 9th, bundled with the end-of-service
    // announcement on the first, which is due that day.
    world.go_to("2026-11-08T18:00:00Z").await;
    assert_eq!(mails(&world).len(), 6);
    world.go_to("2026-11-09T18:00:00Z").await;
    assert_eq!(mails(&world)[6..], [("2026-11-09".into(), 2)]);

    // The final reminder on the second makes the conditions of the early signal hold.
    assert_eq!(world.inforing.taken().len(), 0);
    world.go_to("2026-11-16T18:00:00Z").await;
    assert_eq!(mails(&world)[7..], [("2026-11-16".into(), 1)]);
    let taken = world.inforing.taken();
    assert_eq!(taken.len(), 1, "{:?}", world.get("/v1/debtors/d1/signal-conditions?type=early").await);
    assert_eq!(taken[0].message.arrears.to_string(), "363.00");
    assert_eq!(taken[0].message.municipality_code, "0344");
    assert_eq!(world.bkr.calls(), 0);

    // Help is accepted: sixty days of silence, and a new invoice is taken in all the same.
    let reference = &taken[0].reference;
    let code = "help_accepted.financial";
    assert_eq!(world.feedback(Provider::Inforing, reference, "f1", code).await, StatusCode::ACCEPTED);
    let before = mails(&world).len();
    world.go_to("2026-12-10T18:00:00Z").await;
    world.put("/v1/invoices/i4", &invoice("d1", "E-4", "2026-12-10", "2026-12-15", "121.00")).await;
    world.go_to("2027-01-15T12:00:00Z").await;
    assert_eq!(mails(&world).len(), before);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["noAction"]["reason"], "held");
    assert_eq!(view["balance"], "484.00");

    // Help ended: seven days of grace, then one notice with the next step of each invoice.
    assert_eq!(world.feedback(Provider::Inforing, reference, "f2", "help_ended").await, StatusCode::ACCEPTED);
    world.go_to("2027-01-21T18:00:00Z").await;
    assert_eq!(mails(&world).len(), before);
    let view = world.get("/v1/debtors/d1").await;
    let promised = view["nextAction"]["on"].as_str().unwrap().to_owned();
    world.go_to("2027-01-22T18:00:00Z").await;
    assert_eq!(promised, "2027-01-22");
    assert_eq!(mails(&world).len(), before + 1);
    let steps = |v: &serde_json::Value| {
        v["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["step"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(steps(&world.get("/v1/invoices/i1").await).len(), 5);
    assert_eq!(steps(&world.get("/v1/invoices/i2").await).len(), 3);
    assert_eq!(steps(&world.get("/v1/invoices/i3").await), ["reminder-1", "reminder-2"]);

    // Everything is paid: the case is settled and nothing more leaves.
    let mut paid = payment("i1", "484.00", "2027-01-25");
    paid["invoiceId"] = json!(null);
    paid["debtorId"] = json!("d1");
    world.put("/v1/payments/p1", &paid).await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!((&view["balance"], &view["caseId"]), (&json!("0.00"), &json!(null)));
    assert_eq!(world.get("/v1/invoices/i1").await["status"], "paid");
    let sent = mails(&world).len();
    world.go_to("2027-06-01T12:00:00Z").await;
    assert_eq!(mails(&world).len(), sent);
    let told = world.events("d1").await;
    for event in [
        "DebtorCreated",
        "NoticeSent",
        "SignalSent",
        "FeedbackReceived",
        "HoldPlaced",
        "HoldLifted",
        "CaseSettled",
    ] {
        assert!(told.iter().any(|e| e == event), "{event} is not in {told:?}");
    }
    assert_eq!(told.last().unwrap(), "CaseSettled");
    assert_eq!(world.inforing.taken().len(), 1);
}
