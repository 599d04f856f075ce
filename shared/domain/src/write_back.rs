//! What an accounting package is told of money that was booked here.
//!
//! A booking counts as the package's own once it was told ([`crate::invoice::Booking::in_ledger`]). What changed here after
//! it was told is taken back there first and then told anew.

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::connection::Package;
use crate::dossier::Draft;
use crate::ids::{InvoiceId, PaymentId};
use crate::invoice::{BookingKind, Invoice};
use jiff::Timestamp;
use jiff::civil::Date;

/// What one line of a write-back does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LineKind {
    /// Money came in.
    Payment,
    /// Money went back, or a payment that was told is no longer so.
    Reversal,
    /// Collection costs were charged. They never go on the invoice over there: they would come back as principal.
    Costs,
}

/// What a package is told about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A payment, and what became of it.
    Payment(PaymentId),
    /// The costs that were charged on an invoice.
    Costs(InvoiceId),
}

/// A payment that was taken off invoices of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Untold {
    /// The package, which may have been told of it.
    pub package: Package,
    /// The payment, which may be here again.
    pub payment: PaymentId,
}

impl Subject {
    /// The record that it is about.
    pub fn as_str(&self) -> &str {
        match self {
            Subject::Payment(payment) => payment.as_str(),
            Subject::Costs(invoice) => invoice.as_str(),
        }
    }
}

/// How far a line is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum LineState {
    /// Somebody is about to tell it, or died doing so: whoever comes next looks whether it stands there.
    Claimed {
        /// Since when.
        at: Timestamp,
    },
    /// It stands there.
    Written {
        /// The package's own id of it.
        reference: String,
    },
    /// It may stand there.
    Unknown {
        /// A fixed word.
        reason: String,
        /// Attempts so far.
        tries: u32,
    },
    /// The package refuses it for good: a person has to look.
    Refused {
        /// The package's own code.
        code: String,
    },
}

/// One amount that a package is told, on one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Whose booking it is.
    pub invoice: InvoiceId,
    /// What it does.
    pub kind: LineKind,
    /// In euros, more than zero.
    pub amount: Money,
    /// The day that it bears.
    pub on: Date,
    /// The version of the payment that it tells, or takes back.
    pub version: Timestamp,
    /// It takes back what was told of that version.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes_back: bool,
    /// How far it is.
    #[serde(flatten)]
    pub state: LineState,
}

impl Line {
    /// What keeps lines of one payment apart.
    pub fn key(&self) -> (&InvoiceId, Timestamp, bool) {
        (&self.invoice, self.version, self.takes_back)
    }

    /// Nothing is to be done any more.
    pub fn is_settled(&self) -> bool {
        matches!(self.state, LineState::Written { .. } | LineState::Refused { .. })
    }
}

/// What has to be told of a payment beside what was told: first what is to be taken back, then what is new. `invoices` are
/// those that it is or was booked on.
pub fn wanted(
    package: Package,
    payment: &PaymentId,
    version: Timestamp,
    invoices: &[Invoice],
    told: &[Line],
    now: Timestamp,
) -> Vec<Line> {
    // Nothing goes back where it came from.
    if Package::of_record(payment.as_str()) == Some(package) {
        return Vec::new();
    }
    let known = |line: &Line| told.iter().any(|t| t.key() == line.key());
    let old = told.iter().filter(|line| !line.takes_back && line.version != version);
    let taken_back = old.filter(|line| matches!(line.state, LineState::Written { .. })).map(|line| Line {
        kind: match line.kind {
            LineKind::Payment => LineKind::Reversal,
            LineKind::Reversal => LineKind::Payment,
            LineKind::Costs => LineKind::Costs,
        },
        takes_back: true,
        state: LineState::Claimed { at: now },
        ..line.clone()
    });
    let of_package = invoices.iter().filter(|i| Package::of_record(i.id.as_str()) == Some(package));
    let new = of_package.flat_map(|invoice| {
        let of_payment = move |b: &&crate::invoice::Booking| {
            b.is_money() && !b.in_ledger && b.payment.as_ref() == Some(payment) && b.amount.is_positive()
        };
        invoice.bookings.iter().filter(of_payment).map(|booking| Line {
            invoice: invoice.id.clone(),
            kind: if booking.kind == BookingKind::Reversal { LineKind::Reversal } else { LineKind::Payment },
            amount: booking.amount,
            on: booking.on,
            version,
            takes_back: false,
            state: LineState::Claimed { at: now },
        })
    });
    taken_back.chain(new).filter(|line| !known(line)).collect()
}

/// The costs that were charged on an invoice of this package and that it was not told of.
pub fn wanted_costs(package: Package, invoice: &Invoice, told: &[Line], now: Timestamp) -> Vec<Line> {
    if Package::of_record(invoice.id.as_str()) != Some(package) {
        return Vec::new();
    }
    let charges = invoice.charges.iter().filter(|charge| charge.amount.is_positive());
    let lines = charges.map(|charge| Line {
        invoice: invoice.id.clone(),
        kind: LineKind::Costs,
        amount: charge.amount,
        on: charge.on,
        version: crate::calendar::midnight(charge.on),
        takes_back: false,
        state: LineState::Claimed { at: now },
    });
    lines.filter(|line| !told.iter().any(|t| t.key() == line.key())).collect()
}

/// The package has this line of a payment now: its figure contains it, and what is open here stays as it is. `invoice` as it is stored,
/// open or closed.
pub fn written(draft: &mut Draft, mut invoice: Invoice, payment: &PaymentId, line: &Line) {
    if let Some(ledger) = &mut invoice.ledger {
        ledger.open = match line.kind {
            LineKind::Payment => ledger.open - line.amount,
            LineKind::Reversal => ledger.open + line.amount,
            LineKind::Costs => ledger.open,
        };
        ledger.by_write_back = true;
    }
    if !line.takes_back {
        let of_payment = invoice.bookings.iter_mut().filter(|b| b.payment.as_ref() == Some(payment));
        of_payment.for_each(|booking| booking.in_ledger = true);
    }
    draft.bring_back(invoice);
    draft.archive_closed();
}

#[cfg(test)]
#[path = "write_back_tests.rs"]
mod tests;
