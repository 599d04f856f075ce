//! Settings of the administration: window, interval, grace, which policy when, plans, promises and what the law leaves open.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use contracts::api::channels::SenderView;
use contracts::api::previews::Preview;
use contracts::api::settings::{SettingsBody, SettingsView};
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::changing::put_settings;
use domain::settings::Settings;
use http::{HeaderMap, StatusCode};
use outside::mail::senders::SenderStanding;
use runtime::http::{ApiError, Body, Caller, Query};

use crate::App;
use crate::changes::{self, Decision, IfMatch, VersionQuery, change, tagged};
use crate::debtors::PageQuery;

/// The settings, or an earlier version of them. The answer's `ETag` is the version.
#[utoipa::path(get, path = "/v1/settings", tag = "settings", params(VersionQuery),
    responses((status = 200, body = SettingsView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<VersionQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    let settings = Settings::of(&administration);
    let version = query.version.unwrap_or(settings.version);
    if version == settings.version {
        return Ok(tagged(StatusCode::OK, version, SettingsView::of(&administration, &settings)));
    }
    let earlier = app.store.earlier_settings(&caller.administration, version).await.map_err(Failure::from)?;
    let earlier = earlier.ok_or(Failure::not_found("version of the settings"))?;
    let view = SettingsView::replaced(&administration, &earlier.value, &earlier.by, earlier.at);
    Ok(tagged(StatusCode::OK, version, view))
}

/// Change the settings. What is left out stays as it is. Every debtor is looked at again at the next sweep. The same
/// content again makes no new version. Without `If-Match` the last one wins.
#[utoipa::path(put, path = "/v1/settings", tag = "settings", request_body = SettingsBody,
    params(("If-Match" = Option<String>, Header, description = "the ETag of the version that is to be replaced")),
    responses((status = 200, body = SettingsView), (status = 400, body = contracts::problem::Problem),
        (status = 412, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<SettingsBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let expected = IfMatch::of(&headers);
    let changed = change(&app, &caller, |administration| async {
        if !expected.allows(Some(administration.settings_version)) {
            return Ok(Decision::OtherVersion);
        }
        let settings = body.clone().check(&administration)?;
        check_sender(&app, &administration, &settings).await?;
        Ok(match put_settings(&administration, &settings) {
            Some(change) => Decision::Changed(Box::new(change)),
            None => Decision::Unchanged(Box::new(administration)),
        })
    })
    .await?;
    let view = SettingsView::of(&changed, &Settings::of(&changed));
    Ok(tagged(StatusCode::OK, changed.settings_version, view))
}

/// An address becomes the sender once the mail service says that it may be.
async fn check_sender(
    app: &App,
    administration: &Administration,
    settings: &Settings,
) -> Result<(), Failure> {
    let Some(sender) =
        settings.mail.sender.as_ref().filter(|s| Some(*s) != administration.mail.sender.as_ref())
    else {
        return Ok(());
    };
    let detail = match app.senders.standing(sender.as_str()).await? {
        SenderStanding::Good => return Ok(()),
        SenderStanding::Unknown => "is not known to the mail service: have the operator add its domain there",
        SenderStanding::NotVerified => "is not verified with the mail service",
        SenderStanding::NotSigned => {
            "is of a domain that does not sign its mails: its DKIM records are not in order"
        }
    };
    Err(Failure::bad_input("mail.sender", "sender_not_ready", detail))
}

/// How the address that mails come from stands with the mail service, as of now.
#[utoipa::path(get, path = "/v1/mail/sender", tag = "settings", responses((status = 200, body = SenderView)))]
pub async fn sender(State(app): State<App>, caller: Caller) -> Result<Json<SenderView>, ApiError> {
    caller.require_scope("settings:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    let standing = app.senders.standing(administration.sender()).await?;
    Ok(Json(SenderView { sender: administration.sender().to_owned(), status: standing.name().to_owned() }))
}

/// Whom other settings would touch if they were put: nothing is stored. Page after page of all debtors, with those of each
/// page for whom something would be different.
#[utoipa::path(post, path = "/v1/settings/preview", tag = "settings", request_body = SettingsBody, params(PageQuery),
    responses((status = 200, body = Preview), (status = 400, body = contracts::problem::Problem)))]
pub async fn preview(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<PageQuery>,
    Body(body): Body<SettingsBody>,
) -> Result<Json<Preview>, ApiError> {
    for scope in ["settings:read", "debtors:read"] {
        caller.require_scope(scope)?;
    }
    let before = app.administration(&caller.administration).await?.value;
    let settings = body.check(&before).map_err(Failure::from)?;
    let after = put_settings(&before, &settings).map(|change| change.administration);
    changes::preview(&app, &caller, &query, &before, after.as_ref().unwrap_or(&before)).await
}
