//! What comes back from accounting packages: SnelStart's message about a coupling, a person who agreed over OAuth2, and hints
//! that something changed.
//!
//! None of them is signed in a way that we could check, so each carries the reference of its connection: ours, unguessable,
//! and known here by its hash only. A wrong one gets the same answer as a right one. What a package says about its records is
//! never believed: it is a hint to ask.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use contracts::failure::Failure;
use contracts::queues::SyncAccounting;
use domain::connection::{Connection, Package};
use http::StatusCode;
use outside::accounting::{Keys, reference_hash};
use outside::http::Secret;
use outside::secrets::Secrets;
use runtime::clock::Clock;
use runtime::hints::{Hints, hint};
use runtime::http::{ApiError, Path, Query};
use serde::Deserialize;
use store::{ConnectionOwner, Store};

/// Largest body: a coupling is far smaller, and the body of a hint is not read.
pub const BODY_BYTES: usize = 256 * 1024;

/// Longest key, code or reference that is looked at.
const LONGEST: usize = 4_000;

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Callbacks {
    pub store: Store,
    pub clock: Clock,
    pub secrets: Arc<dyn Secrets>,
    /// The queue of `sync-accounting`.
    pub syncs: Arc<dyn Hints>,
    /// What the names of secrets begin with.
    pub prefix: String,
}

pub fn router(callbacks: Callbacks) -> Router {
    Router::new()
        .route("/callbacks/accounting/snelstart", post(coupled))
        .route("/callbacks/accounting/{package}/authorised", get(authorised))
        .route("/callbacks/accounting/{package}/{reference}", post(changed))
        .with_state(callbacks)
}

/// SnelStart's message. Its documentation writes the names with a small letter, its examples with a capital one.
#[derive(Deserialize)]
struct Coupling {
    #[serde(alias = "KoppelSleutel", rename = "koppelSleutel")]
    key: Option<Secret>,
    #[serde(alias = "ActionType", rename = "actionType")]
    action: String,
    #[serde(alias = "ReferenceKey", rename = "referenceKey")]
    reference: Secret,
}

/// A coupling was made, made anew or ended over there.
async fn coupled(State(callbacks): State<Callbacks>, raw: Bytes) -> Result<StatusCode, ApiError> {
    let Ok(coupling) = serde_json::from_slice::<Coupling>(&raw) else {
        return Err(Failure::bad_input("", "not_a_coupling", "is a message about a coupling").into());
    };
    let Some(owner) = callbacks.owner(Package::SnelStart, &coupling.reference).await? else {
        return Ok(StatusCode::ACCEPTED);
    };
    match (coupling.action.as_str(), coupling.key) {
        ("Create" | "Regenerate", Some(key)) if is_short(&key) => {
            callbacks.bring(&owner, coupling.reference, |keys| keys.key = Some(key)).await?;
        }
        ("Delete", _) => callbacks.end(&owner).await?,
        _ => {}
    }
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize)]
struct Agreed {
    code: Option<Secret>,
    state: Option<Secret>,
}

/// A person comes back from a package. Other parameters than these are the package's business.
async fn authorised(
    State(callbacks): State<Callbacks>,
    Path(package): Path<String>,
    Query(agreed): Query<Agreed>,
) -> Result<Response, ApiError> {
    let package = known(&package)?;
    if let (Some(code), Some(state)) = (agreed.code, agreed.state)
        && is_short(&code)
        && let Some(owner) = callbacks.owner(package, &state).await?
    {
        callbacks.bring(&owner, state, |keys| keys.code = Some(code)).await?;
    }
    // The same words whatever came of it: the connection itself says how it stands.
    let page = "<!doctype html><html lang=\"nl\"><meta charset=\"utf-8\"><title>Tijdig</title>\
        <p>U kunt dit venster sluiten. Of de koppeling werkt, staat bij de koppelingen in Tijdig.</p>\
        <p lang=\"en\">You can close this window. Tijdig shows with the connections whether this one works.</p></html>";
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
}

/// A package says that something changed.
async fn changed(
    State(callbacks): State<Callbacks>,
    Path((package, reference)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let package = known(&package)?;
    if let Some(owner) = callbacks.owner(package, &Secret::new(reference)).await? {
        callbacks.hint(&owner).await?;
    }
    Ok(StatusCode::OK)
}

fn known(package: &str) -> Result<Package, Failure> {
    Package::parse(package).ok_or(Failure::not_found("package"))
}

fn is_short(secret: &Secret) -> bool {
    (1..=LONGEST).contains(&secret.expose().len())
}

impl Callbacks {
    /// Whose connection with this package the reference stands for.
    async fn owner(&self, package: Package, reference: &Secret) -> Result<Option<ConnectionOwner>, Failure> {
        if !is_short(reference) {
            return Ok(None);
        }
        let owner = self.store.connection_owner(&reference_hash(reference)).await?;
        Ok(owner.filter(|owner| owner.package == package))
    }

    fn name(&self, owner: &ConnectionOwner) -> String {
        Keys::name(&self.prefix, &owner.administration, owner.package)
    }

    /// Keeps what was brought, and has it tried at once.
    async fn bring(
        &self,
        owner: &ConnectionOwner,
        reference: Secret,
        set: impl FnOnce(&mut Keys),
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let mut keys = Keys { reference: Some(reference), ..Keys::default() };
        if let Some(kept) = Keys::kept(&*self.secrets, &self.name(owner)).await? {
            (keys.key, keys.books) = (kept.key, kept.books);
        }
        set(&mut keys);
        keys.keep(&*self.secrets, &self.name(owner)).await?;
        let change = |connection: &mut Connection| connection.authorised(now);
        self.store.change_connection(&owner.administration, owner.package, change).await?;
        self.hint(owner).await
    }

    /// The package ended it: the keys are of no use any more.
    async fn end(&self, owner: &ConnectionOwner) -> Result<(), Failure> {
        let change = Connection::disconnected;
        self.store.change_connection(&owner.administration, owner.package, change).await?;
        self.secrets.delete(&self.name(owner)).await?;
        Ok(())
    }

    async fn hint(&self, owner: &ConnectionOwner) -> Result<(), Failure> {
        let ConnectionOwner { administration, package } = owner.clone();
        hint(&*self.syncs, &SyncAccounting { administration, package: Some(package), debtor_id: None }).await
    }
}
