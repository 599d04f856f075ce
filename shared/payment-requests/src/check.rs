//! Looking at a request: finishing what was begun at the provider, and applying what the provider says.

use contracts::failure::Failure;
use contracts::queues::CheckPayment;
use domain::administration::Administration;
use domain::dossier::{Dossier, Draft};
use domain::holding;
use domain::ids::{AdministrationId, DebtorId, PaymentRequestId};
use domain::payment_request::{CallKind, PaymentProvider, PaymentRequest, Report, Reported, RequestState};
use domain::requesting::{self, AtHand, Booked};
use outside::payments::{Account, Captured, Fetched, ProviderError, Told};
use records::Origin;
use store::{Along, StoredPayment, until_no_conflict};

use crate::{PaymentRequests, missing};

/// Closed invoices that one write takes along at most.
const MOST_CLOSED: usize = 30;

/// Writes that one report takes at most: a debtor's thousand invoices, opened again.
const MOST_WRITES: usize = 40;

/// Who the timeline says did it.
fn by(request: &PaymentRequest) -> String {
    format!("payments/{}", request.provider)
}

/// What a look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The provider was asked, and what it said is stored.
    Applied,
    /// A call at the provider was finished, or given up.
    Finished,
    /// There was nothing to look at, and why.
    Nothing(&'static str),
}

impl PaymentRequests {
    /// The request that a callback is about, as far as it is stored.
    ///
    /// # Errors
    /// The store is away.
    pub async fn find_told(
        &self,
        administration: &AdministrationId,
        provider: PaymentProvider,
        told: &Told,
    ) -> Result<Option<PaymentRequestId>, Failure> {
        for reference in &told.references {
            let found = self.records.store.request_of_reference(administration, provider, reference).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let Some(id) = told.request_id.as_deref().and_then(|id| PaymentRequestId::parse(id).ok()) else {
            return Ok(None);
        };
        let known = self.records.store.payment_request(administration, &id).await?;
        Ok(known.filter(|r| r.provider == provider).map(|r| r.id))
    }

    /// Looks at the request that this message is about.
    ///
    /// # Errors
    /// The provider, the secrets or the store are away: to be tried again.
    pub async fn check(&self, message: &CheckPayment) -> Result<Checked, Failure> {
        let administration = &message.administration;
        let told = message.told.as_ref();
        if self.records.store.administration(administration).await?.is_none() {
            return Ok(Checked::Nothing("no_such_administration"));
        }
        let (id, fetched) = match (&message.payment_request_id, told) {
            (Some(id), _) => (id.clone(), None),
            // The callback was quicker than the answer to the call that made it: the provider says whose it is.
            (None, Some(told)) => {
                let Some(keys) = self.providers.keys(administration, told.provider).await? else {
                    return Ok(Checked::Nothing("not_connected"));
                };
                let account = Account { keys: &keys, now: self.records.now()? };
                let fetched = match self.providers.of(told.provider).fetch(account, &told.reference).await {
                    Ok(fetched) => fetched,
                    Err(ProviderError::Unavailable(why)) => return Err(Failure::unavailable(why)),
                    Err(_) => return Ok(Checked::Nothing("not_known_to_the_provider")),
                };
                let id = fetched.request_id.as_deref().and_then(|id| PaymentRequestId::parse(id).ok());
                let Some(id) = id else { return Ok(Checked::Nothing("not_made_here")) };
                (id, Some(fetched))
            }
            (None, None) => return Ok(Checked::Nothing("names_nothing")),
        };
        let Some(request) = self.records.store.payment_request(administration, &id).await? else {
            return Ok(Checked::Nothing("no_such_payment_request"));
        };
        if told.is_some_and(|told| told.provider != request.provider) {
            return Ok(Checked::Nothing("of_another_provider"));
        }
        let origin = Origin { administration: administration.clone(), by: by(&request) };
        match (&request.reference, fetched, told) {
            (Some(_), _, _) => self.follow(&origin, &id).await,
            (None, Some(fetched), _) => self.apply(&origin, &request, fetched).await,
            (None, None, Some(told)) => {
                match self.fetch(&origin, &request, &told.reference).await? {
                    // Only the provider's word makes a reference ours.
                    Some(fetched) if fetched.request_id.as_deref() == Some(id.as_str()) => {
                        self.apply(&origin, &request, fetched).await
                    }
                    Some(_) => Ok(Checked::Nothing("of_another_request")),
                    None => Ok(Checked::Finished),
                }
            }
            (None, None, None) => self.finish_creation(&origin, &request).await,
        }
    }

    /// The process that made it may have died, or its call got no answer: the same key once more.
    async fn finish_creation(&self, origin: &Origin, request: &PaymentRequest) -> Result<Checked, Failure> {
        let debtor = request.id.debtor().ok_or_else(missing)?;
        let id = &request.id;
        let decide = |draft: &mut Draft, _: &_| {
            let Some(request) = draft.dossier.payment_request(id).cloned() else { return Ok(None) };
            if request.state != RequestState::Created || request.is_in_flight(draft.now) {
                return Ok(None);
            }
            if request.creations == 0 {
                requesting::lapse_if_never_made(draft, id)?;
                return Ok(Some(false));
            }
            requesting::claim_creation(draft, id).map(Some)
        };
        match self.records.change(origin, &debtor, missing, decide).await?.0 {
            None => Ok(Checked::Nothing("nothing_to_finish")),
            Some(false) => Ok(Checked::Finished),
            Some(true) => {
                self.create(origin, &debtor, id).await?;
                Ok(Checked::Finished)
            }
        }
    }

    /// Asks the provider how a request stands, takes money that was approved, and applies the answer.
    async fn follow(&self, origin: &Origin, id: &PaymentRequestId) -> Result<Checked, Failure> {
        let debtor = id.debtor().ok_or_else(missing)?;
        let request = self.get(&origin.administration, id).await?;
        let reference = request.reference.clone().ok_or_else(missing)?;
        let Some(mut fetched) = self.fetch(origin, &request, &reference).await? else {
            return Ok(Checked::Finished);
        };
        if fetched.report.state == Reported::Approved {
            let claim = |draft: &mut Draft, _: &_| match draft.dossier.payment_request(id) {
                Some(_) => requesting::claim_capture(draft, id),
                None => Ok(false),
            };
            if self.records.change(origin, &debtor, missing, claim).await?.0 {
                if let Some(after) = self.capture(origin, &debtor, id).await? {
                    fetched = after;
                } else {
                    return Ok(Checked::Finished);
                }
            }
        }
        self.apply(origin, &request, fetched).await
    }

    /// Makes the one call of a claim that was just granted. Gives how the request stands afterwards, where that can be said.
    async fn capture(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        id: &PaymentRequestId,
    ) -> Result<Option<Fetched>, Failure> {
        let request = self.get(&origin.administration, id).await?;
        let (Some(keys), Some(reference)) =
            (self.providers.keys(&origin.administration, request.provider).await?, request.reference.clone())
        else {
            return Ok(None);
        };
        let now = self.records.now()?;
        let captured = if self.claim_is_late(&request, now) {
            Captured::NotNow
        } else {
            let key = request.idempotency_key(CallKind::Capture);
            let account = Account { keys: &keys, now };
            self.providers.of(request.provider).capture(account, &reference, &key).await
        };
        let not_now = captured == Captured::NotNow;
        let complete = |draft: &mut Draft, _: &_| requesting::complete_capture(draft, id, not_now);
        self.records.change(origin, debtor, missing, complete).await?;
        match captured {
            Captured::Done => self.fetch(origin, &request, &reference).await,
            Captured::Declined { reason } => Ok(Some(declined(reference, reason))),
            // The next look asks again.
            Captured::NotNow => Ok(None),
            Captured::Unknown => self.fetch(origin, &request, &reference).await,
        }
    }

    /// What the provider says; `None` where it says nothing that can be used: then a person is told, and it is looked at
    /// again later.
    async fn fetch(
        &self,
        origin: &Origin,
        request: &PaymentRequest,
        reference: &str,
    ) -> Result<Option<Fetched>, Failure> {
        let keys = self.providers.keys(&origin.administration, request.provider).await?;
        let result = match &keys {
            Some(keys) => {
                let account = Account { keys, now: self.records.now()? };
                self.providers.of(request.provider).fetch(account, reference).await
            }
            None => Err(ProviderError::Unauthorized),
        };
        match result {
            Ok(fetched) => Ok(Some(fetched)),
            Err(ProviderError::Unavailable(why)) => Err(Failure::unavailable(why)),
            Err(ProviderError::Unauthorized | ProviderError::NotFound | ProviderError::Malformed(_)) => {
                let debtor = request.id.debtor().ok_or_else(missing)?;
                let later = |draft: &mut Draft, _: &_| {
                    requesting::look_later(draft, &request.id);
                    Ok(())
                };
                self.records.change(origin, &debtor, missing, later).await?;
                Ok(None)
            }
        }
    }

    /// Applies what the provider said, in as many writes as it takes.
    async fn apply(
        &self,
        origin: &Origin,
        request: &PaymentRequest,
        fetched: Fetched,
    ) -> Result<Checked, Failure> {
        let id = &request.id;
        // Something else at the same provider is none of this request's business.
        if fetched.request_id.as_deref().is_some_and(|told| told != id.as_str()) {
            return Ok(Checked::Nothing("of_another_request"));
        }
        for _ in 0..MOST_WRITES {
            let again = until_no_conflict(|| self.apply_once(origin, id, &fetched.report)).await?;
            if !again {
                return Ok(Checked::Applied);
            }
        }
        Err(Failure::unavailable("more invoices open again than one look takes"))
    }

    /// Whether more is to be done.
    async fn apply_once(
        &self,
        origin: &Origin,
        id: &PaymentRequestId,
        report: &Report,
    ) -> Result<bool, Failure> {
        let debtor = id.debtor().ok_or_else(missing)?;
        let store = &self.records.store;
        let settings = self.records.administration(&origin.administration).await?.value;
        let known = store.dossier(&origin.administration, &debtor).await?;
        let known = known.ok_or_else(|| Failure::bug("a payment request's dossier is gone"))?;
        let mut draft = Draft::of(known.value, self.records.now()?, &origin.by);
        let stored = match draft.dossier.payment_request(id) {
            Some(_) => None,
            // Read after the dossier that does not hold it: whatever moved in between moved the dossier's version too.
            None => store.payment_request(&origin.administration, id).await?,
        };
        if let Some(stored) = &stored {
            requesting::bring_back(&mut draft, stored.clone());
        }
        let request = requesting::find(&draft.dossier, id)?.clone();
        let at_hand = self.at_hand(&settings, &draft.dossier, &request).await?;
        let more = at_hand.more;
        let booked = requesting::apply(&mut draft, id, report, at_hand)?;
        if let Some(stored) = &stored {
            requesting::put_away_unchanged(&mut draft, stored);
        }
        if draft.is_unchanged() {
            return Ok(false);
        }
        holding::name_resumption(&mut draft, &settings);
        let along = along(&draft, &request, id, booked);
        store.commit(&settings, &draft, Some(known.version), along).await?;
        Ok(more)
    }

    /// The closed invoices that the report may be about, as many as one write takes along.
    async fn at_hand(
        &self,
        administration: &Administration,
        dossier: &Dossier,
        request: &PaymentRequest,
    ) -> Result<AtHand, Failure> {
        let store = &self.records.store;
        let booked_on = match &request.received {
            Some(received) => store.payment(&administration.id, &received.payment).await?,
            None => None,
        };
        let booked_on = booked_on.map(|p| p.value.booked_on).unwrap_or_default();
        let mut at_hand = AtHand::default();
        for invoice in requesting::invoices_of(request, &booked_on) {
            if dossier.invoices.contains_key(invoice) {
                continue;
            }
            if at_hand.archived.len() == MOST_CLOSED {
                at_hand.more = true;
                break;
            }
            let archived = store.archived_invoice(&administration.id, &dossier.debtor.id, invoice).await?;
            at_hand.archived.extend(archived);
        }
        Ok(at_hand)
    }
}

fn declined(reference: String, reason: String) -> Fetched {
    let report = Report {
        reference,
        state: Reported::Failed { reason: Some(reason) },
        checkout_url: None,
        expires_at: None,
        taken_back: Vec::new(),
    };
    Fetched { request_id: None, report }
}

/// What is written with the dossier: the payments, and the references that were not known.
fn along(draft: &Draft, before: &PaymentRequest, id: &PaymentRequestId, booked: Vec<Booked>) -> Vec<Along> {
    let provider = before.provider;
    let known = |reference: String| Along::PaymentReference { provider, reference, request: id.clone() };
    let mut along: Vec<Along> = booked
        .into_iter()
        .map(|Booked { payment, invoices }| Along::Payment {
            stored: Box::new(StoredPayment { payment, booked_on: invoices, updated_at: draft.now }),
            known: None,
        })
        .collect();
    let Some(after) = draft.dossier.payment_request(id) else { return along };
    if before.reference.is_none() {
        along.extend(after.reference.clone().map(known));
    }
    // Money that has an id of its own, as PayPal's captures have: refunds and disputes name it.
    if let (None, Some(received)) = (&before.received, &after.received)
        && let Some(reference) = received.payment.as_str().strip_prefix(&format!("{provider}."))
        && after.reference.as_deref() != Some(reference)
    {
        along.push(known(reference.to_owned()));
    }
    along
}
