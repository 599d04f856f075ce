//! The keys of messages between debtors and the desk, and of its standard texts.

use domain::ids::{AdministrationId, DebtorId, IncomingMailId, InvoiceId, MessageId, StandardTextId};
use jiff::Timestamp;

use super::{dossier_partition, ordered};
use crate::table::{IndexKey, Key};

pub const MESSAGE_PREFIX: &str = "M#";

/// By its number within the debtor's dossier, so that they are read in the order in which they were written.
pub fn message(administration: &AdministrationId, debtor: &DebtorId, number: u32) -> Key {
    Key::new(dossier_partition(administration, debtor), format!("{MESSAGE_PREFIX}{number:010}"))
}

/// What the messages about one invoice begin with. An id holds no `#`.
pub fn messages_about(invoice: &InvoiceId) -> String {
    format!("Y#{invoice}#")
}

/// That a message is about this invoice.
pub fn message_about(
    administration: &AdministrationId,
    debtor: &DebtorId,
    invoice: &InvoiceId,
    number: u32,
) -> Key {
    let sort = format!("{}{number:010}", messages_about(invoice));
    Key::new(dossier_partition(administration, debtor), sort)
}

/// Messages that nobody at the desk has read.
pub fn unread_messages(administration: &AdministrationId) -> String {
    format!("{administration}#Y")
}

pub fn unread_message(administration: &AdministrationId, message: &MessageId, at: Timestamp) -> IndexKey {
    IndexKey::new(unread_messages(administration), format!("{}#{message}", ordered(at)))
}

pub fn incoming_mail(administration: &AdministrationId, mail: &IncomingMailId) -> Key {
    Key::new(format!("{administration}#E#{mail}"), "-")
}

/// Mails of which a person has to say whose they are.
pub fn unfiled_mails(administration: &AdministrationId) -> String {
    format!("{administration}#E")
}

pub fn unfiled_mail(administration: &AdministrationId, mail: &IncomingMailId, at: Timestamp) -> IndexKey {
    IndexKey::new(unfiled_mails(administration), format!("{}#{mail}", ordered(at)))
}

/// The partition of an administration's standard texts.
pub fn standard_texts(administration: &AdministrationId) -> String {
    format!("{administration}#S")
}

pub fn standard_text(administration: &AdministrationId, text: &StandardTextId) -> Key {
    Key::new(standard_texts(administration), text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_messages_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let d = DebtorId::parse("d-1").unwrap();
        let i = InvoiceId::parse("i.1").unwrap();
        let m = IncomingMailId::parse("ab").unwrap();
        let t = StandardTextId::parse("meter").unwrap();
        let at: Timestamp = "2026-11-23T07:00:00.5Z".parse().unwrap();
        let key = |k: Key| format!("{} | {}", k.partition, k.sort);
        let index = |k: IndexKey| format!("{} | {}", k.partition, k.sort);
        for (made, expected) in [
            (key(message(&a, &d, 12)), "eneco#D#d-1 | M#0000000012"),
            (key(message_about(&a, &d, &i, 12)), "eneco#D#d-1 | Y#i.1#0000000012"),
            (index(unread_message(&a, &d.message(12), at)), "eneco#Y | 2026-11-23T07:00:00Z#d-1.w12"),
            (key(incoming_mail(&a, &m)), "eneco#E#ab | -"),
            (index(unfiled_mail(&a, &m, at)), "eneco#E | 2026-11-23T07:00:00Z#ab"),
            (key(standard_text(&a, &t)), "eneco#S | meter"),
        ] {
            assert_eq!(made, expected);
        }
    }
}
