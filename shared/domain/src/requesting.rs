//! Payment requests being made, followed and paid: what may be asked, what is claimed before the provider is called, and
//! what a provider's report does to the request and to the debtor's invoices.
//!
//! Whatever order reports come in, and however often, they end in the same state: a report is how things stand, money and
//! everything that goes back of it have the provider's own ids, and each id is booked once.

mod money;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::Money;
use crate::administration::Administration;
use crate::dossier::{Dossier, Draft};
use crate::ids::{InvoiceId, PaymentId, PaymentRequestId};
use crate::invoice::Invoice;
use crate::language::Language;
use crate::notice::{InstalmentDue, UNKNOWN_AFTER};
use crate::opening::prune;
use crate::payment::{Payment, PaymentKind};
use crate::payment_request::{
    CallKind, PaymentProvider, PaymentRequest, ProviderCall, Report, Reported, RequestAbout, RequestState,
};
use crate::planning;
use crate::refusal::Refusal;
use crate::timeline::Event;

use money::Work;

/// What the task is about that says that more came in than was owed: it has to go back, or stays as credit.
pub const PAID_TOO_MUCH: &str = "paid_too_much";

/// What the task is about that asks a person whether a request exists at the provider.
pub const REQUEST_UNKNOWN: &str = "payment_request_unknown";

/// What the task is about that says that a provider does not come to an end with a request.
pub const REQUEST_STUCK: &str = "payment_request_stuck";

/// Attempts at one thing at the provider at most, the first included.
pub const MOST_ATTEMPTS: u8 = 2;

/// Requests of one debtor that can be paid at once, at most.
pub const MOST_OPEN: usize = 20;

/// Things that go back of one payment at most: refunds in parts.
const MOST_TAKEN_BACK: usize = 100;

/// A request whose provider does not say until when it can be paid: as long as a PayPal order waits for the payer.
const PAYABLE: SignedDuration = SignedDuration::from_hours(3);

/// How long before its end a request is not offered again.
const TOO_LATE: SignedDuration = SignedDuration::from_mins(1);

/// A request is looked at so long after its end, without waiting for a callback.
const AFTER_END: SignedDuration = SignedDuration::from_mins(5);

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Distance of looks at a request whose time is over and that the provider still has open.
const WHEN_LATE: SignedDuration = SignedDuration::from_hours(6);

/// After so long a person is told that the provider does not come to an end.
const STUCK_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Looks at what was paid, after so many days: a refund or chargeback whose callback was lost. Direct debits are given back
/// without a reason within eight weeks.
const LOOKS_AFTER_DAYS: [i32; 3] = [1, 8, 60];

/// Longest description, in characters: PayPal takes 127 (and Mollie more).
const LONGEST_DESCRIPTION: usize = 100;

/// A request as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What it is about.
    pub about: RequestAbout,
    /// The settings' default where there is none.
    pub provider: Option<PaymentProvider>,
    /// One method; all that the settings offer where there is none.
    pub method: Option<String>,
    /// Where the debtor goes after paying.
    pub return_url: Option<String>,
    /// The hash of the call's idempotency key: repeated, it makes no second request.
    pub request: Option<String>,
}

/// A payment that a report led to, to be stored with the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The payment or reversal.
    pub payment: Payment,
    /// The invoices that it was booked on.
    pub invoices: Vec<InvoiceId>,
}

/// What is at hand beside the dossier when a report is applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AtHand {
    /// Closed invoices that the payment is about or was booked on.
    pub archived: Vec<Invoice>,
    /// There are more of these than one write takes along: the report is applied again afterwards.
    pub more: bool,
}

/// Asks for a request. The one that can be paid already where there is such a one about the same, of the same amount.
///
/// # Errors
/// Nothing is open, the provider or method is not offered, or too many requests are open.
pub fn ask(
    draft: &mut Draft,
    administration: &Administration,
    asked: &Asked,
) -> Result<PaymentRequestId, Refusal> {
    let rules = &administration.payments;
    let provider = asked.provider.or(rules.default_provider).ok_or(Refusal::NoPaymentProvider)?;
    let offered = rules.of(provider);
    if !offered.enabled {
        return Err(Refusal::NoPaymentProvider);
    }
    let methods = match &asked.method {
        Some(method) if offered.methods.is_empty() || offered.methods.contains(method) => {
            vec![method.clone()]
        }
        Some(_) => return Err(Refusal::MethodNotOffered),
        None => offered.methods.clone(),
    };
    let amount = amount_of(&draft.dossier, &asked.about, draft.today())?;
    let now = draft.now;
    let payable = draft.dossier.payment_requests.iter().find(|r| {
        r.can_still_open()
            && (&r.about, r.provider, r.amount) == (&asked.about, provider, amount)
            && r.methods == methods
            && r.return_url == asked.return_url
            && r.expires_at > now + TOO_LATE
            && !is_unknown(&draft.dossier, r)
    });
    if let Some(payable) = payable {
        return Ok(payable.id.clone());
    }
    if draft.dossier.payment_requests.iter().filter(|r| r.can_still_open()).count() >= MOST_OPEN {
        return Err(Refusal::TooManyPaymentRequests);
    }
    prune(&mut draft.dossier.payment_requests, |r| !r.is_over(), |_| false);
    draft.dossier.counts.payment_requests += 1;
    let id = draft.dossier.debtor.id.payment_request(draft.dossier.counts.payment_requests);
    let request = PaymentRequest {
        id: id.clone(),
        amount,
        provider,
        methods,
        return_url: asked.return_url.clone(),
        description: description(&draft.dossier, administration, &asked.about),
        language: draft.dossier.debtor.language,
        about: asked.about.clone(),
        state: RequestState::Created,
        call: None,
        creations: 0,
        captures: 0,
        reference: None,
        checkout_url: None,
        made_at: now,
        expires_at: now + PAYABLE,
        look_at: Some(now + UNKNOWN_AFTER),
        received: None,
        taken_back: Vec::new(),
        reason: None,
        request: asked.request.clone(),
    };
    draft.dossier.payment_requests.push(request);
    let settings_version = administration.settings_version;
    draft.record(Event::PaymentRequested { payment_request: id.clone(), provider, amount, settings_version });
    Ok(id)
}

/// What is open now of what a request is about, in euros; never more than the debtor owes in all.
///
/// # Errors
/// Nothing is, or there is no such thing.
pub fn amount_of(dossier: &Dossier, about: &RequestAbout, on: Date) -> Result<Money, Refusal> {
    let owed = match about {
        RequestAbout::Invoice { invoice } => {
            let open = dossier.open_invoices().find(|i| i.id == *invoice);
            open.ok_or(Refusal::NothingOpen)?.owed(on)
        }
        RequestAbout::Instalment { plan, number } => {
            let plan = planning::find(dossier, plan)?;
            if !plan.is_running() {
                return Err(Refusal::PlanNotRunning);
            }
            let instalment = plan.instalment(*number).ok_or(Refusal::NothingOpen)?;
            let due = InstalmentDue { plan: plan.id.clone(), number: *number, due_on: instalment.due_on };
            planning::amount_due(dossier, &due)
        }
        RequestAbout::Everything => dossier.balance(on),
    };
    let owed = owed.min(dossier.balance(on));
    if owed.is_positive() { Ok(owed) } else { Err(Refusal::NothingOpen) }
}

fn description(dossier: &Dossier, administration: &Administration, about: &RequestAbout) -> String {
    let creditor = &administration.creditor.name;
    let nl = dossier.debtor.language == Language::Nl;
    let text = match about {
        RequestAbout::Invoice { invoice } => {
            let known = dossier.invoices.get(invoice);
            let number = known.map_or(invoice.as_str(), |i| i.number.as_str());
            let named = format!("{creditor}, {} {number}", if nl { "factuur" } else { "invoice" });
            // What is made here is on the mail as well: one name for the same payment.
            match known.and_then(|i| i.payment_reference.as_ref()) {
                Some(reference) => {
                    format!("{named}, {} {}", if nl { "kenmerk" } else { "reference" }, reference.value)
                }
                None => named,
            }
        }
        RequestAbout::Instalment { number, .. } => {
            format!("{creditor}, {} {number}", if nl { "termijn" } else { "instalment" })
        }
        RequestAbout::Everything => {
            format!("{creditor}, {}", if nl { "openstaande facturen" } else { "open invoices" })
        }
    };
    text.chars().filter(|c| !c.is_control()).take(LONGEST_DESCRIPTION).collect()
}

fn is_unknown(dossier: &Dossier, request: &PaymentRequest) -> bool {
    dossier.tasks.iter().any(|t| t.about == REQUEST_UNKNOWN && t.subject == request.id.as_str())
}

/// The request with this id.
///
/// # Errors
/// [`Refusal::NoSuchPaymentRequest`] where the dossier holds none of this id.
pub fn find<'a>(dossier: &'a Dossier, id: &PaymentRequestId) -> Result<&'a PaymentRequest, Refusal> {
    dossier.payment_request(id).ok_or(Refusal::NoSuchPaymentRequest)
}

/// Takes a stored request into the dossier again: something is reported about it after it was over.
pub fn bring_back(draft: &mut Draft, stored: PaymentRequest) {
    if draft.dossier.payment_request(&stored.id).is_none() {
        draft.dossier.payment_requests.push(stored);
    }
}

/// Leaves a request that was brought back out again where nothing about it changed.
pub fn put_away_unchanged(draft: &mut Draft, stored: &PaymentRequest) {
    draft.dossier.payment_requests.retain(|r| r != stored);
}

/// The provider says nothing that can be used: a person is told, and it is looked at again later.
pub fn look_later(draft: &mut Draft, id: &PaymentRequestId) {
    let later = draft.now + WHEN_LATE;
    let Some(request) = draft.dossier.payment_request_mut(id) else { return };
    request.call = None;
    request.look_at = Some(later);
    draft.open_task(REQUEST_STUCK, id.as_str());
}

/// Claims the making of a request at the provider. `false`: it is made already, being made, or given up.
///
/// # Errors
/// There is no such request.
pub fn claim_creation(draft: &mut Draft, id: &PaymentRequestId) -> Result<bool, Refusal> {
    let now = draft.now;
    let request = find(&draft.dossier, id)?;
    if request.state != RequestState::Created || request.is_in_flight(now) {
        return Ok(false);
    }
    if request.creations >= MOST_ATTEMPTS {
        give_up_creation(draft, id);
        return Ok(false);
    }
    if let Some(request) = draft.dossier.payment_request_mut(id) {
        request.creations += 1;
        claim(request, CallKind::Create, now);
    }
    Ok(true)
}

fn claim(request: &mut PaymentRequest, kind: CallKind, now: Timestamp) {
    request.call = Some(ProviderCall { kind, claimed_at: now });
    request.look_at = Some(now + UNKNOWN_AFTER);
}

/// What is certain after one attempt to make a request at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// The provider has it.
    Made {
        /// The provider's own id of it.
        reference: String,
        /// Where the debtor pays.
        checkout_url: String,
        /// Until when, where the provider says.
        expires_at: Option<Timestamp>,
    },
    /// The provider refuses it for good.
    Refused {
        /// Its code.
        reason: String,
    },
    /// The provider did not take it, and may later.
    NotNow,
    /// It may have it.
    Unknown,
}

/// The attempt is over. A report may have been quicker than its answer.
///
/// # Errors
/// There is no such request.
pub fn complete_creation(
    draft: &mut Draft,
    id: &PaymentRequestId,
    creation: Creation,
) -> Result<(), Refusal> {
    let now = draft.now;
    find(&draft.dossier, id)?;
    let Some(request) = draft.dossier.payment_request_mut(id) else { return Ok(()) };
    request.call = None;
    match creation {
        Creation::Made { reference, checkout_url, expires_at } => {
            request.reference.get_or_insert(reference);
            if request.state == RequestState::Created || request.state == RequestState::Open {
                request.checkout_url = Some(checkout_url);
                request.expires_at = expires_at.unwrap_or(request.expires_at);
            }
            if request.state == RequestState::Created {
                open(draft, id);
            }
        }
        Creation::Refused { reason } => end(draft, id, RequestState::Failed, Some(reason)),
        // Certain not to be there: it costs no attempt. Where nobody asks again it lapses.
        Creation::NotNow => {
            request.creations = request.creations.saturating_sub(1);
            request.look_at = Some(now + UNKNOWN_AFTER);
        }
        Creation::Unknown if request.creations >= MOST_ATTEMPTS => give_up_creation(draft, id),
        Creation::Unknown => request.look_at = Some(now + UNKNOWN_AFTER),
    }
    Ok(())
}

fn open(draft: &mut Draft, id: &PaymentRequestId) {
    let now = draft.now;
    let Some(request) = draft.dossier.payment_request_mut(id) else { return };
    request.state = RequestState::Open;
    request.look_at = next_look(request, now);
    forget_task(draft, REQUEST_UNKNOWN, id);
    draft.record(Event::PaymentRequestOpened { payment_request: id.clone() });
}

/// Nobody knows whether the provider has it, and it was asked twice: a person is asked. A report would still find it.
fn give_up_creation(draft: &mut Draft, id: &PaymentRequestId) {
    let Some(request) = draft.dossier.payment_request_mut(id) else { return };
    let told = request.look_at.is_none();
    request.call = None;
    request.look_at = None;
    if !told {
        draft.record(Event::PaymentRequestUnknown { payment_request: id.clone() });
        draft.open_task(REQUEST_UNKNOWN, id.as_str());
    }
}

/// A request that was never made at the provider and that nobody asks for any more lapses.
pub fn lapse_if_never_made(draft: &mut Draft, id: &PaymentRequestId) -> Result<(), Refusal> {
    let now = draft.now;
    let request = find(&draft.dossier, id)?;
    let never_made =
        request.state == RequestState::Created && request.creations == 0 && !request.is_in_flight(now);
    if never_made && request.look_at.is_some_and(|at| at <= now) {
        end(draft, id, RequestState::Failed, Some("provider_unavailable".to_owned()));
    }
    Ok(())
}

/// What a cancellation has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    /// It is cancelled: the provider never had it.
    Done,
    /// The provider has to be asked; that is claimed now.
    Claimed,
}

/// Claims the cancelling of a request.
///
/// # Errors
/// It cannot be paid any more, or a call about it is under way.
pub fn claim_cancellation(draft: &mut Draft, id: &PaymentRequestId) -> Result<Cancellation, Refusal> {
    let now = draft.now;
    let request = find(&draft.dossier, id)?;
    if !request.can_still_open() {
        return Err(Refusal::PaymentRequestOver);
    }
    if request.is_in_flight(now) {
        return Err(Refusal::PaymentRequestUnderWay);
    }
    if request.reference.is_none() {
        end(draft, id, RequestState::Cancelled, Some("cancelled_here".to_owned()));
        return Ok(Cancellation::Done);
    }
    if let Some(request) = draft.dossier.payment_request_mut(id) {
        claim(request, CallKind::Cancel, now);
    }
    Ok(Cancellation::Claimed)
}

/// The provider was asked to cancel it: `done`, or it lets the request run on.
///
/// # Errors
/// There is no such request.
pub fn complete_cancellation(draft: &mut Draft, id: &PaymentRequestId, done: bool) -> Result<(), Refusal> {
    let now = draft.now;
    find(&draft.dossier, id)?;
    if let Some(request) = draft.dossier.payment_request_mut(id) {
        request.call = None;
        request.look_at = next_look(request, now);
    }
    if done {
        end(draft, id, RequestState::Cancelled, Some("cancelled_here".to_owned()));
    }
    Ok(())
}

/// Claims the taking of money that the debtor approved. It is not taken where less is owed by now than was asked: then the
/// request is cancelled, and nothing was paid twice. `false`: there is nothing to take.
///
/// # Errors
/// There is no such request.
pub fn claim_capture(draft: &mut Draft, id: &PaymentRequestId) -> Result<bool, Refusal> {
    let (now, on) = (draft.now, draft.today());
    let request = find(&draft.dossier, id)?;
    if request.state != RequestState::Open || request.is_in_flight(now) {
        return Ok(false);
    }
    let still_owed = amount_of(&draft.dossier, &request.about, on).unwrap_or(Money::ZERO);
    // After an attempt the money may have been taken: only the provider can say.
    if request.captures == 0 && still_owed < request.amount {
        end(draft, id, RequestState::Cancelled, Some("no_longer_owed".to_owned()));
        return Ok(false);
    }
    if request.captures >= MOST_ATTEMPTS {
        stuck(draft, id);
        return Ok(false);
    }
    if let Some(request) = draft.dossier.payment_request_mut(id) {
        request.captures += 1;
        claim(request, CallKind::Capture, now);
    }
    Ok(true)
}

/// The attempt to take the money is over; a report says what came of it. `not_now`: it certainly did not happen.
///
/// # Errors
/// There is no such request.
pub fn complete_capture(draft: &mut Draft, id: &PaymentRequestId, not_now: bool) -> Result<(), Refusal> {
    let now = draft.now;
    find(&draft.dossier, id)?;
    if let Some(request) = draft.dossier.payment_request_mut(id) {
        request.call = None;
        request.captures = request.captures.saturating_sub(u8::from(not_now));
        request.look_at = Some(now + UNKNOWN_AFTER);
    }
    Ok(())
}

/// Comes to an end without a payment.
fn end(draft: &mut Draft, id: &PaymentRequestId, state: RequestState, reason: Option<String>) {
    let Some(request) = draft.dossier.payment_request_mut(id) else { return };
    if !request.state.may_become(state) {
        return;
    }
    request.state = state;
    request.call = None;
    request.look_at = None;
    request.reason.clone_from(&reason);
    forget_task(draft, REQUEST_UNKNOWN, id);
    forget_task(draft, REQUEST_STUCK, id);
    draft.record(Event::PaymentRequestEnded { payment_request: id.clone(), state, reason });
}

fn stuck(draft: &mut Draft, id: &PaymentRequestId) {
    if let Some(request) = draft.dossier.payment_request_mut(id) {
        request.look_at = None;
    }
    draft.open_task(REQUEST_STUCK, id.as_str());
}

fn forget_task(draft: &mut Draft, about: &str, id: &PaymentRequestId) {
    draft.dossier.tasks.retain(|t| !(t.about == about && t.subject == id.as_str()));
}

/// Which closed invoices have to be at hand to apply a report: those that money is about, or was booked on.
pub fn invoices_of<'a>(request: &'a PaymentRequest, booked_on: &'a [InvoiceId]) -> Vec<&'a InvoiceId> {
    let named = match &request.about {
        RequestAbout::Invoice { invoice } => Some(invoice),
        RequestAbout::Instalment { .. } | RequestAbout::Everything => None,
    };
    let mut all: Vec<&InvoiceId> = named.into_iter().chain(booked_on).collect();
    all.sort();
    all.dedup();
    all
}

/// Applies what the provider says of a request now. Gives the payments that have to be stored with the dossier.
///
/// # Errors
/// There is no such request, or a rule of [`intake::put_payment`].
pub fn apply(
    draft: &mut Draft,
    id: &PaymentRequestId,
    report: &Report,
    at_hand: AtHand,
) -> Result<Vec<Booked>, Refusal> {
    let now = draft.now;
    let request = find(&draft.dossier, id)?;
    if request.reference.as_ref().is_some_and(|known| *known != report.reference) {
        return Err(Refusal::PaymentRequestOfAnotherReference);
    }
    note(draft, id, report);
    let mut work = Work { id: id.clone(), at_hand, booked: Vec::new() };
    match &report.state {
        Reported::Open | Reported::Approved => {}
        Reported::Failed { reason } => end(draft, id, RequestState::Failed, reason.clone()),
        Reported::Expired => end(draft, id, RequestState::Expired, None),
        Reported::Cancelled => end(draft, id, RequestState::Cancelled, None),
        Reported::Paid { payment, amount, on } => work.receive(draft, payment, *amount, *on)?,
    }
    for back in report.taken_back.iter().take(MOST_TAKEN_BACK) {
        work.take_back(draft, back)?;
    }
    let Some(request) = draft.dossier.payment_request_mut(id) else { return Ok(work.booked) };
    if let Some(state) = request.state_of_money().filter(|state| request.state.may_become(*state)) {
        request.state = state;
    }
    // A live call looks again by itself; a look that is not due yet stays where it is.
    if !request.is_in_flight(now) && request.look_at.is_some_and(|at| at <= now) {
        request.call = None;
        request.look_at = next_look(request, now);
        if request.look_at.is_none() && request.can_still_open() {
            stuck(draft, id);
        }
    }
    Ok(work.booked)
}

/// Keeps what the report tells beside the state.
fn note(draft: &mut Draft, id: &PaymentRequestId, report: &Report) {
    let Some(request) = draft.dossier.payment_request_mut(id) else { return };
    request.reference.get_or_insert_with(|| report.reference.clone());
    if let Some(url) = &report.checkout_url {
        request.checkout_url = Some(url.clone());
    }
    request.expires_at = report.expires_at.unwrap_or(request.expires_at);
    let early = request.state == RequestState::Created;
    if early && matches!(report.state, Reported::Open | Reported::Approved) {
        open(draft, id);
    }
}

/// When a request is looked at next without being told to.
fn next_look(request: &PaymentRequest, now: Timestamp) -> Option<Timestamp> {
    if request.can_still_open() {
        let end = request.expires_at + AFTER_END;
        if now < end {
            return Some(end.min(now + DAY));
        }
        return (now < end + STUCK_AFTER).then_some(now + WHEN_LATE);
    }
    let received = request.received.as_ref()?;
    LOOKS_AFTER_DAYS.into_iter().map(|days| received.at + DAY * days).find(|at| *at > now)
}

/// The next instant at which a request has to be looked at.
pub(crate) fn wake_at(dossier: &Dossier) -> Option<Timestamp> {
    dossier.payment_requests.iter().filter_map(|r| r.look_at).min()
}

/// The requests that have to be looked at now, for whoever hints at them.
pub fn due(dossier: &Dossier, now: Timestamp) -> impl Iterator<Item = &PaymentRequest> {
    dossier.payment_requests.iter().filter(move |r| r.look_at.is_some_and(|at| at <= now))
}

/// A payment was booked: where more came in than was owed while a request could be paid or was paid, a person is told.
/// Once nothing is left of the credit nobody needs to look any more.
pub(crate) fn after_payment(draft: &mut Draft, payment: &PaymentId, kind: PaymentKind, credit_before: Money) {
    let credit = draft.dossier.credit();
    let by_request = |r: &PaymentRequest| r.received.is_some() || r.can_still_open();
    if kind == PaymentKind::Payment
        && credit.is_positive()
        && credit > credit_before
        && draft.dossier.payment_requests.iter().any(by_request)
    {
        draft.open_task(PAID_TOO_MUCH, payment.as_str());
    }
    if !credit.is_positive() {
        draft.dossier.tasks.retain(|t| t.about != PAID_TOO_MUCH);
    }
}

#[cfg(test)]
#[path = "requesting_tests.rs"]
mod tests;
