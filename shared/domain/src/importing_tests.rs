use super::*;
use crate::Money;
use crate::ids::InvoiceId;
use crate::invoice::LedgerOpen;
use crate::signal_cases::{DAY, at, dossier};

fn debtor() -> Debtor {
    dossier().debtor
}

/// An invoice that asks for 121.00; the ledger says what is open, if anything is given.
fn invoice(kind: InvoiceKind, total: i64, open: Option<i64>) -> Invoice {
    let mut invoice = dossier().invoices[&InvoiceId::parse("i1").unwrap()].clone();
    invoice.kind = kind;
    invoice.total = Money::from_cents(total);
    invoice.ledger = open.map(|open| LedgerOpen {
        open: Money::from_cents(open),
        modified_at: at(DAY),
        recorded: 0,
        by_write_back: false,
    });
    invoice
}

#[test]
fn what_asks_for_nothing_is_treated_as_its_kind_says() {
    use InvoiceKind::{CreditNote, Invoice};
    use Treatment::{FollowOnly, Ignore, SendAndFollow};
    // (kind, total, open in the ledger, the kind that it is taken for)
    let table = [
        (Invoice, 121_00, None, None),
        (Invoice, 121_00, Some(121_00), None),
        (Invoice, 121_00, Some(1), None),
        (Invoice, 121_00, Some(0), Some(IgnoredBy::Prepaid)),
        (Invoice, 1, Some(0), Some(IgnoredBy::Prepaid)),
        (Invoice, 0, None, Some(IgnoredBy::Zero)),
        (Invoice, 0, Some(0), Some(IgnoredBy::Zero)),
        (CreditNote, 121_00, None, Some(IgnoredBy::Credit)),
        (CreditNote, 121_00, Some(0), Some(IgnoredBy::Credit)),
        (CreditNote, 0, None, Some(IgnoredBy::Credit)),
    ];
    for (kind, total, open, taken_for) in table {
        let invoice = invoice(kind, total, open);
        for treatment in [SendAndFollow, FollowOnly, Ignore] {
            // Only the treatment of its own kind counts.
            let mut rules =
                ImportRules { zero: Ignore, prepaid: Ignore, credit: Ignore, ..ImportRules::default() };
            match taken_for {
                Some(IgnoredBy::Prepaid) => rules.prepaid = treatment,
                Some(IgnoredBy::Zero) => rules.zero = treatment,
                _ => rules.credit = treatment,
            }
            let expected = match (taken_for, treatment) {
                (None, _) => Arrival::Takes(Sending::ByPolicy),
                (_, SendAndFollow) => Arrival::Takes(Sending::EvenWithNothingOpen),
                (_, FollowOnly) => Arrival::Takes(Sending::Never),
                (Some(by), Ignore) => Arrival::Ignored { by, reason: None },
            };
            assert_eq!(
                arrival(&rules, &debtor(), &invoice),
                expected,
                "{kind:?} {total} {open:?} {treatment:?}"
            );
        }
    }
}

#[test]
fn an_entry_of_the_ignore_list_looks_at_one_field() {
    use IgnoreField::{Debtor, Label, Number, PaymentCondition};
    let mut debtor = debtor();
    debtor.number = "K-17".into();
    debtor.labels = vec!["of the debtor".into()];
    let mut invoice = invoice(InvoiceKind::Invoice, 121_00, None);
    invoice.number = "2026-0042".into();
    invoice.labels = vec!["of the invoice".into()];
    invoice.payment_condition = Some("30".into());
    let table = [
        (Debtor, "d1", true),
        (Debtor, "K-17", true),
        (Debtor, "d", false),
        (Debtor, "d1x", false),
        (Debtor, "K*", false),
        (Number, "2026-0042", true),
        (Number, "2026-*", true),
        (Number, "*42", true),
        (Number, "2026-004?", true),
        (Number, "2026-004", false),
        (Number, "2027-*", false),
        (Label, "of the debtor", true),
        (Label, "of the invoice", true),
        (Label, "of", false),
        (PaymentCondition, "30", true),
        (PaymentCondition, "3", false),
        (PaymentCondition, "30 ", false),
    ];
    for (field, value, fits) in table {
        let entry = IgnoreEntry { field, value: value.into(), reason: "why".into() };
        let rules = ImportRules { ignore: vec![entry], ..ImportRules::default() };
        let by = match field {
            Debtor => IgnoredBy::Debtor,
            Number => IgnoredBy::Number,
            Label => IgnoredBy::Label,
            PaymentCondition => IgnoredBy::PaymentCondition,
        };
        let expected = if fits {
            Arrival::Ignored { by, reason: Some("why") }
        } else {
            Arrival::Takes(Sending::ByPolicy)
        };
        assert_eq!(arrival(&rules, &debtor, &invoice), expected, "{field:?} {value}");
    }
    // Without a condition there is none that could fit.
    invoice.payment_condition = None;
    let entry = IgnoreEntry { field: PaymentCondition, value: "30".into(), reason: "why".into() };
    let rules = ImportRules { ignore: vec![entry], ..ImportRules::default() };
    assert_eq!(arrival(&rules, &debtor, &invoice), Arrival::Takes(Sending::ByPolicy));
}

#[test]
fn the_first_entry_that_fits_is_named_and_goes_before_the_kinds() {
    let entry = |value: &str, reason: &str| IgnoreEntry {
        field: IgnoreField::Number,
        value: value.into(),
        reason: reason.into(),
    };
    let rules = ImportRules {
        zero: Treatment::Ignore,
        ignore: vec![entry("x*", "no"), entry("i*", "first"), entry("i1", "second")],
        ..ImportRules::default()
    };
    let found = arrival(&rules, &debtor(), &invoice(InvoiceKind::Invoice, 0, None));
    assert_eq!(found, Arrival::Ignored { by: IgnoredBy::Number, reason: Some("first") });
}

#[test]
fn a_pattern_fits_the_whole_text() {
    let table = [
        ("", "", true),
        ("*", "", true),
        ("*", "abc", true),
        ("a*c", "abc", true),
        ("a*c", "ac", true),
        ("a*c", "acb", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXcYb", false),
        ("?", "", false),
        ("?", "é", true),
        ("??", "é", false),
        ("*a", "aaaa", true),
        ("a*a*a", "aa", false),
        ("a*a*a", "aaa", true),
        ("A", "a", false),
        ("[a]", "a", false),
        ("a.c", "abc", false),
    ];
    for (pattern, text, fits) in table {
        assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
    }
    // The worst that the bounds allow ends at once.
    assert!(!matches("*a*a*a*ab", &"a".repeat(64)));
}

#[test]
fn every_rule_has_its_bounds() {
    let entry =
        |field, value: &str, reason: &str| IgnoreEntry { field, value: value.into(), reason: reason.into() };
    let number = |value: &str| entry(IgnoreField::Number, value, "why");
    let long = "x".repeat(65);
    type Row = (Vec<IgnoreEntry>, Vec<(&'static str, &'static str)>);
    let table: Vec<Row> = vec![
        (vec![], vec![]),
        (vec![number("2026-*")], vec![]),
        (vec![number(&"x".repeat(64))], vec![]),
        (vec![number(&long)], vec![("ignore[0].value", "length")]),
        (vec![entry(IgnoreField::Label, "", "why")], vec![("ignore[0].value", "length")]),
        (vec![entry(IgnoreField::Label, "a", " ")], vec![("ignore[0].reason", "length")]),
        (vec![entry(IgnoreField::Label, "a", &"y".repeat(200))], vec![]),
        (vec![entry(IgnoreField::Label, "a", &"y".repeat(201))], vec![("ignore[0].reason", "length")]),
        (vec![number("*a*a*a*")], vec![]),
        (vec![number("*a*a*a*a*")], vec![("ignore[0].value", "too_many_stars")]),
        (vec![number("*")], vec![("ignore[0].value", "fits_everything")]),
        (vec![number("??*")], vec![("ignore[0].value", "fits_everything")]),
        // Of a label a star is a star.
        (vec![entry(IgnoreField::Label, "*", "why")], vec![]),
        (vec![number("a"), entry(IgnoreField::Label, "a", "why")], vec![]),
        (vec![number("a"), number("a")], vec![("ignore[1].value", "repeated_entry")]),
    ];
    for (ignore, expected) in table {
        let rules = ImportRules { ignore, ..ImportRules::default() };
        let found = rules.check();
        let found: Vec<_> = found.iter().map(|v| (v.path.as_str(), v.code)).collect();
        assert_eq!(found, expected, "{rules:?}");
    }
    let many = (0..501).map(|i| number(&format!("n{i}"))).collect();
    let rules = ImportRules { ignore: many, ..ImportRules::default() };
    assert_eq!(rules.check()[0].code, "too_many");
    let conditions = (0..201).map(|i| i.to_string()).collect();
    let rules = ImportRules { no_follow_up: conditions, ..ImportRules::default() };
    assert_eq!(rules.check()[0].path, "noFollowUp");
}
