//! Structured payment references: the Dutch *betalingskenmerk* and the creditor reference of ISO 11649 (`RF...`).

/// Why a text is no structured reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error("is empty")]
    Empty,
    #[error("has characters that a reference does not have")]
    Characters,
    #[error("has a length that a reference does not have")]
    Length,
    #[error("has a length digit that does not fit its length")]
    LengthDigit,
    #[error("has a check digit that does not fit")]
    Checksum,
    #[error("does not start with RF and two check digits")]
    Prefix,
}

impl ReferenceError {
    /// The stable code of this refusal on the HTTP surface.
    pub fn code(self) -> &'static str {
        match self {
            ReferenceError::Empty => "reference_empty",
            ReferenceError::Characters => "reference_characters",
            ReferenceError::Length => "reference_length",
            ReferenceError::LengthDigit => "reference_length_digit",
            ReferenceError::Checksum => "reference_checksum",
            ReferenceError::Prefix => "reference_prefix",
        }
    }
}

/// From the right, repeated.
const NL_WEIGHTS: [u32; 10] = [2, 4, 8, 5, 10, 9, 7, 3, 6, 1];

/// Checks a Dutch *betalingskenmerk*, digits only: 7 (no check digit), 9 to 14 (check digit, length digit, number) or 16
/// (check digit, 15 digits).
///
/// The check digit does not find every typing error: the remainders 1 and 10 both give the check digit 1.
///
/// # Errors
/// [`ReferenceError`] says what is wrong.
pub fn check_nl(reference: &str) -> Result<(), ReferenceError> {
    let digits = digits_of(reference)?;
    let (check, rest) = match digits.len() {
        7 => return Ok(()),
        9..=14 => {
            // 7, 8 and 9 stand for themselves; 0, 1 and 2 for 10, 11 and 12.
            let number_length = u32::try_from(digits.len() - 2).map_err(|_| ReferenceError::Length)?;
            if digits[1] != number_length % 10 {
                return Err(ReferenceError::LengthDigit);
            }
            (digits[0], &digits[1..])
        }
        16 => (digits[0], &digits[1..]),
        _ => return Err(ReferenceError::Length),
    };
    if check == nl_check_digit(rest) { Ok(()) } else { Err(ReferenceError::Checksum) }
}

/// Makes a *betalingskenmerk* of 16 digits from at most 15, filled up with zeros on the left.
///
/// # Errors
/// When there is no digit, anything else than digits, or more than 15 of them.
pub fn make_nl16(number: &str) -> Result<String, ReferenceError> {
    if digits_of(number)?.len() > 15 {
        return Err(ReferenceError::Length);
    }
    let filled = format!("{number:0>15}");
    Ok(format!("{}{filled}", nl_check_digit(&digits_of(&filled)?)))
}

/// 11 less the weighted sum modulo 11, where 10 becomes 1 and 11 becomes 0.
fn nl_check_digit(digits: &[u32]) -> u32 {
    let weighted = digits.iter().rev().zip(NL_WEIGHTS.iter().cycle());
    match 11 - weighted.map(|(digit, weight)| digit * weight).sum::<u32>() % 11 {
        10 => 1,
        11 => 0,
        check => check,
    }
}

fn digits_of(text: &str) -> Result<Vec<u32>, ReferenceError> {
    if text.is_empty() {
        return Err(ReferenceError::Empty);
    }
    // The longest reference has 16; far longer texts are not worth a look.
    if text.len() > 64 {
        return Err(ReferenceError::Length);
    }
    text.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>().ok_or(ReferenceError::Characters)
}

/// Checks a creditor reference of ISO 11649: `RF`, two check digits, 1 to 21 letters and digits, without spaces.
///
/// # Errors
/// [`ReferenceError`] says what is wrong.
pub fn check_rf(reference: &str) -> Result<(), ReferenceError> {
    let after = reference.strip_prefix("RF").ok_or(ReferenceError::Prefix)?;
    let (Some(check), Some(number)) = (after.get(..2), after.get(2..)) else {
        return Err(ReferenceError::Prefix);
    };
    if !check.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ReferenceError::Prefix);
    }
    // Made anew: modulo 97 the pairs 00, 01 and 99 are as good as 97, 98 and 02, and the standard never gives them.
    if make_rf(number)? == reference { Ok(()) } else { Err(ReferenceError::Checksum) }
}

/// Makes a creditor reference of ISO 11649 from 1 to 21 digits and letters in upper case.
///
/// # Errors
/// When there are none, others, or more.
pub fn make_rf(number: &str) -> Result<String, ReferenceError> {
    check_rf_number(number)?;
    Ok(format!("RF{:02}{number}", 98 - rf_remainder(&format!("{number}RF00"))))
}

fn check_rf_number(number: &str) -> Result<(), ReferenceError> {
    match number.len() {
        0 => Err(ReferenceError::Empty),
        1..=21 if number.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) => Ok(()),
        1..=21 => Err(ReferenceError::Characters),
        _ => Err(ReferenceError::Length),
    }
}

/// ISO 7064 mod 97-10, with A = 10 to Z = 35.
fn rf_remainder(text: &str) -> u32 {
    text.chars().filter_map(|c| c.to_digit(36)).fold(0, |remainder, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (remainder * shift + value) % 97
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dutch_references_have_7_or_9_to_14_or_16_digits_and_a_check_digit() {
        let table = [
            ("5000056789012345", Ok(())),
            ("12234534622567", Ok(())),
            ("5010002167010010", Ok(())),
            ("1234567", Ok(())),
            ("0000000", Ok(())),
            ("6000056789012345", Err(ReferenceError::Checksum)),
            ("5000056789012346", Err(ReferenceError::Checksum)),
            ("22234534622567", Err(ReferenceError::Checksum)),
            ("11234534622567", Err(ReferenceError::LengthDigit)),
            ("123456", Err(ReferenceError::Length)),
            ("12345678", Err(ReferenceError::Length)),
            ("500005678901234", Err(ReferenceError::Length)),
            ("50000567890123450", Err(ReferenceError::Length)),
            ("5000 0567 8901 2345", Err(ReferenceError::Characters)),
            ("500005678901234٥", Err(ReferenceError::Characters)),
            ("", Err(ReferenceError::Empty)),
        ];
        for (reference, expected) in table {
            assert_eq!(check_nl(reference), expected, "{reference}");
        }
    }

    #[test]
    fn every_length_of_9_to_14_digits_has_its_own_length_digit() {
        for (length, digit) in [(7, '7'), (8, '8'), (9, '9'), (10, '0'), (11, '1'), (12, '2')] {
            let rest = format!("{digit}{}", &"123456789012"[..length]);
            let check = nl_check_digit(&digits_of(&rest).unwrap());
            assert_eq!(check_nl(&format!("{check}{rest}")), Ok(()), "{rest}");
        }
    }

    #[test]
    fn sixteen_digits_are_made_from_at_most_fifteen() {
        let table = [
            ("000056789012345", Ok("5000056789012345")),
            ("56789012345", Ok("5000056789012345")),
            ("010002167010010", Ok("5010002167010010")),
            ("1234567890123456", Err(ReferenceError::Length)),
            ("12a", Err(ReferenceError::Characters)),
            ("", Err(ReferenceError::Empty)),
        ];
        for (number, expected) in table {
            assert_eq!(make_nl16(number), expected.map(str::to_owned), "{number}");
        }
    }

    #[test]
    fn creditor_references_have_check_digits_modulo_97() {
        let table = [
            ("RF18539007547034", Ok(())),
            ("RF19539007547034", Err(ReferenceError::Checksum)),
            ("RF18539007547035", Err(ReferenceError::Checksum)),
            ("RF0236", Ok(())),
            ("RF9936", Err(ReferenceError::Checksum)),
            ("RF9772", Ok(())),
            ("RF0072", Err(ReferenceError::Checksum)),
            ("RF9854", Ok(())),
            ("RF0154", Err(ReferenceError::Checksum)),
            ("RF18", Err(ReferenceError::Empty)),
            ("RF1", Err(ReferenceError::Prefix)),
            ("RFX8539007547034", Err(ReferenceError::Prefix)),
            ("539007547034", Err(ReferenceError::Prefix)),
            ("RF185390 0754 7034", Err(ReferenceError::Characters)),
            ("RF18539007547034000000000A", Err(ReferenceError::Length)),
            ("RF1é", Err(ReferenceError::Prefix)),
            ("", Err(ReferenceError::Prefix)),
        ];
        for (reference, expected) in table {
            assert_eq!(check_rf(reference), expected, "{reference}");
        }
        assert_eq!(make_rf("539007547034").as_deref(), Ok("RF18539007547034"));
    }

    /// `text` with the digit at `place` turned into another one.
    fn with_other_digit(text: &str, place: usize, step: u32) -> String {
        let change = |digit: u32| char::from_digit((digit + step) % 10, 10).unwrap();
        let turned = |(at, c): (usize, char)| match c.to_digit(10) {
            Some(digit) if at == place => change(digit),
            _ => c,
        };
        text.chars().enumerate().map(turned).collect()
    }

    proptest! {
        #[test]
        fn what_is_made_as_a_dutch_reference_is_accepted(number in "[0-9]{1,15}") {
            let reference = make_nl16(&number).unwrap();
            prop_assert_eq!(reference.len(), 16);
            prop_assert!(reference.ends_with(&number));
            prop_assert_eq!(check_nl(&reference), Ok(()));
        }

        // The standard's own gap: remainders 1 and 10 share a check digit. Nothing else may slip through.
        #[test]
        fn another_digit_in_a_dutch_reference_is_refused(number in "[0-9]{15}", place in 0_usize..16, step in 1_u32..10) {
            let reference = make_nl16(&number).unwrap();
            let wrong = with_other_digit(&reference, place, step);
            let shares_check_digit = place > 0 && reference.starts_with('1');
            prop_assert!(check_nl(&wrong) == Err(ReferenceError::Checksum) || shares_check_digit, "{}", wrong);
        }

        #[test]
        fn what_is_made_as_a_creditor_reference_is_accepted(number in "[0-9A-Z]{1,21}") {
            prop_assert_eq!(check_rf(&make_rf(&number).unwrap()), Ok(()));
        }

        #[test]
        fn another_digit_in_a_creditor_reference_is_refused(number in "[0-9]{1,21}", place in 2_usize..25, step in 1_u32..10) {
            let reference = make_rf(&number).unwrap();
            prop_assume!(place < reference.len());
            let wrong = with_other_digit(&reference, place, step);
            prop_assert_eq!(check_rf(&wrong), Err(ReferenceError::Checksum));
        }

        #[test]
        fn no_text_makes_a_check_panic(text in "\\PC{0,40}") {
            let answers = (check_nl(&text), check_rf(&text), make_nl16(&text), make_rf(&text));
            prop_assert!(answers.2.is_err() || text.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
