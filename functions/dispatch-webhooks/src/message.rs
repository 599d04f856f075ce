//! One call: made, signed, sent, and how it went.

use contracts::failure::Failure;
use domain::ids::{AdministrationId, WebhookId};
use domain::webhook::{Attempt, Subscription};
use outside::webhook_signature::sign;
use outside::webhooks::secrets::{SigningSecrets, secrets_name};
use outside::webhooks::{Answered, Signed};
use serde::Serialize;

use crate::Dispatch;

impl Dispatch {
    /// Calls the receiver once. Each attempt is signed anew: receivers refuse what was signed long ago.
    pub(crate) async fn call<M: Serialize>(
        &self,
        administration: &AdministrationId,
        subscription: &Subscription,
        id: &str,
        message: &M,
    ) -> Result<Attempt, Failure> {
        let body = serde_json::to_vec(message)
            .map_err(|error| Failure::bug(format!("a webhook cannot be written: {error}")))?;
        let keys = self.secrets_of(administration, &subscription.id).await?;
        let at = self.clock.now()?;
        let keys = keys.keys(at).map_err(|error| Failure::bug(format!("a signing secret: {error}")))?;
        let signatures =
            sign(&keys, id, at, &body).map_err(|error| Failure::bug(format!("a signing secret: {error}")))?;
        let signed = Signed { id: id.to_owned(), timestamp: at.as_second().to_string(), signatures, body };
        let answered = self.receivers.post(&subscription.url, &signed).await;
        let took = self.clock.now()?.duration_since(at).as_millis();
        let (status, error) = match answered {
            Answered::Status(status) => (Some(status), None),
            Answered::Not(why) => (None, Some(why.to_owned())),
        };
        Ok(Attempt { at, milliseconds: u32::try_from(took).unwrap_or_default(), status, error })
    }

    async fn secrets_of(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
    ) -> Result<SigningSecrets, Failure> {
        let name = secrets_name(&self.prefix, administration, webhook);
        let kept = SigningSecrets::kept(&*self.secrets, &name).await?;
        // Made just after the subscription, and deleted just after it: in between, a message waits.
        kept.ok_or_else(|| Failure::unavailable("a subscription has no secret"))
    }
}
