//! Dossiers: the same bytes for the same content, tables that go on over pages, long words that stay in their column.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use documents::DocumentError;
use documents::dossier::{Column, Dossier, MOST_ROWS, Part, Table, print};
use documents::letter::Fact;

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: value.to_owned() }
}

fn column(name: &str, is_wide: bool, is_amount: bool) -> Column {
    Column { name: name.to_owned(), is_amount, is_wide }
}

fn table(columns: Vec<Column>, row: &[&str], rows: usize) -> Table {
    let row: Vec<String> = row.iter().map(|cell| (*cell).to_owned()).collect();
    Table { columns, rows: vec![row.clone(); rows], total: None }
}

const LONG_NAME: &str = "Stichting Vereniging tot Behoud van Monumentale Woningen en Bedrijfspanden in de Binnenstad van \
                         's-Hertogenbosch en Omstreken, handelend onder de naam Woonbehoud";

struct Words {
    language: &'static str,
    claim: &'static str,
    columns: [&'static str; 6],
    sent: [&'static str; 8],
}

const NL: Words = Words {
    language: "nl",
    claim: "Vordering per 30 november 2026",
    columns: ["Factuur", "Vervaldatum", "Hoofdsom", "Kosten", "Rente", "Samen"],
    sent: ["Nummer", "Soort", "Weg", "Aan", "Verstuurd", "Bezorging", "Kenmerk van de verzender", "Bestand"],
};

const EN: Words = Words {
    language: "en",
    claim: "Claim as of 30 November 2026",
    columns: ["Invoice", "Due date", "Principal", "Costs", "Interest", "Together"],
    sent: ["Number", "Kind", "Way", "To", "Sent", "Delivery", "Sender's reference", "File"],
};

fn dossier(words: &Words, name: &str, rows: usize) -> Dossier {
    let mut claim = table(
        words.columns.iter().enumerate().map(|(at, name)| column(name, at == 0, at > 1)).collect(),
        &["2026-0001", "2026-09-01", "€ 1.000,00", "€ 150,00", "€ 12,34", "€ 1.162,34"],
        rows,
    );
    claim.total =
        Some(["Samen", "", "€ 40.000,00", "€ 6.000,00", "€ 493,60", "€ 46.493,60"].map(str::to_owned).into());
    let sent = table(
        words
            .sent
            .iter()
            .enumerate()
            .map(|(at, name)| column(name, matches!(at, 3 | 5 | 6 | 7), false))
            .collect(),
        &[
            "d1.n12",
            "Laatste herinnering",
            "E-mail",
            "een.heel.lang.adres.voor.post@onderneming-met-een-lange-naam.example.nl",
            "2026-10-06",
            "Bezorgd, 2026-10-06 10:15",
            "0107018f3a2b4c5d-11111111-2222-3333-4444-555555555555-000000",
            "sent/d1.n12.eml",
        ],
        12,
    );
    Dossier {
        language: words.language.to_owned(),
        title: "Dossier van zaak d1.c1".to_owned(),
        creditor: "Stroomvast Energie".to_owned(),
        particulars: vec![fact("Zaak", "d1.c1"), fact("Stand per", "30 november 2026")],
        parts: vec![
            Part { heading: "Partijen".to_owned(), ..Part::default() },
            Part {
                heading: "Schuldenaar".to_owned(),
                is_within: true,
                facts: vec![
                    fact("Naam", name),
                    fact(
                        "Adres",
                        "Professor Doctor Ingenieur van Kinschotenlaan 1024 bis, 5211 AA  'S-HERTOGENBOSCH",
                    ),
                ],
                ..Part::default()
            },
            Part {
                heading: words.claim.to_owned(),
                paragraphs: vec![
                    "Hoofdsom, kosten en rente zijn gerekend tot en met 30 november 2026.".to_owned(),
                ],
                facts: vec![fact("Te vorderen", "€ 46.493,60")],
                tables: vec![claim],
                ..Part::default()
            },
            Part { heading: "Brieven en berichten".to_owned(), tables: vec![sent], ..Part::default() },
        ],
        footer: "Stroomvast Energie · dossier van zaak d1.c1 · 30 november 2026".to_owned(),
    }
}

/// Where a reader looks at what was set: beside everything else that tests write.
fn keep(name: &str, pdf: &[u8]) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join(name), pdf).unwrap();
}

#[test]
fn forty_lines_and_long_names_are_set_in_both_languages() {
    for (words, file) in [(&NL, "dossier-nl.pdf"), (&EN, "dossier-en.pdf")] {
        let printed = print(&dossier(words, LONG_NAME, 40)).unwrap();
        assert!((3..=5).contains(&printed.pages), "{file} has {} pages", printed.pages);
        keep(file, &printed.pdf);
    }
}

#[test]
fn the_same_dossier_is_the_same_bytes() {
    let (one, other) = (print(&dossier(&NL, "A", 3)).unwrap(), print(&dossier(&NL, "A", 3)).unwrap());
    assert!(one.pdf.starts_with(b"%PDF-"));
    assert!(one == other);
}

#[test]
fn what_people_typed_is_text_and_no_markup() {
    let typed = "#panic() $x$ *fat* _it_ @ref <label> `raw` // no \\ #import \"x\" [c]";
    let mut made = dossier(&NL, typed, 1);
    made.parts[2].tables[0].rows[0][0] = typed.to_owned();
    made.parts[2].paragraphs.push(typed.to_owned());
    assert!(print(&made).is_ok());
}

#[test]
fn more_rows_than_fit_and_rows_of_another_length_are_refused() {
    let long = dossier(&NL, "A", MOST_ROWS + 1);
    assert_eq!(print(&long).unwrap_err(), DocumentError::TooLong(MOST_ROWS));
    let mut uneven = dossier(&NL, "A", 1);
    uneven.parts[2].tables[0].rows[0].pop();
    assert_eq!(print(&uneven).unwrap_err(), DocumentError::NotSet);
}
