//! What a deployed stack needs before anyone can use it: the administration, its tokens, and the tables of
//! municipalities. What is there already stays.

use std::sync::Arc;

use domain::administration::{Administration, Creditor, Sector};
use domain::channels::LetterProvider;
use domain::connection::Package;
use domain::ids::AdministrationId;
use domain::notice::Channel;
use outside::http::Secret;
use outside::letters::{PrinterKeys, keys_name};
use outside::secrets::{Secrets, SecretsManager};
use runtime::config::Environment;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{DynamoTable, Store, Token};

use crate::accounting::CLIENT_ID;
use crate::credentials::Credentials;
use crate::failure::{Failure, Outcome, While};
use crate::municipalities;
use crate::options::NewAdministration;

const POSTCODES: &[u8] = include_bytes!("../demonstration/postcodes.csv");
const ADMINISTRATION: &[u8] = include_bytes!("../demonstration/administration.json");
const PLATFORMS: &[u8] = include_bytes!("../demonstration/platforms.csv");

/// What a program may do at the desk in the demonstration: everything.
const DESK_SCOPE: &str = "desk:admin";

/// What an accounting tool may do.
const TOOL_SCOPES: [&str; 36] = [
    "debtors:read",
    "debtors:write",
    "invoices:read",
    "invoices:write",
    "payments:read",
    "payments:write",
    "holds:read",
    "holds:write",
    "signals:read",
    "signals:write",
    "plans:read",
    "plans:write",
    "disputes:read",
    "disputes:write",
    "promises:read",
    "promises:write",
    "messages:read",
    "messages:write",
    "tasks:read",
    "tasks:write",
    "notes:read",
    "notes:write",
    "cases:read",
    "cases:write",
    "dossiers:read",
    "dossiers:write",
    "bank:read",
    "bank:write",
    "direct-debits:read",
    "direct-debits:write",
    "settings:read",
    "settings:write",
    "connections:read",
    "connections:write",
    "webhooks:read",
    "webhooks:write",
];

/// The surroundings of a client of the local cloud.
fn environment(endpoint: &str) -> Environment {
    Environment::of([
        ("AWS_REGION", crate::cloud::REGION),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", endpoint),
    ])
}

/// The store of the local cloud.
pub fn store(endpoint: &str, table: &str) -> Outcome<Store> {
    let config = runtime::aws::config(&environment(endpoint)).during("configuring the store")?;
    Ok(Store::new(Arc::new(DynamoTable::new(&config, table.to_owned()))))
}

/// Our own keys at the vendors of accounting packages, among the secrets, as an operator puts them there.
pub async fn keep_keys_of_packages(endpoint: &str, stack: &str, credentials: &Credentials) -> Outcome<()> {
    let config = runtime::aws::config(&environment(endpoint)).during("configuring the secrets")?;
    let secrets = SecretsManager::new(&config);
    for package in Package::ALL {
        let ours = credentials.ours_at(package);
        let own = match package {
            Package::SnelStart => json!({ "clientId": CLIENT_ID, "subscriptionKey": ours }),
            Package::ExactOnline | Package::Twinfield => {
                json!({ "clientId": CLIENT_ID, "clientSecret": ours })
            }
            // Their users' keys are all there is.
            Package::Moneybird | Package::EBoekhouden => continue,
        };
        let name = format!("{stack}/packages/{package}");
        secrets.put(&name, &Secret::new(own.to_string())).await.during("keeping a package's keys")?;
    }
    Ok(())
}

/// The administration's account at the stand-in of Pingen, among the secrets, as its settings put it there.
pub async fn keep_keys_of_printer(endpoint: &str, stack: &str, credentials: &Credentials) -> Outcome<()> {
    let config = runtime::aws::config(&environment(endpoint)).during("configuring the secrets")?;
    let keys = PrinterKeys {
        client_id: Secret::new("tijdig-local"),
        client_secret: Secret::new(&credentials.pingen_secret),
        organisation: "local".to_owned(),
    };
    let text = serde_json::to_string(&keys).during("writing the printer's keys")?;
    let name = keys_name(stack, &credentials.administration, LetterProvider::Pingen);
    let secrets = SecretsManager::new(&config);
    secrets.put(&name, &Secret::new(text)).await.during("keeping the printer's keys")
}

/// Every channel has its stand-in here: steps may choose among them.
fn connect_channels(administration: &mut Administration) {
    administration.channels = vec![Channel::Email, Channel::Sms, Channel::Letter, Channel::Phone];
    administration.sms.identity = Some("Stroomvast".to_owned());
    administration.letters.provider = Some(LetterProvider::Pingen);
}

/// Makes what is missing. Says whether the administration is new.
pub async fn provision(store: &Store, credentials: &Credentials) -> Outcome<bool> {
    let id =
        AdministrationId::parse(&credentials.administration).during("reading the administration's id")?;
    let tool = TOOL_SCOPES.iter().copied();
    put_token(store, &id, &credentials.token, "accounting-tool", tool.clone()).await?;
    // The desk may all of that as well, and its pages.
    let desk = tool.chain([DESK_SCOPE]);
    put_token(store, &id, &credentials.desk_token, "desk", desk).await?;
    if store.administration(&id).await.during("reading the administration")?.is_some() {
        return Ok(false);
    }
    municipalities::import(store, POSTCODES, PLATFORMS).await?;
    let mut administration = Beginning::read(ADMINISTRATION)?;
    administration.id = id;
    connect_channels(&mut administration);
    store.put_administration(&administration, None).await.during("storing the administration")?;
    Ok(true)
}

/// The SHA-256 under which a token is stored.
fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who an administration is, before it has settings of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Beginning {
    id: AdministrationId,
    sector: Sector,
    creditor: Creditor,
}

impl Beginning {
    fn read(json: &[u8]) -> Outcome<Administration> {
        let Beginning { id, sector, creditor } =
            serde_json::from_slice(json).during("reading the administration's settings")?;
        let administration = Administration::new(id, creditor, sector);
        if let Some(wrong) = administration.policies.iter().flat_map(|p| p.check()).next() {
            return Err(Failure::because(format!("{}: {}", wrong.path, wrong.detail)));
        }
        Ok(administration)
    }
}

/// The command: makes an administration in a deployed stack, and gives the token of its accounting tool.
pub async fn make_administration(new: &NewAdministration) -> Outcome<String> {
    let config = runtime::aws::config(&Environment::of_process()).during("configuring the store")?;
    let store = Store::new(Arc::new(DynamoTable::new(&config, new.table.clone())));
    let settings = std::fs::read(&new.settings).during("reading the administration's settings")?;
    let administration = Beginning::read(&settings)?;
    store
        .put_administration(&administration, None)
        .await
        .during("storing the administration (is it there already?)")?;
    let token = crate::credentials::token()?;
    let scopes = TOOL_SCOPES.iter().copied();
    put_token(&store, &administration.id, &token, "accounting-tool", scopes).await?;
    Ok(token)
}

async fn put_token(
    store: &Store,
    administration: &AdministrationId,
    token: &str,
    subject: &str,
    scopes: impl Iterator<Item = &str>,
) -> Outcome<()> {
    let record = Token {
        administration: administration.clone(),
        scopes: scopes.map(str::to_owned).collect(),
        subject: subject.to_owned(),
        expires_at: None,
    };
    store.put_token(&hash(token), &record).await.during("storing a token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstrations_administration_is_a_good_one() {
        let administration = Beginning::read(ADMINISTRATION).unwrap();
        assert_eq!(administration.id.as_str(), "demo");
        assert!(administration.sector.may_signal());
    }

    #[test]
    fn a_field_that_is_not_known_is_refused() {
        let text = String::from_utf8(ADMINISTRATION.to_vec()).unwrap().replace("\"sector\"", "\"sectors\"");
        assert!(Beginning::read(text.as_bytes()).is_err());
    }
}
