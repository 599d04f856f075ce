//! Submits one signal, its update or its withdrawal, to the municipality's platform: claims it, makes the one call, records the
//! answer. Every repetition is the same message under the same idempotency key, so that an answer that never came can
//! be asked for again.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::SubmitSignal;
use domain::administration::Administration;
use domain::calendar::{days_between, today};
use domain::dossier::{Dossier, Draft};
use domain::holding;
use domain::ids::{AdministrationId, DebtorId, SignalId};
use domain::notice::CLAIM_LEASE;
use domain::provider::Provider;
use domain::reporting;
use domain::signal::{Operation, Signal};
use domain::submission::{self, Submission, SubmissionClaim, Whereabouts};
use jiff::Timestamp;
use outside::pdok::{Places, PlacesError};
use outside::platform::{
    MissingField, MunicipalPlatform, SignalAddress, SignalMessage, SignalPerson, SubmitOutcome,
};
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::{AddressKey, Along, SignalOwner, Store, until_no_conflict};

/// Who the timeline says did it.
const BY: &str = "signal service";

/// What the handler works with.
#[derive(Clone)]
pub struct Submit {
    pub store: Store,
    pub clock: Clock,
    pub bkr: Arc<dyn MunicipalPlatform>,
    pub inforing: Arc<dyn MunicipalPlatform>,
    /// Asked where the imported table does not know an address.
    pub places: Arc<dyn Places>,
}

impl std::fmt::Debug for Submit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submit").field("store", &self.store).finish_non_exhaustive()
    }
}

/// What asking for the claim came to.
enum Claimed {
    Call(Box<Call>),
    Not(Handled),
}

struct Call {
    operation: Operation,
    provider: Provider,
    message: SignalMessage,
    identification: String,
    at: Timestamp,
}

impl Submit {
    pub async fn run(&self, message: &SubmitSignal) -> Result<Handled, Failure> {
        let SubmitSignal { administration, signal_id } = message;
        let Some(debtor) = signal_id.debtor() else { return Ok(Handled::Skipped("no_such_signal")) };
        let call = match until_no_conflict(|| self.claim(administration, &debtor, signal_id)).await? {
            Claimed::Call(call) => call,
            Claimed::Not(handled) => return Ok(handled),
        };
        let submission = if self.clock.now()?.duration_since(call.at) > CLAIM_LEASE {
            Submission::RefusedForNow
        } else {
            let platform = self.platform(call.provider);
            outcome(platform.submit(call.operation, &call.message, &call.identification).await)
        };
        let handled = Handled::Done(match &submission {
            Submission::Accepted { .. } => "accepted",
            Submission::Refused { .. } => "refused",
            Submission::RefusedForNow => "refused_for_now",
            Submission::Unknown => "unknown",
        });
        until_no_conflict(|| self.complete(administration, &debtor, signal_id, &call, &submission)).await?;
        Ok(handled)
    }

    /// Where this signal goes, as far as it is going to be asked: what was tried before goes where it went.
    async fn whereabouts(
        &self,
        dossier: &Dossier,
        id: &SignalId,
        now: Timestamp,
    ) -> Result<Whereabouts, Failure> {
        let is_first = dossier.signal(id).is_some_and(|signal| signal.attempts == 0);
        let address = dossier.debtor.address.as_ref().and_then(AddressKey::of).filter(|_| is_first);
        let Some(address) = address else { return Ok(Whereabouts::Unknown) };
        let municipality = match self.store.municipality_of(&address).await? {
            Some(municipality) => Some(municipality),
            None => match self.located(&address, now).await? {
                Ok(municipality) => municipality,
                Err(PlacesError::Unavailable(why)) => {
                    tracing::warn!(why, "the address service was not asked");
                    return Ok(Whereabouts::NotAnswered);
                }
            },
        };
        let Some(municipality) = municipality else { return Ok(Whereabouts::Unknown) };
        let destination = self.store.destination(&municipality, today(now)).await?;
        Ok(destination.map_or(Whereabouts::Unknown, Whereabouts::Known))
    }

    /// What the address service says, or said not long ago.
    async fn located(
        &self,
        address: &AddressKey,
        now: Timestamp,
    ) -> Result<Result<Option<String>, PlacesError>, Failure> {
        if let Some(said) = self.store.located(address, now).await? {
            return Ok(Ok(said));
        }
        let said = match self.places.municipality_of(&address.postcode, address.house_number).await {
            Ok(said) => said,
            Err(error) => return Ok(Err(error)),
        };
        self.store.keep_located(address, said.as_deref(), now).await?;
        Ok(Ok(said))
    }

    fn platform(&self, provider: Provider) -> &Arc<dyn MunicipalPlatform> {
        match provider {
            Provider::Bkr => &self.bkr,
            Provider::Inforing => &self.inforing,
        }
    }

    async fn claim(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        id: &SignalId,
    ) -> Result<Claimed, Failure> {
        let Some(settings) = self.store.administration(administration).await? else {
            return Ok(Claimed::Not(Handled::Skipped("no_such_administration")));
        };
        let Some(known) = self.store.dossier(administration, debtor).await? else {
            return Ok(Claimed::Not(Handled::Skipped("no_such_debtor")));
        };
        if known.value.signal(id).is_none() {
            return Ok(Claimed::Not(Handled::Skipped("no_such_signal")));
        }
        let now = self.clock.now()?;
        let whereabouts = self.whereabouts(&known.value, id, now).await?;
        let mut draft = Draft::of(known.value, now, BY);
        let claim = submission::claim_submission(&mut draft, &settings.value, id, &whereabouts)?;
        // The message is written before the claim is stored: one that cannot be written claims nothing.
        let call = match claim {
            SubmissionClaim::Granted(operation) => Some(call(&draft, &settings.value, id, operation)?),
            SubmissionClaim::Blocked | SubmissionClaim::NotNow(_) => None,
        };
        if !draft.is_unchanged() {
            let along = vec![Along::AdministrationUnchanged { version: settings.version }];
            self.store.commit(&settings.value, &draft, Some(known.version), along).await?;
        }
        Ok(match (claim, call) {
            (SubmissionClaim::Granted(_), Some(call)) => Claimed::Call(Box::new(call)),
            (SubmissionClaim::NotNow(why), _) => Claimed::Not(Handled::Skipped(why)),
            (SubmissionClaim::Granted(_) | SubmissionClaim::Blocked, _) => {
                Claimed::Not(Handled::Done("blocked"))
            }
        })
    }

    async fn complete(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        id: &SignalId,
        call: &Call,
        submission: &Submission,
    ) -> Result<(), Failure> {
        let provider = call.provider;
        let settings = self.store.administration(administration).await?;
        let settings =
            settings.ok_or_else(|| Failure::bug("an administration went during a submission"))?.value;
        let known = self.store.dossier(administration, debtor).await?;
        let known = known.ok_or_else(|| Failure::bug("a dossier went during a submission"))?;
        let mut draft = Draft::of(known.value, self.clock.now()?, BY);
        submission::complete_submission(&mut draft, id, call.operation, submission.clone())?;
        let mut along = Vec::new();
        if let Submission::Accepted { provider_reference: reference } = submission {
            // From here on feedback finds the signal; what came before the receipt is applied now. Where the process dies
            // in between, the submission is repeated under its key and this is done again.
            let owner = SignalOwner { administration: administration.clone(), signal: id.clone() };
            self.store.put_signal_owner(provider, reference, &owner).await?;
            for feedback in self.store.early_feedback(provider, reference).await? {
                let done = feedback.id.clone();
                reporting::apply_feedback(&mut draft, id, feedback)?;
                along.push(Along::EarlyFeedbackDone { provider, reference: reference.clone(), id: done });
            }
            holding::name_resumption(&mut draft, &settings);
        }
        if !draft.is_unchanged() {
            self.store.commit(&settings, &draft, Some(known.version), along).await?;
        }
        Ok(())
    }
}

fn outcome(outcome: SubmitOutcome) -> Submission {
    match outcome {
        SubmitOutcome::Accepted(receipt) => {
            Submission::Accepted { provider_reference: receipt.provider_reference }
        }
        SubmitOutcome::Rejected { errors } => Submission::Refused { errors },
        SubmitOutcome::Temporary { .. } => Submission::RefusedForNow,
        SubmitOutcome::Unknown { .. } => Submission::Unknown,
    }
}

/// The call of a claim that was just granted in this draft.
fn call(
    draft: &Draft,
    administration: &Administration,
    id: &SignalId,
    operation: Operation,
) -> Result<Call, Failure> {
    let missing = || Failure::bug("a granted submission lacks what the claim checked");
    let signal = draft.dossier.signal(id).ok_or_else(missing)?;
    let provider = signal.provider.ok_or_else(missing)?;
    Ok(Call {
        operation,
        provider,
        message: message(&draft.dossier, administration, signal, operation).ok_or_else(missing)?,
        identification: administration.creditor.platform_identification.clone(),
        at: draft.now,
    })
}

fn message(
    dossier: &Dossier,
    administration: &Administration,
    signal: &Signal,
    operation: Operation,
) -> Option<SignalMessage> {
    let debtor = &dossier.debtor;
    let person: Result<SignalPerson, MissingField> = SignalPerson::of(debtor);
    let arrears_since = signal.arrears_since?;
    let decided_at = match operation {
        Operation::Create => signal.sent_at,
        // Signals of an earlier version have no instant of their own for it.
        Operation::Update | Operation::Withdraw => signal.changed_at.or(signal.sent_at),
    };
    let signalled_on = today(decided_at?);
    Some(SignalMessage {
        id: signal.id.to_string(),
        idempotency_key: signal.idempotency_key(operation),
        kind: signal.kind,
        sector: administration.sector,
        warm_handover: false,
        arrears: signal.arrears,
        arrears_since,
        months_in_arrears: u16::try_from(days_between(arrears_since, signalled_on) / 30).unwrap_or_default(),
        signalled_on,
        client_number: debtor.number.clone(),
        person: person.ok()?,
        address: SignalAddress::of(debtor).ok()?,
        municipality_code: signal.municipality.clone()?,
        planned_end_of_supply: None,
        supersedes: match operation {
            Operation::Create => signal.supersedes.clone(),
            Operation::Update | Operation::Withdraw => signal.provider_reference.clone(),
        },
    })
}

#[async_trait]
impl QueueHandler<SubmitSignal> for Submit {
    async fn handle(&self, message: SubmitSignal, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
