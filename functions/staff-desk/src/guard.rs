//! In front of every route: who comes, whether they may, and whether the form is theirs. It looks the route up in
//! [`crate::ROUTES`], so that no handler can forget to ask.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use contracts::failure::Failure;
use domain::Language;
use domain::staff::StaffSession;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use pages::desk::Said;
use pages::layout::{LANGUAGE_PARAMETER, language_of};
use store::table::TableError;

use crate::answer::{Refusal, secured};
use crate::visitor::{Known, SESSION, Visitor, cookie, known};
use crate::{App, BODY_BYTES, Needs, ROUTES};

/// What a form sent.
#[derive(Debug, Clone, Default)]
pub struct Sent(pub Vec<(String, String)>);

impl Sent {
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = asked_language(&request);
    let mut language = asked.unwrap_or(Language::Nl);
    let response = match admit(&app, request, asked, &mut language).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => return secured(refusal.page(language)),
    };
    let (parts, body) = response.into_parts();
    match parts.extensions.get::<Refusal>().cloned() {
        Some(refusal) => secured(refusal.page(language)),
        None => secured(Response::from_parts(parts, body)),
    }
}

fn asked_language(request: &Request) -> Option<Language> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == LANGUAGE_PARAMETER).and_then(|(_, value)| language_of(&value))
}

/// The request with everything that its handler needs, if whoever comes may make it.
async fn admit(
    app: &App,
    request: Request,
    asked: Option<Language>,
    language: &mut Language,
) -> Result<Request, Refusal> {
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let route = ROUTES.iter().find(|r| r.path == path && r.method.eq_ignore_ascii_case(method.as_str()));
    let needs = route.map(|route| route.needs).ok_or(Refusal::NOT_FOUND)?;
    if needs == Needs::Nobody {
        return Ok(request);
    }
    let now = app.clock.now()?;
    let Some(mut who) = known(app, request.headers(), now).await? else {
        return Err(nobody(request.headers()));
    };
    noted(app, &mut who, asked, now).await?;
    *language = who.session.language;
    let (mut parts, body) = request.into_parts();
    if method == Method::POST {
        let bytes = axum::body::to_bytes(body, BODY_BYTES)
            .await
            .map_err(|_| Refusal::Said(StatusCode::PAYLOAD_TOO_LARGE, Said::FormOld))?;
        let sent = Sent(form_urlencoded::parse(&bytes).into_owned().collect());
        check_form(&parts.headers, &sent, &who)?;
        parts.extensions.insert(sent);
    }
    if let Needs::Role(action) = needs {
        let Some(membership) = who.session.membership() else {
            return Err(without_administration(&who.session));
        };
        if !membership.role.may(action) {
            return Err(Refusal::Said(StatusCode::FORBIDDEN, Said::NotAllowed));
        }
        parts.extensions.insert(Visitor {
            administration: membership.administration.clone(),
            role: membership.role,
            several: who.session.memberships.len() > 1,
            form_token: who.form_token.clone(),
            language: *language,
            by: who.by.clone(),
            action,
        });
    }
    parts.extensions.insert(who);
    Ok(Request::from_parts(parts, axum::body::Body::empty()))
}

fn nobody(headers: &HeaderMap) -> Refusal {
    if headers.contains_key(AUTHORIZATION) {
        return Refusal::Said(StatusCode::UNAUTHORIZED, Said::NotAllowed);
    }
    Refusal::SignIn(cookie(headers, SESSION).map(|_| Said::Expired))
}

/// Somebody who works for several and has not chosen yet.
fn without_administration(session: &StaffSession) -> Refusal {
    if session.memberships.is_empty() {
        return Refusal::Said(StatusCode::FORBIDDEN, Said::NotAllowed);
    }
    Refusal::Choose
}

/// Notes that something was asked for, and in which language. Where somebody else noted it at the same time, that is enough.
async fn noted(app: &App, who: &mut Known, asked: Option<Language>, now: Timestamp) -> Result<(), Refusal> {
    let mut changed = who.session.note(now);
    if let Some(asked) = asked.filter(|asked| *asked != who.session.language) {
        who.session.language = asked;
        changed = true;
    }
    let Some((at, version)) = who.stored.as_mut().filter(|_| changed) else { return Ok(()) };
    match app.store.put_staff_session(at, &who.session, Some(*version)).await {
        Ok(()) => {
            *version += 1;
            Ok(())
        }
        Err(TableError::Conflict { .. }) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// A form of ours, from a page of ours, in this session.
fn check_form(headers: &HeaderMap, sent: &Sent, who: &Known) -> Result<(), Refusal> {
    let old = Refusal::Said(StatusCode::FORBIDDEN, Said::FormOld);
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_form = text(CONTENT_TYPE.as_str())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    // Browsers say where a request comes from; those that do not say it have the token alone.
    let from_here = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    if !is_form || !from_here {
        return Err(old);
    }
    // A token is sent by no browser of its own accord, so what comes with one needs no proof that its sender meant it.
    let meant = who.stored.is_none() || sent.value("form_token") == who.form_token;
    if meant { Ok(()) } else { Err(old) }
}

/// The segments of the path by their names.
pub fn segment<T: std::str::FromStr>(
    params: &axum::extract::RawPathParams,
    name: &str,
) -> Result<T, Refusal> {
    let found = params.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let found = found.ok_or_else(|| Failure::bug("the route has no such segment"))?;
    // What cannot be an id names nothing.
    found.parse().map_err(|_| Refusal::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use domain::ids::StaffId;

    use super::*;

    fn who(form_token: &str, stored: bool) -> Known {
        let now = "2026-11-30T08:00:00Z".parse().unwrap();
        let staff = StaffId::parse("s-1").unwrap();
        Known {
            session: StaffSession::new(staff, Vec::new(), Language::Nl, now),
            stored: stored.then(|| ("h".to_owned(), 1)),
            form_token: form_token.to_owned(),
            by: "staff s-1".to_owned(),
        }
    }

    #[test]
    fn a_form_counts_that_is_of_this_session_and_of_this_site() {
        const FORM: &str = "application/x-www-form-urlencoded";
        let table = [
            (FORM, None, "t", true, true),
            ("application/x-www-form-urlencoded; charset=utf-8", Some("same-origin"), "t", true, true),
            (FORM, Some("cross-site"), "t", true, false),
            (FORM, Some("same-site"), "t", true, false),
            (FORM, None, "u", true, false),
            (FORM, None, "", true, false),
            ("text/plain", None, "t", true, false),
            ("application/json", None, "t", true, false),
            (FORM, None, "", false, true),
        ];
        for (kind, site, token, stored, good) in table {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            let sent = Sent(vec![("form_token".to_owned(), token.to_owned())]);
            let checked = check_form(&headers, &sent, &who("t", stored));
            assert_eq!(checked.is_ok(), good, "{kind} {site:?} {token} {stored}");
        }
    }
}
