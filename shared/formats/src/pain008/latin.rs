//! The characters that every bank takes: letters without accents, digits, space, and `/ - ? : ( ) . , ' +`
//! (EPC217-08, best practices on the character set).

/// Whether every bank takes this character.
pub fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+')
}

/// Letters that are written as others, each string of letters with what it becomes.
const ACCENTS: [(&str, &str); 34] = [
    ("ÀÁÂÃÅĀĂĄ", "A"),
    ("àáâãåāăą", "a"),
    ("ÄÆ", "Ae"),
    ("äæ", "ae"),
    ("ÇĆĈĊČ", "C"),
    ("çćĉċč", "c"),
    ("ĎĐÐ", "D"),
    ("ďđð", "d"),
    ("ÈÉÊËĒĔĖĘĚ", "E"),
    ("èéêëēĕėęě", "e"),
    ("ĜĞĠĢ", "G"),
    ("ĝğġģ", "g"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("ìíîïĩīĭįı", "i"),
    ("ĹĻĽĿŁ", "L"),
    ("ĺļľŀł", "l"),
    ("ÑŃŅŇ", "N"),
    ("ñńņň", "n"),
    ("ÒÓÔÕŌŎŐØ", "O"),
    ("òóôõōŏőø", "o"),
    ("ÖŒ", "Oe"),
    ("öœ", "oe"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘ", "S"),
    ("śŝşšș", "s"),
    ("ŢŤȚ", "T"),
    ("ţťț", "t"),
    ("ÙÚÛŨŪŬŮŰŲÜ", "U"),
    ("ùúûũūŭůűųü", "u"),
    ("ÝŶŸ", "Y"),
    ("ýŷÿ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
];

/// Signs and letters that stand alone.
fn as_latin(c: char) -> &'static str {
    match c {
        'ß' => "ss",
        'Þ' => "Th",
        'þ' => "th",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        '&' => "+",
        '_' | '–' | '—' | '~' => "-",
        '\u{2018}' | '\u{2019}' | '`' | '´' | '"' | '\u{201c}' | '\u{201d}' => "'",
        '[' | '{' | '<' => "(",
        ']' | '}' | '>' => ")",
        ';' => ",",
        '!' => ".",
        '\\' | '|' => "/",
        '€' => "EUR",
        c if c.is_whitespace() || c.is_control() => " ",
        c => ACCENTS.iter().find(|(from, _)| from.contains(c)).map_or(".", |(_, to)| *to),
    }
}

/// A text in characters that every bank takes, at most so many: accents are left out, a character that has no counterpart
/// becomes a dot, and spaces are single. It neither begins with a slash nor has two after each other: banks take those
/// for something else.
pub fn text(given: &str, longest: usize) -> String {
    let mut latin = String::new();
    for c in given.chars() {
        if is_latin(c) { latin.push(c) } else { latin.push_str(as_latin(c)) }
    }
    let words: Vec<&str> = latin.split(' ').filter(|word| !word.is_empty()).collect();
    let mut text = words.join(" ");
    while text.contains("//") {
        text = text.replace("//", "/");
    }
    // Where it is cut may leave a space or a slash at its end, and behind that the other.
    let ends = ['/', ' '];
    let short: String = text.trim_start_matches(ends).chars().take(longest).collect();
    short.trim_end_matches(ends).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_characters_that_every_bank_takes() {
        let table = [
            ("J. de Vries", 70, "J. de Vries"),
            ("Zoë Müller-Strauß", 70, "Zoe Muller-Strauss"),
            ("Bakker & Zn. <Utrecht>", 70, "Bakker + Zn. (Utrecht)"),
            ("Łukasz Żółć", 70, "Lukasz Zolc"),
            ("Søren Ærø", 70, "Soren Aero"),
            ("Иванов", 70, "......"),
            ("  two\n lines\t", 70, "two lines"),
            ("//INV//1//", 70, "INV/1"),
            ("/ /INV / /", 70, "INV"),
            ("ab /cd", 4, "ab"),
            ("Factuur 2026_001", 70, "Factuur 2026-001"),
            ("€ 12,50", 70, "EUR 12,50"),
            ("abcdef", 3, "abc"),
            ("ab cdef", 3, "ab"),
            ("", 70, ""),
        ];
        for (given, longest, expected) in table {
            assert_eq!(text(given, longest), expected, "{given}");
        }
    }
}
