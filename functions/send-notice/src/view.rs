//! From a claimed notice to its mail, and the QR code of what it asks for.

use contracts::failure::Failure;
use domain::Money;
use domain::administration::{Administration, Creditor};
use domain::dossier::Draft;
use domain::ids::NoticeId;
use domain::invoice::{PaymentReference, ReferenceScheme};
use formats::epc::{self, EpcPayment};
use outside::mail::{InlineImage, Mail};
use pages::mail::of_notice::{QR_CID, reference, written};

/// The mail of a notice that was just claimed in this draft.
pub fn mail(
    draft: &Draft,
    administration: &Administration,
    id: &NoticeId,
    portal_url: &str,
) -> Result<Mail, Failure> {
    let dossier = &draft.dossier;
    let notice = dossier.notice(id).ok_or_else(|| Failure::bug("a claimed notice is not in its dossier"))?;
    let to = dossier.email().ok_or_else(|| Failure::bug("a claimed notice has no address"))?;
    let creditor = &administration.creditor;
    let reference = reference(dossier, notice);
    let qr = if notice.amount.is_positive() { qr_code(creditor, notice.amount, &reference) } else { None };
    let rendered = written(dossier, administration, notice, draft.today(), portal_url, qr.is_some())
        .map_err(|e| Failure::bug(format!("a notice cannot be written: {e}")))?;
    Ok(Mail {
        from_name: creditor.name.clone(),
        from_address: creditor.sender.clone(),
        to: vec![to.to_owned()],
        reply_to: Some(creditor.email.clone()),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        inline_images: qr
            .map(|bytes| InlineImage { cid: QR_CID.to_owned(), content_type: "image/png".to_owned(), bytes })
            .into_iter()
            .collect(),
        tags: vec![
            ("administration".to_owned(), administration.id.to_string()),
            ("notice".to_owned(), id.to_string()),
        ],
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
