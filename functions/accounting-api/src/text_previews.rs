//! Previews of own texts: what would be said today, to a debtor or to one who does not exist. Nothing is stored, and
//! nothing leaves.

use axum::Json;
use axum::extract::State;
use contracts::api::fields::Fields;
use contracts::api::texts::{TextPreviewBody, TextPreviewView};
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calendar::today;
use domain::dossier::Dossier;
use domain::ids::DebtorId;
use domain::invoice::{PaymentReference, ReferenceScheme};
use domain::notice::Channel;
use domain::preview::told_today;
use domain::refusal::Refusal;
use domain::texts::{KeptText, TextName, may_be_own};
use jiff::Timestamp;
use pages::TextError;
use pages::letter::{Composed, compose, composed};
use pages::mail::of_notice::{Along, QR_CID, texted, told, written};
use pages::mail::{MailError, Medium, NoticeView, RenderedMail, render};
use pages::own::{self, Spoilt, Told};
use pages::sms::{RenderedSms, SmsError};
use runtime::http::{ApiError, Body, Caller, Path};

use crate::App;
use crate::texts::{TextPath, defect, kept, kind_of};

/// What would be said today with this text: with the words of the body, else with those that are kept, else with ours.
/// With a debtor: what is due today where that speaks with this step, else as if the step came today for all that is
/// open. Holds and the window are not asked.
#[utoipa::path(post, path = "/v1/texts/{of}/{channel}/{language}/{tone}/preview", tag = "settings",
    request_body = TextPreviewBody, params(TextPath),
    responses((status = 200, body = TextPreviewView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Path(path): Path<TextPath>,
    Body(body): Body<TextPreviewBody>,
) -> Result<Json<TextPreviewView>, ApiError> {
    caller.require_scope("settings:read")?;
    let name = path.name();
    let mut administration = app.administration(&caller.administration).await?.value;
    let now = app.now()?;
    kind_of(&name, &administration)?;
    let asked = body.text.map(|text| text.read());
    if let Some(text) = &asked {
        let wrong = own::check(text, &name, &administration, today(now), &app.portal_link(name.channel))
            .map_err(defect)?;
        if !wrong.is_empty() {
            return Err(Failure::from(wrong).into());
        }
    }
    let draft = asked.map(|text| KeptText {
        name: name.clone(),
        version: 0,
        text,
        updated_at: now,
        by: caller.subject.clone(),
    });
    let Some(debtor) = body.debtor_id else {
        let texts: Vec<KeptText> = match draft {
            Some(draft) => vec![draft],
            None => kept(&app, &caller.administration, &name).await?.into_iter().collect(),
        };
        return Ok(Json(of_nobody(&app, &administration, &name, &texts, now)?));
    };
    caller.require_scope("debtors:read")?;
    let mut fields = Fields::new();
    let debtor = fields.id("debtorId", &debtor, DebtorId::parse);
    let debtor = fields.finish(debtor).map_err(Failure::from)?;
    let dossier = app.dossier(&caller.administration, &debtor).await?.value;
    in_tone(&mut administration, &name);
    Ok(Json(of_debtor(&app, &administration, &name, draft, &dossier, now).await?))
}

/// The copy of the settings speaks in the tone that is looked at.
fn in_tone(administration: &mut Administration, name: &TextName) {
    administration.tone = name.tone;
    let steps = administration.policies.iter_mut().flat_map(|policy| &mut policy.steps);
    steps.for_each(|step| step.tone = None);
}

async fn of_debtor(
    app: &App,
    administration: &Administration,
    name: &TextName,
    draft: Option<KeptText>,
    dossier: &Dossier,
    now: Timestamp,
) -> Result<TextPreviewView, Failure> {
    let told = told_today(dossier, administration, name, now).ok_or(Refusal::NothingToSay)?;
    let dossier = &told.draft.dossier;
    let notice = dossier.notice(&told.notice);
    let notice = notice.ok_or_else(|| Failure::bug("a previewed notice is not in its dossier"))?;
    let mut texts = app.store.texts_of(dossier, administration, &told.notice).await?;
    if let Some(draft) = draft.filter(|_| may_be_own(notice)) {
        texts.retain(|kept| kept.name != *name);
        let more_specific = texts.iter().filter(|kept| kept.name.of > name.of).count();
        texts.insert(more_specific, draft);
    }
    let (day, portal) = (told.on, app.portal_link(name.channel));
    let portal = portal.as_str();
    match name.channel {
        Channel::Email => {
            let along = Along { qr: notice.amount.is_positive(), documents: 0 };
            let told = written(dossier, administration, notice, day, portal, along, &texts);
            Ok(of_mail(told.map_err(defect)?))
        }
        Channel::Letter => {
            Ok(of_letter(compose(dossier, administration, notice, day, portal, &texts).map_err(defect)?))
        }
        Channel::Phone => {
            Ok(of_call(pages::call::told(dossier, administration, notice, day, &texts).map_err(unsaid)?))
        }
        Channel::Sms => of_sms(texted(dossier, administration, notice, day, portal, &texts)),
    }
}

fn of_nobody(
    app: &App,
    administration: &Administration,
    name: &TextName,
    texts: &[KeptText],
    now: Timestamp,
) -> Result<TextPreviewView, Failure> {
    let (kind, day) = (kind_of(name, administration)?, today(now));
    let portal = app.portal_link(name.channel);
    let view = own::sample(administration, name, kind, day, &portal);
    if name.channel == Channel::Sms {
        return of_sms(told(&view, texts));
    }
    if name.channel == Channel::Phone {
        return Ok(of_call(pages::call::said(&view, texts).map_err(unsaid)?));
    }
    let (own, spoilt) = own::words(&view, texts).map_err(defect)?;
    let view = NoticeView { own, epc_qr_cid: Some(QR_CID), ..view };
    if name.channel == Channel::Letter {
        let number = own::sample_debtor_number();
        let scheme = ReferenceScheme::Text;
        let reference = PaymentReference { scheme, value: number.to_owned(), made_here: false };
        let view = NoticeView { medium: Medium::Letter, ..view };
        let said = composed(&view, day, number, reference).map_err(defect)?;
        return Ok(of_letter(Told { said, spoilt }));
    }
    let said = render(&view).map_err(defect)?;
    Ok(of_mail(Told { said, spoilt }))
}

fn nothing() -> TextPreviewView {
    TextPreviewView { subject: None, text: None, html: None, parts: None, lines: None, spoilt: None }
}

fn why(spoilt: Option<Spoilt>) -> Option<String> {
    spoilt.map(|Spoilt { part, rule, .. }| format!("{part}: {rule}"))
}

fn of_mail(told: Told<RenderedMail>) -> TextPreviewView {
    let RenderedMail { subject, text, html } = told.said;
    let spoilt = why(told.spoilt);
    TextPreviewView { subject: Some(subject), text: Some(text), html: Some(html), spoilt, ..nothing() }
}

fn of_letter(told: Told<Composed>) -> TextPreviewView {
    let lines = Some(told.said.lines());
    TextPreviewView { subject: Some(told.said.subject), lines, spoilt: why(told.spoilt), ..nothing() }
}

fn of_call(told: Told<Vec<String>>) -> TextPreviewView {
    TextPreviewView { lines: Some(told.said), spoilt: why(told.spoilt), ..nothing() }
}

fn unsaid(error: TextError) -> Failure {
    defect(MailError::from(error))
}

fn of_sms(told: Result<Told<RenderedSms>, SmsError>) -> Result<TextPreviewView, Failure> {
    match told {
        Ok(Told { said, spoilt }) => Ok(TextPreviewView {
            text: Some(said.text),
            parts: Some(said.size.parts),
            spoilt: why(spoilt),
            ..nothing()
        }),
        Err(error @ (SmsError::TooLong | SmsError::NotByText)) => {
            Err(Failure::rejected("not_by_text_message", error.to_string()))
        }
        Err(SmsError::Notice(error)) => Err(defect(error)),
        Err(SmsError::Text(error)) => Err(defect(MailError::from(error))),
    }
}
