//! AWS Secrets Manager.
//!
//! Of an error the code is told and nothing else: what the service says may quote a name, and what was sent is secret.

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::http::HttpResponse;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use super::{Secrets, SecretsError};
use crate::http::Secret;

/// Keeps secrets in Secrets Manager, encrypted there.
#[derive(Debug, Clone)]
pub struct SecretsManager {
    client: Client,
}

impl SecretsManager {
    /// Takes region, credentials, HTTP client, retries and endpoint from `sdk`.
    pub fn new(sdk: &aws_types::SdkConfig) -> SecretsManager {
        SecretsManager { client: Client::new(sdk) }
    }
}

const ABSENT: &str = "ResourceNotFoundException";
const THERE_ALREADY: &str = "ResourceExistsException";

#[async_trait]
impl Secrets for SecretsManager {
    async fn get(&self, name: &str) -> Result<Option<Secret>, SecretsError> {
        match self.client.get_secret_value().secret_id(name).send().await {
            Ok(answer) => Ok(answer.secret_string.map(Secret::new)),
            Err(error) if error.code() == Some(ABSENT) => Ok(None),
            Err(error) => Err(failed("GetSecretValue", &error)),
        }
    }

    async fn put(&self, name: &str, secret: &Secret) -> Result<(), SecretsError> {
        let replaced =
            self.client.put_secret_value().secret_id(name).secret_string(secret.expose()).send().await;
        let Err(error) = replaced else { return Ok(()) };
        if error.code() != Some(ABSENT) {
            return Err(failed("PutSecretValue", &error));
        }
        let made = self.client.create_secret().name(name).secret_string(secret.expose()).send().await;
        match made {
            Ok(_) => Ok(()),
            // Somebody else made it between the two: theirs is as new as ours, so the caller decides again.
            Err(error) if error.code() == Some(THERE_ALREADY) => {
                Err(SecretsError::Unavailable("CreateSecret: made by somebody else".to_owned()))
            }
            Err(error) => Err(failed("CreateSecret", &error)),
        }
    }

    async fn delete(&self, name: &str) -> Result<(), SecretsError> {
        let deleted =
            self.client.delete_secret().secret_id(name).force_delete_without_recovery(true).send().await;
        match deleted {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some(ABSENT) => Ok(()),
            Err(error) => Err(failed("DeleteSecret", &error)),
        }
    }
}

fn failed<E: ProvideErrorMetadata>(call: &str, error: &SdkError<E, HttpResponse>) -> SecretsError {
    let code = error.code().unwrap_or(match error {
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "not_reached",
        _ => "no_code",
    });
    let status = error.raw_response().map(|response| response.status().as_u16());
    let mine = matches!(
        code,
        "AccessDeniedException" | "InvalidParameterException" | "ValidationException" | "EncryptionFailure"
    );
    let told = format!("{call}: {code}");
    match status {
        Some(400..=499) if mine => SecretsError::Bug(told),
        _ => SecretsError::Unavailable(told),
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_sdk_secretsmanager::config::retry::RetryConfig;
    use aws_sdk_secretsmanager::config::{BehaviorVersion, Region};

    use super::*;
    use crate::loopback::{Loopback, Then};

    fn manager(address: &str) -> SecretsManager {
        let credentials = Credentials::new("id", "key", None, None, "test");
        let sdk = aws_types::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(address)
            .build();
        SecretsManager::new(&sdk)
    }

    #[tokio::test]
    async fn a_secret_is_read_and_its_absence_is_no_error() {
        let there = Then::Answer { status: 200, headers: "", body: r#"{"SecretString":"hush"}"# };
        let server = Loopback::start(there).await;
        let found = manager(&server.url()).get("demo/snelstart").await.unwrap();
        assert_eq!(found, Some(Secret::new("hush")));
        assert!(server.requests()[0].to_lowercase().contains("secretsmanager.getsecretvalue"));

        let absent =
            Then::Answer { status: 400, headers: "", body: r#"{"__type":"ResourceNotFoundException"}"# };
        let server = Loopback::start(absent).await;
        assert_eq!(manager(&server.url()).get("demo/snelstart").await, Ok(None));
        assert_eq!(manager(&server.url()).delete("demo/snelstart").await, Ok(()));
    }

    #[tokio::test]
    async fn an_error_tells_its_code_and_nothing_that_was_sent() {
        let table = [
            (400, r#"{"__type":"ThrottlingException","message":"hush"}"#, false),
            (500, r#"{"__type":"InternalServiceError","message":"hush"}"#, false),
            (400, r#"{"__type":"AccessDeniedException","message":"hush"}"#, true),
        ];
        for (status, body, is_ours) in table {
            let server = Loopback::start(Then::Answer { status, headers: "", body }).await;
            let error = manager(&server.url()).put("demo/snelstart", &Secret::new("hush")).await.unwrap_err();
            assert_eq!(matches!(error, SecretsError::Bug(_)), is_ours, "{error}");
            assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
        }
    }
}
