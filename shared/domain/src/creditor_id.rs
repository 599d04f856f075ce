//! The SEPA creditor identifier: who collects by direct debit, as the bank gave it.
//!
//! Country, two check digits, a business code that the creditor chooses, and the national identifier (EPC262-08). The check
//! digits are ISO 7064 mod 97-10 over the national identifier and the country; the business code is left out.

/// Why a text is no creditor identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CreditorIdError {
    /// Not a country, two digits, three characters and a national identifier of 1 to 28 characters.
    #[error("is not written as a creditor identifier")]
    Format,
    /// The check digits do not fit.
    #[error("has check digits that do not fit")]
    Checksum,
}

impl CreditorIdError {
    /// The stable code of this refusal on the HTTP surface.
    pub fn code(self) -> &'static str {
        match self {
            CreditorIdError::Format => "creditor_id_format",
            CreditorIdError::Checksum => "creditor_id_checksum",
        }
    }
}

/// Checks a creditor identifier. Gives it without spaces and in upper case.
///
/// # Errors
/// [`CreditorIdError`] says what is wrong; whether a bank knows it is not known here.
pub fn check(text: &str) -> Result<String, CreditorIdError> {
    let id: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric());
    if !plain || !(8..=35).contains(&id.len()) {
        return Err(CreditorIdError::Format);
    }
    let (country, rest) = id.split_at(2);
    let (digits, rest) = rest.split_at(2);
    let (_, national) = rest.split_at(3);
    if !country.chars().all(|c| c.is_ascii_uppercase()) || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(CreditorIdError::Format);
    }
    let checked = national.chars().chain(country.chars()).chain(digits.chars());
    if remainder(checked) == 1 { Ok(id) } else { Err(CreditorIdError::Checksum) }
}

/// The remainder by 97 of the number that these characters stand for: A is 10, Z is 35.
fn remainder(characters: impl Iterator<Item = char>) -> u32 {
    characters.filter_map(|c| c.to_digit(36)).fold(0, |left, value| {
        let shifted = if value < 10 { left * 10 } else { left * 100 };
        (shifted + value) % 97
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digits_leave_the_business_code_out() {
        use CreditorIdError::{Checksum, Format};
        let table = [
            // The German bank's published example.
            ("DE98ZZZ09999999999", Ok("DE98ZZZ09999999999")),
            ("DE98AB109999999999", Ok("DE98AB109999999999")),
            ("de98 zzz0 9999 9999 99", Ok("DE98ZZZ09999999999")),
            ("DE97ZZZ09999999999", Err(Checksum)),
            ("DE98ZZZ09999999998", Err(Checksum)),
            ("NL91ABNA0417164300", Err(Checksum)), // an IBAN
            ("DE98ZZZ", Err(Format)),
            ("D198ZZZ09999999999", Err(Format)),
            ("DEX8ZZZ09999999999", Err(Format)),
            ("DE98ZZZ0999999999-", Err(Format)),
            ("", Err(Format)),
        ];
        for (text, expected) in table {
            assert_eq!(check(text), expected.map(str::to_owned), "{text}");
        }
        // A Dutch one: eight digits of the trade register and four of the place. One pair of digits fits.
        let fitting = |n: &u32| check(&format!("NL{n:02}ZZZ123456780000")).is_ok();
        assert_eq!((2..99).filter(fitting).collect::<Vec<u32>>(), [69]);
    }
}
