//! Letters: the same bytes for the same content, pages that break where they may, and texts that stay texts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use documents::DocumentError;
use documents::letter::{
    Fact, Letter, MOST_ADDRESS_LINES, MOST_ROWS, Portal, Qr, Row, Section, Sender, Specification, Transfer,
    print,
};

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: value.to_owned() }
}

fn letter(rows: usize) -> Letter {
    let row = |number: usize| Row {
        name: format!("2026-{number:04}"),
        name_note: "van 20 augustus 2026, Aanmaning".to_owned(),
        due: "1 september 2026".to_owned(),
        due_note: "21 dagen te laat".to_owned(),
        open: "€ 121,00".to_owned(),
        open_note: String::new(),
    };
    Letter {
        language: "nl".to_owned(),
        title: "Aanmaning van Stroomvast Energie: uw factuur staat nog open".to_owned(),
        sender: Sender { name: "Stroomvast Energie".to_owned(), lines: vec!["Kanaalweg 12".to_owned()] },
        recipient: vec!["J. de Vries".to_owned(), "Oudegracht 1".to_owned(), "3511 AA  UTRECHT".to_owned()],
        particulars: vec![fact("Datum", "22 september 2026"), fact("Klantnummer", "D-1001")],
        heading: "Aanmaning".to_owned(),
        salutation: "Beste J. de Vries,".to_owned(),
        opening: vec!["Er staat nog een factuur open.".to_owned()],
        summary: vec![fact("Nog te betalen", "€ 121,00")],
        portal: Portal {
            note: "Kijk op deze pagina.".to_owned(),
            url: "https://tijdig.example/portal".to_owned(),
            code_label: "Uw code".to_owned(),
            code: "K7QM-2XHT-9V4R".to_owned(),
        },
        specification: Specification {
            heading: "Dit is de factuur".to_owned(),
            columns: ["Factuur".to_owned(), "Vervaldatum".to_owned(), "Nog te betalen".to_owned()],
            rows: (1..=rows).map(row).collect(),
            others: vec![fact("Incassokosten", "€ 40,00")],
            total: fact("Totaal te betalen", "€ 161,00"),
        },
        transfer: Some(Transfer {
            heading: "Overmaken".to_owned(),
            intro: "Maak het bedrag over.".to_owned(),
            facts: vec![fact("IBAN", "NL91 ABNA 0417 1643 00")],
            advice: None,
            qr: Some(Qr {
                svg: r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M4,4h1v1h-1z"/></svg>"#.to_owned(),
                alt: "QR-code".to_owned(),
                caption: "Of scan deze code.".to_owned(),
            }),
        }),
        sections: vec![Section {
            heading: "Vragen?".to_owned(),
            paragraphs: vec!["Bel ons.".to_owned()],
            lines: vec![fact("Telefoon", "088 123 45 67")],
        }],
        already_paid: Some("Al betaald?".to_owned()),
        closing: "Met vriendelijke groet,".to_owned(),
        footer: "Stroomvast Energie".to_owned(),
    }
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    let (one, other) = (print(&letter(3)).unwrap(), print(&letter(3)).unwrap());
    assert!(one.pdf.starts_with(b"%PDF-"));
    assert!(one == other);
}

#[test]
fn a_specification_goes_on_over_pages() {
    let table = [(1, 1..=2), (3, 2..=2), (40, 3..=3), (MOST_ROWS, 20..=25)];
    for (rows, pages) in table {
        let printed = print(&letter(rows)).unwrap();
        assert!(pages.contains(&printed.pages), "{rows} rows on {} pages", printed.pages);
    }
}

#[test]
fn what_people_typed_is_text_and_no_markup() {
    let typed = "#panic() $x$ *fat* _it_ @ref <label> `raw` // no \\ #import \"x\" [c]";
    let mut letter = letter(1);
    letter.recipient[0] = typed.to_owned();
    letter.opening = vec![typed.to_owned()];
    letter.specification.rows[0].name = typed.to_owned();
    assert!(print(&letter).is_ok());
}

#[test]
fn more_than_fits_is_refused() {
    assert_eq!(print(&letter(MOST_ROWS + 1)).unwrap_err(), DocumentError::TooLong(MOST_ROWS));
    let mut long = letter(1);
    long.recipient = vec!["x".to_owned(); MOST_ADDRESS_LINES + 1];
    assert_eq!(print(&long).unwrap_err(), DocumentError::TooLong(MOST_ADDRESS_LINES));
}

const LONG_NAME: &str =
    "Mevrouw A.B.C.D. van der Heijden-van den Boogaard tot Voorst en Nederhemert-Slijk-Ewijk";

/// Where a reader looks at what was set: beside everything else that tests write.
fn keep(name: &str, pdf: &[u8]) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join(name), pdf).unwrap();
}

#[test]
fn forty_lines_and_long_names_are_set_in_both_languages() {
    let address = [
        LONG_NAME,
        "p/a Stichting Budgetbeheer en Schuldhulpverlening Zuidoost-Brabant",
        "Professor Doctor Ingenieur van Kinschotenlaan 1024 bis",
        "5211 AA  'S-HERTOGENBOSCH",
        "BELGI\u{cb}",
    ];
    let dutch = letter(40);
    let english = Letter {
        language: "en".to_owned(),
        heading: "Final reminder".to_owned(),
        salutation: "Dear J. de Vries,".to_owned(),
        opening: vec!["Forty invoices are still open.".to_owned()],
        ..letter(40)
    };
    for (letter, file) in [(dutch, "letter-nl.pdf"), (english, "letter-en.pdf")] {
        let printed = print(&Letter {
            recipient: address.map(str::to_owned).into(),
            sender: Sender { name: LONG_NAME.to_owned(), lines: address.map(str::to_owned).into() },
            ..letter
        });
        let printed = printed.unwrap();
        assert!((3..=4).contains(&printed.pages), "{file} has {} pages", printed.pages);
        keep(file, &printed.pdf);
    }
}
