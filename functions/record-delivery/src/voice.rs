//! What Amazon Connect tells about a call that a machine made.

use contracts::failure::Failure;
use domain::voice::{Ended, MACHINE};
use jiff::Timestamp;
use outside::voice::{Caller, Named};
use serde::Deserialize;

use crate::{Told, What};

/// A contact event as EventBridge carries it ("Amazon Connect Contact Event", and the service's "Contact events data model"); what
/// is not needed is ignored. It names the contact and nothing of ours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoiceEvent {
    /// `INITIATED`, `CONNECTED_TO_SYSTEM`, `DISCONNECTED` and others, in no order.
    pub event_type: String,
    pub contact_id: String,
    /// `arn:aws:connect:<region>:<account>:instance/<id>`.
    pub instance_arn: String,
    /// `API` of a call that was asked for by a request.
    #[serde(default)]
    pub initiation_method: Option<String>,
    /// When the call was answered: by a person, or by something of theirs that answers.
    #[serde(default)]
    pub connected_to_system_timestamp: Option<Timestamp>,
    #[serde(default)]
    pub disconnect_timestamp: Option<Timestamp>,
    #[serde(default)]
    pub disconnect_reason: Option<String>,
    /// Only where the flow or the campaign looks for answering machines.
    #[serde(default)]
    pub answering_machine_detection_status: Option<String>,
}

impl VoiceEvent {
    /// How the call ended; `None` for whatever comes before its end.
    fn ended(&self) -> Option<Ended> {
        let ours = self.initiation_method.as_deref() == Some("API");
        if self.event_type != "DISCONNECTED" || !ours {
            return None;
        }
        let answered = self.connected_to_system_timestamp.is_some() && !self.was_never_taken();
        Some(if answered && self.by_a_person() { Ended::Answered } else { Ended::NotAnswered })
    }

    /// The network gave up, or there was nobody at the other end ("DisconnectReason" of contact records).
    fn was_never_taken(&self) -> bool {
        let reason = self.disconnect_reason.as_deref().unwrap_or_default();
        let nobody = reason == "CUSTOMER_NEVER_ARRIVED" || reason == "EXPIRED";
        nobody || reason.starts_with("OUTBOUND_") || reason.starts_with("TELECOM_")
    }

    /// Nothing says that it was a machine, or a tone of the network.
    fn by_a_person(&self) -> bool {
        match self.answering_machine_detection_status.as_deref() {
            None | Some("HUMAN_ANSWERED" | "AMD_NOT_APPLICABLE") => true,
            Some(_) => false,
        }
    }

    /// What it says, once the service said whose call it is. The end of other calls of the instance is nobody's.
    pub(crate) async fn told(&self, caller: &dyn Caller, now: Timestamp) -> Result<Told, Failure> {
        let ended = self.ended();
        let instance = self.instance_arn.rsplit('/').next().unwrap_or_default();
        let named = match ended {
            Some(_) => caller.named(instance, &self.contact_id, now).await?,
            None => None,
        };
        let (administration, notice) =
            named.map(|Named { administration, notice }| (administration, notice)).unzip();
        let report = ended.map(What::Ended);
        Ok(Told { by: MACHINE, administration, notice, report, at: self.disconnect_timestamp })
    }
}
