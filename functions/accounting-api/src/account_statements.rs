//! The statement of account: all that is open of one debtor in one message, on demand.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::messages::StatementBody;
use contracts::api::notices::NoticeDetail;
use contracts::failure::Failure;
use domain::ids::DebtorId;
use domain::statement::Asked;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Caller, Path, require_json};

use crate::{App, answers, origin};

const ROUTE: &str = "POST /v1/debtors/{debtorId}/statement";

/// Send a statement of account: all open invoices with what is owed on each, interest and costs as of the day, what the debtor
/// has to their credit, a payment plan that runs, and the total. It is no reminder: no step is taken by it, and no interval is
/// kept before it or counts from it. It is drawn up when it leaves: within the sending window, and after a reminder that leaves
/// on the same day. Refused while a hold on everything stands, and where nothing is to be paid.
#[utoipa::path(post, path = "/v1/debtors/{debtorId}/statement", tag = "notices", request_body = StatementBody,
    params(("debtorId" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = NoticeDetail), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Path(debtor): Path<DebtorId>,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("messages:write")?;
    require_json(&headers)?;
    let body: StatementBody = runtime::json::from_slice(&raw)?;
    // The same key for another debtor is another request.
    let route = ROUTE.replace("{debtorId}", debtor.as_str());
    let asked = body.asked(answers::key_hash(&route, &headers));
    answers::once(&app, &caller.administration, &route, &headers, &raw, || async {
        Ok((StatusCode::CREATED, ask(&app, &caller, &debtor, &asked).await?))
    })
    .await
}

async fn ask(app: &App, caller: &Caller, debtor: &DebtorId, asked: &Asked) -> Result<NoticeDetail, Failure> {
    Ok(NoticeDetail::of(&app.records().send_statement(&origin(caller), debtor, asked).await?))
}
