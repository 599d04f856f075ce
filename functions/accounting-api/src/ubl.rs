//! UBL invoices and credit notes, one a call.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::api::invoices::InvoiceMade;
use formats::FormatRefusal;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Caller};
use serde_json::json;

use crate::{App, answers, origin};

/// Take in one UBL 2.1 invoice or credit note. The debtor is made from the buyer where it is not known.
#[utoipa::path(post, path = "/v1/invoices", tag = "invoices",
    request_body(content = String, content_type = "application/xml"),
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = InvoiceMade), (status = 400, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("invoices:write")?;
    if !is_xml(&headers) {
        let title = "A UBL document is sent as application/xml";
        return Err(ApiError::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", title));
    }
    let document = match formats::ubl::parse(&raw) {
        Ok(document) => document,
        Err(refusals) => return Ok(refused(&refusals)),
    };
    let (debtor, invoice) = records::ubl::read(&document)?;
    answers::once(&app, &caller.administration, "POST /v1/invoices", &headers, &raw, || async {
        let made = InvoiceMade { invoice_id: invoice.id.to_string(), debtor_id: debtor.id.to_string() };
        // Before the answer: whoever gets none sends it again, and finds what is there already.
        app.documents().take_ubl_in(&origin(&caller), &debtor, invoice, &document, raw.clone()).await?;
        Ok((StatusCode::CREATED, made))
    })
    .await
}

fn is_xml(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/xml" || essence == "text/xml"
}

/// Everything that is wrong with the document: the rule's number as code, the element as path. Rule numbers come from
/// the standard, so this problem is written here and not by way of a violation.
fn refused(refusals: &[FormatRefusal]) -> Response {
    let errors: Vec<_> =
        refusals.iter().map(|r| json!({ "path": r.path, "code": r.rule, "detail": r.detail })).collect();
    let body = json!({
        "type": "urn:tijdig:problem:bad_input",
        "title": "The document breaks the rules of UBL / EN 16931",
        "status": 400,
        "detail": format!("{} rule(s) broken", errors.len()),
        "errors": errors,
    });
    let content_type = [(http::header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::BAD_REQUEST, content_type, body.to_string()).into_response()
}
