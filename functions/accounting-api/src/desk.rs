//! The desk's overview: counters that say how up to date they are, work lists, and debtors by what they owe.

use axum::Json;
use axum::extract::State;
use contracts::api::ListPage;
use contracts::api::desk::{
    AmountView, DeskRowView, NamedAmountView, OverviewView, RebuildView, WorkListView,
};
use contracts::failure::Failure;
use contracts::queues::ProjectOverview;
use domain::desk_row::{Bucket, Need};
use http::StatusCode;
use runtime::hints::hint;
use runtime::http::{ApiError, Caller, Path, Query};
use serde::Deserialize;
use store::{DeskCounts, DeskStanding, InvoiceSum, until_no_conflict};
use utoipa::IntoParams;

use crate::{App, page_size};

/// The list that holds every debtor who owes something, by how much.
const OUTSTANDING: &str = "outstanding";

/// What is outstanding, overdue and how old it is, how far follow-up is, and what waits for somebody; and how up to date all of
/// that is.
#[utoipa::path(get, path = "/v1/overview", tag = "overview", responses((status = 200, body = OverviewView)))]
pub async fn overview(State(app): State<App>, caller: Caller) -> Result<Json<OverviewView>, ApiError> {
    caller.require_scope("debtors:read")?;
    let (counts, standing) =
        app.store.desk_counts(&caller.administration, app.now()?).await.map_err(Failure::from)?;
    Ok(Json(view(&counts, standing)))
}

fn view(counts: &DeskCounts, standing: DeskStanding) -> OverviewView {
    let amount = |sum: InvoiceSum| AmountView { invoices: sum.invoices, amount: sum.amount.to_string() };
    let named = |name: &str, sum: InvoiceSum| NamedAmountView::new(name, sum.invoices, sum.amount);
    let of = |bucket: Bucket| counts.ageing.get(&bucket).copied().unwrap_or_default();
    let waiting = |need: Need| counts.needs.get(&need).copied().unwrap_or_default();
    OverviewView {
        as_of: standing.as_of,
        behind_seconds: standing.behind_seconds,
        rebuilt_debtors: standing.rebuilding,
        debtors: counts.debtors,
        owing_debtors: counts.owing,
        outstanding: amount(counts.open()),
        overdue: amount(counts.overdue()),
        ageing: Bucket::all().into_iter().map(|bucket| named(bucket.name(), of(bucket))).collect(),
        phases: counts.phases.iter().map(|(phase, sum)| named(phase.name(), *sum)).collect(),
        work_lists: Need::all()
            .map(|need| {
                let (things, debtors) = waiting(need);
                WorkListView::new(need, things, debtors)
            })
            .collect(),
    }
}

/// Have the overview made anew from what is stored. What is shown stays until that is done; asked for again meanwhile, it goes on
/// as it is.
#[utoipa::path(post, path = "/v1/overview/rebuild", tag = "overview",
    responses((status = 202, body = RebuildView)))]
pub async fn rebuild(
    State(app): State<App>,
    caller: Caller,
) -> Result<(StatusCode, Json<RebuildView>), ApiError> {
    caller.require_scope("settings:write")?;
    let (administration, now) = (&caller.administration, app.now()?);
    let state =
        until_no_conflict(|| async { Ok(app.store.begin_rebuild(administration, now).await?) }).await?;
    let message = ProjectOverview { administration: administration.clone(), debtor_id: None };
    hint(&*app.overviews, &message).await?;
    let begins_at = state.rebuild.map_or(now, |rebuild| rebuild.begins_at);
    Ok((StatusCode::ACCEPTED, Json(RebuildView { begins_at })))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 1 to 200; 50 when absent. A page holds at most 40 all the same.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// The debtors for whom something waits, the longest first: tasks, calls, disputes, plans, signals or failures. `outstanding`:
/// everyone who owes something, the largest amount first.
#[utoipa::path(get, path = "/v1/work-lists/{kind}", tag = "overview",
    params(("kind" = String, Path, description = "tasks, calls, disputes, plans, signals, failures or outstanding"),
        PageQuery),
    responses((status = 200, body = ListPage<DeskRowView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn work_list(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ListPage<DeskRowView>>, ApiError> {
    caller.require_scope("debtors:read")?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let administration = &caller.administration;
    let page = if kind == OUTSTANDING {
        app.store.debtors_by_outstanding(administration, limit, cursor).await
    } else {
        app.store.work_list(administration, need(&kind)?, limit, cursor).await
    };
    let (page, now) = (page.map_err(Failure::from)?, app.now()?);
    let items = page.items.iter().map(|row| DeskRowView::of(row, now)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

fn need(kind: &str) -> Result<Need, Failure> {
    kind.parse().map_err(|_| {
        let names: Vec<&str> = Need::all().map(Need::name).collect();
        Failure::bad_input("kind", "unknown_list", format!("is {} or {OUTSTANDING}", names.join(", ")))
    })
}
