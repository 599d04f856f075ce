//! The desk as people use it: browsers that keep cookies and send forms, and the identity provider's stand-in, whose tokens can
//! be made wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use local::sign_in::{CLIENT, GROUPS, Settings, SignIn, User, demonstration};
use outside::http::Secret;
use outside::sign_in::{self, IdentityProvider, KeySet, Redemption, SignInError};
use runtime::clock::Clock;
use serde_json::json;
use staff_desk::{App, Identity};
use store::Store;
use tower::ServiceExt;

use crate::queues::lock;
use crate::world::{Addresses, World};

/// What is wrong with the next token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It belongs to another sign-in.
    Nonce,
    /// It expired a second ago.
    Expired,
    /// Somebody changed what it says.
    Forged,
    /// It is meant for another client.
    Audience,
    /// Another issuer says that it is its own.
    Issuer,
    /// The provider does not answer.
    Away,
}

/// The identity provider, in this process.
#[derive(Debug)]
pub struct DeskSignIn {
    stand: Arc<SignIn>,
    addresses: Addresses,
    wrong: Mutex<Option<Wrong>>,
}

impl DeskSignIn {
    /// With the users of the demonstration, one of another administration, and one of both.
    pub fn new(clock: &Clock, addresses: &Addresses) -> DeskSignIn {
        let mut users = demonstration("demo");
        users.push(User::new("other-admin", "of another administration", &["other:admin"]));
        users.push(User::new("both", "of both", &["demo:controller", "other:read-only"]));
        users.push(User::new("not@an.id", "whose id is an address", &["demo:admin"]));
        let clock = clock.clone();
        let stand = SignIn::new(Settings {
            issuer: addresses.issuer.clone(),
            page_base: addresses.issuer.clone(),
            redirect_uri: format!("{}/signed-in", addresses.desk),
            users,
            now: Arc::new(move || clock.now().expect("a clock")),
        });
        let stand = Arc::new(stand.expect("a stand-in"));
        DeskSignIn { stand, addresses: addresses.clone(), wrong: Mutex::default() }
    }

    /// The provider's own pages, as the local run has them.
    pub(crate) fn pages(&self) -> Router {
        local::sign_in::routes(self.stand.clone())
    }

    /// Makes tokens wrong from now on, or right again.
    pub fn set_wrong(&self, wrong: Option<Wrong>) {
        *lock(&self.wrong) = wrong;
    }

    fn wrong(&self) -> Option<Wrong> {
        *lock(&self.wrong)
    }
}

#[async_trait]
impl IdentityProvider for DeskSignIn {
    async fn addresses(&self) -> Result<sign_in::Addresses, SignInError> {
        if self.wrong() == Some(Wrong::Away) {
            return Err(SignInError::Unavailable("its description"));
        }
        let issuer = &self.addresses.issuer;
        let leave = Some(format!("{issuer}/leave"));
        Ok(sign_in::Addresses { authorization: format!("{issuer}/authorize"), leave })
    }

    async fn redeem(&self, redemption: &Redemption<'_>) -> Result<Secret, SignInError> {
        let sent = [
            ("grant_type", "authorization_code"),
            ("client_id", redemption.client_id),
            ("redirect_uri", redemption.redirect_uri),
            ("code", redemption.code),
            ("code_verifier", redemption.verifier),
        ];
        let sent: Vec<(String, String)> =
            sent.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut claims = self.stand.redeem(&sent).ok_or(SignInError::NoSuchCode)?;
        let issued = claims["iat"].as_i64().expect("an instant");
        match self.wrong() {
            Some(Wrong::Nonce) => claims["nonce"] = json!("another"),
            Some(Wrong::Expired) => claims["exp"] = json!(issued - 1),
            Some(Wrong::Audience) => claims["aud"] = json!("portal"),
            Some(Wrong::Issuer) => claims["iss"] = json!("https://elsewhere.example.nl"),
            Some(Wrong::Forged | Wrong::Away) | None => {}
        }
        let token = self.stand.sign(&claims).expect("a token");
        if self.wrong() != Some(Wrong::Forged) {
            return Ok(Secret::new(token));
        }
        claims[GROUPS] = json!(["demo:admin"]);
        let forged = self.stand.sign(&claims).expect("a token");
        let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (mine, theirs) = (parts(&forged), parts(&token));
        Ok(Secret::new(format!("{}.{}.{}", mine[0], mine[1], theirs[2])))
    }

    async fn keys(&self) -> Result<KeySet, SignInError> {
        Ok(serde_json::from_value(self.stand.keys()).expect("keys"))
    }
}

/// The desk of a world.
/// The desk over a store, as this world has it.
pub fn router(store: &Store, clock: &Clock, provider: &Arc<DeskSignIn>) -> Router {
    let app = App {
        store: store.clone(),
        clock: clock.clone(),
        provider: provider.clone(),
        identity: Identity {
            issuer: provider.addresses.issuer.clone(),
            client_id: CLIENT.to_owned(),
            groups_claim: GROUPS.to_owned(),
        },
        url: provider.addresses.desk.clone(),
    };
    runtime::http::app(staff_desk::router(app), staff_desk::BODY_BYTES)
}

/// A page, or the way to another one.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where the browser is sent on to; empty where it is not.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The value of a hidden field; empty where there is none.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let found = self.body.split_once(&start).and_then(|(_, rest)| rest.split_once('"'));
        found.map(|(value, _)| value.to_owned()).unwrap_or_default()
    }

    /// What people read, without the stylesheet and without what differs each time.
    pub fn readable(&self) -> String {
        let (before, rest) = self.body.split_once("<style>").unwrap_or((&self.body, ""));
        let rest = rest.split_once("</style>").map_or(rest, |(_, rest)| rest);
        let mut text = format!("{before}{rest}");
        for name in ["form_token", "once"] {
            let value = self.hidden(name);
            if !value.is_empty() {
                text = text.replace(&value, name);
            }
        }
        text
    }
}

/// Somebody's browser.
#[derive(Debug)]
pub struct Browser<'w> {
    world: &'w World,
    cookies: BTreeMap<String, String>,
    form_token: String,
    /// Headers that go with every request.
    pub headers: Vec<(&'static str, String)>,
}

impl<'w> Browser<'w> {
    pub fn of(world: &'w World) -> Browser<'w> {
        Browser { world, cookies: BTreeMap::new(), form_token: String::new(), headers: Vec::new() }
    }

    /// The browser of a user who signed in.
    pub async fn signed_in(world: &'w World, user: &str) -> Browser<'w> {
        let mut browser = Browser::of(world);
        let page = browser.sign_in(user).await;
        assert!(matches!(page.location(), "/desk" | "/desk/administration"), "{}", page.location());
        browser.get(page.location().to_owned().as_str()).await;
        browser
    }

    /// Goes through the sign-in as this user, up to where the desk sends the browser in the end.
    pub async fn sign_in(&mut self, user: &str) -> Page {
        let back = self.begin_sign_in(user).await;
        self.get(&back).await
    }

    /// The same, up to the address with which the provider sends the browser back.
    pub async fn begin_sign_in(&mut self, user: &str) -> String {
        let begun = self.get("/desk/sign-in/begin").await;
        let (address, query) = begun.location().split_once('?').expect("the provider's address");
        let Addresses { desk, issuer, .. } = &self.world.identity.addresses;
        assert_eq!(address, format!("{issuer}/authorize"));
        let asked = pairs_of(query);
        let back = self.world.identity.stand.grant(&asked, user).expect("a code");
        format!("/desk{}", back.strip_prefix(desk.as_str()).expect("our address"))
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.ask("GET", path, String::new()).await
    }

    /// Sends a form, with the token of the session's forms.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.form_token.clone();
        let mut all = vec![("form_token", token.as_str())];
        all.extend_from_slice(fields);
        self.send(path, &all).await
    }

    /// Sends just these fields.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = String::new();
        for (name, value) in fields {
            let encoded: String = value.bytes().map(encode).collect();
            form.push_str(&format!("{}{name}={encoded}", if form.is_empty() { "" } else { "&" }));
        }
        self.ask("POST", path, form).await
    }

    /// Opens a form, fills it in and sends it: what comes of it.
    pub async fn act(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.get(path).await;
        assert_eq!(form.status, StatusCode::OK, "{path}: {}", form.readable());
        let once = form.hidden("once");
        let mut all = vec![("once", once.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// The same, where it has to be done.
    pub async fn done(&mut self, path: &str, fields: &[(&str, &str)]) {
        let page = self.act(path, fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.readable());
        assert!(page.location().contains("?done="), "{path}: {}", page.location());
    }

    async fn ask(&mut self, method: &str, path: &str, body: String) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header("cookie", pairs.collect::<Vec<_>>().join("; "));
        }
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.world.desk.clone().oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let page = Page { status: parts.status, headers: parts.headers, body };
        self.keep(&page);
        page
    }

    fn keep(&mut self, page: &Page) {
        for value in page.headers.get_all("set-cookie") {
            let text = value.to_str().expect("a text");
            let (pair, rest) = text.split_once(';').expect("attributes");
            for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                assert!(rest.contains(attribute), "{text}");
            }
            assert!(pair.starts_with("__Host-") && !rest.contains("Domain"), "{text}");
            let (name, value) = pair.split_once('=').expect("a cookie");
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let token = page.hidden("form_token");
        if !token.is_empty() {
            self.form_token = token;
        }
    }

    /// A cookie that it keeps.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }
}

fn encode(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

fn pairs_of(query: &str) -> Vec<(String, String)> {
    let address = format!("https://x.example/?{query}");
    let url = reqwest::Url::parse(&address).expect("an address");
    url.query_pairs().into_owned().collect()
}
