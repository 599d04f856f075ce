//! What a notice says beside asking for payment: how to talk, where help is, how to object.
//!
//! The preconditions of a signal (Stcrt 2021, 45719 art. 1.2; Stb. 2020, 240 art. 2) are met by these words, so each
//! section is in or out by a flag of the view, never by a guess.

use domain::administration::Sector;
use domain::debtor::DebtorKind;
use domain::step::StepKind;

use super::letter::sector_word;
use super::{CreditorView, NoticeView, is_web_address};
use crate::format;
use crate::section::{Line, Section, debt_help, email_line, phone_line, plain_line};
use crate::texts::{TextError, Texts};

pub(super) fn of(texts: &Texts, view: &NoticeView<'_>) -> Result<Vec<Section>, TextError> {
    let mut sections = Vec::new();
    if let Some(next) = view.plan {
        let amount = format::money(view.language, next.amount);
        let told = texts.plan_runs(next.number, next.of, amount, texts.date_of(next.due_on)?)?;
        let paragraphs = vec![told, texts.plan_enough()?];
        sections.push(Section { heading: texts.plan_heading()?, paragraphs, lines: Vec::new() });
    }
    sections.push(contact(texts, view)?);
    let pressed = view.kind.is_collection() && view.debtor_kind == DebtorKind::Consumer;
    if view.offers_debt_help || pressed {
        sections.push(debt_help(texts)?);
    }
    if view.offers_municipality {
        sections.push(municipality(texts, view)?);
    }
    if may_endanger_health(view) {
        sections.push(Section {
            heading: texts.health_heading()?,
            paragraphs: vec![texts.health_text(sector_word(view.sector))?],
            lines: Vec::new(),
        });
    }
    Ok(sections)
}

/// Suppliers of water have to point to the medical statement before they cut off (Stcrt 2018, 26271); energy
/// and heat may not be cut off either where health is gravely at risk.
fn may_endanger_health(view: &NoticeView<'_>) -> bool {
    matches!(view.sector, Sector::Energy | Sector::Heat | Sector::Water)
        && view.debtor_kind == DebtorKind::Consumer
        && view.kind >= StepKind::FinalReminder
}

fn contact(texts: &Texts, view: &NoticeView<'_>) -> Result<Section, TextError> {
    let mut paragraphs = if view.invites_contact {
        vec![texts.contact_invite()?, texts.contact_call_back()?, texts.contact_arrangement()?]
    } else {
        vec![texts.questions_intro()?]
    };
    paragraphs.push(texts.dispute()?);
    let creditor = &view.creditor;
    let mut lines = vec![phone_line(texts.label_phone()?, creditor.phone)];
    if let Some(hours) = creditor.opening_hours {
        lines.push(plain_line(texts.label_hours()?, hours));
    }
    lines.push(email_line(texts, creditor.email)?);
    Ok(Section {
        heading: if view.invites_contact { texts.contact_heading()? } else { texts.questions_heading()? },
        paragraphs,
        lines,
    })
}

fn municipality(texts: &Texts, view: &NoticeView<'_>) -> Result<Section, TextError> {
    Ok(Section {
        heading: texts.municipality_heading()?,
        paragraphs: vec![
            texts.municipality_offer()?,
            texts.municipality_data()?,
            texts.municipality_object()?,
        ],
        lines: vec![
            Line {
                label: texts.label_object_portal()?,
                shown: texts.object_portal()?,
                href: Some(view.portal_url.to_owned()),
                plain: view.portal_url.to_owned(),
            },
            phone_line(texts.label_object_phone()?, view.creditor.phone),
        ],
    })
}

/// How to reach the creditor, at the foot of the mail.
pub(crate) fn creditor_lines(texts: &Texts, creditor: &CreditorView<'_>) -> Result<Vec<Line>, TextError> {
    let mut lines =
        vec![phone_line(texts.label_phone()?, creditor.phone), email_line(texts, creditor.email)?];
    if let Some(website) = creditor.website {
        let href = is_web_address(website).then(|| website.to_owned());
        lines.push(Line { href, ..plain_line(texts.label_website()?, website) });
    }
    Ok(lines)
}
