//! What a deployed stack needs before anyone can use it: the administration, its tokens, and the tables of
//! municipalities. What is there already stays.

use std::sync::Arc;

use domain::administration::{Administration, Creditor, Sector};
use domain::ids::AdministrationId;
use runtime::config::Environment;
use sha2::{Digest, Sha256};
use store::{DynamoTable, Store, Token};

use crate::credentials::Credentials;
use crate::failure::{Failure, Outcome, While};
use crate::municipalities;

const POSTCODES: &[u8] = include_bytes!("../demonstration/postcodes.csv");
const PLATFORMS: &[u8] = include_bytes!("../demonstration/platforms.csv");

/// What an accounting tool may do.
const TOOL_SCOPES: [&str; 10] = [
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
];

/// The store of the local cloud.
pub fn store(endpoint: &str, table: &str) -> Outcome<Store> {
    let environment = Environment::of([
        ("AWS_REGION", crate::cloud::REGION),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", endpoint),
    ]);
    let config = runtime::aws::config(&environment).during("configuring the store")?;
    Ok(Store::new(Arc::new(DynamoTable::new(&config, table.to_owned()))))
}

/// Makes what is missing. Says whether the administration is new.
pub async fn provision(store: &Store, credentials: &Credentials) -> Outcome<bool> {
    let id =
        AdministrationId::parse(&credentials.administration).during("reading the administration's id")?;
    for (token, subject) in [(&credentials.token, "accounting-tool"), (&credentials.desk_token, "desk")] {
        let token_record = Token {
            administration: id.clone(),
            scopes: TOOL_SCOPES.iter().map(|s| (*s).to_owned()).collect(),
            subject: subject.to_owned(),
            expires_at: None,
        };
        store.put_token(&hash(token), &token_record).await.during("storing a token")?;
    }
    if store.administration(&id).await.during("reading the administration")?.is_some() {
        return Ok(false);
    }
    municipalities::import(store, POSTCODES, PLATFORMS).await?;
    let administration = Administration::new(id, creditor(), Sector::Energy);
    administration.policy.check().map_err(|e| Failure::because(e.to_string()))?;
    store.put_administration(&administration, None).await.during("storing the administration")?;
    Ok(true)
}

/// The SHA-256 under which a token is stored.
fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An energy supplier that does not exist.
fn creditor() -> Creditor {
    Creditor {
        name: "Zonnestroom Energie".to_owned(),
        address_lines: vec!["Postbus 1234".to_owned(), "3500 BC Utrecht".to_owned()],
        iban: "NL91ABNA0417164300".to_owned(),
        bic: Some("ABNANL2A".to_owned()),
        phone: "030 123 45 67".to_owned(),
        email: "service@zonnestroom.example".to_owned(),
        sender: "facturen@zonnestroom.example".to_owned(),
        opening_hours: Some("ma-vr 9:00-17:00".to_owned()),
        platform_identification: "20001".to_owned(),
    }
}
