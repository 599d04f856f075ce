//! Who asks: somebody whose session stands. Whoever has none, one that is over, or one that was never given gets the same
//! answer at every address.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use contracts::failure::Failure;
use domain::Language;
use domain::access::{BY_DEBTOR, Session};
use domain::administration::Administration;
use domain::dossier::Dossier;
use hmac::{Hmac, KeyInit, Mac};
use http::Uri;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use pages::portal::{Done, Frame};
use records::Origin;
use runtime::unguessable::{hash, is_token, token};
use sha2::Sha256;
use store::table::TableError;

use crate::Portal;
use crate::answers::{Spoken, Trouble, cookie, go_to, parameter, set_cookie};

/// The cookie of a session: for this host alone.
pub(crate) const SESSION_COOKIE: &str = "__Host-tijdig-session";

/// Where everybody goes who was not let in.
const OUTSIDE: &str = "/portal?said=expired";

/// A session is noted as in use at most so often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Somebody who was let in, with everything that their pages are made of.
pub(crate) struct Visitor {
    pub session: Session,
    /// Under which the session is kept.
    pub session_hash: String,
    pub settings: Administration,
    pub dossier: Dossier,
    pub language: Language,
    pub now: Timestamp,
    /// Belongs to the session; every form has it.
    pub form_token: String,
    once: String,
    done: Option<Done>,
    pub uri: Uri,
}

impl Visitor {
    /// What every page has.
    pub(crate) fn frame(&self) -> Frame<'_> {
        Frame {
            language: self.language,
            creditor: &self.settings.creditor,
            form_token: &self.form_token,
            once: &self.once,
            done: self.done,
        }
    }

    /// On whose behalf things are done.
    pub(crate) fn origin(&self) -> Origin {
        Origin { administration: self.session.administration.clone(), by: BY_DEBTOR.to_owned() }
    }

    /// A parameter of the address.
    pub(crate) fn asked(&self, name: &str) -> Option<String> {
        parameter(&self.uri, name)
    }

    /// By which a form that is sent twice is known: `None` for one without the mark that it was made with.
    pub(crate) fn request(&self, once: &str) -> Option<String> {
        is_token(once).then(|| hash(&[b"portal", self.session_hash.as_bytes(), once.as_bytes()]))
    }
}

/// What the forms of whoever keeps this cookie carry: nobody else can make it.
pub(crate) fn form_token(cookie: &str, about: &str) -> Result<String, Failure> {
    let mut mac = Hmac::<Sha256>::new_from_slice(cookie.as_bytes())
        .map_err(|_| Failure::bug("a key of this length is none"))?;
    mac.update(about.as_bytes());
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The session that this cookie opens, if it stands, and what it is kept under.
pub(crate) async fn standing(
    portal: &Portal,
    cookie: Option<&str>,
    now: Timestamp,
) -> Result<Option<(String, Session, u64)>, Failure> {
    let Some(cookie) = cookie.filter(|cookie| is_token(cookie)) else { return Ok(None) };
    let hash = hash(&[cookie.as_bytes()]);
    let found = portal.store.session(&hash).await?;
    // What is over may lie in the table for days.
    let found = found.filter(|found| found.value.stands_at(now));
    Ok(found.map(|found| (hash, found.value, found.version)))
}

/// Why somebody is not let on.
pub(crate) enum Outside {
    NotLetIn,
    Trouble(Trouble),
}

impl From<Failure> for Outside {
    fn from(failure: Failure) -> Outside {
        Outside::Trouble(failure.into())
    }
}

impl From<TableError> for Outside {
    fn from(error: TableError) -> Outside {
        Outside::Trouble(error.into())
    }
}

impl IntoResponse for Outside {
    fn into_response(self) -> Response {
        match self {
            Outside::NotLetIn => {
                let mut response = go_to(OUTSIDE);
                set_cookie(&mut response, SESSION_COOKIE, "", Some(0));
                response
            }
            Outside::Trouble(trouble) => trouble.into_response(),
        }
    }
}

impl FromRequestParts<Portal> for Visitor {
    type Rejection = Outside;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Visitor, Outside> {
        let now = portal.now()?;
        let kept = cookie(&parts.headers, SESSION_COOKIE);
        let found = standing(portal, kept.as_deref(), now).await?;
        let (Some(kept), Some((session_hash, session, version))) = (kept, found) else {
            return Err(Outside::NotLetIn);
        };
        let settings = portal.store.administration(&session.administration).await?;
        let dossier = portal.store.dossier(&session.administration, &session.debtor).await?;
        let dossier = dossier.filter(|d| d.value.deleted_at.is_none());
        let (Some(settings), Some(dossier)) = (settings, dossier) else { return Err(Outside::NotLetIn) };
        if now.duration_since(session.seen_at) >= NOTED_EVERY {
            let seen = Session { seen_at: now, ..session.clone() };
            portal.store.keep_session(&session_hash, &seen, version).await?;
        }
        let spoken = parts.extensions.get::<Spoken>().and_then(|spoken| spoken.0);
        Ok(Visitor {
            language: spoken.unwrap_or(dossier.value.debtor.language),
            form_token: form_token(&kept, "form")?,
            once: token()?,
            done: parameter(&parts.uri, "done").as_deref().and_then(Done::named),
            uri: parts.uri.clone(),
            session,
            session_hash,
            settings: settings.value,
            dossier: dossier.value,
            now,
        })
    }
}
