//! Connections with accounting packages: ask for one, give its key, synchronise now, end it.
//!
//! What is absent: any talk with a package. This function only keeps what people bring, and hints; `sync-accounting` talks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::connections::{
    ConnectionAskedFor, ConnectionBody, ConnectionView, ConnectionsView, KeyBody,
};
use contracts::failure::Failure;
use contracts::queues::SyncAccounting;
use domain::connection::{Connection, ConnectionState, Package};
use domain::ids::AdministrationId;
use http::StatusCode;
use outside::accounting::{Catalogue, Connecting, Keys, PackageError, Packages, reference_hash};
use outside::http::{Secret, TIMEOUT, client};
use outside::secrets::{Secrets, SecretsManager};
use runtime::hints::{Hints, SqsHints, hint};
use runtime::http::{ApiError, Body, Caller, Path};
use runtime::{Error, Start};

use crate::{App, unguessable};

/// What connections need beside the store.
#[derive(Debug, Clone)]
pub struct Connections {
    pub secrets: Arc<dyn Secrets>,
    pub packages: Arc<dyn Packages>,
    /// The queue of `sync-accounting`.
    pub syncs: Arc<dyn Hints>,
    /// What the names of secrets begin with.
    pub prefix: String,
}

impl Connections {
    /// As the environment names them.
    ///
    /// # Errors
    /// A variable is missing, or no client for packages can be made.
    pub fn of(start: &Start) -> Result<Connections, Error> {
        let text = |name: &str| start.environment.text(name).map(str::to_owned);
        let (secrets, prefix) = (Arc::new(SecretsManager::new(&start.aws)), text("TIJDIG_PREFIX")?);
        let below = start.environment.optional("TIJDIG_PACKAGES_ENDPOINT")?.map(str::to_owned);
        let (client, back) = (client(TIMEOUT)?, text("TIJDIG_ACCOUNTING_CALLBACKS")?);
        let packages = Catalogue::new(secrets.clone(), prefix.clone(), client, below, back);
        let queue = text("TIJDIG_SYNC_ACCOUNTING_QUEUE_URL")?;
        let syncs = SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), queue);
        Ok(Connections { secrets, packages: Arc::new(packages), syncs: Arc::new(syncs), prefix })
    }

    fn name(&self, administration: &AdministrationId, package: Package) -> String {
        Keys::name(&self.prefix, administration, package)
    }

    async fn hint(&self, administration: &AdministrationId, package: Package) -> Result<(), Failure> {
        let message = SyncAccounting {
            administration: administration.clone(),
            package: Some(package),
            debtor_id: None,
        };
        hint(&*self.syncs, &message).await
    }
}

/// 256 bits that nobody guesses.
fn new_reference() -> Result<Secret, Failure> {
    Ok(Secret::new(unguessable::hexadecimal::<32>()?))
}

fn package(id: &str) -> Result<Package, Failure> {
    Package::parse(id).ok_or(Failure::not_found("connection"))
}

/// All connections of the administration.
#[utoipa::path(get, path = "/v1/connections", tag = "connections",
    responses((status = 200, body = ConnectionsView)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<ConnectionsView>, ApiError> {
    caller.require_scope("connections:read")?;
    let known = app.store.connections(&caller.administration).await.map_err(Failure::from)?;
    Ok(Json(ConnectionsView { items: known.iter().map(|c| ConnectionView::of(&c.value)).collect() }))
}

/// One connection.
#[utoipa::path(get, path = "/v1/connections/{connectionId}", tag = "connections",
    params(("connectionId" = String, Path, description = "the package's code")),
    responses((status = 200, body = ConnectionView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ConnectionView>, ApiError> {
    caller.require_scope("connections:read")?;
    let found = app.store.connection(&caller.administration, package(&id)?).await.map_err(Failure::from)?;
    Ok(Json(ConnectionView::of(&found.ok_or(Failure::not_found("connection"))?.value)))
}

/// Ask for a connection, or for a new link where the first one was lost: then only the new one works. A connection that
/// works goes on working meanwhile.
#[utoipa::path(post, path = "/v1/connections", tag = "connections", request_body = ConnectionBody,
    responses((status = 201, body = ConnectionAskedFor), (status = 400, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<ConnectionBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("connections:write")?;
    let (package, options) = body.check().map_err(Failure::from)?;
    let (administration, connections) = (&caller.administration, &app.connections);
    let reference = new_reference()?;
    let adapter = connections.packages.open(package).await.map_err(not_offered)?;
    let connecting = adapter.connecting(&reference).map_err(not_offered)?;

    // The keys first: whoever comes back finds them. Those that are in use stay in use.
    let name = connections.name(administration, package);
    let keys = Keys::kept(&*connections.secrets, &name).await.map_err(Failure::from)?;
    let keys = Keys { reference: Some(reference.clone()), ..keys.unwrap_or_default() };
    keys.keep(&*connections.secrets, &name).await.map_err(Failure::from)?;

    let old = app.store.connection(administration, package).await.map_err(Failure::from)?;
    let asked_for = Connection::asked_for(package, reference_hash(&reference), options, app.now()?);
    let connection = match &old {
        Some(old) => Connection {
            state: match &old.value.state {
                ConnectionState::Disconnected => ConnectionState::WaitingForAuthorisation,
                other => other.clone(),
            },
            reference: asked_for.reference,
            options: asked_for.options,
            asked_at: asked_for.asked_at,
            subscribed: false,
            leased_until: None,
            ..old.value.clone()
        },
        None => asked_for,
    };
    app.store
        .put_connection_asked_for(administration, &connection, old.as_ref())
        .await
        .map_err(Failure::from)?;
    let activation_url = match connecting {
        Connecting::Visit(address) => Some(address),
        Connecting::GiveKey => None,
    };
    let view = ConnectionAskedFor { connection: ConnectionView::of(&connection), activation_url };
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

fn not_offered(error: PackageError) -> Failure {
    match error {
        PackageError::Unavailable(detail) => Failure::unavailable(detail),
        _ => Failure::rejected("package_not_offered", "this package is not set up here"),
    }
}

/// Give the key of a package that shows one to its user. It is tried at once.
#[utoipa::path(put, path = "/v1/connections/{connectionId}/key", tag = "connections", request_body = KeyBody,
    params(("connectionId" = String, Path)),
    responses((status = 200, body = ConnectionView), (status = 404, body = contracts::problem::Problem)))]
pub async fn put_key(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<KeyBody>,
) -> Result<Json<ConnectionView>, ApiError> {
    caller.require_scope("connections:write")?;
    let package = package(&id)?;
    let (key, books) = body.check().map_err(Failure::from)?;
    let (administration, connections) = (&caller.administration, &app.connections);
    let missing = || Failure::not_found("connection");
    let known = app.store.connection(administration, package).await.map_err(Failure::from)?;
    known.ok_or_else(missing)?;
    let name = connections.name(administration, package);
    let kept = Keys::kept(&*connections.secrets, &name).await.map_err(Failure::from)?.unwrap_or_default();
    let keys = Keys { reference: kept.reference, key: Some(Secret::new(key)), books, ..Keys::default() };
    keys.keep(&*connections.secrets, &name).await.map_err(Failure::from)?;
    let now = app.now()?;
    let changed = app.store.change_connection(administration, package, |c| c.authorised(now)).await?;
    connections.hint(administration, package).await?;
    Ok(Json(ConnectionView::of(&changed.ok_or_else(missing)?)))
}

/// Synchronise now, and not only when it is due.
#[utoipa::path(post, path = "/v1/connections/{connectionId}/sync", tag = "connections",
    params(("connectionId" = String, Path)),
    responses((status = 202, body = ConnectionView), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn sync(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.require_scope("connections:write")?;
    let (package, now) = (package(&id)?, app.now()?);
    let changed = app.store.change_connection(&caller.administration, package, |connection| {
        if connection.works() {
            connection.due_at = Some(now);
        }
    });
    let connection = changed.await?.ok_or(Failure::not_found("connection"))?;
    if !connection.works() {
        let detail = "a connection is synchronised once a person has authorised it";
        return Err(Failure::rejected("not_authorised", detail).into());
    }
    app.connections.hint(&caller.administration, package).await?;
    Ok((StatusCode::ACCEPTED, Json(ConnectionView::of(&connection))).into_response())
}

/// End a connection: its keys are deleted, what came over it stays.
#[utoipa::path(delete, path = "/v1/connections/{connectionId}", tag = "connections",
    params(("connectionId" = String, Path)),
    responses((status = 200, body = ConnectionView), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ConnectionView>, ApiError> {
    caller.require_scope("connections:write")?;
    let package = package(&id)?;
    let changed =
        app.store.change_connection(&caller.administration, package, Connection::disconnected).await?;
    let connection = changed.ok_or(Failure::not_found("connection"))?;
    let name = app.connections.name(&caller.administration, package);
    app.connections.secrets.delete(&name).await.map_err(Failure::from)?;
    Ok(Json(ConnectionView::of(&connection)))
}
