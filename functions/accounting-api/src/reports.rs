//! Reports about signals: what came of them, and the export in the official vocabulary.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::reports::{OutcomeCounts, SignalReport, SignalReportRow, first_of_month, month};
use contracts::failure::Failure;
use domain::calendar::today;
use domain::overview::Counted;
use formats::csv;
use formats::ddas::Document;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::ToSpan;
use jiff::civil::Date;
use runtime::http::{ApiError, Caller, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{App, page_size};

/// Months of one report at most.
const MOST_MONTHS: usize = 36;

/// Months of a report of which nothing is said.
const MONTHS: usize = 12;

/// Where an export goes on: the document itself has no place for it.
const NEXT_CURSOR: HeaderName = HeaderName::from_static("next-cursor");

/// How many signals of a page could not be told.
const LEFT_OUT: HeaderName = HeaderName::from_static("left-out");

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The first month, `YYYY-MM`. Eleven months before the last when absent.
    pub from: Option<String>,
    /// The last month. This one when absent.
    pub to: Option<String>,
    /// Four digits, without "GM": this municipality only.
    pub municipality: Option<String>,
}

/// What came of signals, by municipality and by the month in which the platform took them in. At most 36 months. CSV with
/// `Accept: text/csv`.
#[utoipa::path(get, path = "/v1/reports/signals", tag = "reports", params(ReportQuery),
    responses((status = 200, body = SignalReport), (status = 400, body = contracts::problem::Problem)))]
pub async fn signals(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ReportQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("signals:read")?;
    let months = months(&query, today(app.now()?))?;
    let mut report = SignalReport {
        from: months.first().copied().map(month).unwrap_or_default(),
        to: months.last().copied().map(month).unwrap_or_default(),
        rows: Vec::new(),
        totals: OutcomeCounts::default(),
    };
    for first in months {
        let outcomes = app.store.signal_outcomes(&caller.administration, first).await;
        let wanted = |of: &str| query.municipality.as_deref().is_none_or(|wanted| wanted == of);
        for outcome in outcomes.map_err(Failure::from)?.into_iter().filter(|o| wanted(&o.municipality)) {
            let counts = OutcomeCounts::of(&outcome.counts);
            report.totals.add(&counts);
            report.rows.push(SignalReportRow {
                month: month(outcome.month),
                municipality: outcome.municipality,
                counts,
            });
        }
    }
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/csv") {
        let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((headers, as_csv(&report)).into_response());
    }
    Ok(Json(report).into_response())
}

/// One line a row. A code comes from a table that somebody imported: what a spreadsheet would run is made text of.
fn as_csv(report: &SignalReport) -> String {
    let names: Vec<&str> =
        ["month", "municipality"].into_iter().chain(Counted::all().map(Counted::name)).collect();
    let mut text = csv::Report::row(&names);
    for row in &report.rows {
        let values: Vec<String> = row.counts.values().iter().map(u64::to_string).collect();
        let cells =
            [row.month.as_str(), &row.municipality].into_iter().chain(values.iter().map(String::as_str));
        text.push_str(&csv::Report::row(&cells.collect::<Vec<_>>()));
    }
    text
}

/// The first days of the months that are asked for.
fn months(query: &ReportQuery, today: Date) -> Result<Vec<Date>, Failure> {
    let read = |path: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => {
            let refused = || Failure::bad_input(path, "not_a_month", "is a month of the form YYYY-MM");
            first_of_month(text).map(Some).ok_or_else(refused)
        }
    };
    let to = read("to", &query.to)?.unwrap_or_else(|| today.first_of_month());
    let back = i32::try_from(MONTHS - 1).unwrap_or_default().months();
    let from = read("from", &query.from)?.unwrap_or_else(|| to.saturating_sub(back));
    let months: Vec<Date> =
        from.series(1.month()).take_while(|month| *month <= to).take(MOST_MONTHS + 1).collect();
    match months.len() {
        0 => Err(Failure::bad_input("from", "after_to", "is not after `to`")),
        count if count > MOST_MONTHS => {
            Err(Failure::bad_input("from", "too_early", "is at most 36 months long"))
        }
        _ => Ok(months),
    }
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// Four digits, without "GM": a document is about one municipality.
    pub municipality: String,
    /// The month in which the platform took the signals in, `YYYY-MM`.
    pub month: String,
    /// The code of the supplier of the data, as the receiver knows it; `tijdig` when absent.
    pub supplier: Option<String>,
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// The header `Next-Cursor` of the document before.
    pub cursor: Option<String>,
}

/// The signals of one municipality and month, and what came of them, as a document of the exchange model of DDAS 1.2 (the
/// vocabulary of municipalities). It holds addresses and birth dates. Where there are more signals than one document takes
/// the header `Next-Cursor` says how to go on; `Left-Out` counts those whose debtor's address is not known any more.
#[utoipa::path(get, path = "/v1/reports/signals/ddas", tag = "reports", params(ExportQuery),
    responses((status = 200, body = serde_json::Value), (status = 400, body = contracts::problem::Problem)))]
pub async fn ddas(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ExportQuery>,
) -> Result<Response, ApiError> {
    for scope in ["signals:read", "debtors:read"] {
        caller.require_scope(scope)?;
    }
    let limit = page_size(query.limit)?;
    let from = first_of_month(&query.month)
        .ok_or_else(|| Failure::bad_input("month", "not_a_month", "is a month of the form YYYY-MM"))?;
    let is_code = query.municipality.len() == 4 && query.municipality.bytes().all(|b| b.is_ascii_digit());
    if !is_code {
        return Err(Failure::bad_input("municipality", "not_a_code", "has four digits, without GM").into());
    }
    let supplier = query.supplier.as_deref().unwrap_or("tijdig");
    if supplier.is_empty() || supplier.len() > 64 || !supplier.bytes().all(|b| b.is_ascii_graphic()) {
        let detail = "has 1 to 64 visible ASCII characters";
        return Err(Failure::bad_input("supplier", "not_a_code", detail).into());
    }
    let (id, to) = (&caller.administration, from.last_of_month());
    let settings = app.administration(id).await?.value;
    let page = app.store.signalled(id, &query.municipality, (from, to), limit, query.cursor.as_deref()).await;
    let page = page.map_err(Failure::from)?;
    let debtors: Vec<_> = page.items.iter().map(|stored| stored.debtor.clone()).collect();
    let dossiers = app.store.dossiers_of(id, &debtors).await.map_err(Failure::from)?;
    let name = &settings.creditor.name;
    let mut document = Document::new((from, to), app.now()?, supplier, &query.municipality, name);
    let mut left_out = 0;
    for stored in &page.items {
        let dossier = dossiers.iter().find(|dossier| dossier.debtor.id == stored.debtor);
        let told = dossier.is_some_and(|d| document.add(&stored.signal, settings.sector, &d.debtor));
        left_out += usize::from(!told);
    }
    let mut response = Json(document).into_response();
    let headers = response.headers_mut();
    headers.insert(LEFT_OUT, HeaderValue::from(left_out));
    if let Some(next) = page.next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        headers.insert(NEXT_CURSOR, next);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn asked(from: Option<&str>, to: Option<&str>) -> Result<Vec<String>, Failure> {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let query = ReportQuery { from: text(from), to: text(to), municipality: None };
        months(&query, date(2026, 11, 30)).map(|all| all.into_iter().map(month).collect())
    }

    #[test]
    fn a_report_as_csv_has_a_line_a_row_and_runs_nothing() {
        let (month, counts) = ("2026-10".to_owned(), OutcomeCounts::default());
        let zeros = ",0".repeat(Counted::all().count());
        let table = [
            ("0344", "0344"),
            ("=1+1", "'=1+1"),
            ("+31", "'+31"),
            ("-2", "'-2"),
            ("@x", "'@x"),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("a;b", "\"a;b\""),
            ("a\nb", "\"a\nb\""),
        ];
        let row = |municipality: &str| SignalReportRow {
            month: month.clone(),
            municipality: municipality.to_owned(),
            counts,
        };
        for (municipality, cell) in table {
            let report = SignalReport {
                from: month.clone(),
                to: month.clone(),
                rows: vec![row(municipality), row("0363")],
                totals: counts,
            };
            let text = as_csv(&report);
            let (header, rows) = text.split_once("\r\n").unwrap();
            assert_eq!(header.split(',').count(), 2 + Counted::all().count());
            assert_eq!(rows, format!("2026-10,{cell}{zeros}\r\n2026-10,0363{zeros}\r\n"), "{municipality}");
        }
    }

    #[test]
    fn a_report_is_about_a_year_unless_it_says_otherwise() {
        let year = asked(None, None).unwrap();
        assert_eq!((year.len(), year[0].as_str(), year[11].as_str()), (12, "2025-12", "2026-11"));
        assert_eq!(asked(Some("2026-10"), None).unwrap(), ["2026-10", "2026-11"]);
        assert_eq!(asked(Some("2026-02"), Some("2026-02")).unwrap(), ["2026-02"]);
        assert_eq!(asked(Some("2023-12"), None).unwrap().len(), 36);
        for (from, to) in
            [(Some("2023-11"), None), (Some("2026-12"), None), (Some("x"), None), (None, Some("2026"))]
        {
            assert!(asked(from, to).is_err(), "{from:?} {to:?}");
        }
    }
}
