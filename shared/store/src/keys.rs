//! Every key of the table, in one place. The test at the end pins them: a changed key is a migration.
//!
//! | What | Partition | Sort | Index |
//! |---|---|---|---|
//! | dossier of a debtor | `{administration}#D#{debtor}` | `D` | due, listed by last change |
//! | entry of its timeline | same | `T#{sequence}` | |
//! | closed invoice | same | `I#{invoice}` | |
//! | signal, as the overview shows it | same | `S#{signal}` | |
//! | payment request | same | `Q#{number}` | |
//! | message | same | `M#{number}` | listed while nobody at the desk has read it |
//! | that a message is about an invoice | same | `Y#{invoice}#{number}` | |
//! | note | same | `N#{number}` | |
//! | deletion of a debtor | same | `X` | listed by when it was taken in |
//! | document of an invoice | same | `F#{invoice}#{hash of its name}` | |
//! | whose invoice is this, or why it is not there | `{administration}#I#{invoice}` | `-` | listed where it was deleted or ignored |
//! | payment, or why it is not there | `{administration}#P#{payment}` | `-` | listed by last change |
//! | bank line | `{administration}#B#{line}` | `-` | listed by state and day |
//! | bank statement | `{administration}#G#{hash of the account}` | `{day}#{number}#{hash}` | listed by day |
//! | who or what is found by a number, account, name or direct debit | `{administration}#L#{hash}` | `{debtor}`, with `#{invoice}` or `#line#{line}` | |
//! | which invoice has this reference, made here | `{administration}#R#{reference}` | `-` | |
//! | which request has this provider's reference | `{administration}#R#{provider}#{reference}` | `-` | |
//! | answer to a request with an idempotency key | `{administration}#K#{hash}` | `-` | ends after 24 h |
//! | settings of an administration | `{administration}#A` | `-` | |
//! | earlier version of a policy | same | `policy#{policy}#{version}` | |
//! | earlier version of a signal rule | same | `rules#{early or crisis}#{version}` | |
//! | earlier version of the settings | same | `settings#{version}` | |
//! | earlier version of an own text | same | `text#{name}#{version}` | |
//! | own text | `{administration}#T` | `{step}/{channel}/{language}/{tone}` | |
//! | mail that came in | `{administration}#E#{hash of its id}` | `-` | listed until it is filed; ends after 90 days once it is |
//! | standard text of the desk | `{administration}#S` | `{text}` | |
//! | walk over its dossiers | same | `walk` | due |
//! | that a platform is asked for reports | same | `poll#{provider}` | due |
//! | how far it told | same | `polled#{provider}` | |
//! | whose direct debit mandate is this | `{administration}#M#{mandate}` | `-` | |
//! | direct debit that waits for a batch | `{administration}#D#{debtor}` | `B#{debit}` | due for collection |
//! | batch of direct debits | `{administration}#G#{batch}` | `-` | due for collection, listed by when it was opened |
//! | transaction of it | same | `E#{reference}` | |
//! | connection with a package | `{administration}#C` | `{package}` | due |
//! | how often a package was asked | same | `{package}#quota` | |
//! | what a sweep met | `{administration}#C#{package}` | `met#{sweep}#{page}` | ends after 48 h |
//! | an invoice whose document is to be fetched | `{administration}#C#{package}` | `document#{invoice}` | all of them, in this order |
//! | what a package was told of a payment | `{administration}#P#{payment}` | `told#{package}` | |
//! | what a package was told of costs | `{administration}#I#{invoice}` | `told#{package}` | |
//! | whose connection has this reference | `connecting#{hash}` | `-` | |
//! | import of a file | `{administration}#U#{import}` | `-` | due, listed by when it was asked for; ends after 90 days |
//! | what was refused of one part of it | same | `R#{where the part begins}` | ends with it |
//! | mapping of the columns of files | `{administration}#U` | `{mapping}` | |
//! | subscription to webhooks | `{administration}#W` | `{webhook}` | due |
//! | test message to it | `{administration}#W#{webhook}` | `{number}` | listed by when it was asked for; ends after 30 days |
//! | how far it is with a debtor | `{administration}#W#{webhook}#{debtor}` | `L` | due, or listed while it sleeps; ends after 60 days |
//! | delivery to it | same | `E#{sequence}#{part}` | listed by when it happened; ends after 30 days |
//! | row of the overview of signals | `{administration}#O#{municipality}#{provider}#{standing}`, each or `-` | `{1 or 2}#{prepared}#{signal}` | |
//! | signal that a platform took in | `{administration}#O#{municipality}#signalled` | `{day}#{signal}` | |
//! | how many signals stand how | `{administration}#N` | `{municipality or -}#{provider or -}#{shard}` | |
//! | what came of a month's signals | `{administration}#N#{month}` | `{municipality}#{shard}` | |
//! | task that waits | `{administration}#J#{what it is about, or -}` | `{due}#{task}` | |
//! | row of a debtor at the desk | `{administration}#V#{debtor}` | `-` | listed by what is owed; due by when it ages |
//! | debtor for whom something waits at the desk | `{administration}#Y#{what}` | `{since}#{debtor}` | |
//! | what the desk counts | `{administration}#Y` | `{generation}#{t or month}#{shard}` | |
//! | how far the desk's overview is | same | `state` | all of them |
//! | who the desk finds by this | `{administration}#Z#{hash}` | `{debtor}` | |
//! | API token | `token#{hash}` | `-` | |
//! | whose signal has this reference | `reference#{provider}#{reference}` | `-` | |
//! | feedback that came before its receipt | `reference#{provider}#{reference}` | `F#{id}` | listed for a person |
//! | webhook that was seen | `webhook#{provider}#{id}` | `-` | ends after 30 days |
//! | whose payment provider calls at this address | `payments#{provider}#{hash of the address}` | `-` | |
//! | where a link to a debtor's page, or the code in a letter, leads | `entrance#{hash}` | `-` | ends after 400 days |
//! | session of a debtor on their page | `session#{hash}` | `-` | ends after 30 minutes |
//! | municipality of a postcode | `postcode#{postcode}` | `-` | |
//! | providers of a municipality | `municipality#{code}` | `-` | listed by code |
//! | how far an import of postcodes is | `imported#{file}` | `-` | |
//! | what the address service said | `located#{hash}` | `-` | ends after 90 days |
//!
//! What belongs to a tenant begins with its administration, which cannot hold a `#`. The last rows belong to no
//! tenant: public tables, and what arrives before it is known whose it is.

mod desk;
mod messages;
mod overview;
mod polls;
mod tasks;
mod texts;
mod webhooks;

pub use desk::*;
pub use messages::*;
pub use overview::*;
pub use polls::*;
pub use tasks::*;
pub use texts::*;

use domain::calendar::midnight;
use domain::connection::Package;
use domain::ids::{
    AdministrationId, BankLineId, BatchId, DebitId, DebtorId, ImportId, InvoiceId, MandateId, MappingId,
    PaymentId, PolicyId, SignalId,
};
use domain::payment_request::PaymentProvider;
use domain::provider::Provider;
use domain::step::SignalKind;
use domain::write_back::Subject;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::table::{IndexKey, Key};

pub use webhooks::{
    delivery, delivery_sort, due_lane, due_subscription, lane, lane_partition, listed_delivery, of_lane,
    of_subscription, sleeping_lane, sleeping_lanes, subscription, subscription_of, subscriptions,
    webhook_shard, webhook_test,
};

/// Partitions of the due index: one takes 1,000 writes a second.
pub const DUE_SHARDS: u32 = 8;

const ONLY: &str = "-";

pub fn dossier_partition(administration: &AdministrationId, debtor: &DebtorId) -> String {
    format!("{administration}#D#{debtor}")
}

pub fn dossier(administration: &AdministrationId, debtor: &DebtorId) -> Key {
    Key::new(dossier_partition(administration, debtor), "D")
}

/// Whose dossier this key belongs to, if it is a dossier's.
pub fn dossier_of(key: &Key) -> Option<(AdministrationId, DebtorId)> {
    let mut parts = key.partition.split('#');
    let (administration, letter, debtor) = (parts.next()?, parts.next()?, parts.next()?);
    let found = (AdministrationId::parse(administration).ok()?, DebtorId::parse(debtor).ok()?);
    (letter == "D" && parts.next().is_none()).then_some(found)
}

pub const TIMELINE_PREFIX: &str = "T#";

pub fn timeline_entry(administration: &AdministrationId, debtor: &DebtorId, sequence: u32) -> Key {
    Key::new(dossier_partition(administration, debtor), format!("{TIMELINE_PREFIX}{sequence:010}"))
}

/// Beside the dossier, so that one that was never made can be known as deleted.
pub fn deleted_debtor(administration: &AdministrationId, debtor: &DebtorId) -> Key {
    Key::new(dossier_partition(administration, debtor), "X")
}

/// What the documents of one invoice begin with. An id holds no `#`.
pub fn document_prefix(invoice: &InvoiceId) -> String {
    format!("F#{invoice}#")
}

/// `name` is a hash: a file's name may hold personal data.
pub fn document(
    administration: &AdministrationId,
    debtor: &DebtorId,
    invoice: &InvoiceId,
    name: &str,
) -> Key {
    Key::new(dossier_partition(administration, debtor), format!("{}{name}", document_prefix(invoice)))
}

pub const ARCHIVE_PREFIX: &str = "I#";

pub fn archived_invoice(administration: &AdministrationId, debtor: &DebtorId, invoice: &InvoiceId) -> Key {
    Key::new(dossier_partition(administration, debtor), format!("{ARCHIVE_PREFIX}{invoice}"))
}

pub fn signal(administration: &AdministrationId, debtor: &DebtorId, signal: &SignalId) -> Key {
    Key::new(dossier_partition(administration, debtor), format!("S#{signal}"))
}

pub fn invoice_owner(administration: &AdministrationId, invoice: &InvoiceId) -> Key {
    Key::new(format!("{administration}#I#{invoice}"), ONLY)
}

pub fn payment(administration: &AdministrationId, payment: &PaymentId) -> Key {
    Key::new(format!("{administration}#P#{payment}"), ONLY)
}

pub fn bank_line(administration: &AdministrationId, line: &BankLineId) -> Key {
    Key::new(format!("{administration}#B#{line}"), ONLY)
}

/// The statements of one account, which is hashed.
pub fn statements(administration: &AdministrationId, account: &str) -> String {
    format!("{administration}#G#{account}")
}

/// What the statements of this day, and of those before it, sort under.
pub fn statement_day(closed_on: Date) -> String {
    format!("{closed_on}#")
}

/// A statement: those of one account in the order of their days, those of one day in that of their numbers.
pub fn statement(
    administration: &AdministrationId,
    account: &str,
    closed_on: Date,
    number: &str,
    hash: &str,
) -> Key {
    Key::new(statements(administration, account), format!("{}{number}#{hash}", statement_day(closed_on)))
}

/// What is found by one thing. The thing is hashed: it may be an account or a name.
pub fn found(administration: &AdministrationId, hash: &str) -> String {
    format!("{administration}#L#{hash}")
}

/// One of those that are found.
pub fn found_one(
    administration: &AdministrationId,
    hash: &str,
    debtor: &DebtorId,
    invoice: Option<&InvoiceId>,
    line: Option<&BankLineId>,
) -> Key {
    let invoice = invoice.map(|id| format!("#{id}")).unwrap_or_default();
    let line = line.map(|id| format!("#line#{id}")).unwrap_or_default();
    Key::new(found(administration, hash), format!("{debtor}{invoice}{line}"))
}

pub fn made_reference(administration: &AdministrationId, reference: &str) -> Key {
    Key::new(format!("{administration}#R#{reference}"), ONLY)
}

pub const PAYMENT_REQUEST_PREFIX: &str = "Q#";

/// By its number within the debtor's dossier, so that they are read in the order in which they were made.
pub fn payment_request(administration: &AdministrationId, debtor: &DebtorId, number: u32) -> Key {
    Key::new(dossier_partition(administration, debtor), format!("{PAYMENT_REQUEST_PREFIX}{number:010}"))
}

/// A reference of a payment provider holds no `#`.
pub fn payment_reference(
    administration: &AdministrationId,
    provider: PaymentProvider,
    reference: &str,
) -> Key {
    Key::new(format!("{administration}#R#{provider}#{reference}"), ONLY)
}

pub fn payment_callback(provider: PaymentProvider, hash: &str) -> Key {
    Key::new(format!("payments#{provider}#{hash}"), ONLY)
}

pub fn idempotency(administration: &AdministrationId, hash: &str) -> Key {
    Key::new(format!("{administration}#K#{hash}"), ONLY)
}

pub fn administration(administration: &AdministrationId) -> Key {
    Key::new(format!("{administration}#A"), ONLY)
}

/// What the earlier versions of one policy begin with. An id holds no `#`.
pub fn policy_prefix(policy: &PolicyId) -> String {
    format!("policy#{policy}#")
}

pub fn earlier_policy(administration: &AdministrationId, policy: &PolicyId, version: u32) -> Key {
    earlier(administration, &policy_prefix(policy), version)
}

pub fn earlier_rules(administration: &AdministrationId, kind: SignalKind, version: u32) -> Key {
    let prefix = match kind {
        SignalKind::Early => "rules#early#",
        SignalKind::Crisis => "rules#crisis#",
    };
    earlier(administration, prefix, version)
}

pub fn earlier_settings(administration: &AdministrationId, version: u32) -> Key {
    earlier(administration, "settings#", version)
}

pub(crate) fn earlier(administration: &AdministrationId, prefix: &str, version: u32) -> Key {
    Key::new(format!("{administration}#A"), format!("{prefix}{version:010}"))
}

const WALK: &str = "walk";

pub fn walk(administration: &AdministrationId) -> Key {
    Key::new(format!("{administration}#A"), WALK)
}

/// Whose walk this key is, if it is a walk's.
pub fn walk_of(key: &Key) -> Option<AdministrationId> {
    let administration = key.partition.strip_suffix("#A").filter(|_| key.sort == WALK)?;
    AdministrationId::parse(administration).ok()
}

pub fn mandate_owner(administration: &AdministrationId, mandate: &MandateId) -> Key {
    Key::new(format!("{administration}#M#{mandate}"), ONLY)
}

const WAITING_PREFIX: &str = "B#";

pub fn waiting_debit(administration: &AdministrationId, debtor: &DebtorId, debit: &DebitId) -> Key {
    Key::new(dossier_partition(administration, debtor), format!("{WAITING_PREFIX}{debit}"))
}

/// Which debit this key is of, if it is one that waits for a batch.
pub fn waiting_debit_of(key: &Key) -> Option<(AdministrationId, DebtorId, DebitId)> {
    let debit = DebitId::parse(key.sort.strip_prefix(WAITING_PREFIX)?).ok()?;
    let (administration, debtor) = dossier_of(key)?;
    Some((administration, debtor, debit))
}

pub fn batch(administration: &AdministrationId, batch: &BatchId) -> Key {
    Key::new(format!("{administration}#G#{batch}"), ONLY)
}

/// Which batch this key is of, if it is a batch's.
pub fn batch_of(key: &Key) -> Option<(AdministrationId, BatchId)> {
    let (administration, batch) = key.partition.split_once("#G#").filter(|_| key.sort == ONLY)?;
    Some((AdministrationId::parse(administration).ok()?, BatchId::parse(batch).ok()?))
}

pub const ENTRY_PREFIX: &str = "E#";

pub fn batch_entry(administration: &AdministrationId, of: &BatchId, end_to_end_id: &str) -> Key {
    Key::new(batch(administration, of).partition, format!("{ENTRY_PREFIX}{end_to_end_id}"))
}

pub fn connection(administration: &AdministrationId, package: Package) -> Key {
    Key::new(format!("{administration}#C"), package.code())
}

/// Whose connection this key is, if it is a connection's.
pub fn connection_of(key: &Key) -> Option<(AdministrationId, Package)> {
    let administration = key.partition.strip_suffix("#C")?;
    Some((AdministrationId::parse(administration).ok()?, Package::parse(&key.sort)?))
}

pub fn quota(administration: &AdministrationId, package: Package) -> Key {
    Key::new(format!("{administration}#C"), format!("{package}#quota"))
}

pub fn met(administration: &AdministrationId, package: Package, sweep: Timestamp, page: u32) -> Key {
    Key::new(fetching(administration, package), format!("met#{}#{page:06}", ordered(sweep)))
}

/// What the runs on a connection note for those that come after.
pub fn fetching(administration: &AdministrationId, package: Package) -> String {
    format!("{administration}#C#{package}")
}

/// What the sort keys of wanted documents begin with.
pub const WANTED_DOCUMENTS: &str = "document#";

pub fn wanted_document(administration: &AdministrationId, package: Package, invoice: &InvoiceId) -> Key {
    Key::new(fetching(administration, package), format!("{WANTED_DOCUMENTS}{invoice}"))
}

pub fn told(administration: &AdministrationId, subject: &Subject, package: Package) -> Key {
    let of = match subject {
        Subject::Payment(id) => payment(administration, id),
        Subject::Costs(id) => invoice_owner(administration, id),
    };
    Key::new(of.partition, format!("told#{package}"))
}

/// By the hash: the reference itself is a secret.
pub fn connection_reference(hash: &str) -> Key {
    Key::new(format!("connecting#{hash}"), ONLY)
}

/// The partition of the due index that connections stand in: they have a schedule of their own.
pub const DUE_CONNECTIONS: &str = "due#connections";

pub fn due_connection(administration: &AdministrationId, package: Package, at: Timestamp) -> IndexKey {
    IndexKey::new(DUE_CONNECTIONS, format!("{}#{administration}#{package}", ordered(at)))
}

pub fn import(administration: &AdministrationId, import: &ImportId) -> Key {
    Key::new(format!("{administration}#U#{import}"), ONLY)
}

/// Which import this key is of, if it is an import's.
pub fn import_of(key: &Key) -> Option<(AdministrationId, ImportId)> {
    let (administration, import) = key.partition.split_once("#U#").filter(|_| key.sort == ONLY)?;
    Some((AdministrationId::parse(administration).ok()?, ImportId::parse(import).ok()?))
}

pub const REFUSED_PREFIX: &str = "R#";

/// By where the part begins: in bytes, documents or statements, and lines.
pub fn refused_part(administration: &AdministrationId, of: &ImportId, at: u64, line: u64) -> Key {
    Key::new(import(administration, of).partition, format!("{REFUSED_PREFIX}{at:012}#{line:012}"))
}

/// The partition of the due index that imports stand in.
pub const DUE_IMPORTS: &str = "due#imports";

pub fn due_import(administration: &AdministrationId, import: &ImportId, at: Timestamp) -> IndexKey {
    IndexKey::new(DUE_IMPORTS, format!("{}#{administration}#{import}", ordered(at)))
}

pub fn listed_imports(administration: &AdministrationId) -> String {
    format!("{administration}#U")
}

pub fn listed_import(administration: &AdministrationId, import: &ImportId, at: Timestamp) -> IndexKey {
    IndexKey::new(listed_imports(administration), format!("{}#{import}", ordered(at)))
}

/// The partition of an administration's column mappings.
pub fn mappings(administration: &AdministrationId) -> String {
    format!("{administration}#U")
}

pub fn mapping(administration: &AdministrationId, mapping: &MappingId) -> Key {
    Key::new(mappings(administration), mapping.as_str())
}

pub fn token(hash: &str) -> Key {
    Key::new(format!("token#{hash}"), ONLY)
}

pub fn reference(provider: Provider, reference: &str) -> Key {
    Key::new(format!("reference#{provider}#{reference}"), ONLY)
}

pub const EARLY_FEEDBACK_PREFIX: &str = "F#";

pub fn early_feedback(provider: Provider, reference: &str, id: &str) -> Key {
    Key::new(format!("reference#{provider}#{reference}"), format!("{EARLY_FEEDBACK_PREFIX}{id}"))
}

pub fn webhook(provider: Provider, id: &str) -> Key {
    Key::new(format!("webhook#{provider}#{id}"), ONLY)
}

/// By the hash of the link, or of the letter's code: either is a secret.
pub fn entrance(hash: &str) -> Key {
    Key::new(format!("entrance#{hash}"), ONLY)
}

/// By the hash of what the browser has.
pub fn session(hash: &str) -> Key {
    Key::new(format!("session#{hash}"), ONLY)
}

/// Of somebody at the desk, by the hash of what their browser has.
pub fn staff_session(hash: &str) -> Key {
    Key::new(format!("staff#{hash}"), ONLY)
}

/// Sign-ins from one part of the network: so large a part that it is nobody's address.
pub fn sign_ins(part: &str) -> Key {
    Key::new(format!("sign-ins#{part}"), ONLY)
}

pub fn postcode(postcode: &str) -> Key {
    Key::new(format!("postcode#{postcode}"), ONLY)
}

pub fn municipality(code: &str) -> Key {
    Key::new(format!("municipality#{code}"), ONLY)
}

/// The partition of the list of municipalities.
pub const LISTED_MUNICIPALITIES: &str = "municipalities";

pub fn listed_municipality(code: &str) -> IndexKey {
    IndexKey::new(LISTED_MUNICIPALITIES, code)
}

/// How far an import of a file of postcodes is.
pub fn imported(file: &str) -> Key {
    Key::new(format!("imported#{file}"), ONLY)
}

/// What the address service said of an address, which is hashed.
pub fn located(hash: &str) -> Key {
    Key::new(format!("located#{hash}"), ONLY)
}

/// An instant as text whose order is that of time: UTC, seconds, fixed width.
pub fn ordered(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub fn due_shard(shard: u32) -> String {
    format!("due#{shard}")
}

/// Where a dossier stands in the due index. Spread by debtor, so that no partition runs hot.
pub fn due(administration: &AdministrationId, debtor: &DebtorId, at: Timestamp) -> IndexKey {
    due_entry(&format!("{administration}#{debtor}"), at)
}

/// Where a walk stands in the due index, until it has come to its end.
pub fn due_walk(administration: &AdministrationId, begins_at: Timestamp) -> IndexKey {
    due_entry(administration.as_str(), begins_at)
}

fn due_entry(name: &str, at: Timestamp) -> IndexKey {
    IndexKey::new(due_shard(shard_of(name)), format!("{}#{name}", ordered(at)))
}

fn shard_of(name: &str) -> u32 {
    hashed(name) % DUE_SHARDS
}

/// FNV-1a: stable across builds, which the standard hasher is not.
fn hashed(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// Partitions of the due index beside those of the sweep: what the collection by direct debit looks at.
pub fn debit_shard(shard: u32) -> String {
    format!("debits#{shard}")
}

/// Where a debit stands while it waits for a batch: from the day of its submission on.
pub fn due_debit(administration: &AdministrationId, debit: &DebitId, submit_on: Date) -> IndexKey {
    let name = format!("{administration}#{debit}");
    IndexKey::new(debit_shard(shard_of(&name)), format!("{}#{name}", ordered(midnight(submit_on))))
}

/// Where a batch stands while the schedule has work to do on it.
pub fn due_batch(administration: &AdministrationId, batch: &BatchId, opened_at: Timestamp) -> IndexKey {
    let name = format!("{administration}#{batch}");
    IndexKey::new(debit_shard(shard_of(&name)), format!("{}#{name}", ordered(opened_at)))
}

pub fn listed_batches(administration: &AdministrationId) -> String {
    format!("{administration}#G")
}

pub fn listed_batch(administration: &AdministrationId, batch: &BatchId, opened_at: Timestamp) -> IndexKey {
    IndexKey::new(listed_batches(administration), format!("{}#{batch}", ordered(opened_at)))
}

pub fn listed_debtors(administration: &AdministrationId) -> String {
    format!("{administration}#D")
}

pub fn listed_debtor(
    administration: &AdministrationId,
    debtor: &DebtorId,
    updated_at: Timestamp,
) -> IndexKey {
    IndexKey::new(listed_debtors(administration), format!("{}#{debtor}", ordered(updated_at)))
}

pub fn listed_payments(administration: &AdministrationId) -> String {
    format!("{administration}#P")
}

pub fn listed_payment(
    administration: &AdministrationId,
    payment: &PaymentId,
    updated_at: Timestamp,
) -> IndexKey {
    IndexKey::new(listed_payments(administration), format!("{}#{payment}", ordered(updated_at)))
}

/// Bank lines of one state.
pub fn listed_bank_lines(administration: &AdministrationId, state: &str) -> String {
    format!("{administration}#B#{state}")
}

pub fn listed_bank_line(
    administration: &AdministrationId,
    state: &str,
    booked_on: Date,
    line: &BankLineId,
) -> IndexKey {
    IndexKey::new(listed_bank_lines(administration, state), format!("{booked_on}#{line}"))
}

pub fn listed_statements(administration: &AdministrationId) -> String {
    format!("{administration}#G")
}

pub fn listed_statement(administration: &AdministrationId, closed_on: Date, hash: &str) -> IndexKey {
    IndexKey::new(listed_statements(administration), format!("{}{hash}", statement_day(closed_on)))
}

/// Everything of one kind that was deleted.
pub fn all_deleted(administration: &AdministrationId, kind: &str) -> String {
    format!("{administration}#X#{kind}")
}

pub fn listed_deleted(
    administration: &AdministrationId,
    kind: &str,
    id: &str,
    recorded_at: Timestamp,
) -> IndexKey {
    IndexKey::new(all_deleted(administration, kind), format!("{}#{id}", ordered(recorded_at)))
}

/// Everything that rules on import left out.
pub fn all_ignored(administration: &AdministrationId) -> String {
    format!("{administration}#X#ignored")
}

pub fn listed_ignored(administration: &AdministrationId, id: &str, ignored_at: Timestamp) -> IndexKey {
    IndexKey::new(all_ignored(administration), format!("{}#{id}", ordered(ignored_at)))
}

/// Feedback that nobody could be found for: for a person to look at.
pub fn listed_early_feedback(id: &str, at: Timestamp) -> IndexKey {
    IndexKey::new("feedback", format!("{}#{id}", ordered(at)))
}

#[cfg(test)]
mod tests {
    use domain::ids::WebhookId;
    use domain::webhook_lane::Place;

    use super::*;

    #[test]
    fn keys_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let d = DebtorId::parse("d-1").unwrap();
        let i = InvoiceId::parse("i.1").unwrap();
        let p = PaymentId::parse("p1").unwrap();
        let l = BankLineId::parse("l1").unwrap();
        let day = jiff::civil::date(2026, 11, 23);
        let policy = PolicyId::parse("standard").unwrap();
        let s = d.signal(3);
        let m = MandateId::parse("M-1").unwrap();
        let g = BatchId::parse("DD20261123-1").unwrap();
        let u = ImportId::parse("f1").unwrap();
        let c = MappingId::parse("erp").unwrap();
        let w = WebhookId::parse("crm").unwrap();
        let place = Place { sequence: 12, part: 1 };
        let at: Timestamp = "2026-11-23T07:00:00.5Z".parse().unwrap();
        let key = |k: Key| format!("{} | {}", k.partition, k.sort);
        let index = |k: IndexKey| format!("{} | {}", k.partition, k.sort);
        let pinned = [
            (key(dossier(&a, &d)), "eneco#D#d-1 | D"),
            (key(timeline_entry(&a, &d, 12)), "eneco#D#d-1 | T#0000000012"),
            (key(archived_invoice(&a, &d, &i)), "eneco#D#d-1 | I#i.1"),
            (key(signal(&a, &d, &s)), "eneco#D#d-1 | S#d-1.s3"),
            (key(deleted_debtor(&a, &d)), "eneco#D#d-1 | X"),
            (key(document(&a, &d, &i, "ab")), "eneco#D#d-1 | F#i.1#ab"),
            (key(invoice_owner(&a, &i)), "eneco#I#i.1 | -"),
            (key(made_reference(&a, "RF18539007547034")), "eneco#R#RF18539007547034 | -"),
            (key(payment(&a, &p)), "eneco#P#p1 | -"),
            (key(bank_line(&a, &l)), "eneco#B#l1 | -"),
            (key(statement(&a, "ab", day, "0001", "cd")), "eneco#G#ab | 2026-11-23#0001#cd"),
            (key(found_one(&a, "ab", &d, None, None)), "eneco#L#ab | d-1"),
            (key(found_one(&a, "ab", &d, Some(&i), None)), "eneco#L#ab | d-1#i.1"),
            (key(found_one(&a, "ab", &d, None, Some(&l))), "eneco#L#ab | d-1#line#l1"),
            (key(payment_request(&a, &d, 4)), "eneco#D#d-1 | Q#0000000004"),
            (key(payment_reference(&a, PaymentProvider::Mollie, "tr_1")), "eneco#R#mollie#tr_1 | -"),
            (key(entrance("ab")), "entrance#ab | -"),
            (key(session("ab")), "session#ab | -"),
            (key(payment_callback(PaymentProvider::PayPal, "ab")), "payments#paypal#ab | -"),
            (key(idempotency(&a, "ab")), "eneco#K#ab | -"),
            (key(administration(&a)), "eneco#A | -"),
            (key(earlier_policy(&a, &policy, 2)), "eneco#A | policy#standard#0000000002"),
            (key(earlier_rules(&a, SignalKind::Early, 3)), "eneco#A | rules#early#0000000003"),
            (key(earlier_rules(&a, SignalKind::Crisis, 4)), "eneco#A | rules#crisis#0000000004"),
            (key(earlier_settings(&a, 5)), "eneco#A | settings#0000000005"),
            (key(walk(&a)), "eneco#A | walk"),
            (key(mandate_owner(&a, &m)), "eneco#M#M-1 | -"),
            (key(waiting_debit(&a, &d, &d.debit(4))), "eneco#D#d-1 | B#d-1.b4"),
            (key(batch(&a, &g)), "eneco#G#DD20261123-1 | -"),
            (key(batch_entry(&a, &g, "DD20261123-1-ab")), "eneco#G#DD20261123-1 | E#DD20261123-1-ab"),
            (key(connection(&a, Package::SnelStart)), "eneco#C | snelstart"),
            (key(quota(&a, Package::SnelStart)), "eneco#C | snelstart#quota"),
            (key(met(&a, Package::SnelStart, at, 7)), "eneco#C#snelstart | met#2026-11-23T07:00:00Z#000007"),
            (key(wanted_document(&a, Package::Moneybird, &i)), "eneco#C#moneybird | document#i.1"),
            (key(told(&a, &Subject::Payment(p.clone()), Package::SnelStart)), "eneco#P#p1 | told#snelstart"),
            (key(told(&a, &Subject::Costs(i.clone()), Package::SnelStart)), "eneco#I#i.1 | told#snelstart"),
            (key(connection_reference("ab")), "connecting#ab | -"),
            (
                index(due_connection(&a, Package::SnelStart, at)),
                "due#connections | 2026-11-23T07:00:00Z#eneco#snelstart",
            ),
            (key(import(&a, &u)), "eneco#U#f1 | -"),
            (key(refused_part(&a, &u, 1_048_576, 2_501)), "eneco#U#f1 | R#000001048576#000000002501"),
            (key(mapping(&a, &c)), "eneco#U | erp"),
            (index(due_import(&a, &u, at)), "due#imports | 2026-11-23T07:00:00Z#eneco#f1"),
            (index(listed_import(&a, &u, at)), "eneco#U | 2026-11-23T07:00:00Z#f1"),
            (key(subscription(&a, &w)), "eneco#W | crm"),
            (key(webhook_test(&a, &w, 3)), "eneco#W#crm | 0000000003"),
            (key(lane(&a, &w, &d)), "eneco#W#crm#d-1 | L"),
            (key(delivery(&a, &w, &d, place)), "eneco#W#crm#d-1 | E#0000000012#001"),
            (index(due_subscription(&a, &w, at)), "webhooks#0 | 2026-11-23T07:00:00Z#eneco#crm"),
            (index(due_lane(&a, &w, &d, at)), "webhooks#5 | 2026-11-23T07:00:00Z#eneco#crm#d-1"),
            (index(sleeping_lane(&a, &w, &d)), "eneco#W#crm#asleep | d-1"),
            (
                index(listed_delivery(&a, &w, Some(&d), place, at)),
                "eneco#W#crm | 2026-11-23T07:00:00Z#d-1#0000000012#001",
            ),
            (key(token("ab")), "token#ab | -"),
            (key(reference(Provider::Bkr, "r1")), "reference#bkr#r1 | -"),
            (key(early_feedback(Provider::Bkr, "r1", "f1")), "reference#bkr#r1 | F#f1"),
            (key(webhook(Provider::Inforing, "w1")), "webhook#inforing#w1 | -"),
            (key(staff_session("ab")), "staff#ab | -"),
            (key(sign_ins("0a1b")), "sign-ins#0a1b | -"),
            (key(postcode("3511AA")), "postcode#3511AA | -"),
            (key(municipality("0344")), "municipality#0344 | -"),
            (index(listed_municipality("0344")), "municipalities | 0344"),
            (key(imported("1-ab")), "imported#1-ab | -"),
            (key(located("ab")), "located#ab | -"),
            (index(due(&a, &d, at)), "due#2 | 2026-11-23T07:00:00Z#eneco#d-1"),
            (index(due_walk(&a, at)), "due#7 | 2026-11-23T07:00:00Z#eneco"),
            (
                index(due_debit(&a, &d.debit(4), jiff::civil::date(2026, 11, 23))),
                "debits#2 | 2026-11-22T23:00:00Z#eneco#d-1.b4",
            ),
            (index(due_batch(&a, &g, at)), "debits#1 | 2026-11-23T07:00:00Z#eneco#DD20261123-1"),
            (index(listed_batch(&a, &g, at)), "eneco#G | 2026-11-23T07:00:00Z#DD20261123-1"),
            (index(listed_debtor(&a, &d, at)), "eneco#D | 2026-11-23T07:00:00Z#d-1"),
            (index(listed_payment(&a, &p, at)), "eneco#P | 2026-11-23T07:00:00Z#p1"),
            (index(listed_bank_line(&a, "matched", day, &l)), "eneco#B#matched | 2026-11-23#l1"),
            (index(listed_statement(&a, day, "cd")), "eneco#G | 2026-11-23#cd"),
            (index(listed_deleted(&a, "invoice", "i.1", at)), "eneco#X#invoice | 2026-11-23T07:00:00Z#i.1"),
            (index(listed_ignored(&a, "i.1", at)), "eneco#X#ignored | 2026-11-23T07:00:00Z#i.1"),
            (index(listed_early_feedback("f1", at)), "feedback | 2026-11-23T07:00:00Z#f1"),
        ];
        for (made, expected) in pinned {
            assert_eq!(made, expected);
        }
        assert_eq!(dossier_of(&dossier(&a, &d)), Some((a.clone(), d.clone())));
        assert_eq!(dossier_of(&invoice_owner(&a, &i)), None);
        assert_eq!(dossier_of(&walk(&a)), None);
        assert_eq!(walk_of(&walk(&a)), Some(a.clone()));
        assert_eq!(connection_of(&connection(&a, Package::Twinfield)), Some((a.clone(), Package::Twinfield)));
        for other in [quota(&a, Package::Twinfield), met(&a, Package::Twinfield, at, 0), dossier(&a, &d)] {
            assert_eq!(connection_of(&other), None);
        }
        for other in [administration(&a), dossier(&a, &d), earlier_settings(&a, 5)] {
            assert_eq!(walk_of(&other), None);
        }
        let waiting = waiting_debit(&a, &d, &d.debit(4));
        assert_eq!(waiting_debit_of(&waiting), Some((a.clone(), d.clone(), d.debit(4))));
        assert_eq!(waiting_debit_of(&dossier(&a, &d)), None);
        assert_eq!(batch_of(&batch(&a, &g)), Some((a.clone(), g.clone())));
        for other in [waiting, dossier(&a, &d), batch_entry(&a, &g, "x"), payment(&a, &p)] {
            assert_eq!(batch_of(&other), None);
        }
        for of in [lane(&a, &w, &d), delivery(&a, &w, &d, place)] {
            assert_eq!(of_lane(&of), Some((a.clone(), w.clone(), d.clone())));
            assert_eq!(subscription_of(&of), None);
        }
        assert_eq!(subscription_of(&subscription(&a, &w)), Some((a.clone(), w.clone())));
        for other in [subscription(&a, &w), webhook_test(&a, &w, 3), dossier(&a, &d)] {
            assert_eq!(of_lane(&other), None);
        }
        assert_eq!(import_of(&import(&a, &u)), Some((a.clone(), u.clone())));
        for other in [refused_part(&a, &u, 0, 1), mapping(&a, &c), dossier(&a, &d)] {
            assert_eq!(import_of(&other), None);
        }
    }
}
