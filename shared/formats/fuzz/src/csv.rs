//! CSV: a file says the same in one part and in many, and what is read has the form that the API takes.
//!
//! The first byte of the input chooses the mapping and the size of the parts; the rest is the file.

use contracts::api::bulk::{BulkRecord, RecordKind};
use contracts::api::debtors::DebtorBody;
use contracts::api::invoices::InvoiceBody;
use contracts::api::payments::PaymentBody;
use domain::Violation;
use formats::csv::{ColumnMapping, Layout, Report, Row, inspect, read};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::assert_named;

/// Of any bytes.
pub fn check(bytes: &[u8]) {
    let Some((choice, file)) = bytes.split_first() else { return };
    let Ok(mapping) = serde_json::from_value::<ColumnMapping>(mapping(choice % 4)) else {
        panic!("the mapping is none")
    };
    assert_eq!(mapping.check(), []);
    // What a smaller part shows of the file may be something else, but is never a reason to fail.
    let half = file.get(..file.len() / 2).unwrap_or_default();
    if let Err(refusal) = inspect(half, false, &mapping) {
        assert_named(&refusal);
    }
    let layout = match inspect(file, true, &mapping) {
        Ok(layout) => layout,
        Err(refusal) => return assert_named(&refusal),
    };
    let whole = rows(&layout, file, file.len(), usize::MAX);
    assert!(whole.windows(2).all(|pair| pair[0].line < pair[1].line), "lines go up");
    assert!(whole.iter().all(|row| row.line >= layout.begin.line));
    whole.iter().for_each(assert_row);
    let choice = usize::from(*choice);
    assert_eq!(rows(&layout, file, 2 * (8 + choice), 1 + choice % 5), whole);
}

fn mapping(choice: u8) -> Value {
    match choice {
        0 => json!({ "fields": {
            "debtor.number": { "column": "Debiteurnr" },
            "debtor.name": { "column": "Naam" },
            "debtor.emails": { "column": "E-mail" },
            "debtor.address.street": { "column": 4 },
            "debtor.address.city": { "column": 5 },
            "debtor.address.country": { "constant": "NL" },
            "invoice.number": { "column": "Factuurnr" },
            "invoice.issueDate": { "column": "datum" },
            "invoice.dueDate": { "column": "vervaldatum" },
            "invoice.total": { "column": "Bedrag" },
        } }),
        1 => json!({ "withoutHeader": true, "fields": {
            "debtor.id": { "column": 1 },
            "debtor.person.initials": { "column": 2 },
            "debtor.person.surname": { "column": 3 },
            "debtor.person.birthDate": { "column": 4 },
            "debtor.kind": { "column": 5 },
            "debtor.language": { "constant": "nl" },
            "debtor.modifiedAt": { "column": 6 },
        } }),
        2 => json!({ "fields": {
            "payment.id": { "column": 1 },
            "payment.kind": { "column": 2 },
            "payment.invoiceId": { "column": 3 },
            "payment.amount": { "column": 4 },
            "payment.receivedOn": { "column": 5 },
            "payment.reference": { "column": 6 },
        } }),
        _ => json!({ "delimiter": ",", "decimalMark": "point", "dateOrder": "monthFirst", "fields": {
            "invoice.id": { "column": 1 },
            "invoice.debtorId": { "column": 2 },
            "invoice.number": { "column": 1 },
            "invoice.kind": { "column": 3 },
            "invoice.issueDate": { "column": 4 },
            "invoice.dueDate": { "column": 5 },
            "invoice.total": { "column": 6 },
            "invoice.open": { "column": 7 },
            "invoice.recurringTerm": { "column": 8 },
            "invoice.paymentReference": { "column": 9 },
            "invoice.labels": { "column": 10 },
        } }),
    }
}

/// All rows, read in parts that begin with `size` bytes and grow until a record ends in them, `most` rows at a time.
fn rows(layout: &Layout, file: &[u8], size: usize, most: usize) -> Vec<Row> {
    let (mut rows, mut next, mut finished) = (Vec::new(), layout.begin, false);
    while !finished {
        let Some(begin) = usize::try_from(next.offset).ok().filter(|begin| *begin <= file.len()) else {
            panic!("a part begins behind the file: {next:?}")
        };
        let mut end = (begin + size).min(file.len());
        let part = loop {
            match read(layout, &file[begin..end], next, end == file.len(), most, Timestamp::UNIX_EPOCH) {
                Ok(part) => break part,
                Err(refusal) => {
                    assert_named(&refusal);
                    assert!(end < file.len(), "the last part holds what is left");
                    end = (begin + 2 * (end - begin)).min(file.len());
                }
            }
        };
        assert!(part.rows.len() <= most);
        assert!(part.finished || part.next.offset > next.offset, "no progress at {next:?}");
        rows.extend(part.rows);
        (next, finished) = (part.next, part.finished);
    }
    assert_eq!(usize::try_from(next.offset).ok(), Some(file.len()));
    rows
}

fn assert_row(row: &Row) {
    match &row.records {
        Ok(records) => {
            assert!((1..=3).contains(&records.len()));
            records.iter().for_each(assert_record);
        }
        Err(wrong) => {
            assert!(!wrong.is_empty());
            wrong.iter().for_each(|wrong| assert_reads_back(row.line, wrong));
        }
    }
}

/// The body has the form that the API takes; whether it takes it is the API's to say.
fn assert_record(record: &BulkRecord) {
    let id = domain::ids::InvoiceId::parse(&record.id);
    assert!(id.is_ok(), "{}: {id:?}", record.id);
    let body = record.body.clone();
    let fits = match record.kind {
        RecordKind::Debtor => serde_json::from_value::<DebtorBody>(body).map(|_| ()),
        RecordKind::Invoice => serde_json::from_value::<InvoiceBody>(body).map(|_| ()),
        RecordKind::Payment => serde_json::from_value::<PaymentBody>(body).map(|_| ()),
        RecordKind::Mandate => panic!("no column is of a mandate"),
    };
    assert!(fits.is_ok(), "{fits:?}: {}", record.body);
}

/// What is told of a refusal is one record of five cells, and what is refused is told nowhere in it.
fn assert_reads_back(line: u64, wrong: &Violation) {
    assert!(!wrong.code.is_empty() && !wrong.detail.is_empty());
    let text = Report::refusal(line, "", &wrong.path, wrong.code, &wrong.detail);
    assert!(text.ends_with("\r\n") && text.starts_with(&format!("{line},,{}", wrong.path)), "{text}");
}
