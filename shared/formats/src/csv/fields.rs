//! The fields that a column can be.

/// One field of a record: its path in the mapping, and what its cells hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    /// A name of the source system, made plain where it is not.
    Id,
    Amount,
    Date,
    /// Never with a year of two digits.
    BirthDate,
    Instant,
    Flag,
    /// Several, with commas or semicolons between them.
    List,
    Reference,
    /// Each word that may stand there, and what it means.
    Choice(&'static [(&'static str, &'static str)]),
}

const DEBTOR_KINDS: &[(&str, &str)] = &[
    ("consumer", "consumer"),
    ("consument", "consumer"),
    ("particulier", "consumer"),
    ("person", "consumer"),
    ("persoon", "consumer"),
    ("business", "business"),
    ("bedrijf", "business"),
    ("zakelijk", "business"),
    ("onderneming", "business"),
];

const INVOICE_KINDS: &[(&str, &str)] = &[
    ("invoice", "invoice"),
    ("factuur", "invoice"),
    ("380", "invoice"),
    ("creditnote", "creditNote"),
    ("credit note", "creditNote"),
    ("credit", "creditNote"),
    ("creditnota", "creditNote"),
    ("creditfactuur", "creditNote"),
    ("381", "creditNote"),
];

const PAYMENT_KINDS: &[(&str, &str)] = &[
    ("payment", "payment"),
    ("betaling", "payment"),
    ("reversal", "reversal"),
    ("storno", "reversal"),
    ("terugboeking", "reversal"),
    ("settlement", "settlement"),
    ("verrekening", "settlement"),
    ("writeoff", "writeOff"),
    ("write-off", "writeOff"),
    ("afboeking", "writeOff"),
];

const LANGUAGES: &[(&str, &str)] = &[
    ("nl", "nl"),
    ("nld", "nl"),
    ("dutch", "nl"),
    ("nederlands", "nl"),
    ("en", "en"),
    ("eng", "en"),
    ("english", "en"),
    ("engels", "en"),
];

const CURRENCIES: &[(&str, &str)] = &[("eur", "EUR"), ("euro", "EUR"), ("€", "EUR")];

/// In the order in which they are told.
const FIELDS: [Field; 49] = [
    field("debtor.id", Holds::Id),
    field("debtor.number", Holds::Text),
    field("debtor.kind", Holds::Choice(DEBTOR_KINDS)),
    field("debtor.name", Holds::Text),
    field("debtor.person.initials", Holds::Text),
    field("debtor.person.prefix", Holds::Text),
    field("debtor.person.surname", Holds::Text),
    field("debtor.person.birthDate", Holds::BirthDate),
    field("debtor.emails", Holds::List),
    field("debtor.phone", Holds::Text),
    field("debtor.mobile", Holds::Text),
    field("debtor.language", Holds::Choice(LANGUAGES)),
    field("debtor.kvkNumber", Holds::Text),
    field("debtor.vatId", Holds::Text),
    field("debtor.iban", Holds::Text),
    field("debtor.address.street", Holds::Text),
    field("debtor.address.houseNumber", Holds::Text),
    field("debtor.address.suffix", Holds::Text),
    field("debtor.address.postcode", Holds::Text),
    field("debtor.address.city", Holds::Text),
    field("debtor.address.country", Holds::Text),
    field("debtor.policyId", Holds::Text),
    field("debtor.labels", Holds::List),
    field("debtor.modifiedAt", Holds::Instant),
    field("invoice.id", Holds::Id),
    field("invoice.debtorId", Holds::Id),
    field("invoice.number", Holds::Text),
    field("invoice.kind", Holds::Choice(INVOICE_KINDS)),
    field("invoice.issueDate", Holds::Date),
    field("invoice.dueDate", Holds::Date),
    field("invoice.currency", Holds::Choice(CURRENCIES)),
    field("invoice.total", Holds::Amount),
    field("invoice.open", Holds::Amount),
    field("invoice.recurringTerm", Holds::Flag),
    field("invoice.paymentReference", Holds::Reference),
    field("invoice.paymentCondition", Holds::Text),
    field("invoice.policyId", Holds::Text),
    field("invoice.corrects", Holds::Text),
    field("invoice.labels", Holds::List),
    field("invoice.modifiedAt", Holds::Instant),
    field("payment.id", Holds::Id),
    field("payment.kind", Holds::Choice(PAYMENT_KINDS)),
    field("payment.invoiceId", Holds::Id),
    field("payment.debtorId", Holds::Id),
    field("payment.amount", Holds::Amount),
    field("payment.receivedOn", Holds::Date),
    field("payment.reference", Holds::Text),
    field("payment.reasonCode", Holds::Text),
    field("payment.modifiedAt", Holds::Instant),
];

const fn field(name: &'static str, holds: Holds) -> Field {
    Field { name, holds }
}

pub(super) fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// Every field that a [`ColumnMapping`](super::ColumnMapping) may name.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}
