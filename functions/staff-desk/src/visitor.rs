//! Who comes: somebody with a session, or a program with a token that was given for the desk.

use axum::extract::FromRequestParts;
use contracts::failure::Failure;
use domain::Language;
use domain::administration::Administration;
use domain::ids::{AdministrationId, StaffId};
use domain::staff::{Action, Membership, Role, StaffSession};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;
use jiff::Timestamp;
use pages::desk::Frame;
use runtime::unguessable::{hash, is_token};

use crate::App;
use crate::answer::Refusal;

/// The cookie of a session. `__Host-` binds it to this host and to HTTPS; browsers take localhost for as good as that.
pub const SESSION: &str = "__Host-tijdig-desk";

/// The scope of a token that was given for the desk, before the name of its role.
const SCOPE: &str = "desk:";

/// Somebody who signed in, chosen an administration or not.
#[derive(Debug, Clone)]
pub struct Known {
    pub session: StaffSession,
    /// Where it is stored, and under which version; a token has no session.
    pub stored: Option<(String, u64)>,
    /// Belongs to the session: a form without it was not made here. Nobody makes a browser send a token, so it needs none.
    pub form_token: String,
    /// As the timeline names them.
    pub by: String,
}

/// Somebody who may do what they came for, in one administration.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub administration: AdministrationId,
    pub role: Role,
    pub several: bool,
    pub form_token: String,
    pub language: Language,
    pub by: String,
    /// What the route does.
    pub action: Action,
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Who comes with these headers; nobody where there is no session, or it has ended.
pub async fn known(app: &App, headers: &HeaderMap, now: Timestamp) -> Result<Option<Known>, Failure> {
    if headers.contains_key(AUTHORIZATION) {
        return of_token(app, headers, now).await;
    }
    let Some(token) = cookie(headers, SESSION).filter(|token| is_token(token)) else { return Ok(None) };
    let at = hash(&[token.as_bytes()]);
    let Some(found) = app.store.staff_session(&at).await?.filter(|s| s.value.stands_at(now)) else {
        return Ok(None);
    };
    let by = format!("staff {}", found.value.staff);
    Ok(Some(Known {
        session: found.value,
        stored: Some((at, found.version)),
        form_token: form_token(token),
        by,
    }))
}

/// What forms of this session hold: made of what only its browser has, and telling nothing about it.
pub fn form_token(token: &str) -> String {
    hash(&[b"form ", token.as_bytes()])
}

async fn of_token(app: &App, headers: &HeaderMap, now: Timestamp) -> Result<Option<Known>, Failure> {
    let text = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((scheme, token)) = text.split_once(' ') else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let found = app.store.token(&hash(&[token.trim().as_bytes()])).await?;
    let Some(found) = found.filter(|t| t.expires_at.is_none_or(|end| now < end)) else { return Ok(None) };
    let role = found.scopes.iter().find_map(|s| s.strip_prefix(SCOPE)?.parse::<Role>().ok());
    let (Some(role), Ok(staff)) = (role, StaffId::parse(&found.subject)) else { return Ok(None) };
    let membership = Membership { administration: found.administration, role };
    Ok(Some(Known {
        session: StaffSession::new(staff, vec![membership], Language::Nl, now),
        stored: None,
        form_token: String::new(),
        by: found.subject,
    }))
}

impl Visitor {
    /// The frame of a page that this visitor sees.
    pub fn frame<'a>(&'a self, administration: &'a Administration, done: Option<Action>) -> Frame<'a> {
        Frame {
            language: self.language,
            administration,
            role: self.role,
            several: self.several,
            form_token: &self.form_token,
            done,
        }
    }
}

/// The guard puts both where handlers find them; without it there is nobody.
impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Visitor, Refusal> {
        let nobody = || Refusal::from(Failure::bug("a page of the desk was asked for past its guard"));
        parts.extensions.get::<Visitor>().cloned().ok_or_else(nobody)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Known, Refusal> {
        let nobody = || Refusal::from(Failure::bug("a page of the desk was asked for past its guard"));
        parts.extensions.get::<Known>().cloned().ok_or_else(nobody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1;__Host-tijdig-desk=x; b=2".parse().unwrap());
        headers.append(COOKIE, "c=3".parse().unwrap());
        let table = [(SESSION, Some("x")), ("a", Some("1")), ("c", Some("3")), ("tijdig-desk", None)];
        for (name, expected) in table {
            assert_eq!(cookie(&headers, name), expected, "{name}");
        }
    }

    #[test]
    fn a_form_belongs_to_one_session() {
        let (one, other) = ("a".repeat(64), "b".repeat(64));
        assert_ne!(form_token(&one), form_token(&other));
        assert_ne!(form_token(&one), hash(&[one.as_bytes()]));
    }
}
