//! Payments, reversals, settlements and write-offs.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use contracts::api::ListPage;
use contracts::api::payments::{PaymentBody, PaymentView};
use contracts::failure::Failure;
use domain::ids::PaymentId;
use jiff::Timestamp;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{App, answers, origin, page_size};

/// Create or replace a payment by the source system's own id.
#[utoipa::path(put, path = "/v1/payments/{paymentId}", tag = "payments", request_body = PaymentBody,
    params(("paymentId" = String, Path, description = "the source system's own id")),
    responses((status = 201, body = contracts::api::bulk::UpsertView), (status = 200, body = contracts::api::bulk::UpsertView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentId>,
    Body(body): Body<PaymentBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("payments:write")?;
    let checked = body.check().map_err(Failure::from)?;
    let upsert = app.records().put_payment(&origin(&caller), &id, checked).await?;
    Ok(answers::upserted(id.as_str(), upsert))
}

/// One payment.
#[utoipa::path(get, path = "/v1/payments/{paymentId}", tag = "payments", params(("paymentId" = String, Path)),
    responses((status = 200, body = PaymentView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentView>, ApiError> {
    caller.require_scope("payments:read")?;
    let found = app.store.payment(&caller.administration, &id).await.map_err(Failure::from)?;
    let stored = found.ok_or(Failure::not_found("payment"))?.value;
    Ok(Json(PaymentView::of(&stored.payment, &stored.booked_on, stored.updated_at)))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ListQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Only what changed after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_after: Option<Timestamp>,
}

/// Payments in the order of their last change.
#[utoipa::path(get, path = "/v1/payments", tag = "payments", params(ListQuery),
    responses((status = 200, body = ListPage<PaymentView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<PaymentView>>, ApiError> {
    caller.require_scope("payments:read")?;
    let limit = page_size(query.limit)?;
    let cursor = query.cursor.as_deref();
    let page = app
        .store
        .payments(&caller.administration, query.updated_after, limit, cursor)
        .await
        .map_err(Failure::from)?;
    let items = page.items.iter().map(|p| PaymentView::of(&p.payment, &p.booked_on, p.updated_at)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}
