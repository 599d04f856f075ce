//! What every page of the portal has: whose it is, where it is, what was just done, and the tokens of its forms.

use domain::Language;
use domain::administration::Creditor;

use super::{Form, Words};
use crate::format::one_line;
use crate::layout::Shell;
use crate::texts::TextError;

/// Which of the menu's pages this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Overview,
    Pay,
    Details,
    Help,
    /// One that the menu does not lead to.
    Elsewhere,
}

macro_rules! done {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What was just done, told on the page that comes after it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Done {
            $($(#[$doc])* $variant,)*
        }

        impl Done {
            /// As it stands in an address.
            pub fn name(self) -> &'static str {
                match self {
                    $(Done::$variant => $name,)*
                }
            }

            /// The one with this name.
            pub fn named(name: &str) -> Option<Done> {
                [$(Done::$variant),*].into_iter().find(|done| done.name() == name)
            }
        }
    };
}

done! {
    Dispute = "dispute",
    Promise = "promise",
    Plan = "plan",
    PlanAsked = "plan_asked",
    Details = "details",
    Mandate = "mandate",
    MandateWithdrawn = "mandate_withdrawn",
    Objected = "objected",
    ObjectionWithdrawn = "objection_withdrawn",
    Question = "question",
}

/// The frame of one page of a debtor who was let in.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub language: Language,
    pub creditor: &'a Creditor,
    /// Belongs to the session: a form without it was not made here.
    pub form_token: &'a str,
    /// Another one in every form: what is sent twice is done once.
    pub once: &'a str,
    pub done: Option<Done>,
}

/// The same, ready for a template.
pub(crate) struct Base {
    pub shell: Shell,
    pub t: Words,
    pub creditor: String,
    pub phone: String,
    pub email: String,
    pub place: Place,
    pub form_token: String,
    pub once: String,
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
            creditor: one_line(&frame.creditor.name),
            phone: one_line(&frame.creditor.phone),
            email: one_line(&frame.creditor.email),
            place,
            form_token: frame.form_token.to_owned(),
            once: frame.once.to_owned(),
            done: frame.done.map(|done| t.done(done.name())).transpose()?,
            problems,
            t,
        })
    }
}
