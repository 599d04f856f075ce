//! The text message of a notice: at most two parts, in the alphabet of GSM 03.38 where the names allow it.
//!
//! What a step has to say is said, or there is no message; what is only convenient is left out where it does not fit. A
//! screen that is locked shows the whole of it: it names the creditor and the amount, and nobody else.

mod size;

use domain::Money;
use domain::notice::Channel;
use domain::step::StepKind;

pub use size::{Encoding, Size, size};

use crate::TextError;
use crate::format::{self, one_line, shortened};
use crate::mail::letter::step_word;
use crate::mail::{MailError, NoticeView, check};
use crate::section::GELDFIT_PHONE;
use crate::texts::Texts;
use size::plain;

/// Parts of one message at most.
pub const MOST_PARTS: usize = 2;

/// Characters of the creditor's name: what it says has to fit behind it.
const NAME_LENGTH: usize = 28;

/// A message, with its length as it is sent and paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedSms {
    pub text: String,
    pub size: Size,
}

/// Why there is no text message. None of these passes by itself.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    #[error(transparent)]
    Notice(#[from] MailError),
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("a notice of this kind does not go by text message")]
    NotByText,
    #[error("what it has to say does not fit in {MOST_PARTS} parts")]
    TooLong,
}

/// A sentence, and whether the message may do without it.
struct Sentence {
    text: String,
    needed: bool,
}

/// Renders the text message of a notice.
///
/// # Errors
/// See [`SmsError`].
pub fn render(view: &NoticeView<'_>) -> Result<RenderedSms, SmsError> {
    check(view)?;
    if !view.items.iter().map(|i| i.step).chain([view.kind]).all(|kind| kind.may_go_by(Channel::Sms)) {
        return Err(SmsError::NotByText);
    }
    let mut sentences = sentences(view)?;
    loop {
        let text = sentences.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(" ");
        let size = size(&text);
        if size.parts <= MOST_PARTS {
            return Ok(RenderedSms { text, size });
        }
        let Some(last) = sentences.iter().rposition(|s| !s.needed) else {
            return Err(SmsError::TooLong);
        };
        sentences.remove(last);
    }
}

/// In the order in which they are read. The notice's evidence says which of them have to be there.
fn sentences(view: &NoticeView<'_>) -> Result<Vec<Sentence>, SmsError> {
    let texts = Texts::spoken(view.language, view.tone)?;
    let needed = |text: String| Sentence { text: plain(&text), needed: true };
    let if_it_fits = |text: String| Sentence { text: plain(&text), needed: false };
    let mut said = match &view.own.sentence {
        None => vec![needed(lead(&texts, view)?)],
        Some(own) => vec![needed(head(&texts, view)?), needed(own.clone())],
    };
    if view.claimed.costs.is_positive() || view.claimed.interest.is_positive() {
        let claimed = view.claimed.costs + view.claimed.interest;
        let amount = |money: Money| format::money(view.language, money);
        let principal = view.total_open - claimed;
        // A credit that is deducted from all of it leaves no principal to name.
        if principal.is_positive() {
            let (interest, costs) = (amount(view.claimed.interest), amount(view.claimed.costs));
            said.push(needed(texts.sms_claimed(amount(principal), interest, costs)?));
        }
    }
    if let Some(reference) = view.payment_reference.filter(|_| !view.asks_nothing()) {
        let iban: String = view.creditor.iban.split_whitespace().collect();
        said.push(if_it_fits(texts.sms_transfer(iban, one_line(reference))?));
    }
    said.push(needed(texts.sms_link(view.portal_url.to_owned())?));
    let phone = one_line(view.creditor.phone);
    said.push(if view.invites_contact {
        needed(texts.sms_contact(phone)?)
    } else {
        if_it_fits(texts.sms_questions(phone)?)
    });
    if view.offers_debt_help {
        said.push(needed(texts.sms_help(GELDFIT_PHONE)?));
    }
    if view.kind > StepKind::InvoiceSending {
        said.push(if_it_fits(texts.sms_paid()?));
    }
    Ok(said)
}

/// Who asks for how much by which step, before the creditor's own sentence.
fn head(texts: &Texts, view: &NoticeView<'_>) -> Result<String, SmsError> {
    if view.kind == StepKind::InstalmentReminder || view.asks_nothing() {
        return lead(texts, view);
    }
    let amount = format::money(view.language, view.total_open);
    Ok(texts.sms_open(texts.step_name(step_word(view.kind))?, creditor(view), amount)?)
}

fn creditor(view: &NoticeView<'_>) -> String {
    shortened(&one_line(view.creditor.name), NAME_LENGTH).replace('…', ".")
}

fn lead(texts: &Texts, view: &NoticeView<'_>) -> Result<String, SmsError> {
    let creditor = creditor(view);
    let amount = format::money(view.language, view.total_open);
    Ok(match view.kind {
        StepKind::InstalmentReminder => {
            let due = view.instalment.ok_or(MailError::NoItems)?.due_on;
            texts.sms_instalment(creditor, amount, texts.date_of(due)?)?
        }
        StepKind::InvoiceSending if view.asks_nothing() => texts.sms_nothing_to_pay(creditor)?,
        StepKind::InvoiceSending => texts.sms_invoice_sending(creditor, amount)?,
        StepKind::PreReminder => texts.sms_pre_reminder(creditor, amount)?,
        StepKind::Reminder => texts.sms_reminder(creditor, amount)?,
        StepKind::FinalReminder => texts.sms_final_reminder(creditor, amount)?,
        StepKind::Summons => texts.sms_summons(creditor, amount)?,
        StepKind::SecondSummons => texts.sms_second_summons(creditor, amount)?,
        StepKind::DeskMessage
        | StepKind::Statement
        | StepKind::FormalNotice
        | StepKind::EndOfServiceAnnouncement
        | StepKind::EndOfService
        | StepKind::NoticeOfDefault
        | StepKind::ReadyForBailiff => return Err(SmsError::NotByText),
    })
}
