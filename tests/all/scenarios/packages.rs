//! What every accounting package has in common: each story is told once for each of them, with its stand-in behind its
//! adapter.

use contracts::failure::Class;
use contracts::queues::SyncAccounting;
use domain::Money;
use domain::connection::Package;
use http::StatusCode;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use local::accounting::Weather;
use outside::accounting::{Keys, PackageError, Quota};
use serde_json::{Value, json};
use tests::accounting::PREFIX;
use tests::packages::AtPackage;
use tests::world::World;

const BEGAN: &str = "2026-11-20T07:00:00Z";
const ISSUED: Date = date(2026, 11, 16);

/// More than one page of every list: how much that is differs.
fn many(package: Package) -> usize {
    match package {
        Package::SnelStart => 520,
        Package::Moneybird => 320,
        Package::ExactOnline => 130,
        Package::Twinfield => 45,
        Package::EBoekhouden => 28,
    }
}

/// Books with so many invoices of EUR 10 and more, not yet connected.
async fn books(package: Package, invoices: usize) -> (World, AtPackage) {
    let world = World::at(BEGAN).await;
    let there = AtPackage::offered(&world, package).await;
    let debtors = invoices.div_ceil(2).min(30);
    (0..debtors).for_each(|n| there.put_contact(n));
    for n in 0..invoices {
        there.put_invoice(n, n % debtors, 10_00 + i64::try_from(n).expect("few"), ISSUED);
    }
    (world, there)
}

/// The same, connected and read.
async fn connected(package: Package, invoices: usize) -> (World, AtPackage) {
    let (world, there) = books(package, invoices).await;
    there.connect(&world).await;
    hours(&world, 2).await;
    there.assert_alike(&world, "at first").await;
    (world, there)
}

async fn hours(world: &World, hours: i64) {
    let until = world.now() + SignedDuration::from_hours(hours);
    world.connections_until(&until.to_string()).await;
}

/// Until the next run of the schedule is over.
async fn one_schedule(world: &World) {
    let until = world.now() + SignedDuration::from_mins(15);
    world.connections_until(&until.to_string()).await;
}

fn payment(invoice: &str, amount: &str, world: &World) -> Value {
    let at = world.now().to_string();
    json!({
        "kind": "payment", "invoiceId": invoice, "debtorId": null, "amount": amount, "receivedOn": &at[..10],
        "reference": null, "reasonCode": null, "modifiedAt": at,
    })
}

async fn connection(world: &World, package: Package) -> Value {
    world.get(&format!("/v1/connections/{package}")).await
}

#[tokio::test]
async fn everything_arrives_however_many_pages_it_has() {
    for package in Package::ALL {
        let (world, there) = connected(package, many(package)).await;
        let one = world.get(&format!("/v1/debtors/{}", there.debtor(1))).await;
        assert_eq!(one["name"], "Klant 1", "{package}");
        let invoice = world.get(&format!("/v1/invoices/{}", there.ours(3))).await;
        assert_eq!(
            (&invoice["number"], &invoice["issueDate"], &invoice["dueDate"], &invoice["debtorId"]),
            (&json!("26700003"), &json!("2026-11-16"), &json!("2026-11-30"), &json!(there.debtor(3))),
            "{package}"
        );
        let view = connection(&world, package).await;
        assert_eq!(view["odd"], json!([]), "{package}");
        let debtors = many(package).div_ceil(2).min(30);
        assert_eq!(view["counts"]["created"], many(package) + debtors, "{package}");
    }
}

#[tokio::test]
async fn what_changes_there_arrives_within_one_schedule() {
    for package in Package::ALL {
        let (world, there) = connected(package, 4).await;
        there.put_off(0, date(2026, 12, 24));
        there.pay(1, 1_00);
        there.put_contact(4);
        there.put_invoice(4, 4, 99_00, ISSUED);
        one_schedule(&world).await;
        there.assert_alike(&world, "after a change").await;
        let due = world.get(&format!("/v1/invoices/{}", there.ours(0))).await["dueDate"].clone();
        assert_eq!(due, "2026-12-24", "{package}");
        there.pay(1, 9_01);
        one_schedule(&world).await;
        let paid = world.get(&format!("/v1/invoices/{}", there.ours(1))).await;
        assert_eq!((&paid["status"], &paid["open"]), (&json!("paid"), &json!("0.00")), "{package}");
        let entries = world.timeline(&there.debtor(1)).await.len();
        hours(&world, 3).await;
        assert_eq!(world.timeline(&there.debtor(1)).await.len(), entries, "{package}: nothing new");
    }
}

#[tokio::test]
async fn a_page_that_changes_while_it_is_read_loses_nothing() {
    for package in Package::ALL {
        let (world, there) = books(package, many(package)).await;
        there.set_weather(Weather { churn: 3, ..Weather::default() });
        there.connect(&world).await;
        hours(&world, 2).await;
        there.set_weather(Weather { churn: 3, ..Weather::default() });
        (0..4).for_each(|n| there.pay(20 + n, 1_00));
        hours(&world, 26).await;
        there.assert_alike(&world, "a day later").await;
    }
}

#[tokio::test]
async fn a_token_that_is_refused_in_the_middle_is_renewed_once() {
    for package in Package::ALL {
        let (world, there) = connected(package, 6).await;
        let before = there.asked().len();
        there.pay(2, 1_00);
        there.set_weather(Weather { refuse_tokens: 1, ..Weather::default() });
        one_schedule(&world).await;
        // Moneybird's token does not end: it was taken back. Exact Online gives no new one so soon. Both are tried again later.
        if matches!(package, Package::Moneybird | Package::ExactOnline) {
            assert_eq!(connection(&world, package).await["reason"], "unauthorized");
            hours(&world, 1).await;
        }
        there.assert_alike(&world, "after a refused token").await;
        let asked = there.asked();
        let refused = asked[before..].iter().filter(|a| a.status == 401).count();
        assert_eq!(refused, 1, "{package}");
    }
}

#[tokio::test]
async fn whoever_is_told_to_wait_waits_and_loses_nothing() {
    for package in Package::ALL {
        let (world, there) = connected(package, 6).await;
        there.pay(2, 1_00);
        there.set_weather(Weather { limit: 2, ..Weather::default() });
        one_schedule(&world).await;
        let before = there.asked().len();
        world.put("/v1/payments/bank-1", &payment(&there.ours(1), "4.00", &world)).await;
        world.settle().await;
        assert_eq!(there.asked().len(), before, "{package}: a hint waits too");
        hours(&world, 2).await;
        there.assert_alike(&world, "after a wait").await;
        let asked = there.asked();
        let limited: Vec<usize> = (0..asked.len()).filter(|at| asked[*at].status == 429).collect();
        assert_eq!(limited.len(), 2, "{package}");
        for at in limited {
            let waited = asked[at + 1].at.duration_since(asked[at].at);
            assert!(waited >= SignedDuration::from_secs(20), "{package}: {waited}");
        }
    }
}

#[tokio::test]
async fn a_day_without_the_package_loses_nothing_and_doubles_nothing() {
    for package in Package::ALL {
        let (world, there) = connected(package, 6).await;
        there.set_weather(Weather { outage: true, ..Weather::default() });
        world.put("/v1/payments/bank-1", &payment(&there.ours(1), "4.00", &world)).await;
        hours(&world, 3).await;
        assert_eq!(connection(&world, package).await["state"], "failing", "{package}");
        there.pay(2, 2_00);
        world.put("/v1/payments/bank-2", &payment(&there.ours(3), "3.00", &world)).await;
        hours(&world, 21).await;
        there.set_weather(Weather { refuse_tokens: 1, lose_answers: 1, ..Weather::default() });
        hours(&world, 26).await;
        let mut booked = there.booked();
        booked.sort();
        assert_eq!(booked, [Money::from_cents(3_00), Money::from_cents(4_00)], "{package}");
        there.assert_alike(&world, "after a day without it").await;
        assert_eq!(there.open()[&there.ours(1)], Money::from_cents(6_01), "{package}: told once");
    }
}

#[tokio::test]
async fn an_invoice_that_is_gone_there_is_deleted_here() {
    for package in Package::ALL {
        let (world, there) = connected(package, 4).await;
        there.remove(2);
        hours(&world, 24).await;
        let gone = world.call("GET", &format!("/v1/invoices/{}", there.ours(2)), None).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{package}");
        there.assert_alike(&world, "after one went").await;
        assert_eq!(connection(&world, package).await["counts"]["gone"], 1, "{package}");
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_is_named_and_keeps_nothing_else_out() {
    // (package, its name of the field, a value, what is wrong)
    let table = [
        (Package::SnelStart, "factuurBedrag", json!("veel"), "not_as_described"),
        (Package::SnelStart, "factuurDatum", json!("gisteren"), "not_a_date"),
        (Package::SnelStart, "relatie", json!(null), "missing"),
        (Package::Moneybird, "total_price_incl_tax", json!("1.234,56"), "not_an_amount"),
        (Package::Moneybird, "due_date", json!("31-02-2026"), "not_a_date"),
        (Package::Moneybird, "currency", json!("USD"), "not_eur"),
        (Package::ExactOnline, "TransactionAmountDC", json!("veel"), "not_an_amount"),
        (Package::ExactOnline, "InvoiceDate", json!("/Date(x)/"), "not_a_date"),
        (Package::ExactOnline, "Account", json!(null), "missing"),
        (Package::Twinfield, "fin.trs.line.valuesigned", json!("1.005"), "more_than_two_decimals"),
        (Package::Twinfield, "fin.trs.line.datedue", json!("20261340"), "not_a_date"),
        (Package::Twinfield, "fin.trs.head.curcode", json!("USD"), "not_eur"),
        (Package::EBoekhouden, "date", json!("2026-02-30"), "not_a_date"),
        (Package::EBoekhouden, "totalAmount", json!("veel"), "not_an_amount"),
        (Package::EBoekhouden, "invoiceNumber", json!(""), "missing"),
    ];
    for (package, field, value, why) in table {
        let (world, there) = books(package, 4).await;
        there.spoil(1, field, value);
        there.connect(&world).await;
        hours(&world, 1).await;
        let view = connection(&world, package).await;
        let odd = &view["odd"][0];
        let shown = if why == "not_eur" { "currency" } else { field };
        assert_eq!(
            (&odd["id"], &odd["field"], &odd["why"]),
            (&json!(there.ours(1)), &json!(shown), &json!(why)),
            "{package} {field}: {view}"
        );
        assert_eq!(view["counts"]["created"], 5, "{package} {field}: the others came");
    }
}

#[tokio::test]
async fn a_payment_here_is_told_once_and_taken_back_once() {
    for package in Package::ALL {
        let (world, there) = connected(package, 4).await;
        there.set_weather(Weather { lose_answers: 1, ..Weather::default() });
        let told = payment(&there.ours(1), "4.00", &world);
        world.put("/v1/payments/bank-1", &told).await;
        world.settle().await;
        assert_eq!(there.booked(), [Money::from_cents(4_00)], "{package}: at once");
        hours(&world, 2).await;
        assert_eq!(there.booked(), [Money::from_cents(4_00)], "{package}: its answer was lost");
        assert_eq!(connection(&world, package).await["counts"]["written"], 1, "{package}");
        there.assert_alike(&world, "after a payment here").await;
        let at = told["modifiedAt"].as_str().expect("an instant");
        let path = format!("/v1/payments/bank-1?modifiedAt={at}");
        assert_eq!(world.call("DELETE", &path, None).await.status, StatusCode::OK, "{package}");
        hours(&world, 20).await;
        let mut booked = there.booked();
        booked.sort();
        assert_eq!(booked, [Money::from_cents(-4_00), Money::from_cents(4_00)], "{package}");
        there.assert_alike(&world, "after it was taken back").await;
    }
}

/// There is always room.
#[derive(Debug)]
struct Plenty;

#[async_trait::async_trait]
impl Quota for Plenty {
    async fn take(&self) -> Result<(), PackageError> {
        Ok(())
    }
}

#[tokio::test]
async fn documents_come_from_packages_that_have_them() {
    let table = [
        (Package::SnelStart, Some(("application/xml", "<?xml"))),
        (Package::Moneybird, Some(("application/pdf", "%PDF-"))),
        (Package::ExactOnline, None),
        (Package::Twinfield, None),
        (Package::EBoekhouden, None),
    ];
    for (package, expected) in table {
        let (world, there) = connected(package, 2).await;
        let keys = Keys::kept(&*world.secrets, &format!("{PREFIX}/demo/{package}")).await;
        let keys = keys.expect("secrets").expect("keys");
        let adapter = world.adapter(package).await;
        let keys = adapter.authenticated(&keys, &Plenty, world.now()).await.expect("good keys");
        let document = adapter.document(&keys, &Plenty, &there.own(1)).await.expect("an answer");
        let begins = document.as_ref().map(|d| {
            let text = String::from_utf8_lossy(&d.bytes[..5]).into_owned();
            (d.content_type.clone(), text)
        });
        let expected = expected.map(|(kind, text)| (kind.to_owned(), text.to_owned()));
        assert_eq!(begins, expected, "{package}");
        let absent = adapter.document(&keys, &Plenty, &there.own(7)).await;
        assert_eq!(absent, Ok(None), "{package}");
    }
}

#[tokio::test]
async fn moneybird_tells_of_a_change_and_is_asked_and_not_believed() {
    let (world, there) = connected(Package::Moneybird, 4).await;
    let hooks = there.hooks();
    let [address] = &hooks[..] else { panic!("subscribed once: {hooks:?}") };
    let path = address.strip_prefix("https://tijdig.example").expect("our address").to_owned();
    there.pay(1, 4_00);
    let lie = json!({ "entity_type": "SalesInvoice", "entity_id": there.own(2), "state": "paid",
        "action": "sales_invoice_state_changed_to_paid", "entity": { "total_unpaid": "0.00" } });
    for repeated in 0..3 {
        let answer = world.callback_of_package("POST", &path, &lie.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK);
        world.settle().await;
        there.assert_alike(&world, &format!("told {repeated} times")).await;
    }
    assert_eq!(there.hooks().len(), 1);

    let (before, asked) = (world.contents(), there.asked().len());
    let reference = path.rsplit('/').next().expect("a reference");
    for forged in [
        path.replace(reference, &"0".repeat(64)),
        path.replace("moneybird", "twinfield"),
        path.replace(reference, "x"),
    ] {
        let answer = world.callback_of_package("POST", &forged, &lie.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{forged}");
        world.settle().await;
    }
    assert_eq!((world.changes(&before), there.asked().len()), (Vec::new(), asked));
}

#[tokio::test]
async fn functions_that_run_at_the_same_time_keep_the_limits_together() {
    for package in Package::ALL {
        let (world, there) = connected(package, 40).await;
        // A day later every invoice is asked for, by functions of which each believes that the others died.
        (0..40).for_each(|n| there.remove(n));
        let tomorrow = world.now() + SignedDuration::from_hours(24);
        world.set(tomorrow);
        there.set_weather(Weather { slow: 10, ..Weather::default() });
        let before = there.asked().len();
        let message = SyncAccounting {
            administration: world.administration.clone(),
            package: Some(package),
            debtor_id: None,
        };
        let one = async || {
            for _ in 0..15 {
                let taken = world.store.change_connection(&world.administration, package, |connection| {
                    connection.leased_until = None;
                });
                taken.await.expect("a write");
                if let Err(failure) = world.sync.run(&message).await {
                    assert!(matches!(failure.class(), Class::Conflict | Class::Unavailable), "{failure}");
                }
            }
        };
        // As many as the template lets there be.
        futures_util::future::join_all((0..10).map(|_| one())).await;
        let asked = there.asked();
        assert!(asked[before..].iter().any(|a| a.at_once > 1), "{package}: they ran at the same time");
        assert!(asked.iter().all(|a| a.status != 429), "{package}: it never had to say no");
        there.assert_within_limits();
    }
}

/// What a package's document of an invoice ends with, and what its address contains.
fn documents_of(package: Package) -> Option<(&'static str, &'static str)> {
    match package {
        Package::SnelStart => Some(("xml", "/ubl")),
        Package::Moneybird => Some(("pdf", "/download_pdf")),
        Package::ExactOnline | Package::Twinfield | Package::EBoekhouden => None,
    }
}

async fn names_of_documents(world: &World, invoice: &str) -> Vec<String> {
    let listed = world.get(&format!("/v1/invoices/{invoice}/documents")).await;
    let items = listed["items"].as_array().expect("a list").iter();
    items.map(|d| d["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn the_document_of_an_invoice_is_fetched_once_and_again_when_it_is_written_anew() {
    for package in Package::ALL {
        // More than are fetched before a run looks at its time.
        let (world, there) = connected(package, 14).await;
        let kind = documents_of(package);
        for n in 0..14 {
            let expected: Vec<_> =
                kind.iter().map(|(ending, _)| format!("{}.{ending}", 26_700_000 + n)).collect();
            assert_eq!(names_of_documents(&world, &there.ours(n)).await, expected, "{package}: {n}");
        }
        let Some((_, address)) = kind else { continue };
        let fetched = || there.asked().iter().filter(|a| a.path.contains(address) && a.status < 400).count();
        assert_eq!(fetched(), 14, "{package}");
        there.pay(1, 1_00);
        hours(&world, 26).await;
        assert_eq!(fetched(), 14, "{package}: a payment writes no invoice anew, and neither does a night");
        there.put_off(0, date(2026, 12, 24));
        one_schedule(&world).await;
        assert_eq!(fetched(), 15, "{package}");
        there.assert_alike(&world, "with documents").await;
    }
}

#[tokio::test]
async fn a_document_that_gets_no_answer_keeps_nothing_else_out_and_is_left_out_in_the_end() {
    for package in Package::ALL {
        let Some((_, address)) = documents_of(package) else { continue };
        let (world, there) = connected(package, 2).await;
        there.put_invoice(2, 0, 50_00, ISSUED);
        there.set_weather(Weather { breaks: address.to_owned(), ..Weather::default() });
        one_schedule(&world).await;
        there.put_invoice(3, 0, 60_00, ISSUED);
        hours(&world, 1).await;
        let open = world.get(&format!("/v1/invoices/{}", there.ours(3))).await["open"].clone();
        assert_eq!(open, "60.00", "{package}: what is owed comes in all the same");
        let view = connection(&world, package).await;
        assert_eq!(
            (&view["state"], &view["odd"]),
            (&json!("active"), &json!([])),
            "{package}: it is tried again"
        );
        hours(&world, 26).await;
        let view = connection(&world, package).await;
        let odd: Vec<_> = view["odd"].as_array().expect("a list").iter().collect();
        let left_out = |n: usize| odd.iter().any(|o| o["id"] == there.ours(n) && o["field"] == "document");
        assert!(left_out(2) && left_out(3), "{package}: {view}");
        assert_eq!(view["state"], "active", "{package}");
        there.set_weather(Weather::default());
        there.put_invoice(4, 0, 70_00, ISSUED);
        hours(&world, 1).await;
        assert_eq!(names_of_documents(&world, &there.ours(4)).await.len(), 1, "{package}");
        assert!(names_of_documents(&world, &there.ours(2)).await.is_empty(), "{package}");
    }
}
