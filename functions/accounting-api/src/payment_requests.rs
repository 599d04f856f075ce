//! Payment requests: make, read, cancel.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::ListPage;
use contracts::api::payment_requests::{Payer, PaymentRequestBody, PaymentRequestView};
use contracts::failure::Failure;
use domain::ids::{DebtorId, PaymentRequestId};
use domain::requesting::Asked;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Body, Caller, Path, Query, require_json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::debtors::PageQuery;
use crate::{App, answers, origin, page_size};

const ROUTE: &str = "POST /v1/payment-requests";

/// Ask a debtor to pay through a payment provider. The amount is what is open now. While such a request about the same and
/// of the same amount can be paid, asking again gives that one.
#[utoipa::path(post, path = "/v1/payment-requests", tag = "payment requests", request_body = PaymentRequestBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = PaymentRequestView), (status = 200, body = PaymentRequestView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem),
        (status = 503, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("payments:write")?;
    require_json(&headers)?;
    let body: PaymentRequestBody = runtime::json::from_slice(&raw)?;
    let (payer, asked) = body.check(answers::key_hash(ROUTE, &headers)).map_err(Failure::from)?;
    answers::once(&app, &caller.administration, ROUTE, &headers, &raw, || async {
        let debtor = debtor(&app, &caller, payer).await?;
        make(&app, &caller, &debtor, &asked).await
    })
    .await
}

async fn debtor(app: &App, caller: &Caller, payer: Payer) -> Result<DebtorId, Failure> {
    match payer {
        Payer::Debtor(debtor) => Ok(debtor),
        Payer::OwnerOf(invoice) => {
            let owner = app.store.invoice_owner(&caller.administration, &invoice).await?;
            owner.ok_or_else(|| Failure::bad_input("invoiceId", "unknown_invoice", "names a known invoice"))
        }
    }
}

async fn make(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    asked: &Asked,
) -> Result<(StatusCode, PaymentRequestView), Failure> {
    let (request, new) = app.payment_requests().make(&origin(caller), debtor, asked).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, PaymentRequestView::of(&request)))
}

/// One payment request.
#[utoipa::path(get, path = "/v1/payment-requests/{paymentRequestId}", tag = "payment requests",
    params(("paymentRequestId" = String, Path)),
    responses((status = 200, body = PaymentRequestView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentRequestId>,
) -> Result<Json<PaymentRequestView>, ApiError> {
    caller.require_scope("payments:read")?;
    let request = app.payment_requests().get(&caller.administration, &id).await?;
    Ok(Json(PaymentRequestView::of(&request)))
}

/// The payment requests of a debtor, the last made first.
#[utoipa::path(get, path = "/v1/debtors/{debtorId}/payment-requests", tag = "payment requests",
    params(("debtorId" = String, Path), PageQuery),
    responses((status = 200, body = ListPage<PaymentRequestView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(debtor): Path<DebtorId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ListPage<PaymentRequestView>>, ApiError> {
    caller.require_scope("payments:read")?;
    let limit = page_size(query.limit)?;
    let cursor = query.cursor.as_deref();
    let page = app.store.payment_requests(&caller.administration, &debtor, limit, cursor).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(PaymentRequestView::of).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// Nothing has to be said with a cancellation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {}

/// Cancel a request that was not paid. Providers do not cancel what the debtor may be paying: then it runs until it expires.
#[utoipa::path(post, path = "/v1/payment-requests/{paymentRequestId}/cancel", tag = "payment requests",
    params(("paymentRequestId" = String, Path)), request_body = CancelBody,
    responses((status = 200, body = PaymentRequestView), (status = 409, body = contracts::problem::Problem)))]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentRequestId>,
    Body(CancelBody {}): Body<CancelBody>,
) -> Result<Json<PaymentRequestView>, ApiError> {
    caller.require_scope("payments:write")?;
    let request = app.payment_requests().cancel(&origin(&caller), &id).await?;
    Ok(Json(PaymentRequestView::of(&request)))
}
