//! The mail that brings what a person at the desk wrote. It holds their words, what they are about and how to answer; it asks for
//! no payment.

use askama::Template;
use domain::administration::Administration;
use domain::debtor::DebtorKind;
use domain::dossier::Dossier;
use domain::invoice::Invoice;
use domain::message::Message;

use crate::TextError;
use crate::format::{NO_BREAK_SPACE, one_line, shortened};
use crate::mail::letter::{SUBJECT_NAME_LENGTH, salutation_of};
use crate::mail::of_notice::creditor_view;
use crate::mail::{RenderedMail, is_web_address, sections};
use crate::section::Line;
use crate::texts::{self, Texts};

/// Why there is no mail. Each is a defect of the caller or of this package.
#[derive(Debug, thiserror::Error)]
pub enum MessageMailError {
    #[error("the address of the portal is not a web address")]
    PortalAddress,
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the template of the mail could not be filled")]
    Template(#[from] askama::Error),
}

/// What the mail says, in the order in which it is read. Each text is plain; nothing is escaped yet.
struct Said {
    language: &'static str,
    subject: String,
    creditor: String,
    heading: String,
    salutation: String,
    about: Option<String>,
    /// Paragraphs, each of one or more lines.
    paragraphs: Vec<Vec<String>>,
    attachments: Option<String>,
    button: String,
    portal_url: String,
    answer: String,
    closing: String,
    address_lines: Vec<String>,
    footer: Vec<Line>,
}

#[derive(Template)]
#[template(path = "message_mail.html")]
struct Html<'a> {
    said: &'a Said,
}

/// The mail of a message of the desk. `about` is the invoice that it is about, open or closed.
///
/// # Errors
/// See [`MessageMailError`].
pub fn written(
    dossier: &Dossier,
    administration: &Administration,
    message: &Message,
    about: Option<&Invoice>,
    portal_url: &str,
) -> Result<RenderedMail, MessageMailError> {
    if !is_web_address(portal_url) {
        return Err(MessageMailError::PortalAddress);
    }
    let said = said(dossier, administration, message, about, portal_url)?;
    let html = Html { said: &said }.render()?;
    Ok(RenderedMail { text: text(&said), html, subject: said.subject })
}

fn said(
    dossier: &Dossier,
    administration: &Administration,
    message: &Message,
    about: Option<&Invoice>,
    portal_url: &str,
) -> Result<Said, TextError> {
    let language = dossier.debtor.language;
    let texts = Texts::spoken(language, administration.tone)?;
    let creditor = one_line(&administration.creditor.name);
    let view = creditor_view(&administration.creditor);
    let kind = if dossier.debtor.is_business() { DebtorKind::Business } else { DebtorKind::Consumer };
    Ok(Said {
        language: texts::tag(language),
        subject: texts.subject_message(shortened(&creditor, SUBJECT_NAME_LENGTH))?,
        heading: texts.heading_message(creditor.clone())?,
        salutation: salutation_of(&texts, &dossier.debtor.name, kind)?,
        about: about.map(|invoice| texts.message_about(one_line(&invoice.number))).transpose()?,
        paragraphs: paragraphs(&message.text),
        attachments: match message.attachments.len() {
            0 => None,
            count => Some(texts.message_attachments(count)?),
        },
        button: texts.message_button()?,
        portal_url: portal_url.to_owned(),
        answer: texts.message_answer()?,
        closing: texts.closing()?,
        address_lines: view.address_lines.iter().map(|line| one_line(line)).collect(),
        footer: sections::creditor_lines(&texts, &view)?,
        creditor,
    })
}

/// What a person wrote, parted where they left a line empty.
fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let (mut paragraphs, mut lines) = (Vec::new(), Vec::new());
    for line in text.lines().map(one_line) {
        if line.is_empty() {
            paragraphs.push(std::mem::take(&mut lines));
        } else {
            lines.push(line);
        }
    }
    paragraphs.push(lines);
    paragraphs.retain(|lines| !lines.is_empty());
    paragraphs
}

/// Columns of the text part: under the 78 of RFC 5322 section 2.1.1.
const COLUMNS: usize = 76;

fn wrapped(line: &str) -> String {
    let options = textwrap::Options::new(COLUMNS).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(line, options)
}

fn text(said: &Said) -> String {
    let mut blocks = vec![
        format!(
            "{}\n{}",
            wrapped(&said.heading),
            "-".repeat(textwrap::core::display_width(&said.heading).min(COLUMNS))
        ),
        wrapped(&said.salutation),
    ];
    blocks.extend(said.about.iter().map(|about| wrapped(about)));
    for lines in &said.paragraphs {
        blocks.push(lines.iter().map(|line| wrapped(line)).collect::<Vec<_>>().join("\n"));
    }
    blocks.extend(said.attachments.iter().map(|line| wrapped(line)));
    blocks.push(format!("{}:\n{}", said.button, said.portal_url));
    blocks.push(wrapped(&said.answer));
    blocks.push(wrapped(&said.closing));
    let mut sender = vec![wrapped(&said.creditor)];
    sender.extend(said.address_lines.iter().map(|line| wrapped(line)));
    sender.extend(said.footer.iter().map(|line| wrapped(&format!("{}: {}", line.label, line.plain))));
    blocks.push(sender.join("\n"));
    blocks.join("\n\n").replace(NO_BREAK_SPACE, " ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_parted_by_empty_lines_and_keep_their_lines() {
        let written = "Beste mevrouw,\n\n\nU betaalde op:\n1 mei\n2 juni\n \nGroet\n";
        let expected = [vec!["Beste mevrouw,"], vec!["U betaalde op:", "1 mei", "2 juni"], vec!["Groet"]];
        assert_eq!(paragraphs(written), expected);
        assert_eq!(paragraphs("").len(), 0);
    }
}
