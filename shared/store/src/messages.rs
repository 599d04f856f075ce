//! Messages between debtors and the desk, and its standard texts. A message is written under the version of its debtor's
//! dossier; each way of asking for some is one query.

use domain::dossier::Draft;
use domain::ids::{AdministrationId, DebtorId, IncomingMailId, InvoiceId, MessageId, StandardTextId};
use domain::incoming_mail::IncomingMail;
use domain::message::Message;
use domain::standard_text::StandardText;
use jiff::SignedDuration;

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Key, Order, Page, Record, SortRange, TableError, Write};

/// How long it is remembered that a mail was filed.
const MAIL_MEMORY: SignedDuration = SignedDuration::from_hours(24 * 90);

impl Store {
    /// A message, where there is one of this id.
    pub async fn message(
        &self,
        administration: &AdministrationId,
        id: &MessageId,
    ) -> Result<Option<Message>, TableError> {
        let Some(key) = key(administration, id) else { return Ok(None) };
        Ok(self.get(&key).await?.map(|v| v.value))
    }

    /// Those of these messages that there are, in their order.
    pub async fn messages_of(
        &self,
        administration: &AdministrationId,
        ids: &[MessageId],
    ) -> Result<Vec<Message>, TableError> {
        let wanted: Vec<Key> = ids.iter().filter_map(|id| key(administration, id)).collect();
        Ok(self.get_all(&wanted).await?.into_iter().map(|v| v.value).collect())
    }

    /// The messages of a debtor, the last written first.
    pub async fn messages(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Message>, TableError> {
        let partition = keys::dossier_partition(administration, debtor);
        let range = SortRange::Prefix(keys::MESSAGE_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Descending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// The messages about one invoice of a debtor, the last written first.
    pub async fn messages_about(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        invoice: &InvoiceId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Message>, TableError> {
        let partition = keys::dossier_partition(administration, debtor);
        let range = SortRange::Prefix(keys::messages_about(invoice));
        let page = self.table.query(&partition, range, Order::Descending, limit, cursor).await?;
        let ids: Vec<MessageId> = page.items.iter().map(decode).collect::<Result<_, _>>()?;
        Ok(Page { items: self.messages_of(administration, &ids).await?, next: page.next })
    }

    /// The messages that nobody at the desk has read, the oldest first.
    pub async fn unread_messages(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Message>, TableError> {
        let partition = keys::unread_messages(administration);
        let page = self.listed(&partition, None, Order::Ascending, limit, cursor).await?;
        let found: Vec<Versioned<Message>> = self.get_all(&page.items).await?;
        // The index may be behind: what was read meanwhile is left out.
        let items = found.into_iter().map(|v| v.value).filter(Message::waits_for_desk).collect();
        Ok(Page { items, next: page.next })
    }

    /// A mail that came in, with its version.
    pub async fn incoming_mail(
        &self,
        administration: &AdministrationId,
        id: &IncomingMailId,
    ) -> Result<Option<Versioned<IncomingMail>>, TableError> {
        self.get(&keys::incoming_mail(administration, id)).await
    }

    /// Mails of which a person has to say whose they are, the oldest first.
    pub async fn unfiled_mails(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<IncomingMail>, TableError> {
        let partition = keys::unfiled_mails(administration);
        let page = self.listed(&partition, None, Order::Ascending, limit, cursor).await?;
        let found: Vec<Versioned<IncomingMail>> = self.get_all(&page.items).await?;
        let items = found.into_iter().map(|v| v.value).filter(|mail| mail.filed.is_none()).collect();
        Ok(Page { items, next: page.next })
    }

    /// Keeps a mail that came in, new or in place of the version that was read. One that is filed is remembered for a while, so
    /// that it is not filed again.
    pub async fn put_incoming_mail(
        &self,
        administration: &AdministrationId,
        mail: &IncomingMail,
        known: Option<u64>,
    ) -> Result<(), TableError> {
        let key = keys::incoming_mail(administration, &mail.id);
        let mut record = Record::new(key, known.map_or(1, |v| v + 1), encode(mail)?);
        if mail.filed.is_none() {
            record.listed = Some(keys::unfiled_mail(administration, &mail.id, mail.at));
        } else {
            record.expires_at = Some((mail.at + MAIL_MEMORY).as_second());
        }
        let condition = known.map_or(Condition::Absent, Condition::Version);
        self.table.write(vec![put(record, condition)]).await
    }

    /// Forgets a mail that came in: it is nobody's.
    pub async fn delete_incoming_mail(
        &self,
        administration: &AdministrationId,
        id: &IncomingMailId,
        known: u64,
    ) -> Result<(), TableError> {
        let key = keys::incoming_mail(administration, id);
        self.table.write(vec![Write::Delete { key, condition: Condition::Version(known) }]).await
    }

    /// The standard text of this name.
    pub async fn standard_text(
        &self,
        administration: &AdministrationId,
        id: &StandardTextId,
    ) -> Result<Option<StandardText>, TableError> {
        Ok(self.get(&keys::standard_text(administration, id)).await?.map(|v| v.value))
    }

    /// All standard texts, in the order of their names.
    pub async fn standard_texts(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<StandardText>, TableError> {
        let partition = keys::standard_texts(administration);
        let page = self.table.query(&partition, SortRange::all(), Order::Ascending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// Keeps a standard text, in place of the one of its name.
    pub async fn put_standard_text(
        &self,
        administration: &AdministrationId,
        text: &StandardText,
    ) -> Result<(), TableError> {
        let record = Record::new(keys::standard_text(administration, &text.id), 1, encode(text)?);
        self.table.write(vec![put(record, Condition::None)]).await
    }

    /// Takes a standard text away; one that is not there is gone already.
    pub async fn delete_standard_text(
        &self,
        administration: &AdministrationId,
        id: &StandardTextId,
    ) -> Result<(), TableError> {
        let key = keys::standard_text(administration, id);
        self.table.write(vec![Write::Delete { key, condition: Condition::None }]).await
    }
}

fn key(administration: &AdministrationId, id: &MessageId) -> Option<Key> {
    Some(keys::message(administration, &id.debtor()?, id.number()?))
}

/// What a draft wrote or marked as read. Written under the dossier's version: no conditions of their own.
pub(crate) fn writes(administration: &AdministrationId, draft: &Draft) -> Result<Vec<Write>, TableError> {
    let debtor = &draft.dossier.debtor.id;
    let mut writes = Vec::new();
    for message in draft.messages() {
        let number = message.id.number();
        let number = number.ok_or_else(|| TableError::Bug("a message without a number".to_owned()))?;
        let key = keys::message(administration, debtor, number);
        let mut record = Record::new(key, 1, encode(message)?);
        if message.waits_for_desk() {
            record.listed = Some(keys::unread_message(administration, &message.id, message.at));
        }
        writes.push(put(record, Condition::None));
        // What is read was pointed to when it was written.
        if let Some(invoice) = message.invoice.as_ref().filter(|_| message.read.is_none()) {
            let key = keys::message_about(administration, debtor, invoice, number);
            writes.push(put(Record::new(key, 1, encode(&message.id)?), Condition::None));
        }
    }
    Ok(writes)
}
