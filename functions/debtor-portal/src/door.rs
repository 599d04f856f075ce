//! The door: where links and letters' codes lead, and the way out. Fetching any of it uses nothing up.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::failure::Failure;
use domain::Language;
use domain::access::{self, BY_DEBTOR, Entrance, EntranceKind, Session};
use domain::dossier::Draft;
use domain::ids::DebtorId;
use domain::notice::Channel;
use http::{HeaderMap, StatusCode, Uri};
use jiff::civil::Date;
use pages::portal::{self, Said};
use records::Origin;
use runtime::unguessable::{Signs, code_hash, hash, is_token, token};
use store::{Along, until_no_conflict};

use crate::Portal;
use crate::answers::{Spoken, Trouble, cookie, go_to, page, parameter, set_cookie};
use crate::forms::{self, fields, is_from_elsewhere};
use crate::visitor::{SESSION_COOKIE, Visitor, form_token, standing};

/// The cookie that forms at the door belong to.
const DOOR_COOKIE: &str = "__Host-tijdig-door";

/// How long a form at the door can be sent, in seconds.
const DOOR_SECONDS: u32 = 3_600;

/// The portal's own address.
pub(crate) async fn home(
    State(portal): State<Portal>,
    Extension(Spoken(language)): Extension<Spoken>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Trouble> {
    let kept = cookie(&headers, SESSION_COOKIE);
    if standing(&portal, kept.as_deref(), portal.now()?).await?.is_some() {
        return Ok(go_to("/portal/my"));
    }
    let said = match parameter(&uri, "said").as_deref() {
        Some("expired") => Some(Said::Expired),
        Some("left") => Some(Said::Left),
        _ => None,
    };
    page(StatusCode::OK, portal::home(language.unwrap_or(Language::Nl), said))
}

/// What the browser of whoever stands at the door keeps: as it is, or new.
struct Doorstep {
    cookie: String,
    is_new: bool,
    language: Language,
}

impl Doorstep {
    fn of(headers: &HeaderMap, language: Option<Language>) -> Result<Doorstep, Failure> {
        let language = language.unwrap_or(Language::Nl);
        match cookie(headers, DOOR_COOKIE).filter(|kept| is_token(kept)) {
            Some(cookie) => Ok(Doorstep { cookie, is_new: false, language }),
            None => Ok(Doorstep { cookie: token()?, is_new: true, language }),
        }
    }

    /// The fields of a form that was made at this door.
    fn form(&self, headers: &HeaderMap, body: &Bytes) -> Result<Option<portal::Form>, Failure> {
        let token = form_token(&self.cookie, "door")?;
        let ours = fields(body).filter(|fields| fields.get("form_token") == Some(&token));
        Ok(ours.filter(|_| !self.is_new && !is_from_elsewhere(headers)).map(portal::Form::of))
    }

    fn keep(&self, mut response: Response) -> Response {
        if self.is_new {
            set_cookie(&mut response, DOOR_COOKIE, &self.cookie, Some(DOOR_SECONDS));
        }
        response
    }

    fn link(&self, status: StatusCode, said: Option<Said>) -> Result<Response, Trouble> {
        let token = form_token(&self.cookie, "door")?;
        Ok(self.keep(page(status, portal::door(self.language, &token, said))?))
    }

    fn letter(&self, status: StatusCode, said: Option<Said>) -> Result<Response, Trouble> {
        let token = form_token(&self.cookie, "door")?;
        Ok(self.keep(page(status, portal::letter(self.language, &token, said))?))
    }
}

/// Where a link leads. Whose it is nobody sees; who is let in already goes on.
pub(crate) async fn link(
    State(portal): State<Portal>,
    Extension(Spoken(language)): Extension<Spoken>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let kept = cookie(&headers, SESSION_COOKIE);
    if let Some((_, session, _)) = standing(&portal, kept.as_deref(), portal.now()?).await?
        && let Some((_, entrance)) = portal.entrance(&link, EntranceKind::Link).await?
        && entrance.administration == session.administration
        && entrance.notice.debtor().as_ref() == Some(&session.debtor)
    {
        return Ok(go_to("/portal/my"));
    }
    Doorstep::of(&headers, language)?.link(StatusCode::OK, None)
}

/// A code is asked for, or given. What comes of it says nothing about whether the link is anybody's.
pub(crate) async fn at_link(
    State(portal): State<Portal>,
    Extension(Spoken(language)): Extension<Spoken>,
    Path(link): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let step = Doorstep::of(&headers, language)?;
    let Some(form) = step.form(&headers, &body)? else {
        return step.link(StatusCode::FORBIDDEN, Some(Said::FormOld));
    };
    let wanted = match form.value("send") {
        "email" => Some(Channel::Email),
        "sms" => Some(Channel::Sms),
        _ => None,
    };
    if let Some(wanted) = wanted {
        portal.paced(portal.ask(&link, wanted)).await?;
        return step.link(StatusCode::OK, Some(Said::Asked));
    }
    let digits: String = form.value("code").chars().filter(char::is_ascii_digit).collect();
    match portal.paced(portal.enter_by_code(&link, &digits)).await? {
        Some(session) => Ok(let_in(&session)),
        None => step.link(StatusCode::FORBIDDEN, Some(Said::Wrong)),
    }
}

/// Where a letter's code is filled in.
pub(crate) async fn letter(
    Extension(Spoken(language)): Extension<Spoken>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    Doorstep::of(&headers, language)?.letter(StatusCode::OK, None)
}

/// A letter's code is given, with what only the debtor knows.
pub(crate) async fn enter_by_letter(
    State(portal): State<Portal>,
    Extension(Spoken(language)): Extension<Spoken>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let step = Doorstep::of(&headers, language)?;
    let Some(form) = step.form(&headers, &body)? else {
        return step.letter(StatusCode::FORBIDDEN, Some(Said::FormOld));
    };
    let born = form.value("birth_date").parse::<Date>().ok();
    let tried = portal.enter_by_letter(form.value("letter_code"), born, form.value("postcode"));
    match portal.paced(tried).await? {
        Some(session) => Ok(let_in(&session)),
        None => step.letter(StatusCode::FORBIDDEN, Some(Said::Wrong)),
    }
}

fn let_in(session: &str) -> Response {
    let mut response = go_to("/portal/my");
    set_cookie(&mut response, SESSION_COOKIE, session, None);
    response
}

/// The way out: the session ends, whatever else the browser keeps.
pub(crate) async fn leave(
    State(portal): State<Portal>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    if let Err(refused) = forms::of_visitor(&visitor, &headers, fields(&body)) {
        return Ok(*refused);
    }
    portal.store.end_session(&visitor.session_hash).await?;
    let mut response = go_to("/portal?said=left");
    set_cookie(&mut response, SESSION_COOKIE, "", Some(0));
    Ok(response)
}

impl Portal {
    /// The answer takes as long as the slowest usual one.
    async fn paced<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::join!(work, tokio::time::sleep(self.pace)).0
    }

    /// Where a link or a letter's code leads, with its hash; nothing for one that leads nowhere, or not any more.
    async fn entrance(&self, typed: &str, kind: EntranceKind) -> Result<Option<(String, Entrance)>, Failure> {
        let Some(signs) = Signs::typed(typed) else { return Ok(None) };
        let hash = signs.hash();
        let now = self.now()?;
        let found = self.store.entrance(&hash).await?;
        Ok(found.filter(|e| e.kind == kind && now < e.until).map(|entrance| (hash, entrance)))
    }

    /// Asks for a code. Whether one is sent is in the log alone.
    async fn ask(&self, link: &str, wanted: Channel) -> Result<(), Failure> {
        let Some((door, entrance)) = self.entrance(link, EntranceKind::Link).await? else { return Ok(()) };
        let Some(debtor) = entrance.notice.debtor() else { return Ok(()) };
        let origin = Origin { administration: entrance.administration, by: BY_DEBTOR.to_owned() };
        let missing = || Failure::not_found("debtor");
        let records = self.records();
        let asked = records.change(&origin, &debtor, missing, |draft, settings| {
            Ok(access::ask(draft, settings, &door, &entrance.notice, wanted))
        });
        match asked.await {
            Ok((Ok(_), _)) | Err(Failure::NotFound { .. }) => Ok(()),
            Ok((Err(why), _)) => {
                tracing::info!(why, "no code is sent");
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Lets somebody in by a code. What their browser is to keep.
    async fn enter_by_code(&self, link: &str, digits: &str) -> Result<Option<String>, Failure> {
        let Some((door, entrance)) = self.entrance(link, EntranceKind::Link).await? else { return Ok(None) };
        self.enter(&entrance, |draft| {
            access::enter_by_code(draft, &door, &entrance.notice, |id| code_hash(id.as_str(), digits))
        })
        .await
    }

    /// Lets somebody in by the code of a letter. What their browser is to keep.
    async fn enter_by_letter(
        &self,
        code: &str,
        born: Option<Date>,
        postcode: &str,
    ) -> Result<Option<String>, Failure> {
        let found = self.entrance(code, EntranceKind::LetterCode).await?;
        let Some((door, entrance)) = found else { return Ok(None) };
        self.enter(&entrance, |draft| access::enter_by_letter(draft, &door, &entrance.notice, born, postcode))
            .await
    }

    /// Whether somebody is let in, and their session, are one write.
    async fn enter(
        &self,
        entrance: &Entrance,
        decide: impl Fn(&mut Draft) -> bool,
    ) -> Result<Option<String>, Failure> {
        let Some(debtor) = entrance.notice.debtor() else { return Ok(None) };
        let kept = token()?;
        let let_in = until_no_conflict(|| self.try_to_enter(entrance, &debtor, &kept, &decide)).await?;
        Ok(let_in.then_some(kept))
    }

    async fn try_to_enter(
        &self,
        entrance: &Entrance,
        debtor: &DebtorId,
        kept: &str,
        decide: &impl Fn(&mut Draft) -> bool,
    ) -> Result<bool, Failure> {
        let Some(settings) = self.store.administration(&entrance.administration).await? else {
            return Ok(false);
        };
        let known = self.store.dossier(&entrance.administration, debtor).await?;
        let Some(known) = known.filter(|k| k.value.deleted_at.is_none()) else { return Ok(false) };
        let now = self.now()?;
        let mut draft = Draft::of(known.value, now, BY_DEBTOR);
        let let_in = decide(&mut draft);
        if draft.is_unchanged() {
            return Ok(let_in);
        }
        let mut along = Vec::new();
        if let_in {
            let session = Session {
                administration: entrance.administration.clone(),
                debtor: debtor.clone(),
                opened_at: now,
                seen_at: now,
            };
            along.push(Along::Session { hash: hash(&[kept.as_bytes()]), session: Box::new(session) });
        }
        self.store.commit(&settings.value, &draft, Some(known.version), along).await?;
        Ok(let_in)
    }
}
