//! From an HTTP exchange to what is certain about it.

use reqwest::RequestBuilder;

use super::{Receipt, SubmitOutcome};
use crate::http;

/// Most errors that are kept of one refusal.
const MOST_ERRORS: usize = 20;
/// Longest reference that is kept, in characters.
const LONGEST_REFERENCE: usize = 128;

/// What a provider's body says, read by its adapter.
pub(crate) struct Answered {
    pub(crate) reference: Option<String>,
    /// Field and code of each thing that is wrong.
    pub(crate) faults: Vec<(String, String)>,
}

/// Makes the call and sorts its answer. `read` understands the provider's body, of a receipt and of a refusal.
pub(crate) async fn outcome_of(
    request: RequestBuilder,
    read: impl Fn(&[u8]) -> Option<Answered> + Send,
) -> SubmitOutcome {
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() => return temporary("not_connected"),
        Err(error) if error.is_builder() => {
            return SubmitOutcome::Rejected { errors: vec!["request_not_built".to_owned()] };
        }
        Err(error) if error.is_timeout() => return unknown("timeout"),
        Err(_) => return unknown("connection_broken"),
    };
    let status = response.status().as_u16();
    match status {
        // Our key or permission is wrong, or the platform is busy: nothing is wrong with this signal.
        401 | 403 | 425 | 429 | 503 => {
            return SubmitOutcome::Temporary { reason: format!("status_{status}") };
        }
        // 409: an earlier attempt under this key was taken in with other contents. A person has to compare.
        200..=299 | 400..=407 | 410..=499 => {}
        _ => return SubmitOutcome::Unknown { reason: format!("status_{status}") },
    }
    let body = http::read_bounded(response).await;
    let answered = body.as_deref().and_then(read);
    if (200..=299).contains(&status) { receipt(answered) } else { rejection(status, answered) }
}

fn receipt(answered: Option<Answered>) -> SubmitOutcome {
    match answered.and_then(|answered| answered.reference) {
        Some(reference) if is_plain(&reference, LONGEST_REFERENCE) => {
            SubmitOutcome::Accepted(Receipt { provider_reference: reference })
        }
        Some(_) | None => unknown("receipt_not_understood"),
    }
}

fn rejection(status: u16, answered: Option<Answered>) -> SubmitOutcome {
    let faults = answered.map(|answered| answered.faults).unwrap_or_default();
    let mut errors: Vec<String> = faults
        .into_iter()
        // Only what looks like the name of a field and a code: free text may quote what was sent.
        .filter(|(field, code)| is_plain(field, 64) && is_plain(code, 64))
        .map(|(field, code)| format!("{field}: {code}"))
        .take(MOST_ERRORS)
        .collect();
    if errors.is_empty() {
        errors.push(format!("status_{status}"));
    }
    SubmitOutcome::Rejected { errors }
}

fn is_plain(text: &str, longest: usize) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-:/[]".contains(c);
    (1..=longest).contains(&text.len()) && text.chars().all(allowed)
}

fn temporary(reason: &str) -> SubmitOutcome {
    SubmitOutcome::Temporary { reason: reason.to_owned() }
}

fn unknown(reason: &str) -> SubmitOutcome {
    SubmitOutcome::Unknown { reason: reason.to_owned() }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
