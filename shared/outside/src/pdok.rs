//! PDOK's Locatieserver: which municipality an address lies in, by the national register of addresses (BAG).
//!
//! As its documentation has it (github.com/PDOK/locatieserver, version 3.1): `free` is the one service that needs no `q`, takes
//! several `fq`, and answers as Solr does: `{"response": {"docs": [{"gemeentecode", "postcode", "huisnummer"}]}}`. No key.
//! What was not read is how many requests it allows: answers are kept by the caller, and a refusal is asked again later.
//!
//! An address without a person stands in the query of the call; nothing here writes it down.

use std::collections::BTreeSet;
use std::fmt::Debug;

use async_trait::async_trait;
use reqwest::Client;
use serde::Deserialize;

use crate::http::{BaseUrl, HttpError, read_up_to};

/// Below the address of PDOK's API.
const PATH: &str = "bzk/locatieserver/search/v3_1/free";

/// Addresses that one number of one postcode has at most: each letter and addition is one.
const MOST_ROWS: &str = "100";

/// Largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Why nothing is known of an address. Asking again is harmless.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlacesError {
    #[error("the address service does not answer: {0}")]
    Unavailable(String),
}

/// A register of addresses.
#[async_trait]
pub trait Places: Send + Sync + Debug {
    /// The municipality of a house number of a postcode (`1234AB`): four digits, without "GM". `None` where there is no such
    /// address, or where its parts lie in more than one.
    async fn municipality_of(&self, postcode: &str, number: u32) -> Result<Option<String>, PlacesError>;
}

/// The service.
#[derive(Debug, Clone)]
pub struct Pdok {
    client: Client,
    base: BaseUrl,
}

impl Pdok {
    /// At this address, which is `https://api.pdok.nl` for the real one. `client` is one of [`crate::http::client`].
    pub fn new(client: Client, base_url: &str) -> Result<Pdok, HttpError> {
        Ok(Pdok { client, base: BaseUrl::parse(base_url)? })
    }
}

#[derive(Deserialize)]
struct Answer {
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    docs: Vec<Doc>,
}

#[derive(Deserialize)]
struct Doc {
    gemeentecode: String,
    postcode: String,
    huisnummer: u32,
}

#[async_trait]
impl Places for Pdok {
    async fn municipality_of(&self, postcode: &str, number: u32) -> Result<Option<String>, PlacesError> {
        let unavailable = |why: &str| PlacesError::Unavailable(why.to_owned());
        let mut url = self.base.join(PATH, &[]).map_err(|_| unavailable("address"))?;
        url.query_pairs_mut()
            .append_pair("fq", "type:adres")
            .append_pair("fq", &format!("postcode:{postcode}"))
            .append_pair("fq", &format!("huisnummer:{number}"))
            .append_pair("fl", "gemeentecode,postcode,huisnummer")
            .append_pair("rows", MOST_ROWS);
        let response = self
            .client
            .get(url)
            .send()
            .await
            .map_err(|error| unavailable(if error.is_timeout() { "timeout" } else { "not_reached" }))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(PlacesError::Unavailable(format!("status_{status}")));
        }
        let body = read_up_to(response, LARGEST_ANSWER).await.ok_or_else(|| unavailable("broken_off"))?;
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| unavailable("not_understood"))?;
        let is_it = |doc: &Doc| doc.postcode == postcode && doc.huisnummer == number;
        let codes: BTreeSet<String> =
            answer.response.docs.into_iter().filter(is_it).map(|doc| doc.gemeentecode).collect();
        let is_code = |code: &String| code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit());
        let mut codes = codes.into_iter();
        Ok(match (codes.next(), codes.next()) {
            (Some(only), None) => Some(only).filter(is_code),
            // Not there, or on both sides of a border: nothing is guessed.
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{TIMEOUT, client};
    use crate::loopback::{Loopback, Then, deserted};

    async fn ask(url: &str) -> Result<Option<String>, PlacesError> {
        let pdok = Pdok::new(client(TIMEOUT).unwrap(), url).unwrap();
        pdok.municipality_of("3431AA", 3).await
    }

    #[tokio::test]
    async fn an_address_is_asked_for_by_postcode_and_number() {
        let body = r#"{"response":{"numFound":2,"start":0,"maxScore":1.5,"numFoundExact":true,"docs":[
            {"gemeentecode":"0353","postcode":"3431AA","huisnummer":3},
            {"gemeentecode":"0353","postcode":"3431AA","huisnummer":3}]}}"#;
        let server = Loopback::start(Then::Answer { status: 200, headers: "", body }).await;
        assert_eq!(ask(&server.url()).await, Ok(Some("0353".to_owned())));
        let line = server.requests()[0].lines().next().unwrap().to_owned();
        let expected = "GET /bzk/locatieserver/search/v3_1/free?fq=type%3Aadres&fq=postcode%3A3431AA&\
            fq=huisnummer%3A3&fl=gemeentecode%2Cpostcode%2Chuisnummer&rows=100 HTTP/1.1";
        assert_eq!(line, expected);
    }

    #[tokio::test]
    async fn nothing_is_guessed() {
        let answer = |status, body| Then::Answer { status, headers: "", body };
        let nothing = r#"{"response":{"docs":[]}}"#;
        let both = r#"{"response":{"docs":[{"gemeentecode":"0353","postcode":"3431AA","huisnummer":3},
            {"gemeentecode":"0356","postcode":"3431AA","huisnummer":3}]}}"#;
        let other = r#"{"response":{"docs":[{"gemeentecode":"0353","postcode":"3431AB","huisnummer":3}]}}"#;
        let strange =
            r#"{"response":{"docs":[{"gemeentecode":"GM353","postcode":"3431AA","huisnummer":3}]}}"#;
        let unavailable = |why: &str| Err(PlacesError::Unavailable(why.to_owned()));
        let table = [
            (answer(200, nothing), Ok(None)),
            (answer(200, both), Ok(None)),
            (answer(200, other), Ok(None)),
            (answer(200, strange), Ok(None)),
            (answer(200, "<html>"), unavailable("not_understood")),
            (answer(429, ""), unavailable("status_429")),
            (answer(503, ""), unavailable("status_503")),
            (Then::Break, unavailable("broken_off")),
            (Then::Reset, unavailable("not_reached")),
        ];
        for (then, expected) in table {
            let server = Loopback::start(then.clone()).await;
            assert_eq!(ask(&server.url()).await, expected, "{then:?}");
        }
        assert_eq!(ask(&deserted().await).await, unavailable("not_reached"));
    }
}
