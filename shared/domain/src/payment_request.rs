//! Payment requests: a debtor is offered to pay an amount through a payment provider. A *payment* is what came in by it.
//!
//! The amount is fixed when the request is made. What the provider reports is only ever taken as how things stand now, so
//! that reports may come twice, late or out of order: [`RequestState::may_become`] says which way a request goes.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::{InvoiceId, PaymentId, PaymentRequestId, PlanId};
use crate::language::Language;
use crate::notice::UNKNOWN_AFTER;

/// Longest name of a payment method, in characters.
const LONGEST_METHOD: usize = 32;

/// Longest reference that a provider may give, in characters: with the provider's name it is the id of a payment.
pub const LONGEST_REFERENCE: usize = 50;

/// A payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentProvider {
    /// Mollie, payments v2.
    Mollie,
    /// PayPal, orders v2.
    #[serde(rename = "paypal")]
    PayPal,
}

impl PaymentProvider {
    /// All of them.
    pub const ALL: [PaymentProvider; 2] = [PaymentProvider::Mollie, PaymentProvider::PayPal];

    /// As it stands in paths, keys and settings.
    pub fn code(self) -> &'static str {
        match self {
            PaymentProvider::Mollie => "mollie",
            PaymentProvider::PayPal => "paypal",
        }
    }

    /// The id of the payment that this reference of the provider stands for; `None` where it is not a reference.
    pub fn payment_id(self, reference: &str) -> Option<PaymentId> {
        is_reference(reference).then(|| PaymentId::parse(&format!("{self}.{reference}")).ok()).flatten()
    }
}

impl fmt::Display for PaymentProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Not the name of a payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is mollie or paypal")]
pub struct UnknownPaymentProvider;

impl FromStr for PaymentProvider {
    type Err = UnknownPaymentProvider;

    fn from_str(text: &str) -> Result<PaymentProvider, UnknownPaymentProvider> {
        PaymentProvider::ALL.into_iter().find(|p| p.code() == text).ok_or(UnknownPaymentProvider)
    }
}

/// Whether a text can be a provider's reference: short and plain, so that it can stand in a key and an address.
pub fn is_reference(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (1..=LONGEST_REFERENCE).contains(&text.len()) && text.chars().all(plain)
}

/// Whether a text can be the name of a payment method, such as `ideal` or `creditcard`. Providers rename and add methods
/// (iDEAL becomes Wero), so there is no list of them here.
pub fn is_method(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=LONGEST_METHOD).contains(&text.len()) && text.chars().all(plain)
}

/// Through which providers debtors may pay.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRules {
    /// The provider of a request that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_provider: Option<PaymentProvider>,
    /// Mollie.
    #[serde(default)]
    pub mollie: ProviderRules,
    /// PayPal.
    #[serde(default)]
    pub paypal: ProviderRules,
}

impl PaymentRules {
    /// The rules for this provider.
    pub fn of(&self, provider: PaymentProvider) -> &ProviderRules {
        match provider {
            PaymentProvider::Mollie => &self.mollie,
            PaymentProvider::PayPal => &self.paypal,
        }
    }

    /// The same, to change them.
    pub fn of_mut(&mut self, provider: PaymentProvider) -> &mut ProviderRules {
        match provider {
            PaymentProvider::Mollie => &mut self.mollie,
            PaymentProvider::PayPal => &mut self.paypal,
        }
    }
}

/// How one provider is used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderRules {
    /// Requests may be made through it.
    #[serde(default)]
    pub enabled: bool,
    /// The methods that debtors may choose from, by the provider's names; all that the account has where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum RequestAbout {
    /// One invoice.
    Invoice {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// What has to be paid by the day of one instalment, the ones before it included.
    Instalment {
        /// The payment plan.
        plan: PlanId,
        /// Its number, from 1 on.
        number: u16,
    },
    /// All that the debtor owes.
    Everything,
}

/// An amount that a debtor is offered to pay through a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRequest {
    /// `{debtor}.q{number}`.
    pub id: PaymentRequestId,
    /// What it is about.
    pub about: RequestAbout,
    /// What is asked, in euros: as it was open when the request was made.
    pub amount: Money,
    /// Through whom.
    pub provider: PaymentProvider,
    /// The methods that are offered, by the provider's names; all where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// Where the debtor goes after paying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// What the debtor reads at the provider and on the bank statement. No name and no address.
    pub description: String,
    /// The language of the provider's pages.
    pub language: Language,
    /// How it stands.
    pub state: RequestState,
    /// A call at the provider that may be under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<ProviderCall>,
    /// How often its making at the provider was begun.
    #[serde(default)]
    pub creations: u8,
    /// How often taking the approved money was begun.
    #[serde(default)]
    pub captures: u8,
    /// The provider's own id of it, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where the debtor pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout_url: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it can be paid, as far as the provider says.
    pub expires_at: Timestamp,
    /// When it is looked at next without being told to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_at: Option<Timestamp>,
    /// What came in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    /// What went back of that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<TakenBack>,
    /// Why it failed or was cancelled, as a stable code; the provider's own where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The call that asked for it, by the hash of its idempotency key: repeated, it makes no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RequestState {
    /// Made here; the provider does not know it, or nobody knows whether it does.
    Created,
    /// The debtor can pay.
    Open,
    /// The money came in.
    Paid,
    /// It did not come to a payment: refused by the provider, the bank or the card.
    Failed,
    /// Its time ran out.
    Expired,
    /// Taken back before it was paid, by the debtor or the creditor.
    Cancelled,
    /// All that came in was given back.
    Refunded,
    /// All that came in was taken back, some of it at least against the creditor's will.
    ChargedBack,
}

impl RequestState {
    /// All of them.
    pub const ALL: [RequestState; 8] = [
        RequestState::Created,
        RequestState::Open,
        RequestState::Paid,
        RequestState::Failed,
        RequestState::Expired,
        RequestState::Cancelled,
        RequestState::Refunded,
        RequestState::ChargedBack,
    ];

    /// As it stands in answers.
    pub fn code(self) -> &'static str {
        match self {
            RequestState::Created => "created",
            RequestState::Open => "open",
            RequestState::Paid => "paid",
            RequestState::Failed => "failed",
            RequestState::Expired => "expired",
            RequestState::Cancelled => "cancelled",
            RequestState::Refunded => "refunded",
            RequestState::ChargedBack => "charged_back",
        }
    }

    /// Whether a request in this state may come into the other. Money that came in is never forgotten: from paid on, only
    /// how much of it went back changes. What was given up is still paid when the money comes after all.
    pub fn may_become(self, next: RequestState) -> bool {
        use RequestState::{Cancelled, ChargedBack, Created, Expired, Failed, Open, Paid, Refunded};
        match self {
            Created => next != Created,
            Open => !matches!(next, Created | Open),
            Failed | Expired | Cancelled => matches!(next, Paid | Refunded | ChargedBack),
            Paid => matches!(next, Refunded | ChargedBack),
            Refunded => matches!(next, Paid | ChargedBack),
            ChargedBack => matches!(next, Paid | Refunded),
        }
    }

    /// Nothing was paid and nobody can pay it any more, as far as is known.
    pub fn is_given_up(self) -> bool {
        matches!(self, RequestState::Failed | RequestState::Expired | RequestState::Cancelled)
    }
}

/// A call at the provider, claimed before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderCall {
    /// What is asked.
    pub kind: CallKind,
    /// When it was claimed.
    pub claimed_at: Timestamp,
}

impl ProviderCall {
    /// It may still be under way.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.claimed_at + UNKNOWN_AFTER
    }
}

/// What is asked of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallKind {
    /// Make it payable.
    Create,
    /// Take the money that the debtor approved.
    Capture,
    /// Let nobody pay it any more.
    Cancel,
}

/// The money that came in by a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Received {
    /// The payment.
    pub payment: PaymentId,
    /// In euros.
    pub amount: Money,
    /// When it was first seen here.
    pub at: Timestamp,
}

/// Something that went back of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenBack {
    /// The provider's own id of it: it is applied once.
    pub id: String,
    /// Given or taken.
    pub kind: TakenBackKind,
    /// In euros.
    pub amount: Money,
    /// How much of it is booked; it takes several writes where very many invoices open again.
    pub booked: Money,
    /// How many reversals that took.
    pub parts: u16,
    /// It was undone: the money is back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
}

/// Who took the money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TakenBackKind {
    /// The creditor gave it back.
    Refund,
    /// The debtor's bank, card issuer or the provider took it back.
    Chargeback,
}

/// What a provider says of a request now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The provider's own id of the request.
    pub reference: String,
    /// How it stands there.
    pub state: Reported,
    /// Where the debtor pays, while that is possible.
    pub checkout_url: Option<String>,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// What went back.
    pub taken_back: Vec<ReportedBack>,
}

/// How a request stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// Nothing is decided: open, pending or authorised.
    Open,
    /// The debtor agreed; the money is there to be taken.
    Approved,
    /// The money came in.
    Paid {
        /// The provider's own id of the money.
        payment: String,
        /// In euros.
        amount: Money,
        /// The day on which it came in.
        on: Date,
    },
    /// It did not come to a payment.
    Failed {
        /// The provider's code, where it gives one.
        reason: Option<String>,
    },
    /// Its time ran out.
    Expired,
    /// The debtor or the creditor took it back.
    Cancelled,
}

/// Something that went back, as the provider tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedBack {
    /// The provider's own id of it.
    pub id: String,
    /// Given or taken.
    pub kind: TakenBackKind,
    /// In euros.
    pub amount: Money,
    /// The day on which it went.
    pub on: Date,
    /// The code of the reason, where there is one: at most eight characters are kept with the reversal.
    pub reason: Option<String>,
    /// It was undone: the money is back.
    pub undone: bool,
}

impl PaymentRequest {
    /// It is of no concern any more: nothing is awaited of it.
    pub fn is_over(&self) -> bool {
        self.call.is_none() && self.look_at.is_none() && !self.can_still_open()
    }

    /// The debtor can pay it, or may be able to soon.
    pub fn can_still_open(&self) -> bool {
        matches!(self.state, RequestState::Created | RequestState::Open)
    }

    /// A call at the provider may be under way.
    pub fn is_in_flight(&self, now: Timestamp) -> bool {
        self.call.is_some_and(|call| call.is_live(now))
    }

    /// What went back of it and did not return, in euros.
    pub fn gone(&self) -> Money {
        self.taken_back.iter().filter(|t| !t.undone).map(|t| t.amount).sum()
    }

    /// The key under which a call of this kind is made, the same at every attempt. It is no secret.
    pub fn idempotency_key(&self, kind: CallKind) -> String {
        match kind {
            CallKind::Create => self.id.to_string(),
            CallKind::Capture => format!("{}.capture", self.id),
            CallKind::Cancel => format!("{}.cancel", self.id),
        }
    }

    /// The state that what came in and went back amounts to.
    pub(crate) fn state_of_money(&self) -> Option<RequestState> {
        let received = self.received.as_ref()?;
        if self.gone() < received.amount {
            return Some(RequestState::Paid);
        }
        let taken = |t: &TakenBack| t.kind == TakenBackKind::Chargeback && !t.undone;
        let charged = self.taken_back.iter().any(taken);
        Some(if charged { RequestState::ChargedBack } else { RequestState::Refunded })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RequestState::{Cancelled, ChargedBack, Created, Expired, Failed, Open, Paid, Refunded};

    #[test]
    fn a_request_only_goes_on_and_money_is_never_forgotten() {
        // (from, to which ones)
        let table: [(RequestState, &[RequestState]); 8] = [
            (Created, &[Open, Paid, Failed, Expired, Cancelled, Refunded, ChargedBack]),
            (Open, &[Paid, Failed, Expired, Cancelled, Refunded, ChargedBack]),
            (Paid, &[Refunded, ChargedBack]),
            (Failed, &[Paid, Refunded, ChargedBack]),
            (Expired, &[Paid, Refunded, ChargedBack]),
            (Cancelled, &[Paid, Refunded, ChargedBack]),
            (Refunded, &[Paid, ChargedBack]),
            (ChargedBack, &[Paid, Refunded]),
        ];
        for (from, to) in table {
            for next in RequestState::ALL {
                assert_eq!(from.may_become(next), to.contains(&next), "{from:?} to {next:?}");
            }
        }
    }

    #[test]
    fn references_and_methods_are_short_and_plain() {
        for good in ["tr_5B8cwPMGnU6qLbRvo7qEZo", "5O190127TN364715T", "a-b", &"x".repeat(50)] {
            assert!(is_reference(good), "{good}");
        }
        for bad in ["", "a b", "a/b", "a#b", "a.b", "é", &"x".repeat(51)] {
            assert!(!is_reference(bad), "{bad}");
        }
        assert!(is_method("ideal") && is_method("creditcard") && is_method("wero_2"));
        assert!(!is_method("") && !is_method("iDEAL") && !is_method("a-b") && !is_method(&"x".repeat(33)));
    }

    #[test]
    fn a_payment_is_named_after_the_provider_and_its_reference() {
        let id = PaymentProvider::Mollie.payment_id("tr_7UhSN1zuXS").unwrap();
        assert_eq!(id.as_str(), "mollie.tr_7UhSN1zuXS");
        assert_eq!(PaymentProvider::PayPal.payment_id("a b"), None);
    }
}
