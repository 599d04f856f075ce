//! Files of spreadsheets and packages as the bodies that the API takes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use contracts::api::bulk::RecordKind;
use contracts::api::debtors::DebtorBody;
use contracts::api::invoices::InvoiceBody;
use contracts::api::payments::PaymentBody;
use domain::ids::{DebtorId, InvoiceId};
use formats::csv::{
    ColumnMapping, DateOrder, DecimalMark, Encoding, Layout, MAX_RECORD, Position, Row, SMALLEST_PART,
    field_names, inspect, read,
};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is imported without a time of its own was changed at this one.
fn imported_at() -> Timestamp {
    "2026-11-25T10:00:00Z".parse().unwrap()
}

fn mapping(fields: Value) -> ColumnMapping {
    serde_json::from_value(json!({ "fields": fields })).unwrap()
}

/// Invoices with their debtors, as a package exports them.
fn of_invoices() -> ColumnMapping {
    mapping(json!({
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
    }))
}

const INVOICES: &str = "\
Debiteurnr;Naam;E-mail;Straat;Plaats;Factuurnr;Datum;Vervaldatum;Bedrag;\r
1001;\"Jansen; A.\";a@example.nl, b@example.nl;Dorpsstraat;Utrecht;2026-0001;1-9-2026;15-9-2026;1.234,56;\r
1002;Café & Zn.;;;;2026/0002;02-09-2026;16-09-2026;€ 12,50-;\r
;;;;;;;;;\r
1003;\"Twee\r
regels\";;;;2026-0003;3-9-2026;17-9-2026;0,10;\r
";

fn layout(file: &[u8], mapping: &ColumnMapping) -> Layout {
    inspect(file, true, mapping).unwrap()
}

/// The whole file in one part.
fn rows(file: &[u8], mapping: &ColumnMapping) -> Vec<Row> {
    let layout = layout(file, mapping);
    let begin = usize::try_from(layout.begin.offset).unwrap();
    let part = read(&layout, &file[begin..], layout.begin, true, usize::MAX, imported_at()).unwrap();
    assert!(part.finished);
    assert_eq!(part.next.offset, u64::try_from(file.len()).unwrap());
    part.rows
}

/// Line, field and rule of everything that was refused.
fn refusals(file: &str, mapping: &ColumnMapping) -> Vec<(u64, String, &'static str)> {
    let refused =
        rows(file.as_bytes(), mapping).into_iter().filter_map(|row| Some((row.line, row.records.err()?)));
    refused.flat_map(|(line, wrong)| wrong.into_iter().map(move |w| (line, w.path, w.code))).collect()
}

#[test]
fn a_line_gives_a_debtor_and_an_invoice() {
    let rows = rows(INVOICES.as_bytes(), &of_invoices());
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 5]);
    let records = rows[0].records.clone().unwrap();
    let told: Vec<_> = records.iter().map(|record| (record.kind, record.id.as_str())).collect();
    assert_eq!(told, [(RecordKind::Debtor, "1001"), (RecordKind::Invoice, "2026-0001")]);
    let debtor: DebtorBody = serde_json::from_value(records[0].body.clone()).unwrap();
    assert_eq!((debtor.name.as_str(), debtor.modified_at), ("Jansen; A.", imported_at()));
    let debtor = debtor.into_debtor(DebtorId::parse("1001").unwrap()).unwrap();
    assert_eq!(debtor.emails.len(), 2);
    assert_eq!(debtor.address.unwrap().city, "Utrecht");
    let invoice: InvoiceBody = serde_json::from_value(records[1].body.clone()).unwrap();
    let expected = ("1001", "2026-0001", "2026-09-01", Some("2026-09-15"), "1234.56");
    let body = (
        &*invoice.debtor_id,
        &*invoice.number,
        &*invoice.issue_date,
        invoice.due_date.as_deref(),
        &*invoice.total,
    );
    assert_eq!(body, expected);
    assert!(invoice.into_invoice(InvoiceId::parse("2026-0001").unwrap()).is_ok());
}

#[test]
fn below_zero_is_a_credit_note_and_a_number_that_is_no_id_becomes_one() {
    let rows = rows(INVOICES.as_bytes(), &of_invoices());
    let records = rows[1].records.clone().unwrap();
    assert_eq!(
        (&records[1].body["kind"], &records[1].body["total"]),
        (&json!("creditNote"), &json!("12.50"))
    );
    assert_eq!(records[1].body["number"], "2026/0002");
    assert!(records[1].id.starts_with("20260002-"), "{}", records[1].id);
    assert!(InvoiceId::parse(&records[1].id).is_ok());
    assert_eq!(rows[2].records.as_ref().unwrap()[0].body["name"], "Twee regels");
}

#[test]
fn payments_name_their_invoice_or_their_debtor() {
    let mapping = mapping(json!({
        "payment.id": { "column": "id" },
        "payment.amount": { "column": "bedrag" },
        "payment.receivedOn": { "column": "op" },
        "invoice.number": { "column": "factuur" },
        "debtor.number": { "column": "debiteur" },
        "payment.reasonCode": { "column": "reden" },
    }));
    let file = "id,bedrag,op,factuur,debiteur,reden\n\
        p1,10.00,2026-09-01,2026-0001,,\np2,-10.00,2026-09-08,2026-0001,,AM04\np3,5,2026-09-09,,1001,\np4,5,2026-09-09,,,\n";
    let rows = rows(file.as_bytes(), &mapping);
    let bodies: Vec<PaymentBody> = rows[..3]
        .iter()
        .map(|row| serde_json::from_value(row.records.as_ref().unwrap()[0].body.clone()).unwrap())
        .collect();
    let told: Vec<_> =
        bodies.iter().map(|b| (b.amount.as_str(), b.invoice_id.as_deref(), b.debtor_id.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("10.00", Some("2026-0001"), None),
            ("10.00", Some("2026-0001"), None),
            ("5.00", None, Some("1001"))
        ]
    );
    assert_eq!(rows[1].records.as_ref().unwrap()[0].body["kind"], "reversal");
    assert_eq!(refusals(file, &mapping), [(5, "payment.invoiceId".to_owned(), "required")]);
}

#[test]
fn the_same_file_in_each_encoding_is_the_same() {
    let expected = rows(INVOICES.as_bytes(), &of_invoices());
    let wide = |to_bytes: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        mark.then_some(0xfeff).into_iter().chain(INVOICES.encode_utf16()).flat_map(to_bytes).collect()
    };
    // The euro sign is where windows-1252 and ISO 8859-1 differ.
    let western = |c: char| if c == '€' { 0x80 } else { u8::try_from(u32::from(c)).unwrap() };
    let table = [
        ("UTF-8 with a mark", Encoding::Utf8, format!("\u{feff}{INVOICES}").into_bytes()),
        ("windows-1252", Encoding::Utf8, INVOICES.chars().map(western).collect()),
        ("UTF-16, low byte first", Encoding::Utf16Le, wide(u16::to_le_bytes, true)),
        ("UTF-16, high byte first", Encoding::Utf16Be, wide(u16::to_be_bytes, true)),
        ("UTF-16 without a mark", Encoding::Utf16Le, wide(u16::to_le_bytes, false)),
    ];
    for (what, encoding, file) in table {
        assert_eq!(layout(&file, &of_invoices()).encoding, encoding, "{what}");
        assert_eq!(rows(&file, &of_invoices()), expected, "{what}");
    }
}

#[test]
fn delimiters_line_ends_and_marks_are_found_out() {
    let mapping = mapping(json!({
        "debtor.number": { "column": "nr" }, "invoice.number": { "column": "factuur" },
        "invoice.issueDate": { "column": "datum" }, "invoice.dueDate": { "column": "datum" },
        "invoice.total": { "column": "bedrag" },
    }));
    let table = [
        ("nr;factuur;datum;bedrag\n1;2;31-12-2026;1,50\n", ';', Some(DecimalMark::Comma)),
        ("nr,factuur,datum,bedrag\r1,2,12/31/2026,1.50\r", ',', Some(DecimalMark::Point)),
        ("nr\tfactuur\tdatum\tbedrag\r\n1\t2\t31-12-2026\t1,50", '\t', Some(DecimalMark::Comma)),
        ("sep=|\r\nnr|factuur|datum|bedrag\r\n1|2|31-12-2026|1,50", '|', Some(DecimalMark::Comma)),
        ("nr,factuur,datum,bedrag\n1,2,20261231,\"1,50\"\n", ',', Some(DecimalMark::Comma)),
        // What one cell shows holds for the others: 1.500 is one thousand five hundred.
        (
            "nr;factuur;datum;bedrag\n1;2;31-12-2026;1,50\n1;3;31-12-2026;1.500\n",
            ';',
            Some(DecimalMark::Comma),
        ),
        ("nr;factuur;datum;bedrag\n1;2;31-12-2026;150\n", ';', None),
    ];
    for (file, delimiter, mark) in table {
        let layout = layout(file.as_bytes(), &mapping);
        assert_eq!((layout.delimiter, layout.decimal_mark), (delimiter, mark), "{file}");
        for row in rows(file.as_bytes(), &mapping) {
            let records = row.records.unwrap();
            assert_eq!(records[0].body["dueDate"], "2026-12-31", "{file}");
        }
    }
}

#[test]
fn what_is_wrong_in_a_line_is_told_by_line_field_and_rule() {
    let line = "1001;A;;;;2026-0001;1-9-2026;15-9-2026;10,00;";
    let table = [
        (line.replace("10,00", "tien"), vec![("invoice.total", "not_a_number")]),
        (line.replace("10,00", "1,005"), vec![("invoice.total", "too_many_decimals")]),
        (line.replace("10,00", "1.005"), vec![]),
        (line.replace("10,00", "1000000000,00"), vec![("invoice.total", "amount_too_large")]),
        (line.replace("10,00", ""), vec![("invoice.total", "required")]),
        (line.replace("15-9-2026", "31-9-2026"), vec![("invoice.dueDate", "not_a_date")]),
        (line.replace("15-9-2026", ""), vec![("invoice.dueDate", "required")]),
        (line.replace("2026-0001", ""), vec![("invoice.number", "required")]),
        (line.replace("1001;A", "1001;"), vec![("debtor.name", "required")]),
        (line.replace("A;;;;", "A;;Dorpsstraat;;"), vec![("debtor.address.city", "required")]),
        (
            line.replace("1-9-2026;15-9-2026", "x;y"),
            vec![("invoice.dueDate", "not_a_date"), ("invoice.issueDate", "not_a_date")],
        ),
        (line.replace(";;;;", ";;"), vec![("", "cell_count")]),
        (format!("{line}meer;nog meer"), vec![("", "cell_count")]),
    ];
    let header = INVOICES.lines().next().unwrap();
    for (wrong, expected) in table {
        let expected: Vec<_> =
            expected.into_iter().map(|(field, rule)| (3, field.to_owned(), rule)).collect();
        assert_eq!(refusals(&format!("{header}\n{line}\n{wrong}\n"), &of_invoices()), expected, "{wrong}");
        let told = format!("{:?}", rows(format!("{header}\n{wrong}\n").as_bytes(), &of_invoices()));
        assert!(!told.contains("tien") && !told.contains("Dorpsstraat"), "{told}");
    }
}

#[test]
fn what_no_cell_tells_is_refused_until_the_mapping_does() {
    let header = INVOICES.lines().next().unwrap();
    let file = format!("{header}\n1001;A;;;;2026-0001;1/9/2026;5-9-26;1.005;\n");
    let expected = [
        (2, "invoice.dueDate".to_owned(), "ambiguous_date"),
        (2, "invoice.issueDate".to_owned(), "ambiguous_date"),
        (2, "invoice.total".to_owned(), "ambiguous_amount"),
    ];
    assert_eq!(refusals(&file, &of_invoices()), expected);
    let mut told = of_invoices();
    told.date_order = Some(DateOrder::DayFirst);
    told.decimal_mark = Some(DecimalMark::Comma);
    let rows = rows(file.as_bytes(), &told);
    let body = &rows[0].records.as_ref().unwrap()[1].body;
    assert_eq!((&body["dueDate"], &body["total"]), (&json!("2026-09-05"), &json!("1005.00")));
}

#[test]
fn a_file_that_does_not_fit_its_mapping_is_refused_as_a_whole() {
    let table = [
        ("Debiteurnr;Naam\n1;2\n", "TIJDIG-COLUMN", "fields.debtor.address.city"),
        (&INVOICES.replacen("Naam", "Debiteurnr", 1), "TIJDIG-COLUMN", "fields.debtor.name"),
        (&INVOICES.replacen("Straat", "Naam", 1), "TIJDIG-ONE", "fields.debtor.name"),
        ("", "TIJDIG-COLUMN", "line 1"),
        ("\n\n", "TIJDIG-COLUMN", "line 1"),
        (&"a;".repeat(501), "TIJDIG-LIMIT", "line 1"),
    ];
    for (file, rule, path) in table {
        let refusal = inspect(file.as_bytes(), true, &of_invoices()).unwrap_err();
        assert_eq!((refusal.rule, refusal.path.as_str()), (rule, path), "{file:.80}");
    }
}

#[test]
fn a_mapping_is_checked_before_any_file_is_there() {
    let table = [
        (json!({}), vec![("fields", "required")]),
        (
            json!({ "invoice.totaal": { "column": 1 } }),
            vec![
                ("fields.*", "unknown_field"),
                ("fields.invoice.id", "required"),
                ("fields.invoice.debtorId", "required"),
                ("fields.invoice.issueDate", "required"),
                ("fields.invoice.total", "required"),
            ],
        ),
        (
            json!({ "debtor.number": { "column": 0 }, "debtor.name": { "column": 501 } }),
            vec![("fields.debtor.name", "column_number"), ("fields.debtor.number", "column_number")],
        ),
        (
            json!({ "debtor.number": { "column": " " }, "debtor.name": { "constant": "" } }),
            vec![("fields.debtor.name", "length"), ("fields.debtor.number", "length")],
        ),
        (json!({ "debtor.name": { "column": "naam" } }), vec![("fields.debtor.id", "required")]),
        (json!({ "debtor.number": { "column": "nr" } }), vec![("fields", "required")]),
    ];
    for (fields, expected) in table {
        let wrong = mapping(fields.clone()).check();
        let told: Vec<_> = wrong.iter().map(|wrong| (wrong.path.as_str(), wrong.code)).collect();
        assert_eq!(told, expected, "{fields}");
    }
    assert_eq!(of_invoices().check(), []);
    assert!(serde_json::from_value::<ColumnMapping>(json!({ "fields": {}, "anders": 1 })).is_err());
    assert_eq!(field_names().collect::<std::collections::BTreeSet<_>>().len(), field_names().count());
}

#[test]
fn a_file_without_a_header_goes_by_numbers() {
    let mut mapping = mapping(json!({ "debtor.number": { "column": 1 }, "debtor.name": { "column": 2 } }));
    mapping.without_header = true;
    let rows = rows(b"1001;Jansen\n1002;De Vries\n", &mapping);
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(rows[0].records.as_ref().unwrap()[0].body["name"], "Jansen");
}

#[test]
fn a_record_that_is_too_long_costs_one_line() {
    let header = INVOICES.lines().next().unwrap();
    let line = "1001;A;;;;2026-0001;1-9-2026;15-9-2026;10,00;";
    // A quotation mark that is never closed: all that follows is one cell.
    let file = format!("{header}\n\"{line}\n{}", format!("{line}\n").repeat(2 * MAX_RECORD / line.len()));
    let rows = rows(file.as_bytes(), &of_invoices());
    let refused: Vec<_> = rows.iter().filter(|row| row.records.is_err()).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].line, refused[0].records.as_ref().unwrap_err()[0].code), (2, "record_too_long"));
    assert_eq!(rows.len(), file.lines().count() - 1);
}

/// The file in parts of `size` bytes and at most `most` records each, as one who keeps nothing between two calls reads it.
fn in_parts(file: &[u8], mapping: &ColumnMapping, size: usize, most: usize) -> Vec<Row> {
    let layout = layout(file, mapping);
    let (mut rows, mut next, mut finished) = (Vec::new(), layout.begin, false);
    while !finished {
        let begin = usize::try_from(next.offset).unwrap();
        let end = (begin + size).min(file.len());
        let layout: Layout = serde_json::from_str(&serde_json::to_string(&layout).unwrap()).unwrap();
        let part = read(&layout, &file[begin..end], next, end == file.len(), most, imported_at()).unwrap();
        assert!(part.rows.len() <= most);
        assert!(part.next != next || part.finished, "no progress at {next:?}");
        rows.extend(part.rows);
        (next, finished) = (part.next, part.finished);
    }
    assert_eq!(next.offset, u64::try_from(file.len()).unwrap());
    rows
}

#[test]
fn a_hundred_thousand_lines_take_bounded_time_and_one_part_at_a_time() {
    let header = INVOICES.lines().next().unwrap();
    let lines: String = (0..100_000)
        .map(|n| format!("{};Debiteur {n};;Straat {n};Utrecht;F{n};1-9-2026;15-9-2026;12,50;\n", n / 3))
        .collect();
    let file = format!("{header}\n{lines}");
    let started = Instant::now();
    let rows = in_parts(file.as_bytes(), &of_invoices(), SMALLEST_PART, 1_000);
    assert_eq!((rows.len(), rows[99_999].line), (100_000, 100_001));
    assert!(rows.iter().all(|row| row.records.is_ok()));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn hostile_files_take_bounded_time() {
    let header = INVOICES.lines().next().unwrap();
    let table = [
        ("quotation marks", format!("{header}\n{}", "\"\n".repeat(200_000))),
        ("marks within", format!("{header}\n{}", "a\"b\"\";".repeat(100_000))),
        ("delimiters", format!("{header}\n{}", ";".repeat(1_000_000))),
        ("line ends", format!("{header}\n{}", "\r\n".repeat(500_000))),
        ("one long line", format!("{header}\n{}", "a".repeat(1_000_000))),
        ("long lines", format!("{header}\n{}", format!("{}\n", "a".repeat(MAX_RECORD + 1)).repeat(30))),
        ("zeros", format!("{header}\n{}", "\0".repeat(1_000_000))),
    ];
    for (what, file) in table {
        let started = Instant::now();
        in_parts(file.as_bytes(), &of_invoices(), SMALLEST_PART, 10_000);
        assert!(started.elapsed() < Duration::from_secs(20), "{what}: {:?}", started.elapsed());
    }
}

#[test]
fn a_part_that_is_too_small_says_so() {
    let layout = layout(INVOICES.as_bytes(), &of_invoices());
    let begin = usize::try_from(layout.begin.offset).unwrap();
    let bytes = &INVOICES.as_bytes()[begin..begin + 20];
    let refusal = read(&layout, bytes, layout.begin, false, 10, imported_at()).unwrap_err();
    assert_eq!((refusal.rule, refusal.path.as_str()), ("TIJDIG-LIMIT", "line 2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn parts_say_what_the_whole_says(
        lines in proptest::collection::vec("[a-z0-9;\"\r\n€,-]{0,30}", 0..12),
        size in 150_usize..400,
        most in 1_usize..5,
        wide in any::<bool>(),
    ) {
        let header = INVOICES.lines().next().unwrap();
        let mut text = format!("{header}\n");
        for line in lines {
            // Quotation marks that are not closed make records as long as the file.
            let marks = line.matches('"').count() % 2;
            text.push_str(&line);
            text.push_str(&"\"".repeat(marks));
            text.push('\n');
        }
        prop_assume!(text.len() < 400);
        let file: Vec<u8> = if wide { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
        let size = if wide { 2 * size } else { size };
        let whole = rows(&file, &of_invoices());
        let layout = layout(&file, &of_invoices());
        let begin = usize::try_from(layout.begin.offset).unwrap();
        // Parts may be smaller than a record here, so they grow until they hold one.
        let (mut parts, mut next, mut finished) = (Vec::new(), layout.begin, false);
        while !finished {
            let at = usize::try_from(next.offset).unwrap();
            let mut end = (at + size).min(file.len());
            let part = loop {
                match read(&layout, &file[at..end], next, end == file.len(), most, imported_at()) {
                    Ok(part) => break part,
                    Err(_) => end = (end + size).min(file.len()),
                }
            };
            prop_assert!(part.finished || part.next.offset > next.offset);
            parts.extend(part.rows);
            (next, finished) = (part.next, part.finished);
        }
        prop_assert_eq!(parts, whole, "{}", begin);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for mapping in [of_invoices(), { let mut m = mapping(json!({ "debtor.number": { "column": 1 }, "debtor.name": { "column": 1 } })); m.without_header = true; m }] {
            if let Ok(layout) = inspect(&bytes, true, &mapping) {
                let begin = usize::try_from(layout.begin.offset).unwrap();
                prop_assert!(begin <= bytes.len());
                let part = read(&layout, &bytes[begin..], layout.begin, true, usize::MAX, imported_at()).unwrap();
                prop_assert!(part.finished);
            }
            prop_assert!(read_anywhere(&bytes).is_some());
        }
    }
}

/// The reader on bytes that nobody looked at before.
fn read_anywhere(bytes: &[u8]) -> Option<()> {
    let layout = layout(INVOICES.as_bytes(), &of_invoices());
    let from = Position { offset: 7, line: 3 };
    read(&layout, bytes, from, true, 100, imported_at()).ok().map(|_| ())
}
