//! Mails that debtors send to the creditor: whose each is, so that it is filed as a message, or that a person has to say.
//!
//! Anybody can write any sender into a mail. So a mail that is filed opens a task for the desk, and does nothing else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossier::Dossier;
use crate::ids::{DebtorId, IncomingMailId, InvoiceId, MessageId};
use crate::message::{Attached, LONGEST_TEXT};

/// Debtors that a mail may be of, at most: of more it is nobody's.
pub const MOST_SENDERS: usize = 10;

/// A mail that came in, as it is kept until a person said whose it is; afterwards without what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IncomingMail {
    /// Made from its `Message-ID`, so that the same mail is filed once.
    pub id: IncomingMailId,
    /// The address that it says it comes from.
    pub from: String,
    /// What it is about, by its sender.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// When it was brought.
    pub at: Timestamp,
    /// Who brought it.
    pub by: String,
    /// The files that came along, still where they were uploaded to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attached>,
    /// What it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed: Option<MessageId>,
}

/// Whose a mail is, and the invoice that it answers about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Who wrote it.
    pub debtor: DebtorId,
    /// The invoice of the notice that it answers, where that is about one.
    pub invoice: Option<InvoiceId>,
}

/// Whose a mail is, among the debtors who have its address. `answers` is the `Message-ID` that it answers, without brackets: the
/// mail service's own id of one of our notices stands before its `@`. It decides where several have the address; without it
/// exactly one may. `None`: a person has to say.
pub fn sender(from: &str, answers: Option<&str>, having: &[Dossier]) -> Option<Sender> {
    let known: Vec<&Dossier> = having.iter().filter(|d| d.deleted_at.is_none() && has(d, from)).collect();
    let ours = answers.map(|id| id.split_once('@').map_or(id, |(local, _)| local));
    let answered = known.iter().find_map(|dossier| {
        let notice =
            dossier.notices.iter().find(|n| n.carried_as.is_some() && n.carried_as.as_deref() == ours)?;
        let mut about = notice.lines.iter().map(|line| &line.invoice).chain(&notice.stated);
        let invoice = match (about.next(), about.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        };
        Some(Sender { debtor: dossier.debtor.id.clone(), invoice })
    });
    answered.or(match known.as_slice() {
        [only] => Some(Sender { debtor: only.debtor.id.clone(), invoice: None }),
        _ => None,
    })
}

fn has(dossier: &Dossier, address: &str) -> bool {
    dossier.debtor.emails.iter().any(|email| address_key(email.as_str()) == address_key(address))
}

/// An address as it is compared: mail systems do not tell capitals from small letters, whatever the standard lets them.
pub fn address_key(address: &str) -> String {
    address.trim().to_lowercase()
}

/// What a mail becomes as a message: its words without the lines that quote another mail at the end, as far as one message holds
/// them; its subject where it says nothing else.
pub fn words(subject: &str, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let quoted = |line: &&&str| line.trim().is_empty() || line.trim_start().starts_with('>');
    let kept = lines.len() - lines.iter().rev().take_while(quoted).count();
    let own = lines.get(..kept).unwrap_or_default().join("\n");
    let own = own.trim();
    let said = if own.is_empty() { subject.trim() } else { own };
    let said: String = said.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST_TEXT).collect();
    if said.is_empty() { "…".to_owned() } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::debtor::EmailAddress;
    use crate::notice::{Channel, Notice};
    use crate::step::StepKind;

    #[test]
    fn a_mail_says_what_stands_above_the_mail_that_it_quotes() {
        let table = [
            ("Vraag", "Hallo,\n\nKlopt dit?\n\n> Beste klant,\n> Betaal.\n", "Hallo,\n\nKlopt dit?"),
            ("Vraag", "> U schreef\nNee, dat klopt niet.", "> U schreef\nNee, dat klopt niet."),
            ("Vraag", "\n> alles\n", "Vraag"),
            ("Vraag", "a\u{7}b\r\nc", "ab\nc"),
            (" ", "", "…"),
        ];
        for (subject, text, expected) in table {
            assert_eq!(words(subject, text), expected, "{text:?}");
        }
        assert_eq!(words("", &"x".repeat(5_000)).len(), 4_000);
    }

    fn dossier(id: &str, emails: &[&str]) -> Dossier {
        let now: Timestamp = "2026-09-01T08:00:00Z".parse().unwrap();
        let mut debtor = crate::signal_cases::debtor();
        debtor.id = DebtorId::parse(id).unwrap();
        debtor.emails = emails.iter().map(|e| EmailAddress::parse(e).unwrap()).collect();
        Dossier::new(debtor, now)
    }

    fn of(id: &str) -> Option<Sender> {
        Some(Sender { debtor: DebtorId::parse(id).unwrap(), invoice: None })
    }

    #[test]
    fn a_mail_is_of_the_only_one_with_its_address_or_of_whose_notice_it_answers() {
        let one = dossier("d1", &["a@example.nl", "b@example.nl"]);
        let mut other = dossier("d2", &["A@Example.nl"]);
        let now = other.updated_at;
        let id = other.debtor.id.notice(1);
        let mut notice = Notice::prepared(id, StepKind::DeskMessage, Channel::Email, now, 1);
        notice.carried_as = Some("m1".to_owned());
        other.notices.push(notice);
        let both = [one, other];
        let answers = Some("m1@eu-central-1.amazonses.com");
        assert_eq!(sender("B@EXAMPLE.NL", None, &both), of("d1"));
        assert_eq!(sender("a@example.nl", None, &both), None, "two have it");
        assert_eq!(sender("a@example.nl", answers, &both), of("d2"));
        assert_eq!(sender("a@example.nl", Some("m2@x"), &both), None);
        assert_eq!(
            sender("b@example.nl", answers, &both),
            of("d1"),
            "who answers it has to have the address"
        );
        assert_eq!(sender("c@example.nl", answers, &both), None);
    }
}
