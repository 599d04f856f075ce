//! The two layouts of a composed mail: HTML for mail clients, and text in lines of bounded length.

use askama::Template;

use super::letter::Letter;
use crate::format::NO_BREAK_SPACE;

/// Columns of the text part: under the 78 of RFC 5322 section 2.1.1.
const COLUMNS: usize = 76;

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "mail.txt", escape = "none")]
struct Text<'a> {
    letter: &'a Letter,
}

pub(super) fn html(letter: &Letter) -> Result<String, askama::Error> {
    Html { letter }.render()
}

pub(super) fn text(letter: &Letter) -> Result<String, askama::Error> {
    let mut text = Text { letter }.render()?.replace(NO_BREAK_SPACE, " ");
    text.push('\n');
    Ok(text)
}

/// Wraps at blanks only: a number or an address that breaks at its hyphen reads as another one.
fn options() -> textwrap::Options<'static> {
    textwrap::Options::new(COLUMNS).word_splitter(textwrap::WordSplitter::NoHyphenation)
}

// Called from the text template.
impl Text<'_> {
    fn wrapped(&self, paragraph: &str) -> String {
        textwrap::fill(paragraph, options())
    }

    fn underlined(&self, heading: &str) -> String {
        let lines = textwrap::wrap(heading, options());
        let width = lines.iter().map(|l| textwrap::core::display_width(l)).max().unwrap_or(0);
        format!("{}\n{}", lines.join("\n"), "-".repeat(width))
    }

    /// "Label: value", further lines indented. A web address gets a line of its own and stays whole: cut in two it
    /// would not work.
    fn fact(&self, label: &str, value: &str) -> String {
        let line = format!("{label}: {value}");
        if textwrap::core::display_width(&line) > COLUMNS && super::is_web_address(value) {
            format!("{label}:\n{value}")
        } else {
            textwrap::fill(&line, options().subsequent_indent("  "))
        }
    }

    fn titled(&self, kind: &str, name: &str) -> String {
        self.wrapped(&format!("{kind} {name}"))
    }

    fn indented_fact(&self, label: &str, value: &str) -> String {
        self.indented(&format!("{label}: {value}"))
    }

    fn indented(&self, text: &str) -> String {
        textwrap::fill(text, options().initial_indent("  ").subsequent_indent("    "))
    }
}
