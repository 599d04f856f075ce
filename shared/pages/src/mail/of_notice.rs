//! What the texts are told about a notice: debtor, invoices, payment and what it offers. Sending and previewing a notice
//! say the same because both come from here.

use domain::Money;
use domain::administration::{Administration, Creditor};
use domain::calendar::{days_between, plus_days};
use domain::debtor::DebtorKind;
use domain::dossier::Dossier;
use domain::invoice::{Invoice, InvoiceKind, PaymentReference, ReferenceScheme};
use domain::notice::{Evidence, Notice};
use domain::planning;
use domain::step::StepKind;
use domain::texts::KeptText;
use jiff::civil::Date;

use super::{
    ClaimedView, CostsView, CreditorView, InstalmentView, ItemView, MailError, Medium, NoticeView,
    RenderedMail, render,
};
use crate::own::{self, Spoilt, Told, Words};
use crate::sms::{self, RenderedSms, SmsError};

/// Content id of the QR code within the mail.
pub const QR_CID: &str = "epc-qr";

/// Days that a debtor gets to pay before the next step is named as coming.
pub(crate) const DAYS_TO_PAY: i32 = 7;

/// The mail of a notice that is claimed in this dossier, as it leaves on `today`. `texts` are the own texts that it speaks
/// with, the most specific first.
///
/// # Errors
/// See [`MailError`].
pub fn written(
    dossier: &Dossier,
    administration: &Administration,
    notice: &Notice,
    today: Date,
    portal_url: &str,
    with_qr: bool,
    texts: &[KeptText],
) -> Result<Told<RenderedMail>, MailError> {
    let reference = reference(dossier, notice);
    let view = view(dossier, administration, notice, today, portal_url, &reference);
    let (own, spoilt) = own::words(&view, texts)?;
    let said = render(&NoticeView { epc_qr_cid: with_qr.then_some(QR_CID), own, ..view })?;
    Ok(Told { said, spoilt })
}

/// The text message of such a notice.
///
/// # Errors
/// See [`SmsError`].
pub fn texted(
    dossier: &Dossier,
    administration: &Administration,
    notice: &Notice,
    today: Date,
    portal_url: &str,
    texts: &[KeptText],
) -> Result<Told<RenderedSms>, SmsError> {
    let reference = reference(dossier, notice);
    let view = view(dossier, administration, notice, today, portal_url, &reference);
    told(&view, texts)
}

/// The text message of a view, in own words where they fit.
///
/// # Errors
/// See [`SmsError`].
pub fn told(view: &NoticeView<'_>, texts: &[KeptText]) -> Result<Told<RenderedSms>, SmsError> {
    let (own, spoilt) = own::words(view, texts)?;
    match sms::render(&NoticeView { own, ..view.clone() }) {
        Err(SmsError::TooLong) if !texts.is_empty() => {
            let said = sms::render(&NoticeView { own: Words::default(), ..view.clone() })?;
            let too_long = texts.first().map(|kept| Spoilt {
                text: kept.name.clone(),
                part: "sentence",
                rule: "too_long_for_sms",
            });
            Ok(Told { said, spoilt: spoilt.or(too_long) })
        }
        said => Ok(Told { said: said?, spoilt }),
    }
}

pub(crate) fn view<'a>(
    dossier: &'a Dossier,
    administration: &'a Administration,
    notice: &'a Notice,
    today: Date,
    portal_url: &'a str,
    reference: &'a PaymentReference,
) -> NoticeView<'a> {
    let has = |evidence| notice.evidence.contains(&evidence);
    NoticeView {
        language: dossier.debtor.language,
        tone: administration.tone_of(notice),
        medium: Medium::Mail,
        kind: notice.kind,
        creditor: creditor_view(&administration.creditor),
        sector: administration.sector,
        debtor_name: &dossier.debtor.name,
        debtor_kind: if dossier.debtor.is_business() { DebtorKind::Business } else { DebtorKind::Consumer },
        items: items(dossier, notice, today),
        instalment: instalment(dossier, notice, today),
        plan: plan(dossier, notice, today),
        own_opening: own_opening(dossier, administration, notice),
        own: Words::default(),
        total_open: notice.amount,
        payment_reference: Some(&reference.value),
        pay_before: plus_days(today, DAYS_TO_PAY),
        portal_url,
        costs: notice.costs_announced.map(|a| CostsView { principal: a.principal, costs: a.costs }),
        claimed: claimed(dossier, notice, today),
        end_of_service_on: None,
        offers_debt_help: has(Evidence::DebtHelp),
        offers_municipality: has(Evidence::MunicipalityOffer),
        invites_contact: has(Evidence::ContactEffort),
        epc_qr_cid: None,
    }
}

pub(crate) fn creditor_view(creditor: &Creditor) -> CreditorView<'_> {
    CreditorView {
        name: &creditor.name,
        address_lines: creditor.address_lines.iter().map(String::as_str).collect(),
        iban: &creditor.iban,
        bic: creditor.bic.as_deref(),
        phone: &creditor.phone,
        email: &creditor.email,
        website: None,
        opening_hours: creditor.opening_hours.as_deref(),
    }
}

/// The lines of the notice with their invoices, in the order of the notice.
fn lines<'a>(dossier: &'a Dossier, notice: &'a Notice) -> impl Iterator<Item = (StepKind, &'a Invoice)> {
    let steps = notice.lines.iter().map(|line| (line.kind, &line.invoice));
    // What a statement lists stands in it at no step but its own.
    let stated = notice.stated.iter().map(move |invoice| (notice.kind, invoice));
    steps.chain(stated).filter_map(move |(kind, invoice)| Some((kind, dossier.invoices.get(invoice)?)))
}

fn items<'a>(dossier: &'a Dossier, notice: &'a Notice, today: Date) -> Vec<ItemView<'a>> {
    lines(dossier, notice)
        .map(|(step, invoice)| ItemView {
            number: &invoice.number,
            issue_date: invoice.issue_date,
            due_date: invoice.due_date,
            total: invoice.total,
            open: if invoice.waits_to_be_sent() { Money::ZERO } else { invoice.open() },
            is_credit_note: invoice.kind == InvoiceKind::CreditNote,
            step,
            days_overdue: days_between(invoice.due_date, today),
        })
        .collect()
}

fn claimed(dossier: &Dossier, notice: &Notice, today: Date) -> ClaimedView {
    let asked = || lines(dossier, notice).filter(|(_, invoice)| !invoice.waits_to_be_sent());
    let parts = || asked().map(|(_, invoice)| invoice.owed_parts(today));
    ClaimedView { costs: parts().map(|p| p.costs).sum(), interest: parts().map(|p| p.interest).sum() }
}

fn instalment(dossier: &Dossier, notice: &Notice, today: Date) -> Option<InstalmentView> {
    let due = notice.instalment.as_ref()?;
    let plan = planning::find(dossier, &due.plan).ok()?;
    Some(InstalmentView {
        number: due.number,
        of: u16::try_from(plan.instalments.len()).unwrap_or(due.number),
        amount: planning::amount_due(dossier, due),
        due_on: due.due_on,
        days_left: days_between(today, due.due_on),
    })
}

/// The next instalment of the plan that runs, beside a statement.
fn plan(dossier: &Dossier, notice: &Notice, today: Date) -> Option<InstalmentView> {
    let plan = dossier.plans.iter().find(|p| p.is_running() && notice.kind == StepKind::Statement)?;
    planning::next_unpaid(dossier, plan).map(|due| InstalmentView {
        number: due.number,
        of: u16::try_from(plan.instalments.len()).unwrap_or(due.number),
        amount: planning::amount_due(dossier, &due),
        due_on: due.due_on,
        days_left: days_between(today, due.due_on),
    })
}

/// What the policy says first at the heaviest step, in the debtor's language; nothing where it leaves that to us, or has
/// no such step any more.
fn own_opening<'a>(
    dossier: &Dossier,
    administration: &'a Administration,
    notice: &Notice,
) -> Option<&'a str> {
    let (_, step) = administration.speaking_step(notice)?;
    step.opening.get(&dossier.debtor.language).map(String::as_str)
}

/// The invoices of the plan of which it reminds, as far as they are open.
fn in_plan<'a>(dossier: &'a Dossier, notice: &'a Notice) -> impl Iterator<Item = &'a Invoice> {
    let plan = notice.instalment.as_ref().and_then(|due| planning::find(dossier, &due.plan).ok());
    let openings = plan.into_iter().flat_map(|plan| &plan.invoices);
    openings.filter_map(|o| dossier.invoices.get(&o.invoice)).filter(|i| i.is_open())
}

/// What the debtor writes with a payment: the invoice's own reference where the notice is about one invoice, else
/// their number, by which the payment is booked on the oldest.
pub fn reference(dossier: &Dossier, notice: &Notice) -> PaymentReference {
    let mut found = lines(dossier, notice).map(|(_, invoice)| invoice).chain(in_plan(dossier, notice));
    let text = |value: String| PaymentReference { scheme: ReferenceScheme::Text, value, made_here: false };
    match (found.next(), found.next()) {
        (Some(only), None) => only.payment_reference.clone().unwrap_or_else(|| text(only.number.clone())),
        _ => text(dossier.debtor.number.clone()),
    }
}
