//! Invoices and credit notes: what is read adds up, and what is refused is told by rules.

use std::collections::BTreeSet;

use formats::content::Content;
use formats::ubl::{MAX_ATTACHED_BYTES, MAX_ATTACHMENTS, MAX_REFUSALS, UblDocument, UblKind, parse};

use super::assert_named;

/// Of any bytes.
pub fn check(bytes: &[u8]) {
    let read = parse(bytes);
    match &read {
        Ok(document) => {
            assert_sums(document);
            assert_texts(document);
            assert_attachments(document);
        }
        Err(refusals) => {
            assert!((1..=MAX_REFUSALS).contains(&refusals.len()), "{}", refusals.len());
            for refusal in refusals {
                assert_named(refusal);
                assert!(refusal.path.starts_with('/'), "{}", refusal.path);
            }
            let places: BTreeSet<_> = refusals.iter().map(|refusal| (refusal.rule, &refusal.path)).collect();
            assert_eq!(places.len(), refusals.len(), "a rule is told twice of one place");
        }
    }
    // A byte order mark says nothing.
    if !bytes.starts_with(b"\xef\xbb\xbf") {
        let marked = parse(&[b"\xef\xbb\xbf", bytes].concat());
        let rules = |refusals: Vec<formats::FormatRefusal>| -> Vec<_> {
            refusals.into_iter().map(|refusal| refusal.rule).collect()
        };
        assert_eq!(marked.map_err(rules), read.map_err(rules));
    }
}

fn assert_sums(document: &UblDocument) {
    assert_eq!(document.tax_exclusive + document.tax, document.tax_inclusive);
    assert_eq!(document.tax_inclusive - document.prepaid + document.rounding, document.payable);
    let lines = document.lines.iter().map(|line| line.net_amount);
    let signed = document.allowances.iter().map(|one| if one.is_charge { one.amount } else { -one.amount });
    assert_eq!(lines.chain(signed).sum::<domain::Money>(), document.tax_exclusive);
    assert!(!document.lines.is_empty());
    if !document.tax_subtotals.is_empty() {
        let taxes: domain::Money = document.tax_subtotals.iter().map(|row| row.tax).sum();
        assert_eq!(taxes, document.tax);
    }
}

fn assert_texts(document: &UblDocument) {
    let type_code = document.type_code.as_str();
    match document.kind {
        UblKind::Invoice => assert!(["380", "384", "389"].contains(&type_code), "{type_code}"),
        UblKind::CreditNote => assert_eq!(type_code, "381"),
    }
    if type_code == "384" {
        assert!(!document.preceding_invoices.is_empty());
    }
    assert_eq!(document.currency, "EUR");
    if document.kind == UblKind::Invoice && document.payable.is_positive() {
        assert!(document.due_date.is_some() || document.payment_terms.is_some());
    }
    let needed = [&document.number, &document.seller.registration_name, &document.buyer.registration_name];
    let countries = [&document.seller.address.country, &document.buyer.address.country];
    assert!(needed.into_iter().chain(countries).all(|text| !text.trim().is_empty()));
    assert!(document.preceding_invoices.iter().all(|invoice| !invoice.number.is_empty()));
}

fn assert_attachments(document: &UblDocument) {
    let attachments = &document.attachments;
    assert!(attachments.len() <= MAX_ATTACHMENTS);
    assert!(attachments.iter().map(|one| one.bytes.len()).sum::<usize>() <= MAX_ATTACHED_BYTES);
    let names: BTreeSet<String> = attachments.iter().map(|one| one.file_name.to_lowercase()).collect();
    assert_eq!(names.len(), attachments.len(), "two documents have one name");
    for attachment in attachments {
        assert_eq!(Content::of(&attachment.bytes), Some(attachment.content));
        let name = &attachment.file_name;
        let unsafe_character = |c: char| c.is_control() || matches!(c, '/' | '\\' | '"' | '\'' | ':');
        assert!(!name.is_empty() && !name.starts_with('.') && !name.contains(unsafe_character), "{name:?}");
        assert!(name.chars().count() < 150, "{name:?}");
    }
}
