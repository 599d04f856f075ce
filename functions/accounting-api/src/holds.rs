//! Holds: pause and resume.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::holds::{HoldBody, HoldView};
use contracts::failure::Failure;
use domain::calendar::today;
use domain::holding::Lifting;
use domain::ids::HoldId;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Caller, Path, Query, require_json};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{App, answers, origin};

const ROUTE: &str = "POST /v1/holds";

/// Place a hold. Once this is answered, nothing that the hold covers leaves any more: a call to the mail service that
/// had begun before is waited for. A hold on the whole administration says from when on it covers.
#[utoipa::path(post, path = "/v1/holds", tag = "holds", request_body = HoldBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = HoldView), (status = 400, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("holds:write")?;
    require_json(&headers)?;
    let body: HoldBody = runtime::json::from_slice(&raw)?;
    let now = app.now()?;
    let asked = body.check(&caller.administration, today(now)).map_err(Failure::from)?;
    let request = answers::key_hash(ROUTE, &headers);
    answers::once(&app, &caller.administration, ROUTE, &headers, &raw, || async {
        let hold = app.records().place_hold(&origin(&caller), &asked, request).await?;
        Ok((StatusCode::CREATED, HoldView::of(&hold)))
    })
    .await
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LiftQuery {
    /// Lifts a hold of the municipality as well, setting its report aside.
    #[serde(default)]
    pub force: bool,
}

/// Lift one hold, and no other. Lifting it twice is lifting it once. A hold of the municipality needs `force`; one of a
/// payment plan, a dispute or a promise ends with it.
#[utoipa::path(delete, path = "/v1/holds/{holdId}", tag = "holds", params(("holdId" = String, Path), LiftQuery),
    responses((status = 200, body = HoldView), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<HoldId>,
    Query(query): Query<LiftQuery>,
) -> Result<Json<HoldView>, ApiError> {
    caller.require_scope("holds:write")?;
    let lifting = if query.force { Lifting::ByHandWithForce } else { Lifting::ByHand };
    let hold = app.records().lift_hold(&origin(&caller), &id, lifting).await?;
    Ok(Json(HoldView::of(&hold)))
}
