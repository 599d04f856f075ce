//! How an address stands with the mail service, as the sender of mails (SESv2, `GetEmailIdentity`).
//!
//! A mail whose domain does not sign it (DKIM, RFC 6376) ends among the unwanted, or nowhere: an address is asked after
//! before it becomes an administration's own.

use std::fmt::Debug;

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityOutput;
use aws_sdk_sesv2::types::DkimStatus;
use contracts::failure::Failure;

/// How an address stands as a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderStanding {
    /// The mail service knows neither the address nor its domain.
    Unknown,
    /// It is known, and nobody has proved yet that it is theirs.
    NotVerified,
    /// It is theirs, and its domain does not sign: the records are not there, not there yet, or wrong.
    NotSigned,
    /// Mails leave from it, signed by its domain.
    Good,
}

impl SenderStanding {
    /// Its name in JSON and in violations, such as `not_signed`.
    pub fn name(self) -> &'static str {
        match self {
            SenderStanding::Unknown => "unknown",
            SenderStanding::NotVerified => "not_verified",
            SenderStanding::NotSigned => "not_signed",
            SenderStanding::Good => "good",
        }
    }
}

/// Says how addresses stand as senders.
#[async_trait]
pub trait Senders: Send + Sync + Debug {
    /// # Errors
    /// [`Failure::unavailable`] where the mail service does not answer.
    async fn standing(&self, address: &str) -> Result<SenderStanding, Failure>;
}

/// SES's own answer.
#[derive(Debug, Clone)]
pub struct SesSenders {
    client: Client,
}

impl SesSenders {
    /// Takes region, credentials, HTTP client, timeouts, retries and endpoint from `sdk`.
    pub fn new(sdk: &aws_types::SdkConfig) -> SesSenders {
        SesSenders { client: Client::new(sdk) }
    }

    async fn identity(&self, name: &str) -> Result<Option<Identity>, Failure> {
        match self.client.get_email_identity().email_identity(name).send().await {
            Ok(found) => Ok(Some(Identity::of(&found))),
            Err(error) => match error.as_service_error() {
                Some(known) if known.is_not_found_exception() => Ok(None),
                Some(known) if known.is_too_many_requests_exception() => {
                    Err(Failure::unavailable("ses GetEmailIdentity: throttled"))
                }
                Some(_) => Err(Failure::bug("ses GetEmailIdentity: refused")),
                None => Err(Failure::unavailable("ses GetEmailIdentity: no answer")),
            },
        }
    }
}

#[async_trait]
impl Senders for SesSenders {
    async fn standing(&self, address: &str) -> Result<SenderStanding, Failure> {
        let mut known = Vec::new();
        for name in names(address) {
            known.extend(self.identity(name).await?);
        }
        Ok(standing(&known))
    }
}

/// What SES says about an address or a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    verified: bool,
    signs: bool,
}

impl Identity {
    fn of(found: &GetEmailIdentityOutput) -> Identity {
        let signing = found.dkim_attributes().is_some_and(|dkim| {
            // What failed for a while is signed on until SES gives up.
            let good = [DkimStatus::Success, DkimStatus::TemporaryFailure];
            dkim.signing_enabled() && dkim.status().is_some_and(|status| good.contains(status))
        });
        Identity { verified: found.verified_for_sending_status(), signs: signing }
    }
}

/// Under which names SES may know an address: itself, its domain, and the domains above that.
fn names(address: &str) -> Vec<&str> {
    let mut names = vec![address];
    let mut domain = address.rsplit_once('@').map(|(_, domain)| domain);
    while let Some(name) = domain.filter(|name| name.contains('.')) {
        names.push(name);
        domain = name.split_once('.').map(|(_, above)| above);
    }
    names
}

/// The most specific decides whether it may send; any of them may sign for it ("Verified identities", SES Developer Guide).
fn standing(known: &[Identity]) -> SenderStanding {
    match known.first() {
        None => SenderStanding::Unknown,
        Some(first) if !first.verified => SenderStanding::NotVerified,
        Some(_) if !known.iter().any(|identity| identity.verified && identity.signs) => {
            SenderStanding::NotSigned
        }
        Some(_) => SenderStanding::Good,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::types::DkimAttributes;

    use super::*;

    #[test]
    fn an_address_is_known_by_itself_or_by_a_domain_of_it() {
        let expected = ["post@mail.energie.example", "mail.energie.example", "energie.example"];
        assert_eq!(names("post@mail.energie.example"), expected);
        assert_eq!(names("nothing"), ["nothing"]);
    }

    #[test]
    fn the_most_specific_identity_sends_and_any_of_them_signs() {
        let identity = |verified, signs| Identity { verified, signs };
        let table: [(&[Identity], SenderStanding); 7] = [
            (&[], SenderStanding::Unknown),
            (&[identity(false, false)], SenderStanding::NotVerified),
            (&[identity(false, false), identity(true, true)], SenderStanding::NotVerified),
            (&[identity(true, false)], SenderStanding::NotSigned),
            (&[identity(true, false), identity(false, true)], SenderStanding::NotSigned),
            (&[identity(true, false), identity(true, true)], SenderStanding::Good),
            (&[identity(true, true)], SenderStanding::Good),
        ];
        for (known, expected) in table {
            assert_eq!(standing(known), expected, "{known:?}");
        }
    }

    #[test]
    fn only_a_domain_whose_records_were_seen_signs() {
        let table = [
            (DkimStatus::Success, true, true),
            (DkimStatus::TemporaryFailure, true, true),
            (DkimStatus::Success, false, false),
            (DkimStatus::Pending, true, false),
            (DkimStatus::Failed, true, false),
            (DkimStatus::NotStarted, true, false),
        ];
        for (status, enabled, expected) in table {
            let dkim = DkimAttributes::builder().status(status.clone()).signing_enabled(enabled).build();
            let found = GetEmailIdentityOutput::builder()
                .verified_for_sending_status(true)
                .dkim_attributes(dkim)
                .build();
            assert_eq!(Identity::of(&found).signs, expected, "{status:?} {enabled}");
        }
    }
}
