//! Sends a code to a debtor who waits for it: claims it, makes the one call, and records what came of it.
//!
//! The debtor asked for it a moment ago, so no window and no hold keeps it back; one that is late is not sent. The code
//! itself is made here, seen by nobody else, and kept as a hash.

use contracts::failure::Failure;
use contracts::queues::SendAccessCode;
use domain::access::{self, Granted};
use domain::administration::Administration;
use domain::dossier::{Dossier, Draft};
use domain::ids::{AccessCodeId, AdministrationId, DebtorId};
use domain::notice::{CLAIM_LEASE, Channel};
use domain::sending::Sending;
use jiff::Timestamp;
use outside::mail::Mail;
use outside::sms::Sms;
use pages::code;
use runtime::queue::Handled;
use runtime::unguessable::{code_hash, digits};
use store::until_no_conflict;

use crate::{Message, Send, outcome};

/// A text message with a code is not handed to the network any more after so many seconds.
const SMS_LIVES_SECONDS: u32 = 300;

/// What asking for the claim came to.
enum Claimed {
    Message { message: Message, at: Timestamp },
    Not(&'static str),
}

fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "text message service",
        Channel::Email | Channel::Letter | Channel::Phone => "mail service",
    }
}

impl Send {
    pub async fn run_code(&self, message: &SendAccessCode) -> Result<Handled, Failure> {
        let SendAccessCode { administration, access_code_id: id } = message;
        let Some(debtor) = id.debtor() else { return Ok(Handled::Skipped("no_such_code")) };
        // One for all tries of this run: a try that lost its version was seen by nobody.
        let digits = digits()?;
        let claimed = until_no_conflict(|| self.claim_code(administration, &debtor, id, &digits)).await?;
        let (message, at) = match claimed {
            Claimed::Message { message, at } => (message, at),
            Claimed::Not(why) => return Ok(Handled::Skipped(why)),
        };
        let sending = if self.clock.now()?.duration_since(at) > CLAIM_LEASE {
            Sending::RefusedForNow { reason: "the claim's lease ran out before the call".to_owned() }
        } else {
            outcome(self.call(&message).await)
        };
        until_no_conflict(|| self.complete_code(administration, &debtor, id, &sending)).await?;
        Ok(Handled::Done(match sending {
            Sending::Accepted { .. } => "code_sent",
            Sending::Unknown => "unknown",
            Sending::RefusedForGood { .. }
            | Sending::AddressRefused { .. }
            | Sending::RefusedForNow { .. } => "refused",
        }))
    }

    async fn claim_code(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        id: &AccessCodeId,
        digits: &str,
    ) -> Result<Claimed, Failure> {
        let Some(settings) = self.store.administration(administration).await? else {
            return Ok(Claimed::Not("no_such_administration"));
        };
        let known = self.store.dossier(administration, debtor).await?;
        let Some(known) = known.filter(|k| k.value.deleted_at.is_none()) else {
            return Ok(Claimed::Not("no_such_debtor"));
        };
        let now = self.clock.now()?;
        let mut draft = Draft::of(known.value, now, "mail service");
        let granted = match access::claim(&mut draft, id, code_hash(id.as_str(), digits)) {
            Ok(granted) => granted,
            Err(why) => return Ok(Claimed::Not(why)),
        };
        let message = written(&draft.dossier, &settings.value, id, &granted, digits)?;
        self.store.commit(&settings.value, &draft, Some(known.version), Vec::new()).await?;
        Ok(Claimed::Message { message, at: now })
    }

    async fn complete_code(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        id: &AccessCodeId,
        sending: &Sending,
    ) -> Result<(), Failure> {
        let settings = self.settings(administration).await?;
        let known = self.store.dossier(administration, debtor).await?;
        let known = known.ok_or_else(|| Failure::bug("a dossier went while its code was sent"))?;
        let channel = known.value.access.codes.iter().find(|c| c.id == *id).map(|c| c.channel);
        let mut draft = Draft::of(known.value, self.clock.now()?, by(channel.unwrap_or(Channel::Email)));
        access::complete(&mut draft, id, sending);
        if !draft.is_unchanged() {
            self.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        }
        Ok(())
    }
}

/// The mail or text message with the code.
fn written(
    dossier: &Dossier,
    administration: &Administration,
    id: &AccessCodeId,
    granted: &Granted,
    digits: &str,
) -> Result<Message, Failure> {
    let creditor = &administration.creditor;
    let said = code::render(dossier.debtor.language, &creditor.name, digits)
        .map_err(|e| Failure::bug(format!("a code cannot be written: {e}")))?;
    let names = vec![
        ("administration".to_owned(), administration.id.to_string()),
        ("code".to_owned(), id.to_string()),
    ];
    Ok(match granted.channel {
        Channel::Email => Message::Mail(Box::new(Mail {
            from_name: creditor.name.clone(),
            from_address: administration.sender().to_owned(),
            to: vec![granted.address.clone()],
            reply_to: Some(creditor.email.clone()),
            subject: said.subject,
            text: said.text,
            html: said.html,
            inline_images: Vec::new(),
            attachments: Vec::new(),
            tags: names,
        })),
        Channel::Sms => {
            let identity = administration.sms.identity.clone();
            Message::Sms(Box::new(Sms {
                identity: identity
                    .ok_or_else(|| Failure::bug("text messages are connected without an identity"))?,
                to: granted.address.clone(),
                text: said.sms,
                time_to_live_seconds: SMS_LIVES_SECONDS,
                context: names,
            }))
        }
        Channel::Letter | Channel::Phone => return Err(Failure::bug("a code goes no such way")),
    })
}
