//! Promises to pay: make and withdraw.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::ReasonBody;
use contracts::api::promises::{PromiseBody, PromiseView};
use contracts::failure::Failure;
use domain::calendar::today;
use domain::dossier::Dossier;
use domain::ids::{DebtorId, PromiseId};
use domain::promise::{self, Promised};
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Body, Caller, Path, require_json};

use crate::{App, answers};

const ROUTE: &str = "POST /v1/promises";

/// Promise to pay by a day. Reminders about its invoices wait for it from now on, as by a hold.
#[utoipa::path(post, path = "/v1/promises", tag = "promises", request_body = PromiseBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = PromiseView), (status = 400, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("promises:write")?;
    require_json(&headers)?;
    let body: PromiseBody = runtime::json::from_slice(&raw)?;
    let request = answers::key_hash(ROUTE, &headers);
    let (debtor, promised) = body.check(today(app.now()?), request).map_err(Failure::from)?;
    answers::once(&app, &caller.administration, ROUTE, &headers, &raw, || async {
        Ok((StatusCode::CREATED, make(&app, &caller, &debtor, &promised).await?))
    })
    .await
}

async fn make(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    promised: &Promised,
) -> Result<PromiseView, Failure> {
    let (id, dossier) = app
        .change(caller, debtor, crate::unknown_debtor, |draft, settings| {
            let made_before = draft.dossier.promises.iter().rev().find(|p| {
                answers::is_repetition(p.request.as_ref(), promised.request.as_ref(), p.made_at, draft.now)
            });
            match made_before {
                Some(promise) => Ok(promise.id.clone()),
                None => promise::make(draft, settings, promised),
            }
        })
        .await?;
    app.store.wait_for_calls(&caller.administration, debtor, &|| app.now().ok()).await?;
    view(&dossier, &id)
}

fn view(dossier: &Dossier, id: &PromiseId) -> Result<PromiseView, Failure> {
    Ok(PromiseView::of(promise::find(dossier, id)?, dossier))
}

fn missing() -> Failure {
    Failure::not_found("promise")
}

/// One promise.
#[utoipa::path(get, path = "/v1/promises/{promiseId}", tag = "promises", params(("promiseId" = String, Path)),
    responses((status = 200, body = PromiseView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PromiseId>,
) -> Result<Json<PromiseView>, ApiError> {
    caller.require_scope("promises:read")?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let found = app.store.dossier(&caller.administration, &debtor).await.map_err(Failure::from)?;
    Ok(Json(view(&found.ok_or_else(missing)?.value, &id)?))
}

/// Take a promise back: follow-up goes on after the days of grace.
#[utoipa::path(post, path = "/v1/promises/{promiseId}/withdraw", tag = "promises", params(("promiseId" = String, Path)),
    request_body = ReasonBody,
    responses((status = 200, body = PromiseView), (status = 409, body = contracts::problem::Problem)))]
pub async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PromiseId>,
    Body(body): Body<ReasonBody>,
) -> Result<Json<PromiseView>, ApiError> {
    caller.require_scope("promises:write")?;
    let reason = body.check()?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let withdrawn = app.change(&caller, &debtor, missing, |draft, settings| {
        promise::withdraw(draft, settings, &id, &reason)
    });
    let (_, dossier) = withdrawn.await?;
    Ok(Json(view(&dossier, &id)?))
}
