//! What a link or a letter's code shows before anybody was let in: nothing about anyone. Whoever comes with a link that leads
//! nowhere sees the same, to the byte.

use askama::Template;
use domain::Language;

use super::form::Field;
use super::{Form, PageError, Words};
use crate::layout::Shell;
use crate::texts::TextError;

/// What is said at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// A code is on its way, if the link is anybody's.
    Asked,
    /// That opened nothing.
    Wrong,
    /// The session is over.
    Expired,
    /// They went.
    Left,
    /// The form was not made here, or long ago.
    FormOld,
    /// There is no such page.
    NotFound,
    /// Something is away, or broke.
    Trouble,
}

impl Said {
    fn is_bad(self) -> bool {
        matches!(self, Said::Wrong | Said::FormOld | Said::NotFound | Said::Trouble)
    }
}

struct Base {
    shell: Shell,
    t: Words,
    form_token: String,
    said: Option<String>,
    bad: bool,
}

impl Base {
    fn new(
        language: Language,
        form_token: &str,
        said: Option<Said>,
        title: impl FnOnce(&Words) -> Result<String, TextError>,
        wrong: impl FnOnce(&Words) -> Result<String, TextError>,
    ) -> Result<Base, TextError> {
        let t = Words::of(language)?;
        let words = match said {
            None => None,
            Some(Said::Asked) => Some(t.door_asked()?),
            Some(Said::Wrong) => Some(wrong(&t)?),
            Some(Said::Expired) => Some(t.expired()?),
            Some(Said::Left) => Some(t.left()?),
            Some(Said::FormOld) => Some(t.form_old()?),
            Some(Said::NotFound) => Some(t.not_found()?),
            Some(Said::Trouble) => Some(t.trouble()?),
        };
        let shell = Shell::new(t.shared(), language, title(&t)?)?;
        let bad = said.is_some_and(Said::is_bad);
        Ok(Base { shell, t, form_token: form_token.to_owned(), said: words, bad })
    }
}

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    base: Base,
}

/// The portal's own address: says where to go in.
///
/// # Errors
/// See [`PageError`].
pub fn home(language: Language, said: Option<Said>) -> Result<String, PageError> {
    let base = Base::new(language, "", said, Words::door_title, Words::door_wrong)?;
    Ok(Home { base }.render()?)
}

#[derive(Template)]
#[template(path = "portal/door.html")]
struct Door {
    base: Base,
    code: Field,
}

/// Where a link leads: asks for a code, and takes one.
///
/// # Errors
/// See [`PageError`].
pub fn door(language: Language, form_token: &str, said: Option<Said>) -> Result<String, PageError> {
    let base = Base::new(language, form_token, said, Words::door_title, Words::door_wrong)?;
    let t = &base.t;
    let code = Field { most: 12, class: "code", ..Field::text(&Form::default(), t, "code", t.door_code()?)? };
    let code = code.hinted(t.door_code_hint()?).kind("text", "one-time-code", "numeric");
    Ok(Door { code, base }.render()?)
}

#[derive(Template)]
#[template(path = "portal/letter.html")]
struct Letter {
    base: Base,
    code: Field,
    birth_date: Field,
    postcode: Field,
}

/// Where the code of a letter is filled in, with what only the debtor knows.
///
/// # Errors
/// See [`PageError`].
pub fn letter(language: Language, form_token: &str, said: Option<Said>) -> Result<String, PageError> {
    let base = Base::new(language, form_token, said, Words::letter_title, Words::letter_wrong)?;
    let (t, form) = (&base.t, Form::default());
    let code = Field { most: 20, ..Field::text(&form, t, "letter_code", t.letter_code()?)? };
    let birth_date = Field::text(&form, t, "birth_date", t.letter_birth_date()?)?;
    let postcode = Field { most: 10, ..Field::text(&form, t, "postcode", t.letter_postcode()?)? };
    let page = Letter {
        code: code.hinted(t.letter_code_hint()?),
        birth_date: birth_date.hinted(t.letter_birth_date_hint()?).kind("date", "bday", "text").optional(),
        postcode: postcode.hinted(t.letter_postcode_hint()?).kind("text", "postal-code", "text"),
        base,
    };
    Ok(page.render()?)
}
