//! Views of notices for tests and previews: an energy supplier and a consumer, with as many invoices as asked for.

#![allow(dead_code, reason = "each test program uses a part")]

use domain::administration::Sector;
use domain::costs::collection_costs;
use domain::debtor::DebtorKind;
use domain::step::StepKind;
use domain::texts::Tone;
use domain::{Language, Money};
use jiff::civil::{Date, date};
use pages::mail::{ClaimedView, CostsView, CreditorView, InstalmentView, ItemView, Medium, NoticeView};
use pages::own::Words;

pub const KINDS: [StepKind; 9] = [
    StepKind::InvoiceSending,
    StepKind::PreReminder,
    StepKind::Reminder,
    StepKind::FinalReminder,
    StepKind::FormalNotice,
    StepKind::EndOfServiceAnnouncement,
    StepKind::Summons,
    StepKind::SecondSummons,
    StepKind::NoticeOfDefault,
];

pub const LANGUAGES: [Language; 2] = [Language::Nl, Language::En];

/// The day on which the notices are written.
const TODAY: Date = date(2026, 10, 7);

/// A notice of this kind with all that its kind brings along.
pub fn notice(language: Language, kind: StepKind, count: i32) -> NoticeView<'static> {
    let items: Vec<_> = (0..count).map(|position| item(position, kind)).collect();
    let total_open = items.iter().map(|i| i.open).sum();
    let late = kind >= StepKind::FinalReminder;
    NoticeView {
        language,
        tone: Tone::Formal,
        medium: Medium::Mail,
        kind,
        creditor: creditor(),
        sector: Sector::Energy,
        debtor_name: "J. de Vries",
        debtor_kind: DebtorKind::Consumer,
        items,
        instalment: None,
        plan: None,
        own_opening: None,
        own: Words::default(),
        total_open,
        payment_reference: Some("5000056789012345"),
        pay_before: date(2026, 10, 21),
        portal_url: "https://tijdig.example.nl/portal/3f9c2a7d41",
        claimed: ClaimedView::default(),
        costs: (kind == StepKind::FormalNotice)
            .then(|| CostsView { principal: total_open, costs: collection_costs(total_open) }),
        end_of_service_on: Some(date(2026, 11, 16)),
        offers_debt_help: late,
        offers_municipality: late,
        invites_contact: kind >= StepKind::Reminder,
        epc_qr_cid: Some("epc-qr"),
    }
}

/// The reminder of the second of four instalments, with as many invoices beside it as asked for.
pub fn instalment_reminder(language: Language, count: i32) -> NoticeView<'static> {
    let kind = if count == 0 { StepKind::InstalmentReminder } else { StepKind::Reminder };
    let mut view = notice(language, kind, count);
    let amount = Money::from_cents(60_50);
    view.instalment =
        Some(InstalmentView { number: 2, of: 4, amount, due_on: date(2026, 10, 11), days_left: 4 });
    view.total_open = view.total_open + amount;
    view
}

pub fn creditor() -> CreditorView<'static> {
    CreditorView {
        name: "Stroomvast Energie",
        address_lines: vec!["Kanaalweg 12", "3526 KL Utrecht"],
        iban: "NL91ABNA0417164300",
        bic: Some("ABNANL2A"),
        phone: "088 123 45 67",
        email: "betalen@stroomvast.example.nl",
        website: Some("https://stroomvast.example.nl"),
        opening_hours: Some("maandag t/m vrijdag, 9.00 - 17.00 uur"),
    }
}

fn item(position: i32, step: StepKind) -> ItemView<'static> {
    let back = position * 30;
    let first_overdue = match step {
        StepKind::InvoiceSending => -14,
        StepKind::PreReminder => -3,
        _ => 35,
    };
    let days_overdue = first_overdue + back;
    let due_date = TODAY - jiff::Span::new().days(days_overdue);
    let total = Money::from_cents(161_34 + i64::from(back));
    ItemView {
        number: match position % 3 {
            0 => "2026-0001",
            1 => "2026-0002",
            _ => "2026-0003",
        },
        issue_date: due_date - jiff::Span::new().days(14),
        due_date,
        total,
        open: if position == 1 { Money::from_cents(100_00) } else { total },
        is_credit_note: false,
        step,
        days_overdue,
    }
}
