//! The mail that says that a subscription to webhooks was disabled. It goes to whoever keeps the creditor's systems, whose
//! language nobody knows: Dutch first, English below.

use askama::Template;
use domain::Language;

use crate::TextError;
use crate::texts::{self, Texts};

/// Why it was disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It could not be reached for three days.
    Failing,
    /// It said that it is gone.
    Gone,
}

/// The mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMail {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why there is no mail: a defect of the texts or the template.
#[derive(Debug, thiserror::Error)]
pub enum WebhookMailError {
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the template of the mail could not be filled")]
    Template(#[from] askama::Error),
}

/// What is said in one language.
struct Part {
    language: &'static str,
    paragraphs: Vec<String>,
}

#[derive(Template)]
#[template(path = "webhook_mail.html")]
struct Page<'a> {
    subject: &'a str,
    parts: &'a [Part],
}

/// Writes the mail about the subscription with this id.
///
/// # Errors
/// See [`WebhookMailError`].
pub fn render(webhook: &str, cause: Cause) -> Result<WebhookMail, WebhookMailError> {
    let (dutch, english) = (Texts::of(Language::Nl)?, Texts::of(Language::En)?);
    let subject = dutch.webhook_subject(webhook.to_owned())?;
    let parts = [
        Part { language: texts::tag(Language::Nl), paragraphs: paragraphs(&dutch, webhook, cause)? },
        Part { language: texts::tag(Language::En), paragraphs: paragraphs(&english, webhook, cause)? },
    ];
    let said: Vec<String> = parts.iter().map(|part| part.paragraphs.join("\n\n")).collect();
    let text = said.join("\n\n--\n\n") + "\n";
    let html = Page { subject: &subject, parts: &parts }.render()?;
    Ok(WebhookMail { subject, text, html })
}

fn paragraphs(texts: &Texts, webhook: &str, cause: Cause) -> Result<Vec<String>, TextError> {
    let why = match cause {
        Cause::Failing => texts.webhook_failing(webhook.to_owned())?,
        Cause::Gone => texts.webhook_gone(webhook.to_owned())?,
    };
    Ok(vec![why, texts.webhook_waits()?, texts.webhook_enable(webhook.to_owned())?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_which_one_why_and_what_to_do() {
        for (cause, dutch, english) in
            [(Cause::Failing, "drie dagen", "three days"), (Cause::Gone, "410", "410")]
        {
            let mail = render("crm", cause).unwrap();
            assert!(mail.subject.contains("crm"));
            for said in [&mail.text, &mail.html] {
                let (first, second) = (said.find(dutch).unwrap(), said.rfind(english).unwrap());
                assert!(first < second, "{said}");
                assert_eq!(said.matches("/v1/webhooks/crm/enable").count(), 2, "{said}");
            }
        }
    }
}
