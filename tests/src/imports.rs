//! Files to import: made from a seed, with lines that are wrong in known ways; and uploads in one process.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use outside::files::Upload;
use serde_json::{Value, json};

use crate::bodies::{consumer, invoice, payment};
use crate::world::World;

/// Lines of one debtor in a made file.
const LINES_OF_ONE: usize = 5;

/// A made file.
#[derive(Debug, Clone)]
pub struct MadeFile {
    pub text: String,
    /// Each line that is wrong, with its record's id where that can be read, its field and its rule.
    pub wrong: BTreeMap<u64, (String, String, String)>,
}

/// How a line of an invoice is made wrong: the field and the rule that the report names.
const WRONG: [(&str, &str); 10] = [
    ("", "not_json"),
    ("type", "unknown_value"),
    ("body", "missing_field"),
    ("id", "not_an_id"),
    ("debtorId", "unknown_debtor"),
    ("total", "negative_amount"),
    ("issueDate", "not_a_date"),
    ("bsn", "unknown_field"),
    ("currency", "not_eur"),
    ("paymentReference.value", "reference_checksum"),
];

/// So many lines of JSON about debtors, their invoices and payments, of which so many are wrong: the same for a seed.
pub fn made_file(lines: usize, wrong: usize, seed: u64) -> MadeFile {
    let mut random = fastrand::Rng::with_seed(seed);
    // Of five lines the third and the fourth are invoices that nothing else names.
    let mut places: Vec<usize> = (0..lines).filter(|at| matches!(at % LINES_OF_ONE, 2 | 3)).collect();
    assert!(places.len() >= wrong, "room for what is wrong");
    random.shuffle(&mut places);
    places.truncate(wrong);
    places.sort_unstable();
    let mut made = MadeFile { text: String::with_capacity(lines * 400), wrong: BTreeMap::new() };
    for at in 0..lines {
        let (kind, id, body) = record(at, &mut random);
        let line = json!({ "type": kind, "id": id, "body": body });
        if places.binary_search(&at).is_ok() {
            let how = WRONG[made.wrong.len() % WRONG.len()];
            let (line, id) = spoilt(line, how);
            let number = u64::try_from(at).expect("a line") + 1;
            made.wrong.insert(number, (id, how.0.to_owned(), how.1.to_owned()));
            made.text += &line;
        } else {
            made.text += &line.to_string();
        }
        made.text.push('\n');
    }
    made
}

fn record(at: usize, random: &mut fastrand::Rng) -> (&'static str, String, Value) {
    let (debtor, part) = (at / LINES_OF_ONE, at % LINES_OF_ONE);
    let id = format!("m{debtor}");
    let total = format!("{}.{:02}", random.u32(20..400), random.u32(0..100));
    let bill = |number: usize, total: &str| {
        invoice(&id, &format!("{id}-{number}"), "2026-08-01", "2026-08-15", total)
    };
    match part {
        0 => ("debtor", id.clone(), consumer(&format!("M{debtor}"))),
        1 => ("invoice", format!("{id}-1"), bill(1, "121.00")),
        2 | 3 => ("invoice", format!("{id}-{part}"), bill(part, &total)),
        _ => ("payment", format!("{id}-p"), payment(&format!("{id}-1"), "21.00", "2026-08-20")),
    }
}

fn spoilt(mut line: Value, how: (&str, &str)) -> (String, String) {
    let id = line["id"].as_str().expect("an id").to_owned();
    match how {
        ("", _) => {
            let mut text = line.to_string();
            text.pop();
            return (text, String::new());
        }
        ("type", _) => line["type"] = json!("dispute"),
        ("body", _) => line["body"] = Value::Null,
        ("id", _) => line["id"] = json!(format!("{id} /")),
        ("debtorId", _) => line["body"]["debtorId"] = json!("nobody"),
        ("total", _) => line["body"]["total"] = json!("-1.00"),
        ("issueDate", _) => line["body"]["issueDate"] = json!("2026-02-30"),
        ("bsn", _) => line["body"]["bsn"] = json!("123456782"),
        ("currency", _) => line["body"]["currency"] = json!("USD"),
        _ => line["body"]["paymentReference"] = json!({ "scheme": "rf", "value": "RF00539007547034" }),
    }
    if how.0 == "body" {
        let fields = line.as_object_mut().expect("an object");
        fields.remove("body");
    }
    let told = line["id"].as_str().expect("an id").to_owned();
    (line.to_string(), told)
}

/// The rows of a report: line, id, field and rule.
pub fn rows_of_report(report: &str) -> Vec<(u64, String, String, String)> {
    let mut reader = csv::Reader::from_reader(report.as_bytes());
    assert_eq!(reader.headers().expect("a header"), vec!["line", "id", "field", "rule", "detail"]);
    let row = |row: csv::StringRecord| {
        let text = |place: usize| row[place].to_owned();
        (text(0).parse().expect("a line"), text(1), text(2), text(3))
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

impl World {
    /// Asks for an import, uploads the file, and says so as S3 does. The import's id.
    pub async fn upload(&self, asked: &Value, file: impl Into<Bytes>) -> String {
        let answer = self.call("POST", "/v1/imports", Some(asked)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let url = answer.body["uploadUrl"].as_str().expect("an address").to_owned();
        let upload = Upload { url, headers: vec![] };
        assert!(self.files.take_upload(&upload, file.into()), "it is new");
        let id = answer.body["importId"].as_str().expect("an id").to_owned();
        self.imports.push(self.upload_event(&id).to_string());
        id
    }

    /// What S3 tells of an upload.
    pub fn upload_event(&self, id: &str) -> Value {
        json!({
            "version": "0", "id": "3f5b0ff0", "detail-type": "Object Created", "source": "aws.s3",
            "detail": {
                "version": "0", "bucket": { "name": "tijdig-bucket" },
                "object": { "key": format!("uploads/{}/{id}", self.administration), "size": 1, "sequencer": "0" },
                "reason": "PutObject"
            }
        })
    }

    /// Uploads a file and takes it in. The import as it is then.
    pub async fn import_file(&self, asked: &Value, file: impl Into<Bytes>) -> Value {
        let id = self.upload(asked, file).await;
        self.settle().await;
        self.get(&format!("/v1/imports/{id}")).await
    }

    /// The report of what was refused of an import that has ended.
    pub async fn refused_report(&self, id: &str) -> String {
        let answer = self.get(&format!("/v1/imports/{id}/refused")).await;
        let url = answer["url"].as_str().expect("an address");
        let report = self.files.download(url).expect("a report");
        String::from_utf8(report.to_vec()).expect("a text")
    }
}
