//! Files of feedback, of platforms that write files and do not call.

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use contracts::api::reports::{FeedbackFileView, RefusedLine};
use contracts::failure::Failure;
use domain::provider::Provider;
use formats::feedback_file::{ReportLine, parse};
use outside::platform::RawReport;
use records::{Records, Reported, feedback};
use runtime::http::{ApiError, Caller, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// bkr or inforing: whose file it is.
    pub provider: String,
}

/// Take in a platform's file of feedback: CSV with the columns `providerReference`, `code`, `at` and, where there is one, `id`;
/// at most 500 lines. Each report is applied once, whichever way it came before; the same file again changes nothing. Of a
/// reference that is none of this administration's nothing is said but that.
#[utoipa::path(post, path = "/v1/feedback-files", tag = "signals", params(FileQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = FeedbackFileView), (status = 400, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<FileQuery>,
    raw: Bytes,
) -> Result<Json<FeedbackFileView>, ApiError> {
    caller.require_scope("signals:write")?;
    let provider: Provider = query.provider.parse().map_err(|error: domain::provider::ProviderError| {
        Failure::bad_input("provider", "unknown_value", error.to_string())
    })?;
    let lines = parse(&raw).map_err(|refusal| {
        Failure::bad_input(
            refusal.path,
            "not_a_feedback_file",
            format!("{}: {}", refusal.rule, refusal.detail),
        )
    })?;
    let records = app.records();
    let mut view = FeedbackFileView { applied: 0, known: 0, refused: Vec::new() };
    for line in lines {
        let number = line.line;
        match take(&records, &caller, provider, line).await? {
            Ok(Reported::Applied) => view.applied += 1,
            Ok(Reported::Known | Reported::Kept) => view.known += 1,
            Err((path, code, detail)) => view.refused.push(RefusedLine {
                line: number,
                path: path.to_owned(),
                code: code.to_owned(),
                detail: detail.to_owned(),
            }),
        }
    }
    Ok(Json(view))
}

type Refused = (&'static str, &'static str, &'static str);

async fn take(
    records: &Records,
    caller: &Caller,
    provider: Provider,
    line: ReportLine,
) -> Result<Result<Reported, Refused>, Failure> {
    let Some(at) = line.at else {
        return Ok(Err(("at", "not_an_instant", "is an instant (RFC 3339)")));
    };
    let report = RawReport { id: line.id, reference: line.reference, code: line.code, at };
    let paths = ["id", "providerReference", "code"];
    if let Some(wrong) = report.check(paths).first() {
        let path = paths.into_iter().find(|path| *path == wrong.path).unwrap_or("line");
        return Ok(Err((path, "not_an_id", "has 1 to 200 visible ASCII characters, without '#'")));
    }
    let owner = records.store.signal_owner(provider, &report.reference).await?;
    let Some(owner) = owner.filter(|owner| owner.administration == caller.administration) else {
        let detail = "is the platform's reference of a signal of this administration";
        return Ok(Err(("providerReference", "unknown_reference", detail)));
    };
    Ok(Ok(records.report_on(provider, None, &owner, &feedback(provider, &report)).await?))
}
