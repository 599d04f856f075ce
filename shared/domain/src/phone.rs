//! Telephone numbers as networks dial them (ITU-T E.164), from how people write them.

/// Country code of the Netherlands: what a number without one belongs to.
const NETHERLANDS: &str = "31";

/// Digits of a number with its country code, at least and at most (E.164, 6.2.1).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// The number that a text message can go to, as `+31612345678`. `None` where it is no number with a country code and none
/// of the Netherlands either, or a Dutch one that is not mobile: nothing is sent to a number that was guessed.
pub fn mobile_number(text: &str) -> Option<String> {
    let dialled = dialled(text)?;
    let national = dialled.strip_prefix(NETHERLANDS);
    let takes_texts = match national {
        // 06, without 066 (pagers) and 067 (data), and nine digits in all (Nummerplan telefoon- en ISDN-diensten).
        Some(national) => {
            national.len() == 9
                && national.starts_with('6')
                && !matches!(&national[1..2], "6" | "7" | "9" | "0")
        }
        None => DIGITS.contains(&dialled.len()),
    };
    takes_texts.then(|| format!("+{dialled}"))
}

/// The number that can be dialled from anywhere, as `+31301234567`. `None` where the text is no number with a country code and
/// none of the Netherlands either.
pub fn telephone_number(text: &str) -> Option<String> {
    let dialled = dialled(text)?;
    DIGITS.contains(&dialled.len()).then(|| format!("+{dialled}"))
}

/// Country code and number, digits alone.
fn dialled(text: &str) -> Option<String> {
    let text = text.trim();
    let international = text.starts_with('+') || text.starts_with("00");
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if international {
        // "+31 (0)6 ...": the zero in brackets is for whoever dials within the country.
        let bare = text.replace("(0)", "");
        let bare = bare.strip_prefix("00").unwrap_or(&bare);
        let found = digits(bare);
        return (!found.starts_with('0')).then_some(found);
    }
    let found = digits(text);
    if let Some(national) = found.strip_prefix('0') {
        return Some(format!("{NETHERLANDS}{national}"));
    }
    // A country code whose plus was lost.
    (found.len() == 11 && found.starts_with("316")).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_many_ways_and_dialled_in_one() {
        let table = [
            ("+31612345678", Some("+31612345678")),
            ("+31 6 12 34 56 78", Some("+31612345678")),
            ("+31 (0)6 1234 5678", Some("+31612345678")),
            ("0031-6-12345678", Some("+31612345678")),
            ("06 - 12 34 56 78", Some("+31612345678")),
            ("(06) 12345678", Some("+31612345678")),
            ("31612345678", Some("+31612345678")),
            ("+32 470 12 34 56", Some("+32470123456")),
            ("+49 1512 3456789", Some("+4915123456789")),
            // A line that takes no text messages, and numbers of nowhere.
            ("030 123 45 67", None),
            ("+31 30 123 45 67", None),
            ("+31 6 1234 567", None),
            ("+31 6 1234 56789", None),
            ("06 60000000", None),
            ("612345678", None),
            ("+0612345678", None),
            ("+1234567", None),
            ("+1234567890123456", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(mobile_number(text).as_deref(), expected, "{text}");
        }
    }
}
