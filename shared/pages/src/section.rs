//! A heading with what stands under it, in mails and on pages alike; and the one that points to debt help.

use crate::format::{one_line, tel};
use crate::texts::{TextError, Texts};

pub(crate) const GELDFIT_PHONE: &str = "0800-8115";
const GELDFIT_WEBSITE: &str = "geldfit.nl";
const GELDFIT_ADDRESS: &str = "https://geldfit.nl";

/// A fact that can be followed: a phone number, a web address.
#[derive(Debug)]
pub(crate) struct Line {
    pub label: String,
    /// What HTML shows, as a link where `href` is set.
    pub shown: String,
    pub href: Option<String>,
    /// What the text part shows.
    pub plain: String,
}

#[derive(Debug)]
pub(crate) struct Section {
    pub heading: String,
    pub paragraphs: Vec<String>,
    pub lines: Vec<Line>,
}

/// Where help with debts is: the municipality and the national help line.
pub(crate) fn debt_help(texts: &Texts) -> Result<Section, TextError> {
    Ok(Section {
        heading: texts.help_heading()?,
        paragraphs: vec![texts.help_intro()?, texts.help_municipality()?, texts.help_geldfit()?],
        lines: vec![
            phone_line(texts.label_geldfit_phone()?, GELDFIT_PHONE),
            Line {
                label: texts.label_geldfit_website()?,
                shown: GELDFIT_WEBSITE.to_owned(),
                href: Some(GELDFIT_ADDRESS.to_owned()),
                plain: GELDFIT_WEBSITE.to_owned(),
            },
        ],
    })
}

pub(crate) fn phone_line(label: String, phone: &str) -> Line {
    Line { href: tel(phone), ..plain_line(label, phone) }
}

pub(crate) fn email_line(texts: &Texts, email: &str) -> Result<Line, TextError> {
    let email = one_line(email);
    Ok(Line { href: Some(format!("mailto:{email}")), ..plain_line(texts.label_email()?, &email) })
}

pub(crate) fn plain_line(label: String, value: &str) -> Line {
    let value = one_line(value);
    Line { label, shown: value.clone(), href: None, plain: value }
}
