//! What can go wrong in a function, in the classes that decide what happens next.

use std::fmt;

use domain::Violation;
use domain::refusal::Refusal;

/// Code of a [`Violation`] whose path ends in a name that only the caller knows.
pub const UNKNOWN_FIELD: &str = "unknown_field";

/// How long a caller waits before it tries again, when nobody knows better.
const RETRY_AFTER_SECONDS: u32 = 5;

/// Why a message or request was not done.
///
/// `Display` is meant for logs: it never holds personal data. Of bad input it tells paths and codes, of a
/// refusal its code. Whoever makes a `Conflict`, `Unavailable` or `Bug` keeps values out of `detail`.
///
/// Nothing to do is not a failure: a queue's handler says `Skipped`, a request is answered with what is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// What came in breaks its own format. Sending it again changes nothing.
    #[error("bad input: {}", Places(.0))]
    BadInput(Vec<Violation>),
    /// A rule forbids it, for good.
    #[error("rejected: {code}")]
    Rejected {
        /// Stable, machine-readable name of the rule.
        code: &'static str,
        /// The rule in words, for the caller.
        detail: String,
    },
    /// What the caller names does not exist in its administration.
    #[error("not found: {what}")]
    NotFound {
        /// The kind of thing, such as `debtor`; never its id.
        what: &'static str,
    },
    /// Somebody else changed it first: load again and decide anew.
    #[error("conflict: {detail}")]
    Conflict { detail: String },
    /// Something that we depend on is throttled, slow or away.
    #[error("unavailable: {detail}")]
    Unavailable {
        detail: String,
        /// When to try again, in seconds from now.
        retry_after_seconds: u32,
    },
    /// An invariant of ours broke. A person has to look.
    #[error("bug: {detail}")]
    Bug { detail: String },
}

/// What a queue and an HTTP answer do with a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Queue: park. HTTP: 400.
    BadInput,
    /// Queue: park. HTTP: 409, or 404 for what does not exist.
    Rejected,
    /// Queue: load again, then retry. HTTP: 409.
    Conflict,
    /// Queue: retry with back-off. HTTP: 503 with `Retry-After`.
    Unavailable,
    /// Queue: park and alarm. HTTP: 500 without details.
    Bug,
}

impl Failure {
    /// One field that is wrong. Several: `Failure::BadInput(violations)`.
    pub fn bad_input(path: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Failure {
        Failure::BadInput(vec![Violation::new(path, code, detail)])
    }

    /// A rule with a stable `code` forbids it.
    pub fn rejected(code: &'static str, detail: impl Into<String>) -> Failure {
        Failure::Rejected { code, detail: detail.into() }
    }

    /// No such `what` (`debtor`, `invoice` ...) in the caller's administration.
    pub fn not_found(what: &'static str) -> Failure {
        Failure::NotFound { what }
    }

    pub fn conflict(detail: impl Into<String>) -> Failure {
        Failure::Conflict { detail: detail.into() }
    }

    /// Away for a moment; worth another try in five seconds.
    pub fn unavailable(detail: impl Into<String>) -> Failure {
        Failure::Unavailable { detail: detail.into(), retry_after_seconds: RETRY_AFTER_SECONDS }
    }

    pub fn bug(detail: impl Into<String>) -> Failure {
        Failure::Bug { detail: detail.into() }
    }

    /// Which treatment it gets.
    pub fn class(&self) -> Class {
        match self {
            Failure::BadInput(_) => Class::BadInput,
            Failure::Rejected { .. } | Failure::NotFound { .. } => Class::Rejected,
            Failure::Conflict { .. } => Class::Conflict,
            Failure::Unavailable { .. } => Class::Unavailable,
            Failure::Bug { .. } => Class::Bug,
        }
    }

    /// Stable name of the reason, for the reason of a parked message and the `type` of a problem.
    pub fn code(&self) -> &'static str {
        match self {
            Failure::BadInput(_) => "bad_input",
            Failure::Rejected { code, .. } => code,
            Failure::NotFound { .. } => "not_found",
            Failure::Conflict { .. } => "conflict",
            Failure::Unavailable { .. } => "unavailable",
            Failure::Bug { .. } => "bug",
        }
    }
}

impl From<Violation> for Failure {
    fn from(violation: Violation) -> Failure {
        Failure::BadInput(vec![violation])
    }
}

impl From<Vec<Violation>> for Failure {
    fn from(violations: Vec<Violation>) -> Failure {
        Failure::BadInput(violations)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        match refusal {
            Refusal::NoSuchHold => Failure::not_found("hold"),
            Refusal::NoSuchSignal => Failure::not_found("signal"),
            Refusal::NoSuchNotice => Failure::not_found("notice"),
            Refusal::NoSuchPlan => Failure::not_found("payment plan"),
            Refusal::NoSuchDispute => Failure::not_found("dispute"),
            Refusal::NoSuchPromise => Failure::not_found("promise"),
            Refusal::NoSuchMandate => Failure::not_found("mandate"),
            Refusal::NoSuchBatch => Failure::not_found("batch"),
            Refusal::NoSuchDebit => Failure::not_found("direct debit"),
            Refusal::NoSuchPaymentRequest => Failure::not_found("payment request"),
            Refusal::NoSuchCase => Failure::not_found("case"),
            Refusal::NoSuchMessage => Failure::not_found("message"),
            Refusal::TooManyOpenInvoices
            | Refusal::NoPaymentProvider
            | Refusal::MethodNotOffered
            | Refusal::TooManyPaymentRequests
            | Refusal::PaymentRequestOver
            | Refusal::PaymentRequestUnderWay
            | Refusal::PaymentRequestRunsOn
            | Refusal::PaymentRequestOfAnotherReference
            | Refusal::CaseHandedOver
            | Refusal::CaseNotHandedOver
            | Refusal::CaseHasPlan
            | Refusal::CaseHasDispute
            | Refusal::CaseHasDebit
            | Refusal::PolicyInUse
            | Refusal::TooManyPolicies
            | Refusal::TooManyTexts
            | Refusal::NothingToSay
            | Refusal::NoReminderInPolicy
            | Refusal::InvoiceOfAnotherDebtor
            | Refusal::KindIsFixed
            | Refusal::PaymentIsElsewhere
            | Refusal::ReversalWithoutInvoice
            | Refusal::HoldOfMunicipality
            | Refusal::HoldEndsWithItsCause
            | Refusal::EverythingHeld
            | Refusal::TooManyUnread
            | Refusal::TooManyToState
            | Refusal::NoAddressThatWay
            | Refusal::StatementUnderWay
            | Refusal::NotALetter
            | Refusal::NoNextStep
            | Refusal::NoticeUnderWay
            | Refusal::NoSuchStep
            | Refusal::NotASendingDay
            | Refusal::StepInPast
            | Refusal::StepTooFar
            | Refusal::NotBeforeItsTerm
            | Refusal::PlanNotProposed
            | Refusal::PlanNotRunning
            | Refusal::InvoiceInPlan
            | Refusal::NothingToPlan
            | Refusal::PlanOutsideLimits
            | Refusal::DisputeDecidedAlready
            | Refusal::DisputedAlready
            | Refusal::PromiseNotOpen
            | Refusal::TooManyPromises
            | Refusal::PromiseTooLate
            | Refusal::PromisedAlready
            | Refusal::NothingOpen
            | Refusal::PlanDoesNotAddUp
            | Refusal::MandateOfAnotherDebtor
            | Refusal::MandateIsFixed
            | Refusal::MandateEnded
            | Refusal::SchemeForBusinesses
            | Refusal::TooManyMandates
            | Refusal::BatchCannotBecome
            | Refusal::BatchWasRejected
            | Refusal::LineIsMatched
            | Refusal::LineNotMatched
            | Refusal::LineWasTakenBack
            | Refusal::LineIsUnderWay
            | Refusal::PartsDoNotAddUp
            | Refusal::LineBringsNothing
            | Refusal::LineTakesNothingBack
            | Refusal::DebtorHasOpenItems
            | Refusal::SignalRuns
            | Refusal::DebtorIsDeleted
            | Refusal::SignalNotPrepared
            | Refusal::SignalNotSent
            | Refusal::SecondPersonNeeded
            | Refusal::ConditionsNoLongerHold
            | Refusal::SectorMayNotSignal => Failure::rejected(refusal.code(), refusal.to_string()),
        }
    }
}

/// Paths and codes of violations; the name of an unknown field is the caller's own text, so it stays out.
struct Places<'a>(&'a [Violation]);

impl fmt::Display for Places<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 10;
        for (index, violation) in self.0.iter().take(MOST).enumerate() {
            let path = if violation.code == UNKNOWN_FIELD {
                violation.path.rsplit_once('.').map_or("", |(parent, _)| parent)
            } else {
                violation.path.as_str()
            };
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{path}:{}", violation.code)?;
        }
        if self.0.len() > MOST {
            write!(f, " and {} more", self.0.len() - MOST)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_class_and_a_code() {
        let table = [
            (Failure::bad_input("total", "three_decimals", ""), Class::BadInput, "bad_input"),
            (Failure::rejected("kind_is_fixed", ""), Class::Rejected, "kind_is_fixed"),
            (Failure::not_found("debtor"), Class::Rejected, "not_found"),
            (Failure::conflict(""), Class::Conflict, "conflict"),
            (Failure::unavailable(""), Class::Unavailable, "unavailable"),
            (Failure::bug(""), Class::Bug, "bug"),
            (Refusal::NoSuchHold.into(), Class::Rejected, "not_found"),
            (Refusal::SectorMayNotSignal.into(), Class::Rejected, "sector_may_not_signal"),
        ];
        for (failure, class, code) in table {
            assert_eq!((failure.class(), failure.code()), (class, code), "{failure:?}");
        }
    }

    #[test]
    fn a_failure_in_words_holds_no_value_of_the_caller() {
        let table = [
            (
                Failure::bad_input("emails[0]", "not_an_address", "jan@example.nl"),
                "bad input: emails[0]:not_an_address",
            ),
            (Failure::bad_input("person.jan@example", UNKNOWN_FIELD, "x"), "bad input: person:unknown_field"),
            (Failure::bad_input("bsn", UNKNOWN_FIELD, "x"), "bad input: :unknown_field"),
            (Failure::rejected("kind_is_fixed", "of Jan"), "rejected: kind_is_fixed"),
            (Failure::not_found("debtor"), "not found: debtor"),
        ];
        for (failure, words) in table {
            assert_eq!(failure.to_string(), words);
        }
    }

    #[test]
    fn a_thousand_violations_make_one_short_line() {
        let many = (0..1000).map(|n| Violation::new(format!("records[{n}]"), "bad", "")).collect::<Vec<_>>();
        let line = Failure::from(many).to_string();
        assert!(line.ends_with("records[9]:bad and 990 more"), "{line}");
    }
}
