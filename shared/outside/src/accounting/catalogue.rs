//! The packages that there are, each made from our own keys at its vendor.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::connection::Package;
use reqwest::Client;
use serde::Deserialize;

use super::{AccountingPackage, PackageError};
use crate::http::{BaseUrl, HttpError, Secret};
use crate::secrets::Secrets;

/// Our own keys at a vendor, whoever's books it is about. An operator puts them among the secrets, as
/// `{prefix}/packages/{package}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppKeys {
    /// OAuth2: our name, or what the vendor calls our application.
    #[serde(default)]
    pub client_id: Option<Secret>,
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// The key of our subscription to the vendor's API, where it has such a thing.
    #[serde(default)]
    pub subscription_key: Option<Secret>,
}

/// What an adapter is made from.
#[derive(Debug, Clone)]
pub struct Connector {
    pub client: Client,
    pub app: AppKeys,
    /// Where all the packages are instead of at their vendors: the local run's stand-ins.
    pub below: Option<String>,
    /// Where packages and people come back to, without a slash at the end: `https://.../callbacks/accounting`.
    pub callbacks: String,
}

impl Connector {
    /// The vendor's address, or `path` below the stand-ins' one.
    pub fn base(&self, vendor: &str, path: &str) -> Result<BaseUrl, HttpError> {
        match &self.below {
            None => BaseUrl::parse(vendor),
            Some(below) => BaseUrl::parse(&format!("{}/{path}", below.trim_end_matches('/'))),
        }
    }

    /// Where a person comes back to from this package.
    pub fn redirect(&self, package: Package) -> String {
        format!("{}/{package}/authorised", self.callbacks)
    }
}

/// Gives the adapter of a package.
#[async_trait]
pub trait Packages: Send + Sync + Debug {
    /// # Errors
    /// Our own keys are not to be had, or the package is not offered here.
    async fn open(&self, package: Package) -> Result<Arc<dyn AccountingPackage>, PackageError>;
}

/// All packages that this version has an adapter for.
#[derive(Debug)]
pub struct Catalogue {
    secrets: Arc<dyn Secrets>,
    /// What the names of our own keys begin with: the stack.
    prefix: String,
    client: Client,
    below: Option<String>,
    callbacks: String,
    /// Made once in a process.
    opened: Mutex<BTreeMap<Package, Arc<dyn AccountingPackage>>>,
}

impl Catalogue {
    /// `client` is one of [`crate::http::client`]; `below` as in [`Connector`].
    pub fn new(
        secrets: Arc<dyn Secrets>,
        prefix: String,
        client: Client,
        below: Option<String>,
        callbacks: String,
    ) -> Catalogue {
        Catalogue { secrets, prefix, client, below, callbacks, opened: Mutex::default() }
    }

    async fn app(&self, package: Package) -> Result<AppKeys, PackageError> {
        let name = format!("{}/packages/{package}", self.prefix);
        let kept = self.secrets.get(&name).await;
        let kept = kept.map_err(|e| PackageError::Unavailable(e.to_string()))?;
        let Some(kept) = kept else { return Ok(AppKeys::default()) };
        serde_json::from_str(kept.expose())
            .map_err(|_| PackageError::Refused("our_keys_are_not_as_described".to_owned()))
    }
}

#[async_trait]
impl Packages for Catalogue {
    async fn open(&self, package: Package) -> Result<Arc<dyn AccountingPackage>, PackageError> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(&package).cloned();
        if let Some(opened) = opened {
            return Ok(opened);
        }
        let connector = Connector {
            client: self.client.clone(),
            app: self.app(package).await?,
            below: self.below.clone(),
            callbacks: self.callbacks.clone(),
        };
        let made = make(package, connector)?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(package, made.clone());
        Ok(made)
    }
}

/// One line for each package.
fn make(package: Package, connector: Connector) -> Result<Arc<dyn AccountingPackage>, PackageError> {
    let made: Result<Arc<dyn AccountingPackage>, HttpError> = match package {
        Package::SnelStart => crate::snelstart::SnelStart::new(connector).map(|p| Arc::new(p) as _),
        Package::Moneybird => super::moneybird::Moneybird::new(connector).map(|p| Arc::new(p) as _),
        Package::ExactOnline => super::exact_online::ExactOnline::new(connector).map(|p| Arc::new(p) as _),
        Package::Twinfield => super::twinfield::Twinfield::new(connector).map(|p| Arc::new(p) as _),
        Package::EBoekhouden => super::e_boekhouden::EBoekhouden::new(connector).map(|p| Arc::new(p) as _),
    };
    made.map_err(|_| PackageError::Malformed("the package's address".to_owned()))
}
