//! Sends one letter: claims its notice, sets it as PDF, hands it to the printer, and records what came of it. Later it asks
//! the printer how the letter stands.
//!
//! The PDF is made before the claim is stored, so that what leaves is what stood at the claim. Handing it in sends nothing;
//! the one call that sends is made within the claim's lease, under our id. The code that opens the debtor's page stands in
//! what is posted and nowhere else: the copy that is kept is set without it. What is absent: mails, and any place for the
//! address but the page itself.

mod paper;
pub mod press;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::failure::Failure;
use contracts::queues::SendLetter;
use domain::access::{Entrance, EntranceKind};
use domain::administration::Administration;
use domain::channels::LetterProvider;
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId, NoticeId};
use domain::notice::{CLAIM_LEASE, Channel, NoticeState};
use domain::posting;
use domain::sending::{self, Claim, Delivery as Report, Sending};
use domain::texts::KeptText;
use jiff::Timestamp;
use outside::files::Files;
use outside::letters::hand_off::HandOff;
use outside::letters::{Account, Letter, Printer, PrinterError, Standing, keys_name};
use outside::outcome::{RefusalKind, SendOutcome};
use outside::secrets::Secrets;
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use runtime::unguessable::{Signs, hash};
use store::{Along, Store, until_no_conflict};

use crate::paper::Paper;
use crate::press::Press;

/// Who the timeline says did it.
const BY: &str = "letter service";

/// What the handler works with.
#[derive(Clone)]
pub struct Send {
    pub store: Store,
    pub clock: Clock,
    pub files: Arc<dyn Files>,
    pub secrets: Arc<dyn Secrets>,
    pub pingen: Arc<dyn Printer>,
    /// Sets the pages.
    pub press: Arc<dyn Press>,
    /// The stack's name, with which the names of its secrets begin.
    pub prefix: String,
    /// Where the portal is, without a slash at the end.
    pub portal_url: String,
}

impl std::fmt::Debug for Send {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Send").field("store", &self.store).finish_non_exhaustive()
    }
}

/// A letter that was claimed.
struct Ready {
    letter: Letter,
    /// The copy that is kept, without the code, and where.
    kept: Bytes,
    file: String,
    provider: LetterProvider,
    at: Timestamp,
}

/// What asking for the claim came to.
enum Claimed {
    Letter(Box<Ready>),
    Not(Handled),
}

impl Send {
    pub async fn run(&self, message: &SendLetter) -> Result<Handled, Failure> {
        let SendLetter { administration, notice_id } = message;
        let Some(debtor) = notice_id.debtor() else { return Ok(Handled::Skipped("no_such_notice")) };
        let Some(known) = self.store.dossier(administration, &debtor).await? else {
            return Ok(Handled::Skipped("no_such_debtor"));
        };
        let Some(notice) = known.value.notice(notice_id) else {
            return Ok(Handled::Skipped("no_such_notice"));
        };
        if notice.channel != Channel::Letter {
            return Ok(Handled::Skipped("goes_another_way"));
        }
        match &notice.state {
            NoticeState::Sent { message_id, .. } => {
                let id = message_id.clone();
                self.look(administration, &debtor, &known.value, notice_id, id).await
            }
            NoticeState::Delivered { .. } => {
                self.look(administration, &debtor, &known.value, notice_id, None).await
            }
            _ => self.send(administration, &debtor, notice_id).await,
        }
    }

    async fn send(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        notice: &NoticeId,
    ) -> Result<Handled, Failure> {
        // One for all tries of this run: a try that lost its version was seen by nobody.
        let code = Signs::fresh()?;
        let ready = match until_no_conflict(|| self.claim(administration, debtor, notice, &code)).await? {
            Claimed::Letter(ready) => ready,
            Claimed::Not(handled) => return Ok(handled),
        };
        let sending = outcome(self.post(administration, &ready).await?);
        let handled = Handled::Done(match &sending {
            Sending::Accepted { .. } => "sent",
            Sending::RefusedForGood { .. } | Sending::AddressRefused { .. } => "refused",
            Sending::RefusedForNow { .. } => "refused_for_now",
            Sending::Unknown => "unknown",
        });
        until_no_conflict(|| self.complete(administration, debtor, notice, &sending, ready.provider)).await?;
        Ok(handled)
    }

    async fn claim(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        notice: &NoticeId,
        code: &Signs,
    ) -> Result<Claimed, Failure> {
        let Some(settings) = self.store.administration(administration).await? else {
            return Ok(Claimed::Not(Handled::Skipped("no_such_administration")));
        };
        let Some(known) = self.store.dossier(administration, debtor).await? else {
            return Ok(Claimed::Not(Handled::Skipped("no_such_debtor")));
        };
        let now = self.clock.now()?;
        let mut draft = Draft::of(known.value, now, BY);
        if draft.dossier.notice(notice).is_none() {
            return Ok(Claimed::Not(Handled::Skipped("no_such_notice")));
        }
        let claim = sending::claim(&mut draft, notice, &settings.value)?;
        // The letter is set before the claim is stored: one that cannot be set claims nothing.
        let ready = match claim {
            Claim::Granted => {
                let texts = self.store.texts_of(&draft.dossier, &settings.value, notice).await?;
                Some(self.set(&mut draft, &settings.value, notice, code, &texts)?)
            }
            Claim::PutBeforeDesk | Claim::Cancelled | Claim::NotNow(_) => None,
        };
        if !draft.is_unchanged() {
            let mut along = vec![Along::AdministrationUnchanged { version: settings.version }];
            if ready.is_some() {
                let entrance = Entrance::new(administration, notice, EntranceKind::LetterCode, now);
                along.push(Along::Entrance { hash: code.hash(), entrance: Box::new(entrance) });
            }
            self.store.commit(&settings.value, &draft, Some(known.version), along).await?;
        }
        Ok(match (claim, ready) {
            (Claim::Granted, Some(ready)) => Claimed::Letter(Box::new(ready)),
            (Claim::NotNow(why), _) => Claimed::Not(Handled::Skipped(why)),
            (Claim::PutBeforeDesk, _) => Claimed::Not(Handled::Done("put_before_desk")),
            // Whoever is granted a claim has a letter: setting it fails or gives one.
            (Claim::Granted | Claim::Cancelled, _) => Claimed::Not(Handled::Done("cancelled")),
        })
    }

    fn set(
        &self,
        draft: &mut Draft,
        administration: &Administration,
        notice: &NoticeId,
        code: &Signs,
        texts: &[KeptText],
    ) -> Result<Ready, Failure> {
        let provider = administration.letters.provider;
        let provider = provider.ok_or_else(|| Failure::bug("letters are connected without a provider"))?;
        let Paper { posted, kept } =
            paper::paper(&*self.press, draft, administration, notice, &self.portal_url, code, texts)?;
        let file = format!("letters/{}/{}.pdf", administration.id, hash(&[kept.as_ref()]));
        posting::write(draft, notice, file.clone(), code.hash());
        let prepared_at = draft.dossier.notice(notice).map_or(draft.now, |n| n.prepared_at);
        let letter = Letter {
            id: format!("{}.{notice}", administration.id),
            pdf: posted,
            rules: administration.letters.clone(),
            made_at: prepared_at,
        };
        Ok(Ready { letter, kept, file, provider, at: draft.now })
    }

    /// Keeps the copy, hands the letter in, and makes the one call. Whoever places a hold now waits for that call, but no longer than
    /// the lease and the call's own limit.
    async fn post(&self, administration: &AdministrationId, ready: &Ready) -> Result<SendOutcome, Failure> {
        let for_now = |reason: String| SendOutcome::Refused { reason, kind: RefusalKind::Temporary };
        if let Err(error) = self.files.put(&ready.file, ready.kept.clone(), "application/pdf").await {
            return Ok(for_now(error.to_string()));
        }
        let printer = self.printer(ready.provider);
        let account = match self.account(administration, ready.provider).await {
            Ok(account) => account,
            Err(failure) => return Ok(for_now(failure.to_string())),
        };
        if ready.provider == LetterProvider::Pingen && account.keys.is_none() {
            let reason = "no keys for the printer".to_owned();
            return Ok(SendOutcome::Refused { reason, kind: RefusalKind::Permanent });
        }
        let handed_in = match printer.hand_in(&ready.letter, &account).await {
            Ok(handed_in) => handed_in,
            Err(outcome) => return Ok(outcome),
        };
        if self.clock.now()?.duration_since(ready.at) > CLAIM_LEASE {
            return Ok(for_now("the claim's lease ran out before the call".to_owned()));
        }
        Ok(printer.send(&ready.letter, &handed_in, &account).await)
    }

    async fn complete(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        notice: &NoticeId,
        sending: &Sending,
        provider: LetterProvider,
    ) -> Result<(), Failure> {
        self.change(administration, debtor, |draft| {
            sending::complete(draft, notice, sending.clone())?;
            if !provider.tells() {
                posting::looked(draft, notice, false);
            }
            Ok(())
        })
        .await
    }

    /// Asks the printer how a letter stands, where it is time to.
    async fn look(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        dossier: &Dossier,
        notice: &NoticeId,
        message_id: Option<String>,
    ) -> Result<Handled, Failure> {
        if !posting::to_look_at(dossier, self.clock.now()?).any(|n| n.id == *notice) {
            return Ok(Handled::Skipped("settled_already"));
        }
        let settings = self.settings(administration).await?;
        let provider = settings.letters.provider.filter(|p| p.tells());
        let standing = match (provider, message_id) {
            (Some(provider), Some(id)) => self.ask(administration, provider, &id).await?,
            // Nobody to ask, or nothing to ask by.
            _ => None,
        };
        let now = self.clock.now()?;
        let report = standing.and_then(|standing| report(standing, now));
        let seen = if report.is_some() { "told" } else { "asked" };
        until_no_conflict(|| {
            self.change(administration, debtor, |draft| {
                if draft.dossier.notice(notice).is_none() {
                    return Ok(());
                }
                if let Some((report, at)) = report {
                    sending::record_delivery(draft, notice, report, at)?;
                }
                posting::looked(draft, notice, standing.is_some());
                Ok(())
            })
        })
        .await?;
        Ok(Handled::Done(seen))
    }

    async fn ask(
        &self,
        administration: &AdministrationId,
        provider: LetterProvider,
        id: &str,
    ) -> Result<Option<Standing>, Failure> {
        let account = self.account(administration, provider).await?;
        match self.printer(provider).look(id, &account).await {
            Ok(standing) => Ok(standing),
            // Keys that were taken away, a letter of another account: a person has to look, and the next look is tomorrow's.
            Err(
                error @ (PrinterError::Unauthorized | PrinterError::NotFound | PrinterError::Malformed(_)),
            ) => {
                tracing::warn!(%error, "a printer did not say how a letter stands");
                Ok(Some(Standing::UnderWay))
            }
            Err(error @ PrinterError::Unavailable(_)) => Err(Failure::unavailable(error.to_string())),
        }
    }

    async fn change(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        decide: impl Fn(&mut Draft) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let settings = self.settings(administration).await?;
        let known = self.store.dossier(administration, debtor).await?;
        let known = known.ok_or_else(|| Failure::bug("a dossier went while its letter was sent"))?;
        let mut draft = Draft::of(known.value, self.clock.now()?, BY);
        decide(&mut draft)?;
        if !draft.is_unchanged() {
            self.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        }
        Ok(())
    }

    fn printer(&self, provider: LetterProvider) -> Arc<dyn Printer> {
        match provider {
            LetterProvider::Pingen => self.pingen.clone(),
            LetterProvider::HandOff => Arc::new(HandOff { files: self.files.clone() }),
        }
    }

    async fn account(
        &self,
        administration: &AdministrationId,
        provider: LetterProvider,
    ) -> Result<Account, Failure> {
        let keys = match provider {
            LetterProvider::HandOff => None,
            LetterProvider::Pingen => {
                let name = keys_name(&self.prefix, administration.as_str(), provider);
                self.secrets.get(&name).await?.and_then(|secret| secret.parse())
            }
        };
        Ok(Account { administration: administration.to_string(), keys })
    }

    async fn settings(&self, administration: &AdministrationId) -> Result<Administration, Failure> {
        let found = self.store.administration(administration).await?;
        Ok(found.ok_or_else(|| Failure::bug("an administration went while its letter was sent"))?.value)
    }
}

fn outcome(outcome: SendOutcome) -> Sending {
    match outcome {
        SendOutcome::Accepted { message_id } => Sending::Accepted { message_id },
        SendOutcome::Refused { reason, kind: RefusalKind::Permanent } => Sending::RefusedForGood { reason },
        SendOutcome::Refused { reason, kind: RefusalKind::Address } => Sending::AddressRefused { reason },
        SendOutcome::Refused { reason, kind: RefusalKind::Temporary } => Sending::RefusedForNow { reason },
        SendOutcome::Unknown { .. } => Sending::Unknown,
    }
}

/// What a standing means for the notice, and when that was; `None` where it changes nothing.
fn report(standing: Standing, now: Timestamp) -> Option<(Report, Timestamp)> {
    match standing {
        Standing::UnderWay => None,
        Standing::Posted { at } => Some((Report::Posted, at.unwrap_or(now))),
        Standing::Delivered { at } => Some((Report::Delivered, at.unwrap_or(now))),
        Standing::Undeliverable => Some((Report::Bounced { permanent: true }, now)),
        Standing::NotSent => Some((Report::Bounced { permanent: false }, now)),
    }
}

#[async_trait]
impl QueueHandler<SendLetter> for Send {
    async fn handle(&self, message: SendLetter, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
