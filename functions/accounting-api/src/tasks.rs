//! Tasks: what waits for a person, over all debtors or of one.

use axum::Json;
use axum::extract::State;
use contracts::api::ListPage;
use contracts::api::fields::Fields;
use contracts::api::tasks::{OpenTaskView, TaskDoneBody};
use contracts::failure::Failure;
use domain::dossier::Task;
use domain::ids::{DebtorId, TaskId};
use domain::tasks;
use http::StatusCode;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{App, page_size};

/// Characters of the name of a kind of task at most.
const LONGEST_KIND: usize = 60;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TasksQuery {
    /// Only tasks about this, such as `call`, `dispute` or `hold_review`.
    about: Option<String>,
    /// Only tasks about this debtor: all of them at once.
    debtor_id: Option<String>,
    /// 1 to 200; 50 where it is left out.
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The tasks that wait, those that are due first first: of all kinds or one, of all debtors or one.
#[utoipa::path(get, path = "/v1/tasks", tag = "tasks", params(TasksQuery),
    responses((status = 200, body = ListPage<OpenTaskView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<TasksQuery>,
) -> Result<Json<ListPage<OpenTaskView>>, ApiError> {
    caller.require_scope("tasks:read")?;
    let limit = page_size(query.limit)?;
    let mut fields = Fields::new();
    let about = query.about.as_deref();
    let named = |c: char| c.is_ascii_lowercase() || c == '_';
    if about.is_some_and(|a| a.is_empty() || a.len() > LONGEST_KIND || !a.chars().all(named)) {
        fields.refuse("about", "not_a_kind", "has 1 to 60 small letters or '_'");
    }
    let debtor = query.debtor_id.as_deref();
    let debtor = debtor.and_then(|id| fields.id("debtorId", id, DebtorId::parse));
    let debtor = fields.finish(Some(debtor)).map_err(Failure::from)?;
    if let Some(debtor) = debtor {
        return Ok(Json(of_debtor(&app, &caller, &debtor, about).await?));
    }
    let page = app.store.tasks(&caller.administration, about, limit, query.cursor.as_deref()).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(|open| OpenTaskView::of(&open.task, &open.debtor)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

async fn of_debtor(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    about: Option<&str>,
) -> Result<ListPage<OpenTaskView>, Failure> {
    let dossier = app.store.dossier(&caller.administration, debtor).await?;
    let dossier = dossier.ok_or(Failure::not_found("debtor"))?.value;
    let asked = |t: &&Task| about.is_none_or(|about| t.about == about);
    let mut found: Vec<&Task> = dossier.tasks.iter().filter(asked).collect();
    found.sort_by_key(|task| tasks::due_at(&dossier, task));
    let items = found.into_iter().map(|task| OpenTaskView::of(task, debtor)).collect();
    Ok(ListPage { items, next_cursor: None })
}

/// Say that a task is done. Refused where it ends with what it is about: a call, a decision, an address, a report.
#[utoipa::path(post, path = "/v1/tasks/{taskId}/done", tag = "tasks", params(("taskId" = String, Path)),
    request_body = TaskDoneBody,
    responses((status = 204), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn done(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<TaskId>,
    Body(body): Body<TaskDoneBody>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope("tasks:write")?;
    let note = body.check().map_err(Failure::from)?;
    let missing = || Failure::not_found("task");
    let debtor = id.debtor().ok_or_else(missing)?;
    app.change(&caller, &debtor, missing, |draft, _| tasks::done(draft, &id, note.clone())).await?;
    Ok(StatusCode::NO_CONTENT)
}
