//! Sign-in of people by an identity provider: OpenID Connect 1.0, authorization code flow with PKCE (RFC 7636), as Amazon
//! Cognito and others speak it. Where its endpoints are is read from its discovery document each time: sign-ins are rare,
//! and keys that were changed are known at once.
//!
//! What is absent: names and mail addresses. Of a person only the provider's own id and their groups are read.

pub mod id_token;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use form_urlencoded::Serializer;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use id_token::{Expected, KeySet, Person, Refused, verify};

use crate::http::{self, BaseUrl, HttpError, Secret, read_bounded};

/// Why there is no id token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The provider was not reached, or what it answered is not understood.
    #[error("the identity provider is away: {0}")]
    Unavailable(&'static str),
    /// The code is not good: it was used, is too old, or is not ours.
    #[error("the identity provider does not know the code")]
    NoSuchCode,
}

/// Where a person's browser goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Where they sign in.
    pub authorization: String,
    /// Where they sign out, if the provider has such a place.
    pub leave: Option<String>,
}

/// What a sign-in asks for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub client_id: &'a str,
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    pub state: &'a str,
    pub nonce: &'a str,
    /// The SHA-256 of the verifier, in base64url.
    pub challenge: &'a str,
}

impl Addresses {
    /// Where a browser signs in.
    pub fn sign_in(&self, ask: &Ask<'_>) -> String {
        let query = [
            ("response_type", "code"),
            ("client_id", ask.client_id),
            ("redirect_uri", ask.redirect_uri),
            ("scope", "openid"),
            ("state", ask.state),
            ("nonce", ask.nonce),
            ("code_challenge", ask.challenge),
            ("code_challenge_method", "S256"),
        ];
        format!("{}?{}", self.authorization, encoded(&query))
    }

    /// Where a browser signs out of the provider, and comes back from. In the words of Cognito and of OpenID Connect's own
    /// RP-initiated logout, since each reads its own.
    pub fn sign_out(&self, client_id: &str, back_to: &str) -> Option<String> {
        let leave = self.leave.as_ref()?;
        let query =
            [("client_id", client_id), ("logout_uri", back_to), ("post_logout_redirect_uri", back_to)];
        Some(format!("{leave}?{}", encoded(&query)))
    }
}

fn encoded(query: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(query).finish()
}

/// A code that came back with a browser.
#[derive(Debug, Clone, Copy)]
pub struct Redemption<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub code: &'a str,
    /// Whose hash was sent along with the sign-in.
    pub verifier: &'a str,
}

/// An identity provider.
#[async_trait]
pub trait IdentityProvider: Send + Sync + Debug {
    async fn addresses(&self) -> Result<Addresses, SignInError>;

    /// The id token that a code stands for.
    async fn redeem(&self, redemption: &Redemption<'_>) -> Result<Secret, SignInError>;

    /// The keys that it signs with.
    async fn keys(&self) -> Result<KeySet, SignInError>;
}

/// The provider behind an issuer's address.
#[derive(Debug)]
pub struct OpenId {
    client: Client,
    /// As tokens name it, to the letter.
    issuer: String,
    base: BaseUrl,
}

/// OpenID Connect Discovery 1.0, section 3: as much of it as is needed.
#[derive(Debug, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    end_session_endpoint: Option<String>,
}

impl OpenId {
    /// # Errors
    /// [`HttpError`] where the issuer is no address that may be called, or the client cannot be built.
    pub fn new(issuer: &str) -> Result<OpenId, HttpError> {
        OpenId::with_timeout(issuer, http::TIMEOUT)
    }

    fn with_timeout(issuer: &str, timeout: Duration) -> Result<OpenId, HttpError> {
        let base = BaseUrl::parse(issuer)?;
        Ok(OpenId { client: http::client(timeout)?, issuer: issuer.to_owned(), base })
    }

    async fn discover(&self) -> Result<Discovery, SignInError> {
        let unusable = SignInError::Unavailable("its address");
        let url = self.base.join(".well-known/openid-configuration", &[]).map_err(|_| unusable)?;
        let found: Discovery = read(self.client.get(url), "its description").await?;
        if found.issuer != self.issuer {
            return Err(SignInError::Unavailable("its description names another issuer"));
        }
        Ok(found)
    }
}

#[async_trait]
impl IdentityProvider for OpenId {
    async fn addresses(&self) -> Result<Addresses, SignInError> {
        let found = self.discover().await?;
        address(&found.authorization_endpoint)?;
        found.end_session_endpoint.as_deref().map(address).transpose()?;
        Ok(Addresses { authorization: found.authorization_endpoint, leave: found.end_session_endpoint })
    }

    async fn redeem(&self, redemption: &Redemption<'_>) -> Result<Secret, SignInError> {
        #[derive(Deserialize)]
        struct Tokens {
            id_token: Secret,
        }
        let url = address(&self.discover().await?.token_endpoint)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", redemption.client_id),
            ("redirect_uri", redemption.redirect_uri),
            ("code", redemption.code),
            ("code_verifier", redemption.verifier),
        ];
        let tokens: Tokens = read(self.client.post(url).form(&form), "its tokens").await?;
        Ok(tokens.id_token)
    }

    async fn keys(&self) -> Result<KeySet, SignInError> {
        let url = address(&self.discover().await?.jwks_uri)?;
        read(self.client.get(url), "its keys").await
    }
}

fn address(text: &str) -> Result<Url, SignInError> {
    let parsed = BaseUrl::parse(text).and_then(|base| base.exact());
    parsed.map_err(|_| SignInError::Unavailable("an address of its own"))
}

async fn read<T: DeserializeOwned>(request: RequestBuilder, what: &'static str) -> Result<T, SignInError> {
    let answer = request.send().await.map_err(|_| SignInError::Unavailable(what))?;
    match answer.status() {
        StatusCode::OK => {}
        // RFC 6749 section 5.2: what is wrong with a code is answered so.
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => return Err(SignInError::NoSuchCode),
        _ => return Err(SignInError::Unavailable(what)),
    }
    let bytes = read_bounded(answer).await.ok_or(SignInError::Unavailable(what))?;
    serde_json::from_slice(&bytes).map_err(|_| SignInError::Unavailable(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loopback::{Loopback, Then};

    const ASK: Ask<'static> = Ask {
        client_id: "desk",
        redirect_uri: "https://desk.example/desk/signed-in",
        state: "s",
        nonce: "n",
        challenge: "c",
    };

    #[test]
    fn a_browser_is_sent_with_everything_that_ties_it_to_the_sign_in() {
        let addresses = Addresses { authorization: "https://id.example/authorize".to_owned(), leave: None };
        assert_eq!(
            addresses.sign_in(&ASK),
            "https://id.example/authorize?response_type=code&client_id=desk\
             &redirect_uri=https%3A%2F%2Fdesk.example%2Fdesk%2Fsigned-in&scope=openid&state=s&nonce=n\
             &code_challenge=c&code_challenge_method=S256"
        );
        assert_eq!(addresses.sign_out("desk", "https://desk.example/desk"), None);
    }

    #[tokio::test]
    async fn a_description_of_another_issuer_is_not_believed() {
        let body = r#"{"issuer":"https://elsewhere.example","authorization_endpoint":"https://elsewhere.example/a",
            "token_endpoint":"https://elsewhere.example/t","jwks_uri":"https://elsewhere.example/k"}"#;
        let server = Loopback::start(Then::Answer { status: 200, headers: "", body }).await;
        let provider = OpenId::new(&server.url()).unwrap();
        let wrong = SignInError::Unavailable("its description names another issuer");
        assert_eq!(provider.addresses().await, Err(wrong));
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_no_verdict_on_the_code() {
        let server = Loopback::start(Then::Break).await;
        let provider = OpenId::new(&server.url()).unwrap();
        let redemption = Redemption { client_id: "desk", redirect_uri: "x", code: "c", verifier: "v" };
        assert_eq!(provider.redeem(&redemption).await, Err(SignInError::Unavailable("its description")));
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        assert!(OpenId::new("http://id.example").is_err());
        assert!(OpenId::new("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ab").is_ok());
    }
}
