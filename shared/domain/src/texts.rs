//! What an administration says in its own words, and in which tone: which texts there are, which of them a notice speaks
//! with, and what may stand in one.
//!
//! An own text takes the place of what is the creditor's to say: subject, heading, opening and closing, or a sentence of a
//! text message. What the law asks for is no part of it. What is absent: the templates are filled elsewhere.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::IntoDeserializer;
use serde::de::value::Error as WordError;
use serde::{Deserialize, Serialize};

use crate::administration::Administration;
use crate::ids::{PolicyId, StepId};
use crate::notice::{Channel, Notice};
use crate::policy::Step;
use crate::refusal::Refusal;
use crate::step::StepKind;
use crate::{Language, Violation};

/// Own texts of one administration at most: the settings keep their names, and are read with every step.
pub const MOST_TEXTS: usize = 200;

/// How debtors are spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tone {
    /// With "u" in Dutch.
    #[default]
    Formal,
    /// With "je" in Dutch, and warmer.
    Friendly,
}

impl Tone {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Formal => "formal",
            Tone::Friendly => "friendly",
        }
    }
}

impl Language {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Language::Nl => "nl",
            Language::En => "en",
        }
    }
}

impl StepKind {
    /// It may be said in a friendly tone. What has consequences in law stays formal: a formal notice, an announcement of
    /// the end of service and everything after it.
    pub fn may_be_friendly(self) -> bool {
        self <= StepKind::FinalReminder
    }
}

/// What a text is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextOf {
    /// Every step of this kind that has no text of its own.
    Kind(StepKind),
    /// One step of one policy.
    Step {
        /// The policy.
        policy: PolicyId,
        /// Its name of the step.
        step: StepId,
    },
}

/// Why a text is not the name of an own text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not what a text can be about: a kind of step, or a policy and a step as policy:step")]
pub struct TextNameError;

fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, TextNameError> {
    let deserializer: serde::de::value::StrDeserializer<'_, WordError> = text.into_deserializer();
    T::deserialize(deserializer).map_err(|_| TextNameError)
}

impl fmt::Display for TextOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextOf::Kind(kind) => f.write_str(kind.name()),
            TextOf::Step { policy, step } => write!(f, "{policy}:{step}"),
        }
    }
}

impl FromStr for TextOf {
    type Err = TextNameError;

    fn from_str(text: &str) -> Result<TextOf, TextNameError> {
        let Some((policy, step)) = text.split_once(':') else { return word(text).map(TextOf::Kind) };
        Ok(TextOf::Step {
            policy: PolicyId::parse(policy).map_err(|_| TextNameError)?,
            step: StepId::parse(step).map_err(|_| TextNameError)?,
        })
    }
}

impl<'de> Deserialize<'de> for TextOf {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<TextOf, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Which own text: `reminder/email/nl/formal`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextName {
    /// What it is about.
    pub of: TextOf,
    /// The way that it goes.
    pub channel: Channel,
    /// The language that it is in.
    pub language: Language,
    /// The tone that it keeps.
    pub tone: Tone,
}

impl fmt::Display for TextName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TextName { of, channel, language, tone } = self;
        write!(f, "{of}/{}/{}/{}", channel.name(), language.name(), tone.name())
    }
}

impl FromStr for TextName {
    type Err = TextNameError;

    fn from_str(text: &str) -> Result<TextName, TextNameError> {
        let parts: Vec<&str> = text.split('/').collect();
        let [of, channel, language, tone] = parts[..] else { return Err(TextNameError) };
        Ok(TextName {
            of: of.parse()?,
            channel: word(channel)?,
            language: word(language)?,
            tone: word(tone)?,
        })
    }
}

impl Serialize for TextName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TextName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<TextName, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl TextName {
    /// The kind of step that it is about; `None` where the policy has no such step.
    pub fn kind(&self, administration: &Administration) -> Option<StepKind> {
        match &self.of {
            TextOf::Kind(kind) => Some(*kind),
            TextOf::Step { policy, step } => {
                let steps = &administration.policy(policy)?.steps;
                steps.iter().find(|s| s.id == *step).map(|s| s.kind)
            }
        }
    }
}

/// The parts of a message that are the creditor's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The subject of a mail, and the title of a letter's PDF.
    Subject,
    /// What stands above it.
    Heading,
    /// The paragraphs after the salutation.
    Opening,
    /// The words above the creditor's name.
    Closing,
    /// What a text message says behind what it has to say.
    Sentence,
}

impl Part {
    /// In the order in which they are read.
    pub const ALL: [Part; 5] = [Part::Subject, Part::Heading, Part::Opening, Part::Closing, Part::Sentence];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Part::Subject => "subject",
            Part::Heading => "heading",
            Part::Opening => "opening",
            Part::Closing => "closing",
            Part::Sentence => "sentence",
        }
    }

    /// A message on this channel has it.
    pub fn is_of(self, channel: Channel) -> bool {
        match channel {
            Channel::Email | Channel::Letter => self != Part::Sentence,
            Channel::Sms => self == Part::Sentence,
            Channel::Phone => false,
        }
    }

    /// Characters of its template at most.
    pub fn longest(self) -> usize {
        match self {
            Part::Subject | Part::Heading | Part::Closing | Part::Sentence => 1_000,
            Part::Opening => 8_000,
        }
    }

    /// Characters of what it comes to, at most.
    pub fn longest_said(self) -> usize {
        match self {
            Part::Subject | Part::Heading => 150,
            Part::Closing => 200,
            Part::Sentence => 160,
            Part::Opening => 4_000,
        }
    }
}

/// Own words, as templates. What is left out is said in ours.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnText {
    /// See [`Part::Subject`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// See [`Part::Heading`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// See [`Part::Opening`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<String>,
    /// See [`Part::Closing`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<String>,
    /// See [`Part::Sentence`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
}

impl OwnText {
    /// The template of a part, where it has one.
    pub fn part(&self, part: Part) -> Option<&str> {
        match part {
            Part::Subject => self.subject.as_deref(),
            Part::Heading => self.heading.as_deref(),
            Part::Opening => self.opening.as_deref(),
            Part::Closing => self.closing.as_deref(),
            Part::Sentence => self.sentence.as_deref(),
        }
    }

    /// What is wrong with it before any template is looked into; paths are the names of its parts.
    pub fn check(&self, name: &TextName, administration: &Administration) -> Vec<Violation> {
        let mut found = check_name(name, administration);
        if !found.is_empty() {
            return found;
        }
        let mut refuse = |path: &str, code, detail: String| found.push(Violation::new(path, code, detail));
        for part in Part::ALL {
            let Some(template) = self.part(part) else { continue };
            let longest = part.longest();
            if !part.is_of(name.channel) {
                let detail = "is no part of a message on this channel".to_owned();
                refuse(part.name(), "not_of_this_channel", detail);
            } else if template.trim().is_empty() || template.chars().count() > longest {
                refuse(part.name(), "length", format!("has 1 to {longest} characters"));
            } else if template.chars().any(|c| c.is_control() && c != '\n') {
                refuse(part.name(), "control_character", "holds a control character".to_owned());
            }
        }
        if Part::ALL.iter().all(|part| self.part(*part).is_none()) {
            let first = if name.channel == Channel::Sms { Part::Sentence } else { Part::Opening };
            refuse(first.name(), "required", "is there, or another part is: it says nothing".to_owned());
        }
        found
    }
}

/// What is wrong with the name of a text; paths are those of the address.
pub fn check_name(name: &TextName, administration: &Administration) -> Vec<Violation> {
    let one = |path: &str, code, detail: &str| vec![Violation::new(path, code, detail)];
    let Some(kind) = name.kind(administration) else {
        return one("of", "unknown_step", "names a step that the policy has");
    };
    if !kind.is_notice() {
        return one("of", "no_message", "is a step without a message: it puts a task before people");
    }
    if kind == StepKind::DeskMessage {
        return one("of", "no_text", "is what people write themselves: standard texts help them");
    }
    if name.channel == Channel::Phone {
        return one("channel", "no_text", "has no text: a call is a task, and people speak for themselves");
    }
    if !kind.may_go_by(name.channel) {
        return one("channel", "not_by_this_channel", "is one that messages of this step may take");
    }
    if name.tone == Tone::Friendly && !kind.may_be_friendly() {
        return one("tone", "stays_formal", "is formal: what has consequences in law is said formally");
    }
    Vec::new()
}

/// An own text as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptText {
    /// Which it is.
    pub name: TextName,
    /// Counts up over all own texts of the administration: no version ever comes back.
    pub version: u32,
    /// What it says.
    pub text: OwnText,
    /// When it was put.
    pub updated_at: Timestamp,
    /// A token's subject.
    pub by: String,
}

/// Which own texts there are. They stand with the settings, so that whoever has none pays nothing for looking, and a
/// notice is claimed only under the texts that it was written with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnTexts {
    /// Changes that there ever were.
    pub changes: u32,
    /// The names of those that there are.
    pub names: BTreeSet<TextName>,
}

impl OwnTexts {
    /// There never was any.
    pub fn is_unused(&self) -> bool {
        self.changes == 0
    }
}

/// A change of one own text: the administration that knows of it, and the text as it is to be kept or forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// With the names as they are now.
    pub administration: Administration,
    /// `None` where it is taken away.
    pub kept: Option<KeptText>,
    /// What it replaces.
    pub earlier: Option<KeptText>,
}

/// Puts a text, in place of the one that is there. `None` where it says the same already.
///
/// # Errors
/// [`Refusal::TooManyTexts`].
pub fn put_text(
    administration: &Administration,
    name: &TextName,
    text: OwnText,
    known: Option<KeptText>,
    by: &str,
    now: Timestamp,
) -> Result<Option<TextChange>, Refusal> {
    if known.as_ref().is_some_and(|known| known.text == text) {
        return Ok(None);
    }
    let mut administration = administration.clone();
    let texts = &mut administration.texts;
    if texts.names.insert(name.clone()) && texts.names.len() > MOST_TEXTS {
        return Err(Refusal::TooManyTexts);
    }
    texts.changes += 1;
    let version = texts.changes;
    let kept = KeptText { name: name.clone(), version, text, updated_at: now, by: by.to_owned() };
    Ok(Some(TextChange { administration, kept: Some(kept), earlier: known }))
}

/// Takes a text away: ours is said again.
pub fn remove_text(administration: &Administration, known: KeptText) -> TextChange {
    let mut administration = administration.clone();
    administration.texts.names.remove(&known.name);
    administration.texts.changes += 1;
    TextChange { administration, kept: None, earlier: Some(known) }
}

impl Administration {
    /// The step that a notice speaks with: its heaviest; `None` where the policy has no such step any more.
    pub fn speaking_step(&self, notice: &Notice) -> Option<(&PolicyId, &Step)> {
        let line = notice.lines.iter().find(|l| l.kind == notice.kind)?;
        let policy = self.policy(&line.policy)?;
        policy.steps.iter().find(|s| s.id == line.step).map(|step| (&policy.id, step))
    }

    /// The tone of a notice.
    pub fn tone_of(&self, notice: &Notice) -> Tone {
        if !notice.kind.may_be_friendly() {
            return Tone::Formal;
        }
        self.speaking_step(notice).and_then(|(_, step)| step.tone).unwrap_or(self.tone)
    }

    /// The own texts that a notice speaks with in this language, the most specific first.
    pub fn texts_of(&self, notice: &Notice, language: Language) -> Vec<TextName> {
        if self.texts.names.is_empty() || !may_be_own(notice) {
            return Vec::new();
        }
        let (channel, tone) = (notice.channel, self.tone_of(notice));
        let step = self
            .speaking_step(notice)
            .map(|(policy, step)| TextOf::Step { policy: policy.clone(), step: step.id.clone() });
        step.into_iter()
            .chain([TextOf::Kind(notice.kind)])
            .map(|of| TextName { of, channel, language, tone })
            .filter(|name| self.texts.names.contains(name))
            .collect()
    }
}

/// Whether a notice may speak in own words. One that carries a formal notice beside something heavier speaks in ours: no
/// other term may stand beside that of the formal notice (HR 2016:2704).
pub fn may_be_own(notice: &Notice) -> bool {
    notice.kind == StepKind::FormalNotice
        || notice.lines.iter().all(|line| line.kind != StepKind::FormalNotice)
}

/// Words that name a day or a term, in Dutch and English.
const TERM_WORDS: &[&str] = &[
    "dag",
    "dagen",
    "week",
    "weken",
    "maand",
    "maanden",
    "uur",
    "termijn",
    "uiterlijk",
    "vóór",
    "vandaag",
    "morgen",
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
    "day",
    "days",
    "weeks",
    "month",
    "months",
    "hour",
    "hours",
    "term",
    "deadline",
    "today",
    "tomorrow",
    "january",
    "february",
    "march",
    "june",
    "july",
    "august",
    "october",
];

/// Whether this names a day or a term. A formal notice has one term, in the words of the Supreme Court: another one beside
/// it may void it for good (HR 2016:2704).
pub fn names_a_term(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| TERM_WORDS.contains(&word.to_lowercase().as_str())) || is_written_date(text)
}

/// Two numbers of one or two digits with a hyphen or slash between, as in 1-12-2026.
fn is_written_date(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let parts: Vec<&str> = word.split(['-', '/']).collect();
        let short = |part: &&str| matches!(part.len(), 1 | 2) && part.chars().all(|c| c.is_ascii_digit());
        parts.len() >= 2 && parts.iter().take(2).all(short)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_text_is_written_and_read_the_same() {
        for name in ["reminder/email/nl/formal", "standard:reminder-1/sms/en/friendly"] {
            let read: TextName = name.parse().unwrap();
            assert_eq!(read.to_string(), name);
        }
        for wrong in [
            "",
            "reminder",
            "nothing/email/nl/formal",
            "reminder/fax/nl/formal",
            "reminder/email/de/formal",
            "reminder/email/nl/rude",
            "a:b:c/email/nl/formal",
            ":x/email/nl/formal",
            "reminder/email/nl/formal/x",
        ] {
            assert_eq!(wrong.parse::<TextName>(), Err(TextNameError), "{wrong}");
        }
    }

    #[test]
    fn a_term_is_seen_however_it_is_written() {
        let table = [
            ("Betaal binnen 14 dagen.", true),
            ("Betaal uiterlijk op 7 oktober.", true),
            ("Betaal vóór het te laat is.", true),
            ("Betaal op 7-10.", true),
            ("Pay today", true),
            ("Pay within five DAYS", true),
            ("Dit is een aanmaning voor factuur 2026-0001.", false),
            ("Bel ons op 088-1234567.", false),
            ("Wij missen uw betaling.", false),
        ];
        for (text, expected) in table {
            assert_eq!(names_a_term(text), expected, "{text}");
        }
    }

    #[test]
    fn only_what_has_no_consequences_in_law_may_be_friendly() {
        use StepKind::{FinalReminder, FormalNotice, InstalmentReminder, Summons};
        for (kind, expected) in
            [(InstalmentReminder, true), (FinalReminder, true), (FormalNotice, false), (Summons, false)]
        {
            assert_eq!(kind.may_be_friendly(), expected, "{kind:?}");
        }
    }
}
