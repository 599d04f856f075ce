//! Bank statements as MT940 (SWIFT), as Rabobank, ABN AMRO, ING and Triodos give them: with or without SWIFT's blocks
//! around them, with the structured field 86 of each, in UTF-8 or windows-1252.
//!
//! A statement in pages (a closing balance 62M, continued by an opening balance 60M) becomes one. What is absent: other
//! currencies than the euro, available and future balances (64, 65), and the bank's transaction codes. Where field 61 has no
//! day of booking, the day of value stands for it.

mod fields;
mod narrative;

use domain::Money;
use domain::bank::Statement;
use jiff::civil::Date;

use crate::refusal::FormatRefusal;
use crate::statement::{Draft, MAX_LINES, MAX_STATEMENTS, Movement};
use crate::xml::check_size;

use fields::{Field, StatementLine};

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 32_000_000;

/// Reads every statement of one file of at most [`MAX_BYTES`], in the order of the file.
///
/// # Errors
/// The first refusal: what is no MT940, not in euros, or does not add up. Its path is the line in the file.
pub fn parse(bytes: &[u8]) -> Result<Vec<Statement>, FormatRefusal> {
    check_size(bytes, MAX_BYTES)?;
    let mut text = crate::decode::utf8_or_windows_1252(bytes);
    if !text.contains('\n') {
        text = text.replace('\r', "\n").into();
    }
    let mut reader = Reader::default();
    fields::each(&text, |field| reader.take(field))?;
    reader.finish()
}

/// A balance, and whether it is one in between (60M, 62M).
#[derive(Debug, Clone, Copy)]
struct Balance {
    amount: Money,
    on: Date,
    between: bool,
}

/// The statement that is being read.
#[derive(Debug)]
struct Open {
    /// The line in the file on which it begins.
    line: usize,
    account: Option<String>,
    number: Option<String>,
    opening: Option<Balance>,
    closing: Option<Balance>,
    movements: Vec<Movement>,
    /// A field 61 that may still get its field 86.
    pending: Option<StatementLine>,
}

impl Open {
    fn at(line: usize) -> Open {
        let (account, number, opening, closing) = (None, None, None, None);
        Open { line, account, number, opening, closing, movements: Vec::new(), pending: None }
    }

    fn settle(&mut self, narrative: Option<&str>) {
        if let Some(line) = self.pending.take() {
            self.movements.push(line.movement(narrative));
        }
    }
}

#[derive(Debug, Default)]
struct Reader {
    open: Option<Open>,
    /// Whole pages; the last one may be continued.
    drafts: Vec<(Draft, usize, bool)>,
    lines: usize,
}

impl Reader {
    fn take(&mut self, field: &Field) -> Result<(), FormatRefusal> {
        match field.tag {
            "20" => {
                self.close()?;
                self.open = Some(Open::at(field.line));
                return Ok(());
            }
            "25" | "25P" | "28C" | "28" | "60F" | "60M" | "61" | "86" | "62F" | "62M" => {}
            _ => return Ok(()),
        }
        let Some(open) = &mut self.open else {
            return Err(field.refuse("XSD", "stands before field 20"));
        };
        match field.tag {
            "25" | "25P" => open.account = Some(fields::account(field)?),
            "28C" | "28" => open.number = Some(fields::statement_number(field)),
            "60F" | "60M" => open.opening = Some(fields::balance(field)?),
            "61" => {
                self.lines += 1;
                if self.lines > MAX_LINES {
                    return Err(field.refuse("TIJDIG-LIMIT", &format!("more than {MAX_LINES} lines")));
                }
                open.settle(None);
                open.pending = Some(fields::statement_line(field)?);
            }
            "86" => open.settle(Some(&field.narrative())),
            _ => {
                open.settle(None);
                open.closing = Some(fields::balance(field)?);
            }
        }
        Ok(())
    }

    /// Ends the statement that is open.
    fn close(&mut self) -> Result<(), FormatRefusal> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        open.settle(None);
        let path = format!("line {}", open.line);
        let missing = |rule, what: &str| FormatRefusal::new(rule, path.clone(), what);
        let account = open.account.ok_or_else(|| missing("XSD", "the account is missing (field 25)"))?;
        let opening = open
            .opening
            .ok_or_else(|| missing("TIJDIG-OPENING", "there is no opening balance (field 60)"))?;
        let closing = open
            .closing
            .ok_or_else(|| missing("TIJDIG-CLOSING", "there is no closing balance (field 62)"))?;
        let continued = closing.between;
        if let Some((last, _, may_go_on)) = self.drafts.last_mut()
            && *may_go_on
            && opening.between
            && last.account == account
        {
            if last.closing != opening.amount {
                let detail = "the page does not begin with the balance that the page before ends with";
                return Err(FormatRefusal::new("TIJDIG-SUM", path, detail));
            }
            last.closing = closing.amount;
            last.closed_on = closing.on;
            last.movements.append(&mut open.movements);
            *may_go_on = continued;
            return Ok(());
        }
        if self.drafts.len() == MAX_STATEMENTS {
            let detail = format!("more than {MAX_STATEMENTS} statements");
            return Err(FormatRefusal::new("TIJDIG-LIMIT", path, detail));
        }
        let draft = Draft {
            account,
            number: open.number,
            closed_on: closing.on,
            opening: opening.amount,
            closing: closing.amount,
            movements: open.movements,
        };
        self.drafts.push((draft, open.line, continued));
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Statement>, FormatRefusal> {
        self.close()?;
        if self.drafts.is_empty() {
            return Err(FormatRefusal::new("XSD", "line 1", "there is no statement (field 20)"));
        }
        let finished = self.drafts.into_iter();
        finished.map(|(draft, line, _)| draft.finish(&format!("line {line}"))).collect()
    }
}
