//! Rows taken in, counted, and told of where they are refused.

use contracts::api::bulk::BulkRecord;
use contracts::failure::Failure;
use domain::Violation;
use domain::file_import::FileCounts;
use domain::intake::Upsert;
use records::{Origin, Records, Taken};
use store::RefusedRecord;

/// Reasons that are told of one row.
const MOST_REASONS: usize = 20;

/// Longest id and field that are told, in characters. What a file has in their place may be anything.
const LONGEST_ID: usize = 64;
const LONGEST_FIELD: usize = 200;
const LONGEST_DETAIL: usize = 300;

/// One row of a file.
#[derive(Debug)]
pub(crate) struct Row {
    line: u64,
    id: Option<String>,
    records: Result<Vec<(BulkRecord, Option<&'static str>)>, Vec<Violation>>,
}

impl Row {
    /// What it says; each record with what the names of its fields begin with, where it has several.
    pub fn of(line: u64, records: Vec<(BulkRecord, Option<&'static str>)>) -> Row {
        Row { line, id: None, records: Ok(records) }
    }

    pub fn refused(line: u64, id: Option<String>, violations: Vec<Violation>) -> Row {
        Row { line, id, records: Err(violations) }
    }
}

/// Counts rows, and keeps why they are refused.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub counts: FileCounts,
    pub refused: Vec<RefusedRecord>,
}

impl Tally {
    /// A row that was taken in, as all of its records were.
    pub fn taken(&mut self, outcomes: &[Upsert]) {
        self.counts.read += 1;
        if outcomes.iter().any(|outcome| matches!(outcome, Upsert::Ignored(_))) {
            self.counts.ignored += 1;
            return;
        }
        self.counts.accepted += 1;
        let new = |outcome: &Upsert| matches!(outcome, Upsert::Created | Upsert::Changed);
        self.counts.unchanged += u64::from(!outcomes.iter().any(new));
    }

    /// A row of which something was refused.
    pub fn refused(&mut self, line: u64, reasons: impl IntoIterator<Item = Reason>) {
        self.counts.read += 1;
        self.counts.refused += 1;
        let reasons = reasons.into_iter().take(MOST_REASONS);
        self.refused.extend(reasons.map(|reason| RefusedRecord {
            line,
            id: reason.id.map(|id| shortened(&id, LONGEST_ID)),
            field: shortened(&reason.field, LONGEST_FIELD),
            rule: reason.rule,
            detail: shortened(&reason.detail, LONGEST_DETAIL),
        }));
    }
}

/// One reason why something is refused.
#[derive(Debug)]
pub(crate) struct Reason {
    pub id: Option<String>,
    pub field: String,
    pub rule: String,
    pub detail: String,
}

/// Every reason that a failure gives, for fields whose names begin with `prefix`.
pub(crate) fn reasons(failure: Failure, id: Option<&str>, prefix: Option<&str>) -> Vec<Reason> {
    let reason = |field: &str, rule: &str, detail: String| Reason {
        id: id.map(str::to_owned),
        field: match prefix {
            Some(prefix) if field.is_empty() => prefix.to_owned(),
            Some(prefix) => format!("{prefix}.{field}"),
            None => field.to_owned(),
        },
        rule: rule.to_owned(),
        detail,
    };
    let code = failure.code();
    match failure {
        Failure::BadInput(violations) => {
            violations.into_iter().map(|v| reason(&v.path, v.code, v.detail)).collect()
        }
        Failure::Rejected { code, detail } => vec![reason("", code, detail)],
        Failure::NotFound { what } => vec![reason("", code, format!("names a {what} that is known"))],
        Failure::Conflict { detail } | Failure::Unavailable { detail, .. } | Failure::Bug { detail } => {
            vec![reason("", code, detail)]
        }
    }
}

fn shortened(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

/// Takes rows in: those of one debtor in their order, many debtors at once.
///
/// # Errors
/// Only what keeps every row out, such as a store that is away.
pub(crate) async fn take(
    records: &Records,
    origin: &Origin,
    rows: Vec<Row>,
) -> Result<(FileCounts, Vec<RefusedRecord>), Failure> {
    let mut all = Vec::new();
    let mut told = Vec::with_capacity(rows.len());
    for Row { line, id, records } in rows {
        let records = records.map(|records| {
            let names: Vec<_> = records.iter().map(|(record, prefix)| (record.id.clone(), *prefix)).collect();
            all.extend(records.into_iter().map(|(record, _)| record));
            names
        });
        told.push((line, id, records));
    }
    let mut taken = records.take_all_in(origin, all).await?.into_iter();
    let mut tally = Tally::default();
    for (line, id, records) in told {
        match records {
            Ok(names) => one(&mut tally, line, &names, taken.by_ref().take(names.len()))?,
            Err(violations) => tally.refused(line, reasons(violations.into(), id.as_deref(), None)),
        }
    }
    Ok((tally.counts, tally.refused))
}

fn one(
    tally: &mut Tally,
    line: u64,
    names: &[(String, Option<&'static str>)],
    taken: impl Iterator<Item = Taken>,
) -> Result<(), Failure> {
    let (mut outcomes, mut refused) = (Vec::with_capacity(names.len()), Vec::new());
    for ((id, prefix), taken) in names.iter().zip(taken) {
        match taken {
            Ok(outcome) => outcomes.push(outcome),
            // Others changed the same dossier all the time: that is no fault of the record.
            Err(Failure::Conflict { detail }) => return Err(Failure::unavailable(detail)),
            Err(failure) => refused.extend(reasons(failure, Some(id), *prefix)),
        }
    }
    if refused.is_empty() {
        tally.taken(&outcomes);
    } else {
        tally.refused(line, refused);
    }
    Ok(())
}
