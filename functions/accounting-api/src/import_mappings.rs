//! Mappings of the columns of files, kept for the next file of the same kind.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::ListPage;
use contracts::api::imports::MappingView;
use contracts::failure::Failure;
use domain::Violation;
use domain::ids::MappingId;
use formats::csv::ColumnMapping;
use http::StatusCode;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde_json::Value;
use store::{KeptMapping, until_no_conflict};

use crate::imports::ListQuery;
use crate::{App, page_size};

/// A mapping as it is kept, or everything that is wrong with it below `path`.
pub(crate) fn checked(told: &Value, path: &str) -> Result<String, Failure> {
    let below = |violation: Violation| {
        let Violation { path: field, code, detail } = violation;
        let place =
            [path, &field].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(".");
        Violation::new(place, code, detail)
    };
    let mapping: ColumnMapping = runtime::json::from_value(told).map_err(below)?;
    let wrong: Vec<Violation> = mapping.check().into_iter().map(below).collect();
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    serde_json::to_string(&mapping)
        .map_err(|error| Failure::bug(format!("a mapping cannot be written: {error}")))
}

fn view(kept: &KeptMapping) -> Result<MappingView, Failure> {
    let mapping =
        serde_json::from_str(&kept.mapping).map_err(|_| Failure::bug("a kept mapping is not JSON"))?;
    let KeptMapping { id, updated_at, by, .. } = kept;
    Ok(MappingView { id: id.to_string(), mapping, updated_at: *updated_at, by: by.clone() })
}

/// Mappings that are kept, in the order of their ids.
#[utoipa::path(get, path = "/v1/import-mappings", tag = "imports", params(ListQuery),
    responses((status = 200, body = ListPage<MappingView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<MappingView>>, ApiError> {
    caller.require_scope("settings:read")?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let page = app.store.kept_mappings(&caller.administration, limit, cursor).await.map_err(Failure::from)?;
    let items = page.items.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// One mapping.
#[utoipa::path(get, path = "/v1/import-mappings/{mappingId}", tag = "imports",
    params(("mappingId" = String, Path)),
    responses((status = 200, body = MappingView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MappingId>,
) -> Result<Json<MappingView>, ApiError> {
    caller.require_scope("settings:read")?;
    let found = app.store.mapping(&caller.administration, &id).await.map_err(Failure::from)?;
    Ok(Json(view(&found.ok_or(Failure::not_found("mapping"))?.value)?))
}

/// Keep a mapping: for each field of a record the column that it comes from, or a constant. What it leaves open
/// (encoding, delimiter, decimal mark, order of dates) is found out from each file.
#[utoipa::path(put, path = "/v1/import-mappings/{mappingId}", tag = "imports",
    params(("mappingId" = String, Path)), request_body = Object,
    responses((status = 200, body = MappingView), (status = 201, body = MappingView),
        (status = 400, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MappingId>,
    Body(body): Body<Value>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let mapping = checked(&body, "")?;
    let (kept, is_new) = until_no_conflict(|| async {
        let known = app.store.mapping(&caller.administration, &id).await?;
        if let Some(same) = known.as_ref().filter(|known| known.value.mapping == mapping) {
            return Ok((same.value.clone(), false));
        }
        let (mapping, by) = (mapping.clone(), caller.subject.clone());
        let kept = KeptMapping { id: id.clone(), mapping, updated_at: app.now()?, by };
        let version = known.as_ref().map(|known| known.version);
        app.store.put_mapping(&caller.administration, &kept, version).await?;
        Ok((kept, version.is_none()))
    })
    .await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(view(&kept)?)).into_response())
}

/// Forget a mapping. Imports that were asked for with it go on with it.
#[utoipa::path(delete, path = "/v1/import-mappings/{mappingId}", tag = "imports",
    params(("mappingId" = String, Path)),
    responses((status = 204), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MappingId>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope("settings:write")?;
    until_no_conflict(|| async {
        let known = app.store.mapping(&caller.administration, &id).await?;
        let known = known.ok_or(Failure::not_found("mapping"))?;
        Ok(app.store.delete_mapping(&caller.administration, &id, known.version).await?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
