//! Broken copies of the rules. The rules have no switches, so a broken one is imitated at the edge of a process: it
//! reads or writes what it would if its rule were broken. Each is caught by the check of that rule.

use jiff::ToSpan;
use outside::mail::{RefusalKind, SendOutcome};
use outside::platform::SignalMessage;
use serde_json::{Value, json};
use store::MemoryTable;
use store::table::{Condition, Key, Record, Table, Write};

use super::calendar::{DAY, Instant, day, is_sending_day};
use super::trace::Check;
use super::weather::Function;
use super::{has_letters, has_ways};

/// A rule that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    PauseIgnored,
    PauseOfEveryoneIgnored,
    PauseAcknowledgedAtOnce,
    LiftingOneLiftsAll,
    DisputeIgnored,
    PromiseIgnored,
    StepADayEarly,
    GraceADayShort,
    NoInterval,
    HolidayIsADay,
    OpensAnHourEarly,
    StepTakenTwice,
    StepLeftOut,
    UnknownSentAgainAtOnce,
    ClaimRunsOutAndSendsAgain,
    PaymentBookedTwice,
    PaymentForgotten,
    DuplicatePaymentNotSeen,
    OlderVersionWins,
    CreditNoteIgnored,
    DeadAddressUsed,
    SmallAmountsReminded,
    CostsForRecurringTerms,
    CostsBeforeTheTerm,
    CostsTooHigh,
    CostsChargedTwice,
    InterestOfTrade,
    InterestADayTooMany,
    CostsForgotten,
    BusinessSignalled,
    ObjectionIgnored,
    SignalledWhileHeld,
    SignalledWithinSixMonths,
    CrisisWithoutEarly,
    SignalNamesTooMuch,
    WebhookForgotten,
    EarlyFeedbackForgotten,
    LateFeedbackActedOn,
    DueIndexForgotten,
    HistoryNotWritten,
    EventNotCarried,
    SignalNotCounted,
    RowOfSignalForgotten,
    CalledWhileHeld,
    CalledAlthoughAsked,
    CallGivenUpEarly,
    NobodyToldOfFailure,
    LetterWhileHeld,
    LetterSentAgain,
    ReturnedLetterForgotten,
    ReturnedLetterNotMarked,
    WrittenToWhereLettersComeBack,
    LetterBelievedDelivered,
    DeskNotCounted,
    DeskCountedAgain,
    WorkListForgotten,
}

use Sabotage::{
    BusinessSignalled, CallGivenUpEarly, CalledAlthoughAsked, CalledWhileHeld, ClaimRunsOutAndSendsAgain,
    CostsBeforeTheTerm, CostsChargedTwice, CostsForRecurringTerms, CostsForgotten, CostsTooHigh,
    CreditNoteIgnored, CrisisWithoutEarly, DeadAddressUsed, DeskCountedAgain, DeskNotCounted, DisputeIgnored,
    DueIndexForgotten, DuplicatePaymentNotSeen, EarlyFeedbackForgotten, EventNotCarried, GraceADayShort,
    HistoryNotWritten, HolidayIsADay, InterestADayTooMany, InterestOfTrade, LateFeedbackActedOn,
    LetterBelievedDelivered, LetterSentAgain, LetterWhileHeld, LiftingOneLiftsAll, NoInterval,
    NobodyToldOfFailure, ObjectionIgnored, OlderVersionWins, OpensAnHourEarly, PauseAcknowledgedAtOnce,
    PauseIgnored, PauseOfEveryoneIgnored, PaymentBookedTwice, PaymentForgotten, PromiseIgnored,
    ReturnedLetterForgotten, ReturnedLetterNotMarked, RowOfSignalForgotten, SignalNamesTooMuch,
    SignalNotCounted, SignalledWhileHeld, SignalledWithinSixMonths, SmallAmountsReminded, StepADayEarly,
    StepLeftOut, StepTakenTwice, UnknownSentAgainAtOnce, WebhookForgotten, WorkListForgotten,
    WrittenToWhereLettersComeBack,
};

/// Every broken rule with the check that has to catch it.
pub const SABOTAGES: [(Sabotage, Check); 56] = [
    (PauseIgnored, Check::HoldWins),
    (PauseOfEveryoneIgnored, Check::HoldWins),
    (PauseAcknowledgedAtOnce, Check::HoldWins),
    (LiftingOneLiftsAll, Check::HoldWins),
    (DisputeIgnored, Check::HoldWins),
    (PromiseIgnored, Check::HoldWins),
    (StepADayEarly, Check::Wait),
    (GraceADayShort, Check::Grace),
    (NoInterval, Check::Interval),
    (HolidayIsADay, Check::Window),
    (OpensAnHourEarly, Check::Window),
    (StepTakenTwice, Check::StepOnce),
    (StepLeftOut, Check::StepOrder),
    (UnknownSentAgainAtOnce, Check::MailOnce),
    (ClaimRunsOutAndSendsAgain, Check::MailOnce),
    (PaymentBookedTwice, Check::Balance),
    (PaymentForgotten, Check::Balance),
    (DuplicatePaymentNotSeen, Check::Balance),
    (OlderVersionWins, Check::Records),
    (CreditNoteIgnored, Check::Balance),
    (DeadAddressUsed, Check::Address),
    (SmallAmountsReminded, Check::Contents),
    (CostsForRecurringTerms, Check::Costs),
    (CostsBeforeTheTerm, Check::Costs),
    (CostsTooHigh, Check::Costs),
    (CostsChargedTwice, Check::Balance),
    (InterestOfTrade, Check::Balance),
    (InterestADayTooMany, Check::Balance),
    (CostsForgotten, Check::Balance),
    (BusinessSignalled, Check::SignalAllowed),
    (ObjectionIgnored, Check::SignalAllowed),
    (SignalledWhileHeld, Check::SignalConditions),
    (SignalledWithinSixMonths, Check::SignalOnce),
    (CrisisWithoutEarly, Check::SignalConditions),
    (SignalNamesTooMuch, Check::SignalAmount),
    (WebhookForgotten, Check::Feedback),
    (EarlyFeedbackForgotten, Check::Feedback),
    (LateFeedbackActedOn, Check::Feedback),
    (DueIndexForgotten, Check::Promise),
    (HistoryNotWritten, Check::Timeline),
    (EventNotCarried, Check::Outbox),
    (SignalNotCounted, Check::Overview),
    (RowOfSignalForgotten, Check::Overview),
    (CalledWhileHeld, Check::HoldWins),
    (CalledAlthoughAsked, Check::Address),
    (CallGivenUpEarly, Check::PassedOn),
    (NobodyToldOfFailure, Check::PassedOn),
    (LetterWhileHeld, Check::HoldWins),
    (LetterSentAgain, Check::MailOnce),
    (ReturnedLetterForgotten, Check::PassedOn),
    (ReturnedLetterNotMarked, Check::PassedOn),
    (WrittenToWhereLettersComeBack, Check::Address),
    (LetterBelievedDelivered, Check::Costs),
    (DeskNotCounted, Check::Desk),
    (DeskCountedAgain, Check::Desk),
    (WorkListForgotten, Check::Desk),
];

/// Ends the id of a signal that a broken rule believes in.
const NEVER_SENT: &str = ".s4000000000";

const FOLLOW_UP: [Function; 3] = [Function::AdvanceCase, Function::SendNotice, Function::SendLetter];
const WHO_ACKNOWLEDGES: [Function; 2] = [Function::AccountingApi, Function::MunicipalityCallback];
const SIGNALS: [Function; 2] = [Function::EvaluateSignal, Function::SubmitSignal];

fn is_dossier(key: &Key) -> bool {
    key.sort == "D"
}

fn is_administration(key: &Key) -> bool {
    key.partition.ends_with("#A")
}

fn change(record: &mut Record, with: impl FnOnce(&mut Value)) {
    let mut document: Value = serde_json::from_slice(&record.document).expect("a document is JSON");
    with(&mut document);
    record.document = serde_json::to_vec(&document).expect("JSON is written");
}

fn each<'a>(document: &'a mut Value, field: &str) -> impl Iterator<Item = &'a mut Value> + use<'a> {
    let found = document.get_mut(field);
    let found = found.map(|value| match value {
        Value::Array(items) => items.iter_mut().collect::<Vec<_>>(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    });
    found.unwrap_or_default().into_iter()
}

impl Sabotage {
    /// The check that has to catch it.
    pub fn caught_by(self) -> Option<Check> {
        SABOTAGES.iter().find(|(broken, _)| *broken == self).map(|(_, check)| *check)
    }

    /// Whether this can be seen in a seed at all: calls and letters are in some only.
    pub fn may_show(self, seed: u64) -> bool {
        match self {
            CalledWhileHeld | CalledAlthoughAsked | CallGivenUpEarly => has_ways(seed),
            LetterWhileHeld
            | LetterSentAgain
            | ReturnedLetterForgotten
            | ReturnedLetterNotMarked
            | WrittenToWhereLettersComeBack
            | LetterBelievedDelivered => has_letters(seed),
            _ => true,
        }
    }

    /// It is about other messages than mails.
    pub fn needs_ways(self) -> bool {
        !self.may_show(0)
    }

    /// It was not seen yet to be caught: it is about other messages than mails, or about the desk's overview.
    pub fn is_new(self) -> bool {
        let of_desk = matches!(self, DeskNotCounted | DeskCountedAgain | WorkListForgotten);
        of_desk || self == NobodyToldOfFailure || self.needs_ways()
    }

    /// The hour at which the schedule begins to call the sweep.
    pub fn sweeps_open(self) -> i8 {
        if self == OpensAnHourEarly { 7 } else { 8 }
    }

    /// What a clock shows: on a holiday the day before, where holidays are days as any other.
    pub fn shows(self, now: Instant) -> Instant {
        let before = day(now - DAY);
        if self == HolidayIsADay && !is_sending_day(day(now)) && is_sending_day(before) {
            now - DAY
        } else {
            now
        }
    }

    /// A function does not see this item at all.
    pub fn hides(self, function: Function, key: &Key) -> bool {
        match self {
            DuplicatePaymentNotSeen => function == Function::AccountingApi && key.partition.contains("#P#"),
            WebhookForgotten => key.partition.starts_with("webhook#"),
            DeskCountedAgain => function == Function::ProjectOverview && key.partition.contains("#V#"),
            EarlyFeedbackForgotten => key.sort.starts_with(store::keys::EARLY_FEEDBACK_PREFIX),
            _ => false,
        }
    }

    /// What a function reads although it is stored otherwise.
    pub fn on_read(self, function: Function, record: &mut Record) {
        let follows_up = FOLLOW_UP.contains(&function);
        if is_administration(&record.key) && follows_up {
            self.on_settings(record);
        }
        if !is_dossier(&record.key) {
            return;
        }
        match self {
            PauseIgnored if follows_up => change(record, |dossier| dossier["holds"] = json!([])),
            SignalledWhileHeld if SIGNALS.contains(&function) => {
                change(record, |dossier| dossier["holds"] = json!([]));
            }
            CalledWhileHeld if function == Function::AccountingApi => {
                change(record, |dossier| {
                    if each(dossier, "notices").any(|n| n["state"]["is"] == "toCall") {
                        dossier["holds"] = json!([]);
                    }
                });
            }
            LetterWhileHeld if function == Function::SendLetter => {
                change(record, |dossier| dossier["holds"] = json!([]));
            }
            LetterSentAgain if function == Function::SendLetter => change(record, never_sent),
            DisputeIgnored if follows_up => without_holds_of(record, "dispute"),
            PromiseIgnored if follows_up => without_holds_of(record, "promise"),
            PauseAcknowledgedAtOnce if WHO_ACKNOWLEDGES.contains(&function) => {
                change(record, |dossier| {
                    for notice in each(dossier, "notices").filter(|n| n["state"]["is"] == "claimed") {
                        notice["state"]["at"] = json!("2020-01-01T00:00:00Z");
                    }
                });
            }
            StepTakenTwice if follows_up => {
                change(record, |dossier| {
                    for invoice in each(dossier, "invoices") {
                        if let Some(steps) = invoice.get_mut("steps").and_then(Value::as_array_mut) {
                            steps.pop();
                        }
                    }
                });
            }
            _ => self.on_more(function, record),
        }
    }

    fn on_more(self, function: Function, record: &mut Record) {
        let follows_up = FOLLOW_UP.contains(&function);
        let of_signals = SIGNALS.contains(&function);
        match self {
            ClaimRunsOutAndSendsAgain if follows_up => change(record, |dossier| {
                for notice in each(dossier, "notices") {
                    if ["claimed", "unknown"].contains(&notice["state"]["is"].as_str().unwrap_or_default()) {
                        notice["state"] = json!({ "is": "prepared" });
                    }
                }
            }),
            OlderVersionWins if function == Function::AccountingApi => change(record, |dossier| {
                dossier["debtor"]["modifiedAt"] = json!("2020-01-01T00:00:00Z");
                for invoice in each(dossier, "invoices") {
                    invoice["modifiedAt"] = json!("2020-01-01T00:00:00Z");
                }
            }),
            DeadAddressUsed if follows_up => change(record, |dossier| dossier["failedAddresses"] = json!([])),
            WrittenToWhereLettersComeBack if follows_up => change(record, without_postal_addresses),
            LetterBelievedDelivered if function == Function::SendLetter => change(record, |dossier| {
                for invoice in each(dossier, "invoices").filter(|i| i["formalNotice"].is_object()) {
                    invoice["formalNotice"]["receivedOn"] = json!("2026-01-01");
                }
            }),
            CalledAlthoughAsked if follows_up => change(record, |dossier| {
                if let Some(dossier) = dossier.as_object_mut() {
                    dossier.remove("noCallsSince");
                }
            }),
            CostsForRecurringTerms if function == Function::SendNotice => change(record, |dossier| {
                each(dossier, "invoices").for_each(|invoice| invoice["recurringTerm"] = json!(false));
            }),
            CostsBeforeTheTerm if function == Function::RecordDelivery => change(record, |dossier| {
                for invoice in each(dossier, "invoices").filter(|i| i["formalNotice"].is_object()) {
                    invoice["formalNotice"]["receivedOn"] = json!("2026-01-01");
                }
            }),
            CostsTooHigh if function == Function::SendNotice => change(record, |dossier| {
                dossier["debtor"]["kind"] = json!("business");
            }),
            BusinessSignalled if of_signals => change(record, |dossier| {
                dossier["debtor"]["kind"] = json!("consumer");
                if let Some(debtor) = dossier["debtor"].as_object_mut() {
                    debtor.remove("kvkNumber");
                }
            }),
            ObjectionIgnored if of_signals => change(record, |dossier| {
                dossier["earlySignalling"] = json!({ "enabled": true });
            }),
            SignalledWithinSixMonths if of_signals => change(record, |dossier| {
                for signal in each(dossier, "signals").filter(|s| s["state"]["is"] == "sent") {
                    let earlier =
                        |text: &str| text.parse::<jiff::Timestamp>().ok().map(|at| at - (24 * 300).hours());
                    for field in ["sentAt", "preparedAt"] {
                        let at = signal[field].as_str().and_then(earlier);
                        signal[field] = json!(at);
                    }
                }
            }),
            CrisisWithoutEarly if of_signals => change(record, |dossier| {
                let early = json!({
                    "id": format!("{}{NEVER_SENT}", dossier["debtor"]["id"].as_str().unwrap_or_default()),
                    "kind": "early", "state": { "is": "sent" }, "preparedAt": "2025-01-01T00:00:00Z",
                    "sentAt": "2025-01-01T00:00:00Z", "arrears": "0.00", "arrearsSince": null, "attempts": 1,
                    "rulesVersion": 1
                });
                match dossier.get_mut("signals").and_then(Value::as_array_mut) {
                    Some(signals) => signals.push(early),
                    None => dossier["signals"] = json!([early]),
                }
            }),
            WebhookForgotten if function == Function::MunicipalityCallback => change(record, |dossier| {
                each(dossier, "signals").for_each(|signal| signal["feedback"] = json!([]));
            }),
            LateFeedbackActedOn if function == Function::MunicipalityCallback => change(record, |dossier| {
                for signal in each(dossier, "signals") {
                    each(signal, "feedback").for_each(|report| report["at"] = json!("2020-01-01T00:00:00Z"));
                }
            }),
            _ => {}
        }
    }

    fn on_settings(self, record: &mut Record) {
        change(record, |settings| {
            let less = |value: &mut Value, by: i64| {
                *value = json!((value.as_i64().unwrap_or_default() - by).max(0));
            };
            match self {
                PauseOfEveryoneIgnored => settings["holds"] = json!([]),
                StepADayEarly => {
                    each(&mut settings["policies"][0], "steps")
                        .for_each(|step| less(&mut step["afterDays"], 1));
                }
                StepLeftOut => {
                    if let Some(steps) = settings["policies"][0]["steps"].as_array_mut() {
                        steps.remove(1);
                    }
                }
                SmallAmountsReminded => {
                    each(&mut settings["policies"][0], "steps")
                        .for_each(|step| step["minimumOpen"] = json!("0.00"));
                }
                CallGivenUpEarly => less(&mut settings["calls"]["waitDays"], 1),
                GraceADayShort => less(&mut settings["graceDays"], 1),
                NoInterval => settings["minimumIntervalDays"] = json!(0),
                OpensAnHourEarly => settings["window"]["opens"] = json!("07:00:00"),
                _ => {}
            }
        });
    }

    /// What a function stores although its decision was another one.
    pub async fn on_write(self, function: Function, writes: &mut Vec<Write>, table: &MemoryTable) {
        let follows_up = FOLLOW_UP.contains(&function);
        match self {
            HistoryNotWritten => {
                let is_sent = |record: &Record| {
                    record.event.as_ref().is_some_and(|event| event.detail_type == "PaymentReceived")
                };
                writes.retain(|write| !matches!(write, Write::Put { record, .. } if is_sent(record)));
            }
            SignalNotCounted if function == Function::SubmitSignal => {
                writes.retain(|write| !matches!(write, Write::Count { .. }));
            }
            RowOfSignalForgotten if function == Function::SubmitSignal => {
                let is_row = |key: &Key| key.partition.contains("#O#");
                writes.retain(|write| !matches!(write, Write::Put { record, .. } if is_row(&record.key)));
            }
            DeskNotCounted if function == Function::ProjectOverview => {
                writes.retain(|write| !matches!(write, Write::Count { .. }));
            }
            WorkListForgotten if function == Function::ProjectOverview => {
                let is_entry = |key: &Key| key.partition.contains("#Y#");
                writes.retain(|write| !matches!(write, Write::Put { record, .. } if is_entry(&record.key)));
            }
            DeskCountedAgain => {
                for write in writes.iter_mut() {
                    if let Write::Put { record, condition } = write
                        && record.key.partition.contains("#V#")
                    {
                        *condition = Condition::None;
                    }
                }
            }
            EventNotCarried => {
                for write in writes.iter_mut() {
                    if let Write::Put { record, .. } = write
                        && record.event.as_ref().is_some_and(|event| event.detail_type == "NoticePrepared")
                    {
                        record.event = None;
                    }
                }
            }
            DuplicatePaymentNotSeen => {
                for write in writes.iter_mut() {
                    if let Write::Put { record, condition } = write
                        && record.key.partition.contains("#P#")
                    {
                        *condition = Condition::None;
                    }
                }
            }
            _ => {}
        }
        for write in writes.iter_mut() {
            let Write::Put { record, .. } = write else { continue };
            if !is_dossier(&record.key) {
                continue;
            }
            let stored = table.get(&record.key).await.ok().flatten();
            let stored = stored.and_then(|stored| serde_json::from_slice::<Value>(&stored.document).ok());
            let Some(stored) = stored else { continue };
            self.on_dossier(function, follows_up, record, &stored);
        }
    }

    /// Puts back what the function was not shown, or breaks what it decided.
    fn on_dossier(self, function: Function, follows_up: bool, record: &mut Record, stored: &Value) {
        match self {
            DueIndexForgotten if function == Function::AccountingApi => record.due = None,
            PauseIgnored | DisputeIgnored | PromiseIgnored if follows_up => {
                put_back(record, stored, "holds");
            }
            CalledWhileHeld if function == Function::AccountingApi => put_back(record, stored, "holds"),
            CalledAlthoughAsked if follows_up => put_back(record, stored, "noCallsSince"),
            NobodyToldOfFailure => change(record, |dossier| {
                if let Some(tasks) = dossier.get_mut("tasks").and_then(Value::as_array_mut) {
                    tasks.retain(|t| t["about"] != "address_failed" && t["about"] != "notice_not_delivered");
                }
            }),
            SignalledWhileHeld if SIGNALS.contains(&function) => put_back(record, stored, "holds"),
            LetterWhileHeld if function == Function::SendLetter => put_back(record, stored, "holds"),
            ReturnedLetterForgotten => change(record, |dossier| {
                let letters = each(dossier, "notices").filter(|notice| notice["channel"] == "letter");
                let letters: Vec<Value> = letters.map(|notice| notice["id"].clone()).collect();
                if let Some(tasks) = dossier.get_mut("tasks").and_then(Value::as_array_mut) {
                    tasks.retain(|t| t["about"] != "address_failed" || !letters.contains(&t["subject"]));
                }
            }),
            ReturnedLetterNotMarked => change(record, without_postal_addresses),
            WrittenToWhereLettersComeBack if follows_up => put_back(record, stored, "failedAddresses"),
            DeadAddressUsed if follows_up => put_back(record, stored, "failedAddresses"),
            ObjectionIgnored if SIGNALS.contains(&function) => put_back(record, stored, "earlySignalling"),
            BusinessSignalled if SIGNALS.contains(&function) => put_back(record, stored, "debtor"),
            StepTakenTwice if follows_up => change(record, |dossier| {
                put_back_of_each(dossier, stored, "invoices", "steps");
            }),
            CostsTooHigh if function == Function::SendNotice => put_back(record, stored, "debtor"),
            CostsChargedTwice | InterestOfTrade | InterestADayTooMany | CostsForgotten
                if function == Function::SendNotice =>
            {
                change(record, |dossier| {
                    each(dossier, "invoices").for_each(|invoice| self.on_claim(invoice));
                });
            }
            CostsForRecurringTerms if function == Function::SendNotice => change(record, |dossier| {
                put_back_of_each(dossier, stored, "invoices", "recurringTerm");
            }),
            SignalledWithinSixMonths if SIGNALS.contains(&function) => change(record, |dossier| {
                put_back_of_each(dossier, stored, "signals", "sentAt");
                put_back_of_each(dossier, stored, "signals", "preparedAt");
            }),
            CrisisWithoutEarly if SIGNALS.contains(&function) => change(record, |dossier| {
                if let Some(signals) = dossier.get_mut("signals").and_then(Value::as_array_mut) {
                    signals.retain(|signal| !signal["id"].as_str().unwrap_or_default().ends_with(NEVER_SENT));
                }
            }),
            LiftingOneLiftsAll => change(record, |dossier| {
                let lifted = each(dossier, "holds").any(|hold| {
                    let before =
                        stored["holds"].as_array().and_then(|all| all.iter().find(|h| h["id"] == hold["id"]));
                    hold["liftedAt"].is_string() && before.is_some_and(|before| before["liftedAt"].is_null())
                });
                if lifted && function == Function::AccountingApi {
                    let now = dossier["updatedAt"].clone();
                    for hold in each(dossier, "holds").filter(|hold| hold["liftedAt"].is_null()) {
                        hold["liftedAt"] = now.clone();
                    }
                }
            }),
            PaymentBookedTwice | PaymentForgotten | CreditNoteIgnored
                if function == Function::AccountingApi =>
            {
                change(record, |dossier| self.on_bookings(dossier, stored));
            }
            _ => {}
        }
    }

    fn on_claim(self, invoice: &mut Value) {
        if !invoice["claimed"].is_object() {
            return;
        }
        match self {
            CostsChargedTwice => {
                if let Some(charges) = invoice.get_mut("charges").and_then(Value::as_array_mut)
                    && let [charge] = charges.as_slice()
                {
                    charges.push(charge.clone());
                }
            }
            CostsForgotten => invoice["charges"] = json!([]),
            InterestOfTrade => invoice["claimed"]["interest"] = json!("trade"),
            InterestADayTooMany => {
                // One day of interest more: as if it had been due a day earlier.
                let due = invoice["dueDate"].as_str().and_then(|due| due.parse::<jiff::civil::Date>().ok());
                invoice["dueDate"] = json!(due.map(|due| due.saturating_sub(1.day())));
            }
            _ => {}
        }
    }

    fn on_bookings(self, dossier: &mut Value, stored: &Value) {
        let Some(invoices) = dossier.get_mut("invoices").and_then(Value::as_object_mut) else { return };
        if self == CreditNoteIgnored {
            invoices.retain(|_, invoice| invoice["kind"] != "creditNote");
        }
        for (id, invoice) in invoices {
            let before = stored["invoices"][id]["bookings"].as_array().map_or(0, Vec::len);
            let Some(bookings) = invoice.get_mut("bookings").and_then(Value::as_array_mut) else { continue };
            let is_new = bookings.len() == before + 1;
            let last = bookings.last().cloned().unwrap_or_default();
            match self {
                PaymentBookedTwice if is_new && last["kind"] == "payment" => bookings.push(last),
                PaymentForgotten if is_new && last["kind"] == "payment" => bookings.truncate(before),
                CreditNoteIgnored => bookings.retain(|booking| booking["kind"] != "credit"),
                _ => {}
            }
        }
    }

    /// What a caller believes of an answer.
    pub fn on_answer(self, outcome: &mut SendOutcome) {
        if self == UnknownSentAgainAtOnce && matches!(outcome, SendOutcome::Unknown { .. }) {
            let reason = "timeout".to_owned();
            *outcome = SendOutcome::Refused { reason, kind: RefusalKind::Temporary };
        }
    }

    pub fn on_submission(self, message: &mut SignalMessage) {
        if self == SignalNamesTooMuch {
            message.arrears = message.arrears + domain::Money::from_cents(100_00);
        }
    }
}

/// Whoever sends letters believes that none was sent, and that no step was taken by any.
fn never_sent(dossier: &mut Value) {
    let sent = each(dossier, "notices").filter(|n| n["channel"] == "letter" && n["state"]["is"] == "sent");
    let sent: Vec<Value> = sent
        .map(|notice| {
            notice["state"] = json!({ "is": "prepared" });
            notice["id"].clone()
        })
        .collect();
    for invoice in each(dossier, "invoices") {
        if let Some(steps) = invoice.get_mut("steps").and_then(Value::as_array_mut) {
            steps.retain(|step| !sent.contains(&step["notice"]));
        }
    }
}

/// An address of a house, and not of a mailbox, has a comma.
fn without_postal_addresses(dossier: &mut Value) {
    if let Some(failed) = dossier.get_mut("failedAddresses").and_then(Value::as_array_mut) {
        failed.retain(|address| !address.as_str().unwrap_or_default().contains(", "));
    }
}

fn without_holds_of(record: &mut Record, cause: &str) {
    change(record, |dossier| {
        if let Some(holds) = dossier.get_mut("holds").and_then(Value::as_array_mut) {
            holds.retain(|hold| hold["reason"]["kind"] != cause);
        }
    });
}

/// Puts back what is stored of a field, beside what is new in a list.
fn put_back(record: &mut Record, stored: &Value, field: &str) {
    change(record, |dossier| {
        let mut whole = stored[field].clone();
        if let (Some(whole), Some(new)) = (whole.as_array_mut(), dossier[field].as_array()) {
            let strange: Vec<Value> =
                new.iter().filter(|n| whole.iter().all(|w| w["id"] != n["id"])).cloned().collect();
            whole.extend(strange);
        }
        if !whole.is_null() {
            dossier[field] = whole;
        }
    });
}

/// The same of one field of each thing in a list or map, by its id.
fn put_back_of_each(dossier: &mut Value, stored: &Value, list: &str, field: &str) {
    let mut stored = stored.clone();
    let before: Vec<Value> = each(&mut stored, list).map(|value| value.clone()).collect();
    for thing in each(dossier, list) {
        if let Some(known) = before.iter().find(|known| known["id"] == thing["id"]) {
            match known.get(field) {
                Some(value) => thing[field] = value.clone(),
                None if field == "sentAt" => {}
                None => {
                    if let Some(thing) = thing.as_object_mut() {
                        thing.remove(field);
                    }
                }
            }
        }
    }
}
