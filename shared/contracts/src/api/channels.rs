//! How each channel is used, as the settings have it.

use super::fields::Fields;
use domain::channels::{Attach, LetterProvider, LetterRules, MailRules, SmsRules};
use domain::debtor::EmailAddress;
use domain::voice::VoiceRules;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailBody {
    /// The address that mails come from. It, or its domain, is verified with the mail service and signs its mails (DKIM):
    /// that is asked when it is put. Where it is left out, the address that the operator gave the creditor.
    #[schema(example = "facturen@voorbeeld.example")]
    pub sender: Option<String>,
    /// Which mails carry the documents of their invoices: `never`, `invoiceSending` or `always`. The PDFs go along, and the
    /// XML for a business: at most ten documents of 5 MB together; what does not fit beside the others stays behind.
    #[schema(value_type = String, example = "invoiceSending")]
    pub attach: Attach,
}

impl MailBody {
    pub(super) fn read(self, fields: &mut Fields) -> MailRules {
        let sender = self.sender.and_then(|text| {
            let parsed = EmailAddress::parse(&text);
            parsed.map_err(|error| fields.refuse("mail.sender", "not_an_address", &error.to_string())).ok()
        });
        MailRules { sender, attach: self.attach }
    }

    pub(super) fn of(rules: &MailRules) -> MailBody {
        MailBody { sender: rules.sender.as_ref().map(|s| s.as_str().to_owned()), attach: rules.attach }
    }
}

/// The address that mails come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SenderView {
    pub sender: String,
    /// `good`: mails leave from it, signed by its domain. `not_signed`: its DKIM records are not in order. `not_verified`:
    /// nobody has proved to the mail service that it is theirs. `unknown`: the mail service does not know it.
    #[schema(example = "good")]
    pub status: String,
}

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

/// The line by which a machine calls, by its names at Amazon Connect. With one, a step that goes by `phone` has a machine say
/// reminders up to the final one; whoever it does not reach is called by people, as everybody is without one. `{}` takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VoiceBody {
    /// The instance that the operator named at deployment.
    #[schema(example = "7a6c3b0e-2f1d-4c8b-9e57-0d4f6a1b2c3d")]
    pub instance_id: Option<String>,
    /// The flow that says what there is to say. It gets `language`, `amount`, `creditor`, `creditorPhone` and `kind` as attributes.
    pub contact_flow_id: Option<String>,
    /// The queue whose number the debtor sees. Either this or a number is needed.
    pub queue_id: Option<String>,
    /// The number that the debtor sees, with its country code; goes before that of the queue.
    #[schema(example = "+31301234567")]
    pub source_phone_number: Option<String>,
}

impl VoiceBody {
    pub(super) fn read(self) -> VoiceRules {
        let VoiceBody { instance_id, contact_flow_id, queue_id, source_phone_number } = self;
        VoiceRules { instance_id, contact_flow_id, queue_id, source_phone_number }
    }

    pub(super) fn of(rules: &VoiceRules) -> VoiceBody {
        let VoiceRules { instance_id, contact_flow_id, queue_id, source_phone_number } = rules.clone();
        VoiceBody { instance_id, contact_flow_id, queue_id, source_phone_number }
    }
}

/// How letters are sent. Needed before `letter` can stand among the channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LettersBody {
    /// `pingen`, whose keys are put at `/v1/letter-providers/pingen`; or `handOff`: a folder in the bucket that a print shop
    /// empties, of whose letters people tell what becomes (`/v1/notices/{noticeId}/delivery`).
    #[schema(value_type = Option<String>, example = "pingen")]
    pub provider: Option<LetterProvider>,
    /// How fast, by the provider's own name of it. Of a formal notice the law presumes that it is delivered on the second day:
    /// slower post does not fit it.
    #[schema(example = "fast")]
    pub product: String,
    pub two_sided: bool,
    pub colour: bool,
}

impl LettersBody {
    pub(super) fn read(self) -> LetterRules {
        let LettersBody { provider, product, two_sided, colour } = self;
        LetterRules { provider, product, two_sided, colour }
    }

    pub(super) fn of(rules: &LetterRules) -> LettersBody {
        let LetterRules { provider, product, two_sided, colour } = rules.clone();
        LettersBody { provider, product, two_sided, colour }
    }
}

/// Our account at a print provider, as it is put. The keys are never read back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LetterProviderBody {
    pub client_id: String,
    pub client_secret: String,
    /// The organisation's id at the provider.
    pub organisation: String,
}

/// Whether a print provider's keys are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LetterProviderView {
    #[schema(value_type = String, example = "pingen")]
    pub provider: LetterProvider,
    pub connected: bool,
    pub organisation: Option<String>,
}
