//! Questions and answers: what the debtor and the desk wrote to each other, the last first, and room for another.

use askama::Template;
use domain::calendar::today;
use domain::invoice::Invoice;
use domain::message::{Author, Message};

use super::frame::Base;
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

struct Link {
    href: String,
    label: String,
}

struct Shown {
    id: String,
    head: String,
    new: bool,
    paragraphs: Vec<String>,
    files: Vec<Link>,
}

#[derive(Template)]
#[template(path = "portal/messages.html")]
struct Messages {
    base: Base,
    about: Option<String>,
    invoice: String,
    text: String,
    text_problem: Option<String>,
    file_problem: Option<String>,
    shown: Vec<Shown>,
}

/// The page. `about` is the invoice that the next message is about.
///
/// # Errors
/// See [`PageError`].
pub fn messages(
    frame: &Frame<'_>,
    messages: &[Message],
    about: Option<&Invoice>,
    form: &Form,
) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, form, Words::messages_title)?;
    let t = &base.t;
    let page = Messages {
        about: about.map(|invoice| t.message_about(one_line(&invoice.number))).transpose()?,
        invoice: about.map(|invoice| invoice.id.to_string()).unwrap_or_default(),
        text: form.value("text").to_owned(),
        text_problem: form.problem_of(t, "text")?,
        file_problem: form.problem_of(t, "file")?,
        shown: messages.iter().map(|m| shown(t, m, &base.creditor)).collect::<Result<_, _>>()?,
        base,
    };
    Ok(page.render()?)
}

fn shown(t: &Words, message: &Message, creditor: &str) -> Result<Shown, TextError> {
    let day = t.day(&today(message.at))?;
    let head = match message.author {
        Author::Debtor => t.message_from_you(day)?,
        Author::Desk => t.message_from_us(creditor, day)?,
    };
    let file = |(place, file): (usize, &domain::message::Attached)| -> Result<Link, TextError> {
        let number = place + 1;
        let kind = file.content_type.rsplit('/').next().unwrap_or_default().to_uppercase();
        Ok(Link {
            href: format!("/portal/my/messages/{}/attachments/{number}", message.id),
            label: t.message_attachment(number, kind, file.bytes.div_ceil(1_000))?,
        })
    };
    Ok(Shown {
        id: message.id.to_string(),
        head,
        new: message.author == Author::Desk && message.read.is_none(),
        paragraphs: message.text.split('\n').map(one_line).filter(|p| !p.is_empty()).collect(),
        files: message.attachments.iter().enumerate().map(file).collect::<Result<_, _>>()?,
    })
}
