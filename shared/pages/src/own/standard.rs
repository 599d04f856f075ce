//! Standard texts of the desk: templates as own texts are, with fewer variables, filled for one debtor before a person sends
//! them.

use std::collections::BTreeMap;

use domain::administration::Administration;
use domain::dossier::Dossier;
use domain::invoice::Invoice;
use domain::standard_text::StandardText;
use domain::texts::Part;
use domain::{Language, Money, Violation};
use jiff::civil::Date;
use minijinja::Value;

use super::Fault;
use super::fill::{self, names};
use super::variables::{Values, Variable, always, maybe};
use crate::format::{self, one_line};
use crate::texts::{TextError, Texts};

/// The variables that a standard text may name.
pub const VARIABLES: &[Variable] = &{
    use super::variables::Holds::{Amount, Date, Flag, Text};
    use super::variables::Where::InLettersOnly;
    [
        always("creditor", Text, InLettersOnly, "the creditor's name"),
        always("phone", Text, InLettersOnly, "the creditor's phone number"),
        always("email", Text, InLettersOnly, "the address for answers"),
        maybe("opening_hours", Text, InLettersOnly, "when the phone is answered"),
        always("business", Flag, InLettersOnly, "the debtor is a business"),
        maybe("name", Text, InLettersOnly, "the debtor's name"),
        maybe("invoice_number", Text, InLettersOnly, "the number of the invoice that it is about"),
        maybe("invoice_open", Amount, InLettersOnly, "what is to be paid on that invoice"),
        maybe("due_date", Date, InLettersOnly, "the last day to pay that invoice"),
        maybe("total", Amount, InLettersOnly, "all that the debtor owes; absent where that is nothing"),
    ]
};

/// What is named together: absent all at once.
const ABSENCES: [&[&str]; 5] =
    [&["opening_hours"], &["name"], &["invoice_number", "due_date"], &["invoice_open"], &["total"]];

/// Why a standard text could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// A defect of this package.
    #[error(transparent)]
    Text(#[from] TextError),
    /// It cannot be said to this debtor, although it was looked through when it was kept: the rule.
    #[error("cannot be filled: {0}")]
    Cannot(&'static str),
}

/// Everything that is wrong with a template: what it holds, then what it comes to with and without each variable that some
/// debtors do not have.
///
/// # Errors
/// [`TextError`]: a defect of this package, not of the text.
pub fn check(
    template: &str,
    language: Language,
    administration: &Administration,
    today: Date,
) -> Result<Vec<Violation>, TextError> {
    let found = |fault: Fault| {
        vec![Violation::new("text", fault.rule, format!("line {}: {}", fault.line, fault.detail))]
    };
    let named = match names(template) {
        Ok(named) => named,
        Err(fault) => return Ok(found(fault)),
    };
    let unknown = named.iter().find(|name| VARIABLES.iter().all(|variable| variable.name != *name));
    if let Some(name) = unknown {
        let line = template.lines().position(|line| line.contains(name.as_str())).map_or(1, |at| at + 1);
        let detail = "names a variable that there is not";
        return Ok(found(Fault { rule: "unknown_variable", line, detail }));
    }
    let whole = sample(language, administration, today)?;
    for which in 0..1_usize << ABSENCES.len() {
        for business in [false, true] {
            let mut values = whole.clone();
            values.insert("business", Value::from(business));
            let absent = ABSENCES.iter().enumerate().filter(|(at, _)| which & (1 << at) != 0);
            for name in absent.flat_map(|(_, names)| names.iter()) {
                values.remove(name);
            }
            if let Err(fault) = fill::fill(Part::Opening, template, &Values::new(values)) {
                return Ok(found(fault));
            }
        }
    }
    Ok(Vec::new())
}

/// What it comes to for this debtor, about this invoice or about none: paragraphs, parted by an empty line.
///
/// # Errors
/// [`FillError`].
pub fn fill(
    text: &StandardText,
    dossier: &Dossier,
    about: Option<&Invoice>,
    administration: &Administration,
    today: Date,
) -> Result<String, FillError> {
    let texts = Texts::of(text.language)?;
    let amount = |money: Money| Value::from(format::money(text.language, money));
    let mut values = creditor(administration);
    let mut put = |name: &'static str, value: Value| values.insert(name, value);
    put("business", Value::from(dossier.debtor.is_business()));
    let name = one_line(&dossier.debtor.name);
    if !name.is_empty() {
        put("name", Value::from(name));
    }
    if let Some(invoice) = about {
        put("invoice_number", Value::from(one_line(&invoice.number)));
        put("due_date", Value::from(texts.date_of(invoice.due_date)?));
        let owed = invoice.owed(today);
        if owed.is_positive() {
            put("invoice_open", amount(owed));
        }
    }
    let total = dossier.balance(today);
    if total.is_positive() {
        put("total", amount(total));
    }
    let said = fill::fill(Part::Opening, &text.text, &Values::new(values));
    Ok(said.map_err(|fault| FillError::Cannot(fault.rule))?.join("\n\n"))
}

/// What is the same for every debtor.
fn creditor(administration: &Administration) -> BTreeMap<&'static str, Value> {
    let creditor = &administration.creditor;
    let mut values = BTreeMap::from([
        ("creditor", Value::from(one_line(&creditor.name))),
        ("phone", Value::from(one_line(&creditor.phone))),
        ("email", Value::from(one_line(&creditor.email))),
    ]);
    if let Some(hours) = &creditor.opening_hours {
        values.insert("opening_hours", Value::from(one_line(hours)));
    }
    values
}

/// The values of a debtor who has all of them.
fn sample(
    language: Language,
    administration: &Administration,
    today: Date,
) -> Result<BTreeMap<&'static str, Value>, TextError> {
    let amount = Value::from(format::money(language, Money::from_cents(12_345_67)));
    let mut values = creditor(administration);
    values.insert("opening_hours", Value::from("ma t/m vr 9.00 - 17.00"));
    values.insert("name", Value::from("Maximiliaan-Alexander van Voorst tot Voorst-Evekink"));
    values.insert("invoice_number", Value::from("2026-0001"));
    values.insert("due_date", Value::from(Texts::of(language)?.date_of(today)?));
    values.insert("invoice_open", amount.clone());
    values.insert("total", amount);
    Ok(values)
}
