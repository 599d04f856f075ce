//! What municipalities were told stays true: another amount, a withdrawal, and signals that take another's place.

use http::StatusCode;
use outside::platform::Operation::{Create, Update, Withdraw};
use serde_json::{Value, json};
use tests::bodies::{invoice, payment};
use tests::perils::PERILS;
use tests::stories::{payment_of_everything, two_invoices, two_invoices_signalled};
use tests::world::World;

/// What the platform took in: operation, amount and the signal that it is about.
fn told(world: &World) -> Vec<(outside::platform::Operation, String, Option<String>)> {
    let taken = world.inforing.taken().into_iter();
    taken.map(|t| (t.operation, t.message.arrears.to_string(), t.message.supersedes)).collect()
}

async fn pay(world: &World, id: &str, invoice: &str, amount: &str, on: &str) {
    world.put(&format!("/v1/payments/{id}"), &payment(invoice, amount, on)).await;
}

async fn object(world: &World) {
    let body = json!({ "enabled": false, "reason": "said so" });
    let answer = world.call("POST", "/v1/debtors/d1/early-signalling", Some(&body)).await;
    assert_eq!(answer.status, StatusCode::OK);
}

async fn first_signal(world: &World) -> Value {
    world.get("/v1/debtors/d1").await["signals"][0].clone()
}

#[tokio::test]
async fn the_municipality_hears_what_was_paid_in_part_and_what_came_back() {
    let (world, reference) = two_invoices_signalled().await;
    let about = Some(reference);
    // Less than the least change: nothing, however often the day is swept.
    pay(&world, "p1", "d1-1", "49.99", "2026-10-07").await;
    world.go_to("2026-10-08T12:00:00Z").await;
    assert_eq!(told(&world), [(Create, "242.00".into(), None)]);
    // One cent more in all: told at the next sweep, once.
    pay(&world, "p2", "d1-1", "0.01", "2026-10-08").await;
    world.go_to("2026-10-08T12:15:00Z").await;
    assert_eq!(told(&world)[1..], [(Update, "192.00".into(), about.clone())]);
    world.go_to("2026-10-12T12:00:00Z").await;
    assert_eq!(told(&world).len(), 2);
    // What is paid in the evening is told in the morning.
    world.go_to("2026-10-12T19:30:00Z").await;
    pay(&world, "p3", "d1-2", "100.00", "2026-10-12").await;
    world.go_to("2026-10-13T05:30:00Z").await;
    assert_eq!(told(&world).len(), 2);
    world.go_to("2026-10-13T06:00:00Z").await;
    assert_eq!(told(&world)[2..], [(Update, "92.00".into(), about.clone())]);
    // It came back: the municipality hears that as well.
    let mut back = payment("d1-2", "100.00", "2026-10-14");
    back["kind"] = json!("reversal");
    world.put("/v1/payments/p4", &back).await;
    world.go_to("2026-10-14T12:00:00Z").await;
    assert_eq!(told(&world)[3..], [(Update, "192.00".into(), about)]);
    let keys: Vec<String> = world.inforing.taken().into_iter().map(|t| t.message.idempotency_key).collect();
    assert_eq!(keys, ["d1.s1.create", "d1.s1.update-1", "d1.s1.update-2", "d1.s1.update-3"]);
    assert_eq!(first_signal(&world).await["arrears"], "192.00");
    assert_eq!(world.count("d1", "SignalUpdated").await, 3);
}

#[tokio::test]
async fn a_credit_note_is_told_like_a_payment() {
    let (world, _) = two_invoices_signalled().await;
    let mut note = invoice("d1", "C-1", "2026-10-07", "2026-10-07", "121.00");
    note["kind"] = json!("creditNote");
    note["corrects"] = json!("d1-2");
    world.put("/v1/invoices/c1", &note).await;
    world.go_to("2026-10-07T12:00:00Z").await;
    assert_eq!(told(&world)[1].1, "121.00");
}

#[tokio::test]
async fn once_nothing_is_owed_the_signal_is_withdrawn_by_itself() {
    let (world, reference) = two_invoices_signalled().await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-10-07")).await;
    assert_eq!(told(&world).len(), 1);
    world.go_to("2026-10-07T08:15:00Z").await;
    assert_eq!(told(&world)[1..], [(Withdraw, "242.00".into(), Some(reference))]);
    let signal = first_signal(&world).await;
    assert_eq!((&signal["status"], &signal["reason"]), (&json!("withdrawn"), &json!("paid")));
    world.go_to("2027-04-10T08:00:00Z").await;
    assert_eq!(told(&world).len(), 2);
    assert_eq!(world.count("d1", "SignalWithdrawn").await, 1);
}

#[tokio::test]
async fn nothing_is_told_about_a_signal_that_the_municipality_is_done_with() {
    for code in
        ["solved_or_arranged", "not_picked_up.repeated", "not_resident", "help_declined", "no_contact"]
    {
        let (world, reference) = two_invoices_signalled().await;
        world.feedback(domain::provider::Provider::Inforing, &reference, "f1", code).await;
        world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-10-07")).await;
        world.go_to("2026-10-20T08:00:00Z").await;
        assert_eq!(told(&world).len(), 1, "{code}");
    }
}

#[tokio::test]
async fn an_objection_takes_back_what_nobody_picked_up_yet() {
    for (code, withdrawn) in [(None, true), (Some("received"), true), (Some("picked_up"), false)] {
        let (world, reference) = two_invoices_signalled().await;
        if let Some(code) = code {
            world.feedback(domain::provider::Provider::Inforing, &reference, "f1", code).await;
        }
        object(&world).await;
        world.go_to("2026-10-09T12:00:00Z").await;
        assert_eq!(told(&world).len(), if withdrawn { 2 } else { 1 }, "{code:?}");
        if withdrawn {
            assert_eq!(first_signal(&world).await["reason"], "opted out");
        }
    }
}

#[tokio::test]
async fn an_objection_to_a_crisis_signal_does_what_the_sector_says() {
    use domain::administration::{Objections, Sector};
    for (sector, asks) in [
        (Sector::Energy, true),
        (Sector::Heat, true),
        (Sector::Water, false),
        (Sector::Rent, false),
        (Sector::HealthInsurance, false),
    ] {
        let world = two_invoices().await;
        world
            .change_settings(|s| {
                s.sector = sector;
                s.objections = Objections::standard(sector);
            })
            .await;
        world.go_to("2026-10-07T08:00:00Z").await;
        let reference = world.inforing.taken()[0].reference.clone();
        world.feedback(domain::provider::Provider::Inforing, &reference, "f1", "picked_up").await;
        object(&world).await;
        // The end of service is announced on 9 November.
        world.go_to("2026-11-10T08:00:00Z").await;
        let view = world.get("/v1/debtors/d1").await;
        let found =
            (&view["signals"][1]["status"], &view["signals"][1]["reason"], &view["tasks"][0]["about"]);
        if asks {
            assert_eq!(
                found,
                (&json!("prepared"), &json!(null), &json!("signal_after_objection")),
                "{sector:?}"
            );
        } else {
            assert_eq!(found, (&json!("blocked"), &json!("notOptedOut"), &json!(null)), "{sector:?}");
        }
        assert_eq!(told(&world).len(), 1, "{sector:?}");
    }
}

#[tokio::test]
async fn an_update_without_answer_is_the_same_message_again() {
    let (world, _) = two_invoices_signalled().await;
    (0..2).for_each(|_| world.inforing.lose_next_answer());
    pay(&world, "p1", "d1-1", "60.00", "2026-10-07").await;
    world.go_to("2026-10-07T08:20:00Z").await;
    assert_eq!(first_signal(&world).await["status"], "unknown");
    pay(&world, "p2", "d1-1", "61.00", "2026-10-07").await;
    world.go_to("2026-10-07T12:00:00Z").await;
    let amounts: Vec<String> = told(&world).into_iter().map(|(_, amount, _)| amount).collect();
    assert_eq!(amounts, ["242.00", "182.00", "121.00"]);
    assert_eq!(world.inforing.calls(), 5, "the create, the update three times, and the next one");
    assert_eq!(first_signal(&world).await["status"], "sent");
}

#[tokio::test]
async fn whatever_goes_wrong_the_new_amount_is_told_once_and_then_the_withdrawal() {
    for peril in PERILS {
        for step in 0.. {
            let (world, _) = two_invoices_signalled().await;
            world.perils.plan(step, peril);
            pay(&world, "p1", "d1-1", "60.00", "2026-10-07").await;
            world.go_to("2026-10-08T08:00:00Z").await;
            pay(&world, "p2", "d1-1", "61.00", "2026-10-08").await;
            pay(&world, "p3", "d1-2", "121.00", "2026-10-08").await;
            world.go_to("2026-10-09T08:00:00Z").await;
            let operations: Vec<_> =
                told(&world).into_iter().map(|(operation, amount, _)| (operation, amount)).collect();
            let expected =
                [(Create, "242.00".into()), (Update, "182.00".into()), (Withdraw, "182.00".into())];
            assert_eq!(operations, expected, "{peril:?} at {step}");
            if !world.perils.struck() {
                assert!(step > 8, "{step}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_a_platform_does_not_support_is_put_before_a_person() {
    use domain::provider::{Capabilities, Provider};
    let (world, _) = two_invoices_signalled().await;
    world
        .change_settings(|s| {
            let assumed = Provider::Inforing.capabilities();
            let none = Capabilities { supports_update: false, supports_withdraw: false, ..assumed };
            s.capabilities.insert(Provider::Inforing, none);
        })
        .await;
    pay(&world, "p1", "d1-1", "121.00", "2026-10-07").await;
    world.go_to("2026-10-08T12:00:00Z").await;
    pay(&world, "p2", "d1-2", "121.00", "2026-10-08").await;
    world.go_to("2026-10-12T12:00:00Z").await;
    assert_eq!(world.inforing.calls(), 1);
    let view = world.get("/v1/debtors/d1").await;
    let tasks: Vec<&str> =
        view["tasks"].as_array().unwrap().iter().map(|t| t["about"].as_str().unwrap()).collect();
    assert_eq!(tasks, ["update_by_hand", "withdraw_by_hand"]);
    let asked = world.call("POST", "/v1/signals/d1.s1/withdraw", Some(&json!({ "reason": "x" }))).await;
    assert_eq!(asked.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(world.inforing.calls(), 1);
}

#[tokio::test]
async fn a_crisis_signal_and_risen_arrears_name_the_signal_whose_place_they_take() {
    let (world, reference) = two_invoices_signalled().await;
    world.go_to("2027-03-01T08:00:00Z").await;
    // The crisis signal of 9 November takes the place of the early one.
    assert_eq!(told(&world)[1], (Create, "242.00".into(), Some(reference.clone())));
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2027-03-01", "2027-03-02", "80.00")).await;
    world.go_to("2027-04-07T08:00:00Z").await;
    assert_eq!(told(&world)[2..], [(Create, "322.00".into(), Some(reference))]);
}

#[tokio::test]
async fn an_invoice_under_a_hold_of_its_own_does_not_count() {
    let world = two_invoices().await;
    world.change_settings(|s| s.early.automatic = false).await;
    world.go_to("2026-10-07T08:00:00Z").await;
    let hold = world.hold(json!({ "invoiceId": "d1-2" }), "reminders", None).await;
    let send = || world.call("POST", "/v1/signals/d1.s1/send", None);
    assert_eq!(send().await.status, StatusCode::CONFLICT);
    world.lift(&hold).await;
    assert_eq!(send().await.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(told(&world), [(Create, "242.00".into(), None)]);
}
