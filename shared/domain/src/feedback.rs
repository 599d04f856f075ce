//! What a municipality can report about a signal: the neutral outcomes behind every provider's own codes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An outcome in the words of LAW.md section 8. On the wire it is a code with a sub-code after a dot, such as
/// `help_accepted.quick_fix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The municipality got the signal.
    Received,
    /// It is going to contact the person.
    PickedUp,
    /// It is not going to, for this reason.
    NotPickedUp(NotPickedUp),
    /// The person died: everything is held.
    Deceased,
    /// Nobody of that name lives at the address.
    NotResident,
    /// Help ran already: reminders are held.
    KnownToDebtHelp,
    /// The person is in another trajectory of the municipality.
    OtherTrajectory,
    /// Contact did not come about.
    NoContact,
    /// Contact broke off: help that ran is over.
    LostContact,
    /// The person does not want help.
    HelpDeclined,
    /// The arrears are solved or arranged without help.
    SolvedOrArranged,
    /// Help was accepted: reminders are held.
    HelpAccepted(Option<Help>),
    /// Help is over: reminders go on after the grace.
    HelpEnded,
    /// A code that we do not know: a person looks, and nothing resumes by itself.
    Unknown,
}

/// Why a municipality does not act on a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotPickedUp {
    /// It was told of the same arrears before.
    Repeated,
    /// The signal should not have been sent.
    Unjustified,
    /// Fed back without its reason: never ask for more.
    Other,
}

/// Which help was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Help {
    /// A short intervention.
    QuickFix,
    /// Debt help.
    Financial,
    /// Help of another kind.
    NonFinancial,
}

const CODES: [(&str, Outcome); 19] = [
    ("received", Outcome::Received),
    ("picked_up", Outcome::PickedUp),
    ("not_picked_up", Outcome::NotPickedUp(NotPickedUp::Other)),
    ("not_picked_up.repeated", Outcome::NotPickedUp(NotPickedUp::Repeated)),
    ("not_picked_up.unjustified", Outcome::NotPickedUp(NotPickedUp::Unjustified)),
    ("deceased", Outcome::Deceased),
    ("not_resident", Outcome::NotResident),
    ("known_to_debt_help", Outcome::KnownToDebtHelp),
    ("other_trajectory", Outcome::OtherTrajectory),
    ("no_contact", Outcome::NoContact),
    ("lost_contact", Outcome::LostContact),
    ("help_declined", Outcome::HelpDeclined),
    ("solved_or_arranged", Outcome::SolvedOrArranged),
    ("help_accepted", Outcome::HelpAccepted(None)),
    ("help_accepted.quick_fix", Outcome::HelpAccepted(Some(Help::QuickFix))),
    ("help_accepted.financial", Outcome::HelpAccepted(Some(Help::Financial))),
    ("help_accepted.non_financial", Outcome::HelpAccepted(Some(Help::NonFinancial))),
    ("help_ended", Outcome::HelpEnded),
    ("unknown", Outcome::Unknown),
];

impl Outcome {
    /// The outcome of a code; a code that is not in the list is [`Outcome::Unknown`].
    /// `not_picked_up.other` is the same as `not_picked_up`.
    pub fn from_code(code: &str) -> Outcome {
        let code = if code == "not_picked_up.other" { "not_picked_up" } else { code };
        CODES.iter().find(|(known, _)| *known == code).map_or(Outcome::Unknown, |(_, outcome)| *outcome)
    }

    /// Reminders stop because of it, until a later report ends that.
    pub fn pauses(self) -> bool {
        matches!(self, Outcome::HelpAccepted(_) | Outcome::KnownToDebtHelp)
    }

    /// Help that ran is over, or never began: follow-up goes on.
    pub fn resumes(self) -> bool {
        match self {
            Outcome::HelpEnded
            | Outcome::SolvedOrArranged
            | Outcome::HelpDeclined
            | Outcome::LostContact
            | Outcome::NoContact
            | Outcome::NotPickedUp(_) => true,
            Outcome::Received
            | Outcome::PickedUp
            | Outcome::Deceased
            | Outcome::NotResident
            | Outcome::KnownToDebtHelp
            | Outcome::OtherTrajectory
            | Outcome::HelpAccepted(_)
            | Outcome::Unknown => false,
        }
    }

    /// It says whether reminders pause. The others only tell how far the municipality is, or ask for a person.
    pub fn is_decisive(self) -> bool {
        self.pauses() || self.resumes() || self == Outcome::Deceased
    }

    /// The municipality does nothing with the signal any more: another amount is not news to it.
    pub fn ends_signal(self) -> bool {
        self.resumes() || matches!(self, Outcome::Deceased | Outcome::NotResident)
    }

    /// Every code there is, with its outcome.
    pub fn all() -> impl Iterator<Item = (&'static str, Outcome)> {
        CODES.into_iter()
    }

    /// As it goes over the wire: the outcome, and a sub-code after a dot (LAW.md section 8).
    pub fn code(self) -> &'static str {
        CODES.iter().find(|(_, outcome)| *outcome == self).map_or("unknown", |(code, _)| code)
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Outcome, D::Error> {
        Ok(Outcome::from_code(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_comes_back_and_unknown_ones_are_unknown() {
        for (code, outcome) in CODES {
            assert_eq!(Outcome::from_code(code), outcome);
            assert_eq!(outcome.code(), code);
        }
        for strange in ["", "HELP_ACCEPTED", "help_accepted.", "help_accepted.magic", "help"] {
            assert_eq!(Outcome::from_code(strange), Outcome::Unknown, "{strange}");
        }
    }
}
