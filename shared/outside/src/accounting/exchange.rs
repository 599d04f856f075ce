//! One request to a package: counted, sent once, its answer read within bounds and sorted.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, LOCATION, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;

use super::{PackageError, Quota};
use crate::http::{self, LARGEST_PAGE, Secret};

/// How long to wait where a package does not say.
const WAIT: Duration = Duration::from_secs(60);
/// Longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_secs(6 * 3600);
/// Longest code of a refusal that is told on.
const LONGEST_CODE: usize = 64;
/// Why there is no answer where it broke off or has more than [`LARGEST_PAGE`]: less may be asked for.
pub(crate) const BROKEN_OR_TOO_LARGE: &str = "broken_or_too_large";

/// What came back with a status of success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub content_type: String,
    /// When it was answered, by the package's clock: for what has no time of its own.
    pub at: Option<Timestamp>,
    pub bytes: Vec<u8>,
}

/// Makes one request. `code` finds the package's own code in the body of a refusal; what is not plain is not told on,
/// since free text may quote what was sent.
pub(crate) async fn ask(
    quota: &dyn Quota,
    request: RequestBuilder,
    code: fn(&[u8]) -> Option<String>,
) -> Result<Answer, PackageError> {
    let response = sent(quota, request).await?;
    let status = response.status().as_u16();
    if status < 300 {
        let content_type = header(&response, "content-type").unwrap_or_default();
        let at = header(&response, DATE.as_str()).and_then(|text| rfc2822::parse(&text).ok());
        let at = at.map(|date| date.timestamp());
        let bytes = http::read_up_to(response, LARGEST_PAGE).await;
        let bytes = bytes.ok_or_else(|| PackageError::NoAnswer(BROKEN_OR_TOO_LARGE.to_owned()))?;
        return Ok(Answer { content_type, at, bytes });
    }
    Err(failed(response, code).await)
}

/// Where an answer sends us on to (302 and the like): the address of a file. Nobody is sent there by this.
pub(crate) async fn redirected(
    quota: &dyn Quota,
    request: RequestBuilder,
    code: fn(&[u8]) -> Option<String>,
) -> Result<Secret, PackageError> {
    let response = sent(quota, request).await?;
    match response.status().as_u16() {
        301..=303 | 307 | 308 => header(&response, LOCATION.as_str())
            .map(Secret::new)
            .ok_or(PackageError::Malformed("no location".to_owned())),
        200..=299 => Err(PackageError::Malformed("not sent on".to_owned())),
        _ => Err(failed(response, code).await),
    }
}

async fn sent(quota: &dyn Quota, request: RequestBuilder) -> Result<Response, PackageError> {
    quota.take().await?;
    request.send().await.map_err(|error| match error {
        error if error.is_builder() => PackageError::Malformed("the request".to_owned()),
        error if error.is_connect() => PackageError::Unavailable("not_connected".to_owned()),
        error if error.is_timeout() => PackageError::NoAnswer("timeout".to_owned()),
        _ => PackageError::NoAnswer("connection_broken".to_owned()),
    })
}

/// What an answer without success says.
async fn failed(response: Response, code: fn(&[u8]) -> Option<String>) -> PackageError {
    let status = response.status().as_u16();
    match status {
        401 => PackageError::TokenExpired,
        403 => PackageError::Unauthorized,
        404 | 410 => PackageError::Absent,
        408 | 425 | 503 => PackageError::Unavailable(format!("status_{status}")),
        429 => PackageError::Limited(wait(&response)),
        400..=499 => {
            let body = http::read_bounded(response).await;
            let code = body.as_deref().and_then(code).filter(|code| is_plain(code));
            PackageError::Refused(code.unwrap_or_else(|| format!("status_{status}")))
        }
        _ => PackageError::NoAnswer(format!("status_{status}")),
    }
}

/// Reads a body. Of what is wrong the place is told, never a value.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, PackageError> {
    serde_json::from_slice(bytes)
        .map_err(|e| PackageError::Malformed(format!("line {} column {}", e.line(), e.column())))
}

/// A code as it may be told on; `None` where it is anything else.
pub(crate) fn plain_code(text: &str) -> Option<String> {
    is_plain(text).then(|| text.to_owned())
}

fn is_plain(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=LONGEST_CODE).contains(&text.len()) && text.chars().all(allowed)
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn wait(response: &Response) -> Duration {
    let seconds = header(response, RETRY_AFTER.as_str()).and_then(|text| text.trim().parse().ok());
    seconds.map_or(WAIT, Duration::from_secs).min(LONGEST_WAIT)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::http::{TIMEOUT, client};
    use crate::loopback::{Loopback, Then, deserted};
    use async_trait::async_trait;

    /// There is always room.
    #[derive(Debug)]
    pub(crate) struct Plenty;

    #[async_trait]
    impl Quota for Plenty {
        async fn take(&self) -> Result<(), PackageError> {
            Ok(())
        }
    }

    #[derive(Debug)]
    struct Exhausted;

    #[async_trait]
    impl Quota for Exhausted {
        async fn take(&self) -> Result<(), PackageError> {
            Err(PackageError::Limited(Duration::from_secs(7)))
        }
    }

    fn code(bytes: &[u8]) -> Option<String> {
        serde_json::from_slice::<serde_json::Value>(bytes).ok()?["code"].as_str().map(str::to_owned)
    }

    async fn asked(then: Then) -> Result<Answer, PackageError> {
        let server = Loopback::start(then).await;
        let client = client(Duration::from_millis(300)).unwrap();
        ask(&Plenty, client.get(server.url()), code).await
    }

    #[tokio::test]
    async fn every_answer_is_sorted() {
        let refused = |text: &str| Err(PackageError::Refused(text.to_owned()));
        let lost = |text: &str| Err(PackageError::NoAnswer(text.to_owned()));
        let table = [
            (200, "", "{}", Ok("{}")),
            (401, "", "", Err(PackageError::TokenExpired)),
            (403, "", "", Err(PackageError::Unauthorized)),
            (404, "", "", Err(PackageError::Absent)),
            (429, "Retry-After: 12\r\n", "", Err(PackageError::Limited(Duration::from_secs(12)))),
            (429, "Retry-After: tomorrow\r\n", "", Err(PackageError::Limited(WAIT))),
            (429, "Retry-After: 99999999\r\n", "", Err(PackageError::Limited(LONGEST_WAIT))),
            (400, "", r#"{"code":"FAC-0012"}"#, refused("FAC-0012")),
            (400, "", r#"{"code":"J. de Vries is unknown"}"#, refused("status_400")),
            (400, "", "not json", refused("status_400")),
            (503, "", "", Err(PackageError::Unavailable("status_503".to_owned()))),
            (500, "", "", lost("status_500")),
            (302, "", "", lost("status_302")),
        ];
        for (status, headers, body, expected) in table {
            let seen = asked(Then::Answer { status, headers, body }).await;
            let seen = seen.map(|answer| String::from_utf8(answer.bytes).unwrap());
            assert_eq!(seen, expected.map(str::to_owned), "{status} {body}");
        }
        for (then, expected) in [
            (Then::Hang, "timeout"),
            (Then::Reset, "connection_broken"),
            (Then::Break, "broken_or_too_large"),
        ] {
            assert_eq!(asked(then).await, Err(PackageError::NoAnswer(expected.to_owned())));
        }
    }

    #[tokio::test]
    async fn what_there_is_no_room_for_is_not_sent() {
        let server = Loopback::start(Then::Answer { status: 200, headers: "", body: "{}" }).await;
        let client = client(TIMEOUT).unwrap();
        let seen = ask(&Exhausted, client.get(server.url()), code).await;
        assert_eq!(seen, Err(PackageError::Limited(Duration::from_secs(7))));
        assert!(server.requests().is_empty());
        let seen = ask(&Plenty, client.get(deserted().await), code).await;
        assert_eq!(seen, Err(PackageError::Unavailable("not_connected".to_owned())));
    }
}
