//! Pages of the portal. So far one: what stands at the portal's address until the portal is there.

use askama::Template;
use domain::Language;

use crate::format::one_line;
use crate::layout::Shell;
use crate::section::{Section, debt_help};
use crate::texts::{TextError, Texts};

#[derive(Template)]
#[template(path = "placeholder.html")]
struct Placeholder {
    shell: Shell,
    lead: String,
    now_heading: String,
    now: [String; 2],
    soon_heading: String,
    soon: [String; 7],
    help: Section,
    privacy: String,
}

/// The page that says what the portal will offer and what to do until then. It holds no personal data, whatever link
/// it was reached by. `creditor` is the name of the creditor, where the address tells which one.
pub fn placeholder(language: Language, creditor: Option<&str>) -> String {
    // Fails only where a text or the template is defective, and those are built in: a test renders each variant.
    #[allow(clippy::expect_used, reason = "texts and template are constants of the program")]
    compose(language, creditor).expect("the built-in texts are complete")
}

fn compose(language: Language, creditor: Option<&str>) -> Result<String, PageError> {
    let texts = Texts::of(language)?;
    let creditor = creditor.map(one_line).filter(|name| !name.is_empty());
    let (title, contact) = match creditor {
        Some(name) => (texts.page_title_of(name.clone())?, texts.page_now_contact_of(name)?),
        None => (texts.page_title()?, texts.page_now_contact()?),
    };
    let page = Placeholder {
        shell: Shell::new(&texts, language, title)?,
        lead: texts.page_lead()?,
        now_heading: texts.page_now_heading()?,
        now: [texts.page_now_pay()?, contact],
        soon_heading: texts.page_soon_heading()?,
        soon: [
            texts.page_soon_invoices()?,
            texts.page_soon_pay()?,
            texts.page_soon_ask()?,
            texts.page_soon_dispute()?,
            texts.page_soon_plan()?,
            texts.page_soon_object()?,
            texts.page_soon_help()?,
        ],
        help: debt_help(&texts)?,
        privacy: texts.page_privacy()?,
    };
    Ok(page.render()?)
}

#[derive(Debug, thiserror::Error)]
enum PageError {
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the template of the page could not be filled")]
    Template(#[from] askama::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholder_can_be_put_together_in_each_language_with_and_without_a_name() {
        for language in [Language::Nl, Language::En] {
            for creditor in [None, Some(""), Some("Stroomvast Energie")] {
                compose(language, creditor).unwrap();
            }
        }
    }
}
