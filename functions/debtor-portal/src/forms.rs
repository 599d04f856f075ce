//! Forms as they are sent: only those that a page of this session made.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::response::{Html, IntoResponse, Response};
use domain::Language;
use http::{HeaderMap, StatusCode};
use pages::portal::{Form, Said, home};

use crate::visitor::Visitor;

/// Largest form without a file, in bytes.
const LARGEST_BYTES: usize = 32_768;

/// Fields of one form at most.
const MOST_FIELDS: usize = 30;

/// The fields of an ordinary form; nothing where it is none.
pub(crate) fn fields(body: &Bytes) -> Option<BTreeMap<String, String>> {
    if body.len() > LARGEST_BYTES {
        return None;
    }
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body).take(MOST_FIELDS) {
        fields.entry(name.into_owned()).or_insert_with(|| value.into_owned());
    }
    Some(fields)
}

/// Whether a browser says that another site sent this.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

/// The form of a visitor.
///
/// # Errors
/// The answer to one that was not made in this session.
pub(crate) fn of_visitor(
    visitor: &Visitor,
    headers: &HeaderMap,
    fields: Option<BTreeMap<String, String>>,
) -> Result<Form, Box<Response>> {
    let is_ours = |fields: &BTreeMap<String, String>| {
        fields.get("form_token") == Some(&visitor.form_token) && !is_from_elsewhere(headers)
    };
    match fields.filter(is_ours) {
        Some(fields) => Ok(Form::of(fields)),
        None => Err(Box::new(not_ours(visitor.language))),
    }
}

/// What was written over several lines, without marks that steer anything; a problem beside its field where that is nothing,
/// or more than so many characters.
pub(crate) fn lines(form: &mut Form, name: &str, longest: usize) -> String {
    let text = form.value(name).replace("\r\n", "\n");
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    if text.is_empty() {
        form.refuse(name, "required");
    } else if text.chars().count() > longest {
        form.refuse(name, "too_long");
    }
    text
}

/// The answer to a form that was not made here.
pub(crate) fn not_ours(language: Language) -> Response {
    let body = home(language, Some(Said::FormOld)).unwrap_or_default();
    (StatusCode::FORBIDDEN, Html(body)).into_response()
}
