//! What a notice says, in order, in the words of its language, before it is laid out.

use domain::administration::Sector;
use domain::debtor::DebtorKind;
use domain::step::StepKind;
use domain::{Language, Money};
use fluent_bundle::FluentValue;
use jiff::civil::Date;

use super::{InstalmentView, ItemView, Medium, NoticeView, sections};
use crate::format::{self, one_line, shortened};
use crate::own::Words;
use crate::section::{Line, Section};
use crate::texts::{self, TextError, Texts};

/// Characters of the creditor's name in a subject; the header would be folded and cut by mail clients anyway.
pub(crate) const SUBJECT_NAME_LENGTH: usize = 60;

/// A composed mail. Every text is one line of plain text; nothing is escaped yet.
#[derive(Debug)]
pub(crate) struct Letter {
    pub language: &'static str,
    pub subject: String,
    pub preheader: String,
    pub creditor: String,
    pub heading: String,
    pub salutation: String,
    pub opening: Vec<String>,
    pub summary: Vec<Fact>,
    pub button: String,
    pub portal_url: String,
    pub portal_note: String,
    pub specification: Specification,
    /// Nothing where nothing is to be paid.
    pub transfer: Option<Transfer>,
    pub sections: Vec<Section>,
    /// Nothing where nothing is to be paid.
    pub already_paid: Option<String>,
    pub closing: String,
    pub address_lines: Vec<String>,
    pub footer: Vec<Line>,
}

/// A name and what it stands for.
#[derive(Debug)]
pub(crate) struct Fact {
    pub label: String,
    pub value: String,
}

/// What the notice is about: invoices, and an instalment.
#[derive(Debug)]
pub(crate) struct Specification {
    pub heading: String,
    pub invoice: String,
    pub due: String,
    pub open: String,
    pub invoice_total: String,
    pub rows: Vec<Row>,
    /// What is claimed beside the items, and what is deducted.
    pub others: Vec<Fact>,
    pub total: Fact,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub number: String,
    pub issued: String,
    /// Named where the items are not all at the same step.
    pub step: Option<String>,
    pub due: String,
    pub timing: String,
    /// The invoice's; an instalment has none.
    pub total: Option<String>,
    /// "of" the invoice total, where a part is paid.
    pub of_total: Option<String>,
    pub open: String,
}

#[derive(Debug)]
pub(crate) struct Transfer {
    pub heading: String,
    pub intro: String,
    pub facts: Vec<Fact>,
    pub advice: Option<String>,
    pub qr: Option<Qr>,
}

#[derive(Debug)]
pub(crate) struct Qr {
    pub cid: String,
    pub alt: String,
    pub caption: String,
}

pub(crate) fn compose(view: &NoticeView<'_>) -> Result<Letter, TextError> {
    let texts = Texts::spoken(view.language, view.tone)?;
    let creditor = one_line(view.creditor.name);
    let (own, count) = (&view.own, FluentValue::from(view.items.len()));
    Ok(Letter {
        language: texts::tag(view.language),
        subject: match &own.subject {
            Some(own) => own.clone(),
            None => subject(&texts, view, &creditor, count.clone())?,
        },
        preheader: if view.asks_nothing() { texts.nothing_to_pay()? } else { texts.preheader()? },
        heading: match &own.heading {
            Some(own) => own.clone(),
            None => heading(&texts, view, count)?,
        },
        salutation: salutation(&texts, view)?,
        opening: opening(&texts, view)?,
        summary: summary(&texts, view)?,
        button: texts.button()?,
        portal_url: view.portal_url.to_owned(),
        portal_note: match view.medium {
            Medium::Mail => texts.portal_note()?,
            Medium::Letter => texts.portal_note_letter()?,
        },
        specification: specification(&texts, view)?,
        transfer: if view.asks_nothing() { None } else { Some(transfer(&texts, view, &creditor)?) },
        sections: sections::of(&texts, view)?,
        already_paid: if view.asks_nothing() { None } else { Some(texts.already_paid()?) },
        closing: match &own.closing {
            Some(own) => own.clone(),
            None => texts.closing()?,
        },
        address_lines: view.creditor.address_lines.iter().map(|l| one_line(l)).collect(),
        footer: sections::creditor_lines(&texts, &view.creditor)?,
        creditor,
    })
}

/// Ours of what an own text may replace, as templates: for whoever begins one.
///
/// # Errors
/// [`TextError`].
pub(crate) fn ours(view: &NoticeView<'_>) -> Result<Words, TextError> {
    let texts = Texts::spoken(view.language, view.tone)?;
    let template = |say: &dyn Fn(FluentValue<'static>) -> Result<String, TextError>| {
        // A text in place of a number is none of one: it gets the words for several.
        let (one, several) = (say(FluentValue::from(1))?, say(FluentValue::from("{{ count }}"))?);
        Ok(if one == several {
            one
        } else {
            format!("{{% if count == 1 %}}{one}{{% else %}}{several}{{% endif %}}")
        })
    };
    let intros = intro(&texts, view, FluentValue::from(1))?.is_some();
    let opening = |count: FluentValue<'static>| -> Result<String, TextError> {
        Ok(intro(&texts, view, count)?.unwrap_or_default())
    };
    Ok(Words {
        subject: Some(template(&|count| subject(&texts, view, "{{ creditor }}", count))?),
        heading: Some(template(&|count| heading(&texts, view, count))?),
        opening: if intros { Some(vec![template(&opening)?]) } else { None },
        closing: Some(texts.closing()?),
        sentence: None,
    })
}

fn subject(
    texts: &Texts,
    view: &NoticeView<'_>,
    creditor: &str,
    count: FluentValue<'static>,
) -> Result<String, TextError> {
    let name = shortened(creditor, SUBJECT_NAME_LENGTH);
    match view.kind {
        StepKind::DeskMessage => texts.subject_message(name),
        StepKind::Statement => texts.subject_statement(name),
        StepKind::InstalmentReminder => texts.subject_instalment(name),
        StepKind::InvoiceSending if view.only_credit_notes() => texts.subject_credit_note(name, count),
        StepKind::InvoiceSending => texts.subject_invoice_sending(name, count),
        StepKind::PreReminder => texts.subject_pre_reminder(name, count),
        StepKind::Reminder => texts.subject_reminder(name, count),
        StepKind::FinalReminder => texts.subject_final_reminder(name, count),
        StepKind::FormalNotice => texts.subject_formal_notice(name, count),
        StepKind::EndOfServiceAnnouncement | StepKind::EndOfService => {
            texts.subject_end_of_service(name, count)
        }
        StepKind::Summons => texts.subject_summons(name, count),
        StepKind::SecondSummons => texts.subject_second_summons(name, count),
        StepKind::NoticeOfDefault | StepKind::ReadyForBailiff => texts.subject_notice_of_default(name, count),
    }
}

fn heading(texts: &Texts, view: &NoticeView<'_>, count: FluentValue<'static>) -> Result<String, TextError> {
    match view.kind {
        StepKind::DeskMessage => texts.heading_message(one_line(view.creditor.name)),
        StepKind::Statement => texts.heading_statement(),
        StepKind::InstalmentReminder => texts.heading_instalment(),
        StepKind::InvoiceSending if view.only_credit_notes() => texts.heading_credit_note(count),
        StepKind::InvoiceSending => texts.heading_invoice_sending(count),
        StepKind::PreReminder => texts.heading_pre_reminder(count),
        StepKind::Reminder => texts.heading_reminder(count),
        StepKind::FinalReminder => texts.heading_final_reminder(),
        StepKind::FormalNotice if view.costs.is_some() => texts.heading_formal_notice_costs(),
        StepKind::FormalNotice => texts.heading_formal_notice(),
        StepKind::EndOfServiceAnnouncement | StepKind::EndOfService => {
            texts.heading_end_of_service(sector_word(view.sector))
        }
        StepKind::Summons => texts.heading_summons(),
        StepKind::SecondSummons => texts.heading_second_summons(),
        StepKind::NoticeOfDefault | StepKind::ReadyForBailiff => texts.heading_notice_of_default(),
    }
}

fn salutation(texts: &Texts, view: &NoticeView<'_>) -> Result<String, TextError> {
    salutation_of(texts, view.debtor_name, view.debtor_kind)
}

pub(crate) fn salutation_of(texts: &Texts, name: &str, kind: DebtorKind) -> Result<String, TextError> {
    let name = one_line(name);
    match kind {
        DebtorKind::Consumer if !name.is_empty() => texts.salutation_consumer(name),
        DebtorKind::Consumer | DebtorKind::Business => texts.salutation_business(),
    }
}

/// The word by which the texts choose what is about to end.
pub(crate) fn sector_word(sector: Sector) -> &'static str {
    match sector {
        Sector::Energy => "energy",
        Sector::Heat => "heat",
        Sector::Water => "water",
        Sector::Rent => "rent",
        Sector::HealthInsurance => "health",
        Sector::Other => "other",
    }
}

fn opening(texts: &Texts, view: &NoticeView<'_>) -> Result<Vec<String>, TextError> {
    let mut paragraphs = Vec::new();
    match (&view.own.opening, view.own_opening) {
        (Some(own), _) => paragraphs.extend(own.iter().cloned()),
        (None, Some(own)) => paragraphs.push(one_line(own)),
        (None, None) => paragraphs.extend(intro(texts, view, FluentValue::from(view.items.len()))?),
    }
    if matches!(view.kind, StepKind::NoticeOfDefault | StepKind::ReadyForBailiff) {
        paragraphs.push(texts.default_declared()?);
    }
    if view.kind == StepKind::EndOfServiceAnnouncement {
        let sector = sector_word(view.sector);
        paragraphs.push(match view.end_of_service_on {
            Some(date) => texts.end_of_service_on(sector, texts.date_of(date)?)?,
            None => texts.end_of_service_undated(sector)?,
        });
        paragraphs.push(texts.end_of_service_prevent()?);
    }
    if view.kind.is_collection() {
        paragraphs.push(match view.kind {
            StepKind::Summons => texts.summons_follows()?,
            StepKind::SecondSummons => texts.second_summons_follows()?,
            _ => texts.notice_of_default_follows()?,
        });
        paragraphs.push(texts.collection_prevent()?);
    }
    // A heavier notice may carry the formal notice of a younger invoice: then it says that too.
    if view.has_formal_notice() {
        formal_notice(texts, view, &mut paragraphs)?;
    }
    if let Some(instalment) = view.instalment {
        let amount = format::money(view.language, instalment.amount);
        let (number, of, date) = (instalment.number, instalment.of, texts.date_of(instalment.due_on)?);
        paragraphs.push(texts.intro_instalment(number, of, amount, date)?);
        paragraphs.push(texts.instalment_trouble()?);
    }
    Ok(paragraphs)
}

/// What its heaviest step says first; an instalment speaks for itself.
fn intro(
    texts: &Texts,
    view: &NoticeView<'_>,
    count: FluentValue<'static>,
) -> Result<Option<String>, TextError> {
    Ok(Some(match view.kind {
        StepKind::DeskMessage | StepKind::InstalmentReminder => return Ok(None),
        StepKind::Statement => texts.intro_statement(count)?,
        StepKind::InvoiceSending if view.only_credit_notes() => texts.intro_credit_note(count)?,
        StepKind::InvoiceSending if view.asks_nothing() => texts.intro_nothing_to_pay(count)?,
        StepKind::InvoiceSending => texts.intro_invoice_sending(count)?,
        StepKind::PreReminder => texts.intro_pre_reminder(count)?,
        StepKind::Reminder => texts.intro_reminder(count)?,
        StepKind::FinalReminder => texts.intro_final_reminder(count)?,
        StepKind::FormalNotice => texts.intro_formal_notice(count)?,
        StepKind::EndOfServiceAnnouncement | StepKind::EndOfService => texts.intro_end_of_service(count)?,
        StepKind::Summons => texts.intro_summons(count)?,
        StepKind::SecondSummons => texts.intro_second_summons(count)?,
        StepKind::NoticeOfDefault | StepKind::ReadyForBailiff => texts.intro_notice_of_default(count)?,
    }))
}

fn formal_notice(texts: &Texts, view: &NoticeView<'_>, to: &mut Vec<String>) -> Result<(), TextError> {
    let amount = |money: Money| format::money(view.language, money);
    let principal = view.costs.map_or_else(|| view.formally_demanded(), |c| c.principal);
    to.push(if principal == view.total_open {
        texts.formal_demand(amount(principal), view.medium.word())?
    } else {
        texts.formal_demand_part(amount(principal), view.medium.word())?
    });
    match view.costs {
        Some(named) => {
            to.push(texts.formal_costs(amount(named.costs), amount(principal + named.costs))?);
            to.push(texts.formal_part_payment()?);
        }
        None => to.push(texts.formal_no_costs()?),
    }
    Ok(())
}

fn summary(texts: &Texts, view: &NoticeView<'_>) -> Result<Vec<Fact>, TextError> {
    let total = format::money(view.language, view.total_open);
    let mut facts = vec![Fact { label: texts.label_total()?, value: total }];
    // A statement tells what is open, and sets no day for it.
    if view.asks_nothing() || view.kind == StepKind::Statement {
        return Ok(facts);
    }
    facts.push(if view.has_formal_notice() {
        Fact { label: texts.label_pay_within()?, value: texts.formal_term(view.medium.word())? }
    } else if let Some(day) = agreed_day(view) {
        Fact { label: texts.label_pay_by()?, value: texts.date_of(day)? }
    } else {
        Fact { label: texts.label_pay_before()?, value: texts.date_of(view.pay_before)? }
    });
    if let (StepKind::EndOfServiceAnnouncement, Some(date)) = (view.kind, view.end_of_service_on) {
        let label = texts.label_end_of_service(sector_word(view.sector))?;
        facts.push(Fact { label, value: texts.date_of(date)? });
    }
    Ok(facts)
}

/// The first day that was agreed on, where nothing in the mail is late.
fn agreed_day(view: &NoticeView<'_>) -> Option<Date> {
    let early = view.kind <= StepKind::PreReminder && view.items.iter().all(|i| i.days_overdue <= 0);
    let days = view.items.iter().map(|i| i.due_date).chain(view.instalment.map(|i| i.due_on));
    if early { days.min() } else { None }
}

fn specification(texts: &Texts, view: &NoticeView<'_>) -> Result<Specification, TextError> {
    let several_steps = view.items.iter().any(|i| i.step != view.kind);
    let rows = view.items.iter().map(|item| row(texts, view.language, item, several_steps));
    let rows = rows.chain(view.instalment.map(|i| instalment_row(texts, view.language, i)));
    let amount = |money: Money| format::money(view.language, money);
    let credit = view.asked_together() - view.total_open;
    let mut others = Vec::new();
    if view.claimed.costs.is_positive() {
        others.push(Fact { label: texts.row_costs()?, value: amount(view.claimed.costs) });
    }
    if view.claimed.interest.is_positive() {
        others.push(Fact { label: texts.row_interest()?, value: amount(view.claimed.interest) });
    }
    if credit.is_positive() {
        others.push(Fact { label: texts.row_credit()?, value: amount(-credit) });
    }
    Ok(Specification {
        heading: match (view.items.len(), view.instalment) {
            (0, _) => texts.specification_heading_instalment()?,
            (count, None) => texts.specification_heading(count)?,
            (_, Some(_)) => texts.specification_heading_both()?,
        },
        invoice: texts.column_invoice()?,
        due: texts.column_due()?,
        open: texts.column_open()?,
        invoice_total: texts.label_invoice_total()?,
        rows: rows.collect::<Result<_, _>>()?,
        others,
        total: Fact { label: texts.row_total()?, value: format::money(view.language, view.total_open) },
    })
}

fn row(texts: &Texts, language: Language, item: &ItemView<'_>, names_step: bool) -> Result<Row, TextError> {
    let amount = |money: Money| format::money(language, money);
    let total = if item.is_credit_note { -item.total } else { item.total };
    let timing = match item.days_overdue {
        _ if item.open.is_zero() => texts.nothing_to_pay()?,
        0 => texts.item_due_today()?,
        late if late > 0 => texts.item_late(late)?,
        early => texts.item_due_in(early.unsigned_abs())?,
    };
    // More is open than its total where costs or interest are claimed.
    let of_total = (item.open < total || item.is_credit_note).then(|| texts.item_of_total(amount(total)));
    Ok(Row {
        number: one_line(item.number),
        issued: texts.item_issued(texts.date_of(item.issue_date)?)?,
        step: names_step.then(|| texts.step_name(step_word(item.step))).transpose()?,
        due: texts.date_of(item.due_date)?,
        timing,
        total: Some(amount(total)),
        of_total: of_total.transpose()?,
        open: amount(item.open),
    })
}

fn instalment_row(texts: &Texts, language: Language, instalment: InstalmentView) -> Result<Row, TextError> {
    Ok(Row {
        number: texts.row_instalment(instalment.number, instalment.of)?,
        issued: texts.row_instalment_of_plan()?,
        step: None,
        due: texts.date_of(instalment.due_on)?,
        timing: match instalment.days_left {
            0 => texts.item_due_today()?,
            left => texts.item_due_in(left.unsigned_abs())?,
        },
        total: None,
        of_total: None,
        open: format::money(language, instalment.amount),
    })
}

pub(crate) fn step_word(step: StepKind) -> &'static str {
    match step {
        StepKind::DeskMessage
        | StepKind::Statement
        | StepKind::InstalmentReminder
        | StepKind::PreReminder => "pre_reminder",
        StepKind::InvoiceSending => "invoice_sending",
        StepKind::Reminder => "reminder",
        StepKind::FinalReminder => "final_reminder",
        StepKind::FormalNotice => "formal_notice",
        StepKind::EndOfServiceAnnouncement | StepKind::EndOfService => "end_of_service",
        StepKind::Summons => "summons",
        StepKind::SecondSummons => "second_summons",
        StepKind::NoticeOfDefault | StepKind::ReadyForBailiff => "notice_of_default",
    }
}

fn transfer(texts: &Texts, view: &NoticeView<'_>, payee: &str) -> Result<Transfer, TextError> {
    let total = format::money(view.language, view.total_open);
    let mut facts = vec![
        Fact { label: texts.label_amount()?, value: total.clone() },
        Fact { label: texts.label_iban()?, value: format::iban(view.creditor.iban) },
    ];
    if let Some(bic) = view.creditor.bic {
        facts.push(Fact { label: texts.label_bic()?, value: one_line(bic) });
    }
    facts.push(Fact { label: texts.label_payee()?, value: payee.to_owned() });
    let mut advice = None;
    match view.payment_reference {
        Some(reference) => {
            facts.push(Fact { label: texts.label_reference()?, value: one_line(reference) });
        }
        None => advice = Some(texts.reference_advice(view.items.len())?),
    }
    let qr = view
        .epc_qr_cid
        .map(|cid| Ok(Qr { cid: one_line(cid), alt: texts.qr_alt(total)?, caption: texts.qr_caption()? }));
    Ok(Transfer {
        heading: texts.transfer_heading()?,
        intro: texts.transfer_intro()?,
        facts,
        advice,
        qr: qr.transpose()?,
    })
}
