//! The variables that own texts may name, and what they are for one notice.

use std::collections::BTreeMap;

use domain::Money;
use domain::debtor::DebtorKind;
use domain::step::StepKind;
use domain::texts::Part;
use minijinja::Value;

use super::guard::LIST;
use crate::format::{self, one_line, shortened};
use crate::mail::NoticeView;
use crate::texts::{TextError, Texts};

/// Invoices that a text may go through or name; the list of the message has all of them.
const MOST_NAMED: usize = 20;

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// One line of text.
    Text,
    /// An amount as the language writes it, such as `€ 121,00`.
    Amount,
    /// A day as the language writes it, such as `7 oktober 2026`.
    Date,
    /// A number, to be written or compared.
    Number,
    /// Yes or no, to be asked for.
    Flag,
    /// A list, to be gone through.
    List,
}

impl Holds {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Holds::Text => "text",
            Holds::Amount => "amount",
            Holds::Date => "date",
            Holds::Number => "number",
            Holds::Flag => "flag",
            Holds::List => "list",
        }
    }
}

/// Where a variable may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// Anywhere: it tells nothing about anybody.
    Anywhere,
    /// Not in a subject, which shows on a locked screen.
    NotInSubject,
    /// Not in a text message either: nothing that names the debtor or their invoices.
    InLettersOnly,
}

/// A variable that an own text may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    pub holds: Holds,
    /// Some debtors do not have it: a text asks for it with `if` before it names it.
    pub may_be_absent: bool,
    pub about: &'static str,
    place: Where,
}

impl Variable {
    /// Whether this part of a message of this kind may name it. A formal notice names no day: it has one term by law.
    pub fn is_for(&self, part: Part, kind: StepKind) -> bool {
        let placed = match part {
            Part::Subject => self.place == Where::Anywhere,
            Part::Sentence => self.place != Where::InLettersOnly,
            Part::Heading | Part::Opening | Part::Closing => true,
        };
        placed && !(kind == StepKind::FormalNotice && self.holds == Holds::Date)
    }
}

pub(super) const fn always(name: &'static str, holds: Holds, place: Where, about: &'static str) -> Variable {
    Variable { name, holds, may_be_absent: false, about, place }
}

pub(super) const fn maybe(name: &'static str, holds: Holds, place: Where, about: &'static str) -> Variable {
    Variable { name, holds, may_be_absent: true, about, place }
}

/// All of them, in the order in which they are listed.
pub const VARIABLES: &[Variable] = &{
    use Holds::{Amount, Date, Flag, List, Number, Text};
    use Where::{Anywhere, InLettersOnly, NotInSubject};
    [
        always("creditor", Text, Anywhere, "the creditor's name"),
        always(
            "count",
            Number,
            Anywhere,
            "how many invoices the message is about; 0 where it is about an instalment only",
        ),
        always("phone", Text, Anywhere, "the creditor's phone number"),
        always("email", Text, Anywhere, "the address for answers"),
        maybe("opening_hours", Text, Anywhere, "when the phone is answered"),
        always("business", Flag, NotInSubject, "the debtor is a business"),
        maybe("name", Text, InLettersOnly, "the debtor's name"),
        always("total", Amount, NotInSubject, "what is asked for"),
        maybe(
            "invoice_numbers",
            Text,
            InLettersOnly,
            "the numbers of the invoices, the first twenty; absent where there are none",
        ),
        always(LIST, List, InLettersOnly, "the first twenty invoices, each with number, due_date and open"),
        always("due_date", Date, NotInSubject, "the earliest last day to pay"),
        maybe(
            "pay_before",
            Date,
            NotInSubject,
            "the day before which payment is asked; absent where nothing is asked",
        ),
        maybe(
            "days_late",
            Number,
            NotInSubject,
            "days since the earliest due date; absent where nothing is late",
        ),
        maybe(
            "costs_announced",
            Amount,
            NotInSubject,
            "the costs that a formal notice announces; absent where there are none",
        ),
        maybe("costs", Amount, NotInSubject, "collection costs that are claimed; absent where none are"),
        maybe("interest", Amount, NotInSubject, "interest that is claimed; absent where none is"),
        maybe(
            "instalment_number",
            Number,
            NotInSubject,
            "which instalment of a payment plan falls due; absent where none does",
        ),
        maybe(
            "instalment_count",
            Number,
            NotInSubject,
            "how many instalments the plan has; absent where none falls due",
        ),
        maybe(
            "instalment_amount",
            Amount,
            NotInSubject,
            "what is to be paid of the instalment; absent where none falls due",
        ),
        maybe(
            "instalment_date",
            Date,
            NotInSubject,
            "the last day to pay the instalment; absent where none falls due",
        ),
        maybe("reference", Text, InLettersOnly, "the payment reference; absent where there is none"),
    ]
};

/// The values of all variables for one notice; what is absent is not among them.
#[derive(Debug, Clone)]
pub(super) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    pub(super) fn new(values: BTreeMap<&'static str, Value>) -> Values {
        Values(values)
    }

    pub(super) fn context(&self) -> Value {
        Value::from_pairs(self.0.iter().map(|(name, value)| (*name, value.clone())))
    }

    pub(super) fn of(view: &NoticeView<'_>) -> Result<Values, TextError> {
        let texts = Texts::spoken(view.language, view.tone)?;
        let amount = |money: Money| format::money(view.language, money);
        let mut values = BTreeMap::from([
            ("creditor", Value::from(one_line(view.creditor.name))),
            ("count", Value::from(view.items.len())),
            ("phone", Value::from(one_line(view.creditor.phone))),
            ("email", Value::from(one_line(view.creditor.email))),
            ("business", Value::from(view.debtor_kind == DebtorKind::Business)),
            ("total", Value::from(amount(view.total_open))),
            (LIST, invoices(&texts, view)?),
        ]);
        let mut put = |name: &'static str, value: Option<Value>| {
            if let Some(value) = value {
                values.insert(name, value);
            }
        };
        let text = |text: Option<&str>| text.map(one_line).filter(|text| !text.is_empty()).map(Value::from);
        let money = |money: Money| money.is_positive().then(|| Value::from(amount(money)));
        put("opening_hours", text(view.creditor.opening_hours));
        put("name", text(Some(view.debtor_name)));
        put("invoice_numbers", (!view.items.is_empty()).then(|| Value::from(numbers(view))));
        let days = view.items.iter().map(|i| i.due_date).chain(view.instalment.map(|i| i.due_on));
        put("due_date", days.min().map(|day| texts.date_of(day)).transpose()?.map(Value::from));
        let asks = !view.asks_nothing();
        put("pay_before", asks.then(|| texts.date_of(view.pay_before)).transpose()?.map(Value::from));
        let late = view.items.iter().map(|i| i.days_overdue).max().filter(|days| *days > 0);
        put("days_late", late.map(Value::from));
        put("costs_announced", view.costs.and_then(|named| money(named.costs)));
        put("costs", money(view.claimed.costs));
        put("interest", money(view.claimed.interest));
        put("reference", text(view.payment_reference));
        if let Some(instalment) = view.instalment {
            put("instalment_number", Some(Value::from(instalment.number)));
            put("instalment_count", Some(Value::from(instalment.of)));
            put("instalment_amount", Some(Value::from(amount(instalment.amount))));
            put("instalment_date", Some(Value::from(texts.date_of(instalment.due_on)?)));
        }
        Ok(Values(values))
    }
}

/// Characters of an invoice's number, as far as a text names it.
const NUMBER_LENGTH: usize = 40;

fn numbers(view: &NoticeView<'_>) -> String {
    let named =
        view.items.iter().take(MOST_NAMED).map(|item| shortened(&one_line(item.number), NUMBER_LENGTH));
    let mut text = named.collect::<Vec<_>>().join(", ");
    if view.items.len() > MOST_NAMED {
        text.push_str(", …");
    }
    text
}

fn invoices(texts: &Texts, view: &NoticeView<'_>) -> Result<Value, TextError> {
    let named = view.items.iter().take(MOST_NAMED).map(|item| {
        Ok(Value::from_pairs([
            ("number", Value::from(shortened(&one_line(item.number), NUMBER_LENGTH))),
            ("due_date", Value::from(texts.date_of(item.due_date)?)),
            ("open", Value::from(format::money(view.language, item.open))),
        ]))
    });
    Ok(named.collect::<Result<Vec<Value>, TextError>>()?.into_iter().collect())
}
