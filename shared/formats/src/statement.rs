//! What the formats of bank statements have in common: the bounds, the ids of lines, and the sum that must come out.
//!
//! Rules of ours, beside those of [`FormatRefusal`]: `TIJDIG-OPENING` and `TIJDIG-CLOSING` (a balance is missing),
//! `TIJDIG-SUM` (the opening balance and the lines do not make the closing balance).

use std::collections::HashMap;

use domain::Money;
use domain::bank::{BankLine, Statement};
use domain::ids::BankLineId;
use jiff::civil::Date;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::reference;
use crate::refusal::FormatRefusal;

/// Most lines in one file.
pub const MAX_LINES: usize = 100_000;
/// Most statements in one file.
pub const MAX_STATEMENTS: usize = 10_000;
/// Longest text of a line that is kept, in characters: a payer writes 140, a bank adds some.
pub const MAX_TEXT: usize = 1_000;
/// Longest name, reference or account that is kept, in characters.
const MAX_PART: usize = 140;

/// A line as a bank describes it, before it has an id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) reversal: bool,
    pub(crate) counterparty_name: Option<String>,
    pub(crate) counterparty_account: Option<String>,
    /// What stands where a structured reference belongs, right or wrong.
    pub(crate) structured: Vec<String>,
    pub(crate) texts: Vec<String>,
    pub(crate) end_to_end_id: Option<String>,
    pub(crate) mandate_id: Option<String>,
    pub(crate) batch_id: Option<String>,
    pub(crate) return_reason: Option<String>,
    pub(crate) bank_reference: Option<String>,
}

/// A movement with its days and amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Movement {
    pub(crate) booked_on: Date,
    pub(crate) valued_on: Option<Date>,
    pub(crate) amount: Money,
    pub(crate) told: Told,
}

/// A statement as it was read, not yet checked.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) account: String,
    pub(crate) number: Option<String>,
    pub(crate) closed_on: Date,
    pub(crate) opening: Money,
    pub(crate) closing: Money,
    pub(crate) movements: Vec<Movement>,
}

impl Draft {
    /// Checks the sum and names the lines. `path` is where the statement stands.
    pub(crate) fn finish(self, path: &str) -> Result<Statement, FormatRefusal> {
        let sum: Money = self.movements.iter().map(|movement| movement.amount).sum();
        if self.opening + sum != self.closing {
            let detail = format!(
                "the opening balance {} and the lines {sum} do not make the closing balance {}",
                self.opening, self.closing
            );
            return Err(FormatRefusal::new("TIJDIG-SUM", path, detail));
        }
        let mut seen = HashMap::new();
        let mut lines = Vec::with_capacity(self.movements.len());
        for movement in self.movements {
            lines.push(line(&self.account, movement, &mut seen)?);
        }
        Ok(Statement {
            account: self.account,
            number: self.number,
            closed_on: self.closed_on,
            opening: self.opening,
            closing: self.closing,
            lines,
        })
    }
}

/// `seen` counts the lines of this statement that are equal in all that the bank says.
fn line(
    account: &str,
    movement: Movement,
    seen: &mut HashMap<[u8; 32], u32>,
) -> Result<BankLine, FormatRefusal> {
    let Movement { booked_on, valued_on, amount, told } = movement;
    let mut references = told.structured.iter().map(|text| normal_reference(text));
    let structured_reference = references.find_map(Result::ok);
    // What is no reference, or is another one, is told all the same.
    let is_kept = |text: &&String| {
        structured_reference.is_some() && normal_reference(text).ok() == structured_reference
    };
    let others = told.structured.iter().filter(|text| !is_kept(text));
    let text = clip(&one_space(told.texts.iter().chain(others).map(String::as_str)), MAX_TEXT);
    let mut line = BankLine {
        // Replaced below, where the rest of the line is known.
        id: id("")?,
        booked_on,
        valued_on,
        amount,
        reversal: told.reversal,
        counterparty_name: told.counterparty_name.as_deref().and_then(part),
        counterparty_account: told.counterparty_account.as_deref().and_then(part),
        structured_reference,
        text,
        end_to_end_id: told.end_to_end_id.as_deref().and_then(given),
        mandate_id: told.mandate_id.as_deref().and_then(given),
        batch_id: told.batch_id.as_deref().and_then(given),
        return_reason: told.return_reason.as_deref().and_then(reason_code),
        bank_reference: told.bank_reference.as_deref().and_then(given),
    };
    let content = digest(account, &line);
    let ordinal = seen.entry(content).or_insert(0);
    *ordinal += 1;
    let named = Sha256::new().chain_update(content).chain_update(ordinal.to_be_bytes()).finalize();
    line.id = id(&named.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())?;
    Ok(line)
}

fn id(hash: &str) -> Result<BankLineId, FormatRefusal> {
    BankLineId::parse(&format!("line-{hash}")).map_err(|error| FormatRefusal::new("XSD", "/", error))
}

/// All that the bank says of a line, each part with its length, so that no two lines share it by how they are cut.
fn digest(account: &str, line: &BankLine) -> [u8; 32] {
    let (booked_on, amount) = (line.booked_on.to_string(), line.amount.to_string());
    let valued_on = line.valued_on.map(|on| on.to_string());
    let parts = [
        Some(account),
        Some(booked_on.as_str()),
        valued_on.as_deref(),
        Some(amount.as_str()),
        Some(if line.reversal { "reversal" } else { "" }),
        line.counterparty_name.as_deref(),
        line.counterparty_account.as_deref(),
        line.structured_reference.as_deref(),
        Some(line.text.as_str()),
        line.end_to_end_id.as_deref(),
        line.mandate_id.as_deref(),
        line.batch_id.as_deref(),
        line.return_reason.as_deref(),
        line.bank_reference.as_deref(),
    ];
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.unwrap_or_default();
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A structured reference without spaces, in upper case, if its check digits fit.
fn normal_reference(text: &str) -> Result<String, reference::ReferenceError> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    match reference::check_rf(&plain) {
        Ok(()) => Ok(plain),
        Err(_) => reference::check_nl(&plain).map(|()| plain),
    }
}

/// `NOTPROVIDED` and what else banks write for none.
fn given(text: &str) -> Option<String> {
    let none = ["NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTAVAILABLE", "NOT AVAILABLE"];
    part(text).filter(|part| {
        let only_zeros = part.bytes().all(|byte| byte == b'0');
        !only_zeros && !none.iter().any(|word| part.eq_ignore_ascii_case(word))
    })
}

/// An ISO 20022 reason code: four letters and digits. Whatever else stands there is none.
fn reason_code(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    (code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(code)
}

fn part(text: &str) -> Option<String> {
    let text = clip(&one_space([text]), MAX_PART);
    (!text.is_empty()).then_some(text)
}

/// The words of all texts with one space between them.
pub(crate) fn one_space<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let mut joined = String::new();
    for word in texts.into_iter().flat_map(|text| text.split(is_gap)).filter(|word| !word.is_empty()) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].trim_end().to_owned(),
        None => text.to_owned(),
    }
}

/// Why a text is not an amount that a bank writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AmountFault {
    NotANumber,
    TooPrecise,
    TooLarge,
}

impl AmountFault {
    pub(crate) fn refusal(self, path: &str) -> FormatRefusal {
        match self {
            AmountFault::NotANumber => FormatRefusal::new("XSD", path, "is not an amount"),
            AmountFault::TooPrecise => FormatRefusal::new("XSD", path, "has more than two decimals"),
            AmountFault::TooLarge => FormatRefusal::new("TIJDIG-LIMIT", path, "is larger than 999999999.99"),
        }
    }
}

/// Digits with at most one `point` among or behind them; no sign.
pub(crate) fn amount(text: &str, point: char) -> Result<Money, AmountFault> {
    let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return Err(AmountFault::NotANumber);
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len() > 9 {
        return Err(AmountFault::TooLarge);
    }
    if fraction.len() > 2 {
        return Err(AmountFault::TooPrecise);
    }
    let value = Decimal::from_str_exact(&format!("0{whole}.{fraction}0"));
    let value = value.map_err(|_| AmountFault::NotANumber)?;
    Money::new(value).map_err(|_| AmountFault::TooLarge)
}
