//! What somebody sees who is not let in yet, or not to this: the sign-in, the choice of an administration, and refusals.

use askama::Template;
use domain::Language;
use domain::administration::Administration;
use domain::ids::AdministrationId;
use domain::staff::Membership;

use super::{PageError, Words};
use crate::format::one_line;
use crate::layout::Shell;

macro_rules! said {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What is said on a page of the door.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Said {
            $($(#[$doc])* $variant,)*
        }

        impl Said {
            /// As it stands in an address, and as the words choose by it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Said::$variant => $name,)*
                }
            }

            /// The one with this name.
            pub fn named(name: &str) -> Option<Said> {
                [$(Said::$variant),*].into_iter().find(|said| said.name() == name)
            }
        }
    };
}

said! {
    /// The session was ended by its owner.
    Left = "left",
    /// It ended by itself.
    Expired = "expired",
    /// The identity provider said no, or what came back is not good.
    Failed = "failed",
    /// They signed in, and no group of theirs names an administration.
    Nobody = "nobody",
    /// Too many sign-ins from where they are.
    Busy = "busy",
    /// The identity provider is away.
    Away = "away",
    /// There is no such thing, or it is somebody else's.
    NotFound = "not_found",
    /// Their role may not do this.
    NotAllowed = "not_allowed",
    /// The form was not made in this session.
    FormOld = "form_old",
    /// Somebody else changed it at the same time.
    Conflict = "conflict",
    /// Something that we depend on is away.
    Unavailable = "unavailable",
    /// A defect.
    Defect = "defect",
}

/// Enough of a frame for a page without an administration.
struct Bare {
    shell: Shell,
    t: Words,
}

impl Bare {
    fn new(
        language: Language,
        title: impl FnOnce(&Words) -> Result<String, crate::texts::TextError>,
    ) -> Result<Bare, PageError> {
        let t = Words::of(language)?;
        let title = title(&t)?;
        Ok(Bare { shell: Shell::new(t.shared(), language, title)?, t })
    }
}

#[derive(Template)]
#[template(path = "desk/sign_in.html")]
struct SignIn {
    base: Bare,
    said: Option<String>,
    good: bool,
    elsewhere: bool,
}

/// The page on which a sign-in begins.
///
/// # Errors
/// See [`PageError`].
pub fn sign_in(language: Language, said: Option<Said>) -> Result<String, PageError> {
    let base = Bare::new(language, |t| t.sign_in_title())?;
    let left = said == Some(Said::Left);
    let said = said.map(|said| base.t.sign_in_said(said.name())).transpose()?;
    Ok(SignIn { said, good: left, elsewhere: left, base }.render()?)
}

struct Choice {
    id: String,
    name: String,
    role: String,
}

#[derive(Template)]
#[template(path = "desk/choose.html")]
struct Choose {
    base: Bare,
    form_token: String,
    choices: Vec<Choice>,
}

/// The page on which somebody who works for several chooses one.
///
/// # Errors
/// See [`PageError`].
pub fn choose(
    language: Language,
    form_token: &str,
    memberships: &[(Membership, Option<Administration>)],
) -> Result<String, PageError> {
    let base = Bare::new(language, |t| t.choose_title())?;
    let choice = |(membership, known): &(Membership, Option<Administration>)| -> Result<Choice, PageError> {
        let id: &AdministrationId = &membership.administration;
        Ok(Choice {
            id: id.to_string(),
            name: known.as_ref().map_or_else(|| id.to_string(), |a| one_line(&a.creditor.name)),
            role: base.t.role(membership.role.name())?,
        })
    };
    let choices = memberships.iter().map(choice).collect::<Result<_, _>>()?;
    Ok(Choose { form_token: form_token.to_owned(), choices, base }.render()?)
}

#[derive(Template)]
#[template(path = "desk/refused.html")]
struct Refused {
    base: Bare,
    text: String,
}

/// The page that says why there is no other.
///
/// # Errors
/// See [`PageError`].
pub fn refused(language: Language, said: Said) -> Result<String, PageError> {
    let base = Bare::new(language, |t| t.refused_title(said.name()))?;
    Ok(Refused { text: base.t.refused_text(said.name())?, base }.render()?)
}
