//! OAuth 2.0 with an authorization code and a refresh token (RFC 6749, sections 4.1 and 6).
//!
//! The client is confidential and its `state` unguessable and bound to one connection. What is absent: PKCE, which the
//! packages here do not describe, and every other grant.

use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde::Deserialize;

use super::{AppKeys, Keys, PackageError, Quota, ask, json, plain_code};
use crate::http::{BaseUrl, HttpError, Secret};

/// How a package wants the client to show who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// In the header (section 2.3.1).
    Basic,
    /// In the form.
    Form,
}

/// One package's endpoints.
#[derive(Debug, Clone)]
pub struct OAuth {
    /// Where a person agrees.
    pub authorisation: BaseUrl,
    /// Where tokens are given.
    pub token: BaseUrl,
    pub authentication: ClientAuthentication,
    /// Separated by spaces; empty where the package knows none.
    pub scopes: &'static str,
    /// How long before its end a token is renewed.
    pub spare: SignedDuration,
    /// Where a person comes back to, as it is registered with the package.
    pub redirect: String,
}

/// The answer to a request for tokens (section 5.1).
#[derive(Deserialize)]
struct Tokens {
    access_token: Secret,
    /// Seconds.
    #[serde(default, deserialize_with = "lenient_seconds")]
    expires_in: Option<u64>,
    refresh_token: Option<Secret>,
}

/// A number, or a number as text, as some packages send it.
fn lenient_seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Number(number) => number.as_u64(),
        serde_json::Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

#[derive(Deserialize)]
struct Error {
    error: String,
}

fn code(bytes: &[u8]) -> Option<String> {
    plain_code(&serde_json::from_slice::<Error>(bytes).ok()?.error)
}

impl OAuth {
    /// The address at which a person agrees. `state` comes back with them.
    pub fn address(&self, app: &AppKeys, state: &Secret) -> Result<String, PackageError> {
        let client = app.client_id.as_ref().ok_or_else(no_client)?;
        let mut url = self.authorisation.exact().map_err(not_built)?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("response_type", "code").append_pair("client_id", client.expose());
            query.append_pair("redirect_uri", &self.redirect).append_pair("state", state.expose());
            if !self.scopes.is_empty() {
                query.append_pair("scope", self.scopes);
            }
        }
        Ok(url.into())
    }

    /// Keys with a good access token: the same where they have one, else by the code that was brought back, else by the
    /// refresh token. A refresh token that was changed replaces the old one; one that was not stays.
    pub async fn authenticated(
        &self,
        client: &Client,
        app: &AppKeys,
        keys: &Keys,
        quota: &dyn Quota,
        now: Timestamp,
    ) -> Result<Keys, PackageError> {
        if keys.code.is_none() && keys.token_good_for(self.spare, now).is_some() {
            return Ok(keys.clone());
        }
        let form: Vec<(&str, &str)> = match (&keys.code, &keys.refresh_token) {
            (Some(code), _) => vec![
                ("grant_type", "authorization_code"),
                ("code", code.expose()),
                ("redirect_uri", &self.redirect),
            ],
            (None, Some(token)) => vec![("grant_type", "refresh_token"), ("refresh_token", token.expose())],
            (None, None) => return Err(PackageError::Unauthorized),
        };
        let tokens = self.tokens(client, app, form, quota).await?;
        let lasts = tokens.expires_in.and_then(|s| i64::try_from(s).ok()).map(SignedDuration::from_secs);
        Ok(Keys {
            code: None,
            refresh_token: tokens.refresh_token.or_else(|| keys.refresh_token.clone()),
            access_token: Some(tokens.access_token),
            expires_at: lasts.and_then(|lasts| now.checked_add(lasts).ok()),
            ..keys.clone()
        })
    }

    async fn tokens(
        &self,
        client: &Client,
        app: &AppKeys,
        mut form: Vec<(&str, &str)>,
        quota: &dyn Quota,
    ) -> Result<Tokens, PackageError> {
        let id = app.client_id.as_ref().ok_or_else(no_client)?;
        let secret = app.client_secret.as_ref().ok_or_else(no_client)?;
        let mut request = client.post(self.token.exact().map_err(not_built)?);
        match self.authentication {
            ClientAuthentication::Basic => request = request.basic_auth(id.expose(), Some(secret.expose())),
            ClientAuthentication::Form => {
                form.extend([("client_id", id.expose()), ("client_secret", secret.expose())]);
            }
        }
        match ask(quota, request.form(&form), code).await {
            Ok(answer) => json(&answer.bytes),
            // `invalid_grant` and `invalid_client`, with 400 or 401: a person has to agree anew, or we are set up wrongly.
            Err(PackageError::TokenExpired) => Err(PackageError::Unauthorized),
            Err(PackageError::Refused(code)) if code.starts_with("invalid_") => {
                Err(PackageError::Unauthorized)
            }
            Err(other) => Err(other),
        }
    }
}

fn no_client() -> PackageError {
    PackageError::Refused("no_client_id_or_secret".to_owned())
}

fn not_built(_: HttpError) -> PackageError {
    PackageError::Malformed("the address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::exchange::tests::Plenty;
    use super::*;
    use crate::http::{TIMEOUT, client};
    use crate::loopback::{Loopback, Then};

    const NOW: &str = "2026-11-25T10:00:00Z";

    fn app() -> AppKeys {
        AppKeys {
            client_id: Some(Secret::new("tijdig")),
            client_secret: Some(Secret::new("s&cret")),
            ..AppKeys::default()
        }
    }

    fn oauth(at: &str, authentication: ClientAuthentication) -> OAuth {
        OAuth {
            authorisation: BaseUrl::parse(&format!("{at}/oauth/authorise")).unwrap(),
            token: BaseUrl::parse(&format!("{at}/oauth/token")).unwrap(),
            authentication,
            scopes: "invoices contacts",
            spare: SignedDuration::from_mins(1),
            redirect: "https://tijdig.example/callbacks/accounting/x/authorised".to_owned(),
        }
    }

    #[test]
    fn a_person_is_sent_to_the_package_with_our_state() {
        let oauth = oauth("https://package.example", ClientAuthentication::Basic);
        assert_eq!(
            oauth.address(&app(), &Secret::new("state")).unwrap(),
            "https://package.example/oauth/authorise?response_type=code&client_id=tijdig&redirect_uri=https%3A%2F%2F\
             tijdig.example%2Fcallbacks%2Faccounting%2Fx%2Fauthorised&state=state&scope=invoices+contacts"
        );
    }

    #[tokio::test]
    async fn a_token_is_asked_for_when_the_old_one_ends_and_a_changed_refresh_token_is_kept() {
        let now: Timestamp = NOW.parse().unwrap();
        let body = r#"{"access_token":"new","expires_in":"600","refresh_token":"r2","token_type":"bearer"}"#;
        let server = Loopback::start(Then::Answer { status: 200, headers: "", body }).await;
        let oauth = oauth(&server.url(), ClientAuthentication::Form);
        let client = client(TIMEOUT).unwrap();
        let keys = |token: Option<&str>, expires_at: &str| Keys {
            refresh_token: Some(Secret::new("r1")),
            access_token: token.map(Secret::new),
            expires_at: Some(expires_at.parse().unwrap()),
            ..Keys::default()
        };
        // (token, until, requests so far)
        let table = [
            (Some("old"), "2026-11-25T10:01:01Z", 0),
            (Some("old"), "2026-11-25T10:01:00Z", 1),
            (Some("old"), "2026-11-25T09:00:00Z", 2),
            (None, "2026-11-25T10:01:01Z", 3),
        ];
        for (token, until, requests) in table {
            let before = keys(token, until);
            let after = oauth.authenticated(&client, &app(), &before, &Plenty, now).await.unwrap();
            assert_eq!(server.requests().len(), requests, "{until}");
            if requests > 0 {
                assert_eq!(after.access_token, Some(Secret::new("new")));
                assert_eq!(after.refresh_token, Some(Secret::new("r2")));
                assert_eq!(after.expires_at, Some("2026-11-25T10:10:00Z".parse().unwrap()));
            }
        }
        let asked = &server.requests()[0];
        assert!(
            asked.ends_with(
                "grant_type=refresh_token&refresh_token=r1&client_id=tijdig&client_secret=s%26cret"
            ),
            "{asked}"
        );
    }

    #[tokio::test]
    async fn a_code_is_exchanged_once_and_keys_that_are_refused_are_told() {
        let now: Timestamp = NOW.parse().unwrap();
        let client = client(TIMEOUT).unwrap();
        let body = r#"{"access_token":"a","expires_in":600,"refresh_token":"r"}"#;
        let server = Loopback::start(Then::Answer { status: 200, headers: "", body }).await;
        let brought = Keys { code: Some(Secret::new("c")), ..Keys::default() };
        let good = oauth(&server.url(), ClientAuthentication::Basic);
        let keys = good.authenticated(&client, &app(), &brought, &Plenty, now).await.unwrap();
        assert_eq!((keys.code, keys.refresh_token), (None, Some(Secret::new("r"))));
        let asked = server.requests()[0].clone();
        assert!(
            asked
                .to_ascii_lowercase()
                .contains("authorization: basic dglqzglnonmmy3jldA==".to_ascii_lowercase().as_str())
        );
        assert!(asked.contains("grant_type=authorization_code&code=c&redirect_uri="), "{asked}");

        for (status, body) in [
            (400, r#"{"error":"invalid_grant","error_description":"c is used"}"#),
            (401, r#"{"error":"invalid_client"}"#),
        ] {
            let server = Loopback::start(Then::Answer { status, headers: "", body }).await;
            let refusing = oauth(&server.url(), ClientAuthentication::Basic);
            let refused = refusing.authenticated(&client, &app(), &brought, &Plenty, now).await;
            assert_eq!(refused, Err(PackageError::Unauthorized));
        }
        let nothing = good.authenticated(&client, &app(), &Keys::default(), &Plenty, now).await;
        assert_eq!(nothing, Err(PackageError::Unauthorized));
    }
}
