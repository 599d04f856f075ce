//! The first page: what waits for somebody, what is owed and how old that is; and the work lists behind it. All of it is the
//! overview's, which may be seconds behind and says so.

use axum::extract::{RawPathParams, RawQuery, State};
use axum::response::Response;
use domain::desk_row::{Bucket, Need};
use pages::desk::{self, Open, Today, WorkList};
use store::InvoiceSum;

use crate::App;
use crate::answer::{Refusal, page, without_settings};
use crate::debtors::{OF_A_PAGE, parameter};
use crate::guard::segment;
use crate::visitor::Visitor;

fn open(sum: InvoiceSum) -> Open {
    Open { invoices: sum.invoices, amount: sum.amount }
}

pub async fn page_of_today(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let (counted, standing, settings) =
        app.store.desk_counts_with_settings(&visitor.administration, app.clock.now()?).await?;
    let administration = settings.ok_or_else(without_settings)?;
    let waiting: Vec<(Need, u64)> =
        counted.needs.iter().map(|(need, (things, _))| (*need, *things)).collect();
    let of = |bucket: Bucket| open(counted.ageing.get(&bucket).copied().unwrap_or_default());
    let ageing = Bucket::all().map(|bucket| (bucket, of(bucket)));
    let phases: Vec<_> = counted.phases.iter().map(|(phase, sum)| (*phase, open(*sum))).collect();
    let today = Today {
        waiting: &waiting,
        debtors: counted.debtors,
        outstanding: open(counted.open()),
        overdue: open(counted.overdue()),
        ageing: &ageing,
        phases: &phases,
        as_of: standing.as_of,
        behind_seconds: standing.behind_seconds,
        rebuilding: standing.rebuilding,
    };
    page(desk::home(&visitor.frame(&administration, None), &today))
}

/// The debtors for whom something of one kind waits.
pub async fn work_list(
    State(app): State<App>,
    visitor: Visitor,
    params: RawPathParams,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let need: Need = segment(&params, "list")?;
    let administration = app.records().administration(&visitor.administration).await?.value;
    let cursor = parameter(query.as_deref(), "cursor");
    let found = app.store.work_list(&visitor.administration, need, OF_A_PAGE, cursor.as_deref()).await?;
    let (cursor, now) = (found.next.as_deref(), app.clock.now()?);
    let list = WorkList { need, rows: &found.items, cursor, now };
    page(desk::work_list(&visitor.frame(&administration, None), &list))
}
