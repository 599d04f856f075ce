//! Mails that debtors send to the creditor, filed as messages: by the notice that they answer, else by the sender's address, else by
//! a person.
//!
//! The same mail is filed once: what it became is remembered under its own id, and the message under the same.

use std::sync::Arc;

use contracts::failure::Failure;
use domain::dossier::Dossier;
use domain::ids::{AdministrationId, DebtorId, IncomingMailId, InvoiceId};
use domain::incoming_mail::{IncomingMail, MOST_SENDERS, Sender, address_key, sender, words};
use domain::matching::Found;
use domain::message::{Attached, Author};
use domain::messaging::Written;
use outside::files::{Files, FilesError};
use sha2::{Digest, Sha256};

use crate::documents::{CheckedFile, ending_of};
use crate::{Messages, Origin};

/// A mail as it is brought.
#[derive(Debug, Clone)]
pub struct Brought {
    /// Its `Message-ID`, without brackets.
    pub message_id: String,
    /// The address that it says it comes from.
    pub from: String,
    pub subject: String,
    pub text: String,
    /// The `Message-ID` that it answers, without brackets.
    pub in_reply_to: Option<String>,
    pub files: Vec<CheckedFile>,
}

/// Files mails that came in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct IncomingMails {
    pub messages: Messages,
    pub files: Arc<dyn Files>,
}

impl IncomingMails {
    /// What became of the mail with this `Message-ID`, where it came before.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn known(&self, origin: &Origin, message_id: &str) -> Result<Option<IncomingMail>, Failure> {
        let store = &self.messages.records.store;
        let known = store.incoming_mail(&origin.administration, &mail_id(message_id)?).await?;
        Ok(known.map(|known| known.value))
    }

    /// Takes a mail in: as a message of whose it is, or for a person to say. One that came before gives what became of it.
    ///
    /// # Errors
    /// As [`Messages::write`].
    pub async fn bring(&self, origin: &Origin, brought: &Brought) -> Result<IncomingMail, Failure> {
        let (store, id) = (&self.messages.records.store, &origin.administration);
        if let Some(known) = self.known(origin, &brought.message_id).await? {
            return Ok(known);
        }
        let having = self.having(id, &brought.from).await?;
        let of = sender(&brought.from, brought.in_reply_to.as_deref(), &having);
        let mut mail = IncomingMail {
            id: mail_id(&brought.message_id)?,
            from: brought.from.clone(),
            subject: brought.subject.clone(),
            text: brought.text.clone(),
            at: self.messages.records.now()?,
            by: origin.by.clone(),
            files: brought.files.iter().map(CheckedFile::attached).collect(),
            filed: None,
        };
        match of {
            Some(Sender { debtor, invoice }) => {
                mail = self.file_for(origin, mail, &debtor, invoice, &brought.files).await?;
            }
            None => {
                for (file, attached) in brought.files.iter().zip(&mail.files) {
                    let key = key(id, &mail.id, attached);
                    self.files.put(&key, file.bytes.clone(), &attached.content_type).await?;
                }
            }
        }
        store.put_incoming_mail(id, &mail, None).await?;
        Ok(mail)
    }

    /// A person says whose a mail is. Once it is filed, it stays where it is.
    ///
    /// # Errors
    /// There is no such mail; as [`Messages::write`].
    pub async fn file(
        &self,
        origin: &Origin,
        mail: &IncomingMailId,
        debtor: &DebtorId,
        invoice: Option<InvoiceId>,
    ) -> Result<IncomingMail, Failure> {
        let (store, id) = (&self.messages.records.store, &origin.administration);
        let known = store.incoming_mail(id, mail).await?.ok_or(Failure::not_found("incoming mail"))?;
        if known.value.filed.is_some() {
            return Ok(known.value);
        }
        let mut files = Vec::new();
        let attached = known.value.files.clone();
        for file in &attached {
            match self.files.read(&key(id, mail, file), None).await {
                Ok(bytes) => files.push(CheckedFile::parse(&file.name, bytes)?),
                // Taken along by a filing that broke off: it stands with the message already.
                Err(FilesError::Absent) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let filed = self.file_for(origin, known.value, debtor, invoice, &files).await?;
        store.put_incoming_mail(id, &filed, Some(known.version)).await?;
        self.forget_files(id, mail, &attached).await?;
        Ok(filed)
    }

    /// Throws a mail away that is nobody's.
    ///
    /// # Errors
    /// There is no such mail, or it is filed.
    pub async fn discard(&self, origin: &Origin, mail: &IncomingMailId) -> Result<(), Failure> {
        let (store, id) = (&self.messages.records.store, &origin.administration);
        let known = store.incoming_mail(id, mail).await?;
        let known = known.filter(|k| k.value.filed.is_none()).ok_or(Failure::not_found("incoming mail"))?;
        self.forget_files(id, mail, &known.value.files).await?;
        Ok(store.delete_incoming_mail(id, mail, known.version).await?)
    }

    /// Makes it a message, and forgets what it says: that stands with the message.
    async fn file_for(
        &self,
        origin: &Origin,
        mail: IncomingMail,
        debtor: &DebtorId,
        invoice: Option<InvoiceId>,
        files: &[CheckedFile],
    ) -> Result<IncomingMail, Failure> {
        let written = Written {
            author: Author::Debtor,
            invoice,
            text: words(&mail.subject, &mail.text),
            attachments: Vec::new(),
            request: Some(mail.id.to_string()),
        };
        let unknown = || Failure::bad_input("debtorId", "unknown_debtor", "names a debtor that is known");
        let (message, _) = self.messages.write(origin, debtor, &written, files, unknown).await?;
        let nothing = String::new;
        let (from, subject, text) = (nothing(), nothing(), nothing());
        Ok(IncomingMail { from, subject, text, files: Vec::new(), filed: Some(message.id), ..mail })
    }

    async fn forget_files(
        &self,
        administration: &AdministrationId,
        mail: &IncomingMailId,
        attached: &[Attached],
    ) -> Result<(), Failure> {
        for file in attached {
            match self.files.delete(&key(administration, mail, file)).await {
                Ok(()) | Err(FilesError::Absent) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The dossiers of those who have this address; none where more have it than anybody can tell apart.
    async fn having(&self, administration: &AdministrationId, from: &str) -> Result<Vec<Dossier>, Failure> {
        let store = &self.messages.records.store;
        let most = u32::try_from(MOST_SENDERS + 1).unwrap_or(u32::MAX);
        let found = store.found(administration, &Found::ByEmail(address_key(from)), most).await?;
        if found.len() > MOST_SENDERS {
            return Ok(Vec::new());
        }
        let debtors: Vec<DebtorId> = found.into_iter().map(|one| one.debtor).collect();
        Ok(store.dossiers_of(administration, &debtors).await?)
    }
}

/// The id of a mail, from its `Message-ID`, which may hold an address.
fn mail_id(message_id: &str) -> Result<IncomingMailId, Failure> {
    let digest = Sha256::digest(message_id.as_bytes());
    let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    IncomingMailId::parse(&hash).map_err(|_| Failure::bug("a hash is not an id"))
}

/// Where a file lies until a person said whose its mail is.
fn key(administration: &AdministrationId, mail: &IncomingMailId, attached: &Attached) -> String {
    format!("mails/{administration}/{mail}/{}.{}", attached.sha256, ending_of(&attached.content_type))
}
