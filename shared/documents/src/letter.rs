//! A letter in a window envelope: A4, folded twice.
//!
//! The address stands from 60 to 85.5 mm below the edge and from 22 to 107.5 mm beside it. There it shows in the left
//! window of Dutch C5/6 and DL envelopes (NEN 1026), and print providers that read it off the page (Pingen, "left") find it;
//! nothing else stands in the window. Nothing at all stands within 5 mm of an edge.

use serde::Serialize;

use crate::compile::{DocumentError, Printed, document};

/// Rows of the claim's specification at most.
pub const MOST_ROWS: usize = 500;

/// Lines of an address that fit in the window.
pub const MOST_ADDRESS_LINES: usize = 6;

const TEMPLATE: &str = include_str!("../templates/letter.typ");

/// Everything that stands in a letter. Each text is one paragraph or one line, without markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// BCP 47, such as `nl`: for whoever has it read aloud.
    pub language: String,
    /// Of the file; the letter's subject.
    pub title: String,
    pub sender: Sender,
    /// Name, street, postcode and town.
    pub recipient: Vec<String>,
    /// Date and reference, above the heading.
    pub particulars: Vec<Fact>,
    pub heading: String,
    pub salutation: String,
    pub opening: Vec<String>,
    pub summary: Vec<Fact>,
    pub portal: Portal,
    pub specification: Specification,
    /// Nothing where nothing is to be paid.
    pub transfer: Option<Transfer>,
    pub sections: Vec<Section>,
    /// Nothing where nothing is to be paid.
    pub already_paid: Option<String>,
    pub closing: String,
    /// How to reach the sender, at the foot of every page.
    pub footer: String,
}

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sender {
    pub name: String,
    pub lines: Vec<String>,
}

/// A name and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// Where the debtor's page is, and the code that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Portal {
    pub note: String,
    pub url: String,
    pub code_label: String,
    pub code: String,
}

/// What is claimed, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Specification {
    pub heading: String,
    /// Names of the three columns.
    pub columns: [String; 3],
    pub rows: Vec<Row>,
    /// Costs, interest, a credit that is deducted.
    pub others: Vec<Fact>,
    pub total: Fact,
}

/// One line of the claim: three cells, each with what stands small under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub name: String,
    pub name_note: String,
    pub due: String,
    pub due_note: String,
    pub open: String,
    pub open_note: String,
}

/// How to pay by bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transfer {
    pub heading: String,
    pub intro: String,
    pub facts: Vec<Fact>,
    pub advice: Option<String>,
    pub qr: Option<Qr>,
}

/// A code that banking apps read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Qr {
    /// As SVG, its quiet zone included.
    pub svg: String,
    pub alt: String,
    pub caption: String,
}

/// A heading with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    pub heading: String,
    pub paragraphs: Vec<String>,
    pub lines: Vec<Fact>,
}

/// The letter, set and written.
///
/// # Errors
/// [`DocumentError::TooLong`] for more rows or address lines than there may be; otherwise a defect of this package.
pub fn print(letter: &Letter) -> Result<Printed, DocumentError> {
    if letter.specification.rows.len() > MOST_ROWS {
        return Err(DocumentError::TooLong(MOST_ROWS));
    }
    if letter.recipient.len() > MOST_ADDRESS_LINES {
        return Err(DocumentError::TooLong(MOST_ADDRESS_LINES));
    }
    document(TEMPLATE, letter)
}
