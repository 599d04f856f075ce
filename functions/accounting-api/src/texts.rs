//! Own texts of an administration: by step, channel, language and tone.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::ListPage;
use contracts::api::texts::{DefaultTextView, TextBody, TextNameView, TextView, VariableView};
use contracts::failure::Failure;
use domain::Language;
use domain::administration::Administration;
use domain::calendar::today;
use domain::ids::AdministrationId;
use domain::notice::Channel;
use domain::step::StepKind;
use domain::texts::{KeptText, Part, TextChange, TextName, TextOf, Tone, check_name, put_text, remove_text};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use pages::own::{self, VARIABLES, Variable};
use pages::sms::SmsError;
use pages::{mail, sms};
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use store::until_no_conflict;
use utoipa::IntoParams;

use crate::changes::{IfMatch, VersionQuery, other_version, tagged};
use crate::imports::ListQuery;
use crate::{App, page_size};

/// The address of a text.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TextPath {
    /// A kind of step (`reminder`, `finalReminder` ...), or one step of one policy as `policyId:stepId`, which goes before
    /// the text of its kind.
    #[param(value_type = String, example = "reminder")]
    of: TextOf,
    /// `email`, `letter` or `sms`.
    #[param(value_type = String, example = "email")]
    channel: Channel,
    /// `nl` or `en`.
    #[param(value_type = String, example = "nl")]
    language: Language,
    /// `formal` or `friendly`. What has consequences in law has the formal one only.
    #[param(value_type = String, example = "formal")]
    tone: Tone,
}

impl TextPath {
    pub(crate) fn name(self) -> TextName {
        let TextPath { of, channel, language, tone } = self;
        TextName { of, channel, language, tone }
    }
}

/// All own texts, in the order of their names. What is not here is said in our words.
#[utoipa::path(get, path = "/v1/texts", tag = "settings", params(ListQuery),
    responses((status = 200, body = ListPage<TextView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<TextView>>, ApiError> {
    caller.require_scope("settings:read")?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let page = app.store.kept_texts(&caller.administration, limit, cursor).await.map_err(Failure::from)?;
    let items = page.items.iter().map(TextView::of).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// One own text, or an earlier version of it; earlier versions stay when the text is taken away. The answer's `ETag` is
/// the version.
#[utoipa::path(get, path = "/v1/texts/{of}/{channel}/{language}/{tone}", tag = "settings",
    params(TextPath, VersionQuery),
    responses((status = 200, body = TextView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(path): Path<TextPath>,
    Query(query): Query<VersionQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:read")?;
    let name = path.name();
    let known = kept(&app, &caller.administration, &name).await?;
    if let Some(known) = known.filter(|known| query.version.is_none_or(|version| version == known.version)) {
        return Ok(tagged(StatusCode::OK, known.version, TextView::of(&known)));
    }
    let missing = || Failure::not_found("text");
    let version = query.version.ok_or_else(missing)?;
    let earlier = app.store.earlier_text(&caller.administration, &name, version).await;
    let earlier = earlier.map_err(Failure::from)?.ok_or_else(missing)?;
    Ok(tagged(StatusCode::OK, version, TextView::replaced(&earlier.value, &earlier.by, earlier.at)))
}

/// What our words are, as templates to begin with, and the variables that own ones may name.
#[utoipa::path(get, path = "/v1/texts/{of}/{channel}/{language}/{tone}/default", tag = "settings", params(TextPath),
    responses((status = 200, body = DefaultTextView), (status = 400, body = contracts::problem::Problem)))]
pub async fn default(
    State(app): State<App>,
    caller: Caller,
    Path(path): Path<TextPath>,
) -> Result<Json<DefaultTextView>, ApiError> {
    caller.require_scope("settings:read")?;
    let name = path.name();
    let administration = app.administration(&caller.administration).await?.value;
    let kind = kind_of(&name, &administration)?;
    let day = today(app.now()?);
    let ours = own::ours(&administration, &name, kind, day).map_err(defect)?;
    let message = if name.channel == Channel::Sms {
        let portal = app.portal_link(name.channel);
        let view = own::sample(&administration, &name, kind, day, &portal);
        match sms::render(&view) {
            Ok(sms) => Some(sms.text),
            // A creditor whose own name or number is too long has no message to show.
            Err(SmsError::TooLong | SmsError::NotByText) => None,
            Err(error @ (SmsError::Notice(_) | SmsError::Text(_))) => {
                return Err(Failure::bug(error.to_string()).into());
            }
        }
    } else {
        None
    };
    let parts = |variable: &Variable| {
        let parts =
            Part::ALL.into_iter().filter(|part| part.is_of(name.channel) && variable.is_for(*part, kind));
        parts.map(|part| part.name().to_owned()).collect::<Vec<_>>()
    };
    let variables = VARIABLES.iter().map(|variable| VariableView {
        name: variable.name.to_owned(),
        holds: variable.holds.name().to_owned(),
        may_be_absent: variable.may_be_absent,
        about: variable.about.to_owned(),
        parts: parts(variable),
    });
    let variables = variables.filter(|variable| !variable.parts.is_empty()).collect();
    Ok(Json(DefaultTextView { name: TextNameView::of(&name), text: TextBody::of(&ours), message, variables }))
}

/// Say it in own words: from the next message on. A text is kept only where it can be filled for every debtor that there
/// can be: with one invoice and with many, a consumer and a business, with and without each variable that some do not have.
/// Else every fault is told with its field, line and rule, and nothing is kept. The same words again make no new version.
#[utoipa::path(put, path = "/v1/texts/{of}/{channel}/{language}/{tone}", tag = "settings", request_body = TextBody,
    params(TextPath, ("If-Match" = Option<String>, Header, description = "the ETag of the version that is to be replaced")),
    responses((status = 201, body = TextView), (status = 200, body = TextView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem),
        (status = 412, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(path): Path<TextPath>,
    headers: HeaderMap,
    Body(body): Body<TextBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let (name, text, expected) = (path.name(), body.read(), IfMatch::of(&headers));
    let done = until_no_conflict(|| async {
        let settings = app.administration(&caller.administration).await?;
        let now = app.now()?;
        let wrong = own::check(&text, &name, &settings.value, today(now), &app.portal_link(name.channel))
            .map_err(defect)?;
        if !wrong.is_empty() {
            return Err(wrong.into());
        }
        let known = kept(&app, &caller.administration, &name).await?;
        if !expected.allows(known.as_ref().map(|known| known.version)) {
            return Ok(None);
        }
        let status = if known.is_some() { StatusCode::OK } else { StatusCode::CREATED };
        let by = &caller.subject;
        Ok(Some((
            status,
            match put_text(&settings.value, &name, text.clone(), known.clone(), by, now)? {
                Some(change) => {
                    keep(&app, &caller, &name, &change, settings.version, now).await?;
                    change.kept.ok_or_else(|| Failure::bug("a text that was put is not there"))?
                }
                None => known.ok_or_else(|| Failure::bug("a text that says the same is not there"))?,
            },
        )))
    })
    .await?;
    let (status, kept) = done.ok_or_else(other_version)?;
    Ok(tagged(status, kept.version, TextView::of(&kept)))
}

/// Say it in our words again.
#[utoipa::path(delete, path = "/v1/texts/{of}/{channel}/{language}/{tone}", tag = "settings",
    params(TextPath, ("If-Match" = Option<String>, Header, description = "the ETag of the version that is to be taken away")),
    responses((status = 204), (status = 404, body = contracts::problem::Problem),
        (status = 412, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(path): Path<TextPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let (name, expected) = (path.name(), IfMatch::of(&headers));
    let done = until_no_conflict(|| async {
        let settings = app.administration(&caller.administration).await?;
        let known = kept(&app, &caller.administration, &name).await?.ok_or(Failure::not_found("text"))?;
        if !expected.allows(Some(known.version)) {
            return Ok(None);
        }
        let change = remove_text(&settings.value, known);
        keep(&app, &caller, &name, &change, settings.version, app.now()?).await.map(Some)
    })
    .await?;
    done.ok_or_else(other_version)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn keep(
    app: &App,
    caller: &Caller,
    name: &TextName,
    change: &TextChange,
    version: u64,
    now: Timestamp,
) -> Result<(), Failure> {
    Ok(app.store.change_text(name, change, version, &caller.subject, now).await?)
}

pub(crate) async fn kept(
    app: &App,
    administration: &AdministrationId,
    name: &TextName,
) -> Result<Option<KeptText>, Failure> {
    Ok(app.store.text(administration, name).await?.map(|kept| kept.value))
}

/// The kind of step that a text is about, where there can be such a text.
pub(crate) fn kind_of(name: &TextName, administration: &Administration) -> Result<StepKind, Failure> {
    let wrong = check_name(name, administration);
    match name.kind(administration).filter(|_| wrong.is_empty()) {
        Some(kind) => Ok(kind),
        None => Err(wrong.into()),
    }
}

pub(crate) fn defect(error: impl Into<mail::MailError>) -> Failure {
    Failure::bug(format!("a text of ours cannot be written: {}", error.into()))
}
