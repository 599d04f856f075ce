//! What every page of the desk has: whose books, where it is, what was just done, and the token of its forms.

use domain::Language;
use domain::administration::Administration;
use domain::staff::{Action, Role};

use super::{Form, Words};
use crate::format::one_line;
use crate::layout::Shell;
use crate::texts::TextError;

/// Which of the menu's pages this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Home,
    Debtors,
    Calls,
    Signals,
    Settings,
}

/// The frame of one page.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub language: Language,
    pub administration: &'a Administration,
    /// What the reader may do in it.
    pub role: Role,
    /// They work for several administrations.
    pub several: bool,
    /// Belongs to the session: a form without it was not made here.
    pub form_token: &'a str,
    /// What was just done.
    pub done: Option<Action>,
}

/// The same, ready for a template.
pub(crate) struct Base {
    pub shell: Shell,
    pub t: Words,
    pub creditor: String,
    pub role: String,
    pub several: bool,
    pub settings: bool,
    pub place: Place,
    pub form_token: String,
    pub done: Option<String>,
    /// Fields with what is wrong with them.
    pub problems: Vec<(String, String)>,
}

impl Base {
    pub(crate) fn new(
        frame: &Frame<'_>,
        place: Place,
        form: &Form,
        title: impl FnOnce(&Words) -> Result<String, TextError>,
    ) -> Result<Base, TextError> {
        let t = Words::of(frame.language)?;
        let problems = form.summary(&t)?;
        let title = title(&t)?;
        // Who cannot see the page hears first that something is wrong with it.
        let title = if problems.is_empty() { title } else { format!("{}: {title}", t.problem_title()?) };
        Ok(Base {
            shell: Shell::new(t.shared(), frame.language, title)?,
            creditor: one_line(&frame.administration.creditor.name),
            role: t.role(frame.role.name())?,
            several: frame.several,
            settings: frame.role.may(Action::LookAtSettings),
            place,
            form_token: frame.form_token.to_owned(),
            done: frame.done.map(|done| t.done(done.name())).transpose()?,
            problems,
            t,
        })
    }
}
