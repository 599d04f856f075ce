//! The mail and the text message with a code to the debtor's page.

use askama::Template;
use domain::Language;

use crate::format::one_line;
use crate::portal::{PageError, Words};
use crate::texts::tag;

/// Longest name of a creditor in a text message, in characters: so that it is one part.
const LONGEST_NAME: usize = 40;

/// What is sent, for either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeMessage {
    /// One line; the creditor's name and no code: it is seen on a locked screen.
    pub subject: String,
    pub text: String,
    pub html: String,
    pub sms: String,
}

#[derive(Template)]
#[template(path = "code.html")]
struct Page<'a> {
    language: &'static str,
    subject: &'a str,
    code: &'a str,
    before: &'a [String],
    after: &'a [String],
}

/// Writes the message with these digits.
///
/// # Errors
/// See [`PageError`].
pub fn render(language: Language, creditor: &str, digits: &str) -> Result<CodeMessage, PageError> {
    let (t, creditor) = (Words::of(language)?, one_line(creditor));
    let subject = t.code_subject(&creditor)?;
    let before = [t.code_intro(&creditor)?, t.code_is()?];
    let after = [t.code_lasts()?, t.code_not_you()?];
    let lines: Vec<&str> =
        before.iter().map(String::as_str).chain([digits]).chain(after.iter().map(String::as_str)).collect();
    let text = textwrap_all(&lines);
    let page =
        Page { language: tag(language), subject: &subject, code: digits, before: &before, after: &after };
    let html = page.render()?;
    let sms = t.code_sms(digits, creditor.chars().take(LONGEST_NAME).collect::<String>())?;
    Ok(CodeMessage { subject, text, html, sms })
}

/// Paragraphs of lines under 78 columns.
fn textwrap_all(paragraphs: &[&str]) -> String {
    let wrapped: Vec<String> = paragraphs.iter().map(|p| textwrap::fill(p, 76)).collect();
    wrapped.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_says_the_code_and_the_subject_does_not() {
        for language in [Language::Nl, Language::En] {
            let message = render(language, "Voorbeeld\nEnergie", "042137").unwrap();
            for said in [&message.text, &message.html, &message.sms] {
                assert!(said.contains("042137") && said.contains("Voorbeeld Energie"), "{said}");
            }
            assert!(!message.subject.contains("042137") && message.subject.contains("Voorbeeld Energie"));
            assert!(message.text.lines().all(|line| line.chars().count() < 78));
            assert_eq!(crate::sms::size(&message.sms).parts, 1, "{}", message.sms);
        }
    }

    #[test]
    fn a_name_is_escaped() {
        let message = render(Language::Nl, "<script>", "042137").unwrap();
        assert!(!message.html.contains("<script"));
    }
}
