//! Documents beside invoices.

use std::collections::BTreeMap;

use domain::document::Document;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A document of an invoice, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentView {
    pub name: String,
    /// `application/pdf`, `image/png`, `image/jpeg` or `application/xml`: by its first bytes.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    pub by: String,
    /// Where it can be downloaded for five minutes by whoever has this address; null in lists.
    pub url: Option<String>,
}

impl DocumentView {
    pub fn of(document: &Document, url: Option<String>) -> DocumentView {
        DocumentView {
            name: document.name.clone(),
            content_type: document.content_type.clone(),
            bytes: document.bytes,
            sha256: document.sha256.clone(),
            added_at: document.added_at,
            by: document.by.clone(),
            url,
        }
    }
}

/// All documents of an invoice, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentList {
    pub items: Vec<DocumentView>,
}

/// What a `PUT` of a document did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DocumentOutcome {
    /// The invoice had none of this name.
    Added,
    /// It takes the place of another with its name.
    Replaced,
    /// It stands there already.
    Unchanged,
}

/// The answer to a `PUT` of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentPutView {
    pub name: String,
    pub outcome: DocumentOutcome,
}

/// How to upload a document that is too large for one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentUploadView {
    /// What the `PUT` of the document names as `uploadId` once the file is there.
    pub upload_id: String,
    /// Where the bytes are `PUT`, without a token.
    pub url: String,
    /// Headers that this `PUT` has to carry as they are.
    pub headers: BTreeMap<String, String>,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}
