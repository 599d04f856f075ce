//! The certificate with which we show ourselves to a party that asks for one (mutual TLS).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;

use crate::http::{HttpError, Secret, client_with, web_roots};

/// A certificate with its key, and the authority that signed the other side's where the web does not know it (government
/// parties use a private one).
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    authorities: Vec<CertificateDer<'static>>,
}

/// As it is kept among the secrets: texts in PEM.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kept {
    /// Ours first, then those between it and the authority.
    certificate: String,
    key: String,
    #[serde(default)]
    authority: Option<String>,
}

impl Identity {
    /// Reads what is kept: `{"certificate", "key", "authority"?}`. Says nothing about what is wrong with it.
    pub fn parse(secret: &Secret) -> Result<Identity, HttpError> {
        let kept: Kept = secret.parse().ok_or(HttpError::Tls)?;
        let certificates = |pem: &str| {
            let all = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
            all.ok().filter(|all| !all.is_empty()).ok_or(HttpError::Tls)
        };
        Ok(Identity {
            chain: certificates(&kept.certificate)?,
            key: PrivateKeyDer::from_pem_slice(kept.key.as_bytes()).map_err(|_| HttpError::Tls)?,
            authorities: kept.authority.as_deref().map(certificates).transpose()?.unwrap_or_default(),
        })
    }

    /// A client like [`crate::http::client`] that shows this certificate to whoever asks for one.
    pub fn client(self, timeout: Duration) -> Result<Client, HttpError> {
        let mut roots = web_roots();
        for authority in self.authorities {
            roots.add(authority).map_err(|_| HttpError::Tls)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| HttpError::Tls)?
            .with_root_certificates(roots)
            .with_client_auth_cert(self.chain, self.key)
            .map_err(|_| HttpError::Tls)?;
        client_with(tls, timeout)
    }
}

/// Shows nothing.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
