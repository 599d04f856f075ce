//! Paying: through a provider, or by a transfer with a QR code.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use contracts::failure::Failure;
use domain::Money;
use domain::ids::{InvoiceId, PlanId};
use domain::invoice::{PaymentReference, ReferenceScheme};
use domain::payment_request::{PaymentProvider, RequestAbout};
use domain::requesting::{Asked, amount_of};
use formats::epc::{self, EpcPayment};
use http::{HeaderMap, StatusCode};
use pages::portal::{self, PayPage, Payable, Transfer};

use crate::Portal;
use crate::answers::{Trouble, page};
use crate::forms::{self, fields};
use crate::visitor::Visitor;

/// Invoices that can be chosen from: those that fell due first.
const MOST_CHOICES: usize = 60;

pub(crate) async fn get(visitor: Visitor) -> Result<Response, Trouble> {
    let about = visitor.asked("about").unwrap_or_default();
    show(&visitor, &about, StatusCode::OK, false)
}

fn show(visitor: &Visitor, about: &str, status: StatusCode, refused: bool) -> Result<Response, Trouble> {
    let chosen = payable(visitor, about);
    let amount = amount_of(&visitor.dossier, &request_about(&chosen), domain::calendar::today(visitor.now));
    let amount = amount.ok();
    let payments = &visitor.settings.payments;
    let shown = PayPage {
        choices: choices(visitor, &chosen),
        providers: PaymentProvider::ALL.into_iter().filter(|p| payments.of(*p).enabled).collect(),
        transfer: transfer(visitor, &chosen, amount),
        chosen,
        amount,
        refused,
    };
    page(status, portal::pay(&visitor.frame(), &shown))
}

/// What is named: everything where that is nothing of this debtor's.
fn payable(visitor: &Visitor, about: &str) -> Payable {
    let of_invoice = || {
        let id = InvoiceId::parse(about.strip_prefix("invoice.")?).ok()?;
        let invoice = visitor.dossier.open_invoices().find(|i| i.id == id)?;
        Some(Payable::Invoice { id: id.to_string(), number: invoice.number.clone() })
    };
    let of_plan = || {
        let (plan, number) = about.strip_prefix("plan.")?.rsplit_once('.')?;
        let (plan, number) = (PlanId::parse(plan).ok()?, number.parse().ok()?);
        let running = visitor.dossier.plans.iter().find(|p| p.id == plan && p.is_running())?;
        running.instalment(number).map(|_| Payable::Instalment { plan: plan.to_string(), number })
    };
    of_invoice().or_else(of_plan).unwrap_or(Payable::Everything)
}

fn request_about(payable: &Payable) -> RequestAbout {
    match payable {
        Payable::Everything => RequestAbout::Everything,
        Payable::Invoice { id, .. } => match InvoiceId::parse(id) {
            Ok(invoice) => RequestAbout::Invoice { invoice },
            Err(_) => RequestAbout::Everything,
        },
        Payable::Instalment { plan, number } => match PlanId::parse(plan) {
            Ok(plan) => RequestAbout::Instalment { plan, number: *number },
            Err(_) => RequestAbout::Everything,
        },
    }
}

fn choices(visitor: &Visitor, chosen: &Payable) -> Vec<Payable> {
    let mut choices = vec![Payable::Everything];
    let running = visitor.dossier.plans.iter().find(|p| p.is_running());
    if let Some((plan, next)) = running.and_then(|p| Some((p, p.unpaid().next()?))) {
        choices.push(Payable::Instalment { plan: plan.id.to_string(), number: next.number });
    }
    let mut invoices: Vec<_> = visitor.dossier.open_invoices().collect();
    invoices.sort_by_key(|i| (i.due_date, i.number.clone()));
    let of =
        |i: &&domain::invoice::Invoice| Payable::Invoice { id: i.id.to_string(), number: i.number.clone() };
    choices.extend(invoices.iter().take(MOST_CHOICES).map(of));
    if !choices.contains(chosen) {
        choices.push(chosen.clone());
    }
    choices
}

/// What the debtor writes with a transfer: as mails say it.
fn reference(visitor: &Visitor, chosen: &Payable) -> PaymentReference {
    let text = |value: String| PaymentReference { scheme: ReferenceScheme::Text, value, made_here: false };
    match chosen {
        Payable::Invoice { id, number } => {
            let invoice = visitor.dossier.open_invoices().find(|i| i.id.as_str() == id);
            invoice.and_then(|i| i.payment_reference.clone()).unwrap_or_else(|| text(number.clone()))
        }
        Payable::Everything | Payable::Instalment { .. } => text(visitor.dossier.debtor.number.clone()),
    }
}

fn transfer(visitor: &Visitor, chosen: &Payable, amount: Option<Money>) -> Transfer {
    let reference = reference(visitor, chosen);
    let qr = amount.and_then(|amount| qr(visitor, amount, &reference));
    Transfer { reference: reference.value, qr }
}

/// The QR code that banking apps read; none where the creditor's data do not fit the standard (EPC069-12).
fn qr(visitor: &Visitor, amount: Money, reference: &PaymentReference) -> Option<String> {
    let creditor = &visitor.settings.creditor;
    let structured = (reference.scheme == ReferenceScheme::Rf).then_some(reference.value.as_str());
    let payment = EpcPayment {
        bic: creditor.bic.as_deref(),
        name: &creditor.name,
        iban: &creditor.iban,
        amount,
        structured_reference: structured,
        text: if structured.is_none() { Some(&reference.value) } else { None },
    };
    let made = payment.payload().and_then(|payload| epc::svg(&payload));
    made.inspect_err(|error| tracing::warn!(%error, "a page is shown without its QR code")).ok()
}

/// Starts a payment at a provider. Started twice it is one payment.
pub(crate) async fn post(
    State(portal): State<Portal>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let form = match forms::of_visitor(&visitor, &headers, fields(&body)) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let about = form.value("about");
    let Ok(provider) = form.value("provider").parse::<PaymentProvider>() else {
        return show(&visitor, about, StatusCode::BAD_REQUEST, true);
    };
    let asked = Asked {
        about: request_about(&payable(&visitor, about)),
        provider: Some(provider),
        method: None,
        return_url: Some(format!("{}/my/paid", portal.portal_url)),
        request: visitor.request(form.value("once")),
    };
    let made = portal.payment_requests().make(&visitor.origin(), &visitor.session.debtor, &asked).await;
    match made {
        Ok((request, _)) => match &request.checkout_url {
            Some(url) => {
                let shown = portal::go_to_provider(&visitor.frame(), provider, request.amount, url);
                page(StatusCode::OK, shown)
            }
            // It was paid or cancelled since: what is left is shown anew.
            None => show(&visitor, about, StatusCode::OK, false),
        },
        Err(Failure::Bug { detail }) => Err(Failure::Bug { detail }.into()),
        Err(failure) => {
            tracing::warn!(%failure, "a payment could not be started");
            show(&visitor, about, StatusCode::SERVICE_UNAVAILABLE, true)
        }
    }
}

/// Where the provider sends the debtor back to. What became of the payment its own report tells.
pub(crate) async fn paid(visitor: Visitor) -> Result<Response, Trouble> {
    page(StatusCode::OK, portal::paid(&visitor.frame()))
}
