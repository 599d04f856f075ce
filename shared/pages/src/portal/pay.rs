//! Paying: what can be paid, at once through a provider or by a transfer of one's own.

use askama::Template;
use domain::Money;
use domain::payment_request::PaymentProvider;

use super::form::Choice;
use super::frame::Base;
use super::{Form, Frame, PageError, Place, Words};
use crate::format::{iban, one_line};
use crate::texts::TextError;

/// Something that can be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payable {
    Everything,
    /// An invoice, by its id and number.
    Invoice {
        id: String,
        number: String,
    },
    /// An instalment of a plan.
    Instalment {
        plan: String,
        number: u16,
    },
}

impl Payable {
    /// As a form or an address names it.
    pub fn value(&self) -> String {
        match self {
            Payable::Everything => "all".to_owned(),
            Payable::Invoice { id, .. } => format!("invoice.{id}"),
            Payable::Instalment { plan, number } => format!("plan.{plan}.{number}"),
        }
    }

    fn label(&self, t: &Words) -> Result<String, TextError> {
        match self {
            Payable::Everything => t.pay_all(),
            Payable::Invoice { number, .. } => t.pay_one(one_line(number)),
            Payable::Instalment { number, .. } => t.pay_instalment(*number),
        }
    }
}

/// What a transfer needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub reference: String,
    /// The QR code that banking apps read, as SVG that was made here; none where the creditor's data do not fit it.
    pub qr: Option<String>,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayPage {
    /// All that could be paid; the chosen one among them.
    pub choices: Vec<Payable>,
    pub chosen: Payable,
    /// Of the chosen one, in euros; nothing where nothing of it is open.
    pub amount: Option<Money>,
    pub providers: Vec<PaymentProvider>,
    pub transfer: Transfer,
    /// A payment could not be started.
    pub refused: bool,
}

struct Provider {
    value: &'static str,
    label: String,
    text: String,
}

#[derive(Template)]
#[template(path = "portal/pay.html")]
struct Pay {
    base: Base,
    choices: Vec<Choice>,
    chosen: String,
    what: String,
    amount: Option<String>,
    providers: Vec<Provider>,
    iban: String,
    reference: String,
    qr: Option<String>,
    qr_label: String,
    refused: bool,
}

/// A provider's name as people know it.
fn known_as(provider: PaymentProvider) -> &'static str {
    match provider {
        PaymentProvider::Mollie => "Mollie (iDEAL | Wero)",
        PaymentProvider::PayPal => "PayPal",
    }
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn pay(frame: &Frame<'_>, page: &PayPage) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Pay, &Form::default(), Words::pay_title)?;
    let t = &base.t;
    let choice = |payable: &Payable| -> Result<Choice, TextError> {
        Ok(Choice { value: payable.value(), label: payable.label(t)?, chosen: *payable == page.chosen })
    };
    let provider = |provider: &PaymentProvider| -> Result<Provider, TextError> {
        let name = known_as(*provider);
        Ok(Provider { value: provider.code(), label: t.pay_with(name)?, text: t.pay_online_text(name)? })
    };
    let amount = page.amount.map(|amount| t.money(&amount));
    let pay = Pay {
        choices: page.choices.iter().map(choice).collect::<Result<_, _>>()?,
        chosen: page.chosen.value(),
        what: page.chosen.label(t)?,
        providers: page.providers.iter().map(provider).collect::<Result<_, _>>()?,
        iban: iban(&frame.creditor.iban),
        reference: page.transfer.reference.clone(),
        qr: page.transfer.qr.clone(),
        qr_label: t.pay_qr(amount.clone().unwrap_or_default())?,
        amount,
        refused: page.refused,
        base,
    };
    Ok(pay.render()?)
}

#[derive(Template)]
#[template(path = "portal/pay_go.html")]
struct Go {
    base: Base,
    text: String,
    label: String,
    href: String,
}

/// The page that leads to the provider's. A link and no redirection: a policy that lets forms be sent here alone forbids
/// that.
///
/// # Errors
/// See [`PageError`].
pub fn go_to_provider(
    frame: &Frame<'_>,
    provider: PaymentProvider,
    amount: Money,
    href: &str,
) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Pay, &Form::default(), Words::pay_go_title)?;
    let (t, name) = (&base.t, known_as(provider));
    let text = t.pay_go_text(t.money(&amount), name)?;
    Ok(Go { text, label: t.pay_go(name)?, href: href.to_owned(), base }.render()?)
}

#[derive(Template)]
#[template(path = "portal/paid.html")]
struct Paid {
    base: Base,
}

/// Where a provider sends the debtor back to.
///
/// # Errors
/// See [`PageError`].
pub fn paid(frame: &Frame<'_>) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, &Form::default(), Words::paid_title)?;
    Ok(Paid { base }.render()?)
}
