//! The fields of an MT940 file, and what each holds.

use domain::Money;
use domain::calendar::days_between;
use jiff::civil::Date;

use super::Balance;
use super::narrative::Narrative;
use crate::refusal::FormatRefusal;
use crate::statement::{self, Movement, Told};

/// The tags that begin a field. Whatever else begins with a colon goes on with the field before: payers write anything.
const TAGS: [&str; 20] = [
    "20", "21", "25", "25P", "28", "28C", "60F", "60M", "61", "86", "62F", "62M", "64", "65", "13", "13D",
    "34F", "90C", "90D", "940",
];

/// Most lines that one field goes on for.
const MAX_FIELD_LINES: usize = 100;

/// A field that banks break off at this many characters goes on in the middle of a word.
const FULL_LINE: usize = 65;

/// One field: what follows its tag, line by line.
#[derive(Debug)]
pub(super) struct Field<'t> {
    pub(super) tag: &'t str,
    lines: Vec<&'t str>,
    /// Its first line in the file, from 1.
    pub(super) line: usize,
}

impl Field<'_> {
    pub(super) fn refuse(&self, rule: &'static str, detail: &str) -> FormatRefusal {
        FormatRefusal::new(rule, format!("line {}", self.line), format!("field {}: {detail}", self.tag))
    }

    fn first(&self) -> &str {
        self.lines.first().copied().unwrap_or_default()
    }

    /// All lines as one text. A full line was broken off wherever its end fell, another one between two words.
    pub(super) fn narrative(&self) -> String {
        let mut joined = String::new();
        for (place, line) in self.lines.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| self.lines.get(before));
            if before.is_some_and(|before| before.chars().count() < FULL_LINE) {
                joined.push(' ');
            }
            joined.push_str(line);
        }
        joined
    }
}

/// Shows every field of a file to `take`, in its order.
pub(super) fn each(
    text: &str,
    mut take: impl FnMut(&Field) -> Result<(), FormatRefusal>,
) -> Result<(), FormatRefusal> {
    let mut open: Option<Field> = None;
    for (place, line) in text.lines().enumerate() {
        // What SWIFT puts around a message: {1:...}{2:...}{4: before it, -} behind it.
        let line =
            line.strip_prefix('{').and_then(|_| line.rsplit_once("{4:")).map_or(line, |(_, rest)| rest);
        if line.trim_end() == "-" || line.starts_with("-}") {
            if let Some(field) = open.take() {
                take(&field)?;
            }
        } else if let Some((tag, rest)) = tag_of(line) {
            if let Some(field) = open.replace(Field { tag, lines: vec![rest], line: place + 1 }) {
                take(&field)?;
            }
        } else if let Some(field) = &mut open
            && !line.trim().is_empty()
        {
            if field.lines.len() == MAX_FIELD_LINES {
                return Err(field.refuse("TIJDIG-LIMIT", &format!("more than {MAX_FIELD_LINES} lines")));
            }
            field.lines.push(line);
        }
    }
    open.map_or(Ok(()), |field| take(&field))
}

fn tag_of(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.strip_prefix(':')?.split_once(':')?;
    TAGS.contains(&tag).then_some((tag, rest))
}

/// The account without spaces, without BIC before it and without the currency that Rabobank and ING put behind it.
pub(super) fn account(field: &Field) -> Result<String, FormatRefusal> {
    let whole = field.first().trim();
    let account = whole.rsplit_once('/').map_or(whole, |(_, account)| account);
    let mut plain: String = account.chars().filter(|c| !c.is_whitespace()).collect();
    let is_plain = plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    if plain.is_empty() || plain.len() > 35 || !is_plain {
        return Err(field.refuse("XSD", "is not an account"));
    }
    let behind = plain.len().checked_sub(3).map(|at| plain.split_at(at));
    if let Some((number, currency)) = behind
        && number.ends_with(|c: char| c.is_ascii_digit())
        && currency.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        if currency != "EUR" {
            return Err(field.refuse("TIJDIG-CUR", "only accounts in euros are taken in"));
        }
        plain = number.to_owned();
    }
    Ok(plain)
}

/// The number of the statement, without that of its page.
pub(super) fn statement_number(field: &Field) -> String {
    let text = field.first().trim();
    text.split('/').next().unwrap_or(text).chars().take(35).collect()
}

/// `C131231EUR84,33`
pub(super) fn balance(field: &Field) -> Result<Balance, FormatRefusal> {
    let text = field.first().trim();
    let malformed = || field.refuse("XSD", "is not a balance such as C261231EUR84,33");
    let (negative, rest) = match (text.strip_prefix('C'), text.strip_prefix('D')) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) => (true, rest),
        _ => return Err(malformed()),
    };
    let (day, rest) = rest.split_at_checked(6).ok_or_else(malformed)?;
    let on = six_digits(day).ok_or_else(malformed)?;
    let (currency, amount) = rest.split_at_checked(3).ok_or_else(malformed)?;
    if !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(malformed());
    }
    if currency != "EUR" {
        return Err(field.refuse("TIJDIG-CUR", "only balances in euros are taken in"));
    }
    let amount = amount_of(field, amount)?;
    let between = field.tag.ends_with('M');
    Ok(Balance { amount: if negative { -amount } else { amount }, on, between })
}

fn amount_of(field: &Field, text: &str) -> Result<Money, FormatRefusal> {
    statement::amount(text, ',').map_err(|fault| fault.refusal(&format!("line {}", field.line)))
}

/// `YYMMDD`, in this century.
fn six_digits(text: &str) -> Option<Date> {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    Date::new(2000 + i16::from(number(0)?), number(2)?, number(4)?).ok()
}

/// `MMDD` of the year that brings it nearest to `near`.
fn four_digits(text: &str, near: Date) -> Option<Date> {
    let month: i8 = text.get(..2)?.parse().ok()?;
    let day: i8 = text.get(2..4)?.parse().ok()?;
    let years = [near.year(), near.year() - 1, near.year() + 1];
    let candidates = years.into_iter().filter_map(|year| Date::new(year, month, day).ok());
    candidates.min_by_key(|candidate| days_between(*candidate, near).abs())
}

/// What field 61 says.
#[derive(Debug)]
pub(super) struct StatementLine {
    booked_on: Date,
    valued_on: Date,
    amount: Money,
    reversal: bool,
    /// The reference of whoever ordered it, or a word that says where in field 86 it stands.
    reference: String,
    bank_reference: Option<String>,
    /// Where Rabobank has the other side's account.
    account: Option<String>,
}

/// `2612311231D12,00NTRFEREF//00000000001005`, and what the bank adds on the next line.
pub(super) fn statement_line(field: &Field) -> Result<StatementLine, FormatRefusal> {
    let malformed = || field.refuse("XSD", "is not a statement line such as 2612311231D12,00NTRFNONREF");
    let (value_day, mut rest) = field.first().split_at_checked(6).ok_or_else(malformed)?;
    let valued_on = six_digits(value_day).ok_or_else(malformed)?;
    let mut booked_on = valued_on;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let (entry_day, after) = rest.split_at_checked(4).ok_or_else(malformed)?;
        booked_on = four_digits(entry_day, valued_on).ok_or_else(malformed)?;
        rest = after;
    }
    // A reversed debit brings money in. EC and ED are expected, which the Dutch banks do not use.
    let kinds = [("RC", true, true), ("RD", false, true), ("C", false, false), ("D", true, false)];
    let (rest, negative, reversal) = kinds
        .iter()
        .find_map(|(code, negative, reversal)| Some((rest.strip_prefix(code)?, *negative, *reversal)))
        .ok_or_else(malformed)?;
    // The third letter of the currency may follow.
    let rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    let amount = amount_of(field, digits)?;
    // The bank's code, such as NTRF, and the references.
    let references = rest.char_indices().nth(4).map_or("", |(at, _)| &rest[at..]);
    let (reference, bank_reference) = match references.split_once("//") {
        Some((reference, bank)) => (reference, Some(bank.trim().to_owned())),
        None => (references, None),
    };
    Ok(StatementLine {
        booked_on,
        valued_on,
        amount: if negative { -amount } else { amount },
        reversal,
        reference: reference.trim().to_owned(),
        bank_reference,
        account: field.lines.get(1).and_then(|line| other_account(line)),
    })
}

/// An IBAN or a Dutch account number of old; ING has a code here instead, between slashes.
fn other_account(line: &str) -> Option<String> {
    let text = line.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && digits >= 7 && text.len() <= 34).then(|| text.to_owned())
}

impl StatementLine {
    /// Together with field 86, where there is one.
    pub(super) fn movement(self, narrative: Option<&str>) -> Movement {
        let narrative = narrative.map(|text| Narrative::read(text, self.amount)).unwrap_or_default();
        let told = Told {
            reversal: self.reversal || narrative.return_reason.is_some(),
            counterparty_name: narrative.name,
            counterparty_account: self.account.or(narrative.account),
            structured: narrative.structured,
            texts: narrative.texts,
            end_to_end_id: narrative.end_to_end_id.or_else(|| own_reference(self.reference)),
            mandate_id: narrative.mandate_id,
            batch_id: narrative.batch_id,
            return_reason: narrative.return_reason,
            bank_reference: self.bank_reference,
        };
        Movement { booked_on: self.booked_on, valued_on: Some(self.valued_on), amount: self.amount, told }
    }
}

/// The reference itself, and not a word that says where it stands.
fn own_reference(reference: String) -> Option<String> {
    let points = ["EREF", "PREF", "MARF", "RREF", "NONREF", "POUT", ""];
    (!points.contains(&reference.as_str())).then_some(reference)
}
