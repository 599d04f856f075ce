//! Files of each bank, taken in: what every line of them pays, proposes or is left as.

use domain::bank::Statement;
use formats::{camt053, mt940};
use http::StatusCode;
use records::{Origin, Records};
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::world::World;

/// Number, initials, surname, account as the ledger knows it, and what they owe: number, total, reference.
type Debtor = (&'static str, &'static str, &'static str, Option<&'static str>, &'static [Owed]);
type Owed = (&'static str, &'static str, Option<(&'static str, &'static str)>);

const DEBTORS: [Debtor; 20] = [
    ("vries", "J.", "Vries", None, &[("2026-0001", "121.00", Some(("nl16", "2000000020260001")))]),
    ("vos", "R.", "Vos", None, &[("2026-0003", "121.00", Some(("nl16", "9000000020260003")))]),
    ("mulder", "K.", "Mulder", None, &[("2026-0042", "121.00", Some(("rf", "RF8820260042")))]),
    ("visser", "D.", "Visser", None, &[("2026-0088", "60.50", None)]),
    ("peters", "M.", "Peters", None, &[("2026-0090", "150.00", None)]),
    ("bakker", "A.", "Bakker", None, &[("2026-0101", "60.50", None)]),
    ("cafe", "B.", "Café", None, &[("2026-0102", "60.50", None)]),
    ("smit", "C.", "Smit", None, &[("2026-0103", "60.50", None)]),
    ("dekker", "L.", "Dekker", None, &[("2026-0150", "24.20", None)]),
    ("kok", "O.", "Kok", None, &[("2026-0171", "60.00", None)]),
    ("bos", "P.", "Bos", None, &[("2026-0172", "40.00", None)]),
    ("jansen", "R.", "Jansen", None, &[("2026-0201", "121.00", None), ("2026-0202", "121.00", None)]),
    ("dijk", "Q.", "Dijk", None, &[("2026-0203", "30.00", None)]),
    ("meijer", "S.", "Meijer", None, &[("2026-0301", "42.00", None)]),
    ("groot", "H.", "Groot", None, &[("2026-0401", "121.00", Some(("nl16", "3000000020260401")))]),
    ("hendriks", "I.", "Hendriks", None, &[("2026-0402", "60.50", Some(("rf", "RF6820260402")))]),
    (
        "ivens",
        "K.",
        "Ivens",
        Some("NL65INGB0600000013"),
        &[("2026-0403", "242.00", Some(("nl16", "1000000020260403"))), ("2026-0404", "99.00", None)],
    ),
    ("kuiper", "L.", "Kuiper", None, &[("2026-0405", "75.25", None)]),
    ("lammers", "", "Lammers Interieur", None, &[("2026-0406", "1210.00", None)]),
    ("moll", "S.", "Moll", None, &[("2026-0407", "75.25", None)]),
];

/// A file; each of its lines with what becomes of it; and what is then left of the invoices that something was paid on.
type Expected = (&'static str, &'static [&'static str], &'static [&'static str]);

const EXPECTED: [Expected; 13] = [
    (
        "rabobank.camt053.xml",
        &[
            "121.00 J. de Vries: matched 2026-0001",
            "60.50 A. Bakker: matched 2026-0101",
            "60.50 B. Café & Zn.: matched 2026-0102",
            "60.50 C. Smit: matched 2026-0103",
            "-60.50 D. Visser: unmatched",
            "-33.75 Papier en Zo: ignored",
        ],
        &["2026-0001 0.00", "2026-0101 0.00", "2026-0102 0.00", "2026-0103 0.00"],
    ),
    (
        "abnamro.camt053.xml",
        &[
            "242.00 René Jansen: matched 2026-0201+2026-0202",
            "121.00 K. Mulder: matched 2026-0042",
            "-24.20 L. Dekker: unmatched",
            "-12.30 -: ignored",
        ],
        &["2026-0042 0.00", "2026-0201 0.00", "2026-0202 0.00"],
    ),
    (
        "ing.camt053.xml",
        &[
            "75.00 M. Peters: unmatched",
            "75.00 M. Peters: unmatched",
            "-20.00 O. Kok: unmatched",
            "-40.00 P. Bos: unmatched",
        ],
        &[],
    ),
    (
        "rabobank-08.camt053.xml",
        &[
            "121.00 H. Groot: matched 2026-0401",
            "341.00 Hr K Ivens: matched 2026-0403+2026-0404",
            "75.25 L. Kuiper: matched 2026-0405",
            "75.25 S. Moll: matched 2026-0407",
            "1000.00 Lammers Interieur B.V.: suggested 2026-0406",
            "-84.70 Papier en Zo: ignored",
            "-75.25 S. Moll: matched 2026-0407 back",
            "46.18 P. Peeters: unmatched",
            "84.70 Papier en Zo: unmatched",
        ],
        &["2026-0401 0.00", "2026-0403 0.00", "2026-0404 0.00", "2026-0405 0.00"],
    ),
    (
        "abnamro-08.camt053.xml",
        &[
            "121.00 H. GROOT: matched 2026-0401",
            "60.50 I. HENDRIKS: matched 2026-0402",
            "341.00 K. IVENS CJ Z. MÖLLER: matched 2026-0403+2026-0404",
            "150.50 -: unmatched",
            "-75.25 S. MOLL: unmatched",
            "-9.95 -: ignored",
        ],
        &["2026-0401 0.00", "2026-0402 0.00", "2026-0403 0.00", "2026-0404 0.00"],
    ),
    (
        "ing-02.camt053.xml",
        &[
            "121.00 H. Groot: matched 2026-0401",
            "60.50 Mw I. Hendriks: matched 2026-0402",
            "1000.00 Lammers Interieur BV: suggested 2026-0406",
            "75.25 L. Kuiper: matched 2026-0405",
            "75.25 S. Moll: matched 2026-0407",
            "-75.25 L. Kuiper: matched 2026-0405 back",
            "-75.25 S. Moll: matched 2026-0407 back",
        ],
        &["2026-0401 0.00", "2026-0402 0.00"],
    ),
    (
        "rabobank.940",
        &[
            "121.00 J. de Vries: matched 2026-0001",
            "181.50 -: unmatched",
            "-60.50 D. Visser: unmatched",
            "-33.75 Papier en Zo: ignored",
        ],
        &["2026-0001 0.00"],
    ),
    (
        "abnamro.940",
        &[
            "242.00 René JANSEN: matched 2026-0201+2026-0202",
            // Another one pays with the reference of R. Vos.
            "121.00 K. MULDER: suggested 2026-0003",
            "-12.30 -: ignored",
            "-24.20 L. DEKKER: unmatched",
            "30.00 Q VAN DIJK: matched 2026-0203",
        ],
        &["2026-0201 0.00", "2026-0202 0.00", "2026-0203 0.00"],
    ),
    (
        "ing.940",
        &[
            "75.00 M. Peters: unmatched",
            "75.00 M. Peters: unmatched",
            "121.00 R. Vos: matched 2026-0003",
            "-60.00 O. Kok: unmatched",
            "10.00 -: unmatched",
        ],
        &["2026-0003 0.00"],
    ),
    ("triodos.940", &["42.00 S. MEIJER: matched 2026-0301"], &["2026-0301 0.00"]),
    (
        "rabobank-days.940",
        &[
            "121.00 H. Groot: matched 2026-0401",
            "60.50 I. Hendriks: matched 2026-0402",
            "341.00 K. Ivens: matched 2026-0403+2026-0404",
            "150.50 -: unmatched",
            "1000.00 Lammers Interieur B.V.: suggested 2026-0406",
            "-75.25 S. Moll: unmatched",
            "-84.70 Papier en Zo: ignored",
        ],
        &["2026-0401 0.00", "2026-0402 0.00", "2026-0403 0.00", "2026-0404 0.00"],
    ),
    (
        "abnamro-batch.940",
        &[
            "121.00 H. GROOT: matched 2026-0401",
            "60.50 I. HENDRIKS: matched 2026-0402",
            "150.50 -: unmatched",
            "-75.25 S. MOLL: unmatched",
            "142.00 K IVENS: matched 2026-0403",
            "100.00 K IVENS: matched 2026-0403",
            "9.95 -: unmatched",
        ],
        &["2026-0401 0.00", "2026-0402 0.00", "2026-0403 0.00"],
    ),
    (
        "ing-days.940",
        &[
            "121.00 H. Groot: matched 2026-0401",
            "60.50 Mw I. Hendriks: matched 2026-0402",
            "341.00 K. Ivens: matched 2026-0403+2026-0404",
            "150.50 -: unmatched",
            "-84.70 Papier en Zo: ignored",
            "-75.25 S. Moll: unmatched",
            "84.70 Papier en Zo: unmatched",
            "1000.00 Lammers Interieur BV: suggested 2026-0406",
        ],
        &["2026-0401 0.00", "2026-0402 0.00", "2026-0403 0.00", "2026-0404 0.00"],
    ),
];

/// The invoices of all debtors, under their numbers.
async fn world() -> World {
    let world = World::at("2026-10-20T08:00:00Z").await;
    for (id, initials, surname, iban, owed) in DEBTORS {
        let mut body = consumer(id);
        body["name"] = json!(format!("{initials} {surname}").trim());
        body["iban"] = json!(iban);
        if initials.is_empty() {
            body["kind"] = json!("business");
            body["name"] = json!(format!("{surname} B.V."));
            body["kvkNumber"] = json!("60000000");
            body["person"] = Value::Null;
        } else {
            body["person"]["initials"] = json!(initials);
            body["person"]["prefix"] = Value::Null;
            body["person"]["surname"] = json!(surname);
        }
        world.put(&format!("/v1/debtors/{id}"), &body).await;
        for (number, total, reference) in owed {
            let mut body = invoice(id, number, "2026-10-01", "2026-10-31", total);
            body["open"] = Value::Null;
            if let Some((scheme, value)) = reference {
                body["paymentReference"] = json!({ "scheme": scheme, "value": value });
            }
            world.put(&format!("/v1/invoices/{number}"), &body).await;
        }
    }
    world
}

fn statements(file: &str) -> Vec<Statement> {
    let path = format!("{}/../shared/formats/tests-data/bank/{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    if file.ends_with(".xml") { camt053::parse(&bytes).unwrap() } else { mt940::parse(&bytes).unwrap() }
}

async fn take(world: &World, statements: &[Statement]) {
    let records = Records { store: world.store.clone(), clock: world.clock() };
    let origin = Origin { administration: world.administration.clone(), by: "bank".to_owned() };
    for statement in statements {
        let taken = records.take_statement(&origin, statement).await.expect("a statement that is taken in");
        assert_eq!(taken.gap, None);
    }
}

/// Amount and payer, and what became of it: booked, or proposed first.
async fn standing(world: &World, line: &domain::bank::BankLine) -> String {
    let view = world.get(&format!("/v1/bank-lines/{}", line.id)).await;
    let parts = match view["parts"].as_array() {
        Some(parts) if !parts.is_empty() => parts.clone(),
        _ => view["proposals"][0]["parts"].as_array().cloned().unwrap_or_default(),
    };
    let on: Vec<&str> = parts.iter().map(|part| part["invoiceId"].as_str().unwrap_or("-")).collect();
    let back = if view["takesBack"].is_null() { "" } else { "back" };
    let payer = line.counterparty_name.as_deref().unwrap_or("-");
    let told =
        format!("{} {payer}: {} {} {back}", line.amount, view["state"].as_str().unwrap(), on.join("+"));
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is left of each invoice of which something was paid, and not taken back.
async fn left(world: &World) -> Vec<String> {
    let mut left = Vec::new();
    for (number, total, _) in DEBTORS.iter().flat_map(|debtor| debtor.4) {
        let answer = world.call("GET", &format!("/v1/invoices/{number}"), None).await;
        assert_eq!(answer.status, StatusCode::OK);
        let open = answer.body["open"].as_str().unwrap().to_owned();
        if open != *total {
            left.push(format!("{number} {open}"));
        }
    }
    left
}

#[tokio::test]
async fn every_line_of_each_banks_files_ends_as_the_table_says() {
    for (file, lines, open) in EXPECTED {
        let (world, statements) = (world().await, statements(file));
        take(&world, &statements).await;
        let mut stands = Vec::new();
        for line in statements.iter().flat_map(|statement| &statement.lines) {
            stands.push(standing(&world, line).await);
        }
        assert_eq!(stands, lines, "{file}");
        assert_eq!(left(&world).await, open, "{file}");
        // The same file once more changes nothing.
        let before = world.contents();
        take(&world, &statements).await;
        assert_eq!(world.changes(&before), [""; 0], "{file}");
    }
}
