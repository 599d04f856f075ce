//! Who asks.

use ::http::StatusCode;
use ::http::request::Parts;
use axum::extract::FromRequestParts;
use contracts::failure::Failure;
use domain::ids::AdministrationId;
use lambda_http::request::RequestContext;
use serde_json::Value;

use super::ApiError;

/// Whoever the authorizer let in, and to what. The administration of every call comes from here and never from a
/// path or body.
///
/// Read from `requestContext.authorizer.lambda` of the event: `administration`, `scopes` (separated by spaces)
/// and `subject`. A test puts a `Caller` into the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub administration: AdministrationId,
    /// Such as `invoices:read`.
    pub scopes: Vec<String>,
    /// The token's or person's id, for the timeline; not a name.
    pub subject: String,
}

impl Caller {
    /// Refuses with 403 unless the caller has `scope`.
    pub fn require_scope(&self, scope: &str) -> Result<(), ApiError> {
        if self.scopes.iter().any(|had| had == scope) {
            return Ok(());
        }
        let title = format!("This token may not do this: it needs the scope {scope}");
        Err(ApiError::status(StatusCode::FORBIDDEN, "missing_scope", &title))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Caller, ApiError> {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            return Ok(caller.clone());
        }
        let text = |name: &str| authorized(parts)?.get(name)?.as_str();
        match (text("administration"), text("scopes"), text("subject")) {
            (Some(administration), Some(scopes), Some(subject)) => Ok(Caller {
                administration: AdministrationId::parse(administration)
                    .map_err(|error| Failure::bug(format!("the authorizer's administration {error}")))?,
                scopes: scopes.split_ascii_whitespace().map(str::to_owned).collect(),
                subject: subject.to_owned(),
            }),
            // The gateway asks the authorizer before it asks us, so this is a route without an authorizer.
            _ => {
                Err(ApiError::status(StatusCode::UNAUTHORIZED, "unauthenticated", "A bearer token is needed"))
            }
        }
    }
}

/// The address that a request came from, as API Gateway saw it: whoever asks cannot choose it. Personal data.
pub fn source_of(extensions: &::http::Extensions) -> Option<&str> {
    match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        _ => None,
    }
}

/// What the authorizer said, as API Gateway hands it on.
fn authorized(parts: &Parts) -> Option<&std::collections::HashMap<String, Value>> {
    match parts.extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => Some(&context.authorizer.as_ref()?.fields),
        _ => None,
    }
}
