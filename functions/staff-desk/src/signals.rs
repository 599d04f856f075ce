//! Early signalling: the filters and counters, and what is done with several signals at once.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use contracts::api::ReasonBody;
use contracts::failure::Failure;
use domain::dossier::Dossier;
use domain::ids::{DebtorId, SignalId};
use domain::overview::{Place, Standing};
use domain::signal::SignalState;
use domain::signalling;
use domain::staff::Action;
use domain::step::SignalKind;
use http::StatusCode;
use pages::desk::{self, Counts, Filter, Form, Many, Outcome, SignalRow, Signals};
use runtime::unguessable::token;
use store::SignalFilter;

use crate::App;
use crate::answer::{Refusal, page, see, with_status};
use crate::debtors::parameter;
use crate::guard::Sent;
use crate::visitor::Visitor;

/// Signals of one page.
const OF_A_PAGE: u32 = 50;

/// Signals that are sent or taken back at once, at most.
const MOST_AT_ONCE: usize = 200;

/// How many signals each filter finds in a place.
pub async fn counts(app: &App, visitor: &Visitor, place: &Place) -> Result<Counts, Refusal> {
    let found = app.store.signal_counts(&visitor.administration, place).await?;
    let of = |standing, kind| found.get(&(standing, kind)).copied().unwrap_or_default();
    let both = |standing| of(standing, SignalKind::Early) + of(standing, SignalKind::Crisis);
    Ok(Counts {
        prepared_early: of(Standing::Prepared, SignalKind::Early),
        prepared_crisis: of(Standing::Prepared, SignalKind::Crisis),
        sent_early: of(Standing::Sent, SignalKind::Early),
        sent_crisis: of(Standing::Sent, SignalKind::Crisis),
        help_running: both(Standing::HelpRunning),
        deceased: both(Standing::Deceased),
        refused: both(Standing::Refused),
        blocked: both(Standing::Blocked),
        total: Standing::all().filter(|s| s.is_status()).map(both).sum(),
    })
}

/// The filter as it is read from an address. What is no filter finds everything, and is told.
fn filter(query: Option<&str>, form: &mut Form) -> (Filter, SignalFilter) {
    let text = |name: &str| parameter(query, name).unwrap_or_default();
    let mut asked = Filter {
        status: text("status"),
        kind: text("type"),
        municipality: text("municipality"),
        provider: text("provider"),
    };
    let is_code = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let mut wrong = |text: &mut String, name: &str| {
        text.clear();
        form.refuse(name, "wrong_form");
    };
    let standing = asked.status.parse::<Standing>().ok();
    if standing.is_none() {
        asked.status.clear();
    }
    let kind = match asked.kind.as_str() {
        "early" => Some(SignalKind::Early),
        "crisis" => Some(SignalKind::Crisis),
        _ => {
            asked.kind.clear();
            None
        }
    };
    if !asked.municipality.is_empty() && !is_code(&asked.municipality) {
        wrong(&mut asked.municipality, "municipality");
    }
    let provider = asked.provider.parse().ok();
    if provider.is_none() && !asked.provider.is_empty() {
        wrong(&mut asked.provider, "provider");
    }
    let municipality = Some(asked.municipality.clone()).filter(|code| !code.is_empty());
    let wanted = SignalFilter { standing, kind, place: Place { municipality, provider } };
    (asked, wanted)
}

/// The overview.
pub async fn page_of(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let mut form = Form::default();
    let (asked, wanted) = filter(query.as_deref(), &mut form);
    shown(&app, &visitor, &asked, &wanted, &form, parameter(query.as_deref(), "cursor").as_deref()).await
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    asked: &Filter,
    wanted: &SignalFilter,
    form: &Form,
    cursor: Option<&str>,
) -> Result<Response, Refusal> {
    let administration = app.records().administration(&visitor.administration).await?.value;
    let counts = counts(app, visitor, &wanted.place).await?;
    let found = app.store.signals(&visitor.administration, wanted, OF_A_PAGE, cursor).await?;
    let mut debtors: Vec<DebtorId> = found.items.iter().map(|s| s.debtor.clone()).collect();
    debtors.sort();
    debtors.dedup();
    let dossiers = app.store.dossiers_of(&visitor.administration, &debtors).await?;
    let names: BTreeMap<DebtorId, String> =
        dossiers.into_iter().map(|d| (d.debtor.id, d.debtor.name)).collect();
    let rows: Vec<SignalRow> = found
        .items
        .into_iter()
        .map(|stored| SignalRow {
            name: names.get(&stored.debtor).cloned().unwrap_or_else(|| stored.debtor.to_string()),
            signal: stored.signal,
            debtor: stored.debtor,
        })
        .collect();
    let view = Signals { filter: asked, counts: &counts, rows: &rows, cursor: found.next.as_deref(), form };
    page(desk::signals(&visitor.frame(&administration, None), &view))
}

pub async fn send(
    State(app): State<App>,
    visitor: Visitor,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Refusal> {
    several(&app, &visitor, &sent).await
}

pub async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Refusal> {
    several(&app, &visitor, &sent).await
}

/// Asks once more, and then does it with each.
async fn several(app: &App, visitor: &Visitor, sent: &Sent) -> Result<Response, Refusal> {
    let mut form = Form::of(sent.0.clone());
    let mut chosen: Vec<SignalId> =
        form.all("signal").filter_map(|id| SignalId::parse(id).ok()).take(MOST_AT_ONCE).collect();
    chosen.sort();
    chosen.dedup();
    if chosen.is_empty() {
        return see("/desk/signals");
    }
    let administration = app.records().administration(&visitor.administration).await?.value;
    let frame = visitor.frame(&administration, None);
    let reason = ReasonBody { reason: form.value("reason").to_owned() }.check().ok();
    let withdraws = visitor.action == Action::WithdrawSignal;
    let confirmed = form.value("confirmed") == "yes";
    if confirmed && withdraws && reason.is_none() {
        form.refuse("reason", "required");
    }
    if !confirmed || (withdraws && reason.is_none()) {
        let once = token()?;
        let status = if confirmed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let many = Many::Asked { signals: &chosen, form: &form, once: &once };
        return with_status(status, desk::many(&frame, visitor.action, &many));
    }
    let mut done = Vec::with_capacity(chosen.len());
    for id in chosen {
        let outcome =
            one(app, visitor, &id, withdraws.then_some(reason.as_deref().unwrap_or_default())).await?;
        done.push((id, outcome));
    }
    page(desk::many(&frame, visitor.action, &Many::Done(&done)))
}

/// Sends one signal, or takes it back for a reason. What a rule forbids is what came of that one; what is away ends all of it,
/// and what was done by then stands.
async fn one(app: &App, visitor: &Visitor, id: &SignalId, reason: Option<&str>) -> Result<Outcome, Refusal> {
    let missing = || Failure::not_found("signal");
    let Some(debtor) = id.debtor() else { return Ok(Outcome::Refused("not_found".to_owned())) };
    let changed = app
        .records()
        .change(&app.origin(visitor), &debtor, missing, |draft, settings| match reason {
            Some(reason) => signalling::withdraw(draft, settings, id, reason),
            None => signalling::release(draft, settings, id),
        })
        .await;
    match changed {
        Ok(((), dossier)) if reason.is_none() && waits_for_another(&dossier, id) => Ok(Outcome::Approved),
        Ok(_) => Ok(Outcome::Done),
        Err(failure @ (Failure::Rejected { .. } | Failure::NotFound { .. } | Failure::Conflict { .. })) => {
            Ok(Outcome::Refused(failure.code().to_owned()))
        }
        Err(other) => Err(other.into()),
    }
}

/// Under four eyes somebody else has to send it.
fn waits_for_another(dossier: &Dossier, id: &SignalId) -> bool {
    let found = dossier.signal(id);
    found.is_some_and(|s| matches!(s.state, SignalState::Prepared { .. }) && s.approval.is_some())
}
