//! A code holds the transfer that was asked for, and another program can read it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::Money;
use formats::epc::{self, EpcError, EpcPayment};
use proptest::prelude::*;

const PAYMENT: EpcPayment<'static> = EpcPayment {
    bic: None,
    name: "Stroom en Warmte Utrecht",
    iban: "NL91 ABNA 0417 1643 00",
    amount: Money::ZERO,
    structured_reference: None,
    text: None,
};

fn payment() -> EpcPayment<'static> {
    EpcPayment { amount: Money::from_cents(12_100), ..PAYMENT }
}

#[test]
fn the_payload_has_the_lines_of_epc069_12() {
    let table = [
        (
            EpcPayment { structured_reference: Some("RF18539007547034"), ..payment() },
            "BCD\n002\n1\nSCT\n\nStroom en Warmte Utrecht\nNL91ABNA0417164300\nEUR121.00\n\nRF18539007547034",
        ),
        (
            EpcPayment { bic: Some("abnanl2a"), text: Some("Factuur 2026-0001"), ..payment() },
            "BCD\n002\n1\nSCT\nABNANL2A\nStroom en Warmte Utrecht\nNL91ABNA0417164300\nEUR121.00\n\n\nFactuur 2026-0001",
        ),
        (payment(), "BCD\n002\n1\nSCT\n\nStroom en Warmte Utrecht\nNL91ABNA0417164300\nEUR121.00"),
    ];
    for (payment, expected) in table {
        assert_eq!(payment.payload().as_deref(), Ok(expected));
    }
}

#[test]
fn what_the_standard_does_not_allow_is_refused_by_field() {
    let long = "x".repeat(141);
    let wide = "€".repeat(70);
    let wide_text = "€".repeat(80);
    let table = [
        (EpcPayment { bic: Some("ABNANL2"), ..payment() }, Some(EpcError::Bic)),
        (EpcPayment { bic: Some("ABNA-L2A"), ..payment() }, Some(EpcError::Bic)),
        (EpcPayment { bic: Some("ABNANL2AXXX"), ..payment() }, None),
        (EpcPayment { name: " ", ..payment() }, Some(EpcError::Name)),
        (EpcPayment { name: &long[..70], ..payment() }, None),
        (EpcPayment { name: &long[..71], ..payment() }, Some(EpcError::Name)),
        (EpcPayment { name: &wide, ..payment() }, None),
        (EpcPayment { name: "a\nb", ..payment() }, Some(EpcError::ControlCharacter)),
        (EpcPayment { text: Some("a\rb"), ..payment() }, Some(EpcError::ControlCharacter)),
        (
            EpcPayment { iban: "NL92ABNA0417164300", ..payment() },
            Some(EpcError::Iban(formats::iban::IbanError::Checksum)),
        ),
        (EpcPayment { amount: Money::ZERO, ..payment() }, Some(EpcError::Amount)),
        (EpcPayment { amount: Money::from_cents(-1), ..payment() }, Some(EpcError::Amount)),
        (EpcPayment { amount: Money::from_cents(1), ..payment() }, None),
        (EpcPayment { amount: Money::from_cents(99_999_999_999), ..payment() }, None),
        (EpcPayment { structured_reference: Some(""), ..payment() }, Some(EpcError::Reference)),
        (EpcPayment { structured_reference: Some(&long[..35]), ..payment() }, None),
        (EpcPayment { structured_reference: Some(&long[..36]), ..payment() }, Some(EpcError::Reference)),
        (EpcPayment { text: Some(&long[..140]), ..payment() }, None),
        (EpcPayment { text: Some(&long), ..payment() }, Some(EpcError::Text)),
        (
            EpcPayment { structured_reference: Some("RF18539007547034"), text: Some("a"), ..payment() },
            Some(EpcError::ReferenceAndText),
        ),
        (EpcPayment { name: &wide, text: Some(&wide_text), ..payment() }, Some(EpcError::TooLong)),
    ];
    for (payment, expected) in table {
        assert_eq!(payment.payload().err(), expected, "{payment:?}");
    }
}

#[test]
fn no_picture_is_made_of_more_than_331_bytes() {
    let fits = "x".repeat(331);
    assert!(epc::png(&fits).is_ok() && epc::svg(&fits).is_ok());
    let larger = "x".repeat(332);
    assert_eq!(epc::png(&larger), Err(EpcError::TooLong));
    assert_eq!(epc::svg(&larger), Err(EpcError::TooLong));
}

/// The pixels of a picture, row by row: true is dark.
fn pixels(image: &[u8]) -> (usize, Vec<bool>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(image)).read_info().unwrap();
    let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut buffer).unwrap();
    let side = info.width as usize;
    assert_eq!(info.width, info.height);
    let dark = |x: usize, y: usize| buffer[y * info.line_size + x / 8] & (0x80 >> (x % 8)) == 0;
    (side, (0..side * side).map(|at| dark(at % side, at / side)).collect())
}

/// Reads a picture with another program's decoder: its content, version and error level (0 is M).
fn scan(image: &[u8]) -> (String, usize, u16) {
    let (side, dark) = pixels(image);
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(
            side,
            side,
            |x, y| if dark[y * side + x] { 0 } else { 255 },
        );
    let (meta, content) = prepared.detect_grids().remove(0).decode().unwrap();
    (content, meta.version.0, meta.ecc_level)
}

#[test]
fn the_picture_has_about_240_pixels_and_a_quiet_zone_of_four_modules() {
    for text in [None, Some("Factuur 2026-0001"), Some("x".repeat(140).as_str())] {
        let payload = EpcPayment { text, ..payment() }.payload().unwrap();
        let image = epc::png(&payload).unwrap();
        let (side, dark) = pixels(&image);
        assert!((200..=280).contains(&side), "{side}");
        let first = dark.iter().position(|dark| *dark).unwrap();
        let (x, y) = (first % side, first / side);
        let modules = 17 + 4 * scan(&image).1 + 8;
        assert_eq!((x, y), (4 * side / modules, 4 * side / modules));
        assert!(image.len() < 2_000, "{}", image.len());
    }
}

#[test]
fn the_svg_has_the_code_and_its_quiet_zone_in_its_view_box() {
    let svg = epc::svg(&payment().payload().unwrap()).unwrap();
    let modules = 17 + 4 * scan(&epc::png(&payment().payload().unwrap()).unwrap()).1 + 8;
    assert!(
        svg.starts_with("<svg ") && svg.contains(&format!("viewBox=\"0 0 {modules} {modules}\"")),
        "{svg:.200}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_scanner_reads_what_was_written(name in "[A-Za-zé€ ]{0,60}X", text in "[A-Za-z0-9ü /-]{0,100}", cents in 1_i64..99_999_999_999) {
        let payment = EpcPayment { name: &name, text: Some(&text), amount: Money::from_cents(cents), ..PAYMENT };
        // Accents take more bytes: the longest of both together may be too much.
        let Ok(payload) = payment.payload() else { return Ok(()) };
        let (content, version, level) = scan(&epc::png(&payload).unwrap());
        prop_assert_eq!(content, payload);
        prop_assert!(version <= 13 && level == 0, "version {}, level {}", version, level);
    }
}
