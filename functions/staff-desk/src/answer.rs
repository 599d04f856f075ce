//! Answers: pages with the headers that keep them safe, ways on, and what is said where there is no page.

use std::sync::LazyLock;

use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::failure::Failure;
use domain::Language;
use domain::refusal;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use pages::desk::{PageError, Said, refused};
use pages::layout::STYLESHEET;
use sha2::{Digest, Sha256};
use store::table::TableError;

/// Nothing but our one stylesheet, by its hash; forms go to us; nobody puts a page in a frame.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLESHEET.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
});

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The answer with the headers that every answer of the desk has.
pub fn secured(mut response: Response) -> Response {
    let policy = HeaderValue::from_str(&POLICY).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let fixed = [
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (OPENER_POLICY, HeaderValue::from_static("same-origin")),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Somebody has a role in an administration that has no settings.
pub fn without_settings() -> Failure {
    Failure::bug("an administration that is named has no settings")
}

/// A page.
pub fn page(html: Result<String, PageError>) -> Result<Response, Refusal> {
    with_status(StatusCode::OK, html)
}

/// A page under another status than 200: a form that has to be different.
pub fn with_status(status: StatusCode, html: Result<String, PageError>) -> Result<Response, Refusal> {
    Ok((status, Html(html?)).into_response())
}

/// The way to another page of ours, or of the identity provider: the next request is a GET, whatever this one was.
pub fn see(address: &str) -> Result<Response, Refusal> {
    let location = HeaderValue::from_str(address)
        .map_err(|_| Failure::bug("an address that a browser is sent to is none"))?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

/// The same, with cookies to keep.
pub fn see_with(address: &str, cookies: &[String]) -> Result<Response, Refusal> {
    let mut response = see(address)?;
    for cookie in cookies {
        let value = HeaderValue::from_str(cookie).map_err(|_| Failure::bug("a cookie is none"))?;
        response.headers_mut().append(SET_COOKIE, value);
    }
    Ok(response)
}

/// A cookie that only goes back to this host, over HTTPS, and to no script; `seconds` is how long it is kept, and nothing where
/// it goes with the browser.
pub fn cookie(name: &str, value: &str, seconds: Option<u32>) -> String {
    let kept = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{kept}")
}

/// Why there is no page. The guard makes a page of it, in the visitor's language.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// This is said.
    Said(StatusCode, Said),
    /// They have to sign in first, or again.
    SignIn(Option<Said>),
    /// They work for several administrations, and have to choose one first.
    Choose,
    /// Something went wrong in the work.
    Failure(Failure),
}

impl Refusal {
    /// No such thing in this administration; whether it is in another one is said to nobody.
    pub const NOT_FOUND: Refusal = Refusal::Said(StatusCode::NOT_FOUND, Said::NotFound);

    /// The page, in this language. The failure goes along for the one line in the log.
    pub fn page(self, language: Language) -> Response {
        let (status, said) = match &self {
            Refusal::Said(status, said) => (*status, *said),
            Refusal::SignIn(said) => {
                let said = said.map(|said| format!("?said={}", said.name())).unwrap_or_default();
                let to = format!("/desk/sign-in{said}");
                return see(&to).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
            }
            Refusal::Choose => {
                return see("/desk/administration")
                    .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
            }
            Refusal::Failure(failure) => of_failure(failure),
        };
        let html = refused(language, said).unwrap_or_default();
        let mut response = (status, Html(html)).into_response();
        if let Refusal::Failure(failure) = self {
            if let Failure::Unavailable { retry_after_seconds, .. } = &failure {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
            }
            response.extensions_mut().insert(failure);
        }
        response
    }
}

fn of_failure(failure: &Failure) -> (StatusCode, Said) {
    match failure {
        Failure::BadInput(_) => (StatusCode::BAD_REQUEST, Said::NotFound),
        Failure::Rejected { .. } | Failure::Conflict { .. } => (StatusCode::CONFLICT, Said::Conflict),
        Failure::NotFound { .. } => (StatusCode::NOT_FOUND, Said::NotFound),
        Failure::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, Said::Unavailable),
        Failure::Bug { .. } => (StatusCode::INTERNAL_SERVER_ERROR, Said::Defect),
    }
}

/// Carried to the guard, which knows the language.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal::Failure(failure)
    }
}

impl From<refusal::Refusal> for Refusal {
    fn from(refusal: refusal::Refusal) -> Refusal {
        Refusal::Failure(refusal.into())
    }
}

impl From<TableError> for Refusal {
    fn from(error: TableError) -> Refusal {
        Refusal::Failure(error.into())
    }
}

impl From<PageError> for Refusal {
    fn from(error: PageError) -> Refusal {
        Refusal::Failure(Failure::bug(format!("a page cannot be made: {error}")))
    }
}
