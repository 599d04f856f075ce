//! Signals to the municipalities' platforms, in our own words: one model, one adapter for each provider.
//!
//! Neither provider publishes its interface, so each adapter owns its wire format, its codes and its capabilities,
//! and takes every address and header name from its configuration.

mod answer;
mod connected;
mod message;
mod reports;

use async_trait::async_trait;
use domain::feedback::Outcome;
use domain::provider::Provider;
pub use domain::provider::{Capabilities, FeedbackBy};
pub use domain::signal::Operation;

pub(crate) use answer::{Answered, outcome_of};
pub use connected::{SettingsError, connect, from_settings};
pub use message::{MissingField, SignalAddress, SignalMessage, SignalPerson};
pub use reports::{RawReport, ReportPage, ReportsError};
pub(crate) use reports::{Told, page_of};

/// A municipal platform. One call is one attempt, under the message's idempotency key: repeating it under the same
/// key with the same message is one signal, never two.
#[async_trait]
pub trait MunicipalPlatform: Send + Sync {
    fn provider(&self) -> Provider;

    fn capabilities(&self) -> Capabilities;

    /// Submits one operation on one signal. `identification` is the number under which the platform knows the
    /// creditor.
    async fn submit(
        &self,
        operation: Operation,
        message: &SignalMessage,
        identification: &str,
    ) -> SubmitOutcome;

    /// Asks for what municipalities reported to this creditor after a mark that the platform gave; from the beginning
    /// without one. It changes nothing there.
    async fn reports(&self, identification: &str, after: Option<&str>) -> Result<ReportPage, ReportsError>;
}

/// What is certain after one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// The platform answered that it took the operation in.
    Accepted(Receipt),
    /// The platform refused it for good: `field: code` for each thing that is wrong. No personal data.
    Rejected { errors: Vec<String> },
    /// It is certain that it was not taken in, and it may be later.
    Temporary { reason: String },
    /// It may have been taken in: repeat under the same key, or ask a person.
    Unknown { reason: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The platform's own name of the signal; feedback comes back under it.
    pub provider_reference: String,
}

/// What a provider's raw codes mean. The version is raised with every change, so that a stored outcome can be
/// traced to the map that it was read with.
#[derive(Debug, Clone, Copy)]
pub struct CodeMap {
    pub provider: Provider,
    pub version: u32,
    /// The provider's own codes. A code that is not here is looked up among the neutral ones.
    pub(crate) own: &'static [(&'static str, Outcome)],
}

impl CodeMap {
    /// The outcome of a raw code; one that is not known is [`Outcome::Unknown`], and a person looks at it.
    pub fn outcome(&self, raw_code: &str) -> Outcome {
        let own = self.own.iter().find(|(code, _)| *code == raw_code).map(|(_, outcome)| *outcome);
        own.unwrap_or_else(|| Outcome::from_code(raw_code))
    }
}

/// The code map that is in force for a provider.
pub fn code_map(provider: Provider) -> CodeMap {
    match provider {
        Provider::Bkr => crate::bkr::CODES,
        Provider::Inforing => crate::inforing::CODES,
    }
}

#[cfg(test)]
mod tests {
    use domain::feedback::{Help, NotPickedUp};

    use super::*;

    #[test]
    fn raw_codes_are_the_neutral_ones_until_the_vendors_codes_are_known() {
        let table = [
            ("help_accepted.quick_fix", Outcome::HelpAccepted(Some(Help::QuickFix))),
            ("help_accepted", Outcome::HelpAccepted(None)),
            ("not_picked_up.repeated", Outcome::NotPickedUp(NotPickedUp::Repeated)),
            ("deceased", Outcome::Deceased),
            ("help_ended", Outcome::HelpEnded),
            ("HELP_ENDED", Outcome::Unknown),
            ("", Outcome::Unknown),
        ];
        for provider in [Provider::Bkr, Provider::Inforing] {
            for (code, outcome) in table {
                assert_eq!(code_map(provider).outcome(code), outcome, "{provider} {code}");
            }
        }
    }

    #[test]
    fn a_providers_own_code_wins() {
        let map = CodeMap {
            own: &[("17", Outcome::Deceased), ("received", Outcome::PickedUp)],
            ..code_map(Provider::Bkr)
        };
        assert_eq!(map.outcome("17"), Outcome::Deceased);
        assert_eq!(map.outcome("received"), Outcome::PickedUp);
        assert_eq!(map.outcome("picked_up"), Outcome::PickedUp);
    }
}
