//! From a claimed notice to its letter as PDF.

use bytes::Bytes;
use contracts::failure::Failure;
use documents::letter::{
    Fact, Letter, MOST_ADDRESS_LINES, Portal, Qr, Row, Section, Sender, Specification, Transfer,
};
use domain::administration::Administration;
use domain::dossier::Draft;
use domain::ids::NoticeId;
use domain::invoice::ReferenceScheme;
use domain::texts::KeptText;
use formats::epc::{self, EpcPayment};
use pages::letter::{Composed, compose};
use pages::own::Spoilt;
use runtime::unguessable::Signs;

use crate::press::Press;

/// What the copy that is kept shows in place of the code. Only a hash of the code is kept.
const NO_CODE: &str = "••••-••••-••••";

/// One letter, set twice as PDF.
pub(crate) struct Paper {
    /// What is printed and posted: it shows the code.
    pub posted: Bytes,
    /// The same without the code.
    pub kept: Bytes,
}

/// The letter of a notice that was just claimed in this draft.
pub(crate) fn paper(
    press: &dyn Press,
    draft: &Draft,
    administration: &Administration,
    id: &NoticeId,
    portal_url: &str,
    code: &Signs,
    texts: &[KeptText],
) -> Result<Paper, Failure> {
    let dossier = &draft.dossier;
    let notice = dossier.notice(id).ok_or_else(|| Failure::bug("a claimed notice is not in its dossier"))?;
    let told = compose(dossier, administration, notice, draft.today(), portal_url, texts)
        .map_err(|e| Failure::bug(format!("a notice cannot be written: {e}")))?;
    if let Some(Spoilt { text, part, rule }) = told.spoilt {
        tracing::warn!(%text, part, rule, "an own text could not be said: ours was");
    }
    let composed = told.said;
    let address = dossier.debtor.address.as_ref();
    let address = address.ok_or_else(|| Failure::bug("a claimed letter has no address"))?;
    let mut recipient = vec![dossier.debtor.name.trim().to_owned()];
    recipient.extend(address.lines());
    recipient.truncate(MOST_ADDRESS_LINES);
    let svg = composed.transfer.as_ref().and_then(|_| qr_code(administration, &composed));
    let mut letter = letter(composed, recipient, svg, code);
    let posted = set(press, &letter)?;
    NO_CODE.clone_into(&mut letter.portal.code);
    Ok(Paper { posted, kept: set(press, &letter)? })
}

fn set(press: &dyn Press, letter: &Letter) -> Result<Bytes, Failure> {
    press.set(letter).map_err(|e| Failure::bug(format!("a letter cannot be set: {e}")))
}

/// The QR code that banking apps read; none where the creditor's data do not fit the standard (EPC069-12).
fn qr_code(administration: &Administration, composed: &Composed) -> Option<String> {
    let (creditor, reference) = (&administration.creditor, &composed.reference);
    let structured = (reference.scheme == ReferenceScheme::Rf).then_some(reference.value.as_str());
    let payment = EpcPayment {
        bic: creditor.bic.as_deref(),
        name: &creditor.name,
        iban: &creditor.iban,
        amount: composed.amount,
        structured_reference: structured,
        text: if structured.is_none() { Some(&reference.value) } else { None },
    };
    let made = payment.payload().and_then(|payload| epc::svg(&payload));
    made.inspect_err(|error| tracing::warn!(%error, "a letter leaves without its QR code")).ok()
}

fn letter(composed: Composed, recipient: Vec<String>, svg: Option<String>, code: &Signs) -> Letter {
    let fact = |f: pages::letter::Fact| Fact { label: f.label, value: f.value };
    let facts = |list: Vec<pages::letter::Fact>| list.into_iter().map(fact).collect::<Vec<_>>();
    let specification = composed.specification;
    Letter {
        language: composed.language.to_owned(),
        title: composed.subject,
        sender: Sender { name: composed.creditor, lines: composed.address_lines },
        recipient,
        particulars: facts(composed.particulars),
        heading: composed.heading,
        salutation: composed.salutation,
        opening: composed.opening,
        summary: facts(composed.summary),
        portal: Portal {
            note: composed.portal_note,
            url: composed.portal_url,
            code_label: composed.code_label,
            code: code.printed(),
        },
        specification: Specification {
            heading: specification.heading,
            columns: specification.columns,
            rows: specification
                .rows
                .into_iter()
                .map(|row| Row {
                    name: row.name,
                    name_note: row.name_note,
                    due: row.due,
                    due_note: row.due_note,
                    open: row.open,
                    open_note: row.open_note,
                })
                .collect(),
            others: facts(specification.others),
            total: fact(specification.total),
        },
        transfer: composed.transfer.map(|from| Transfer {
            heading: from.heading,
            intro: from.intro,
            facts: facts(from.facts),
            advice: from.advice,
            qr: svg.map(|svg| Qr { svg, alt: from.qr_alt, caption: from.qr_caption }),
        }),
        sections: composed
            .sections
            .into_iter()
            .map(|s| Section { heading: s.heading, paragraphs: s.paragraphs, lines: facts(s.lines) })
            .collect(),
        already_paid: composed.already_paid,
        closing: composed.closing,
        footer: composed.footer,
    }
}
