//! Looking an own text through before it is kept: it is filled for every debtor that there can be, as far as what it
//! names differs between them.

use domain::administration::Administration;
use domain::debtor::DebtorKind;
use domain::notice::Channel;
use domain::step::StepKind;
use domain::texts::{OwnText, Part, TextName, names_a_term};
use domain::{Money, Violation};
use jiff::civil::Date;

use super::fill::{fill, names};
use super::sample::{add_up, instalment, items, view};
use super::variables::{VARIABLES, Values};
use super::{Fault, Words};
use crate::mail::{ClaimedView, NoticeView};
use crate::sms::{self, SmsError};
use crate::texts::TextError;

/// What makes something absent, and the variables that are absent then.
type Absence = (&'static [&'static str], fn(&mut NoticeView<'_>));

const ABSENCES: [Absence; 8] = [
    (&["name"], |view| view.debtor_name = ""),
    (&["days_late"], |view| view.items.iter_mut().for_each(|item| item.days_overdue = 0)),
    (&["costs_announced"], |view| view.costs = None),
    (&["costs"], |view| claim(view, |claimed| claimed.costs = Money::ZERO)),
    (&["interest"], |view| claim(view, |claimed| claimed.interest = Money::ZERO)),
    (&["instalment_number", "instalment_count", "instalment_amount", "instalment_date"], |view| {
        if let Some(instalment) = view.instalment.take_if(|_| !view.items.is_empty()) {
            view.total_open = view.total_open - instalment.amount;
        }
    }),
    (&["opening_hours"], |view| view.creditor.opening_hours = None),
    (&["reference"], |view| view.payment_reference = None),
];

fn claim(view: &mut NoticeView<'_>, change: fn(&mut ClaimedView)) {
    let before = view.claimed;
    change(&mut view.claimed);
    let less = (before.costs + before.interest) - (view.claimed.costs + view.claimed.interest);
    view.total_open = view.total_open - less;
}

/// Everything that is wrong with a text, by field: its name and bounds, then what its templates hold, then what they come
/// to for debtors of every sort. Each fault names the line of its template.
///
/// # Errors
/// [`TextError`]: a defect of this package, not of the text.
pub fn check(
    text: &OwnText,
    name: &TextName,
    administration: &Administration,
    today: Date,
    portal_url: &str,
) -> Result<Vec<Violation>, TextError> {
    let mut found = text.check(name, administration);
    let Some(kind) = name.kind(administration).filter(|_| found.is_empty()) else { return Ok(found) };
    for part in Part::ALL {
        let Some(template) = text.part(part) else { continue };
        if let Err(fault) = known(part, template, kind).and_then(|names| {
            let views = everybody(administration, name, kind, today, portal_url, &names);
            views.into_iter().try_for_each(|view| said(part, template, kind, &view))
        }) {
            let detail = format!("line {}: {}", fault.line, fault.detail);
            found.push(Violation::new(part.name(), fault.rule, detail));
        }
    }
    Ok(found)
}

/// The variables of a template, all of which this part may name.
fn known(part: Part, template: &str, kind: StepKind) -> Result<Vec<String>, Fault> {
    let names = names(template)?;
    for name in &names {
        let fault = |rule, detail| Fault { rule, line: line_of(template, name), detail };
        let variable = VARIABLES.iter().find(|variable| variable.name == name);
        let variable =
            variable.ok_or_else(|| fault("unknown_variable", "names a variable that there is not"))?;
        if !variable.is_for(part, kind) {
            let detail = "names a variable that may not stand here: a locked screen would show it, or it is a day \
                          beside the term of a formal notice";
            return Err(fault("not_in_this_part", detail));
        }
    }
    Ok(names)
}

/// The first line that has this word in it.
fn line_of(template: &str, word: &str) -> usize {
    template.lines().position(|line| line.contains(word)).map_or(1, |at| at + 1)
}

/// What the part comes to for this debtor, and whether the message can be sent with it.
fn said(part: Part, template: &str, kind: StepKind, view: &NoticeView<'_>) -> Result<(), Fault> {
    let of_all = |rule, detail| Fault { rule, line: 1, detail };
    let values = Values::of(view).map_err(|_| of_all("cannot_be_filled", "cannot be filled"))?;
    let said = fill(part, template, &values)?;
    if kind == StepKind::FormalNotice && said.iter().any(|text| names_a_term(text)) {
        let detail = "names a day or a term: a formal notice has one by law, and another beside it may void it (HR \
                      2016:2704)";
        return Err(of_all("names_a_term", detail));
    }
    if part == Part::Sentence {
        let own = Words { sentence: Some(said.join(" ")), ..Words::default() };
        match sms::render(&NoticeView { own, ..view.clone() }) {
            Ok(_) => {}
            Err(SmsError::TooLong) => {
                return Err(of_all(
                    "too_long_for_sms",
                    "does not fit in two parts beside what has to be said",
                ));
            }
            Err(_) => return Err(of_all("cannot_be_filled", "cannot be said in a text message")),
        }
    }
    Ok(())
}

/// A debtor of every sort, as far as the variables that are named tell them apart.
fn everybody<'a>(
    administration: &'a Administration,
    name: &TextName,
    kind: StepKind,
    today: Date,
    portal_url: &'a str,
    names: &[String],
) -> Vec<NoticeView<'a>> {
    let counts: &[usize] = if kind == StepKind::InstalmentReminder { &[0] } else { &[1, 2, 25] };
    let named = |absence: &&Absence| absence.0.iter().any(|variable| names.iter().any(|n| n == variable));
    let absences: Vec<&Absence> = ABSENCES.iter().filter(named).collect();
    let mut all = Vec::new();
    for count in counts {
        let mut largest = view(administration, name, kind, today, portal_url);
        largest.debtor_name = LONG_NAME;
        largest.creditor.opening_hours = Some("ma t/m vr 9.00 - 17.00");
        largest.items = items(kind, *count, today);
        for item in &mut largest.items {
            (item.total, item.open) = (Money::from_cents(LARGE), Money::from_cents(LARGE));
        }
        // A text message has to be about the one or the other; the amounts are large enough without both.
        if name.channel != Channel::Sms || *count == 0 {
            largest.instalment = Some(instalment(today));
        }
        add_up(&mut largest);
        for debtor_kind in [DebtorKind::Consumer, DebtorKind::Business] {
            let is_consumer = debtor_kind == DebtorKind::Consumer;
            for which in 0..1_usize << absences.len() {
                let mut view = largest.clone();
                view.debtor_kind = debtor_kind;
                view.offers_debt_help &= is_consumer;
                view.offers_municipality &= is_consumer && name.channel != Channel::Sms;
                for (at, (_, make)) in absences.iter().enumerate() {
                    if which & (1 << at) != 0 {
                        make(&mut view);
                    }
                }
                all.push(view);
            }
        }
    }
    all
}

const LONG_NAME: &str =
    "Maximiliaan-Alexander Wolfeschlegelsteinhausenbergerdorff van Voorst tot Voorst-Evekink";

/// Of each invoice, in cents.
const LARGE: i64 = 12_345_67;

/// Ours, as templates to begin with: what an own text of this name would replace.
///
/// # Errors
/// [`TextError`].
pub fn ours(
    administration: &Administration,
    name: &TextName,
    kind: StepKind,
    today: Date,
) -> Result<OwnText, TextError> {
    if name.channel == Channel::Sms {
        return Ok(OwnText::default());
    }
    if name.channel == Channel::Phone {
        let opening = crate::call::opening(&view(administration, name, kind, today, ""))?;
        return Ok(OwnText { opening: Some(opening.join("\n\n")), ..OwnText::default() });
    }
    let Words { subject, heading, opening, closing, sentence } =
        crate::mail::letter::ours(&view(administration, name, kind, today, ""))?;
    let opening = opening.map(|paragraphs| paragraphs.join("\n\n"));
    Ok(OwnText { subject, heading, opening, closing, sentence })
}
