//! How long a text message is on the air: its alphabet, and the parts that it is cut into.

/// The default alphabet of GSM 03.38 (3GPP TS 23.038, 6.2.1): one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension table (6.2.1.1): an escape and a septet.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// The alphabet that a message is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Septets: 160 in one message, 153 in each part of several.
    Gsm,
    /// Units of two octets: 70 in one message, 67 in each part of several.
    Ucs2,
}

/// The length of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// GSM where every character is in its alphabet.
    pub encoding: Encoding,
    /// Septets, or units of two octets.
    pub units: usize,
    /// How many messages it is on the air, and on the bill.
    pub parts: usize,
}

/// Septets of a character in the alphabet of GSM 03.38; `None` where it has none.
fn septets(character: char) -> Option<usize> {
    if BASIC.contains(character) {
        Some(1)
    } else if EXTENSION.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// Counts a message. A character of two units is never cut in two, so that a part may have one unit to spare.
pub fn size(text: &str) -> Size {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    match gsm {
        Some(units) => counted(Encoding::Gsm, &units, 160, 153),
        None => {
            let units: Vec<usize> = text.chars().map(char::len_utf16).collect();
            counted(Encoding::Ucs2, &units, 70, 67)
        }
    }
}

fn counted(encoding: Encoding, units: &[usize], alone: usize, of_several: usize) -> Size {
    let together = units.iter().sum();
    if together <= alone {
        return Size { encoding, units: together, parts: 1 };
    }
    let (mut parts, mut left) = (1, of_several);
    for unit in units {
        if *unit > left {
            parts += 1;
            left = of_several;
        }
        left -= unit;
    }
    Size { encoding, units: together, parts }
}

/// A text in the alphabet of GSM 03.38 as far as its letters have a plain form there: one letter with a diaeresis would
/// make every part of the message less than half as long. Other characters stay as they are.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            _ if septets(character).is_some() => character,
            'á' | 'â' | 'ã' | 'ā' | 'ą' => 'a',
            'Á' | 'À' | 'Â' | 'Ã' | 'Ā' | 'Ą' => 'A',
            'ë' | 'ê' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
            'Ë' | 'È' | 'Ê' | 'Ē' | 'Ę' | 'Ě' => 'E',
            'ï' | 'í' | 'î' | 'ī' | 'ı' => 'i',
            'Ï' | 'Í' | 'Ì' | 'Î' | 'İ' => 'I',
            'ó' | 'ô' | 'õ' | 'ō' | 'ő' => 'o',
            'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ō' | 'Ő' => 'O',
            'ú' | 'û' | 'ū' | 'ů' | 'ű' => 'u',
            'Ú' | 'Ù' | 'Û' | 'Ū' | 'Ů' | 'Ű' => 'U',
            'ç' | 'ć' | 'č' => 'c',
            'Ć' | 'Č' => 'C',
            'ğ' => 'g',
            'Ğ' => 'G',
            'ł' => 'l',
            'Ł' => 'L',
            'ń' | 'ň' => 'n',
            'Ń' | 'Ň' => 'N',
            'ř' => 'r',
            'Ř' => 'R',
            'ś' | 'š' | 'ş' => 's',
            'Ś' | 'Š' | 'Ş' => 'S',
            'ý' | 'ÿ' => 'y',
            'Ý' | 'Ÿ' => 'Y',
            'ź' | 'ž' | 'ż' => 'z',
            'Ź' | 'Ž' | 'Ż' => 'Z',
            '\u{2018}' | '\u{2019}' | '`' | '´' => '\'',
            '\u{201c}' | '\u{201d}' | '\u{201e}' => '"',
            '\u{2010}'..='\u{2014}' => '-',
            '\u{a0}' | '\u{202f}' => ' ',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_counted_in_its_alphabet() {
        use Encoding::{Gsm, Ucs2};
        let table = [
            (String::new(), Gsm, 0, 1),
            ("a".repeat(160), Gsm, 160, 1),
            ("a".repeat(161), Gsm, 161, 2),
            ("a".repeat(306), Gsm, 306, 2),
            ("a".repeat(307), Gsm, 307, 3),
            // The euro sign is an escape and a septet.
            ("€".repeat(80), Gsm, 160, 1),
            ("€".repeat(81), Gsm, 162, 2),
            // Two septets do not fit behind 152: the second part begins with them.
            (format!("{}€{}", "a".repeat(152), "a".repeat(151)), Gsm, 305, 2),
            (format!("{}€{}", "a".repeat(152), "a".repeat(152)), Gsm, 306, 3),
            ("ë".to_owned(), Ucs2, 1, 1),
            ("ë".repeat(70), Ucs2, 70, 1),
            ("ë".repeat(71), Ucs2, 71, 2),
            ("ë".repeat(134), Ucs2, 134, 2),
            ("ë".repeat(135), Ucs2, 135, 3),
            // A pair of surrogates is two units, and stays together.
            ("\u{1f600}".repeat(35), Ucs2, 70, 1),
            ("\u{1f600}".repeat(36), Ucs2, 72, 2),
            ("\u{1f600}".repeat(67), Ucs2, 134, 3),
        ];
        for (text, encoding, units, parts) in table {
            assert_eq!(size(&text), Size { encoding, units, parts }, "{} characters", text.chars().count());
        }
    }

    #[test]
    fn the_alphabet_has_128_septets_without_its_escape() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 10);
    }

    #[test]
    fn letters_get_their_plain_form_only_where_they_have_none_in_the_alphabet() {
        let table = [
            ("Energië", "Energie"),
            ("Café Zuid", "Café Zuid"),
            ("İğne", "Igne"),
            ("’s-Hertogenbosch – water", "'s-Hertogenbosch - water"),
            ("水", "水"),
        ];
        for (text, expected) in table {
            assert_eq!(plain(text), expected);
        }
    }
}
