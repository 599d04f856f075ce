//! The way in and out: OpenID Connect's authorization code flow with PKCE.
//!
//! State, nonce and verifier of a sign-in are made of one secret that only the browser has, each by a hash of its own: what
//! comes back counts in that browser and in no other, and nothing has to be kept meanwhile. When it was begun is part of the
//! secret, so a browser cannot make it younger.

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::failure::Failure;
use domain::Language;
use domain::ids::{AdministrationId, StaffId};
use domain::staff::{Membership, SIGN_IN_WITHIN, StaffSession, memberships};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use outside::sign_in::{Ask, Expected, Person, Redemption, SignInError, verify};
use pages::desk::{self, Said};
use pages::layout::{LANGUAGE_PARAMETER, language_of};
use runtime::http::source_of;
use runtime::unguessable::{hash, is_token, token};
use sha2::{Digest, Sha256};

use crate::App;
use crate::answer::{Refusal, cookie, page, see, see_with};
use crate::guard::Sent;
use crate::visitor::{self, Known, SESSION};

/// The cookie of a sign-in that was begun.
const BEGUN: &str = "__Host-tijdig-desk-sign-in";

/// Longest code that is taken along, in bytes.
const LONGEST_CODE: usize = 2_048;

/// A sign-in that was begun in one browser.
struct Begun {
    /// What its cookie holds: when it was begun, in seconds, and what nobody guesses.
    secret: String,
}

impl Begun {
    fn now(now: Timestamp) -> Result<Begun, Failure> {
        Ok(Begun { secret: format!("{}.{}", now.as_second(), token()?) })
    }

    /// The one that this browser began, if it was begun within the time that there is.
    fn of(headers: &HeaderMap, now: Timestamp) -> Option<Begun> {
        let secret = visitor::cookie(headers, BEGUN)?;
        let (begun, random) = secret.split_once('.')?;
        let begun = Timestamp::from_second(begun.parse().ok()?).ok()?;
        let waited = now.duration_since(begun);
        let young = !waited.is_negative() && waited < SIGN_IN_WITHIN;
        (young && is_token(random)).then(|| Begun { secret: secret.to_owned() })
    }

    fn made(&self, what: &str) -> String {
        hash(&[what.as_bytes(), b" ", self.secret.as_bytes()])
    }

    fn state(&self) -> String {
        self.made("state")
    }

    fn nonce(&self) -> String {
        self.made("nonce")
    }

    /// Sixty-four hexadecimal digits: RFC 7636 section 4.1 asks for 43 to 128 signs.
    fn verifier(&self) -> String {
        self.made("verifier")
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier().as_bytes()))
    }
}

fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn language(query: Option<&str>) -> Language {
    parameter(query, LANGUAGE_PARAMETER).and_then(|value| language_of(&value)).unwrap_or(Language::Nl)
}

/// The page on which a sign-in begins.
pub async fn door(RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = query.as_deref();
    let said = parameter(query, "said").and_then(|name| Said::named(&name));
    page(desk::sign_in(language(query), said))
}

fn said(said: Said) -> Result<Response, Refusal> {
    see(&format!("/desk/sign-in?said={}", said.name()))
}

/// Counts one more sign-in from where this request comes. Whether it may go on.
///
/// Only four digits of the address's hash are kept: tens of thousands of addresses share them, so they name nobody.
async fn may_go_on(app: &App, request: &Parts) -> Result<bool, Refusal> {
    let source = source_of(&request.extensions).unwrap_or_default();
    let part = hash(&[source.as_bytes()]).chars().take(4).collect::<String>();
    Ok(app.store.count_sign_in(&part, app.clock.now()?).await?)
}

fn redirect_uri(app: &App) -> String {
    format!("{}/signed-in", app.url)
}

/// Sends the browser to the identity provider.
pub async fn begin(State(app): State<App>, request: Parts) -> Result<Response, Refusal> {
    if !may_go_on(&app, &request).await? {
        return said(Said::Busy);
    }
    let Ok(addresses) = app.provider.addresses().await else { return said(Said::Away) };
    let begun = Begun::now(app.clock.now()?)?;
    let to = addresses.sign_in(&Ask {
        client_id: &app.identity.client_id,
        redirect_uri: &redirect_uri(&app),
        state: &begun.state(),
        nonce: &begun.nonce(),
        challenge: &begun.challenge(),
    });
    let seconds = u32::try_from(SIGN_IN_WITHIN.as_secs()).unwrap_or_default();
    see_with(&to, &[cookie(BEGUN, &begun.secret, Some(seconds))])
}

/// The browser comes back with a code: it is let in, or told why not.
pub async fn back(State(app): State<App>, request: Parts) -> Result<Response, Refusal> {
    let now = app.clock.now()?;
    let query = request.uri.query();
    let (state, code) = (parameter(query, "state"), parameter(query, "code"));
    let begun = Begun::of(&request.headers, now).filter(|begun| state == Some(begun.state()));
    let code = code.filter(|code| code.len() <= LONGEST_CODE);
    let (Some(begun), Some(code)) = (begun, code) else { return said(Said::Failed) };
    if !may_go_on(&app, &request).await? {
        return said(Said::Busy);
    }
    let person = match signed_in(&app, &begun, &code, now).await {
        Ok(person) => person,
        Err(why) => {
            tracing::warn!(why = %why, "a sign-in at the desk was refused");
            return said(why.said());
        }
    };
    let found = memberships(person.groups.iter().map(String::as_str));
    let staff = match StaffId::parse(&person.subject) {
        Ok(staff) if !found.is_empty() => staff,
        _ => return said(Said::Nobody),
    };
    tracing::info!(staff = %staff, administrations = found.len(), "signed in at the desk");
    let session = StaffSession::new(staff, found, language(query), now);
    let secret = token()?;
    app.store.put_staff_session(&hash(&[secret.as_bytes()]), &session, None).await?;
    let to = if session.chosen.is_some() { "/desk" } else { "/desk/administration" };
    see_with(to, &[cookie(SESSION, &secret, None), cookie(BEGUN, "", Some(0))])
}

/// Why nobody is let in.
#[derive(Debug, Clone, Copy)]
enum Why {
    Provider(SignInError),
    Token(outside::sign_in::Refused),
}

impl Why {
    fn said(self) -> Said {
        match self {
            Why::Provider(SignInError::Unavailable(_)) => Said::Away,
            Why::Provider(SignInError::NoSuchCode) | Why::Token(_) => Said::Failed,
        }
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Why::Provider(error) => error.fmt(f),
            Why::Token(refused) => refused.fmt(f),
        }
    }
}

async fn signed_in(app: &App, begun: &Begun, code: &str, now: Timestamp) -> Result<Person, Why> {
    let redemption = Redemption {
        client_id: &app.identity.client_id,
        redirect_uri: &redirect_uri(app),
        code,
        verifier: &begun.verifier(),
    };
    let token = app.provider.redeem(&redemption).await.map_err(Why::Provider)?;
    let keys = app.provider.keys().await.map_err(Why::Provider)?;
    let expected = Expected {
        issuer: &app.identity.issuer,
        audience: &app.identity.client_id,
        nonce: &begun.nonce(),
        groups_claim: &app.identity.groups_claim,
    };
    verify(&token, &keys, &expected, now).map_err(Why::Token)
}

/// Ends the session.
pub async fn sign_out(State(app): State<App>, who: Known) -> Result<Response, Refusal> {
    if let Some((at, _)) = &who.stored {
        app.store.end_staff_session(at).await?;
    }
    let to = format!("/desk/sign-in?said={}", Said::Left.name());
    see_with(&to, &[cookie(SESSION, "", Some(0))])
}

/// Sends the browser to where it signs out of the identity provider, which sends it back.
pub async fn leave(State(app): State<App>) -> Result<Response, Refusal> {
    let Ok(addresses) = app.provider.addresses().await else { return said(Said::Away) };
    let back = format!("{}/sign-in", app.url);
    match addresses.sign_out(&app.identity.client_id, &back) {
        Some(address) => see(&address),
        None => said(Said::Left),
    }
}

/// The administrations to choose from.
pub async fn choose(State(app): State<App>, who: Known) -> Result<Response, Refusal> {
    let mut choices: Vec<(Membership, Option<_>)> = Vec::new();
    for membership in &who.session.memberships {
        let known = app.store.administration(&membership.administration).await?;
        choices.push((membership.clone(), known.map(|known| known.value)));
    }
    page(desk::choose(who.session.language, &who.form_token, &choices))
}

/// Goes on in another administration.
pub async fn chosen(
    State(app): State<App>,
    mut who: Known,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Refusal> {
    let wanted = AdministrationId::parse(sent.value("administration")).map_err(|_| Refusal::NOT_FOUND)?;
    if !who.session.choose(&wanted) {
        return Err(Refusal::Said(StatusCode::FORBIDDEN, Said::NotAllowed));
    }
    if let Some((at, version)) = &who.stored {
        app.store.put_staff_session(at, &who.session, Some(*version)).await?;
    }
    see("/desk")
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;
    use crate::visitor::form_token;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn with(secret: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("{BEGUN}={secret}").parse().unwrap());
        headers
    }

    #[test]
    fn a_sign_in_lasts_ten_minutes_and_cannot_be_made_younger() {
        let begun = Begun::now(at("2026-11-30T08:00:00Z")).unwrap();
        let headers = with(&begun.secret);
        let state = |now: &str| Begun::of(&headers, at(now)).map(|found| found.state());
        assert_eq!(state("2026-11-30T08:09:59Z"), Some(begun.state()));
        assert_eq!(state("2026-11-30T08:10:00Z"), None);
        assert_eq!(state("2026-11-30T07:59:59Z"), None);
        let (_, random) = begun.secret.split_once('.').unwrap();
        let younger = format!("{}.{random}", at("2026-11-30T08:10:00Z").as_second());
        let found = Begun::of(&with(&younger), at("2026-11-30T08:10:00Z")).unwrap();
        assert_ne!(found.state(), begun.state());
    }

    #[test]
    fn what_is_shown_tells_nothing_about_what_is_not() {
        let begun = Begun::now(at("2026-11-30T08:00:00Z")).unwrap();
        let parts = [begun.state(), begun.nonce(), begun.verifier(), begun.challenge(), begun.secret.clone()];
        for (place, one) in parts.iter().enumerate() {
            assert!(parts.iter().skip(place + 1).all(|other| !other.contains(one.as_str())), "{place}");
        }
        assert_eq!(begun.challenge().len(), 43);
    }

    #[test]
    fn the_form_of_a_session_is_not_its_secret() {
        let secret = token().unwrap();
        assert_ne!(form_token(&secret), secret);
    }
}
