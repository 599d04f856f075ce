//! The frame of every page: one stylesheet with design tokens, light and dark, and a choice of language.
//!
//! What is absent: scripts, fonts, images and anything else that a browser would fetch. The stylesheet stands in the
//! page, whole and alone in its element, so that a Content-Security-Policy names it by its hash: one round trip, and no
//! other style is let in.

use domain::Language;

use crate::texts::{self, TextError, Texts};

/// The whole stylesheet. Colours are tokens; text and background of each pair differ by at least 4.5 to 1.
pub const STYLESHEET: &str = include_str!("../templates/style.css");

/// The query parameter by which a page is asked for in another language: `?lang=en`.
pub const LANGUAGE_PARAMETER: &str = "lang";

/// The language that a value of [`LANGUAGE_PARAMETER`] names; none for any other value.
pub fn language_of(value: &str) -> Option<Language> {
    CHOICES.iter().find(|choice| choice.tag == value).map(|choice| choice.language)
}

/// A language under its own name, so that whoever looks for it can read it: no text of another language.
#[derive(Debug)]
pub(crate) struct Choice {
    language: Language,
    pub tag: &'static str,
    pub name: &'static str,
}

const CHOICES: [Choice; 2] = [
    Choice { language: Language::Nl, tag: "nl", name: "Nederlands" },
    Choice { language: Language::En, tag: "en", name: "English" },
];

/// What the frame of a page needs.
#[derive(Debug)]
pub(crate) struct Shell {
    pub language: &'static str,
    pub title: String,
    pub skip: String,
    pub language_label: String,
    pub languages: &'static [Choice],
}

impl Shell {
    pub(crate) fn new(texts: &Texts, language: Language, title: String) -> Result<Shell, TextError> {
        Ok(Shell {
            language: texts::tag(language),
            title,
            skip: texts.page_skip()?,
            language_label: texts.page_language()?,
            languages: &CHOICES,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_language_that_we_have_is_taken_from_an_address() {
        let table =
            [("nl", Some(Language::Nl)), ("en", Some(Language::En)), ("EN", None), ("de", None), ("", None)];
        for (value, expected) in table {
            assert_eq!(language_of(value), expected, "{value}");
        }
    }

    #[test]
    fn the_stylesheet_fetches_nothing_and_cannot_end_its_element() {
        for foreign in ["url(", "@import", "</", "http"] {
            assert!(!STYLESHEET.contains(foreign), "{foreign}");
        }
    }
}
