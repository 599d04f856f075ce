//! What we write ourselves is read back as it was meant: direct debits, transfers in a code, reports of refusals, references.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::Money;
use domain::bank::BankLine;
use domain::calendar::amsterdam;
use domain::debit_batch::Sequence;
use domain::ids::BankLineId;
use domain::invoice::{PaymentReference, ReferenceScheme};
use domain::mandate::Scheme;
use domain::matching::{Found, keys_of_line, reference_key};
use formats::csv::Report;
use formats::epc::EpcPayment;
use formats::iban;
use formats::pain008::{Block, Creditor, Message, Transaction, Version, latin, write};
use formats::reference::{ReferenceError, check_nl, check_rf, make_nl16, make_rf};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use quick_xml::events::Event;

/// An element with what is in it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    currency: Option<String>,
    children: Vec<Element>,
}

impl Element {
    /// The first at the end of the path.
    fn at(&self, path: &str) -> Option<&Element> {
        path.split('/').try_fold(self, |here, name| here.children.iter().find(|child| child.name == name))
    }

    fn text(&self, path: &str) -> String {
        self.at(path).unwrap_or_else(|| panic!("{path} is not in {}", self.name)).text.clone()
    }

    fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// The root of a document, read without anything of ours.
fn document(xml: &[u8]) -> Element {
    let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(xml).unwrap());
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let currency = tag.try_get_attribute("Ccy").unwrap().map(|ccy| ccy.value.to_string());
                let name = tag.local_name().into_inner().to_string();
                open.push(Element { name, currency, ..Element::default() });
            }
            Event::End(_) => {
                let mut done = open.pop().unwrap();
                done.text = done.text.trim().to_owned();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let text = quick_xml::escape::resolve_xml_entity(&name).unwrap();
                open.last_mut().unwrap().text.push_str(text);
            }
            Event::Eof => return open.pop().unwrap().children.pop().unwrap(),
            _ => {}
        }
    }
}

fn bank(element: &Element, name: &str) -> Option<String> {
    let bank = element.at(&format!("{name}/FinInstnId")).unwrap();
    let bic = bank.at("BIC").or(bank.at("BICFI")).map(|bic| bic.text.clone());
    assert!(bic.is_some() || bank.text("Othr/Id") == "NOTPROVIDED");
    bic
}

/// The message as a bank understands it.
fn read(xml: &[u8], created_at: Timestamp) -> Message {
    let document = document(xml);
    let root = document.at("CstmrDrctDbtInitn").unwrap();
    let blocks: Vec<(Block, Creditor)> = root.all("PmtInf").map(block).collect();
    let (creditor, name) = (blocks[0].1.clone(), root.text("GrpHdr/InitgPty/Nm"));
    assert!(blocks.iter().all(|(_, other)| *other == creditor) && name == creditor.name);
    assert_sums(root.at("GrpHdr").unwrap(), blocks.iter().flat_map(|(block, _)| &block.transactions));
    let written = amsterdam(created_at).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    assert_eq!(root.text("GrpHdr/CreDtTm"), written);
    let blocks = blocks.into_iter().map(|(block, _)| block).collect();
    Message { id: root.text("GrpHdr/MsgId"), created_at, creditor, blocks }
}

fn assert_sums<'t>(at: &Element, transactions: impl Iterator<Item = &'t Transaction>) {
    let amounts: Vec<Money> = transactions.map(|transaction| transaction.amount).collect();
    assert_eq!(at.text("NbOfTxs"), amounts.len().to_string());
    assert_eq!(at.text("CtrlSum"), amounts.into_iter().sum::<Money>().to_string());
}

fn block(element: &Element) -> (Block, Creditor) {
    assert_eq!((element.text("PmtMtd"), element.text("PmtTpInf/SvcLvl/Cd")), ("DD".into(), "SEPA".into()));
    let block = Block {
        id: element.text("PmtInfId"),
        scheme: match element.text("PmtTpInf/LclInstrm/Cd").as_str() {
            "CORE" => Scheme::Core,
            "B2B" => Scheme::B2b,
            other => panic!("{other}"),
        },
        sequence: match element.text("PmtTpInf/SeqTp").as_str() {
            "FRST" => Sequence::First,
            "RCUR" => Sequence::Recurrent,
            "OOFF" => Sequence::OneOff,
            other => panic!("{other}"),
        },
        collect_on: element.text("ReqdColltnDt").parse().unwrap(),
        transactions: element.all("DrctDbtTxInf").map(transaction).collect(),
    };
    assert_sums(element, block.transactions.iter());
    let creditor = Creditor {
        name: element.text("Cdtr/Nm"),
        iban: element.text("CdtrAcct/Id/IBAN"),
        bic: bank(element, "CdtrAgt"),
        creditor_id: element.text("CdtrSchmeId/Id/PrvtId/Othr/Id"),
    };
    (block, creditor)
}

fn transaction(element: &Element) -> Transaction {
    let amount = element.at("InstdAmt").unwrap();
    assert_eq!(amount.currency.as_deref(), Some("EUR"));
    let mandate = element.at("DrctDbtTx/MndtRltdInf").unwrap();
    Transaction {
        end_to_end_id: element.text("PmtId/EndToEndId"),
        amount: amount.text.parse().unwrap(),
        mandate_id: mandate.text("MndtId"),
        signed_on: mandate.text("DtOfSgntr").parse().unwrap(),
        account_changed: mandate.at("AmdmntInd").is_some_and(|told| told.text == "true"),
        debtor_name: element.text("Dbtr/Nm"),
        debtor_iban: element.text("DbtrAcct/Id/IBAN"),
        debtor_bic: bank(element, "DbtrAgt"),
        text: element.at("RmtInf/Ustrd").map(|text| text.text.clone()).unwrap_or_default(),
    }
}

/// An identifier of the characters that banks take.
fn identifier() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9 ?:().,'+-]{0,33}[A-Za-z0-9]"
}

/// A name in any script, with one letter at least that banks take.
fn name() -> impl Strategy<Value = String> {
    "\\PC{0,40}[A-Za-z]\\PC{0,40}"
}

/// Accounts as people type them.
fn account() -> impl Strategy<Value = String> {
    const ACCOUNTS: [&str; 4] =
        ["NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "nl91abna0417164300", "BE68539007547034"];
    select(&ACCOUNTS[..]).prop_map(str::to_owned)
}

fn day() -> impl Strategy<Value = Date> {
    (0_i32..20_000).prop_map(|days| date(1995, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap())
}

fn transactions() -> impl Strategy<Value = Transaction> {
    let ids = (identifier(), identifier(), day(), any::<bool>());
    let debtor = (name(), account(), option::of(Just("INGBNL2A".to_owned())), "\\PC{0,160}");
    (ids, debtor, 1_i64..=999_999_999_99).prop_map(|(ids, debtor, cents)| Transaction {
        end_to_end_id: ids.0,
        amount: Money::from_cents(cents),
        mandate_id: ids.1,
        signed_on: ids.2,
        account_changed: ids.3,
        debtor_name: debtor.0,
        debtor_iban: debtor.1,
        debtor_bic: debtor.2,
        text: debtor.3,
    })
}

fn blocks() -> impl Strategy<Value = Block> {
    let scheme = select(&[Scheme::Core, Scheme::B2b][..]);
    let sequence = select(&[Sequence::First, Sequence::Recurrent, Sequence::OneOff][..]);
    let transactions = proptest::collection::vec(transactions(), 1..4);
    (identifier(), scheme, sequence, day(), transactions).prop_map(
        |(id, scheme, sequence, collect_on, transactions)| Block {
            id,
            scheme,
            sequence,
            collect_on,
            transactions,
        },
    )
}

fn messages() -> impl Strategy<Value = Message> {
    let creditor = (name(), account(), option::of(Just("ABNANL2A".to_owned())));
    let blocks = proptest::collection::vec(blocks(), 1..4);
    (identifier(), 0_i64..4_000_000_000, creditor, blocks).prop_map(|(id, second, creditor, blocks)| {
        let creditor_id = "NL69ZZZ123456780000".to_owned();
        Message {
            id,
            created_at: Timestamp::from_second(second).unwrap(),
            creditor: Creditor { name: creditor.0, iban: creditor.1, bic: creditor.2, creditor_id },
            blocks,
        }
    })
}

/// What is meant by a message: names and texts in the characters of banks, accounts without spaces.
fn meant(mut message: Message) -> Message {
    message.creditor.name = latin::text(&message.creditor.name, 70);
    message.creditor.iban = iban::check(&message.creditor.iban).unwrap();
    for transaction in message.blocks.iter_mut().flat_map(|block| &mut block.transactions) {
        transaction.debtor_name = latin::text(&transaction.debtor_name, 70);
        transaction.debtor_iban = iban::check(&transaction.debtor_iban).unwrap();
        transaction.text = latin::text(&transaction.text, 140);
    }
    message
}

/// A line on which somebody wrote this.
fn line(text: &str) -> BankLine {
    BankLine {
        id: BankLineId::parse("line-1").unwrap(),
        booked_on: date(2026, 11, 2),
        valued_on: None,
        amount: Money::from_cents(121_00),
        reversal: false,
        counterparty_name: None,
        counterparty_account: None,
        structured_reference: None,
        text: text.to_owned(),
        end_to_end_id: None,
        mandate_id: None,
        batch_id: None,
        return_reason: None,
        bank_reference: None,
    }
}

fn is_found(text: &str, scheme: ReferenceScheme, value: &str) -> bool {
    let reference = PaymentReference { scheme, value: value.to_owned(), made_here: true };
    keys_of_line(&line(text)).contains(&Found::ByNumber(reference_key(&reference).unwrap()))
}

/// In groups of four, as it is printed.
fn grouped(reference: &str) -> String {
    let characters: Vec<char> = reference.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// With two neighbours in each other's place; none where they are alike.
fn swapped(reference: &str, place: usize) -> Option<String> {
    let mut characters: Vec<char> = reference.chars().collect();
    let (one, other) = (characters.get(place)?, characters.get(place + 1)?);
    if one == other {
        return None;
    }
    characters.swap(place, place + 1);
    Some(characters.into_iter().collect())
}

/// A cell as a spreadsheet shows it.
fn shown(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn direct_debits_are_read_back(message in messages(), newest in any::<bool>()) {
        let version = if newest { Version::V08 } else { Version::V02 };
        let xml = write(&message, version).unwrap();
        prop_assert_eq!(read(&xml, message.created_at), meant(message));
    }

    #[test]
    fn what_banks_take_is_taken_by_them(text in "[\\PC/ ]{0,80}", longest in 1_usize..80) {
        let written = latin::text(&text, longest);
        prop_assert!(written.chars().all(latin::is_latin) && written.len() <= longest);
        let slashes = written.starts_with('/') || written.ends_with('/') || written.contains("//");
        prop_assert!(!slashes && written.trim() == written && !written.contains("  "), "{}", written);
        prop_assert_eq!(latin::text(&written, longest), written);
    }

    #[test]
    fn a_transfer_in_a_code_is_read_back(
        name in "[\\PC]{0,34}[A-Za-z][\\PC]{0,34}",
        cents in 1_i64..=99_999_999_999,
        bic in option::of(Just("ABNANL2A")),
        reference in option::of("[0-9A-Z]{1,21}"),
        text in option::of("[A-Za-z0-9ü €/-]{0,60}"),
    ) {
        let reference = reference.map(|number| make_rf(&number).unwrap());
        let text = if reference.is_some() { None } else { text };
        let amount = Money::from_cents(cents);
        let (iban, structured_reference, text) = ("nl91 abna 0417 1643 00", reference.as_deref(), text.as_deref());
        let payment = EpcPayment { bic, name: &name, iban, amount, structured_reference, text };
        // Wide characters take more bytes: the longest of both together may be too much.
        let Ok(payload) = payment.payload() else { return Ok(()) };
        let mut lines = payload.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        prop_assert_eq!([next(), next(), next(), next()], ["BCD", "002", "1", "SCT"]);
        prop_assert_eq!([next(), next(), next()], [bic.unwrap_or_default(), name.trim(), "NL91ABNA0417164300"]);
        prop_assert_eq!(next().strip_prefix("EUR").unwrap().parse::<Money>().unwrap(), amount);
        let behind = [next(), next(), next(), next()];
        prop_assert_eq!(behind, ["", reference.as_deref().unwrap_or_default(), text.unwrap_or_default().trim(), ""]);
    }

    #[test]
    fn a_report_is_read_back_and_runs_nothing(cells in proptest::collection::vec("[=+@;,\"'\r\n\t -]{0,2}\\PC{0,12}", 2..6)) {
        let row = Report::row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        let text = Report::header() + &row;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(rows.len(), 1);
        for (read, cell) in rows[0].iter().zip(&cells) {
            prop_assert!(read == cell || (read.starts_with('\'') && shown(read) == cell), "{:?} of {:?}", read, cell);
            prop_assert!(!read.trim_start().starts_with(['=', '+', '-', '@']), "{:?}", read);
        }
        prop_assert_eq!(rows[0].len(), cells.len());
    }

    #[test]
    fn a_reference_that_was_made_is_found_in_what_a_payer_writes(
        number in "[1-9][0-9]{3,14}",
        letters in "[0-9A-Z]{0,8}[1-9][0-9]{4,8}",
        before in "[a-z]{0,9}",
        behind in "[a-z]{0,9}",
    ) {
        for (scheme, reference) in [(ReferenceScheme::Nl16, make_nl16(&number)), (ReferenceScheme::Rf, make_rf(&letters))] {
            let reference = reference.unwrap();
            for written in [reference.clone(), grouped(&reference), reference.to_lowercase()] {
                let text = format!("{before} {written} {behind}");
                prop_assert!(is_found(&text, scheme, &reference), "{} in {}", reference, text);
            }
        }
    }

    #[test]
    fn a_reference_that_a_bank_marks_is_found_whatever_is_in_it(letters in "[0-9A-Z]{1,21}", text in "\\PC{0,40}") {
        let value = make_rf(&letters).unwrap();
        let line = BankLine { structured_reference: Some(value.clone()), ..line(&text) };
        let key = reference_key(&PaymentReference { scheme: ReferenceScheme::Rf, value, made_here: true }).unwrap();
        prop_assert!(keys_of_line(&line).contains(&Found::ByNumber(key)));
    }

    #[test]
    fn two_neighbours_in_each_others_place_are_refused(number in "[0-9]{15}", digits in "[0-9]{2,21}", place in 1_usize..24) {
        let reference = make_nl16(&number).unwrap();
        if let Some(wrong) = swapped(&reference, place) {
            // The standard's own gap: remainders 1 and 10 share a check digit.
            let shares_check_digit = reference.starts_with('1');
            prop_assert!(check_nl(&wrong) == Err(ReferenceError::Checksum) || shares_check_digit, "{}", wrong);
        }
        let reference = make_rf(&digits).unwrap();
        if let Some(wrong) = swapped(&reference, place + 4) {
            prop_assert_eq!(check_rf(&wrong), Err(ReferenceError::Checksum));
        }
    }
}
