//! Policies: which steps follow an invoice that stays unpaid, and when.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::ListPage;
use contracts::api::policies::{AskedPolicy, PolicyBody, PolicyView};
use contracts::api::previews::Preview;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::changing::{Change, check_policy, put_policy, remove_policy};
use domain::ids::PolicyId;
use domain::policy::Policy;
use domain::refusal::Refusal;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Body, Caller, Path, Query};

use crate::App;
use crate::changes::{self, Decision, IfMatch, VersionQuery, change, tagged};
use crate::debtors::PageQuery;

/// All policies that are in force.
#[utoipa::path(get, path = "/v1/policies", tag = "settings", responses((status = 200, body = ListPage<PolicyView>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<ListPage<PolicyView>>, ApiError> {
    caller.require_scope("settings:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    let items = administration.policies.iter().map(PolicyView::of).collect();
    Ok(Json(ListPage { items, next_cursor: None }))
}

/// One policy, or an earlier version of it; earlier versions stay when the policy is removed. The answer's `ETag` is the
/// version.
#[utoipa::path(get, path = "/v1/policies/{policyId}", tag = "settings",
    params(("policyId" = String, Path), VersionQuery),
    responses((status = 200, body = PolicyView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PolicyId>,
    Query(query): Query<VersionQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    if let Some(known) = administration.policy(&id)
        && query.version.is_none_or(|version| version == known.version)
    {
        return Ok(tagged(StatusCode::OK, known.version, PolicyView::of(known)));
    }
    let missing = || Failure::not_found("policy");
    let version = query.version.ok_or_else(missing)?;
    let earlier = app.store.earlier_policy(&caller.administration, &id, version).await;
    let earlier = earlier.map_err(Failure::from)?.ok_or_else(missing)?;
    let view = PolicyView::replaced(&earlier.value, &earlier.by, earlier.at);
    Ok(tagged(StatusCode::OK, version, view))
}

/// Create or replace a policy. Whoever follows it is looked at again, at the next sweep: nothing that was taken is taken
/// again, and nothing goes back. The same content again makes no new version. Without `If-Match` the last one wins.
#[utoipa::path(put, path = "/v1/policies/{policyId}", tag = "settings", request_body = PolicyBody,
    params(("policyId" = String, Path), ("If-Match" = Option<String>, Header, description = "the ETag of the version that is to be replaced")),
    responses((status = 201, body = PolicyView), (status = 200, body = PolicyView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem),
        (status = 412, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PolicyId>,
    headers: HeaderMap,
    Body(body): Body<PolicyBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let expected = IfMatch::of(&headers);
    let created = std::sync::atomic::AtomicBool::new(false);
    let changed = change(&app, &caller, |administration| async {
        let known = administration.policy(&id).map(|p| p.version);
        created.store(known.is_none(), std::sync::atomic::Ordering::Relaxed);
        if !expected.allows(known) {
            return Ok(Decision::OtherVersion);
        }
        Ok(match asked(&app, &caller, &administration, &id, body.clone()).await? {
            Some(change) => Decision::Changed(Box::new(change)),
            None => Decision::Unchanged(Box::new(administration)),
        })
    })
    .await?;
    let policy = changed.policy(&id).ok_or_else(|| Failure::bug("a policy that was put is not there"))?;
    let status = if created.into_inner() { StatusCode::CREATED } else { StatusCode::OK };
    Ok(tagged(status, policy.version, PolicyView::of(policy)))
}

/// What this body would change.
async fn asked(
    app: &App,
    caller: &Caller,
    administration: &Administration,
    id: &PolicyId,
    body: PolicyBody,
) -> Result<Option<Change>, Failure> {
    let policy = match body.check(id.clone(), administration)? {
        AskedPolicy::Steps(policy) => policy,
        AskedPolicy::Weeks { name, weeks } => in_weeks(administration, id, name, weeks)?,
    };
    let last = match administration.policy(id) {
        Some(_) => 0,
        None => app.store.last_replaced_policy(&caller.administration, id).await?,
    };
    Ok(put_policy(administration, policy, last)?)
}

/// The policy with its first reminder so many weeks after the due date; the standard steps where it is not there yet.
fn in_weeks(
    administration: &Administration,
    id: &PolicyId,
    name: Option<String>,
    weeks: u8,
) -> Result<Policy, Failure> {
    let known = administration.policy(id).cloned();
    let mut policy = known.unwrap_or_else(|| Policy { id: id.clone(), ..Policy::standard() });
    policy.name = name.unwrap_or(policy.name);
    let policy = policy.with_weeks_before_reminder(weeks).ok_or(Refusal::NoReminderInPolicy)?;
    let wrong = check_policy(administration, &policy);
    if wrong.is_empty() { Ok(policy) } else { Err(wrong.into()) }
}

/// Remove a policy. Debtors and invoices that name it follow the next one that applies to them. Refused while the settings
/// name it, as the default one or that of a payment condition.
#[utoipa::path(delete, path = "/v1/policies/{policyId}", tag = "settings",
    params(("policyId" = String, Path), ("If-Match" = Option<String>, Header, description = "the ETag of the version that is to be removed")),
    responses((status = 204), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem), (status = 412, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PolicyId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let expected = IfMatch::of(&headers);
    change(&app, &caller, |administration| async {
        let known = administration.policy(&id).ok_or(Failure::not_found("policy"))?;
        if !expected.allows(Some(known.version)) {
            return Ok(Decision::OtherVersion);
        }
        Ok(match remove_policy(&administration, &id)? {
            Some(change) => Decision::Changed(Box::new(change)),
            None => Decision::Unchanged(Box::new(administration)),
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whom a policy would touch if it were put: nothing is stored. Page after page of all debtors, with those of each page
/// for whom something would be different.
#[utoipa::path(post, path = "/v1/policies/{policyId}/preview", tag = "settings", request_body = PolicyBody,
    params(("policyId" = String, Path), PageQuery),
    responses((status = 200, body = Preview), (status = 400, body = contracts::problem::Problem)))]
pub async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PolicyId>,
    Query(query): Query<PageQuery>,
    Body(body): Body<PolicyBody>,
) -> Result<Json<Preview>, ApiError> {
    for scope in ["settings:read", "debtors:read"] {
        caller.require_scope(scope)?;
    }
    let before = app.administration(&caller.administration).await?.value;
    let after = asked(&app, &caller, &before, &id, body).await?.map(|change| change.administration);
    changes::preview(&app, &caller, &query, &before, after.as_ref().unwrap_or(&before)).await
}
