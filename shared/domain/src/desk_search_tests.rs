use super::*;
use crate::debtor::{EmailAddress, Person};
use crate::signal_cases::dossier;

fn named(name: &str, prefix: Option<&str>, surname: Option<&str>) -> Dossier {
    let mut dossier = dossier();
    dossier.debtor.name = name.to_owned();
    dossier.debtor.person = surname.map(|surname| Person {
        initials: None,
        prefix: prefix.map(str::to_owned),
        surname: surname.to_owned(),
        birth_date: None,
    });
    dossier
}

/// Whether this debtor is found when this is searched for by name.
fn is_found(dossier: &Dossier, text: &str) -> bool {
    let Some((words, term)) = Search::read(text).name else { return false };
    terms(dossier).contains(&term) && SearchedName::of(&dossier.debtor).fits(&words)
}

#[test]
fn a_name_is_found_by_the_beginnings_of_its_words() {
    let vries = named("J. de Vries", Some("de"), Some("Vries"));
    let table = [
        ("Vries", true),
        ("vries", true),
        ("devries", true),
        ("de Vries", true),
        ("DE VRIES", true),
        ("vries, j. de", true),
        ("vrie", true),
        ("vri", true),
        ("vr", true),
        ("j vries", true),
        ("v", false),
        ("ries", false),
        ("vriesema", false),
        ("k. de vries", false),
        ("de boer", false),
    ];
    for (text, expected) in table {
        assert_eq!(is_found(&vries, text), expected, "{text}");
    }
}

#[test]
fn accents_and_marks_make_no_difference() {
    let table = [
        ("A. Müller", "muller"),
        ("A. Muller", "müller"),
        ("Zoë Groß-Jansen", "zoe"),
        ("D'Angelo", "dangelo"),
        ("Ø. Łukasz", "lukasz"),
        ("Café 't Hoekje B.V.", "cafe hoek"),
        ("Studio 54", "studio 54"),
    ];
    for (name, text) in table {
        assert!(is_found(&named(name, None, None), text), "{name}: {text}");
    }
}

#[test]
fn a_surname_that_the_name_does_not_hold_is_found_too() {
    let dossier = named("Familie aan de Oudegracht", Some("van der"), Some("Berg"));
    for text in ["berg", "vanderberg", "van der berg", "oudegracht"] {
        assert!(is_found(&dossier, text), "{text}");
    }
}

#[test]
fn numbers_addresses_and_open_amounts_are_terms() {
    let mut dossier = dossier();
    dossier.debtor.number = "D-1001".to_owned();
    dossier.debtor.emails = vec![EmailAddress::parse("J.deVries@Example.nl").unwrap()];
    let terms = terms(&dossier);
    for term in [
        Term::Number("D1001".to_owned()),
        Term::Email("j.devries@example.nl".to_owned()),
        Term::Open(Money::from_cents(121_00)),
    ] {
        assert!(terms.contains(&term), "{term:?}");
    }
    assert_eq!(terms.iter().filter(|t| matches!(t, Term::Open(_))).count(), 1, "two invoices of one amount");
}

#[test]
fn what_is_typed_is_read_as_everything_that_it_can_be() {
    let number = |text: &str| Some(Term::Number(text.to_owned()));
    let table = [
        // typed, a debtor's number, may be an invoice's, an amount, what it is looked for by as a name
        ("D-1001", number("D1001"), true, None, Some("1001")),
        ("2026-0001", number("20260001"), true, None, Some("0001")),
        ("121,00", number("12100"), true, Some(121_00), Some("121")),
        ("€ 1.234,56", number("123456"), true, Some(1_234_56), Some("234")),
        ("1.234", number("1234"), true, Some(1_234_00), Some("234")),
        ("121", number("121"), true, Some(121_00), Some("121")),
        ("121.5", number("1215"), true, None, Some("121")),
        ("0", number("0"), true, None, None),
        ("vries", number("VRIES"), false, None, Some("vrie")),
    ];
    for (text, exact, invoice, cents, name) in table {
        let read = Search::read(text);
        assert_eq!(read.exact.first(), exact.as_ref(), "{text}");
        assert_eq!(read.invoice.is_some(), invoice, "{text}");
        assert_eq!(read.amount, cents.map(Money::from_cents), "{text}");
        let term = read.name.map(|(_, term)| term.parts().1);
        assert_eq!(term.as_deref(), name, "{text}");
    }
    let address = Search::read(" J.deVries@Example.NL ");
    assert_eq!(address.exact, [Term::Email("j.devries@example.nl".to_owned())]);
    assert_eq!((address.name, address.amount), (None, None));
    for nothing in ["", " ", "-", "€"] {
        assert!(Search::read(nothing).is_empty(), "{nothing}");
    }
}
