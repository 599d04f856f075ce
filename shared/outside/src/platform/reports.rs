//! Reports of municipalities as a platform tells them, and the answer of one that is asked for them.

use domain::Violation;
use jiff::Timestamp;
use reqwest::RequestBuilder;

use crate::http;

/// Longest id of a report, a code or a reference, in characters.
const LONGEST_ID: usize = 200;

/// Longest mark that a platform gives, in characters.
const LONGEST_MARK: usize = 500;

/// A report before its code is read: what it is about, what it says, and when that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawReport {
    /// The same id is the same report. Files may have none.
    pub id: Option<String>,
    /// The platform's own name of the signal.
    pub reference: String,
    /// In the platform's own words; see [`super::code_map`].
    pub code: String,
    pub at: Timestamp,
}

impl RawReport {
    /// Everything that is wrong with it: ids and codes are kept, and stand in keys. `paths` are those of id, reference and code.
    pub fn check(&self, paths: [&str; 3]) -> Vec<Violation> {
        let named = [self.id.as_ref(), Some(&self.reference), Some(&self.code)];
        let named = paths.into_iter().zip(named).filter_map(|(path, text)| Some((path, text?)));
        let is_good = |text: &str| {
            let plain = text.chars().all(|c| c.is_ascii_graphic() && c != '#');
            !text.is_empty() && text.len() <= LONGEST_ID && plain
        };
        let detail = "has 1 to 200 visible ASCII characters, without '#'";
        named
            .filter(|(_, text)| !is_good(text))
            .map(|(path, _)| Violation::new(path, "not_an_id", detail))
            .collect()
    }
}

/// What a platform that was asked told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPage {
    /// Oldest first.
    pub reports: Vec<RawReport>,
    /// Reports that could not be read. They are passed over: asking again would bring the same.
    pub unreadable: usize,
    /// The platform's mark of where it stopped: what comes after it is asked for next. `None` where it gave none.
    pub mark: Option<String>,
    /// There is more behind that mark.
    pub more: bool,
}

/// Why a platform told nothing. Asking again is harmless.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportsError {
    /// Not reached, busy, or it does not know us.
    #[error("the platform does not tell: {0}")]
    Unavailable(String),
    /// It said something that the adapter does not understand.
    #[error("the platform's answer is not understood")]
    NotUnderstood,
}

/// What a provider's body says, read by its adapter: reports that it could not read are `None`.
pub(crate) struct Told {
    pub(crate) reports: Vec<Option<RawReport>>,
    pub(crate) mark: Option<String>,
    pub(crate) more: bool,
}

/// Makes the call and reads its answer.
pub(crate) async fn page_of(
    request: RequestBuilder,
    read: impl Fn(&[u8]) -> Option<Told> + Send,
) -> Result<ReportPage, ReportsError> {
    let response = request.send().await.map_err(|error| {
        let why = if error.is_timeout() { "timeout" } else { "not_reached" };
        ReportsError::Unavailable(why.to_owned())
    })?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(ReportsError::Unavailable(format!("status_{status}")));
    }
    let body = http::read_up_to(response, http::LARGEST_PAGE).await;
    let told = body.as_deref().and_then(read).ok_or(ReportsError::NotUnderstood)?;
    let is_mark = |mark: &String| !mark.is_empty() && mark.len() <= LONGEST_MARK && mark.is_ascii();
    if told.mark.as_ref().is_some_and(|mark| !is_mark(mark)) {
        return Err(ReportsError::NotUnderstood);
    }
    let all = told.reports.len();
    let good = |report: &RawReport| report.check(["id", "reference", "code"]).is_empty();
    let reports: Vec<RawReport> = told.reports.into_iter().flatten().filter(good).collect();
    Ok(ReportPage { unreadable: all - reports.len(), reports, mark: told.mark, more: told.more })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(id: &str, reference: &str, code: &str) -> RawReport {
        RawReport {
            id: Some(id.to_owned()),
            reference: reference.to_owned(),
            code: code.to_owned(),
            at: "2026-11-23T07:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn what_stands_in_keys_is_checked_and_named() {
        let long = "x".repeat(201);
        let table: [(RawReport, &[&str]); 5] = [
            (report("f1", "VPS-1", "deceased"), &[]),
            (RawReport { id: None, ..report("", "VPS-1", "deceased") }, &[]),
            (report("f 1", "VPS#1", ""), &["id", "reference", "code"]),
            (report("f1", &long, "deceased"), &["reference"]),
            (report("f1", "VPS-1", "overleden\u{e9}"), &["code"]),
        ];
        for (report, expected) in table {
            let found = report.check(["id", "reference", "code"]);
            let paths: Vec<&str> = found.iter().map(|v| v.path.as_str()).collect();
            assert_eq!(paths, expected, "{report:?}");
        }
    }
}
