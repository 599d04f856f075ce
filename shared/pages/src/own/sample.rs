//! A debtor who does not exist, so that a text can be looked at before anybody has received it.

use domain::Money;
use domain::administration::Administration;
use domain::calendar::plus_days;
use domain::costs::collection_costs;
use domain::debtor::DebtorKind;
use domain::step::StepKind;
use domain::texts::{TextName, Tone};
use jiff::civil::Date;

use super::Words;
use crate::mail::of_notice::{DAYS_TO_PAY, creditor_view};
use crate::mail::{ClaimedView, CostsView, InstalmentView, ItemView, Medium, NoticeView};

/// The number of the debtor who does not exist.
pub const fn debtor_number() -> &'static str {
    "D-1001"
}

const NUMBERS: [&str; 3] = ["2026-0001", "2026-0002", "2026-0003"];

/// What a message of this kind has to tell a debtor who does not exist: a consumer with two invoices, or with an
/// instalment where it reminds of one.
pub fn view<'a>(
    administration: &'a Administration,
    name: &TextName,
    kind: StepKind,
    today: Date,
    portal_url: &'a str,
) -> NoticeView<'a> {
    let consumer_may_be_signalled = administration.sector.may_signal() && kind >= StepKind::FinalReminder;
    let mut view = NoticeView {
        language: name.language,
        tone: if kind.may_be_friendly() { name.tone } else { Tone::Formal },
        medium: Medium::Mail,
        kind,
        creditor: creditor_view(&administration.creditor),
        sector: administration.sector,
        debtor_name: "J. de Vries",
        debtor_kind: DebtorKind::Consumer,
        items: Vec::new(),
        instalment: None,
        plan: None,
        own_opening: None,
        own: Words::default(),
        total_open: Money::ZERO,
        payment_reference: Some(debtor_number()),
        pay_before: plus_days(today, DAYS_TO_PAY),
        portal_url,
        costs: None,
        claimed: ClaimedView::default(),
        end_of_service_on: None,
        offers_debt_help: consumer_may_be_signalled,
        offers_municipality: consumer_may_be_signalled,
        invites_contact: kind >= StepKind::Reminder,
        epc_qr_cid: None,
    };
    if kind == StepKind::InstalmentReminder {
        view.instalment = Some(instalment(today));
    } else {
        view.items = items(kind, 2, today);
    }
    add_up(&mut view);
    view
}

pub(super) fn instalment(today: Date) -> InstalmentView {
    let (days_left, amount) = (4, Money::from_cents(60_50));
    InstalmentView { number: 2, of: 4, amount, due_on: plus_days(today, days_left), days_left }
}

/// So many invoices at this step; of late ones, each a month older than the one before it.
pub(super) fn items(kind: StepKind, count: usize, today: Date) -> Vec<ItemView<'static>> {
    let first = match kind {
        StepKind::InstalmentReminder | StepKind::InvoiceSending => -14,
        StepKind::PreReminder => -3,
        _ => 35,
    };
    let numbers = NUMBERS.iter().cycle();
    let days = (0..).map(|back| first + 30 * back);
    numbers
        .zip(days)
        .take(count)
        .map(|(number, days)| {
            let days_overdue = if first < 0 { first } else { days };
            let due_date = plus_days(today, -days_overdue);
            let total = Money::from_cents(121_00);
            ItemView {
                number,
                issue_date: plus_days(due_date, -14),
                due_date,
                total,
                open: total,
                is_credit_note: false,
                step: kind,
                days_overdue,
            }
        })
        .collect()
}

/// Makes what is asked for what the items, the instalment and what is claimed come to.
pub(super) fn add_up(view: &mut NoticeView<'_>) {
    let principal: Money = view.items.iter().map(|i| i.open).sum();
    if view.kind == StepKind::FormalNotice {
        view.costs = Some(CostsView { principal, costs: collection_costs(principal) });
    }
    if view.kind.is_collection() {
        view.claimed = ClaimedView { costs: collection_costs(principal), interest: Money::from_cents(3_21) };
    }
    let of_plan = view.instalment.map_or(Money::ZERO, |i| i.amount);
    view.total_open = principal + of_plan + view.claimed.costs + view.claimed.interest;
}
