//! Messages between debtors and the desk, wherever they come from: the API, the portal, the mailbox.
//!
//! The bytes of what goes along are written first, under their own hash: a crash leaves at most a file that nothing names.

use std::sync::Arc;

use contracts::failure::Failure;
use domain::channels::MOST_ATTACHED_BYTES;
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId, MessageId};
use domain::message::{Attached, Message};
use domain::messaging::{self, Written, unread};
use outside::files::Files;
use store::until_no_conflict;

use crate::documents::{CheckedFile, ending_of};
use crate::{MEMORY, Origin, Records};

/// Messages among which a repetition looks for what it wrote.
const LATEST: u32 = 20;

/// Writes and reads messages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Messages {
    pub records: Records,
    pub files: Arc<dyn Files>,
}

impl Messages {
    /// Writes a message, with the files that go along; its own list of them is made here. The same request again writes
    /// nothing and gives what it wrote. `missing` is the failure where there is no such debtor.
    ///
    /// # Errors
    /// As [`messaging::write`]; bad input where the files are more than one mail takes.
    pub async fn write(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        written: &Written,
        files: &[CheckedFile],
        missing: impl Fn() -> Failure,
    ) -> Result<(Message, Dossier), Failure> {
        let attachments: Vec<Attached> = files.iter().map(CheckedFile::attached).collect();
        if attachments.iter().map(|a| a.bytes).sum::<u64>() > MOST_ATTACHED_BYTES {
            let detail = format!("are at most {MOST_ATTACHED_BYTES} bytes together");
            return Err(Failure::bad_input("attachments", "attachments_too_large", detail));
        }
        let written = Written { attachments, ..written.clone() };
        let (store, id) = (&self.records.store, &origin.administration);
        let settings = self.records.administration(id).await?.value;
        let known = store.dossier(id, debtor).await?.filter(|k| k.value.deleted_at.is_none());
        known.ok_or_else(&missing)?;
        for (file, attached) in files.iter().zip(&written.attachments) {
            let key = attachment_key(id, debtor, attached);
            self.files.put(&key, file.bytes.clone(), &attached.content_type).await?;
        }
        until_no_conflict(|| async {
            let known = store.dossier(id, debtor).await?.filter(|k| k.value.deleted_at.is_none());
            let known = known.ok_or_else(&missing)?;
            let now = self.records.now()?;
            if written.request.is_some() {
                let latest = store.messages(id, debtor, LATEST, None).await?.items;
                let same = |m: &Message| m.request == written.request && now.duration_since(m.at) < MEMORY;
                if let Some(message) = latest.into_iter().find(same) {
                    return Ok((message, known.value));
                }
            }
            let waiting: Vec<MessageId> = unread(&known.value).collect();
            let waiting = store.messages_of(id, &waiting).await?;
            let mut draft = Draft::of(known.value, now, &origin.by);
            let message = messaging::write(&mut draft, &settings, &written, &waiting)?;
            store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
            Ok((message, draft.dossier))
        })
        .await
    }

    /// Whoever the message was for has read it. Again changes nothing.
    ///
    /// # Errors
    /// There is no such message.
    pub async fn read(&self, origin: &Origin, message: &MessageId) -> Result<(Message, Dossier), Failure> {
        let missing = || Failure::not_found("message");
        let debtor = message.debtor().ok_or_else(missing)?;
        let (store, id) = (&self.records.store, &origin.administration);
        let settings = self.records.administration(id).await?.value;
        until_no_conflict(|| async {
            let known = store.dossier(id, &debtor).await?.ok_or_else(missing)?;
            // After the dossier: whoever changes a message moves the dossier's version.
            let message = store.message(id, message).await?.ok_or_else(missing)?;
            let mut draft = Draft::of(known.value, self.records.now()?, &origin.by);
            let message = messaging::read(&mut draft, &message);
            if !draft.is_unchanged() {
                store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
            }
            Ok((message, draft.dossier))
        })
        .await
    }
}

/// Where the bytes of what goes along with a message lie among the files: ids and a hash, and an ending by which a browser knows
/// what it saves.
pub fn attachment_key(administration: &AdministrationId, debtor: &DebtorId, attached: &Attached) -> String {
    let Attached { sha256, content_type, .. } = attached;
    // Two steps below the debtor: an invoice, whose documents lie one step below, can have any name.
    format!("documents/{administration}/{debtor}/messages/all/{sha256}.{}", ending_of(content_type))
}
