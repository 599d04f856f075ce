//! Amazon S3: one bucket, private, in which every key is ours.
//!
//! Writing a whole file and deleting one are the same however often they are done, so the SDK's retries stay on.
//! Addresses are signed by the machine's clock, not by the calendar's, and no longer good once the function's own
//! credentials have ended.

use std::error::Error;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_types::SdkConfig;
use bytes::Bytes;

use super::{Files, FilesError, Upload, Writing};

/// The files in one bucket.
#[derive(Debug, Clone)]
pub struct S3Files {
    client: Client,
    bucket: String,
}

impl S3Files {
    /// Takes region, credentials, HTTP client, timeouts and retries from `sdk`. At an address of its own (a cloud on this
    /// machine) the bucket is part of the path and not of the host's name.
    pub fn new(sdk: &SdkConfig, bucket: String) -> S3Files {
        let config = Builder::from(sdk)
            .force_path_style(sdk.endpoint_url().is_some())
            // TLS carries it whole; a checksum that has to be known beforehand would be signed into upload addresses.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        S3Files { client: Client::from_conf(config), bucket }
    }
}

#[async_trait]
impl Files for S3Files {
    async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), FilesError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key);
        let put = put.content_type(content_type).body(ByteStream::from(bytes));
        put.send().await.map(drop).map_err(|error| failed("s3 PutObject", &error))
    }

    async fn begin(&self, key: &str, content_type: &str) -> Result<Box<dyn Writing>, FilesError> {
        let begun = self.client.create_multipart_upload().bucket(&self.bucket).key(key);
        let begun = begun.content_type(content_type).send().await;
        let begun = begun.map_err(|error| failed("s3 CreateMultipartUpload", &error))?;
        let upload = begun.upload_id.ok_or_else(|| FilesError::Bug("an upload without an id".to_owned()))?;
        let files = self.clone();
        Ok(Box::new(Parts { files, key: key.to_owned(), upload, parts: Vec::new() }))
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, FilesError> {
        if range.as_ref().is_some_and(Range::is_empty) {
            return Ok(Bytes::new());
        }
        let header = range.map(|range| format!("bytes={}-{}", range.start, range.end - 1));
        let got = self.client.get_object().bucket(&self.bucket).key(key).set_range(header).send().await;
        let found = match got {
            Ok(found) => found,
            Err(error) if status(&error) == Some(416) => return Ok(Bytes::new()),
            Err(error) => return Err(failed("s3 GetObject", &error)),
        };
        let read = found.body.collect().await;
        read.map(|body| body.into_bytes()).map_err(|error| {
            FilesError::Unavailable(format!("s3 GetObject: {}", DisplayErrorContext(&error)))
        })
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, FilesError> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(found) => Ok(found.content_length().and_then(|length| u64::try_from(length).ok())),
            Err(error) => match failed("s3 HeadObject", &error) {
                FilesError::Absent => Ok(None),
                other => Err(other),
            },
        }
    }

    async fn delete(&self, key: &str) -> Result<(), FilesError> {
        let deleted = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
        deleted.map(drop).map_err(|error| failed("s3 DeleteObject", &error))
    }

    async fn upload(&self, key: &str, expires_in: Duration) -> Result<Upload, FilesError> {
        // The condition is part of the signature: whoever has the address cannot replace what is being read.
        let put = self.client.put_object().bucket(&self.bucket).key(key).if_none_match("*");
        let signed = put.presigned(presigning(expires_in)?).await;
        let signed = signed.map_err(|error| failed("s3 presigned PutObject", &error))?;
        Ok(Upload { headers: headers(&signed), url: signed.uri().to_owned() })
    }

    async fn download_url(&self, key: &str, name: &str, expires_in: Duration) -> Result<String, FilesError> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let get = get.response_content_disposition(format!("attachment; filename=\"{}\"", plain(name)));
        let signed = get.presigned(presigning(expires_in)?).await;
        let signed = signed.map_err(|error| failed("s3 presigned GetObject", &error))?;
        Ok(signed.uri().to_owned())
    }
}

/// A multipart upload. One that is neither finished nor abandoned is thrown away by the bucket's own rule.
#[derive(Debug)]
struct Parts {
    files: S3Files,
    key: String,
    upload: String,
    parts: Vec<CompletedPart>,
}

#[async_trait]
impl Writing for Parts {
    async fn add(&mut self, part: Bytes) -> Result<(), FilesError> {
        let number = i32::try_from(self.parts.len() + 1);
        let number = number.map_err(|_| FilesError::Bug("more parts than S3 takes".to_owned()))?;
        let S3Files { client, bucket } = &self.files;
        let put = client.upload_part().bucket(bucket).key(&self.key).upload_id(&self.upload);
        let put = put.part_number(number).body(ByteStream::from(part)).send().await;
        let put = put.map_err(|error| failed("s3 UploadPart", &error))?;
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(put.e_tag).build());
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<(), FilesError> {
        let S3Files { client, bucket } = &self.files;
        let all = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let done = client.complete_multipart_upload().bucket(bucket).key(&self.key).upload_id(&self.upload);
        let done = done.multipart_upload(all).send().await;
        done.map(drop).map_err(|error| failed("s3 CompleteMultipartUpload", &error))
    }

    async fn abandon(self: Box<Self>) -> Result<(), FilesError> {
        let S3Files { client, bucket } = &self.files;
        let gone = client.abort_multipart_upload().bucket(bucket).key(&self.key).upload_id(&self.upload);
        gone.send().await.map(drop).map_err(|error| failed("s3 AbortMultipartUpload", &error))
    }
}

fn presigning(expires_in: Duration) -> Result<PresigningConfig, FilesError> {
    PresigningConfig::expires_in(expires_in).map_err(|error| FilesError::Bug(format!("presigning: {error}")))
}

/// What a client has to send; its HTTP library sets `Host` itself.
fn headers(signed: &PresignedRequest) -> Vec<(String, String)> {
    let sent = signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("host"));
    sent.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A name that stands between quotes in a header: ASCII, without what would end it.
fn plain(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// The service's answers hold keys and no personal data, so they are told whole.
fn failed<E>(what: &str, error: &SdkError<E, HttpResponse>) -> FilesError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let told = || format!("{what}: {}", DisplayErrorContext(error));
    match (status(error), error.code()) {
        (Some(404), Some("NoSuchBucket")) => FilesError::Bug(told()),
        (Some(404), _) => FilesError::Absent,
        (Some(408 | 429), _) | (None, _) => FilesError::Unavailable(told()),
        (Some(400..=499), code) if code != Some("RequestTimeout") => FilesError::Bug(told()),
        (Some(_), _) => FilesError::Unavailable(told()),
    }
}

#[cfg(test)]
#[path = "s3_tests.rs"]
mod tests;
