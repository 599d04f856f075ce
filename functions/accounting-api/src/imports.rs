//! Imports of files: where a file is uploaded, how far it was taken in, what was refused.
//!
//! What is absent: the file itself. It goes to where files are kept, and `import-records` reads it there.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::api::ListPage;
use contracts::api::imports::{
    AskedImport, AskedMapping, ImportAskedFor, ImportBody, ImportView, RefusedReport, UploadHeader,
};
use contracts::failure::Failure;
use contracts::queues::ImportRecords;
use domain::file_import::{FileFormat, FileImport, UPLOAD_WITHIN, report_name, upload_name};
use domain::ids::{AdministrationId, ImportId};
use http::{HeaderMap, StatusCode};
use runtime::hints::hint;
use runtime::http::{ApiError, Caller, Path, Query, require_json};
use serde::Deserialize;
use store::table::TableError;
use store::{Versioned, until_no_conflict};
use utoipa::IntoParams;

use crate::{App, answers, import_mappings, page_size, unguessable};

/// How long the address of a report works.
const DOWNLOAD: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// What a caller needs to import files of this format.
fn require_write(caller: &Caller, format: FileFormat) -> Result<(), ApiError> {
    let scopes: &[&str] = match format {
        FileFormat::Ndjson | FileFormat::Csv => &["debtors:write", "invoices:write", "payments:write"],
        FileFormat::UblZip => &["debtors:write", "invoices:write"],
        FileFormat::Camt053 | FileFormat::Mt940 => &["bank:write"],
    };
    scopes.iter().try_for_each(|scope| caller.require_scope(scope))
}

fn require_read(caller: &Caller, format: FileFormat) -> Result<(), ApiError> {
    caller.require_scope(if format.is_of_a_bank() { "bank:read" } else { "invoices:read" })
}

/// Import a file: the answer says where it is uploaded, and it is taken in as soon as it is there. 100,000 invoices in one
/// file are no matter.
#[utoipa::path(post, path = "/v1/imports", tag = "imports", request_body = ImportBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ImportAskedFor), (status = 400, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    require_json(&headers)?;
    let body: ImportBody = runtime::json::from_slice(&raw)?;
    let asked = body.check().map_err(Failure::from)?;
    require_write(&caller, asked.format)?;
    let mapping = mapping(&app, &caller.administration, asked.mapping.as_ref()).await?;
    answers::once(&app, &caller.administration, "POST /v1/imports", &headers, &raw, || async {
        let AskedImport { format, file_name, .. } = asked;
        let now = app.now()?;
        let import =
            FileImport::asked_for(new_id()?, format, file_name, mapping, caller.subject.clone(), now);
        app.store.put_import(&caller.administration, &import, None, None).await?;
        let within = Duration::try_from(UPLOAD_WITHIN).unwrap_or_default();
        let upload = app.files.upload(&upload_name(&caller.administration, &import.id), within).await?;
        let headers = upload.headers.into_iter().map(|(name, value)| UploadHeader { name, value });
        let answer = ImportAskedFor {
            import_id: import.id.to_string(),
            upload_url: upload.url,
            headers: headers.collect(),
            expires_at: import.upload_until,
            most_bytes: format.most_bytes(),
        };
        Ok((StatusCode::CREATED, answer))
    })
    .await
}

/// The mapping of the columns, checked, as it is kept with the import.
async fn mapping(
    app: &App,
    administration: &AdministrationId,
    asked: Option<&AskedMapping>,
) -> Result<Option<String>, Failure> {
    Ok(match asked {
        None => None,
        Some(AskedMapping::Told(told)) => Some(import_mappings::checked(told, "mapping")?),
        Some(AskedMapping::Kept(id)) => {
            let kept = app.store.mapping(administration, id).await?;
            let unknown =
                || Failure::bad_input("mappingId", "unknown_mapping", "names a mapping that is kept");
            Some(kept.ok_or_else(unknown)?.value.mapping)
        }
    })
}

/// An id that nobody guesses: whoever knows one may still not read it without the administration's token.
fn new_id() -> Result<ImportId, Failure> {
    ImportId::parse(&unguessable::hexadecimal::<12>()?).map_err(|error| Failure::bug(error.to_string()))
}

/// Imports, the newest first: those that the caller may read.
#[utoipa::path(get, path = "/v1/imports", tag = "imports", params(ListQuery),
    responses((status = 200, body = ListPage<ImportView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<ImportView>>, ApiError> {
    let formats: Vec<_> = FileFormat::ALL.into_iter().filter(|f| require_read(&caller, *f).is_ok()).collect();
    if formats.is_empty() {
        caller.require_scope("invoices:read")?;
    }
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let page = app.store.imports(&caller.administration, limit, cursor).await.map_err(Failure::from)?;
    let items = page.items.iter().filter(|import| formats.contains(&import.format)).map(ImportView::of);
    Ok(Json(ListPage { items: items.collect(), next_cursor: page.next }))
}

async fn known(app: &App, caller: &Caller, id: &ImportId) -> Result<Versioned<FileImport>, ApiError> {
    let found = app.store.import(&caller.administration, id).await.map_err(Failure::from)?;
    let found = found.ok_or(Failure::not_found("import"))?;
    require_read(caller, found.value.format)?;
    Ok(found)
}

/// One import: where it stands and what it counted.
#[utoipa::path(get, path = "/v1/imports/{importId}", tag = "imports", params(("importId" = String, Path)),
    responses((status = 200, body = ImportView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportView>, ApiError> {
    Ok(Json(ImportView::of(&known(&app, &caller, &id).await?.value)))
}

/// What was refused, as CSV: an address that works for five minutes. It is there once the import has ended.
#[utoipa::path(get, path = "/v1/imports/{importId}/refused", tag = "imports",
    params(("importId" = String, Path)),
    responses((status = 200, body = RefusedReport), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn refused(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ImportId>,
) -> Result<Json<RefusedReport>, ApiError> {
    let import = known(&app, &caller, &id).await?.value;
    let name = report_name(&caller.administration, &id);
    if !import.has_ended() || app.files.size(&name).await.map_err(Failure::from)?.is_none() {
        return Err(Failure::rejected("not_ended", "the report is there once the import has ended").into());
    }
    let expires_at = app.now()? + DOWNLOAD;
    let url = app.files.download_url(&name, &format!("refused-{id}.csv"), DOWNLOAD).await;
    let url = url.map_err(Failure::from)?;
    Ok(Json(RefusedReport { url, expires_at, refused: import.counts.refused }))
}

/// Let an import go on that failed, from where it failed; or have one looked at again that does not seem to go on.
#[utoipa::path(post, path = "/v1/imports/{importId}/resume", tag = "imports",
    params(("importId" = String, Path)),
    responses((status = 202, body = ImportView), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn resume(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ImportId>,
) -> Result<Response, ApiError> {
    require_write(&caller, known(&app, &caller, &id).await?.value.format)?;
    let administration = &caller.administration;
    let import = until_no_conflict(|| async {
        let found = app.store.import(administration, &id).await?.ok_or(Failure::not_found("import"))?;
        let mut import = found.value.clone();
        if !import.resume(app.now()?) {
            let detail = "an import that is done, or whose file was not taken, does not go on";
            return Err(Failure::rejected("not_resumable", detail));
        }
        if import != found.value {
            let stored = app.store.put_import(administration, &import, Some(found.version), None).await;
            stored.map(drop).map_err(|error: TableError| Failure::from(error))?;
        }
        Ok(import)
    });
    let import = import.await?;
    hint(&*app.imports, &ImportRecords::GoOn { administration: administration.clone(), import_id: id })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(ImportView::of(&import))).into_response())
}
