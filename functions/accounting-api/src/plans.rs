//! Payment plans: propose, decide, end.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::ReasonBody;
use contracts::api::plans::{PlanBody, PlanView};
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calendar::today;
use domain::dossier::{Dossier, Draft};
use domain::ids::{DebtorId, PlanId};
use domain::planning::{self, Proposal};
use domain::refusal::Refusal;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Body, Caller, Path, require_json};

use crate::{App, answers};

const ROUTE: &str = "POST /v1/payment-plans";

/// Propose a payment plan. Its invoices are held from now on, as by a hold. A debtor's plan has to meet the conditions of
/// one of the settings' templates, and is approved at once where that says so.
#[utoipa::path(post, path = "/v1/payment-plans", tag = "payment plans", request_body = PlanBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = PlanView), (status = 400, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("plans:write")?;
    require_json(&headers)?;
    let body: PlanBody = runtime::json::from_slice(&raw)?;
    let request = answers::key_hash(ROUTE, &headers);
    let (debtor, proposal) = body.check(today(app.now()?), request).map_err(Failure::from)?;
    answers::once(&app, &caller.administration, ROUTE, &headers, &raw, || async {
        Ok((StatusCode::CREATED, propose(&app, &caller, &debtor, &proposal).await?))
    })
    .await
}

async fn propose(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    proposal: &Proposal,
) -> Result<PlanView, Failure> {
    let (id, dossier) = app
        .change(caller, debtor, crate::unknown_debtor, |draft, settings| {
            let made_before = draft.dossier.plans.iter().rev().find(|p| {
                answers::is_repetition(
                    p.request.as_ref(),
                    proposal.request.as_ref(),
                    p.proposed_at,
                    draft.now,
                )
            });
            match made_before {
                Some(plan) => Ok(plan.id.clone()),
                None => planning::propose(draft, settings, proposal),
            }
        })
        .await?;
    app.store.wait_for_calls(&caller.administration, debtor, &|| app.now().ok()).await?;
    view(&dossier, &id)
}

fn view(dossier: &Dossier, id: &PlanId) -> Result<PlanView, Failure> {
    Ok(PlanView::of(planning::find(dossier, id)?, dossier))
}

/// One payment plan.
#[utoipa::path(get, path = "/v1/payment-plans/{planId}", tag = "payment plans", params(("planId" = String, Path)),
    responses((status = 200, body = PlanView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PlanId>,
) -> Result<Json<PlanView>, ApiError> {
    caller.require_scope("plans:read")?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let found = app.store.dossier(&caller.administration, &debtor).await.map_err(Failure::from)?;
    Ok(Json(view(&found.ok_or_else(missing)?.value, &id)?))
}

fn missing() -> Failure {
    Failure::not_found("payment plan")
}

/// Agree with a plan that was proposed.
#[utoipa::path(post, path = "/v1/payment-plans/{planId}/approve", tag = "payment plans", params(("planId" = String, Path)),
    responses((status = 200, body = PlanView), (status = 409, body = contracts::problem::Problem)))]
pub async fn approve(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PlanId>,
) -> Result<Json<PlanView>, ApiError> {
    decide(&app, &caller, &id, |draft, settings| planning::approve(draft, settings, &id)).await
}

/// Do not agree with a plan that was proposed: follow-up goes on after the days of grace.
#[utoipa::path(post, path = "/v1/payment-plans/{planId}/reject", tag = "payment plans", params(("planId" = String, Path)),
    request_body = ReasonBody,
    responses((status = 200, body = PlanView), (status = 409, body = contracts::problem::Problem)))]
pub async fn reject(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PlanId>,
    Body(body): Body<ReasonBody>,
) -> Result<Json<PlanView>, ApiError> {
    caller.require_scope("plans:write")?;
    let reason = body.check()?;
    decide(&app, &caller, &id, |draft, settings| planning::reject(draft, settings, &id, &reason)).await
}

/// End a plan that runs: follow-up goes on after the days of grace.
#[utoipa::path(post, path = "/v1/payment-plans/{planId}/end", tag = "payment plans", params(("planId" = String, Path)),
    request_body = ReasonBody,
    responses((status = 200, body = PlanView), (status = 409, body = contracts::problem::Problem)))]
pub async fn end(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PlanId>,
    Body(body): Body<ReasonBody>,
) -> Result<Json<PlanView>, ApiError> {
    caller.require_scope("plans:write")?;
    let reason = body.check()?;
    decide(&app, &caller, &id, |draft, settings| planning::end(draft, settings, &id, &reason)).await
}

async fn decide(
    app: &App,
    caller: &Caller,
    id: &PlanId,
    decision: impl Fn(&mut Draft, &Administration) -> Result<(), Refusal>,
) -> Result<Json<PlanView>, ApiError> {
    caller.require_scope("plans:write")?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let (_, dossier) = app.change(caller, &debtor, missing, decision).await?;
    Ok(Json(view(&dossier, id)?))
}
