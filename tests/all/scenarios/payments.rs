//! Payments, reversals and credit notes end, shorten and reopen the follow-up.

use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stories::{mail_days, payment_of_everything};
use tests::world::World;

/// One invoice of 121.00 that fell due on 1 September 2026.
async fn one_invoice() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    let mut body = invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00");
    // Our own sum of payments counts.
    body["open"] = json!(null);
    world.put("/v1/invoices/i1", &body).await;
    world
}

async fn standing(world: &World) -> (Value, Value, Value) {
    let debtor = world.get("/v1/debtors/d1").await;
    let invoice = world.get("/v1/invoices/i1").await;
    (debtor["balance"].clone(), invoice["open"].clone(), invoice["status"].clone())
}

fn amounts(balance: &str, open: &str, status: &str) -> (Value, Value, Value) {
    (json!(balance), json!(open), json!(status))
}

#[tokio::test]
async fn a_payment_in_part_shortens_what_is_asked() {
    let world = one_invoice().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment("i1", "100.50", "2026-09-10")).await;
    assert_eq!(standing(&world).await, amounts("20.50", "20.50", "overdue"));
    world.go_to("2026-09-23T08:00:00Z").await;
    let mails = world.mail.taken();
    assert_eq!(mails.len(), 2);
    assert!(mails[0].mail.text.contains("121,00"), "{}", mails[0].mail.text);
    assert!(mails[1].mail.text.contains("20,50"), "{}", mails[1].mail.text);
    world.put("/v1/payments/p2", &payment("i1", "20.50", "2026-09-23")).await;
    assert_eq!(standing(&world).await, amounts("0.00", "0.00", "paid"));
    assert_eq!(world.events("d1").await.last().unwrap(), "CaseSettled");
    world.go_to("2027-01-10T08:00:00Z").await;
    assert_eq!(world.mail.taken().len(), 2);
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "nothing_open");
}

#[tokio::test]
async fn a_payment_on_the_day_of_the_reminder_but_before_it_keeps_it_from_leaving() {
    let world = one_invoice().await;
    world.go_to("2026-09-08T05:59:00Z").await;
    world.put("/v1/payments/p1", &payment("i1", "121.00", "2026-09-08")).await;
    world.go_to("2026-10-01T08:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
}

#[tokio::test]
async fn what_is_paid_too_much_is_the_debtors_and_covers_what_comes() {
    let world = one_invoice().await;
    world.put("/v1/payments/p1", &payment("i1", "200.00", "2026-08-25")).await;
    assert_eq!(standing(&world).await, amounts("-79.00", "0.00", "paid"));
    world.put("/v1/invoices/i2", &invoice("d1", "E-2", "2026-08-26", "2026-09-10", "70.00")).await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(
        (&view["balance"], &view["noAction"]["reason"]),
        (&json!("-9.00"), &json!("covered_by_credit"))
    );
    world.go_to("2026-10-20T08:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    // What goes beyond the credit is asked for, and no more than that.
    world.put("/v1/invoices/i3", &invoice("d1", "E-3", "2026-10-20", "2026-10-25", "30.00")).await;
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "21.00");
    world.go_to("2026-10-21T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-10-20"]);
    assert!(world.mail.taken()[0].mail.text.contains("21,00"), "{}", world.mail.taken()[0].mail.text);
}

#[tokio::test]
async fn a_reversal_opens_the_invoice_where_its_follow_up_stopped() {
    let world = one_invoice().await;
    world.go_to("2026-09-25T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-22"]);
    world.put("/v1/payments/p1", &payment("i1", "121.00", "2026-09-25")).await;
    world.go_to("2026-11-20T08:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 2);
    let mut storno = payment("i1", "121.00", "2026-11-20");
    storno["kind"] = json!("reversal");
    storno["reasonCode"] = json!("AM04");
    world.put("/v1/payments/p2", &storno).await;
    assert_eq!(standing(&world).await, amounts("121.00", "121.00", "overdue"));
    assert_eq!(world.count("d1", "InvoiceReopened").await, 1);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["nextAction"]["step"], "finalReminder");
    world.go_to("2026-11-21T18:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3);
    let steps = world.get("/v1/invoices/i1").await["steps"].clone();
    let steps: Vec<&str> = steps.as_array().unwrap().iter().map(|s| s["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["reminder-1", "reminder-2", "final-reminder"]);
    // The same reversal again opens nothing more.
    world.put("/v1/payments/p2", &storno).await;
    assert_eq!(standing(&world).await.0, "121.00");
}

#[tokio::test]
async fn a_credit_note_ends_or_shortens_what_it_corrects_whichever_comes_first() {
    let note = |number: &str, corrects: &str, total: &str| {
        let mut body = invoice("d1", number, "2026-09-01", "2026-09-01", total);
        body["kind"] = json!("creditNote");
        body["corrects"] = json!(corrects);
        body["open"] = json!(null);
        body
    };
    // By number and by id, in part and whole.
    for (corrects, total, open, status) in
        [("E-1", "121.00", "0.00", "credited"), ("i1", "21.00", "100.00", "overdue")]
    {
        let world = one_invoice().await;
        world.go_to("2026-09-10T08:00:00Z").await;
        world.put("/v1/invoices/c1", &note("C-1", corrects, total)).await;
        assert_eq!(standing(&world).await, amounts(open, open, status));
        world.go_to("2026-10-01T08:00:00Z").await;
        assert_eq!(mail_days(&world).len(), if status == "credited" { 1 } else { 2 });
    }
    // Before its invoice.
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/c1", &note("C-1", "E-1", "121.00")).await;
    let mut body = invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00");
    body["open"] = json!(null);
    world.put("/v1/invoices/i1", &body).await;
    assert_eq!(standing(&world).await, amounts("0.00", "0.00", "credited"));
    world.go_to("2026-10-01T08:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
}

#[tokio::test]
async fn a_payment_without_an_invoice_goes_to_the_oldest_debt_first() {
    let world = one_invoice().await;
    world.put("/v1/invoices/i2", &invoice("d1", "E-2", "2026-08-20", "2026-08-25", "50.00")).await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "60.00", "2026-09-02")).await;
    assert_eq!(world.get("/v1/invoices/i2").await["status"], "paid");
    assert_eq!(standing(&world).await.1, "111.00");
    assert_eq!(world.get("/v1/payments/p1").await["bookedOn"], json!(["i2", "i1"]));
    // A corrected version of it is booked anew, not on top.
    let mut corrected = payment_of_everything("d1", "40.00", "2026-09-02");
    corrected["modifiedAt"] = json!("2026-09-03T12:00:00Z");
    world.put("/v1/payments/p1", &corrected).await;
    assert_eq!(world.get("/v1/invoices/i2").await["open"], "10.00");
    assert_eq!(standing(&world).await, amounts("131.00", "121.00", "open"));
}

#[tokio::test]
async fn the_ledgers_own_open_amount_wins_and_reopens() {
    let world = one_invoice().await;
    let mut body = invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00");
    let mut version = |open: &str, at: &str| {
        body["open"] = json!(open);
        body["modifiedAt"] = json!(at);
        body.clone()
    };
    world.put("/v1/invoices/i1", &version("0.00", "2026-08-22T08:00:00Z")).await;
    assert_eq!(standing(&world).await, amounts("0.00", "0.00", "paid"));
    world.put("/v1/invoices/i1", &version("30.00", "2026-08-23T08:00:00Z")).await;
    assert_eq!(standing(&world).await.1, "30.00");
    let older = world.call("PUT", "/v1/invoices/i1", Some(&version("121.00", "2026-08-22T08:00:00Z"))).await;
    assert_eq!(older.body["outcome"], "older");
    assert_eq!(standing(&world).await.1, "30.00");
    world.go_to("2026-09-08T18:00:00Z").await;
    assert!(world.mail.taken()[0].mail.text.contains("30,00"));
}

#[tokio::test]
async fn a_write_off_ends_it_too() {
    let world = one_invoice().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    let mut off = payment("i1", "121.00", "2026-09-10");
    off["kind"] = json!("writeOff");
    world.put("/v1/payments/p1", &off).await;
    assert_eq!(standing(&world).await, amounts("0.00", "0.00", "written_off"));
    world.go_to("2026-12-01T08:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 1);
}
