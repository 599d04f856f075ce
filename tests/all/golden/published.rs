//! What subscribers of the bus get: one golden file for each event, pinned. A changed file is a changed promise.

mod access;
mod desk;
mod money;

use contracts::bus::{Detail, SOURCE};
use contracts::queues::{BuildDossier, EvaluateSignal, SendLetter, SendMessage, SubmitSignal};
use domain::Money;
use domain::calling::CallOutcome;
use domain::dispute::{Decision, DisputeReason};
use domain::hold::{Covers, HoldReason, HoldScope};
use domain::ids::{
    CaseId, DebtorId, DisputeId, HoldId, InvoiceId, MandateId, NoticeId, PlanId, PolicyId, PromiseId,
    SignalId, TaskId,
};
use domain::mandate::Scheme;
use domain::notice::{Channel, NoticeLine};
use domain::payment_request::{PaymentProvider, RequestState, TakenBackKind};
use domain::return_reason::Treatment;
use domain::step::{SignalKind, StepKind};
use domain::timeline::{Entry, Event};
use serde_json::{Value, json};

use super::{events, golden, instant};
use crate::tidy::template::Template;

/// Set to write the golden files anew instead of comparing with them.
pub(super) const WRITE: &str = "TIJDIG_WRITE_GOLDEN";

pub(super) fn debtor() -> DebtorId {
    "d1".parse().expect("an id")
}

fn invoice(id: &str) -> InvoiceId {
    id.parse().expect("an id")
}

fn notice() -> NoticeId {
    debtor().notice(1)
}

fn signal() -> SignalId {
    debtor().signal(1)
}

fn hold() -> HoldId {
    debtor().hold(1)
}

fn case() -> CaseId {
    debtor().case(1)
}

fn task() -> TaskId {
    debtor().task(1)
}

fn policy() -> PolicyId {
    "standard".parse().expect("an id")
}

fn plan() -> PlanId {
    debtor().plan(1)
}

fn dispute() -> DisputeId {
    debtor().dispute(1)
}

fn promise() -> PromiseId {
    debtor().promise(1)
}

fn mandate() -> MandateId {
    "M-1".parse().expect("an id")
}

fn amount() -> Money {
    Money::from_cents(121_00)
}

fn lines() -> Vec<NoticeLine> {
    let line = |id: &str, step: &str, kind, links_to| NoticeLine {
        invoice: invoice(id),
        step: step.parse().expect("an id"),
        kind,
        links_to,
        policy: policy(),
        policy_version: 1,
        claims_costs: false,
        claims_interest: false,
    };
    vec![
        line("i1", "final-reminder", StepKind::FinalReminder, Some(SignalKind::Early)),
        line("i2", "reminder-1", StepKind::Reminder, None),
    ]
}

fn reason() -> String {
    // What people type stays on the timeline: if it shows up in a golden file, it got out.
    "a reason that must not be published".to_owned()
}

fn strings() -> Vec<String> {
    vec![reason()]
}

/// The sample that comes after this one. A new event does not compile until it has its place here.
fn next(event: Option<&Event>) -> Option<Event> {
    let Some(event) = event else { return Some(Event::DebtorCreated) };
    match event {
        Event::DebtorCreated
        | Event::DebtorChanged { .. }
        | Event::DebtorDeleted
        | Event::EarlySignallingDisabled { .. }
        | Event::EarlySignallingEnabled { .. } => money::next_of_debtor(event),
        Event::InvoiceReceived { .. }
        | Event::InvoiceChanged { .. }
        | Event::InvoicesClosed { .. }
        | Event::InvoiceReopened { .. }
        | Event::DocumentAdded { .. }
        | Event::DocumentRemoved { .. }
        | Event::CreditNoteApplied { .. }
        | Event::PaymentReceived { .. }
        | Event::PaymentChanged { .. }
        | Event::PaymentUnbooked { .. } => money::next_of_money(event),
        Event::InvoiceDeleted { .. } | Event::PaymentDeleted { .. } => money::next_of_money(event),
        Event::CaseOpened { .. }
        | Event::CaseSettled { .. }
        | Event::CaseHandedOver { .. }
        | Event::CaseTakenBack { .. }
        | Event::DossierRequested { .. }
        | Event::DossierBuilt { .. }
        | Event::DossierFailed { .. }
        | Event::HoldPlaced { .. }
        | Event::HoldLifted { .. }
        | Event::HoldEnded { .. } => next_of_holds(event),
        Event::StepSkipped { .. }
        | Event::StepTaken { .. }
        | Event::StepsReset { .. }
        | Event::StepRescheduled { .. }
        | Event::CostsCharged { .. } => next_of_steps(event),
        Event::PlanProposed { .. }
        | Event::PlanApproved { .. }
        | Event::PlanRejected { .. }
        | Event::InstalmentPaid { .. }
        | Event::PlanFinished { .. }
        | Event::PlanBroken { .. }
        | Event::PlanEnded { .. } => next_of_plans(event),
        Event::DisputeOpened { .. }
        | Event::DisputeDecided { .. }
        | Event::DisputeSettled { .. }
        | Event::PromiseMade { .. }
        | Event::PromiseKept { .. }
        | Event::PromiseBroken { .. }
        | Event::PromiseWithdrawn { .. }
        | Event::MessageReceived { .. }
        | Event::MessageSent { .. } => next_of_disputes(event),
        Event::MandateGiven { .. }
        | Event::MandateAmended { .. }
        | Event::MandateWithdrawn { .. }
        | Event::MandateEnded { .. }
        | Event::DebitAnnounced { .. }
        | Event::DebitBatched { .. }
        | Event::DebitCollected { .. }
        | Event::DebitReturned { .. }
        | Event::DebitCancelled { .. } => next_of_debits(event),
        Event::NoticePrepared { .. }
        | Event::NoticeSent { .. }
        | Event::NoticePosted { .. }
        | Event::NoticeDelivered { .. }
        | Event::NoticeBounced { .. }
        | Event::NoticeComplained { .. }
        | Event::NoticeUnknown { .. }
        | Event::NoticeRetried { .. }
        | Event::NoticeFailed { .. }
        | Event::NoticeCancelled { .. }
        | Event::CallAsked { .. }
        | Event::CallMade { .. } => next_of_notices(event),
        Event::AccessCodeAsked { .. }
        | Event::AccessCodeSent { .. }
        | Event::AccessCodeFailed { .. }
        | Event::PortalOpened { .. } => access::next(event),
        Event::SignalBlocked { .. }
        | Event::SignalPrepared { .. }
        | Event::SignalApproved { .. }
        | Event::SignalReleased { .. }
        | Event::SignalSent { .. }
        | Event::SignalRefused { .. }
        | Event::SignalUnknown { .. }
        | Event::SignalUpdateAsked { .. }
        | Event::SignalUpdated { .. }
        | Event::SignalWithdrawalAsked { .. }
        | Event::SignalWithdrawn { .. }
        | Event::FeedbackReceived { .. } => next_of_signals(event),
        Event::PaymentRequested { .. }
        | Event::PaymentRequestOpened { .. }
        | Event::PaymentRequestUnknown { .. }
        | Event::PaymentRequestPaid { .. }
        | Event::PaymentRequestEnded { .. }
        | Event::PaymentTakenBack { .. }
        | Event::PaymentGivenBack { .. } => next_of_payment_requests(event),
        Event::TaskOpened { .. }
        | Event::TaskDone { .. }
        | Event::NoteAdded { .. }
        | Event::NoteRemoved { .. } => desk::next_of_tasks(event),
    }
}

fn next_of_holds(event: &Event) -> Option<Event> {
    let (from, dossier) = (Some(jiff::civil::date(2026, 12, 8)), debtor().case_dossier(1));
    Some(match event {
        Event::CaseOpened { .. } => Event::CaseSettled { case: case() },
        Event::CaseSettled { .. } => Event::CaseHandedOver { case: case(), hold: hold(), dossier: None },
        Event::CaseHandedOver { .. } => Event::CaseTakenBack { case: case(), hold: hold() },
        Event::CaseTakenBack { .. } => Event::DossierRequested { case: case(), dossier },
        Event::DossierRequested { .. } => {
            Event::DossierBuilt { case: case(), dossier, sha256: "ab".repeat(32) }
        }
        Event::DossierBuilt { .. } => Event::DossierFailed { case: case(), dossier, reason: reason() },
        Event::DossierFailed { .. } => Event::HoldPlaced {
            hold: hold(),
            scope: HoldScope::Debtor,
            covers: Covers::Reminders,
            reason: HoldReason::Asked { text: reason() },
            until: from,
            review_on: None,
        },
        Event::HoldPlaced { .. } => Event::HoldLifted {
            hold: hold(),
            reason: reason(),
            follow_up_from: from,
            settings_version: Some(1),
        },
        Event::HoldLifted { .. } => {
            Event::HoldEnded { hold: hold(), follow_up_from: from, settings_version: Some(1) }
        }
        _ => Event::NoticePrepared {
            notice: notice(),
            kind: StepKind::FinalReminder,
            channel: Channel::Email,
            lines: lines(),
            settings_version: 1,
        },
    })
}

fn next_of_steps(event: &Event) -> Option<Event> {
    let step = || "end-of-service".parse().expect("an id");
    Some(match event {
        Event::StepSkipped { .. } => Event::StepTaken {
            invoice: invoice("i1"),
            step: step(),
            kind: StepKind::EndOfService,
            policy: policy(),
            policy_version: 1,
            settings_version: 1,
        },
        Event::StepTaken { .. } => {
            Event::StepsReset { invoice: invoice("i1"), to: None, policy: policy(), policy_version: 1 }
        }
        Event::StepsReset { .. } => Event::StepRescheduled {
            invoice: invoice("i1"),
            step: step(),
            on: jiff::civil::date(2026, 12, 8),
            at_once: false,
            policy: policy(),
            policy_version: 1,
            settings_version: 1,
        },
        Event::StepRescheduled { .. } => Event::CostsCharged {
            notice: notice(),
            invoices: vec![invoice("i1")],
            principal: amount(),
            amount: Money::from_cents(40_00),
            settings_version: 1,
        },
        _ => Event::PlanProposed {
            plan: plan(),
            invoices: vec![invoice("i1"), invoice("i2")],
            total: amount(),
            instalments: 3,
            settings_version: 1,
        },
    })
}

fn next_of_plans(event: &Event) -> Option<Event> {
    let plan = plan();
    Some(match event {
        Event::PlanProposed { .. } => Event::PlanApproved { plan, automatic: true, settings_version: 1 },
        Event::PlanApproved { .. } => Event::PlanRejected { plan, reason: reason() },
        Event::PlanRejected { .. } => Event::InstalmentPaid { plan, instalment: 1 },
        Event::InstalmentPaid { .. } => Event::PlanFinished { plan },
        Event::PlanFinished { .. } => Event::PlanBroken { plan, instalment: 2, settings_version: 1 },
        Event::PlanBroken { .. } => Event::PlanEnded { plan, reason: reason() },
        _ => Event::DisputeOpened {
            dispute: dispute(),
            invoice: invoice("i1"),
            reason: DisputeReason::ErrorOnInvoice,
        },
    })
}

fn next_of_disputes(event: &Event) -> Option<Event> {
    let promise = promise();
    Some(match event {
        Event::DisputeOpened { .. } => Event::DisputeDecided {
            dispute: dispute(),
            invoice: invoice("i1"),
            decision: Decision::Partly { amount: amount() },
            reason: reason(),
        },
        Event::DisputeDecided { .. } => Event::DisputeSettled { dispute: dispute(), invoice: invoice("i1") },
        Event::DisputeSettled { .. } => Event::PromiseMade {
            promise,
            invoices: vec![invoice("i1")],
            amount: amount(),
            pay_by: jiff::civil::date(2026, 12, 8),
            settings_version: 1,
        },
        Event::PromiseMade { .. } => Event::PromiseKept { promise },
        Event::PromiseKept { .. } => Event::PromiseBroken { promise, settings_version: 1 },
        Event::PromiseBroken { .. } => Event::PromiseWithdrawn { promise, reason: reason() },
        Event::PromiseWithdrawn { .. } => {
            Event::MessageReceived { message: debtor().message(1), invoice: Some(invoice("i1")) }
        }
        Event::MessageReceived { .. } => {
            let (message, notice) = (debtor().message(2), Some(notice()));
            Event::MessageSent { message, invoice: Some(invoice("i1")), notice }
        }
        _ => Event::MandateGiven { mandate: mandate(), scheme: Scheme::Core },
    })
}

fn next_of_debits(event: &Event) -> Option<Event> {
    let (mandate, debit, invoice) = (mandate(), debtor().debit(1), invoice("i1"));
    let (amount, collect_on) = (amount(), jiff::civil::date(2026, 12, 8));
    let code = "AM04".to_owned();
    Some(match event {
        Event::MandateGiven { .. } => Event::MandateAmended { mandate, fields: vec!["iban".to_owned()] },
        Event::MandateAmended { .. } => Event::MandateWithdrawn { mandate },
        Event::MandateWithdrawn { .. } => Event::MandateEnded { mandate, code },
        Event::MandateEnded { .. } => {
            Event::DebitAnnounced { debit, invoice, mandate, amount, collect_on, settings_version: 1 }
        }
        Event::DebitAnnounced { .. } => {
            let batch = "DD20261207-1".parse().expect("an id");
            Event::DebitBatched { debit, invoice, mandate, batch, amount, collect_on, settings_version: 1 }
        }
        Event::DebitBatched { .. } => Event::DebitCollected { debit, invoice },
        Event::DebitCollected { .. } => {
            let treatment = Treatment::Retry;
            Event::DebitReturned { debit, invoice, amount, code, treatment, settings_version: 1 }
        }
        Event::DebitReturned { .. } => Event::DebitCancelled { debit, invoice, reason: "held".to_owned() },
        _ => Event::PaymentRequested {
            payment_request: debtor().payment_request(1),
            provider: PaymentProvider::Mollie,
            amount,
            settings_version: 1,
        },
    })
}

fn next_of_payment_requests(event: &Event) -> Option<Event> {
    let payment_request = debtor().payment_request(1);
    let payment = "mollie.tr_1".parse().expect("an id");
    Some(match event {
        Event::PaymentRequested { .. } => Event::PaymentRequestOpened { payment_request },
        Event::PaymentRequestOpened { .. } => Event::PaymentRequestUnknown { payment_request },
        Event::PaymentRequestUnknown { .. } => {
            Event::PaymentRequestPaid { payment_request, payment, amount: amount() }
        }
        Event::PaymentRequestPaid { .. } => Event::PaymentRequestEnded {
            payment_request,
            state: RequestState::Failed,
            reason: Some(reason()),
        },
        Event::PaymentRequestEnded { .. } => Event::PaymentTakenBack {
            payment_request,
            payment,
            kind: TakenBackKind::Chargeback,
            amount: amount(),
        },
        Event::PaymentTakenBack { .. } => {
            Event::PaymentGivenBack { payment_request, payment, amount: amount() }
        }
        _ => return None,
    })
}

fn next_of_notices(event: &Event) -> Option<Event> {
    let notice = notice();
    Some(match event {
        Event::NoticePrepared { .. } => Event::NoticeSent {
            notice,
            kind: StepKind::FinalReminder,
            lines: lines(),
            amount: amount(),
            evaluate: vec![SignalKind::Early],
        },
        Event::NoticeSent { .. } => Event::NoticePosted { notice, posted_on: jiff::civil::date(2026, 9, 9) },
        Event::NoticePosted { .. } => Event::NoticeDelivered { notice },
        Event::NoticeDelivered { .. } => {
            Event::NoticeBounced { notice, permanent: true, channel: Channel::Email }
        }
        Event::NoticeBounced { .. } => Event::NoticeComplained { notice },
        Event::NoticeComplained { .. } => Event::NoticeUnknown { notice },
        Event::NoticeUnknown { .. } => Event::NoticeRetried { notice, reason: reason() },
        Event::NoticeRetried { .. } => Event::NoticeFailed { notice, reason: reason() },
        Event::NoticeFailed { .. } => Event::NoticeCancelled { notice, reason: reason() },
        Event::NoticeCancelled { .. } => {
            Event::CallAsked { notice, call_on: jiff::civil::date(2026, 11, 23) }
        }
        Event::CallAsked { .. } => {
            let outcome = CallOutcome::NotReached;
            Event::CallMade { notice, outcome, attempt: 1, note: Some(reason()) }
        }
        _ => Event::AccessCodeAsked { code: debtor().access_code(1), notice },
    })
}

fn next_of_signals(event: &Event) -> Option<Event> {
    let signal = signal();
    Some(match event {
        Event::SignalBlocked { .. } => Event::SignalPrepared {
            signal,
            kind: SignalKind::Early,
            arrears: amount(),
            rules_version: 1,
            settings_version: 1,
            automatic: true,
        },
        Event::SignalPrepared { .. } => {
            Event::SignalApproved { signal, rules_version: 1, settings_version: 1 }
        }
        Event::SignalApproved { .. } => {
            Event::SignalReleased { signal, rules_version: 1, settings_version: 1 }
        }
        Event::SignalReleased { .. } => {
            Event::SignalSent { signal, provider: "inforing".to_owned(), municipality: "0344".to_owned() }
        }
        Event::SignalSent { .. } => Event::SignalRefused { signal, errors: strings() },
        Event::SignalRefused { .. } => Event::SignalUnknown { signal },
        Event::SignalUnknown { .. } => {
            Event::SignalUpdateAsked { signal, arrears: amount(), rules_version: 1 }
        }
        Event::SignalUpdateAsked { .. } => Event::SignalUpdated { signal, arrears: amount() },
        Event::SignalUpdated { .. } => Event::SignalWithdrawalAsked { signal, reason: reason() },
        Event::SignalWithdrawalAsked { .. } => Event::SignalWithdrawn { signal, reason: reason() },
        Event::SignalWithdrawn { .. } => {
            Event::FeedbackReceived { signal, outcome: "help_accepted.financial".to_owned(), late: false }
        }
        _ => Event::TaskOpened { task: task(), about: "address_failed".to_owned() },
    })
}

/// One sample of every event.
pub(super) fn samples() -> Vec<Event> {
    std::iter::successors(next(None), |event| next(Some(event))).collect()
}

/// What a rule of the bus sees of an event, without what EventBridge itself adds.
pub(super) fn published(event: &Event) -> Value {
    let entry = Entry {
        sequence: 7,
        at: instant("2026-11-23T08:00:00Z"),
        by: "schedule".to_owned(),
        event: event.clone(),
    };
    let detail = Detail::of(&"demo".parse().expect("an id"), &debtor(), &entry);
    json!({ "source": SOURCE, "detail-type": entry.event.name(), "time": entry.at.to_string(), "detail": detail })
}

fn file(event: &Event) -> String {
    format!("published/{}.v1.json", event.name())
}

#[test]
fn every_event_is_published_as_its_golden_file_says() {
    let samples = samples();
    if std::env::var_os(WRITE).is_some() {
        std::fs::create_dir_all(events().join("published")).unwrap();
        for event in &samples {
            let text = serde_json::to_string_pretty(&published(event)).unwrap() + "\n";
            std::fs::write(events().join(file(event)), text).unwrap();
        }
    }
    let names = super::schemas::files(&events().join("published"));
    let names: Vec<String> = names.into_iter().map(|name| format!("published/{name}")).collect();
    let mut expected: Vec<String> = samples.iter().map(file).collect();
    expected.sort_unstable();
    let again = format!(
        "`{WRITE}=1 cargo test --workspace --test all golden` writes what is published now; look at the difference"
    );
    assert_eq!(names, expected, "{again}");
    for event in &samples {
        let golden: Value = serde_json::from_str(&golden(&file(event))).unwrap();
        assert_eq!(published(event), golden, "{}: {again}", file(event));
    }
}

#[test]
fn nothing_that_people_typed_is_published() {
    for event in samples() {
        let text = published(&event).to_string();
        assert!(!text.contains(&reason()), "{text}");
    }
}

/// Which event reaches which queue: the rules of infra/messaging.yaml, and that the queue's reader understands it.
#[test]
fn the_rules_of_the_bus_bring_each_event_to_the_queues_that_read_it() {
    let template = Template::parse("messaging.yaml", &crate::tidy::read("infra/messaging.yaml"));
    let mut reached = Vec::new();
    for event in samples() {
        let published = published(&event);
        let rules = template.of_type("AWS::Events::Rule").map(|(_, rule)| &rule["Properties"]);
        for rule in rules.filter(|rule| matches(&rule["EventPattern"], &published)) {
            let queue = rule["Targets"][0]["Id"].as_str().expect("a target has an id").to_owned();
            let detail = published["detail"].clone();
            let understood = match queue.as_str() {
                "send-notice" => serde_json::from_value::<SendMessage>(detail).is_ok_and(|message| {
                    matches!(message, SendMessage::Code(_)) == (event.name() == "AccessCodeAsked")
                }),
                "send-letter" => serde_json::from_value::<SendLetter>(detail).is_ok(),
                "build-dossier" => serde_json::from_value::<BuildDossier>(detail).is_ok(),
                "evaluate-signal" => serde_json::from_value::<EvaluateSignal>(detail).is_ok(),
                "submit-signal" => serde_json::from_value::<SubmitSignal>(detail).is_ok(),
                "sync-accounting" => {
                    serde_json::from_value::<contracts::queues::SyncAccounting>(detail).is_ok()
                }
                "dispatch-webhooks" => {
                    serde_json::from_value::<contracts::queues::DispatchWebhooks>(detail).is_ok()
                }
                "project-overview" => {
                    serde_json::from_value::<contracts::queues::ProjectOverview>(detail).is_ok()
                }
                _ => false,
            };
            assert!(understood, "{queue}: {published}");
            reached.push((event.name(), queue));
        }
    }
    // Subscribers may have chosen any of them.
    let hear_all = reached.extract_if(.., |(_, queue)| queue == "dispatch-webhooks");
    assert_eq!(hear_all.count(), samples().len());
    // So may the overview have to show any of them.
    let shown = reached.extract_if(.., |(_, queue)| queue == "project-overview");
    assert_eq!(shown.count(), samples().len());
    let expected = [
        ("PaymentReceived", "sync-accounting"),
        ("PaymentChanged", "sync-accounting"),
        ("PaymentUnbooked", "sync-accounting"),
        ("PaymentDeleted", "sync-accounting"),
        ("DossierRequested", "build-dossier"),
        ("NoticePrepared", "send-notice"),
        ("NoticeSent", "evaluate-signal"),
        ("AccessCodeAsked", "send-notice"),
        ("SignalPrepared", "submit-signal"),
        ("SignalReleased", "submit-signal"),
        ("SignalUpdateAsked", "submit-signal"),
        ("SignalWithdrawalAsked", "submit-signal"),
        ("CostsCharged", "sync-accounting"),
    ];
    let reached: Vec<(&str, &str)> = reached.iter().map(|(event, queue)| (*event, queue.as_str())).collect();
    assert_eq!(reached, expected);
}

/// EventBridge's matching, as far as our rules use it: each field is one of the values named; of a list, any is.
fn matches(pattern: &Value, event: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, pattern)| matches(pattern, &event[name])),
        Value::Array(values) => match event {
            Value::Array(items) => items.iter().any(|item| values.contains(item)),
            Value::Null => false,
            one => values.contains(one),
        },
        other => panic!("not understood in a pattern: {other}"),
    }
}

/// Whatever was decided by a policy, by settings or by signal rules can be looked up as it was then.
#[test]
fn every_decision_names_the_versions_it_was_made_under() {
    let decisions = [
        ("NoticePrepared", &["policyVersion", "settingsVersion"] as &[&str]),
        ("NoticeSent", &["policyVersion"]),
        ("StepTaken", &["policyVersion", "settingsVersion"]),
        ("StepSkipped", &["policyVersion", "settingsVersion"]),
        ("StepsReset", &["policyVersion"]),
        ("StepRescheduled", &["policyVersion", "settingsVersion"]),
        ("CostsCharged", &["settingsVersion"]),
        ("HoldEnded", &["settingsVersion"]),
        ("HoldLifted", &["settingsVersion"]),
        ("PlanProposed", &["settingsVersion"]),
        ("PlanApproved", &["settingsVersion"]),
        ("PlanBroken", &["settingsVersion"]),
        ("PromiseMade", &["settingsVersion"]),
        ("PromiseBroken", &["settingsVersion"]),
        ("DebitAnnounced", &["settingsVersion"]),
        ("DebitBatched", &["settingsVersion"]),
        ("DebitReturned", &["settingsVersion"]),
        ("PaymentRequested", &["settingsVersion"]),
        ("SignalBlocked", &["rulesVersion", "settingsVersion"]),
        ("SignalPrepared", &["rulesVersion", "settingsVersion"]),
        ("SignalApproved", &["rulesVersion", "settingsVersion"]),
        ("SignalReleased", &["rulesVersion", "settingsVersion"]),
        ("SignalUpdateAsked", &["rulesVersion"]),
    ];
    for (name, versions) in decisions {
        let event = samples().into_iter().find(|e| e.name() == name).expect(name);
        let text = serde_json::to_string(&event).unwrap();
        for version in versions {
            assert!(text.contains(&format!("\"{version}\":1")), "{name} names its {version}: {text}");
        }
    }
}
