//! How each channel is used, as the settings have it.

use domain::channels::SmsRules;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How text messages are sent. Needed before `sms` can stand among the channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SmsBody {
    /// Who they come from, by its name at AWS End User Messaging: a sender id, a number, a pool, or the ARN of one.
    #[schema(example = "Voorbeeld")]
    pub identity: Option<String>,
}

impl SmsBody {
    pub(super) fn read(self) -> SmsRules {
        SmsRules { identity: self.identity }
    }

    pub(super) fn of(rules: &SmsRules) -> SmsBody {
        SmsBody { identity: rules.identity.clone() }
    }
}
