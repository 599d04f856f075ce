//! Debtors: the list, the search, one debtor's page and their timeline.
//!
//! What people search for is sent in a form and stands in no address.

use axum::Extension;
use axum::extract::{RawPathParams, RawQuery, State};
use axum::response::Response;
use contracts::failure::Failure;
use domain::desk_search::LONGEST_SEARCH;
use domain::dossier::Dossier;
use domain::ids::DebtorId;
use domain::staff::Action;
use domain::timeline::Entry;
use pages::desk::{self, DebtorPage, Debtors, Happened};
use serde_json::Value;
use store::LARGEST_DESK_PAGE;

use crate::App;
use crate::answer::{Refusal, page, without_settings};
use crate::guard::{Sent, segment};
use crate::visitor::Visitor;

/// Debtors of one page, at most: the overview gives no more at once.
pub const OF_A_PAGE: u32 = LARGEST_DESK_PAGE;

/// Entries of the timeline on a debtor's page, and on one page of all of it.
const LAST_ENTRIES: u32 = 15;
const ENTRIES: u32 = 100;

/// The value of one parameter of an address.
pub fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).filter(|v| !v.is_empty())
}

/// Those who owe something, the largest amount first.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    shown(&app, &visitor, "", None).await
}

/// Those who are found by what was typed, and further pages of these or of all who owe something.
pub async fn search(
    State(app): State<App>,
    visitor: Visitor,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Refusal> {
    let wanted = sent.value("q").trim().chars().take(LONGEST_SEARCH).collect::<String>();
    let cursor = Some(sent.value("cursor")).filter(|cursor| !cursor.is_empty());
    shown(&app, &visitor, &wanted, cursor).await
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    wanted: &str,
    cursor: Option<&str>,
) -> Result<Response, Refusal> {
    let id = &visitor.administration;
    let (found, administration) = if wanted.is_empty() {
        let administration = app.records().administration(id).await?.value;
        (app.store.debtors_by_outstanding(id, OF_A_PAGE, cursor).await?, administration)
    } else {
        let (found, settings) = app.store.search_desk_with_settings(id, wanted, OF_A_PAGE, cursor).await?;
        (found, settings.ok_or_else(without_settings)?)
    };
    let (cursor, now) = (found.next.as_deref(), app.clock.now()?);
    page(desk::debtors(
        &visitor.frame(&administration, None),
        &Debtors { found: &found.items, wanted, cursor, now },
    ))
}

/// The dossier of a debtor of this administration. A deleted one has no page; its timeline has.
pub async fn dossier(app: &App, visitor: &Visitor, debtor: &DebtorId) -> Result<Dossier, Refusal> {
    let found = app.store.dossier(&visitor.administration, debtor).await?;
    let found = found.filter(|known| known.value.deleted_at.is_none());
    found.map(|known| known.value).ok_or(Refusal::NOT_FOUND)
}

/// One debtor.
pub async fn page_of(
    State(app): State<App>,
    visitor: Visitor,
    params: RawPathParams,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let debtor: DebtorId = segment(&params, "debtor")?;
    let administration = app.records().administration(&visitor.administration).await?.value;
    let dossier = dossier(&app, &visitor, &debtor).await?;
    let entries = app.store.timeline(&visitor.administration, &debtor, LAST_ENTRIES, None).await?;
    let happened = happened(&entries.items)?;
    let done = parameter(query.as_deref(), "done");
    let done = done.and_then(|name| Action::ALL.iter().copied().find(|action| action.name() == name));
    let frame = visitor.frame(&administration, done);
    page(desk::debtor(&frame, &DebtorPage { dossier: &dossier, happened: &happened, now: app.clock.now()? }))
}

/// Everything that happened to a debtor, the newest first, page by page.
pub async fn timeline(
    State(app): State<App>,
    visitor: Visitor,
    params: RawPathParams,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let debtor: DebtorId = segment(&params, "debtor")?;
    let administration = app.records().administration(&visitor.administration).await?.value;
    let found = app.store.dossier(&visitor.administration, &debtor).await?;
    let dossier = found.map(|known| known.value).ok_or(Refusal::NOT_FOUND)?;
    let cursor = parameter(query.as_deref(), "cursor");
    let entries = app.store.timeline(&visitor.administration, &debtor, ENTRIES, cursor.as_deref()).await?;
    let next = entries.next.map(|next| format!("/desk/debtors/{debtor}/timeline?cursor={next}"));
    let happened = happened(&entries.items)?;
    let frame = visitor.frame(&administration, None);
    page(desk::timeline(&frame, &dossier, &happened, next, app.clock.now()?))
}

/// Facts of an event that a page shows, in this order.
const SHOWN: [&str; 40] = [
    "invoice",
    "invoices",
    "payment",
    "hold",
    "plan",
    "dispute",
    "promise",
    "signal",
    "notice",
    "debit",
    "mandate",
    "case",
    "dossier",
    "message",
    "task",
    "kind",
    "channel",
    "step",
    "amount",
    "open",
    "total",
    "arrears",
    "dueDate",
    "on",
    "payBy",
    "callOn",
    "until",
    "provider",
    "municipality",
    "conditions",
    "errors",
    "fields",
    "outcome",
    "attempt",
    "reason",
    "note",
    "instalment",
    "decision",
    "about",
    "code",
];

fn happened(entries: &[Entry]) -> Result<Vec<Happened>, Failure> {
    let one = |entry: &Entry| {
        let value = serde_json::to_value(&entry.event).map_err(|error| Failure::bug(error.to_string()))?;
        let fact = |name: &&str| Some(((*name).to_owned(), text_of(value.get(*name)?)?));
        Ok(Happened {
            at: entry.at,
            by: entry.by.clone(),
            event: entry.event.name(),
            facts: SHOWN.iter().filter_map(fact).collect(),
        })
    };
    entries.iter().map(one).collect()
}

/// A fact as text; `None` for one that says nothing by itself.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(several) => {
            let texts = several.iter().filter_map(text_of).collect::<Vec<_>>();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        // A reason is kept with what it is about.
        Value::Object(parts) => {
            ["text", "bailiff", "invoice", "kind", "is"].iter().find_map(|name| text_of(parts.get(*name)?))
        }
        Value::Null | Value::Bool(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fact_is_shown_as_what_it_says() {
        let table = [
            (json!("x"), Some("x")),
            (json!(3), Some("3")),
            (json!(["a", "b"]), Some("a, b")),
            (json!([]), None),
            (json!(null), None),
            (json!(true), None),
            (json!({"kind": "asked", "text": "on holiday"}), Some("on holiday")),
            (json!({"kind": "helpRunning", "signal": "d.s1"}), Some("helpRunning")),
            (json!([{"invoice": "i1", "closedAs": "paid"}]), Some("i1")),
        ];
        for (value, expected) in table {
            assert_eq!(text_of(&value).as_deref(), expected, "{value}");
        }
    }
}
