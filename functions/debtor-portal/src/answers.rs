//! What every answer has: headers that keep the page to itself, the language, and pages in place of problems.

use std::sync::LazyLock;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use contracts::failure::{Class, Failure};
use domain::Language;
use http::header::{RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use outside::files::FilesError;
use pages::layout::{LANGUAGE_PARAMETER, STYLESHEET, language_of};
use pages::portal::{PageError, Said, home};
use sha2::{Digest, Sha256};
use store::table::TableError;

/// The cookie of the language. It says nothing about anyone.
const LANGUAGE_COOKIE: &str = "__Host-tijdig-language";

/// No scripts, no frames, nothing from elsewhere; the one style is known by its hash.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLESHEET));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    // Fails for what is no visible ASCII alone: base64 and the words above are.
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
});

const HEADERS: [(&str, &str); 6] = [
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000"),
];

/// The language that this request asks for, by its address or by what was chosen before; the debtor's own, or Dutch, where
/// it asks for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spoken(pub Option<Language>);

/// Around every page: the language in, the headers out.
pub(crate) async fn around(mut request: Request, next: Next) -> Response {
    let asked = parameter(request.uri(), LANGUAGE_PARAMETER).filter(|tag| language_of(tag).is_some());
    let chosen = asked.clone().or_else(|| cookie(request.headers(), LANGUAGE_COOKIE));
    request.extensions_mut().insert(Spoken(chosen.as_deref().and_then(language_of)));
    let mut response = next.run(request).await;
    if let Some(tag) = asked {
        set_cookie(&mut response, LANGUAGE_COOKIE, &tag, Some(31_536_000));
    }
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("content-security-policy"), POLICY.clone());
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// A parameter of the address.
pub(crate) fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// What the browser keeps under this name.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// Gives the browser something to keep: for this host alone, over TLS alone, seen by no script, and sent along where somebody
/// follows a link from a mail or comes back from paying, but with no form of another site.
pub(crate) fn set_cookie(response: &mut Response, name: &str, value: &str, seconds: Option<u32>) {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// A page.
pub(crate) fn page(status: StatusCode, page: Result<String, PageError>) -> Result<Response, Trouble> {
    let page = page.map_err(|error| Failure::bug(format!("a page cannot be written: {error}")))?;
    Ok((status, Html(page)).into_response())
}

/// On to another page, by fetching it.
pub(crate) fn go_to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Something went wrong: a page says so, and the log why.
#[derive(Debug)]
pub(crate) struct Trouble(Failure);

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        Trouble(failure)
    }
}

impl From<TableError> for Trouble {
    fn from(error: TableError) -> Trouble {
        Trouble(error.into())
    }
}

impl From<FilesError> for Trouble {
    fn from(error: FilesError) -> Trouble {
        Trouble(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let status = match (self.0.class(), &self.0) {
            (_, Failure::NotFound { .. }) => StatusCode::NOT_FOUND,
            (Class::BadInput, _) => StatusCode::BAD_REQUEST,
            (Class::Rejected | Class::Conflict, _) => StatusCode::CONFLICT,
            (Class::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
            (Class::Bug, _) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let said = if status == StatusCode::NOT_FOUND { Said::NotFound } else { Said::Trouble };
        let body = home(Language::Nl, Some(said)).unwrap_or_default();
        let mut response = (status, Html(body)).into_response();
        if let Failure::Unavailable { retry_after_seconds, .. } = &self.0 {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
        }
        response.extensions_mut().insert(self.0);
        response
    }
}
