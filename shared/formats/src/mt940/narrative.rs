//! Field 86: who paid, and what they wrote, in the forms that Dutch banks use.
//!
//! Words between slashes (`/EREF/.../REMI/...`: Rabobank, ABN AMRO, ING), numbered parts (`>20...` or `?20...`: Triodos and
//! banks that follow the German form), words with a colon in columns (`IBAN: ...`: ABN AMRO before it changed), or just text.
//!
//! What a payer writes may look like such a word. So each word counts once, and behind `/REMI/` only those that a bank puts
//! there: nobody can write themselves another name, or a reason of return into a payment.

use domain::Money;

/// What field 86 says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Narrative {
    pub(super) name: Option<String>,
    pub(super) account: Option<String>,
    pub(super) structured: Vec<String>,
    pub(super) texts: Vec<String>,
    pub(super) end_to_end_id: Option<String>,
    pub(super) mandate_id: Option<String>,
    pub(super) batch_id: Option<String>,
    pub(super) return_reason: Option<String>,
}

/// Words between slashes. Those that nobody reads are here because they end the part before them.
const WORDS: [&str; 33] = [
    "TRTP", "IBAN", "BIC", "NAME", "EREF", "REMI", "MARF", "CSID", "PREF", "RTRN", "CNTP", "ORDP", "BENM",
    "UDTR", "UCRD", "ULTD", "ULTB", "ADDR", "ID", "ISDT", "PURP", "TRCD", "EXCH", "OCMT", "CHGS", "IREF",
    "KREF", "RREF", "SVCL", "SWOD", "ACCW", "NRTX", "PIND",
];

/// Words that a bank puts behind what the payer wrote.
const BEHIND_REMITTANCE: [&str; 8] = ["EREF", "IBAN", "BIC", "ISDT", "PURP", "CSID", "SWOD", "TRCD"];

/// Words with a colon, in columns.
const COLUMNS: [&str; 12] = [
    "IBAN:",
    "BIC:",
    "NAAM:",
    "OMSCHRIJVING:",
    "KENMERK:",
    "MACHTIGING:",
    "INCASSANT:",
    "BETALINGSKENM.:",
    "BETALINGSKENMERK:",
    "EREF:",
    "VOOR:",
    "REDEN:",
];

impl Narrative {
    /// `amount` says which way the money went.
    pub(super) fn read(text: &str, amount: Money) -> Narrative {
        if let Some(parts) = numbered_parts(text) {
            return of_numbers(&parts);
        }
        let words = between_slashes(text, amount);
        if !words.is_empty() {
            return of_words(&words);
        }
        let columns = in_columns(text);
        if columns.iter().any(|(word, _)| matches!(*word, "IBAN:" | "NAAM:" | "OMSCHRIJVING:")) {
            return of_columns(&columns);
        }
        Narrative { texts: vec![text.to_owned()], ..Narrative::default() }
    }

    /// What the payer wrote, or a structured reference, as each bank marks it.
    fn remittance(&mut self, text: &str) {
        let text = text.trim();
        let plain = text.trim_matches('/');
        if let Some(reference) = plain.strip_prefix("STRD/") {
            // STRD/CUR/9001123412341234 or STRD/ISO/RF18...
            self.structured.push(reference.rsplit('/').next().unwrap_or(reference).to_owned());
        } else if let Some((before, reference)) = creditor_reference(plain) {
            self.structured.push(reference.to_owned());
            self.texts.extend(Some(before.to_owned()).filter(|before| !before.is_empty()));
        } else if let Some(free) = plain.strip_prefix("USTD/") {
            self.texts.push(free.trim_matches('/').to_owned());
        } else if let Some(reference) = issued(plain) {
            self.structured.push(reference.to_owned());
        } else {
            self.texts.push(text.trim_end_matches('/').to_owned());
        }
    }
}

/// `CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/9001123412341234`, as Rabobank has it, and what stands before it.
fn creditor_reference(text: &str) -> Option<(&str, &str)> {
    let (before, rest) = text.split_once("CDTRREFTP//CD/SCOR/")?;
    let (_, reference) = rest.split_once("CDTRREF/")?;
    Some((before.trim_end_matches('/').trim(), reference.trim_matches('/')))
}

/// `ISSUER: CUR REF: 9001123412341234`
fn issued(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("ISSUER:")?.trim_start();
    let (issuer, reference) = rest.split_once("REF:")?;
    matches!(issuer.trim(), "CUR" | "ISO" | "").then_some(reference.trim())
}

/// Each word with what stands behind it, up to the next.
fn between_slashes(text: &str, amount: Money) -> Vec<(&'static str, &str)> {
    let mut found: Vec<(&'static str, &str)> = Vec::new();
    let (mut here, mut starts) = (0, None);
    // A word that stood before, by its place in the list.
    let mut seen = [false; WORDS.len()];
    while let Some((at, place, end)) = next_word(text, here) {
        let word = WORDS[place];
        let in_party = matches!(starts, Some(("ORDP" | "BENM" | "UDTR" | "UCRD" | "ULTD" | "ULTB", _)));
        let behind = seen[place_of("REMI")];
        let counts = if behind {
            !seen[place] && (BEHIND_REMITTANCE.contains(&word) || (word == "RTRN" && amount.is_negative()))
        } else {
            !seen[place] || (in_party && matches!(word, "NAME" | "ID"))
        };
        if counts && (starts.is_some() || text[..at].trim().is_empty()) {
            if let Some((before, from)) = starts {
                // Nothing stands between two words that share a slash.
                found.push((before, text.get(from..at).unwrap_or_default()));
            }
            seen[place] = true;
            starts = Some((word, end));
        } else if starts.is_none() {
            // Text before the first word: not this form.
            return Vec::new();
        }
        // The slash that ends this word may begin the next one.
        here = end - 1;
    }
    if let Some((word, from)) = starts {
        found.push((word, text.get(from..).unwrap_or_default()));
    }
    found
}

fn place_of(word: &str) -> usize {
    WORDS.iter().position(|known| *known == word).unwrap_or(0)
}

/// The next word at or behind `from`: where it begins, its place in the list, and where what it is about begins.
fn next_word(text: &str, from: usize) -> Option<(usize, usize, usize)> {
    let rest = text.get(from..)?;
    rest.match_indices('/').find_map(|(slash, _)| {
        let at = from + slash;
        let behind = text.get(at + 1..)?;
        let place = WORDS
            .iter()
            .position(|word| behind.strip_prefix(word).is_some_and(|behind| behind.starts_with('/')))?;
        Some((at, place, at + 1 + WORDS[place].len() + 1))
    })
}

fn of_words(words: &[(&'static str, &str)]) -> Narrative {
    let mut narrative = Narrative::default();
    let (mut party, mut ultimate) = ("", None);
    for (word, value) in words {
        let value = value.trim().trim_end_matches('/').trim();
        let some = (!value.is_empty()).then(|| value.to_owned());
        match *word {
            "ORDP" | "BENM" | "UDTR" | "UCRD" | "ULTD" | "ULTB" => {
                party = word;
                // ABN AMRO has the name right behind it.
                if word.starts_with('U') {
                    ultimate = ultimate.or(some);
                }
            }
            "NAME" if party.starts_with('U') => ultimate = ultimate.or(some),
            "NAME" => narrative.name = narrative.name.or(some),
            "IBAN" => narrative.account = narrative.account.or(some),
            "EREF" => narrative.end_to_end_id = some,
            "MARF" => narrative.mandate_id = some,
            "PREF" => narrative.batch_id = some,
            "RTRN" => narrative.return_reason = value.get(..4).map(str::to_owned),
            // Account, BIC, name, city.
            "CNTP" => {
                let mut parts = value.split('/').map(str::trim);
                let mut next = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
                (narrative.account, _, narrative.name) = (next(), next(), next());
            }
            "REMI" => narrative.remittance(value),
            _ => {}
        }
    }
    narrative.name = narrative.name.or(ultimate);
    narrative
}

/// The parts of `000>20...>21...` or `166?00...?20...`: each number with its text.
fn numbered_parts(text: &str) -> Option<Vec<(u8, &str)>> {
    let code = text.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    let mark = text[code.len()..].chars().next().filter(|mark| matches!(mark, '>' | '?'))?;
    let mut parts: Vec<(u8, &str)> = Vec::new();
    for part in text[code.len() + 1..].split(mark) {
        let number = part.get(..2).and_then(|digits| digits.parse::<u8>().ok());
        parts.push((number?, part.get(2..)?));
    }
    Some(parts)
}

fn of_numbers(parts: &[(u8, &str)]) -> Narrative {
    let mut narrative = Narrative::default();
    let (mut text, mut name) = (String::new(), String::new());
    let mut last = 0;
    for (number, part) in parts {
        match number {
            20..=29 | 60..=63 => {
                // A part that is full goes on in the middle of a word.
                if !text.is_empty() && last < 27 {
                    text.push(' ');
                }
                last = part.chars().count();
                text.push_str(part);
            }
            31 => narrative.account = Some((*part).to_owned()),
            32 | 33 => name.push_str(part),
            _ => {}
        }
    }
    narrative.name = (!name.trim().is_empty()).then_some(name);
    keyed(&text, &mut narrative);
    narrative
}

/// `EREF+...MREF+...SVWZ+...` within numbered parts; where there is none of these, all of it is text.
fn keyed(text: &str, narrative: &mut Narrative) {
    const KEYS: [&str; 8] = ["EREF+", "KREF+", "MREF+", "CRED+", "SVWZ+", "ABWA+", "IBAN+", "BIC+"];
    let mut starts: Vec<(usize, &str)> = Vec::new();
    for key in KEYS {
        starts.extend(text.find(key).map(|at| (at, key)));
    }
    starts.sort_unstable();
    // What stands behind the payer's own text is the payer's.
    if let Some(own) = starts.iter().position(|(_, key)| *key == "SVWZ+") {
        starts.truncate(own + 1);
    }
    let before = starts.first().map_or(text.len(), |(at, _)| *at);
    narrative.texts.push(text[..before].to_owned());
    for (place, (at, key)) in starts.iter().enumerate() {
        let end = starts.get(place + 1).map_or(text.len(), |(next, _)| *next);
        let value = text[at + key.len()..end].trim().to_owned();
        match *key {
            "EREF+" => narrative.end_to_end_id = Some(value),
            "MREF+" => narrative.mandate_id = Some(value),
            "SVWZ+" => narrative.texts.push(value),
            "IBAN+" => narrative.account = narrative.account.take().or(Some(value)),
            _ => {}
        }
    }
}

/// Each word with a colon, with what stands behind it up to the next, in the order in which they stand.
fn in_columns(text: &str) -> Vec<(&'static str, &str)> {
    // Lower case of ASCII only, so that places stay what they are.
    let upper = text.to_ascii_uppercase();
    let mut starts: Vec<(usize, &'static str)> = Vec::new();
    for word in COLUMNS {
        let whole = |at: &usize| upper[..*at].chars().next_back().is_none_or(char::is_whitespace);
        starts.extend(upper.match_indices(word).map(|(at, _)| at).find(whole).map(|at| (at, word)));
    }
    starts.sort_unstable();
    // What stands behind the payer's own text is the payer's, but for the reference that the bank puts there.
    if let Some(own) = starts.iter().position(|(_, word)| *word == "OMSCHRIJVING:") {
        let behind: Vec<_> = starts
            .split_off(own + 1)
            .into_iter()
            .filter(|(_, word)| matches!(*word, "KENMERK:" | "IBAN:"))
            .collect();
        starts.extend(behind);
    }
    let end_of = |place: usize| starts.get(place + 1).map_or(text.len(), |(next, _)| *next);
    let valued = starts
        .iter()
        .enumerate()
        .map(|(place, (at, word))| (*word, text[at + word.len()..end_of(place)].trim()));
    valued.collect()
}

fn of_columns(columns: &[(&'static str, &str)]) -> Narrative {
    let mut narrative = Narrative::default();
    for (word, value) in columns {
        let some = (!value.is_empty()).then(|| (*value).to_owned());
        match *word {
            "IBAN:" => narrative.account = some,
            "NAAM:" => narrative.name = some,
            "KENMERK:" | "EREF:" => narrative.end_to_end_id = some,
            "MACHTIGING:" => narrative.mandate_id = some,
            "BETALINGSKENM.:" | "BETALINGSKENMERK:" => narrative.structured.extend(some),
            "OMSCHRIJVING:" => narrative.texts.extend(some),
            _ => {}
        }
    }
    narrative
}
