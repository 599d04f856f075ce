//! Amazon Connect, by two of its operations (API reference, `StartOutboundVoiceContact` and `GetContactAttributes`), signed by
//! the signer that AWS's own clients use: the service's client is the largest of all, and two requests need none of it.
//!
//! Assumed from the description, and not tried: the client token makes a repetition the same contact only while that one is not
//! over, so after an answer that was lost a second try may ring again. Contact events carry no attributes: whose call one is, is
//! asked by the contact's id. The service keeps attributes for two years. Answering machines are not detected: that is for
//! campaigns.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_types::SdkConfig;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::Deserialize;
use serde_json::json;

use super::{Caller, Named, VoiceCall, VoiceError};
use crate::http::{self, BaseUrl, read_bounded};
use crate::outcome::{RefusalKind, SendOutcome, answered, is_plain_code, refused};

/// The name of the service in signatures.
const SERVICE: &str = "connect";

const JSON: &str = "application/json";

/// Calls by Amazon Connect.
#[derive(Debug, Clone)]
pub struct Connect {
    sdk: SdkConfig,
    stack: String,
    timeout: Duration,
}

/// Why no request was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unmade(&'static str);

/// What an error says besides its status.
#[derive(Debug, Default, Deserialize)]
struct Complaint {
    #[serde(rename = "__type")]
    kind: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Started {
    contact_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

impl Connect {
    /// Takes region, credentials and endpoint from `sdk`. `stack` goes into each call: one instance may have several. A client is
    /// made for each call: most functions that have this never make one.
    pub fn new(sdk: &SdkConfig, stack: String) -> Connect {
        Connect { sdk: sdk.clone(), stack, timeout: http::TIMEOUT }
    }

    fn address(&self, path: &str, segments: &[&str]) -> Result<Url, Unmade> {
        let own = || self.sdk.region().map(|region| format!("https://{SERVICE}.{region}.amazonaws.com"));
        let base = self.sdk.endpoint_url().map(str::to_owned).or_else(own).ok_or(Unmade("no_region"))?;
        let base = BaseUrl::parse(&base).map_err(|_| Unmade("not_an_address"))?;
        base.join(path, segments).map_err(|_| Unmade("not_an_address"))
    }

    /// The request with its signature, as of this instant.
    async fn signed(
        &self,
        method: Method,
        url: Url,
        body: Vec<u8>,
        at: Timestamp,
    ) -> Result<RequestBuilder, Unmade> {
        let provider = self.sdk.credentials_provider().ok_or(Unmade("no_credentials"))?;
        let credentials = provider.provide_credentials().await.map_err(|_| Unmade("no_credentials"))?;
        let identity = credentials.into();
        let region = self.sdk.region().ok_or(Unmade("no_region"))?;
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region.as_ref())
            .name(SERVICE)
            .time(SystemTime::from(at))
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| Unmade("not_signed"))?
            .into();
        let headers = [("content-type", JSON)].into_iter();
        let signable =
            SignableRequest::new(method.as_str(), url.as_str(), headers, SignableBody::Bytes(&body));
        let signable = signable.map_err(|_| Unmade("not_signed"))?;
        let (signature, _) = sign(signable, &params).map_err(|_| Unmade("not_signed"))?.into_parts();
        let client = http::client(self.timeout).map_err(|_| Unmade("no_client"))?;
        let request = client.request(method, url).header("content-type", JSON);
        let signed = signature.headers().fold(request, |request, (name, value)| request.header(name, value));
        Ok(signed.body(body))
    }

    async fn start(&self, call: &VoiceCall) -> Result<RequestBuilder, Unmade> {
        let VoiceCall { named, says, .. } = call;
        let mut attributes: BTreeMap<&str, &str> =
            says.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        attributes.insert("administration", &named.administration);
        attributes.insert("notice", &named.notice);
        attributes.insert("stack", &self.stack);
        let mut body = json!({
            "InstanceId": call.instance,
            "ContactFlowId": call.flow,
            "DestinationPhoneNumber": call.to,
            "Attributes": attributes,
            // The same for each try of one notice, and for nothing else.
            "ClientToken": format!("{}/{}/{}", self.stack, named.administration, named.notice),
        });
        for (name, value) in [("QueueId", &call.queue), ("SourcePhoneNumber", &call.from)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let url = self.address("contact/outbound-voice", &[])?;
        self.signed(Method::PUT, url, body.to_string().into_bytes(), call.at).await
    }
}

#[async_trait]
impl Caller for Connect {
    async fn call(&self, call: &VoiceCall) -> SendOutcome {
        let request = match self.start(call).await {
            Ok(request) => request,
            Err(Unmade(why)) => return refused(RefusalKind::Temporary, why),
        };
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => return refused(RefusalKind::Temporary, "not_connected"),
            Err(error) if error.is_timeout() => return unknown("timeout"),
            Err(_) => return unknown("connection_broken"),
        };
        if !answer.status().is_success() {
            return sorted(answer).await;
        }
        let Some(body) = read_bounded(answer).await else { return unknown("answer_broke_off") };
        match serde_json::from_slice::<Started>(&body) {
            Ok(Started { contact_id: Some(message_id) }) => SendOutcome::Accepted { message_id },
            Ok(Started { contact_id: None }) | Err(_) => unknown("answer_without_id"),
        }
    }

    async fn named(
        &self,
        instance: &str,
        contact: &str,
        now: Timestamp,
    ) -> Result<Option<Named>, VoiceError> {
        let url = self.address("contact/attributes", &[instance, contact]);
        let request = match url {
            Ok(url) => self.signed(Method::GET, url, Vec::new(), now).await,
            Err(unmade) => Err(unmade),
        };
        let request = request.map_err(|Unmade(why)| VoiceError::Bug(why.to_owned()))?;
        let answer = request.send().await.map_err(|error| {
            let why = if error.is_timeout() { "timeout" } else { "not_reached" };
            VoiceError::Unavailable(why.to_owned())
        })?;
        let status = answer.status();
        match status.as_u16() {
            200..=299 => {}
            404 => return Ok(None),
            408 | 429 | 500.. => return Err(VoiceError::Unavailable(status.as_str().to_owned())),
            _ => return Err(VoiceError::Bug(status.as_str().to_owned())),
        }
        let broke_off = || VoiceError::Unavailable("answer_broke_off".to_owned());
        let body = read_bounded(answer).await.ok_or_else(broke_off)?;
        let found: Attributes = serde_json::from_slice(&body)
            .map_err(|_| VoiceError::Unavailable("answer_not_understood".to_owned()))?;
        let mut attributes = found.attributes;
        if attributes.get("stack") != Some(&self.stack) {
            return Ok(None);
        }
        let named = attributes.remove("administration").zip(attributes.remove("notice"));
        Ok(named.map(|(administration, notice)| Named { administration, notice }))
    }
}

fn unknown(reason: &str) -> SendOutcome {
    SendOutcome::Unknown { reason: reason.to_owned() }
}

/// An answer that is an error. Its code stands in a header or in the body; its words are left out: they quote numbers.
async fn sorted(answer: Response) -> SendOutcome {
    let status = answer.status().as_u16();
    let header = answer.headers().get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let header = header.map(str::to_owned);
    let body = read_bounded(answer).await.unwrap_or_default();
    let kind = header.or_else(|| serde_json::from_slice::<Complaint>(&body).unwrap_or_default().kind);
    // Such as `com.amazonaws.connect#LimitExceededException:http://...`.
    let kind = kind.unwrap_or_default();
    let bare = kind.split(':').next().unwrap_or_default();
    let code = bare.rsplit('#').next().filter(|code| is_plain_code(code)).unwrap_or("no_code");
    match code {
        // As many calls at once as the instance takes.
        "LimitExceededException" => refused(RefusalKind::Temporary, format!("{status} {code}")),
        // Not from here, or not to there, whenever it is asked: people call instead.
        "AccessDeniedException"
        | "DestinationNotAllowedException"
        | "OutboundContactNotPermittedException" => {
            refused(RefusalKind::Permanent, format!("{status} {code}"))
        }
        _ => answered(status, code),
    }
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
