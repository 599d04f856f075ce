//! What the ledger deletes: follow-up ends, money stays the debtor's, and the newest of versions and deletions stands whatever
//! came first.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stories::{mail_days, payment_of_everything, two_invoices, two_invoices_signalled};
use tests::world::{Answer, World};

async fn delete(world: &World, path: &str, at: &str) -> Answer {
    world.call("DELETE", &format!("{path}?modifiedAt={at}"), None).await
}

async fn deleted(world: &World, path: &str, at: &str) -> Value {
    let answer = delete(world, path, at).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body["outcome"].clone()
}

/// The ids in a list.
async fn listed(world: &World, path: &str) -> Vec<String> {
    let list = world.get(path).await;
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|i| i["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_deleted_invoice_is_no_longer_reminded_of_and_the_other_one_is() {
    let world = two_invoices().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    assert_eq!(deleted(&world, "/v1/invoices/d1-1", "2026-09-10T07:00:00Z").await, "deleted");
    assert_eq!(world.call("GET", "/v1/invoices/d1-1", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(listed(&world, "/v1/invoices?debtorId=d1").await, ["d1-2"]);
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "121.00");
    let gone = world.get("/v1/deleted?kind=invoice").await["items"][0].clone();
    let expected = json!({ "kind": "invoice", "id": "d1-1", "debtorId": "d1", "by": "accounting tool",
        "modifiedAt": "2026-09-10T07:00:00Z", "deletedAt": "2026-09-10T08:00:00Z" });
    assert_eq!(gone, expected);
    world.go_to("2026-09-23T08:00:00Z").await;
    let mails = world.mail.taken();
    assert_eq!(mails.len(), 2);
    assert!(
        mails[0].mail.text.contains("d1-1") && !mails[1].mail.text.contains("d1-1"),
        "{}",
        mails[1].mail.text
    );
    // The last one ends the case.
    assert_eq!(deleted(&world, "/v1/invoices/d1-2", "2026-09-23T08:00:00Z").await, "deleted");
    assert_eq!(
        world.events("d1").await[world.events("d1").await.len() - 2..],
        ["InvoiceDeleted", "CaseSettled"]
    );
    world.go_to("2026-12-01T08:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 2);
}

#[tokio::test]
async fn a_later_version_brings_it_back_where_its_follow_up_stopped() {
    let world = two_invoices().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    deleted(&world, "/v1/invoices/d1-1", "2026-09-10T07:00:00Z").await;
    let mut body = invoice("d1", "d1-1", "2026-08-20", "2026-09-01", "121.00");
    // Of the same instant the deletion stands.
    body["modifiedAt"] = json!("2026-09-10T07:00:00Z");
    assert_eq!(world.put("/v1/invoices/d1-1", &body).await.body["outcome"], "older");
    body["modifiedAt"] = json!("2026-09-10T07:00:01Z");
    assert_eq!(world.put("/v1/invoices/d1-1", &body).await.body["outcome"], "changed");
    assert_eq!(listed(&world, "/v1/deleted?kind=invoice").await, [""; 0]);
    assert_eq!(world.count("d1", "InvoiceReopened").await, 1);
    // An older deletion, and the one that was overcome, take nothing away.
    for at in ["2026-09-09T00:00:00Z", "2026-09-10T07:00:00Z"] {
        assert_eq!(deleted(&world, "/v1/invoices/d1-1", at).await, "older");
    }
    world.go_to("2026-09-23T08:00:00Z").await;
    let view = world.get("/v1/invoices/d1-1").await;
    let steps: Vec<&str> =
        view["steps"].as_array().unwrap().iter().map(|s| s["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["reminder-1", "reminder-2"], "no step twice");
}

#[tokio::test]
async fn what_was_paid_on_a_deleted_invoice_is_to_the_debtors_credit() {
    let world = two_invoices().await;
    world.put("/v1/payments/p1", &payment("d1-1", "50.00", "2026-08-25")).await;
    deleted(&world, "/v1/invoices/d1-1", "2026-08-26T00:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "71.00");
    // It changes, goes back and goes away as any other payment.
    let mut more = payment("d1-1", "60.00", "2026-08-25");
    more["modifiedAt"] = json!("2026-08-27T00:00:00Z");
    world.put("/v1/payments/p1", &more).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "61.00");
    let mut storno = payment("d1-1", "60.00", "2026-08-28");
    storno["kind"] = json!("reversal");
    world.put("/v1/payments/p2", &storno).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "121.00");
    assert_eq!(deleted(&world, "/v1/payments/p2", "2026-08-29T00:00:00Z").await, "deleted");
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "61.00");
    assert_eq!(deleted(&world, "/v1/payments/p1", "2026-08-29T00:00:00Z").await, "deleted");
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "121.00");
    // Money that comes in afterwards is theirs as well.
    world.put("/v1/payments/p3", &payment("d1-1", "21.00", "2026-08-30")).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "100.00");
}

#[tokio::test]
async fn a_deleted_payment_opens_again_what_it_had_closed() {
    let world = two_invoices().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "250.00", "2026-09-10")).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "-8.00");
    assert_eq!(deleted(&world, "/v1/payments/p1", "2026-09-09T00:00:00Z").await, "older");
    assert_eq!(deleted(&world, "/v1/payments/p1", "2026-09-11T00:00:00Z").await, "deleted");
    assert_eq!(deleted(&world, "/v1/payments/p1", "2026-09-11T00:00:00Z").await, "unchanged");
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "242.00");
    assert_eq!(world.count("d1", "InvoiceReopened").await, 2);
    assert_eq!(world.call("GET", "/v1/payments/p1", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(listed(&world, "/v1/payments").await, [""; 0]);
    assert_eq!(listed(&world, "/v1/deleted?kind=payment").await, ["p1"]);
    world.go_to("2026-09-23T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-22"], "it goes on where it was");
    // A later version of the payment is booked again.
    let mut again = payment_of_everything("d1", "242.00", "2026-09-24");
    again["modifiedAt"] = json!("2026-09-24T00:00:00Z");
    world.put("/v1/payments/p1", &again).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "0.00");
    assert_eq!(listed(&world, "/v1/deleted?kind=payment").await, [""; 0]);
}

#[tokio::test]
async fn credit_goes_back_to_a_note_whose_invoice_is_deleted_and_off_an_invoice_whose_note_is() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    let mut bill = invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00");
    let mut note = invoice("d1", "C-1", "2026-08-21", "2026-08-21", "121.00");
    note["kind"] = json!("creditNote");
    note["corrects"] = json!("E-1");
    (bill["open"], note["open"]) = (json!(null), json!(null));
    world.put("/v1/invoices/i1", &bill).await;
    world.put("/v1/invoices/c1", &note).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "0.00");
    deleted(&world, "/v1/invoices/i1", "2026-08-22T00:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "-121.00");
    bill["modifiedAt"] = json!("2026-08-23T00:00:00Z");
    world.put("/v1/invoices/i1", &bill).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "0.00");
    deleted(&world, "/v1/invoices/c1", "2026-08-24T00:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "121.00");
    assert_eq!(world.get("/v1/invoices/i1").await["status"], "open");
    note["modifiedAt"] = json!("2026-08-25T00:00:00Z");
    world.put("/v1/invoices/c1", &note).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "0.00");
    assert_eq!(world.get("/v1/invoices/i1").await["status"], "credited");
}

#[tokio::test]
async fn a_plan_a_dispute_and_a_promise_about_a_deleted_invoice_end_with_it() {
    let world = two_invoices().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    let dispute = json!({ "invoiceId": "d1-1", "reason": "complaint", "text": "x" });
    let opened = world.call("POST", "/v1/disputes", Some(&dispute)).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    let promise = json!({ "debtorId": "d1", "invoiceIds": ["d1-2"], "amount": null, "payBy": "2026-09-20" });
    let made = world.call("POST", "/v1/promises", Some(&promise)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    deleted(&world, "/v1/invoices/d1-1", "2026-09-10T08:00:00Z").await;
    assert_eq!(world.count("d1", "DisputeSettled").await, 1);
    deleted(&world, "/v1/invoices/d1-2", "2026-09-10T08:00:00Z").await;
    assert_eq!(world.count("d1", "PromiseKept").await, 1);
    let holds = world.get("/v1/debtors/d1").await["holds"].clone();
    assert_eq!(holds, json!([]), "no hold is left standing");
}

#[tokio::test]
async fn a_signal_about_what_was_deleted_is_taken_back() {
    let (world, reference) = two_invoices_signalled().await;
    for id in ["d1-1", "d1-2"] {
        deleted(&world, &format!("/v1/invoices/{id}"), "2026-10-07T08:00:00Z").await;
    }
    let refused = delete(&world, "/v1/debtors/d1", "2026-10-07T08:00:00Z").await;
    assert_eq!(
        (refused.status, &refused.body["type"]),
        (StatusCode::CONFLICT, &json!("urn:tijdig:problem:signal_runs"))
    );
    world.go_to("2026-10-08T12:00:00Z").await;
    assert_eq!(world.count("d1", "SignalWithdrawn").await, 1, "{reference}");
    assert_eq!(deleted(&world, "/v1/debtors/d1", "2026-10-08T12:00:00Z").await, "deleted");
}

#[tokio::test]
async fn a_debtor_is_deleted_once_nothing_is_open_and_a_newer_version_brings_them_back() {
    let world = two_invoices().await;
    let refused = delete(&world, "/v1/debtors/d1", "2026-08-21T00:00:00Z").await;
    let problem = "urn:tijdig:problem:debtor_has_open_items";
    assert_eq!((refused.status, &refused.body["type"]), (StatusCode::CONFLICT, &json!(problem)));
    world.put("/v1/payments/p1", &payment_of_everything("d1", "243.00", "2026-08-22")).await;
    let refused = delete(&world, "/v1/debtors/d1", "2026-08-22T00:00:00Z").await;
    assert_eq!(refused.body["type"], problem, "money on account is theirs");
    deleted(&world, "/v1/payments/p1", "2026-08-23T00:00:00Z").await;
    world.put("/v1/payments/p2", &payment_of_everything("d1", "242.00", "2026-08-23")).await;
    assert_eq!(deleted(&world, "/v1/debtors/d1", "2025-08-22T00:00:00Z").await, "older");
    assert_eq!(deleted(&world, "/v1/debtors/d1", "2026-08-23T00:00:00Z").await, "deleted");
    assert_eq!(deleted(&world, "/v1/debtors/d1", "2026-08-23T00:00:00Z").await, "unchanged");
    assert_eq!(world.call("GET", "/v1/debtors/d1", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(listed(&world, "/v1/debtors").await, [""; 0]);
    assert_eq!(listed(&world, "/v1/deleted?kind=debtor").await, ["d1"]);
    assert_eq!(world.events("d1").await.last().unwrap(), "DebtorDeleted", "the timeline stays");
    // Nothing comes in for them.
    let bill = invoice("d1", "E-3", "2026-08-24", "2026-09-10", "10.00");
    let answer = world.call("PUT", "/v1/invoices/i3", Some(&bill)).await;
    assert_eq!(answer.body["type"], "urn:tijdig:problem:debtor_is_deleted");
    let late = payment_of_everything("d1", "1.00", "2026-08-24");
    let answer = world.call("PUT", "/v1/payments/p3", Some(&late)).await;
    assert_eq!(answer.body["type"], "urn:tijdig:problem:debtor_is_deleted");
    let mut body = consumer("D1");
    body["modifiedAt"] = json!("2026-08-23T00:00:00Z");
    assert_eq!(world.put("/v1/debtors/d1", &body).await.body["outcome"], "older");
    body["modifiedAt"] = json!("2026-08-24T00:00:00Z");
    assert_eq!(world.put("/v1/debtors/d1", &body).await.body["outcome"], "changed");
    assert_eq!(listed(&world, "/v1/debtors").await, ["d1"]);
    assert_eq!(listed(&world, "/v1/deleted?kind=debtor").await, [""; 0]);
    world.put("/v1/invoices/i3", &bill).await;
}

/// What one record's reports come to, as anybody can see it.
async fn seen(world: &World) -> Vec<String> {
    let mut seen = vec![
        format!("{:?}", listed(world, "/v1/invoices?debtorId=d1").await),
        format!("{:?}", listed(world, "/v1/deleted?kind=invoice").await),
        format!("{:?}", listed(world, "/v1/deleted?kind=payment").await),
    ];
    let debtor = world.get("/v1/debtors/d1").await;
    seen.push(format!("{} {}", debtor["balance"], debtor["overdue"]));
    let bill = world.call("GET", "/v1/invoices/i1", None).await;
    seen.push(format!("{} {} {}", bill.body["total"], bill.body["open"], bill.body["status"]));
    seen.push(world.call("GET", "/v1/payments/p1", None).await.body["amount"].to_string());
    seen
}

/// A report about the invoice or the payment.
#[derive(Debug, Clone, Copy)]
enum Told {
    Invoice(&'static str, u8),
    InvoiceDeleted(u8),
    Payment(&'static str, u8),
    PaymentDeleted(u8),
}

async fn tell(world: &World, told: Told) {
    let at = |hour: u8| format!("2026-08-21T{hour:02}:00:00Z");
    let answer = match told {
        Told::Invoice(total, hour) => {
            let mut body = invoice("d1", "E-1", "2026-08-20", "2026-09-01", total);
            (body["open"], body["modifiedAt"]) = (json!(null), json!(at(hour)));
            world.call("PUT", "/v1/invoices/i1", Some(&body)).await
        }
        Told::InvoiceDeleted(hour) => delete(world, "/v1/invoices/i1", &at(hour)).await,
        Told::Payment(amount, hour) => {
            let mut body = payment_of_everything("d1", amount, "2026-08-21");
            body["modifiedAt"] = json!(at(hour));
            world.call("PUT", "/v1/payments/p1", Some(&body)).await
        }
        Told::PaymentDeleted(hour) => delete(world, "/v1/payments/p1", &at(hour)).await,
    };
    assert!(answer.status.is_success(), "{told:?}: {}", answer.body);
}

#[tokio::test]
async fn versions_and_deletions_come_to_the_same_in_whatever_order_and_however_often() {
    use Told::{Invoice, InvoiceDeleted, Payment, PaymentDeleted};
    let stories: [(&[Told], &str); 6] = [
        (&[Invoice("100.00", 1), InvoiceDeleted(2), Invoice("120.00", 3)], "\"120.00\""),
        (&[Invoice("100.00", 1), Invoice("120.00", 2), InvoiceDeleted(3)], "\"0.00\""),
        (&[Invoice("100.00", 2), InvoiceDeleted(1), InvoiceDeleted(2)], "\"0.00\""),
        (&[InvoiceDeleted(1), InvoiceDeleted(3), Invoice("100.00", 2), Invoice("90.00", 4)], "\"90.00\""),
        (&[Payment("10.00", 1), PaymentDeleted(2), Payment("20.00", 3)], "\"-20.00\""),
        (&[Payment("10.00", 1), Payment("20.00", 2), PaymentDeleted(3)], "\"0.00\""),
    ];
    for (story, balance) in stories {
        let mut ends = Vec::new();
        for order in orders(story.len()) {
            let world = World::at("2026-08-22T08:00:00Z").await;
            world.put("/v1/debtors/d1", &consumer("D1")).await;
            for at in &order {
                tell(&world, story[*at]).await;
                tell(&world, story[*at]).await;
            }
            // All of it once more, as after a restart.
            let end = seen(&world).await;
            for at in &order {
                tell(&world, story[*at]).await;
            }
            assert_eq!(seen(&world).await, end, "{story:?} {order:?}");
            assert!(end[3].starts_with(balance), "{story:?} {order:?}: {end:?}");
            ends.push((order, end));
        }
        let (_, first) = &ends[0];
        for (order, end) in &ends {
            assert_eq!(end, first, "{story:?} {order:?}");
        }
    }
}

/// Every order of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let put = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(move |at| put(order, at))).collect()
}
