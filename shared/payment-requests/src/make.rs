//! Making a request and creating it at the provider; cancelling it.

use contracts::failure::Failure;
use domain::dossier::Draft;
use domain::ids::{DebtorId, PaymentRequestId};
use domain::notice::CLAIM_LEASE;
use domain::payment_request::{CallKind, PaymentRequest, RequestState};
use domain::refusal::Refusal;
use domain::requesting::{self, Asked, Cancellation, Creation, MOST_ATTEMPTS};
use jiff::{SignedDuration, Timestamp};
use outside::payments::{Account, Cancelled, Order, ProviderKeys};
use records::Origin;
use store::{Along, until_no_conflict};

use crate::{PaymentRequests, missing};

/// How long the key of a call that makes a request is remembered.
const KEY_MEMORY: SignedDuration = SignedDuration::from_hours(24);

impl PaymentRequests {
    /// Makes a request of this debtor, or finds the one that can be paid already, and creates it at the provider. `true`
    /// beside it: it was made now.
    ///
    /// # Errors
    /// A rule of [`requesting::ask`]; the provider refuses it, or did not answer: then asking again goes on with it.
    pub async fn make(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        asked: &Asked,
    ) -> Result<(PaymentRequest, bool), Failure> {
        let unknown = || Failure::bad_input("debtorId", "unknown_debtor", "names a debtor that is known");
        let decide = |draft: &mut Draft, settings: &_| {
            let before = draft.dossier.counts.payment_requests;
            let id = match repeated(draft, asked) {
                Some(id) => id,
                None => requesting::ask(draft, settings, asked)?,
            };
            let claimed = requesting::claim_creation(draft, &id)?;
            Ok((id, claimed, draft.dossier.counts.payment_requests > before))
        };
        let ((id, mut claimed, new), _) = self.records.change(origin, debtor, unknown, decide).await?;
        for _ in 0..MOST_ATTEMPTS {
            if !claimed {
                break;
            }
            if self.create(origin, debtor, &id).await? != Attempt::Unknown {
                break;
            }
            // The same key once more: the provider answers what it did the first time.
            let again = |draft: &mut Draft, _: &_| requesting::claim_creation(draft, &id);
            claimed = self.records.change(origin, debtor, missing, again).await?.0;
        }
        let request = self.get(&origin.administration, &id).await?;
        answer(request).map(|request| (request, new))
    }

    /// Makes the one call of a claim that was just granted, and records what came of it.
    pub(crate) async fn create(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        id: &PaymentRequestId,
    ) -> Result<Attempt, Failure> {
        let request = self.get(&origin.administration, id).await?;
        let keys = self.providers.keys(&origin.administration, request.provider).await;
        let creation = match &keys {
            Ok(Some(keys)) => self.call_create(&request, keys).await?,
            Ok(None) => Creation::Refused { reason: "not_connected".to_owned() },
            Err(_) => Creation::NotNow,
        };
        let attempt = match &creation {
            Creation::Unknown => Attempt::Unknown,
            Creation::Made { .. } | Creation::Refused { .. } | Creation::NotNow => Attempt::Certain,
        };
        let provider = request.provider;
        until_no_conflict(|| async {
            let administration = self.records.administration(&origin.administration).await?.value;
            let known = self.records.store.dossier(&origin.administration, debtor).await?;
            let known = known.ok_or_else(|| Failure::bug("a dossier went during a call"))?;
            let mut draft = Draft::of(known.value, self.records.now()?, &origin.by);
            requesting::complete_creation(&mut draft, id, creation.clone())?;
            let mut along = Vec::new();
            if let Creation::Made { reference, .. } = &creation {
                let reference = reference.clone();
                along.push(Along::PaymentReference { provider, reference, request: id.clone() });
            }
            Ok(self.records.store.commit(&administration, &draft, Some(known.version), along).await?)
        })
        .await?;
        keys.map(|_| attempt)
    }

    async fn call_create(&self, request: &PaymentRequest, keys: &ProviderKeys) -> Result<Creation, Failure> {
        let now = self.records.now()?;
        if self.claim_is_late(request, now) {
            return Ok(Creation::NotNow);
        }
        let callback_url = self.providers.callback_url(request.provider, keys);
        let order = Order {
            request_id: request.id.as_str(),
            idempotency_key: &request.idempotency_key(CallKind::Create),
            amount: request.amount,
            description: &request.description,
            methods: &request.methods,
            language: request.language,
            return_url: request.return_url.as_deref().unwrap_or(&self.providers.return_url),
            callback_url: &callback_url,
        };
        Ok(self.providers.of(request.provider).create(Account { keys, now }, &order).await)
    }

    /// A claim whose time passed before its call began makes none: another may have been granted.
    pub(crate) fn claim_is_late(&self, request: &PaymentRequest, now: Timestamp) -> bool {
        request.call.is_none_or(|call| now.duration_since(call.claimed_at) > CLAIM_LEASE)
    }

    /// Cancels a request that was not paid.
    ///
    /// # Errors
    /// It cannot be paid any more, a call about it is under way, or the provider lets it run.
    pub async fn cancel(&self, origin: &Origin, id: &PaymentRequestId) -> Result<PaymentRequest, Failure> {
        let debtor = id.debtor().ok_or_else(missing)?;
        let known = self.get(&origin.administration, id).await?;
        if known.state == RequestState::Cancelled {
            return Ok(known);
        }
        let keys = self.providers.keys(&origin.administration, known.provider).await?;
        let claim = |draft: &mut Draft, _: &_| match requesting::claim_cancellation(draft, id) {
            // It is over, and left the dossier since.
            Err(Refusal::NoSuchPaymentRequest) => Err(Refusal::PaymentRequestOver),
            other => other,
        };
        let (cancellation, dossier) = self.records.change(origin, &debtor, missing, claim).await?;
        if cancellation == Cancellation::Done {
            return self.get(&origin.administration, id).await;
        }
        let request = requesting::find(&dossier, id)?;
        let now = self.records.now()?;
        let outcome = match (&keys, &request.reference) {
            (Some(keys), Some(reference)) if !self.claim_is_late(request, now) => {
                self.providers.of(request.provider).cancel(Account { keys, now }, reference).await
            }
            _ => Cancelled::RunsOn,
        };
        let complete = |draft: &mut Draft, _: &_| {
            requesting::complete_cancellation(draft, id, outcome == Cancelled::Done)
        };
        match outcome {
            Cancelled::Done => {
                self.records.change(origin, &debtor, missing, complete).await?;
                self.get(&origin.administration, id).await
            }
            Cancelled::RunsOn => {
                self.records.change(origin, &debtor, missing, complete).await?;
                Err(Refusal::PaymentRequestRunsOn.into())
            }
            // The claim stands: the next look finds out.
            Cancelled::Unknown => {
                Err(Failure::unavailable("the provider did not say whether it cancelled the payment"))
            }
        }
    }
}

/// How sure one attempt was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    Certain,
    Unknown,
}

/// The request that the same call made before its process died.
fn repeated(draft: &Draft, asked: &Asked) -> Option<PaymentRequestId> {
    let key = asked.request.as_ref()?;
    let made = |r: &&PaymentRequest| {
        r.request.as_ref() == Some(key) && draft.now.duration_since(r.made_at) < KEY_MEMORY
    };
    draft.dossier.payment_requests.iter().rev().find(made).map(|r| r.id.clone())
}

/// A request that can be paid, or why it cannot.
fn answer(request: PaymentRequest) -> Result<PaymentRequest, Failure> {
    match request.state {
        RequestState::Created => {
            Err(Failure::unavailable("the payment provider did not make the payment (yet)"))
        }
        RequestState::Failed => {
            let reason = request.reason.as_deref().unwrap_or("unknown");
            Err(Failure::rejected(
                "payment_provider_refuses",
                format!("the payment provider refuses the payment: {reason}"),
            ))
        }
        _ => Ok(request),
    }
}
