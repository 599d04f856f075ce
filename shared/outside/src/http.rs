//! HTTP to parties outside AWS: what every adapter has in common.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, Response, Url};
use serde::{Deserialize, Serialize};

/// The whole call: well inside the time that a function gets for one message.
pub const TIMEOUT: Duration = Duration::from_secs(8);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Largest receipt that is read, in bytes: most are far smaller.
const LARGEST_RECEIPT: usize = 64 * 1024;

/// Largest page of records that is read, in bytes.
pub const LARGEST_PAGE: usize = 8 * 1024 * 1024;

/// Why there is no client or address to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("the TLS settings are not usable")]
    Tls,
    #[error("the client could not be built")]
    Client,
    #[error("is not an address")]
    Address,
    #[error("has to be https; plain http only goes to this machine")]
    NotSecure,
    #[error("there is neither a key nor a certificate to show ourselves by")]
    Nobody,
}

/// A client that trusts the web's public authorities, speaks HTTP/1.1, follows no redirects, repeats nothing and
/// keeps no connection: an idle connection that the other side has closed turns a request into one of which
/// nobody knows whether it arrived.
pub fn client(timeout: Duration) -> Result<Client, HttpError> {
    builder(tls()?, timeout).build().map_err(|_| HttpError::Client)
}

/// The same, for a call that goes to these addresses whatever name it is made to: it looks nothing up, and uses no proxy,
/// which would.
pub(crate) fn client_to(
    tls: rustls::ClientConfig,
    addresses: &[SocketAddr],
    timeout: Duration,
) -> Result<Client, HttpError> {
    let only = Arc::new(Only(addresses.to_vec()));
    builder(tls, timeout).no_proxy().dns_resolver(only).build().map_err(|_| HttpError::Client)
}

/// Says that every name leads to the same addresses.
struct Only(Vec<SocketAddr>);

impl Resolve for Only {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

/// Trust in the web's public authorities.
pub(crate) fn tls() -> Result<rustls::ClientConfig, HttpError> {
    let roots = web_roots();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| HttpError::Tls)?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// The web's public authorities.
pub(crate) fn web_roots() -> rustls::RootCertStore {
    rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// The same client with other settings of TLS.
pub(crate) fn client_with(tls: rustls::ClientConfig, timeout: Duration) -> Result<Client, HttpError> {
    builder(tls, timeout).build().map_err(|_| HttpError::Client)
}

fn builder(tls: rustls::ClientConfig, timeout: Duration) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .timeout(timeout)
}

/// The address of a service, to which paths are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Takes `https`, and `http` for loopback hosts only, where the local run's stand-ins live.
    pub fn parse(text: &str) -> Result<BaseUrl, HttpError> {
        let mut url = Url::parse(text).map_err(|_| HttpError::Address)?;
        let host = url.host_str().ok_or(HttpError::Address)?;
        let plain_and_named = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        if !plain_and_named || url.fragment().is_some() {
            return Err(HttpError::Address);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(HttpError::NotSecure),
            _ => return Err(HttpError::Address),
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(BaseUrl(url))
    }

    /// This address itself, without the slash that [`BaseUrl::parse`] put at its end.
    pub(crate) fn exact(&self) -> Result<Url, HttpError> {
        let mut url = self.0.clone();
        url.path_segments_mut().map_err(|()| HttpError::Address)?.pop_if_empty();
        Ok(url)
    }

    /// The query of an address below this one, as another party gave it; `None` where it is elsewhere.
    pub(crate) fn query_of(&self, address: &str) -> Option<Vec<(String, String)>> {
        let url = Url::parse(address).ok()?;
        let is_below = url.origin() == self.0.origin() && url.path().starts_with(self.0.path());
        is_below.then(|| url.query_pairs().into_owned().collect())
    }

    /// Whether its host is in this domain, which begins with a dot.
    pub(crate) fn is_in(&self, domain: &str) -> bool {
        self.0.host_str().is_some_and(|host| host.ends_with(domain))
    }

    /// Whether it is on this machine.
    pub(crate) fn is_here(&self) -> bool {
        self.0.host_str().is_some_and(is_loopback)
    }

    /// The address below this one. Each segment is one step of the path, whatever characters it holds.
    pub(crate) fn join(&self, path: &str, segments: &[&str]) -> Result<Url, HttpError> {
        let mut url = self.0.clone();
        let steps = path.split('/').filter(|step| !step.is_empty()).chain(segments.iter().copied());
        url.path_segments_mut().map_err(|()| HttpError::Address)?.pop_if_empty().extend(steps);
        Ok(url)
    }
}

/// The address of one file, as another party gave it: it may be signed, so it has a query and is a secret.
pub(crate) fn file_address(text: &Secret) -> Result<Url, HttpError> {
    let url = Url::parse(text.expose()).map_err(|_| HttpError::Address)?;
    let mut bare = url.clone();
    bare.set_query(None);
    BaseUrl::parse(bare.as_str())?;
    Ok(url)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A text that is not shown: an API key or token. It is written out as text only where it is kept: among the secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself: for the request that it belongs in, or to compare.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Reads a text of several secrets, as it is kept. Says nothing about what is wrong with it.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Reads a receipt to its end, up to a bound. `None`: it broke off, took too long or is too large.
pub(crate) async fn read_bounded(response: Response) -> Option<Vec<u8>> {
    read_up_to(response, LARGEST_RECEIPT).await
}

/// Reads an answer to its end, up to `most` bytes. `None`: it broke off, took too long or is too large.
pub(crate) async fn read_up_to(mut response: Response, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) | Err(_) => return None,
            Ok(None) => return Some(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_only_goes_to_this_machine() {
        let table = [
            ("https://signalen.example/api", Ok(())),
            ("http://localhost:8400/platforms/bkr", Ok(())),
            ("http://127.0.0.1:9", Ok(())),
            ("http://127.8.8.8/", Ok(())),
            ("http://[::1]:8400", Ok(())),
            ("http://signalen.example", Err(HttpError::NotSecure)),
            ("http://localhost.example", Err(HttpError::NotSecure)),
            ("http://127.0.0.1.example", Err(HttpError::NotSecure)),
            ("http://169.254.169.254", Err(HttpError::NotSecure)),
            ("https://user:pass@signalen.example", Err(HttpError::Address)),
            ("https://signalen.example/?a=b", Err(HttpError::Address)),
            ("ftp://signalen.example", Err(HttpError::Address)),
            ("signalen.example", Err(HttpError::Address)),
            ("", Err(HttpError::Address)),
        ];
        for (text, expected) in table {
            assert_eq!(BaseUrl::parse(text).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn segments_stay_segments() {
        let base = BaseUrl::parse("https://signalen.example/api/v1").unwrap();
        let url = base.join("/signalen", &["VPS/../1?x=y", "intrekking"]).unwrap();
        assert_eq!(url.as_str(), "https://signalen.example/api/v1/signalen/VPS%2F..%2F1%3Fx=y/intrekking");
    }

    #[test]
    fn the_client_can_be_built_and_secrets_are_not_shown() {
        assert!(client(TIMEOUT).is_ok());
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret");
    }
}
