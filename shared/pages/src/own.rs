//! What an administration says in its own words: filled for one notice, and looked through before it is kept.
//!
//! An own text is only ever a part of a message: what the law asks for is said beside it, by the same code for everyone.
//! A text that cannot be filled for one notice in spite of all checks costs nobody their message: ours is said instead.

mod check;
mod fill;
mod guard;
mod sample;
pub mod standard;
mod variables;

use domain::texts::{KeptText, Part, TextName, TextOf};

pub use check::{check, ours};
pub use sample::{debtor_number as sample_debtor_number, view as sample};
pub use variables::{Holds, VARIABLES, Variable};

use crate::mail::NoticeView;
use crate::texts::TextError;
use variables::Values;

/// What is wrong with a template, where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The rule, as it is named on the HTTP surface.
    pub rule: &'static str,
    /// From 1.
    pub line: usize,
    /// The rule in words, to be read behind the name of the part.
    pub detail: &'static str,
}

/// The words of one message that are the creditor's own; ours where there are none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    pub subject: Option<String>,
    pub heading: Option<String>,
    pub opening: Option<Vec<String>>,
    pub closing: Option<String>,
    pub sentence: Option<String>,
}

/// An own text that could not be said, although it was looked through when it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoilt {
    pub text: TextName,
    pub part: &'static str,
    pub rule: &'static str,
}

/// A message, and the own text that is not in it although it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    pub said: T,
    pub spoilt: Option<Spoilt>,
}

/// Own words for this notice from these texts, the most specific first. Of each part the first that has it speaks; a
/// policy's own opening goes before that of a text about all steps of a kind. Where one text is spoilt, nothing is said
/// in own words: half a message of each would be neither's.
///
/// # Errors
/// [`TextError`]: a defect of this package, not of the texts.
pub fn words(view: &NoticeView<'_>, texts: &[KeptText]) -> Result<(Words, Option<Spoilt>), TextError> {
    if texts.is_empty() {
        return Ok((Words::default(), None));
    }
    let values = Values::of(view)?;
    let mut words = Words::default();
    for part in Part::ALL {
        let of_policy = part == Part::Opening && view.own_opening.is_some();
        let speaks = |kept: &&KeptText| !(of_policy && matches!(kept.name.of, TextOf::Kind(_)));
        let found = texts.iter().filter(speaks).find_map(|kept| Some((&kept.name, kept.text.part(part)?)));
        let Some((name, template)) = found else { continue };
        match fill::fill(part, template, &values) {
            Ok(said) => words.put(part, said),
            Err(Fault { rule, .. }) => {
                let spoilt = Spoilt { text: name.clone(), part: part.name(), rule };
                return Ok((Words::default(), Some(spoilt)));
            }
        }
    }
    Ok((words, None))
}

impl Words {
    fn put(&mut self, part: Part, said: Vec<String>) {
        let line = |said: Vec<String>| Some(said.join(" "));
        match part {
            Part::Subject => self.subject = line(said),
            Part::Heading => self.heading = line(said),
            Part::Opening => self.opening = Some(said),
            Part::Closing => self.closing = line(said),
            Part::Sentence => self.sentence = line(said),
        }
    }
}
