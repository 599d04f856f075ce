//! A debtor whose early signal has just become lawful, for the tests of everything around signals.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::administration::{Administration, Creditor, Sector};
use crate::calendar::{instant, plus_days};
use crate::debtor::{Address, Debtor, DebtorKind, Person};
use crate::dispute::{Dispute, DisputeReason, DisputeState};
use crate::dossier::{Dossier, Draft};
use crate::feedback::Outcome;
use crate::ids::{AdministrationId, DebtorId, InvoiceId, PaymentId, PolicyId, StepId};
use crate::invoice::{Booking, BookingKind, Invoice, InvoiceKind, TakenStep};
use crate::notice::{Channel, Evidence, Notice, NoticeLine, NoticeState};
use crate::opening::Opening;
use crate::plan::{Every, PaymentPlan, PlanState, Side};
use crate::promise::{Promise, PromiseState};
use crate::provider::Provider;
use crate::signal::{Feedback, Signal, SignalState};
use crate::step::{SignalKind, StepKind};
use crate::{Language, Money};

/// The day on which the final reminder left and the arrears are 35 days old.
pub(crate) const DAY: Date = date(2026, 10, 6);

const DUE: Date = date(2026, 9, 1);

/// Ten in the morning of this day.
pub(crate) fn at(day: Date) -> Timestamp {
    instant(day, jiff::civil::time(10, 0, 0, 0))
}

pub(crate) fn administration(sector: Sector) -> Administration {
    let creditor = Creditor {
        name: "Voorbeeld".into(),
        address_lines: vec![],
        iban: "NL91ABNA0417164300".into(),
        bic: None,
        phone: "030".into(),
        email: "a@example.nl".into(),
        sender: "a@example.nl".into(),
        opening_hours: None,
        platform_identification: "1".into(),
    };
    Administration::new(AdministrationId::parse("demo").unwrap(), creditor, sector)
}

/// Two invoices of 121 euros that fell due on 1 September 2026, with reminders on 8 and 22 September and the final one
/// on 6 October.
pub(crate) fn dossier() -> Dossier {
    let mut dossier = Dossier::new(debtor(), at(DAY));
    for number in ["i1", "i2"] {
        dossier.invoices.insert(InvoiceId::parse(number).unwrap(), invoice(number));
    }
    dossier.notices = vec![
        notice(1, StepKind::Reminder, date(2026, 9, 8)),
        notice(2, StepKind::Reminder, date(2026, 9, 22)),
        notice(3, StepKind::FinalReminder, DAY),
    ];
    dossier
}

pub(crate) fn debtor() -> Debtor {
    Debtor {
        id: DebtorId::parse("d1").unwrap(),
        number: "D1".into(),
        kind: DebtorKind::Consumer,
        name: "J. de Vries".into(),
        person: Some(Person {
            initials: None,
            prefix: None,
            surname: "Vries".into(),
            birth_date: Some(date(1985, 4, 12)),
        }),
        emails: vec![],
        phone: None,
        mobile: None,
        language: Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: Some(Address {
            street: "Oudegracht".into(),
            house_number: Some("1".into()),
            suffix: None,
            postcode: Some("3511AA".into()),
            city: "Utrecht".into(),
            country: "NL".into(),
        }),
        policy_id: None,
        labels: vec![],
        modified_at: at(date(2026, 1, 1)),
    }
}

fn invoice(number: &str) -> Invoice {
    let step = |id: &str, kind, on| TakenStep {
        step: StepId::parse(id).unwrap(),
        kind,
        notice: None,
        on,
        skipped: false,
    };
    Invoice {
        id: InvoiceId::parse(number).unwrap(),
        number: number.into(),
        kind: InvoiceKind::Invoice,
        issue_date: date(2026, 8, 20),
        due_date: DUE,
        total: Money::from_cents(121_00),
        ledger: None,
        recurring_term: true,
        payment_reference: None,
        payment_condition: None,
        corrects: None,
        lines: vec![],
        parties: None,
        labels: vec![],
        modified_at: at(date(2026, 8, 20)),
        deleted_at: None,
        sending: crate::invoice::Sending::ByPolicy,
        bookings: vec![],
        closed_on: None,
        steps: vec![step("final-reminder", StepKind::FinalReminder, DAY)],
        policy_id: None,
        planned: None,
        restarted_on: None,
        formal_notice: None,
        charges: vec![],
        claimed: None,
    }
}

pub(crate) fn notice(number: u32, kind: StepKind, on: Date) -> Notice {
    let line = |invoice: &str| NoticeLine {
        invoice: InvoiceId::parse(invoice).unwrap(),
        step: StepId::parse("s").unwrap(),
        kind,
        links_to: match kind {
            StepKind::FinalReminder => Some(SignalKind::Early),
            StepKind::EndOfServiceAnnouncement => Some(SignalKind::Crisis),
            _ => None,
        },
        policy: PolicyId::parse("standard").unwrap(),
        policy_version: 1,
        claims_costs: false,
        claims_interest: false,
    };
    let mut evidence = vec![Evidence::WrittenReminder, Evidence::ContactEffort, Evidence::ArrangementOffer];
    if kind >= StepKind::FinalReminder {
        evidence.extend([Evidence::DebtHelp, Evidence::MunicipalityOffer]);
    }
    Notice {
        id: DebtorId::parse("d1").unwrap().notice(number),
        kind,
        channel: Channel::Email,
        address: None,
        lines: vec![line("i1"), line("i2")],
        prepared_at: at(on),
        attempts: 1,
        state: NoticeState::Sent { at: at(on), message_id: None },
        evidence,
        amount: Money::ZERO,
        costs_announced: None,
        instalment: None,
        message: None,
        stated: Vec::new(),
        request: None,
        carried_as: None,
        letter: None,
        settings_version: 1,
    }
}

/// A signal about 242 euros that BKR took in on this day under `{provider}-{id}`.
pub(crate) fn sent(dossier: &mut Dossier, kind: SignalKind, on: Date) -> Signal {
    dossier.counts.signals += 1;
    let id = dossier.debtor.id.signal(dossier.counts.signals);
    let signal = Signal {
        kind,
        state: SignalState::Sent,
        prepared_at: at(on),
        arrears: Money::from_cents(242_00),
        arrears_since: Some(DUE),
        municipality: Some("0344".into()),
        provider: Some(Provider::Bkr),
        provider_reference: Some(format!("bkr-{id}")),
        sent_at: Some(at(on)),
        attempts: 1,
        rules_version: 1,
        feedback: vec![],
        updates: 0,
        told_first: None,
        changed_at: None,
        supersedes: None,
        withdrawal: None,
        approval: None,
        id,
    };
    dossier.signals.push(signal.clone());
    signal
}

/// Books so many cents on this invoice.
pub(crate) fn pay(dossier: &mut Dossier, invoice: &str, cents: i64, kind: BookingKind) {
    let recorded = dossier.counts.entries + 1;
    let invoice = dossier.invoices.get_mut(&InvoiceId::parse(invoice).unwrap()).unwrap();
    invoice.bookings.push(Booking {
        payment: Some(PaymentId::parse("p").unwrap()),
        credit_note: None,
        went_to: None,
        kind,
        amount: Money::from_cents(cents),
        on: DAY,
        modified_at: at(DAY),
        recorded,
        takes_back: None,
        in_ledger: false,
    });
}

pub(crate) fn dispute(dossier: &mut Dossier, invoice: &str, state: DisputeState) {
    dossier.disputes.push(Dispute {
        id: dossier.debtor.id.dispute(1),
        invoice: InvoiceId::parse(invoice).unwrap(),
        reason: DisputeReason::Complaint,
        text: "x".into(),
        opened_at: at(DAY),
        by: "debtor".into(),
        state,
        request: None,
    });
}

/// All invoices of the dossier, each with what is open on it.
fn openings(dossier: &Dossier) -> Vec<Opening> {
    dossier.invoices.values().map(|i| Opening { invoice: i.id.clone(), open: i.open() }).collect()
}

pub(crate) fn plan(dossier: &mut Dossier, state: PlanState) {
    dossier.plans.push(PaymentPlan {
        id: dossier.debtor.id.plan(1),
        state,
        invoices: openings(dossier),
        total: Money::from_cents(242_00),
        every: Every::Month,
        instalments: vec![],
        proposed_at: at(DAY),
        proposed_by: Side::Debtor,
        by: "debtor".into(),
        template: None,
        grace_days: 7,
        decide_by: DAY,
        request: None,
    });
}

pub(crate) fn promise(dossier: &mut Dossier, state: PromiseState) {
    dossier.promises.push(Promise {
        id: dossier.debtor.id.promise(1),
        invoices: openings(dossier),
        amount: Money::from_cents(242_00),
        pay_by: plus_days(DAY, 7),
        awaited_until: plus_days(DAY, 10),
        made_at: at(DAY),
        by: "debtor".into(),
        state,
        request: None,
    });
}

pub(crate) fn report(id: &str, on: Date, outcome: Outcome) -> Feedback {
    Feedback { id: id.to_owned(), at: at(on), raw_code: outcome.code().to_owned(), code_map: 1, outcome }
}

/// A draft of this dossier at ten in the morning.
pub(crate) fn draft(dossier: &Dossier, on: Date) -> Draft {
    Draft::of(dossier.clone(), at(on), "test")
}
