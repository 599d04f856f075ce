//! The debtor's portal: for now the page that says what will be there. It needs no JavaScript, asks nobody else for
//! anything and holds no personal data.

use axum::Router;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use domain::Language;
use pages::layout::language_of;
use runtime::http::Query;
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
struct Asked {
    /// `nl` or `en`.
    lang: Option<String>,
}

pub fn router() -> Router {
    Router::new().route("/portal", get(page)).route("/portal/", get(page))
}

async fn page(Query(asked): Query<Asked>) -> impl IntoResponse {
    let language = asked.lang.as_deref().and_then(language_of).unwrap_or(Language::Nl);
    let headers = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ];
    (headers, Html(pages::portal::placeholder(language, None)))
}
