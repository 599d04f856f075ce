//! Rules on import: what comes in, what is left out, and what is followed without being sent. Every source of records asks
//! them: the API, files, accounting packages.
//!
//! They decide on arrival only. An invoice that is known stays known, and its newer versions come in whatever the rules say
//! now: one that was paid would be reminded of otherwise. To leave a known one alone there are holds.
//!
//! What is absent: the rules leave no debtor out. An invoice of theirs could not be told apart from one that names nobody.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Violation;
use crate::debtor::Debtor;
use crate::invoice::{Invoice, InvoiceKind, Sending};

/// Entries of the ignore list at most.
pub const MOST_ENTRIES: usize = 500;

/// Payment conditions without follow-up at most.
pub const MOST_CONDITIONS: usize = 200;

/// Longest value and pattern, in characters.
pub const LONGEST_VALUE: usize = 64;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// Stars in one pattern at most: what a match costs grows with them.
const MOST_STARS: usize = 4;

/// What an administration does with what comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportRules {
    /// Invoices whose total is zero.
    pub zero: Treatment,
    /// Invoices of more than zero on which the ledger has nothing open when they arrive.
    pub prepaid: Treatment,
    /// Credit notes.
    pub credit: Treatment,
    /// Invoices and credit notes that are left out, each with its reason. The first that fits is the one that is named.
    pub ignore: Vec<IgnoreEntry>,
    /// Payment conditions whose invoices come in and are not followed up, unless the invoice or its debtor names a policy.
    pub no_follow_up: BTreeSet<String>,
    /// Whether an invoice without a payment reference gets a Dutch one of 16 digits; otherwise one of ISO 11649, which every
    /// bank of the euro payments area carries. Takes a Dutch account.
    pub dutch_references: bool,
}

impl Default for ImportRules {
    fn default() -> ImportRules {
        ImportRules {
            zero: Treatment::FollowOnly,
            prepaid: Treatment::FollowOnly,
            credit: Treatment::FollowOnly,
            ignore: Vec::new(),
            no_follow_up: BTreeSet::new(),
            dutch_references: false,
        }
    }
}

/// What is done with one kind of invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Treatment {
    /// It comes in and is sent, if its policy has a step for that.
    SendAndFollow,
    /// It comes in and is not sent; should anything be open on it, follow-up begins with what comes after sending.
    FollowOnly,
    /// It is left out.
    Ignore,
}

/// What an entry of the ignore list leaves out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IgnoreEntry {
    /// What is looked at.
    pub field: IgnoreField,
    /// What has to stand there; for a number a pattern, in which `*` stands for any text and `?` for one character.
    pub value: String,
    /// Why, in the creditor's own words.
    pub reason: String,
}

/// What an entry of the ignore list looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IgnoreField {
    /// The debtor's id or number.
    Debtor,
    /// The invoice's number.
    Number,
    /// A label of the invoice or of its debtor.
    Label,
    /// The invoice's payment condition.
    PaymentCondition,
}

/// The rule that left a record out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IgnoredBy {
    /// Its total is zero.
    Zero,
    /// Nothing was open on it when it came.
    Prepaid,
    /// It is a credit note.
    Credit,
    /// Its debtor is on the ignore list.
    Debtor,
    /// Its number is.
    Number,
    /// A label is.
    Label,
    /// Its payment condition is.
    PaymentCondition,
    /// A payment on an invoice that was left out.
    InvoiceIgnored,
}

impl IgnoredBy {
    /// The stable name of the rule.
    pub fn name(self) -> &'static str {
        match self {
            IgnoredBy::Zero => "zero_invoice",
            IgnoredBy::Prepaid => "prepaid_invoice",
            IgnoredBy::Credit => "credit_note",
            IgnoredBy::Debtor => "ignored_debtor",
            IgnoredBy::Number => "ignored_number",
            IgnoredBy::Label => "ignored_label",
            IgnoredBy::PaymentCondition => "ignored_payment_condition",
            IgnoredBy::InvoiceIgnored => "invoice_ignored",
        }
    }
}

/// What the rules say of an invoice that was not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival<'r> {
    /// It comes in.
    Takes(Sending),
    /// It is left out.
    Ignored {
        /// By this rule.
        by: IgnoredBy,
        /// As the ignore list has it; the other rules explain themselves.
        reason: Option<&'r str>,
    },
}

/// What these rules say of an invoice or credit note that arrives.
pub fn arrival<'r>(rules: &'r ImportRules, debtor: &Debtor, invoice: &Invoice) -> Arrival<'r> {
    if let Some(entry) = rules.ignore.iter().find(|e| e.fits(debtor, invoice)) {
        let by = match entry.field {
            IgnoreField::Debtor => IgnoredBy::Debtor,
            IgnoreField::Number => IgnoredBy::Number,
            IgnoreField::Label => IgnoredBy::Label,
            IgnoreField::PaymentCondition => IgnoredBy::PaymentCondition,
        };
        return Arrival::Ignored { by, reason: Some(&entry.reason) };
    }
    let (treatment, by) = match kind_of(invoice) {
        None => return Arrival::Takes(Sending::ByPolicy),
        Some(by @ IgnoredBy::Zero) => (rules.zero, by),
        Some(by @ IgnoredBy::Prepaid) => (rules.prepaid, by),
        Some(by) => (rules.credit, by),
    };
    match treatment {
        Treatment::SendAndFollow => Arrival::Takes(Sending::EvenWithNothingOpen),
        Treatment::FollowOnly => Arrival::Takes(Sending::Never),
        Treatment::Ignore => Arrival::Ignored { by, reason: None },
    }
}

/// Of what kind an arriving invoice is; `None` for one that asks for payment, be it of a part. A credit note is one
/// whatever its total.
fn kind_of(invoice: &Invoice) -> Option<IgnoredBy> {
    if invoice.kind == InvoiceKind::CreditNote {
        return Some(IgnoredBy::Credit);
    }
    if invoice.total.is_zero() {
        return Some(IgnoredBy::Zero);
    }
    // Without the ledger's figure nobody says that it was paid.
    invoice.ledger.as_ref().is_some_and(|ledger| ledger.open.is_zero()).then_some(IgnoredBy::Prepaid)
}

impl IgnoreEntry {
    fn fits(&self, debtor: &Debtor, invoice: &Invoice) -> bool {
        match self.field {
            IgnoreField::Debtor => debtor.id.as_str() == self.value || debtor.number == self.value,
            IgnoreField::Number => matches(&self.value, &invoice.number),
            IgnoreField::Label => debtor.labels.contains(&self.value) || invoice.labels.contains(&self.value),
            IgnoreField::PaymentCondition => invoice.payment_condition.as_deref() == Some(&*self.value),
        }
    }
}

/// Whether a text fits a pattern as a whole: `*` stands for any text, `?` for one character. In time that grows with the
/// product of both lengths at most.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            // The last star takes one character more.
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

impl ImportRules {
    /// Everything that is wrong with them; paths are those of the API body under `import`.
    pub fn check(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut refuse = |path: &str, code, detail: &str| found.push(Violation::new(path, code, detail));
        if self.ignore.len() > MOST_ENTRIES {
            refuse("ignore", "too_many", "has at most 500 entries");
            return found;
        }
        for (i, entry) in self.ignore.iter().enumerate() {
            if entry.value.is_empty() || entry.value.chars().count() > LONGEST_VALUE {
                refuse(&format!("ignore[{i}].value"), "length", "has 1 to 64 characters");
            }
            if entry.reason.trim().is_empty() || entry.reason.chars().count() > LONGEST_REASON {
                refuse(&format!("ignore[{i}].reason"), "length", "has 1 to 200 characters");
            }
            if entry.field == IgnoreField::Number {
                if entry.value.chars().filter(|c| *c == '*').count() > MOST_STARS {
                    refuse(&format!("ignore[{i}].value"), "too_many_stars", "has at most 4 stars");
                }
                if !entry.value.chars().any(|c| !matches!(c, '*' | '?')) {
                    let detail =
                        "holds a character beside stars and question marks: it would fit every number";
                    refuse(&format!("ignore[{i}].value"), "fits_everything", detail);
                }
            }
            let same = |e: &IgnoreEntry| (e.field, &e.value) == (entry.field, &entry.value);
            if self.ignore[..i].iter().any(same) {
                refuse(&format!("ignore[{i}].value"), "repeated_entry", "stands in the list twice");
            }
        }
        if self.no_follow_up.len() > MOST_CONDITIONS {
            refuse("noFollowUp", "too_many", "has at most 200 payment conditions");
        }
        found
    }
}

#[cfg(test)]
#[path = "importing_tests.rs"]
mod tests;
