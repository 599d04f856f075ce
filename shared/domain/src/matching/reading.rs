//! Numbers in what a payer wrote: invoice numbers with prefixes, spaces and leading zeros, and payment references.
//!
//! A text is read as pieces, each of letters or of digits alone. A number is only ever found as whole pieces: digits inside
//! a longer number are none of it. What looks like a date, an amount, an account or a telephone number counts only behind
//! a word such as "factuur".
//!
//! What is absent: check digits. A reference counts where it is the one that an invoice carries, and those were checked on
//! their way in.

use std::collections::BTreeSet;

use crate::bank::BankLine;
use crate::invoice::{PaymentReference, ReferenceScheme};

/// Pieces of one line that are read. A remittance text has at most 140 characters; some banks send several.
const MOST_PIECES: usize = 160;

/// Keys that one line is looked up by, at most.
const MOST_KEYS: usize = 16;

/// Fewest digits that stand for a number without a word before them.
const FEWEST_DIGITS: usize = 4;

/// Most pieces that one number may be written in.
const MOST_JOINED: usize = 4;

/// Longest payment reference, in characters, each of which may be a piece of its own: RF, two digits and 21 more.
const LONGEST_REFERENCE: usize = 25;

/// Words that say that a number follows.
const ANNOUNCE: [&str; 22] = [
    "FACTUUR",
    "FACTUREN",
    "FACTUURNR",
    "FACTUURNRS",
    "FACTUURNUMMER",
    "FACTUURNUMMERS",
    "FACTNR",
    "FACT",
    "FACTN",
    "FAKTUUR",
    "FAKT",
    "FACTUUR NR",
    "INVOICE",
    "INVOICES",
    "INV",
    "NOTA",
    "NOTANR",
    "NOTANUMMER",
    "NUMMER",
    "NR",
    "REKENING",
    "DECLARATIE",
];

/// How a number stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mention {
    /// Its digits, but for leading zeros; letters left out, or divided in other places than on paper.
    Digits,
    /// All of it, as printed, whatever separates its parts.
    AsPrinted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    digits: bool,
    /// What stands between it and the piece before; empty where nothing does.
    separator: String,
    /// Looks like something else than a number of an invoice.
    excluded: bool,
    /// One of many short groups: first and last of them. Only all of them are a number.
    group: Option<(usize, usize)>,
}

impl Piece {
    fn is_glued(&self) -> bool {
        self.separator.is_empty()
    }

    /// It may be the next part of the same number.
    fn follows_on(&self) -> bool {
        self.separator.chars().count() <= 3 && self.separator.chars().all(|c| " -/._".contains(c))
    }
}

/// What a payer wrote, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pieces: Vec<Piece>,
}

impl Reading {
    /// Everything of the line that may hold a number.
    pub fn of(line: &BankLine) -> Reading {
        let fields = [line.structured_reference.as_deref(), Some(&line.text), end_to_end(line)];
        let texts: Vec<&str> = fields.into_iter().flatten().collect();
        Reading::text(&texts.join("\n"))
    }

    fn text(text: &str) -> Reading {
        let mut pieces = pieces(text);
        set_aside(&mut pieces);
        Reading { pieces }
    }

    /// How an invoice's number stands in it.
    pub fn mention(&self, number: &str) -> Option<Mention> {
        let printed = Reading::text(number).pieces;
        let compact: String = printed.iter().map(|p| p.text.as_str()).collect();
        if compact.is_empty() {
            return None;
        }
        let core = core(number);
        let starts = 0..self.pieces.len();
        let found = starts.filter_map(|start| {
            let announced = self.is_announced(start);
            if let Some(end) = self.as_printed(start, &compact, &printed)
                && (announced || (core.is_some() && !self.is_set_aside(start, end)))
            {
                return Some(Mention::AsPrinted);
            }
            let core = core.as_ref()?;
            let ends = self.digits_from(start).into_iter();
            let same = |(end, digits): (usize, String)| {
                digits == *core && (announced || !self.is_set_aside(start, end))
            };
            ends.into_iter().any(same).then_some(Mention::Digits)
        });
        found.max()
    }

    /// Whether this reference stands in it, in one piece or in groups.
    pub fn has_reference(&self, reference: &str) -> bool {
        let wanted = compact(reference);
        wanted.len() >= 7
            && (0..self.pieces.len()).any(|start| self.compact_from(start).any(|(text, _)| text == wanted))
    }

    /// It speaks of an invoice by a number. What number, nobody here knows.
    pub fn announced_numbers(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.pieces.len()).filter(|start| self.is_announced(*start)).filter_map(|start| {
            let first = self.digits_from(start).into_iter().last();
            let whole = self.compact_from(start).last().map(|(text, _)| text)?;
            first.map(|(_, digits)| digits).or(Some(whole)).filter(|n| n.chars().any(|c| c.is_ascii_digit()))
        })
    }

    /// What invoices with a number or a reference that may stand in it are found by, most telling first.
    pub fn keys(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut keys = Vec::new();
        let mut add = |key: String| {
            if keys.len() < MOST_KEYS && seen.insert(key.clone()) {
                keys.push(key);
            }
        };
        for start in 0..self.pieces.len() {
            for (text, _) in self.compact_from(start).filter(|(text, _)| is_reference(text)) {
                add(payload(&text));
            }
        }
        for start in (0..self.pieces.len()).filter(|start| self.is_announced(*start)) {
            for (text, _) in self.compact_from(start).take(3) {
                if let Some(key) = number_key(&text) {
                    add(key);
                }
            }
        }
        let mut joined: Vec<String> = Vec::new();
        for start in 0..self.pieces.len() {
            let announced = self.is_announced(start);
            let found = self.digits_from(start).into_iter();
            let usable = found.filter(|(end, _)| announced || !self.is_set_aside(start, *end));
            joined.extend(usable.map(|(_, digits)| digits).filter(|d| stands_alone(d)));
        }
        joined.sort_by_key(|digits| std::cmp::Reverse(digits.len().min(12)));
        joined.into_iter().for_each(add);
        keys
    }

    fn is_announced(&self, start: usize) -> bool {
        let before = start.checked_sub(1).and_then(|at| self.pieces.get(at));
        let near = self.pieces.get(start).is_some_and(|p| {
            p.separator.chars().count() <= 3 && p.separator.chars().all(|c| " -/._:#".contains(c))
        });
        near && before.is_some_and(|p| !p.digits && ANNOUNCE.contains(&p.text.as_str()))
    }

    /// What lies between is a date, an amount, an account, or a part of a longer number in groups.
    fn is_set_aside(&self, start: usize, end: usize) -> bool {
        let within = self.pieces.get(start..=end).unwrap_or_default();
        within.iter().any(|p| p.excluded || p.group.is_some_and(|group| group != (start, end)))
    }

    /// Where the number ends that begins with this piece and reads as this one does, letters and digits.
    fn as_printed(&self, start: usize, compact: &str, printed: &[Piece]) -> Option<usize> {
        let first = self.pieces.get(start)?;
        if first.is_glued() && start > 0 {
            return None;
        }
        let mut offset = 0;
        let mut joints = BTreeSet::new();
        for (at, piece) in self.pieces.iter().enumerate().skip(start) {
            if at > start && !piece.follows_on() {
                return None;
            }
            if at > start && !piece.is_glued() {
                joints.insert(offset);
            }
            if !compact.get(offset..)?.starts_with(piece.text.as_str()) {
                return None;
            }
            offset += piece.text.len();
            if offset == compact.len() {
                let ends = self.pieces.get(at + 1).is_none_or(|next| !next.is_glued());
                let mut place = 0;
                let allowed: BTreeSet<usize> = printed
                    .iter()
                    .map(|p| {
                        place += p.text.len();
                        place
                    })
                    .collect();
                let divided_alike = joints.iter().all(|joint| allowed.contains(joint));
                return (ends && divided_alike).then_some(at);
            }
        }
        None
    }

    /// The numbers that begin with this piece of digits, without leading zeros, each with its last piece.
    fn digits_from(&self, start: usize) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut joined = String::new();
        for (at, piece) in self.pieces.iter().enumerate().skip(start).take(MOST_JOINED) {
            let goes_on = at == start || (piece.follows_on() && !piece.is_glued());
            if !piece.digits || !goes_on {
                break;
            }
            joined.push_str(&piece.text);
            let next_is_glued = self.pieces.get(at + 1).is_some_and(Piece::is_glued);
            if joined.len() <= 35 && !next_is_glued {
                found.push((at, trimmed(&joined).to_owned()));
            }
        }
        found
    }

    /// The texts that begin with this piece, whatever divides them, each with its last piece.
    fn compact_from(&self, start: usize) -> impl Iterator<Item = (String, usize)> + '_ {
        let begins = self.pieces.get(start).is_some_and(|p| start == 0 || !p.is_glued());
        let mut joined = String::new();
        let mut over = !begins;
        self.pieces.iter().enumerate().skip(start).take(LONGEST_REFERENCE).filter_map(move |(at, piece)| {
            over |= at > start && !piece.follows_on();
            if over {
                return None;
            }
            joined.push_str(&piece.text);
            let ends = self.pieces.get(at + 1).is_none_or(|next| !next.is_glued());
            (ends && joined.len() <= 35).then(|| (joined.clone(), at))
        })
    }
}

/// The payer's own reference of the order; `NOTPROVIDED` is none.
pub(crate) fn end_to_end(line: &BankLine) -> Option<&str> {
    line.end_to_end_id.as_deref().filter(|id| !id.is_empty() && *id != "NOTPROVIDED")
}

/// What an invoice's number is found by: its digits where there are enough of them, else all of it.
pub fn number_key(number: &str) -> Option<String> {
    core(number).or_else(|| Some(compact(number)).filter(|text| !text.is_empty() && text.len() <= 40))
}

/// What an invoice's payment reference is found by: that which its check digits are about. The reference that was made of
/// an invoice's number is found by the same key as the number.
pub fn reference_key(reference: &PaymentReference) -> Option<String> {
    match reference.scheme {
        ReferenceScheme::Nl16 | ReferenceScheme::Rf => Some(payload(&compact(&reference.value))),
        ReferenceScheme::Text => number_key(&reference.value),
    }
}

/// The digits of a number, without leading zeros, where they say enough by themselves.
pub(crate) fn core(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let digits = trimmed(&digits);
    stands_alone(digits).then(|| digits.to_owned())
}

/// Long enough not to be met by chance, and no year.
fn stands_alone(digits: &str) -> bool {
    let is_year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    (FEWEST_DIGITS..=30).contains(&digits.len()) && !is_year
}

fn trimmed(digits: &str) -> &str {
    digits.trim_start_matches('0')
}

/// Letters and digits alone, letters as capitals.
fn compact(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn is_reference(text: &str) -> bool {
    let all_digits = text.bytes().all(|b| b.is_ascii_digit());
    let creditor_reference = text.starts_with("RF")
        && (5..=25).contains(&text.len())
        && text.get(2..4).is_some_and(|check| check.bytes().all(|b| b.is_ascii_digit()));
    creditor_reference || (all_digits && text.len() == 16)
}

/// A reference without what only checks it.
fn payload(reference: &str) -> String {
    let from = match reference.len() {
        _ if reference.starts_with("RF") => 4,
        16 => 1,
        9..=14 => 2,
        _ => 0,
    };
    let payload = trimmed(reference.get(from..).unwrap_or(reference));
    if payload.is_empty() { reference.to_owned() } else { payload.to_owned() }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut separator = String::new();
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            if separator.len() < 8 {
                separator.push(c);
            }
            continue;
        }
        let c = c.to_ascii_uppercase();
        let goes_on = |piece: &&mut Piece| piece.digits == c.is_ascii_digit() && separator.is_empty();
        if let Some(piece) = pieces.last_mut().filter(goes_on) {
            piece.text.push(c);
            continue;
        }
        if pieces.len() == MOST_PIECES {
            break;
        }
        pieces.push(Piece {
            text: c.to_string(),
            digits: c.is_ascii_digit(),
            separator: std::mem::take(&mut separator),
            excluded: false,
            group: None,
        });
    }
    pieces
}

/// Marks what looks like something else than the number of an invoice.
fn set_aside(pieces: &mut [Piece]) {
    for start in 0..pieces.len() {
        let length = [date_at, amount_at, account_at, telephone_at].iter().find_map(|at| at(pieces, start));
        for piece in pieces.iter_mut().skip(start).take(length.unwrap_or_default()) {
            piece.excluded = true;
        }
    }
    let mut start = 0;
    while start < pieces.len() {
        let short = |p: &Piece| p.digits && p.text.len() <= 4;
        let first = pieces.get(start).is_some_and(short);
        let rest = pieces.iter().skip(start + 1);
        let length = 1 + rest.take_while(|p| short(p) && p.separator == " ").count();
        if first && length >= 3 {
            for piece in pieces.iter_mut().skip(start).take(length) {
                piece.group = Some((start, start + length - 1));
            }
        }
        start += length;
    }
}

/// `31-12-2026`, `31/12/26`, `2026-12-31`.
fn date_at(pieces: &[Piece], start: usize) -> Option<usize> {
    let [a, b, c] = pieces.get(start..start + 3)? else { return None };
    let separated = b.separator == c.separator && matches!(b.separator.as_str(), "-" | "/" | ".");
    let number = |p: &Piece| p.digits.then(|| p.text.parse::<u32>().ok()).flatten();
    let (x, y, z) = (number(a)?, number(b)?, number(c)?);
    let day_first = a.text.len() <= 2 && b.text.len() <= 2 && matches!(c.text.len(), 2 | 4);
    let year_first = a.text.len() == 4 && b.text.len() == 2 && c.text.len() == 2;
    let (day, month, year) = if year_first { (z, y, x) } else { (x, y, z) };
    let is_year = (1990..2100).contains(&year) || (year < 100 && day_first);
    let is_date = (1..=31).contains(&day) && (1..=12).contains(&month) && is_year;
    (separated && (day_first || year_first) && is_date).then_some(3)
}

/// `121,00`, `1.210,00`: digits, and two more behind a comma or point that end it.
fn amount_at(pieces: &[Piece], start: usize) -> Option<usize> {
    let [a, b] = pieces.get(start..start + 2)? else { return None };
    let decimal = matches!(b.separator.as_str(), "," | ".") && b.text.len() == 2;
    let next = pieces.get(start + 2);
    let ends =
        next.is_none_or(|p| !matches!(p.separator.chars().next(), Some('.' | ',' | '-' | '/')) || !p.digits);
    (a.digits && b.digits && decimal && ends).then_some(2)
}

/// `NL91 ABNA 0417 1643 00`, in one piece or in groups.
fn account_at(pieces: &[Piece], start: usize) -> Option<usize> {
    let [country, check, bank] = pieces.get(start..start + 3)? else { return None };
    let begins = !country.digits
        && country.text.len() == 2
        && check.is_glued()
        && check.text.len() == 2
        && !bank.digits
        && bank.text.len() == 4;
    let rest = pieces.iter().skip(start + 3).take_while(|p| p.digits && (p.is_glued() || p.separator == " "));
    begins.then(|| 3 + rest.count())
}

/// `06-12345678`.
fn telephone_at(pieces: &[Piece], start: usize) -> Option<usize> {
    let rest = pieces.get(start + 1..)?.iter().take_while(|p| p.digits && p.follows_on());
    let digits: Vec<usize> = rest.map(|p| p.text.len()).collect();
    let begins = pieces.get(start).is_some_and(|p| p.text == "06");
    (begins && digits.iter().sum::<usize>() == 8).then_some(1 + digits.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(text: &str, number: &str) -> Option<Mention> {
        Reading::text(text).mention(number)
    }

    #[test]
    fn a_number_is_found_as_printed_or_by_its_digits_and_never_inside_a_longer_one() {
        use Mention::{AsPrinted, Digits};
        let table = [
            ("2026-0001", "2026-0001", Some(AsPrinted)),
            ("Factuur 2026-0001 okt", "2026-0001", Some(AsPrinted)),
            ("fact.nr.20260001", "2026-0001", Some(AsPrinted)),
            ("2026 0001", "2026-0001", Some(AsPrinted)),
            ("2026/0001", "2026-0001", Some(AsPrinted)),
            ("20 26 00 01", "2026-0001", Some(Digits)),
            ("FACTUUR20260001", "2026-0001", Some(Digits)),
            ("F2026-0001", "2026-0001", Some(Digits)),
            ("2026-0001", "F2026-0001", Some(Digits)),
            ("f 2026 0001", "F2026-0001", Some(AsPrinted)),
            ("F20260001", "F2026-0001", Some(AsPrinted)),
            ("000020260001", "2026-0001", Some(Digits)),
            ("4711", "0004711", Some(Digits)),
            ("0004711", "4711", Some(Digits)),
            ("20260001 en 20260002", "2026-0002", Some(AsPrinted)),
            ("20260001,20260002", "2026-0002", Some(AsPrinted)),
            // Digits inside a longer number.
            ("120260001", "2026-0001", None),
            ("202600011", "2026-0001", None),
            ("2026-00011", "2026-0001", None),
            ("12026-0001", "2026-0001", None),
            ("20260001A", "2026-0001", None),
            ("5000 0567 8901 2345", "8901", None),
            ("5000056789012345", "5678901", None),
            // Transposed.
            ("2026-0010", "2026-0001", None),
            // Something else than a number.
            ("1-10-2026", "1102026", None),
            ("factuur 1-10-2026", "1102026", Some(Digits)),
            ("EUR 121,00", "12100", None),
            ("EUR 1.21", "1.21", None),
            ("NL91ABNA0417164300", "417164300", None),
            ("NL91 ABNA 0417 1643 00", "417164300", None),
            ("tel 06-12345678", "12345678", None),
            ("huur 2026", "2026", None),
            ("factuur 2026", "2026", Some(AsPrinted)),
            // Short numbers need a word before them.
            ("12 maanden", "12", None),
            ("factuur 12", "12", Some(AsPrinted)),
            ("factuurnr: 12", "12", Some(AsPrinted)),
            ("factuur 112", "12", None),
            ("E-1", "E-1", None),
            ("factuur E-1", "E-1", Some(AsPrinted)),
            ("factuur E-12", "E-1", None),
            ("", "2026-0001", None),
            ("factuur", "-", None),
        ];
        for (text, number, expected) in table {
            assert_eq!(mention(text, number), expected, "{number:?} in {text:?}");
        }
    }

    #[test]
    fn whatever_mentions_a_number_is_looked_up_by_its_key() {
        for (text, number) in [
            ("Factuur 2026-0001", "2026-0001"),
            ("20 26 00 01", "2026-0001"),
            ("FACTUUR20260001", "F2026-0001"),
            ("4711", "0004711"),
            ("factuur E-1", "E-1"),
            ("factuur 12", "12"),
            ("factuur 1-10-2026", "1102026"),
            ("20260001,20260002 en 20260003", "2026-0003"),
        ] {
            let reading = Reading::text(text);
            assert!(reading.mention(number).is_some(), "{text}");
            let key = number_key(number).unwrap();
            assert!(reading.keys().contains(&key), "{key} is not in {:?} of {text:?}", reading.keys());
        }
    }

    #[test]
    fn a_reference_is_found_in_groups_and_by_what_its_check_digits_are_about() {
        let reference =
            |scheme, value: &str| PaymentReference { scheme, value: value.to_owned(), made_here: false };
        let table = [
            ("5000056789012345", ReferenceScheme::Nl16, "5000056789012345"),
            ("5000 0567 8901 2345", ReferenceScheme::Nl16, "5000056789012345"),
            ("betalingskenmerk 5000.0567.8901.2345", ReferenceScheme::Nl16, "5000056789012345"),
            ("RF18539007547034", ReferenceScheme::Rf, "RF18539007547034"),
            ("RF18 5390 0754 7034", ReferenceScheme::Rf, "RF18539007547034"),
            ("kenmerk rf18 5390 0754 7034", ReferenceScheme::Rf, "RF18539007547034"),
        ];
        for (text, scheme, value) in table {
            let reading = Reading::text(text);
            assert!(reading.has_reference(value), "{value} in {text}");
            let key = reference_key(&reference(scheme, value)).unwrap();
            assert!(reading.keys().contains(&key), "{key} is not in {:?}", reading.keys());
        }
        assert!(!Reading::text("15000056789012345").has_reference("5000056789012345"));
        assert!(!Reading::text("5000056789012346").has_reference("5000056789012345"));
    }

    #[test]
    fn a_reference_made_of_a_number_is_found_by_the_key_of_the_number() {
        let made = PaymentReference {
            scheme: ReferenceScheme::Nl16,
            value: "8000000020260001".to_owned(),
            made_here: false,
        };
        assert_eq!(reference_key(&made), number_key("2026-0001"));
    }

    #[test]
    fn a_line_is_looked_up_by_so_many_keys_and_no_more() {
        let text: String = (10_000..11_000).map(|n| format!("{n} ")).collect();
        assert_eq!(Reading::text(&text).keys().len(), MOST_KEYS);
    }
}
