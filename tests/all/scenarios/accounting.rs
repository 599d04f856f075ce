//! An administration that is connected with SnelStart's stand-in.

use std::sync::Arc;

use domain::Money;
use domain::policy::Policy;
use http::StatusCode;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use local::accounting::snelstart::{Kind, SnelStart, money, sales_invoice};
use local::accounting::{Asked, Weather};
use outside::secrets::Secrets;
use serde_json::{Value, json};
use tests::world::World;

const BEGAN: &str = "2026-11-20T07:00:00Z";

fn relation(code: usize, name: &str, dunning: &str) -> Value {
    json!({
        "relatiesoort": ["Klant"], "relatiecode": code, "naam": name, "aanmaningsoort": dunning,
        "vestigingsAdres": { "straat": "Oudegracht 1", "postcode": "3511 AA", "plaats": "Utrecht", "land": null },
        "email": format!("klant{code}@example.nl"), "mobieleTelefoon": "0612345678",
    })
}

fn invoiced(number: &str, relation: &str, cents: i64, due: Date) -> Value {
    sales_invoice(number, relation, date(2026, 11, 1), due, Money::from_cents(cents))
}

fn put(books: &SnelStart, kind: Kind, id: &str, fields: &Value) {
    books.change(|books, now| books.put(kind, id, fields, now)).expect("the books");
}

fn pay(books: &SnelStart, invoice: &str, cents: i64, moves: bool) {
    let paid = books.change(|books, now| books.pay(invoice, Money::from_cents(cents), moves, now));
    assert!(paid.expect("the books"));
}

/// Three relations and three invoices, connected and read.
async fn connected() -> (World, Arc<SnelStart>) {
    let world = World::at(BEGAN).await;
    let books = world.offer_snelstart().await;
    put(&books, Kind::Relation, "r1", &relation(1, "J. de Vries", "Consument"));
    put(&books, Kind::Relation, "r2", &relation(2, "Jansen Techniek B.V.", "Onderneming"));
    put(&books, Kind::Relation, "r3", &relation(3, "P. Bakker", "Nee"));
    for (id, number, relation, cents) in
        [("f1", "V-1", "r1", 121_00), ("f2", "V-2", "r2", 242_00), ("f3", "V-3", "r3", 60_50)]
    {
        put(&books, Kind::Invoice, id, &invoiced(number, relation, cents, date(2026, 11, 15)));
    }
    world.connect_snelstart(&json!({ "package": "snelstart" })).await;
    world.settle().await;
    (world, books)
}

async fn open(world: &World, invoice: &str) -> String {
    let invoice = world.get(&format!("/v1/invoices/snelstart.{invoice}")).await;
    invoice["open"].as_str().expect("an amount").to_owned()
}

async fn connection(world: &World) -> Value {
    world.get("/v1/connections/snelstart").await
}

fn bookings(books: &SnelStart) -> Vec<Value> {
    books.books().listed(Kind::BankBooking, |_| true)
}

fn payment_on(invoice: &str, amount: &str, at: &str) -> Value {
    json!({
        "kind": "payment", "invoiceId": format!("snelstart.{invoice}"), "debtorId": null, "amount": amount,
        "receivedOn": &at[..10], "reference": null, "reasonCode": null, "modifiedAt": at,
    })
}

/// No window of the log, wherever it begins, has more requests than SnelStart allows.
fn assert_within_limits(asked: &[Asked]) {
    for (most, seconds) in [(500, 60), (5_000, 3_600)] {
        for (i, first) in asked.iter().enumerate() {
            let within = |a: &&Asked| a.at.duration_since(first.at) < SignedDuration::from_secs(seconds);
            assert!(
                asked[i..].iter().take_while(within).count() <= most,
                "within {seconds} s of {}",
                first.at
            );
        }
    }
    assert!(asked.iter().all(|a| a.at_once <= 50));
}

#[tokio::test]
async fn a_connected_administration_fills_itself() {
    let (world, _books) = connected().await;
    let one = world.get("/v1/debtors/snelstart.r1").await;
    assert_eq!((one["kind"].as_str(), one["number"].as_str()), (Some("consumer"), Some("1")));
    assert_eq!(one["address"]["postcode"], "3511AA");
    assert_eq!(one["balance"], "121.00");
    assert_eq!(world.get("/v1/debtors/snelstart.r2").await["kind"], "business");
    assert_eq!(open(&world, "f2").await, "242.00");
    assert_eq!(world.get("/v1/invoices/snelstart.f1").await["recurringTerm"], true);
    let view = connection(&world).await;
    assert_eq!(view["state"], "active");
    assert_eq!(view["counts"]["created"], 6);
    assert_eq!(view["odd"], json!([]));
    assert_eq!(view["underWay"], false);
}

#[tokio::test]
async fn whoever_the_package_does_not_want_dunned_is_held_and_told_why() {
    let (world, books) = connected().await;
    let held = world.get("/v1/debtors/snelstart.r3").await;
    assert_eq!(held["noAction"]["reason"], "held");
    let words = held["holds"][0]["reason"].to_string();
    assert!(words.contains("not to be dunned"), "{words}");
    world.connections_until("2026-11-20T08:00:00Z").await;
    assert_eq!(world.count("snelstart.r3", "HoldPlaced").await, 1, "once, however often it is told");

    put(&books, Kind::Relation, "r3", &relation(3, "P. Bakker", "Consument"));
    world.connections_until("2026-11-20T08:15:00Z").await;
    assert_eq!(world.get("/v1/debtors/snelstart.r3").await["holds"], json!([]));
}

#[tokio::test]
async fn a_changed_invoice_and_a_payment_there_arrive_within_one_schedule() {
    let (world, books) = connected().await;
    world.connections_until("2026-11-20T09:00:00Z").await;
    put(&books, Kind::Invoice, "f2", &json!({ "vervalDatum": "2026-12-01T00:00:00" }));
    pay(&books, "f1", 21_00, true);
    world.connections_until("2026-11-20T09:15:00Z").await;
    assert_eq!(world.get("/v1/invoices/snelstart.f2").await["dueDate"], "2026-12-01");
    assert_eq!(open(&world, "f1").await, "100.00");
    pay(&books, "f1", 100_00, true);
    world.connections_until("2026-11-20T09:30:00Z").await;
    assert_eq!(world.get("/v1/invoices/snelstart.f1").await["status"], "paid");
    let entries = world.timeline("snelstart.r1").await.len();
    world.connections_until("2026-11-20T18:00:00Z").await;
    assert_eq!(world.timeline("snelstart.r1").await.len(), entries, "the same once more is nothing new");
}

#[tokio::test]
async fn a_payment_that_does_not_move_the_time_of_its_invoice_arrives_with_the_nights_sweep() {
    let (world, books) = connected().await;
    world.connections_until("2026-11-20T12:00:00Z").await;
    pay(&books, "f1", 21_00, false);
    pay(&books, "f2", 242_00, false);
    world.connections_until("2026-11-20T20:00:00Z").await;
    assert_eq!(open(&world, "f1").await, "121.00");
    world.connections_until("2026-11-20T23:30:00Z").await;
    assert_eq!(open(&world, "f1").await, "100.00", "met among what is open");
    assert_eq!(world.get("/v1/invoices/snelstart.f2").await["status"], "paid", "not met, and asked for");
}

#[tokio::test]
async fn an_invoice_that_is_gone_there_is_deleted_here_and_comes_back_with_a_newer_version() {
    let (world, books) = connected().await;
    books.change(|books, _| books.remove(Kind::Invoice, "f1")).expect("the books");
    world.connections_until("2026-11-20T22:30:00Z").await;
    assert_eq!(open(&world, "f1").await, "121.00", "changes do not tell of it");
    world.connections_until("2026-11-20T23:30:00Z").await;
    assert_eq!(world.call("GET", "/v1/invoices/snelstart.f1", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/v1/debtors/snelstart.r1").await["balance"], "0.00");
    assert_eq!(world.get("/v1/deleted?kind=invoice").await["items"][0]["id"], "snelstart.f1");
    assert_eq!(connection(&world).await["counts"]["gone"], 1);
    put(&books, Kind::Invoice, "f1", &invoiced("V-1", "r1", 121_00, date(2026, 11, 15)));
    world.connections_until("2026-11-22T23:30:00Z").await;
    assert_eq!(open(&world, "f1").await, "121.00");
    assert_eq!(world.count("snelstart.r1", "InvoiceDeleted").await, 1);
}

#[tokio::test]
async fn a_payment_here_is_told_there_once_and_counts_once() {
    let (world, books) = connected().await;
    world.connections_until("2026-11-20T09:00:00Z").await;
    world.put("/v1/payments/bank-1", &payment_on("f1", "21.00", "2026-11-20T09:00:00Z")).await;
    world.settle().await;
    let told = bookings(&books);
    assert_eq!(told.len(), 1, "at once, and not with the schedule");
    assert_eq!(told[0]["verkoopboekingBoekingsRegels"][0]["boekingId"]["id"], "verkoop-V-1");
    assert_eq!(
        told[0]["bedragOntvangen"].to_string(),
        "21.00".parse::<serde_json::Number>().unwrap().to_string()
    );
    assert_eq!(open(&world, "f1").await, "100.00");
    world.connections_until("2026-11-22T00:00:00Z").await;
    assert_eq!(open(&world, "f1").await, "100.00", "their figure contains it");
    assert_eq!(bookings(&books).len(), 1);
    assert_eq!(connection(&world).await["counts"]["written"], 1);

    // The whole of another invoice, which moves to the closed ones before it is told.
    world.put("/v1/payments/bank-2", &payment_on("f2", "242.00", "2026-11-22T00:00:00Z")).await;
    world.connections_until("2026-11-22T06:00:00Z").await;
    assert_eq!(bookings(&books).len(), 2);
    assert_eq!(world.get("/v1/invoices/snelstart.f2").await["status"], "paid");
    assert_eq!(open(&world, "f2").await, "0.00");
}

#[tokio::test]
async fn a_payment_that_changes_here_is_taken_back_there_and_told_anew() {
    let (world, books) = connected().await;
    world.put("/v1/payments/bank-1", &payment_on("f1", "21.00", "2026-11-20T07:00:00Z")).await;
    world.settle().await;
    world.connections_until("2026-11-20T08:00:00Z").await;
    world.put("/v1/payments/bank-1", &payment_on("f1", "30.00", "2026-11-20T08:00:00Z")).await;
    world.connections_until("2026-11-20T09:00:00Z").await;
    assert_eq!(bookings(&books).len(), 3);
    let there = books.books().get(Kind::Invoice, "f1").expect("an invoice")["openstaandSaldo"].to_string();
    assert_eq!(there.parse::<rust_decimal::Decimal>().unwrap(), "91".parse().unwrap());
    assert_eq!(open(&world, "f1").await, "91.00");
}

#[tokio::test]
async fn a_payment_that_is_taken_off_here_is_taken_back_there_also_where_the_message_is_lost() {
    let (world, books) = connected().await;
    for lost in [0, 1] {
        let before = bookings(&books).len();
        let at = world.now().to_string();
        let payment = format!("bank-{lost}");
        world.put(&format!("/v1/payments/{payment}"), &payment_on("f1", "21.00", &at)).await;
        world.settle().await;
        assert_eq!(bookings(&books).len(), before + 1);
        assert_eq!(open(&world, "f1").await, "100.00");
        world.syncs.lose(lost);
        let deleted = world.call("DELETE", &format!("/v1/payments/{payment}?modifiedAt={at}"), None).await;
        assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.body);
        world.settle().await;
        let next_day = world.now() + SignedDuration::from_hours(25);
        world.connections_until(&next_day.to_string()).await;
        assert_eq!(bookings(&books).len(), before + 2, "{payment}");
        let there =
            books.books().get(Kind::Invoice, "f1").expect("an invoice")["openstaandSaldo"].to_string();
        assert_eq!(there.parse::<rust_decimal::Decimal>().unwrap(), "121".parse().unwrap());
        assert_eq!(open(&world, "f1").await, "121.00");
    }
}

#[tokio::test]
async fn a_lost_message_about_a_payment_is_found_again_by_the_schedule() {
    let (world, books) = connected().await;
    world.connections_until("2026-11-20T09:00:00Z").await;
    world.syncs.lose(1);
    world.put("/v1/payments/bank-1", &payment_on("f1", "21.00", "2026-11-20T09:00:00Z")).await;
    world.settle().await;
    assert_eq!(bookings(&books).len(), 0);
    world.connections_until("2026-11-20T09:15:00Z").await;
    assert_eq!(bookings(&books).len(), 1);
}

#[tokio::test]
async fn a_booking_whose_answer_is_lost_is_looked_for_and_not_told_twice() {
    let (world, books) = connected().await;
    world.connections_until("2026-11-20T09:00:00Z").await;
    books.set_weather(Weather { lose_answers: 1, ..Weather::default() });
    world.put("/v1/payments/bank-1", &payment_on("f1", "21.00", "2026-11-20T09:00:00Z")).await;
    world.settle().await;
    assert_eq!(bookings(&books).len(), 1);
    assert_eq!(connection(&world).await["counts"]["written"], 0, "nobody knows yet");
    world.connections_until("2026-11-20T10:00:00Z").await;
    assert_eq!(bookings(&books).len(), 1);
    assert_eq!(connection(&world).await["counts"]["written"], 1);
    assert_eq!(open(&world, "f1").await, "100.00");
}

#[tokio::test]
async fn nothing_is_told_where_the_creditor_does_not_want_it() {
    let world = World::at(BEGAN).await;
    let books = world.offer_snelstart().await;
    put(&books, Kind::Relation, "r1", &relation(1, "J. de Vries", "Consument"));
    put(&books, Kind::Invoice, "f1", &invoiced("V-1", "r1", 121_00, date(2026, 11, 15)));
    world.connect_snelstart(&json!({ "package": "snelstart", "writeBack": false })).await;
    world.settle().await;
    world.put("/v1/payments/bank-1", &payment_on("f1", "21.00", "2026-11-20T07:00:00Z")).await;
    world.connections_until("2026-11-20T12:00:00Z").await;
    assert_eq!(bookings(&books), Vec::<Value>::new());
    assert_eq!(open(&world, "f1").await, "100.00");
}

/// The policy that ends in collection, which charges costs on 25 March: three months is moved before.
#[tokio::test]
async fn costs_that_are_charged_here_are_told_there_once_and_never_on_the_invoice() {
    let world = World::at("2026-01-02T08:00:00Z").await;
    world
        .change_settings(|settings| {
            settings.policies.push(Policy::collection());
            settings.default_policy = "collection".parse().expect("an id");
        })
        .await;
    let books = world.offer_snelstart().await;
    put(&books, Kind::Relation, "r1", &relation(1, "J. de Vries", "Consument"));
    put(&books, Kind::Invoice, "f1", &invoiced("V-1", "r1", 1_000_00, date(2026, 1, 15)));
    let accounts = json!({ "debit": "grootboek-1300", "credit": "grootboek-8900" });
    let asked = json!({ "package": "snelstart", "recurringTerms": false, "costs": accounts });
    world.connect_snelstart(&asked).await;
    world.settle().await;
    world.go_to("2026-03-25T06:00:00Z").await;
    let costs = || books.books().listed(Kind::MemorialBooking, |_| true);
    assert_eq!(costs(), Vec::<Value>::new());
    // The message about the costs is lost: the night finds them.
    world.syncs.lose(1);
    world.go_to("2026-03-25T12:00:00Z").await;
    assert_eq!(world.count("snelstart.r1", "CostsCharged").await, 1);
    assert_eq!(costs(), Vec::<Value>::new());
    world.connections_until("2026-03-26T12:00:00Z").await;
    let told = costs();
    assert_eq!(told.len(), 1, "{told:?}");
    let lines = &told[0]["memoriaalBoekingsRegels"];
    assert_eq!(lines[0]["grootboek"]["id"], "grootboek-1300");
    assert_eq!(lines[1]["grootboek"]["id"], "grootboek-8900");
    assert_eq!(money(&lines[0]["debet"]), Some(Money::from_cents(150_00)));
    assert_eq!(world.get("/v1/invoices/snelstart.f1").await["owed"]["principal"], "1000.00");
    world.connections_until("2026-03-28T01:00:00Z").await;
    assert_eq!(costs().len(), 1);
    assert_eq!(connection(&world).await["counts"]["written"], 1);
}

#[tokio::test]
async fn whatever_goes_wrong_over_there_loses_nothing_and_doubles_nothing() {
    let (world, books) = connected().await;
    for number in 0..1_200 {
        let id = format!("g{number:04}");
        put(
            &books,
            Kind::Invoice,
            &id,
            &invoiced(&format!("G-{number:04}"), "r2", 10_00, date(2026, 11, 15)),
        );
    }
    // Pages that change while they are read, a token that is refused and requests that are limited.
    books.set_weather(Weather { churn: 3, refuse_tokens: 1, limit: 2, ..Weather::default() });
    world.connections_until("2026-11-20T09:00:00Z").await;
    // A day without SnelStart, in which payments come in here and there.
    world.put("/v1/payments/bank-1", &payment_on("f1", "21.00", "2026-11-20T09:00:00Z")).await;
    books.set_weather(Weather { outage: true, ..Weather::default() });
    world.put("/v1/payments/bank-2", &payment_on("f2", "42.00", "2026-11-20T09:00:00Z")).await;
    world.connections_until("2026-11-20T15:00:00Z").await;
    assert_eq!(connection(&world).await["state"], "failing");
    pay(&books, "f1", 10_00, true);
    pay(&books, "g0007", 10_00, true);
    world.connections_until("2026-11-21T09:00:00Z").await;
    books.set_weather(Weather { refuse_tokens: 1, lose_answers: 1, churn: 2, ..Weather::default() });
    world.connections_until("2026-11-22T01:00:00Z").await;

    let view = connection(&world).await;
    assert_eq!(view["state"], "active", "{view}");
    assert_eq!(bookings(&books).len(), 2);
    assert_eq!(open(&world, "f1").await, "90.00");
    assert_eq!(open(&world, "f2").await, "200.00");
    assert_eq!(world.get("/v1/invoices/snelstart.g0007").await["status"], "paid");
    let debtor = world.get("/v1/debtors/snelstart.r2").await;
    // 1,000 open invoices is what one debtor may have: the others are refused, and named.
    assert_eq!(debtor["openInvoices"], 1_000);
    assert!(view["odd"].as_array().expect("a list").iter().any(|odd| odd["why"] == "too_many_open_invoices"));
    assert_within_limits(&books.asked());
}

#[tokio::test]
async fn the_limits_are_never_exceeded_however_much_there_is_to_ask() {
    let (world, books) = connected().await;
    for number in 0..400 {
        let id = format!("g{number:04}");
        put(
            &books,
            Kind::Invoice,
            &id,
            &invoiced(&format!("G-{number:04}"), "r2", 10_00, date(2026, 11, 15)),
        );
    }
    world.connections_until("2026-11-20T09:00:00Z").await;
    // All of them are paid there without a trace: the night's sweep asks for each.
    for number in 0..400 {
        pay(&books, &format!("g{number:04}"), 10_00, false);
    }
    world.connections_until("2026-11-21T09:00:00Z").await;
    let asked = books.asked();
    let one_by_one = asked.iter().filter(|a| a.path.contains("/verkoopfacturen/g")).count();
    assert!(one_by_one >= 400, "{one_by_one}");
    assert!(asked.iter().all(|a| a.status != 429), "SnelStart never had to say no");
    assert_within_limits(&asked);
    let debtor = world.get("/v1/debtors/snelstart.r2").await;
    assert_eq!(debtor["openInvoices"], 1);
}

#[tokio::test]
async fn a_wrong_reference_gets_the_same_answer_and_changes_nothing() {
    let world = World::at(BEGAN).await;
    let _books = world.offer_snelstart().await;
    let asked = world.call("POST", "/v1/connections", Some(&json!({ "package": "snelstart" }))).await;
    assert_eq!(asked.status, StatusCode::CREATED);
    let before = world.contents();
    for action in ["Create", "Regenerate", "Delete", "Other"] {
        assert_eq!(world.couple(&"0".repeat(64), action).await, StatusCode::ACCEPTED);
    }
    assert_eq!(world.changes(&before), Vec::<String>::new());
    let hint = format!("/callbacks/accounting/snelstart/{}", "0".repeat(64));
    assert_eq!(world.callback_of_package("POST", &hint, "{}").await.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(connection(&world).await["state"], "waitingForAuthorisation");
}

#[tokio::test]
async fn a_link_that_was_lost_is_asked_for_again_and_the_old_one_is_worth_nothing() {
    let world = World::at(BEGAN).await;
    let books = world.offer_snelstart().await;
    put(&books, Kind::Relation, "r1", &relation(1, "J. de Vries", "Consument"));
    let first = world.call("POST", "/v1/connections", Some(&json!({ "package": "snelstart" }))).await;
    let old = first.body["activationUrl"].as_str().expect("an address").to_owned();
    let old = old.split("referenceKey=").nth(1).and_then(|r| r.split('&').next()).expect("a reference");
    world.connect_snelstart(&json!({ "package": "snelstart" })).await;
    world.settle().await;
    assert_eq!(connection(&world).await["state"], "active");
    assert_eq!(world.couple(old, "Delete").await, StatusCode::ACCEPTED);
    assert_eq!(connection(&world).await["state"], "active");
}

#[tokio::test]
async fn an_ended_connection_keeps_no_keys_and_asks_nobody() {
    let (world, books) = connected().await;
    let answer = world.call("DELETE", "/v1/connections/snelstart", None).await;
    assert_eq!((answer.status, answer.body["state"].as_str()), (StatusCode::OK, Some("disconnected")));
    assert_eq!(world.secrets.get("tijdig/demo/snelstart").await, Ok(None));
    let asked = books.asked().len();
    world.connections_until("2026-11-21T09:00:00Z").await;
    assert_eq!(books.asked().len(), asked);
    let refused = world.call("POST", "/v1/connections/snelstart/sync", None).await;
    assert_eq!(
        (refused.status, refused.body["type"].to_string().contains("not_authorised")),
        (StatusCode::CONFLICT, true)
    );
    assert_eq!(open(&world, "f1").await, "121.00", "what came over it stays");
}

#[tokio::test]
async fn a_coupling_that_ends_there_ends_here() {
    let world = World::at(BEGAN).await;
    let _books = world.offer_snelstart().await;
    let reference = world.connect_snelstart(&json!({ "package": "snelstart" })).await;
    world.settle().await;
    assert_eq!(world.couple(&reference, "Delete").await, StatusCode::ACCEPTED);
    assert_eq!(connection(&world).await["state"], "disconnected");
    assert_eq!(world.secrets.get("tijdig/demo/snelstart").await, Ok(None));
}

#[tokio::test]
async fn what_a_package_does_not_know_stays_as_it_is_known_here() {
    let (world, books) = connected().await;
    let mut body = world.get("/v1/debtors/snelstart.r1").await;
    let fields = [
        "number",
        "kind",
        "name",
        "emails",
        "phone",
        "mobile",
        "language",
        "kvkNumber",
        "vatId",
        "iban",
        "address",
        "policyId",
    ];
    let mut wanted: serde_json::Map<String, Value> =
        fields.iter().map(|field| ((*field).to_owned(), body[*field].take())).collect();
    wanted.insert("labels".to_owned(), json!(["solar"]));
    wanted.insert("modifiedAt".to_owned(), json!("2026-11-20T07:30:00Z"));
    wanted.insert(
        "person".to_owned(),
        json!({ "initials": "J.", "prefix": "de", "surname": "Vries", "birthDate": "1985-04-12" }),
    );
    world.put("/v1/debtors/snelstart.r1", &Value::Object(wanted)).await;
    world.connections_until("2026-11-20T09:00:00Z").await;
    let mut changed = relation(1, "J. de Vries-Smit", "Consument");
    changed["mobieleTelefoon"] = json!("bel na zessen");
    put(&books, Kind::Relation, "r1", &changed);
    world.connections_until("2026-11-20T09:15:00Z").await;
    let debtor = world.get("/v1/debtors/snelstart.r1").await;
    assert_eq!(debtor["name"], "J. de Vries-Smit");
    assert_eq!(debtor["person"]["birthDate"], "1985-04-12");
    assert_eq!(debtor["labels"], json!(["solar"]));
    assert_eq!(debtor["mobile"], Value::Null, "a field that breaks a rule is left out");
    let odd = connection(&world).await["odd"].clone();
    assert_eq!((odd[0]["id"].as_str(), odd[0]["field"].as_str()), (Some("snelstart.r1"), Some("mobile")));
}
