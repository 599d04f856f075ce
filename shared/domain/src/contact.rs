//! What debtors say themselves about how to reach them. The ledger hears of it from a person; until it has taken that over,
//! its older version does not undo what the debtor said.

use serde::{Deserialize, Serialize};

use crate::debtor::{Debtor, EmailAddress};
use crate::dossier::Draft;
use crate::language::Language;
use crate::signalling::look_again;
use crate::timeline::Event;

/// What the task is about that asks somebody to put into the ledger what a debtor changed.
pub const CONTACT_CHANGED: &str = "contact_changed";

/// How to reach a debtor, as they say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Where mails go first; the others stay behind it.
    pub email: Option<EmailAddress>,
    /// Written as [`Debtor::phone`].
    pub phone: Option<String>,
    /// Also for text messages.
    pub mobile: Option<String>,
    /// Of everything that is written to them.
    pub language: Language,
}

/// What the debtor said, as long as the ledger says what it said before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnWord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    emails: Option<Said<Vec<EmailAddress>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<Said<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mobile: Option<Said<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<Said<Language>>,
}

/// One of those, and what it stands in place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said<T> {
    now: T,
    instead_of: T,
}

impl OwnWord {
    /// Nothing was said, or the ledger has all of it.
    pub fn is_unused(&self) -> bool {
        *self == OwnWord::default()
    }

    /// A version of the ledger, with the debtor's own word where it says what it said before. Where it says anything else
    /// somebody put it there, and it stands.
    pub(crate) fn over(&mut self, mut debtor: Debtor) -> Debtor {
        keep(&mut self.emails, &mut debtor.emails);
        keep(&mut self.phone, &mut debtor.phone);
        keep(&mut self.mobile, &mut debtor.mobile);
        keep(&mut self.language, &mut debtor.language);
        debtor
    }
}

fn keep<T: Clone + PartialEq>(said: &mut Option<Said<T>>, field: &mut T) {
    match said {
        Some(word) if word.instead_of == *field => *field = word.now.clone(),
        _ => *said = None,
    }
}

/// Says something in place of what the ledger says: of what was said twice, the ledger's own is remembered.
fn say<T: Clone + PartialEq>(said: &mut Option<Said<T>>, field: &mut T, now: T) -> bool {
    if *field == now {
        return false;
    }
    let instead_of = said.take().map_or_else(|| field.clone(), |word| word.instead_of);
    *said = (instead_of != now).then(|| Said { now: now.clone(), instead_of });
    *field = now;
    true
}

/// The debtor changes how they are reached. Whether that changed anything.
pub fn change(draft: &mut Draft, contact: &Contact) -> bool {
    let dossier = &mut draft.dossier;
    let (word, debtor) = (&mut dossier.own_word, &mut dossier.debtor);
    let mut emails = debtor.emails.clone();
    if let Some(email) = &contact.email {
        emails.retain(|e| e != email);
        // The first one is what was shown and changed.
        if debtor.emails.first().is_some_and(|first| first != email) && !emails.is_empty() {
            emails.remove(0);
        }
        emails.insert(0, email.clone());
    } else if !emails.is_empty() {
        emails.remove(0);
    }
    let changes = [
        ("emails", say(&mut word.emails, &mut debtor.emails, emails)),
        ("phone", say(&mut word.phone, &mut debtor.phone, contact.phone.clone())),
        ("mobile", say(&mut word.mobile, &mut debtor.mobile, contact.mobile.clone())),
        ("language", say(&mut word.language, &mut debtor.language, contact.language)),
    ];
    let fields: Vec<String> =
        changes.iter().filter(|(_, changed)| *changed).map(|(name, _)| (*name).to_owned()).collect();
    if fields.is_empty() {
        return false;
    }
    draft.forget_lost_addresses(&fields);
    draft.record(Event::DebtorChanged { fields });
    let (today, subject) = (draft.today(), draft.dossier.debtor.id.to_string());
    look_again(&mut draft.dossier, today);
    draft.open_task(CONTACT_CHANGED, &subject);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debtors_word_stands_until_the_ledger_says_something_else() {
        let mut said = None;
        let mut field = "old".to_owned();
        assert!(say(&mut said, &mut field, "mine".to_owned()));
        assert!(!say(&mut said, &mut field, "mine".to_owned()));
        // The ledger comes with the same old value again.
        let mut incoming = "old".to_owned();
        keep(&mut said, &mut incoming);
        assert_eq!(incoming, "mine");
        // And with a new one.
        let mut incoming = "new".to_owned();
        keep(&mut said, &mut incoming);
        assert_eq!((incoming.as_str(), &said), ("new", &None));
    }

    #[test]
    fn what_is_said_back_to_the_ledgers_own_leaves_nothing_to_keep() {
        let mut said = None;
        let mut field = 1;
        assert!(say(&mut said, &mut field, 2) && say(&mut said, &mut field, 3));
        assert_eq!(said, Some(Said { now: 3, instead_of: 1 }));
        assert!(say(&mut said, &mut field, 1));
        assert_eq!(said, None);
    }
}
