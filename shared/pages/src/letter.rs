//! The letter of a notice, before it is set: the words of the mail, with what paper has beside them.

use domain::Money;
use domain::administration::Administration;
use domain::dossier::Dossier;
use domain::invoice::PaymentReference;
use domain::notice::Notice;
use domain::texts::KeptText;
use jiff::civil::Date;

use crate::format::{NO_BREAK_SPACE, one_line};
use crate::mail::letter as words;
use crate::mail::of_notice::{reference, view};
use crate::mail::{MailError, Medium, NoticeView, check};
use crate::own::{self, Told};
use crate::section;
use crate::texts::{TextError, Texts};

/// A letter in the order in which it is read. Each text is one line without markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// BCP 47, such as `nl`.
    pub language: &'static str,
    pub subject: String,
    pub creditor: String,
    pub address_lines: Vec<String>,
    /// Its date, and the debtor's number.
    pub particulars: Vec<Fact>,
    pub heading: String,
    pub salutation: String,
    pub opening: Vec<String>,
    pub summary: Vec<Fact>,
    pub portal_note: String,
    pub portal_url: String,
    pub code_label: String,
    pub specification: Specification,
    /// Nothing where nothing is to be paid.
    pub transfer: Option<Transfer>,
    pub sections: Vec<Section>,
    /// Nothing where nothing is to be paid.
    pub already_paid: Option<String>,
    pub closing: String,
    /// How to reach the creditor, in one line.
    pub footer: String,
    /// What is asked for, in euros, and what the debtor writes with the payment.
    pub amount: Money,
    pub reference: PaymentReference,
}

/// A name and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// What the notice is about, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specification {
    pub heading: String,
    pub columns: [String; 3],
    pub rows: Vec<Row>,
    pub others: Vec<Fact>,
    pub total: Fact,
}

/// Three cells, each with a note under it that may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub name_note: String,
    pub due: String,
    pub due_note: String,
    pub open: String,
    pub open_note: String,
}

/// How to pay by bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub heading: String,
    pub intro: String,
    pub facts: Vec<Fact>,
    pub advice: Option<String>,
    pub qr_alt: String,
    pub qr_caption: String,
}

/// A heading with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub heading: String,
    pub paragraphs: Vec<String>,
    pub lines: Vec<Fact>,
}

/// The letter of a notice that is claimed in this dossier, as it leaves on `today`. `texts` are the own texts that it
/// speaks with, the most specific first.
///
/// # Errors
/// See [`MailError`].
pub fn compose(
    dossier: &Dossier,
    administration: &Administration,
    notice: &Notice,
    today: Date,
    portal_url: &str,
    texts: &[KeptText],
) -> Result<Told<Composed>, MailError> {
    let reference = reference(dossier, notice);
    let view = view(dossier, administration, notice, today, portal_url, &reference);
    let number = &dossier.debtor.number;
    let (own, spoilt) = own::words(&view, texts)?;
    let view = NoticeView { medium: Medium::Letter, own, ..view };
    let said = composed(&view, today, number, reference.clone())?;
    Ok(Told { said, spoilt })
}

/// The same from a view, for a debtor of this number.
///
/// # Errors
/// See [`MailError`].
pub fn composed(
    view: &NoticeView<'_>,
    today: Date,
    debtor_number: &str,
    reference: PaymentReference,
) -> Result<Composed, MailError> {
    check(view)?;
    let texts = Texts::spoken(view.language, view.tone)?;
    let letter = words::compose(view)?;
    let total = letter.specification.total.value.clone();
    let particulars = vec![
        Fact { label: texts.label_date()?, value: texts.date_of(today)? },
        Fact { label: texts.label_customer()?, value: one_line(debtor_number) },
    ];
    let footer = std::iter::once(letter.creditor.clone())
        .chain(letter.footer.iter().map(|line| format!("{} {}", line.label, line.plain)))
        .collect::<Vec<_>>()
        .join(" \u{b7} ");
    Ok(Composed {
        language: letter.language,
        subject: letter.subject,
        creditor: letter.creditor,
        address_lines: letter.address_lines,
        particulars,
        heading: letter.heading,
        salutation: letter.salutation,
        opening: letter.opening,
        summary: facts(letter.summary),
        portal_note: letter.portal_note,
        portal_url: letter.portal_url,
        code_label: texts.label_code()?,
        specification: specification(letter.specification),
        transfer: letter
            .transfer
            .map(|from| -> Result<Transfer, TextError> {
                Ok(Transfer {
                    heading: from.heading,
                    intro: from.intro,
                    facts: facts(from.facts),
                    advice: from.advice,
                    qr_alt: texts.qr_alt(total)?,
                    qr_caption: texts.qr_caption()?,
                })
            })
            .transpose()?,
        sections: letter.sections.into_iter().map(section).collect(),
        already_paid: letter.already_paid,
        closing: letter.closing,
        footer,
        amount: view.total_open,
        reference,
    })
}

fn fact(fact: words::Fact) -> Fact {
    Fact { label: fact.label, value: fact.value }
}

fn facts(list: Vec<words::Fact>) -> Vec<Fact> {
    list.into_iter().map(fact).collect()
}

fn specification(from: words::Specification) -> Specification {
    Specification {
        heading: from.heading,
        columns: [from.invoice, from.due, from.open],
        rows: from.rows.into_iter().map(row).collect(),
        others: facts(from.others),
        total: fact(from.total),
    }
}

fn row(row: words::Row) -> Row {
    let name_note = match row.step {
        Some(step) => format!("{}, {}", row.issued, step.replace(NO_BREAK_SPACE, " ")),
        None => row.issued,
    };
    Row {
        name: row.number,
        name_note,
        due: row.due,
        due_note: row.timing,
        open: row.open,
        open_note: row.of_total.unwrap_or_default(),
    }
}

fn section(from: section::Section) -> Section {
    Section {
        heading: from.heading,
        paragraphs: from.paragraphs,
        lines: from.lines.into_iter().map(|l| Fact { label: l.label, value: l.plain }).collect(),
    }
}

impl Composed {
    /// Its words in the order in which they are read, line by line. The code is not among them: it is made when the letter
    /// is.
    pub fn lines(&self) -> Vec<String> {
        let fact = |fact: &Fact| format!("{}: {}", fact.label, fact.value);
        let mut lines = vec![self.creditor.clone()];
        lines.extend(self.address_lines.iter().cloned());
        lines.extend(self.particulars.iter().map(fact));
        lines.extend([self.heading.clone(), self.salutation.clone()]);
        lines.extend(self.opening.iter().cloned());
        lines.extend(self.summary.iter().map(fact));
        lines.extend([self.portal_note.clone(), self.portal_url.clone()]);
        lines.push(self.specification.heading.clone());
        let cell = |text: &str, note: &str| {
            if note.is_empty() { text.to_owned() } else { format!("{text} ({note})") }
        };
        lines.extend(self.specification.rows.iter().map(|row| {
            let cells = [
                cell(&row.name, &row.name_note),
                cell(&row.due, &row.due_note),
                cell(&row.open, &row.open_note),
            ];
            cells.join(" \u{b7} ")
        }));
        lines.extend(self.specification.others.iter().map(fact));
        lines.push(fact(&self.specification.total));
        if let Some(transfer) = &self.transfer {
            lines.extend([transfer.heading.clone(), transfer.intro.clone()]);
            lines.extend(transfer.facts.iter().map(fact));
            lines.extend(transfer.advice.clone());
        }
        for section in &self.sections {
            lines.push(section.heading.clone());
            lines.extend(section.paragraphs.iter().cloned());
            lines.extend(section.lines.iter().map(fact));
        }
        lines.extend(self.already_paid.clone());
        lines.extend([self.closing.clone(), self.creditor.clone(), self.footer.clone()]);
        lines
    }
}
