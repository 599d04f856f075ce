//! Where a message may go.

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Url;

use super::public_address::is_public;

/// Looks names up.
#[async_trait]
pub trait Names: Send + Sync + Debug {
    /// Every address that the name has.
    ///
    /// # Errors
    /// It has none, or nobody who knows could be asked.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The names of the machine that this runs on.
#[derive(Debug, Clone, Copy)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Why no message goes to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    #[error("is not an address")]
    NotAnAddress,
    #[error("begins with https://")]
    NotHttps,
    #[error("holds no user, password or fragment")]
    Credentials,
    #[error("has port 443, or one from 1024 on")]
    Port,
    #[error("names a host that can be found")]
    NotFound,
    #[error("leads to the public internet and nowhere else")]
    NotPublic,
}

impl DestinationError {
    /// As a fixed word.
    pub fn code(self) -> &'static str {
        match self {
            DestinationError::NotAnAddress => "not_an_address",
            DestinationError::NotHttps => "not_https",
            DestinationError::Credentials => "credentials_in_address",
            DestinationError::Port => "port_not_allowed",
            DestinationError::NotFound => "host_not_found",
            DestinationError::NotPublic => "not_public",
        }
    }
}

/// Says where a message may go.
#[derive(Debug)]
pub struct Destinations {
    names: Arc<dyn Names>,
    /// This machine may be reached too, over plain http and at any port: in the local run and in tests only.
    allows_this_machine: bool,
}

/// Where one message goes: an address, with what its host's name leads to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    url: Url,
    addresses: Vec<SocketAddr>,
}

impl Destination {
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Everything that the name leads to; all of it was looked at.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

impl Destinations {
    /// On the public internet.
    pub fn new(names: Arc<dyn Names>) -> Destinations {
        Destinations { names, allows_this_machine: false }
    }

    /// On the public internet, or on this machine where a local run asks for that.
    pub fn for_local_run(names: Arc<dyn Names>, allows_this_machine: bool) -> Destinations {
        Destinations { names, allows_this_machine }
    }

    /// Looks an address up. If any address of its host is not public, none is used.
    ///
    /// # Errors
    /// No message may go there.
    pub async fn find(&self, text: &str) -> Result<Destination, DestinationError> {
        let url = Url::parse(text).map_err(|_| DestinationError::NotAnAddress)?;
        let is_plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(DestinationError::NotHttps),
        };
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(DestinationError::Credentials);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(DestinationError::NotAnAddress)?;
        let port = url.port_or_known_default().ok_or(DestinationError::NotAnAddress)?;
        // An address in any of its spellings is one by now: whoever reads addresses writes them in one way.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let found = match literal {
            Ok(address) => vec![address],
            Err(_) => self.names.addresses(host).await.map_err(|_| DestinationError::NotFound)?,
        };
        if found.is_empty() {
            return Err(DestinationError::NotFound);
        }
        let is_here = self.allows_this_machine && found.iter().all(IpAddr::is_loopback);
        if !is_here {
            if is_plain {
                return Err(DestinationError::NotHttps);
            }
            if port != 443 && port < 1024 {
                return Err(DestinationError::Port);
            }
            if !found.iter().copied().all(is_public) {
                return Err(DestinationError::NotPublic);
            }
        }
        let addresses = found.into_iter().map(|address| SocketAddr::new(address, port)).collect();
        Ok(Destination { url, addresses })
    }
}
