//! Bank statements as camt.053 (ISO 20022), versions 001.02 to 001.08, as Rabobank, ABN AMRO and ING give them.
//!
//! A file is read element by element: what is held at one time is one entry, and the lines that came out. Entries that are
//! not booked (pending, information) are left out, since the balances do not count them. Of several transactions in an entry
//! each is a line, unless the bank does not give amounts for them that add up to the entry: then the entry is one line.
//!
//! What is absent: other currencies than the euro, charges and interest of their own, and the bank's transaction codes.
//! Whose account the other side has is taken as it stands: never a reason to refuse a line.

mod entry;
mod namespace;
mod reading;

use domain::Money;
use domain::bank::Statement;
use jiff::civil::Date;

use crate::refusal::FormatRefusal;
use crate::statement::{Draft, MAX_LINES, MAX_STATEMENTS, Movement};
use crate::xml::{self, ElementId, Harvest, Tree};

use entry::Detail;
use namespace::Iso;
use reading::{date, find, money, text};

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 32_000_000;

/// Reads every statement of one file of at most [`MAX_BYTES`], in the order of the file.
///
/// # Errors
/// The first refusal: what is not well-formed, not camt.053, not in euros, or does not add up.
pub fn parse(bytes: &[u8]) -> Result<Vec<Statement>, FormatRefusal> {
    xml::check_size(bytes, MAX_BYTES)?;
    let text = reading::decode(bytes)?;
    let mut gathered = Gathered::default();
    let tree = Tree::<Iso>::read(&text, |tree, id| gathered.take(tree, id))?;
    if !tree.is_called(tree.root(), "Document") {
        return Err(FormatRefusal::new("XSD", "/", "the root is not Document of camt.053.001.02 to 08"));
    }
    if gathered.statements.is_empty() {
        return Err(FormatRefusal::new("XSD", "/Document/BkToCstmrStmt/Stmt", "there is no statement"));
    }
    Ok(gathered.statements)
}

/// What came out so far: of the entry that is being read, of its statement, and of those before.
#[derive(Default)]
struct Gathered {
    details: Vec<Detail>,
    movements: Vec<Movement>,
    /// Entries of this statement, whether they were booked or not.
    entries: usize,
    /// Lines of all statements.
    lines: usize,
    statements: Vec<Statement>,
}

impl Gathered {
    fn take(&mut self, tree: &Tree<Iso>, id: ElementId) -> Result<Harvest, FormatRefusal> {
        let within = |name: &str| tree.parent(id).is_some_and(|parent| tree.is_called(parent, name));
        if tree.is_called(id, "TxDtls") && within("NtryDtls") {
            self.bound(self.details.len() + 1)?;
            self.details.push(entry::detail(tree, id));
            return Ok(Harvest::Drop);
        }
        if tree.is_called(id, "Ntry") && within("Stmt") {
            self.entries += 1;
            self.bound(self.entries)?;
            let path = self.path(&format!("/Ntry[{}]", self.entries));
            let details = std::mem::take(&mut self.details);
            let lines = entry::movements(tree, id, details, &path)?;
            self.lines += lines.len();
            self.bound(self.lines)?;
            self.movements.extend(lines);
            return Ok(Harvest::Drop);
        }
        if tree.is_called(id, "Stmt") && within("BkToCstmrStmt") {
            let path = self.path("");
            if self.statements.len() == MAX_STATEMENTS {
                let detail = format!("more than {MAX_STATEMENTS} statements");
                return Err(FormatRefusal::new("TIJDIG-LIMIT", path, detail));
            }
            self.entries = 0;
            let movements = std::mem::take(&mut self.movements);
            self.statements.push(statement(tree, id, movements, &path)?);
            return Ok(Harvest::Drop);
        }
        Ok(Harvest::Keep)
    }

    fn bound(&self, lines: usize) -> Result<(), FormatRefusal> {
        if lines > MAX_LINES {
            let detail = format!("more than {MAX_LINES} lines");
            return Err(FormatRefusal::new("TIJDIG-LIMIT", self.path(""), detail));
        }
        Ok(())
    }

    fn path(&self, rest: &str) -> String {
        format!("/Document/BkToCstmrStmt/Stmt[{}]{rest}", self.statements.len() + 1)
    }
}

fn statement(
    tree: &Tree<Iso>,
    id: ElementId,
    movements: Vec<Movement>,
    path: &str,
) -> Result<Statement, FormatRefusal> {
    let account = text(tree, id, "Acct/Id/IBAN").or_else(|| text(tree, id, "Acct/Id/Othr/Id"));
    let Some(account) = account else {
        return Err(FormatRefusal::new("XSD", format!("{path}/Acct/Id"), "the account is missing"));
    };
    if text(tree, id, "Acct/Ccy").is_some_and(|currency| currency != "EUR") {
        let path = format!("{path}/Acct/Ccy");
        return Err(FormatRefusal::new("TIJDIG-CUR", path, "only accounts in euros are taken in"));
    }
    let number = ["ElctrncSeqNb", "LglSeqNb", "Id"].iter().find_map(|name| text(tree, id, name));
    // What the bank calls opening, and where it calls nothing so, the closing balance of the day before.
    let opening = balance(tree, id, &["OPBD", "PRCD"], path)?;
    let closing = balance(tree, id, &["CLBD"], path)?;
    let missing = |rule, what: &str| FormatRefusal::new(rule, format!("{path}/Bal"), what);
    let (opening, _) =
        opening.ok_or_else(|| missing("TIJDIG-OPENING", "there is no opening balance (OPBD or PRCD)"))?;
    let (closing, closed_on) =
        closing.ok_or_else(|| missing("TIJDIG-CLOSING", "there is no closing balance (CLBD)"))?;
    let account = account.chars().filter(|c| !c.is_whitespace()).take(64).collect();
    Draft { account, number, closed_on, opening, closing, movements }.finish(path)
}

/// The first balance of the first of these codes that there is, with its day.
fn balance(
    tree: &Tree<Iso>,
    statement: ElementId,
    codes: &[&str],
    path: &str,
) -> Result<Option<(Money, Date)>, FormatRefusal> {
    let code_of = |balance: &ElementId| text(tree, *balance, "Tp/CdOrPrtry/Cd");
    let balances: Vec<(ElementId, String)> =
        tree.children(statement, "Bal").filter_map(|b| code_of(&b).map(|code| (b, code))).collect();
    let found = codes.iter().find_map(|code| {
        let balance = balances.iter().find(|(_, own)| own == code);
        balance.map(|(id, _)| (id, code))
    });
    let Some((id, code)) = found else { return Ok(None) };
    let path = format!("{path}/Bal({code})");
    let amount = money(tree, *id, "Amt", &path)?;
    let signed = if reading::is_credit(tree, *id, &path)? { amount } else { -amount };
    let on = find(tree, *id, "Dt").and_then(|on| date(tree, on));
    let on = on.ok_or_else(|| FormatRefusal::new("XSD", format!("{path}/Dt"), "the day is missing"))?;
    Ok(Some((signed, on)))
}
