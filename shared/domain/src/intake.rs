//! What accounting tools report: debtors, invoices, credit notes and payments, taken in so that repeating or
//! reordering the reports ends in the same state.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::Money;
use crate::administration::Administration;
use crate::allocation::{Claimable, share_out};
use crate::connection::Package;
use crate::debiting;
use crate::debtor::Debtor;
use crate::deleting::supersedes;
use crate::dispute;
use crate::dossier::{CreditSource, Draft, MOST_OPEN_INVOICES};
use crate::hold::{Hold, HoldScope};
use crate::holding::lift_standing;
use crate::ids::{InvoiceId, PaymentId};
use crate::importing::{Arrival, IgnoredBy, arrival};
use crate::invoice::{Booking, BookingKind, Invoice, InvoiceKind, LedgerOpen};
use crate::made_reference;
use crate::payment::{Payment, PaymentKind};
use crate::planning;
use crate::promise;
use crate::refusal::Refusal;
use crate::requesting;
use crate::signalling::{lapse, look_again};
use crate::timeline::{ClosedInvoice, Event};
use crate::write_back::Untold;

/// What taking a record in did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upsert {
    /// It was not known.
    Created,
    /// It was known, and this version is newer and different.
    Changed,
    /// The same record again: nothing was written.
    Unchanged,
    /// An older version than the one that we have: nothing was written.
    Older,
    /// A rule on import leaves it out: it is listed as ignored, and comes in when it is told again after the rule changed.
    Ignored(IgnoredBy),
}

macro_rules! changed_fields {
    ($old:expr, $new:expr, $($field:ident),+ $(,)?) => {{
        let mut fields = Vec::new();
        $(if $old.$field != $new.$field { fields.push(stringify!($field).to_owned()); })+
        fields
    }};
}

/// Takes in a debtor that is known already. A new one begins with [`Draft::created`].
pub fn put_debtor(draft: &mut Draft, debtor: Debtor) -> Upsert {
    let known = &draft.dossier.debtor;
    let deleted_at = draft.dossier.deleted_at;
    if debtor.modified_at < known.modified_at
        || deleted_at.is_some_and(|at| supersedes(at, debtor.modified_at))
    {
        return Upsert::Older;
    }
    let debtor = draft.dossier.own_word.over(debtor);
    let known = &draft.dossier.debtor;
    let mut fields = changed_fields!(
        known, debtor, number, kind, name, person, emails, phone, mobile, language, kvk_number, vat_id, iban,
        address, policy_id, labels
    );
    if draft.dossier.deleted_at.take().is_some() {
        fields.push("deleted".to_owned());
    }
    if fields.is_empty() {
        // The newer time stamp is kept: what came between the two versions is older than this one.
        draft.dossier.debtor.modified_at = debtor.modified_at;
        return Upsert::Unchanged;
    }
    draft.dossier.debtor = debtor;
    draft.forget_lost_addresses(&fields);
    draft.record(Event::DebtorChanged { fields });
    let today = draft.today();
    look_again(&mut draft.dossier, today);
    Upsert::Changed
}

/// Takes in an invoice or credit note. `archived` is the closed or deleted one of this id, if the dossier has none open.
pub fn put_invoice(
    draft: &mut Draft,
    administration: &Administration,
    mut invoice: Invoice,
    archived: Option<Invoice>,
) -> Result<Upsert, Refusal> {
    if draft.dossier.deleted_at.is_some() {
        return Err(Refusal::DebtorIsDeleted);
    }
    let known = draft.dossier.invoices.get(&invoice.id).cloned().or(archived);
    if let Some(ledger) = &mut invoice.ledger {
        ledger.recorded = draft.dossier.counts.entries + 1;
    }
    let Some(known) = known else {
        match arrival(&administration.import, &draft.dossier.debtor, &invoice) {
            Arrival::Ignored { by, .. } => return Ok(Upsert::Ignored(by)),
            Arrival::Takes(sending) => invoice.sending = sending,
        }
        return put_new_invoice(draft, invoice);
    };
    let deleted = known.deleted_at.is_some_and(|at| supersedes(at, invoice.modified_at));
    if invoice.modified_at < known.modified_at || deleted {
        return Ok(Upsert::Older);
    }
    if invoice.kind != known.kind {
        return Err(Refusal::KindIsFixed);
    }
    made_reference::keep(&mut invoice, &known);
    let mut fields = changed_fields!(
        known,
        invoice,
        number,
        issue_date,
        due_date,
        total,
        recurring_term,
        payment_reference,
        payment_condition,
        corrects,
        lines,
        parties,
        policy_id,
        labels
    );
    let comes_back = known.deleted_at.is_some();
    if comes_back {
        fields.push("deleted".to_owned());
    }
    invoice.sending = known.sending;
    invoice.bookings = known.bookings.clone();
    invoice.steps = known.steps.clone();
    invoice.closed_on = known.closed_on;
    invoice.planned = known.planned.clone();
    invoice.restarted_on = known.restarted_on;
    invoice.formal_notice = known.formal_notice.clone();
    invoice.charges = known.charges.clone();
    invoice.claimed = known.claimed;
    invoice.ledger = newest_figure(invoice.ledger, known.ledger.as_ref());
    // The ledger's open amount counts as a change only where it says something that we do not know already.
    if (invoice.open(), invoice.overpaid()) != (known.open(), known.overpaid()) {
        fields.push("open".to_owned());
    }
    if fields.is_empty() {
        if invoice != known {
            // The newer time stamp is kept: what came between the two versions is older than this one.
            draft.bring_back(invoice);
            draft.archive_closed();
        }
        return Ok(Upsert::Unchanged);
    }
    let (id, open) = (invoice.id.clone(), invoice.open());
    draft.record(Event::InvoiceChanged { invoice: id.clone(), fields, open });
    if !known.is_open() && invoice.is_open() {
        make_room(draft)?;
        draft.record(Event::InvoiceReopened { invoice: id.clone(), open });
    }
    let kind = invoice.kind;
    draft.bring_back(invoice);
    if comes_back {
        set_off(draft, &id, kind);
    }
    settle(draft);
    Ok(Upsert::Changed)
}

/// A version without the ledger's figure leaves the last one standing, and so does the same version once more: what was
/// booked since that one came in still counts.
fn newest_figure(told: Option<LedgerOpen>, known: Option<&LedgerOpen>) -> Option<LedgerOpen> {
    let same = |told: &LedgerOpen, known: &LedgerOpen| {
        (told.open, told.modified_at) == (known.open, known.modified_at)
    };
    match (told, known) {
        (Some(told), Some(known)) if !same(&told, known) => Some(told),
        (told, known) => known.cloned().or(told),
    }
}

fn put_new_invoice(draft: &mut Draft, invoice: Invoice) -> Result<Upsert, Refusal> {
    make_room(draft)?;
    draft.record(Event::InvoiceReceived {
        invoice: invoice.id.clone(),
        total: invoice.total,
        open: invoice.open(),
        due_date: invoice.due_date,
    });
    let (id, kind) = (invoice.id.clone(), invoice.kind);
    draft.dossier.invoices.insert(id.clone(), invoice);
    set_off(draft, &id, kind);
    settle(draft);
    Ok(Upsert::Created)
}

/// Sets a credit note off against what it corrects, or what waited for this invoice against it.
fn set_off(draft: &mut Draft, id: &InvoiceId, kind: InvoiceKind) {
    match kind {
        InvoiceKind::CreditNote => apply_credit_note(draft, id),
        InvoiceKind::Invoice => apply_waiting_credit(draft, id),
    }
}

fn make_room(draft: &Draft) -> Result<(), Refusal> {
    if draft.dossier.invoices.len() >= MOST_OPEN_INVOICES {
        return Err(Refusal::TooManyOpenInvoices);
    }
    Ok(())
}

/// A credit note ends or shortens the follow-up of the invoice that it corrects; what is left of it stays to
/// the debtor's credit.
fn apply_credit_note(draft: &mut Draft, note: &InvoiceId) {
    let Some(corrects) = draft.dossier.invoices.get(note).and_then(|n| n.corrects.clone()) else {
        return;
    };
    let target = draft
        .dossier
        .open_invoices()
        .find(|i| i.id.as_str() == corrects || i.number == corrects)
        .map(|i| i.id.clone());
    if let Some(target) = target {
        transfer_credit(draft, note, &target);
    }
}

/// A credit note may come in before the invoice that it corrects.
fn apply_waiting_credit(draft: &mut Draft, invoice: &InvoiceId) {
    let Some(number) = draft.dossier.invoices.get(invoice).map(|i| i.number.clone()) else {
        return;
    };
    let notes: Vec<InvoiceId> = draft
        .dossier
        .invoices
        .values()
        .filter(|n| n.kind == InvoiceKind::CreditNote && n.open().is_positive())
        .filter(|n| n.corrects.as_deref().is_some_and(|c| c == number || c == invoice.as_str()))
        .map(|n| n.id.clone())
        .collect();
    for note in notes {
        transfer_credit(draft, &note, invoice);
    }
}

fn transfer_credit(draft: &mut Draft, note: &InvoiceId, target: &InvoiceId) {
    let invoices = &draft.dossier.invoices;
    let (Some(credit), Some(invoice)) = (invoices.get(note), invoices.get(target)) else {
        return;
    };
    let amount = credit.open().min(invoice.open());
    if !amount.is_positive() {
        return;
    }
    let booking = Booking {
        payment: None,
        credit_note: Some(note.clone()),
        went_to: None,
        kind: BookingKind::Credit,
        amount,
        on: credit.issue_date,
        modified_at: credit.modified_at.max(invoice.modified_at),
        recorded: draft.dossier.counts.entries + 1,
        takes_back: None,
        in_ledger: false,
    };
    for id in [target, note] {
        if let Some(invoice) = draft.dossier.invoices.get_mut(id) {
            let modified_at = booking.modified_at.max(invoice.modified_at);
            let went_to = (id == note).then(|| target.clone());
            invoice.bookings.push(Booking { modified_at, went_to, ..booking.clone() });
        }
    }
    draft.record(Event::CreditNoteApplied { credit_note: note.clone(), invoice: target.clone(), amount });
}

/// Takes in a payment, reversal, settlement or write-off, and says which invoices it was booked on. `known` is the
/// stored payment of this id; `archived` the closed invoices that this version names or the known one was booked on.
pub fn put_payment(
    draft: &mut Draft,
    payment: Payment,
    known: Option<&Payment>,
    archived: Vec<Invoice>,
) -> Result<(Upsert, Vec<InvoiceId>), Refusal> {
    if payment.kind == PaymentKind::Reversal && payment.invoice.is_none() && payment.takes_back.is_none() {
        return Err(Refusal::ReversalWithoutInvoice);
    }
    if draft.dossier.deleted_at.is_some() {
        return Err(Refusal::DebtorIsDeleted);
    }
    if let Some(known) = known {
        if payment.modified_at < known.modified_at {
            return Ok((Upsert::Older, Vec::new()));
        }
        if payment.debtor != known.debtor {
            return Err(Refusal::PaymentIsElsewhere);
        }
        let same = Payment { modified_at: known.modified_at, ..payment.clone() } == *known;
        if same {
            return Ok((Upsert::Unchanged, Vec::new()));
        }
    }
    for invoice in archived {
        draft.bring_back(invoice);
    }
    let closed: Vec<InvoiceId> =
        draft.dossier.invoices.values().filter(|i| i.closed_on.is_some()).map(|i| i.id.clone()).collect();
    let credit_before = draft.dossier.credit();
    if known.is_some() {
        unbook(draft, &payment.id);
    }
    let invoices = book(draft, &payment);
    let booked_on = invoices.clone();
    let Payment { id, kind, amount, .. } = payment;
    let payment_id = id.clone();
    draft.record(match known {
        None => Event::PaymentReceived { payment: id, kind, amount, invoices },
        Some(_) => Event::PaymentChanged { payment: id, kind, amount, invoices },
    });
    record_reopened(draft, &closed);
    settle(draft);
    requesting::after_payment(draft, &payment_id, kind, credit_before);
    Ok((if known.is_some() { Upsert::Changed } else { Upsert::Created }, booked_on))
}

/// Takes a payment off again that was booked by mistake: as if it had never come in, what it closed opens again. `archived`
/// are the closed invoices that it was booked on. Gives the invoices that it was taken off.
pub fn take_back_payment(draft: &mut Draft, payment: &Payment, archived: Vec<Invoice>) -> Vec<InvoiceId> {
    for invoice in archived {
        draft.bring_back(invoice);
    }
    let is_on = |i: &&Invoice| i.bookings.iter().any(|b| b.payment.as_ref() == Some(&payment.id));
    let booked_on: Vec<InvoiceId> =
        draft.dossier.invoices.values().filter(is_on).map(|i| i.id.clone()).collect();
    let closed: Vec<InvoiceId> =
        draft.dossier.invoices.values().filter(|i| i.closed_on.is_some()).map(|i| i.id.clone()).collect();
    unbook(draft, &payment.id);
    draft.record(Event::PaymentUnbooked {
        payment: payment.id.clone(),
        kind: payment.kind,
        amount: payment.amount,
        invoices: booked_on.clone(),
    });
    record_reopened(draft, &closed);
    settle(draft);
    booked_on
}

/// Says of those that were closed which are open again.
pub(crate) fn record_reopened(draft: &mut Draft, closed: &[InvoiceId]) {
    for id in closed {
        if let Some(open) = draft.dossier.invoices.get(id).map(Invoice::open).filter(|o| o.is_positive()) {
            draft.record(Event::InvoiceReopened { invoice: id.clone(), open });
        }
    }
}

/// Takes all bookings of a payment off again, the part on account included.
pub(crate) fn unbook(draft: &mut Draft, payment: &PaymentId) {
    for invoice in draft.dossier.invoices.values_mut() {
        let booked = invoice.bookings.len();
        invoice.bookings.retain(|b| b.payment.as_ref() != Some(payment));
        if let Some(package) = Package::of_record(invoice.id.as_str())
            && invoice.bookings.len() < booked
            && package.own_id(payment.as_str()).is_none()
        {
            draft.dossier.untold.insert(Untold { package, payment: payment.clone() });
        }
    }
    draft.dossier.forget_credit(payment);
}

/// Books a payment: on the invoice that it names, else on the open invoices in the order of article 6:43 BW: what is due, then
/// the most onerous, then the oldest. What is over stays to the debtor's credit.
fn book(draft: &mut Draft, payment: &Payment) -> Vec<InvoiceId> {
    let recorded = draft.dossier.counts.entries + 1;
    let booking = |amount: Money| Booking {
        payment: Some(payment.id.clone()),
        credit_note: None,
        went_to: None,
        kind: match payment.kind {
            PaymentKind::Payment => BookingKind::Payment,
            PaymentKind::Reversal => BookingKind::Reversal,
            PaymentKind::Settlement => BookingKind::Settlement,
            PaymentKind::WriteOff => BookingKind::WriteOff,
        },
        amount,
        on: payment.received_on,
        modified_at: payment.modified_at,
        recorded,
        takes_back: payment.takes_back.clone(),
        in_ledger: false,
    };
    // A payment that the invoice's own package tells of is in that ledger already.
    let from = Package::of_record(payment.id.as_str());
    let booking_on = |invoice: &Invoice, amount: Money| {
        let in_ledger = from.is_some() && from == Package::of_record(invoice.id.as_str());
        Booking { in_ledger, ..booking(amount) }
    };
    if let Some(id) = &payment.invoice {
        if let Some(invoice) = draft.dossier.invoices.get_mut(id) {
            let booking = booking_on(invoice, payment.amount);
            invoice.bookings.push(booking);
        }
        return vec![id.clone()];
    }
    if let Some(taken) = &payment.takes_back {
        return take_back(draft, payment, taken, booking);
    }
    let claims: Vec<Claimable> = draft
        .dossier
        .open_invoices()
        .filter(|invoice| payment.among.is_empty() || payment.among.contains(&invoice.id))
        .map(|invoice| claimable(invoice, payment.received_on))
        .collect();
    let (shares, left) = share_out(payment.amount, &claims, None, payment.received_on);
    for (id, share) in &shares {
        if let Some(invoice) = draft.dossier.invoices.get_mut(id) {
            let booking = booking_on(invoice, share.allocated());
            invoice.bookings.push(booking);
        }
    }
    draft.dossier.set_credit(CreditSource::Payment(payment.id.clone()), left);
    shares.into_iter().map(|(id, _)| id).collect()
}

/// Takes a payment back: from what is left of the credit that it gave, then from the invoices that it was booked on, those
/// that were due last first. What was never booked makes the debtor owe it without an invoice, so that no cent is lost.
fn take_back(
    draft: &mut Draft,
    reversal: &Payment,
    taken: &PaymentId,
    booking: impl Fn(Money) -> Booking,
) -> Vec<InvoiceId> {
    let of_credit = draft.dossier.credit_left_of(taken).max(Money::ZERO).min(reversal.amount);
    let mut left = reversal.amount - of_credit;
    let mut booked: Vec<(Date, InvoiceId, Money)> = draft
        .dossier
        .invoices
        .values()
        .map(|invoice| (invoice.due_date, invoice.id.clone(), booked_of(invoice, taken)))
        .filter(|(_, _, amount)| amount.is_positive())
        .collect();
    booked.sort();
    let mut invoices = Vec::new();
    for (_, id, amount) in booked.into_iter().rev() {
        let part = amount.min(left);
        if let Some(invoice) = draft.dossier.invoices.get_mut(&id).filter(|_| part.is_positive()) {
            invoice.bookings.push(booking(part));
            left = left - part;
            invoices.push(id);
        }
    }
    draft.dossier.take_credit_back(taken, &reversal.id, of_credit + left);
    invoices
}

/// What of this payment is booked on an invoice and was not taken back, in euros.
pub(crate) fn booked_of(invoice: &Invoice, payment: &PaymentId) -> Money {
    let amount = |b: &Booking| match b.kind {
        BookingKind::Reversal if b.takes_back.as_ref() == Some(payment) => -b.amount,
        BookingKind::Payment if b.payment.as_ref() == Some(payment) => b.amount,
        _ => Money::ZERO,
    };
    invoice.bookings.iter().map(amount).sum()
}

/// An invoice that bears interest weighs heavier on the debtor than one that does not.
fn claimable(invoice: &Invoice, on: Date) -> Claimable {
    Claimable {
        id: invoice.id.clone(),
        due_date: invoice.due_date,
        onerous: if invoice.claimed.is_some_and(|c| c.interest.is_some()) {
            Decimal::ONE
        } else {
            Decimal::ZERO
        },
        owed: invoice.owed_parts(on),
    }
}

/// Closes what has nothing open any more, and settles the case when nothing is left.
pub(crate) fn settle(draft: &mut Draft) {
    let today = draft.today();
    let mut closed = Vec::new();
    let mut overpaid = Vec::new();
    for invoice in draft.dossier.invoices.values_mut() {
        if invoice.kind == InvoiceKind::Invoice {
            overpaid.push((CreditSource::Invoice(invoice.id.clone()), invoice.overpaid()));
        }
        if invoice.is_open() {
            invoice.closed_on = None;
        } else if invoice.closed_on.is_none() {
            invoice.closed_on = Some(today);
            closed.push(ClosedInvoice { invoice: invoice.id.clone(), closed_as: invoice.closed_as() });
        }
    }
    for (source, amount) in overpaid {
        draft.dossier.set_credit(source, amount);
    }
    if !closed.is_empty() {
        draft.record(Event::InvoicesClosed { invoices: closed });
    }
    planning::settle(draft);
    dispute::settle(draft);
    promise::settle(draft);
    debiting::settle(draft);
    draft.archive_closed();
    if draft.dossier.open_invoices().next().is_none()
        && let Some(case) = draft.dossier.case.take()
    {
        lapse(draft, "nothing is open any more");
        let now = draft.now;
        let of_case = |h: &&Hold| h.scope == HoldScope::Case(case.clone()) && h.stands_at(now);
        let over: Vec<_> = draft.dossier.holds.iter().filter(of_case).map(|h| h.id.clone()).collect();
        draft.record(Event::CaseSettled { case });
        for hold in over {
            lift_standing(draft, &hold, "the case is settled");
        }
    }
}
