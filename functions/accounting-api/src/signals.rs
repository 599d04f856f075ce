//! Signals: the conditions behind them, the overview, and what a person may do about them.

use axum::Json;
use axum::extract::State;
use contracts::api::ListPage;
use contracts::api::bulk::{BulkResult, BulkResults};
use contracts::api::fields::Fields;
use contracts::api::signals::{
    ConditionView, ConditionsView, DisconnectionView, SendSignalsBody, SignalKindName, SignalView,
    WithdrawBody,
};
use contracts::failure::Failure;
use contracts::problem::Problem;
use domain::administration::Administration;
use domain::dossier::Draft;
use domain::ids::{DebtorId, SignalId};
use domain::refusal::Refusal;
use domain::signalling;
use domain::step::SignalKind;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use store::{StoredSignal, until_no_conflict};
use utoipa::IntoParams;

use crate::{App, page_size};

/// Pages of the overview that one filtered request reads at most.
const MOST_PAGES: usize = 5;

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
    /// prepared, blocked, sending, sent, refused, unknown, withdrawn or feedback.
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

impl ListQuery {
    fn wants(&self, stored: &StoredSignal) -> bool {
        let signal = &stored.signal;
        let provider = signal.provider.map(|p| p.to_string());
        self.status.as_deref().is_none_or(|s| s == signal.status())
            && self.kind.is_none_or(|k| SignalKind::from(k) == signal.kind)
            && (self.municipality.is_none() || self.municipality == signal.municipality)
            && (self.provider.is_none() || self.provider == provider)
    }
}

/// Signals, the last prepared first. With a filter a page may be short, or empty, before the last one.
#[utoipa::path(get, path = "/v1/signals", tag = "signals", params(ListQuery),
    responses((status = 200, body = ListPage<SignalView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<SignalView>>, ApiError> {
    caller.require_scope("signals:read")?;
    let limit = page_size(query.limit)?;
    let mut items = Vec::new();
    let mut cursor = query.cursor.clone();
    for _ in 0..MOST_PAGES {
        let room = limit - u32::try_from(items.len()).unwrap_or(limit).min(limit);
        let page = app
            .store
            .signals(&caller.administration, room, cursor.as_deref())
            .await
            .map_err(Failure::from)?;
        items.extend(
            page.items.iter().filter(|s| query.wants(s)).map(|s| SignalView::of(&s.signal, &s.debtor)),
        );
        cursor = page.next;
        if cursor.is_none() || items.len() >= limit as usize {
            break;
        }
    }
    Ok(Json(ListPage { items, next_cursor: cursor }))
}

/// Send a prepared signal.
#[utoipa::path(post, path = "/v1/signals/{signalId}/send", tag = "signals", params(("signalId" = String, Path)),
    responses((status = 200, body = SignalView), (status = 409, body = contracts::problem::Problem)))]
pub async fn send(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SignalId>,
) -> Result<Json<SignalView>, ApiError> {
    caller.require_scope("signals:write")?;
    Ok(Json(release(&app, &caller, &id).await?))
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
    if body.signal_ids.len() > contracts::api::bulk::MOST_RECORDS {
        return Err(Failure::bad_input("signalIds", "too_many", "has at most 1,000 ids").into());
    }
    let mut results = Vec::with_capacity(body.signal_ids.len());
    for id in body.signal_ids {
        let released = match SignalId::parse(&id) {
            Ok(parsed) => release(&app, &caller, &parsed).await,
            Err(_) => Err(Failure::not_found("signal")),
        };
        let problem = released.err().map(|failure| Problem::from(&failure));
        let status = problem.as_ref().map_or(200, |p| p.status);
        results.push(BulkResult { id, status, outcome: None, rule: None, problem });
    }
    Ok(Json(BulkResults { results }))
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
    let mut fields = Fields::new();
    let reason = fields.text("reason", &body.reason, 500);
    let reason = fields.finish(reason)?;
    Ok(Json(
        change(&app, &caller, &id, |draft, settings| signalling::withdraw(draft, settings, &id, &reason))
            .await?,
    ))
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
