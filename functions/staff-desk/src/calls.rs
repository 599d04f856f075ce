//! Calls that are to be made: the list, and one call with what to say in it.

use axum::extract::{RawPathParams, RawQuery, State};
use axum::response::Response;
use contracts::failure::Failure;
use domain::calendar::today;
use domain::calling;
use domain::ids::{DebtorId, NoticeId};
use domain::staff::Action;
use pages::desk::{self, CallPage, CallRow, Calls};

use crate::App;
use crate::answer::{Refusal, page};
use crate::debtors::{OF_A_PAGE, dossier, parameter};
use crate::guard::segment;
use crate::visitor::Visitor;

/// Those that are due first first, page by page.
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let records = app.records();
    let administration = records.administration(&visitor.administration).await?.value;
    let cursor = parameter(query.as_deref(), "cursor");
    let found = records.calls(&administration, OF_A_PAGE, cursor.as_deref()).await?;
    let rows = found.items.iter().filter_map(|call| {
        let notice = call.dossier.notice(&call.call)?;
        Some(CallRow { dossier: &call.dossier, notice, to_say: &call.to_say })
    });
    let rows: Vec<CallRow<'_>> = rows.collect();
    let calls = Calls { rows: &rows, cursor: found.next.as_deref(), now: app.clock.now()? };
    page(desk::calls(&visitor.frame(&administration, None), &calls))
}

/// One call. One that was made, or is not to be made any more, has its page too, without anything to say.
pub async fn page_of(
    State(app): State<App>,
    visitor: Visitor,
    params: RawPathParams,
) -> Result<Response, Refusal> {
    let (debtor, id): (DebtorId, NoticeId) = (segment(&params, "debtor")?, segment(&params, "about")?);
    let administration = app.records().administration(&visitor.administration).await?.value;
    let dossier = dossier(&app, &visitor, &debtor).await?;
    let notice = dossier.notice(&id).filter(|notice| notice.call.is_some()).ok_or(Refusal::NOT_FOUND)?;
    let now = app.clock.now()?;
    let to_say = calling::to_say(&dossier, notice, &administration, now);
    let script = match &to_say {
        Some(to_say) => {
            let texts = app.store.texts_of(&dossier, &administration, &id).await?;
            let told = pages::call::script(&dossier, &administration, notice, to_say, today(now), &texts);
            told.map_err(|error| Failure::bug(format!("a call cannot be written: {error}")))?.said
        }
        None => Vec::new(),
    };
    let may_record = visitor.role.may(Action::RecordCall);
    let call =
        CallPage { dossier: &dossier, notice, to_say: to_say.as_ref(), script: &script, may_record, now };
    page(desk::call(&visitor.frame(&administration, None), &call))
}
