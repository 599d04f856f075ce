//! Hints on queues: which dossier to look at. The same types parse an event's detail, whose other fields they ignore.

use domain::connection::Package;
use domain::file_import::upload_of;
use domain::ids::{
    AccessCodeId, AdministrationId, CaseDossierId, DebtorId, ImportId, NoticeId, PaymentRequestId, SignalId,
    WebhookId,
};
use domain::payment_request::PaymentProvider;
use domain::step::SignalKind;
use serde::{Deserialize, Serialize};

/// On `advance-case`: something may be due for this debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdvanceCase {
    pub administration: AdministrationId,
    pub debtor_id: DebtorId,
}

/// On `send-notice`: this notice may be waiting to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendNotice {
    pub administration: AdministrationId,
    pub notice_id: NoticeId,
}

/// On `send-notice` too: a debtor may be waiting for this code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendAccessCode {
    pub administration: AdministrationId,
    pub access_code_id: AccessCodeId,
}

/// What comes on `send-notice`. A code is looked for first: what was asked for names the message with its link as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SendMessage {
    Code(SendAccessCode),
    Notice(SendNotice),
}

/// On `send-letter`: this notice may be a letter that waits to be sent, or of which the printer may know more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendLetter {
    pub administration: AdministrationId,
    pub notice_id: NoticeId,
}

/// On `build-dossier`: this dossier may be waiting to be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDossier {
    pub administration: AdministrationId,
    pub dossier_id: CaseDossierId,
}

/// On `evaluate-signal`: the conditions of these kinds of signal may hold now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluateSignal {
    pub administration: AdministrationId,
    pub debtor_id: DebtorId,
    pub evaluate: Vec<SignalKind>,
}

/// On `submit-signal`: this signal may be waiting to be submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmitSignal {
    pub administration: AdministrationId,
    pub signal_id: SignalId,
}

/// On `check-payment`: something may have happened to this payment request at its provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckPayment {
    pub administration: AdministrationId,
    /// The request, where it is known which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_request_id: Option<PaymentRequestId>,
    /// What the provider's callback named, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<ProviderReference>,
}

/// Something at a payment provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderReference {
    pub provider: PaymentProvider,
    /// The provider's own id of it.
    pub reference: String,
}

/// On `sync-accounting`: this connection may be due. Without a package: money was booked or costs were charged for this
/// debtor, of which packages may have to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncAccounting {
    pub administration: AdministrationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_id: Option<DebtorId>,
}

/// On `dispatch-webhooks`: something happened to this debtor, of which subscribers may have to be told. With a subscription: it
/// may have something to do, for this debtor or as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DispatchWebhooks {
    pub administration: AdministrationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_id: Option<WebhookId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_id: Option<DebtorId>,
    /// The entry of the debtor's timeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u32>,
}

/// On `project-overview`: this debtor's dossier may have changed. Without a debtor: the overview of the administration may have
/// something to catch up with, or may be in the making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectOverview {
    pub administration: AdministrationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_id: Option<DebtorId>,
}

/// On `import-records`: this import may have something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ImportRecords {
    /// It is asked for, or not yet at its end.
    #[serde(rename_all = "camelCase")]
    GoOn { administration: AdministrationId, import_id: ImportId },
    /// A file was uploaded, as S3 tells it over EventBridge (Amazon S3, "EventBridge event message structure").
    Uploaded { object: UploadedObject },
}

/// The part of S3's event that is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadedObject {
    pub key: String,
}

impl ImportRecords {
    /// Which import it is about; none where the file is nobody's upload.
    pub fn import(&self) -> Option<(AdministrationId, ImportId)> {
        match self {
            ImportRecords::GoOn { administration, import_id } => {
                Some((administration.clone(), import_id.clone()))
            }
            ImportRecords::Uploaded { object } => upload_of(&object.key),
        }
    }
}
