//! Every report of a municipality: before the receipt, about nothing that we know, and while help runs.

use domain::feedback::Outcome;
use domain::provider::Provider;
use http::StatusCode;
use tests::stories::{mail_days, two_invoices, two_invoices_signalled};
use tests::world::World;

/// The hold and the task that a first report leads to: `covers` and what the task is about.
async fn standing(world: &World) -> (Vec<String>, Vec<String>) {
    let view = world.get("/v1/debtors/d1").await;
    let texts = |list: &str, field: &str| {
        let items = view[list].as_array().unwrap().iter();
        items.map(|i| i[field].as_str().unwrap().to_owned()).collect()
    };
    (texts("holds", "covers"), texts("tasks", "about"))
}

fn expected(outcome: Outcome) -> (Vec<String>, Vec<String>) {
    let (hold, task): (Option<&str>, Option<&str>) = match outcome {
        Outcome::HelpAccepted(_) | Outcome::KnownToDebtHelp => (Some("reminders"), None),
        Outcome::Deceased => (Some("everything"), Some("deceased")),
        Outcome::NotResident => (None, Some("not_resident")),
        Outcome::OtherTrajectory => (None, Some("other_trajectory")),
        Outcome::Unknown => (None, Some("unknown_feedback")),
        _ => (None, None),
    };
    (hold.map(str::to_owned).into_iter().collect(), task.map(str::to_owned).into_iter().collect())
}

#[tokio::test]
async fn every_report_that_comes_before_the_receipt_is_applied_with_it() {
    for (code, outcome) in Outcome::all() {
        let world = two_invoices().await;
        world.inforing.lose_next_answer();
        world.go_to("2026-10-06T06:10:00Z").await;
        let reference = world.inforing.taken()[0].reference.clone();
        let answer = world.feedback(Provider::Inforing, &reference, "f1", code).await;
        assert_eq!(answer, StatusCode::ACCEPTED, "{code}");
        assert_eq!(standing(&world).await, (vec![], vec![]), "{code}");
        world.go_to("2026-10-06T08:00:00Z").await;
        assert_eq!(standing(&world).await, expected(outcome), "{code}");
        assert_eq!(world.count("d1", "FeedbackReceived").await, 1, "{code}");
    }
}

#[tokio::test]
async fn a_report_about_a_reference_that_nobody_knows_changes_nobody() {
    let (world, reference) = two_invoices_signalled().await;
    for (code, _) in Outcome::all() {
        let strange = format!("{reference}-9");
        assert_eq!(world.feedback(Provider::Inforing, &strange, code, code).await, StatusCode::ACCEPTED);
        // The other provider knows no such signal either.
        assert_eq!(world.feedback(Provider::Bkr, &reference, code, code).await, StatusCode::ACCEPTED);
    }
    world.go_to("2026-10-08T08:00:00Z").await;
    assert_eq!(standing(&world).await, (vec![], vec![]));
    assert_eq!(world.count("d1", "FeedbackReceived").await, 0);
}

#[tokio::test]
async fn reports_after_a_withdrawal_still_pause() {
    let (world, reference) = two_invoices_signalled().await;
    let body = serde_json::json!({ "reason": "sent in error" });
    world.call("POST", "/v1/signals/d1.s1/withdraw", Some(&body)).await;
    world.settle().await;
    world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
    world.go_to("2026-12-20T08:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3, "somebody is being helped");
    assert_eq!(standing(&world).await.0, ["reminders"]);
}

#[tokio::test]
async fn accepted_help_is_reviewed_after_thirty_days_and_ends_one_hold_of_several() {
    let (world, reference) = two_invoices_signalled().await;
    let desk = world.hold(serde_json::json!({ "debtorId": "d1" }), "reminders", None).await;
    for id in ["f1", "f2"] {
        world.feedback(Provider::Inforing, &reference, id, "help_accepted.financial").await;
    }
    assert_eq!(standing(&world).await.0, ["reminders", "reminders"], "accepted twice is one hold");
    // Accepted on 7 October: nobody is asked on 5 November, somebody on the 6th, once.
    world.go_to("2026-11-05T18:00:00Z").await;
    assert_eq!(standing(&world).await.1, [""; 0]);
    world.go_to("2026-11-06T18:00:00Z").await;
    assert_eq!(standing(&world).await.1, ["hold_review"]);
    world.go_to("2026-12-24T12:00:00Z").await;
    assert_eq!(standing(&world).await.1, ["hold_review"]);
    assert_eq!(mail_days(&world).len(), 3, "a review ends nothing by itself");
    world.feedback(Provider::Inforing, &reference, "f3", "help_ended").await;
    assert_eq!(standing(&world).await, (vec!["reminders".to_owned()], vec![]));
    world.go_to("2027-01-10T12:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3, "the desk's own hold stands");
    world.lift(&desk).await;
    // One of the fourteen days before the formal notice had passed when help began: thirteen are left.
    world.go_to("2027-01-22T18:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3);
    world.go_to("2027-01-23T18:00:00Z").await;
    assert_eq!(mail_days(&world)[3..], ["2027-01-23"]);
}
