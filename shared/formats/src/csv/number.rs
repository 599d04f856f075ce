//! Amounts as spreadsheets and packages write them: `1.234,56`, `€ 1,234.56`, `1234,56-`, `(12.50)`, `12,-`.
//!
//! A separator that might be either mark makes the amount ambiguous: refused, never guessed.

use domain::Money;
use domain::money::MoneyError;
use rust_decimal::Decimal;

use super::mapping::DecimalMark;

/// Longest cell that is looked at as an amount, in bytes.
const LONGEST: usize = 40;

/// Why a cell is no amount: the rule, and in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFault {
    NotANumber,
    Ambiguous,
    TooPrecise,
    TooLarge,
}

impl NumberFault {
    pub(super) fn told(self) -> (&'static str, &'static str) {
        match self {
            NumberFault::NotANumber => ("not_a_number", "is not an amount such as 1.234,56 or 1234.56"),
            NumberFault::Ambiguous => {
                ("ambiguous_amount", "may be thousands or decimals: say which in the mapping (decimalMark)")
            }
            NumberFault::TooPrecise => ("too_many_decimals", "has more than two decimals"),
            NumberFault::TooLarge => ("amount_too_large", "is larger than 999999999.99"),
        }
    }
}

/// The amount in a cell, with its sign. `-` alone is nothing, as spreadsheets write it.
pub(super) fn amount(cell: &str, mark: Option<DecimalMark>) -> Result<Money, NumberFault> {
    if cell.len() > LONGEST {
        return Err(NumberFault::NotANumber);
    }
    if cell.trim() == "-" {
        return Ok(Money::ZERO);
    }
    let (negative, digits) = unsigned(cell).ok_or(NumberFault::NotANumber)?;
    let mark = match mark {
        Some(mark) => mark,
        None => mark_of(&digits)?,
    };
    let (point, between) = match mark {
        DecimalMark::Comma => (',', '.'),
        DecimalMark::Point => ('.', ','),
    };
    let (whole, fraction) = digits.split_once(point).unwrap_or((&digits, ""));
    let whole = without_thousands(whole, between).ok_or(NumberFault::NotANumber)?;
    if (whole.is_empty() && fraction.is_empty()) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberFault::NotANumber);
    }
    let value = Decimal::from_str_exact(&format!("{}0{whole}.{fraction}0", if negative { "-" } else { "" }));
    Money::new(value.map_err(|_| NumberFault::NotANumber)?).map_err(|error| match error {
        MoneyError::TooPrecise => NumberFault::TooPrecise,
        MoneyError::TooLarge => NumberFault::TooLarge,
        MoneyError::NotANumber | MoneyError::Negative => NumberFault::NotANumber,
    })
}

/// Which mark this cell shows beyond doubt: what the other cells of the file are then read with.
pub(super) fn shows(cell: &str) -> Option<DecimalMark> {
    let (_, digits) = unsigned(cell).filter(|_| cell.len() <= LONGEST)?;
    let marked = digits.contains(['.', ',']);
    mark_of(&digits).ok().filter(|mark| marked && amount(cell, Some(*mark)).is_ok())
}

/// Whether there is a minus, and the rest without signs, currency and spaces around it.
fn unsigned(cell: &str) -> Option<(bool, String)> {
    let mut text = cell.trim();
    let (mut negative, mut signs) = (false, 0);
    if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        (text, negative, signs) = (inner.trim(), true, 1);
    }
    // A sign may stand before or behind the currency.
    for _ in 0..2 {
        for currency in ["€", "EUR", "eur"] {
            text = text.strip_prefix(currency).or(text.strip_suffix(currency)).unwrap_or(text).trim();
        }
        if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
            (text, negative, signs) = (rest.trim(), true, signs + 1);
        } else if let Some(rest) = text.strip_prefix('+') {
            (text, signs) = (rest.trim(), signs + 1);
        }
    }
    let mut digits = text.to_owned();
    if let Some(whole) = text.strip_suffix(",--").or(text.strip_suffix(",-")) {
        digits = format!("{whole},00");
    } else if let Some(rest) = text.strip_suffix(['-', '\u{2212}']) {
        (digits, negative, signs) = (rest.trim().to_owned(), true, signs + 1);
    }
    let plain = digits
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '\''));
    (plain && signs <= 1).then_some((negative, digits))
}

/// The mark that the separators themselves show.
fn mark_of(digits: &str) -> Result<DecimalMark, NumberFault> {
    let of = |c: char| if c == ',' { DecimalMark::Comma } else { DecimalMark::Point };
    let marks: Vec<(usize, char)> = digits.char_indices().filter(|(_, c)| matches!(c, ',' | '.')).collect();
    match marks[..] {
        [] => Ok(DecimalMark::Point),
        [(at, mark)] => {
            let (before, behind) = (&digits[..at], &digits[at + 1..]);
            let like_thousands =
                behind.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
            if like_thousands { Err(NumberFault::Ambiguous) } else { Ok(of(mark)) }
        }
        [.., (_, before), (_, last)] if before == last => {
            Ok(if last == ',' { DecimalMark::Point } else { DecimalMark::Comma })
        }
        [.., (_, last)] => Ok(of(last)),
    }
}

/// Digits in groups of three, with `between` or a space or an apostrophe between them; none if they are not so.
fn without_thousands(whole: &str, between: char) -> Option<String> {
    let groups: Vec<&str> = whole.split([between, ' ', '\u{a0}', '\u{202f}', '\'']).collect();
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let (first, rest) = groups.split_first()?;
    let grouped = rest.is_empty() || (!first.is_empty() && first.len() <= 3);
    let good = grouped && digits(first) && rest.iter().all(|group| group.len() == 3 && digits(group));
    good.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_the_forms_of_spreadsheets() {
        use DecimalMark::{Comma, Point};
        use NumberFault::{Ambiguous, NotANumber, TooLarge, TooPrecise};
        let table = [
            ("121", None, Ok("121.00")),
            ("1.234,56", None, Ok("1234.56")),
            ("1,234.56", None, Ok("1234.56")),
            ("1.234.567", None, Ok("1234567.00")),
            ("1.234.567,8", None, Ok("1234567.80")),
            ("1 234,56", None, Ok("1234.56")),
            ("1\u{a0}234,56", None, Ok("1234.56")),
            ("1'234.56", None, Ok("1234.56")),
            ("12,5", None, Ok("12.50")),
            ("12.5", None, Ok("12.50")),
            (",5", None, Ok("0.50")),
            ("0,125", None, Err(TooPrecise)),
            ("0,120", None, Ok("0.12")),
            ("1.234", None, Err(Ambiguous)),
            ("1,234", None, Err(Ambiguous)),
            ("1.234", Some(Comma), Ok("1234.00")),
            ("1.234", Some(Point), Err(TooPrecise)),
            ("1.230", Some(Point), Ok("1.23")),
            ("12.50", Some(Comma), Err(NotANumber)),
            ("1234,5678", None, Err(TooPrecise)),
            ("-1.234,56", None, Ok("-1234.56")),
            ("1234.56-", None, Ok("-1234.56")),
            ("(12,50)", None, Ok("-12.50")),
            ("\u{2212}12,50", None, Ok("-12.50")),
            ("+12,50", None, Ok("12.50")),
            ("€ 12,50", None, Ok("12.50")),
            ("-€ 12,50", None, Ok("-12.50")),
            ("€ -12,50", None, Ok("-12.50")),
            ("12,50 EUR", None, Ok("12.50")),
            ("12,-", None, Ok("12.00")),
            ("1.250,--", None, Ok("1250.00")),
            ("-", None, Ok("0.00")),
            ("--12", None, Err(NotANumber)),
            ("-12-", None, Err(NotANumber)),
            ("(-12)", None, Err(NotANumber)),
            ("1.23.456", None, Err(NotANumber)),
            ("12.34,56", None, Err(NotANumber)),
            ("1,234,56", None, Err(NotANumber)),
            ("12e3", None, Err(NotANumber)),
            ("=1+1", None, Err(NotANumber)),
            ("twaalf", None, Err(NotANumber)),
            ("", None, Err(NotANumber)),
            (",", None, Err(NotANumber)),
            ("999999999,99", None, Ok("999999999.99")),
            ("1000000000,00", None, Err(TooLarge)),
            ("99999999999999999999999999999999999999", None, Err(NotANumber)),
        ];
        for (cell, mark, expected) in table {
            let read = amount(cell, mark).map(|money| money.to_string());
            assert_eq!(read, expected.map(str::to_owned), "{cell}");
        }
    }

    #[test]
    fn a_cell_shows_its_mark_only_beyond_doubt() {
        let table = [
            ("1.234,56", Some(DecimalMark::Comma)),
            ("12,50", Some(DecimalMark::Comma)),
            ("1,234.56", Some(DecimalMark::Point)),
            ("1.234.567", Some(DecimalMark::Comma)),
            ("1.234", None),
            ("1234", None),
            ("31.12.2026", None),
            ("abc", None),
        ];
        for (cell, expected) in table {
            assert_eq!(shows(cell), expected, "{cell}");
        }
    }
}
