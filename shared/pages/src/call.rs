//! What is said in a telephone call: a script for whoever calls, paragraph by paragraph.
//!
//! Nothing about an invoice is said before it is clear who answers: the second paragraph says so to whoever calls. Only the opening
//! may be in the creditor's own words.

use domain::Money;
use domain::administration::Administration;
use domain::calling::{ToSay, amount_of};
use domain::dossier::Dossier;
use domain::notice::{Channel, Notice};
use domain::sending::evidence_of;
use domain::texts::KeptText;
use jiff::civil::Date;

use crate::TextError;
use crate::format::{self, one_line};
use crate::mail::NoticeView;
use crate::mail::of_notice::{reference, view};
use crate::own::{self, Told};
use crate::section::GELDFIT_PHONE;
use crate::texts::Texts;

/// Invoices that are read out at most; whoever calls has the list of all of them.
const MOST_READ_OUT: usize = 10;

/// The script of a call that says this today. `texts` are the own texts that it speaks with, the most specific first.
///
/// # Errors
/// [`TextError`]: a defect of this package.
pub fn script(
    dossier: &Dossier,
    administration: &Administration,
    notice: &Notice,
    to_say: &ToSay,
    today: Date,
    texts: &[KeptText],
) -> Result<Told<Vec<String>>, TextError> {
    let notice = Notice {
        lines: to_say.lines.clone(),
        instalment: notice.instalment.clone().filter(|_| to_say.instalment),
        amount: amount_of(dossier, notice, to_say, today),
        evidence: evidence_of(dossier, administration, notice.kind, Channel::Phone),
        ..notice.clone()
    };
    told(dossier, administration, &notice, today, texts)
}

/// The same, of a notice that holds nothing but what is to be said.
///
/// # Errors
/// [`TextError`].
pub fn told(
    dossier: &Dossier,
    administration: &Administration,
    notice: &Notice,
    today: Date,
    texts: &[KeptText],
) -> Result<Told<Vec<String>>, TextError> {
    let reference = reference(dossier, notice);
    let view = view(dossier, administration, notice, today, "", &reference);
    said(&view, texts)
}

/// The script of a view, in own words where there are any.
///
/// # Errors
/// [`TextError`].
pub fn said(view: &NoticeView<'_>, texts: &[KeptText]) -> Result<Told<Vec<String>>, TextError> {
    let (own, spoilt) = own::words(view, texts)?;
    Ok(Told { said: paragraphs(&NoticeView { own, ..view.clone() })?, spoilt })
}

fn paragraphs(view: &NoticeView<'_>) -> Result<Vec<String>, TextError> {
    let texts = Texts::spoken(view.language, view.tone)?;
    let amount = |money: Money| format::money(view.language, money);
    let mut said = vec![
        texts.call_greeting(one_line(view.creditor.name), one_line(view.debtor_name))?,
        texts.call_identity()?,
    ];
    said.extend(match (&view.own.opening, view.own_opening) {
        (Some(own), _) => own.clone(),
        (None, Some(of_policy)) => of_policy.lines().map(one_line).filter(|l| !l.is_empty()).collect(),
        (None, None) => opening(view)?,
    });
    for item in view.items.iter().take(MOST_READ_OUT) {
        let due = texts.date_of(item.due_date)?;
        said.push(texts.call_invoice(one_line(item.number), amount(item.open), due)?);
    }
    if view.items.len() > MOST_READ_OUT {
        said.push(texts.call_more(i64::try_from(view.items.len() - MOST_READ_OUT).unwrap_or_default())?);
    }
    if let Some(instalment) = view.instalment {
        said.push(texts.call_instalment(amount(instalment.amount), texts.date_of(instalment.due_on)?)?);
    }
    let claimed = view.claimed.costs + view.claimed.interest;
    if claimed.is_positive() {
        said.push(texts.call_claimed(amount(view.claimed.interest), amount(view.claimed.costs))?);
    }
    if !view.asks_nothing() {
        said.push(texts.call_question(texts.date_of(view.pay_before)?)?);
    }
    if view.invites_contact {
        said.push(texts.call_arrangement()?);
    }
    if view.offers_debt_help {
        said.push(texts.call_help(GELDFIT_PHONE)?);
    }
    said.push(texts.call_closing(one_line(view.creditor.phone))?);
    Ok(said)
}

/// Ours, where the creditor says nothing in own words.
pub(crate) fn opening(view: &NoticeView<'_>) -> Result<Vec<String>, TextError> {
    let texts = Texts::spoken(view.language, view.tone)?;
    Ok(vec![if view.asks_nothing() {
        texts.call_nothing_to_pay()?
    } else {
        texts.call_about(format::money(view.language, view.total_open))?
    }])
}
