//! From a claimed notice to its mail with the QR code of what it asks for, or to its text message.

use contracts::failure::Failure;
use domain::Money;
use domain::administration::{Administration, Creditor};
use domain::dossier::Draft;
use domain::ids::NoticeId;
use domain::invoice::{Invoice, PaymentReference, ReferenceScheme};
use domain::message::Message as Written;
use domain::notice::{Channel, Notice};
use domain::texts::KeptText;
use formats::epc::{self, EpcPayment};
use outside::mail::{InlineImage, Mail};
use outside::sms::Sms;
use pages::mail::of_notice::{QR_CID, reference, texted, written};
use pages::message_mail;
use pages::own::{Spoilt, Told};
use pages::sms::SmsError;

use crate::Message;

/// What leaves of a notice that was just claimed in this draft; nothing where what a text message has to say does not fit.
pub(crate) fn message(
    draft: &Draft,
    administration: &Administration,
    id: &NoticeId,
    portal_url: &str,
    texts: &[KeptText],
) -> Result<Option<Message>, Failure> {
    let notice =
        draft.dossier.notice(id).ok_or_else(|| Failure::bug("a claimed notice is not in its dossier"))?;
    Ok(match notice.channel {
        Channel::Email => {
            Some(Message::Mail(Box::new(mail(draft, administration, notice, portal_url, texts)?)))
        }
        Channel::Sms => {
            sms(draft, administration, notice, portal_url, texts)?.map(Box::new).map(Message::Sms)
        }
        Channel::Letter | Channel::Phone => return Err(Failure::bug("a notice is not for this function")),
    })
}

/// What the service's reports name the notice by.
fn names(administration: &Administration, notice: &Notice) -> Vec<(String, String)> {
    vec![
        ("administration".to_owned(), administration.id.to_string()),
        ("notice".to_owned(), notice.id.to_string()),
    ]
}

/// What is said. Where an own text could not be, ours leaves, and the log says which one has to be mended.
fn own_or_ours<T>(told: Told<T>) -> T {
    if let Some(Spoilt { text, part, rule }) = told.spoilt {
        tracing::warn!(%text, part, rule, "an own text could not be said: ours was");
    }
    told.said
}

fn sms(
    draft: &Draft,
    administration: &Administration,
    notice: &Notice,
    portal_url: &str,
    texts: &[KeptText],
) -> Result<Option<Sms>, Failure> {
    let to = notice.address.clone().ok_or_else(|| Failure::bug("a claimed notice has no number"))?;
    let identity = administration.sms.identity.clone();
    let identity = identity.ok_or_else(|| Failure::bug("text messages are connected without an identity"))?;
    let rendered = match texted(&draft.dossier, administration, notice, draft.today(), portal_url, texts) {
        Ok(told) => own_or_ours(told),
        // Names and addresses are the creditor's own: no fault of ours, and not one that passes.
        Err(SmsError::TooLong) => return Ok(None),
        Err(error) => return Err(Failure::bug(format!("a notice cannot be written: {error}"))),
    };
    let closes = administration.window.closes_at(draft.now);
    let seconds = closes.duration_since(draft.now).as_secs().max(0);
    Ok(Some(Sms {
        identity,
        to,
        text: rendered.text,
        time_to_live_seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
        context: names(administration, notice),
    }))
}

fn mail(
    draft: &Draft,
    administration: &Administration,
    notice: &Notice,
    portal_url: &str,
    texts: &[KeptText],
) -> Result<Mail, Failure> {
    let dossier = &draft.dossier;
    let to = dossier.email().ok_or_else(|| Failure::bug("a claimed notice has no address"))?;
    let creditor = &administration.creditor;
    let reference = reference(dossier, notice);
    let qr = if notice.amount.is_positive() { qr_code(creditor, notice.amount, &reference) } else { None };
    let told = written(dossier, administration, notice, draft.today(), portal_url, qr.is_some(), texts)
        .map_err(|e| Failure::bug(format!("a notice cannot be written: {e}")))?;
    let rendered = own_or_ours(told);
    Ok(Mail {
        from_name: creditor.name.clone(),
        from_address: administration.sender().to_owned(),
        to: vec![to.to_owned()],
        reply_to: Some(creditor.email.clone()),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        inline_images: qr
            .map(|bytes| InlineImage { cid: QR_CID.to_owned(), content_type: "image/png".to_owned(), bytes })
            .into_iter()
            .collect(),
        attachments: Vec::new(),
        tags: names(administration, notice),
    })
}

/// The mail that brings what somebody at the desk wrote. It asks for no payment, so no QR code goes along.
pub(crate) fn of_desk(
    draft: &Draft,
    administration: &Administration,
    id: &NoticeId,
    written: &Written,
    about: Option<&Invoice>,
    portal_url: &str,
) -> Result<Mail, Failure> {
    let dossier = &draft.dossier;
    let notice = dossier.notice(id).ok_or_else(|| Failure::bug("a claimed notice is not in its dossier"))?;
    let to = notice.address.clone().ok_or_else(|| Failure::bug("a claimed notice has no address"))?;
    let rendered = message_mail::written(dossier, administration, written, about, portal_url)
        .map_err(|e| Failure::bug(format!("a message cannot be written: {e}")))?;
    let creditor = &administration.creditor;
    Ok(Mail {
        from_name: creditor.name.clone(),
        from_address: administration.sender().to_owned(),
        to: vec![to],
        reply_to: Some(creditor.email.clone()),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        inline_images: Vec::new(),
        attachments: Vec::new(),
        tags: names(administration, notice),
    })
}

/// The QR code that banking apps read; none where the creditor's data do not fit the standard (EPC069-12).
fn qr_code(creditor: &Creditor, amount: Money, reference: &PaymentReference) -> Option<Vec<u8>> {
    let structured = (reference.scheme == ReferenceScheme::Rf).then_some(reference.value.as_str());
    let payment = EpcPayment {
        bic: creditor.bic.as_deref(),
        name: &creditor.name,
        iban: &creditor.iban,
        amount,
        structured_reference: structured,
        text: if structured.is_none() { Some(&reference.value) } else { None },
    };
    let made = payment.payload().and_then(|payload| epc::png(&payload));
    made.inspect_err(|error| tracing::warn!(%error, "a notice leaves without its QR code")).ok()
}
