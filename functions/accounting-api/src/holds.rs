//! Holds: pause and resume.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::holds::{AskedHold, AskedScope, HoldBody, HoldView};
use contracts::failure::Failure;
use domain::calendar::today;
use domain::dossier::Draft;
use domain::hold::{Hold, HoldReason, HoldScope};
use domain::holding::{self, Lifting};
use domain::ids::{DebtorId, HoldId};
use domain::refusal::Refusal;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use runtime::http::{ApiError, Caller, Path, Query, require_json};
use serde::Deserialize;
use store::until_no_conflict;
use utoipa::IntoParams;

use crate::{App, answers};

/// The debtor id under which holds on a whole administration are numbered. Longer than an id of a source system.
const EVERYONE: &str = "administration";

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
        let hold = place(&app, &caller, &asked, request).await?;
        Ok((StatusCode::CREATED, HoldView::of(&hold)))
    })
    .await
}

async fn place(
    app: &App,
    caller: &Caller,
    asked: &AskedHold,
    request: Option<String>,
) -> Result<Hold, Failure> {
    let (debtor, scope) = match &asked.scope {
        AskedScope::Administration => return place_on_everyone(app, caller, asked, request).await,
        AskedScope::Debtor(debtor) => (debtor.clone(), HoldScope::Debtor),
        AskedScope::Invoice(invoice) => {
            let owner = app.store.invoice_owner(&caller.administration, invoice).await?;
            let unknown =
                || Failure::bad_input("scope.invoiceId", "unknown_invoice", "names a known invoice");
            (owner.ok_or_else(unknown)?, HoldScope::Invoice(invoice.clone()))
        }
        AskedScope::Case(case) => {
            let unknown = || Failure::bad_input("scope.caseId", "unknown_case", "names a case that runs");
            (case.debtor().ok_or_else(unknown)?, HoldScope::Case(case.clone()))
        }
    };
    let settings = app.administration(&caller.administration).await?.value;
    let hold = until_no_conflict(|| async {
        let unknown =
            || Failure::bad_input("scope.debtorId", "unknown_debtor", "names a debtor that is known");
        let known = app.store.dossier(&caller.administration, &debtor).await?.ok_or_else(unknown)?;
        if let Some(placed) = placed_before(&known.value.holds, &request, app.now()?) {
            return Ok(placed);
        }
        if let HoldScope::Case(case) = &scope
            && known.value.case.as_ref() != Some(case)
        {
            return Err(Failure::bad_input("scope.caseId", "unknown_case", "names a case that runs"));
        }
        let mut draft = Draft::of(known.value, app.now()?, &caller.subject);
        let reason = HoldReason::Asked { text: asked.reason.clone() };
        let mut hold =
            holding::place(&mut draft, scope.clone(), asked.covers, reason, asked.until, asked.review_on);
        hold.request = request.clone();
        draft.dossier.holds.retain(|h| h.id != hold.id);
        draft.dossier.holds.push(hold.clone());
        app.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        Ok(hold)
    })
    .await?;
    app.store.wait_for_calls(&caller.administration, &debtor, &|| app.now().ok()).await?;
    Ok(hold)
}

/// The hold that this request placed before its process died.
fn placed_before(holds: &[Hold], request: &Option<String>, now: Timestamp) -> Option<Hold> {
    let remembered = |h: &&Hold| h.request == *request && now.duration_since(h.placed_at) < answers::MEMORY;
    request.as_ref().and_then(|_| holds.iter().find(remembered)).cloned()
}

async fn place_on_everyone(
    app: &App,
    caller: &Caller,
    asked: &AskedHold,
    request: Option<String>,
) -> Result<Hold, Failure> {
    until_no_conflict(|| async {
        let found = app.administration(&caller.administration).await?;
        let (mut settings, now) = (found.value, app.now()?);
        if let Some(placed) = placed_before(&settings.holds, &request, now) {
            return Ok(placed);
        }
        settings.holds_placed += 1;
        let numbered = DebtorId::parse(EVERYONE).map_err(|e| Failure::bug(e.to_string()))?;
        let hold = Hold {
            id: numbered.hold(settings.holds_placed),
            scope: HoldScope::Administration,
            covers: asked.covers,
            reason: HoldReason::Asked { text: asked.reason.clone() },
            by: caller.subject.clone(),
            placed_at: now,
            until: asked.until,
            review_on: asked.review_on,
            lifted_at: None,
            review_asked: false,
            request: request.clone(),
        };
        settings.holds.push(hold.clone());
        app.store.hold_everyone(&settings, found.version, now).await?;
        Ok(hold)
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
    let debtor = id.debtor().ok_or(Failure::not_found("hold"))?;
    let hold = if debtor.as_str() == EVERYONE {
        lift_from_everyone(&app, &caller, &id).await?
    } else {
        lift(&app, &caller, &debtor, &id, lifting).await?
    };
    Ok(Json(HoldView::of(&hold)))
}

async fn lift(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    id: &HoldId,
    lifting: Lifting,
) -> Result<Hold, Failure> {
    let settings = app.administration(&caller.administration).await?.value;
    until_no_conflict(|| async {
        let missing = || Failure::not_found("hold");
        let known = app.store.dossier(&caller.administration, debtor).await?.ok_or_else(missing)?;
        let mut draft = Draft::of(known.value, app.now()?, &caller.subject);
        holding::lift(&mut draft, id, &settings, lifting, "lifted by hand")?;
        if !draft.is_unchanged() {
            app.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        }
        draft.dossier.holds.iter().find(|h| h.id == *id).cloned().ok_or_else(missing)
    })
    .await
}

async fn lift_from_everyone(app: &App, caller: &Caller, id: &HoldId) -> Result<Hold, Failure> {
    until_no_conflict(|| async {
        let found = app.administration(&caller.administration).await?;
        let (mut settings, now) = (found.value, app.now()?);
        let hold = settings.holds.iter_mut().find(|h| h.id == *id).ok_or(Refusal::NoSuchHold)?;
        if !hold.stands_at(now) {
            return Ok(hold.clone());
        }
        hold.lifted_at = Some(now);
        let hold = hold.clone();
        app.store.hold_everyone(&settings, found.version, now).await?;
        Ok(hold)
    })
    .await
}
