//! Those who act: an accounting tool, the desk, municipalities and the mail service. What they do they do by request
//! and callback, again and again until there is an answer.

pub mod causes;
pub mod desk;
pub mod municipality;
pub mod phone;
pub mod post;
pub mod print_shop;
pub mod tool;

use http::StatusCode;

use super::Sim;
use super::book::Bill;
use super::calendar::{DAY, HOUR, Instant, MINUTE, SECOND, timestamp};
use super::checks::decimal;
use super::engine::{self, Answer, Event, Message, Work};
use super::model::{Card, Intent, Request};
use super::scene::{Cents, Person};
use super::trace::Check;
use super::weather::{Function, happens};

/// Something that an actor is going to do about a debtor.
#[derive(Debug, Clone)]
pub enum Act {
    /// Send the debtor's record for the first time, or a changed one.
    Register(usize),
    /// Send the next invoice, and decide how it will be paid.
    Bill(usize),
    /// Money came in on this invoice, or on none.
    Pay { debtor: usize, bill: Option<String>, amount: Cents, kind: &'static str },
    /// All that is owed comes in.
    PayAll(usize),
    /// A credit note for this invoice.
    Credit { debtor: usize, bill: String, amount: Cents },
    /// A changed version of this invoice.
    Correct(Bill, usize),
    /// Somebody at the desk has a look at the debtor.
    Desk(usize),
    /// Somebody at the desk lifts this hold.
    Lift(usize),
    /// Somebody at the desk makes the call of this notice, if it is to be made; or whether or not, from a list that was
    /// printed before.
    Call { debtor: usize, notice: String, printed: bool },
    /// The print shop tells what became of a letter, for the first time or once more.
    TellOfLetter { debtor: usize, notice: String, outcome: &'static str },
    /// The desk decides this dispute.
    Decide { debtor: usize, dispute: String, bill: String },
    /// Whatever it is, somebody does it right now.
    Meanwhile(usize),
}

/// Why the outcome of a call may be refused: it is not to be made any more, or what was promised or disputed in it cannot be.
const MAY_REFUSE_A_CALL: [&str; 8] = [
    "call_not_to_be_made",
    "not_found",
    "nothing_open",
    "too_many_promises",
    "promised_already",
    "step_in_past",
    "disputed_already",
    "not_a_number_of_the_call",
];

impl Sim {
    pub(super) fn open(&mut self) {
        for debtor in 0..self.debtors.len() {
            let at = self.now + self.rng.i64(0..HOUR);
            self.agenda.put(at, Event::Act(Act::Register(debtor)));
            let at = self.now + self.rng.i64(HOUR..20 * DAY);
            self.agenda.put(at, Event::Act(Act::Bill(debtor)));
            let at = self.now + self.rng.i64(10 * DAY..90 * DAY);
            self.agenda.put(at, Event::Act(Act::Desk(debtor)));
        }
    }

    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::Register(debtor) => self.register(debtor),
            Act::Bill(debtor) => self.bill(debtor),
            Act::Pay { debtor, bill, amount, kind } => self.pay(debtor, bill, amount, kind),
            Act::PayAll(debtor) => self.pay_all(debtor),
            Act::Credit { debtor, bill, amount } => self.credit(debtor, &bill, amount),
            Act::Correct(bill, debtor) => self.correct(bill, debtor),
            Act::Desk(debtor) => {
                self.desk(debtor);
                let at = self.now + self.rng.i64(15 * DAY..100 * DAY);
                self.agenda.put(at, Event::Act(Act::Desk(debtor)));
            }
            Act::Lift(hold) => self.lift(hold),
            Act::Call { debtor, notice, printed } => self.make_call(debtor, &notice, printed),
            Act::TellOfLetter { debtor, notice, outcome } => self.tell_of_letter(debtor, &notice, outcome),
            Act::Decide { debtor, dispute, bill } => self.decide(debtor, &dispute, &bill),
            Act::Meanwhile(debtor) => match self.rng.u32(..4) {
                0 => self.pay_all(debtor),
                1 => self.object(debtor),
                _ => self.hold_now(debtor),
            },
        }
    }

    /// While a call is being made about a debtor, somebody may do something about the same.
    pub(super) fn disturb(&mut self, message: &Message) {
        use super::edges::QueueName;
        let is_call =
            matches!(message.queue, QueueName::Notices | QueueName::Letters | QueueName::Submissions);
        if !is_call || self.is_quiet() || !happens(&mut self.rng, self.weather.meanwhile) {
            return;
        }
        let debtor = self.debtors.iter().position(|d| message.body.contains(&format!("\"{}.", d.person.id)));
        if let Some(debtor) = debtor {
            let at = self.now + self.rng.i64(0..120);
            self.agenda.put(at, Event::Act(Act::Meanwhile(debtor)));
        }
    }

    /// Plans a request.
    fn request(&mut self, at: Instant, request: Request) -> usize {
        self.requests.push(request);
        let number = self.requests.len() - 1;
        self.agenda.put(at, Event::Ask(number));
        number
    }

    pub(super) fn ask(&mut self, number: usize) {
        let request = &mut self.requests[number];
        if request.answered.is_some() {
            // The tool sends it once more, for no reason.
            request.answered = None;
        }
        let first = request.asked.is_none();
        request.asked.get_or_insert(self.now);
        if let Intent::Lift(hold) = request.intent {
            self.holds[hold].lift_asked.get_or_insert(self.now);
        }
        if let Intent::Decide { dispute } = request.intent.clone() {
            self.cause_asked(&dispute);
        }
        let request = &self.requests[number];
        if let (Intent::Consent { enabled: true }, Some(debtor)) = (&request.intent, request.debtor) {
            self.debtors[debtor].objected = None;
        }
        let request = self.requests[number].clone();
        self.trace.add(self.now, || {
            format!(
                "ASK {} {} {}{}",
                request.method,
                request.path,
                request.body,
                if first { "" } else { " again" }
            )
        });
        let http = self.http(request.method, &request.path, request.body, request.key.as_deref());
        let life = engine::request(&self.plant.api, http);
        self.begin(Work::Request(number), life);
    }

    /// Without an answer it is asked again: a hold soon, since its key is remembered for a day, a record some time.
    pub(super) fn ask_again(&mut self, number: usize) {
        let longest = match self.requests[number].intent {
            Intent::Card(_) | Intent::Bill(_) | Intent::Pay(_) if self.rng.u32(..4) == 0 => 2 * DAY,
            _ => 10 * MINUTE,
        };
        let at = self.now + self.rng.i64(SECOND..longest);
        self.agenda.put(at, Event::Ask(number));
    }

    pub(super) fn answered(&mut self, number: usize, answer: &Answer) {
        let request = self.requests[number].clone();
        self.trace.add(self.now, || format!("ANSWER {} {}: {}", request.path, answer.status, answer.body));
        let code = answer.body["type"].as_str().and_then(|t| t.rsplit(':').next()).unwrap_or_default();
        let violations = answer.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let unknown = |known: &str| violations.iter().any(|v| v["code"] == known);
        match answer.status {
            StatusCode::OK | StatusCode::CREATED => self.done(number, answer),
            StatusCode::SERVICE_UNAVAILABLE => self.ask_again(number),
            StatusCode::CONFLICT if code == "conflict" => self.ask_again(number),
            // The bank was faster than the ledger.
            StatusCode::BAD_REQUEST if unknown("unknown_invoice") || unknown("unknown_debtor") => {
                self.ask_again(number);
            }
            _ if self.may_be_refused(&request.intent, code, unknown("unknown_case")) => {
                self.requests[number].answered = Some(self.now);
            }
            status => {
                self.requests[number].answered = Some(self.now);
                let what = format!("{} {}: {status} {}", request.method, request.path, answer.body);
                self.violate(Check::Answers, what);
            }
        }
    }

    fn may_be_refused(&self, intent: &Intent, code: &str, unknown_case: bool) -> bool {
        match intent {
            Intent::Hold(_) => unknown_case,
            Intent::Release { .. } => {
                ["signal_not_prepared", "conditions_no_longer_hold", "not_found"].contains(&code)
            }
            Intent::Withdraw { .. } => code == "signal_not_sent",
            Intent::Dispute => ["nothing_open", "disputed_already"].contains(&code),
            Intent::Decide { .. } => ["dispute_decided_already", "nothing_open"].contains(&code),
            // What it was about is paid, and nobody follows it up any more.
            Intent::LetterTold => code == "not_found",
            Intent::Called => MAY_REFUSE_A_CALL.contains(&code),
            Intent::PromiseToPay => {
                ["nothing_open", "too_many_promises", "promised_already", "step_in_past"].contains(&code)
            }
            _ => false,
        }
    }

    fn done(&mut self, number: usize, answer: &Answer) {
        let now = self.now;
        self.requests[number].answered = Some(now);
        let request = self.requests[number].clone();
        self.check_outcome(&request, answer);
        match request.intent {
            Intent::Hold(hold) => {
                let hold = &mut self.holds[hold];
                hold.acknowledged.get_or_insert(now);
                hold.id = answer.body["id"].as_str().map(str::to_owned);
                let effective =
                    answer.body["effectiveAt"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
                // A clock that is ahead may say so a minute late.
                let by_its_clock = effective.map_or(now, |at| at.as_millisecond());
                let ahead = if self.weather.ahead == Some(Function::AccountingApi) { MINUTE } else { 0 };
                hold.effective = by_its_clock - ahead;
                if hold.id.is_none() {
                    self.violate(Check::Explained, format!("a hold without an id: {}", answer.body));
                }
            }
            Intent::Dispute | Intent::PromiseToPay => self.cause_acknowledged(answer),
            Intent::Consent { enabled } => {
                if let Some(debtor) = request.debtor {
                    let known = &mut self.debtors[debtor];
                    known.consent_pending = false;
                    known.objected = if enabled { None } else { known.objected.or(Some(now)) };
                }
            }
            _ => {}
        }
    }

    /// What the answer to a record says is what happened to it.
    fn check_outcome(&mut self, request: &Request, answer: &Answer) {
        let outcome = answer.body["outcome"].as_str();
        let says_taken = matches!(outcome, Some("created" | "changed"));
        let known = request.debtor.map(|debtor| &self.debtors[debtor]);
        let newer = |modified: Instant, held: Option<Instant>| held.is_some_and(|held| held > modified);
        let is_older = match &request.intent {
            Intent::Card(card) => {
                newer(card.modified, known.and_then(|k| k.card.as_ref()).map(|c| c.modified))
            }
            Intent::Bill(bill) => {
                newer(bill.modified, known.and_then(|k| k.book.get(&bill.id)).map(|b| b.modified))
            }
            Intent::Pay(_) => false,
            _ => return,
        };
        let wrong = (says_taken && request.applied.is_none())
            || (is_older && says_taken && request.applied == Some(self.now))
            || (outcome == Some("older")
                && !is_older
                && request.applied.is_none()
                && !matches!(request.intent, Intent::Pay(_)));
        if wrong {
            let what = format!(
                "{} is answered {outcome:?}, stored at {:?}",
                request.path,
                request.applied.map(timestamp)
            );
            self.violate(Check::Records, what);
        }
    }
}

/// The body of a debtor.
pub(super) fn card_body(person: &Person, card: &Card) -> String {
    let (number, english) = (person.id.to_uppercase(), person.english);
    let kind = if card.business { "business" } else { "consumer" };
    serde_json::json!({
        "number": number, "kind": kind, "name": card.name,
        "person": { "initials": "J.", "prefix": null, "surname": "Vries",
            "birthDate": card.birth_date.then_some("1985-04-12") },
        "emails": card.emails, "phone": null, "mobile": person.mobile, "language": if english { "en" } else { "nl" },
        "kvkNumber": card.kvk.then_some("12345678"), "vatId": null, "iban": null,
        "address": { "street": "Oudegracht", "houseNumber": "1", "suffix": null, "postcode": card.postcode,
            "city": "Stad", "country": "NL" },
        "policyId": null, "labels": [], "modifiedAt": timestamp(card.modified).to_string()
    })
    .to_string()
}

/// The body of an invoice or credit note.
pub(super) fn bill_body(debtor: &str, bill: &Bill) -> String {
    serde_json::json!({
        "debtorId": debtor, "number": bill.number, "kind": if bill.credit_note { "creditNote" } else { "invoice" },
        "issueDate": bill.issued.to_string(), "dueDate": bill.due.to_string(), "currency": "EUR",
        "total": decimal(bill.total), "open": bill.open.map(decimal), "recurringTerm": bill.recurring,
        "paymentReference": null, "paymentCondition": null, "corrects": bill.corrects, "lines": [], "labels": [],
        "modifiedAt": timestamp(bill.modified).to_string()
    })
    .to_string()
}
