//! One invoice, and its documents as downloads.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use contracts::failure::Failure;
use domain::ids::InvoiceId;
use domain::invoice::Invoice;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderName, StatusCode};
use pages::portal::{self, Paper};
use records::key_of;

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::visitor::Visitor;

/// Larger documents are fetched where they are kept: a function's answer is bounded.
const LARGEST_ANSWER: u64 = 4_000_000;

/// How long an address of such a document can be fetched.
const DOWNLOAD: Duration = Duration::from_secs(60);

/// Closed invoices that are looked through, at most.
const MOST_CLOSED: u32 = 200;

/// Those on which nothing is open any more.
pub(crate) async fn closed(State(portal): State<Portal>, visitor: Visitor) -> Result<Response, Trouble> {
    let session = &visitor.session;
    let found =
        portal.store.archived_invoices(&session.administration, &session.debtor, MOST_CLOSED, None).await?;
    let shown: Vec<Invoice> = found.items.into_iter().filter(|i| i.deleted_at.is_none()).collect();
    page(StatusCode::OK, portal::closed(&visitor.frame(), &shown))
}

/// An invoice of this debtor, open or closed. One of anybody else's is as absent as one that never was.
pub(crate) async fn find(portal: &Portal, visitor: &Visitor, id: &str) -> Result<Invoice, Failure> {
    let missing = || Failure::not_found("invoice");
    let id = InvoiceId::parse(id).map_err(|_| missing())?;
    if let Some(invoice) = visitor.dossier.invoices.get(&id) {
        return Ok(invoice.clone());
    }
    let session = &visitor.session;
    let closed = portal.store.archived_invoice(&session.administration, &session.debtor, &id).await?;
    closed.filter(|invoice| invoice.deleted_at.is_none()).ok_or_else(missing)
}

pub(crate) async fn get(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let invoice = find(&portal, &visitor, &id).await?;
    let session = &visitor.session;
    let mut documents = portal.store.documents(&session.administration, &session.debtor, &invoice.id).await?;
    documents.sort_by(|a, b| a.name.cmp(&b.name));
    let papers: Vec<Paper<'_>> = documents.iter().map(Paper).collect();
    page(StatusCode::OK, portal::invoice(&visitor.frame(), &visitor.dossier, &invoice, &papers, visitor.now))
}

/// The bytes of a document: saved and never shown, whatever is in it. Known by its hash, since its name may say who it is
/// about.
pub(crate) async fn document(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((id, sha256)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let invoice = find(&portal, &visitor, &id).await?;
    let session = &visitor.session;
    let all = portal.store.documents(&session.administration, &session.debtor, &invoice.id).await?;
    let document = all.into_iter().find(|d| d.sha256 == sha256).ok_or(Failure::not_found("document"))?;
    let key = key_of(&session.administration, &session.debtor, &document);
    let ending = document.content_type.rsplit('/').next().unwrap_or_default();
    // Ids are letters, digits and marks that need no quotes.
    let name = format!("{}.{ending}", invoice.id);
    if document.bytes > LARGEST_ANSWER {
        let url = portal.files.download_url(&key, &name, DOWNLOAD).await?;
        return Ok(go_to(&url));
    }
    let bytes = portal.files.read(&key, None).await?;
    Ok(download(bytes, document.content_type, &name))
}

/// A file that is saved and never shown. Its name is made of ids.
pub(crate) fn download(bytes: Bytes, content_type: String, name: &str) -> Response {
    let headers: [(HeaderName, String); 2] =
        [(CONTENT_TYPE, content_type), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (headers, bytes).into_response()
}
