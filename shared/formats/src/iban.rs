//! International bank account numbers (ISO 13616).
//!
//! For what a person types and what we print. Not for bank statements: the other side's account is taken as the bank
//! gives it (LAW.md 9).

use iban::{Iban, IbanLike, ParseIbanError};

/// Why a text is no IBAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    #[error("is not written as an IBAN")]
    Format,
    #[error("has check digits that do not fit")]
    Checksum,
    #[error("does not have the form that its country uses")]
    CountryFormat,
    #[error("is of a country that has no IBANs")]
    UnknownCountry,
}

impl IbanError {
    /// The stable code of this refusal on the HTTP surface.
    pub fn code(self) -> &'static str {
        match self {
            IbanError::Format => "iban_format",
            IbanError::Checksum => "iban_checksum",
            IbanError::CountryFormat => "iban_country_format",
            IbanError::UnknownCountry => "iban_unknown_country",
        }
    }
}

/// Checks form, country and check digits (mod 97); spaces in groups of four are allowed. Gives it without spaces and in
/// upper case.
///
/// # Errors
/// [`IbanError`] says what is wrong; whether the account exists is not known here.
pub fn check(text: &str) -> Result<String, IbanError> {
    let iban: Iban = text.trim().to_ascii_uppercase().parse().map_err(|error| match error {
        ParseIbanError::InvalidBaseIban { source: iban::ParseBaseIbanError::InvalidChecksum } => {
            IbanError::Checksum
        }
        ParseIbanError::InvalidBaseIban { .. } => IbanError::Format,
        ParseIbanError::InvalidBban(_) => IbanError::CountryFormat,
        ParseIbanError::UnknownCountry(_) => IbanError::UnknownCountry,
    })?;
    Ok(iban.electronic_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_has_the_form_and_check_digits_of_its_country() {
        let table = [
            ("NL91ABNA0417164300", Ok("NL91ABNA0417164300")),
            ("NL91 ABNA 0417 1643 00", Ok("NL91ABNA0417164300")),
            (" nl91abna0417164300 ", Ok("NL91ABNA0417164300")),
            ("DE89370400440532013000", Ok("DE89370400440532013000")),
            ("NL92ABNA0417164300", Err(IbanError::Checksum)),
            ("NL91ABNA0417164301", Err(IbanError::Checksum)),
            ("IBAN32423940", Err(IbanError::Format)),
            ("", Err(IbanError::Format)),
            // Good check digits, but one digit short for the Netherlands.
            ("NL58ABNA041716430", Err(IbanError::CountryFormat)),
            ("ZZ38ABNA0417164300", Err(IbanError::UnknownCountry)),
        ];
        for (text, expected) in table {
            assert_eq!(check(text), expected.map(str::to_owned), "{text}");
        }
    }
}
