//! Connections of an administration with accounting packages: how far a pull came, when the next one is due, and what a
//! person has to know about it. Secrets are kept elsewhere.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use serde::{Deserialize, Serialize};

/// An accounting package that invoices come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Package {
    /// SnelStart, B2B API v2.
    SnelStart,
    /// Moneybird, API v2.
    Moneybird,
    /// Exact Online, REST API v1.
    ExactOnline,
    /// Twinfield, XML web services and browse codes.
    Twinfield,
    /// e-Boekhouden, REST API v1.
    EBoekhouden,
}

impl Package {
    /// All of them.
    pub const ALL: [Package; 5] = [
        Package::SnelStart,
        Package::Moneybird,
        Package::ExactOnline,
        Package::Twinfield,
        Package::EBoekhouden,
    ];

    /// As it stands in paths, keys and settings.
    pub fn code(self) -> &'static str {
        match self {
            Package::SnelStart => "snelstart",
            Package::Moneybird => "moneybird",
            Package::ExactOnline => "exact-online",
            Package::Twinfield => "twinfield",
            Package::EBoekhouden => "e-boekhouden",
        }
    }
}

impl Package {
    /// The package of this code.
    pub fn parse(code: &str) -> Option<Package> {
        Package::ALL.into_iter().find(|package| package.code() == code)
    }

    /// The id of a record here, from the package's own: it begins with the package's code and a dot.
    pub fn record_id(self, id: &str) -> String {
        format!("{}.{id}", self.code())
    }

    /// The package's own id of a record that comes from it.
    pub fn own_id(self, record: &str) -> Option<&str> {
        record.strip_prefix(self.code())?.strip_prefix('.').filter(|id| !id.is_empty())
    }

    /// The package that a record of this id comes from, if from any.
    pub fn of_record(record: &str) -> Option<Package> {
        Package::ALL.into_iter().find(|package| package.own_id(record).is_some())
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Between two pulls of what changed.
pub const PULL_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// A pull asks for what changed since this long before the last one began: clocks differ, and lists follow late.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// How long whoever works on a connection has it to itself: longer than a function may live.
pub const LEASE: SignedDuration = SignedDuration::from_secs(130);

/// The longest wait after failures in a row.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);

/// Documents that are fetched between two pulls of what changed: they leave the package's room for requests to what is owed.
pub const MOST_DOCUMENTS_BETWEEN_PULLS: u32 = 500;

/// Times that a package may give no answer for one document before it is left out: a day of pulls.
pub const MOST_TRIES_OF_A_DOCUMENT: u32 = 96;

/// Documents without an answer after which the others wait for the next pull.
const MOST_UNANSWERED: u32 = 3;

/// Odd records that are kept for a person to look at.
pub const MOST_ODD: usize = 50;

/// A connection as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// With which package: an administration has one connection with each.
    pub package: Package,
    /// How it stands.
    pub state: ConnectionState,
    /// SHA-256 of the reference that the package or a person comes back with, in hexadecimal.
    pub reference: String,
    /// What the creditor chose.
    pub options: Options,
    /// When it was asked for, the last time.
    pub asked_at: Timestamp,
    /// What is under way.
    pub stage: Stage,
    /// Everything that changed before this instant is known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes_since: Option<Timestamp>,
    /// When the last sweep of all open items began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept_at: Option<Timestamp>,
    /// Payments that changed here before this instant were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_until: Option<Timestamp>,
    /// When a pull last came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeded_at: Option<Timestamp>,
    /// When it is worked on next; `None` while it waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Until when somebody has it to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leased_until: Option<Timestamp>,
    /// Failures in a row.
    #[serde(default)]
    pub failures: u32,
    /// The package tells of changes by itself.
    #[serde(default)]
    pub subscribed: bool,
    /// Records since it was made.
    #[serde(default)]
    pub counts: Counts,
    /// Records that could not be taken in, the last ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub odd: Vec<OddRecord>,
}

/// How a connection stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum ConnectionState {
    /// A person has to go to the package, or give its key.
    WaitingForAuthorisation,
    /// It works, as far as is known.
    Active,
    /// It does not; it is tried again by itself, later and later.
    Failing {
        /// A fixed word or the package's code.
        reason: String,
        /// Since when.
        since: Timestamp,
    },
    /// Ended by a person; the keys are deleted.
    Disconnected,
}

/// What a creditor chooses about a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Options {
    /// Payments that did not come from the package are told to it.
    pub write_back: bool,
    /// The journal for them, by the package's own id; else its first one for banks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<String>,
    /// The package's invoices are recurring terms, where it does not say.
    pub recurring_terms: bool,
    /// Costs that were charged here are booked between these accounts there; without them the package is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Accounts>,
}

/// Two ledger accounts of a package, by its own ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accounts {
    /// Where it is added.
    pub debit: String,
    /// Where it is taken from.
    pub credit: String,
}

impl Default for Options {
    fn default() -> Options {
        // Recurring terms are what essential services invoice, and the rules protect more there.
        Options { write_back: true, journal: None, recurring_terms: true, costs: None }
    }
}

/// What is under way on a connection. A cursor is the package's own, or the store's where it is said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "stage")]
pub enum Stage {
    /// Nothing: the next pull begins with what changed.
    Idle,
    /// What changed is read.
    Changes {
        /// When the pull began.
        began_at: Timestamp,
        /// Where it goes on.
        cursor: Option<String>,
    },
    /// Everything open is read, and what is met is noted.
    OpenItems {
        /// When the sweep began.
        began_at: Timestamp,
        /// Where it goes on.
        cursor: Option<String>,
        /// Pages so far.
        page: u32,
    },
    /// Our own open invoices are gone through: those that the sweep did not meet are asked for one by one.
    Comparing {
        /// When the sweep began.
        began_at: Timestamp,
        /// Where it goes on in the list of debtors.
        cursor: Option<String>,
        /// Pages of what was met.
        pages: u32,
    },
    /// Documents of invoices that came in are fetched, as far as there is time until the next pull.
    Documents {
        /// When this began.
        began_at: Timestamp,
        /// Where it goes on in the list of those that are wanted.
        cursor: Option<String>,
        /// How many were asked for so far.
        asked: u32,
        /// Of how many of them the package gave no answer.
        unanswered: u32,
    },
}

impl Stage {
    fn documents(began_at: Timestamp) -> Stage {
        Stage::Documents { began_at, cursor: None, asked: 0, unanswered: 0 }
    }
}

/// Records that came over a connection, or went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Not known before.
    pub created: u64,
    /// Known, and different.
    pub changed: u64,
    /// Known as they are.
    pub unchanged: u64,
    /// Kept out by a rule on import.
    pub ignored: u64,
    /// Refused or not readable.
    pub odd: u64,
    /// No longer there.
    pub gone: u64,
    /// Payments and costs told to the package.
    pub written: u64,
}

/// A record that could not be taken in: its id and what is wrong, nothing of what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OddRecord {
    /// As it would be kept here.
    pub id: String,
    /// The field, in the package's or our own words.
    pub field: String,
    /// A fixed word.
    pub why: String,
    /// When it was met.
    pub at: Timestamp,
}

impl Connection {
    /// One that waits for a person to go to the package.
    pub fn asked_for(package: Package, reference: String, options: Options, now: Timestamp) -> Connection {
        Connection {
            package,
            state: ConnectionState::WaitingForAuthorisation,
            reference,
            options,
            asked_at: now,
            stage: Stage::Idle,
            changes_since: None,
            swept_at: None,
            told_until: None,
            succeeded_at: None,
            due_at: None,
            leased_until: None,
            failures: 0,
            subscribed: false,
            counts: Counts::default(),
            odd: Vec::new(),
        }
    }

    /// Whether there are keys to work with.
    pub fn works(&self) -> bool {
        matches!(self.state, ConnectionState::Active | ConnectionState::Failing { .. })
    }

    /// Keys came: work on it at once. What is known is read again only where it changed since.
    pub fn authorised(&mut self, now: Timestamp) {
        self.state = ConnectionState::Active;
        self.failures = 0;
        self.due_at = Some(now);
        // Payments of before are in the package's books already, or were told.
        self.told_until = self.told_until.or(Some(now));
    }

    /// A person ended it, here or there.
    pub fn disconnected(&mut self) {
        self.state = ConnectionState::Disconnected;
        self.due_at = None;
        self.stage = Stage::Idle;
        self.subscribed = false;
    }

    /// Takes it for oneself, unless somebody else has it.
    pub fn lease(&mut self, now: Timestamp) -> bool {
        if !self.works() || self.leased_until.is_some_and(|until| until > now) {
            return false;
        }
        self.leased_until = Some(now + LEASE);
        true
    }

    /// What is asked for next: goes on with what is under way, or begins with what changed.
    pub fn begin(&mut self, now: Timestamp) {
        if self.stage == Stage::Idle {
            self.stage = Stage::Changes { began_at: now, cursor: None };
        }
    }

    /// What changed is known. The night's first pull is followed by a sweep; the very first told everything there was.
    pub fn changes_known(&mut self, began_at: Timestamp) {
        let first = self.changes_since.is_none();
        self.changes_since = Some(began_at - OVERLAP);
        if first {
            self.swept_at = Some(began_at);
        }
        let swept_today =
            self.swept_at.is_some_and(|at| crate::calendar::today(at) == crate::calendar::today(began_at));
        self.stage = if swept_today {
            Stage::documents(began_at)
        } else {
            Stage::OpenItems { began_at, cursor: None, page: 0 }
        };
    }

    /// The sweep is at its end.
    pub fn swept(&mut self, began_at: Timestamp) {
        self.swept_at = Some(began_at);
        self.stage = Stage::documents(began_at);
    }

    /// Goes on with documents as this stage says, unless none is left or they had their share: the others then wait for the
    /// next pull.
    pub fn go_on_with_documents(&mut self, stage: Stage, now: Timestamp) {
        let goes_on = match &stage {
            Stage::Documents { began_at, cursor, asked, unanswered } => {
                cursor.is_some()
                    && *asked < MOST_DOCUMENTS_BETWEEN_PULLS
                    && *unanswered < MOST_UNANSWERED
                    && now.duration_since(*began_at) < PULL_EVERY
            }
            _ => false,
        };
        self.stage = if goes_on { stage } else { Stage::Idle };
    }

    /// All is done for now.
    pub fn succeeded(&mut self, now: Timestamp) {
        self.state = ConnectionState::Active;
        self.failures = 0;
        self.succeeded_at = Some(now);
        self.due_at = Some(now + PULL_EVERY);
        self.leased_until = None;
    }

    /// There is more, and no time left: whoever comes next goes on.
    pub fn hand_over(&mut self, now: Timestamp) {
        self.due_at = Some(now);
        self.leased_until = None;
    }

    /// The package asks to wait: nobody has it until then, whatever hints come.
    pub fn wait(&mut self, now: Timestamp, wait: SignedDuration) {
        self.due_at = Some(now + wait);
        self.leased_until = self.due_at;
    }

    /// It did not work: later, each time later than before.
    pub fn failed(&mut self, now: Timestamp, reason: &str) {
        let since = match &self.state {
            ConnectionState::Failing { since, .. } => *since,
            _ => now,
        };
        self.state = ConnectionState::Failing { reason: reason.to_owned(), since };
        let doublings = self.failures.min(8);
        self.failures = self.failures.saturating_add(1);
        let wait = PULL_EVERY.checked_mul(1 << doublings).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
        self.due_at = Some(now + wait);
        self.leased_until = None;
    }

    /// Keeps what is wrong with a record, the last ones only. The same once more is kept once.
    pub fn note_odd(&mut self, odd: OddRecord) {
        self.counts.odd += 1;
        self.odd.retain(|known| (&known.id, &known.field) != (&odd.id, &odd.field));
        self.odd.push(odd);
        let over = self.odd.len().saturating_sub(MOST_ODD);
        self.odd.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_records_id_tells_the_package_that_it_comes_from() {
        for package in Package::ALL {
            assert_eq!(Package::parse(package.code()), Some(package));
            let record = package.record_id("4f1c");
            assert_eq!((Package::of_record(&record), package.own_id(&record)), (Some(package), Some("4f1c")));
        }
        for record in ["z01", "snelstart", "snelstart.", "snelstart-1", "e-boekhouden2.1", ""] {
            assert_eq!(Package::of_record(record), None, "{record}");
        }
        assert_eq!(Package::Moneybird.own_id("snelstart.1"), None);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn connection() -> Connection {
        let now = at("2026-11-25T09:00:00Z");
        let mut made = Connection::asked_for(Package::SnelStart, "ab".to_owned(), Options::default(), now);
        made.authorised(now);
        made
    }

    #[test]
    fn one_works_on_a_connection_at_a_time() {
        let (now, end) = (at("2026-11-25T09:00:00Z"), at("2026-11-25T09:02:10Z"));
        let mut waiting = Connection::asked_for(Package::SnelStart, "ab".to_owned(), Options::default(), now);
        assert!(!waiting.lease(now), "there are no keys yet");
        let mut connection = connection();
        let table = [(now, true), (now, false), (end - SignedDuration::from_secs(1), false), (end, true)];
        for (at, taken) in table {
            assert_eq!(connection.lease(at), taken, "{at}");
        }
        connection.disconnected();
        assert!(!connection.lease(at("2026-11-26T09:00:00Z")));
        assert_eq!(connection.due_at, None);
    }

    #[test]
    fn the_first_pull_of_a_day_is_followed_by_a_sweep() {
        let mut connection = connection();
        // (began, a sweep follows)
        let table = [
            ("2026-11-25T09:00:00Z", false), // everything was told
            ("2026-11-25T22:59:59Z", false), // the last second of the day in Amsterdam
            ("2026-11-25T23:00:00Z", true),
            ("2026-11-26T08:00:00Z", false),
            ("2026-11-27T08:00:00Z", true),
        ];
        for (began, sweeps) in table {
            connection.begin(at(began));
            assert_eq!(connection.stage, Stage::Changes { began_at: at(began), cursor: None });
            connection.changes_known(at(began));
            assert_eq!(connection.changes_since, Some(at(began) - OVERLAP));
            let documents = Stage::documents(at(began));
            assert_eq!(connection.stage != documents, sweeps, "{began}");
            connection.swept(if sweeps { at(began) } else { connection.swept_at.unwrap() });
            connection.go_on_with_documents(documents, at(began));
            assert_eq!(connection.stage, Stage::Idle);
        }
    }

    #[test]
    fn documents_leave_room_for_the_next_pull() {
        let began_at = at("2026-11-25T09:00:00Z");
        let (within, over) = (at("2026-11-25T09:14:59Z"), at("2026-11-25T09:15:00Z"));
        // (asked, unanswered, more, now, goes on)
        let table = [
            (499, 2, true, within, true),
            (499, 2, false, within, false),
            (500, 2, true, within, false),
            (499, 3, true, within, false),
            (499, 2, true, over, false),
        ];
        for (asked, unanswered, more, now, goes_on) in table {
            let mut connection = connection();
            let cursor = more.then(|| "next".to_owned());
            let stage = Stage::Documents { began_at, cursor, asked, unanswered };
            connection.go_on_with_documents(stage, now);
            assert_eq!(connection.stage != Stage::Idle, goes_on, "{asked} {unanswered} {now}");
        }
    }

    #[test]
    fn failures_in_a_row_are_tried_later_and_later() {
        let mut connection = connection();
        let now = at("2026-11-25T09:00:00Z");
        for minutes in [15, 30, 60, 120, 240, 360, 360] {
            connection.failed(now, "status_503");
            assert_eq!(connection.due_at, Some(now + SignedDuration::from_mins(minutes)));
            assert_eq!(
                connection.state,
                ConnectionState::Failing { reason: "status_503".to_owned(), since: now }
            );
        }
        connection.succeeded(now);
        assert_eq!((connection.failures, &connection.state), (0, &ConnectionState::Active));
        assert_eq!(connection.due_at, Some(now + PULL_EVERY));
    }

    #[test]
    fn odd_records_are_kept_once_and_not_without_end() {
        let mut connection = connection();
        for number in 0..60 {
            let id = format!("snelstart.{}", number % 55);
            let odd = OddRecord {
                id,
                field: "naam".to_owned(),
                why: "missing".to_owned(),
                at: connection.asked_at,
            };
            connection.note_odd(odd);
        }
        assert_eq!((connection.odd.len(), connection.counts.odd), (MOST_ODD, 60));
        assert_eq!(connection.odd.last().unwrap().id, "snelstart.4");
    }
}
