//! Documents beside invoices: put, listed, downloaded, taken away.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::api::documents::{
    DocumentList, DocumentOutcome, DocumentPutView, DocumentUploadView, DocumentView,
};
use contracts::failure::Failure;
use domain::document::LARGEST_BYTES;
use domain::ids::{AdministrationId, InvoiceId};
use http::StatusCode;
use records::{CheckedFile, Put};
use runtime::http::{ApiError, Caller, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{App, origin, unguessable};

/// How long the address of a document works.
pub(crate) const DOWNLOAD: Duration = Duration::from_secs(300);

/// How long a file may be uploaded.
pub(crate) const UPLOAD: Duration = Duration::from_secs(900);

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct PutQuery {
    /// Of a file that was uploaded before; the call then has no body.
    pub upload_id: Option<String>,
}

/// Put a document beside an invoice: PDF, PNG, JPEG or XML, by its first bytes. Its name ends as its kind. The same name
/// again replaces it, the same file again changes nothing. A file of more than 1.5 MB, up to 10 MB, is uploaded first.
#[utoipa::path(put, path = "/v1/invoices/{invoiceId}/documents/{name}", tag = "documents",
    params(("invoiceId" = String, Path), ("name" = String, Path, description = "such as `factuur.pdf`"), PutQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = DocumentPutView), (status = 200, body = DocumentPutView),
        (status = 400, body = contracts::problem::Problem), (status = 404, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path((invoice, name)): Path<(InvoiceId, String)>,
    Query(query): Query<PutQuery>,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("invoices:write")?;
    let (bytes, staged) = match &query.upload_id {
        None => (raw, None),
        Some(_) if !raw.is_empty() => {
            let detail = "is left out where the call has a body";
            return Err(Failure::bad_input("uploadId", "two_files", detail).into());
        }
        Some(id) => {
            let key = staged_key(&caller.administration, id)?;
            (uploaded(&app, &key).await?, Some(key))
        }
    };
    let file = CheckedFile::parse(&name, bytes)?;
    let put = app.documents().put(&origin(&caller), &invoice, &file).await?;
    if let Some(key) = staged {
        app.files.delete(&key).await.map_err(Failure::from)?;
    }
    let (status, outcome) = match put {
        Put::Added => (StatusCode::CREATED, DocumentOutcome::Added),
        Put::Replaced => (StatusCode::OK, DocumentOutcome::Replaced),
        Put::Unchanged => (StatusCode::OK, DocumentOutcome::Unchanged),
    };
    Ok((status, Json(DocumentPutView { name, outcome })).into_response())
}

/// Where to upload a document that is too large for one call. The `PUT` of the document names it then; what is not named
/// within a day is thrown away.
#[utoipa::path(post, path = "/v1/invoices/{invoiceId}/documents/{name}", tag = "documents",
    params(("invoiceId" = String, Path), ("name" = String, Path)),
    responses((status = 201, body = DocumentUploadView), (status = 404, body = contracts::problem::Problem)))]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path((invoice, _)): Path<(InvoiceId, String)>,
) -> Result<Response, ApiError> {
    caller.require_scope("invoices:write")?;
    // Nothing is uploaded for an invoice that is not there.
    app.documents().list(&caller.administration, &invoice).await?;
    let upload_id = unguessable::hexadecimal::<16>()?;
    let key = staged_key(&caller.administration, &upload_id)?;
    let upload = app.files.upload(&key, UPLOAD).await.map_err(Failure::from)?;
    let view = DocumentUploadView {
        upload_id,
        url: upload.url,
        headers: upload.headers.into_iter().collect(),
        expires_at: app.now()? + UPLOAD,
    };
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// Documents of an invoice, by name.
#[utoipa::path(get, path = "/v1/invoices/{invoiceId}/documents", tag = "documents",
    params(("invoiceId" = String, Path)),
    responses((status = 200, body = DocumentList), (status = 404, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(invoice): Path<InvoiceId>,
) -> Result<Json<DocumentList>, ApiError> {
    caller.require_scope("invoices:read")?;
    let all = app.documents().list(&caller.administration, &invoice).await?;
    Ok(Json(DocumentList { items: all.iter().map(|d| DocumentView::of(d, None)).collect() }))
}

/// One document, with an address for its bytes.
#[utoipa::path(get, path = "/v1/invoices/{invoiceId}/documents/{name}", tag = "documents",
    params(("invoiceId" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = DocumentView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((invoice, name)): Path<(InvoiceId, String)>,
) -> Result<Json<DocumentView>, ApiError> {
    caller.require_scope("invoices:read")?;
    let (document, key) = app.documents().find(&caller.administration, &invoice, &name).await?;
    // The address names the invoice and not the document: a document's name may hold what people typed.
    let ending = document.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let url = app.files.download_url(&key, &format!("{invoice}.{ending}"), DOWNLOAD).await;
    Ok(Json(DocumentView::of(&document, Some(url.map_err(Failure::from)?))))
}

/// Take a document away, and its bytes.
#[utoipa::path(delete, path = "/v1/invoices/{invoiceId}/documents/{name}", tag = "documents",
    params(("invoiceId" = String, Path), ("name" = String, Path)),
    responses((status = 204), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((invoice, name)): Path<(InvoiceId, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope("invoices:write")?;
    app.documents().remove(&origin(&caller), &invoice, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was uploaded, where it is no larger than a document may be.
pub(crate) async fn uploaded(app: &App, key: &str) -> Result<Bytes, Failure> {
    let size = app.files.size(key).await?;
    let missing = || Failure::bad_input("uploadId", "not_uploaded", "names a file that was uploaded");
    if size.ok_or_else(missing)? > LARGEST_BYTES {
        let detail = format!("names a file of at most {LARGEST_BYTES} bytes");
        return Err(Failure::bad_input("uploadId", "document_too_large", detail));
    }
    Ok(app.files.read(key, None).await?)
}

/// Within the caller's own administration, whatever id the caller names.
pub(crate) fn staged_key(administration: &AdministrationId, upload: &str) -> Result<String, Failure> {
    if upload.len() != 32 || !upload.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Failure::bad_input("uploadId", "not_an_id", "is as it was given"));
    }
    Ok(format!("staged/{administration}/{upload}"))
}
