//! The debtor says that an invoice is wrong.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::failure::Failure;
use domain::access::BY_DEBTOR;
use domain::dispute::{self, DisputeReason, Objection};
use domain::ids::InvoiceId;
use domain::invoice::Invoice;
use formats::content::{Content, file_name};
use http::{HeaderMap, StatusCode};
use pages::portal::{self, Done, Form};
use records::CheckedFile;
use runtime::unguessable::hash;

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
        Err(refused) => return Ok(refused),
    };
    let invoice = find(&portal, &visitor, &id).await?;
    let objection = checked(&mut form, &visitor, &invoice);
    let proof = proof(&mut form, file, too_large);
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
    let text: String =
        form.value("text").replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    if text.is_empty() {
        form.refuse("text", "required");
    } else if text.chars().count() > LONGEST_TEXT {
        form.refuse("text", "too_long");
    }
    let request = visitor.request(form.value("once"));
    reason.map(|reason| Objection { invoice: invoice.id.clone(), reason, text, request })
}

/// The file, where it is one that is kept: by its content, whatever it is called. Its name begins with its hash, so that it
/// takes the place of no other.
fn proof(form: &mut Form, file: Option<(String, Bytes)>, too_large: bool) -> Option<CheckedFile> {
    if too_large {
        form.refuse("file", "file_too_large");
        return None;
    }
    let (given, bytes) = file?;
    let content =
        Content::of(&bytes).filter(|content| matches!(content, Content::Pdf | Content::Png | Content::Jpeg));
    let Some(content) = content else {
        form.refuse("file", "unknown_file");
        return None;
    };
    let mark = hash(&[&bytes]).chars().take(8).collect::<String>();
    let name = file_name(&given, content, "file");
    let checked = CheckedFile::parse(&format!("debtor-{mark}-{name}"), bytes);
    if checked.is_err() {
        form.refuse("file", "unknown_file");
    }
    checked.ok()
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
    let opened = portal.records().change(&origin, &session.debtor, missing, |draft, _| {
        if opened_before(&draft.dossier) {
            return Ok(());
        }
        dispute::open(draft, objection).map(|_| ())
    });
    opened.await?;
    portal.store.wait_for_calls(&session.administration, &session.debtor, &|| portal.now().ok()).await
}
