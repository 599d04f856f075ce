//! Why a line is taken to be about something: every reason by name, with its weight.
//!
//! Weights are added up. They are chosen so that at the threshold of the beginning (90) nothing is matched by itself unless
//! two different things agree: what the payer names and who pays, or either of them and an exact amount that fits nothing
//! else. No weight was learned from anybody's payments.

use serde::{Deserialize, Serialize};

/// A reason for or against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// It carries the payment reference of the invoice, which has check digits.
    StructuredReference,
    /// The text has the payment reference of the invoice.
    ReferenceInText,
    /// The text names the invoice's number as it is printed.
    InvoiceNumber,
    /// The text has the digits of the invoice's number.
    InvoiceDigits,
    /// It answers a direct debit that was ordered for this.
    DirectDebit,
    /// It comes from an account of this debtor.
    Account,
    /// It comes from an account that several debtors pay from.
    SharedAccount,
    /// The payer has the debtor's name, initials included.
    Name,
    /// The payer has the debtor's surname, or a word of the business's name.
    NameInPart,
    /// The amount is what is open.
    Amount,
    /// Nothing else that the debtor owes has this amount.
    OnlyOne,
    /// The amount is the sum of all that the debtor owes.
    SumOfAll,
    /// The amount is the sum of some of what the debtor owes.
    SumOfSome,
    /// The amount is that of the next instalment.
    Instalment,
    /// A number that the text names differs from this one by one slip of the hand.
    NumberAlmost,
    /// It comes from an account of another debtor.
    AccountOfAnother,
    /// The payer has another name.
    OtherName,
    /// The text names an invoice that nobody knows.
    UnknownNumberNamed,
    /// Less than what is open.
    InPart,
    /// More than what is open.
    TooMuch,
    /// The amount fits something else that the debtor owes.
    FitsAnother,
    /// The invoice that is named was paid already.
    PaidAlready,
    /// The text names an invoice of another debtor.
    NamesAnotherDebtor,
    /// Invoices of more than one debtor are named.
    SeveralDebtors,
    /// Something else fits as well, or nearly.
    NotTheOnlyOne,
    /// Nothing of this debtor is open.
    NothingOpen,
    /// The money that came back is this payment's.
    SamePayment,
    /// The money went back to where it came from, and the amount is the same.
    SameAccountAndAmount,
    /// The direct debit that came back has this mandate, and the amount is the same.
    SameMandateAndAmount,
}

impl Reason {
    /// What it adds to the confidence, in points of a hundred.
    pub fn weight(self) -> i16 {
        match self {
            Reason::DirectDebit | Reason::SamePayment => 95,
            Reason::SameMandateAndAmount => 92,
            Reason::SameAccountAndAmount => 90,
            Reason::StructuredReference => 70,
            Reason::ReferenceInText => 65,
            Reason::Account => 60,
            Reason::InvoiceNumber => 50,
            Reason::InvoiceDigits => 40,
            Reason::NumberAlmost => 35,
            Reason::SharedAccount => 30,
            Reason::Amount | Reason::SumOfAll | Reason::Instalment => 25,
            Reason::Name => 20,
            Reason::SumOfSome => 15,
            Reason::NameInPart => 8,
            Reason::OnlyOne => 5,
            Reason::InPart
            | Reason::FitsAnother
            | Reason::NotTheOnlyOne
            | Reason::SeveralDebtors
            | Reason::NamesAnotherDebtor
            | Reason::NothingOpen => 0,
            Reason::TooMuch | Reason::OtherName | Reason::UnknownNumberNamed => -10,
            Reason::PaidAlready | Reason::AccountOfAnother => -30,
        }
    }

    /// With it nothing is matched by itself, whatever else speaks for it.
    pub fn asks_a_person(self) -> bool {
        matches!(
            self,
            Reason::FitsAnother
                | Reason::NotTheOnlyOne
                | Reason::SeveralDebtors
                | Reason::NamesAnotherDebtor
                | Reason::PaidAlready
                | Reason::NothingOpen
        )
    }

    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Reason::StructuredReference => "it carries the payment reference of the invoice",
            Reason::ReferenceInText => "the text has the payment reference of the invoice",
            Reason::InvoiceNumber => "the text names the invoice's number",
            Reason::InvoiceDigits => "the text has the digits of the invoice's number",
            Reason::DirectDebit => "it answers a direct debit of ours",
            Reason::Account => "it comes from an account of this debtor",
            Reason::SharedAccount => "it comes from an account that several debtors pay from",
            Reason::Name => "the payer has the debtor's name",
            Reason::NameInPart => "the payer has part of the debtor's name",
            Reason::Amount => "the amount is what is open",
            Reason::OnlyOne => "nothing else that the debtor owes has this amount",
            Reason::SumOfAll => "the amount is the sum of all that the debtor owes",
            Reason::SumOfSome => "the amount is the sum of some of what the debtor owes",
            Reason::Instalment => "the amount is that of the next instalment",
            Reason::NumberAlmost => "the number in the text differs by one slip of the hand",
            Reason::AccountOfAnother => "it comes from an account of another debtor",
            Reason::OtherName => "the payer has another name",
            Reason::UnknownNumberNamed => "the text names an invoice that is not known",
            Reason::InPart => "the amount is less than what is open",
            Reason::TooMuch => "the amount is more than what is open",
            Reason::FitsAnother => "the amount fits something else that the debtor owes",
            Reason::PaidAlready => "the invoice was paid already",
            Reason::NamesAnotherDebtor => "the text names an invoice of another debtor",
            Reason::SeveralDebtors => "invoices of more than one debtor are named",
            Reason::NotTheOnlyOne => "something else fits as well, or nearly",
            Reason::NothingOpen => "nothing of this debtor is open",
            Reason::SamePayment => "the money that came back is this payment's",
            Reason::SameAccountAndAmount => "it went back to the same account with the same amount",
            Reason::SameMandateAndAmount => "it has the mandate and the amount of this direct debit",
        }
    }
}

/// Why nothing is proposed for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NoMatch {
    /// Neither a reference, a number, an account nor a name is known.
    NothingKnown,
    /// What is known of it points nowhere clearly enough.
    TooLittle,
    /// Money came back, and what it belonged to was not found.
    OriginalNotFound,
    /// It names direct debits of ours, and is another amount than they are.
    CollectionDiffers,
}

impl NoMatch {
    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            NoMatch::NothingKnown => "neither a reference, a number, an account nor a name is known",
            NoMatch::TooLittle => "what is known of it points nowhere clearly enough",
            NoMatch::OriginalNotFound => "money came back, and the payment that it belonged to was not found",
            NoMatch::CollectionDiffers => {
                "it names direct debits of ours, and is another amount than they are"
            }
        }
    }
}
