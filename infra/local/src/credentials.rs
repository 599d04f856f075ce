//! Tokens and secrets of the demonstration: made once, random, kept in a file that shells and tests read.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::connection::Package;

use crate::failure::{Outcome, While};

/// What `.local/env` holds; each field is the variable of that name behind `TIJDIG_`.
#[derive(Clone)]
pub struct Credentials {
    pub url: String,
    pub administration: String,
    pub token: String,
    pub desk_token: String,
    pub webhook_secret_bkr: String,
    pub webhook_secret_inforing: String,
    pub webhook_source_bkr: String,
    pub webhook_source_inforing: String,
    /// With which the functions identify themselves to the stand-ins.
    pub bkr_key: String,
    pub inforing_key: String,
    /// The key of the administration at SnelStart's stand-in, and ours to its API.
    pub snelstart_key: String,
    pub snelstart_subscription_key: String,
    /// The administration's keys at the stand-ins of Mollie and PayPal.
    pub mollie_key: String,
    pub paypal_client: String,
    pub paypal_secret: String,
    /// The secret of the administration's client at Pingen's stand-in.
    pub pingen_secret: String,
    /// The keys of the administration at the packages that show one to their user, and our secrets at those with OAuth 2.0.
    pub moneybird_key: String,
    pub e_boekhouden_key: String,
    pub exact_online_secret: String,
    pub twinfield_secret: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("administration", &self.administration).finish_non_exhaustive()
    }
}

impl Credentials {
    /// The key of the administration at a package, where it gives one.
    pub fn key_at(&self, package: Package) -> &str {
        match package {
            Package::SnelStart => &self.snelstart_key,
            Package::Moneybird => &self.moneybird_key,
            Package::EBoekhouden => &self.e_boekhouden_key,
            Package::ExactOnline | Package::Twinfield => "",
        }
    }

    /// Our own key or secret at its vendor, where we have one.
    pub fn ours_at(&self, package: Package) -> &str {
        match package {
            Package::SnelStart => &self.snelstart_subscription_key,
            Package::ExactOnline => &self.exact_online_secret,
            Package::Twinfield => &self.twinfield_secret,
            Package::Moneybird | Package::EBoekhouden => "",
        }
    }

    /// Reads what an earlier run made, makes what is missing, and writes the file anew with this run's address.
    pub fn keep(file: &Path, url: &str) -> Outcome<Credentials> {
        let kept = match std::fs::read_to_string(file) {
            Ok(text) => parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => Err(error).during("reading the credentials")?,
        };
        let kept_or =
            |name: &str, make: &dyn Fn() -> Outcome<String>| kept.get(name).cloned().map_or_else(make, Ok);
        let secret = || Ok(format!("whsec_{}", STANDARD.encode(random::<32>()?)));
        let credentials = Credentials {
            url: url.to_owned(),
            administration: kept_or("TIJDIG_ADMINISTRATION", &|| Ok("demo".to_owned()))?,
            token: kept_or("TIJDIG_TOKEN", &token)?,
            desk_token: kept_or("TIJDIG_DESK_TOKEN", &token)?,
            webhook_secret_bkr: kept_or("TIJDIG_WEBHOOK_SECRET_BKR", &secret)?,
            webhook_secret_inforing: kept_or("TIJDIG_WEBHOOK_SECRET_INFORING", &secret)?,
            webhook_source_bkr: kept_or("TIJDIG_WEBHOOK_SOURCE_BKR", &|| Ok("urn:bkr:vps:local".to_owned()))?,
            webhook_source_inforing: kept_or("TIJDIG_WEBHOOK_SOURCE_INFORING", &|| {
                Ok("urn:inforing:ris:local".to_owned())
            })?,
            bkr_key: kept_or("TIJDIG_BKR_KEY", &token)?,
            inforing_key: kept_or("TIJDIG_INFORING_KEY", &token)?,
            snelstart_key: kept_or("TIJDIG_SNELSTART_KEY", &token)?,
            snelstart_subscription_key: kept_or("TIJDIG_SNELSTART_SUBSCRIPTION_KEY", &token)?,
            mollie_key: kept_or("TIJDIG_MOLLIE_KEY", &token)?,
            paypal_client: kept_or("TIJDIG_PAYPAL_CLIENT", &token)?,
            paypal_secret: kept_or("TIJDIG_PAYPAL_SECRET", &token)?,
            pingen_secret: kept_or("TIJDIG_PINGEN_SECRET", &token)?,
            moneybird_key: kept_or("TIJDIG_MONEYBIRD_KEY", &token)?,
            e_boekhouden_key: kept_or("TIJDIG_E_BOEKHOUDEN_KEY", &token)?,
            exact_online_secret: kept_or("TIJDIG_EXACT_ONLINE_SECRET", &token)?,
            twinfield_secret: kept_or("TIJDIG_TWINFIELD_SECRET", &token)?,
        };
        std::fs::write(file, credentials.text()).during("writing the credentials")?;
        Ok(credentials)
    }

    fn text(&self) -> String {
        let lines = [
            ("TIJDIG_URL", &self.url),
            ("TIJDIG_ADMINISTRATION", &self.administration),
            ("TIJDIG_TOKEN", &self.token),
            ("TIJDIG_DESK_TOKEN", &self.desk_token),
            ("TIJDIG_WEBHOOK_SECRET_BKR", &self.webhook_secret_bkr),
            ("TIJDIG_WEBHOOK_SECRET_INFORING", &self.webhook_secret_inforing),
            ("TIJDIG_WEBHOOK_SOURCE_BKR", &self.webhook_source_bkr),
            ("TIJDIG_WEBHOOK_SOURCE_INFORING", &self.webhook_source_inforing),
            ("TIJDIG_BKR_KEY", &self.bkr_key),
            ("TIJDIG_INFORING_KEY", &self.inforing_key),
            ("TIJDIG_SNELSTART_KEY", &self.snelstart_key),
            ("TIJDIG_SNELSTART_SUBSCRIPTION_KEY", &self.snelstart_subscription_key),
            ("TIJDIG_MOLLIE_KEY", &self.mollie_key),
            ("TIJDIG_PAYPAL_CLIENT", &self.paypal_client),
            ("TIJDIG_PAYPAL_SECRET", &self.paypal_secret),
            ("TIJDIG_PINGEN_SECRET", &self.pingen_secret),
            ("TIJDIG_MONEYBIRD_KEY", &self.moneybird_key),
            ("TIJDIG_E_BOEKHOUDEN_KEY", &self.e_boekhouden_key),
            ("TIJDIG_EXACT_ONLINE_SECRET", &self.exact_online_secret),
            ("TIJDIG_TWINFIELD_SECRET", &self.twinfield_secret),
        ];
        lines.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
    }
}

fn parse(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A new API token.
pub fn token() -> Outcome<String> {
    Ok(format!("tijdig_{}", hex(&random::<24>()?)))
}

fn random<const N: usize>() -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).during("making a secret")?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_made_once_and_follow_the_address() {
        let file = std::env::temp_dir().join(format!("tijdig-credentials-{}", std::process::id()));
        if file.exists() {
            std::fs::remove_file(&file).unwrap();
        }
        let first = Credentials::keep(&file, "http://localhost:1").unwrap();
        let second = Credentials::keep(&file, "http://localhost:2").unwrap();
        assert_eq!(first.token, second.token);
        assert_eq!(first.webhook_secret_bkr, second.webhook_secret_bkr);
        assert_ne!(first.webhook_secret_bkr, first.webhook_secret_inforing);
        assert!(std::fs::read_to_string(&file).unwrap().contains("TIJDIG_URL=http://localhost:2\n"));
    }
}
