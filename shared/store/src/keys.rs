//! Every key of the table, in one place. The test at the end pins them: a changed key is a migration.
//!
//! | What | Partition | Sort | Index |
//! |---|---|---|---|
//! | dossier of a debtor | `{administration}#D#{debtor}` | `D` | due, listed by last change |
//! | entry of its timeline | same | `T#{sequence}` | |
//! | closed invoice | same | `I#{invoice}` | |
//! | signal, as the overview shows it | same | `S#{signal}` | listed by when it was prepared |
//! | payment request | same | `Q#{number}` | |
//! | whose invoice is this | `{administration}#I#{invoice}` | `-` | |
//! | payment | `{administration}#P#{payment}` | `-` | listed by last change |
//! | which request has this provider's reference | `{administration}#R#{provider}#{reference}` | `-` | |
//! | answer to a request with an idempotency key | `{administration}#K#{hash}` | `-` | ends after 24 h |
//! | settings of an administration | `{administration}#A` | `-` | |
//! | earlier version of a policy | same | `policy#{policy}#{version}` | |
//! | earlier version of a signal rule | same | `rules#{early or crisis}#{version}` | |
//! | earlier version of the settings | same | `settings#{version}` | |
//! | walk over its dossiers | same | `walk` | due |
//! | API token | `token#{hash}` | `-` | |
//! | whose signal has this reference | `reference#{provider}#{reference}` | `-` | |
//! | feedback that came before its receipt | `reference#{provider}#{reference}` | `F#{id}` | listed for a person |
//! | webhook that was seen | `webhook#{provider}#{id}` | `-` | ends after 30 days |
//! | whose payment provider calls at this address | `payments#{provider}#{hash of the address}` | `-` | |
//! | municipality of a postcode | `postcode#{postcode}` | `-` | |
//! | provider of a municipality | `municipality#{code}` | `-` | |
//!
//! What belongs to a tenant begins with its administration, which cannot hold a `#`. The last rows belong to no
//! tenant: public tables, and what arrives before it is known whose it is.

use domain::ids::{AdministrationId, DebtorId, InvoiceId, PaymentId, PolicyId, SignalId};
use domain::payment_request::PaymentProvider;
use domain::provider::Provider;
use domain::step::SignalKind;
use jiff::Timestamp;

use crate::table::{IndexKey, Key};

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

fn earlier(administration: &AdministrationId, prefix: &str, version: u32) -> Key {
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

pub fn postcode(postcode: &str) -> Key {
    Key::new(format!("postcode#{postcode}"), ONLY)
}

pub fn municipality(code: &str) -> Key {
    Key::new(format!("municipality#{code}"), ONLY)
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
    // FNV-1a: stable across builds, which the standard hasher is not.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    IndexKey::new(due_shard(hash % DUE_SHARDS), format!("{}#{name}", ordered(at)))
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

pub fn listed_signals(administration: &AdministrationId) -> String {
    format!("{administration}#S")
}

pub fn listed_signal(
    administration: &AdministrationId,
    signal: &SignalId,
    prepared_at: Timestamp,
) -> IndexKey {
    IndexKey::new(listed_signals(administration), format!("{}#{signal}", ordered(prepared_at)))
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

/// Feedback that nobody could be found for: for a person to look at.
pub fn listed_early_feedback(id: &str, at: Timestamp) -> IndexKey {
    IndexKey::new("feedback", format!("{}#{id}", ordered(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let d = DebtorId::parse("d-1").unwrap();
        let i = InvoiceId::parse("i.1").unwrap();
        let p = PaymentId::parse("p1").unwrap();
        let policy = PolicyId::parse("standard").unwrap();
        let s = d.signal(3);
        let at: Timestamp = "2026-11-23T07:00:00.5Z".parse().unwrap();
        let key = |k: Key| format!("{} | {}", k.partition, k.sort);
        let index = |k: IndexKey| format!("{} | {}", k.partition, k.sort);
        let pinned = [
            (key(dossier(&a, &d)), "eneco#D#d-1 | D"),
            (key(timeline_entry(&a, &d, 12)), "eneco#D#d-1 | T#0000000012"),
            (key(archived_invoice(&a, &d, &i)), "eneco#D#d-1 | I#i.1"),
            (key(signal(&a, &d, &s)), "eneco#D#d-1 | S#d-1.s3"),
            (key(invoice_owner(&a, &i)), "eneco#I#i.1 | -"),
            (key(payment(&a, &p)), "eneco#P#p1 | -"),
            (key(payment_request(&a, &d, 4)), "eneco#D#d-1 | Q#0000000004"),
            (key(payment_reference(&a, PaymentProvider::Mollie, "tr_1")), "eneco#R#mollie#tr_1 | -"),
            (key(payment_callback(PaymentProvider::PayPal, "ab")), "payments#paypal#ab | -"),
            (key(idempotency(&a, "ab")), "eneco#K#ab | -"),
            (key(administration(&a)), "eneco#A | -"),
            (key(earlier_policy(&a, &policy, 2)), "eneco#A | policy#standard#0000000002"),
            (key(earlier_rules(&a, SignalKind::Early, 3)), "eneco#A | rules#early#0000000003"),
            (key(earlier_rules(&a, SignalKind::Crisis, 4)), "eneco#A | rules#crisis#0000000004"),
            (key(earlier_settings(&a, 5)), "eneco#A | settings#0000000005"),
            (key(walk(&a)), "eneco#A | walk"),
            (key(token("ab")), "token#ab | -"),
            (key(reference(Provider::Bkr, "r1")), "reference#bkr#r1 | -"),
            (key(early_feedback(Provider::Bkr, "r1", "f1")), "reference#bkr#r1 | F#f1"),
            (key(webhook(Provider::Inforing, "w1")), "webhook#inforing#w1 | -"),
            (key(postcode("3511AA")), "postcode#3511AA | -"),
            (key(municipality("0344")), "municipality#0344 | -"),
            (index(due(&a, &d, at)), "due#2 | 2026-11-23T07:00:00Z#eneco#d-1"),
            (index(due_walk(&a, at)), "due#7 | 2026-11-23T07:00:00Z#eneco"),
            (index(listed_debtor(&a, &d, at)), "eneco#D | 2026-11-23T07:00:00Z#d-1"),
            (index(listed_signal(&a, &s, at)), "eneco#S | 2026-11-23T07:00:00Z#d-1.s3"),
            (index(listed_payment(&a, &p, at)), "eneco#P | 2026-11-23T07:00:00Z#p1"),
            (index(listed_early_feedback("f1", at)), "feedback | 2026-11-23T07:00:00Z#f1"),
        ];
        for (made, expected) in pinned {
            assert_eq!(made, expected);
        }
        assert_eq!(dossier_of(&dossier(&a, &d)), Some((a.clone(), d.clone())));
        assert_eq!(dossier_of(&invoice_owner(&a, &i)), None);
        assert_eq!(dossier_of(&walk(&a)), None);
        assert_eq!(walk_of(&walk(&a)), Some(a.clone()));
        for other in [administration(&a), dossier(&a, &d), earlier_settings(&a, 5)] {
            assert_eq!(walk_of(&other), None);
        }
    }
}
