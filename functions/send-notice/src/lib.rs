//! Sends one notice: claims it, makes the one call, and records what came of it. Sends the codes that debtors wait for, too.
//!
//! The claim is stored before the call, under the version of the dossier and of the administration that were read: a
//! hold that was acknowledged before makes the claim fail. A call without an answer is *unknown*: the mail service's
//! own events settle it. What is absent: a lock that expires and lets somebody else send again.

mod code;
mod view;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::{SendMessage, SendNotice};
use domain::access::{Entrance, EntranceKind};
use domain::administration::Administration;
use domain::channels::{MOST_ATTACHMENTS, attached};
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId, MessageId, NoticeId};
use domain::notice::{CLAIM_LEASE, Channel, Notice};
use domain::sending::{self, Claim, Sending};
use domain::voice::MACHINE;
use jiff::Timestamp;
use outside::files::{Files, FilesError};
use outside::mail::{Attachment, Mail, Mailer};
use outside::outcome::{RefusalKind, SendOutcome};
use outside::sms::{Sms, Texter};
use outside::voice::{Caller, VoiceCall};
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use runtime::unguessable::{Signs, hash};
use store::{Along, Store, until_no_conflict};

/// Who the timeline says did it.
fn by(dossier: &Dossier, notice: &NoticeId) -> &'static str {
    match dossier.notice(notice).map(|n| n.channel) {
        Some(Channel::Sms) => "text message service",
        Some(Channel::Phone) => MACHINE,
        Some(Channel::Email | Channel::Letter) | None => "mail service",
    }
}

/// Why a notice does not leave as a text message although it was to: a person is asked.
const TOO_LONG: &str = "what it has to say does not fit in a text message";

/// What the handler works with.
#[derive(Clone)]
pub struct Send {
    pub store: Store,
    pub clock: Clock,
    pub mailer: Arc<dyn Mailer>,
    pub texter: Arc<dyn Texter>,
    pub caller: Arc<dyn Caller>,
    /// Where the documents of invoices are kept.
    pub files: Arc<dyn Files>,
    /// Where the portal is, without a slash at the end.
    pub portal_url: String,
}

impl std::fmt::Debug for Send {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Send").field("store", &self.store).finish_non_exhaustive()
    }
}

/// What asking for the claim came to.
enum Claimed {
    Message { message: Message, at: Timestamp },
    Not(Handled),
}

/// What leaves, as it stood at the claim.
enum Message {
    Mail(Box<Mail>),
    Sms(Box<Sms>),
    Call(Box<VoiceCall>),
}

impl Send {
    pub async fn run(&self, message: &SendNotice) -> Result<Handled, Failure> {
        let SendNotice { administration, notice_id } = message;
        let Some(debtor) = notice_id.debtor() else { return Ok(Handled::Skipped("no_such_notice")) };
        // One for all tries of this run: a try that lost its version was seen by nobody.
        let link = Signs::fresh()?;
        let claimed = until_no_conflict(|| self.claim(administration, &debtor, notice_id, &link)).await?;
        let (message, at) = match claimed {
            Claimed::Message { message, at } => (message, at),
            Claimed::Not(handled) => return Ok(handled),
        };
        // Whoever places a hold now waits for this call, but no longer than the lease and the call's own limit.
        let sending = if self.clock.now()?.duration_since(at) > CLAIM_LEASE {
            Sending::RefusedForNow { reason: "the claim's lease ran out before the call".to_owned() }
        } else {
            outcome(self.call(&message).await)
        };
        let handled = Handled::Done(match &sending {
            Sending::Accepted { .. } => "sent",
            Sending::RefusedForGood { .. } => "refused",
            Sending::AddressRefused { .. } => "address_refused",
            Sending::RefusedForNow { .. } => "refused_for_now",
            Sending::Unknown => "unknown",
        });
        until_no_conflict(|| self.complete(administration, &debtor, notice_id, &sending)).await?;
        Ok(handled)
    }

    /// The one call.
    async fn call(&self, message: &Message) -> SendOutcome {
        match message {
            Message::Mail(mail) => self.mailer.send(mail).await,
            Message::Sms(sms) => self.texter.send(sms).await,
            Message::Call(call) => self.caller.call(call).await,
        }
    }

    async fn claim(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        notice: &NoticeId,
        link: &Signs,
    ) -> Result<Claimed, Failure> {
        let Some(settings) = self.store.administration(administration).await? else {
            return Ok(Claimed::Not(Handled::Skipped("no_such_administration")));
        };
        let Some(known) = self.store.dossier(administration, debtor).await? else {
            return Ok(Claimed::Not(Handled::Skipped("no_such_debtor")));
        };
        let now = self.clock.now()?;
        let by = by(&known.value, notice);
        let mut draft = Draft::of(known.value, now, by);
        match draft.dossier.notice(notice).map(|n| n.channel) {
            None => return Ok(Claimed::Not(Handled::Skipped("no_such_notice"))),
            Some(Channel::Letter) => return Ok(Claimed::Not(Handled::Skipped("goes_another_way"))),
            Some(Channel::Email | Channel::Sms | Channel::Phone) => {}
        }
        let claim = sending::claim(&mut draft, notice, &settings.value)?;
        // The message is written before the claim is stored: a text that cannot be written claims nothing.
        let portal = format!("{}/{}", self.portal_url, link.plain());
        let message = match claim {
            Claim::Granted => self.message(&draft, &settings.value, notice, &portal).await?,
            Claim::PutBeforeDesk | Claim::Cancelled | Claim::NotNow(_) => None,
        };
        if let Some(message) = &message {
            self.keep(&mut draft, &settings.value, notice, message).await?;
        }
        if claim == Claim::Granted && message.is_none() {
            let reason = TOO_LONG.to_owned();
            sending::complete(&mut draft, notice, Sending::RefusedForGood { reason })?;
        }
        if !draft.is_unchanged() {
            let mut along = vec![Along::AdministrationUnchanged { version: settings.version }];
            if message.is_some() {
                let entrance = Entrance::new(administration, notice, EntranceKind::Link, now);
                along.push(Along::Entrance { hash: link.hash(), entrance: Box::new(entrance) });
            }
            self.store.commit(&settings.value, &draft, Some(known.version), along).await?;
        }
        Ok(match (claim, message) {
            (Claim::Granted, Some(message)) => Claimed::Message { message, at: now },
            (Claim::NotNow(why), _) => Claimed::Not(Handled::Skipped(why)),
            (Claim::PutBeforeDesk, _) => Claimed::Not(Handled::Done("put_before_desk")),
            (Claim::Granted, None) => Claimed::Not(Handled::Done("refused")),
            (Claim::Cancelled, _) => Claimed::Not(Handled::Done("cancelled")),
        })
    }

    /// Keeps what leaves, before the claim is stored: where the files are away nothing is claimed. Under its own hash, so that of two
    /// who write one that is claimed by one of them, neither replaces the other's. The link in it shows nothing of anybody without a
    /// code that is sent anew; codes themselves are no notices, and no copy of them is kept.
    async fn keep(
        &self,
        draft: &mut Draft,
        administration: &Administration,
        notice: &NoticeId,
        message: &Message,
    ) -> Result<(), Failure> {
        let (copy, ending, content_type) = match message {
            Message::Mail(mail) => (mail.copy(notice.as_str(), draft.now), "eml", "message/rfc822"),
            Message::Sms(sms) => (Some(sms.copy()), "txt", "text/plain; charset=utf-8"),
            // What is said is the flow's own: there is nothing to keep a copy of.
            Message::Call(_) => return Ok(()),
        };
        // What cannot be written is refused by the mail service's client as well, and then a person is asked.
        let Some(copy) = copy else { return Ok(()) };
        let file = format!("sent/{}/{notice}-{}.{ending}", administration.id, hash(&[copy.as_ref()]));
        self.files.put(&file, copy, content_type).await?;
        sending::keep_copy(draft, notice, file);
        Ok(())
    }

    /// What leaves, with what goes along: of a notice that was just claimed in this draft.
    async fn message(
        &self,
        draft: &Draft,
        settings: &Administration,
        id: &NoticeId,
        portal: &str,
    ) -> Result<Option<Message>, Failure> {
        let dossier = &draft.dossier;
        let of_desk = dossier.notice(id).and_then(|notice| notice.message.clone());
        if let Some(of_desk) = of_desk {
            return self.written_at_desk(draft, settings, id, &of_desk, portal).await;
        }
        let texts = self.store.texts_of(dossier, settings, id).await?;
        let documents = self.attachments(dossier, settings, id).await?;
        view::message(draft, settings, id, portal, &texts, documents)
    }

    /// The mail that brings what somebody at the desk wrote, with the files that go along with it.
    async fn written_at_desk(
        &self,
        draft: &Draft,
        settings: &Administration,
        id: &NoticeId,
        of_desk: &MessageId,
        portal: &str,
    ) -> Result<Option<Message>, Failure> {
        let (dossier, debtor) = (&draft.dossier, &draft.dossier.debtor.id);
        let written = self.store.message(&settings.id, of_desk).await?;
        let written = written.ok_or_else(|| Failure::bug("a notice carries a message that is not kept"))?;
        let archived = match written.invoice.as_ref().filter(|id| !dossier.invoices.contains_key(*id)) {
            Some(closed) => self.store.archived_invoice(&settings.id, debtor, closed).await?,
            None => None,
        };
        let open = written.invoice.as_ref().and_then(|id| dossier.invoices.get(id));
        let about = open.or(archived.as_ref());
        let mut mail = view::of_desk(draft, settings, id, &written, about, portal)?;
        for attached in &written.attachments {
            let key = records::attachment_key(&settings.id, debtor, attached);
            mail.attachments.extend(self.file(&key, &attached.name, &attached.content_type).await?);
        }
        Ok(Some(Message::Mail(Box::new(mail))))
    }

    /// A file as it goes along; nothing where its bytes are gone.
    async fn file(&self, key: &str, name: &str, content_type: &str) -> Result<Option<Attachment>, Failure> {
        match self.files.read(key, None).await {
            Ok(bytes) => {
                let (file_name, content_type) = (name.to_owned(), content_type.to_owned());
                Ok(Some(Attachment { file_name, content_type, bytes }))
            }
            Err(FilesError::Absent) => {
                tracing::warn!("a mail leaves without a document whose bytes are gone");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The documents that go along, read before the claim is stored: where the files are away nothing is claimed. One whose
    /// bytes are gone stays behind: the message itself says all that it has to.
    async fn attachments(
        &self,
        dossier: &Dossier,
        administration: &Administration,
        notice: &NoticeId,
    ) -> Result<Vec<Attachment>, Failure> {
        let takes = |n: &&Notice| n.channel == Channel::Email && administration.mail.attach.to(n.kind);
        let Some(notice) = dossier.notice(notice).filter(takes) else {
            return Ok(Vec::new());
        };
        let mut documents = Vec::new();
        for line in notice.lines.iter().take(MOST_ATTACHMENTS) {
            let of_invoice = self.store.documents(&administration.id, &dossier.debtor.id, &line.invoice);
            let mut of_invoice = of_invoice.await?;
            of_invoice.sort_by(|a, b| a.name.cmp(&b.name));
            documents.extend(of_invoice);
        }
        let mut attachments = Vec::new();
        for document in attached(&documents, dossier.debtor.is_business()) {
            let key = records::key_of(&administration.id, &dossier.debtor.id, document);
            attachments.extend(self.file(&key, &document.name, &document.content_type).await?);
        }
        Ok(attachments)
    }

    async fn complete(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        notice: &NoticeId,
        sending: &Sending,
    ) -> Result<(), Failure> {
        let settings = self.settings(administration).await?;
        let known = self.store.dossier(administration, debtor).await?;
        let known = known.ok_or_else(|| Failure::bug("a dossier went while its notice was sent"))?;
        let by = by(&known.value, notice);
        let mut draft = Draft::of(known.value, self.clock.now()?, by);
        sending::complete(&mut draft, notice, sending.clone())?;
        if !draft.is_unchanged() {
            self.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        }
        Ok(())
    }

    async fn settings(&self, administration: &AdministrationId) -> Result<Administration, Failure> {
        let found = self.store.administration(administration).await?;
        Ok(found.ok_or_else(|| Failure::bug("an administration went while its notice was sent"))?.value)
    }
}

fn outcome(outcome: SendOutcome) -> Sending {
    match outcome {
        SendOutcome::Accepted { message_id } => Sending::Accepted { message_id },
        SendOutcome::Refused { reason, kind: RefusalKind::Permanent } => Sending::RefusedForGood { reason },
        SendOutcome::Refused { reason, kind: RefusalKind::Temporary } => Sending::RefusedForNow { reason },
        SendOutcome::Refused { reason, kind: RefusalKind::Address } => Sending::AddressRefused { reason },
        SendOutcome::Unknown { .. } => Sending::Unknown,
    }
}

#[async_trait]
impl QueueHandler<SendMessage> for Send {
    async fn handle(&self, message: SendMessage, _delivery: &Delivery) -> Result<Handled, Failure> {
        match message {
            SendMessage::Notice(notice) => self.run(&notice).await,
            SendMessage::Code(code) => self.run_code(&code).await,
        }
    }
}
