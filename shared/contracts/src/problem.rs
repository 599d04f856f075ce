//! Errors on the HTTP surface: RFC 9457, `application/problem+json`.

use domain::Violation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::failure::Failure;

/// Media type of a [`Problem`] (RFC 9457, section 6.1).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What every `type` begins with; the rest is the code.
pub const TYPE_PREFIX: &str = "urn:tijdig:problem:";

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem: `urn:tijdig:problem:` and a code.
    #[serde(rename = "type")]
    #[schema(example = "urn:tijdig:problem:bad_input")]
    pub kind: String,
    /// The kind of problem in words; the same for every problem of a kind.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// This problem in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Of bad input: each thing that is wrong, with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemError {
    /// Place in the body or the name of the parameter, such as `records[3].body.total`; empty for the whole.
    pub path: String,
    /// Stable, machine-readable name of the rule.
    pub code: String,
    /// The rule in words.
    pub detail: String,
}

impl Problem {
    /// A problem without errors of fields.
    pub fn new(status: u16, code: &str, title: &str, detail: impl Into<Option<String>>) -> Problem {
        Problem {
            kind: format!("{TYPE_PREFIX}{code}"),
            title: title.to_owned(),
            status,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// The code at the end of `type`.
    pub fn code(&self) -> &str {
        self.kind.strip_prefix(TYPE_PREFIX).unwrap_or(&self.kind)
    }
}

impl From<&Violation> for ProblemError {
    fn from(violation: &Violation) -> ProblemError {
        ProblemError {
            path: violation.path.clone(),
            code: violation.code.to_owned(),
            detail: violation.detail.clone(),
        }
    }
}

impl From<&Failure> for Problem {
    fn from(failure: &Failure) -> Problem {
        let code = failure.code();
        match failure {
            Failure::BadInput(violations) => Problem {
                errors: violations.iter().map(ProblemError::from).collect(),
                ..Problem::new(400, code, "The request is not well formed", None)
            },
            Failure::Rejected { detail, .. } => {
                Problem::new(409, code, "A rule forbids this", Some(detail.clone()))
            }
            Failure::NotFound { what } => {
                Problem::new(404, code, "Not found", Some(format!("no such {what}")))
            }
            Failure::Conflict { .. } => Problem::new(
                409,
                code,
                "Changed by somebody else at the same time",
                Some("read it again and repeat the request".to_owned()),
            ),
            Failure::Unavailable { retry_after_seconds, .. } => Problem::new(
                503,
                code,
                "Not available for a moment",
                Some(format!("try again in {retry_after_seconds} seconds")),
            ),
            // What broke is for the log, not for the caller.
            Failure::Bug { .. } => Problem::new(500, "internal_error", "An error of ours", None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_status_and_tells_nothing_internal() {
        let table = [
            (Failure::bad_input("a", "b", "c"), 400, "bad_input", None),
            (Failure::rejected("kind_is_fixed", "why"), 409, "kind_is_fixed", Some("why")),
            (Failure::not_found("debtor"), 404, "not_found", Some("no such debtor")),
            (Failure::conflict("version 3"), 409, "conflict", Some("read it again and repeat the request")),
            (Failure::unavailable("table"), 503, "unavailable", Some("try again in 5 seconds")),
            (Failure::bug("secret"), 500, "internal_error", None),
        ];
        for (failure, status, code, detail) in table {
            let problem = Problem::from(&failure);
            assert_eq!(
                (problem.status, problem.code(), problem.detail.as_deref()),
                (status, code, detail),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn bad_input_names_the_place_the_rule_and_the_words() {
        let problem = Problem::from(&Failure::bad_input(
            "address.postcode",
            "not_a_postcode",
            "four digits, two letters",
        ));
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "type": "urn:tijdig:problem:bad_input",
                "title": "The request is not well formed",
                "status": 400,
                "errors": [{"path": "address.postcode", "code": "not_a_postcode", "detail": "four digits, two letters"}],
            })
        );
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    }
}
