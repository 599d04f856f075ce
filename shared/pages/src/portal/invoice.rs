//! One invoice: its facts, what it is for, its documents, and what was sent about it.

use askama::Template;
use domain::Money;
use domain::calendar::today;
use domain::document::Document;
use domain::dossier::Dossier;
use domain::invoice::{Invoice, InvoiceKind};
use jiff::Timestamp;

use super::frame::Base;
use super::overview::{name_of, notes, standing, step_word};
use super::{Form, Frame, PageError, Place};
use crate::format::one_line;

/// A document that may be downloaded.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a>(pub &'a Document);

struct Fact {
    label: String,
    value: String,
}

struct Link {
    href: String,
    label: String,
}

#[derive(Template)]
#[template(path = "portal/invoice.html")]
struct Page {
    base: Base,
    id: String,
    standing: Option<String>,
    late: bool,
    notes: Vec<String>,
    facts: Vec<Fact>,
    lines: Vec<Fact>,
    documents: Vec<Link>,
    sent: Vec<String>,
    open: bool,
    may_be_disputed: bool,
}

/// The page of an invoice of this debtor, open or closed.
///
/// # Errors
/// See [`PageError`].
pub fn invoice(
    frame: &Frame<'_>,
    dossier: &Dossier,
    invoice: &Invoice,
    papers: &[Paper<'_>],
    now: Timestamp,
) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, &Form::default(), |t| name_of(t, invoice))?;
    let (t, on) = (&base.t, today(now));
    let open = invoice.kind == InvoiceKind::Invoice && invoice.is_open();
    let standing = if open { Some(standing(t, invoice, on)?) } else { None };
    let owed = invoice.owed_parts(on);
    let paid = invoice.total - invoice.open().min(invoice.total);
    let mut facts = vec![
        Fact { label: t.invoice_issued()?, value: t.day(&invoice.issue_date)? },
        Fact { label: t.invoice_due()?, value: t.day(&invoice.due_date)? },
        Fact { label: t.invoice_total()?, value: t.money(&invoice.total) },
    ];
    let amounts: [(String, Money); 3] =
        [(t.invoice_paid()?, paid), (t.invoice_costs()?, owed.costs), (t.invoice_interest()?, owed.interest)];
    for (label, amount) in amounts.into_iter().filter(|(_, amount)| amount.is_positive()) {
        facts.push(Fact { label, value: t.money(&amount) });
    }
    if invoice.kind == InvoiceKind::Invoice {
        facts.push(Fact { label: t.invoice_owed()?, value: t.money(&invoice.owed(on)) });
    }
    let line = |l: &domain::invoice::InvoiceLine| Fact {
        label: one_line(&l.description),
        value: t.money(&l.amount),
    };
    let id = invoice.id.to_string();
    let document = |Paper(document): &Paper<'_>| -> Result<Link, PageError> {
        let kind = document.content_type.rsplit('/').next().unwrap_or_default().to_uppercase();
        Ok(Link {
            href: format!("/portal/my/invoices/{id}/documents/{}", document.sha256),
            label: t.invoice_download(kind, document.bytes.div_ceil(1_000))?,
        })
    };
    let about = |n: &&domain::notice::Notice| n.lines.iter().any(|l| l.invoice == invoice.id);
    let mut sent = Vec::new();
    for notice in dossier.notices.iter().filter(about) {
        let kind = notice.lines.iter().find(|l| l.invoice == invoice.id).map_or(notice.kind, |l| l.kind);
        if let Some(day) = notice.sent_on() {
            sent.push(t.invoice_sent_line(t.day(&day)?, step_word(kind), notice.channel.name())?);
        }
    }
    let page = Page {
        late: standing.as_ref().is_some_and(|(_, late)| *late),
        standing: standing.map(|(said, _)| said),
        notes: notes(t, dossier, invoice)?,
        facts,
        lines: invoice.lines.iter().map(line).collect(),
        documents: papers.iter().map(document).collect::<Result<_, _>>()?,
        sent,
        open,
        may_be_disputed: open && !disputed(dossier, invoice),
        id,
        base,
    };
    Ok(page.render()?)
}

fn disputed(dossier: &Dossier, invoice: &Invoice) -> bool {
    dossier.disputes.iter().any(|d| d.invoice == invoice.id && d.lives())
}
