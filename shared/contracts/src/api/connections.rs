//! Connections with accounting packages.

use domain::Violation;
use domain::connection::{Accounts, Connection, ConnectionState, Options, Package, Stage};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// What is asked for with a new connection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectionBody {
    /// `snelstart`, `moneybird`, `exact-online`, `twinfield` or `e-boekhouden`.
    pub package: String,
    /// Payments that come in here are told to the package; true when absent. Switch it off where the package reads the
    /// same bank account by itself.
    #[serde(default)]
    pub write_back: Option<bool>,
    /// The package's own id of the journal for them; its first one for banks when absent.
    #[serde(default)]
    pub journal: Option<String>,
    /// Whether its invoices are recurring terms, where the package does not say; true when absent.
    #[serde(default)]
    pub recurring_terms: Option<bool>,
    /// Where collection costs that are charged here are booked there; the package is not told of them when absent. They
    /// never go on the invoice itself.
    #[serde(default)]
    pub costs: Option<AccountsBody>,
}

/// Two ledger accounts, by the package's own ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountsBody {
    pub debit: String,
    pub credit: String,
}

impl ConnectionBody {
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<(Package, Options), Vec<Violation>> {
        let mut fields = Fields::new();
        let package = Package::parse(&self.package);
        if package.is_none() {
            fields.refuse("package", "unknown_package", "is the code of a package that is offered");
        }
        let journal = fields.optional_text("journal", self.journal.as_deref(), 64);
        let costs = self.costs.as_ref().and_then(|accounts| {
            let debit = fields.text("costs.debit", &accounts.debit, 64)?;
            let credit = fields.text("costs.credit", &accounts.credit, 64)?;
            Some(Accounts { debit, credit })
        });
        let usual = Options::default();
        let options = Options {
            write_back: self.write_back.unwrap_or(usual.write_back),
            journal,
            recurring_terms: self.recurring_terms.unwrap_or(usual.recurring_terms),
            costs,
        };
        fields.finish(package.map(|package| (package, options)))
    }
}

/// The key that a package shows to its user.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyBody {
    /// Kept among the secrets; never given back.
    pub key: String,
    /// Which of the books that the key opens, where it opens several: the package's own id.
    #[serde(default)]
    pub books: Option<String>,
}

/// Shows nothing: it holds a secret.
impl std::fmt::Debug for KeyBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyBody")
    }
}

impl KeyBody {
    /// The key, and the books that it is for.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(&self) -> Result<(String, Option<String>), Vec<Violation>> {
        let mut fields = Fields::new();
        let key = fields.text("key", &self.key, 4_000);
        let books = fields.optional_text("books", self.books.as_deref(), 100);
        fields.finish(key.map(|key| (key, books)))
    }
}

/// A connection as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// The package's code.
    pub id: String,
    pub package: String,
    pub state: ConnectionStateName,
    /// Why it fails: a fixed word, or the package's own code.
    pub reason: Option<String>,
    pub write_back: bool,
    pub journal: Option<String>,
    pub recurring_terms: bool,
    pub costs: Option<AccountsBody>,
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// When a synchronisation last came to its end.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub succeeded_at: Option<Timestamp>,
    /// When everything that is open was last gone through.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub swept_at: Option<Timestamp>,
    /// When it is worked on next.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// A synchronisation is under way, or is to go on.
    pub under_way: bool,
    pub counts: ConnectionCountsView,
    /// Records that could not be taken in, the last fifty.
    pub odd: Vec<OddRecordView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionStateName {
    WaitingForAuthorisation,
    Active,
    Failing,
    Disconnected,
}

/// Records since the connection was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionCountsView {
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Kept out by a rule on import.
    pub ignored: u64,
    pub odd: u64,
    pub gone: u64,
    /// Payments and costs told to the package.
    pub written: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OddRecordView {
    pub id: String,
    pub field: String,
    pub why: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl ConnectionView {
    pub fn of(connection: &Connection) -> ConnectionView {
        let (state, reason) = match &connection.state {
            ConnectionState::WaitingForAuthorisation => (ConnectionStateName::WaitingForAuthorisation, None),
            ConnectionState::Active => (ConnectionStateName::Active, None),
            ConnectionState::Failing { reason, .. } => (ConnectionStateName::Failing, Some(reason.clone())),
            ConnectionState::Disconnected => (ConnectionStateName::Disconnected, None),
        };
        let counts = connection.counts;
        let odd = connection.odd.iter().map(|odd| OddRecordView {
            id: odd.id.clone(),
            field: odd.field.clone(),
            why: odd.why.clone(),
            at: odd.at,
        });
        ConnectionView {
            id: connection.package.code().to_owned(),
            package: connection.package.code().to_owned(),
            state,
            reason,
            write_back: connection.options.write_back,
            journal: connection.options.journal.clone(),
            recurring_terms: connection.options.recurring_terms,
            costs: connection
                .options
                .costs
                .as_ref()
                .map(|a| AccountsBody { debit: a.debit.clone(), credit: a.credit.clone() }),
            asked_at: connection.asked_at,
            succeeded_at: connection.succeeded_at,
            swept_at: connection.swept_at,
            next_at: connection.due_at,
            under_way: connection.stage != Stage::Idle,
            counts: ConnectionCountsView {
                created: counts.created,
                changed: counts.changed,
                unchanged: counts.unchanged,
                ignored: counts.ignored,
                odd: counts.odd,
                gone: counts.gone,
                written: counts.written,
            },
            odd: odd.collect(),
        }
    }
}

/// A connection that was asked for, with what a person has to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionAskedFor {
    #[serde(flatten)]
    pub connection: ConnectionView,
    /// Where to go, for packages that ask their own user. It holds a secret and is shown once; null where a key has to be
    /// put instead.
    pub activation_url: Option<String>,
}

/// All connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionsView {
    pub items: Vec<ConnectionView>,
}
