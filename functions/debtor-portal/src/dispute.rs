//! The debtor says that an invoice is wrong.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::failure::Failure;
use domain::access::BY_DEBTOR;
use domain::dispute::{self, DisputeReason, Objection};
use domain::ids::InvoiceId;
use domain::invoice::Invoice;
use http::{HeaderMap, StatusCode};
use pages::portal::{self, Done, Form};
use records::CheckedFile;

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::forms;
use crate::invoice::find;
use crate::uploads::{self, Upload};
use crate::visitor::Visitor;

/// Longest explanation, in characters: as the API has it.
const LONGEST_TEXT: usize = 2_000;

/// Files that debtors may put beside one invoice.
const MOST_FILES: usize = 5;

pub(crate) async fn get(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let invoice = find(&portal, &visitor, &id).await?;
    page(StatusCode::OK, portal::dispute(&visitor.frame(), &invoice, &Form::default()))
}

/// Opens a dispute, with the proof beside its invoice. Sent twice it is one dispute.
pub(crate) async fn post(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let read = uploads::read(&headers, body, &["form_token", "once", "kind", "text"], "file").await;
    let Upload { fields, file, too_large } = match read {
        Some(upload) => upload,
        None => return Ok(forms::not_ours(visitor.language)),
    };
    let mut form = match forms::of_visitor(&visitor, &headers, Some(fields)) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let invoice = find(&portal, &visitor, &id).await?;
    let objection = checked(&mut form, &visitor, &invoice);
    let proof = uploads::checked(&mut form, file, too_large);
    let again = |form: &Form| {
        page(StatusCode::UNPROCESSABLE_ENTITY, portal::dispute(&visitor.frame(), &invoice, form))
    };
    let Some(objection) = objection.filter(|_| form.is_good()) else { return again(&form) };
    match open(&portal, &visitor, &invoice.id, &objection, proof.as_ref()).await {
        Ok(()) => Ok(go_to(&format!("/portal/my?done={}", Done::Dispute.name()))),
        Err(Failure::Rejected { code, .. }) => {
            form.refuse("text", if code == "disputed_already" { "already" } else { code });
            again(&form)
        }
        Err(failure) => Err(failure.into()),
    }
}

fn checked(form: &mut Form, visitor: &Visitor, invoice: &Invoice) -> Option<Objection> {
    let reason = match form.value("kind") {
        "not_delivered" => Some(DisputeReason::NotDelivered),
        "complaint" => Some(DisputeReason::Complaint),
        "error_on_invoice" => Some(DisputeReason::ErrorOnInvoice),
        "already_paid" => Some(DisputeReason::AlreadyPaid),
        "other" => Some(DisputeReason::Other),
        _ => None,
    };
    if reason.is_none() {
        form.refuse("kind", "choose");
    }
    let text = forms::lines(form, "text", LONGEST_TEXT);
    let request = visitor.request(form.value("once"));
    reason.map(|reason| Objection { invoice: invoice.id.clone(), reason, text, request })
}

async fn open(
    portal: &Portal,
    visitor: &Visitor,
    invoice: &InvoiceId,
    objection: &Objection,
    proof: Option<&CheckedFile>,
) -> Result<(), Failure> {
    let (origin, session) = (visitor.origin(), &visitor.session);
    let opened_before = |dossier: &domain::dossier::Dossier| {
        objection.request.is_some() && dossier.disputes.iter().any(|d| d.request == objection.request)
    };
    if let Some(file) = proof.filter(|_| !opened_before(&visitor.dossier)) {
        let all = portal.store.documents(&session.administration, &session.debtor, invoice).await?;
        if all.iter().filter(|d| d.by == BY_DEBTOR).count() >= MOST_FILES {
            return Err(Failure::rejected("too_many_documents", "as many files as there may be"));
        }
        portal.documents().put(&origin, invoice, file).await?;
    }
    let missing = || Failure::not_found("debtor");
    let records = portal.records();
    let opened = records.change(&origin, &session.debtor, missing, |draft, _| {
        if opened_before(&draft.dossier) {
            return Ok(());
        }
        dispute::open(draft, objection).map(|_| ())
    });
    opened.await?;
    portal.store.wait_for_calls(&session.administration, &session.debtor, &|| portal.now().ok()).await
}
