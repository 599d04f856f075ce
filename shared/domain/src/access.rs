//! How a debtor gets to their own page: by a link in a message and a code that is sent anew, or by the code in a letter and
//! what only they know.
//!
//! A link alone opens nothing and shows nothing. A code goes to an address that is known already, lasts a quarter of an
//! hour and opens once. How often one may be asked for and guessed at is bounded here, and whoever asks is never told which
//! bound it was: what is refused looks like what is granted. A hold keeps no code from leaving: access to one's own data is
//! no reminder.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::administration::Administration;
use crate::debtor::Address;
use crate::dossier::{Dossier, Draft};
use crate::ids::{AccessCodeId, AdministrationId, DebtorId, NoticeId};
use crate::notice::Channel;
use crate::sending::Sending;
use crate::timeline::Event;

/// Who the timeline says did what was done on the portal.
pub const BY_DEBTOR: &str = "debtor";

/// How long a code opens, from when it was asked for.
pub const CODE_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// A code that was asked for longer ago is not sent any more: it would arrive when nobody waits for it.
const SENT_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// Between two codes of one debtor.
const BETWEEN_CODES: SignedDuration = SignedDuration::from_secs(60);

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Codes in an hour by one link, and of one debtor in an hour and a day.
const MOST_AN_HOUR_BY_LINK: usize = 3;
const MOST_AN_HOUR: usize = 5;
const MOST_A_DAY: usize = 10;

/// After so many wrong codes on end a way in is locked, and once more after as many again.
pub const MOST_WRONG: u32 = 5;

/// For how long it is locked, each time longer.
const LOCKED_FOR: [SignedDuration; 4] = [
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(24),
];

/// How long wrong codes are remembered.
const WRONG_REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How long a link or a letter's code leads to the page, in days.
pub const ENTRANCE_DAYS: i64 = 400;

/// A session without a request ends after so long.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// A session ends after so long, whatever is done in it.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(8);

/// Signs of what stands in a link behind the portal's address: as many as a letter's code has.
pub const LINK_SIGNS: usize = 12;

/// Where a link or a letter's code leads: kept under its hash, since whoever comes with it says nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entrance {
    /// Whose books.
    pub administration: AdministrationId,
    /// The message that it stood in; whose page it leads to follows from that.
    pub notice: NoticeId,
    /// What it is.
    pub kind: EntranceKind,
    /// Until when it leads there.
    pub until: Timestamp,
}

/// The ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EntranceKind {
    /// In a mail or text message: asks for a code.
    Link,
    /// Printed in a letter: asks for birth date and postcode.
    LetterCode,
}

impl Entrance {
    /// One that was given today.
    pub fn new(
        administration: &AdministrationId,
        notice: &NoticeId,
        kind: EntranceKind,
        now: Timestamp,
    ) -> Entrance {
        let until = now.saturating_add(SignedDuration::from_hours(24 * ENTRANCE_DAYS)).unwrap_or(now);
        Entrance { administration: administration.clone(), notice: notice.clone(), kind, until }
    }
}

/// Somebody who was let in. Kept under the hash of what their browser has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Whose books.
    pub administration: AdministrationId,
    /// Whose page: nothing of anybody else's can be asked for in it.
    pub debtor: DebtorId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When something was last asked for.
    pub seen_at: Timestamp,
}

impl Session {
    /// When it ends if nothing more is asked for.
    pub fn ends_at(&self) -> Timestamp {
        (self.seen_at + IDLE).min(self.opened_at + LONGEST)
    }

    /// It may be used.
    pub fn stands_at(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }
}

/// What a dossier keeps of ways in: codes of the last day, and where somebody came with wrong ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Those that were asked for within a day, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<AccessCode>,
    /// Ways in at which something wrong was tried since they were last opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doors: Vec<Door>,
}

impl Access {
    /// Nothing is kept.
    pub fn is_unused(&self) -> bool {
        self.codes.is_empty() && self.doors.is_empty()
    }
}

/// A code that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessCode {
    /// `{debtor}.a{number}`.
    pub id: AccessCodeId,
    /// The hash of the link that it was asked for at: it opens there and nowhere else.
    pub door: String,
    /// The message with that link.
    pub notice: NoticeId,
    /// By mail or as a text message.
    pub channel: Channel,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How far it is.
    pub state: CodeState,
}

/// How far a code is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum CodeState {
    /// To be made and sent.
    Asked,
    /// It is being sent, or was: nobody tries a second time. Only its hash is kept.
    Made {
        /// Of the code and its id.
        hash: String,
    },
    /// It was not sent.
    Failed,
    /// It opened the page, or too much was guessed at it.
    Spent,
}

/// A way in at which something wrong was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Door {
    /// The hash of the link, or of the letter's code.
    pub hash: String,
    /// How often on end.
    pub wrong: u32,
    /// When that was last.
    pub tried_at: Timestamp,
    /// Nothing opens it before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<Timestamp>,
}

/// The way in with this hash is locked.
fn is_locked(dossier: &Dossier, door: &str, now: Timestamp) -> bool {
    let doors = &dossier.access.doors;
    doors.iter().any(|d| d.hash == door && d.locked_until.is_some_and(|until| now < until))
}

/// The ways in which a code can reach this debtor.
fn reaches(dossier: &Dossier, administration: &Administration, channel: Channel) -> bool {
    match channel {
        Channel::Email => dossier.email().is_some(),
        Channel::Sms => {
            let connected = administration.channels.contains(&Channel::Sms);
            connected && administration.sms.identity.is_some() && dossier.mobile().is_some()
        }
        Channel::Letter | Channel::Phone => false,
    }
}

/// Asks for a code at the link with this hash. It goes the wanted way where that reaches the debtor, else the other.
///
/// # Errors
/// Why none is sent, as a stable code for the log: whoever asks is not told.
pub fn ask(
    draft: &mut Draft,
    administration: &Administration,
    door: &str,
    notice: &NoticeId,
    wanted: Channel,
) -> Result<AccessCodeId, &'static str> {
    let now = draft.now;
    if is_locked(&draft.dossier, door, now) {
        return Err("locked");
    }
    let other = if wanted == Channel::Email { Channel::Sms } else { Channel::Email };
    let reached = |channel: &Channel| reaches(&draft.dossier, administration, *channel);
    let channel = [wanted, other].into_iter().find(reached).ok_or("no_address")?;
    let within = |span: SignedDuration| {
        draft.dossier.access.codes.iter().filter(move |c| now.duration_since(c.asked_at) < span)
    };
    if within(BETWEEN_CODES).next().is_some() {
        return Err("asked_just_now");
    }
    if within(HOUR).filter(|c| c.door == door).count() >= MOST_AN_HOUR_BY_LINK
        || within(HOUR).count() >= MOST_AN_HOUR
        || within(DAY).count() >= MOST_A_DAY
    {
        return Err("asked_too_often");
    }
    forget(draft);
    draft.dossier.counts.access_codes += 1;
    let id = draft.dossier.debtor.id.access_code(draft.dossier.counts.access_codes);
    draft.dossier.access.codes.push(AccessCode {
        id: id.clone(),
        door: door.to_owned(),
        notice: notice.clone(),
        channel,
        asked_at: now,
        state: CodeState::Asked,
    });
    draft.record(Event::AccessCodeAsked { code: id.clone(), notice: notice.clone() });
    Ok(id)
}

/// What is older than anything that looks at it.
fn forget(draft: &mut Draft) {
    let now = draft.now;
    let access = &mut draft.dossier.access;
    access.codes.retain(|c| now.duration_since(c.asked_at) < DAY);
    access.doors.retain(|d| now.duration_since(d.tried_at) < WRONG_REMEMBERED);
}

/// Where a code goes that may be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// By mail or as a text message.
    pub channel: Channel,
    /// The address or number.
    pub address: String,
}

/// Claims the one call that sends a code, which has this hash. It goes to where the message went that the link stood in, as
/// long as that is an address of the debtor's; else to the one that is known now.
///
/// # Errors
/// Why it is not sent, as a stable code for the log.
pub fn claim(draft: &mut Draft, id: &AccessCodeId, hash: String) -> Result<Granted, &'static str> {
    let now = draft.now;
    let code = draft.dossier.access.codes.iter().find(|c| c.id == *id).ok_or("no_such_code")?;
    if code.state != CodeState::Asked {
        return Err("claimed_already");
    }
    if now.duration_since(code.asked_at) > SENT_WITHIN {
        return Err("asked_too_long_ago");
    }
    let channel = code.channel;
    let went_to = draft.dossier.notice(&code.notice).filter(|n| n.channel == channel);
    let went_to = went_to.and_then(|n| n.address.clone()).filter(|a| draft.dossier.is_good_address(a));
    let address = went_to.or_else(|| draft.dossier.address_of(channel)).ok_or("no_address")?;
    set_state(draft, id, CodeState::Made { hash });
    Ok(Granted { channel, address })
}

/// Records what came of the call. Without an answer the code may have arrived, and opens.
pub fn complete(draft: &mut Draft, id: &AccessCodeId, sending: &Sending) {
    match sending {
        Sending::Accepted { .. } => draft.record(Event::AccessCodeSent { code: id.clone() }),
        Sending::Unknown => {}
        Sending::RefusedForGood { reason }
        | Sending::AddressRefused { reason }
        | Sending::RefusedForNow { reason } => {
            set_state(draft, id, CodeState::Failed);
            draft.record(Event::AccessCodeFailed { code: id.clone(), reason: reason.clone() });
        }
    }
}

fn set_state(draft: &mut Draft, id: &AccessCodeId, state: CodeState) {
    if let Some(code) = draft.dossier.access.codes.iter_mut().find(|c| c.id == *id) {
        code.state = state;
    }
}

/// Somebody at the link with this hash gives a code; `hash_of` is its hash with the id of the code that it would be. Whether
/// they are let in.
pub fn enter_by_code(
    draft: &mut Draft,
    door: &str,
    notice: &NoticeId,
    hash_of: impl Fn(&AccessCodeId) -> String,
) -> bool {
    let now = draft.now;
    if is_locked(&draft.dossier, door, now) {
        return false;
    }
    let opens = |code: &&AccessCode| {
        let made = matches!(&code.state, CodeState::Made { hash } if *hash == hash_of(&code.id));
        made && code.door == door && now.duration_since(code.asked_at) < CODE_LASTS
    };
    match draft.dossier.access.codes.iter().find(opens).map(|c| c.id.clone()) {
        Some(id) => {
            set_state(draft, &id, CodeState::Spent);
            opened(draft, door, notice);
            true
        }
        None => {
            wrong(draft, door);
            false
        }
    }
}

/// Somebody with the code of a letter says when they were born and where they live. Whether they are let in. A debtor of whom
/// no birth date is known is asked for the postcode alone.
pub fn enter_by_letter(
    draft: &mut Draft,
    door: &str,
    notice: &NoticeId,
    birth_date: Option<Date>,
    postcode: &str,
) -> bool {
    if is_locked(&draft.dossier, door, draft.now) {
        return false;
    }
    let debtor = &draft.dossier.debtor;
    let born = debtor.person.as_ref().and_then(|p| p.birth_date);
    let compact = |text: &str| {
        Address::dutch_postcode(text)
            .unwrap_or_else(|| text.split_whitespace().collect::<String>().to_uppercase())
    };
    let lives = debtor.address.as_ref().and_then(|a| a.postcode.as_deref()).map(compact);
    let is_theirs =
        lives.is_some_and(|lives| lives == compact(postcode)) && born.is_none_or(|b| Some(b) == birth_date);
    if is_theirs {
        opened(draft, door, notice)
    } else {
        wrong(draft, door)
    }
    is_theirs
}

fn opened(draft: &mut Draft, door: &str, notice: &NoticeId) {
    draft.dossier.access.doors.retain(|d| d.hash != door);
    forget(draft);
    draft.record(Event::PortalOpened { notice: notice.clone() });
}

/// Counts what was tried; at each full number the way in is locked, each time longer, and its codes are spent.
fn wrong(draft: &mut Draft, door: &str) {
    let now = draft.now;
    forget(draft);
    let doors = &mut draft.dossier.access.doors;
    if !doors.iter().any(|d| d.hash == door) {
        doors.push(Door { hash: door.to_owned(), wrong: 0, tried_at: now, locked_until: None });
    }
    let Some(found) = doors.iter_mut().find(|d| d.hash == door) else { return };
    found.wrong = found.wrong.saturating_add(1);
    found.tried_at = now;
    if found.wrong % MOST_WRONG != 0 {
        return;
    }
    let times = usize::try_from(found.wrong / MOST_WRONG).unwrap_or(usize::MAX);
    let longest = LOCKED_FOR.len();
    found.locked_until = LOCKED_FOR.get(times.clamp(1, longest) - 1).map(|span| now + *span);
    for code in draft.dossier.access.codes.iter_mut().filter(|c| c.door == door) {
        code.state = CodeState::Spent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::{Creditor, Sector};
    use crate::debtor::{Debtor, DebtorKind, EmailAddress, Person};
    use crate::language::Language;
    use jiff::civil::date;

    const NOW: &str = "2026-09-08T08:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn administration() -> Administration {
        let creditor = Creditor {
            name: "Voorbeeld".into(),
            address_lines: vec![],
            iban: "NL91ABNA0417164300".into(),
            bic: None,
            phone: "030".into(),
            email: "a@example.nl".into(),
            sender: "b@example.nl".into(),
            opening_hours: None,
            platform_identification: "1".into(),
        };
        Administration::new("demo".parse().unwrap(), creditor, Sector::Energy)
    }

    fn dossier() -> Dossier {
        let address = Address {
            street: "Oudegracht".into(),
            house_number: Some("1".into()),
            suffix: None,
            postcode: Some("3511AA".into()),
            city: "Utrecht".into(),
            country: "NL".into(),
        };
        let person = Person {
            initials: None,
            prefix: None,
            surname: "Vries".into(),
            birth_date: Some(date(1985, 4, 12)),
        };
        let debtor = Debtor {
            id: "d1".parse().unwrap(),
            number: "D1".into(),
            kind: DebtorKind::Consumer,
            name: "J. de Vries".into(),
            person: Some(person),
            emails: vec![EmailAddress::parse("d1@example.nl").unwrap()],
            phone: None,
            mobile: None,
            language: Language::Nl,
            kvk_number: None,
            vat_id: None,
            iban: None,
            address: Some(address),
            policy_id: None,
            labels: vec![],
            modified_at: at(NOW),
        };
        Dossier::new(debtor, at(NOW))
    }

    fn notice() -> NoticeId {
        "d1.n1".parse().unwrap()
    }

    /// Asks at this link, so many seconds after eight. What was said, and the dossier afterwards.
    fn asked(dossier: Dossier, door: &str, seconds: i64) -> (Dossier, Result<AccessCodeId, &'static str>) {
        let mut draft = Draft::of(dossier, at(NOW) + SignedDuration::from_secs(seconds), BY_DEBTOR);
        let said = ask(&mut draft, &administration(), door, &notice(), Channel::Email);
        (draft.dossier, said)
    }

    #[test]
    fn codes_are_a_minute_apart_and_bounded_by_link_by_hour_and_by_day() {
        // (link, seconds after eight, what is said)
        let table = [
            ("a", 0, Ok(())),
            ("a", 59, Err("asked_just_now")),
            ("b", 59, Err("asked_just_now")),
            ("a", 60, Ok(())),
            ("a", 120, Ok(())),
            ("a", 180, Err("asked_too_often")),
            ("b", 180, Ok(())),
            ("b", 240, Ok(())),
            ("b", 300, Err("asked_too_often")),
            ("a", 3_599, Err("asked_too_often")),
            ("a", 3_600, Ok(())),
        ];
        let mut dossier = dossier();
        for (door, seconds, expected) in table {
            let (after, said) = asked(dossier, door, seconds);
            assert_eq!(said.map(|_| ()), expected, "{door} {seconds}");
            dossier = after;
        }
        assert_eq!(dossier.counts.access_codes, 6);
    }

    fn enters(dossier: &mut Dossier, door: &str, hash: &str, seconds: i64) -> bool {
        let now = at(NOW) + SignedDuration::from_secs(seconds);
        let mut draft = Draft::of(dossier.clone(), now, BY_DEBTOR);
        let let_in = enter_by_code(&mut draft, door, &notice(), |_| hash.to_owned());
        *dossier = draft.dossier;
        let_in
    }

    /// A code with the hash `good`, sent at eight for the link `a`.
    fn sent() -> Dossier {
        let (dossier, id) = asked(dossier(), "a", 0);
        let mut draft = Draft::of(dossier, at(NOW), "mail service");
        let granted = claim(&mut draft, &id.unwrap(), "good".into()).unwrap();
        assert_eq!(granted, Granted { channel: Channel::Email, address: "d1@example.nl".into() });
        draft.dossier
    }

    #[test]
    fn a_code_opens_its_own_link_once_for_a_quarter_of_an_hour() {
        // (link, code, seconds after eight, whether it opens)
        let table = [
            ("a", "good", 0, true),
            ("a", "good", 899, true),
            ("a", "good", 900, false),
            ("b", "good", 0, false),
            ("a", "bad", 0, false),
        ];
        for (door, hash, seconds, expected) in table {
            assert_eq!(enters(&mut sent(), door, hash, seconds), expected, "{door} {hash} {seconds}");
        }
        let mut dossier = sent();
        assert!(enters(&mut dossier, "a", "good", 1) && !enters(&mut dossier, "a", "good", 2));
    }

    #[test]
    fn the_fifth_wrong_code_locks_for_longer_each_time_and_spends_the_code() {
        let mut dossier = sent();
        for _ in 0..4 {
            assert!(!enters(&mut dossier, "a", "bad", 1));
        }
        assert!(enters(&mut dossier.clone(), "a", "good", 1));
        assert!(!enters(&mut dossier, "a", "bad", 1));
        assert!(!enters(&mut dossier, "a", "good", 1), "spent");
        assert_eq!(asked(dossier.clone(), "a", 61).1, Err("locked"));
        assert!(asked(dossier.clone(), "b", 61).1.is_ok(), "another message's link is not locked");
        let locked = |dossier: &Dossier| dossier.access.doors[0].locked_until.unwrap();
        assert_eq!(locked(&dossier), at("2026-09-08T08:15:01Z"));
        // What is tried while it is locked does not count.
        assert!(!enters(&mut dossier, "a", "bad", 900));
        for _ in 0..5 {
            assert!(!enters(&mut dossier, "a", "bad", 901));
        }
        assert_eq!(locked(&dossier), at("2026-09-08T09:15:01Z"));
    }

    #[test]
    fn a_code_is_claimed_once_and_not_when_nobody_waits_for_it_any_more() {
        let (dossier, id) = asked(dossier(), "a", 0);
        let id = id.unwrap();
        for (seconds, expected) in [(300, true), (301, false)] {
            let now = at(NOW) + SignedDuration::from_secs(seconds);
            let mut draft = Draft::of(dossier.clone(), now, "mail service");
            assert_eq!(claim(&mut draft, &id, "x".into()).is_ok(), expected, "{seconds}");
            assert!(claim(&mut draft, &id, "y".into()).is_err());
        }
    }

    #[test]
    fn a_letter_asks_for_what_is_known_of_the_debtor() {
        let born = Some(date(1985, 4, 12));
        // (birth date known, said, postcode, opens)
        let table = [
            (true, born, "3511 aa", true),
            (true, born, "3511AB", false),
            (true, Some(date(1985, 12, 4)), "3511AA", false),
            (true, None, "3511AA", false),
            (false, None, "3511AA", true),
            (false, None, "", false),
        ];
        for (known, said, postcode, expected) in table {
            let mut dossier = dossier();
            if !known {
                dossier.debtor.person = None;
            }
            let mut draft = Draft::of(dossier, at(NOW), BY_DEBTOR);
            assert_eq!(
                enter_by_letter(&mut draft, "l", &notice(), said, postcode),
                expected,
                "{said:?} {postcode}"
            );
        }
    }

    #[test]
    fn a_session_ends_after_half_an_hour_without_requests_or_after_eight_hours() {
        let session = |seen: &str| Session {
            administration: "demo".parse().unwrap(),
            debtor: "d1".parse().unwrap(),
            opened_at: at(NOW),
            seen_at: at(seen),
        };
        // (last seen, now, stands)
        let table = [
            (NOW, "2026-09-08T08:29:59Z", true),
            (NOW, "2026-09-08T08:30:00Z", false),
            ("2026-09-08T15:59:00Z", "2026-09-08T15:59:59Z", true),
            ("2026-09-08T15:59:00Z", "2026-09-08T16:00:00Z", false),
        ];
        for (seen, now, expected) in table {
            assert_eq!(session(seen).stands_at(at(now)), expected, "{seen} {now}");
        }
    }
}
