//! What changes of policies, settings and signal rules have in common: versions, `ETag` and `If-Match`, and previews.

use std::future::Future;

use axum::Json;
use axum::response::{IntoResponse, Response};
use contracts::api::previews::{Preview, Touched};
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::changing::Change;
use http::header::{ETAG, IF_MATCH};
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Caller};
use serde::{Deserialize, Serialize};
use store::table::TableError;
use store::until_no_conflict;
use utoipa::IntoParams;

use crate::{App, page_size};

/// What a request does to the administration that it found.
pub enum Decision {
    Changed(Box<Change>),
    /// It says the same already.
    Unchanged(Box<Administration>),
    /// It is meant for another version than the one in force.
    OtherVersion,
}

/// The versions that a request is meant for: its `If-Match`.
#[derive(Debug, Clone)]
pub struct IfMatch(Option<String>);

impl IfMatch {
    pub fn of(headers: &HeaderMap) -> IfMatch {
        // What is no text matches nothing.
        IfMatch(headers.get(IF_MATCH).map(|v| v.to_str().unwrap_or_default().to_owned()))
    }

    /// Whether it is meant for this version; `None` where there is none in force.
    pub fn allows(&self, version: Option<u32>) -> bool {
        let Some(text) = &self.0 else { return true };
        let Some(version) = version else { return false };
        text.split(',').map(str::trim).any(|tag| tag == "*" || tag == tag_of(version))
    }
}

fn tag_of(version: u32) -> String {
    format!("\"{version}\"")
}

/// An answer with its version as `ETag`.
pub fn tagged<T: Serialize>(status: StatusCode, version: u32, body: T) -> Response {
    (status, [(ETAG, tag_of(version))], Json(body)).into_response()
}

/// Decides until no other writer is in between, and stores what was decided. The administration as it is then.
pub async fn change<F, Fut>(app: &App, caller: &Caller, decide: F) -> Result<Administration, ApiError>
where
    F: Fn(Administration) -> Fut,
    Fut: Future<Output = Result<Decision, Failure>>,
{
    let done = until_no_conflict(|| async {
        let found = app.administration(&caller.administration).await?;
        let now = app.now()?;
        match decide(found.value).await? {
            Decision::OtherVersion => Ok(None),
            Decision::Unchanged(administration) => Ok(Some(*administration)),
            Decision::Changed(change) => {
                let stored =
                    app.store.change_administration(&change, found.version, &caller.subject, now).await;
                stored.map_err(|error| match error {
                    TableError::TooLarge(_) => Failure::rejected(
                        "settings_too_large",
                        "all policies and settings together are more than is kept; shorten the texts",
                    ),
                    other => other.into(),
                })?;
                Ok(Some(change.administration))
            }
        }
    })
    .await?;
    done.ok_or_else(other_version)
}

/// What was asked is meant for another version.
pub fn other_version() -> ApiError {
    let title = "Another version is in force than the one in If-Match: read it again";
    ApiError::status(StatusCode::PRECONDITION_FAILED, "other_version", title)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// An earlier version; the one in force when left out.
    pub version: Option<u32>,
}

/// One page of the debtors, with those of them whom the change would touch.
pub async fn preview(
    app: &App,
    caller: &Caller,
    query: &crate::debtors::PageQuery,
    before: &Administration,
    after: &Administration,
) -> Result<Json<Preview>, ApiError> {
    let limit = page_size(query.limit)?;
    let now = app.now()?;
    let cursor = query.cursor.as_deref();
    let page =
        app.store.dossiers(&caller.administration, None, limit, cursor).await.map_err(Failure::from)?;
    let items = page.items.iter().filter_map(|d| Touched::of(&d.value, before, after, now)).collect();
    Ok(Json(Preview { items, looked: page.items.len(), next_cursor: page.next }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_names_the_version_that_is_meant() {
        let table = [
            (None, Some(3), true),
            (None, None, true),
            (Some("\"3\""), Some(3), true),
            (Some("\"2\""), Some(3), false),
            (Some("\"2\", \"3\""), Some(3), true),
            (Some("*"), Some(3), true),
            (Some("*"), None, false),
            (Some("\"1\""), None, false),
            (Some("W/\"3\""), Some(3), false),
            (Some("3"), Some(3), false),
            (Some(""), Some(3), false),
        ];
        for (header, version, expected) in table {
            let mut headers = HeaderMap::new();
            if let Some(text) = header {
                headers.insert(IF_MATCH, text.parse().unwrap());
            }
            assert_eq!(IfMatch::of(&headers).allows(version), expected, "{header:?} {version:?}");
        }
    }
}
