//! The dossier of a case as a bailiff reads it, before it is set: parties, claim, payments, letters, plans, signals and the course
//! of events, in this order.
//!
//! What is absent: what the municipality reported, why it did, what people typed as a reason, and what stayed within the creditor's
//! organisation. None of it is needed to collect, and some of it is about health and debts (article 5(1)(c) GDPR).

mod claim;
mod entries;
mod splitting;

use std::collections::BTreeMap;

use domain::administration::Administration;
use domain::calendar::{amsterdam, today};
use domain::case_dossier::CaseDossier;
use domain::claim::Specification;
use domain::dispute::DisputeState;
use domain::dossier::Dossier;
use domain::ids::NoticeId;
use domain::invoice::Invoice;
use domain::message::{Author, Message};
use domain::notice::{Channel, Notice, NoticeState};
use domain::payment::{Payment, PaymentKind};
use domain::plan::{PaymentPlan, PlanState};
use domain::promise::PromiseState;
use domain::provider::Provider;
use domain::signal::SignalState;
use domain::step::{SignalKind, StepKind};
use domain::timeline::Entry;
use domain::{Language, Money};
use jiff::Timestamp;
use jiff::civil::Date;

pub use splitting::split;

use crate::format::{self, iban, one_line, shortened};
use crate::letter::Fact;
use crate::mail::letter::step_word;
use crate::texts::{TextError, Texts, tag};

/// All that a dossier is written from.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    pub administration: &'a Administration,
    pub dossier: &'a Dossier,
    pub made: &'a CaseDossier,
    /// Those of the case, closed ones included, in the order of their due dates.
    pub invoices: &'a [ToldInvoice],
    /// Oldest first.
    pub entries: &'a [Entry],
    /// Oldest first.
    pub payments: &'a [Payment],
    /// Oldest first.
    pub messages: &'a [ToldMessage],
    /// Where what was sent lies within the dossier.
    pub sent: &'a BTreeMap<NoticeId, Vec<String>>,
}

/// One invoice with its claim.
#[derive(Debug, Clone)]
pub struct ToldInvoice {
    pub invoice: Invoice,
    /// As of the dossier's day.
    pub specification: Specification,
    /// What one more day adds to it, in euros, where it bears interest and the rate of that day is known.
    pub next_day: Option<Money>,
    /// Where its documents lie within the dossier.
    pub documents: Vec<String>,
}

/// One message between the debtor and the desk.
#[derive(Debug, Clone)]
pub struct ToldMessage {
    pub message: Message,
    /// Where it lies within the dossier whole, and what goes along with it.
    pub files: Vec<String>,
}

/// A dossier in the order in which it is read. Each text is one line without markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// BCP 47, such as `nl`.
    pub language: &'static str,
    pub title: String,
    pub creditor: String,
    pub particulars: Vec<Fact>,
    pub parts: Vec<Part>,
    pub footer: String,
}

/// A heading with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    pub heading: String,
    /// Stands under the part before it.
    pub is_within: bool,
    pub paragraphs: Vec<String>,
    pub facts: Vec<Fact>,
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    pub total: Option<Vec<String>>,
}

/// A column, and how it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub is_amount: bool,
    pub is_wide: bool,
}

/// Characters of a message that the list shows; the whole of it lies beside.
const LONGEST_MESSAGE: usize = 1_000;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Narrow,
    Wide,
    Amount,
}

/// The dossier of a case, as of the day on which it was asked for.
///
/// # Errors
/// See [`TextError`].
pub fn compose(told: &Told<'_>) -> Result<Composed, TextError> {
    let writer = Writer::of(told)?;
    let creditor = one_line(&told.administration.creditor.name);
    let (case, date) = (told.made.case.to_string(), writer.day(writer.as_of)?);
    let mut parts = parties(&writer, told)?;
    parts.extend(claim::parts(&writer, told)?);
    parts.push(payments(&writer, told)?);
    parts.push(notices(&writer, told)?);
    parts.push(messages(&writer, told)?);
    parts.extend(plans(&writer, told)?);
    parts.push(disputes(&writer, told)?);
    parts.push(signals(&writer, told)?);
    parts.push(entries::part(&writer, told)?);
    let mut particulars = vec![writer.fact("case", case.clone())?, writer.fact("as_of", date.clone())?];
    if let Some(bailiff) = entries::bailiff(told) {
        particulars.push(writer.fact("made_for", one_line(bailiff))?);
    }
    Ok(Composed {
        language: tag(told.made.language),
        title: writer.texts.dossier_title(case.clone())?,
        particulars,
        parts,
        footer: writer.texts.dossier_footer(creditor.clone(), case, date)?,
        creditor,
    })
}

/// Words and figures in the dossier's language.
struct Writer<'a> {
    texts: Texts,
    language: Language,
    as_of: Date,
    /// What is printed on the invoices that are in the dossier.
    numbers: BTreeMap<&'a str, String>,
}

impl<'a> Writer<'a> {
    fn of(told: &Told<'a>) -> Result<Writer<'a>, TextError> {
        let named = |told: &'a ToldInvoice| (told.invoice.id.as_str(), one_line(&told.invoice.number));
        Ok(Writer {
            texts: Texts::of(told.made.language)?,
            language: told.made.language,
            as_of: today(told.made.requested_at),
            numbers: told.invoices.iter().map(named).collect(),
        })
    }

    fn money(&self, amount: Money) -> String {
        format::money(self.language, amount)
    }

    fn day(&self, day: Date) -> Result<String, TextError> {
        self.texts.date_of(day)
    }

    fn label(&self, label: &'static str) -> Result<String, TextError> {
        self.texts.dossier_label(label)
    }

    fn word(&self, word: &'static str) -> Result<String, TextError> {
        self.texts.dossier_word(word)
    }

    fn heading(&self, part: &'static str) -> Result<String, TextError> {
        self.texts.dossier_heading(part, self.day(self.as_of)?)
    }

    fn fact(&self, label: &'static str, value: String) -> Result<Fact, TextError> {
        Ok(Fact { label: self.label(label)?, value })
    }

    /// Those facts that are known.
    fn facts(&self, all: Vec<(&'static str, Option<String>)>) -> Result<Vec<Fact>, TextError> {
        let known = all.into_iter().filter_map(|(label, value)| Some((label, value?)));
        known.filter(|(_, value)| !value.is_empty()).map(|(label, value)| self.fact(label, value)).collect()
    }

    fn columns(&self, columns: &[(&'static str, Set)]) -> Result<Vec<Column>, TextError> {
        let column = |(label, set): &(&'static str, Set)| {
            Ok(Column {
                name: self.label(label)?,
                is_amount: *set == Set::Amount,
                is_wide: *set == Set::Wide,
            })
        };
        columns.iter().map(column).collect()
    }

    /// A part that is one table, or says that there is nothing.
    fn listed(
        &self,
        heading: String,
        columns: &[(&'static str, Set)],
        rows: Vec<Vec<String>>,
    ) -> Result<Part, TextError> {
        let mut part = Part { heading, ..Part::default() };
        if rows.is_empty() {
            part.paragraphs.push(self.texts.dossier_none()?);
        } else {
            part.tables.push(Table { columns: self.columns(columns)?, rows, total: None });
        }
        Ok(part)
    }

    /// The invoice's number where it is in the dossier, its id otherwise.
    fn invoice(&self, id: &str) -> String {
        self.numbers.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}

/// A day and the minute in the Netherlands: `2026-10-07 10:15`.
fn moment(at: Timestamp) -> String {
    amsterdam(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn parties(writer: &Writer<'_>, told: &Told<'_>) -> Result<Vec<Part>, TextError> {
    let (creditor, debtor) = (&told.administration.creditor, &told.dossier.debtor);
    let lines = |lines: &[String]| Some(one_line(&lines.join(", ")));
    let text = |text: &Option<String>| text.as_deref().map(one_line);
    let of_creditor = vec![
        ("name", Some(one_line(&creditor.name))),
        ("address", lines(&creditor.address_lines)),
        ("iban", Some(iban(&creditor.iban))),
        ("phone", Some(one_line(&creditor.phone))),
        ("email", Some(one_line(&creditor.email))),
    ];
    let born = debtor.person.as_ref().and_then(|person| person.birth_date);
    let emails: Vec<&str> = debtor.emails.iter().map(|email| email.as_str()).collect();
    let phones: Vec<&str> = debtor.phone.iter().chain(&debtor.mobile).map(String::as_str).collect();
    let of_debtor = vec![
        ("number", Some(one_line(&debtor.number))),
        ("name", Some(one_line(&debtor.name))),
        ("address", debtor.address.as_ref().and_then(|address| lines(&address.lines()))),
        ("born", born.map(|day| writer.day(day)).transpose()?),
        ("kvk", text(&debtor.kvk_number)),
        ("vat", text(&debtor.vat_id)),
        ("email", Some(one_line(&emails.join(", ")))),
        ("phone", Some(one_line(&phones.join(", ")))),
        ("iban", debtor.iban.as_deref().map(iban)),
    ];
    let within = |part, facts| -> Result<Part, TextError> {
        let heading = writer.heading(part)?;
        Ok(Part { heading, is_within: true, facts: writer.facts(facts)?, ..Part::default() })
    };
    Ok(vec![
        Part { heading: writer.heading("parties")?, ..Part::default() },
        within("creditor", of_creditor)?,
        within("debtor", of_debtor)?,
    ])
}

fn payments(writer: &Writer<'_>, told: &Told<'_>) -> Result<Part, TextError> {
    let mut rows = Vec::with_capacity(told.payments.len());
    for payment in told.payments {
        rows.push(vec![
            payment.received_on.to_string(),
            writer.word(payment_word(payment.kind))?,
            payment.invoice.as_ref().map(|id| writer.invoice(id.as_str())).unwrap_or_default(),
            payment.reference.as_deref().map(one_line).unwrap_or_default(),
            writer.money(payment.amount),
        ]);
    }
    let columns = [
        ("day", Set::Narrow),
        ("kind", Set::Narrow),
        ("invoice", Set::Narrow),
        ("reference", Set::Wide),
        ("amount", Set::Amount),
    ];
    writer.listed(writer.heading("payments")?, &columns, rows)
}

fn payment_word(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Payment => "payment",
        PaymentKind::Reversal => "reversal",
        PaymentKind::Settlement => "settlement",
        PaymentKind::WriteOff => "write_off",
    }
}

fn notices(writer: &Writer<'_>, told: &Told<'_>) -> Result<Part, TextError> {
    let mut rows = Vec::new();
    let left = |notice: &&Notice| notice.sent_on().is_some() || notice.may_have_left();
    for notice in told.dossier.notices.iter().filter(left) {
        let files = told.sent.get(&notice.id).filter(|files| !files.is_empty());
        rows.push(vec![
            notice.id.to_string(),
            kind_of(writer, notice.kind)?,
            writer.word(channel_word(notice.channel))?,
            notice.address.as_deref().map(one_line).unwrap_or_default(),
            notice.sent_on().map(|day| day.to_string()).unwrap_or_default(),
            fared(writer, notice)?,
            match &notice.state {
                NoticeState::Sent { message_id, .. } => {
                    message_id.as_deref().map(one_line).unwrap_or_default()
                }
                _ => String::new(),
            },
            files.map_or_else(|| writer.word("not_kept"), |files| Ok(files.join(", ")))?,
        ]);
    }
    let columns = [
        ("number", Set::Narrow),
        ("kind", Set::Narrow),
        ("channel", Set::Narrow),
        ("to", Set::Wide),
        ("sent", Set::Narrow),
        ("fared", Set::Wide),
        ("proof", Set::Wide),
        ("file", Set::Wide),
    ];
    writer.listed(writer.heading("notices")?, &columns, rows)
}

fn kind_of(writer: &Writer<'_>, kind: StepKind) -> Result<String, TextError> {
    match kind {
        StepKind::DeskMessage => writer.word("desk_message"),
        StepKind::Statement => writer.word("statement"),
        StepKind::InstalmentReminder => writer.word("instalment"),
        other => Ok(writer.texts.step_name(step_word(other))?.replace(format::NO_BREAK_SPACE, " ")),
    }
}

fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
        Channel::Letter => "letter",
        Channel::Phone => "phone",
    }
}

/// Its state, with the moment at which that was reported.
fn fared(writer: &Writer<'_>, notice: &Notice) -> Result<String, TextError> {
    let (word, at) = match &notice.state {
        NoticeState::Sent { at, .. } => ("sent", Some(*at)),
        NoticeState::Delivered { at, .. } => ("delivered", Some(*at)),
        NoticeState::Bounced { at, .. } => ("bounced", Some(*at)),
        NoticeState::Complained { at, .. } => ("complained", Some(*at)),
        NoticeState::Failed { at, may_have_left: false, .. } => ("failed", Some(*at)),
        NoticeState::Failed { may_have_left: true, .. }
        | NoticeState::Prepared { .. }
        | NoticeState::Claimed { .. }
        | NoticeState::Dialled { .. }
        | NoticeState::ToCall { .. }
        | NoticeState::Unknown { .. }
        | NoticeState::Cancelled { .. } => ("unknown", None),
    };
    let word = writer.word(word)?;
    Ok(at.map_or(word.clone(), |at| format!("{word}, {}", moment(at))))
}

fn messages(writer: &Writer<'_>, told: &Told<'_>) -> Result<Part, TextError> {
    let mut rows = Vec::with_capacity(told.messages.len());
    for ToldMessage { message, files } in told.messages {
        let author = match message.author {
            Author::Debtor => "from_debtor",
            Author::Desk => "from_creditor",
        };
        rows.push(vec![
            moment(message.at),
            writer.word(author)?,
            message.invoice.as_ref().map(|id| writer.invoice(id.as_str())).unwrap_or_default(),
            shortened(&one_line(&message.text), LONGEST_MESSAGE),
            files.join(", "),
        ]);
    }
    let columns = [
        ("moment", Set::Narrow),
        ("kind", Set::Narrow),
        ("invoice", Set::Narrow),
        ("what", Set::Wide),
        ("file", Set::Wide),
    ];
    writer.listed(writer.heading("messages")?, &columns, rows)
}

fn plans(writer: &Writer<'_>, told: &Told<'_>) -> Result<Vec<Part>, TextError> {
    let heading = writer.heading("plans")?;
    if told.dossier.plans.is_empty() {
        return Ok(vec![writer.listed(heading, &[], Vec::new())?]);
    }
    let mut parts = vec![Part { heading, ..Part::default() }];
    for plan in &told.dossier.plans {
        parts.push(plan_part(writer, plan)?);
    }
    Ok(parts)
}

fn plan_part(writer: &Writer<'_>, plan: &PaymentPlan) -> Result<Part, TextError> {
    let state = match &plan.state {
        PlanState::Proposed => "proposed",
        PlanState::Active { .. } => "active",
        PlanState::Rejected { .. } => "rejected",
        PlanState::Finished { .. } => "finished",
        PlanState::Broken { .. } => "broken",
        PlanState::Ended { .. } => "ended",
    };
    let invoices: Vec<String> =
        plan.invoices.iter().map(|opening| writer.invoice(opening.invoice.as_str())).collect();
    let facts = writer.facts(vec![
        ("state", Some(writer.word(state)?)),
        ("invoice", Some(invoices.join(", "))),
        ("day", Some(moment(plan.proposed_at))),
        ("sum", Some(writer.money(plan.total))),
    ])?;
    let rows = plan.instalments.iter().map(|instalment| {
        let paid = instalment.paid_on.map(|day| day.to_string()).unwrap_or_default();
        let number = instalment.number.to_string();
        vec![number, instalment.due_on.to_string(), paid, writer.money(instalment.amount)]
    });
    let columns =
        [("number", Set::Narrow), ("due", Set::Narrow), ("paid", Set::Wide), ("amount", Set::Amount)];
    let table = Table { columns: writer.columns(&columns)?, rows: rows.collect(), total: None };
    Ok(Part {
        heading: writer.texts.dossier_instalments(plan.id.to_string())?,
        is_within: true,
        facts,
        tables: vec![table],
        ..Part::default()
    })
}

fn disputes(writer: &Writer<'_>, told: &Told<'_>) -> Result<Part, TextError> {
    let mut rows = Vec::new();
    for dispute in &told.dossier.disputes {
        let state = match &dispute.state {
            DisputeState::Open => "open",
            DisputeState::AwaitingCredit { .. } => "awaiting_credit",
            DisputeState::Settled { .. } => "settled",
        };
        rows.push(vec![
            moment(dispute.opened_at),
            writer.word("dispute")?,
            writer.invoice(dispute.invoice.as_str()),
            writer.word(state)?,
        ]);
    }
    for promise in &told.dossier.promises {
        let state = match promise.state {
            PromiseState::Open => "open",
            PromiseState::Kept => "kept",
            PromiseState::Broken => "broken",
            PromiseState::Withdrawn => "withdrawn",
        };
        let named: Vec<String> =
            promise.invoices.iter().map(|opening| writer.invoice(opening.invoice.as_str())).collect();
        let what = format!("{}: {} ({})", named.join(", "), writer.money(promise.amount), promise.pay_by);
        rows.push(vec![moment(promise.made_at), writer.word("promise")?, what, writer.word(state)?]);
    }
    rows.sort();
    let columns =
        [("moment", Set::Narrow), ("kind", Set::Narrow), ("what", Set::Wide), ("state", Set::Narrow)];
    writer.listed(writer.heading("disputes")?, &columns, rows)
}

/// Those that left, with nothing of what came back.
fn signals(writer: &Writer<'_>, told: &Told<'_>) -> Result<Part, TextError> {
    let mut rows = Vec::new();
    for signal in &told.dossier.signals {
        let Some(sent_at) = signal.sent_at else { continue };
        let kind = match signal.kind {
            SignalKind::Early => "early",
            SignalKind::Crisis => "crisis",
        };
        let platform = match signal.provider {
            Some(Provider::Bkr) => "BKR",
            Some(Provider::Inforing) => "Inforing",
            None => "",
        };
        let withdrawn = matches!(signal.state, SignalState::Withdrawn { .. });
        rows.push(vec![
            moment(sent_at),
            writer.word(kind)?,
            signal.municipality.clone().unwrap_or_default(),
            platform.to_owned(),
            writer.word(if withdrawn { "withdrawn" } else { "sent" })?,
            writer.money(signal.arrears),
        ]);
    }
    let columns = [
        ("moment", Set::Narrow),
        ("kind", Set::Wide),
        ("municipality", Set::Narrow),
        ("channel", Set::Narrow),
        ("state", Set::Narrow),
        ("amount", Set::Amount),
    ];
    let mut part = writer.listed(writer.heading("signals")?, &columns, rows)?;
    part.paragraphs.push(writer.texts.dossier_signals_intro()?);
    Ok(part)
}
