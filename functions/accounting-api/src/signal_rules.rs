//! Rules for signals: under which conditions one of a kind is prepared, and whether it is sent without a click.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use contracts::api::previews::Preview;
use contracts::api::signal_rules::{SignalRulesBody, SignalRulesView};
use contracts::api::signals::SignalKindName;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::changing::{Change, put_rules};
use domain::refusal::Refusal;
use domain::step::SignalKind;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Body, Caller, Path, Query};

use crate::App;
use crate::changes::{self, Decision, IfMatch, VersionQuery, change, tagged};
use crate::debtors::PageQuery;

/// The rules for signals of one kind, or an earlier version of them. The answer's `ETag` is the version.
#[utoipa::path(get, path = "/v1/signal-rules/{type}", tag = "settings",
    params(("type" = SignalKindName, Path), VersionQuery),
    responses((status = 200, body = SignalRulesView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<SignalKindName>,
    Query(query): Query<VersionQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:read")?;
    let kind = SignalKind::from(kind);
    let administration = app.administration(&caller.administration).await?.value;
    let rules = administration.rules(kind);
    let version = query.version.unwrap_or(rules.version);
    if version == rules.version {
        return Ok(tagged(StatusCode::OK, version, SignalRulesView::of(kind, rules)));
    }
    let earlier = app.store.earlier_rules(&caller.administration, kind, version).await;
    let earlier = earlier.map_err(Failure::from)?.ok_or(Failure::not_found("version of the rules"))?;
    let view = SignalRulesView::replaced(kind, &earlier.value, &earlier.by, earlier.at);
    Ok(tagged(StatusCode::OK, version, view))
}

/// Replace the rules for signals of one kind. Signals that they blocked are looked at again at the next sweep. The same
/// content again makes no new version. Without `If-Match` the last one wins.
#[utoipa::path(put, path = "/v1/signal-rules/{type}", tag = "settings", request_body = SignalRulesBody,
    params(("type" = SignalKindName, Path), ("If-Match" = Option<String>, Header, description = "the ETag of the version that is to be replaced")),
    responses((status = 200, body = SignalRulesView), (status = 400, body = contracts::problem::Problem),
        (status = 409, description = "this sector may not signal", body = contracts::problem::Problem),
        (status = 412, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<SignalKindName>,
    headers: HeaderMap,
    Body(body): Body<SignalRulesBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let (kind, expected) = (SignalKind::from(kind), IfMatch::of(&headers));
    let changed = change(&app, &caller, |administration| async {
        if !expected.allows(Some(administration.rules(kind).version)) {
            return Ok(Decision::OtherVersion);
        }
        Ok(match asked(&administration, kind, body.clone())? {
            Some(change) => Decision::Changed(Box::new(change)),
            None => Decision::Unchanged(Box::new(administration)),
        })
    })
    .await?;
    let rules = changed.rules(kind);
    Ok(tagged(StatusCode::OK, rules.version, SignalRulesView::of(kind, rules)))
}

/// What this body would change. A sector that may not signal hears so before anything else.
fn asked(
    administration: &Administration,
    kind: SignalKind,
    body: SignalRulesBody,
) -> Result<Option<Change>, Failure> {
    if !administration.sector.may_signal() {
        return Err(Refusal::SectorMayNotSignal.into());
    }
    let rules = body.check(kind, administration.sector)?;
    Ok(put_rules(administration, kind, &rules)?)
}

/// Whom other rules would touch if they were put: nothing is stored. Page after page of all debtors, with those of each
/// page for whom something would be different.
#[utoipa::path(post, path = "/v1/signal-rules/{type}/preview", tag = "settings", request_body = SignalRulesBody,
    params(("type" = SignalKindName, Path), PageQuery),
    responses((status = 200, body = Preview), (status = 400, body = contracts::problem::Problem)))]
pub async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<SignalKindName>,
    Query(query): Query<PageQuery>,
    Body(body): Body<SignalRulesBody>,
) -> Result<Json<Preview>, ApiError> {
    for scope in ["settings:read", "debtors:read"] {
        caller.require_scope(scope)?;
    }
    let before = app.administration(&caller.administration).await?.value;
    let after = asked(&before, kind.into(), body)?.map(|change| change.administration);
    changes::preview(&app, &caller, &query, &before, after.as_ref().unwrap_or(&before)).await
}
