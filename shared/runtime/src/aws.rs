//! How the clients of AWS's services are made: by hand, since the ready-made way costs more than the work.
//!
//! What is absent: profiles, metadata services and the system's root certificates. A function has its region
//! and credentials in its environment, and talks to Amazon only.

use std::error::Error;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_types::SdkConfig;
use contracts::failure::Failure;

use crate::config::{ConfigError, Environment};

/// Replaces the address of every service; `http://` is allowed, for a cloud on this machine.
pub const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// The roots that Amazon's services are certified under (<https://www.amazontrust.com/repository/>).
const AMAZON_ROOTS: &str = include_str!("amazon-roots.pem");

const CONNECT: Duration = Duration::from_secs(1);
const ATTEMPT: Duration = Duration::from_secs(5);
const OPERATION: Duration = Duration::from_secs(10);

/// The configuration that every client is made from: standard retries, 1 s to connect, 5 s an attempt, 10 s an
/// operation. Whoever must not repeat a call (mail) turns the retries off in its own client.
pub fn config(environment: &Environment) -> Result<SdkConfig, ConfigError> {
    let credentials = Credentials::new(
        environment.text("AWS_ACCESS_KEY_ID")?,
        environment.text("AWS_SECRET_ACCESS_KEY")?,
        environment.optional("AWS_SESSION_TOKEN")?.map(str::to_owned),
        // An execution environment is ended before its credentials are.
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let endpoint = environment.optional(ENDPOINT)?;
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(environment.text("AWS_REGION")?.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard())
        .timeout_config(timeouts)
        .http_client(http_client(endpoint)?);
    config.set_endpoint_url(endpoint.map(str::to_owned));
    Ok(config.build())
}

fn http_client(endpoint: Option<&str>) -> Result<SharedHttpClient, ConfigError> {
    match endpoint {
        Some(url) if url.starts_with("http://") => Ok(Builder::new().build_http()),
        Some(url) if !url.starts_with("https://") => {
            Err(ConfigError::invalid(ENDPOINT, "does not begin with http:// or https://"))
        }
        Some(_) | None => {
            let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
            let tls = TlsContext::builder()
                .with_trust_store(roots)
                .build()
                .map_err(|error| ConfigError::invalid(ENDPOINT, error))?;
            Ok(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls).build_https())
        }
    }
}

/// A service that did not do what was asked, with the whole chain of causes. `what` is the call, such as
/// `sqs SendMessage`.
pub fn unavailable(what: &str, error: &dyn Error) -> Failure {
    Failure::unavailable(format!("{what}: {}", DisplayErrorContext(error)))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    const KEYS: [(&str, &str); 3] =
        [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "key"), ("AWS_REGION", "eu-west-1")];

    /// SHA-256 fingerprints as Amazon Trust Services publishes them.
    #[test]
    fn only_amazons_roots_are_trusted() {
        let expected = [
            "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
            "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
            "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
            "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
            "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        ];
        let fingerprints = AMAZON_ROOTS
            .split("-----BEGIN CERTIFICATE-----")
            .skip(1)
            .map(|rest| rest.split("-----END").next().unwrap().split_whitespace().collect::<String>())
            .map(|base64| Sha256::digest(STANDARD.decode(base64).unwrap()))
            .map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            .collect::<Vec<_>>();
        assert_eq!(fingerprints, expected);
    }

    /// The roots are read when the first connection is made, and a certificate that cannot be read panics then.
    #[tokio::test]
    async fn a_connection_over_tls_is_tried_with_the_roots() {
        let [id, key, region] = KEYS;
        // Nothing listens on port 1.
        let made = config(&Environment::of([id, key, region, (ENDPOINT, "https://127.0.0.1:1")])).unwrap();
        let once = aws_sdk_sqs::config::Builder::from(&made).retry_config(RetryConfig::disabled()).build();
        let error = aws_sdk_sqs::Client::from_conf(once).list_queues().send().await.unwrap_err();
        let failure = unavailable("sqs ListQueues", &error);
        assert!(
            failure.to_string().starts_with("unavailable: sqs ListQueues: dispatch failure"),
            "{failure}"
        );
    }

    #[test]
    fn a_missing_variable_is_named() {
        for missing in 0..KEYS.len() {
            let mut keys = KEYS;
            keys[missing].1 = "";
            let error = config(&Environment::of(keys)).unwrap_err();
            assert_eq!(error.to_string(), format!("environment variable {} is not set", KEYS[missing].0));
        }
    }

    #[test]
    fn the_endpoint_is_amazons_unless_another_is_named() {
        let [id, key, region] = KEYS;
        let table = [
            ("", Ok(None)),
            ("http://127.0.0.1:4566", Ok(Some("http://127.0.0.1:4566"))),
            ("https://vpce.example", Ok(Some("https://vpce.example"))),
            (
                "127.0.0.1:4566",
                Err("environment variable AWS_ENDPOINT_URL does not begin with http:// or https://"),
            ),
        ];
        for (endpoint, expected) in table {
            let made = config(&Environment::of([id, key, region, (ENDPOINT, endpoint)]));
            let seen = made.as_ref().map(SdkConfig::endpoint_url).map_err(ToString::to_string);
            assert_eq!(seen, expected.map_err(str::to_owned), "{endpoint}");
        }
    }
}
