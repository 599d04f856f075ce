//! Imports of files, and the mappings of their columns.

use domain::Violation;
use domain::file_import::{FileFormat, FileImport, FileImportState};
use domain::ids::MappingId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::fields::Fields;

/// A file that somebody wants to upload.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportBody {
    /// `ndjson` (each line a record of `/v1/bulk`), `csv`, `ublZip` (UBL documents in a ZIP archive), `camt053` or `mt940`.
    pub format: String,
    /// Shown with the import; it is not part of any address.
    #[serde(default)]
    pub file_name: Option<String>,
    /// For `csv`: which column is which field. As the body of `PUT /v1/import-mappings/{mappingId}`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub mapping: Option<Value>,
    /// For `csv`: a mapping that was kept before, in place of `mapping`.
    #[serde(default)]
    pub mapping_id: Option<String>,
}

/// An import as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedImport {
    pub format: FileFormat,
    pub file_name: Option<String>,
    pub mapping: Option<AskedMapping>,
}

/// Where the mapping of the columns is.
#[derive(Debug, Clone, PartialEq)]
pub enum AskedMapping {
    Told(Value),
    Kept(MappingId),
}

impl ImportBody {
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<AskedImport, Vec<Violation>> {
        let mut fields = Fields::new();
        let format = FileFormat::parse(&self.format);
        if format.is_none() {
            fields.refuse("format", "unknown_value", "is ndjson, csv, ublZip, camt053 or mt940");
        }
        let file_name = fields.optional_text("fileName", self.file_name.as_deref(), 200);
        let kept = self.mapping_id.as_deref().and_then(|id| fields.id("mappingId", id, MappingId::parse));
        let of_columns = format == Some(FileFormat::Csv);
        let mapping = match (self.mapping, self.mapping_id) {
            (Some(_), Some(_)) => {
                fields.refuse("mappingId", "one_of", "is left out where there is a mapping");
                None
            }
            (Some(_), None) | (None, Some(_)) if format.is_some() && !of_columns => {
                fields.refuse("mapping", "not_for_this_format", "is for csv only");
                None
            }
            (None, None) if of_columns => {
                fields.refuse("mapping", "required", "is there, or mappingId is: a csv file needs one");
                None
            }
            (Some(told), None) => Some(AskedMapping::Told(told)),
            (None, _) => kept.map(AskedMapping::Kept),
        };
        fields.finish(format.map(|format| AskedImport { format, file_name, mapping }))
    }
}

/// A new import, with where its file goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportAskedFor {
    pub import_id: String,
    /// `PUT` the file here, with these headers and no others, before it expires. It can be put once.
    pub upload_url: String,
    pub headers: Vec<UploadHeader>,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Largest file, in bytes.
    pub most_bytes: u64,
}

/// A header that the upload carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UploadHeader {
    pub name: String,
    pub value: String,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ImportStatus {
    AwaitingUpload,
    Running,
    Done,
    /// What was taken in before stays taken in; it may be resumed.
    Failed,
}

/// An import as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    pub id: String,
    pub format: String,
    pub file_name: Option<String>,
    pub status: ImportStatus,
    /// Why it failed: the name of a rule.
    pub reason: Option<String>,
    /// The rule in words, and where in the file.
    pub detail: Option<String>,
    /// Of the file; null until it is uploaded.
    pub bytes: Option<u64>,
    pub progress: ImportProgress,
    pub counts: ImportCounts,
    pub by: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// How far it is: everything before `done` is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    pub done: u64,
    /// Null until the file was opened.
    pub total: Option<u64>,
    /// What is counted: `bytes`, `documents` or `statements`.
    pub unit: ProgressUnit,
    /// The line of the file that comes next; of a bank's file, the lines of the statement that were taken in.
    pub line: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ProgressUnit {
    Bytes,
    Documents,
    Statements,
}

/// Records: lines, rows of columns, documents, or movements on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportCounts {
    /// `accepted`, `ignored` and `refused` together.
    pub read: u64,
    /// Taken in: what they say is known here.
    pub accepted: u64,
    /// Of the accepted, those that said nothing new. After an interruption a part of the file is taken in again, and what the
    /// interrupted attempt had brought counts here.
    pub unchanged: u64,
    /// Kept out by a rule on import: they are listed under `/v1/ignored`.
    pub ignored: u64,
    pub refused: u64,
}

impl ImportView {
    pub fn of(import: &FileImport) -> ImportView {
        let (status, reason, detail) = match &import.state {
            FileImportState::AwaitingUpload => (ImportStatus::AwaitingUpload, None, None),
            FileImportState::Running => (ImportStatus::Running, None, None),
            FileImportState::Done => (ImportStatus::Done, None, None),
            FileImportState::Failed { reason, detail } => {
                (ImportStatus::Failed, Some(reason.clone()), Some(detail.clone()))
            }
        };
        let counts = import.counts;
        ImportView {
            id: import.id.to_string(),
            format: import.format.code().to_owned(),
            file_name: import.file_name.clone(),
            status,
            reason,
            detail,
            bytes: import.size,
            progress: ImportProgress {
                done: import.position.at,
                total: import.total,
                unit: match import.format {
                    FileFormat::Ndjson | FileFormat::Csv => ProgressUnit::Bytes,
                    FileFormat::UblZip => ProgressUnit::Documents,
                    FileFormat::Camt053 | FileFormat::Mt940 => ProgressUnit::Statements,
                },
                line: import.position.line,
            },
            counts: ImportCounts {
                read: counts.read,
                accepted: counts.accepted,
                unchanged: counts.unchanged,
                ignored: counts.ignored,
                refused: counts.refused,
            },
            by: import.by.clone(),
            created_at: import.created_at,
            started_at: import.started_at,
            ended_at: import.ended_at,
        }
    }
}

/// Where the report of what was refused is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedReport {
    /// CSV with the columns line, id, field, rule and detail. Nothing in it runs when a spreadsheet opens it.
    pub url: String,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Records that were refused. One may be refused for several reasons, each a line of the report.
    pub refused: u64,
}

/// A mapping of columns as it is read.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MappingView {
    pub id: String,
    /// As it was put.
    #[schema(value_type = Object)]
    pub mapping: Value,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub by: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_import_is_asked_for_with_is_checked() {
        let table: [(Value, &[(&str, &str)]); 9] = [
            (json!({ "format": "ndjson" }), &[]),
            (json!({ "format": "mt940", "fileName": "maart.940" }), &[]),
            (json!({ "format": "csv", "mappingId": "erp" }), &[]),
            (json!({ "format": "csv", "mapping": {} }), &[]),
            (json!({ "format": "xlsx" }), &[("format", "unknown_value")]),
            (json!({ "format": "csv" }), &[("mapping", "required")]),
            (json!({ "format": "csv", "mapping": {}, "mappingId": "erp" }), &[("mappingId", "one_of")]),
            (json!({ "format": "csv", "mappingId": "e r p" }), &[("mappingId", "not_an_id")]),
            (json!({ "format": "ublZip", "mappingId": "erp" }), &[("mapping", "not_for_this_format")]),
        ];
        for (body, expected) in table {
            let body: ImportBody = serde_json::from_value(body.clone()).unwrap();
            let told = body.clone().check().err().unwrap_or_default();
            let told: Vec<(&str, &str)> = told.iter().map(|v| (v.path.as_str(), v.code)).collect();
            assert_eq!(told, expected, "{body:?}");
        }
    }
}
