//! References, accounts, and what is read for them in a payer's text.
//!
//! The input is a text; what of it is digits becomes a reference that has to be found again.

use domain::Money;
use domain::bank::BankLine;
use domain::ids::BankLineId;
use domain::invoice::{PaymentReference, ReferenceScheme};
use domain::matching::{Found, keys_of_line, name_keys_of_line, reference_key};
use formats::epc::EpcPayment;
use formats::iban;
use formats::pain008::latin;
use formats::reference::{check_nl, check_rf, make_nl16, make_rf};

/// Most that a line is looked up by: numbers, the account and the order's reference.
const MOST_KEYS: usize = 20;

/// Of any bytes.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert_checks(&text);
    assert_made(&text);
    assert_read(&text);
    assert_written(&text);
}

fn assert_checks(text: &str) {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if check_nl(text).is_ok() {
        assert!(digits && (7..=16).contains(&text.len()));
    }
    if check_rf(text).is_ok() {
        assert!(text.starts_with("RF") && (5..=25).contains(&text.len()));
        assert_eq!(make_rf(&text[4..]).as_deref(), Ok(text), "only one pair of check digits fits");
    }
    if let Ok(account) = iban::check(text) {
        assert_eq!(iban::check(&account).as_deref(), Ok(account.as_str()));
        let shaped = account.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        assert!(shaped && (5..=34).contains(&account.len()), "{account}");
    }
}

/// What is made is accepted, found on a line by its key, and no longer accepted with another check digit.
fn assert_made(text: &str) {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(15).collect();
    if let Ok(reference) = make_nl16(&digits) {
        assert_eq!(check_nl(&reference), Ok(()));
        assert!(check_nl(&other_check_digit(&reference, 0)).is_err(), "{reference}");
        assert_found(reference, ReferenceScheme::Nl16, text);
    }
    let plain = |c: &char| c.is_ascii_digit() || c.is_ascii_uppercase();
    let letters: String = text.chars().filter(plain).take(21).collect();
    if let Ok(reference) = make_rf(&letters) {
        assert_eq!(check_rf(&reference), Ok(()));
        assert!(check_rf(&other_check_digit(&reference, 3)).is_err(), "{reference}");
        assert_found(reference, ReferenceScheme::Rf, text);
    }
}

fn other_check_digit(reference: &str, place: usize) -> String {
    let turned = |(at, c): (usize, char)| match c {
        '9' if at == place => '0',
        c if at == place => char::from_u32(u32::from(c) + 1).unwrap_or(c),
        c => c,
    };
    reference.chars().enumerate().map(turned).collect()
}

/// Whatever the payer wrote beside it.
fn assert_found(value: String, scheme: ReferenceScheme, text: &str) {
    let mut line = line(text);
    line.structured_reference = Some(value.clone());
    let keys = keys_of_line(&line);
    let reference = PaymentReference { scheme, value, made_here: false };
    let Some(key) = reference_key(&reference) else { panic!("a reference has a key") };
    assert!(keys.contains(&Found::ByNumber(key.clone())), "{key} is not in {keys:?}");
}

fn assert_read(text: &str) {
    let mut line = line(text);
    line.counterparty_name = Some(text.to_owned());
    line.counterparty_account = Some(text.to_owned());
    line.end_to_end_id = Some(text.to_owned());
    let keys = keys_of_line(&line);
    assert!(keys.len() <= MOST_KEYS, "{keys:?}");
    assert_eq!(keys, keys_of_line(&line));
    assert!(name_keys_of_line(&line).len() <= MOST_KEYS);
}

fn line(text: &str) -> BankLine {
    let Ok(id) = BankLineId::parse("line-1") else { panic!("this is an id") };
    BankLine {
        id,
        booked_on: jiff::civil::date(2026, 11, 2),
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

/// What goes to a bank or into a code has the form that they take.
fn assert_written(text: &str) {
    let latin = latin::text(text, 70);
    assert!(latin.chars().all(latin::is_latin) && latin.chars().count() <= 70, "{latin:?}");
    let slashes = latin.starts_with('/') || latin.ends_with('/') || latin.contains("//");
    assert!(!slashes && latin.trim() == latin && !latin.contains("  "), "{latin:?}");
    assert_eq!(latin::text(&latin, 70), latin, "what was written once is written so again");
    let payment = EpcPayment {
        bic: None,
        name: "Domstroom Energie",
        iban: "NL91ABNA0417164300",
        amount: Money::from_cents(121_00),
        structured_reference: None,
        text: Some(text),
    };
    if let Ok(payload) = payment.payload() {
        let lines: Vec<&str> = payload.split('\n').collect();
        let behind = text.trim();
        let expected = if behind.is_empty() { None } else { Some(behind) };
        assert_eq!((lines[6], lines[7], lines.get(10).copied()), (payment.iban, "EUR121.00", expected));
        assert!(lines.len() <= 11, "{payload}");
    }
}
