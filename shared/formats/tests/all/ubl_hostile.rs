//! Input that is no document, or that is made to cost time or memory.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use formats::FormatRefusal;
use formats::ubl::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, parse};
use proptest::prelude::*;

const INVOICE: &str = include_str!("../../tests-data/invoice-consumer.xml");
const OPEN: &str = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2""#;

fn only_refusal(xml: &[u8]) -> FormatRefusal {
    let mut refused = parse(xml).unwrap_err();
    assert_eq!(refused.len(), 1, "{refused:?}");
    refused.remove(0)
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_place() {
    let table = [
        ("<cbc:ID>2026-0001</cbc:ID>", "<cbc:ID>2026-0001</cbc:Id>", "/Invoice/cbc:ID (line 7, column 22)"),
        ("2026-0001", "a & b", "/Invoice/cbc:ID (line 7, column 15)"),
        ("2026-0001", "&naam;", "/Invoice/cbc:ID (line 7, column 13)"),
        ("2026-0001", "&#0;", "/Invoice/cbc:ID (line 7, column 13)"),
        ("2026-0001", "&#x1F;", "/Invoice/cbc:ID (line 7, column 13)"),
        ("2026-0001", "]]>", "/Invoice/cbc:ID (line 7, column 13)"),
        ("2026-0001", "\u{1}", "/ (line 7, column 13)"),
        ("2026-0001", "\u{ffff}", "/ (line 7, column 13)"),
        ("<cbc:ID>", "<cbc:ID a='1' a='2'>", "/Invoice (line 7, column 5)"),
        ("<cbc:ID>", "<cbc:ID a='<'>", "/Invoice (line 7, column 5)"),
        ("<cbc:ID>", "<cbc:ID a='&x;'>", "/Invoice (line 7, column 5)"),
        ("<cbc:ID>", "<cbc:ID a=1>", "/Invoice (line 7, column 5)"),
        ("<cbc:ID>", "<cbc:ID x:a='1'>", "/Invoice (line 7, column 5)"),
        ("<cbc:ID>", "<x:ID/><cbc:ID>", "/Invoice (line 7, column 5)"),
        ("<cbc:ID>", "<1/><cbc:ID>", "/Invoice (line 7, column 5)"),
        ("<cbc:ID>", "<!-- a -- b --><cbc:ID>", "/Invoice (line 7, column 12)"),
        ("<cbc:ID>", "<?xml version='1.0'?><cbc:ID>", "/Invoice (line 7, column 5)"),
        ("</Invoice>", "</Invoice>x", "/ (line 156, column 11)"),
        ("</Invoice>", "</Invoice><Invoice/>", "/ (line 156, column 11)"),
        ("</Invoice>", "</Invoice>&amp;", "/ (line 156, column 11)"),
        ("<?xml", "\n<?xml", "/ (line 2, column 1)"),
        ("version=\"1.0\"", "version=\"1.1\"", "/ (line 1, column 1)"),
        ("UTF-8", "ISO-8859-1", "/ (line 1, column 1)"),
        ("UTF-8", "UTF-16", "/ (line 1, column 1)"),
    ];
    for (from, to, path) in table {
        assert!(INVOICE.contains(from), "{from}");
        let refusal = only_refusal(INVOICE.replacen(from, to, 1).as_bytes());
        assert_eq!((refusal.rule, refusal.path.as_str()), ("XML", path), "{to}");
    }
}

#[test]
fn an_unfinished_document_is_refused() {
    for length in [0, 1, 5, 40, 200, 1_000, INVOICE.len() / 2, INVOICE.trim_end().len() - 1] {
        assert_eq!(only_refusal(&INVOICE.as_bytes()[..length]).rule, "XML", "{length}");
    }
}

#[test]
fn another_root_or_namespace_is_refused() {
    let table = [
        INVOICE.replace("xsd:Invoice-2", "xsd:Invoice-3"),
        INVOICE.replace("xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"", ""),
        INVOICE.replace("xsd:Invoice-2", "xsd:CreditNote-2"),
        "<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\"/>".to_owned(),
        "<html/>".to_owned(),
    ];
    for xml in table {
        assert_eq!(only_refusal(xml.as_bytes()).rule, "XSD", "{xml:.120}");
    }
}

#[test]
fn elements_of_another_namespace_do_not_count() {
    let foreign = INVOICE.replace("xsd:CommonBasicComponents-2", "xsd:SomethingElse");
    let rules: Vec<_> =
        parse(foreign.as_bytes()).unwrap_err().into_iter().map(|refusal| refusal.rule).collect();
    assert!(rules.starts_with(&["BR-01", "BR-02", "BR-03", "BR-04", "BR-05"]), "{rules:?}");
}

#[test]
fn other_encodings_are_refused() {
    let latin = INVOICE.replace("Stroom en", "Stróóm en");
    let bytes: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(INVOICE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for xml in [bytes, wide, vec![0xff]] {
        assert_eq!(only_refusal(&xml).rule, "XML");
    }
}

#[test]
fn document_types_and_their_entities_are_refused() {
    let laughs = r#"<?xml version="1.0"?>
<!DOCTYPE Invoice [
 <!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<Invoice>&c;</Invoice>"#;
    let outside =
        r#"<!DOCTYPE Invoice [<!ENTITY file SYSTEM "file:///etc/passwd">]><Invoice>&file;</Invoice>"#;
    let plain = "<!DOCTYPE Invoice><Invoice/>";
    for xml in [laughs, outside, plain] {
        let refusal = only_refusal(xml.as_bytes());
        assert_eq!(
            (refusal.rule, refusal.detail.as_str()),
            ("XML", "a document type definition is not accepted")
        );
    }
}

#[test]
fn limits_hold_at_their_edge() {
    let nested =
        |depth: usize| format!("{OPEN}>{}{}</Invoice>", "<a>".repeat(depth - 1), "</a>".repeat(depth - 1));
    let padded = |size: usize| format!("{INVOICE}{}", " ".repeat(size - INVOICE.len()));
    let with_attributes = |count: usize| {
        let attributes: String = (0..count).map(|n| format!(" a{n}='1'")).collect();
        INVOICE.replacen("<cbc:ID>", &format!("<cbc:ID{attributes}>"), 1)
    };
    assert_ne!(parse(nested(MAX_DEPTH).as_bytes()).unwrap_err()[0].rule, "TIJDIG-LIMIT");
    assert_eq!(only_refusal(nested(MAX_DEPTH + 1).as_bytes()).rule, "TIJDIG-LIMIT");
    assert!(parse(padded(MAX_BYTES).as_bytes()).is_ok());
    assert_eq!(only_refusal(padded(MAX_BYTES + 1).as_bytes()).rule, "TIJDIG-LIMIT");
    assert!(parse(with_attributes(MAX_ATTRIBUTES).as_bytes()).is_ok());
    assert_eq!(only_refusal(with_attributes(MAX_ATTRIBUTES + 1).as_bytes()).rule, "TIJDIG-LIMIT");
}

/// What the largest document may hold beside what is embedded, and half as much again.
const MARKUP_BYTES: usize = 2_000_000;

/// `part` as often as fits between `before` and `after` in [`MARKUP_BYTES`].
fn filled(before: &str, part: impl Fn(usize) -> String, after: &str) -> String {
    let mut xml = before.to_owned();
    for n in 0.. {
        let part = part(n);
        if xml.len() + part.len() + after.len() > MARKUP_BYTES {
            break;
        }
        xml.push_str(&part);
    }
    xml + after
}

#[test]
fn the_worst_two_megabytes_take_bounded_time() {
    let cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    let cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
    let root = format!("{OPEN} xmlns:a=\"{cac}\" xmlns:b=\"{cbc}\">");
    let party = format!("{root}<a:AccountingSupplierParty><a:Party>");
    let party_end = "</a:Party></a:AccountingSupplierParty></Invoice>";
    let scopes: String = (0..30).map(|n| format!(" xmlns:n{n}='u'")).collect();
    let same = |part: &'static str| move |_: usize| part.to_owned();
    let table = [
        ("deep", filled(OPEN, same("><a"), "")),
        ("flat", filled(&root, same("<b/>"), "</Invoice>")),
        ("attributes", filled(OPEN, |n| format!(" a{n}='1'"), "/>")),
        ("namespaces", filled(OPEN, |n| format!(" xmlns:n{n}='u'"), "/>")),
        ("namespaces everywhere", filled(&root, |_| format!("<b:I{scopes}/>"), "</Invoice>")),
        ("references", filled(&format!("{root}<b:ID>"), same("&amp;"), "</b:ID></Invoice>")),
        ("comments", filled(&root, same("<!---->"), "</Invoice>")),
        ("lines without anything", filled(&root, same("<a:InvoiceLine/>"), "</Invoice>")),
        ("lines", filled(&root, same("<a:InvoiceLine><b:ID>1</b:ID></a:InvoiceLine>"), "</Invoice>")),
        ("numbers twice", filled(&root, same("<b:ID>1</b:ID>"), "</Invoice>")),
        (
            "means",
            filled(
                &root,
                same("<a:PaymentMeans><b:PaymentMeansCode>1</b:PaymentMeansCode></a:PaymentMeans>"),
                "</Invoice>",
            ),
        ),
        (
            "identifiers twice",
            filled(
                &party,
                same("<a:PartyIdentification><b:ID>1</b:ID><b:ID>1</b:ID></a:PartyIdentification>"),
                party_end,
            ),
        ),
        (
            "totals",
            filled(
                &root,
                same("<a:TaxTotal><b:TaxAmount currencyID='EUR'>1</b:TaxAmount></a:TaxTotal>"),
                "</Invoice>",
            ),
        ),
        ("tags never closed", filled(OPEN, same(" a='>"), "")),
        ("brackets", filled("", same("<"), "")),
        ("ampersands", filled(&format!("{root}<b:ID>"), same("&"), "</b:ID></Invoice>")),
    ];
    for (what, xml) in table {
        let started = Instant::now();
        assert!(parse(xml.as_bytes()).is_err(), "{what}");
        let took = started.elapsed();
        // Each takes less than a second without optimisation; what is quadratic would take minutes.
        assert!(took < Duration::from_secs(5), "{what}: {took:?}");
    }
}

#[test]
fn a_large_good_invoice_is_read_in_bounded_time() {
    let line = "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity>1</cbc:InvoicedQuantity>\
        <cbc:LineExtensionAmount currencyID=\"EUR\">0.00</cbc:LineExtensionAmount>\
        <cac:Item><cbc:Name>Niets</cbc:Name></cac:Item></cac:InvoiceLine>";
    let count = 8_000;
    let xml = INVOICE.replace("</Invoice>", &format!("{}</Invoice>", line.repeat(count)));
    let started = Instant::now();
    assert_eq!(parse(xml.as_bytes()).unwrap().lines.len(), count + 2);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_damage_makes_the_reader_panic(place in 0..INVOICE.len(), junk in proptest::collection::vec(any::<u8>(), 0..6), cut in 0_usize..40) {
        let mut xml = INVOICE.as_bytes().to_vec();
        let end = (place + cut).min(xml.len());
        xml.splice(place..end, junk);
        if let Err(refused) = parse(&xml) {
            prop_assert!(!refused.is_empty());
            prop_assert!(refused.iter().all(|refusal| refusal.path.starts_with('/')));
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[<>/&;!?a:='\"\\[\\]x \\-]{0,60}") {
        prop_assert!(parse(text.as_bytes()).is_err());
    }
}
