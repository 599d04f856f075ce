//! Batches of SQS: plain hints, events as a rule of the bus delivers them, and reports of SES.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use ::http::StatusCode;
use advance_case::Advance;
use async_trait::async_trait;
use aws_lambda_events::sqs::SqsEvent;
use contracts::failure::Failure;
use contracts::queues::{AdvanceCase, SendNotice};
use domain::Money;
use domain::channels::LetterProvider;
use domain::file_import::{FileFormat, FileImport};
use domain::ids::DebtorId;
use domain::notice::Channel;
use domain::voice::VoiceRules;
use evaluate_signal::Evaluate;
use jiff::civil::date;
use local::accounting::snelstart::{Kind, sales_invoice};
use outside::files::Files;
use record_delivery::Record;
use runtime::invoke::Deadline;
use runtime::queue::{Handled, Parked, Parking, QueueHandler, handle_batch};
use send_letter::Send as SendLetters;
use send_notice::Send;
use serde::de::DeserializeOwned;
use serde_json::json;
use submit_signal::Submit;
use tests::bodies::{consumer, invoice, payment};
use tests::world::World;

use super::{DUE, Taken, a_prepared_signal, count, golden, one_invoice, signal, still};

pub const FILES: &[&str] = &[
    "advance-case/hint.json",
    "build-dossier/from-bus.json",
    "build-dossier/hint.json",
    "check-payment/from-callback.json",
    "check-payment/hint.json",
    "check-payment/unknown-reference.json",
    "dispatch-webhooks/from-bus.json",
    "dispatch-webhooks/lane.json",
    "dispatch-webhooks/subscription.json",
    "evaluate-signal/from-bus.json",
    "evaluate-signal/hint.json",
    "import-records/hint.json",
    "import-records/uploaded.json",
    "project-overview/debtor.json",
    "project-overview/from-bus.json",
    "project-overview/overview.json",
    "record-delivery/bounced.json",
    "record-delivery/delivered.json",
    "record-delivery/text-delivered.json",
    "record-delivery/text-invalid.json",
    "record-delivery/voice-answered.json",
    "record-delivery/voice-not-answered.json",
    "send-letter/from-bus.json",
    "send-letter/hint.json",
    "send-notice/code.json",
    "send-notice/from-bus.json",
    "send-notice/hint.json",
    "submit-signal/from-bus.json",
    "submit-signal/hint.json",
    "sync-accounting/from-bus.json",
    "sync-accounting/hint.json",
];

/// Remembers why messages were put aside or off.
#[derive(Debug, Default)]
struct Aside(Mutex<Vec<String>>);

#[async_trait]
impl Parking for Aside {
    async fn park(&self, message: Parked<'_>) -> Result<(), Failure> {
        self.0.lock().unwrap().push(format!("parked: {} {}", message.reason, message.explanation));
        Ok(())
    }

    async fn postpone(&self, _receipt: &str, _seconds: u32) -> Result<(), Failure> {
        self.0.lock().unwrap().push("put off".to_owned());
        Ok(())
    }
}

/// Gives the batch to the handler as Lambda does; every message of it has to be done.
async fn deliver<M, H>(handler: &H, file: &str)
where
    M: DeserializeOwned + std::marker::Send,
    H: QueueHandler<M>,
{
    let event: SqsEvent =
        serde_json::from_str(&golden(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let aside = Aside::default();
    let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(30));
    let response = handle_batch(handler, &aside, event, deadline).await;
    assert_eq!(aside.0.into_inner().unwrap(), Vec::<String>::new(), "{file}");
    assert!(response.batch_item_failures.is_empty(), "{file}: {response:?}");
}

fn advance(world: &World, at: &str) -> Advance {
    Advance {
        store: world.store.clone(),
        clock: still(at),
        notices: Arc::new(Taken),
        letters: Arc::new(Taken),
        dossiers: Arc::new(Taken),
        evaluations: Arc::new(Taken),
        submissions: Arc::new(Taken),
        checks: Arc::new(Taken),
    }
}

fn send(world: &World, at: &str) -> Send {
    Send {
        store: world.store.clone(),
        clock: still(at),
        mailer: world.mail.clone(),
        texter: world.sms.clone(),
        caller: world.voice.clone(),
        files: Arc::new(world.files.clone()),
        portal_url: "https://portal.example.nl/portal".to_owned(),
    }
}

fn write(world: &World, at: &str) -> SendLetters {
    SendLetters { clock: still(at), ..world.write.clone() }
}

#[tokio::test]
async fn a_letter_is_sent_once_however_it_is_announced() {
    for (first, again) in [
        ("send-letter/from-bus.json", "send-letter/hint.json"),
        ("send-letter/hint.json", "send-letter/from-bus.json"),
    ] {
        let world = one_invoice().await;
        world
            .change_settings(|settings| {
                settings.channels = vec![Channel::Letter];
                settings.letters.provider = Some(LetterProvider::HandOff);
                settings.policies[0].steps[0].channels = vec![Channel::Letter];
            })
            .await;
        deliver(&advance(&world, DUE), "advance-case/hint.json").await;
        deliver(&write(&world, DUE), first).await;
        deliver(&write(&world, DUE), again).await;
        assert_eq!(
            (count(&world, "NoticePrepared").await, count(&world, "NoticeSent").await),
            (1, 1),
            "{first}"
        );
    }
}

#[tokio::test]
async fn a_dossier_is_built_once_however_it_is_announced() {
    for (first, again) in [
        ("build-dossier/from-bus.json", "build-dossier/hint.json"),
        ("build-dossier/hint.json", "build-dossier/from-bus.json"),
    ] {
        let world = a_notice_sent().await;
        let asked = world.call("POST", "/v1/cases/d1.c1/dossier", None).await;
        assert_eq!(asked.body["id"], "d1.z1", "{}", asked.body);
        deliver(&world.build, first).await;
        deliver(&world.build, again).await;
        assert_eq!(count(&world, "DossierBuilt").await, 1, "{first}");
    }
}

/// A world in which the first reminder was prepared and sent.
async fn a_notice_sent() -> World {
    let world = one_invoice().await;
    deliver(&advance(&world, DUE), "advance-case/hint.json").await;
    deliver(&send(&world, DUE), "send-notice/from-bus.json").await;
    world
}

#[tokio::test]
async fn a_hint_advances_a_case_and_a_stranger_is_passed_over() {
    let world = one_invoice().await;
    deliver(&advance(&world, DUE), "advance-case/hint.json").await;
    deliver(&advance(&world, DUE), "advance-case/hint.json").await;
    assert_eq!(count(&world, "NoticePrepared").await, 1);
}

#[tokio::test]
async fn a_notice_is_sent_once_however_it_is_announced() {
    for first in ["send-notice/from-bus.json", "send-notice/hint.json"] {
        let world = one_invoice().await;
        deliver(&advance(&world, DUE), "advance-case/hint.json").await;
        deliver(&send(&world, DUE), first).await;
        assert_eq!((world.mail.calls(), count(&world, "NoticeSent").await), (1, 1), "{first}");
        for again in ["send-notice/from-bus.json", "send-notice/hint.json"] {
            deliver(&send(&world, DUE), again).await;
        }
        assert_eq!((world.mail.calls(), count(&world, "NoticeSent").await), (1, 1), "{first}");
    }
}

#[tokio::test]
async fn a_code_is_sent_once_however_often_it_is_announced() {
    let world = a_notice_sent().await;
    world.set(DUE.parse().expect("an instant"));
    let path = format!("/portal/{}", world.last_link());
    world.browser().fill(&path, &[("send", "email")]).await;
    for _ in 0..2 {
        deliver(&send(&world, DUE), "send-notice/code.json").await;
    }
    assert_eq!((world.mail.calls(), count(&world, "AccessCodeSent").await), (2, 1));
}

#[tokio::test]
async fn reports_of_the_services_are_recorded() {
    let table = [
        ("record-delivery/delivered.json", "NoticeDelivered"),
        ("record-delivery/bounced.json", "NoticeBounced"),
        ("record-delivery/text-delivered.json", "NoticeDelivered"),
        ("record-delivery/text-invalid.json", "NoticeBounced"),
    ];
    for (file, event) in table {
        let world = a_notice_sent().await;
        let record = Record { store: world.store.clone(), clock: still(DUE), caller: world.voice.clone() };
        deliver(&record, file).await;
        deliver(&record, file).await;
        assert_eq!(count(&world, event).await, 1, "{file}");
    }
}

#[tokio::test]
async fn how_a_call_of_a_machine_ended_is_recorded() {
    let table = [
        ("record-delivery/voice-answered.json", "NoticeDelivered"),
        ("record-delivery/voice-not-answered.json", "CallAsked"),
    ];
    for (file, event) in table {
        let world = one_invoice().await;
        world
            .change_settings(|settings| {
                settings.channels = vec![Channel::Phone];
                settings.voice = VoiceRules {
                    instance_id: Some("i-1".to_owned()),
                    contact_flow_id: Some("f-1".to_owned()),
                    queue_id: Some("q-1".to_owned()),
                    source_phone_number: None,
                };
                for step in &mut settings.policies[0].steps {
                    step.channels = vec![Channel::Phone];
                }
            })
            .await;
        deliver(&advance(&world, DUE), "advance-case/hint.json").await;
        deliver(&send(&world, DUE), "send-notice/from-bus.json").await;
        assert_eq!((world.voice.calls(), count(&world, "NoticeSent").await), (1, 0), "{file}");
        let record = Record { store: world.store.clone(), clock: still(DUE), caller: world.voice.clone() };
        deliver(&record, file).await;
        deliver(&record, file).await;
        assert_eq!(count(&world, event).await, 1, "{file}");
    }
}

/// When the final reminder of `i1` is due.
const FINAL: &str = "2026-10-06T08:00:00Z";

/// A world in which the final reminder was sent, as `d1.n3`, and nobody looked at the conditions yet.
async fn a_final_reminder_sent() -> World {
    let world = one_invoice().await;
    let debtor_id: DebtorId = "d1".parse().expect("an id");
    let administration = &world.administration;
    for (number, at) in [(1, DUE), (2, "2026-09-22T08:00:00Z"), (3, FINAL)] {
        let case = AdvanceCase { administration: administration.clone(), debtor_id: debtor_id.clone() };
        advance(&world, at).run(&case).await.unwrap();
        let notice_id = debtor_id.notice(number);
        let notice = SendNotice { administration: administration.clone(), notice_id };
        assert_eq!(send(&world, at).run(&notice).await, Ok(Handled::Done("sent")), "{at}");
    }
    world
}

#[tokio::test]
async fn the_conditions_of_a_signal_are_looked_at_however_that_is_asked_for() {
    for file in ["evaluate-signal/from-bus.json", "evaluate-signal/hint.json"] {
        let world = a_final_reminder_sent().await;
        let evaluate = Evaluate { store: world.store.clone(), clock: still(FINAL) };
        deliver(&evaluate, file).await;
        deliver(&evaluate, file).await;
        // One final reminder is not yet a ground.
        assert_eq!(count(&world, "SignalBlocked").await, 1, "{file}");
        assert_eq!(count(&world, "SignalPrepared").await, 0, "{file}");
    }
}

#[tokio::test]
async fn a_message_that_no_step_asked_for_evaluates_nothing() {
    for file in ["evaluate-signal/from-bus.json", "evaluate-signal/hint.json"] {
        let world = a_notice_sent().await;
        let evaluate = Evaluate { store: world.store.clone(), clock: still(FINAL) };
        deliver(&evaluate, file).await;
        assert_eq!(count(&world, "SignalBlocked").await, 0, "{file}");
    }
}

#[tokio::test]
async fn a_signal_is_submitted_once_however_it_is_announced() {
    for first in ["submit-signal/from-bus.json", "submit-signal/hint.json"] {
        let world = a_prepared_signal().await;
        let submit = Submit {
            store: world.store.clone(),
            clock: still(&world.now().to_string()),
            bkr: world.bkr.clone(),
            inforing: world.inforing.clone(),
            places: world.register.clone(),
        };
        deliver(&submit, first).await;
        assert_eq!(world.inforing.calls(), 0, "nobody released it yet");
        assert_eq!(world.call("POST", "/v1/signals/d1.s1/send", None).await.status, StatusCode::OK);
        deliver(&submit, first).await;
        for again in ["submit-signal/from-bus.json", "submit-signal/hint.json"] {
            deliver(&submit, again).await;
        }
        assert_eq!((world.inforing.calls(), world.bkr.calls()), (1, 0), "{first}");
        assert_eq!(signal(&world).await["status"], "sent", "{first}");
    }
}

#[tokio::test]
async fn a_connection_is_synchronised_and_told_of_money_however_that_is_asked_for() {
    let world = World::at("2026-11-25T07:00:00Z").await;
    let books = world.offer_snelstart().await;
    let (relation, total) = (json!({ "relatiecode": 1, "naam": "J. de Vries" }), Money::from_cents(121_00));
    let invoice = sales_invoice("V-1", "r1", date(2026, 11, 1), date(2026, 11, 15), total);
    let put = books.change(|books, now| {
        books.put(Kind::Relation, "r1", &relation, now);
        books.put(Kind::Invoice, "f1", &invoice, now);
    });
    put.expect("the books");
    deliver(&world.sync, "sync-accounting/hint.json").await;
    assert_eq!(books.asked().len(), 0, "there is no connection");
    world.connect_snelstart(&json!({ "package": "snelstart" })).await;
    deliver(&world.sync, "sync-accounting/hint.json").await;
    assert_eq!(world.get("/v1/invoices/snelstart.f1").await["open"], "121.00");
    let paid = payment("snelstart.f1", "21.00", "2026-11-25");
    world.put("/v1/payments/bank-1", &paid).await;
    for _ in 0..2 {
        deliver(&world.sync, "sync-accounting/from-bus.json").await;
        assert_eq!(books.books().listed(Kind::BankBooking, |_| true).len(), 1);
    }
}

#[tokio::test]
async fn a_payment_is_booked_once_however_the_look_at_it_is_asked_for() {
    let orders = [
        ["check-payment/hint.json", "check-payment/from-callback.json"],
        ["check-payment/from-callback.json", "check-payment/hint.json"],
    ];
    for order in orders {
        let world = one_invoice().await;
        world.connect_payment_providers().await;
        let asked = world.call("POST", "/v1/payment-requests", Some(&json!({ "invoiceId": "i1" }))).await;
        assert_eq!(asked.body["id"], "d1.q1", "{}", asked.body);
        for file in order {
            deliver(&world.check, file).await;
        }
        assert_eq!(count(&world, "PaymentReceived").await, 0, "nobody paid yet");
        world.mollie.pay("tr_mollie1");
        // Somebody else's payment is looked at, and is nobody's here.
        deliver(&world.check, "check-payment/unknown-reference.json").await;
        assert_eq!(count(&world, "PaymentReceived").await, 0);
        for file in order.into_iter().chain(order) {
            deliver(&world.check, file).await;
            assert_eq!(count(&world, "PaymentReceived").await, 1, "{file}");
        }
        assert_eq!(world.get("/v1/invoices/i1").await["status"], "paid");
    }
}

#[tokio::test]
async fn a_file_is_taken_in_once_however_that_is_asked_for() {
    for first in ["import-records/uploaded.json", "import-records/hint.json"] {
        let world = World::at(DUE).await;
        deliver(&world.import, first).await;
        let (id, by) = ("f1".parse().expect("an id"), "tool".to_owned());
        let import = FileImport::asked_for(id, FileFormat::Ndjson, None, None, by, world.now());
        world.store.put_import(&world.administration, &import, None, None).await.unwrap();
        deliver(&world.import, first).await;
        assert_eq!(world.get("/v1/imports/f1").await["status"], "awaitingUpload", "nothing was uploaded");
        let line = json!({ "type": "debtor", "id": "d1", "body": consumer("D1") }).to_string();
        let line = bytes::Bytes::from(line);
        world.files.put("uploads/demo/f1", line, "application/x-ndjson").await.unwrap();
        for file in [first, "import-records/uploaded.json", "import-records/hint.json"] {
            deliver(&world.import, file).await;
            let view = world.get("/v1/imports/f1").await;
            assert_eq!((&view["status"], &view["counts"]["accepted"]), (&json!("done"), &json!(1)), "{view}");
            assert_eq!(count(&world, "DebtorCreated").await, 1);
        }
    }
}

#[tokio::test]
async fn a_subscriber_is_told_once_however_that_is_asked_for() {
    let orders = [
        ["dispatch-webhooks/from-bus.json", "dispatch-webhooks/lane.json"],
        ["dispatch-webhooks/lane.json", "dispatch-webhooks/from-bus.json"],
    ];
    for order in orders {
        let world = World::at("2026-08-20T08:00:00Z").await;
        world.put("/v1/debtors/d1", &consumer("D-1001")).await;
        world.settle().await;
        world.subscribe("crm", "https://crm.example/hooks", None).await;
        world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
        for file in order.into_iter().chain(order) {
            deliver(&world.dispatch, file).await;
        }
        let taken = world.subscribers.taken();
        assert_eq!(taken.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["crm.d1.2-0"]);
        deliver(&world.dispatch, "dispatch-webhooks/subscription.json").await;
        assert_eq!(world.subscribers.taken().len(), 1, "nothing was asked of it");
        world.call("POST", "/v1/webhooks/crm/test", None).await;
        for _ in 0..2 {
            deliver(&world.dispatch, "dispatch-webhooks/subscription.json").await;
            assert_eq!(world.subscribers.taken().len(), 2);
        }
    }
}

#[tokio::test]
async fn the_overview_counts_a_debtor_once_however_that_is_asked_for() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D-1001")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    for file in ["from-bus", "debtor", "overview", "debtor", "from-bus", "overview"] {
        deliver(&world.project, &format!("project-overview/{file}.json")).await;
        let view = world.get("/v1/overview").await;
        assert_eq!(view["outstanding"], json!({ "invoices": 1, "amount": "121.00" }), "{file}: {view}");
    }
}
