//! Amounts, dates and account numbers as a reader of the language writes them, and free text made safe to place.

use domain::{Language, Money};

/// Stays between the euro sign and the digits in HTML; the text part turns it into a plain space after wrapping.
pub(crate) const NO_BREAK_SPACE: char = '\u{a0}';

/// `€ 1.234,56` in Dutch (with a no-break space), `€1,234.56` in English; a minus stands where CLDR has it.
pub(crate) fn money(language: Language, amount: Money) -> String {
    let plain = amount.abs().to_string();
    let (euros, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
    let minus = if amount.is_negative() { "-" } else { "" };
    match language {
        Language::Nl => format!("€{NO_BREAK_SPACE}{minus}{},{cents}", thousands(euros, '.')),
        Language::En => format!("{minus}€{}.{cents}", thousands(euros, ',')),
    }
}

fn thousands(digits: &str, separator: char) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// An IBAN in groups of four, as ISO 13616 prints it.
pub(crate) fn iban(iban: &str) -> String {
    let mut grouped = String::with_capacity(iban.len() + iban.len() / 4);
    for (position, character) in iban.chars().filter(|c| !c.is_whitespace()).enumerate() {
        if position > 0 && position.is_multiple_of(4) {
            grouped.push(' ');
        }
        grouped.push(character);
    }
    grouped
}

/// A `tel:` address of a phone number as people write it; none where it holds no digit.
pub(crate) fn tel(phone: &str) -> Option<String> {
    let dialled: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    dialled.contains(|c: char| c.is_ascii_digit()).then(|| format!("tel:{dialled}"))
}

/// Free text as one line: whatever moves to another line or turns the reading direction would let a name pose as
/// something else, in a subject header above all.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars().filter(|c| !turns_direction(*c)) {
        let blank = character.is_whitespace() || character.is_control();
        match (blank && character != NO_BREAK_SPACE, line.ends_with(' ') || line.is_empty()) {
            (true, true) => {}
            (true, false) => line.push(' '),
            (false, _) => line.push(character),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

fn turns_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// At most `most` characters, with an ellipsis where something was cut off.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_language_writes_them() {
        let table = [
            (0, "€\u{a0}0,00", "€0.00"),
            (5, "€\u{a0}0,05", "€0.05"),
            (99_999, "€\u{a0}999,99", "€999.99"),
            (100_000, "€\u{a0}1.000,00", "€1,000.00"),
            (123_456, "€\u{a0}1.234,56", "€1,234.56"),
            (123_456_789, "€\u{a0}1.234.567,89", "€1,234,567.89"),
            (-123_456, "€\u{a0}-1.234,56", "-€1,234.56"),
        ];
        for (cents, nl, en) in table {
            assert_eq!(money(Language::Nl, Money::from_cents(cents)), nl);
            assert_eq!(money(Language::En, Money::from_cents(cents)), en);
        }
    }

    #[test]
    fn an_iban_stands_in_groups_of_four() {
        assert_eq!(iban("NL91ABNA0417164300"), "NL91 ABNA 0417 1643 00");
        assert_eq!(iban("NL91 ABNA 0417 1643 00"), "NL91 ABNA 0417 1643 00");
        assert_eq!(iban(""), "");
    }

    #[test]
    fn a_phone_number_is_dialled_without_what_people_put_in_between() {
        assert_eq!(tel("+31 (88) 123-45 67").as_deref(), Some("tel:+31881234567"));
        assert_eq!(tel("0800-8115").as_deref(), Some("tel:08008115"));
        assert_eq!(tel("ask the desk"), None);
    }

    #[test]
    fn free_text_stays_on_its_line_and_keeps_its_direction() {
        let table = [
            ("Jansen", "Jansen"),
            ("  Jansen \r\nBcc: x@example.nl ", "Jansen Bcc: x@example.nl"),
            ("a\u{2028}b\u{85}c\td", "a b c d"),
            ("evil\u{202e}txt.exe", "eviltxt.exe"),
            ("\u{0}", ""),
        ];
        for (text, expected) in table {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn only_what_is_too_long_is_shortened() {
        assert_eq!(shortened("Gemeente", 8), "Gemeente");
        assert_eq!(shortened("Gemeenten", 8), "Gemeent…");
        assert_eq!(shortened("één twee", 5), "één…");
    }
}
