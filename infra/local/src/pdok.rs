//! The stand-in of PDOK's Locatieserver under `/local/pdok`: knows some addresses that the imported table does not.

use std::fmt;

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

const ADDRESSES: &str = include_str!("../demonstration/addresses.csv");

/// What is asked for, as far as it is understood.
#[derive(Default)]
struct Asked {
    postcode: String,
    number: String,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}

/// Its one address.
pub fn router() -> Router {
    Router::new().route("/local/pdok/bzk/locatieserver/search/v3_1/free", get(free))
}

async fn free(RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let mut asked = Asked::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // The service refuses parameters that it does not know.
        if !["q", "fq", "fl", "rows", "start"].contains(&&*name) {
            return StatusCode::BAD_REQUEST.into_response();
        }
        match value.split_once(':') {
            Some(("postcode", postcode)) if name == "fq" => postcode.clone_into(&mut asked.postcode),
            Some(("huisnummer", number)) if name == "fq" => number.clone_into(&mut asked.number),
            Some(_) | None => {}
        }
    }
    let rows = ADDRESSES.lines().skip(1).filter_map(|line| {
        let mut parts = line.split(';');
        Some((parts.next()?, parts.next()?, parts.next()?))
    });
    let docs: Vec<_> = rows
        .filter(|(postcode, number, _)| *postcode == asked.postcode && *number == asked.number)
        .map(|(postcode, number, code)| {
            json!({"gemeentecode": code, "postcode": postcode, "huisnummer": number.parse::<u32>().ok()})
        })
        .collect();
    Json(json!({"response": {"numFound": docs.len(), "start": 0, "numFoundExact": true, "docs": docs}}))
        .into_response()
}

#[cfg(test)]
mod tests {
    use outside::http::{TIMEOUT, client};
    use outside::pdok::{Pdok, Places};

    use super::*;

    #[tokio::test]
    async fn the_adapter_finds_what_it_knows_and_nothing_else() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router()).await });
        let pdok = Pdok::new(client(TIMEOUT).unwrap(), &format!("http://{door}/local/pdok")).unwrap();
        assert_eq!(pdok.municipality_of("3431AA", 4).await, Ok(Some("0353".to_owned())));
        assert_eq!(pdok.municipality_of("3431AA", 5).await, Ok(None));
        server.abort();
    }
}
