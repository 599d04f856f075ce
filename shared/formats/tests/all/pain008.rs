//! Direct debits for the bank: what is written, and what is not.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::Money;
use domain::debit_batch::Sequence;
use domain::mandate::Scheme;
use formats::pain008::{Block, Creditor, Message, Pain008Error, Transaction, Version, write};
use jiff::civil::date;

fn transaction(number: u32, cents: i64) -> Transaction {
    Transaction {
        end_to_end_id: format!("DD20261124-1-{number:016x}"),
        amount: Money::from_cents(cents),
        mandate_id: "M-1".to_owned(),
        signed_on: date(2026, 9, 1),
        account_changed: false,
        debtor_name: "Zoë de Vries & Zn.".to_owned(),
        debtor_iban: "NL91ABNA0417164300".to_owned(),
        debtor_bic: None,
        text: "Factuur 2026-1".to_owned(),
    }
}

fn message() -> Message {
    Message {
        id: "DD20261124-1".to_owned(),
        created_at: "2026-11-24T05:00:00.5Z".parse().unwrap(),
        creditor: Creditor {
            name: "Voorbeeld Energie".to_owned(),
            iban: "NL91ABNA0417164300".to_owned(),
            bic: Some("ABNANL2A".to_owned()),
            creditor_id: "NL69ZZZ123456780000".to_owned(),
        },
        blocks: vec![
            Block {
                id: "DD20261124-1-1".to_owned(),
                scheme: Scheme::Core,
                sequence: Sequence::Recurrent,
                collect_on: date(2026, 11, 25),
                transactions: vec![transaction(1, 121_00), transaction(2, 1)],
            },
            Block {
                id: "DD20261124-1-2".to_owned(),
                scheme: Scheme::B2b,
                sequence: Sequence::First,
                collect_on: date(2026, 11, 26),
                transactions: vec![Transaction { account_changed: true, ..transaction(3, 99_99) }],
            },
        ],
    }
}

/// The texts of every element of this name, in order.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    parts.filter_map(|part| part.split(&close).next().map(|t| t.trim().to_owned())).collect()
}

#[test]
fn sums_sequences_and_days_stand_where_banks_look_for_them() {
    let xml = String::from_utf8(write(&message(), Version::V08).unwrap()).unwrap();
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.08\">"), "{xml}");
    assert_eq!(texts(&xml, "NbOfTxs"), ["3", "2", "1"]);
    assert_eq!(texts(&xml, "CtrlSum"), ["221.00", "121.01", "99.99"]);
    assert_eq!(texts(&xml, "SeqTp"), ["RCUR", "FRST"]);
    assert_eq!(texts(&xml, "ReqdColltnDt"), ["2026-11-25", "2026-11-26"]);
    assert_eq!(texts(&xml, "CreDtTm"), ["2026-11-24T06:00:00"]);
    assert_eq!(texts(&xml, "BICFI"), ["ABNANL2A", "ABNANL2A"]);
    assert_eq!(texts(&xml, "AmdmntInd"), ["true"]);
    assert!(xml.contains("<Nm>Zoe de Vries + Zn.</Nm>"), "{xml}");
    assert!(xml.contains("<InstdAmt Ccy=\"EUR\">121.00</InstdAmt>"), "{xml}");
    assert_eq!(xml.matches("SMNDA").count(), 1);
}

#[test]
fn the_older_version_names_the_bank_otherwise() {
    let xml = String::from_utf8(write(&message(), Version::V02).unwrap()).unwrap();
    assert!(xml.contains("pain.008.001.02"), "{xml}");
    assert_eq!(texts(&xml, "BIC"), ["ABNANL2A", "ABNANL2A"]);
    assert_eq!(texts(&xml, "BICFI"), [""; 0]);
}

#[test]
fn the_same_message_gives_the_same_bytes() {
    assert_eq!(write(&message(), Version::V08), write(&message(), Version::V08));
}

#[test]
fn what_breaks_a_rule_is_not_written() {
    type Change = fn(&mut Message);
    let table: [(Change, Pain008Error); 13] = [
        (|m| m.id = String::new(), Pain008Error::Identifier),
        (|m| m.id = "x".repeat(36), Pain008Error::Identifier),
        (|m| m.blocks[0].id = "a_b".into(), Pain008Error::Identifier),
        (|m| m.blocks[0].transactions[0].mandate_id = "/a".into(), Pain008Error::Identifier),
        (|m| m.blocks[0].transactions[0].end_to_end_id = "a//b".into(), Pain008Error::Identifier),
        (|m| m.blocks.clear(), Pain008Error::Empty),
        (|m| m.blocks[1].transactions.clear(), Pain008Error::Empty),
        (|m| m.creditor.creditor_id = "NL68ZZZ123456780000".into(), Pain008Error::CreditorId),
        (|m| m.creditor.iban = "NL92ABNA0417164300".into(), Pain008Error::Iban),
        (|m| m.blocks[0].transactions[0].debtor_iban = "NL".into(), Pain008Error::Iban),
        (|m| m.blocks[0].transactions[0].debtor_name = " ".into(), Pain008Error::Name),
        (|m| m.blocks[0].transactions[0].amount = Money::ZERO, Pain008Error::Amount),
        (|m| m.blocks[0].transactions[0].amount = Money::from_cents(1_000_000_000_00), Pain008Error::Amount),
    ];
    for (place, (change, expected)) in table.into_iter().enumerate() {
        let mut message = message();
        change(&mut message);
        assert_eq!(write(&message, Version::V08), Err(expected), "row {place}");
    }
}
