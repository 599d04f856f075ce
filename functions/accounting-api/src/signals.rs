//! Signals: the conditions behind them, the overview, and what a person may do about them.

use axum::Json;
use axum::extract::State;
use contracts::api::ListPage;
use contracts::api::bulk::{BulkResult, BulkResults};
use contracts::api::fields::Fields;
use contracts::api::signals::{
    ConditionView, ConditionsView, DisconnectionView, SendSignalsBody, SignalCountsView, SignalKindName,
    SignalView, WithdrawBody, WithdrawSignalsBody,
};
use contracts::failure::Failure;
use contracts::problem::Problem;
use domain::administration::Administration;
use domain::dossier::Draft;
use domain::ids::{DebtorId, SignalId};
use domain::overview::{Place, Standing};
use domain::refusal::Refusal;
use domain::signalling;
use domain::step::SignalKind;
use http::StatusCode;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use store::{SignalFilter, until_no_conflict};
use utoipa::IntoParams;

use crate::{App, page_size};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConditionsQuery {
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub kind: SignalKindName,
}

/// Each condition of a signal for this debtor: whether it holds, the facts, and what is asked.
#[utoipa::path(get, path = "/v1/debtors/{debtorId}/signal-conditions", tag = "signals",
    params(("debtorId" = String, Path), ConditionsQuery), responses((status = 200, body = ConditionsView)))]
pub async fn conditions(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebtorId>,
    Query(query): Query<ConditionsQuery>,
) -> Result<Json<ConditionsView>, ApiError> {
    caller.require_scope("signals:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    let dossier = app.dossier(&caller.administration, &id).await?.value;
    let kind = SignalKind::from(query.kind);
    let found = domain::conditions::conditions(&dossier, &administration, kind, app.now()?);
    Ok(Json(ConditionsView {
        kind: query.kind,
        holds: found.iter().all(|c| c.holds),
        rules_version: administration.rules(kind).version,
        conditions: found.iter().map(ConditionView::from).collect(),
    }))
}

/// The first day on which supply of energy, heat or water may lawfully end, with every rule behind it. Without rules it
/// may end at once.
#[utoipa::path(get, path = "/v1/debtors/{debtorId}/disconnection", tag = "signals",
    params(("debtorId" = String, Path)), responses((status = 200, body = DisconnectionView)))]
pub async fn disconnection(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebtorId>,
) -> Result<Json<DisconnectionView>, ApiError> {
    caller.require_scope("signals:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    let dossier = app.dossier(&caller.administration, &id).await?.value;
    Ok(Json(DisconnectionView::of(&dossier, &administration, app.now()?)))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// prepared, blocked, sending, sent, refused, unknown, withdrawn or feedback; of the signals with feedback also
    /// help_running and deceased.
    pub status: Option<String>,
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub kind: Option<SignalKindName>,
    /// Four digits, without "GM".
    pub municipality: Option<String>,
    /// bkr or inforing.
    pub provider: Option<String>,
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// The filters by place and standing, or everything that is wrong with them.
fn filter(
    status: Option<&str>,
    kind: Option<SignalKindName>,
    municipality: Option<&str>,
    provider: Option<&str>,
) -> Result<SignalFilter, Failure> {
    let mut fields = Fields::new();
    let standing = status.map(|text| fields.parsed("status", text));
    let provider = provider.map(|text| fields.parsed("provider", text));
    let is_code = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    if municipality.is_some_and(|text| !is_code(text)) {
        fields.refuse("municipality", "not_a_code", "has four digits, without GM");
    }
    let filter = SignalFilter {
        standing: standing.flatten(),
        kind: kind.map(SignalKind::from),
        place: Place { municipality: municipality.map(str::to_owned), provider: provider.flatten() },
    };
    Ok(fields.finish(Some(filter))?)
}

/// Signals by any filter: those of crisis before early ones, the last prepared first.
#[utoipa::path(get, path = "/v1/signals", tag = "signals", params(ListQuery),
    responses((status = 200, body = ListPage<SignalView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<SignalView>>, ApiError> {
    caller.require_scope("signals:read")?;
    let limit = page_size(query.limit)?;
    let (municipality, provider) = (query.municipality.as_deref(), query.provider.as_deref());
    let filter = filter(query.status.as_deref(), query.kind, municipality, provider)?;
    let page = app.store.signals(&caller.administration, &filter, limit, query.cursor.as_deref()).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(|s| SignalView::of(&s.signal, &s.debtor)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CountsQuery {
    /// Four digits, without "GM".
    pub municipality: Option<String>,
    /// bkr or inforing.
    pub provider: Option<String>,
}

/// How many signals each filter of the overview finds. Always what a count over them would say.
#[utoipa::path(get, path = "/v1/signals/counts", tag = "signals", params(CountsQuery),
    responses((status = 200, body = SignalCountsView), (status = 400, body = contracts::problem::Problem)))]
pub async fn counts(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<CountsQuery>,
) -> Result<Json<SignalCountsView>, ApiError> {
    caller.require_scope("signals:read")?;
    let filter = filter(None, None, query.municipality.as_deref(), query.provider.as_deref())?;
    let counts =
        app.store.signal_counts(&caller.administration, &filter.place).await.map_err(Failure::from)?;
    let of = |standing: Standing, kind| counts.get(&(standing, kind)).copied().unwrap_or_default();
    Ok(Json(SignalCountsView::of(of)))
}

/// Send a prepared signal. Under four eyes the first one who says so approves it, and somebody else sends it.
#[utoipa::path(post, path = "/v1/signals/{signalId}/send", tag = "signals", params(("signalId" = String, Path)),
    responses((status = 200, body = SignalView),
        (status = 202, description = "approved: somebody else has to send it", body = SignalView),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn send(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SignalId>,
) -> Result<(StatusCode, Json<SignalView>), ApiError> {
    caller.require_scope("signals:write")?;
    let view = release(&app, &caller, &id).await?;
    Ok((status_of(&view), Json(view)))
}

/// 202 where a second person has to say so.
fn status_of(view: &SignalView) -> StatusCode {
    let waits = view.status == Standing::Prepared.name() && view.approved_by.is_some();
    if waits { StatusCode::ACCEPTED } else { StatusCode::OK }
}

async fn release(app: &App, caller: &Caller, id: &SignalId) -> Result<SignalView, Failure> {
    change(app, caller, id, |draft, administration| signalling::release(draft, administration, id)).await
}

/// Send several prepared signals, with a result for each.
#[utoipa::path(post, path = "/v1/signals/send", tag = "signals", request_body = SendSignalsBody,
    responses((status = 200, body = BulkResults), (status = 400, body = contracts::problem::Problem)))]
pub async fn send_many(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<SendSignalsBody>,
) -> Result<Json<BulkResults>, ApiError> {
    caller.require_scope("signals:write")?;
    Ok(Json(each(&app, &caller, body.signal_ids, &Act::Send).await?))
}

/// What is done with a signal.
enum Act {
    Send,
    /// For this reason.
    TakeBack(String),
}

/// Does the same with each of several signals; what came of it stands at the signal's place.
async fn each(app: &App, caller: &Caller, ids: Vec<String>, act: &Act) -> Result<BulkResults, Failure> {
    if ids.len() > contracts::api::bulk::MOST_RECORDS {
        return Err(Failure::bad_input("signalIds", "too_many", "has at most 1,000 ids"));
    }
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let acted = match SignalId::parse(&id) {
            Ok(parsed) => match act {
                Act::Send => release(app, caller, &parsed).await,
                Act::TakeBack(reason) => take_back(app, caller, &parsed, reason).await,
            },
            Err(_) => Err(Failure::not_found("signal")),
        };
        let problem = acted.as_ref().err().map(Problem::from);
        let status = match (&acted, &problem) {
            (Ok(view), _) => status_of(view).as_u16(),
            (Err(_), problem) => problem.as_ref().map_or(500, |p| p.status),
        };
        results.push(BulkResult { id, status, outcome: None, rule: None, problem });
    }
    Ok(BulkResults { results })
}

/// Take several signals back for one reason, with a result for each.
#[utoipa::path(post, path = "/v1/signals/withdraw", tag = "signals", request_body = WithdrawSignalsBody,
    responses((status = 200, body = BulkResults), (status = 400, body = contracts::problem::Problem)))]
pub async fn withdraw_many(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<WithdrawSignalsBody>,
) -> Result<Json<BulkResults>, ApiError> {
    caller.require_scope("signals:write")?;
    let reason = reason(&body.reason)?;
    Ok(Json(each(&app, &caller, body.signal_ids, &Act::TakeBack(reason)).await?))
}

fn reason(text: &str) -> Result<String, Failure> {
    let mut fields = Fields::new();
    let reason = fields.text("reason", text, 500);
    Ok(fields.finish(reason)?)
}

async fn take_back(app: &App, caller: &Caller, id: &SignalId, reason: &str) -> Result<SignalView, Failure> {
    change(app, caller, id, |draft, settings| signalling::withdraw(draft, settings, id, reason)).await
}

/// Take a signal back: one that has not left is dropped, one that was sent is withdrawn at the provider.
#[utoipa::path(post, path = "/v1/signals/{signalId}/withdraw", tag = "signals", params(("signalId" = String, Path)),
    request_body = WithdrawBody,
    responses((status = 200, body = SignalView), (status = 409, body = contracts::problem::Problem)))]
pub async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SignalId>,
    Body(body): Body<WithdrawBody>,
) -> Result<Json<SignalView>, ApiError> {
    caller.require_scope("signals:write")?;
    let reason = reason(&body.reason)?;
    Ok(Json(take_back(&app, &caller, &id, &reason).await?))
}

async fn change(
    app: &App,
    caller: &Caller,
    id: &SignalId,
    decide: impl Fn(&mut Draft, &Administration) -> Result<(), Refusal>,
) -> Result<SignalView, Failure> {
    let missing = || Failure::not_found("signal");
    let debtor = id.debtor().ok_or_else(missing)?;
    let settings = app.administration(&caller.administration).await?.value;
    until_no_conflict(|| async {
        let known = app.store.dossier(&caller.administration, &debtor).await?.ok_or_else(missing)?;
        let mut draft = Draft::of(known.value, app.now()?, &caller.subject);
        decide(&mut draft, &settings)?;
        if !draft.is_unchanged() {
            app.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        }
        let signal = draft.dossier.signal(id).ok_or_else(missing)?;
        Ok(SignalView::of(signal, &debtor))
    })
    .await
}
